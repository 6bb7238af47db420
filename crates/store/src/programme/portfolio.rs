//! Counts of the portfolio, read from the live tables: few narrow rows, and sums calculated before any join.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{NEED, PPA, PROJECT, TASK};
use obcms_domain::money::Part;

use crate::database::Statement;
use crate::database::Tx;
use crate::error::StoreError;
use crate::records::Scope;

/// Selection of PPAs and needs.
#[derive(Clone, Debug, Default)]
pub struct Selection<'a> {
    /// Only PPAs of this fiscal year.
    pub fiscal_year: Option<i64>,
    /// Only this sector.
    pub sector: Option<&'a str>,
    /// Only this region.
    pub region: Option<Id>,
}

/// One PPA in the portfolio.
#[derive(Clone, Debug)]
pub struct PpaLine {
    /// The PPA.
    pub id: Id,
    /// Title.
    pub title: String,
    /// Status.
    pub status: String,
    /// Sector.
    pub sector: Option<String>,
    /// Funding source.
    pub funding_source: Option<String>,
    /// Stage of the budget approval.
    pub approval_stage: Option<String>,
    /// Region.
    pub region: Option<Id>,
    /// Fiscal year.
    pub fiscal_year: Option<i64>,
    /// Progress as shown, from 0 to 100.
    pub progress: i64,
    /// Budget in centavos: the one in force, otherwise the one that is asked for.
    pub budget: i64,
    /// True if a budget is in force.
    pub is_enacted: bool,
    /// Number of all slots.
    pub total_slots: i64,
    /// OBC slots.
    pub obc_slots: i64,
    /// First day.
    pub start_date: Option<Date>,
    /// Planned last day.
    pub target_end_date: Option<Date>,
}

/// Returns the live PPAs of the selection.
pub fn ppas(
    tx: &mut Tx<'_>,
    selection: &Selection<'_>,
    scope: Option<&Scope>,
) -> Result<Vec<PpaLine>, StoreError> {
    let mut statement = Statement::new(
        "SELECT p.id, p.title, p.status, p.sector, p.funding_source, p.approval_stage, p.coverage_region, \
         p.fiscal_year, coalesce(p.progress, 0), coalesce(p.enacted_budget_centavos, p.budget_allocation_centavos, 0), \
         coalesce(p.total_slots, 0), coalesce(p.obc_slots, 0), p.start_date, p.target_end_date, \
         p.enacted_budget_centavos IS NOT NULL AS is_enacted \
         FROM ppas p WHERE p.archived_at IS NULL",
    );
    limit_ppas(&mut statement, selection, "p");
    Scope::and(scope, &mut statement, &PPA, "p");
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| {
            Ok(PpaLine {
                id: row.get(0)?,
                title: row.get(1)?,
                status: row.get(2)?,
                sector: row.get(3)?,
                funding_source: row.get(4)?,
                approval_stage: row.get(5)?,
                region: row.get(6)?,
                fiscal_year: row.get(7)?,
                progress: row.get(8)?,
                budget: row.get(9)?,
                total_slots: row.get(10)?,
                obc_slots: row.get(11)?,
                start_date: row.get(12)?,
                target_end_date: row.get(13)?,
                is_enacted: row.get(14)?,
            })
        })
        .collect()
}

fn limit_ppas(statement: &mut Statement, selection: &Selection<'_>, alias: &str) {
    if let Some(year) = selection.fiscal_year {
        statement.push(&format!(" AND {alias}.fiscal_year = ")).bind(year);
    }
    if let Some(sector) = selection.sector {
        statement.push(&format!(" AND {alias}.sector = ")).bind(sector);
    }
    if let Some(region) = selection.region {
        statement.push(&format!(" AND {alias}.coverage_region = ")).bind(region);
    }
}

/// Task counts of one PPA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCount {
    /// Neither completed nor cancelled.
    pub open: i64,
    /// Open and past their due date, or with a missed occurrence.
    pub late: i64,
    /// Completed.
    pub completed: i64,
    /// Cancelled.
    pub cancelled: i64,
}

