//! Facts that the rules of alerts read, and the alerts that are not resolved.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::alerts::{
    DISBURSEMENT_DAYS, LONG_DISBURSEMENT_DAYS, NeedFacts, PolicyFacts, PolicyMilestoneFacts, PpaFacts,
    ProjectFacts, REPORT_DAYS, missing_reports,
};
use obcms_domain::core::id::Id;
use obcms_domain::money::Part;
use obcms_domain::results::{Period, targets};
use serde_json::Value as Json;

use crate::database::{Row, SqlValue, Statement, Tx};
use crate::error::StoreError;

/// Subjects of a query: these, or all.
pub type Subjects<'a> = Option<&'a [Id]>;

/// Returns the rows of a statement whose `column` is one of the subjects, a few hundred of them at a time.
fn rows(
    tx: &mut Tx<'_>,
    statement: &Statement,
    column: &str,
    subjects: Subjects<'_>,
    tail: &str,
) -> Result<Vec<Row>, StoreError> {
    let Some(ids) = subjects else {
        return tx.query(&format!("{}{tail}", statement.sql), &statement.parameters);
    };
    let mut found = Vec::new();
    for chunk in ids.chunks(400) {
        let mut narrowed = statement.clone();
        narrowed.push(&format!(" AND {column} IN "));
        narrowed.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        narrowed.push(tail);
        found.extend(tx.query(&narrowed.sql, &narrowed.parameters)?);
    }
    Ok(found)
}

/// Returns the facts about live needs that wait for a PPA.
pub fn needs(tx: &mut Tx<'_>, subjects: Subjects<'_>) -> Result<Vec<NeedFacts>, StoreError> {
    let statement = Statement::new(
        "SELECT n.id, n.title, n.status, coalesce(n.priority_score, 0), EXISTS (SELECT 1 FROM edges e JOIN ppas p \
         ON p.id = e.source WHERE e.target = n.id AND e.field = 'needs' AND p.archived_at IS NULL \
         AND p.status <> 'cancelled') AS is_answered FROM needs n \
         WHERE n.archived_at IS NULL AND n.status IN ('validated', 'prioritized')",
    );
    rows(tx, &statement, "n.id", subjects, "")?
        .iter()
        .map(|row| {
            Ok(NeedFacts {
                id: row.get(0)?,
                title: row.get(1)?,
                status: row.get(2)?,
                score: row.get(3)?,
                is_answered: row.get(4)?,
            })
        })
        .collect()
}

/// Returns the facts about live PPAs.
pub fn ppas(
    tx: &mut Tx<'_>,
    subjects: Subjects<'_>,
    today: Date,
    office: &TimeZone,
) -> Result<Vec<PpaFacts>, StoreError> {
    let statement = Statement::new(
        "SELECT p.id, p.title, p.status, p.approval_stage, p.fiscal_year, p.start_date, p.target_end_date, \
         p.enacted_budget_centavos, p.milestones FROM ppas p WHERE p.archived_at IS NULL",
    );
    let mut found = Vec::new();
    let mut places: HashMap<Id, usize> = HashMap::new();
    for row in rows(tx, &statement, "p.id", subjects, "")? {
        let milestones: Option<String> = row.get(8)?;
        let approval_stage: Option<String> = row.get(3)?;
        let facts = PpaFacts {
            id: row.get(0)?,
            title: row.get(1)?,
            status: row.get(2)?,
            approval_stage: approval_stage.unwrap_or_default(),
            fiscal_year: row.get(4)?,
            start_date: row.get(5)?,
            target_end_date: row.get(6)?,
            enacted: row.get(7)?,
            milestones: milestones.map(|text| open_milestones(&text)).unwrap_or_default(),
            ..PpaFacts::default()
        };
        places.insert(facts.id, found.len());
        found.push(facts);
    }
    for (ppa, since) in stages(tx, subjects)? {
        if let Some(place) = places.get(&ppa) {
            found[*place].in_stage_since = Some(since.to_zoned(office.clone()).date());
        }
    }
    for (ppa, part, [all, before, long_before]) in ledgers(tx, subjects, today)? {
        if let Some(place) = places.get(&ppa) {
            let facts = &mut found[*place];
            *facts.sums.sum_mut(part) += all;
            if part == Part::Obligation {
                facts.obligated_before += before;
                facts.obligated_long_before += long_before;
            }
        }
    }
    for (ppa, period) in missing(tx, subjects, today)? {
        if let Some(place) = places.get(&ppa) {
            let missing = &mut found[*place].missing_reports;
            match missing.iter_mut().find(|(known, _)| *known == period) {
                Some((_, count)) => *count += 1,
                None => missing.push((period, 1)),
            }
        }
    }
    for facts in &mut found {
        facts.missing_reports.sort_unstable();
    }
    Ok(found)
}

