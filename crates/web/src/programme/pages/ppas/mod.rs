//! The page of a PPA: what it is, its tasks, its approval, its money, its milestones, its chain, its history.

pub mod cycle;
mod milestones;
mod status;

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::approval::locks;
use obcms_app::{Actor, AppError};
use obcms_domain::choices;
use obcms_domain::core::id::Id;
use obcms_domain::core::money;
use obcms_domain::kinds::{NEED, PPA, need, ppa};
use obcms_domain::registry::{FieldError, Record, Value};
use obcms_store::records;
use serde_json::{Map, Value as Json, json};

use super::trace;
use crate::components::badges::{self, Tone, badge, money_text};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{Property, detail, panel, properties};
use crate::components::feedback::notice;
use crate::components::forms::{Control, FormField, error_summary, field};
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::refused::Refused;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::value::state_words;
use crate::records::pages::written::error_of;
use crate::records::pages::{detail as generic, history_panel};
use crate::tasks::pages::of_record;

/// Kinds whose changes refresh the figures of the page.
const LIVE: &str = "ppa task";

/// Own tabs with their words. Those of other subjects follow the second one.
const TABS: [(&str, &str); 6] = [
    ("overview", "Overview"),
    ("tasks", "Tasks"),
    ("milestones", "Milestones"),
    ("cycle", "Budget cycle"),
    ("trace", "Trace"),
    ("history", "History"),
];

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/ppas/{id}", Access::Role, show),
        PageRoute::post("/ppas/{id}/progress", Access::Role, set_progress),
        PageRoute::post("/ppas/{id}/milestones", Access::Role, milestones::change),
        PageRoute::post("/ppas/{id}/status", Access::Role, status::change),
        PageRoute::post("/ppas/{id}/budget-cycle", Access::Role, cycle::add),
    ]
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["tab", "reverse"]);
    // A tab that does not exist leads to the first one, as on the pages of other records.
    let tab = parameters.get("tab").unwrap_or_default();
    let tab = all_tabs(&state).map(|(name, _)| name).find(|name| *name == tab).unwrap_or("overview");
    // The entry that the form of a reversal is about.
    let asked = parameters.get("reverse").map(|entry| ("reverse".to_owned(), entry.to_owned()));
    let refused = Refused { form: Form(asked.into_iter().collect()), ..Refused::default() };
    let html = blocking(|| draw(&state, &page, &actor, id.0, tab, &refused))?;
    Ok(Html(html))
}

/// Keys and words of all tabs in their order.
fn all_tabs(state: &State) -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_subjects = state.subjects.tabs(&PPA).map(|tab| (tab.key, tab.label));
    TABS[..2].iter().copied().chain(of_subjects).chain(TABS[2..].iter().copied())
}

/// Note above the edit form of a PPA whose figures are locked.
pub fn lock_note(record: &Record) -> Markup {
    let address = format!("{}?tab=approval", PPA.url(record.id));
    let hint = locks::unlock_hint_of(record);
    notice(
        Tone::Accent,
        &html! {
            (t_html!("The budget approval locks the figures of this PPA. {hint}", hint)) " "
            a href=(address) { (t!("Open the approval")) } "."
        },
    )
}

