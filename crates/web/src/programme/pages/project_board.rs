//! Board of projects by stage. `ui/src/programme/project-board.ts` moves the cards.

use axum::extract::State as AxumState;
use axum::response::Html;
use maud::{Markup, html};
use obcms_app::programme::project_board::{ProjectBoard, ProjectCard, StageColumn};
use obcms_app::records::lists;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::PROJECT_STAGES;
use obcms_domain::kinds::{COMMUNITY, PROJECT, project};
use obcms_domain::programme::life_cycle::Stage;
use obcms_domain::registry::{Kind, Record};
use obcms_store::records::Directory;

use crate::components::badges::{self, Tone, icon_badge, short_money_text};
use crate::components::board::{Board, BoardCard, BoardColumn, board, board_cards};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head};
use crate::components::filters::{Chip, Filters, filters};
use crate::components::frame::Width;
use crate::components::icons::icon;
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::may_create;
use crate::records::pages::controls::{filter_fields, titles};
use crate::tasks::pages::parts::Address;

/// Address of the board.
const ADDRESS: &str = "/projects/board";
/// Kinds whose changes refresh the board.
const LIVE: &str = "project need ppa";

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    let view = Access::Policy(Action::View, PROJECT.area);
    vec![
        PageRoute::get(ADDRESS, view, show).purpose("see projects"),
        PageRoute::get("/projects/board/cards", view, cards).purpose("see projects"),
    ]
}

/// Switch between list and board, below the head of the list of projects.
pub fn list_tabs(_: &Page, _: &Actor, _: &Kind, query: &Form) -> Markup {
    switch(&query.0, false)
}

/// Switch between list and board, which keeps the filters.
fn switch(pairs: &[(String, String)], on_board: bool) -> Markup {
    let tab = |label: &str, path: &'static str, current| Tab {
        label: label.to_owned(),
        href: Address::new(path, pairs).with(&["sort", "cursor", "limit"], &[]),
        count: None,
        current,
    };
    tabs(
        t!("Projects as list or board"),
        &[tab(t!("List"), "/projects", !on_board), tab(t!("Board"), ADDRESS, on_board)],
    )
}

/// Lock before the title of a blocked project in the list, with the reason as tooltip.
pub fn title_mark(record: &Record) -> Markup {
    html! {
        @if project::IS_BLOCKED.get(record) {
            span.blocked-mark title=(project::BLOCKER_DESCRIPTION.get(record)) {
                (icon("lock")) span.visually-hidden { (t!("Blocked")) }
            }
            " "
        }
    }
}

/// Mark of a blocked project, with the reason as tooltip; nothing for others.
pub fn blocked_mark(record: &Record) -> Markup {
    let reason = project::BLOCKER_DESCRIPTION.get(record);
    html! {
        @if project::IS_BLOCKED.get(record) {
            span title=(reason) { (icon_badge("lock", t!("Blocked"), Tone::Bad)) }
        }
    }
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let pairs = parameters.matching(|name| state.app.is_known_project_board_parameter(name)).0;
    let (found, titles) = blocking(|| {
        let found = state.app.project_board(&actor, &pairs)?;
        let titles = titles(&state, &actor, &lists::ids_in_filters(pairs.iter()), &[])?;
        Ok::<_, AppError>((found, titles))
    })?;
    let view = Board {
        group: "stage".to_owned(),
        live: LIVE.to_owned(),
        columns: found.columns.iter().map(|column| column_of(column, &found, &pairs)).collect(),
        ..Board::default()
    };
    let content = html! {
        (page_head(&PageHead {
            title: t!("Projects").to_owned(),
            actions: html! {
                @if may_create(&actor, &PROJECT) { (button_link(t!("New project"), "/projects/new", "plus", ButtonKind::Main)) }
            },
            ..PageHead::default()
        }))
        (switch(&pairs, true))
        (filters(&filter_row(&pairs, &titles), &html! {}))
        div.project-board { (board(&view)) }
    };
    let page = page.width(Width::Full).with_assets(&["project-board.js"]);
    Ok(Html(
        page.below(words::label(PROJECT.plural), "/projects")
            .render(t!("Board of projects"), &content)
            .into_string(),
    ))
}

