//! Form of a new or existing record, from the description of its kind.

use std::collections::HashSet;

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::cancelling::Open;
use obcms_app::records::field_rights::Offer;
use obcms_app::records::require_live;
use obcms_app::records::{closing, reservation};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::state::editable;
use obcms_domain::core::hex::hex;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::message;
use obcms_domain::registry::{Field, FieldError, FieldType, Kind, Record};
use serde_json::{Map, Value as Json};

use super::by_name;
use super::controls::{form_fields, shown};
use super::written::{self, SHOWN, differing, error_of, prefilled, read_form, since, touched};
use super::{dates, occurrence_form};
use crate::components::badges::Tone;
use crate::components::detail::{self, PageHead};
use crate::components::feedback;
use crate::components::forms::{self as components, Control, FormField};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters, PathId};
use crate::core::state::{State, blocking};
use crate::core::subject::FormContext;

/// Name of the hidden input with the version that the person saw.
pub const VERSION: &str = "version";

/// Name of the hidden input by which a form that is sent twice creates one record.
pub const REQUEST_KEY: &str = "request_key";

/// Context of a form page beside its fields.
pub(super) struct Sheet<'a> {
    kind: &'static Kind,
    record: Option<&'a Record>,
    typed: Form,
    pub(super) errors: Vec<FieldError>,
    pub(super) problem: Option<String>,
    pub(super) version: i64,
    note: Markup,
    /// Content above the fields.
    pub(super) lead: Markup,
    /// Recurrence id of the occurrence that the form edits.
    pub(super) date: Option<String>,
    /// Fields from the address: they are visible, even if rarely needed.
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
        let (given, mut more): (Vec<_>, Vec<_>) =
            more.into_iter().partition(|field| self.given.contains(&field.name));
        fields.extend(given);
        let offer = blocking(|| state.app.offer(actor, kind, self.record))?;
        blocking(|| self.offer_writable(state, page, actor, &offer, (&mut fields, &mut more)))?;
        if let Some(parts) = state.subjects.kind_page(kind).form_parts {
            let context = FormContext {
                state,
                actor,
                record: self.record,
                occurrence: self.date.as_deref(),
                typed: &self.typed,
                errors: &self.errors,
            };
            blocking(|| parts(&context, &mut fields))?;
        }
        if let (Some(record), None) = (self.record, &self.date)
            && offer.allows_closing(kind)
        {
            let open = blocking(|| state.app.open_with(actor, record))?;
            offer_cancelling(open, &self.typed, &self.errors, &mut fields);
        }
        let lock_note = match (self.record, state.subjects.kind_page(kind).lock_note) {
            (Some(record), Some(note)) if !offer.locked().is_empty() => note(record),
            _ => html! {},
        };
        let list = format!("/{}", kind.collection);
        let (title, action, cancel, submit) = match self.record {
            Some(record) => {
                let address = kind.url(record.id);
                let page = match &self.date {
                    Some(date) => dates::address(kind, record.id, date),
                    None => address.clone(),
                };
                (
                    t!("Edit {title}", title = record.title()),
                    format!("{address}/edit"),
                    page,
                    t!("Save").to_owned(),
                )
            }
            None => {
                let label = words::label(kind.label).to_owned();
                (
                    t!("New {kind}", kind = words::lower(&label)),
                    format!("{list}/new"),
                    list.clone(),
                    t!("Create {kind}", kind = words::lower(&label)),
                )
            }
        };
        let mut hidden = vec![shown(&[&fields, &more])];
        if self.record.is_some() {
            hidden.push((VERSION.to_owned(), self.version.to_string()));
        } else {
            hidden.push((REQUEST_KEY.to_owned(), hex(&state.app.random::<16>())));
        }
        if let Some(date) = &self.date {
            hidden.push(("occurrence".to_owned(), date.clone()));
        }
        // Errors of the whole, or of fields that the form does not show.
        let unseen: Vec<String> = self
            .errors
            .iter()
            .filter(|error| {
                let is_member = error.field == closing::MEMBER;
                !is_member || fields.iter().all(|field| field.name != error.field)
            })
            .filter(|error| !kind.offered().any(|field| field.name == error.field))
            .filter(|error| fields.iter().all(|field| field.name != error.field))
            .map(|error| words::message(&error.message))
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
            (lock_note)
            (self.note)
            (components::form(&form))
        };
        let mut page = page.clone().below(words::label(kind.plural), &list);
        if let Some(record) = self.record {
            page = page.below(record.title(), &kind.url(record.id));
        }
        Ok(page.render(&title, &content).into_string())
    }

    /// Removes the fields of a new form that the person may not write; those of an existing record become read-only.
    fn offer_writable(
        &self,
        state: &State,
        page: &Page,
        actor: &Actor,
        offer: &Offer,
        (fields, more): (&mut Vec<FormField>, &mut Vec<FormField>),
    ) -> Result<(), AppError> {
        for list in [&mut *fields, &mut *more] {
            list.iter_mut().for_each(|field| keep_accepted(offer, self.record, field));
        }
        let Some(record) = self.record else {
            for list in [fields, more] {
                list.retain(|field| offer.allows_name(&field.name));
            }
            return Ok(());
        };
        let refused = |field: &FormField| {
            let is_only_choice = match &field.control {
                Control::Select { options } => {
                    is_narrowed(offer, self.kind, &field.name)
                        && options.iter().all(|option| option.value == record.text(&field.name))
                }
                _ => false,
            };
            is_only_choice || !offer.allows_name(&field.name)
        };
        if !fields.iter().chain(more.iter()).any(refused) {
            return Ok(());
        }
        let directory = super::detail::directory_of(state, actor, record)?;
        let zone: TimeZone = page.zone();
        let values = page.values(&directory, &zone);
        // What was typed before the field was locked or the right ended.
        let typed = if self.typed.has(SHOWN) { differing(record, &self.typed) } else { Map::new() };
        for field in fields.iter_mut().chain(more.iter_mut()).filter(|field| refused(field)) {
            let content = super::value(&values, record, &field.name);
            field.control = Control::ReadOnly { content };
            field.required = false;
            let lost = typed.get(&field.name).zip(self.kind.field(&field.name));
            if let Some((json, described)) = lost.filter(|_| field.error.is_none()) {
                field.error = Some(t!("Not saved: {value}", value = values.text(described, json)));
            }
            let is_locked = offer.locked().contains(&field.name.as_str());
            field.help = if is_locked { t!("Cannot be changed now.").to_owned() } else { String::new() };
        }
        Ok(())
    }

    /// Renders the form again with its errors.
    pub(super) fn refuse(self, state: &State, page: &Page, actor: &Actor) -> Result<Response, PageError> {
        let html = self.draw(state, page, actor)?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
    }
}

