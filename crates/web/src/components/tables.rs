//! Tables of records: sticky head with sort links, rows with links, selection with a bulk bar, column chooser and
//! pager. On the phone a row is two lines: the title, and the columns of the first ranks.
//!
//! The title takes what columns of known widths leave, and never less than [`TITLE`]: lesser columns are
//! dropped by container queries, without script.

use maud::{Markup, html};

use super::badges::grouped;
use super::icons::icon;
use crate::components::words::{t, t_html};

/// Table.
#[derive(Debug, Default, Clone)]
pub struct Table {
    /// Id of the element and name of the setting with the columns.
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
    /// Address of the page, to which the column chooser returns.
    pub address: String,
    /// True if the person chose the columns: none is dropped, and the table scrolls where they are too wide.
    pub is_chosen: bool,
    /// Headings of groups, each before the row at its place.
    pub headings: Vec<Heading>,
    /// True to show every column at any width, as on paper.
    pub is_print: bool,
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
    /// True if it is not shown; the column chooser offers it.
    pub hidden: bool,
    /// True if it has the same value in every row, so that it says nothing and is left out unless chosen.
    pub is_uniform: bool,
    /// Width; the browser decides by the content where it is `Auto`.
    pub width: ColumnWidth,
    /// Importance: columns with a high rank are dropped first, the first ranks are shown on the phone.
    pub rank: u8,
}

impl Column {
    /// Returns true if the table shows the column.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        !self.hidden && !self.is_uniform
    }
}

/// Width of a column by the form of its values.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum ColumnWidth {
    /// By the content.
    #[default]
    Auto,
    /// Number, yes or no.
    Number,
    /// Badge of a state, or a choice.
    State,
    /// Bar of a progress.
    Progress,
    /// Day.
    Date,
    /// Day with time.
    Moment,
    /// Amount of money.
    Money,
    /// Name, title or text.
    Text,
}

impl ColumnWidth {
    /// Returns the name in the style sheet and the width in pixels, as `tables.css` has it.
    const fn size(self) -> (&'static str, u32) {
        match self {
            Self::Auto => ("", 0),
            Self::Number => ("number", 96),
            Self::State => ("state", 112),
            Self::Progress => ("progress", 108),
            Self::Date => ("date", 144),
            Self::Moment => ("moment", 208),
            Self::Money => ("money", 136),
            Self::Text => ("text", 140),
        }
    }
}

/// Least width of the title in pixels.
pub const TITLE: u32 = 320;
/// Width of the checkbox in pixels.
const SELECT: u32 = 32;
/// Columns on the second line of a row on the phone.
const PHONE_COLUMNS: usize = 3;
/// Number of rows from which a column with one value is left out.
const UNIFORM_FROM: usize = 5;

/// Heading of a group of rows.
#[derive(Debug, Default, Clone)]
pub struct Heading {
    /// Place of the first row of the group.
    pub place: usize,
    /// Value that the rows share.
    pub label: Markup,
    /// Number of records of the group, also of those that are not shown.
    pub total: u64,
    /// Address of the whole group, if not all of it is shown.
    pub more_href: String,
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
    /// Version of the record, if cells of the row are edited in place.
    pub version: Option<i64>,
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

impl Table {
    /// Shows the columns that the person chose. Without a choice, those that are not hidden, except for columns with
    /// the same value in every row.
    pub fn choose(&mut self, chosen: Option<&[String]>) {
        self.is_chosen = chosen.is_some();
        if let Some(chosen) = chosen {
            for column in self.columns.iter_mut().skip(1) {
                column.hidden = !chosen.contains(&column.key);
            }
            return;
        }
        if self.rows.len() < UNIFORM_FROM {
            return;
        }
        for (place, column) in self.columns.iter_mut().enumerate().skip(1) {
            let first = self.rows[0].cells.get(place);
            // The same figure in all rows says something: nothing is committed, everything is done.
            column.is_uniform = !column.hidden
                && !column.right
                && column.sorted.is_none()
                && self
                    .rows
                    .iter()
                    .all(|row| row.cells.get(place).map(|cell| &cell.0) == first.map(|cell| &cell.0));
        }
    }

    /// Returns the shown columns with their places.
    fn shown(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.columns.iter().enumerate().filter(|(place, column)| *place == 0 || column.is_shown())
    }

