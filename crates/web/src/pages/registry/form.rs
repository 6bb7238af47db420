//! The form of a record, new or changed, from the description of its kind.

use std::collections::HashSet;

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::history::undo_address;
use obcms_app::{Actor, AppError, lists};
use obcms_domain::id::Id;
use obcms_domain::kinds;
use obcms_domain::people::Action;
use obcms_domain::registry::{Field, FieldError, FieldType, Initial, Kind, Record, Source};
use obcms_store::records::Directory;

use super::value::Values;
use super::written::{self, SHOWN, differing, error_of, prefilled, read_form, since, touched};
use super::{dates, occurrence_form, plural, structure};
use crate::components::badges::Tone;
use crate::components::detail::{self, PageHead};
use crate::components::feedback;
use crate::components::forms::{self as components, Choice, Control, FormField};
use crate::input::{Form, Parameters, PathId};
use crate::pages::bookings;
use crate::pages::errors::PageError;
use crate::pages::forms::{SafeForm, done};
use crate::pages::frame::{Page, Signed};
use crate::state::{State, blocking};

/// Name of the hidden input with the version that the person saw.
pub const VERSION: &str = "version";

/// The inputs of a kind with what they hold: those everyone needs, and those to fold under "More fields".
///
/// `typed` comes from [`written::written`] (a record), [`prefilled`] (a new one) or the form as it was sent, so
/// that a refused form shows what was typed. `known` are records whose titles may be shown because the record
/// that is edited points at them; other ids get their title only where the person may see the record.
/// Send the result of [`shown`] along as a hidden input, and read the answer with [`read_form`].
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
    for field in kind.offered() {
        let entry = FormField {
            name: field.name.to_owned(),
            label: field.label.to_owned(),
            help: field.help.to_owned(),
            error: error_of(errors, field.name),
            required: field.required,
            control: match (kind.name, field.name) {
                ("feed", "kinds") => from_registry(typed, field, entry_kinds()),
                ("feed", "status") => from_registry(typed, field, entry_states()),
                _ => control(field, typed, &titles, zone),
            },
        };
        if matches!(field.data, FieldType::Recurrence) {
            // How it repeats belongs beside when it is.
            let entry = FormField { control: rule(kind, typed.get(field.name)), ..entry };
            let end =
                kind.dates.first().map_or("", |role| if role.end.is_empty() { role.start } else { role.end });
            let place = plain.iter().position(|known: &FormField| known.name == end);
            plain.insert(place.map_or(plain.len(), |place| place + 1), entry);
            continue;
        }
        // What must be given and stands there already may be folded away.
        if field.folded && !(field.required && matches!(field.initial, Initial::Empty)) {
            folded.push(entry);
        } else {
            plain.push(entry);
        }
    }
    Ok((plain, folded))
}

/// A point in time as a person types it; what was typed wrong stays.
fn local(text: &str, zone: &TimeZone) -> String {
    text.parse::<jiff::Timestamp>().map_or_else(
        |_| text.to_owned(),
        |instant| instant.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string(),
    )
}

/// The hidden input that says which fields a form shows, so that a box that is not ticked is read as no.
#[must_use]
pub fn shown(fields: &[&[FormField]]) -> (String, String) {
    let names: Vec<&str> =
        fields.iter().flat_map(|part| part.iter().map(|field| field.name.as_str())).collect();
    (SHOWN.to_owned(), names.join(","))
}

/// Titles of the ids that the person may see, and of those that are known already.
fn titles(state: &State, actor: &Actor, ids: &[Id], known: &[Id]) -> Result<Directory, AppError> {
    if ids.is_empty() {
        return Ok(Directory::new());
    }
    let mut directory = state.app.directory(ids)?;
    let visible = super::visible(state, actor, &directory)?;
    directory.retain(|id, _| known.contains(id) || visible.contains(id));
    Ok(directory)
}

/// The control of the rule, which looks at the start that the form holds.
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
                Some(kind) => format!("{}: {}", kind.label, found.title),
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

/// Some of a list that the registry makes, value and label, and not the description of a field.
fn from_registry(typed: &Form, field: &Field, all: Vec<(&str, String)>) -> Control {
    let typed = typed.all(field.name);
    let chosen: Vec<&str> = typed.iter().flat_map(|text| text.split(',')).map(str::trim).collect();
    let options = all.into_iter().map(|(value, label)| Choice {
        selected: chosen.contains(&value),
        value: value.to_owned(),
        label,
    });
    Control::MultiSelect { options: options.collect() }
}

/// The kinds of calendar entries.
fn entry_kinds() -> Vec<(&'static str, String)> {
    kinds::date_roles().map(|(kind, role)| (role.entry_kind, kinds::entry_label(kind, role))).collect()
}

