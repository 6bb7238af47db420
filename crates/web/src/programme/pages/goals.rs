//! Strategic goals: figures of their PPAs in the list and above the page of one.

use maud::{Markup, html};
use obcms_app::{Actor, AppError};
use obcms_domain::kinds::PPA;
use obcms_domain::registry::Record;

use crate::components::badges::{grouped, money, percent_text};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::panel;
use crate::components::words::t;
use crate::core::frame::Page;
use crate::core::state::State;
use crate::core::subject::CalculatedCells;

/// Cells of the calculated columns: number, budget and progress of the PPAs.
pub const CELLS: CalculatedCells = CalculatedCells { live: PPA.name, cells };

/// Address of the PPAs of a goal that count.
fn address(record: &Record) -> String {
    format!("/ppas?goals={}&counted=true", record.id)
}

fn shown(record: &Record, (count, budget, progress): (i64, i64, Option<f64>)) -> [Markup; 3] {
    [
        html! { a href=(address(record)) { (grouped(count.unsigned_abs())) } },
        html! { @if budget > 0 { (money(budget)) } },
        html! { @match progress { Some(progress) => (percent_text(progress)), None => "–" } },
    ]
}

fn cells(state: &State, records: &[Record]) -> Result<Vec<Vec<Markup>>, AppError> {
    let figures = state.app.goal_figures(records)?;
    Ok(records.iter().zip(figures).map(|(record, figures)| shown(record, figures).into()).collect())
}

/// Figures of the PPAs of a goal.
pub fn lead_panel(state: &State, _: &Page, _: &Actor, record: &Record) -> Result<Markup, AppError> {
    let figures = state.app.goal_figures(std::slice::from_ref(record))?.pop().unwrap_or_default();
    let [count, budget, progress] = shown(record, figures);
    let actions = html! { (button_link(t!("PPAs"), &address(record), PPA.icon, ButtonKind::Plain)) };
    let content = html! {
        dl.figures {
            div { dt { (t!("PPAs")) } dd { (count) } }
            div { dt { (t!("Budget")) } dd { (budget) } }
            div { dt { (t!("Average progress")) } dd { (progress) } }
        }
        p.muted { (t!("PPAs of all years; cancelled ones and those whose first budget was rejected do not count.")) }
    };
    Ok(panel("goal-figures", "goal ppa", t!("PPAs of this goal"), &actions, &content))
}
