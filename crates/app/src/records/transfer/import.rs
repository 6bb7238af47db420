//! Import of records from a file: rows with an id update, rows without create; the whole file or nothing.
//!
//! A file of more than one batch is tried first, batch by batch, each rolled back at once. Only if no row is wrong is
//! it written, batch by batch. So other writers wait no longer than one batch takes.

use std::collections::HashSet;

use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::registry::{Field, FieldError, Kind, Record, Source};
use obcms_store::records as store;
use serde::Serialize;

use super::batches::{Import, undo_address, yield_write_lock};
use super::sheet::Table;
use super::{Column, cells, columns};
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{Input, create, update};

/// Maximum size of a file in bytes.
pub const MAXIMUM_BYTES: usize = 5 * 1024 * 1024;
/// Maximum number of rows of a file, without the header.
pub const MAXIMUM_ROWS: usize = 5000;
/// Rows written in one transaction.
const BATCH: usize = 50;
/// Maximum number of errors in a report.
const MAXIMUM_ERRORS: usize = 500;

/// Error of one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// Row of the file, counted from 1 at the header.
    pub row: usize,
    /// Name of the column; empty for the row as a whole.
    pub field: String,
    /// Error code for programs.
    pub code: &'static str,
    /// Expected value, for people.
    pub message: String,
}

/// Result of an import or of its dry run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Number of created records.
    pub created: usize,
    /// Number of updated records.
    pub updated: usize,
    /// Number of rows that equal their record.
    pub unchanged: usize,
    /// Errors of cells; nothing is written if there are any.
    pub errors: Vec<RowError>,
    /// Address that undoes the import, if it wrote something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
}

impl Report {
    /// Adds the result of another part of the file.
    fn add(&mut self, part: Self) {
        self.created += part.created;
        self.updated += part.updated;
        self.unchanged += part.unchanged;
        self.errors.extend(part.errors);
    }
}

impl App {
    /// Imports records. Nothing is written with `dry_run`, or if there are errors.
    pub fn import(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        table: &Table,
        dry_run: bool,
    ) -> Result<Report, AppError> {
        crate::records::require_write(actor)?;
        if !kind.writable {
            return Err(AppError::conflict(format!(
                "{} come from {} and cannot be imported.",
                kind.plural,
                crate::records::source_label(kind)
            )));
        }
        if !actor.may(Action::Import, kind.area) {
            let what = format!("import {}", kind.plural.to_lowercase());
            return Err(AppError::forbidden(Action::Import, kind.area, &what));
        }
        let plan = plan(kind, &table.head)?;
        let mut tried = repeated(kind, table, &plan);
        let size = batch_size(kind);
        if dry_run || table.rows.len() > size {
            for rows in table.rows.chunks(size) {
                if tried.errors.len() >= MAXIMUM_ERRORS {
                    break;
                }
                let (part, _) = self.batch(actor, kind, rows, &plan, |_, _| Ok(false))?;
                tried.add(part);
                yield_write_lock();
            }
        }
        if dry_run || !tried.errors.is_empty() {
            tried.errors.truncate(MAXIMUM_ERRORS);
            return Ok(tried);
        }
        self.write_batches(actor, kind, &table.rows, &plan)
    }

    /// Writes rows that were tried. If one of them still fails, because somebody wrote meanwhile, the written batches
    /// are undone.
    fn write_batches(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        rows: &[Row],
        plan: &Plan,
    ) -> Result<Report, AppError> {
        let mut import = Import::new(self);
        let mut report_of_all = Report::default();
        let mut remaining = rows.len();
        for rows in rows.chunks(batch_size(kind)) {
            remaining -= rows.len();
            let outcome = self.batch(actor, kind, rows, plan, |work, record| {
                import.note(work, record, kind.name, remaining == 0)?;
                Ok(true)
            });
            let failed = match &outcome {
                Ok((part, _)) => !part.errors.is_empty(),
                Err(_) => true,
            };
            if failed
                && report_of_all.undo.is_some()
                && let Err(error) = self.undo_import(actor, import.id)
            {
                return Err(partial_import_error(&outcome, error));
            }
            let (part, touched) = outcome?;
            if failed {
                return Ok(Report { errors: part.errors, ..Report::default() });
            }
            report_of_all.add(part);
            if touched.is_some() && kind.is_changeable() {
                report_of_all.undo = Some(undo_address(import.id));
            }
            import.next();
            yield_write_lock();
        }
        Ok(report_of_all)
    }

