//! Scenarios side by side, with the differences from the first.

use axum::extract::State as AxumState;
use axum::response::Html;
use maud::{Markup, html};
use obcms_app::money::scenarios::{Board, Comparison, MOST_COMPARED};
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{SCENARIO_RULES, SECTORS};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, SCENARIO, scenario};
use obcms_domain::registry::Record;

use crate::components::badges::{money, money_text};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{PageHead, page_head, panel as box_of};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PageParameters;
use crate::core::state::{State, blocking};

/// Kinds whose changes refresh the figures.
const LIVE: &str = "scenario ppa ceiling";
/// Scenarios that the choice offers.
const OFFERED: usize = 100;

/// `GET /scenarios/compare?ids=A,B`; without ids the choice of scenarios.
pub(super) async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let given = parameters.matching(|name| name == "ids");
    let mut ids: Vec<Id> = Vec::new();
    for id in given.0.iter().flat_map(|(_, text)| text.split(',')).filter_map(|text| text.trim().parse().ok())
    {
        if !ids.contains(&id) && ids.len() < MOST_COMPARED {
            ids.push(id);
        }
    }
    Ok(Html(blocking(|| draw(&state, &page, &actor, &ids))?))
}

fn draw(state: &State, page: &Page, actor: &Actor, ids: &[Id]) -> Result<String, AppError> {
    let known = state.app.scenarios(actor, OFFERED)?;
    let comparison = if ids.len() < 2 { None } else { Some(state.app.compare_scenarios(actor, ids)?) };
    let content = html! {
        (page_head(&PageHead { title: t!("Compare scenarios").to_owned(), ..PageHead::default() }))
        (choice(&known, ids))
        @if let Some(comparison) = &comparison {
            div.compared {
                (box_of("figures", LIVE, t!("Figures"), &html! {}, &figures(comparison)))
                (box_of("sectors", LIVE, t!("Sectors"), &html! {}, &groups(comparison, &comparison.sectors, t!("Sector"))))
                (box_of("regions", LIVE, t!("Regions"), &html! {}, &groups(comparison, &comparison.regions, t!("Region"))))
                (box_of("ppas", LIVE, t!("PPAs"), &html! {}, &ppas(comparison)))
            }
        } @else if known.len() < 2 {
            (empty_state(&EmptyState {
                icon: "split".to_owned(),
                title: t!("Nothing to compare").to_owned(),
                text: t!("Create two scenarios to compare them.").to_owned(),
                action: None,
            }))
        } @else { p.muted { (t!("Select two to four scenarios.")) } }
    };
    Ok(page
        .clone()
        .below(words::label(SCENARIO.plural), "/scenarios")
        .render(t!("Compare scenarios"), &content)
        .into_string())
}

fn choice(known: &[Record], ids: &[Id]) -> Markup {
    html! {
        @if known.len() > 1 {
            form.compare-choice method="get" action="/scenarios/compare" data-plain {
                fieldset {
                    legend { (t!("Scenarios")) }
                    @for record in known {
                        label.check {
                            input type="checkbox" name="ids" value=(record.id) checked[ids.contains(&record.id)];
                            span { (record.title()) " " span.muted { (scenario::FISCAL_YEAR.get(record).unwrap_or_default()) } }
                        }
                    }
                }
                (submit_button(t!("Compare"), "columns-3", ButtonKind::Plain))
            }
        }
    }
}

/// Heads of the columns of the scenarios.
fn heads(comparison: &Comparison) -> Markup {
    html! {
        @for board in &comparison.boards {
            th.right scope="col" { a href=(SCENARIO.url(board.scenario.id)) { (board.scenario.title()) } }
        }
    }
}

fn figures(comparison: &Comparison) -> Markup {
    let amounts = |of: fn(&Board) -> i64| comparison.boards.iter().map(of).collect::<Vec<i64>>();
    let rows: [(&str, Vec<i64>); 3] = [
        (t!("Envelope"), amounts(Board::envelope)),
        (t!("Allocated"), amounts(Board::allocated)),
        (t!("Left"), amounts(|board| board.envelope().saturating_sub(board.allocated()))),
    ];
    html! {
        div.figure-scroll {
            table.figure-table data-stacks {
                caption.visually-hidden { (t!("Figures of the scenarios")) }
                thead { tr { th scope="col" { (t!("Figure")) } (heads(comparison)) } }
                tbody {
                    tr {
                        th scope="row" { (t!("Rule")) }
                        @for board in &comparison.boards {
                            @let rule = words::choice(SCENARIO_RULES, scenario::RULE.get(&board.scenario));
                            td.right data-label=(board.scenario.title()) { @if rule.is_empty() { (t!("By hand")) } @else { (rule) } }
                        }
                    }
                    @for (label, amounts) in &rows { tr { th scope="row" { (label) } (cells(comparison, amounts)) } }
                    tr {
                        th scope="row" { (t!("Funded PPAs")) }
                        @for board in &comparison.boards {
                            td.right data-label=(board.scenario.title()) {
                                (scenario::FUNDED.get(&board.scenario).unwrap_or_default())
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Amounts of a row, each with its difference from the first.
fn cells(comparison: &Comparison, amounts: &[i64]) -> Markup {
    let first = amounts.first().copied().unwrap_or_default();
    html! {
        @for (amount, board) in amounts.iter().zip(&comparison.boards) {
            td.right data-label=(board.scenario.title()) {
                (money(*amount))
                @if *amount != first { (difference(amount.saturating_sub(first))) }
            }
        }
    }
}

fn difference(amount: i64) -> Markup {
    html! { " " span.changed-mark { @if amount > 0 { "+" } (money_text(amount)) } }
}

fn groups(comparison: &Comparison, sums: &[(String, Vec<i64>)], label: &str) -> Markup {
    html! {
        div.figure-scroll {
            table.figure-table data-stacks {
                caption.visually-hidden { (t!("Amounts by group")) }
                thead { tr { th scope="col" { (label) } (heads(comparison)) } }
                tbody {
                    @for (key, amounts) in sums { tr {
                        @let name = words::choice(SECTORS, key);
                        th scope="row" { @if name.is_empty() { (t!("Not set")) } @else { (name) } }
                        (cells(comparison, amounts))
                    } }
                }
            }
        }
    }
}

fn ppas(comparison: &Comparison) -> Markup {
    html! {
        @if comparison.rows.is_empty() { p.muted { (t!("No PPA has an amount in these scenarios.")) } }
        @else {
            div.figure-scroll {
                table.figure-table data-stacks {
                    caption.visually-hidden { (t!("Amounts of the PPAs, the largest difference first")) }
                    thead { tr { th scope="col" { (t!("PPA")) } (heads(comparison)) } }
                    tbody {
                        @for row in &comparison.rows { tr data-changed[(1..row.amounts.len()).any(|place| row.difference(place) != 0)] {
                            th scope="row" {
                                a href=(PPA.url(row.ppa)) { (row.title) }
                                span.figure-note {
                                    (words::choice(SECTORS, &row.sector))
                                    @if !row.region.is_empty() { @if !row.sector.is_empty() { ", " } (row.region) }
                                }
                            }
                            (cells(comparison, &row.amounts))
                        } }
                    }
                }
            }
        }
    }
}
