//! Page of one occurrence of a series: the record on that date, its override, and its actions.

use axum::extract::State as AxumState;
use axum::response::Response;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::calendar::series::occurrences::{Around, differing_fields};
use obcms_app::calendar::series::{Scope, Target};
use obcms_app::{Actor, AppError};
use obcms_domain::calendar::series::{self, describe};
use obcms_domain::core::id::Id;
use obcms_domain::registry::series::EXDATES;
use obcms_domain::registry::{Kind, Record};
use serde_json::{Map, json};

use super::dates::{address, name_text, when_text};
use super::detail::{directory_of, long_texts, people, properties, record_facts};
use super::value::{self, Values};
use crate::components::badges::{self, Tone};
use crate::components::buttons::{ButtonKind, button_link, post_button};
use crate::components::detail::{self as components, PageHead, Property};
use crate::components::feedback;
use crate::components::icons::icon;
use crate::components::scope::scope_button;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PathId;
use crate::core::return_path::local_path;
use crate::core::state::{State, blocking};

/// Rights of the person on the occurrence.
struct Rights {
    edit: bool,
    /// May cancel occurrences and reset them to the series.
    dates: bool,
    step: bool,
}

/// Page of one occurrence. A cancelled occurrence redirects to the page of the series, which reports it.
pub fn show(
    kind: &'static Kind,
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    recurrence_id: &str,
) -> Result<Response, PageError> {
    let around = match blocking(|| state.app.around_occurrence(actor, kind, id, recurrence_id)) {
        Ok(around) => around,
        Err(AppError::NotFound(what)) => {
            let record = blocking(|| state.app.get(actor, kind, id))?;
            if EXDATES.value(&record).as_list().contains(&recurrence_id) {
                let message = t!("{date} is cancelled", date = name_text(recurrence_id));
                return Ok(done(&format!("{}#dates", kind.url(id)), &message, None));
            }
            return Err(AppError::NotFound(what).into());
        }
        Err(other) => return Err(other.into()),
    };
    let html = blocking(|| draw(state, page, actor, &around))?;
    Ok(axum::response::IntoResponse::into_response(axum::response::Html(html.into_string())))
}

fn rights(state: &State, actor: &Actor, record: &Record) -> Result<Rights, AppError> {
    let is_live = record.kind.writable && !actor.read_only && !record.is_archived();
    state.app.read(|tx| {
        let writable = actor.writable(tx, record)?;
        Ok(Rights {
            edit: is_live && !writable.is_empty(),
            dates: is_live && writable.allows_name("exdates"),
            step: is_live
                && state.subjects.kind_page(record.kind).has_occurrence_states
                && writable.allows_name("status"),
        })
    })
}

fn draw(state: &State, page: &Page, actor: &Actor, around: &Around) -> Result<Markup, AppError> {
    let record = &around.date.record;
    let kind = record.kind;
    let rights = rights(state, actor, &around.series)?;
    let directory = {
        let mut directory = directory_of(state, actor, record)?;
        directory.extend(directory_of(state, actor, &around.base)?);
        directory
    };
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    let texts = long_texts(record, &values);
    let hooks = state.subjects.kind_page(kind);
    let lead = match hooks.occurrence_lead {
        Some(panel) => panel(state, page, actor, record, &around.date.recurrence_id)?,
        None => html! {},
    };
    let wide = html! {
        (series_strip(around))
        (lead)
        (differences(page, around, &values, rights.dates))
        (components::panel("texts", kind.name, t!("About"), &html! {}, &html! {
            @if texts.0.is_empty() { p.muted { (t!("No description yet.")) } } @else { (texts) }
        }))
    };
    let differing = differing_fields(around);
    let marked = |list: Vec<Property>| -> Vec<Property> {
        let labels: Vec<&str> = differing
            .iter()
            .filter_map(|name| kind.field(name))
            .map(|field| words::label(field.label))
            .collect();
        list.into_iter()
            .map(|property| {
                if !labels.contains(&property.label.as_str()) {
                    return property;
                }
                let value =
                    html! { (property.value) " " (badges::badge(t!("This occurrence only"), Tone::Neutral)) };
                Property { label: property.label, value }
            })
            .collect()
    };
    let people = if hooks.leads_people { Vec::new() } else { marked(people(record, &values)) };
    let narrow = html! {
        (components::panel("properties", kind.name, t!("Properties"), &html! {},
            &components::properties(&marked(properties(record, &values)))))
        @if !people.is_empty() {
            (components::panel("people", kind.name, t!("People"), &html! {}, &components::properties(&people)))
        }
        (components::panel("record", kind.name, t!("Record"), &html! {}, &components::properties(&record_facts(record, &values))))
    };
    let content = html! {
        (head(page, around, &rights, &zone))
        @if around.series.is_archived() {
            (feedback::notice(Tone::Warning, &html! { (t!("The series is archived. Restore it to change an occurrence.")) }))
        }
        (components::detail(&wide, &narrow))
    };
    let title = if record.title().is_empty() { words::label(kind.label) } else { record.title() };
    Ok(page
        .clone()
        .below(words::label(kind.plural), &format!("/{}", kind.collection))
        .below(around.series.title(), &kind.url(around.series.id))
        .render(&format!("{title}, {}", when_text(&around.date, page, &zone)), &content))
}

