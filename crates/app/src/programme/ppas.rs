//! PPAs: progress, and places copied from the needs they answer.

use std::collections::HashMap;

use jiff::civil::Date;
use obcms_domain::core::id::Id;
use obcms_domain::core::uacs;
use obcms_domain::kinds::{COMMUNITY, NEED, PPA, PROJECT, need, ppa, project};
use obcms_domain::registry::{Record, Value};
use obcms_store::programme::projects::live_of_need;
use obcms_store::{Tx, records};
use serde_json::json;

use super::{budget_cycle, choices, following};
use crate::core::rules::{Input, Members};
use crate::core::{AppError, UnitOfWork};
use crate::tasks::progress::show_progress;

/// Sets the shown progress and fills empty fields of a new PPA from its first need.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    crate::approval::rules::before_save(before, record)?;
    choices::require(work, before, record)?;
    show_progress(record);
    if let Ok(code) = uacs::parse_pap(ppa::PAP_CODE.get(record)) {
        ppa::PAP_CODE.set(record, code);
    }
    if ppa::STATUS.get(record) == "completed" && ppa::ACTUAL_END_DATE.get(record).is_none() {
        ppa::ACTUAL_END_DATE.set(record, work.today);
    }
    if before.is_none() {
        prefill(work, record)?;
    }
    Ok(())
}

/// Updates the status when approval, start date or category change, and the stages of the budget cycle.
pub fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    budget_cycle::follow_ppa(work, before, record)?;
    let is_same = ppa::ENACTED_ON.is_same(before, record)
        && ppa::APPROVAL_STAGE.is_same(before, record)
        && ppa::START_DATE.is_same(before, record)
        && before.is_request() == record.is_request()
        && before.archived_at == record.archived_at;
    if !is_same {
        following::follow_ppa(work, record.id)?;
    }
    Ok(())
}

/// Links a new PPA to the project of the one need that it answers, if that has no PPA yet: the chain is whole, whichever
/// of the two came first.
pub fn created(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    let [need] = ppa::NEEDS.get(record) else { return Ok(()) };
    if record.is_request() {
        return Ok(());
    }
    let [project] = live_of_need(work.tx, *need)?[..] else { return Ok(()) };
    let Some(before) = work.find(&PROJECT, project)?.filter(|project| project::PPA.is_empty(project)) else {
        return Ok(());
    };
    work.as_effect(|work| {
        let mut linked = before.clone();
        project::PPA.set(&mut linked, record.id);
        work.save(&before, &mut linked, "follow").map(drop)
    })
}

/// Returns the only live PPA that answers a need and has no project, for a new project of that need.
pub(super) fn only_ppa_of_need(tx: &mut Tx<'_>, need: Id) -> Result<Option<Id>, AppError> {
    let found = records::live_sources(tx, &[need], PPA.name, ppa::NEEDS.name())?;
    let [only] = &found[..] else { return Ok(None) };
    let only = only.id;
    let is_request = records::load(tx, &PPA, only)?.is_none_or(|ppa| ppa.is_request());
    let is_taken = !records::live_sources(tx, &[only], PROJECT.name, project::PPA.name())?.is_empty();
    Ok((!is_request && !is_taken).then_some(only))
}

fn prefill(work: &mut UnitOfWork<'_, '_>, record: &mut Record) -> Result<(), AppError> {
    let others = ppa::NEEDS.get(record).to_vec();
    let Some(need) = ppa::NEEDS.get(record).first().copied() else {
        return Ok(());
    };
    let Some(need) = work.find(&NEED, need)? else {
        return Ok(());
    };
    if ppa::SECTOR.is_empty(record) {
        ppa::SECTOR.copy(&need, record);
    }
    if ppa::BUDGET_ALLOCATION_CENTAVOS.is_empty(record) {
        // A PPA for several needs costs what they cost together.
        let mut costs = need::ESTIMATED_COST_CENTAVOS.get(&need);
        for other in records::load_many(work.tx, &NEED, others.get(1..).unwrap_or_default())? {
            let cost = need::ESTIMATED_COST_CENTAVOS.get(&other);
            costs = costs.zip(cost).map_or(costs.or(cost), |(sum, cost)| Some(sum.saturating_add(cost)));
        }
        ppa::BUDGET_ALLOCATION_CENTAVOS.set(record, costs);
    }
    if ppa::FISCAL_YEAR.is_empty(record) {
        ppa::FISCAL_YEAR.set(record, i64::from(work.today.year()));
    }
    let Some(community) = need::COMMUNITY.get(&need) else {
        return Ok(());
    };
    if ppa::COMMUNITIES.is_empty(record) {
        ppa::COMMUNITIES.set(record, vec![community]);
    }
    if let Some(community) = work.find(&COMMUNITY, community)? {
        for (own, theirs) in [
            ("coverage_region", "region"),
            ("coverage_province", "province"),
            ("coverage_municipality", "municipality"),
        ] {
            if matches!(record.get(own), Value::Null) {
                record.set(own, community.get(theirs).clone());
            }
        }
    }
    Ok(())
}

/// Returns the live project of each PPA.
pub fn related_members(tx: &mut Tx<'_>, ppas: &[Record], _: Date) -> Result<Vec<Members>, AppError> {
    let ids: Vec<Id> = ppas.iter().map(|ppa| ppa.id).collect();
    let found = records::sources(tx, &ids, &[PROJECT.name], 1000)?;
    let projects: HashMap<Id, Id> = found
        .into_iter()
        .filter(|(_, field, project)| field == "ppa" && !project.is_archived)
        .map(|(ppa, _, project)| (ppa, project.id))
        .collect();
    Ok(ppas.iter().map(|ppa| vec![("project", json!(projects.get(&ppa.id)))]).collect())
}
