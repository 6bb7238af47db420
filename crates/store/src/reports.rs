//! Rows of reports: few narrow columns, each sum taken before any join.

use std::collections::HashMap;

use jiff::civil::Date;
use obcms_domain::core::id::Id;

use crate::database::{Row, SqlValue, Statement, Tx};
use crate::error::StoreError;
use crate::programme::portfolio::Selection;

/// Appends the selection of PPAs.
fn limit(statement: &mut Statement, selection: &Selection<'_>) {
    if let Some(year) = selection.fiscal_year {
        statement.push(" AND p.fiscal_year = ").bind(year);
    }
    if let Some(sector) = selection.sector {
        statement.push(" AND p.sector = ").bind(sector);
    }
    if let Some(region) = selection.region {
        statement.push(" AND p.coverage_region = ").bind(region);
    }
}

fn query(tx: &mut Tx<'_>, statement: &Statement) -> Result<Vec<Row>, StoreError> {
    tx.query(&statement.sql, &statement.parameters)
}

/// Returns the lead organization of the live PPAs of the selection that name one: id and name by PPA.
pub fn leads(tx: &mut Tx<'_>, selection: &Selection<'_>) -> Result<HashMap<Id, (Id, String)>, StoreError> {
    let mut statement = Statement::new(
        "SELECT p.id, o.id, o.name FROM ppas p JOIN organizations o ON o.id = p.lead_organization \
         WHERE p.archived_at IS NULL",
    );
    limit(&mut statement, selection);
    query(tx, &statement)?.iter().map(|row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).collect()
}

/// Need in a report.
#[derive(Clone, Debug)]
pub struct NeedRow {
    /// Title.
    pub title: String,
    /// Community.
    pub community: Option<String>,
    /// Sector.
    pub sector: Option<String>,
    /// Status.
    pub status: String,
    /// Priority score.
    pub score: i64,
    /// People affected.
    pub affected: Option<i64>,
    /// Estimated cost in centavos.
    pub cost: Option<i64>,
    /// True if it was validated.
    pub is_validated: bool,
    /// True if a PPA that is not cancelled answers it.
    pub is_answered: bool,
}

/// Returns the live needs of a sector and a region, the highest score first.
pub fn needs(tx: &mut Tx<'_>, selection: &Selection<'_>) -> Result<Vec<NeedRow>, StoreError> {
    let mut statement = Statement::new(
        "SELECT n.title, c.name, n.sector, n.status, coalesce(n.priority_score, 0), n.affected_population, \
         n.estimated_cost_centavos, n.validated_at IS NOT NULL AS is_validated, \
         n.id IN (SELECT e.target FROM ppas p CROSS JOIN edges e WHERE e.source = p.id AND e.field = 'needs' \
         AND p.archived_at IS NULL AND p.status <> 'cancelled') AS is_answered \
         FROM needs n LEFT JOIN communities c ON c.id = n.community WHERE n.archived_at IS NULL",
    );
    if let Some(sector) = selection.sector {
        statement.push(" AND n.sector = ").bind(sector);
    }
    if let Some(region) = selection.region {
        statement.push(" AND c.archived_at IS NULL AND c.region = ").bind(region);
    }
    statement.push(" ORDER BY 5 DESC, n.title, n.id");
    query(tx, &statement)?
        .iter()
        .map(|row| {
            Ok(NeedRow {
                title: row.get(0)?,
                community: row.get(1)?,
                sector: row.get(2)?,
                status: row.get(3)?,
                score: row.get(4)?,
                affected: row.get(5)?,
                cost: row.get(6)?,
                is_validated: row.get(7)?,
                is_answered: row.get(8)?,
            })
        })
        .collect()
}

/// Policy in a report.
#[derive(Clone, Debug)]
pub struct PolicyRow {
    /// The policy.
    pub id: Id,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Status.
    pub status: String,
    /// End of its implementation.
    pub deadline: Option<Date>,
    /// Milestones, without cancelled ones.
    pub milestones: i64,
    /// Completed milestones.
    pub completed: i64,
}

/// Returns the live policies with the counts of their milestones, in the order of their titles.
pub fn policies(tx: &mut Tx<'_>) -> Result<Vec<PolicyRow>, StoreError> {
    let rows = tx.query(
        "SELECT y.id, coalesce(y.reference_number, ''), y.title, y.status, y.implementation_deadline, \
         coalesce(m.milestones, 0), coalesce(m.completed, 0) FROM policies y LEFT JOIN (SELECT policy, \
         count(CASE WHEN status <> 'cancelled' THEN 1 END) AS milestones, \
         count(CASE WHEN status = 'completed' THEN 1 END) AS completed FROM policy_milestones \
         WHERE archived_at IS NULL GROUP BY policy) m ON m.policy = y.id WHERE y.archived_at IS NULL \
         ORDER BY y.title, y.id",
        &[],
    )?;
    rows.iter()
        .map(|row| {
            Ok(PolicyRow {
                id: row.get(0)?,
                number: row.get(1)?,
                title: row.get(2)?,
                status: row.get(3)?,
                deadline: row.get(4)?,
                milestones: row.get(5)?,
                completed: row.get(6)?,
            })
        })
        .collect()
}