/// Returns the counts of live tasks within the scope, by PPA.
pub fn tasks_by_ppa(
    tx: &mut Tx<'_>,
    today: Date,
    scope: Option<&Scope>,
) -> Result<HashMap<Id, TaskCount>, StoreError> {
    let mut statement =
        Statement::new("SELECT t.origin_id, t.status, count(*), count(CASE WHEN t.next_due < ");
    statement
        .bind(today)
        .push(" THEN 1 END) FROM tasks t WHERE t.origin_kind = 'ppa' AND t.archived_at IS NULL");
    Scope::and(scope, &mut statement, &TASK, "t");
    statement.push(" GROUP BY t.origin_id, t.status");
    let mut result: HashMap<Id, TaskCount> = HashMap::new();
    for row in tx.query(&statement.sql, &statement.parameters)? {
        let count = result.entry(row.get(0)?).or_default();
        let (status, all, late): (String, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        match status.as_str() {
            "completed" => count.completed += all,
            "cancelled" => count.cancelled += all,
            _ => {
                count.open += all;
                count.late += late;
            }
        }
    }
    Ok(result)
}

/// Counts of the needs of the selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Live needs.
    pub total: i64,
    /// Status `identified`.
    pub identified: i64,
    /// Validated, in any later status.
    pub validated: i64,
    /// Status `completed`.
    pub completed: i64,
    /// Answered by a PPA that is neither archived nor cancelled.
    pub funded: i64,
    /// Open and without a live PPA.
    pub unfunded: i64,
    /// Open, with a score of at least `high`, and without a live PPA.
    pub unfunded_high_priority: i64,
    /// Estimated cost of all open needs without a live PPA.
    pub unfunded_cost: i64,
}

/// Counts the needs of the selection, whatever the fiscal year. Scores from `high` on are high. Only PPAs within
/// `ppas` count as answers.
pub fn needs(
    tx: &mut Tx<'_>,
    selection: &Selection<'_>,
    scope: Option<&Scope>,
    ppas: Option<&Scope>,
    high: i64,
) -> Result<Needs, StoreError> {
    let mut statement = Statement::new("SELECT n.status, n.validated_at IS NOT NULL AS is_validated, ");
    // Set of the answered needs. A cross join fixes SQLite's join order: from the few PPAs to their edges, not over
    // all edges.
    statement.push(
        "n.id IN (SELECT e.target FROM ppas p CROSS JOIN edges e WHERE e.source = p.id AND e.field = 'needs' \
         AND p.archived_at IS NULL AND p.status <> 'cancelled'",
    );
    Scope::and(ppas, &mut statement, &PPA, "p");
    statement.push(") AS is_answered, count(*), count(CASE WHEN n.priority_score >= ");
    statement.bind(high).push(
        " THEN 1 END), CAST(coalesce(sum(n.estimated_cost_centavos), 0) AS bigint) FROM needs n \
         WHERE n.archived_at IS NULL",
    );
    limit_needs(&mut statement, selection);
    Scope::and(scope, &mut statement, &NEED, "n");
    statement.push(" GROUP BY 1, 2, 3");
    let mut needs = Needs::default();
    for row in tx.query(&statement.sql, &statement.parameters)? {
        let (status, is_validated, is_answered): (String, bool, bool) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let (count, of_high_priority, cost): (i64, i64, i64) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let if_so = |is_so: bool| if is_so { count } else { 0 };
        needs.total += count;
        needs.identified += if_so(status == "identified");
        needs.validated += if_so(is_validated);
        needs.completed += if_so(status == "completed");
        needs.funded += if_so(is_answered);
        if status != "completed" && status != "rejected" && !is_answered {
            needs.unfunded += count;
            needs.unfunded_cost += cost;
            needs.unfunded_high_priority += of_high_priority;
        }
    }
    Ok(needs)
}

fn limit_needs(statement: &mut Statement, selection: &Selection<'_>) {
    if let Some(sector) = selection.sector {
        statement.push(" AND n.sector = ").bind(sector);
    }
    if let Some(region) = selection.region {
        statement.push(" AND n.community IN (SELECT c.id FROM communities c WHERE c.archived_at IS NULL AND c.region = ").bind(region);
        statement.push(")");
    }
}

