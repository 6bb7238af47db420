//! Rows of a file to import: parsed, written as records, and compared with what they were.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::message;
use obcms_domain::records::input;
use obcms_domain::registry::shared::{ALL_DAY, END, START};
use obcms_domain::registry::{FieldError, Kind, Record, Value, output};
use obcms_store::records as store;
use obcms_store::records::Directory;
use rust_xlsxwriter::utility::column_number_to_name;

use super::cells;
use super::import::{Report, RowError};
use super::names::{Named, Names, Wanted, ids_in, names_in};
use super::people::{self, Context};
use super::plan::{Plan, Planned};
use super::preview::{Outcome, RowPreview, cells_of};
use super::sheet::Merged;
use super::workbook::LONGEST_CELL;
use super::written::{self, CellError, Header};
use crate::core::{AppError, UnitOfWork};
use crate::records::{Input, create, errors_of_new, references, update};

/// Code of the error of a cell that is merged with another one.
pub const MERGED: &str = "merged";
/// Maximum length of the value in an error, in characters.
const SHOWN_VALUE: usize = 100;

/// Row of a file with its number.
pub type Row = (usize, Vec<String>);

/// File of an import.
pub struct Source<'a> {
    /// Kind of the records.
    pub kind: &'static Kind,
    /// Columns.
    pub plan: &'a Plan,
    /// Headers.
    pub head: &'a [String],
    /// Records that its cells name.
    pub names: &'a Names,
    /// Merged cells of a workbook.
    pub merged: &'a [Merged],
    /// Zone of the office.
    pub zone: &'a TimeZone,
}

impl Source<'_> {
    /// Adds an error of a row to the report.
    pub fn push(&self, report: &mut Report, (row, cells): &Row, field: &str, error: CellError) {
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
    pub fn id_of(&self, cells: &[String]) -> Option<Result<Id, ()>> {
        let text = cells.get(self.plan.id?)?.trim();
        (!text.is_empty()).then(|| text.parse::<Id>().map_err(|_| ()))
    }
}