/// Returns true if a save refuses some values of the choice field.
fn is_narrowed(offer: &Offer, kind: &Kind, name: &str) -> bool {
    match kind.field(name).map(|field| field.data) {
        Some(FieldType::Choice(choices)) => {
            choices.iter().any(|choice| !offer.allows_choice(name, choice.value))
        }
        _ => false,
    }
}

/// Limits a choice to the values that a save accepts. An unaccepted selection falls back to the value of the record; a
/// single remaining value of a new record is selected.
fn keep_accepted(offer: &Offer, record: Option<&Record>, field: &mut FormField) {
    let Control::Select { options } = &mut field.control else { return };
    let count = options.len();
    options.retain(|option| offer.allows_choice(&field.name, &option.value));
    if options.len() == count || options.iter().any(|option| option.selected) {
        return;
    }
    let present = record.map(|record| record.text(&field.name));
    let is_only = options.len() == 1;
    for option in options.iter_mut() {
        option.selected = present.map_or(is_only, |present| option.value == present);
    }
}

fn forbid_create(actor: &Actor, kind: &'static Kind) -> Result<(), AppError> {
    if crate::records::may_create(actor, kind) {
        return Ok(());
    }
    Err(AppError::forbidden(
        Action::Create,
        kind.area,
        message!("create {kinds}", kinds = Word::lower(kind.plural)),
    ))
}

