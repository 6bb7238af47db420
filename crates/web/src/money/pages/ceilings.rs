//! Use of ceilings: columns of the list, and the PPAs that take room under one.

use axum::extract::State as AxumState;
use axum::response::Html;
use maud::{Markup, html};
use obcms_app::approval::{CeilingBalance, CeilingPage, CeilingShare};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::APPROVAL_STATES;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{CEILING, PPA, ppa};
use obcms_domain::registry::Record;

use super::limit_bar::limit_bar;
use crate::components::badges::{Tone, badge, grouped, money, money_text};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head, panel as box_of};
use crate::components::feedback::notice;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::core::subject::CalculatedCells;

/// PPAs on the page of a ceiling.
const SHOWN: usize = 20;
/// PPAs on a page of all.
const PAGE: usize = 100;
/// Kinds whose changes refresh the figures.
const LIVE: &str = "ceiling ppa";
/// Colors of the bars: committed, and in budget review.
const COMMITTED: u8 = 0;
const WAITING: u8 = 2;

/// Pages with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/ceilings/{id}/ppas", Access::Policy(Action::View, CEILING.area), all)
            .purpose("see ceilings"),
    ]
}

/// Cells of the calculated columns of the list: what is taken of each ceiling.
pub const CALCULATED_CELLS: CalculatedCells = CalculatedCells { live: PPA.name, cells };

fn cells(state: &State, records: &[Record]) -> Result<Vec<Vec<Markup>>, AppError> {
    let cells = |one: &CeilingBalance| {
        CEILING
            .calculated
            .iter()
            .map(|column| match column.name {
                "committed_centavos" => money(one.committed),
                "waiting_centavos" => amount(one.waiting),
                "remaining_centavos" => remaining(one),
                _ => small_bar(one),
            })
            .collect()
    };
    Ok(state.app.ceiling_balances(records)?.iter().map(cells).collect())
}

/// An amount, or a dash for none.
fn amount(centavos: i64) -> Markup {
    html! { @if centavos > 0 { (money(centavos)) } @else { span.faint { "–" } } }
}

fn remaining(balance: &CeilingBalance) -> Markup {
    let room = balance.remaining();
    html! {
        @if room < 0 { (badge(&t!("{amount} over", amount = money_text(-room)), Tone::Bad)) }
        @else { (money(room)) }
    }
}

fn bar(balance: &CeilingBalance) -> Markup {
    limit_bar(balance.amount, &[(COMMITTED, balance.committed), (WAITING, balance.waiting)])
}

fn small_bar(balance: &CeilingBalance) -> Markup {
    html! {
        span.chart-bar.limit-small data-over[balance.remaining() < 0] {
            (bar(balance))
            span { (percent(balance)) }
        }
    }
}

fn percent(balance: &CeilingBalance) -> String {
    balance.percent().map_or_else(|| "–".to_owned(), |percent| format!("{percent}%"))
}

/// Panel above the page of a ceiling: figures, and the PPAs with the largest shares.
pub fn panel(state: &State, _: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let use_of = state.app.ceiling_page(actor, record, 0, SHOWN)?;
    let others = state.app.ceiling_duplicates(record)?;
    let is_all = use_of.total <= SHOWN;
    let more = html! {
        @if !is_all {
            (button_link(
                &t!("All {count} PPAs", count = grouped(use_of.total as u64)),
                &format!("{}/ppas", CEILING.url(record.id)),
                "",
                ButtonKind::Quiet,
            ))
        }
    };
    Ok(html! {
        (box_of("ceiling-use", LIVE, t!("Use"), &html! {}, &html! {
            (figures(&use_of.balance))
            (duplicates(&others))
        }))
        (box_of("ceiling-ppas", LIVE, t!("PPAs under this ceiling"), &more, &html! {
            @if !is_all {
                p.muted { (t_html!("The {shown} largest of {total}", shown = SHOWN, total = grouped(use_of.total as u64))) }
            }
            (ppas(&use_of))
        }))
    })
}

