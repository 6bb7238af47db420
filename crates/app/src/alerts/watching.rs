//! Records about which a write may raise or resolve alerts.

use obcms_domain::kinds::{
    CEILING, INDICATOR, MEASUREMENT, NEED, POLICY, POLICY_MILESTONE, PPA, PROJECT, TRANCHE, indicator,
    measurement, ppa, tranche,
};
use obcms_domain::registry::Record;
use obcms_store::alerts as store;

use crate::core::{AppError, UnitOfWork};

/// Fields of a PPA on which the use of ceilings depends.
const OF_CEILINGS: [&str; 7] = [
    ppa::APPROVAL_STAGE.name(),
    ppa::ENACTED_BUDGET_CENTAVOS.name(),
    ppa::BUDGET_ALLOCATION_CENTAVOS.name(),
    ppa::FISCAL_YEAR.name(),
    ppa::SECTOR.name(),
    ppa::FUNDING_SOURCE.name(),
    ppa::STATUS.name(),
];

/// Notes the records whose alerts depend on a written record; they are examined when the command is done.
pub(crate) fn note(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &Record,
) -> Result<(), AppError> {
    let kind = record.kind;
    if [NEED.name, PROJECT.name, CEILING.name, POLICY_MILESTONE.name].contains(&kind.name) {
        work.note_for_end(kind.name, Some(record.id));
    } else if *kind == POLICY {
        work.note_for_end(kind.name, Some(record.id));
        if before.is_some() {
            for milestone in store::milestones_of(work.tx, record.id)? {
                work.note_for_end(POLICY_MILESTONE.name, Some(milestone));
            }
        }
    } else if *kind == PPA {
        note_ppa(work, before, record)?;
    } else {
        let owner = match kind.name {
            name if name == TRANCHE.name => tranche::PPA.get(record),
            name if name == INDICATOR.name => indicator::PPA.get(record),
            name if name == MEASUREMENT.name => measurement::PPA.get(record),
            _ => None,
        };
        if let Some(owner) = owner {
            work.note_for_end(PPA.name, Some(owner));
        }
    }
    Ok(())
}

fn note_ppa(work: &mut UnitOfWork<'_, '_>, before: Option<&Record>, record: &Record) -> Result<(), AppError> {
    work.note_for_end(PPA.name, Some(record.id));
    for need in before.into_iter().chain([record]).flat_map(|record| ppa::NEEDS.get(record)) {
        work.note_for_end(NEED.name, Some(*need));
    }
    let Some(before) = before else { return Ok(()) };
    let is_archived = before.is_archived() != record.is_archived();
    let differs = |name: &&str| before.get(name) != record.get(name);
    if is_archived || OF_CEILINGS.iter().any(differs) {
        work.note_for_end(CEILING.name, None);
    }
    if is_archived || !ppa::TARGET_END_DATE.is_same(before, record) || !ppa::STATUS.is_same(before, record) {
        for project in store::projects_of_ppa(work.tx, record.id)? {
            work.note_for_end(PROJECT.name, Some(project));
        }
    }
    Ok(())
}
