//! Preview of an import: errors of the file, or its rows with what happens to their records.

use maud::{Markup, html};
use obcms_app::records::transfer::{Report, RowError, RowOutcome, RowPreview};
use obcms_domain::registry::{FieldError, Kind};

use crate::components::badges::Tone;
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{FieldChange, changes};
use crate::components::feedback;
use crate::components::forms::{Choice, Control, FormField, field};
use crate::components::icons::icon;
use crate::components::words::{self, t, t_html};
use crate::core::frame::Page;
use crate::records::plural;

/// Maximum number of errors on the page.
const SHOWN: usize = 100;

/// Columns of a file that cannot be imported.
#[must_use]
pub fn header_errors(errors: &[FieldError]) -> Markup {
    html! {
        (feedback::notice(Tone::Bad, &html! {
            p { (t!("Not imported. Correct these columns and check the file again:")) }
            ul.import-columns { @for error in errors { li { (words::message(&error.message)) } } }
        }))
    }
}

/// Result of the dry run: its errors, or its rows with the button that imports them.
#[must_use]
pub fn preview(kind: &'static Kind, page: &Page, report: &Report, content: &str) -> Markup {
    let counts = counts(report);
    if !report.errors.is_empty() {
        return html! {
            (feedback::notice(Tone::Bad, &html! {
                @if report.errors.len() == 1 { (t!("Not imported: 1 error. Correct the file and check it again.")) }
                @else { (t_html!("Not imported: {count} errors. Correct the file and check it again.", count = report.errors.len())) }
            }))
            (counts)
            (error_table(kind, report))
        };
    }
    let has_work = report.created + report.updated + report.duplicates > 0;
    html! {
        (feedback::notice(if has_work { Tone::Good } else { Tone::Neutral }, &html! {
            @if has_work { (t!("No errors. Nothing is saved yet.")) }
            @else { (t!("The file has no changes.")) }
        }))
        (counts)
        @if has_work {
            form.form method="post" action={ "/" (kind.collection) "/import" } enctype="multipart/form-data" {
                input type="hidden" name="csrf_token" value=(page.csrf());
                textarea name="content" hidden aria-label=(t!("Content of the file")) { "\n" (content) }
                @if report.duplicates > 0 { (duplicates_field(report)) }
                div.form-actions {
                    (submit_button(&t!("Import {kinds}", kinds = plural(kind)), "check", ButtonKind::Main))
                }
            }
        }
        (rows(kind, report))
    }
}

/// Choice of what happens to probable duplicates.
fn duplicates_field(report: &Report) -> Markup {
    let option = |value: &str, label: &str, selected| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        selected,
    };
    field(&FormField {
        name: "duplicates".to_owned(),
        label: if report.duplicates == 1 {
            t!("1 row is probably a duplicate").to_owned()
        } else {
            t!("{count} rows are probably duplicates", count = report.duplicates)
        },
        help: t!("They are listed below with the record or the row that they equal.").to_owned(),
        control: Control::Radio {
            options: vec![option("skip", t!("Skip"), true), option("create", t!("Create anyway"), false)],
        },
        ..FormField::default()
    })
}

/// Rows by outcome, those first that deserve a look.
fn rows(kind: &'static Kind, report: &Report) -> Markup {
    let sections = [
        (RowOutcome::Duplicate, t!("Probable duplicates"), report.duplicates),
        (RowOutcome::Changed, t!("Changed"), report.updated),
        (RowOutcome::New, t!("New"), report.created),
        (RowOutcome::Unchanged, t!("Unchanged"), report.unchanged),
    ];
    html! {
        @for (outcome, title, count) in sections {
            @let shown: Vec<&RowPreview> = report.rows.iter().filter(|row| row.outcome == outcome).collect();
            @if !shown.is_empty() {
                details.import-rows open[outcome != RowOutcome::Unchanged] {
                    summary { (icon("chevron-right")) h2 { (title) " " span.faint { (count) } } }
                    (row_table(kind, title, &shown))
                    @if count > shown.len() {
                        p.muted { (t_html!("Only the first {shown} are listed. {rest} more are treated the same way.", shown = shown.len(), rest = count - shown.len())) }
                    }
                }
            }
        }
    }
}

