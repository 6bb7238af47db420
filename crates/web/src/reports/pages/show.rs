//! Page of a report: its progress, its file or its content; and what a schedule does.

use axum::extract::State as AxumState;
use axum::response::Html;
use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::{REPORT_FORMATS, REPORTS};
use obcms_domain::kinds::{REPORT, REPORT_SCHEDULE, report, report_schedule};
use obcms_domain::registry::Record;

use super::document::document;
use super::request::PATH;
use crate::components::badges;
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head, panel};
use crate::components::frame::Width;
use crate::components::icons::icon;
use crate::components::tabs::record_tabs;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::history::history_panel;
use crate::records::pages::value::state_badge;

/// Pages with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/reports/{id}", Access::Policy(Action::View, REPORT.area), show)
            .purpose("see reports"),
    ]
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["tab"]);
    let in_history = parameters.get("tab") == Some("history");
    let html = blocking(|| {
        let record = state.app.get(&actor, &REPORT, id.0)?;
        let body = if in_history {
            history_panel(&state, &page, &actor, &REPORT, record.id)?
        } else {
            body(&state, &page, &actor, &record)?
        };
        let head = PageHead {
            title: record.title().to_owned(),
            badges: state_badge(&record),
            actions: actions(&page, &actor, &record),
            ..PageHead::default()
        };
        let content = html! {
            (page_head(&head))
            (record_tabs(&REPORT.url(record.id), in_history))
            (body)
        };
        let page = page.clone().width(Width::Full).below(words::label(REPORT.plural), "/reports");
        Ok::<_, AppError>(page.render(record.title(), &content).into_string())
    })?;
    Ok(Html(html))
}

/// Print, and the same report in another format.
fn actions(page: &Page, actor: &Actor, record: &Record) -> Markup {
    let makes = !actor.read_only && actor.may(Action::Export, REPORT.area);
    let fields = [
        (report::REPORT.name(), report::REPORT.get(record).to_owned()),
        (
            report::FISCAL_YEAR.name(),
            report::FISCAL_YEAR.get(record).map(|year| year.to_string()).unwrap_or_default(),
        ),
        (report::SECTOR.name(), report::SECTOR.get(record).to_owned()),
        (report::REGION.name(), report::REGION.get(record).map(|id| id.to_string()).unwrap_or_default()),
    ];
    html! {
        @if makes {
            @for format in REPORT_FORMATS.iter().filter(|format| format.value != report::FORMAT.get(record)) {
                form method="post" action=(PATH) {
                    input type="hidden" name="csrf_token" value=(page.csrf());
                    input type="hidden" name="format" value=(format.value);
                    @for (name, value) in &fields { input type="hidden" name=(name) value=(value); }
                    button.button type="submit" { (t_html!("As {format}", format = words::label(format.label))) }
                }
            }
        }
        @if report::FORMAT.get(record) == "html" && report::STATE.get(record) == "done" {
            button.button.print-button data-kind="main" type="button" data-print { (icon("printer")) (t!("Print")) }
        }
    }
}

/// Content of a finished page; of others where the file is, or how far it is.
fn body(state: &State, _: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let url = state.app.report_url(record);
    let content = match report::STATE.get(record) {
        "done" => match state.app.report_page(actor, record)? {
            Some(found) => document(&found),
            None => html! {
                p { (t!("The report is ready.")) }
                @if let Some(url) = url { (button_link(t!("Download"), &url, "download", ButtonKind::Main)) }
            },
        },
        "failed" => html! {
            p { (t!("The report could not be made:")) " " (report::ERROR.get(record)) }
        },
        _ => html! {
            p { (t!("The report is being made. This page shows it when it is done.")) }
            (badges::progress(u8::try_from(report::PROGRESS.get(record).unwrap_or_default()).unwrap_or_default()))
        },
    };
    Ok(html! { div #report data-live=(REPORT.name) { (content) } })
}

/// What a schedule makes, and its last reports.
pub fn schedule_panel(_: &State, _: &Page, _: &Actor, record: &Record) -> Result<Markup, AppError> {
    let name = words::choice(REPORTS, report_schedule::REPORT.get(record));
    let format = words::choice(REPORT_FORMATS, report_schedule::FORMAT.get(record));
    let address = format!("/{}?schedule={}", REPORT.collection, record.id);
    let content = html! {
        p {
            (name) ", " (format)
            @if !report_schedule::IS_ACTIVE.get(record) { " · " (t!("not active")) }
        }
        (button_link(t!("Reports of this schedule"), &address, REPORT.icon, ButtonKind::Plain))
    };
    Ok(panel("schedule", REPORT_SCHEDULE.name, t!("Makes"), &html! {}, &content))
}