    /// Returns the places of the shown columns besides the title, the most important first.
    fn by_rank(&self) -> Vec<usize> {
        let mut places: Vec<usize> = self.shown().map(|(place, _)| place).skip(1).collect();
        places.sort_by_key(|place| (self.columns[*place].rank, *place));
        places
    }

    fn layout(&self) -> Layout {
        let order = self.by_rank();
        let is_fixed = order.iter().all(|place| self.columns[*place].width != ColumnWidth::Auto);
        let select = if self.bulk_actions.is_empty() { 0 } else { SELECT };
        let mut sum = TITLE + select;
        let mut fits = vec![None; self.columns.len()];
        for place in &order {
            sum += self.columns[*place].width.size().1;
            // Steps of 20 pixels, which the style sheet has.
            fits[*place] = (!self.is_chosen && is_fixed).then(|| sum.next_multiple_of(20));
        }
        let least = (self.is_chosen && is_fixed).then(|| sum.next_multiple_of(100));
        let phone = order.into_iter().take(PHONE_COLUMNS).collect();
        Layout { is_fixed, fits, least, phone }
    }
}

/// Widths of a table.
struct Layout {
    /// True if all widths are known.
    is_fixed: bool,
    /// Width of the table from which a column is shown.
    fits: Vec<Option<u32>>,
    /// Width below which the table scrolls.
    least: Option<u32>,
    /// Places of the columns that the phone shows.
    phone: Vec<usize>,
}

/// Table with bulk bar and pager.
#[must_use]
pub fn table(table: &Table) -> Markup {
    let live = (!table.live.is_empty()).then_some(&table.live);
    let layout = table.layout();
    let fixed = layout.is_fixed.then_some("fixed");
    html! {
        div.table-block id=(table.id) data-live=[live] data-table data-chosen[table.is_chosen] data-all[table.is_print] {
            @if let (true, Some(empty)) = (table.rows.is_empty(), &table.empty) {
                (empty)
            } @else {
                (bulk_bar(table))
                div.table-wrap data-least=[layout.least] {
                    table.table data-layout=[fixed] {
                        caption.visually-hidden { (table.caption) }
                        thead { (head(table, &layout)) }
                        tbody {
                            @for (place, row) in table.rows.iter().enumerate() {
                                @for heading in table.headings.iter().filter(|heading| heading.place == place) {
                                    (group_heading(table, heading, &layout))
                                }
                                (body_row(table, row, &layout))
                            }
                        }
                    }
                }
                (pager(&table.pager, &table.caption, table.rows.len()))
            }
        }
    }
}

/// Column chooser of a table, in the filter row. The choice belongs to the person and holds on every device.
#[must_use]
pub fn column_chooser(table: &Table) -> Markup {
    let back = if table.address.is_empty() { format!("/{}", table.id) } else { table.address.clone() };
    html! {
        details.menu.column-chooser data-side="end" {
            summary.button data-kind="quiet" title=(t!("Choose columns")) {
                (icon("columns-3")) span.button-label { (t!("Columns")) }
            }
            form.menu-panel method="post" action="/me/columns" data-plain data-columns-of=(table.id) {
                input type="hidden" name="csrf_token" value=(table.csrf_token);
                input type="hidden" name="table" value=(table.id);
                input type="hidden" name="back" value=(back);
                @for column in table.columns.iter().skip(1) {
                    label.menu-item {
                        input type="checkbox" name="columns" value=(column.key) checked[!column.hidden];
                        (column.label)
                        @if column.is_uniform { small.faint { (t!("same in every row")) } }
                    }
                }
                div.menu-line {}
                div.column-buttons {
                    button.button.without-script data-kind="main" type="submit" { (t!("Apply")) }
                    button.button type="submit" name="reset" value="true" { (t!("Reset")) }
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

fn head(table: &Table, layout: &Layout) -> Markup {
    html! {
        tr {
            @if !table.bulk_actions.is_empty() {
                th.select-cell scope="col" { input type="checkbox" data-select-all aria-label=(t!("Select all rows")); }
            }
            @for (place, column) in table.shown() {
                @let size = column.width.size().0;
                th scope="col" data-column=(column.key) data-right[column.right] data-fits=[layout.fits[place]]
                    data-size=[(place > 0 && !size.is_empty()).then_some(size)]
                    aria-sort=[column.sorted.map(sort_name)] {
                    @if column.sort_href.is_empty() {
                        (column.label)
                    } @else {
                        a href=(column.sort_href) title=(column.label) {
                            span { (column.label) }
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

fn group_heading(table: &Table, heading: &Heading, layout: &Layout) -> Markup {
    let first = if table.bulk_actions.is_empty() { 1 } else { 2 };
    html! {
        tr.group-row {
            th colspan=(first) scope="rowgroup" {
                span.group-label { (heading.label) } " " span.count { (grouped(heading.total)) }
                @if !heading.more_href.is_empty() { " " a href=(heading.more_href) { (t!("Show all")) } }
            }
            // As many cells as the other rows have at any width.
            @for (place, _) in table.shown().skip(1) { td data-fits=[layout.fits[place]] {} }
        }
    }
}

fn sort_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ascending",
        Direction::Descending => "descending",
    }
}

fn body_row(table: &Table, row: &Row, layout: &Layout) -> Markup {
    html! {
        tr id={ (table.id) "-" (row.id) } data-id=(row.id) data-version=[row.version] data-past[row.past]
            data-href=[(!row.href.is_empty()).then_some(&row.href)] {
            @if !table.bulk_actions.is_empty() {
                td.select-cell {
                    input type="checkbox" name="ids" value=(row.id) form={ (table.id) "-bulk" } data-select
                        aria-label={ (t_html!("Select {title}", title = row.title)) };
                }
            }
            @for (place, column, cell) in table.shown().filter_map(|(place, column)| Some((place, column, row.cells.get(place)?))) {
                @if place == 0 {
                    th.title-cell scope="row" data-column=(column.key) {
                        @if row.href.is_empty() { (cell) } @else { a.row-link href=(row.href) { (cell) } }
                        (row.title_edit)
                    }
                } @else {
                    td data-column=(column.key) data-label=(column.label) data-right[column.right]
                        data-fits=[layout.fits[place]] data-phone[layout.phone.contains(&place)] { (cell) }
                }
            }
        }
    }
}

fn pager(pager: &Pager, caption: &str, shown: usize) -> Markup {
    let size = if pager.page_size == 0 { 50 } else { pager.page_size };
    html! {
        nav.pager aria-label=(t_html!("Pages of {caption}", caption)) {
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
                    ..Column::default()
                },
                Column { key: "lead".into(), label: "Lead".into(), hidden: true, ..Column::default() },
            ],
            rows: vec![Row {
                id: "7".into(),
                href: "/tasks/7".into(),
                title: "Visit".into(),
                cells: vec![html! { "Visit" }, html! { "Mon" }, html! { "Amina" }],
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
        assert!(!text.contains("Amina") && !text.contains("Lead"), "a hidden column is not sent");
        assert!(!text.contains("data-select"));
    }

    #[test]
    fn lesser_columns_need_more_room() {
        let mut list = sample();
        let column = |key: &str, width, rank| Column { key: key.into(), width, rank, ..Column::default() };
        list.columns = vec![
            Column::default(),
            column("lead", ColumnWidth::Text, 3),
            column("budget", ColumnWidth::Money, 2),
            column("status", ColumnWidth::State, 0),
        ];
        let layout = list.layout();
        assert_eq!(layout.fits, [None, Some(720), Some(580), Some(440)]);
        assert_eq!(layout.phone, [3, 2, 1]);
        list.choose(Some(&["lead".to_owned(), "budget".to_owned()]));
        let layout = list.layout();
        assert_eq!(
            (layout.fits, layout.least),
            (vec![None; 4], Some(600)),
            "a chosen column is never dropped"
        );
    }

    #[test]
    fn column_with_one_value_is_left_out_of_a_long_list() {
        let mut list = sample();
        list.columns[1].sorted = None;
        let row = list.rows[0].clone();
        list.rows = vec![row; 5];
        list.choose(None);
        assert!(list.columns[1].is_uniform);
        assert!(!table(&list).into_string().contains("Mon"));
        list.choose(Some(&["due".to_owned()]));
        assert!(column_chooser(&list).into_string().contains("value=\"due\" checked"));
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
