//! Rows of a file to import: parsed, written as records, and compared with what they were.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::calendar::series;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::message;
use obcms_domain::records::input;
use obcms_domain::registry::shared::{ALL_DAY, END, START};
use obcms_domain::registry::{FieldError, Kind, Record, Value, output};
use obcms_store::Tx;
use obcms_store::records as store;
use obcms_store::records::Directory;

use super::cells;
use super::import::{MAXIMUM_ERRORS, Report, RowError};
use super::names::{Named, Names, Wanted, ids_in, names_in};
use super::people::{self, Context};
use super::plan::{Plan, Planned, letters};
use super::preview::{RowOutcome, RowPreview, cells_of};
use super::sheet::Merged;
use super::workbook::LONGEST_CELL;
use super::written::{self, CellError, Header};
use crate::core::{Actor, AppError, UnitOfWork};
use crate::records::{Input, create, errors_of_new, references, update};

/// Code of the error of a cell that is merged with another one.
pub const MERGED: &str = "merged";
/// Maximum length of the value in an error, in characters.
const SHOWN_VALUE: usize = 100;

/// Row of a file with its number.
pub type Row = (usize, Vec<String>);

/// File of an import.
pub struct ImportFile<'a> {
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
    /// True for a dry run, whose report lists the rows.
    pub shows_rows: bool,
}

impl ImportFile<'_> {
    /// Adds an error of a row to the report.
    pub fn push(&self, report: &mut Report, (row, cells): &Row, field: &str, error: CellError) {
        let place = self.plan.place(field);
        let text = |texts: &[String]| place.and_then(|place| texts.get(place)).cloned().unwrap_or_default();
        report.errors.push(RowError {
            row: *row,
            field: field.to_owned(),
            column: text(self.head),
            cell: place.map_or_else(String::new, |place| format!("{}{row}", letters(place))),
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
        let cells = rows.iter().map(|(_, cells)| planned.text(cells));
        for cell in cells.filter(|cell| !cell.trim().is_empty() && ids_in(cell).is_none()) {
            for name in names_in(cell, is_list) {
                wanted.add(Named::parse(&name, &kinds));
            }
        }
    }
    wanted
}

/// Checks across the rows: ids and unique values that are in the file twice, and cells merged with others.
pub fn check_together(file: &ImportFile<'_>, rows: &[Row]) -> Report {
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
            let text = planned.text(&row.1).trim();
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

/// Adds an error for each cell that is merged with another one: a workbook has a value only for the first of them. Stops
/// at [`MAXIMUM_ERRORS`], because areas may overlap and span all rows.
fn check_merged(file: &ImportFile<'_>, rows: &[Row], report: &mut Report) {
    let mut count = 0;
    for row in rows {
        let areas: Vec<&Merged> = file.merged.iter().filter(|merged| merged.rows.contains(&row.0)).collect();
        for planned in &file.plan.fields {
            let is_hidden = |merged: &&&Merged| {
                merged.columns.contains(&planned.place) && !merged.is_first(row.0, planned.place)
            };
            let Some(merged) = areas.iter().find(is_hidden) else {
                continue;
            };
            let message = message!(
                "This cell is merged with {first}. Unmerge the cells and enter the value in each row.",
                first = Word::text(&merged.first)
            );
            file.push(report, row, planned.field.name, CellError::new(MERGED, message));
            count += 1;
            if count == MAXIMUM_ERRORS {
                return;
            }
        }
    }
}

/// Returns the new records of the rows without an id, as far as they can be parsed without the database; rows with wrong
/// cells are left out.
pub fn parsed(file: &ImportFile<'_>, rows: &[Row], context: &input::Context<'_>) -> Vec<(usize, Record)> {
    let parsed = |cells: &[String]| {
        let given = Given::new(file, cells, None, &Directory::new());
        let mut record =
            Record::new(file.kind, Id::from_parts(0, &[0; 10]), Timestamp::UNIX_EPOCH, context.actor);
        if !given.errors.is_empty() || input::parse(&mut record, &given.input, true, context).is_err() {
            return None;
        }
        series::align_start_to_rule(&mut record);
        Some(record)
    };
    rows.iter()
        .filter(|(_, cells)| file.id_of(cells).is_none())
        .filter_map(|(row, cells)| Some((*row, parsed(cells)?)))
        .collect()
}

/// Result of a batch of rows.
#[derive(Default)]
pub struct Batch {
    /// Counts and errors.
    pub report: Report,
    /// Record that was changed.
    pub touched: Option<Id>,
    /// New records with their rows.
    pub made: Vec<(usize, Record)>,
    /// Rows without errors, if the report lists them.
    pub previews: Vec<RowPreview>,
}

/// Creates and updates the records of the rows.
pub fn run(work: &mut UnitOfWork<'_, '_>, file: &ImportFile<'_>, rows: &[Row]) -> Result<Batch, AppError> {
    let mut batch = Batch::default();
    let ids: Vec<Id> = rows.iter().filter_map(|(_, cells)| file.id_of(cells)?.ok()).collect();
    let mut records = store::load_many(work.tx, file.kind, &ids)?;
    // As in an export: a value that the actor does not see is not changed by a file without it.
    work.actor.conceal(&mut records);
    let directory = targets(work.tx, work.actor, &records)?;
    let existing: HashMap<Id, Record> = records.into_iter().map(|record| (record.id, record)).collect();
    let mut done = Vec::new();
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
            (None, _) => create(work, file.kind, &given.input).map(|made| (RowOutcome::New, made)),
            (Some(_), None) => Err(AppError::NotFound(file.kind.label)),
            (Some(_), Some(record)) if given.input.is_empty() => Ok((RowOutcome::Unchanged, record.clone())),
            (Some(id), Some(_)) => {
                update(work, file.kind, id, &given.input, None).map(|changed| (RowOutcome::Changed, changed))
            }
        };
        let errors = given.errors_with(work, file.kind, id, outcome.as_ref().err())?;
        if errors.is_empty()
            && let Ok((outcome, written)) = outcome
        {
            if record.is_none_or(|record| record.version != written.version) {
                batch.touched = Some(written.id);
            }
            match outcome {
                RowOutcome::New => batch.report.created += 1,
                RowOutcome::Changed => batch.report.updated += 1,
                RowOutcome::Unchanged | RowOutcome::Duplicate => batch.report.unchanged += 1,
            }
            if file.shows_rows {
                done.push(((row.0, outcome, given.input), written.clone()));
            }
            if outcome == RowOutcome::New {
                batch.made.push((row.0, written));
            }
        } else if let Err(error) = outcome
            && !is_of_row(&error)
        {
            return Err(error);
        }
        for (field, error) in errors {
            file.push(&mut batch.report, row, &field, error);
        }
    }
    batch.previews = previews(work, file, &existing, &directory, done)?;
    Ok(batch)
}