fn row_table(kind: &'static Kind, title: &str, rows: &[&RowPreview]) -> Markup {
    let is_duplicate = rows.iter().any(|row| row.duplicate.is_some());
    let has_cells = rows.iter().any(|row| !row.cells.is_empty());
    let title_column = words::label(kind.field(kind.title).map_or(kind.label, |field| field.label));
    html! {
        div.table-block tabindex="0" role="region" aria-label=(title) {
            table.table.import-table {
                thead { tr {
                    th scope="col" { (t!("Row")) }
                    th scope="col" { (title_column) }
                    @if is_duplicate { th scope="col" { (t!("Equals")) } }
                    @if has_cells { th scope="col" { (t!("Values")) } }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            td data-label=(t!("Row")) { (row.row) }
                            td.import-title {
                                @match row.id {
                                    Some(id) => a href={ "/" (kind.collection) "/" (id) } { (row.title) },
                                    None => (row.title),
                                }
                            }
                            @if is_duplicate { td data-label=(t!("Equals")) { (original(kind, row)) } }
                            @if has_cells { td.import-values { (values(kind, row)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Link to the record, or number of the row, that a duplicate equals.
fn original(kind: &'static Kind, row: &RowPreview) -> Markup {
    html! {
        @if let Some(original) = &row.duplicate {
            @match (original.id, original.row) {
                (Some(id), _) => a href={ "/" (kind.collection) "/" (id) } { (t!("Existing record")) },
                (None, Some(row)) => (t_html!("Row {row}", row)),
                (None, None) => (""),
            }
        }
    }
}

/// Old and new values of the cells; the title of a new record has a column of its own.
fn values(kind: &'static Kind, row: &RowPreview) -> Markup {
    let cells = row.cells.iter().filter(|cell| row.id.is_some() || cell.field != kind.title);
    let cells: Vec<FieldChange> = cells
        .map(|cell| FieldChange {
            label: cell.column.clone(),
            old: cell.before.clone(),
            new: cell.after.clone(),
        })
        .collect();
    changes(&cells)
}

/// Numbers of rows, and the columns that are not imported.
fn counts(report: &Report) -> Markup {
    let tile = |label: &str, count: usize| html! { div { dt { (label) } dd { (count) } } };
    html! {
        dl.import-counts {
            (tile(t!("New"), report.created))
            (tile(t!("Changed"), report.updated))
            (tile(t!("Unchanged"), report.unchanged))
            @if report.duplicates > 0 { (tile(t!("Probable duplicates"), report.duplicates)) }
            @if !report.errors.is_empty() { (tile(t!("Errors"), report.errors.len())) }
            @if report.total_rows > 0 { (tile(t!("Totals, not imported"), report.total_rows)) }
        }
        @if !report.ignored_columns.is_empty() {
            p.muted { (t_html!("Not imported, because they are calculated: {columns}.", columns = report.ignored_columns.join(", "))) }
        }
    }
}

/// Errors by cell.
fn error_table(kind: &'static Kind, report: &Report) -> Markup {
    let column = |error: &RowError| match (error.column.is_empty(), kind.field(&error.field)) {
        (true, Some(field)) => words::label(field.label).to_owned(),
        (true, None) => error.field.clone(),
        (false, _) => error.column.clone(),
    };
    html! {
        div.table-block tabindex="0" role="region" aria-label=(t!("Errors in the file")) {
            table.table.import-errors {
                caption.visually-hidden { (t!("Errors in the file")) }
                thead { tr {
                    th scope="col" { (t!("Row")) }
                    th scope="col" { (t!("Cell")) }
                    th scope="col" { (t!("Column")) }
                    th scope="col" { (t!("Value")) }
                    th scope="col" { (t!("What was expected")) }
                } }
                tbody {
                    @for error in report.errors.iter().take(SHOWN) {
                        tr {
                            td data-label=(t!("Row")) { (error.row) }
                            td data-label=(t!("Cell")) { (error.cell) }
                            td data-label=(t!("Column")) { (column(error)) }
                            td data-label=(t!("Value")) { @if error.value.is_empty() { span.faint { (t!("Empty")) } } @else { (error.value) } }
                            td data-label=(t!("What was expected")) { (words::message(&error.message)) }
                        }
                    }
                }
            }
        }
        @if report.errors.len() > SHOWN { p.muted { (t_html!("And {count} more.", count = report.errors.len() - SHOWN)) } }
    }
}