/// `GET /COLLECTION/new`: parameters with names of fields are filled in.
pub async fn new(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    forbid_create(&actor, kind)?;
    let hooks = state.subjects.kind_page(kind);
    let of_parts = hooks.form_parameters;
    let parameters =
        parameters.matching(|name| of_parts.contains(&name) || kind.inputs().any(|field| field.name == name));
    let mut values = parameters.0.clone();
    if let Some(defaults) = hooks.form_defaults {
        let is_given = |name: &str| parameters.0.iter().any(|(given, _)| given == name);
        let defaults = defaults(&state)?.into_iter().filter(|(name, _)| !is_given(name));
        values.extend(defaults.map(|(name, value)| (name.to_owned(), value)));
    }
    let mut typed = prefilled(&state.app, &actor, kind, &values);
    typed.0.extend(parameters.0.iter().filter(|(name, _)| of_parts.contains(&name.as_str())).cloned());
    let given = parameters.0.into_iter().map(|(name, _)| name).collect();
    Ok(Html(Sheet { given, ..Sheet::new(kind, None, typed) }.draw(&state, &page, &actor)?))
}

/// `POST /COLLECTION/new`.
pub async fn create(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let preview = state.subjects.kind_page(kind).form_preview;
    if let Some(preview) = preview.and_then(|preview| preview(&state, &page, &actor, &mut form)) {
        let mut sheet = Sheet::new(kind, None, form);
        return match preview {
            Ok(note) => {
                sheet.note = note;
                Ok(Html(sheet.draw(&state, &page, &actor)?).into_response())
            }
            Err(error) => refused(sheet, error, &state, &page, &actor),
        };
    }
    if wants_check(&state, kind, &mut form) {
        return Ok(Html(Sheet::new(kind, None, form).draw(&state, &page, &actor)?).into_response());
    }
    let unknown = blocking(|| by_name::resolve(&state, &actor, kind, &mut form))?;
    if !unknown.is_empty() {
        return refused(Sheet::new(kind, None, form), AppError::Invalid(unknown), &state, &page, &actor);
    }
    let mut input = read_form(kind, &form);
    if let Err(error) = read_parts(&state, &actor, kind, (None, false), &mut form, &mut input) {
        return refused(Sheet::new(kind, None, form), error, &state, &page, &actor);
    }
    let _turn = state.hashing.turn_to_write(&actor, kind, &input).await?;
    match blocking(|| state.app.create_from_form(&actor, kind, &input, form.get(REQUEST_KEY))) {
        Ok(id) => {
            let undo = blocking(|| state.app.undo_of_last(&actor, kind, id))?;
            Ok(done(&kind.url(id), &t!("{label} created", label = words::label(kind.label)), undo.as_deref()))
        }
        Err(error) => refused(Sheet::new(kind, None, form), error, &state, &page, &actor),
    }
}

/// Returns true if the form is only to be drawn again, with its parts for the typed values.
pub(super) fn wants_check(state: &State, kind: &'static Kind, form: &mut Form) -> bool {
    let asks = state.subjects.kind_page(kind).form_parts.is_some() && form.get("intent") == "check";
    form.0.retain(|(name, _)| name != "intent" || !asks);
    asks
}

/// Reads the parts of the form beside the fields of the kind.
pub(super) fn read_parts(
    state: &State,
    actor: &Actor,
    kind: &'static Kind,
    record: (Option<&Record>, bool),
    form: &mut Form,
    input: &mut Map<String, Json>,
) -> Result<(), AppError> {
    match state.subjects.kind_page(kind).form_input {
        Some(read) => blocking(|| read(state, actor, record, form, input)),
        None => Ok(()),
    }
}

