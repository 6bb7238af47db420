//! Import of records from a file: rows with an id update, rows without create; the whole file or nothing.
//!
//! A file of several batches is tried first, batch by batch, each rolled back at once. Only if no row is wrong is it
//! written, batch by batch, without the rows that are probably in the program already. So other writers wait no longer
//! than one batch takes.

use std::borrow::Cow;
use std::collections::HashSet;

use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::message;
use obcms_domain::registry::Kind;
use serde::Serialize;

use super::batches::{Import, undo_address, yield_write_lock};
use super::duplicates::{self, Found};
use super::names::Names;
use super::plan::Plan;
use super::preview::{PREVIEWED, RowOutcome, RowPreview};
use super::rows::{self, Batch, ImportFile, MERGED, Row};
use super::sheet::Table;
use crate::core::{Actor, App, AppError, UnitOfWork};

/// Maximum size of a file in bytes.
pub const MAXIMUM_BYTES: usize = 5 * 1024 * 1024;
/// Maximum number of rows of a file, without the header.
pub const MAXIMUM_ROWS: usize = 5000;
/// Rows written in one transaction.
const BATCH: usize = 50;
/// Maximum number of errors in a report.
pub(super) const MAXIMUM_ERRORS: usize = 500;

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

/// Treatment of rows that are probably in the program, or in the file, already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// Leave them out.
    #[default]
    Skip,
    /// Create them like other rows without an id.
    Create,
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
    /// Number of rows without an id that are probably in the program, or in the file, already.
    pub duplicates: usize,
    /// Number of them that are left out.
    pub skipped: usize,
    /// Number of rows with totals, which are not imported.
    pub total_rows: usize,
    /// Headers of fields that are not imported because they are calculated.
    pub ignored_columns: Vec<String>,
    /// Errors of cells; nothing is written if there are any.
    pub errors: Vec<RowError>,
    /// Rows of a dry run in the order of the file, at most [`PREVIEWED`] of each outcome.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowPreview>,
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

    /// Takes the rows of a dry run into the report, as many of each outcome as a preview has.
    fn show(&mut self, previews: Vec<RowPreview>) {
        let mut counts = [0_usize; RowOutcome::COUNT];
        for preview in previews {
            let count = &mut counts[preview.outcome as usize];
            *count += 1;
            if *count <= PREVIEWED {
                self.rows.push(preview);
            }
        }
    }
}

impl App {
    /// Imports records. Nothing is written with `dry_run`, or if there are errors.
    pub fn import(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        table: &Table,
        duplicates: Duplicates,
        dry_run: bool,
    ) -> Result<Report, AppError> {
        require_import(actor, kind)?;
        let plan = Plan::new(kind, table)?;
        let rows = plan.without_totals(&table.rows);
        let wanted = rows::wanted(&plan, rows);
        let names = self.read(|tx| Names::resolve(tx, actor, &wanted))?;
        let file = ImportFile {
            kind,
            plan: &plan,
            head: &table.head,
            names: &names,
            merged: &table.merged,
            zone: self.zone(),
            shows_rows: dry_run,
        };
        let (mut report, found) = self.try_rows(actor, &file, rows, duplicates)?;
        if !dry_run && report.errors.is_empty() {
            let written = match duplicates {
                Duplicates::Skip => duplicates::without(rows, &found),
                Duplicates::Create => Cow::Borrowed(rows),
            };
            report = Report {
                duplicates: report.duplicates,
                skipped: report.skipped,
                ..self.write_batches(actor, &file, &written)?
            };
        }
        in_reading_order(&mut report.errors);
        report.errors.truncate(MAXIMUM_ERRORS);
        report.total_rows = table.rows.len() - rows.len();
        report.ignored_columns.clone_from(&plan.ignored);
        Ok(report)
    }

