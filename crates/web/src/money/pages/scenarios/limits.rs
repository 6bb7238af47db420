//! Bars of a scenario against its envelope and the ceilings of its year.

use maud::{Markup, html};
use obcms_app::money::scenarios::Board;
use obcms_domain::kinds::CEILING;

use crate::components::badges::{Tone, badge, money_text};
use crate::components::words::{t, t_html};
use crate::money::pages::limit_bar::limit_bar;

/// Limit with what is taken of it.
struct Limit<'a> {
    label: Markup,
    sector: &'a str,
    source: &'a str,
    amount: i64,
    committed: i64,
    allocated: i64,
    is_hard: bool,
}

/// Table of the bars; the script updates it while amounts are typed.
pub(super) fn bars(board: &Board) -> Markup {
    let envelope = Limit {
        label: html! { (t!("Envelope")) },
        sector: "",
        source: "",
        amount: board.envelope(),
        // PPAs that are no candidates any more.
        committed: board.others.iter().map(|row| row.amount).fold(0, i64::saturating_add),
        allocated: board.given("", ""),
        is_hard: true,
    };
    let ceilings = board.ceilings.iter().map(|one| Limit {
        label: html! { a href=(CEILING.url(one.ceiling.id)) { (one.ceiling.title) } },
        sector: &one.ceiling.sector,
        source: &one.ceiling.funding_source,
        amount: one.ceiling.amount,
        committed: one.committed,
        allocated: one.allocated,
        is_hard: one.ceiling.is_hard,
    });
    let limits: Vec<Limit<'_>> = std::iter::once(envelope).chain(ceilings).collect();
    html! {
        div.chart-block {
            @if limits.len() > 1 {
                ul.legend {
                    li { span.legend-mark data-series="5" {} (t!("Other PPAs")) }
                    li { span.legend-mark data-series="0" {} (t!("This scenario")) }
                }
            }
            table.chart.limit-bars {
                caption.visually-hidden { (t!("Use of the envelope and the ceilings")) }
                tbody { @for limit in &limits { (row(limit)) } }
            }
            @if board.ceilings.is_empty() { p.muted { (t_html!("No ceilings for {year} yet.", year = board.year())) } }
        }
    }
}

fn row(limit: &Limit<'_>) -> Markup {
    let used = limit.committed.saturating_add(limit.allocated);
    let over = used.saturating_sub(limit.amount);
    html! {
        tr data-limit=(limit.amount) data-committed=(limit.committed) data-sector=(limit.sector) data-source=(limit.source)
            data-over[over > 0] {
            th scope="row" {
                (limit.label)
                @if !limit.is_hard { " " (badge(t!("Soft"), Tone::Quiet)) }
            }
            td.chart-bar {
                (limit_bar(limit.amount, &[(5, limit.committed), (0, limit.allocated)]))
            }
            td.chart-text {
                span.limit-text { (t!("{used} of {limit}", used = money_text(used), limit = money_text(limit.amount))) }
                // The script writes the amount while amounts are typed.
                span.limit-over { (badge(&t!("{amount} over", amount = money_text(over.max(0))), Tone::Bad)) }
            }
        }
    }
}
