//! Holidays: what a person changed is theirs, and no computing takes it back.

use obcms_domain::choices::{self, HIJRI_MONTHS};
use obcms_domain::registry::Record;

use crate::records::Input;

/// Members that computing would set.
const COMPUTED: [&str; 4] = ["name", "date", "holiday_type", "is_estimated"];

/// Notes that a person made or changed it; a date given by a person is no estimate any more.
pub fn prepare(before: Option<&Record>, record: &mut Record, input: &Input) {
    let Some(before) = before else {
        record.set("source", "manual");
        return;
    };
    if before.get("date") != record.get("date") && !input.contains_key("is_estimated") {
        record.set("is_estimated", false);
    }
    if COMPUTED.iter().any(|name| before.get(name) != record.get(name)) {
        record.set("source", "manual");
    }
}

/// Names what was said of a month: `Shawwal 1448: 1 day later`.
pub fn name_adjustment(record: &mut Record) {
    let year = record.integer("year").unwrap_or_default();
    let days = record.integer("days").unwrap_or_default();
    let month = record.text("month");
    let of = if month.is_empty() {
        format!("Year {year}")
    } else {
        format!("{} {year}", choices::label(HIJRI_MONTHS, month))
    };
    let plural = if days.abs() == 1 { "day" } else { "days" };
    let by = match days {
        0 => "as computed".to_owned(),
        later if later > 0 => format!("{later} {plural} later"),
        earlier => format!("{} {plural} earlier", earlier.abs()),
    };
    record.set("title", format!("{of}: {by}"));
}