/// Returns the names in the cells of references.
pub fn wanted(plan: &Plan, rows: &[Row]) -> Wanted {
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

/// Checks across the rows: ids and unique values that are in the file twice, and cells merged with others.
pub fn check_together(file: &Source<'_>, rows: &[Row]) -> Report {
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
    check_merged(file, rows, &mut report);
    report
}

/// Adds an error for each cell that is merged with another one: a workbook has a value only for the first of them.
fn check_merged(file: &Source<'_>, rows: &[Row], report: &mut Report) {
    for merged in file.merged {
        for row in rows.iter().filter(|(row, _)| merged.rows.contains(row)) {
            for planned in file.plan.fields.iter().filter(|planned| merged.columns.contains(&planned.place)) {
                if !merged.is_first(row.0, planned.place) {
                    let message = message!(
                        "This cell is merged with {first}. Unmerge the cells and enter the value in each row.",
                        first = Word::text(&merged.first)
                    );
                    file.push(report, row, planned.field.name, CellError::new(MERGED, message));
                }
            }
        }
    }
}

/// Returns the new record of a row as far as it can be read without the database; nothing if a cell is wrong.
pub fn parsed(file: &Source<'_>, cells: &[String], context: &input::Context<'_>) -> Option<Record> {
    let given = Given::new(file, cells, None, &Directory::new());
    let mut record =
        Record::new(file.kind, Id::from_parts(0, &[0; 10]), Timestamp::UNIX_EPOCH, context.actor);
    let is_parsed = given.errors.is_empty() && input::parse(&mut record, &given.input, true, context).is_ok();
    is_parsed.then_some(record)
}

/// Result of a batch of rows.
#[derive(Default)]
pub struct Batch {
    /// Counts and errors.
    pub report: Report,
    /// Record that was changed.
    pub touched: Option<Id>,
    /// Rows with their records.
    pub written: Vec<WrittenRow>,
}

/// Row without errors with its record.
pub struct WrittenRow {
    /// Preview of the row.
    pub preview: RowPreview,
    /// New record.
    pub made: Option<Record>,
}

/// Creates and updates the records of the rows.
pub fn run(work: &mut UnitOfWork<'_, '_>, file: &Source<'_>, rows: &[Row]) -> Result<Batch, AppError> {
    let mut batch = Batch::default();
    let ids: Vec<Id> = rows.iter().filter_map(|(_, cells)| file.id_of(cells)?.ok()).collect();
    let mut records = store::load_many(work.tx, file.kind, &ids)?;
    // As in an export: a value that the actor does not see is not changed by a file without it.
    work.actor.conceal(&mut records);
    let directory = targets(work, &records)?;
    let existing: HashMap<Id, Record> = records.into_iter().map(|record| (record.id, record)).collect();
    let mut after = Vec::new();
    for row in rows {
        let id = match file.id_of(&row.1) {
            // Reported by the check of all rows.
            Some(Err(())) => continue,
            Some(Ok(id)) => Some(id),
            None => None,
        };
        let record = id.and_then(|id| existing.get(&id));
        let given = Given::new(file, &row.1, record, &directory);
        let outcome = match (id, record) {
            (None, _) => create(work, file.kind, &given.input).map(|made| (Outcome::New, made)),
            (Some(_), None) => Err(AppError::NotFound(file.kind.label)),
            (Some(_), Some(record)) if given.input.is_empty() => Ok((Outcome::Unchanged, record.clone())),
            (Some(id), Some(_)) => {
                update(work, file.kind, id, &given.input, None).map(|changed| (Outcome::Changed, changed))
            }
        };
        let errors = given.errors_with(work, file.kind, id, outcome.as_ref().err())?;
        if errors.is_empty()
            && let Ok((outcome, written)) = outcome
        {
            if record.is_none_or(|record| record.version != written.version) {
                batch.touched = Some(written.id);
            }
            after.push((row.0, outcome, given.fields(), written));
        } else if let Err(error) = outcome
            && !is_of_row(&error)
        {
            return Err(error);
        }
        for (field, error) in errors {
            file.push(&mut batch.report, row, &field, error);
        }
    }
    preview(work, file, &existing, &directory, after, &mut batch)?;
    Ok(batch)
}

/// Number of a row, what happened to its record, its fields, and the record.
type Done = (usize, Outcome, Vec<&'static str>, Record);

/// Adds counts and previews of the written rows to a batch.
fn preview(
    work: &mut UnitOfWork<'_, '_>,
    file: &Source<'_>,
    existing: &HashMap<Id, Record>,
    directory: &Directory,
    done: Vec<Done>,
    batch: &mut Batch,
) -> Result<(), AppError> {
    let mut records: Vec<Record> = done.iter().map(|(.., record)| record.clone()).collect();
    work.actor.conceal(&mut records);
    let mut titles = targets(work, &records)?;
    titles.extend(directory.iter().map(|(id, reference)| (*id, reference.clone())));
    let context = Context { zone: file.zone, directory: &titles };
    for ((row, outcome, fields, made), shown) in done.into_iter().zip(records) {
        match outcome {
            Outcome::New => batch.report.created += 1,
            Outcome::Changed => batch.report.updated += 1,
            Outcome::Unchanged | Outcome::Duplicate => batch.report.unchanged += 1,
        }
        let before = existing.get(&shown.id);
        let preview = RowPreview {
            row,
            outcome,
            title: shown.title().to_owned(),
            id: before.map(|before| before.id),
            duplicate: None,
            cells: cells_of(file, &fields, before, &shown, &context),
        };
        let made = (outcome == Outcome::New).then_some(made);
        batch.written.push(WrittenRow { preview, made });
    }
    Ok(())
}

/// Returns the titles of the records that these point at, as far as the actor may see them.
fn targets(work: &mut UnitOfWork<'_, '_>, records: &[Record]) -> Result<Directory, AppError> {
    let ids: Vec<Id> =
        records.iter().flat_map(|record| record.values.iter().flat_map(Value::targets)).collect();
    references::visible(work.tx, work.actor, &ids)
}

/// Returns true if an error is one of the row, and not of the program.
fn is_of_row(error: &AppError) -> bool {
    matches!(
        error,
        AppError::Invalid(_)
            | AppError::ForbiddenFields { .. }
            | AppError::NotFound(_)
            | AppError::Forbidden { .. }
            | AppError::Conflict { .. }
    )
}

/// Input of a row: the filled cells of a new record, the cells that differ from an existing one.
struct Given {
    kind: &'static Kind,
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
        let mut given = Self { kind: file.kind, input: Input::new(), errors: Vec::new() };
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

    /// Returns the fields of the cells that are written.
    fn fields(&self) -> Vec<&'static str> {
        self.input.keys().filter_map(|name| Some(self.kind.field(name)?.name)).collect()
    }

    /// Returns all errors of a row by field: those of its cells, in place of what the command says about the same
    /// fields, those of the command, and those that the command finds once the wrong cells are left out.
    fn errors_with(
        &self,
        work: &mut UnitOfWork<'_, '_>,
        kind: &'static Kind,
        id: Option<Id>,
        outcome: Option<&AppError>,
    ) -> Result<Vec<(String, CellError)>, AppError> {
        let mut own = self.errors.clone();
        let whole = |code, error: &AppError| vec![(String::new(), CellError::new(code, error.message()))];
        let mut errors = match outcome {
            Some(AppError::Invalid(errors) | AppError::ForbiddenFields { errors, .. }) => {
                let more = self.further_errors(work, kind, id, errors)?;
                errors.iter().cloned().chain(more).map(|error| replaced(error, &mut own)).collect()
            }
            Some(error @ AppError::NotFound(_)) => {
                vec![("id".to_owned(), CellError::new("unknown", error.message()))]
            }
            Some(error @ AppError::Forbidden { .. }) => whole("forbidden", error),
            Some(error @ AppError::Conflict { .. }) => whole("conflict", error),
            _ => Vec::new(),
        };
        errors.extend(own.into_iter().map(|(field, error)| (field.to_owned(), error)));
        Ok(errors)
    }

    /// Returns the errors of the other cells of a row with wrong ones. A command stops at the first check that fails,
    /// but the person should see all errors at once.
    fn further_errors(
        &self,
        work: &mut UnitOfWork<'_, '_>,
        kind: &'static Kind,
        id: Option<Id>,
        known: &[FieldError],
    ) -> Result<Vec<FieldError>, AppError> {
        let is_known = |name: &str| {
            known.iter().any(|error| error.field == name)
                || self.errors.iter().any(|(field, _)| *field == name)
        };
        let mut rest = self.input.clone();
        rest.retain(|name, _| !is_known(name));
        if rest.is_empty() || rest.len() == self.input.len() {
            return Ok(Vec::new());
        }
        let found = match id {
            None => errors_of_new(work, kind, &rest)?,
            // Nothing of it is saved: the row is wrong.
            Some(id) => match update(work, kind, id, &rest, None) {
                Err(AppError::Invalid(errors) | AppError::ForbiddenFields { errors, .. }) => errors,
                Err(error) if !is_of_row(&error) => return Err(error),
                _ => Vec::new(),
            },
        };
        // What is missing now is missing because it was left out.
        Ok(found
            .into_iter()
            .filter(|error| rest.contains_key(&error.field) && error.code != "required")
            .collect())
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
