//! Records in files: out as CSV or XLSX, in again from both.
//!
//! A file has a column for every visible field, named as in the API and in the same units (money in centavos), after
//! the `id`. Fields that point at other records hold ids, for programs; beside each stands `FIELD_title` for people,
//! which reading ignores.

mod batches;
mod cells;
mod import;
mod sheet;
mod workbook;

pub use batches::HANDLER as UNFINISHED_IMPORTS;
pub use import::{MAXIMUM_BYTES, MAXIMUM_ROWS, Report, RowError};
pub use sheet::Table;
pub(crate) use sheet::guarded;

use obcms_domain::registry::{Field, Kind, Record};
use obcms_store::records::Directory;

use crate::error::AppError;
use crate::lists::Parameters;
use crate::{Actor, App};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, UTF-8.
    Csv,
    /// A workbook of one sheet.
    Xlsx,
}

impl Format {
    /// Ending of the file's name.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A column of a file.
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

impl App {
    /// Everything that a list with these parameters shows, on all its pages, as a file.
    pub fn export(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        parameters: &Parameters,
        format: Format,
    ) -> Result<Vec<u8>, AppError> {
        let columns = columns(kind);
        let head: Vec<String> = columns.iter().map(|column| column.name()).collect();
        let mut writer = sheet::Writer::new(format, kind.plural, &head)?;
        self.each(actor, kind, parameters, |page| {
            for record in &page.records {
                let row: Vec<(String, bool)> = columns
                    .iter()
                    .map(|column| {
                        let is_number = matches!(column, Column::Field(field) if cells::is_number(field));
                        (column.cell(record, &page.directory), is_number)
                    })
                    .collect();
                writer.row(&row)?;
            }
            Ok(())
        })?;
        writer.finish()
    }
}
