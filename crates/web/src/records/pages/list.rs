//! List of a kind: search, filters, sort, columns, pages, selection; all of it in the address.

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::records::lists::{self, Listing};
use obcms_app::records::undo::undo_address;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::registry::{Kind, Record};
use obcms_store::records::Directory;

use super::columns::{self, ListColumn};
use super::controls::{filter_fields, titles};
use super::files;
use super::list_query::{ListQuery, is_of_page};
use super::value::Values;
use super::{grouping, views};
use crate::components::badges::grouped;
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::{EmptyState, empty_state};
use crate::components::filters::{Chip, Filters, filters};
use crate::components::frame::Width;
use crate::components::icons::icon;
use crate::components::menu::{Menu, MenuItem, menu};
use crate::components::tables::{
    BulkAction, Column, ColumnWidth, Heading, Pager, Row, Table, column_chooser, table,
};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters};
use crate::core::state::{State, blocking};
use crate::core::subject::RowAction;
use crate::records::{may_create, plural};

/// Maximum number of records of one bulk action.
const MAXIMUM_BULK: usize = 500;

/// `GET /COLLECTION`.
pub async fn list(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Response, PageError> {
    let parameters = parameters.matching(|name| is_of_page(name) || state.app.is_known_parameter(kind, name));
    let hooks = state.subjects.kind_page(kind);
    if let (Some(start), true) = (hooks.list_start, parameters.0.is_empty()) {
        return Ok(Redirect::to(&start(page.today)).into_response());
    }
    let query = ListQuery::new(kind, parameters.0);
    let markup = blocking(|| {
        let (listing, headings) = listing(&state, &actor, &query)?;
        let ids = lists::ids_in_filters(query.filters());
        let titles = titles(&state, &actor, &ids, &[])?;
        let back = query.address("", &[], &[]);
        let action = hooks.row_action.and_then(|action| action(&page, &actor, state.app.now(), back));
        let calculated = match hooks.calculated_cells {
            Some(calculated) => (calculated.cells)(&state, &listing.records)?,
            None => Vec::new(),
        };
        let views = views::of(&state, &actor, kind.collection)?;
        let extras = Extras { action: action.as_ref(), calculated: &calculated, headings, views };
        draw(&page, &actor, &query, &listing, &titles, &extras)
    })?;
    Ok(Html(markup.into_string()).into_response())
}

/// Most records of a list on paper.
pub const MAXIMUM_PRINT: i64 = 2_000;

/// Returns the records of the page: those of a page of the list, the first of each group, or all of them for paper.
pub fn listing(state: &State, actor: &Actor, query: &ListQuery) -> Result<(Listing, Vec<Heading>), AppError> {
    let mut parameters = query.effective();
    if let Some(field) = grouping::field(query.kind, query.get("group")) {
        let first = if query.is_print() { MAXIMUM_PRINT } else { lists::GROUP_LIMIT };
        let grouped = state.app.list_grouped(actor, query.kind, &parameters, field, first)?;
        let (total, directory) = (grouped.total, grouped.directory.clone());
        let address = |value: &str| query.address("", &["group", "cursor"], &[(field.name, value)]);
        let (records, headings) = grouping::headings(grouped, field, &address);
        return Ok((Listing { records, next_cursor: None, total, directory }, headings));
    }
    if !query.is_print() {
        return Ok((state.app.list(actor, query.kind, &parameters)?, Vec::new()));
    }
    parameters.retain(|(name, _)| name != "cursor" && name != "limit");
    parameters.push(("limit".to_owned(), lists::MAXIMUM_LIMIT.to_string()));
    let mut all = state.app.list(actor, query.kind, &parameters)?;
    let is_full = |records: &[Record]| records.len() >= usize::try_from(MAXIMUM_PRINT).unwrap_or(usize::MAX);
    while let Some(cursor) = all.next_cursor.take().filter(|_| !is_full(&all.records)) {
        let mut next = parameters.clone();
        next.push(("cursor".to_owned(), cursor));
        let page = state.app.list(actor, query.kind, &next)?;
        all.records.extend(page.records);
        all.directory.extend(page.directory);
        all.next_cursor = page.next_cursor;
    }
    Ok((all, Vec::new()))
}

/// Additions to the table.
struct Extras<'a> {
    action: Option<&'a RowAction>,
    /// Cells of the calculated columns, by record.
    calculated: &'a [Vec<Markup>],
    /// Headings of groups.
    headings: Vec<Heading>,
    /// Saved views of the list.
    views: Vec<Record>,
}

