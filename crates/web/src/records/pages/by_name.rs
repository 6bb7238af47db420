//! References typed by name: without script, a field of a form takes the name of a record in place of its id.

use obcms_app::{Actor, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Word};
use obcms_domain::kinds;
use obcms_domain::message;
use obcms_domain::registry::{Field, FieldError, FieldType, Kind};
use obcms_store::records::Reference;

use crate::core::input::Form;
use crate::core::state::State;
use crate::records::pages::value::state_words;

/// Most records of one name that a refusal names.
const NAMED: usize = 5;

/// Replaces the names in the reference fields of a form with the ids of their records. A name that nobody has, or that
/// several records have, is an error of its field; the form keeps what was typed.
pub fn resolve(
    state: &State,
    actor: &Actor,
    kind: &'static Kind,
    form: &mut Form,
) -> Result<Vec<FieldError>, AppError> {
    let mut errors = Vec::new();
    for (name, value) in &mut form.0 {
        let field = kind.offered().find(|field| field.name == name.as_str() && field.is_reference());
        let Some(field) = field.filter(|_| !is_id(value)) else { continue };
        let found = state.app.titled(actor, &field.target_kinds(), value.trim())?;
        match found.as_slice() {
            [one] => *value = written(field, one),
            [] => errors.push(unknown(name, value.trim())),
            several => errors.push(ambiguous(name, value.trim(), several)),
        }
    }
    Ok(errors)
}

/// Returns the id of the only record of the kinds with a name.
///
/// # Errors
///
/// An error of the field if no record, or several, have the name.
pub fn resolve_name(
    state: &State,
    actor: &Actor,
    field: &str,
    kinds: &[&'static str],
    name: &str,
) -> Result<Id, AppError> {
    match state.app.titled(actor, kinds, name)?.as_slice() {
        [one] => Ok(one.id),
        [] => Err(AppError::Invalid(vec![unknown(field, name)])),
        several => Err(AppError::Invalid(vec![ambiguous(field, name, several)])),
    }
}

fn unknown(field: &str, name: &str) -> FieldError {
    let message =
        message!("No record has the name “{name}”. Enter its exact name or its id.", name = Word::text(name));
    FieldError::new(field.to_owned(), "unknown", message)
}

/// Returns true for an empty text, an id, the code of a place, and a kind with an id.
fn is_id(text: &str) -> bool {
    let text = text.trim();
    let last = text.rsplit(':').next().unwrap_or(text).trim();
    text.is_empty()
        || last.parse::<Id>().is_ok()
        || text.split(',').all(|part| part.trim().parse::<Id>().is_ok())
}

fn written(field: &Field, found: &Reference) -> String {
    match field.data {
        FieldType::Link(_) | FieldType::Links(_) => format!("{}:{}", found.kind, found.id),
        _ => found.id.to_string(),
    }
}

fn ambiguous(field: &str, name: &str, several: &[Reference]) -> FieldError {
    let choice = |found: &Reference| match kinds::by_name(&found.kind).filter(|_| !found.state.is_empty()) {
        Some(kind) => format!("{} ({}, {})", found.title, state_words(kind, &found.state), found.id),
        None => format!("{} ({})", found.title, found.id),
    };
    let choices = Word::texts(Joining::Semicolon, several.iter().take(NAMED).map(choice));
    let count = several.len();
    FieldError::new(
        field.to_owned(),
        "ambiguous",
        message!(
            "{count} records have the name “{name}”. Enter the id of one: {choices}.",
            count,
            name = Word::text(name),
            choices
        ),
    )
}
