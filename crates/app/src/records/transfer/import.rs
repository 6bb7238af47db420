//! Import of records from a file: rows with an id update, rows without create; the whole file or nothing.
//!
//! A file of more than one batch is tried first, batch by batch, each rolled back at once. Only if no row is wrong is
//! it written, batch by batch. So other writers wait no longer than one batch takes.

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Message;
use obcms_domain::core::message::Word;
use obcms_domain::message;
use obcms_domain::registry::shared::{ALL_DAY, END, START};
use obcms_domain::registry::{FieldError, Kind, Record, Value, output};
use obcms_store::records as store;
use obcms_store::records::Directory;
use rust_xlsxwriter::utility::column_number_to_name;
use serde::Serialize;

use super::batches::{Import, undo_address, yield_write_lock};
use super::cells;
use super::names::{Named, Names, Wanted, ids_in, names_in};
use super::people::{self, Context};
use super::plan::{Plan, Planned};
use super::sheet::Table;
use super::workbook::LONGEST_CELL;
use super::written::{self, CellError, Header};
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{Input, create, references, update};

/// Maximum size of a file in bytes.
pub const MAXIMUM_BYTES: usize = 5 * 1024 * 1024;
/// Maximum number of rows of a file, without the header.
pub const MAXIMUM_ROWS: usize = 5000;
/// Rows written in one transaction.
const BATCH: usize = 50;
/// Maximum number of errors in a report.
const MAXIMUM_ERRORS: usize = 500;
/// Maximum length of the value in an error, in characters.
const SHOWN_VALUE: usize = 100;

