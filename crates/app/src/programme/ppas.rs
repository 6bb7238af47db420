//! PPAs: progress, and places copied from the needs they answer.

use std::collections::HashMap;

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{COMMUNITY, NEED, PROJECT, need, ppa};
use obcms_domain::registry::{Record, Value};
use obcms_store::{Tx, records};
use serde_json::json;

use super::choices;
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
    choices::require(work, before, record)?;
    show_progress(record);
    if ppa::STATUS.get(record) == "completed" && ppa::ACTUAL_END_DATE.get(record).is_none() {
        ppa::ACTUAL_END_DATE.set(record, work.today);
    }
    if before.is_none() {
        prefill(work, record)?;
    }
    Ok(())
}

fn prefill(work: &mut UnitOfWork<'_, '_>, record: &mut Record) -> Result<(), AppError> {
    let Some(need) = ppa::NEEDS.get(record).first().copied() else {
        return Ok(());
    };
    let Some(need) = work.find(&NEED, need)? else {
        return Ok(());
    };
    if ppa::SECTOR.is_empty(record) {
        ppa::SECTOR.copy(&need, record);
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
pub fn related_members(tx: &mut Tx<'_>, ppas: &[Record]) -> Result<Vec<Members>, AppError> {
    let ids: Vec<Id> = ppas.iter().map(|ppa| ppa.id).collect();
    let found = records::sources(tx, &ids, &[PROJECT.name], 1000)?;
    let projects: HashMap<Id, Id> = found
        .into_iter()
        .filter(|(_, field, project)| field == "ppa" && !project.is_archived)
        .map(|(ppa, _, project)| (ppa, project.id))
        .collect();
    Ok(ppas.iter().map(|ppa| vec![("project", json!(projects.get(&ppa.id)))]).collect())
}