fn draw(
    page: &Page,
    actor: &Actor,
    query: &ListQuery,
    listing: &Listing,
    titles: &Directory,
    extras: &Extras<'_>,
) -> Result<Markup, AppError> {
    let kind = query.kind;
    let rows = sheet(page, actor, query, listing, extras);
    let form = Form(query.parameters.clone());
    let mut keep: Vec<(String, String)> = query.parameters.clone();
    keep.retain(|(name, _)| !["cursor", "limit"].contains(&name.as_str()));
    let hooks = page.subjects().kind_page(kind);
    let by_tabs = hooks.list_tab_filters.map_or(&[][..], |filters| filters(page, actor, kind, &form));
    let chips = query
        .filters()
        .filter(|(name, _)| !by_tabs.contains(&name.as_str()))
        .map(|(name, value)| chip(query, name, value, titles))
        .collect();
    let row = Filters {
        action: format!("/{}", kind.collection),
        search: Some(query.get("q").to_owned()),
        search_label: t!("Search {kinds}", kinds = plural(kind)),
        chips,
        fields: filter_fields(kind, &form, titles),
        keep,
        clear_href: format!("/{}", kind.collection),
    };
    let total = u64::try_from(listing.total).unwrap_or_default();
    let head = PageHead {
        title: words::label(kind.plural).to_owned(),
        subtitle: String::new(),
        badges: html! { span.count { (grouped(total)) } },
        actions: html! {
            @if query.is_print() {
                button.button.print-button data-kind="main" type="button" data-print {
                    (icon("printer")) (t!("Print"))
                }
            }
            @if let Some(actions) = hooks.list_actions { (actions(page, actor)) }
            @if may_create(actor, kind) && page.subjects().has_form(kind) {
                (button_link(
                    &t!("New {kind}", kind = words::lower(words::label(kind.label))),
                    &format!("/{}/new", kind.collection),
                    "plus",
                    ButtonKind::Main,
                ))
            }
        },
    };
    let address = |name: &str, value: &str| {
        let without: &[&str] = if value.is_empty() { &["cursor", name] } else { &["cursor"] };
        let with = [(name, value)];
        query.address("", without, if value.is_empty() { &[] } else { &with })
    };
    let extra = html! {
        (views::menu(&extras.views, page, actor, kind.collection, &query.parameters))
        (grouping::menu(kind, query.get("group"), query.get("sort"), &address))
        (column_chooser(&rows))
        (more(page, actor, query, &rows))
    };
    let content = html! {
        (page_head(&head))
        (query.time_tabs())
        @if let Some(tabs) = (page.subjects().place_tabs)(kind) { (tabs) }
        @if let Some(tabs) = hooks.list_tabs { (tabs(page, actor, kind, &form)) }
        (filters(&row, &extra))
        (table(&rows))
    };
    Ok(page.clone().width(Width::Full).render(words::label(kind.plural), &content))
}

/// Actions on the whole list: archived records, export and import.
fn more(page: &Page, actor: &Actor, query: &ListQuery, rows: &Table) -> Markup {
    let kind = query.kind;
    let mut items = Vec::new();
    let link = |label: &str, href: String, icon: &str| MenuItem::Link {
        label: label.into(),
        href,
        icon: icon.into(),
    };
    if kind.is_changeable() {
        items.push(if query.shows_archived() {
            link(t!("Show active"), query.address("", &["archived", "cursor"], &[]), "list")
        } else {
            link(t!("Show archived"), query.address("", &["cursor"], &[("archived", "true")]), "archive")
        });
    }
    items.push(link(t!("Print all"), query.address("", &["cursor"], &[("print", "all")]), "printer"));
    items.extend(files::entries(page, actor, kind, &query.effective(), rows));
    menu(&Menu {
        label: t!("More actions").into(),
        icon: "ellipsis".into(),
        icon_only: true,
        at_end: true,
        csrf_token: String::new(),
        items,
    })
}

