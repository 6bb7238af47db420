//! Evaluation of the rules of alerts: what they find is raised, kept or resolved.

use std::collections::{BTreeMap, BTreeSet};

use obcms_domain::alerts::{CeilingFacts, Facts, Finding, findings};
use obcms_domain::choices::{self, ALERT_SEVERITIES, ALERT_TYPES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{ALERT, CEILING, alert, ceiling};
use obcms_domain::registry::{Link, Record};
use obcms_store::alerts::{self as store, Subjects};
use obcms_store::records;

use crate::approval::ceiling_use;
use crate::core::unit_of_work::Noted;
use crate::core::{AppError, UnitOfWork};

/// Numbers of alerts that an evaluation wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evaluated {
    /// Raised.
    pub raised: usize,
    /// Resolved.
    pub resolved: usize,
    /// Changed: another severity or finding, or back from snoozing.
    pub changed: usize,
}

impl Evaluated {
    pub(super) fn add(&mut self, other: Self) {
        self.raised += other.raised;
        self.resolved += other.resolved;
        self.changed += other.changed;
    }
}

/// Findings about the subjects, each with the title of its subject, by type of the alert and subject.
type Found = BTreeMap<(&'static str, Id), (String, Finding)>;

/// Raises and resolves the alerts about the records that a command noted. Their changes are a set of their own: an undo
/// of the command raises and resolves anew instead of reverting them.
pub(crate) fn settle(work: &mut UnitOfWork<'_, '_>, noted: &Noted) -> Result<(), AppError> {
    let mut by_kind: BTreeMap<&'static str, Option<BTreeSet<Id>>> = BTreeMap::new();
    for (kind, id) in noted {
        let ids = by_kind.entry(kind).or_insert_with(|| Some(BTreeSet::new()));
        match (id, ids.as_mut()) {
            (Some(id), Some(ids)) => {
                ids.insert(*id);
            }
            (None, _) => *ids = None,
            _ => {}
        }
    }
    work.apart(|work| {
        for (kind, ids) in &by_kind {
            let ids: Option<Vec<Id>> = ids.as_ref().map(|ids| ids.iter().copied().collect());
            evaluate(work, kind, ids.as_deref())?;
        }
        Ok(())
    })
}

/// Raises, changes and resolves the alerts about subjects of a kind.
pub(super) fn evaluate(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static str,
    subjects: Subjects<'_>,
) -> Result<Evaluated, AppError> {
    let mut found = find(work, kind, subjects)?;
    let mut open = unresolved(work, kind, subjects)?;
    if is_settled(work, &found, &open) {
        return Ok(Evaluated::default());
    }
    if store::lock(work.tx)? {
        // Another transaction may have raised or resolved them meanwhile.
        found = find(work, kind, subjects)?;
        open = unresolved(work, kind, subjects)?;
    }
    let mut counts = Evaluated::default();
    for before in open.into_values() {
        let mut record = before.clone();
        let action = match found.remove(&key(&before)) {
            Some((title, finding)) => keep(work, &mut record, &title, &finding),
            None => {
                alert::STATE.set(&mut record, "resolved");
                alert::RESOLVED_AT.set(&mut record, work.now);
                alert::SNOOZED_UNTIL.clear(&mut record);
                "resolve"
            }
        };
        if work.save(&before, &mut record, action)? {
            let count = if action == "resolve" { &mut counts.resolved } else { &mut counts.changed };
            *count += 1;
        }
    }
    let raised: Vec<Record> = found
        .into_iter()
        .map(|((alert_type, id), (title, finding))| raise(work, (kind, id), alert_type, &title, &finding))
        .collect();
    counts.raised = raised.len();
    work.insert(&raised)?;
    Ok(counts)
}

fn find(work: &mut UnitOfWork<'_, '_>, kind: &str, subjects: Subjects<'_>) -> Result<Found, AppError> {
    let today = work.today;
    let mut found = Found::new();
    for facts in facts(work, kind, subjects)? {
        let (_, id, title) = facts.subject();
        for (alert_type, finding) in findings(&facts, today) {
            found.insert((alert_type, id), (title.to_owned(), finding));
        }
    }
    Ok(found)
}

fn facts(work: &mut UnitOfWork<'_, '_>, kind: &str, subjects: Subjects<'_>) -> Result<Vec<Facts>, AppError> {
    let tx = &mut *work.tx;
    Ok(match kind {
        "need" => store::needs(tx, subjects)?.into_iter().map(Facts::Need).collect(),
        "ppa" => {
            let found = store::ppas(tx, subjects, work.today, work.app.zone())?;
            found.into_iter().map(Facts::Ppa).collect()
        }
        "project" => store::projects(tx, subjects)?.into_iter().map(Facts::Project).collect(),
        "policy" => store::policies(tx, subjects)?.into_iter().map(Facts::Policy).collect(),
        "policy_milestone" => {
            store::policy_milestones(tx, subjects)?.into_iter().map(Facts::PolicyMilestone).collect()
        }
        "ceiling" => ceilings(work, subjects)?,
        _ => Vec::new(),
    })
}

fn ceilings(work: &mut UnitOfWork<'_, '_>, subjects: Subjects<'_>) -> Result<Vec<Facts>, AppError> {
    let ids = store::ceilings(work.tx, subjects)?;
    let ceilings = records::load_many(work.tx, &CEILING, &ids)?;
    let balances = ceiling_use::balances(work.tx, &ceilings)?;
    let facts = |(record, balance): (&Record, ceiling_use::CeilingBalance)| {
        Facts::Ceiling(CeilingFacts {
            id: record.id,
            title: record.title().to_owned(),
            fiscal_year: ceiling::FISCAL_YEAR.get(record).unwrap_or_default(),
            amount: balance.amount,
            committed: balance.committed,
        })
    };
    Ok(ceilings.iter().zip(balances).map(facts).collect())
}

fn unresolved(
    work: &mut UnitOfWork<'_, '_>,
    kind: &str,
    subjects: Subjects<'_>,
) -> Result<BTreeMap<Id, Record>, AppError> {
    let ids = store::unresolved(work.tx, kind, subjects)?;
    let records = records::load_many(work.tx, &ALERT, &ids)?;
    Ok(records.into_iter().map(|record| (record.id, record)).collect())
}

/// Type and subject of an alert.
fn key(record: &Record) -> (&'static str, Id) {
    let of = alert::ALERT_TYPE.get(record);
    let known = ALERT_TYPES.iter().find(|choice| choice.value == of).map_or("", |choice| choice.value);
    (known, alert::SUBJECT.get(record).map_or(Id::NIL, |link| link.id))
}

/// Returns true if nothing is to be written.
fn is_settled(work: &UnitOfWork<'_, '_>, found: &Found, open: &BTreeMap<Id, Record>) -> bool {
    found.len() == open.len()
        && open.values().all(|before| {
            found.get(&key(before)).is_some_and(|(title, finding)| {
                let mut record = before.clone();
                keep(work, &mut record, title, finding);
                record.values == before.values
            })
        })
}

/// Writes what is found now to an alert that goes on, and returns the action. A higher severity, or the end of
/// snoozing, makes it active again.
fn keep(work: &UnitOfWork<'_, '_>, record: &mut Record, title: &str, finding: &Finding) -> &'static str {
    let rank = |severity: &str| choices::position(ALERT_SEVERITIES, severity);
    let is_worse = rank(finding.severity.as_str()) > rank(alert::SEVERITY.get(record));
    let wakes = alert::STATE.get(record) == "snoozed"
        && alert::SNOOZED_UNTIL.get(record).is_none_or(|until| until <= work.today);
    let alert_type = alert::ALERT_TYPE.get(record).to_owned();
    describe(record, &alert_type, title, finding);
    if is_worse || wakes {
        alert::STATE.set(record, "active");
        alert::SNOOZED_UNTIL.clear(record);
    }
    match (is_worse, wakes) {
        (true, _) => "escalate",
        (false, true) => "wake",
        _ => "update",
    }
}

fn raise(
    work: &UnitOfWork<'_, '_>,
    (kind, id): (&'static str, Id),
    alert_type: &str,
    title: &str,
    finding: &Finding,
) -> Record {
    let mut record = work.new_record(&ALERT);
    alert::ALERT_TYPE.set(&mut record, alert_type);
    alert::STATE.set(&mut record, "active");
    alert::KIND.set(&mut record, kind);
    alert::SUBJECT.set(&mut record, Link { kind: kind.to_owned(), id });
    alert::RAISED_ON.set(&mut record, work.today);
    describe(&mut record, alert_type, title, finding);
    record
}

fn describe(record: &mut Record, alert_type: &str, title: &str, finding: &Finding) {
    let title = format!("{}: {title}", choices::label(ALERT_TYPES, alert_type));
    alert::TITLE.set(record, title.chars().take(400).collect::<String>());
    alert::SEVERITY.set(record, finding.severity.as_str());
    alert::DESCRIPTION.set(record, finding.description.chars().take(1000).collect::<String>());
}
