//! Figures that an approval round decides on, frozen from submission to the end of the round.

use serde_json::{Map, Value as Json};

use super::State;
use crate::core::message::Message;
use crate::kinds::ppa;
use crate::registry::{FieldError, Record, Value, output, parse_field, stored_value};

/// Fields of a PPA that an approval round locks.
pub const LOCKED: [&str; 9] = [
    ppa::CATEGORY.name(),
    ppa::BUDGET_ALLOCATION_CENTAVOS.name(),
    ppa::FISCAL_YEAR.name(),
    ppa::FUNDING_SOURCE.name(),
    ppa::SECTOR.name(),
    ppa::APPROPRIATION_CLASS.name(),
    ppa::TOTAL_SLOTS.name(),
    ppa::OBC_SLOTS.name(),
    ppa::OUTCOME_FRAMEWORK.name(),
];

/// Returns the state of the approval that is in force: enacted also during a revision of the enacted budget.
#[must_use]
pub fn state_in_force(record: &Record) -> Option<State> {
    match ppa::ENACTED_BUDGET_CENTAVOS.get(record) {
        Some(_) => Some(State::Enacted),
        None => State::parse(ppa::APPROVAL_STAGE.get(record)),
    }
}

/// Returns the locked fields of a PPA with their values.
#[must_use]
pub fn of(record: &Record) -> Map<String, Json> {
    let known = LOCKED.iter().filter_map(|name| record.kind.field(name));
    known.map(|field| (field.name.to_owned(), output::plain(field, record.get(field.name)))).collect()
}

/// Sets the locked fields of a PPA to those of a snapshot.
///
/// # Errors
///
/// A message when the snapshot holds what its field does not take.
pub fn restore(snapshot: &Map<String, Json>, record: &mut Record) -> Result<(), Message> {
    for (name, json) in snapshot {
        if let Some(position) = record.kind.position(name) {
            record.values[position] = stored_value(&record.kind.fields[position], json)?;
        }
    }
    Ok(())
}

/// Sets corrected figures; only locked fields can be corrected.
pub fn correct(corrections: &Map<String, Json>, record: &mut Record) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    for (name, json) in corrections {
        let known = LOCKED.contains(&name.as_str()).then(|| record.kind.position(name)).flatten();
        let Some(position) = known else {
            errors.push(FieldError::new(name.clone(), "unknown_field", "This field cannot be corrected."));
            continue;
        };
        match parse_field(&record.kind.fields[position], json) {
            Ok(value) => record.values[position] = value,
            Err((code, message)) => errors.push(FieldError::new(name.clone(), code, message)),
        }
    }
    if errors.is_empty() {
        (record.kind.rules)(record, &mut errors);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Returns the names of the locked fields in which two PPAs differ.
#[must_use]
pub fn changed(before: &Record, record: &Record) -> Vec<&'static str> {
    LOCKED.into_iter().filter(|name| before.get(name) != record.get(name)).collect()
}

/// Returns old and new value of each figure in which two snapshots differ.
#[must_use]
pub fn differences(old: &Map<String, Json>, new: &Map<String, Json>) -> Map<String, Json> {
    let differing = LOCKED.into_iter().filter(|name| old.get(*name) != new.get(*name));
    differing
        .map(|name| {
            let value = |snapshot: &Map<String, Json>| snapshot.get(name).cloned().unwrap_or_default();
            (name.to_owned(), Json::Array(vec![value(old), value(new)]))
        })
        .collect()
}

/// Returns the budget of a snapshot in centavos.
#[must_use]
pub fn budget(snapshot: &Map<String, Json>) -> i64 {
    snapshot.get(ppa::BUDGET_ALLOCATION_CENTAVOS.name()).and_then(Json::as_i64).unwrap_or_default()
}

/// Returns true if a field of a PPA holds something; zero does not.
#[must_use]
pub fn is_filled(record: &Record, field: &str) -> bool {
    match record.get(field) {
        Value::Integer(number) => *number != 0,
        Value::Json(Json::Object(object)) => {
            object.values().any(|list| list.as_array().is_some_and(|items| !items.is_empty()))
        }
        value => !value.is_empty(),
    }
}
