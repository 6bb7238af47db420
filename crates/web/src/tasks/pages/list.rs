//! List of tasks: mine, all, overdue, unassigned.

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::records::lists::Parameters as Pairs;
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{TASK_DOMAINS, TASK_PHASES};
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::Record;
use obcms_store::records::Directory;

use super::parts::{self, Address};
use super::{bulk, editable, quick};
use crate::components::badges;
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::filters::filters;
use crate::components::frame::Width;
use crate::components::menu::MenuItem;
use crate::components::quick_add::quick_add;
use crate::components::tables::{Column, ColumnWidth, Direction, Pager, Row, Table, column_chooser, table};
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PageParameters;
use crate::core::state::{State, blocking};
use crate::records::may_create;
use crate::records::pages::files::{entries, file_menu};
use crate::records::pages::list::listing;
use crate::records::pages::list_query::{ListQuery, is_of_page};
use crate::records::pages::{grouping, views};

/// Default filter: sorted by date, tasks finished long ago would be first.
const OPEN: &[(&str, &str)] = &[("open", "true")];
/// Address of the view without a filter, because the bare path shows the open tasks.
const ALL: &str = "/tasks?sort=due_date";
/// Tabs: labels and their filters.
const TABS: [(&str, &[(&str, &str)]); 5] = [
    ("Mine", &[("mine", "true"), ("open", "true")]),
    ("Open", OPEN),
    ("All", &[]),
    ("Late", &[("overdue", "true")]),
    ("Unassigned", &[("assignees", "none"), ("open", "true")]),
];

