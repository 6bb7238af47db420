//! Fields of a recurring kind. A kind that lists all four has series: its first date role recurs.

use serde_json::Value as Json;

use super::field::{Field, FieldType};
use super::typed::{Date, List, Reference, Structure, Text, TypedField};
use crate::core::message::Message;

/// Recurrence rule.
pub const RRULE: TypedField<Text> = TypedField::new("rrule");
/// Additional dates.
pub const RDATES: TypedField<List> = TypedField::new("rdates");
/// Exceptions.
pub const EXDATES: TypedField<List> = TypedField::new("exdates");
/// Overrides: for each recurrence id the fields with another value.
pub const OVERRIDES: TypedField<Structure> = TypedField::new("overrides");
/// Series that this one continues after a split.
pub const CONTINUES: TypedField<Reference> = TypedField::new("continues");
/// State of a series of tasks as a whole; the other fields hold that of the shown occurrence.
pub const SERIES_STATE: TypedField<Structure> = TypedField::new("series_state");
/// Date that decides whether a task is overdue: its due date, or that of the first open occurrence. The store writes
/// it with the record; records in memory do not keep it current.
pub const NEXT_DUE: TypedField<Date> = TypedField::new("next_due");

/// Description of the rule.
pub(crate) const RRULE_FIELD: Field = RRULE
    .field("Repeats", FieldType::Recurrence)
    .help("Recurrence rule; as text, for example FREQ=WEEKLY;BYDAY=MO.")
    .folded();
/// Description of the additional dates.
pub(crate) const RDATES_FIELD: Field = RDATES
    .field("Also on", FieldType::Moments)
    .help("Additional dates, such as 2027-01-25 or 2027-01-25T09:00.")
    .folded();
/// Description of the exceptions.
pub(crate) const EXDATES_FIELD: Field = EXDATES
    .field("Not on", FieldType::Moments)
    .help("Excluded dates, such as 2027-01-25 or 2027-01-25T09:00.")
    .folded();
/// Description of the overrides.
pub(crate) const OVERRIDES_FIELD: Field =
    OVERRIDES.field("Changed occurrences", FieldType::Structure(check_overrides)).derived();
/// Description of the state of the whole.
pub(crate) const SERIES_STATE_FIELD: Field =
    SERIES_STATE.field("State of the series", FieldType::Structure(check_state)).secret();

/// Checks a state, which only the program writes.
fn check_state(json: &Json) -> Result<(), Message> {
    if json.is_object() { Ok(()) } else { Err("Must be the state of the series.".into()) }
}

/// Checks overrides, which only the program writes: an object of objects.
fn check_overrides(json: &Json) -> Result<(), Message> {
    match json.as_object() {
        Some(object) if object.values().all(Json::is_object) => Ok(()),
        _ => Err("Must have the changed fields of each occurrence.".into()),
    }
}