fn chip(query: &ListQuery, name: &str, value: &str, titles: &Directory) -> Chip {
    let (label, value) = lists::filter_in_words(query.kind, name, value, titles, words::text);
    Chip { label, value, remove_href: query.address("", &[name, "cursor"], &[]) }
}

/// Table of a page of records.
fn sheet(page: &Page, actor: &Actor, query: &ListQuery, listing: &Listing, extras: &Extras<'_>) -> Table {
    let kind = query.kind;
    let zone: TimeZone = page.zone();
    let values = page.values(&listing.directory, &zone);
    let mark = page.subjects().kind_page(kind).title_mark;
    let effective = query.effective();
    let sort = effective.iter().find(|(name, _)| name == "sort").map_or(kind.default_sort, |(_, sort)| sort);
    let all = columns::all(kind);
    let chosen = page.settings().columns(kind.collection);
    let mut columns = columns::table_columns(kind, &all, &|field| {
        let (sorted, next) = columns::sorting(sort, field);
        (sorted, query.address("", &["cursor"], &[("sort", &next)]))
    });
    columns::hide(kind, &all, &mut columns, chosen);
    if extras.action.is_some()
        && let Some(column) = columns.iter_mut().find(|column| column.key == kind.state)
    {
        // The button stands beside the status.
        column.width = ColumnWidth::Moment;
    }
    let records = listing.records.iter().enumerate();
    let live = page.subjects().kind_page(kind).calculated_cells.map_or("", |calculated| calculated.live);
    let cells = Cells { all: &all, columns: &columns, values: &values, mark, extras };
    let rows = records.map(|(place, record)| row((place, record), &cells)).collect();
    let mut table = Table {
        id: kind.collection.to_owned(),
        caption: words::label(kind.plural).to_owned(),
        rows,
        columns,
        bulk_actions: bulk_actions(page, actor, query),
        csrf_token: page.csrf().to_owned(),
        pager: Pager {
            total: u64::try_from(listing.total).ok(),
            next_href: listing
                .next_cursor
                .as_deref()
                .map_or_else(String::new, |cursor| query.address("", &[], &[("cursor", cursor)])),
            first_href: if query.get("cursor").is_empty() {
                String::new()
            } else {
                query.address("", &["cursor"], &[])
            },
            page_size: query
                .get("limit")
                .parse()
                .unwrap_or_else(|_| u32::try_from(lists::LIMIT).unwrap_or(50)),
        },
        live: format!("{} {live}", kind.name).trim_end().to_owned(),
        empty: Some(empty(page, actor, query)),
        address: query.address("", &["cursor"], &[]),
        headings: extras.headings.clone(),
        is_print: query.is_print(),
        ..Table::default()
    };
    table.choose(chosen);
    // The headings have the values of the field by which the list is grouped.
    let is_group = |column: &&mut Column| column.key == query.get("group") && !table.headings.is_empty();
    if let Some(column) = table.columns.iter_mut().skip(1).find(is_group) {
        column.is_uniform = chosen.is_none();
    }
    table
}

/// Context for the cells of a row.
struct Cells<'a> {
    all: &'a [ListColumn],
    columns: &'a [Column],
    values: &'a Values<'a>,
    mark: Option<fn(&Record) -> Markup>,
    extras: &'a Extras<'a>,
}

fn row((place, record): (usize, &Record), context: &Cells<'_>) -> Row {
    let title = if record.title().trim().is_empty() { t!("Untitled") } else { record.title() };
    let calculated = context.extras.calculated.get(place).map_or(&[][..], Vec::as_slice);
    let cell = |column: &ListColumn| match *column {
        ListColumn::Field(field) if field.name == record.kind.title => html! {
            @if let Some(mark) = context.mark { (mark(record)) } (title) " " (super::dates::repeats_mark(record))
        },
        ListColumn::Field(field) => {
            let action = context.extras.action.filter(|_| field.name == record.kind.state);
            html! { (context.values.cell(record, field)) @if let Some(action) = action { (action(record)) } }
        }
        ListColumn::Calculated(at, _) => calculated.get(at).cloned().unwrap_or_default(),
    };
    // Cells of columns that are not shown cost time and space.
    let cells = context.all.iter().zip(context.columns).map(|(column, shown)| {
        if shown.hidden {
            html! {}
        } else {
            cell(column)
        }
    });
    Row {
        id: record.id.to_string(),
        href: record.kind.url(record.id),
        title: title.to_owned(),
        cells: cells.collect(),
        past: record.is_archived() || record.state() == "cancelled",
        ..Row::default()
    }
}

