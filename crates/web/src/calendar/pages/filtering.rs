//! Filter row of the calendar: active filters as chips, others behind "Add filter".

use maud::{Markup, html};
use obcms_app::Actor;
use obcms_domain::choices::PRIORITIES;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_store::records::Directory;

use super::asked::{ADD, Asked, FILTERS};
use crate::components::badges::words;
use crate::components::filters::{Chip, Filters, filters};
use crate::components::forms::{self, Control, FormField};
use crate::components::words::{self, t};

/// Pickers of the panel: name, label, collection.
const PICKERS: [(&str, &str, &str); 7] = [
    ("person", "Person", "users"),
    ("team", "Team", "teams"),
    ("organization", "Organization", "organizations"),
    ("resource", "Resource", "resources"),
    ("region", "Region", "regions"),
    ("province", "Province", "provinces"),
    ("municipality", "Municipality or city", "municipalities"),
];
/// Kinds whose names a filter may show to every reader.
const NAMED: [&str; 8] =
    ["user", "team", "organization", "resource", "region", "province", "municipality", "barangay"];

/// Returns the ids of the records in the filters.
pub fn named(asked: &Asked) -> Vec<Id> {
    asked.set().flat_map(|(_, values)| values).filter_map(|value| value.parse().ok()).collect()
}

/// Filter row; `extra` is appended.
pub fn row(actor: &Actor, asked: &Asked, titles: &Directory, extra: &Markup) -> Markup {
    let mut bare = asked.clone();
    for (_, values) in &mut bare.filters {
        values.clear();
    }
    let view = Filters {
        action: "/calendar".to_owned(),
        chips: chips(asked, titles),
        fields: fields(actor),
        keep: kept(asked),
        clear_href: bare.address("/calendar", asked.date),
        ..Filters::default()
    };
    html! { div.calendar-filters data-filters { (filters(&view, extra)) } }
}

fn kept(asked: &Asked) -> Vec<(String, String)> {
    let mut kept = asked.parameters();
    if let Some(date) = asked.date {
        kept.push(("date".to_owned(), date.to_string()));
    }
    kept
}

fn chips(asked: &Asked, titles: &Directory) -> Vec<Chip> {
    let label = |name: &str| {
        FILTERS.iter().find(|(known, _)| *known == name).map_or("", |(_, label)| words::text(label))
    };
    asked
        .set()
        .flat_map(|(name, values)| values.iter().map(move |value| (name, value)))
        .map(|(name, value)| Chip {
            label: label(name).to_owned(),
            value: in_words(name, value, titles),
            remove_href: asked.without(name, value).address("/calendar", asked.date),
        })
        .collect()
}

fn in_words(name: &str, value: &str, titles: &Directory) -> String {
    match name {
        "kinds" | "status" => kinds::entry_words(name, value).unwrap_or_else(|| words(value)),
        "priority" => words(value),
        _ => value
            .parse()
            .ok()
            .and_then(|id: Id| titles.get(&id))
            .filter(|known| NAMED.contains(&known.kind.as_str()))
            .map_or_else(|| "unknown".to_owned(), |known| known.title.clone()),
    }
}

fn fields(actor: &Actor) -> Vec<FormField> {
    let field = |name: &str, label: &str, control: Control| FormField {
        name: format!("{ADD}{name}"),
        label: label.to_owned(),
        control,
        ..FormField::default()
    };
    let choice =
        |value: &str, label: String| forms::Choice { value: value.to_owned(), label, selected: false };
    let kinds = kinds::date_roles()
        .filter(|(kind, _)| actor.visibility(kind).is_some())
        .map(|(kind, role)| choice(role.entry_kind, kinds::entry_label(kind, role)))
        .collect();
    let states = kinds::entry_states()
        .into_iter()
        .map(|state| choice(state.value, words::label(state.label).to_owned()))
        .collect();
    let priorities = PRIORITIES
        .iter()
        .map(|priority| choice(priority.value, words::label(priority.label).to_owned()))
        .collect();
    let mut fields = vec![
        field("kinds", t!("Kind"), Control::Select { options: kinds }),
        field("status", t!("Status"), Control::Select { options: states }),
        field("priority", t!("Priority"), Control::Select { options: priorities }),
    ];
    fields.extend(PICKERS.iter().map(|(name, label, collection)| {
        field(
            name,
            words::text(label),
            Control::Reference { collection: (*collection).to_owned(), selected: None },
        )
    }));
    fields
}
