//! Tables of records: sticky head with sort links, rows with links, selection with a bulk bar, column chooser and
//! pager. On the phone a row becomes a card.

use maud::{Markup, html};

use super::badges::grouped;
use super::icons::icon;
use crate::components::words::{t, t_html};

/// Table.
#[derive(Debug, Default, Clone)]
pub struct Table {
    /// Id of the element, under which the browser stores the columns.
    pub id: String,
    /// Caption for screen readers.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Actions on selected rows; without any there are no checkboxes.
    pub bulk_actions: Vec<BulkAction>,
    /// Panel that changes fields of the selected rows.
    pub bulk_panel: Option<BulkPanel>,
    /// Token for bulk actions.
    pub csrf_token: String,
    /// Pager.
    pub pager: Pager,
    /// Kinds whose changes refresh the table, such as `task ppa`; empty for none.
    pub live: String,
    /// Content in place of a table without rows.
    pub empty: Option<Markup>,
}

/// Column.
#[derive(Debug, Default, Clone)]
pub struct Column {
    /// Name of the field.
    pub key: String,
    /// Heading.
    pub label: String,
    /// Address that sorts by it; empty when it cannot be sorted.
    pub sort_href: String,
    /// Present sort direction.
    pub sorted: Option<Direction>,
    /// True for numbers and money, which are aligned right.
    pub right: bool,
    /// True if it is hidden by default.
    pub hidden: bool,
}

/// Sort direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Ascending.
    Ascending,
    /// Descending.
    Descending,
}

/// Row with as many cells as there are columns. The first cell is its title and the link.
#[derive(Debug, Default, Clone)]
pub struct Row {
    /// Id of the record.
    pub id: String,
    /// Address of the row, or empty.
    pub href: String,
    /// Title, for the label of the checkbox.
    pub title: String,
    /// Handle for editing the title, beside its link; or empty.
    pub title_edit: Markup,
    /// Cells.
    pub cells: Vec<Markup>,
    /// True if it is struck through: cancelled or archived.
    pub past: bool,
}

/// Action on selected rows: `POST action` with `ids` once for each.
#[derive(Debug, Default, Clone)]
pub struct BulkAction {
    /// Label, beginning with a verb.
    pub label: String,
    /// Icon, or empty.
    pub icon: String,
    /// Address.
    pub action: String,
    /// True if it is destructive.
    pub danger: bool,
}

/// Panel of the bulk bar with fields: `POST action` with them and with `ids` once for each.
#[derive(Debug, Default, Clone)]
pub struct BulkPanel {
    /// Label of the button that opens it.
    pub label: String,
    /// Icon.
    pub icon: String,
    /// Label of its button.
    pub submit: String,
    /// Address.
    pub action: String,
    /// Fields.
    pub content: Markup,
}

/// Pager of a list.
#[derive(Debug, Default, Clone)]
pub struct Pager {
    /// Total number of rows, if known.
    pub total: Option<u64>,
    /// Address of the next page; empty on the last one.
    pub next_href: String,
    /// Address of the first page; empty there.
    pub first_href: String,
    /// Rows on a page.
    pub page_size: u32,
}

/// Table with bulk bar and pager.
#[must_use]
pub fn table(table: &Table) -> Markup {
    let live = (!table.live.is_empty()).then_some(&table.live);
    html! {
        div.table-block id=(table.id) data-live=[live] data-table {
            @if let (true, Some(empty)) = (table.rows.is_empty(), &table.empty) {
                (empty)
            } @else {
                (bulk_bar(table))
                div.table-wrap {
                    table.table {
                        caption.visually-hidden { (table.caption) }
                        thead { (head(table)) }
                        tbody { @for row in &table.rows { (body_row(table, row)) } }
                    }
                }
                (pager(&table.pager, table.rows.len()))
            }
        }
    }
}

/// Column chooser of a table, in the filter row. Empty without script.
#[must_use]
pub fn column_chooser(table: &Table) -> Markup {
    html! {
        details.menu.column-chooser data-side="end" data-columns-of=(table.id) {
            summary.button data-kind="quiet" title=(t!("Choose columns")) { (icon("columns-3")) (t!("Columns")) }
            div.menu-panel {
                @for column in table.columns.iter().skip(1) {
                    label.menu-item {
                        input type="checkbox" value=(column.key) checked[!column.hidden];
                        (column.label)
                    }
                }
            }
        }
    }
}