    /// Writes rows in batches that are rolled back at once, without those that are known duplicates if they are skipped.
    /// Returns the report and the probable duplicates. A file without wrong cells that is written in one batch, as it
    /// is, needs no trial.
    fn try_rows(
        &self,
        actor: &Actor,
        file: &ImportFile<'_>,
        rows: &[Row],
        duplicates: Duplicates,
    ) -> Result<(Report, Found), AppError> {
        let skips = duplicates == Duplicates::Skip;
        let parsed = rows::parsed(file, rows, &self.context_of(actor));
        let mut found = self.read(|tx| duplicates::find(tx, actor, file, &parsed))?;
        // Not tried, because some would be refused: a name or a room that is taken, the same money twice.
        let remaining = if skips { duplicates::without(rows, &found) } else { Cow::Borrowed(rows) };
        let mut report = rows::check_together(file, &remaining);
        let size = batch_size(file.kind);
        let is_tried = file.shows_rows || skips || rows.len() > size || !report.errors.is_empty();
        let (mut made, mut previews) = (Vec::new(), Vec::new());
        for rows in remaining.chunks(size).filter(|_| is_tried) {
            if report.errors.len() >= MAXIMUM_ERRORS {
                break;
            }
            let batch = self.batch(actor, file, rows, |_, _| Ok(false))?;
            report.add(batch.report);
            made.extend(batch.made);
            previews.extend(batch.previews);
            yield_write_lock();
        }
        if skips {
            if file.shows_rows {
                previews
                    .extend(self.read(|tx| duplicates::previews(tx, actor, file, rows, &parsed, &found))?);
                previews.sort_by_key(|preview| preview.row);
            }
            // Rules set values, such as the name of a booking without one.
            let more = self.read(|tx| duplicates::find(tx, actor, file, &made))?;
            report.created -= more.len();
            found.extend(more);
            report.skipped = found.len();
        }
        report.duplicates = found.len();
        duplicates::mark(&mut previews, &found);
        report.show(previews);
        Ok((report, found))
    }

    /// Writes rows that were tried. If one of them still fails, because somebody wrote meanwhile, the written batches
    /// are undone.
    fn write_batches(&self, actor: &Actor, file: &ImportFile<'_>, rows: &[Row]) -> Result<Report, AppError> {
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
                Ok(batch) => !batch.report.errors.is_empty(),
                Err(_) => true,
            };
            if failed
                && report_of_all.undo.is_some()
                && let Err(error) = self.undo_import(actor, import.id)
            {
                return Err(partial_import_error(&outcome, error));
            }
            let batch = outcome?;
            if failed {
                return Ok(Report { errors: batch.report.errors, ..Report::default() });
            }
            report_of_all.add(batch.report);
            if batch.touched.is_some() && file.kind.is_changeable() {
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
        file: &ImportFile<'_>,
        rows: &[Row],
        mut commits: impl FnMut(&mut UnitOfWork<'_, '_>, Option<Id>) -> Result<bool, AppError>,
    ) -> Result<Batch, AppError> {
        let mut done = Batch::default();
        let mut is_rolled_back = false;
        let outcome = self.write(actor, |work| {
            is_rolled_back = false;
            done = rows::run(work, file, rows)?;
            if done.report.errors.is_empty() && commits(work, done.touched)? {
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

/// Sorts errors by row and column. A cell that is merged with another one has no error but that.
fn in_reading_order(errors: &mut Vec<RowError>) {
    let merged: HashSet<String> =
        errors.iter().filter(|error| error.code == MERGED).map(|error| error.cell.clone()).collect();
    errors.retain(|error| error.code == MERGED || !merged.contains(&error.cell));
    // Columns of more letters come after those of fewer.
    errors.sort_by(|one, other| {
        let key = |error: &RowError| (error.row, error.cell.len());
        key(one).cmp(&key(other)).then_with(|| one.cell.cmp(&other.cell))
    });
}

/// Refuses an import by somebody who may not import, or of records that come from elsewhere.
fn require_import(actor: &Actor, kind: &'static Kind) -> Result<(), AppError> {
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
    Ok(())
}

/// Returns the number of rows that are written in one transaction. Records that cannot be undone are written together,
/// and each row is checked after the rows above it.
const fn batch_size(kind: &Kind) -> usize {
    if kind.append_only { MAXIMUM_ROWS } else { BATCH }
}

/// Returns the error of an import that failed in the middle and could not be undone, with both reasons.
fn partial_import_error(outcome: &Result<Batch, AppError>, undo: AppError) -> AppError {
    let detail = |undo: Message| match outcome {
        Ok(batch) => match batch.report.errors.first() {
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