/// Returns the live PPAs of the selection that carry out policies: policy and PPA.
pub fn policies_of_ppas(tx: &mut Tx<'_>, selection: &Selection<'_>) -> Result<Vec<(Id, Id)>, StoreError> {
    let mut statement = Statement::new(
        "SELECT e.target, p.id FROM ppas p CROSS JOIN edges e WHERE e.source = p.id AND e.field = 'policies' \
         AND p.archived_at IS NULL",
    );
    limit(&mut statement, selection);
    query(tx, &statement)?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Returns the live indicators of live PPAs of the selection, in the order of PPA and title.
pub fn indicators(tx: &mut Tx<'_>, selection: &Selection<'_>) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new(
        "SELECT i.id FROM indicators i JOIN ppas p ON p.id = i.ppa WHERE i.archived_at IS NULL \
         AND p.archived_at IS NULL",
    );
    limit(&mut statement, selection);
    statement.push(" ORDER BY p.title, p.id, i.title, i.id");
    query(tx, &statement)?.iter().map(|row| row.get(0)).collect()
}

/// Returns the numbers of live measurements of PPAs of the selection: PPA, status and number.
pub fn measurements(
    tx: &mut Tx<'_>,
    selection: &Selection<'_>,
) -> Result<Vec<(Id, String, i64)>, StoreError> {
    let mut statement = Statement::new(
        "SELECT m.ppa, m.status, count(*) FROM measurements m JOIN ppas p ON p.id = m.ppa \
         WHERE m.archived_at IS NULL AND p.archived_at IS NULL",
    );
    limit(&mut statement, selection);
    statement.push(" GROUP BY m.ppa, m.status");
    query(tx, &statement)?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Returns the PPAs about which an alert of a type is not resolved.
pub fn alerted(tx: &mut Tx<'_>, alert_type: &str) -> Result<Vec<Id>, StoreError> {
    let rows = tx.query(
        "SELECT subject_id FROM alerts WHERE archived_at IS NULL AND state <> 'resolved' AND alert_type = $1 \
         AND subject_kind = 'ppa'",
        &[alert_type.into()],
    )?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Update in a report.
#[derive(Clone, Debug)]
pub struct UpdateRow {
    /// Date.
    pub date: Option<Date>,
    /// Type.
    pub update_type: String,
    /// Title of the PPA.
    pub ppa: String,
    /// Text.
    pub notes: String,
    /// Next steps.
    pub next_steps: String,
}

/// Returns the last updates on PPAs of the selection.
pub fn updates(tx: &mut Tx<'_>, selection: &Selection<'_>, most: i64) -> Result<Vec<UpdateRow>, StoreError> {
    let mut statement = Statement::new(
        "SELECT u.date, u.update_type, p.title, coalesce(u.notes, ''), coalesce(u.next_steps, '') FROM updates u \
         JOIN ppas p ON p.id = u.ppa WHERE u.archived_at IS NULL AND p.archived_at IS NULL",
    );
    limit(&mut statement, selection);
    statement.push(" ORDER BY u.date DESC, u.id DESC LIMIT ").bind(most);
    query(tx, &statement)?
        .iter()
        .map(|row| {
            Ok(UpdateRow {
                date: row.get(0)?,
                update_type: row.get(1)?,
                ppa: row.get(2)?,
                notes: row.get(3)?,
                next_steps: row.get(4)?,
            })
        })
        .collect()
}

/// Returns the stages of the budget cycle of PPAs of the selection: stage, status, number, and how many are late.
pub fn cycle(
    tx: &mut Tx<'_>,
    selection: &Selection<'_>,
    today: Date,
) -> Result<Vec<(String, String, i64, i64)>, StoreError> {
    let mut statement = Statement::new("SELECT b.stage, b.status, count(*), count(CASE WHEN b.due_date < ");
    statement.bind(SqlValue::Date(today)).push(
        " AND b.status NOT IN ('completed', 'cancelled') THEN 1 END) FROM budget_cycle_stages b JOIN ppas p \
         ON p.id = b.ppa WHERE b.archived_at IS NULL AND p.archived_at IS NULL",
    );
    limit(&mut statement, selection);
    statement.push(" GROUP BY b.stage, b.status");
    query(tx, &statement)?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .collect()
}

/// Returns the live ceilings or scenarios of a fiscal year, or of all; `table` is their table.
pub fn of_year(tx: &mut Tx<'_>, table: &str, year: Option<i64>) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new(format!("SELECT id FROM \"{table}\" WHERE archived_at IS NULL"));
    if let Some(year) = year {
        statement.push(" AND fiscal_year = ").bind(year);
    }
    statement.push(" ORDER BY fiscal_year DESC, id");
    query(tx, &statement)?.iter().map(|row| row.get(0)).collect()
}