/// `GET /COLLECTION/{id}/edit`.
pub async fn edit(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["occurrence"]);
    if let Some(date) = parameters.get("occurrence") {
        return occurrence_form::edit(kind, &state, &page, &actor, id.0, date);
    }
    let record = blocking(|| may_edit(&state, &actor, kind, id.0))?;
    let typed = written::written(&record);
    let mut sheet = Sheet::new(kind, Some(&record), typed);
    sheet.lead = of_series(&record);
    Ok(Html(sheet.draw(&state, &page, &actor)?))
}

/// Note of the form of a series: it edits all occurrences.
fn of_series(record: &Record) -> Markup {
    if !dates::is_series(record) {
        return html! {};
    }
    let address = format!("{}#dates", record.kind.url(record.id));
    feedback::notice(
        Tone::Accent,
        &html! { (t_html!("This changes all occurrences. To change one of them, {link}.", link = html! { a href=(address) { (t!("select the occurrence")) } })) },
    )
}

pub(super) fn may_edit(
    state: &State,
    actor: &Actor,
    kind: &'static Kind,
    id: Id,
) -> Result<Record, AppError> {
    let record = state.app.get(actor, kind, id)?;
    require_live(&record)?;
    let writable = state.app.read(|tx| {
        actor.require(tx, Action::Edit, &record)?;
        actor.writable(tx, &record)
    })?;
    if writable.is_empty() {
        let what = message!("change this {kind}", kind = Word::lower(kind.label));
        return Err(AppError::forbidden(Action::Edit, kind.area, what));
    }
    Ok(editable(&record))
}

/// `POST /COLLECTION/{id}/edit`: only changed fields are written, so that concurrent changes of other fields stay;
/// when both changed the same field, the person decides.
pub async fn update(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    if !form.get("occurrence").is_empty() {
        return occurrence_form::update(kind, &state, &page, &actor, id.0, form);
    }
    let record = editable(&blocking(|| state.app.get(&actor, kind, id.0))?);
    if wants_check(&state, kind, &mut form) {
        let sheet = Sheet::new(kind, Some(&record), form);
        return Ok(Html(sheet.draw(&state, &page, &actor)?).into_response());
    }
    let unknown = blocking(|| by_name::resolve(&state, &actor, kind, &mut form))?;
    if !unknown.is_empty() {
        let sheet = Sheet::new(kind, Some(&record), form);
        return refused(sheet, AppError::Invalid(unknown), &state, &page, &actor);
    }
    let seen = form.get(VERSION).parse().unwrap_or(record.version);
    let (base, entries) = blocking(|| since(&state.app, &actor, &record, seen))?;
    let mut input = differing(&base, &form);
    let open = blocking(|| state.app.open_with(&actor, &record))?;
    let cancels = form.get(closing::MEMBER) == "true" && open != Open::default();
    if cancels {
        input.insert(closing::MEMBER.to_owned(), true.into());
    }
    if let Err(error) = read_parts(&state, &actor, kind, (Some(&record), false), &mut form, &mut input) {
        return refused(Sheet::new(kind, Some(&record), form), error, &state, &page, &actor);
    }
    let address = kind.url(record.id);
    let theirs: HashSet<&str> = touched(&entries).into_iter().collect();
    // Two equal changes are not a conflict.
    let wanted = differing(&record, &form);
    let contested: Vec<&'static Field> = kind
        .inputs()
        .filter(|field| {
            input.contains_key(field.name) && theirs.contains(field.name) && wanted.contains_key(field.name)
        })
        .collect();
    if !contested.is_empty() {
        let note = blocking(|| changed_meanwhile(&state, &page, &actor, &record, &entries))?;
        let mut sheet = Sheet::new(kind, Some(&record), form);
        sheet.problem = Some(t!("Someone else changed this. Your changes are still in the form").to_owned());
        sheet.errors = contested
            .iter()
            .map(|field| {
                FieldError::new(
                    field.name,
                    "stale",
                    "Someone else changed this too. Save again to overwrite it.",
                )
            })
            .collect();
        sheet.note = note;
        return sheet.refuse(&state, &page, &actor);
    }
    if input.is_empty() {
        return Ok(done(&address, t!("No changes to save"), None));
    }
    let _turn = state.hashing.turn_to_write(&actor, kind, &input).await?;
    match blocking(|| state.app.update(&actor, kind, id.0, &input, Some(record.version))) {
        Ok(saved) if saved.version == record.version && !input.contains_key(reservation::MEMBER) => {
            Ok(done(&address, t!("No changes to save"), None))
        }
        Ok(_) => {
            let undo = blocking(|| state.app.undo_of_last(&actor, kind, record.id))?;
            let message = if cancels {
                t!("Saved, {in_words} cancelled", in_words = in_words(open))
            } else {
                t!("Saved").to_owned()
            };
            Ok(done(&address, &message, undo.as_deref()))
        }
        Err(error) => refused(Sheet::new(kind, Some(&record), form), error, &state, &page, &actor),
    }
}