/// Returns the number of projects per stage, and how many of them are blocked. A project belongs to the sector and region of its need, and to the
/// fiscal year of its PPA.
pub fn pipeline(
    tx: &mut Tx<'_>,
    selection: &Selection<'_>,
    scope: Option<&Scope>,
) -> Result<HashMap<String, (i64, i64)>, StoreError> {
    let mut statement = Statement::new(
        "SELECT j.current_stage, count(*), count(j.blocked_at) FROM projects j JOIN needs n ON n.id = j.need \
         LEFT JOIN ppas p ON p.id = j.ppa WHERE j.archived_at IS NULL",
    );
    limit_projects(&mut statement, selection);
    Scope::and(scope, &mut statement, &PROJECT, "j");
    statement.push(" GROUP BY j.current_stage");
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))
        .collect()
}

fn limit_projects(statement: &mut Statement, selection: &Selection<'_>) {
    if let Some(year) = selection.fiscal_year {
        statement.push(" AND p.archived_at IS NULL AND p.fiscal_year = ").bind(year);
    }
    if selection.sector.is_some() || selection.region.is_some() {
        statement.push(" AND n.archived_at IS NULL");
    }
    limit_needs(statement, selection);
}

/// Returns the fiscal years of the PPAs within the scope, latest first.
pub fn fiscal_years(tx: &mut Tx<'_>, scope: Option<&Scope>) -> Result<Vec<i64>, StoreError> {
    let mut statement = Statement::new(
        "SELECT DISTINCT fiscal_year FROM ppas WHERE archived_at IS NULL AND fiscal_year IS NOT NULL",
    );
    Scope::and(scope, &mut statement, &PPA, "ppas");
    statement.push(" ORDER BY fiscal_year DESC");
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Returns id and name of the regions, by name.
pub fn regions(tx: &mut Tx<'_>) -> Result<Vec<(Id, String)>, StoreError> {
    tx.query("SELECT id, name FROM regions WHERE archived_at IS NULL ORDER BY name", &[])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

/// Returns the sums of the ledgers of the live PPAs of the selection, by PPA: allotted, obligated, disbursed.
pub fn ledgers(
    tx: &mut Tx<'_>,
    selection: &Selection<'_>,
    scope: Option<&Scope>,
) -> Result<HashMap<Id, [i64; 3]>, StoreError> {
    let mut statement = Statement::new(
        "SELECT l.ppa, coalesce(l.adjusts, l.kind), CAST(sum(l.amount_centavos) AS bigint) FROM ppas p \
         CROSS JOIN tranches l WHERE l.ppa = p.id AND l.archived_at IS NULL AND p.archived_at IS NULL",
    );
    limit_ppas(&mut statement, selection, "p");
    Scope::and(scope, &mut statement, &PPA, "p");
    statement.push(" GROUP BY l.ppa, coalesce(l.adjusts, l.kind)");
    let mut sums: HashMap<Id, [i64; 3]> = HashMap::new();
    for row in tx.query(&statement.sql, &statement.parameters)? {
        let part: String = row.get(1)?;
        if let Some(place) = Part::ALL.iter().position(|known| known.as_str() == part) {
            sums.entry(row.get(0)?).or_default()[place] = row.get(2)?;
        }
    }
    Ok(sums)
}

/// Time that a project spent in a stage.
#[derive(Clone, Debug)]
pub struct StageTime {
    /// Stage.
    pub stage: String,
    /// Time at which it was entered.
    pub entered_at: Timestamp,
    /// Time at which it was left; nothing for the present stage.
    pub left_at: Option<Timestamp>,
}

/// Returns the stages of the live projects of the selection, as [`pipeline`] selects them.
pub fn stage_times(
    tx: &mut Tx<'_>,
    selection: &Selection<'_>,
    scope: Option<&Scope>,
) -> Result<Vec<StageTime>, StoreError> {
    let mut statement = Statement::new(
        "SELECT s.stage, s.entered_at, s.left_at FROM projects j CROSS JOIN project_stages s \
         JOIN needs n ON n.id = j.need LEFT JOIN ppas p ON p.id = j.ppa \
         WHERE s.project_id = j.id AND j.archived_at IS NULL",
    );
    limit_projects(&mut statement, selection);
    Scope::and(scope, &mut statement, &PROJECT, "j");
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| Ok(StageTime { stage: row.get(0)?, entered_at: row.get(1)?, left_at: row.get(2)? }))
        .collect()
}

/// Returns the live PPAs of the selection that serve goals: goal and PPA.
pub fn goals(
    tx: &mut Tx<'_>,
    selection: &Selection<'_>,
    scope: Option<&Scope>,
) -> Result<Vec<(Id, Id)>, StoreError> {
    let mut statement = Statement::new(
        "SELECT e.target, p.id FROM ppas p CROSS JOIN edges e WHERE e.source = p.id AND e.field = 'goals' \
         AND p.archived_at IS NULL",
    );
    limit_ppas(&mut statement, selection, "p");
    Scope::and(scope, &mut statement, &PPA, "p");
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

/// Returns number, budget and sum of the progress of the PPAs that serve goals, by goal; cancelled PPAs and those whose
/// first budget was rejected do not count.
pub fn of_goals(tx: &mut Tx<'_>, goals: &[Id]) -> Result<HashMap<Id, [i64; 3]>, StoreError> {
    let mut found = HashMap::new();
    for chunk in goals.chunks(400) {
        let mut statement = Statement::new(
            "SELECT e.target, count(*), CAST(coalesce(sum(coalesce(p.enacted_budget_centavos, \
             p.budget_allocation_centavos, 0)), 0) AS bigint), CAST(coalesce(sum(coalesce(p.progress, 0)), 0) AS bigint) \
             FROM edges e JOIN ppas p ON p.id = e.source WHERE e.field = 'goals' AND p.archived_at IS NULL \
             AND p.status <> 'cancelled' AND (p.enacted_budget_centavos IS NOT NULL OR p.approval_stage IS NULL \
             OR p.approval_stage <> 'rejected') AND e.target IN ",
        );
        statement.bind_list(chunk.iter().map(|id| (*id).into()));
        statement.push(" GROUP BY e.target");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            found.insert(row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?]);
        }
    }
    Ok(found)
}