    /// Writes rows in one transaction. It is committed if no row is wrong and `commits`, called last, returns true.
    fn batch(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        rows: &[Row],
        plan: &Plan,
        mut commits: impl FnMut(&mut UnitOfWork<'_, '_>, Option<Id>) -> Result<bool, AppError>,
    ) -> Result<(Report, Option<Id>), AppError> {
        let mut done = (Report::default(), None);
        let mut is_rolled_back = false;
        let outcome = self.write(actor, |work| {
            is_rolled_back = false;
            done = run(work, kind, rows, plan)?;
            if done.0.errors.is_empty() && commits(work, done.1)? {
                return Ok(());
            }
            is_rolled_back = true;
            // An error rolls the transaction back.
            Err(AppError::Internal("the batch is rolled back".to_owned()))
        });
        match outcome {
            Err(_) if is_rolled_back => Ok(done),
            Err(error) => Err(error),
            Ok(()) => Ok(done),
        }
    }
}

/// Returns the number of rows that are written in one transaction. Records that cannot be undone are written together,
/// and each row is checked after the rows above it.
const fn batch_size(kind: &Kind) -> usize {
    if kind.append_only { MAXIMUM_ROWS } else { BATCH }
}

/// Returns the error of an import that failed in the middle and could not be undone, with both reasons.
fn partial_import_error(outcome: &Result<(Report, Option<Id>), AppError>, undo: AppError) -> AppError {
    let reason = match outcome {
        Ok((report, _)) => report
            .errors
            .first()
            .map_or_else(String::new, |error| format!(" at row {}: {}", error.row, error.message)),
        Err(error) => format!(": {error}"),
    };
    match undo {
        AppError::Conflict { detail, more } => {
            AppError::Conflict { detail: format!("The import stopped{reason} {detail}"), more }
        }
        other => other,
    }
}

/// Row of a file with its number.
type Row = (usize, Vec<String>);

/// Columns of a file by the fields that they fill.
struct Plan {
    id: Option<usize>,
    fields: Vec<(usize, &'static Field)>,
}

fn plan(kind: &'static Kind, head: &[String]) -> Result<Plan, AppError> {
    let known = columns(kind);
    let mut plan = Plan { id: None, fields: Vec::new() };
    let mut errors = Vec::new();
    for (place, name) in head.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if head[..place].contains(name) {
            errors.push(FieldError::new(name, "repeated", "This column appears twice in the file."));
        }
        match known.iter().find(|column| column.name() == *name) {
            Some(Column::Id) => plan.id = Some(place),
            Some(Column::Field(field)) if field.source == Source::Input => plan.fields.push((place, *field)),
            // Titles of references and computed fields are exported, but not imported.
            Some(_) => {}
            None if ["version", "created_by", "kind", "url", "display_title"].contains(&name.as_str()) => {}
            None => errors.push(FieldError::new(
                name,
                "unknown_field",
                format!("{} have no such field.", kind.plural.to_lowercase()),
            )),
        }
    }
    if errors.is_empty() && plan.fields.is_empty() {
        errors.push(FieldError::new("file", "empty", "The file has no column that can be imported."));
    }
    if errors.is_empty() { Ok(plan) } else { Err(AppError::Invalid(errors)) }
}