/// Error of one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// Row of the file, counted from 1 at the header.
    pub row: usize,
    /// Name of the field; empty for the row as a whole.
    pub field: String,
    /// Header of the column as in the file; empty if the file has none for the field.
    pub column: String,
    /// Reference of the cell in a spreadsheet, such as `D5`; empty if there is no column.
    pub cell: String,
    /// Beginning of the value in the file.
    pub value: String,
    /// Error code for programs.
    pub code: &'static str,
    /// Expected value, for people.
    pub message: Message,
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
    /// Number of rows with totals, which are not imported.
    pub total_rows: usize,
    /// Headers of fields that are not imported because they are calculated.
    pub ignored_columns: Vec<String>,
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
            return Err(AppError::conflict(message!(
                "{kinds} come from {source} and cannot be imported.",
                kinds = Word::label(kind.plural),
                source = Word::label(crate::records::source_label(kind))
            )));
        }
        if !actor.may(Action::Import, kind.area) {
            let what = message!("import {kinds}", kinds = Word::lower(kind.plural));
            return Err(AppError::forbidden(Action::Import, kind.area, what));
        }
        let plan = Plan::new(kind, &table.head)?;
        let rows = plan.without_totals(&table.rows);
        let wanted = wanted(&plan, rows);
        let names = self.read(|tx| Names::resolve(tx, actor, &wanted))?;
        let file = Source { kind, plan: &plan, head: &table.head, names: &names, zone: self.zone() };
        let mut tried = repeated(&file, rows);
        let size = batch_size(kind);
        if dry_run || rows.len() > size {
            for rows in rows.chunks(size) {
                if tried.errors.len() >= MAXIMUM_ERRORS {
                    break;
                }
                let (part, _) = self.batch(actor, &file, rows, |_, _| Ok(false))?;
                tried.add(part);
                yield_write_lock();
            }
        }
        let mut report = if dry_run || !tried.errors.is_empty() {
            tried.errors.truncate(MAXIMUM_ERRORS);
            tried
        } else {
            self.write_batches(actor, &file, rows)?
        };
        report.total_rows = table.rows.len() - rows.len();
        report.ignored_columns.clone_from(&plan.ignored);
        Ok(report)
    }

    /// Writes rows that were tried. If one of them still fails, because somebody wrote meanwhile, the written batches
    /// are undone.
    fn write_batches(&self, actor: &Actor, file: &Source<'_>, rows: &[Row]) -> Result<Report, AppError> {
        let mut import = Import::new(self);
        let mut report_of_all = Report::default();
        let mut remaining = rows.len();
        for rows in rows.chunks(batch_size(file.kind)) {
            remaining -= rows.len();
            let outcome = self.batch(actor, file, rows, |work, record| {
                import.note(work, record, file.kind.name, remaining == 0)?;
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
            if touched.is_some() && file.kind.is_changeable() {
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
        file: &Source<'_>,
        rows: &[Row],
        mut commits: impl FnMut(&mut UnitOfWork<'_, '_>, Option<Id>) -> Result<bool, AppError>,
    ) -> Result<(Report, Option<Id>), AppError> {
        let mut done = (Report::default(), None);
        let mut is_rolled_back = false;
        let outcome = self.write(actor, |work| {
            is_rolled_back = false;
            done = run(work, file, rows)?;
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
    let detail = |undo: Message| match outcome {
        Ok((report, _)) => match report.errors.first() {
            Some(error) => message!(
                "The import stopped at row {row}: {reason} {undo}",
                row = error.row,
                reason = error.message.clone(),
                undo
            ),
            None => message!("The import stopped. {undo}", undo),
        },
        Err(error) => message!("The import stopped: {reason} {undo}", reason = error.message(), undo),
    };
    match undo {
        AppError::Conflict { detail: undo, more } => AppError::Conflict { detail: detail(undo), more },
        other => other,
    }
}

/// Row of a file with its number.
pub type Row = (usize, Vec<String>);

/// File of an import.
struct Source<'a> {
    kind: &'static Kind,
    plan: &'a Plan,
    head: &'a [String],
    names: &'a Names,
    zone: &'a TimeZone,
}

impl Source<'_> {
    /// Adds an error of a row to the report.
    fn push(&self, report: &mut Report, (row, cells): &Row, field: &str, error: CellError) {
        let place = self.plan.place(field);
        let text = |texts: &[String]| place.and_then(|place| texts.get(place)).cloned().unwrap_or_default();
        let letters = place.and_then(|place| u16::try_from(place).ok()).map(column_number_to_name);
        report.errors.push(RowError {
            row: *row,
            field: field.to_owned(),
            column: text(self.head),
            cell: letters.map_or_else(String::new, |letters| format!("{letters}{row}")),
            value: text(cells).chars().take(SHOWN_VALUE).collect(),
            code: error.code,
            message: error.message,
        });
    }

    /// Parses the id in a row, if it has one.
    fn id_of(&self, cells: &[String]) -> Option<Result<Id, ()>> {
        let text = cells.get(self.plan.id?)?.trim();
        (!text.is_empty()).then(|| text.parse::<Id>().map_err(|_| ()))
    }
}

/// Returns the names in the cells of references.
fn wanted(plan: &Plan, rows: &[Row]) -> Wanted {
    let mut wanted = Wanted::default();
    for planned in plan.fields.iter().filter(|planned| planned.field.is_reference()) {
        let kinds = planned.field.target_kinds();
        let is_list = !planned.field.has_column();
        let cells = rows.iter().filter_map(|(_, cells)| cells.get(planned.place));
        for cell in cells.filter(|cell| !cell.trim().is_empty() && ids_in(cell).is_none()) {
            for name in names_in(cell, is_list) {
                wanted.add(Named::parse(&name, &kinds));
            }
        }
    }
    wanted
}

/// Checks across the rows: ids and unique values that are in the file twice.
fn repeated(file: &Source<'_>, rows: &[Row]) -> Report {
    let mut report = Report::default();
    let mut ids: HashSet<Id> = HashSet::new();
    for row in rows {
        match file.id_of(&row.1) {
            Some(Ok(id)) if !ids.insert(id) => {
                file.push(
                    &mut report,
                    row,
                    "id",
                    CellError::new("repeated", "This record appears twice in the file."),
                );
            }
            Some(Err(())) => {
                let message = "Must be the id of a record or empty.";
                file.push(&mut report, row, "id", CellError::new("type", message));
            }
            _ => {}
        }
    }
    for planned in file.plan.fields.iter().filter(|planned| planned.field.unique) {
        let mut seen: HashSet<&str> = HashSet::new();
        for row in rows {
            let text = row.1.get(planned.place).map_or("", |text| text.trim());
            if !text.is_empty() && !seen.insert(text) {
                let message = message!(
                    "Another {kind} in the file has this {field}.",
                    kind = Word::lower(file.kind.label),
                    field = Word::lower(planned.field.label)
                );
                file.push(&mut report, row, planned.field.name, CellError::new("unique", message));
            }
        }
    }
    report
}

/// Creates and updates the records of the rows. Returns the report and a record that was changed.
fn run(
    work: &mut UnitOfWork<'_, '_>,
    file: &Source<'_>,
    rows: &[Row],
) -> Result<(Report, Option<Id>), AppError> {
    let mut report = Report::default();
    let mut touched = None;
    let ids: Vec<Id> = rows.iter().filter_map(|(_, cells)| file.id_of(cells)?.ok()).collect();
    let mut records = store::load_many(work.tx, file.kind, &ids)?;
    // As in an export: a value that the actor does not see is not changed by a file without it.
    work.actor.conceal(&mut records);
    let targets: Vec<Id> =
        records.iter().flat_map(|record| record.values.iter().flat_map(Value::targets)).collect();
    let directory = references::visible(work.tx, work.actor, &targets)?;
    let existing: HashMap<Id, Record> = records.into_iter().map(|record| (record.id, record)).collect();
    for row in rows {
        let id = match file.id_of(&row.1) {
            // Reported above.
            Some(Err(())) => continue,
            Some(Ok(id)) => Some(id),
            None => None,
        };
        let record = id.and_then(|id| existing.get(&id));
        let given = Given::new(file, &row.1, record, &directory);
        let outcome = match (id, record) {
            (None, _) => create(work, file.kind, &given.input).map(|made| {
                report.created += 1;
                touched = Some(made.id);
            }),
            (Some(_), None) => Err(AppError::NotFound(file.kind.label)),
            (Some(_), Some(_)) if given.input.is_empty() => {
                report.unchanged += 1;
                continue;
            }
            (Some(id), Some(record)) => update(work, file.kind, id, &given.input, None).map(|changed| {
                report.updated += 1;
                if changed.version != record.version {
                    touched = Some(id);
                }
            }),
        };
        for (field, error) in given.merged(outcome)? {
            file.push(&mut report, row, &field, error);
        }
    }
    Ok((report, touched))
}

/// Input of a row: the filled cells of a new record, the cells that differ from an existing one.
struct Given {
    input: Input,
    errors: Vec<(&'static str, CellError)>,
}

impl Given {
    fn new(file: &Source<'_>, cells: &[String], record: Option<&Record>, directory: &Directory) -> Self {
        let text = |planned: &Planned| cells.get(planned.place).map_or("", String::as_str);
        let all_day = match file.plan.column(ALL_DAY.name()).map(text).map(str::trim) {
            Some(text) if !text.is_empty() => {
                ["true", "yes", "y", "1"].contains(&text.to_lowercase().as_str())
            }
            _ => record.is_some_and(|record| ALL_DAY.get(record)),
        };
        let row = written::Row { zone: file.zone, all_day, names: file.names };
        let context = Context { zone: file.zone, directory };
        let mut given = Self { input: Input::new(), errors: Vec::new() };
        for planned in &file.plan.fields {
            let text = text(planned);
            let differs = match record {
                None => !text.trim().is_empty(),
                Some(record) => !is_unchanged(record, planned, text, &context),
            };
            if differs {
                given.read(&row, planned, text, record);
            }
        }
        // A start alone would move the end, but the row has one.
        if record.is_some()
            && given.input.contains_key(START.name())
            && !given.input.contains_key(END.name())
            && let Some(planned) =
                file.plan.column(END.name()).filter(|planned| !text(planned).trim().is_empty())
        {
            given.read(&row, planned, text(planned), None);
        }
        given
    }

    fn read(&mut self, row: &written::Row<'_>, planned: &Planned, text: &str, record: Option<&Record>) {
        let field = planned.field;
        let (json, error) = row.read(field, planned.header, text);
        let present = record.map(|record| output::in_record(record, field, record.get(field.name)));
        if error.is_none() && present.is_some_and(|present| present == json) {
            return;
        }
        self.input.insert(field.name.to_owned(), json);
        self.errors.extend(error.map(|error| (field.name, error)));
    }

    /// Returns the errors of a row by field: those of its cells, in place of what the command says about the same
    /// fields, and those of the command.
    fn merged(self, outcome: Result<(), AppError>) -> Result<Vec<(String, CellError)>, AppError> {
        let mut own = self.errors;
        let whole = |code, error: &AppError| vec![(String::new(), CellError::new(code, error.message()))];
        let mut errors = match outcome {
            Ok(()) => Vec::new(),
            Err(AppError::Invalid(errors) | AppError::ForbiddenFields { errors, .. }) => {
                errors.into_iter().map(|error| replaced(error, &mut own)).collect()
            }
            Err(error @ AppError::NotFound(_)) => {
                vec![("id".to_owned(), CellError::new("unknown", error.message()))]
            }
            Err(error @ AppError::Forbidden { .. }) => whole("forbidden", &error),
            Err(error @ AppError::Conflict { .. }) => whole("conflict", &error),
            Err(error) => return Err(error),
        };
        errors.extend(own.into_iter().map(|(field, error)| (field.to_owned(), error)));
        Ok(errors)
    }
}

/// Returns the error of the cell of the same field, which knows better what people may write, or the error itself.
fn replaced(error: FieldError, own: &mut Vec<(&'static str, CellError)>) -> (String, CellError) {
    let cell = own.iter().position(|(field, _)| *field == error.field).map(|place| own.remove(place).1);
    let cell = cell.unwrap_or_else(|| CellError::new(error.code, error.message));
    (error.field, cell)
}

/// Returns true if a cell has the value that an export of the record has.
fn is_unchanged(record: &Record, planned: &Planned, text: &str, context: &Context<'_>) -> bool {
    let field = planned.field;
    let (is_equal, whole) = match planned.header {
        Header::Label => {
            let cell = context.cell(record, people::Column::Field(field));
            (cell.equals(text), cell.text())
        }
        Header::Name => {
            let whole = cells::write(record, field);
            (same(text, &whole), whole)
        }
    };
    // A workbook has the beginning of a text that is too long for it.
    is_equal || (text.chars().count() == LONGEST_CELL && whole.starts_with(text))
}

/// Returns true if two cells are equal except for line ends, which spreadsheets change.
pub fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
}
