//! Records out of a file: rows with an id change, rows without make new ones; all of the file or nothing.

use obcms_domain::id::Id;
use obcms_domain::people::Action;
use obcms_domain::registry::{Field, FieldError, Kind, Record, Source};
use obcms_store::records as store;
use serde::Serialize;

use super::sheet::Table;
use super::{Column, cells, columns};
use crate::error::AppError;
use crate::records::{Input, create, update};
use crate::work::Work;
use crate::{Actor, App};

/// Bytes of a file at most.
pub const MAXIMUM_BYTES: usize = 5 * 1024 * 1024;
/// Rows of a file at most, beside its head.
pub const MAXIMUM_ROWS: usize = 5000;
/// Errors that a report names; who made more mends these first.
const MAXIMUM_ERRORS: usize = 500;

/// What is wrong with one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// Row of the file, counted from 1 with the head.
    pub row: usize,
    /// The column; empty for the row as a whole.
    pub field: String,
    /// A short word for programs.
    pub code: &'static str,
    /// What was expected, for people.
    pub message: String,
}

/// What a file would do, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// New records.
    pub created: usize,
    /// Changed records.
    pub updated: usize,
    /// Rows that say what is already so.
    pub unchanged: usize,
    /// What is wrong; with one of these nothing is written.
    pub errors: Vec<RowError>,
}

impl App {
    /// Reads records in. With `dry_run`, or when something is wrong, nothing is written.
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
                "{} come from {} and are not read in.",
                kind.plural,
                crate::records::whence(kind)
            )));
        }
        if !actor.may(Action::Import, kind.area) {
            let what = format!("read {} in from files", kind.plural.to_lowercase());
            return Err(AppError::forbidden(Action::Import, kind.area, &what));
        }
        let plan = plan(kind, &table.head)?;
        let mut report = Report::default();
        let outcome = self.write(actor, |work| {
            report = run(work, kind, table, &plan)?;
            if dry_run || !report.errors.is_empty() {
                // Leaving with an error takes the transaction back.
                return Err(AppError::conflict("nothing is kept"));
            }
            Ok(())
        });
        match outcome {
            Err(AppError::Conflict { .. }) if dry_run || !report.errors.is_empty() => Ok(report),
            Err(error) => Err(error),
            Ok(()) => Ok(report),
        }
    }
}

/// Which cell belongs to what.
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
            errors.push(FieldError::new(name, "repeated", "This column stands in the file twice."));
        }
        match known.iter().find(|column| column.name() == *name) {
            Some(Column::Id) => plan.id = Some(place),
            Some(Column::Field(field)) if field.source == Source::Input => plan.fields.push((place, *field)),
            // Readable titles and what is computed go out and are not read in.
            Some(_) => {}
            None if ["version", "created_by", "kind", "url", "display_title"].contains(&name.as_str()) => {}
            None => errors.push(FieldError::new(
                name,
                "unknown_field",
                format!("There is no such field on {}.", kind.plural.to_lowercase()),
            )),
        }
    }
    if errors.is_empty() && plan.fields.is_empty() {
        errors.push(FieldError::new("file", "empty", "The file has no column that can be read in."));
    }
    if errors.is_empty() { Ok(plan) } else { Err(AppError::Invalid(errors)) }
}

fn run(work: &mut Work<'_, '_>, kind: &'static Kind, table: &Table, plan: &Plan) -> Result<Report, AppError> {
    let mut report = Report::default();
    let mut ids: Vec<Id> = Vec::new();
    for (row, row_cells) in &table.rows {
        if let Some(text) =
            plan.id.and_then(|place| row_cells.get(place)).filter(|text| !text.trim().is_empty())
        {
            match text.trim().parse::<Id>() {
                Ok(id) if ids.contains(&id) => {
                    push(&mut report, *row, "id", "repeated", "This id stands in the file twice.");
                }
                Ok(id) => ids.push(id),
                Err(_) => push(&mut report, *row, "id", "type", "Expected the id of a record, or nothing."),
            }
        }
    }
    let existing: std::collections::HashMap<Id, Record> =
        store::load_many(work.tx, kind, &ids)?.into_iter().map(|record| (record.id, record)).collect();
    for (row, row_cells) in &table.rows {
        if report.errors.len() >= MAXIMUM_ERRORS {
            break;
        }
        let id = plan
            .id
            .and_then(|place| row_cells.get(place))
            .filter(|text| !text.trim().is_empty())
            .map(|text| text.trim().parse::<Id>());
        let outcome = match id {
            // Named above.
            Some(Err(_)) => continue,
            None => create(work, kind, &given(plan, row_cells, None)).map(|_| report.created += 1),
            Some(Ok(id)) => match existing.get(&id) {
                None => Err(AppError::NotFound(kind.label)),
                Some(record) => {
                    let input = given(plan, row_cells, Some(record));
                    if input.is_empty() {
                        report.unchanged += 1;
                        continue;
                    }
                    update(work, kind, id, &input, None).map(|_| report.updated += 1)
                }
            },
        };
        match outcome {
            Ok(()) => {}
            Err(AppError::Invalid(errors)) => {
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
    Ok(report)
}

fn push(report: &mut Report, row: usize, field: &str, code: &'static str, message: &str) {
    report.errors.push(RowError { row, field: field.to_owned(), code, message: message.to_owned() });
}

/// The input of a row: for a new record the cells that are filled, for a known one those that say something else.
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

/// Whether two cells say the same; spreadsheets turn line ends around.
fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
}