fn pairs(filters: &[(&str, &str)]) -> Pairs {
    filters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// `GET /tasks`.
pub async fn list(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let known = |name: &str| is_of_page(name) || state.app.is_known_parameter(&TASK, name);
    let parameters = parameters.matching(known);
    let asked = Address::new("/tasks", &parameters.0);
    let is_bare = parameters.0.is_empty();
    let address = if is_bare { Address { path: "/tasks", pairs: pairs(OPEN) } } else { asked.clone() };
    let tab_filters: Vec<Pairs> = TABS.iter().map(|(_, filters)| pairs(filters)).collect();
    let query = ListQuery::new(&TASK, address.pairs.clone());
    let ((listing, headings), titles, counts, saved) = blocking(|| {
        let listing = listing(&state, &actor, &query)?;
        let titles = state.app.directory(&actor, &parts::filter_ids(&address))?;
        let counts = state.app.count_tasks(&actor, &tab_filters)?;
        Ok::<_, AppError>((listing, titles, counts, views::of(&state, &actor, TASK.collection)?))
    })?;
    let may_add = may_create(&actor, &TASK);
    let chosen = page.settings().columns(TASK.collection);
    let mut view = Table {
        id: "tasks".to_owned(),
        caption: t!("Tasks").to_owned(),
        columns: columns(&address),
        rows: listing.records.iter().map(|task| row(&actor, task, &listing.directory, page.today)).collect(),
        bulk_actions: bulk::actions(&actor, &address),
        bulk_panel: bulk::change_panel(&actor, &address),
        csrf_token: page.csrf().to_owned(),
        pager: Pager {
            total: u64::try_from(listing.total).ok(),
            next_href: listing
                .next_cursor
                .as_ref()
                .map_or_else(String::new, |cursor| address.with(&[], &[("cursor", cursor)])),
            first_href: if address.get("cursor").is_empty() {
                String::new()
            } else {
                address.with(&["cursor"], &[])
            },
            page_size: 50,
        },
        live: "task".to_owned(),
        empty: Some(empty(&asked, may_add)),
        address: address.with(&["cursor"], &[]),
        headings,
        is_print: query.is_print(),
        ..Table::default()
    };
    view.choose(chosen);
    let mut filter_row = parts::filters(&address, &titles);
    for chip in filter_row.chips.iter_mut().filter(|chip| chip.remove_href == "/tasks") {
        ALL.clone_into(&mut chip.remove_href);
    }
    let content = html! {
        (page_head(&PageHead {
            title: t!("Tasks").to_owned(),
            actions: html! { @if may_add { (button_link(t!("New task"), "/tasks/new", "plus", ButtonKind::Main)) } },
            ..PageHead::default()
        }))
        div #task-tabs data-live="task" { (tabs(t!("Views"), &tab_row(&address, &counts))) }
        (filters(&filter_row, &html! {
            (views::menu(&saved, &page, &actor, TASK.collection, &address.pairs))
            (grouping::menu(&TASK, query.get("group"), query.get("sort"), &|name, value| {
                let without = if value.is_empty() { vec!["cursor", name] } else { vec!["cursor"] };
                let with = [(name, value)];
                address.with(&without, if value.is_empty() { &[] } else { &with })
            }))
            (column_chooser(&view))
            (file_menu(menu_items(&page, &actor, &query, &view)))
        }))
        @if may_add { (quick_add(&quick::bar(&page, "quick-add", parts::defaults(&asked, &actor), &asked.with(&[], &[])))) }
        (table(&view))
        (editable::choices(page.today))
    };
    let page: Page = page.width(Width::Full);
    Ok(Html(page.render(t!("Tasks"), &content).into_string()))
}

/// Entries of the menu of the list: other views of the same tasks, paper and files.
fn menu_items(page: &Page, actor: &Actor, query: &ListQuery, view: &Table) -> Vec<MenuItem> {
    let filters = Address::new("", &query.effective()).query(&["sort", "cursor", "limit"], &[]);
    let link = |label: &str, href: String, icon: &str| MenuItem::Link {
        label: label.to_owned(),
        href,
        icon: icon.to_owned(),
    };
    let mut items = vec![
        link(t!("As board"), format!("/board{filters}"), "square-kanban"),
        link(t!("As Gantt chart"), format!("/tasks/gantt{filters}"), "chart-gantt"),
        link(t!("Print all"), query.address("", &["cursor"], &[("print", "all")]), "printer"),
    ];
    items.extend(entries(page, actor, &TASK, &query.effective(), view));
    items
}

fn tab_row(address: &Address, counts: &[i64]) -> Vec<Tab> {
    let filters: Vec<&(String, String)> = address
        .pairs
        .iter()
        .filter(|(name, _)| !["sort", "cursor", "limit", "group", "print"].contains(&name.as_str()))
        .collect();
    TABS.iter()
        .zip(counts)
        .map(|((label, wanted), count)| {
            let wanted = pairs(wanted);
            let current = filters.len() == wanted.len() && wanted.iter().all(|pair| filters.contains(&pair));
            let href = if wanted.is_empty() {
                ALL.to_owned()
            } else {
                Address { path: "/tasks", pairs: wanted }.with(&[], &[])
            };
            Tab { label: words::text(label).to_owned(), href, count: u64::try_from(*count).ok(), current }
        })
        .collect()
}

fn empty(address: &Address, may_add: bool) -> Markup {
    let is_filtered = address.pairs.iter().any(|(name, _)| name != "sort");
    let new = may_add.then(|| (t!("New task").to_owned(), "/tasks/new".to_owned()));
    empty_state(&if is_filtered {
        EmptyState {
            icon: "square-check".to_owned(),
            title: t!("No tasks").to_owned(),
            text: t!("No tasks match. Remove a filter above to see more.").to_owned(),
            action: None,
        }
    } else {
        EmptyState {
            icon: "square-check".to_owned(),
            title: t!("No tasks yet").to_owned(),
            text: TASK.purpose.to_owned(),
            action: new,
        }
    })
}

/// Columns: field, heading, sortable, hidden by default.
const COLUMNS: [(&str, &str, bool, bool); 14] = [
    ("title", "Title", true, false),
    ("status", "Status", true, false),
    ("due_date", "Due", true, false),
    ("assignees", "Assignees", false, false),
    ("priority", "Priority", true, false),
    ("origin", "Belongs to", false, false),
    ("progress", "Progress", true, true),
    ("labels", "Labels", false, true),
    ("teams", "Teams", false, true),
    ("domain", "Domain", true, true),
    ("phase", "Phase", true, true),
    ("start_date", "Start", true, true),
    ("estimated_hours", "Hours", true, true),
    ("updated_at", "Changed", true, true),
];

fn columns(address: &Address) -> Vec<Column> {
    let sort = match address.get("sort") {
        "" => TASK.default_sort,
        sort => sort,
    };
    COLUMNS
        .iter()
        .map(|(key, label, sortable, hidden)| {
            let sorted = match sort.strip_prefix('-') {
                Some(name) if name == *key => Some(Direction::Descending),
                None if sort == *key => Some(Direction::Ascending),
                _ => None,
            };
            let other =
                if sorted == Some(Direction::Ascending) { format!("-{key}") } else { (*key).to_owned() };
            Column {
                key: (*key).to_owned(),
                label: words::text(label).to_owned(),
                sort_href: if *sortable {
                    address.with(&["cursor"], &[("sort", &other)])
                } else {
                    String::new()
                },
                sorted,
                right: *key == "estimated_hours",
                hidden: *hidden,
                width: match *key {
                    "status" | "priority" | "domain" | "phase" => ColumnWidth::State,
                    "due_date" | "start_date" | "updated_at" => ColumnWidth::Date,
                    "progress" => ColumnWidth::Progress,
                    "estimated_hours" => ColumnWidth::Number,
                    _ => ColumnWidth::Text,
                },
                rank: match *key {
                    "title" | "status" => 0,
                    "due_date" => 1,
                    "assignees" => 2,
                    "priority" => 3,
                    _ => 4,
                },
                ..Column::default()
            }
        })
        .collect()
}

fn row(actor: &Actor, task: &Record, directory: &Directory, today: Date) -> Row {
    let cells = COLUMNS.iter().map(|(key, ..)| editable_cell(actor, key, task, directory, today)).collect();
    Row {
        id: task.id.to_string(),
        version: Some(task.version),
        href: TASK.url(task.id),
        title: task.title().to_owned(),
        title_edit: editable::title(actor, task),
        cells,
        past: task.is_archived() || task::STATUS.get(task) == "cancelled",
    }
}

/// Cell that is edited in place where the actor may write its field.
fn editable_cell(actor: &Actor, key: &str, task: &Record, directory: &Directory, today: Date) -> Markup {
    let content = cell(key, task, directory, today);
    match key {
        "status" | "priority" | "domain" | "phase" => editable::choice(actor, task, key, &content),
        "due_date" => editable::due(actor, task, &content),
        "start_date" => editable::start(actor, task, &content),
        "progress" => editable::progress(actor, task, &content),
        "assignees" => editable::assignees(actor, task, directory, &content),
        "labels" => editable::editable(actor, task, key, &task::LABELS.get(task).join(", "), &content),
        _ => content,
    }
}

fn cell(key: &str, task: &Record, directory: &Directory, today: Date) -> Markup {
    match key {
        "title" => html! { (task.title()) },
        "status" => html! {
            (parts::status(task))
            @if task::BLOCKED.get(task) && parts::is_open(task) {
                " " (badges::icon_badge("lock", t!("Blocked"), badges::Tone::Bad))
            }
        },
        "due_date" => parts::due(task, today),
        "assignees" => {
            let names = parts::people(task, directory);
            match names.as_slice() {
                [] => html! { span.faint { (t!("Unassigned")) } },
                [one] => badges::person(one),
                _ => badges::people(&names),
            }
        }
        "priority" => badges::priority(task::PRIORITY.get(task)),
        "origin" => match parts::origin(task, directory) {
            Some((title, address, module)) => parts::origin_link(&title, &address, module),
            None => html! {},
        },
        "progress" => {
            badges::progress(task::PROGRESS.get(task).and_then(|part| u8::try_from(part).ok()).unwrap_or(0))
        }
        "domain" => html! { (words::choice(TASK_DOMAINS, task::DOMAIN.get(task))) },
        "phase" => match task::PHASE.get(task) {
            "" => html! {},
            phase => html! { (words::choice(TASK_PHASES, phase)) },
        },
        "labels" => html! { @for label in task::LABELS.get(task) { span.label { (label) } " " } },
        "teams" => {
            let name = |id| directory.get(id).map(|team| team.title.clone());
            html! { (task::TEAMS.get(task).iter().filter_map(name).collect::<Vec<_>>().join(", ")) }
        }
        "start_date" => task::START_DATE.get(task).map_or_else(|| html! {}, |day| badges::date(day, today)),
        "estimated_hours" => {
            task::ESTIMATED_HOURS.get(task).map_or_else(|| html! {}, |hours| html! { (hours_text(hours)) })
        }
        _ => html! { time datetime=(task.updated_at) { (task.updated_at.strftime("%Y-%m-%d")) } },
    }
}

/// Formats hundredths of an hour.
pub fn hours_text(hundredths: i64) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_of_the_filters_is_current() {
        let current = |text: &[(&str, &str)]| -> Vec<String> {
            let address = Address::new("/tasks", &pairs(text));
            let tabs = tab_row(&address, &[1, 2, 3, 4, 5]);
            tabs.into_iter().filter(|tab| tab.current).map(|tab| tab.label).collect()
        };
        assert_eq!(current(&[]), ["All"]);
        assert_eq!(current(OPEN), ["Open"]);
        assert_eq!(current(&[("open", "true"), ("mine", "true"), ("sort", "title")]), ["Mine"]);
        assert_eq!(current(&[("overdue", "true"), ("priority", "high")]), [""; 0]);
    }

    #[test]
    fn hours_have_a_short_form() {
        assert_eq!(hours_text(800), "8");
        assert_eq!(hours_text(150), "1.5");
        assert_eq!(hours_text(1000), "10");
    }
}