/// Returns the live goals that are not in draft or discontinued, in the order of their target years.
pub fn present_goals(tx: &mut Tx<'_>) -> Result<Vec<(Id, String)>, StoreError> {
    let rows = tx.query(
        "SELECT id, title FROM goals WHERE archived_at IS NULL AND status IN ('approved', 'active', 'achieved', 'revised') \
         ORDER BY target_year, title, id",
        &[],
    )?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Sum of a part of the ledger on a day.
pub type DaySum = (Date, Part, i64);

/// Returns the sums of the ledgers by day from one day until before another, of PPAs that are not cancelled.
pub fn by_day(
    tx: &mut Tx<'_>,
    selection: &Selection<'_>,
    from: Date,
    until: Date,
) -> Result<Vec<DaySum>, StoreError> {
    let mut statement = Statement::new(
        "SELECT l.date, coalesce(l.adjusts, l.kind), CAST(sum(l.amount_centavos) AS bigint) FROM ppas p \
         CROSS JOIN tranches l WHERE l.ppa = p.id AND l.archived_at IS NULL AND p.archived_at IS NULL \
         AND p.status <> 'cancelled' AND l.date >= ",
    );
    statement.bind(from).push(" AND l.date < ").bind(until);
    limit_ppas(&mut statement, selection, "p");
    statement.push(" GROUP BY l.date, coalesce(l.adjusts, l.kind)");
    let mut found = Vec::new();
    for row in tx.query(&statement.sql, &statement.parameters)? {
        let part: String = row.get(1)?;
        if let Some(part) = Part::parse(&part) {
            found.push((row.get(0)?, part, row.get(2)?));
        }
    }
    Ok(found)
}
