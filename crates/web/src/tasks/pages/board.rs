//! Board: tasks in columns, ordered by hand.

use axum::extract::State as AxumState;
use axum::response::{Html, Response};
use maud::{Markup, html};
use obcms_app::records::lists::Parameters as Pairs;
use obcms_app::tasks::board::{self, Column, GROUPS, Group, UNASSIGNED};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::Record;
use obcms_store::records::Directory;
use serde_json::{Map, json};

use super::parts::{self, Address};
use crate::components::badges::Tone;
use crate::components::board::{Board, BoardCard, BoardColumn, QuickAdd, board as board_view, board_cards};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::notice;
use crate::components::filters::filters;
use crate::components::frame::Width;
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PageParameters;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::may_create;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/board", Access::Policy(Action::View, TASK.area), show).purpose("see tasks"),
        PageRoute::get("/board/cards", Access::Policy(Action::View, TASK.area), cards).purpose("see tasks"),
        PageRoute::post("/board/add", Access::Role, add),
    ]
}

/// Filters that a card added in a column takes over, so that it stays visible.
const TAKEN_OVER: [&str; 3] = ["priority", "domain", "phase"];

/// Returns the query of the board: columns of people, priorities and domains show open tasks unless the address says
/// otherwise.
fn board_query(address: &Address) -> Pairs {
    let mut pairs = address.pairs.clone();
    let says = |name: &str| !address.get(name).is_empty();
    let by_status = ["", "status"].contains(&address.get("group"));
    if !by_status && !says("open") && !says("status") && !says("overdue") {
        pairs.push(("open".to_owned(), "true".to_owned()));
    }
    pairs
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let address =
        Address::new("/board", &parameters.matching(|name| state.app.is_known_board_parameter(name)).0);
    let (board, titles) = blocking(|| {
        let board = state.app.board(&actor, &board_query(&address))?;
        Ok::<_, AppError>((board, state.app.directory(&actor, &parts::filter_ids(&address))?))
    })?;
    let shown = Shown { page: &page, actor: &actor, address: &address, group: board.group };
    let may_add = may_create(&actor, &TASK);
    let view = Board {
        group: board::group_name(board.group).to_owned(),
        live: "task".to_owned(),
        csrf_token: page.csrf().to_owned(),
        columns: board.columns.iter().map(|column| shown.column(column, &board.directory, may_add)).collect(),
    };
    let content = html! {
        (page_head(&PageHead {
            title: t!("Board").to_owned(),
            actions: html! { @if may_add { (button_link(t!("New task"), "/tasks/new", "plus", ButtonKind::Main)) } },
            ..PageHead::default()
        }))
        (filters(&parts::filters(&address, &titles), &group_switch(&address, board.group)))
        @if board.more_columns > 0 {
            (notice(Tone::Neutral, &html! {
                @if board.group == Group::Assignee {
                    (t_html!("{more} more people have tasks. Filter by assignee to see them.", more = board.more_columns))
                } @else {
                    (t_html!("{more} more records have tasks. Filter to see them.", more = board.more_columns))
                }
            }))
        }
        (board_view(&view))
    };
    let page = page.width(Width::Full).with_assets(&["board.js"]);
    Ok(Html(page.render(t!("Board"), &content).into_string()))
}

/// Switch of the grouping.
fn group_switch(address: &Address, present: Group) -> Markup {
    let entries: Vec<Tab> = GROUPS
        .iter()
        .map(|(name, label, group)| Tab {
            label: (*label).to_owned(),
            href: address
                .with(&["group"], &if *group == Group::Status { vec![] } else { vec![("group", *name)] }),
            count: None,
            current: *group == present,
        })
        .collect();
    tabs(t!("Columns by"), &entries)
}

/// Context for rendering a column.
struct Shown<'a> {
    page: &'a Page,
    actor: &'a Actor,
    address: &'a Address,
    group: Group,
}

