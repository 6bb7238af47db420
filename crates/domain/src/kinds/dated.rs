//! Date roles of the registry and states of dated kinds, for the calendar and its filters.

use super::{Kind, REGISTRY};
use crate::choices::Choice;
use crate::registry::{DateRole, FieldType};

/// Returns all kinds with date roles.
pub fn date_roles() -> impl Iterator<Item = (&'static Kind, &'static DateRole)> {
    REGISTRY.into_iter().flat_map(|kind| kind.dates.iter().map(move |role| (kind, role)))
}

/// Returns the static name of an entry kind.
#[must_use]
pub fn entry_kind(name: &str) -> Option<&'static str> {
    date_roles().map(|(_, role)| role.entry_kind).find(|known| *known == name)
}

/// Returns the label of entries of a role of a kind.
#[must_use]
pub fn entry_label(kind: &Kind, role: &DateRole) -> String {
    if role.label.is_empty() {
        kind.label.to_owned()
    } else {
        format!("{}: {}", kind.label, role.label.to_lowercase())
    }
}

/// Returns the label of an entry kind or of a state; `None` for unknown values.
#[must_use]
pub fn entry_words(filter: &str, value: &str) -> Option<String> {
    match filter {
        "kinds" => date_roles()
            .find(|(_, role)| role.entry_kind == value)
            .map(|(kind, role)| entry_label(kind, role)),
        "status" => entry_states()
            .into_iter()
            .find(|choice| choice.value == value)
            .map(|choice| choice.label.to_owned()),
        _ => None,
    }
}

/// Returns the states of all dated kinds, each once, by label.
#[must_use]
pub fn entry_states() -> Vec<&'static Choice> {
    let mut all: Vec<&'static Choice> = Vec::new();
    for (kind, _) in date_roles() {
        let Some(FieldType::Choice(choices)) = kind.field(kind.state).map(|field| field.data) else {
            continue;
        };
        for choice in choices {
            if !all.iter().any(|known| known.value == choice.value) {
                all.push(choice);
            }
        }
    }
    all.sort_by_key(|choice| choice.label);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_unique_and_entry_kinds_are_found_by_name() {
        let states = entry_states();
        for value in ["scheduled", "in_progress", "cancelled"] {
            assert_eq!(states.iter().filter(|choice| choice.value == value).count(), 1, "{value}");
        }
        assert_eq!(entry_kind("event"), Some("event"));
        assert_eq!(entry_kind("party"), None);
        assert_eq!(entry_words("status", "in_progress").as_deref(), Some("In progress"));
        assert_eq!(entry_words("kinds", "event").as_deref(), Some("Event"));
        assert_eq!(entry_words("kinds", "party"), None);
    }
}