/// Describes open work: "10 open tasks and 2 bookings".
fn in_words(open: Open) -> String {
    let counted = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let parts = [
        counted(open.tasks, t!("open task"), t!("open tasks")),
        counted(open.bookings, t!("booking"), t!("bookings")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(&format!(" {} ", t!("and")))
}

/// Checkbox beside the status that cancels open work along with the record.
fn offer_cancelling(open: Open, typed: &Form, errors: &[FieldError], fields: &mut Vec<FormField>) {
    if open == Open::default() {
        return;
    }
    let offer = FormField {
        name: closing::MEMBER.to_owned(),
        label: t!("Also cancel {in_words}", in_words = in_words(open)),
        help: t!(
            "Applies if the new status closes this record. They are reopened if you change the status back."
        )
        .to_owned(),
        error: error_of(errors, closing::MEMBER),
        required: false,
        control: Control::Checkbox { checked: typed.get(closing::MEMBER) == "true" },
        ..FormField::default()
    };
    let place = fields.iter().position(|field| field.name == "status");
    fields.insert(place.map_or(fields.len(), |place| place + 1), offer);
}

/// Concurrent changes since the form was rendered.
fn changed_meanwhile(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    entries: &[obcms_app::records::history::Entry],
) -> Result<Markup, AppError> {
    let directory = super::history::directory(state, actor, record.kind, entries)?;
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    Ok(feedback::notice(
        Tone::Warning,
        &html! {
            p { (t!("Changed since you opened this form:")) }
            (detail::history(&super::history::drawn(entries, &values, Map::new())))
        },
    ))
}

/// Renders a refused write: input errors beside their fields, a conflict above the form, all typed values preserved.
pub(super) fn refused(
    mut sheet: Sheet<'_>,
    error: AppError,
    state: &State,
    page: &Page,
    actor: &Actor,
) -> Result<Response, PageError> {
    if let Some(note) = state.subjects.kind_page(sheet.kind).refusal_note {
        sheet.note = note(state, page, actor, sheet.record, &sheet.typed, &error);
    }
    match error {
        AppError::Invalid(errors) => sheet.errors = errors,
        AppError::ForbiddenFields { errors, .. } => {
            sheet.errors = errors;
            let html = sheet.draw(state, page, actor)?;
            return Ok((StatusCode::FORBIDDEN, Html(html)).into_response());
        }
        AppError::Conflict { detail, more } => {
            // A conflict that names a field is an error beside it.
            let field = more.iter().find(|(name, _)| *name == "field").and_then(|(_, field)| field.as_str());
            match field {
                Some(field) => {
                    sheet.errors = vec![FieldError::new(field.to_owned(), "conflict", detail)];
                }
                None => sheet.problem = Some(words::message(&detail)),
            }
        }
        AppError::Stale { .. } => {
            // A change between read and write: the version is read again and the same fields are sent again.
            sheet.problem = Some(
                t!("Someone else saved at the same time. Your changes are still in the form: save again.")
                    .to_owned(),
            );
        }
        other => return Err(other.into()),
    }
    sheet.refuse(state, page, actor)
}