fn open_milestones(text: &str) -> Vec<(Date, String)> {
    let parsed: Json = serde_json::from_str(text).unwrap_or_default();
    let read = |item: &Json| {
        let status = item.get("status").and_then(Json::as_str).unwrap_or_default();
        let is_open = !["completed", "cancelled", "on_hold"].contains(&status);
        let day = item.get("date").and_then(Json::as_str).and_then(|day| day.parse().ok())?;
        let title = item.get("title").and_then(Json::as_str).unwrap_or_default().to_owned();
        is_open.then_some((day, title))
    };
    parsed.as_array().into_iter().flatten().filter_map(read).collect()
}

/// Returns since when PPAs wait in a stage of the approval.
fn stages(tx: &mut Tx<'_>, subjects: Subjects<'_>) -> Result<Vec<(Id, Timestamp)>, StoreError> {
    let statement = Statement::new("SELECT ppa_id, entered_at FROM approval_stages WHERE state = 'pending'");
    let found = rows(tx, &statement, "ppa_id", subjects, "")?;
    found.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Sum of all entries, of those of more than [`DISBURSEMENT_DAYS`] and of more than [`LONG_DISBURSEMENT_DAYS`] ago.
type Sums = [i64; 3];

fn ledgers(
    tx: &mut Tx<'_>,
    subjects: Subjects<'_>,
    today: Date,
) -> Result<Vec<(Id, Part, Sums)>, StoreError> {
    let before = |days: i64| today.saturating_sub(jiff::Span::new().days(days));
    let mut statement =
        Statement::new("SELECT l.ppa, coalesce(l.adjusts, l.kind), CAST(sum(l.amount_centavos) AS bigint)");
    for days in [DISBURSEMENT_DAYS, LONG_DISBURSEMENT_DAYS] {
        statement.push(", CAST(sum(CASE WHEN l.date < ").bind(before(days));
        statement.push(" THEN l.amount_centavos ELSE 0 END) AS bigint)");
    }
    statement.push(" FROM tranches l WHERE l.archived_at IS NULL");
    let mut found = Vec::new();
    for row in rows(tx, &statement, "l.ppa", subjects, " GROUP BY 1, 2")? {
        let part: String = row.get(1)?;
        if let Some(part) = Part::parse(&part) {
            found.push((row.get(0)?, part, [row.get(2)?, row.get(3)?, row.get(4)?]));
        }
    }
    Ok(found)
}

/// Returns the period of each indicator whose measurement is missing, with its PPA.
fn missing(tx: &mut Tx<'_>, subjects: Subjects<'_>, today: Date) -> Result<Vec<(Id, Period)>, StoreError> {
    let statement = Statement::new(
        "SELECT i.id, i.ppa, i.targets FROM indicators i JOIN ppas p ON p.id = i.ppa \
         WHERE i.archived_at IS NULL AND i.targets IS NOT NULL AND p.status = 'ongoing'",
    );
    let indicators = rows(tx, &statement, "i.ppa", subjects, "")?;
    if indicators.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(
        "SELECT m.indicator, m.period FROM measurements m WHERE m.archived_at IS NULL AND m.status <> 'returned'",
    );
    let mut measured: HashMap<Id, Vec<Period>> = HashMap::new();
    for row in rows(tx, &statement, "m.ppa", subjects, "")? {
        let period: String = row.get(1)?;
        measured.entry(row.get(0)?).or_default().extend(Period::parse(&period));
    }
    let until = today.saturating_sub(jiff::Span::new().days(REPORT_DAYS - 1));
    let mut found = Vec::new();
    for row in &indicators {
        let (id, ppa, text): (Id, Id, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let targets = targets(serde_json::from_str(&text).ok().as_ref());
        let measured = measured.get(&id).map_or(&[][..], Vec::as_slice);
        found.extend(missing_reports(&targets, measured, until).map(|period| (ppa, period)));
    }
    Ok(found)
}

/// Returns the facts about live projects.
pub fn projects(tx: &mut Tx<'_>, subjects: Subjects<'_>) -> Result<Vec<ProjectFacts>, StoreError> {
    let statement = Statement::new(
        "SELECT j.id, j.title, j.current_stage, j.completed_on IS NOT NULL AS is_completed, j.target_completion_date, \
         j.blocked_at IS NOT NULL AS is_blocked, coalesce(j.blocker_description, ''), p.status, p.target_end_date \
         FROM projects j LEFT JOIN ppas p ON p.id = j.ppa AND p.archived_at IS NULL WHERE j.archived_at IS NULL",
    );
    rows(tx, &statement, "j.id", subjects, "")?
        .iter()
        .map(|row| {
            let status: Option<String> = row.get(7)?;
            let end: Option<Date> = row.get(8)?;
            Ok(ProjectFacts {
                id: row.get(0)?,
                title: row.get(1)?,
                stage: row.get(2)?,
                is_completed: row.get(3)?,
                target_date: row.get(4)?,
                is_blocked: row.get(5)?,
                blocker: row.get(6)?,
                ppa: status.map(|status| (status, end)),
            })
        })
        .collect()
}

/// Returns the facts about live policies.
pub fn policies(tx: &mut Tx<'_>, subjects: Subjects<'_>) -> Result<Vec<PolicyFacts>, StoreError> {
    let statement = Statement::new(
        "SELECT p.id, p.title, p.status, p.review_deadline, p.implementation_start_date, p.implementation_deadline \
         FROM policies p WHERE p.archived_at IS NULL",
    );
    rows(tx, &statement, "p.id", subjects, "")?
        .iter()
        .map(|row| {
            Ok(PolicyFacts {
                id: row.get(0)?,
                title: row.get(1)?,
                status: row.get(2)?,
                review_deadline: row.get(3)?,
                implementation_start: row.get(4)?,
                implementation_deadline: row.get(5)?,
            })
        })
        .collect()
}

/// Returns the facts about live milestones of live policies.
pub fn policy_milestones(
    tx: &mut Tx<'_>,
    subjects: Subjects<'_>,
) -> Result<Vec<PolicyMilestoneFacts>, StoreError> {
    let statement = Statement::new(
        "SELECT m.id, m.title, m.status, m.target_date FROM policy_milestones m JOIN policies p ON p.id = m.policy \
         WHERE m.archived_at IS NULL AND p.archived_at IS NULL \
         AND p.status NOT IN ('rejected', 'withdrawn', 'expired', 'on_hold')",
    );
    rows(tx, &statement, "m.id", subjects, "")?
        .iter()
        .map(|row| {
            Ok(PolicyMilestoneFacts {
                id: row.get(0)?,
                title: row.get(1)?,
                status: row.get(2)?,
                target_date: row.get(3)?,
            })
        })
        .collect()
}

/// Returns the milestones of a policy.
pub fn milestones_of(tx: &mut Tx<'_>, policy: Id) -> Result<Vec<Id>, StoreError> {
    let rows = tx.query("SELECT id FROM policy_milestones WHERE policy = $1", &[policy.into()])?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Returns the live projects of a PPA, whose alerts depend on it.
pub fn projects_of_ppa(tx: &mut Tx<'_>, ppa: Id) -> Result<Vec<Id>, StoreError> {
    let rows = tx.query("SELECT id FROM projects WHERE ppa = $1 AND archived_at IS NULL", &[ppa.into()])?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Returns the live ceilings.
pub fn ceilings(tx: &mut Tx<'_>, subjects: Subjects<'_>) -> Result<Vec<Id>, StoreError> {
    let statement = Statement::new("SELECT c.id FROM ceilings c WHERE c.archived_at IS NULL");
    rows(tx, &statement, "c.id", subjects, "")?.iter().map(|row| row.get(0)).collect()
}

/// Returns the alerts about subjects of a kind that are not resolved.
pub fn unresolved(tx: &mut Tx<'_>, kind: &str, subjects: Subjects<'_>) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new(
        "SELECT a.id FROM alerts a WHERE a.archived_at IS NULL AND a.state <> 'resolved' AND a.subject_kind = ",
    );
    statement.bind(kind);
    rows(tx, &statement, "a.subject_id", subjects, "")?.iter().map(|row| row.get(0)).collect()
}

/// Returns the number of active alerts.
pub fn active(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let row = tx.first("SELECT count(*) FROM alerts WHERE state = 'active' AND archived_at IS NULL", &[])?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// Returns the alerts about PPAs that are not resolved: PPA, type and severity.
pub fn of_ppas(tx: &mut Tx<'_>) -> Result<Vec<(Id, String, String)>, StoreError> {
    let rows = tx.query(
        "SELECT subject_id, alert_type, severity FROM alerts WHERE state IN ('active', 'acknowledged', 'snoozed') \
         AND subject_kind = 'ppa' AND archived_at IS NULL",
        &[],
    )?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Returns the PPAs with a live indicator.
pub fn with_indicators(tx: &mut Tx<'_>) -> Result<Vec<Id>, StoreError> {
    let rows =
        tx.query("SELECT DISTINCT ppa FROM indicators WHERE archived_at IS NULL AND ppa IS NOT NULL", &[])?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Returns the alerts about a record that are not resolved, the most severe first.
pub fn about(tx: &mut Tx<'_>, subject: Id) -> Result<Vec<Id>, StoreError> {
    let rows = tx.query(
        "SELECT id FROM alerts WHERE subject_id = $1 AND archived_at IS NULL AND state <> 'resolved' \
         ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 ELSE 2 END, id",
        &[subject.into()],
    )?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Waits for the end of other transactions that raise or resolve alerts, so that none is raised twice. Returns
/// false where there are no others: SQLite has one writer at a time.
pub fn lock(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    tx.advisory_lock(ALERTS_LOCK)
}

/// PostgreSQL advisory lock of the writers of alerts.
const ALERTS_LOCK: i64 = 7_064_316_290_000_003;