fn figures(balance: &CeilingBalance) -> Markup {
    let over = balance.committed.saturating_add(balance.waiting).saturating_sub(balance.amount);
    html! {
        div.chart-block.chart-bar.limit-large data-over[balance.remaining() < 0] {
            (bar(balance))
            ul.legend {
                li { span.legend-mark data-series=(COMMITTED) {} (t!("Committed")) }
                li { span.legend-mark data-series=(WAITING) {} (t!("In budget review")) }
            }
        }
        dl.money-rates.ceiling-figures {
            div { dt { (t!("Amount")) } dd { (money(balance.amount)) } }
            div {
                dt { (t!("Committed")) }
                dd { (money(balance.committed)) }
                dd.muted { (t!("{percent}, enacted or past budget review", percent = percent(balance))) }
            }
            div {
                dt { (t!("In budget review")) }
                dd { (money(balance.waiting)) }
                @if balance.waiting > 0 && over > 0 && balance.remaining() >= 0 {
                    dd { (badge(&t!("{amount} over if all are approved", amount = money_text(over)), Tone::Warning)) }
                }
            }
            div { dt { (t!("Remaining")) } dd { (remaining(balance)) } }
        }
    }
}

/// Ceilings of the same group, which older versions allowed: all of them apply.
fn duplicates(others: &[Id]) -> Markup {
    html! {
        @if !others.is_empty() {
            (notice(Tone::Warning, &html! {
                p { (t!("Another ceiling has the same year, sector and funding source. Both apply. Archive one of them.")) }
                ul {
                    @for (number, id) in others.iter().enumerate() {
                        li { a href=(CEILING.url(*id)) { (t_html!("Other ceiling {number}", number = number + 1)) } }
                    }
                }
            }))
        }
    }
}

fn ppas(use_of: &CeilingPage) -> Markup {
    html! {
        @if use_of.shares.is_empty() {
            p.muted { (t!("No budget takes room under this ceiling yet.")) }
        } @else {
            div.figure-scroll {
                table.figure-table data-stacks {
                    caption.visually-hidden { (t!("PPAs under this ceiling, the largest first")) }
                    thead { tr {
                        th scope="col" { (t!("PPA")) }
                        th.right scope="col" { (t!("Committed")) }
                        th.right scope="col" { (t!("In budget review")) }
                    } }
                    tbody { @for (share, ppa) in &use_of.shares { (line(share, ppa.as_ref())) } }
                }
            }
        }
    }
}

fn line(share: &CeilingShare, record: Option<&Record>) -> Markup {
    html! {
        tr {
            th scope="row" {
                @if let Some(record) = record {
                    a href={ (PPA.url(record.id)) "?tab=approval" } { (record.title()) }
                    span.figure-note { (words::choice(APPROVAL_STATES, ppa::APPROVAL_STAGE.get(record))) }
                } @else { span.faint { (t!("A PPA you cannot see")) } }
            }
            td.right data-label=(t!("Committed")) { (amount(share.committed)) }
            td.right data-label=(t!("In budget review")) { (amount(share.waiting)) }
        }
    }
}

/// `GET /ceilings/{id}/ppas`.
async fn all(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["page"]);
    let number =
        parameters.get("page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).clamp(1, 10_000);
    Ok(Html(blocking(|| draw_all(&state, &page, &actor, id.0, number))?))
}

fn draw_all(state: &State, page: &Page, actor: &Actor, id: Id, number: usize) -> Result<String, AppError> {
    let record = state.app.get(actor, &CEILING, id)?;
    let offset = (number - 1) * PAGE;
    let use_of = state.app.ceiling_page(actor, &record, offset, PAGE)?;
    let address = |number: usize| format!("{}/ppas?page={number}", CEILING.url(id));
    let title = t!("PPAs under {ceiling}", ceiling = record.title());
    let content = html! {
        (page_head(&PageHead {
            title: title.clone(),
            badges: html! { span.count { (grouped(use_of.total as u64)) } },
            ..PageHead::default()
        }))
        (box_of("ceiling-use", LIVE, t!("Use"), &html! {}, &figures(&use_of.balance)))
        (box_of("ceiling-ppas", LIVE, t!("PPAs, the largest first"), &html! {}, &html! {
            (ppas(&use_of))
            nav.pager aria-label=(t!("Pages")) {
                @if !use_of.shares.is_empty() {
                    span.muted { (t_html!(
                        "{first} to {last} of {total}",
                        first = offset + 1,
                        last = offset + use_of.shares.len(),
                        total = grouped(use_of.total as u64),
                    )) }
                }
                @if number > 1 { (button_link(t!("Previous page"), &address(number - 1), "chevron-left", ButtonKind::Plain)) }
                @if offset + PAGE < use_of.total { (button_link(t!("Next page"), &address(number + 1), "chevron-right", ButtonKind::Plain)) }
            }
        }))
    };
    Ok(page
        .clone()
        .below(words::label(CEILING.plural), "/ceilings")
        .below(record.title(), &CEILING.url(id))
        .render(&title, &content)
        .into_string())
}