fn bulk_actions(page: &Page, actor: &Actor, query: &ListQuery) -> Vec<BulkAction> {
    let kind = query.kind;
    let own = page.subjects().kind_page(kind).bulk_actions;
    let mut actions =
        own.map_or_else(Vec::new, |own| own(actor, &|path| query.address(path, &["cursor"], &[])));
    actions.extend(archiving(actor, query));
    actions
}

/// Archives or restores the selected rows.
fn archiving(actor: &Actor, query: &ListQuery) -> Option<BulkAction> {
    let kind = query.kind;
    let (action, label, icon, word) = if query.shows_archived() {
        (Action::Restore, t!("Restore"), "archive-restore", "/restore")
    } else {
        (Action::Archive, t!("Archive"), "archive", "/archive")
    };
    let possible = obcms_domain::accounts::allows(
        &actor.roles,
        action,
        kind.area,
        &obcms_domain::accounts::Relation::ALL,
    );
    if !kind.is_changeable() || !possible {
        return None;
    }
    Some(BulkAction {
        label: label.to_owned(),
        icon: icon.to_owned(),
        action: query.address(word, &["cursor"], &[]),
        danger: false,
    })
}

fn empty(page: &Page, actor: &Actor, query: &ListQuery) -> Markup {
    let kind = query.kind;
    let is_narrowed = query.filters().next().is_some() || !query.get("q").is_empty();
    let state = if query.shows_archived() {
        EmptyState {
            icon: "archive".to_owned(),
            title: t!("No archived {kinds}", kinds = plural(kind)),
            text: t!("Archived items are listed here and can be restored.").to_owned(),
            action: None,
        }
    } else if is_narrowed {
        EmptyState {
            icon: "search".to_owned(),
            title: t!("No matching {kinds}", kinds = plural(kind)),
            text: t!("Remove a filter or change the search.").to_owned(),
            action: None,
        }
    } else {
        let action = may_create(actor, kind) && page.subjects().has_form(kind);
        EmptyState {
            icon: kind.icon.to_owned(),
            title: t!("No {kinds} yet", kinds = plural(kind)),
            text: kind.purpose.to_owned(),
            action: action.then(|| {
                (
                    t!("New {kind}", kind = words::lower(words::label(kind.label))),
                    format!("/{}/new", kind.collection),
                )
            }),
        }
    };
    empty_state(&state)
}

/// `POST /COLLECTION/archive` and `…/restore`: all of `ids` or none, undone together.
pub async fn bulk(
    kind: &'static Kind,
    archive: bool,
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    parameters: PageParameters,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let parameters = parameters.matching(|name| is_of_page(name) || state.app.is_known_parameter(kind, name));
    let back = ListQuery::new(kind, parameters.0).address("", &[], &[]);
    let ids: Vec<Id> = form.all("ids").iter().filter_map(|id| id.parse().ok()).take(MAXIMUM_BULK).collect();
    if ids.is_empty() {
        return Ok(done(&back, t!("Nothing was selected"), None));
    }
    let changed = blocking(|| {
        state.app.write(&actor, |work| {
            let mut changed = None;
            for id in &ids {
                let before = work.load(kind, *id)?;
                if archive {
                    obcms_app::records::archive(work, kind, *id, None)?;
                } else {
                    obcms_app::records::restore(work, kind, *id, None)?;
                }
                if before.is_archived() != archive {
                    changed.get_or_insert((*id, work.change_set));
                }
            }
            Ok(changed)
        })
    })?;
    let what = if ids.len() == 1 {
        format!("1 {}", words::lower(words::label(kind.label)))
    } else {
        format!("{} {}", ids.len(), plural(kind))
    };
    let message = if archive { t!("{what} archived", what) } else { t!("{what} restored", what) };
    let undo = changed.map(|(record, set)| undo_address(kind, record, set));
    Ok(done(&back, &message, undo.as_deref()))
}