/// The page with a tab; `refused` is a form of that tab.
pub fn draw(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    tab: &str,
    refused: &Refused,
) -> Result<String, AppError> {
    let record = state.app.get(actor, &PPA, id)?;
    let may_edit = !record.is_archived()
        && !actor.read_only
        && state.app.read(|tx| actor.writable(tx, &record))?.allows_name("milestones");
    let address = PPA.url(id);
    let links: Vec<Tab> = all_tabs(state)
        .map(|(name, label)| Tab {
            label: words::text(label).to_owned(),
            href: if name == "overview" { address.clone() } else { format!("{address}?tab={name}") },
            count: (name == "milestones").then(|| milestones::milestones(&record).len() as u64),
            current: name == tab,
        })
        .collect();
    let of_subject = state.subjects.tabs(&PPA).find(|known| known.key == tab);
    let body = match (tab, of_subject) {
        (_, Some(known)) => (known.panel)(state, page, actor, &record, refused)?,
        ("tasks", _) => html! {
            (progress_line(&record))
            (of_record::panel(state, page, actor, &record)?)
        },
        ("milestones", _) => milestones::panel_of(page, &record, may_edit, refused),
        ("cycle", _) => cycle::panel(state, page, actor, &record, refused)?,
        ("trace", _) => trace::panel(state, page, actor, &record)?,
        ("history", _) => history_panel(state, page, actor, &PPA, id)?,
        _ => overview(state, page, actor, &record, may_edit, refused)?,
    };
    let content = html! {
        (generic::head(state, page, actor, &record)?)
        @if record.is_archived() {
            (notice(Tone::Warning, &html! { (t!("Archived: not in lists and figures. Restore it to make changes.")) }))
        }
        (tabs(t!("Parts of this PPA"), &links))
        (body)
    };
    Ok(page.clone().below(PPA.plural, "/ppas").render(record.title(), &content).into_string())
}

fn percent(record: &Record, name: &str) -> Option<u8> {
    record.integer(name).and_then(|number| u8::try_from(number).ok())
}

/// Returns true if the form that was refused is one of the status.
fn is_of_status(refused: &Refused) -> bool {
    refused.form.has(status::ACTION)
}

fn progress_line(record: &Record) -> Markup {
    html! {
        div id="progress" data-live=(LIVE) {
            (badges::wide_progress(percent(record, "progress").unwrap_or(0)))
            @if let Some(by_hand) = percent(record, "manual_progress") {
                p.muted { (t_html!("Manual: {by_hand}", by_hand)) "%: " (ppa::MANUAL_PROGRESS_REASON.get(record)) }
            }
        }
    }
}

fn overview(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    may_edit: bool,
    refused: &Refused,
) -> Result<Markup, AppError> {
    let directory = generic::directory_of(state, actor, record)?;
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    let hidden = ["progress", "task_progress", "manual_progress", "manual_progress_reason", "needs"];
    let shown: Vec<Property> = generic::properties(record, &values)
        .into_iter()
        .filter(|property| {
            !hidden.iter().any(|name| PPA.field(name).is_some_and(|field| field.label == property.label))
        })
        .collect();
    let wide = html! {
        (panel("summary", "ppa", t!("Summary"), &html! {}, &html! {
            @if ppa::SUMMARY.get(record).is_empty() { p.muted { (t!("No summary yet.")) } }
            @else { p.prose { (ppa::SUMMARY.get(record)) } }
        }))
        (panel("progress-panel", LIVE, t!("Progress"), &html! {}, &progress(page, record, may_edit, refused)))
        (needs(state, actor, record)?)
    };
    let narrow = html! {
        (status::panel_of(state, page, actor, record, refused)?)
        (panel("properties", "ppa", t!("Properties"), &html! {}, &properties(&shown)))
        (panel("people", "ppa", t!("People"), &html! {}, &properties(&generic::people(record, &values))))
        (panel("record", "ppa", t!("Record"), &html! {}, &properties(&generic::record_facts(record, &values))))
    };
    Ok(detail(&wide, &narrow))
}

