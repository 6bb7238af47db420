//! Controls of fields, in forms and filters, from their description.

use jiff::tz::TimeZone;
use obcms_app::records::lists;
use obcms_app::{Actor, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{Field, FieldError, FieldType, Initial, Kind, Source};
use obcms_store::records::Directory;

use super::structure;
use super::written::{self, SHOWN, error_of};
use crate::components::forms::{Choice, Control, FormField};
use crate::components::words::{self, t};
use crate::core::input::Form;
use crate::core::state::State;

/// Returns the fields of a form of a kind with their values: common ones, and those under "More fields".
///
/// `typed` comes from [`written::written`] (a record), [`written::prefilled`] (a new one) or the form as it was sent,
/// so that a refused form shows what was typed. `known` are records whose titles may be shown because the edited
/// record refers to them; other ids get their title only where the person may see the record. Send the result of
/// [`shown`] along as a hidden input, and parse the request with [`written::read_form`].
pub fn form_fields(
    state: &State,
    actor: &Actor,
    kind: &'static Kind,
    typed: &Form,
    known: &[Id],
    errors: &[FieldError],
) -> Result<(Vec<FormField>, Vec<FormField>), AppError> {
    let titles = titles(state, actor, &written::ids(kind, typed), known)?;
    let mut plain = Vec::new();
    let mut folded = Vec::new();
    let zone = state.app.zone();
    let options = state.subjects.kind_page(kind).field_options;
    for field in kind.offered() {
        let entry = FormField {
            name: field.name.to_owned(),
            label: words::label(field.label).to_owned(),
            help: field.help.to_owned(),
            error: error_of(errors, field.name),
            required: field.required,
            control: match options.and_then(|options| options(field.name)) {
                Some(options) => from_options(typed, field, options),
                None => control(field, typed, &titles, zone),
            },
            ..FormField::default()
        };
        if matches!(field.data, FieldType::Recurrence) {
            // The recurrence belongs beside the dates.
            let entry = FormField { control: rule(kind, typed.get(field.name)), ..entry };
            let end =
                kind.dates.first().map_or("", |role| if role.end.is_empty() { role.start } else { role.end });
            let place = plain.iter().position(|known: &FormField| known.name == end);
            plain.insert(place.map_or(plain.len(), |place| place + 1), entry);
            continue;
        }
        // A required field with a value may be folded.
        if field.folded && !(field.required && matches!(field.initial, Initial::Empty)) {
            folded.push(entry);
        } else {
            plain.push(entry);
        }
    }
    Ok((plain, folded))
}

/// Formats a point in time as people type it; invalid input is preserved.
fn local(text: &str, zone: &TimeZone) -> String {
    text.parse::<jiff::Timestamp>().map_or_else(
        |_| text.to_owned(),
        |instant| instant.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string(),
    )
}

/// Hidden input with the names of the shown fields, so that an unchecked box is read as no.
#[must_use]
pub fn shown(fields: &[&[FormField]]) -> (String, String) {
    let offered = |field: &&FormField| !matches!(field.control, Control::ReadOnly { .. });
    let names: Vec<&str> =
        fields.iter().flat_map(|part| part.iter().filter(offered).map(|field| field.name.as_str())).collect();
    (SHOWN.to_owned(), names.join(","))
}

/// Returns the titles of the ids that the person may see, and of known ones.
pub(crate) fn titles(state: &State, actor: &Actor, ids: &[Id], known: &[Id]) -> Result<Directory, AppError> {
    if ids.is_empty() {
        return Ok(Directory::new());
    }
    let mut directory = state.app.directory(actor, ids)?;
    let visible = super::visible(state, actor, &directory)?;
    directory.retain(|id, _| known.contains(id) || visible.contains(id));
    Ok(directory)
}

/// Control of the rule, which depends on the start in the form.
fn rule(kind: &Kind, value: &str) -> Control {
    let starts =
        kind.dates.first().map_or_else(Vec::new, |role| vec![role.start.to_owned(), role.end.to_owned()]);
    Control::Recurrence { value: value.to_owned(), starts }
}

fn control(field: &Field, typed: &Form, titles: &Directory, zone: &TimeZone) -> Control {
    if field.source == Source::WriteOnly {
        return Control::Password { autocomplete: "new-password" };
    }
    let value = || typed.get(field.name).to_owned();
    let titled = |text: String, with_kind: bool| {
        let id = text.rsplit(':').next().and_then(|id| id.trim().parse::<Id>().ok());
        let title = id.and_then(|id| titles.get(&id)).map(|found| {
            match kinds::by_name(&found.kind).filter(|_| with_kind) {
                Some(kind) => format!("{}: {}", words::label(kind.label), found.title),
                None => found.title.clone(),
            }
        });
        (text.clone(), title.unwrap_or(text))
    };
    let selected = |with_kind: bool| -> Vec<(String, String)> {
        typed
            .all(field.name)
            .into_iter()
            .filter(|text| !text.trim().is_empty())
            .map(|text| titled(text, with_kind))
            .collect()
    };
    let collection =
        |name: &str| kinds::by_name(name).map_or_else(String::new, |kind| kind.collection.to_owned());
    let names = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect();
    match field.data {
        FieldType::Text(_) | FieldType::Tags | FieldType::Recurrence => Control::Text { value: value() },
        FieldType::Moments => Control::Dates { value: value() },
        FieldType::Instant => Control::DateTime { value: local(&value(), zone) },
        FieldType::Multiline(_) => Control::Multiline { value: value(), rows: 3 },
        FieldType::Email => Control::Email { value: value() },
        FieldType::Url => Control::Url { value: value() },
        FieldType::TimeZone => Control::Select { options: zones(&value()) },
        FieldType::Integer(least, most) => {
            Control::Number { value: value(), minimum: Some(least), maximum: Some(most), step: "1" }
        }
        FieldType::Decimal(least, most) => {
            Control::Number { value: value(), minimum: Some(least), maximum: Some(most), step: "any" }
        }
        FieldType::Money => Control::Money { value: value() },
        FieldType::Boolean => Control::Checkbox { checked: typed.get(field.name) == "true" },
        FieldType::Date => Control::Date { value: value() },
        FieldType::Moment => {
            Control::Moment { day: value(), time: typed.get(&format!("{}.time", field.name)).to_owned() }
        }
        FieldType::Choice(choices) => Control::Select { options: options(choices, &typed.all(field.name)) },
        FieldType::Choices(choices) => {
            Control::MultiSelect { options: options(choices, &typed.all(field.name)) }
        }
        FieldType::Reference(kind) => {
            Control::Reference { collection: collection(kind), selected: selected(false).into_iter().next() }
        }
        FieldType::References(kind) => {
            Control::References { collection: collection(kind), selected: selected(false) }
        }
        FieldType::Link(kinds) => {
            Control::Links { kinds: names(kinds), selected: selected(true), many: false }
        }
        FieldType::Links(kinds) => {
            Control::Links { kinds: names(kinds), selected: selected(true), many: true }
        }
        FieldType::Structure(_) => structure::control(typed, field),
    }
}

/// Control with options of a subject, value and label.
fn from_options(typed: &Form, field: &Field, all: Vec<(&str, String)>) -> Control {
    let typed = typed.all(field.name);
    let chosen: Vec<&str> = typed.iter().flat_map(|text| text.split(',')).map(str::trim).collect();
    let options = all.into_iter().map(|(value, label)| Choice {
        selected: chosen.contains(&value),
        value: value.to_owned(),
        label,
    });
    Control::MultiSelect { options: options.collect() }
}

/// Returns the options of a list.
#[must_use]
pub fn options(choices: &[obcms_domain::choices::Choice], chosen: &[String]) -> Vec<Choice> {
    let mut options: Vec<Choice> = choices
        .iter()
        .map(|choice| Choice {
            value: choice.value.to_owned(),
            label: words::label(choice.label).to_owned(),
            selected: chosen.iter().any(|value| value == choice.value),
        })
        .collect();
    // An invalid value that was sent is shown beside its error.
    for value in chosen.iter().filter(|value| !value.is_empty()) {
        if !options.iter().any(|option| option.value == *value) {
            options.push(Choice { value: value.clone(), label: value.clone(), selected: true });
        }
    }
    options
}

fn zones(chosen: &str) -> Vec<Choice> {
    let mut names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    if !chosen.is_empty() && !names.iter().any(|name| name == chosen) {
        names.push(chosen.to_owned());
    }
    names.sort_unstable();
    names
        .into_iter()
        .map(|name| Choice { selected: name == chosen, label: name.replace('_', " "), value: name })
        .collect()
}

/// Returns the controls that filter by the field, with the values of the address; none for fields that cannot be
/// filtered.
#[must_use]
pub fn filter_fields(kind: &'static Kind, typed: &Form, titles: &Directory) -> Vec<FormField> {
    let mut fields = Vec::new();
    if !kind.people.is_empty() {
        fields.push(FormField {
            name: "mine".to_owned(),
            label: t!("Mine").to_owned(),
            control: Control::Checkbox { checked: typed.get("mine") == "true" },
            ..FormField::default()
        });
    }
    let is_offered = |field: &&Field| {
        let is_choice = field.is_reference() || matches!(field.data, FieldType::Choice(_));
        (field.filtered || (field.listed && is_choice)) && field.is_comparable()
    };
    for field in kind.fields.iter().filter(is_offered) {
        let named =
            |name: String, label: String, control| FormField { name, label, control, ..FormField::default() };
        match field.data {
            FieldType::Date | FieldType::Moment | FieldType::Instant => {}
            FieldType::Boolean => {
                let chosen = typed.get(field.name);
                let options = [("true", t!("Yes")), ("false", t!("No"))]
                    .map(|(value, label)| Choice {
                        value: value.to_owned(),
                        label: label.to_owned(),
                        selected: value == chosen,
                    })
                    .to_vec();
                fields.push(named(
                    field.name.to_owned(),
                    words::label(field.label).to_owned(),
                    Control::Select { options },
                ));
            }
            FieldType::References(kind) => {
                let collection = kinds::by_name(kind).map_or("", |kind| kind.collection).to_owned();
                let one = Field { data: FieldType::Reference(kind), ..*field };
                let control = match control(&one, typed, titles, &TimeZone::UTC) {
                    Control::Reference { selected, .. } => Control::Reference { collection, selected },
                    other => other,
                };
                fields.push(named(field.name.to_owned(), words::label(field.label).to_owned(), control));
            }
            _ => fields.push(named(
                field.name.to_owned(),
                words::label(field.label).to_owned(),
                control(field, typed, titles, &TimeZone::UTC),
            )),
        }
    }
    // Every day of a kind can be filtered, because all of them are on the calendar.
    for (_, field) in kind.visible().filter(|(_, field)| is_ranged(field)) {
        for (suffix, word) in [("from", t!("from")), ("to", t!("to"))] {
            let name = format!("{}_{suffix}", field.name);
            let value = typed.get(&name).to_owned();
            fields.push(FormField {
                name,
                label: format!("{} {word}", words::label(field.label)),
                control: Control::Date { value },
                ..FormField::default()
            });
        }
    }
    fields
}

/// Returns true if a list offers a range of this field: days that are columns or filters.
#[must_use]
pub fn is_ranged(field: &Field) -> bool {
    let is_day = matches!(field.data, FieldType::Date | FieldType::Moment | FieldType::Instant);
    is_day && (field.listed || field.filtered) && field.name != "end" && lists::is_sortable(field)
}