fn head(page: &Page, around: &Around, rights: &Rights, zone: &TimeZone) -> Markup {
    let record = &around.date.record;
    let kind = record.kind;
    let name = around.date.recurrence_id.as_str();
    let acts = format!("{}/occurrences", kind.url(record.id));
    // Only tasks have steps; a blocked one asks for a reason.
    let steps = format!("{}/transition", kind.url(record.id));
    let here = address(kind, record.id, name);
    let step = |label: &str, drawing: &str, status: &str, kind: ButtonKind| {
        let fields = [("recurrence_id", name), ("status", status), ("back", here.as_str())];
        post_button(label, &steps, drawing, kind, page.csrf(), &fields)
    };
    let is_over = ["completed", "cancelled"].contains(&record.state());
    let edit = format!("{}/edit?occurrence={name}", kind.url(record.id));
    let main = if rights.step && !is_over { ButtonKind::Plain } else { ButtonKind::Main };
    let actions = html! {
        @if rights.dates {
            (scope_button(t!("Cancel occurrence"), &t!("Cancel {date}", date = when_text(&around.date, page, zone)), "calendar-off", &acts,
                page.csrf(), &[("occurrence", name), ("action", "cancel")]))
        }
        @if rights.edit { (button_link(t!("Edit"), &edit, "pencil", main)) }
        @if rights.step {
            @if is_over { (step(t!("Reopen"), "rotate-ccw", "in_progress", ButtonKind::Plain)) }
            @else { (step(t!("Done"), "check", "completed", ButtonKind::Main)) }
        }
    };
    let badges = html! {
        (value::state_badge(record))
        @if around.date.is_moved { (badges::badge(t!("Moved"), Tone::Neutral)) }
        @else if around.date.is_changed { (badges::badge(t!("Changed"), Tone::Neutral)) }
    };
    let title = if record.title().is_empty() {
        words::label(kind.label).to_owned()
    } else {
        record.title().to_owned()
    };
    let subtitle = when_text(&around.date, page, zone);
    components::page_head(&PageHead { title, subtitle, badges, actions })
}

/// Links to the series and to the adjacent occurrences.
fn series_strip(around: &Around) -> Markup {
    let kind = around.series.kind;
    let id = around.series.id;
    let said = describe::of_record(&around.series).unwrap_or_default();
    let neighbour = |name: &Option<String>, label: &str, drawing: &str| {
        html! {
            @match name {
                Some(name) => {
                    a.button data-kind="quiet" href=(address(kind, id, name)) title=(name_text(name)) {
                        (icon(drawing)) (label)
                    }
                }
                None => span.button data-kind="quiet" aria-disabled="true" { (icon(drawing)) (label) },
            }
        }
    };
    html! {
        nav.series-strip aria-label=(t!("Occurrences")) {
            p.repeats-words {
                (icon("repeat"))
                span { (t_html!("Part of a series: {said}.", said)) " " a href={ (kind.url(id)) "#dates" } { (t!("Whole series")) } }
            }
            div.series-steps {
                (neighbour(&around.previous, t!("Previous"), "chevron-left"))
                (neighbour(&around.next, t!("Next"), "chevron-right"))
            }
        }
    }
}