/// The states of calendar entries.
fn entry_states() -> Vec<(&'static str, String)> {
    kinds::entry_states().into_iter().map(|state| (state.value, state.label.to_owned())).collect()
}

/// The entries of a list to choose from.
#[must_use]
pub fn options(choices: &[obcms_domain::choices::Choice], chosen: &[String]) -> Vec<Choice> {
    let mut options: Vec<Choice> = choices
        .iter()
        .map(|choice| Choice {
            value: choice.value.to_owned(),
            label: choice.label.to_owned(),
            selected: chosen.iter().any(|value| value == choice.value),
        })
        .collect();
    // What was sent and is none of the list stays in sight beside its error.
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

/// What a form page needs beside its fields.
pub(super) struct Sheet<'a> {
    kind: &'static Kind,
    record: Option<&'a Record>,
    typed: Form,
    pub(super) errors: Vec<FieldError>,
    pub(super) problem: Option<String>,
    pub(super) version: i64,
    note: Markup,
    /// What stands in the form above its fields.
    pub(super) lead: Markup,
    /// Which date of a series the form is about.
    pub(super) date: Option<String>,
    /// Fields that the address filled in: they are in sight, however seldom they are needed.
    given: Vec<String>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(kind: &'static Kind, record: Option<&'a Record>, typed: Form) -> Self {
        let version = record.map_or(0, |record| record.version);
        Self {
            kind,
            record,
            typed,
            errors: Vec::new(),
            problem: None,
            version,
            note: html! {},
            lead: html! {},
            date: None,
            given: Vec::new(),
        }
    }

    pub(super) fn draw(self, state: &State, page: &Page, actor: &Actor) -> Result<String, PageError> {
        let kind = self.kind;
        let known: Vec<Id> = self
            .record
            .map(|record| record.values.iter().flat_map(obcms_domain::registry::Value::targets).collect())
            .unwrap_or_default();
        let (mut fields, more) =
            blocking(|| form_fields(state, actor, kind, &self.typed, &known, &self.errors))?;
        let (given, more): (Vec<_>, Vec<_>) =
            more.into_iter().partition(|field| self.given.contains(&field.name));
        fields.extend(given);
        let list = format!("/{}", kind.collection);
        let (title, action, cancel, submit) = match self.record {
            Some(record) => {
                let address = kind.url(record.id);
                let page = match &self.date {
                    Some(date) => dates::address(kind, record.id, date),
                    None => address.clone(),
                };
                (format!("Edit {}", record.title()), format!("{address}/edit"), page, "Save".to_owned())
            }
            None => {
                let label = kind.label.to_owned();
                (
                    format!("New {}", super::lower(&label)),
                    format!("{list}/new"),
                    list.clone(),
                    format!("Create {}", super::lower(&label)),
                )
            }
        };
        let mut hidden = vec![shown(&[&fields, &more])];
        if self.record.is_some() {
            hidden.push((VERSION.to_owned(), self.version.to_string()));
        }
        if let Some(date) = &self.date {
            hidden.push(("occurrence".to_owned(), date.clone()));
        }
        // What is wrong with the whole, or with a field that the form does not show.
        let unseen: Vec<String> = self
            .errors
            .iter()
            .filter(|error| !kind.offered().any(|field| field.name == error.field))
            .map(|error| error.message.clone())
            .collect();
        let problem = self.problem.or_else(|| (!unseen.is_empty()).then(|| unseen.join(" ")));
        let form = components::Form {
            action,
            csrf_token: page.csrf().to_owned(),
            hidden,
            problem,
            lead: self.lead,
            fields,
            more,
            submit,
            cancel_href: cancel,
            multipart: false,
            draft: kind.name.to_owned(),
        };
        let content = html! {
            (detail::page_head(&PageHead { title: title.clone(), ..PageHead::default() }))
            (self.note)
            (components::form(&form))
        };
        let mut page = page.clone().below(kind.plural, &list);
        if let Some(record) = self.record {
            page = page.below(record.title(), &kind.url(record.id));
        }
        Ok(page.render(&title, &content).into_string())
    }

    /// The form again, with what is wrong.
    pub(super) fn refuse(self, state: &State, page: &Page, actor: &Actor) -> Result<Response, PageError> {
        let html = self.draw(state, page, actor)?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
    }
}

fn forbid_create(actor: &Actor, kind: &'static Kind) -> Result<(), AppError> {
    if crate::pages::may_create(actor, kind) {
        return Ok(());
    }
    Err(AppError::forbidden(Action::Create, kind.area, &format!("make {}", plural(kind))))
}

/// `GET /COLLECTION/new`: parameters named as fields are filled in.
pub async fn new(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    Signed { page, actor }: Signed,
    parameters: Parameters,
) -> Result<Html<String>, PageError> {
    forbid_create(&actor, kind)?;
    let typed = prefilled(&state.app, &actor, kind, &parameters.0);
    let given = parameters.0.into_iter().map(|(name, _)| name).collect();
    Ok(Html(Sheet { given, ..Sheet::new(kind, None, typed) }.draw(&state, &page, &actor)?))
}