fn progress(page: &Page, record: &Record, may_edit: bool, refused: &Refused) -> Markup {
    let by_hand = percent(record, "manual_progress");
    let address = format!("{}/progress", PPA.url(record.id));
    let typed = |name: &str| {
        if refused.form.has(name) {
            refused.form.get(name).to_owned()
        } else {
            match record.get(name) {
                Value::Integer(number) => number.to_string(),
                Value::Text(text) => text.clone(),
                _ => String::new(),
            }
        }
    };
    let fields = [
        FormField {
            name: "manual_progress".to_owned(),
            label: t!("Progress in percent").to_owned(),
            error: error_of(&refused.errors, "manual_progress"),
            required: true,
            control: Control::Number {
                value: typed("manual_progress"),
                minimum: Some(0),
                maximum: Some(100),
                step: "1",
            },
            ..FormField::default()
        },
        FormField {
            name: "manual_progress_reason".to_owned(),
            label: t!("Reason").to_owned(),
            help: t!("Shown next to the progress and in the history.").to_owned(),
            error: error_of(&refused.errors, "manual_progress_reason"),
            required: true,
            control: Control::Text { value: typed("manual_progress_reason") },
            ..FormField::default()
        },
    ];
    let all: Vec<&FormField> = fields.iter().collect();
    html! {
        (badges::wide_progress(percent(record, "progress").unwrap_or(0)))
        (properties(&[
            Property {
                label: t!("Calculated from tasks").to_owned(),
                value: percent(record, "task_progress").map_or_else(|| html! { (t!("No tasks yet")) }, badges::progress),
            },
            Property {
                label: t!("Manual").to_owned(),
                value: by_hand.map_or_else(
                    || html! { (t!("Not set (calculated from tasks)")) },
                    |share| html! { (badges::progress(share)) " " (ppa::MANUAL_PROGRESS_REASON.get(record)) },
                ),
            },
        ]))
        @if may_edit {
            details.more-fields open[!is_of_status(refused) && (!refused.errors.is_empty() || refused.problem.is_some())] {
                summary { (t!("Set progress manually")) }
                form.form method="post" data-in-place action=(address) novalidate {
                    @if !is_of_status(refused) { (error_summary(refused.problem_text().as_deref(), &all)) }
                    input type="hidden" name="csrf_token" value=(page.csrf());
                    div.fields { @for entry in &fields { (field(entry)) } }
                    div.form-actions { (submit_button(t!("Set progress"), "", ButtonKind::Plain)) }
                }
            }
            @if by_hand.is_some() {
                form.post-button method="post" action=(address) {
                    input type="hidden" name="csrf_token" value=(page.csrf());
                    input type="hidden" name="clear" value="true";
                    (submit_button(t!("Clear manual value"), "undo-2", ButtonKind::Quiet))
                }
            }
        }
    }
}

fn needs(state: &State, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let found = visible_needs(state, actor, record)?;
    let may_link =
        !record.is_archived() && state.app.read(|tx| Ok(actor.require_field(tx, record, "needs").is_ok()))?;
    Ok(panel(
        "needs",
        "need ppa",
        t!("Needs"),
        &html! {},
        &html! {
            @if found.is_empty() {
                p.muted { (t!("No needs linked yet.")) @if may_link { " " (t!("Edit the PPA to link needs.")) } }
            }
            ul.result-list {
                @for need in &found {
                    li {
                        a href=(NEED.url(need.id)) { (need.title()) }
                        (badge(&state_words(&NEED, need.state()), Tone::of_status(need.state())))
                        @if let Some(score) = need::PRIORITY_SCORE.get(need) { span.muted { (t_html!("Score {score}", score)) } }
                    }
                }
            }
        },
    ))
}

fn visible_needs(state: &State, actor: &Actor, record: &Record) -> Result<Vec<Record>, AppError> {
    state.app.read(|tx| {
        let mut ids = ppa::NEEDS.get(record).to_vec();
        if let Some(scope) = actor.scope(&NEED)? {
            ids = records::in_scope(tx, &NEED, &ids, &scope)?;
        }
        let mut found = records::load_many(tx, &NEED, &ids)?;
        found.sort_by_key(|need| (std::cmp::Reverse(need::PRIORITY_SCORE.get(need)), need.id));
        Ok(found)
    })
}

