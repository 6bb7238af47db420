//! Form of one occurrence of a series, with the scope of the change.

use axum::response::{Html, IntoResponse, Response};
use maud::html;
use obcms_app::calendar::series::{Scope, Target};
use obcms_app::records::undo::undo_address;
use obcms_app::{Actor, AppError};
use obcms_domain::calendar::series::{self, Series};
use obcms_domain::core::id::Id;
use obcms_domain::registry::{FieldError, Kind, Record};

use super::dates::{address, name_text};
use super::form::{Sheet, VERSION, may_edit, read_parts, refused, wants_check};
use super::written::{self, differing, since};
use crate::components::badges::Tone;
use crate::components::feedback;
use crate::components::scope::scope_fields;
use crate::components::words::{t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::done;
use crate::core::frame::Page;
use crate::core::input::Form;
use crate::core::state::{State, blocking};

/// Returns the record as the form of an occurrence shows it: on that date, with the rule of the series, which applies
/// to all or the following occurrences.
fn on_date(record: &Record, recurrence_id: &str) -> Result<Record, AppError> {
    let missing = || AppError::NotFound("occurrence");
    let series = Series::of(record).ok_or_else(missing)?;
    let too_much = |error: obcms_recur::ExpandError| AppError::conflict(error);
    let date = series.find(recurrence_id).map_err(too_much)?.ok_or_else(missing)?;
    let mut single = series.materialize(record, date).map_err(too_much)?.ok_or_else(missing)?;
    for name in ["rrule", "rdates", "exdates"] {
        single.set(name, record.get(name).clone());
    }
    Ok(single)
}

fn sheet<'a>(
    kind: &'static Kind,
    single: &'a Record,
    recurrence_id: &str,
    scope: &str,
    typed: Form,
) -> Sheet<'a> {
    let mut sheet = Sheet::new(kind, Some(single), typed);
    sheet.date = Some(recurrence_id.to_owned());
    sheet.lead = html! {
        (feedback::notice(Tone::Accent, &html! {
            (t_html!("This is the occurrence on {date} of a series.", date = html! { strong { (name_text(recurrence_id)) } }))
        }))
        (scope_fields(t!("Apply to"), scope))
    };
    sheet
}

/// `GET /COLLECTION/{id}/edit?occurrence=…`.
pub fn edit(
    kind: &'static Kind,
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    recurrence_id: &str,
) -> Result<Html<String>, PageError> {
    let record = blocking(|| may_edit(state, actor, kind, id))?;
    let single = on_date(&record, recurrence_id)?;
    let typed = written::written(&single);
    Ok(Html(sheet(kind, &single, recurrence_id, "this", typed).draw(state, page, actor)?))
}

/// `POST /COLLECTION/{id}/edit` with `occurrence` and `scope`: the differences to the occurrence as the person saw it.
pub fn update(
    kind: &'static Kind,
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    mut form: Form,
) -> Result<Response, PageError> {
    let recurrence_id = form.get("occurrence").to_owned();
    let record = blocking(|| state.app.get(actor, kind, id))?;
    let single = on_date(&record, &recurrence_id)?;
    let scope_name = form.get("scope").to_owned();
    let seen = form.get(VERSION).parse().unwrap_or(record.version);
    let (then, _) = blocking(|| since(&state.app, actor, &record, seen))?;
    // When the rule was moved meanwhile, the occurrence is compared with its present state.
    let base = on_date(&then, &recurrence_id).unwrap_or_else(|_| single.clone());
    let mut input = differing(&base, &form);
    let scope_of = |form: &Form| form.get("scope").to_owned();
    if wants_check(state, kind, &mut form) {
        let sheet = sheet(kind, &single, &recurrence_id, &scope_of(&form), form);
        return Ok(Html(sheet.draw(state, page, actor)?).into_response());
    }
    if let Err(error) = read_parts(state, actor, kind, (Some(&single), true), &mut form, &mut input) {
        let sheet = sheet(kind, &single, &recurrence_id, &scope_of(&form), form);
        return refused(sheet, error, state, page, actor);
    }
    let again = |form: Form| sheet(kind, &single, &recurrence_id, &scope_name, form);
    let Some(scope) = Scope::parse(&scope_name) else {
        let mut sheet = again(form);
        sheet.problem = Some(t!("Select which occurrences to change").to_owned());
        return sheet.refuse(state, page, actor);
    };
    if scope == Scope::This {
        // The rule belongs to the series; its fields do not apply to one occurrence.
        input.retain(|name, _| !series::FIELDS.contains(&name.as_str()));
    }
    let wanted = differing(&single, &form);
    let contested: Vec<FieldError> = kind
        .inputs()
        .filter(|field| {
            input.contains_key(field.name)
                && wanted.contains_key(field.name)
                && base.get(field.name) != single.get(field.name)
        })
        .map(|field| {
            let message = t!("Someone else changed this too. Save again to overwrite it.");
            FieldError::new(field.name, "stale", message)
        })
        .collect();
    if !contested.is_empty() {
        let mut sheet = again(form);
        sheet.version = record.version;
        sheet.problem = Some(t!("Someone else changed this. Your changes are still in the form").to_owned());
        sheet.errors = contested;
        return sheet.refuse(state, page, actor);
    }
    let of_date = address(kind, id, &recurrence_id);
    if input.is_empty() {
        return Ok(done(&of_date, t!("No changes to save"), None));
    }
    let target = Target { kind, id, recurrence_id: &recurrence_id, scope, expected: Some(record.version) };
    match blocking(|| state.app.change_occurrence(actor, &target, &input)) {
        Ok(changed) => {
            let Some(set) = changed.change_set else {
                return Ok(done(&of_date, t!("No changes to save"), None));
            };
            let new = &changed.series;
            let undo = undo_address(kind, new.id, set);
            let leads_to = match (Series::of(new), &changed.single) {
                (Some(_), Some(_)) => address(kind, new.id, &changed.recurrence_id),
                _ => kind.url(new.id),
            };
            let message = match scope {
                Scope::This => t!("Saved for this occurrence"),
                Scope::Following => t!("Saved for this and following occurrences"),
                Scope::All => t!("Saved for all occurrences"),
            };
            Ok(done(&leads_to, message, Some(&undo)))
        }
        Err(error) => refused(again(form), error, state, page, actor),
    }
}
