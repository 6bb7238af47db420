//! Report as a page: figures, charts and tables.

use maud::{Markup, html};
use obcms_app::reports::{Block, Report, Table, Value};

use crate::components::charts::{Bar, bars};
use crate::components::words::{t, t_html};

/// Content of a report.
pub(super) fn document(report: &Report) -> Markup {
    html! {
        article.report {
            p.muted {
                @for (label, value) in &report.filters { (label) ": " (value) " · " }
                (t_html!("made on {day}", day = report.made_on.strftime("%-d %B %Y")))
                @if !report.made_for.is_empty() { " " (t_html!("for {person}", person = report.made_for)) }
            }
            @for block in &report.blocks { (part(block)) }
        }
    }
}

fn part(block: &Block) -> Markup {
    match block {
        Block::Heading(text) => html! { h2 { (text) } },
        Block::Note(text) => html! { p.report-note { (text) } },
        Block::Figures(figures) => html! {
            dl.report-figures {
                @for figure in figures { div { dt { (figure.label) } dd { (figure.value.shown()) } } }
            }
        },
        Block::Bars(title, rows) => {
            #[allow(clippy::cast_precision_loss)] // A share of the width.
            let bar = |row: &obcms_app::reports::Bar| Bar {
                label: row.label.clone(),
                value: row.value.length() as f64,
                text: row.value.shown(),
                ..Bar::default()
            };
            let rows: Vec<Bar> = rows.iter().map(bar).collect();
            html! { div.report-chart { (bars(title, &rows)) } }
        }
        Block::Table(table) => sheet(table),
    }
}

fn sheet(table: &Table) -> Markup {
    if table.rows.is_empty() {
        return html! { p.muted { (t!("None.")) } };
    }
    let right = |place: usize| {
        let mut values =
            table.rows.iter().filter_map(|row| row.get(place)).filter(|value| **value != Value::None);
        values.next().is_some_and(Value::is_number)
    };
    let numeric: Vec<bool> = (0..table.columns.len()).map(right).collect();
    html! {
        div.report-table tabindex="0" role="region" aria-label=(table.title) {
            table.figure-table {
                caption.visually-hidden { (table.title) }
                thead { tr {
                    @for (place, column) in table.columns.iter().enumerate() {
                        th.right[numeric[place]] scope="col" { (column.label) }
                    }
                } }
                tbody {
                    @for row in &table.rows { tr {
                        @for (place, value) in row.iter().enumerate() {
                            @if place == 0 { th scope="row" { (value.shown()) } }
                            @else { td.right[numeric[place]] { (value.shown()) } }
                        }
                    } }
                }
                @if !table.totals.is_empty() {
                    tfoot { tr {
                        @for (place, value) in table.totals.iter().enumerate() {
                            @if place == 0 { th scope="row" { (value.shown()) } }
                            @else { td.right[numeric[place]] { @if *value != Value::None { (value.shown()) } } }
                        }
                    } }
                }
            }
        }
    }
}