/// Checks across the rows: ids and unique values that are in the file twice.
fn repeated(kind: &'static Kind, table: &Table, plan: &Plan) -> Report {
    let mut report = Report::default();
    let mut ids: HashSet<Id> = HashSet::new();
    for (row, cells) in &table.rows {
        match id_of(plan, cells) {
            Some(Ok(id)) if !ids.insert(id) => {
                push(&mut report, *row, "id", "repeated", "This id appears twice in the file.");
            }
            Some(Err(_)) => push(&mut report, *row, "id", "type", "Must be the id of a record or empty."),
            _ => {}
        }
    }
    for (place, field) in plan.fields.iter().filter(|(_, field)| field.unique) {
        let mut seen: HashSet<&str> = HashSet::new();
        for (row, cells) in &table.rows {
            let text = cells.get(*place).map_or("", |text| text.trim());
            if !text.is_empty() && !seen.insert(text) {
                let message = format!(
                    "Another {} in the file has this {}.",
                    kind.label.to_lowercase(),
                    field.label.to_lowercase()
                );
                push(&mut report, *row, field.name, "unique", &message);
            }
        }
    }
    report
}

/// Parses the id in a row, if it has one.
fn id_of(plan: &Plan, cells: &[String]) -> Option<Result<Id, ()>> {
    let text = cells.get(plan.id?)?.trim();
    (!text.is_empty()).then(|| text.parse::<Id>().map_err(|_| ()))
}

/// Creates and updates the records of the rows. Returns the report and a record that was changed.
fn run(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static Kind,
    rows: &[Row],
    plan: &Plan,
) -> Result<(Report, Option<Id>), AppError> {
    let mut report = Report::default();
    let mut touched = None;
    let ids: Vec<Id> = rows.iter().filter_map(|(_, cells)| id_of(plan, cells)?.ok()).collect();
    let existing: std::collections::HashMap<Id, Record> =
        store::load_many(work.tx, kind, &ids)?.into_iter().map(|record| (record.id, record)).collect();
    for (row, row_cells) in rows {
        let outcome = match id_of(plan, row_cells) {
            // Reported above.
            Some(Err(_)) => continue,
            None => create(work, kind, &given(plan, row_cells, None)).map(|made| {
                report.created += 1;
                touched = Some(made.id);
            }),
            Some(Ok(id)) => match existing.get(&id) {
                None => Err(AppError::NotFound(kind.label)),
                Some(record) => {
                    let input = given(plan, row_cells, Some(record));
                    if input.is_empty() {
                        report.unchanged += 1;
                        continue;
                    }
                    update(work, kind, id, &input, None).map(|changed| {
                        report.updated += 1;
                        if changed.version != record.version {
                            touched = Some(id);
                        }
                    })
                }
            },
        };
        match outcome {
            Ok(()) => {}
            Err(AppError::Invalid(errors) | AppError::ForbiddenFields { errors, .. }) => {
                for error in errors {
                    push(&mut report, *row, &error.field, error.code, &error.message);
                }
            }
            Err(error @ AppError::NotFound(_)) => {
                push(&mut report, *row, "id", "unknown", &error.to_string());
            }
            Err(error @ AppError::Forbidden { .. }) => {
                push(&mut report, *row, "", "forbidden", &error.to_string());
            }
            Err(error @ AppError::Conflict { .. }) => {
                push(&mut report, *row, "", "conflict", &error.to_string());
            }
            Err(error) => return Err(error),
        }
    }
    Ok((report, touched))
}

fn push(report: &mut Report, row: usize, field: &str, code: &'static str, message: &str) {
    report.errors.push(RowError { row, field: field.to_owned(), code, message: message.to_owned() });
}

/// Returns the input of a row: the filled cells for a new record, the cells that differ for an existing one.
fn given(plan: &Plan, row: &[String], record: Option<&Record>) -> Input {
    let mut input = Input::new();
    for (place, field) in &plan.fields {
        let text = row.get(*place).map_or("", String::as_str);
        let differs = match record {
            None => !text.trim().is_empty(),
            Some(record) => !same(text, &cells::write(record, field)),
        };
        if differs {
            input.insert(field.name.to_owned(), cells::read(field, text));
        }
    }
    input
}

/// Returns true if two cells are equal except for line ends, which spreadsheets change.
fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
}