fn bulk_bar(table: &Table) -> Markup {
    html! {
        @if !table.bulk_actions.is_empty() {
            form.bulk-bar id={ (table.id) "-bulk" } method="post" hidden {
                input type="hidden" name="csrf_token" value=(table.csrf_token);
                span.bulk-count aria-live="polite" {}
                @for action in &table.bulk_actions {
                    button.button type="submit" formaction=(action.action)
                        data-kind=[action.danger.then_some("danger")] {
                        @if !action.icon.is_empty() { (icon(&action.icon)) }
                        (action.label)
                    }
                }
                @if let Some(panel) = &table.bulk_panel {
                    details.menu.bulk-panel {
                        summary.button { (icon(&panel.icon)) (panel.label) (icon("chevron-up")) }
                        div.menu-panel.stack data-gap="small" {
                            (panel.content)
                            button.button type="submit" data-kind="main" formaction=(panel.action) { (panel.submit) }
                        }
                    }
                }
                button.button type="button" data-kind="quiet" data-clear-selection { (t!("Clear")) }
            }
        }
    }
}

fn head(table: &Table) -> Markup {
    html! {
        tr {
            @if !table.bulk_actions.is_empty() {
                th.select-cell scope="col" { input type="checkbox" data-select-all aria-label=(t!("Select all rows")); }
            }
            @for column in &table.columns {
                th scope="col" data-column=(column.key) data-right[column.right] hidden[column.hidden]
                    aria-sort=[column.sorted.map(sort_name)] {
                    @if column.sort_href.is_empty() {
                        (column.label)
                    } @else {
                        a href=(column.sort_href) {
                            (column.label)
                            @match column.sorted {
                                Some(Direction::Ascending) => (icon("arrow-up")),
                                Some(Direction::Descending) => (icon("arrow-down")),
                                None => {}
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sort_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ascending",
        Direction::Descending => "descending",
    }
}

fn body_row(table: &Table, row: &Row) -> Markup {
    html! {
        tr id={ (table.id) "-" (row.id) } data-id=(row.id) data-past[row.past]
            data-href=[(!row.href.is_empty()).then_some(&row.href)] {
            @if !table.bulk_actions.is_empty() {
                td.select-cell {
                    input type="checkbox" name="ids" value=(row.id) form={ (table.id) "-bulk" } data-select
                        aria-label={ (t_html!("Select {title}", title = row.title)) };
                }
            }
            @for (place, (column, cell)) in table.columns.iter().zip(&row.cells).enumerate() {
                @if place == 0 {
                    th.title-cell scope="row" data-column=(column.key) {
                        @if row.href.is_empty() { (cell) } @else { a.row-link href=(row.href) { (cell) } }
                        (row.title_edit)
                    }
                } @else {
                    td data-column=(column.key) data-label=(column.label) data-right[column.right]
                        hidden[column.hidden] { (cell) }
                }
            }
        }
    }
}

fn pager(pager: &Pager, shown: usize) -> Markup {
    let size = if pager.page_size == 0 { 50 } else { pager.page_size };
    html! {
        nav.pager aria-label=(t!("Pages")) {
            span.muted {
                @match pager.total {
                    Some(total) if total > shown as u64 => { (t_html!("{shown} of {total}", shown, total = grouped(total))) }
                    _ if shown == 1 => { (t!("1 row")) }
                    _ => { (t_html!("{shown} rows", shown)) }
                }
            }
            @if !pager.first_href.is_empty() {
                a.button href=(pager.first_href) { (icon("chevron-left")) (t!("First page")) }
            }
            @if !pager.next_href.is_empty() {
                a.button href=(pager.next_href) rel="next" { (t_html!("Next {size}", size)) (icon("chevron-right")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        Table {
            id: "tasks".to_owned(),
            columns: vec![
                Column { key: "title".into(), label: "Title".into(), ..Column::default() },
                Column {
                    key: "due".into(),
                    label: "Due".into(),
                    sort_href: "?sort=-due".into(),
                    sorted: Some(Direction::Ascending),
                    hidden: true,
                    ..Column::default()
                },
            ],
            rows: vec![Row {
                id: "7".into(),
                href: "/tasks/7".into(),
                title: "Visit".into(),
                cells: vec![html! { "Visit" }, html! { "Mon" }],
                ..Row::default()
            }],
            ..Table::default()
        }
    }

    #[test]
    fn first_cell_is_link_and_row_header() {
        let text = table(&sample()).into_string();
        assert!(text.contains("<a class=\"row-link\" href=\"/tasks/7\">Visit</a>"));
        assert!(text.contains("aria-sort=\"ascending\""));
        assert_eq!(text.matches(" hidden").count(), 2, "head and cell of the hidden column");
        assert!(!text.contains("data-select"));
    }

    #[test]
    fn empty_state_replaces_only_an_empty_table() {
        let mut list = sample();
        list.empty = Some(html! { "none yet" });
        assert!(!table(&list).into_string().contains("none yet"));
        list.rows.clear();
        let text = table(&list).into_string();
        assert!(text.contains("none yet") && !text.contains("<table"));
    }

    #[test]
    fn bulk_actions_add_checkboxes_of_the_bar() {
        let mut list = sample();
        list.bulk_actions = vec![BulkAction { label: "Archive".into(), ..BulkAction::default() }];
        assert!(table(&list).into_string().contains("form=\"tasks-bulk\""));
    }
}
