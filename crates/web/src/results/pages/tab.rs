//! Tab "Results" on the page of a PPA: indicators by level with their achievement, measurements and updates.

use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::results::IndicatorResult;
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{INDICATOR_KINDS, UPDATE_TYPES};
use obcms_domain::kinds::{INDICATOR, MEASUREMENT, UPDATE, indicator, measurement, update};
use obcms_domain::registry::Record;
use obcms_domain::results::Period;

use super::indicators::{share_bar, status_of, target, value};
use crate::components::badges::{self, Tone, badge};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{detail, panel as box_of};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::words::{self, t, t_html};
use crate::core::frame::Page;
use crate::core::refused::Refused;
use crate::core::state::State;
use crate::records::may_create;

/// Measurements of an indicator on the tab; its page has all of them.
const MEASUREMENTS: usize = 4;
/// Updates on the tab; the list has all of them.
const UPDATES: usize = 10;

/// Tab of the results.
pub fn panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    _: &Refused,
) -> Result<Markup, AppError> {
    let results = state.app.results(actor, record.id)?;
    let wide = framework(actor, record, &results, page.today);
    let narrow = updates(state, page, actor, record)?;
    Ok(detail(&wide, &narrow))
}

/// Address of the form for a measurement of an indicator.
pub(super) fn report_address(indicator: &Record) -> String {
    format!("/measurements/new?indicator={}", indicator.id)
}

/// Address of the form with the last quarter that is over, unless it was reported already.
fn report_of_quarter(result: &IndicatorResult, today: Date) -> String {
    let address = report_address(&result.indicator);
    let over =
        Period::quarter_of(today).and_then(|now| now.first().yesterday().ok()).and_then(Period::quarter_of);
    let over = over.map(|quarter| quarter.to_string()).unwrap_or_default();
    let is_reported = result.measurements.iter().any(|one| measurement::PERIOD.get(one) == over);
    if is_reported { address } else { format!("{address}&period={over}") }
}

fn framework(actor: &Actor, record: &Record, results: &[IndicatorResult], today: Date) -> Markup {
    let is_live = !record.is_archived() && !actor.read_only;
    let add = format!("/indicators/new?ppa={}", record.id);
    let actions = html! {
        @if is_live && may_create(actor, &INDICATOR) {
            (button_link(t!("Add indicator"), &add, "plus", ButtonKind::Quiet))
        }
        @if !results.is_empty() {
            (button_link(t!("List"), &format!("/indicators?ppa={}", record.id), "list", ButtonKind::Quiet))
        }
    };
    let may_report = is_live && may_create(actor, &MEASUREMENT);
    let content = html! {
        @if results.is_empty() {
            (empty_state(&EmptyState {
                icon: "target".to_owned(),
                title: t!("No indicators yet").to_owned(),
                text: t!("Outputs, outcomes and impacts are listed here with targets and measurements.").to_owned(),
                action: None,
            }))
        }
        @for level in INDICATOR_KINDS.iter().rev() {
            @let of_level: Vec<&IndicatorResult> =
                results.iter().filter(|one| indicator::KIND.get(&one.indicator) == level.value).collect();
            @if !of_level.is_empty() { (table(words::label(level.label), &of_level, may_report.then_some(today))) }
        }
    };
    box_of("results", "indicator measurement", t!("Results framework"), &actions, &content)
}

/// Table of a level; `report` is today for those who may report.
fn table(level: &str, results: &[&IndicatorResult], report: Option<Date>) -> Markup {
    html! {
        div.figure-scroll {
            table.figure-table.results-table data-stacks {
                caption { (level) }
                thead { tr {
                    th scope="col" { (t!("Indicator")) } th.right scope="col" { (t!("Target")) }
                    th.right scope="col" { (t!("Actual")) } th scope="col" { (t!("Achieved")) }
                    th scope="col" { (t!("Reported")) }
                } }
                tbody { @for result in results { (line(result, report)) } }
            }
        }
    }
}

fn line(result: &IndicatorResult, report: Option<Date>) -> Markup {
    let record = &result.indicator;
    let unit = indicator::UNIT.get(record);
    let current = result.current.as_ref();
    html! {
        tr {
            th scope="row" { a href=(INDICATOR.url(record.id)) { (record.title()) } }
            td.right data-label=(t!("Target")) { (target(record, current)) }
            td.right data-label=(t!("Actual")) { (value(current.and_then(|one| one.actual), unit)) }
            td data-label=(t!("Achieved")) { (share_bar(current.and_then(|one| one.share))) }
            td data-label=(t!("Reported")) {
                ul.measurements {
                    @for one in result.measurements.iter().take(MEASUREMENTS) { li {
                        a href=(MEASUREMENT.url(one.id)) {
                            (measurement::PERIOD.get(one)) ": " (value(measurement::VALUE.get(one), unit))
                        }
                        @if measurement::STATUS.get(one) != "approved" { " " (status_of(one)) }
                    } }
                }
                @if let Some(today) = report {
                    a href=(report_of_quarter(result, today)) aria-label=(t!("Report a value of {title}", title = record.title())) { (t!("Report a value")) }
                }
            }
        }
    }
}

fn updates(state: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    if actor.visibility(&UPDATE).is_none() {
        return Ok(html! {});
    }
    let asked =
        [("ppa", record.id.to_string()), ("sort", "-date".to_owned()), ("limit", UPDATES.to_string())]
            .map(|(name, value)| (name.to_owned(), value));
    let listing = state.app.list(actor, &UPDATE, &asked.to_vec())?;
    let may_write = !record.is_archived() && !actor.read_only && may_create(actor, &UPDATE);
    let actions = html! {
        @if may_write {
            (button_link(t!("Add update"), &format!("/updates/new?ppa={}", record.id), "plus", ButtonKind::Quiet))
        }
        @if listing.total > UPDATES as i64 {
            (button_link(t!("All updates"), &format!("/updates?ppa={}", record.id), "", ButtonKind::Quiet))
        }
    };
    Ok(box_of(
        "updates",
        UPDATE.name,
        words::label(UPDATE.plural),
        &actions,
        &html! {
            @if listing.records.is_empty() {
                p.muted { (t!("No updates yet. What happened and what comes next is reported here.")) }
            }
            ol.updates { @for one in &listing.records { li {
                p {
                    a href=(UPDATE.url(one.id)) { (words::choice(UPDATE_TYPES, update::UPDATE_TYPE.get(one))) }
                    @if let Some(day) = update::DATE.get(one) { " · " (badges::date(day, page.today)) }
                    @if let Some(progress) = update::PROGRESS.get(one) { " " (badge(&t!("{progress}%", progress), Tone::Quiet)) }
                }
                p { (update::NOTES.get(one)) }
                @if !update::NEXT_STEPS.is_empty(one) {
                    p.muted { (t_html!("Next: {steps}", steps = update::NEXT_STEPS.get(one))) }
                }
                @if let Some(day) = update::FOLLOW_UP_DATE.get(one) {
                    p.muted {
                        (t!("Follow-up")) ": " (badges::date(day, page.today))
                        @if let Some(task) = update::FOLLOW_UP_TASK.get(one) {
                            " · " a href={ "/tasks/" (task) } { (t!("Task")) }
                        }
                    }
                }
            } } }
        },
    ))
}