fn filter_row(pairs: &[(String, String)], titles: &Directory) -> Filters {
    let form = Form(pairs.to_vec());
    let chips = pairs
        .iter()
        .filter(|(name, value)| name != "q" && !value.is_empty())
        .map(|(name, value)| {
            let (label, value) = lists::filter_in_words(&PROJECT, name, value, titles, words::text);
            let remove_href = Address::new(ADDRESS, pairs).with(&[name, "cursor"], &[]);
            Chip { label, value, remove_href }
        })
        .collect();
    Filters {
        action: ADDRESS.to_owned(),
        search: Some(form.get("q").to_owned()),
        search_label: t!("Search projects").to_owned(),
        chips,
        fields: filter_fields(&PROJECT, &form, titles),
        keep: pairs.to_vec(),
        clear_href: ADDRESS.to_owned(),
    }
}

fn column_of(column: &StageColumn, found: &ProjectBoard, pairs: &[(String, String)]) -> BoardColumn {
    BoardColumn {
        key: column.stage.as_str().to_owned(),
        label: words::choice(PROJECT_STAGES, column.stage.as_str()).to_owned(),
        tone: match column.stage {
            Stage::Completion => Tone::Good,
            stage if stage >= Stage::Implementation => Tone::Active,
            _ => Tone::Neutral,
        },
        count: u64::try_from(column.count).unwrap_or(0),
        cards: column.cards.iter().map(|card| card_of(card, &found.directory)).collect(),
        more_url: more_url(column, pairs),
        ..BoardColumn::default()
    }
}

fn more_url(column: &StageColumn, pairs: &[(String, String)]) -> String {
    column.next_cursor.as_ref().map_or_else(String::new, |cursor| {
        let more = [("column", column.stage.as_str()), ("cursor", cursor.as_str())];
        Address::new("/projects/board/cards", pairs).with(&[], &more)
    })
}

fn card_of(card: &ProjectCard, directory: &Directory) -> BoardCard {
    let project = &card.project;
    let place = card.place.and_then(|place| directory.get(&place));
    let module = place.map(|place| if place.kind == COMMUNITY.name { "communities" } else { "coordination" });
    let lead = project::LEAD.get(project).and_then(|lead| directory.get(&lead));
    BoardCard {
        id: project.id.to_string(),
        place: String::new(),
        version: project.version,
        title: project.title().to_owned(),
        href: PROJECT.url(project.id),
        belongs_to: place.map(|place| place.title.clone()).unwrap_or_default(),
        module: module.unwrap_or_default().to_owned(),
        marks: html! {
            (blocked_mark(project))
            @if project::CURRENT_STAGE.get(project) != Stage::Completion.as_str() {
                @let days = days_text(card.days);
                @if card.is_late {
                    span title=(t!("Longer than usual, or past the target date")) { (icon_badge("alarm-clock", &days, Tone::Warning)) }
                } @else { span.muted title=(t!("In this stage")) { (days) } }
            }
            @if let Some(budget) = card.budget { span.number title=(badges::money_text(budget)) { (short_money_text(budget)) } }
        },
        people: lead.map(|lead| lead.title.clone()).into_iter().collect(),
        progress: None,
        movable: card.is_movable && !project.is_archived(),
        ..BoardCard::default()
    }
}

/// Number of days in a stage.
pub fn days_text(days: i64) -> String {
    match days {
        0 => t!("Since today").to_owned(),
        1 => t!("1 day").to_owned(),
        days => t!("{days} days", days),
    }
}

async fn cards(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let pairs = parameters.matching(|name| state.app.is_known_project_board_parameter(name)).0;
    let found = blocking(|| state.app.project_board(&actor, &pairs))?;
    let html = found.columns.first().map_or_else(
        || html! {},
        |column| {
            let cards: Vec<BoardCard> =
                column.cards.iter().map(|card| card_of(card, &found.directory)).collect();
            board_cards(&cards, &more_url(column, &pairs))
        },
    );
    Ok(Html(html.into_string()))
}
