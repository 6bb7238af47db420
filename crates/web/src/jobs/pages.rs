//! Jobs, for administrators: running, failed and next ones, and running one by hand.

use axum::extract::State as AxumState;
use axum::response::{Html, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::jobs::{Filter, Health, Job, LATE};
use obcms_app::{AppError, handler};
use obcms_domain::accounts::{Action, Area};
use obcms_domain::jobs::State as JobState;
use obcms_store::records::Directory;

use crate::components::badges::{Tone, badge, words};
use crate::components::buttons::{ButtonKind, post_button};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::{EmptyState, empty_state, notice};
use crate::components::frame::Width;
use crate::components::tables::{Column, Pager, Row, Table, table};
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{message, sentence, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::SignedIn;
use crate::core::input::{PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::Values;

/// Rows on one page.
const ROWS: i64 = 50;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    const JOBS: Access = Access::Policy(Action::Manage, Area::Settings);
    vec![
        PageRoute::get("/admin/jobs", JOBS, list).purpose("see the jobs"),
        PageRoute::post("/admin/jobs/{id}/run", JOBS, run).purpose("run jobs"),
    ]
}

async fn list(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["state", "from"]);
    let wanted = parameters.get("state").and_then(JobState::parse);
    let from = parameters.get("from").and_then(|text| text.parse::<i64>().ok()).unwrap_or(0).max(0);
    let filter = Filter { state: wanted, kind: None };
    let (jobs, total, health) = blocking(|| {
        let (jobs, total) = state.app.jobs(&actor, &filter, ROWS, from)?;
        Ok::<_, AppError>((jobs, total, state.app.job_health()?))
    })?;
    let (directory, zone): (Directory, TimeZone) = (Directory::new(), page.zone());
    let values = page.values(&directory, &zone);
    let view = View { values, now: state.app.now(), csrf: page.csrf().to_owned() };
    let content = html! {
        (page_head(&PageHead {
            title: t!("Jobs").to_owned(),
            subtitle: t!("Background work of the program.").to_owned(),
            ..PageHead::default()
        }))
        div id="job-health" data-live="job" { (verdict(&health)) }
        div id="job-states" data-live="job" { (state_tabs(&health, wanted)) }
        (job_table(&view, &jobs, total, wanted, from))
    };
    Ok(Html(page.width(Width::Full).render(t!("Jobs"), &content).into_string()))
}

async fn run(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    _: SafeForm,
) -> Result<Response, PageError> {
    let job = blocking(|| state.app.run_job(&actor, id.0))?;
    Ok(done("/admin/jobs", &t!("{title} will run shortly.", title = job.title), None))
}

fn verdict(health: &Health) -> Markup {
    match health.verdict() {
        Ok(text) if health.runners.is_empty() => {
            notice(Tone::Warning, &html! { (sentence(&message(&text))) })
        }
        Ok(text) => html! { p.muted { (sentence(&message(&text))) } },
        Err(text) => notice(Tone::Bad, &html! { (sentence(&message(&text))) }),
    }
}

fn state_tabs(health: &Health, wanted: Option<JobState>) -> Markup {
    let all: i64 = health.counts.iter().map(|(_, count)| count).sum();
    let tab = |label: &str, href: String, count: i64, current: bool| Tab {
        label: label.to_owned(),
        href,
        count: u64::try_from(count).ok(),
        current,
    };
    let mut row = vec![tab(t!("All"), "/admin/jobs".to_owned(), all, wanted.is_none())];
    for (state, count) in &health.counts {
        let href = format!("/admin/jobs?state={}", state.as_str());
        row.push(tab(&words(state.as_str()), href, *count, wanted == Some(*state)));
    }
    tabs(t!("States"), &row)
}

struct View<'a> {
    values: Values<'a>,
    now: Timestamp,
    csrf: String,
}

