//! The fields by which a kind recurs. A kind that lists all four has series: its first date role is what recurs.

use serde_json::Value as Json;

use super::field::{Field, FieldType};

/// The rule of the series.
pub const RRULE: Field = Field::new("rrule", "Repeats", FieldType::Recurrence)
    .help("Recurrence rule; as text, for example FREQ=WEEKLY;BYDAY=MO.")
    .folded();
/// Dates beside those of the rule.
pub const RDATES: Field = Field::new("rdates", "Also on", FieldType::Moments)
    .help("Additional dates, such as 2027-01-25 or 2027-01-25T09:00.")
    .folded();
/// Dates of the rule that are left out.
pub const EXDATES: Field = Field::new("exdates", "Not on", FieldType::Moments)
    .help("Excluded dates, such as 2027-01-25 or 2027-01-25T09:00.")
    .folded();
/// What differs on single dates: for each original start the fields that have another value there.
pub const OVERRIDES: Field =
    Field::new("overrides", "Changed occurrences", FieldType::Structure(check_overrides)).derived();

/// Name of the column in which a series of tasks keeps its state as a whole, while the fields hold that of the occurrence
/// that is shown.
pub const SERIES_STATE: &str = "series_state";
/// The state of a series as a whole.
pub const STATE_OF_WHOLE: Field =
    Field::new(SERIES_STATE, "State of the series", FieldType::Structure(check_state)).secret();

/// Name of the column by which a task is late or not: its due date, or that of the first open date of a series. The
/// store writes it together with the record; records in memory do not keep it current.
pub const NEXT_DUE: &str = "next_due";

/// Only the program writes it.
fn check_state(json: &Json) -> Result<(), String> {
    if json.is_object() { Ok(()) } else { Err("Must be the state of the series.".to_owned()) }
}

/// Only the program writes it; what it wrote is an object of objects.
fn check_overrides(json: &Json) -> Result<(), String> {
    match json.as_object() {
        Some(object) if object.values().all(Json::is_object) => Ok(()),
        _ => Err("Must have the changed fields of each occurrence.".to_owned()),
    }
}