/// Override of the occurrence, field by field, with the reset.
fn differences(page: &Page, around: &Around, values: &Values<'_>, may_edit: bool) -> Markup {
    let record = &around.date.record;
    let kind = record.kind;
    let fields: Vec<_> = differing_fields(around)
        .into_iter()
        .filter_map(|name| kind.field(name))
        .filter(|field| field.source != obcms_domain::registry::Source::Secret)
        .collect();
    if fields.is_empty() {
        return html! {};
    }
    let back = html! {
        @if may_edit {
            (post_button(
                t!("Reset to series"),
                &format!("{}/occurrences", kind.url(record.id)),
                "undo-2",
                ButtonKind::Plain,
                page.csrf(),
                &[("occurrence", &around.date.recurrence_id), ("action", "reset")],
            ))
        }
    };
    let content = html! { div.stack data-gap="small" {
        ul.history-changes {
            @for field in fields {
                @let old = values.draw(&around.base, field);
                @let new = values.draw(record, field);
                li {
                    span.muted { (words::label(field.label)) ": " }
                    @if !old.0.is_empty() { del { (old) } " " (icon("arrow-right")) span.visually-hidden { " " (t!("to")) " " } " " }
                    @if new.0.is_empty() { span.faint { (t!("empty")) } } @else { ins { (new) } }
                }
            }
        }
        (back)
    } };
    components::panel("differences", "", t!("Different on this occurrence"), &html! {}, &content)
}

/// `POST /COLLECTION/{id}/occurrences`: `action` on the occurrence `occurrence` with the scope `scope`.
pub async fn act(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let recurrence_id = form.get("occurrence").to_owned();
    let scope = match form.get("scope") {
        "" => Scope::This,
        text => Scope::read(text).map_err(|error| AppError::Invalid(vec![error]))?,
    };
    let target = Target { kind, id: id.0, recurrence_id: &recurrence_id, scope, expected: None };
    let name = name_text(&recurrence_id);
    let of_date = address(kind, id.0, &recurrence_id);
    let of_series = format!("{}#dates", kind.url(id.0));
    let (occurrence, message, leads_to) = match form.get("action") {
        "cancel" => {
            let done = blocking(|| state.app.cancel_occurrence(&actor, &target))?;
            let message = match scope {
                Scope::This => t!("{name} cancelled", name),
                Scope::Following => t!("{name} and all following occurrences cancelled", name),
                Scope::All => t!("Series cancelled").to_owned(),
            };
            (done, message, of_series)
        }
        "reset" => {
            let done = blocking(|| state.app.reset_occurrence(&actor, &target))?;
            (done, t!("{name} reset to series", name), of_date)
        }
        "bring_back" => {
            let done = blocking(|| state.app.restore_occurrence(&actor, &target))?;
            (done, t!("{name} restored", name), of_series)
        }
        "status" => {
            let mut input = Map::new();
            input.insert("status".to_owned(), json!(form.get("status")));
            let done = blocking(|| state.app.change_occurrence(&actor, &target, &input))?;
            let word = badges::words(form.get("status"));
            let leads_to = local_path(form.get("back"), &of_date).to_owned();
            (done, format!("{word}: {name}"), leads_to)
        }
        _ => return Err(AppError::BadRequest("Unknown action.".into()).into()),
    };
    Ok(done(&leads_to, &message, occurrence.undo().as_deref()))
}

/// Returns true if the kind has pages of occurrences.
#[must_use]
pub fn has_dates(kind: &Kind) -> bool {
    series::recurs(kind) && kind.writable
}
