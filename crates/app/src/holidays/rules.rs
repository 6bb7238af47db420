//! Rules of holidays: a recalculation never overwrites what a person changed.

use obcms_domain::choices::{self, HIJRI_MONTHS};
use obcms_domain::holidays;
use obcms_domain::kinds::{HOLIDAY, hijri_adjustment, holiday};
use obcms_domain::registry::Record;
use obcms_store::{holidays as store, records};

use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Fields that the calculation sets.
const COMPUTED: [&str; 4] = ["name", "date", "holiday_type", "is_estimated"];

/// Marks a holiday that a person created or changed. A date entered by a person is no estimate any more.
pub fn before_save(
    _: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    input: &Input,
) -> Result<(), AppError> {
    let Some(before) = before else {
        holiday::SOURCE.set(record, "manual");
        return Ok(());
    };
    if !holiday::DATE.is_same(before, record) && !input.contains_key("is_estimated") {
        holiday::IS_ESTIMATED.set(record, false);
    }
    if COMPUTED.iter().any(|name| before.get(name) != record.get(name)) {
        holiday::SOURCE.set(record, "manual");
    }
    Ok(())
}

/// Names an adjustment: `Shawwal 1448: 1 day later`.
pub fn name_adjustment(
    _: &mut UnitOfWork<'_, '_>,
    _: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let year = hijri_adjustment::YEAR.get(record).unwrap_or_default();
    let days = hijri_adjustment::DAYS.get(record).unwrap_or_default();
    let month = hijri_adjustment::MONTH.get(record);
    let of = if month.is_empty() {
        format!("Year {year}")
    } else {
        format!("{} {year}", choices::label(HIJRI_MONTHS, month))
    };
    let plural = if days.abs() == 1 { "day" } else { "days" };
    let by = match days {
        0 => "as calculated".to_owned(),
        later if later > 0 => format!("{later} {plural} later"),
        earlier => format!("{} {plural} earlier", earlier.abs()),
    };
    hijri_adjustment::TITLE.set(record, format!("{of}: {by}"));
    Ok(())
}

/// Recalculates Islamic holidays after a new adjustment.
pub fn adjustment_created(work: &mut UnitOfWork<'_, '_>, _: &Record) -> Result<(), AppError> {
    recompute_islamic_holidays(work)
}

/// Recalculates Islamic holidays after a changed adjustment.
pub fn adjustment_changed(work: &mut UnitOfWork<'_, '_>, _: &Record, _: &Record) -> Result<(), AppError> {
    recompute_islamic_holidays(work)
}

fn recompute_islamic_holidays(work: &mut UnitOfWork<'_, '_>) -> Result<(), AppError> {
    let calendar = super::hijri(work.tx)?;
    let ids = store::awaited(work.tx)?;
    for before in records::load_many(work.tx, &HOLIDAY, &ids)? {
        let Some(date) = holidays::sighted(holiday::KEY.get(&before), &calendar) else { continue };
        let mut holiday = before.clone();
        holiday::DATE.set(&mut holiday, date);
        work.save(&before, &mut holiday, "compute")?;
    }
    Ok(())
}