impl Shown<'_> {
    fn column(&self, column: &Column, directory: &Directory, may_add: bool) -> BoardColumn {
        let is_past =
            self.group == Group::Status && ["completed", "cancelled"].contains(&column.key.as_str());
        BoardColumn {
            key: column.key.clone(),
            label: column.label.clone(),
            tone: match self.group {
                Group::Status => Tone::of_status(&column.key),
                Group::Priority if column.key == "critical" => Tone::Bad,
                Group::Priority if column.key == "high" => Tone::Warning,
                _ => Tone::Neutral,
            },
            count: u64::try_from(column.count).unwrap_or(0),
            cards: self.cards(column, directory),
            more_url: self.more_url(column),
            quick_add: (may_add && !is_past && self.may_give(column)).then(|| self.quick_add(column)),
        }
    }

    /// Returns true if new tasks can be added: a column of another person accepts them only from those who may assign.
    fn may_give(&self, column: &Column) -> bool {
        let own = self.actor.id.is_some_and(|id| id.to_string() == column.key);
        self.group != Group::Assignee
            || own
            || column.key == UNASSIGNED
            || self.actor.may(Action::Assign, TASK.area)
    }

    fn quick_add(&self, column: &Column) -> QuickAdd {
        let mut fields = vec![
            ("group".to_owned(), board::group_name(self.group).to_owned()),
            ("column".to_owned(), column.key.clone()),
            ("back".to_owned(), self.address.with(&[], &[])),
        ];
        for name in TAKEN_OVER {
            let value = self.address.get(name);
            if !value.is_empty() && !value.contains(',') && value != "none" {
                fields.push((name.to_owned(), value.to_owned()));
            }
        }
        if self.address.get("mine") == "true" {
            fields.push(("mine".to_owned(), "true".to_owned()));
        }
        QuickAdd { action: "/board/add".to_owned(), fields }
    }

    fn more_url(&self, column: &Column) -> String {
        column.next_cursor.as_ref().map_or_else(String::new, |cursor| {
            let more = [("column", column.key.as_str()), ("cursor", cursor.as_str())];
            format!("/board/cards{}", self.address.query(&[], &more))
        })
    }

    fn cards(&self, column: &Column, directory: &Directory) -> Vec<BoardCard> {
        // A task of several people is a card of several columns.
        let place = if self.group == Group::Assignee { column.key.as_str() } else { "" };
        column.cards.iter().map(|task| self.card(task, place, directory)).collect()
    }

    fn card(&self, task: &Record, place: &str, directory: &Directory) -> BoardCard {
        let origin = parts::origin(task, directory);
        let progress = task::PROGRESS.get(task).and_then(|progress| u8::try_from(progress).ok());
        let (belongs_to, module) =
            origin.map_or_else(Default::default, |(title, _, module)| (title, module.to_owned()));
        BoardCard {
            id: task.id.to_string(),
            place: place.to_owned(),
            version: task.version,
            title: task.title().to_owned(),
            href: TASK.url(task.id),
            belongs_to,
            module,
            marks: parts::marks(task, self.page.today),
            people: parts::people(task, directory),
            progress: progress.filter(|progress| (1..100).contains(progress)),
            movable: board::may_write(self.actor, task, board::group_field(self.group)),
        }
    }
}

async fn cards(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let address =
        Address::new("/board", &parameters.matching(|name| state.app.is_known_board_parameter(name)).0);
    let board = blocking(|| state.app.board(&actor, &board_query(&address)))?;
    let shown = Shown { page: &page, actor: &actor, address: &address, group: board.group };
    let html = board.columns.first().map_or_else(
        || html! {},
        |column| board_cards(&shown.cards(column, &board.directory), &shown.more_url(column)),
    );
    Ok(Html(html.into_string()))
}

async fn add(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let mut input = Map::new();
    input.insert("title".to_owned(), json!(form.get("title")));
    for name in TAKEN_OVER {
        if !form.get(name).is_empty() {
            input.insert(name.to_owned(), json!(form.get(name)));
        }
    }
    let mut people: Vec<String> = Vec::new();
    if form.get("mine") == "true" {
        people.extend(actor.id.map(|id| id.to_string()));
    }
    let column = form.get("column");
    match board::parse_group(form.get("group")) {
        Some(Group::Assignee) if column == UNASSIGNED => people.clear(),
        Some(Group::Assignee) if !people.iter().any(|person| person == column) => {
            people.insert(0, column.to_owned());
        }
        Some(Group::Assignee) => {}
        Some(group) => {
            input.insert(board::group_name(group).to_owned(), json!(column));
        }
        None => {
            return Err(AppError::field("group", "choice", "Unknown board.").into());
        }
    }
    if !people.is_empty() {
        input.insert("assignees".to_owned(), json!(people));
    }
    let task = blocking(|| state.app.create(&actor, &TASK, &input))?;
    let undo = blocking(|| state.app.undo_of_last(&actor, &TASK, task.id))?;
    Ok(done(&parts::back(form.get("back"), "/board"), t!("Task added"), undo.as_deref()))
}
