//! Board: tasks in columns, ordered by hand.

use axum::extract::State as AxumState;
use axum::response::Html;
use maud::{Markup, html};
use obcms_app::records::lists::Parameters as Pairs;
use obcms_app::tasks::board::{self, Column, GROUPS, Group, Lane, UNASSIGNED};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::Record;
use obcms_store::records::Directory;
use serde_json::json;

use super::parts::{self, Address};
use super::{editable, quick};
use crate::components::badges::{self, Tone};
use crate::components::board::{
    Board, BoardCard, BoardColumn, BoardLane, LimitForm, board as board_view, board_cards,
};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::notice;
use crate::components::filters::filters;
use crate::components::frame::Width;
use crate::components::icons::icon;
use crate::components::menu::{Menu, MenuItem, menu};
use crate::components::quick_add::QuickAdd;
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PageParameters;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::may_create;
use crate::records::pages::views;

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/board", Access::Policy(Action::View, TASK.area), show).purpose("see tasks"),
        PageRoute::get("/board/cards", Access::Policy(Action::View, TASK.area), cards).purpose("see tasks"),
    ]
}

/// Parameter with the columns that are folded.
const FOLDED: &str = "folded";
/// Parameter with the limits of columns: `in_progress:5,on_hold:3`. A form sends one more as `limits.in_progress=5`.
const LIMITS: &str = "limits";

/// Returns the address of a request, with the limits in one parameter.
fn address_of(state: &State, parameters: PageParameters) -> Address {
    let of_column = |name: &str| name.strip_prefix(LIMITS).is_some_and(|rest| rest.starts_with('.'));
    let known = |name: &str| {
        [FOLDED, LIMITS].contains(&name) || of_column(name) || state.app.is_known_board_parameter(name)
    };
    let mut address = Address::new("/board", &parameters.matching(known).0);
    let mut limits: Vec<String> =
        address.get(LIMITS).split(',').filter(|one| !one.is_empty()).map(ToOwned::to_owned).collect();
    for (name, value) in address.pairs.iter().filter(|(name, _)| of_column(name)) {
        let column = name.trim_start_matches("limits.");
        limits.retain(|one| one.split(':').next() != Some(column));
        if !value.is_empty() {
            limits.push(format!("{column}:{value}"));
        }
    }
    address.pairs.retain(|(name, _)| name != LIMITS && !of_column(name));
    if !limits.is_empty() {
        address.pairs.push((LIMITS.to_owned(), limits.join(",")));
    }
    address
}

/// Returns the query of the board: columns of people, priorities and domains show open tasks unless the address says
/// otherwise.
fn board_query(address: &Address) -> Pairs {
    let mut pairs = address.pairs.clone();
    pairs.retain(|(name, _)| ![FOLDED, LIMITS].contains(&name.as_str()));
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
    let address = address_of(&state, parameters);
    let (board, titles, saved) = blocking(|| {
        let board = state.app.board(&actor, &board_query(&address))?;
        let titles = state.app.directory(&actor, &parts::filter_ids(&address))?;
        Ok::<_, AppError>((board, titles, views::of(&state, &actor, "board")?))
    })?;
    let shown = Shown { page: &page, actor: &actor, address: &address, group: board.group };
    let may_add = may_create(&actor, &TASK);
    let view = Board {
        lane_group: board.lane_group.map_or_else(String::new, |group| board::group_name(group).to_owned()),
        lanes: board.lanes.iter().map(|lane| shown.lane(lane, board.lane_group, &board.directory)).collect(),
        group: board::group_name(board.group).to_owned(),
        live: "task".to_owned(),
        columns: board.columns.iter().map(|column| shown.column(column, &board.directory, may_add)).collect(),
    };
    let content = html! {
        (page_head(&PageHead {
            title: t!("Board").to_owned(),
            actions: html! { @if may_add { (button_link(t!("New task"), "/tasks/new", "plus", ButtonKind::Main)) } },
            ..PageHead::default()
        }))
        (filters(&parts::filters(&address, &titles), &html! {
            (group_switch(&address, board.group))
            (lane_menu(&address, board.group, board.lane_group))
            (views::menu(&saved, &page, &actor, "board", &address.pairs))
        }))
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
        (editable::choices(page.today))
    };
    let page = page.width(Width::Full).with_assets(&["board.js"]);
    Ok(Html(page.render(t!("Board"), &content).into_string()))
}

/// Switch of the grouping.
fn group_switch(address: &Address, present: Group) -> Markup {
    let entries: Vec<Tab> = GROUPS
        .iter()
        .map(|(name, label, group)| Tab {
            label: words::text(label).to_owned(),
            href: address
                .with(&["group"], &if *group == Group::Status { vec![] } else { vec![("group", *name)] }),
            count: None,
            current: *group == present,
        })
        .collect();
    tabs(t!("Columns by"), &entries)
}