fn job_table(view: &View<'_>, jobs: &[Job], total: i64, wanted: Option<JobState>, from: i64) -> Markup {
    let column = |key: &str, label: &str, right: bool| Column {
        key: key.to_owned(),
        label: label.to_owned(),
        right,
        ..Column::default()
    };
    let address = |from: i64| {
        let state = wanted.map_or(String::new(), |state| format!("state={}&", state.as_str()));
        format!("/admin/jobs?{state}from={from}")
    };
    table(&Table {
        id: "jobs".to_owned(),
        caption: t!("Jobs").to_owned(),
        columns: vec![
            column("title", t!("Job"), false),
            column("state", t!("State"), false),
            column("run_at", t!("Next run"), false),
            column("last", t!("Last run"), false),
            column("attempts", t!("Attempts"), true),
            column("actions", t!("Run"), false),
        ],
        rows: jobs.iter().map(|job| row(view, job)).collect(),
        pager: Pager {
            total: u64::try_from(total).ok(),
            next_href: if from + ROWS < total { address(from + ROWS) } else { String::new() },
            first_href: if from > 0 { address(0) } else { String::new() },
            page_size: u32::try_from(ROWS).unwrap_or(50),
        },
        live: obcms_store::jobs::LIVE_KIND.to_owned(),
        empty: Some(empty_state(&EmptyState {
            icon: "timer".to_owned(),
            title: t!("No jobs").to_owned(),
            text: t!("Imports, calendar fetches and cleanup are listed here while they are queued, and for a week after they finish.")
                .to_owned(),
            action: None,
        })),
        ..Table::default()
    })
}

fn row(view: &View<'_>, job: &Job) -> Row {
    let description = handler(&job.kind).map_or("", |handler| handler.description);
    let failed = !job.last_error.is_empty();
    let label = if job.state == JobState::Failed { t!("Retry") } else { t!("Run now") };
    Row {
        id: job.id.to_string(),
        title: job.title.clone(),
        cells: vec![
            html! {
                span title=(description) { (job.title) }
                @let said = if failed { &job.last_error } else { &job.last_result };
                @if !said.is_empty() { div.muted { (said) } }
            },
            state_badge(view, job),
            html! { @if job.state == JobState::Queued {
                (view.values.instant(job.run_at))
                @if !job.cron.is_empty() { " " code.faint title=(t!("Schedule: minute, hour, day, month, weekday")) { (job.cron) } }
            } },
            html! {
                @if let Some(at) = job.last_started_at { (view.values.instant(at)) }
                @if let Some(time) = job.last_duration { " " span.faint { (t_html!("took {duration}", duration = duration(time))) } }
            },
            html! {
                (job.attempts)
                @if job.maximum_attempts > 0 { span.faint { " " (t_html!("of {most}", most = job.maximum_attempts)) } }
            },
            html! { @if job.state != JobState::Running {
                (post_button(label, &format!("/admin/jobs/{}/run", job.id), "play", ButtonKind::Plain, &view.csrf, &[]))
            } },
        ],
        ..Row::default()
    }
}

fn state_badge(view: &View<'_>, job: &Job) -> Markup {
    match job.state {
        JobState::Running => html! { span title=(job.claimed_by) { (badge(t!("Running"), Tone::Active)) } },
        JobState::Failed => badge(t!("Failed"), Tone::Bad),
        JobState::Done => badge(t!("Done"), Tone::Good),
        JobState::Queued if job.run_at < view.now - LATE => badge(t!("Overdue"), Tone::Bad),
        JobState::Queued if !job.last_error.is_empty() => badge(t!("Retrying"), Tone::Warning),
        JobState::Queued => badge(t!("Queued"), Tone::Neutral),
    }
}

/// Formats a duration in milliseconds.
fn duration(milliseconds: i64) -> String {
    match milliseconds {
        ..1000 => t!("{milliseconds} ms", milliseconds),
        1000..60_000 => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        _ => t!("{minutes} min", minutes = milliseconds / 60_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        assert_eq!(duration(7), "7 ms");
        assert_eq!(duration(2349), "2.3 s");
        assert_eq!(duration(125_000), "2 min");
    }
}
