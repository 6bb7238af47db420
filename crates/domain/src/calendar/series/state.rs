//! State of a series of tasks: that of the whole, and that of the shown occurrence.
//!
//! The columns of a repeating task hold the state of its next open occurrence, so that lists, board and counts agree
//! with the page. A different state of the series as a whole (ended or on hold) is stored beside it, in
//! [`SERIES_STATE`]; every occurrence without its own state has it.

use serde_json::{Map, Value as Json};

use super::{CLOSED_STATES, Series};
use crate::kinds::task;
use crate::registry::series::SERIES_STATE;
use crate::registry::{Record, Value, output, stored_value};

/// Fields that the transition of a task owns; each occurrence has its own.
pub const STATE_FIELDS: [&str; 5] = [
    task::STATUS.name(),
    task::PROGRESS.name(),
    task::STARTED_AT.name(),
    task::COMPLETED_AT.name(),
    task::PROGRESS_BEFORE_COMPLETION.name(),
];
/// Other columns that hold values of the shown occurrence.
const SHOWN_FIELDS: [&str; 3] = [task::PRIORITY.name(), task::DOMAIN.name(), task::ASSIGNEES.name()];

/// Returns true for a series whose occurrences have their own states.
#[must_use]
pub fn has_states(record: &Record) -> bool {
    SERIES_STATE.is_in(record.kind) && Series::of(record).is_some()
}

/// Returns the initial value of a state field.
fn initial(name: &str) -> Value {
    match name {
        name if name == task::STATUS.name() => Value::from("not_started"),
        name if name == task::PROGRESS.name() => Value::Integer(0),
        _ => Value::Null,
    }
}

fn stored(record: &Record) -> Map<String, Json> {
    match SERIES_STATE.get(record) {
        Some(Json::Object(stored)) => stored.clone(),
        _ => Map::new(),
    }
}

fn store(record: &mut Record, stored: Map<String, Json>) {
    record.set(
        SERIES_STATE.name(),
        if stored.is_empty() { Value::Null } else { Value::Json(Json::Object(stored)) },
    );
}

fn read(record: &Record, name: &str, json: &Json) -> Option<Value> {
    stored_value(record.kind.field(name)?, json).ok()
}

/// Sets the fields of the shown occurrence to the values of the series as a whole.
pub fn load_series_state(record: &mut Record) {
    if !SERIES_STATE.is_in(record.kind) {
        return;
    }
    let stored = stored(record);
    for name in STATE_FIELDS {
        let value = stored.get(name).and_then(|json| read(record, name, json));
        record.set(name, value.unwrap_or_else(|| initial(name)));
    }
    for name in SHOWN_FIELDS {
        if let Some(value) = stored.get(name).and_then(|json| read(record, name, json)) {
            record.set(name, value);
        }
    }
    SERIES_STATE.clear(record);
}

/// Sets the fields that are edited for all occurrences to the values of the whole; the state stays.
pub fn load_editable_state(record: &mut Record) {
    if !has_states(record) {
        return;
    }
    let mut stored = stored(record);
    for name in SHOWN_FIELDS {
        if let Some(value) = stored.remove(name).and_then(|json| read(record, name, &json)) {
            record.set(name, value);
        }
    }
    store(record, stored);
}

/// Returns the record as it is edited for all occurrences.
#[must_use]
pub fn editable(record: &Record) -> Record {
    let mut edited = record.clone();
    load_editable_state(&mut edited);
    edited
}

/// Stores the state in the fields as that of the series as a whole: the inverse of [`load_series_state`].
pub fn store_series_state(record: &mut Record) {
    if !SERIES_STATE.is_in(record.kind) {
        return;
    }
    let mut stored = Map::new();
    for name in STATE_FIELDS {
        if let Some(field) = record.kind.field(name).filter(|_| *record.get(name) != initial(name)) {
            stored.insert(name.to_owned(), output::plain(field, record.get(name)));
        }
    }
    store(record, stored);
}

/// Returns the series as a whole, as a record of its own.
#[must_use]
pub fn series_record(record: &Record) -> Record {
    let mut whole = record.clone();
    if has_states(record) {
        load_series_state(&mut whole);
    }
    whole
}

/// Returns the state of the series as a whole; for other records their state.
#[must_use]
pub fn series_state(record: &Record) -> String {
    if !SERIES_STATE.is_in(record.kind) || !super::is_series(record) {
        return record.state().to_owned();
    }
    match stored(record).get(task::STATUS.name()).and_then(Json::as_str) {
        Some(status) => status.to_owned(),
        None => "not_started".to_owned(),
    }
}

/// Returns true for a series that was completed or cancelled as a whole.
#[must_use]
pub fn is_closed(record: &Record) -> bool {
    super::is_series(record) && CLOSED_STATES.contains(&series_state(record).as_str())
}

/// Sets the fields to the state of the shown occurrence; without one, to that of the whole.
pub fn show(record: &mut Record, shown: Option<&Record>) {
    let mut whole = record.clone();
    load_series_state(&mut whole);
    let shown = shown.unwrap_or(&whole);
    let mut stored = stored(record);
    for name in STATE_FIELDS.into_iter().chain(SHOWN_FIELDS) {
        record.set(name, shown.get(name).clone());
    }
    for name in SHOWN_FIELDS {
        stored.remove(name);
        if let Some(field) = record.kind.field(name).filter(|_| whole.get(name) != shown.get(name)) {
            stored.insert(name.to_owned(), output::plain(field, whole.get(name)));
        }
    }
    store(record, stored);
}

/// Removes the states of open occurrences from the overrides, because the whole has a new state.
pub fn forget_open_states(record: &mut Record) {
    let Some(series) = Series::of(record) else { return };
    let mut overrides = series.overrides;
    for (_, patch) in &mut overrides {
        let Some(patch) = patch.as_object_mut() else { continue };
        let is_over = patch
            .get(task::STATUS.name())
            .and_then(Json::as_str)
            .is_some_and(|state| CLOSED_STATES.contains(&state));
        if !is_over {
            patch.retain(|name, _| !STATE_FIELDS.contains(&name.as_str()));
        }
    }
    overrides.retain(|_, patch| patch.as_object().is_none_or(|patch| !patch.is_empty()));
    super::set_overrides(record, overrides);
}
