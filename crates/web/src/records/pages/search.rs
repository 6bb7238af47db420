//! Search page: matching records, by kind.

use axum::extract::State as AxumState;
use axum::response::Html;
use maud::{Markup, html};
use obcms_app::records::search::Hit;
use obcms_domain::registry::Kind;

use crate::components::badges::{badge, module_dot};
use crate::components::detail::{PageHead, page_head, panel};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::filters::{Chip, Filters, filters};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::PageParameters;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::api::search::kinds_of;
use crate::records::pages::value::{state_words, tone};

/// Maximum number of hits read for the page.
const LIMIT: usize = 300;
/// Hits of one kind, unless the search is for this kind alone.
const SHOWN: usize = 12;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/search", Access::Role, page)]
}

async fn page(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["q", "kinds"]);
    let only = kinds_of(&parameters)?;
    let text = parameters.get("q").unwrap_or_default().trim();
    let hits = blocking(|| state.app.search(&actor, text, &only, LIMIT))?;
    let content = html! {
        (page_head(&PageHead { title: t!("Search").to_owned(), ..PageHead::default() }))
        (filter_row(text, &only))
        div id="results" { (results(text, &only, &hits)) }
    };
    Ok(Html(page.render(&title(text), &content).into_string()))
}

fn title(text: &str) -> String {
    if text.is_empty() { t!("Search").to_owned() } else { t!("Search: {text}", text) }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn filter_row(text: &str, only: &[&'static Kind]) -> Markup {
    let address = format!("/search?q={}", encoded(text));
    let chips = only
        .iter()
        .map(|kind| {
            let others: Vec<&str> =
                only.iter().filter(|other| *other != kind).map(|other| other.name).collect();
            let remove_href = if others.is_empty() {
                address.clone()
            } else {
                format!("{address}&kinds={}", others.join(","))
            };
            Chip { label: t!("Kind").to_owned(), value: words::label(kind.plural).to_owned(), remove_href }
        })
        .collect();
    let names: Vec<&str> = only.iter().map(|kind| kind.name).collect();
    let keep = if names.is_empty() { Vec::new() } else { vec![("kinds".to_owned(), names.join(","))] };
    filters(
        &Filters {
            action: "/search".to_owned(),
            search: Some(text.to_owned()),
            search_label: t!("Search everything").to_owned(),
            chips,
            keep,
            clear_href: address,
            ..Filters::default()
        },
        &html! {},
    )
}

fn results(text: &str, only: &[&'static Kind], hits: &[Hit]) -> Markup {
    if hits.is_empty() {
        let (title, help) = if text.is_empty() {
            (t!("Search everything"), t!("Enter words or the beginnings of words."))
        } else {
            (
                t!("No results"),
                t!("Try fewer words or only their beginnings. Archived records are not searched."),
            )
        };
        return empty_state(&EmptyState {
            icon: "search".to_owned(),
            title: title.to_owned(),
            text: help.to_owned(),
            action: None,
        });
    }
    // The kind with the best hit is first.
    let mut order: Vec<&'static Kind> = Vec::new();
    for hit in hits {
        if !order.contains(&hit.kind) {
            order.push(hit.kind);
        }
    }
    let is_cut = hits.len() == LIMIT;
    html! {
        p.muted role="status" {
            @if is_cut { (t_html!("The best {count} results. Add words to see fewer.", count = hits.len())) }
            @else if hits.len() == 1 { (t!("1 result")) }
            @else { (t_html!("{count} results", count = hits.len())) }
        }
        @for kind in order {
            @let of_kind: Vec<&Hit> = hits.iter().filter(|hit| hit.kind == kind).collect();
            @let shown = if only.len() == 1 { of_kind.len() } else { SHOWN };
            (group(text, kind, &of_kind, shown, is_cut))
        }
    }
}

fn group(text: &str, kind: &'static Kind, hits: &[&Hit], shown: usize, is_cut: bool) -> Markup {
    let title = format!("{} ({}{})", words::label(kind.plural), hits.len(), if is_cut { "+" } else { "" });
    let actions = html! {
        @if hits.len() > shown {
            a href={ "/search?q=" (encoded(text)) "&kinds=" (kind.name) } { (t_html!("Show all {kinds}", kinds = words::label(kind.plural).to_lowercase())) }
        }
    };
    let list = html! {
        ul.result-list {
            @for hit in hits.iter().take(shown) {
                li {
                    (module_dot(kind.module.key()))
                    a href=(kind.url(hit.id)) { (hit.title) }
                    @if !hit.state.is_empty() {
                        (badge(&state_words(kind, &hit.state), tone(kind, &hit.state)))
                    }
                }
            }
        }
    };
    panel(&format!("found-{}", kind.name), "", &title, &actions, &list)
}