/// Menu of the lanes.
fn lane_menu(address: &Address, columns: Group, present: Option<Group>) -> Markup {
    let label = |group: Group| {
        GROUPS.iter().find(|(_, _, known)| *known == group).map_or("", |(_, label, _)| words::text(label))
    };
    let mut items = vec![MenuItem::Link {
        label: t!("No lanes").to_owned(),
        href: address.with(&["lanes"], &[]),
        icon: if present.is_none() { "check" } else { "" }.to_owned(),
    }];
    items.extend(GROUPS.iter().filter(|(_, _, group)| *group != columns).map(|(name, _, group)| {
        MenuItem::Link {
            label: label(*group).to_owned(),
            href: address.with(&[], &[("lanes", name)]),
            icon: if present == Some(*group) { "check" } else { "" }.to_owned(),
        }
    }));
    menu(&Menu {
        label: present
            .map_or_else(|| t!("Lanes").to_owned(), |group| t!("Lanes: {group}", group = label(group))),
        icon: "layers".to_owned(),
        at_end: true,
        items,
        ..Menu::default()
    })
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
        let (fold_href, is_folded) = self.fold_href(&column.key);
        let (limit, limit_form) = self.limits(&column.key);
        BoardColumn {
            fold_href,
            is_folded,
            limit,
            limit_form: Some(limit_form),
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

    /// Lane with its columns; the rest of a cell is the board filtered by the lane.
    fn lane(&self, lane: &Lane, group: Option<Group>, directory: &Directory) -> BoardLane {
        let name = group.map_or("", board::group_field);
        let column = |column: &Column| BoardColumn {
            more_url: self.address.with(&["lanes"], &[(name, &lane.key)]),
            key: column.key.clone(),
            label: column.label.clone(),
            count: u64::try_from(column.count).unwrap_or(0),
            // A task of several people is a card of several lanes.
            cards: column.cards.iter().map(|task| self.card(task, &lane.key, directory)).collect(),
            ..BoardColumn::default()
        };
        BoardLane {
            key: lane.key.clone(),
            label: lane.label.clone(),
            count: u64::try_from(lane.count).unwrap_or(0),
            columns: lane.columns.iter().map(column).collect(),
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

    /// Bar of a column: a new card gets the value of the column, and what the filters ask for.
    fn quick_add(&self, column: &Column) -> QuickAdd {
        let mut defaults = parts::defaults(self.address, self.actor);
        let key = column.key.as_str();
        let lacks = key == UNASSIGNED;
        let value = match self.group {
            Group::Assignee if lacks => json!([]),
            Group::Assignee => json!([key]),
            Group::Origin => {
                let kind = column.kind.as_deref().unwrap_or_default();
                if lacks { json!(null) } else { json!({ "kind": kind, "id": key }) }
            }
            _ if lacks => json!(null),
            _ => json!(key),
        };
        defaults.insert(board::group_field(self.group).to_owned(), value);
        QuickAdd {
            label: t!("Add to {label}", label = column.label),
            is_first: true,
            is_narrow: true,
            ..quick::bar(self.page, &format!("quick-add-{key}"), defaults, &self.address.with(&[], &[]))
        }
    }

    /// Address with the column folded, or open again.
    fn fold_href(&self, key: &str) -> (String, bool) {
        let mut folded: Vec<&str> =
            self.address.get(FOLDED).split(',').filter(|one| !one.is_empty()).collect();
        let is_folded = folded.contains(&key);
        if is_folded {
            folded.retain(|one| *one != key);
        } else {
            folded.push(key);
        }
        let all = folded.join(",");
        let href = if all.is_empty() {
            self.address.with(&[FOLDED], &[])
        } else {
            self.address.with(&[FOLDED], &[(FOLDED, &all)])
        };
        (href, is_folded)
    }

    fn limits(&self, key: &str) -> (Option<u64>, LimitForm) {
        let all: Vec<&str> = self.address.get(LIMITS).split(',').filter(|one| !one.is_empty()).collect();
        let (own, others): (Vec<&str>, Vec<&str>) =
            all.into_iter().partition(|one| one.split(':').next() == Some(key));
        let limit = own.first().and_then(|one| one.split(':').nth(1)?.parse().ok());
        let keep = self.address.pairs.iter().filter(|(name, _)| name != LIMITS && name != "cursor");
        let form = LimitForm {
            action: "/board".to_owned(),
            keep: keep.cloned().collect(),
            name: LIMITS.to_owned(),
            others: others.join(","),
        };
        (limit, form)
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
            marks: parts::editable_marks(self.actor, task, self.page.today),
            people: parts::people(task, directory),
            people_edit: editable::assignees(self.actor, task, directory, &people_mark(task, directory)),
            title_edit: editable::title(self.actor, task),
            status_edit: editable::choice(self.actor, task, task::STATUS.name(), &html! {}),
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
    let address = address_of(&state, parameters);
    let board = blocking(|| state.app.board(&actor, &board_query(&address)))?;
    let shown = Shown { page: &page, actor: &actor, address: &address, group: board.group };
    let html = board.columns.first().map_or_else(
        || html! {},
        |column| board_cards(&shown.cards(column, &board.directory), &shown.more_url(column)),
    );
    Ok(Html(html.into_string()))
}

/// People of a card; an icon where there is nobody.
fn people_mark(task: &Record, directory: &Directory) -> Markup {
    let people = parts::people(task, directory);
    html! {
        @if people.is_empty() {
            span.faint title=(t!("Unassigned")) { (icon("user-plus")) }
        } @else {
            (badges::people(&people))
        }
    }
}
