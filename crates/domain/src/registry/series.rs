//! The fields by which a kind recurs. A kind that lists all four has series: its first date role is what recurs.

use serde_json::Value as Json;

use super::field::{Field, FieldType};
use super::typed::{Date, List, Reference, Structure, Text, TypedField};

/// The rule of the series.
pub const RRULE: TypedField<Text> = TypedField::new("rrule");
/// Dates beside those of the rule.
pub const RDATES: TypedField<List> = TypedField::new("rdates");
/// Dates of the rule that are left out.
pub const EXDATES: TypedField<List> = TypedField::new("exdates");
/// What differs on single dates: for each original start the fields that have another value there.
pub const OVERRIDES: TypedField<Structure> = TypedField::new("overrides");
/// The series that this one is the rest of, since that was split.
pub const CONTINUES: TypedField<Reference> = TypedField::new("continues");
/// The state of a series of tasks as a whole, while the other fields hold that of the occurrence that is shown.
pub const SERIES_STATE: TypedField<Structure> = TypedField::new("series_state");
/// The date by which a task is late or not: its due date, or that of the first open date of a series. The store writes it
/// together with the record; records in memory do not keep it current.
pub const NEXT_DUE: TypedField<Date> = TypedField::new("next_due");

/// Description of the rule.
pub(crate) const RRULE_FIELD: Field = RRULE
    .field("Repeats", FieldType::Recurrence)
    .help("Recurrence rule; as text, for example FREQ=WEEKLY;BYDAY=MO.")
    .folded();
/// Description of the dates beside those of the rule.
pub(crate) const RDATES_FIELD: Field = RDATES
    .field("Also on", FieldType::Moments)
    .help("Additional dates, such as 2027-01-25 or 2027-01-25T09:00.")
    .folded();
/// Description of the dates of the rule that are left out.
pub(crate) const EXDATES_FIELD: Field = EXDATES
    .field("Not on", FieldType::Moments)
    .help("Excluded dates, such as 2027-01-25 or 2027-01-25T09:00.")
    .folded();
/// Description of what differs on single dates.
pub(crate) const OVERRIDES_FIELD: Field =
    OVERRIDES.field("Changed occurrences", FieldType::Structure(check_overrides)).derived();
/// Description of the state of the whole.
pub(crate) const SERIES_STATE_FIELD: Field =
    SERIES_STATE.field("State of the series", FieldType::Structure(check_state)).secret();

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