/// Number of a row, what happened to its record, its input, and the record.
type Done = ((usize, RowOutcome, Input), Record);

/// Returns previews of the written rows.
fn previews(
    work: &mut UnitOfWork<'_, '_>,
    file: &ImportFile<'_>,
    existing: &HashMap<Id, Record>,
    directory: &Directory,
    done: Vec<Done>,
) -> Result<Vec<RowPreview>, AppError> {
    let (rows, mut records): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    work.actor.conceal(&mut records);
    let mut titles = targets(work.tx, work.actor, &records)?;
    titles.extend(directory.iter().map(|(id, reference)| (*id, reference.clone())));
    let context = Context { zone: file.zone, directory: &titles };
    let previews = rows.into_iter().zip(&records).map(|((row, outcome, input), record)| {
        let before = existing.get(&record.id);
        RowPreview {
            row,
            outcome,
            title: record.title().to_owned(),
            id: before.map(|before| before.id),
            duplicate: None,
            cells: cells_of(file, before, record, &context, |planned| input.contains_key(planned.field.name)),
        }
    });
    Ok(previews.collect())
}

/// Returns the titles of the records that these point at, as far as the actor may see them.
pub fn targets(tx: &mut Tx<'_>, actor: &Actor, records: &[Record]) -> Result<Directory, AppError> {
    let ids: Vec<Id> =
        records.iter().flat_map(|record| record.values.iter().flat_map(Value::targets)).collect();
    references::visible(tx, actor, &ids)
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
    input: Input,
    errors: Vec<(&'static str, CellError)>,
}

impl Given {
    fn new(file: &ImportFile<'_>, cells: &[String], record: Option<&Record>, directory: &Directory) -> Self {
        let all_day = match file.plan.column(ALL_DAY.name()).map(|planned| planned.text(cells).trim()) {
            Some(text) if !text.is_empty() => {
                ["true", "yes", "y", "1"].contains(&text.to_lowercase().as_str())
            }
            _ => record.is_some_and(|record| ALL_DAY.get(record)),
        };
        let row = written::Row { zone: file.zone, all_day, names: file.names };
        let context = Context { zone: file.zone, directory };
        let mut given = Self { input: Input::new(), errors: Vec::new() };
        for planned in &file.plan.fields {
            let text = planned.text(cells);
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
                file.plan.column(END.name()).filter(|planned| !planned.text(cells).trim().is_empty())
        {
            given.read(&row, planned, planned.text(cells), None);
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

#[cfg(test)]
mod tests {
    use obcms_domain::kinds::TASK;

    use super::*;
    use crate::records::transfer::Table;

    #[test]
    fn cells_in_many_merged_areas_have_one_error_each() {
        let head: Vec<String> = ["Title", "Progress"].map(str::to_owned).to_vec();
        let rows: Vec<Row> = (2..=5001).map(|row| (row, vec![String::new(); 2])).collect();
        let area = Merged { first: "A2".to_owned(), rows: 2..=5001, columns: 0..=1 };
        let table = Table { head, rows, merged: vec![area; 1000] };
        let plan = Plan::new(&TASK, &table).expect("a plan");
        let file = ImportFile {
            kind: &TASK,
            plan: &plan,
            head: &table.head,
            names: &Names::default(),
            merged: &table.merged,
            zone: &TimeZone::UTC,
            shows_rows: true,
        };
        let cells = |rows: &[Row]| -> Vec<String> {
            check_together(&file, rows).errors.into_iter().map(|error| error.cell).collect()
        };
        assert_eq!(cells(&table.rows[..3]), ["B2", "A3", "B3", "A4", "B4"]);
        assert_eq!(cells(&table.rows).len(), MAXIMUM_ERRORS);
    }
}
