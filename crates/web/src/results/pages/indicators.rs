//! Figures of indicators: columns of the list, and the panel above the page of one.

use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::kinds::{INDICATOR, MEASUREMENT, indicator, measurement};
use obcms_domain::registry::Record;
use obcms_domain::results::Achievement;

use super::tab::report_address;
use crate::components::badges::status;
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::panel as box_of;
use crate::components::words::t;
use crate::core::frame::Page;
use crate::core::state::State;
use crate::core::subject::CalculatedCells;
use crate::records::may_create;
use crate::records::pages::value::grouped_decimal_text;

/// Cells of the calculated columns of the list: the target that counts today and what is achieved of it.
pub const CALCULATED_CELLS: CalculatedCells = CalculatedCells { live: MEASUREMENT.name, cells };

fn cells(state: &State, records: &[Record]) -> Result<Vec<Vec<Markup>>, AppError> {
    let figures = state.app.current_achievements(records)?;
    let cells = |(record, figures): (&Record, &Option<Achievement>)| {
        let unit = indicator::UNIT.get(record);
        vec![
            target(record, figures.as_ref()),
            value(figures.as_ref().and_then(|figures| figures.actual), unit),
            share_bar(figures.as_ref().and_then(|figures| figures.share)),
        ]
    };
    Ok(records.iter().zip(&figures).map(cells).collect())
}

/// Target with its period, or in words.
pub(super) fn target(record: &Record, figures: Option<&Achievement>) -> Markup {
    html! {
        @match figures {
            Some(figures) => {
                (value(Some(figures.target.value), indicator::UNIT.get(record)))
                " " span.muted { (figures.target.period) }
            }
            None if indicator::TARGET_NOTE.is_empty(record) => span.faint { "–" },
            None => (indicator::TARGET_NOTE.get(record)),
        }
    }
}

/// Value with its unit, as in "95%" or "1,200 persons"; a dash for none.
pub(super) fn value(hundredths: Option<i64>, unit: &str) -> Markup {
    html! {
        @match hundredths {
            Some(hundredths) => {
                (grouped_decimal_text(hundredths))
                @if unit == "%" { "%" } @else if !unit.is_empty() { " " (unit) }
            }
            None => span.faint { "–" },
        }
    }
}

/// Bar of an achieved share, full from 100 % on, with the percentage.
#[allow(clippy::cast_possible_truncation)] // A float converts to the nearest whole percent.
pub(super) fn share_bar(share: Option<f64>) -> Markup {
    html! {
        @match share {
            Some(share) => {
                span.chart-bar.limit-small {
                    svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
                        rect.chart-track width="100" height="8" {}
                        rect.chart-mark width=(format!("{:.1}", (share * 100.0).clamp(0.0, 100.0))) height="8" {}
                    }
                    span { ((share * 100.0).round() as i64) "%" }
                }
            }
            None => span.faint { "–" },
        }
    }
}

/// Panel above the page of an indicator: every target with what is achieved of it, and a way to report.
pub fn indicator_panel(state: &State, _: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let achievements = state.app.achievements(record)?;
    let may_report = !record.is_archived() && !actor.read_only && may_create(actor, &MEASUREMENT);
    let actions = html! {
        @if may_report { (button_link(t!("Report a value"), &report_address(record), "plus", ButtonKind::Main)) }
    };
    let unit = indicator::UNIT.get(record);
    let live = format!("{} {}", INDICATOR.name, MEASUREMENT.name);
    Ok(box_of(
        "achievement",
        &live,
        t!("Achievement"),
        &actions,
        &html! {
            @if achievements.is_empty() {
                p.muted { (t!("No target in numbers yet.")) }
            } @else {
                table.figure-table data-stacks {
                    caption.visually-hidden { (t!("Targets with what is achieved of them")) }
                    thead { tr {
                        th scope="col" { (t!("Period")) } th.right scope="col" { (t!("Target")) }
                        th.right scope="col" { (t!("Actual")) } th scope="col" { (t!("Achieved")) }
                    } }
                    tbody { @for one in &achievements { tr {
                        th scope="row" { (one.target.period) }
                        td.right data-label=(t!("Target")) { (value(Some(one.target.value), unit)) }
                        td.right data-label=(t!("Actual")) { (value(one.actual, unit)) }
                        td data-label=(t!("Achieved")) { (share_bar(one.share)) }
                    } } }
                }
                p.muted { (formula(record)) }
            }
        },
    ))
}

/// Formula of the share of an indicator, in a sentence.
fn formula(record: &Record) -> &'static str {
    match (indicator::COMBINES.get(record), indicator::BASELINE.is_empty(record)) {
        ("sum", _) => {
            t!("Achieved is the sum of the approved measurements within the period, divided by the target.")
        }
        ("average", true) => t!(
            "Achieved is the average of the approved measurements within the period, divided by the target."
        ),
        ("average", false) => t!(
            "Achieved is the way from the baseline to the average of the approved measurements within the period, divided by the way to the target."
        ),
        (_, true) => {
            t!("Achieved is the latest approved measurement within the period, divided by the target.")
        }
        (_, false) => t!(
            "Achieved is the way from the baseline to the latest approved measurement within the period, divided by the way to the target."
        ),
    }
}

/// Status of a measurement.
pub(super) fn status_of(record: &Record) -> Markup {
    status(measurement::STATUS.get(record))
}