/// Panel about the planned money.
pub fn budget(state: &State, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let label = |name: &str| trace_label(record, name);
    let amount = |centavos: i64| html! { (badges::money(centavos)) };
    let budget = ppa::BUDGET_ALLOCATION_CENTAVOS.get(record);
    let slots = ppa::OBC_SLOTS.get(record).or(ppa::TOTAL_SLOTS.get(record)).filter(|slots| *slots > 0);
    let found = visible_needs(state, actor, record)?;
    let cost: i64 = found.iter().filter_map(|need| need::ESTIMATED_COST_CENTAVOS.get(need)).sum();
    let count = |name: &str| {
        record
            .integer(name)
            .and_then(|number| u64::try_from(number).ok())
            .map_or_else(|| html! {}, |number| html! { (badges::grouped(number)) })
    };
    let share =
        budget.zip(slots).and_then(|(budget, slots)| money::per_head(budget, u32::try_from(slots).ok()?));
    let rows = [
        (t!("Budget"), budget.map_or_else(|| html! {}, amount)),
        (t!("Fiscal year"), ppa::FISCAL_YEAR.get(record).map_or_else(|| html! {}, |year| html! { (year) })),
        (t!("Funding source"), label("funding_source")),
        (t!("Appropriation class"), label("appropriation_class")),
        (t!("Budget approval"), label("approval_stage")),
        (t!("Slots"), count("total_slots")),
        (t!("OBC slots"), count("obc_slots")),
        (
            t!("Cost per beneficiary"),
            match (share, slots) {
                (Some(share), Some(slots)) => html! {
                    (badges::money(share)) " "
                    span.muted { (t_html!("for each of {count} slots", count = badges::grouped(slots.unsigned_abs()))) }
                },
                _ => html! {},
            },
        ),
        (
            t!("Estimated cost of the needs"),
            if cost > 0 {
                html! {
                    (badges::money(cost))
                    @if let Some(budget) = budget {
                        @if budget < cost { " " (badge(&t!("{amount} short", amount = money_text(cost - budget)), Tone::Warning)) }
                    }
                }
            } else {
                html! {}
            },
        ),
    ];
    let rows: Vec<Property> =
        rows.into_iter().map(|(label, value)| Property { label: label.to_owned(), value }).collect();
    Ok(panel("budget", "ppa need", t!("Budget"), &html! {}, &properties(&rows)))
}

fn trace_label(record: &Record, name: &str) -> Markup {
    match record.kind.field(name).map(|field| field.data) {
        Some(obcms_domain::registry::FieldType::Choice(list)) if !record.text(name).is_empty() => {
            html! { (choices::label(list, record.text(name))) }
        }
        _ => html! {},
    }
}

async fn set_progress(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let mut input = Map::new();
    if form.get("clear") == "true" {
        input.insert("manual_progress".to_owned(), Json::Null);
        input.insert("manual_progress_reason".to_owned(), Json::Null);
    } else {
        let share = form.get("manual_progress").trim();
        let Ok(share) = share.parse::<i64>() else {
            let errors = vec![FieldError::new(
                ppa::MANUAL_PROGRESS.name(),
                "type",
                "Enter a whole number from 0 to 100.",
            )];
            return refuse(&state, &page, &actor, id.0, "overview", &Refused { form, errors, problem: None });
        };
        input.insert("manual_progress".to_owned(), json!(share));
        input.insert("manual_progress_reason".to_owned(), json!(form.get("manual_progress_reason").trim()));
    }
    match blocking(|| state.app.update(&actor, &PPA, id.0, &input, None)) {
        Ok(_) => {
            let undo = blocking(|| state.app.undo_of_last(&actor, &PPA, id.0))?;
            Ok(done(&PPA.url(id.0), t!("Progress saved"), undo.as_deref()))
        }
        Err(error) => refused(&state, &page, &actor, id.0, "overview", form, error),
    }
}

/// A refused write: the page again with what was typed.
fn refused(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    tab: &str,
    form: Form,
    error: AppError,
) -> Result<Response, PageError> {
    let (errors, problem) = match error {
        AppError::Invalid(errors) => (errors, None),
        AppError::Stale { .. } => {
            (Vec::new(), Some("Someone else changed this PPA. Check the new values, then save again.".into()))
        }
        other => return Err(other.into()),
    };
    refuse(state, page, actor, id, tab, &Refused { form, errors, problem })
}

fn refuse(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    tab: &str,
    refused: &Refused,
) -> Result<Response, PageError> {
    let html = blocking(|| draw(state, page, actor, id, tab, refused))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
}
