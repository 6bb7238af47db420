//! Export of records to CSV and XLSX files, and import from both.
//!
//! A file has a column for every visible field, named as in the API and in the same units (money in centavos), after
//! the `id`. Fields that refer to other records hold ids, for programs. Next to each is a column `FIELD_title` for
//! people, which the import ignores.

mod batches;
mod cells;
mod import;
mod sheet;
mod workbook;

pub use batches::HANDLER as UNFINISHED_IMPORTS;
pub use import::{MAXIMUM_BYTES, MAXIMUM_ROWS, Report, RowError};
pub use sheet::Table;
pub(crate) use sheet::guarded;

use std::fs::File;

use obcms_domain::registry::{Field, Kind, Record};
use obcms_store::records::Directory;

use crate::core::{Actor, App, AppError};
use crate::records::lists::{Listing, Parameters, Request, decode_cursor, list};

/// Format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, UTF-8.
    Csv,
    /// Workbook with one sheet.
    Xlsx,
}

impl Format {
    /// Returns the file name extension.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Returns the media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Column of a file.
#[derive(Clone, Copy, Debug)]
enum Column {
    Id,
    Field(&'static Field),
    Title(&'static Field),
    CreatedAt,
    UpdatedAt,
    ArchivedAt,
}

impl Column {
    fn name(self) -> String {
        match self {
            Self::Id => "id".to_owned(),
            Self::Field(field) => field.name.to_owned(),
            Self::Title(field) => format!("{}_title", field.name),
            Self::CreatedAt => "created_at".to_owned(),
            Self::UpdatedAt => "updated_at".to_owned(),
            Self::ArchivedAt => "archived_at".to_owned(),
        }
    }

    fn cell(self, record: &Record, directory: &Directory) -> String {
        match self {
            Self::Id => record.id.to_string(),
            Self::Field(field) => cells::write(record, field),
            Self::Title(field) => {
                let titles: Vec<&str> = record
                    .get(field.name)
                    .targets()
                    .iter()
                    .filter_map(|id| directory.get(id).map(|found| found.title.as_str()))
                    .collect();
                titles.join("; ")
            }
            Self::CreatedAt => record.created_at.to_string(),
            Self::UpdatedAt => record.updated_at.to_string(),
            Self::ArchivedAt => record.archived_at.map(|at| at.to_string()).unwrap_or_default(),
        }
    }
}

fn columns(kind: &'static Kind) -> Vec<Column> {
    let mut columns = vec![Column::Id];
    for (_, field) in kind.visible() {
        columns.push(Column::Field(field));
        if field.is_reference() {
            columns.push(Column::Title(field));
        }
    }
    columns.extend([Column::CreatedAt, Column::UpdatedAt, Column::ArchivedAt]);
    columns
}

/// Export that is written page by page.
///
/// Each page is read in a transaction of its own, so that a slow reader blocks nothing; the cursor skips what was
/// before it. A reader who loses the right to see the records gets no further page.
pub struct Export {
    actor: Actor,
    kind: &'static Kind,
    request: Request,
    columns: Vec<Column>,
    is_begun: bool,
    is_over: bool,
}

impl Export {
    fn head(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name()).collect()
    }

    fn row(&self, record: &Record, directory: &Directory) -> Vec<(String, bool)> {
        self.columns
            .iter()
            .map(|column| {
                let is_number = matches!(column, Column::Field(field) if cells::is_number(field));
                (column.cell(record, directory), is_number)
            })
            .collect()
    }
}

impl App {
    /// Starts an export of all pages of the list with these parameters.
    pub fn begin_export(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        parameters: &Parameters,
    ) -> Result<Export, AppError> {
        let request = self.export_request(actor, kind, parameters)?;
        let columns = columns(kind);
        Ok(Export { actor: actor.clone(), kind, request, columns, is_begun: false, is_over: false })
    }

    /// Returns the next page of an export; nothing after the last one.
    fn next_page(&self, export: &mut Export) -> Result<Option<Listing>, AppError> {
        if export.is_over {
            return Ok(None);
        }
        let page = self.read(|tx| {
            if let Some(id) = export.actor.id.filter(|_| export.is_begun) {
                let present = Actor::load(tx, id)?.ok_or(AppError::Unauthorized)?;
                if present.roles != export.actor.roles {
                    return Err(AppError::Unauthorized);
                }
            }
            list(tx, &export.actor, export.kind, &export.request)
        })?;
        export.is_begun = true;
        match page.next_cursor.as_deref().map(decode_cursor) {
            Some(cursor) => export.request.after = cursor,
            None => export.is_over = true,
        }
        Ok(Some(page))
    }

    /// Returns the next part of a CSV, some hundred rows; nothing after the last one.
    pub fn next_csv(&self, export: &mut Export) -> Result<Option<Vec<u8>>, AppError> {
        let is_first = !export.is_begun;
        let Some(page) = self.next_page(export)? else {
            return Ok(None);
        };
        let mut writer = sheet::CsvWriter::new();
        if is_first {
            writer.head(&export.head())?;
        }
        for record in &page.records {
            writer.row(&export.row(record, &page.directory))?;
        }
        writer.finish().map(Some)
    }

    /// Returns a whole workbook in an unnamed file, positioned at its start. Memory does not grow with its rows.
    pub fn export_workbook(&self, mut export: Export) -> Result<File, AppError> {
        let mut writer = sheet::WorkbookWriter::new(export.kind.plural, &export.head())?;
        while let Some(page) = self.next_page(&mut export)? {
            for record in &page.records {
                writer.row(&export.row(record, &page.directory))?;
            }
        }
        writer.finish()
    }
}