/// `POST /COLLECTION/new`.
pub async fn create(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    Signed { page, actor }: Signed,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let input = read_form(kind, &form);
    if kind.name == "booking" && form.get("intent") == "check" {
        // Only a look at the dates, with what can be done about each.
        let mut sheet = Sheet::new(kind, None, form);
        sheet.typed.0.retain(|(name, _)| name != "intent");
        return match blocking(|| state.app.preview_booking(&actor, &input)) {
            Ok(preview) => {
                sheet.note = bookings::dates_note(&page, "/bookings/new", &sheet.typed, &preview);
                Ok(Html(sheet.draw(&state, &page, &actor)?).into_response())
            }
            Err(error) => refused(sheet, error, &state, &page, &actor),
        };
    }
    match blocking(|| state.app.create(&actor, kind, &input)) {
        Ok(record) => Ok(done(
            &kind.url(record.id),
            &format!("{} created", kind.label),
            Some(&undo_address(kind, record.id, None)),
        )),
        Err(error) => refused(Sheet::new(kind, None, form), error, &state, &page, &actor),
    }
}

/// `GET /COLLECTION/{id}/edit`.
pub async fn edit(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    Signed { page, actor }: Signed,
    id: PathId,
    parameters: Parameters,
) -> Result<Html<String>, PageError> {
    parameters.only(&["occurrence"])?;
    if let Some(date) = parameters.get("occurrence") {
        return occurrence_form::edit(kind, &state, &page, &actor, id.0, date);
    }
    let record = blocking(|| may_edit(&state, &actor, kind, id.0))?;
    let typed = written::written(&record);
    let mut sheet = Sheet::new(kind, Some(&record), typed);
    sheet.lead = of_series(&record);
    Ok(Html(sheet.draw(&state, &page, &actor)?))
}

/// What the form of a series says: it is about all dates.
fn of_series(record: &Record) -> Markup {
    if !dates::is_series(record) {
        return html! {};
    }
    let address = format!("{}#dates", record.kind.url(record.id));
    feedback::notice(
        Tone::Accent,
        &html! { "This changes all dates of the series. To change one of them, " a href=(address) { "choose the date" } "." },
    )
}

pub(super) fn may_edit(
    state: &State,
    actor: &Actor,
    kind: &'static Kind,
    id: Id,
) -> Result<Record, AppError> {
    let record = state.app.get(actor, kind, id)?;
    if record.is_archived() {
        return Err(AppError::conflict(format!(
            "This {} is archived; restore it first.",
            super::lower(kind.label)
        )));
    }
    state.app.read(|tx| actor.require(tx, Action::Edit, &record))?;
    Ok(record)
}

/// `POST /COLLECTION/{id}/edit`: only what the person changed is sent on, so that what others changed meanwhile in
/// other fields stays; where both changed the same field, the person is asked.
pub async fn update(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    Signed { page, actor }: Signed,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    if !form.get("occurrence").is_empty() {
        return occurrence_form::update(kind, &state, &page, &actor, id.0, form);
    }
    let record = blocking(|| state.app.get(&actor, kind, id.0))?;
    let seen = form.get(VERSION).parse().unwrap_or(record.version);
    let (base, entries) = blocking(|| since(&state.app, &actor, &record, seen))?;
    let input = differing(&base, &form);
    let address = kind.url(record.id);
    let theirs: HashSet<&str> = touched(&entries).into_iter().collect();
    // Both writing the same is no quarrel.
    let wanted = differing(&record, &form);
    let contested: Vec<&'static Field> = kind
        .inputs()
        .filter(|field| {
            input.contains_key(field.name) && theirs.contains(field.name) && wanted.contains_key(field.name)
        })
        .collect();
    if !contested.is_empty() {
        let note = blocking(|| changed_meanwhile(&state, &page, &record, &entries))?;
        let mut sheet = Sheet::new(kind, Some(&record), form);
        sheet.problem =
            Some("Somebody changed this while you were writing; nothing of yours is lost".to_owned());
        sheet.errors = contested
            .iter()
            .map(|field| {
                FieldError::new(
                    field.name,
                    "stale",
                    "Somebody changed this too. Save again to put yours in its place.",
                )
            })
            .collect();
        sheet.note = note;
        return sheet.refuse(&state, &page, &actor);
    }
    if input.is_empty() {
        return Ok(done(&address, "Nothing was changed", None));
    }
    match blocking(|| state.app.update(&actor, kind, id.0, &input, Some(record.version))) {
        Ok(saved) if saved.version == record.version => Ok(done(&address, "Nothing was changed", None)),
        Ok(_) => Ok(done(&address, "Saved", Some(&undo_address(kind, record.id, None)))),
        Err(error) => refused(Sheet::new(kind, Some(&record), form), error, &state, &page, &actor),
    }
}

