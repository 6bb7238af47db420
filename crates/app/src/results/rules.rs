//! Rules of indicators and measurements.

use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::{INDICATOR, MEASUREMENT, PPA, indicator, measurement};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_domain::results::Period;
use obcms_store::{Tx, results as store};
use serde_json::{Value as Json, json};

use crate::approval::locks::require_open_framework;
use crate::core::rules::{Attention, Input};
use crate::core::{Actor, AppError, UnitOfWork};
use crate::records::require_live;

/// Writes the periods of targets in one form, and keeps a measured indicator at its PPA.
pub(crate) fn before_save_indicator(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    if let Some(before) = before
        && !indicator::PPA.is_same(before, record)
        && store::is_measured(work.tx, record.id)?
    {
        let message =
            "This indicator has measurements, which belong to its PPA. Create another indicator instead.";
        return Err(AppError::field(indicator::PPA.name(), "measured", message));
    }
    if before.is_none_or(|before| !has_same_framework(before, record)) {
        require_open(work, record)?;
    }
    let Some(Json::Array(items)) = indicator::TARGETS.get(record) else { return Ok(()) };
    let items: Vec<Json> = items
        .iter()
        .map(|item| {
            let period = item["period"].as_str().and_then(Period::parse).map(|period| period.to_string());
            json!({ "period": period, "target": item["target"] })
        })
        .collect();
    indicator::TARGETS.set(record, Json::Array(items));
    Ok(())
}

fn has_same_framework(before: &Record, record: &Record) -> bool {
    indicator::PPA.is_same(before, record)
        && indicator::TITLE.is_same(before, record)
        && indicator::KIND.is_same(before, record)
        && indicator::UNIT.is_same(before, record)
        && indicator::BASELINE.is_same(before, record)
        && indicator::TARGETS.is_same(before, record)
        && indicator::COMBINES.is_same(before, record)
}

/// Refuses to change what a running approval decides on.
fn require_open(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    let Some(id) = indicator::PPA.get(record) else { return Ok(()) };
    match work.find(&PPA, id)? {
        Some(owner) => require_open_framework(&owner),
        None => Ok(()),
    }
}

/// Refuses to archive an indicator that a running approval decides on.
pub(crate) fn before_archive_indicator(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
) -> Result<(), AppError> {
    require_open(work, record)
}

/// Sets the PPA of a measurement: that of its indicator.
pub(crate) fn complete(work: &mut UnitOfWork<'_, '_>, record: &mut Record) -> Result<(), AppError> {
    let Some(id) = measurement::INDICATOR.get(record) else { return Ok(()) };
    if let Some(indicator) = work.find(&INDICATOR, id)? {
        measurement::PPA.set(record, indicator::PPA.get(&indicator));
    }
    Ok(())
}

/// Checks a measurement and names it. A corrected one is reported anew.
pub(crate) fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let missing = || AppError::field(measurement::INDICATOR.name(), "reference", "Select an indicator.");
    let id = measurement::INDICATOR.get(record).ok_or_else(missing)?;
    let owner = work.find(&INDICATOR, id)?.ok_or_else(missing)?;
    match before {
        None => {
            require_live(&owner)?;
            if let Some(ppa) = indicator::PPA.get(&owner) {
                require_live(&work.load(&PPA, ppa)?)?;
            }
        }
        Some(before) if !measurement::INDICATOR.is_same(before, record) => {
            let message = "A measurement stays with its indicator. Archive it and report another one.";
            return Err(AppError::field(measurement::INDICATOR.name(), "fixed", message));
        }
        Some(_) => {}
    }
    if let Some(period) = Period::parse(measurement::PERIOD.get(record)) {
        measurement::PERIOD.set(record, period.to_string());
    }
    let title = format!("{}: {}", measurement::PERIOD.get(record), owner.title());
    measurement::TITLE.set(record, title.chars().take(600).collect::<String>());
    if before.is_some_and(|before| has_same_figures(before, record)) {
        return Ok(());
    }
    if before.is_some_and(|before| measurement::STATUS.get(before) == "approved") {
        return Err(AppError::conflict(
            "This measurement is approved, and its figures are locked. A coordinator can reopen it.",
        ));
    }
    require_period_free(work.tx, record, |message| {
        AppError::field(measurement::PERIOD.name(), "unique", message)
    })?;
    measurement::STATUS.set(record, "reported");
    measurement::REPORTED_BY.set(record, work.actor.id);
    measurement::DECIDED_BY.clear(record);
    measurement::DECIDED_AT.clear(record);
    Ok(())
}

/// Fields of a measurement that do not change: its indicator, and its figures once they are approved.
pub(crate) fn locked_fields(record: &Record) -> &'static [&'static str] {
    const FIGURES: [&str; 4] = [
        measurement::INDICATOR.name(),
        measurement::PERIOD.name(),
        measurement::VALUE.name(),
        measurement::DISAGGREGATION.name(),
    ];
    if measurement::STATUS.get(record) == "approved" { &FIGURES } else { &FIGURES[..1] }
}

/// Refuses, at every write, a second live measurement: one that is restored, or moved by an undo.
pub(crate) fn before_update(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &mut Record,
) -> Result<(), AppError> {
    let is_same =
        measurement::PERIOD.is_same(before, record) && measurement::INDICATOR.is_same(before, record);
    if record.is_archived() || (!before.is_archived() && is_same) {
        return Ok(());
    }
    require_period_free(work.tx, record, AppError::conflict)
}

fn require_period_free(
    tx: &mut Tx<'_>,
    record: &Record,
    refusal: impl Fn(Message) -> AppError,
) -> Result<(), AppError> {
    let Some(indicator) = measurement::INDICATOR.get(record) else { return Ok(()) };
    let period = measurement::PERIOD.get(record);
    match store::of_period(tx, indicator, period)? {
        Some(other) if other != record.id => Err(refusal(message!(
            "{period} was reported already. Change that measurement instead.",
            period = Word::text(period)
        ))),
        _ => Ok(()),
    }
}

fn has_same_figures(before: &Record, record: &Record) -> bool {
    measurement::INDICATOR.is_same(before, record)
        && measurement::PERIOD.is_same(before, record)
        && measurement::VALUE.is_same(before, record)
        && measurement::DISAGGREGATION.is_same(before, record)
}

/// Measurements that wait for a decision of the actor.
pub(crate) fn attention(tx: &mut Tx<'_>, actor: &Actor, _: Date) -> Result<Attention, AppError> {
    let records = match actor.id {
        Some(user) if actor.may(Action::DecideMeasurement, MEASUREMENT.area) => store::waiting(tx, user)?,
        _ => Vec::new(),
    };
    Ok(Attention { label: "Measurements to approve", href: "/measurements?status=reported", records })
}
