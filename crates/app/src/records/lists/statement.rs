//! Filters of a list in words, for the chips of a page and for the statement of a file.

use obcms_domain::choices::Choice;
use obcms_domain::core::id::Id;
use obcms_domain::core::text::capitalized;
use obcms_domain::kinds;
use obcms_domain::registry::{Field, FieldType, Kind};
use obcms_store::records::Directory;

/// Translation of a text; the English text is its key.
pub type Words = fn(&'static str) -> &'static str;

/// Returns a filter as label and value: "Fiscal year", "2026". `titles` has the records that the value names.
#[must_use]
pub fn filter_in_words(
    kind: &Kind,
    name: &str,
    value: &str,
    titles: &Directory,
    words: Words,
) -> (String, String) {
    if let Some((first, rest)) = name.split_once('.')
        && let Some(field) = kind.field(first)
    {
        let (target, rest) = match rest.split_once('.') {
            Some((kind, rest)) if matches!(field.data, FieldType::Link(_)) => (kinds::by_name(kind), rest),
            None if rest == "kind" => {
                let kinds: Vec<&str> =
                    value.split(',').filter_map(kinds::by_name).map(|kind| words(kind.label)).collect();
                return (words(field.label).to_owned(), kinds.join(words(" or ")));
            }
            _ => (field.target_kinds().first().copied().and_then(kinds::by_name), rest),
        };
        if let Some(target) = target {
            let (label, value) = filter_in_words(target, rest, value, titles, words);
            return (format!("{}: {label}", words(target.label)), value);
        }
    }
    let plain = |name: &str| kind.field(name).filter(|field| field.is_readable());
    let (field, word) = match (plain(name), name.strip_suffix("_from"), name.strip_suffix("_to")) {
        (Some(field), _, _) => (Some(field), ""),
        (_, Some(name), _) => (plain(name), words(" from")),
        (_, _, Some(name)) => (plain(name), words(" to")),
        _ => (None, ""),
    };
    let label = match field {
        Some(field) => format!("{}{word}", words(field.label)),
        None if name == "created_by" => words("Created by").to_owned(),
        None => capitalized(&name.replace('_', " ")),
    };
    let parts: Vec<String> =
        value.split(',').map(|part| value_in_words(field, part, titles, words)).collect();
    (label, parts.join(words(" or ")))
}

fn value_in_words(field: Option<&Field>, part: &str, titles: &Directory, words: Words) -> String {
    if part == "none" {
        return words("none").to_owned();
    }
    let title = part
        .rsplit(':')
        .next()
        .and_then(|id| id.parse::<Id>().ok())
        .and_then(|id| titles.get(&id))
        .map(|found| found.title.clone());
    match (title, field.map(|field| field.data)) {
        (Some(title), _) => title,
        (_, Some(FieldType::Choice(choices) | FieldType::Choices(choices))) => {
            label_of(choices, part, words).to_owned()
        }
        (_, Some(FieldType::Boolean) | None) if part == "true" => words("Yes").to_owned(),
        (_, Some(FieldType::Boolean) | None) if part == "false" => words("No").to_owned(),
        _ => part.to_owned(),
    }
}

fn label_of<'a>(choices: &'static [Choice], value: &'a str, words: Words) -> &'a str {
    choices.iter().find(|choice| choice.value == value).map_or(value, |choice| words(choice.label))
}

/// Returns the ids in the values of filters.
#[must_use]
pub fn ids_in_filters<'a>(filters: impl Iterator<Item = &'a (String, String)>) -> Vec<Id> {
    filters
        .flat_map(|(_, value)| value.split(','))
        .filter_map(|part| part.rsplit(':').next().and_then(|id| id.parse().ok()))
        .collect()
}