/// What others changed since the form was drawn.
fn changed_meanwhile(
    state: &State,
    page: &Page,
    record: &Record,
    entries: &[obcms_app::history::Entry],
) -> Result<Markup, AppError> {
    let directory = super::history::directory(state, record.kind, entries)?;
    let zone: TimeZone = page.zone();
    let values = Values { directory: &directory, today: page.today, zone: &zone };
    Ok(feedback::notice(
        Tone::Warning,
        &html! {
            p { "Changed since you opened this form:" }
            (detail::history(&super::history::drawn(entries, &values, serde_json::Map::new())))
        },
    ))
}

/// What can be had in place of a booking that was refused: other times, other resources, or the other dates.
fn booking_note(sheet: &Sheet<'_>, error: &AppError, state: &State, page: &Page, actor: &Actor) -> Markup {
    let repeats = !sheet.typed.get("rrule").trim().is_empty() || !sheet.typed.get("rdates").trim().is_empty();
    if repeats && sheet.record.is_none() {
        let input = read_form(sheet.kind, &sheet.typed);
        // Where the rule itself is wrong there are no dates to show.
        return blocking(|| state.app.preview_booking(actor, &input)).map_or_else(
            |_| html! {},
            |preview| bookings::dates_note(page, "/bookings/new", &sheet.typed, &preview),
        );
    }
    let AppError::Conflict { more, .. } = error else { return html! {} };
    let action = match sheet.record {
        Some(record) => format!("{}/edit", record.kind.url(record.id)),
        None => "/bookings/new".to_owned(),
    };
    bookings::alternatives_note(page, state.app.zone(), &action, &sheet.typed, more)
}

/// A refused write: input errors beside their fields, a conflict above the form, all typed values kept.
pub(super) fn refused(
    mut sheet: Sheet<'_>,
    error: AppError,
    state: &State,
    page: &Page,
    actor: &Actor,
) -> Result<Response, PageError> {
    if sheet.kind.name == "booking" {
        sheet.note = booking_note(&sheet, &error, state, page, actor);
    }
    match error {
        AppError::Invalid(errors) => sheet.errors = errors,
        AppError::Conflict { .. } => sheet.problem = Some(error.to_string()),
        AppError::Stale { .. } => {
            // Between our look and our write: the version is taken anew and the same fields are sent again.
            sheet.problem =
                Some("Somebody saved at the same moment. Nothing of yours is lost: save again.".to_owned());
        }
        other => return Err(other.into()),
    }
    sheet.refuse(state, page, actor)
}

/// A control for filtering by the field, holding the value of the address; nothing for what cannot be filtered.
#[must_use]
pub fn filter_fields(kind: &'static Kind, typed: &Form, titles: &Directory) -> Vec<FormField> {
    let mut fields = Vec::new();
    for field in kind.fields.iter().filter(|field| field.filtered && field.is_readable()) {
        let named =
            |name: String, label: String, control| FormField { name, label, control, ..FormField::default() };
        match field.data {
            FieldType::Date | FieldType::Moment | FieldType::Instant => {}
            FieldType::Boolean => {
                let chosen = typed.get(field.name);
                let options = [("true", "Yes"), ("false", "No")]
                    .map(|(value, label)| Choice {
                        value: value.to_owned(),
                        label: label.to_owned(),
                        selected: value == chosen,
                    })
                    .to_vec();
                fields.push(named(
                    field.name.to_owned(),
                    field.label.to_owned(),
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
                fields.push(named(field.name.to_owned(), field.label.to_owned(), control));
            }
            _ => fields.push(named(
                field.name.to_owned(),
                field.label.to_owned(),
                control(field, typed, titles, &TimeZone::UTC),
            )),
        }
    }
    // Every day of a kind can be narrowed, as all of them are on the calendar.
    for (_, field) in kind.visible().filter(|(_, field)| is_ranged(field)) {
        for (suffix, word) in [("from", "from"), ("to", "to")] {
            let name = format!("{}_{suffix}", field.name);
            let value = typed.get(&name).to_owned();
            fields.push(FormField {
                name,
                label: format!("{} {word}", field.label),
                control: Control::Date { value },
                ..FormField::default()
            });
        }
    }
    fields
}

/// Whether a list offers a stretch of this field: days that stand in the list or are filters.
#[must_use]
pub fn is_ranged(field: &Field) -> bool {
    let is_day = matches!(field.data, FieldType::Date | FieldType::Moment | FieldType::Instant);
    is_day && (field.listed || field.filtered) && field.name != "end" && lists::is_sortable(field)
}
