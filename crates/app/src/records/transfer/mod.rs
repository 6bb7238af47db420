//! Export of records to CSV and XLSX files, and import from both.
//!
//! A file for people has the labels of fields as headers, and cells as on the screen: names, labels of choices, pesos,
//! dates in the zone of the office. A file for programs has a column for every visible field, named as in the API and
//! in the same units (money in centavos), after the `id`; next to each reference is a column `FIELD_title`, which the
//! import ignores. An import takes both forms, even mixed.

mod about;
mod batches;
mod cells;
mod duplicates;
mod import;
mod lists_of_texts;
mod names;
mod people;
mod people_workbook;
mod plan;
mod preview;
mod rows;
mod sheet;
mod workbook;
mod written;

pub use batches::HANDLER as UNFINISHED_IMPORTS;
pub use import::{Duplicates, MAXIMUM_BYTES, MAXIMUM_ROWS, Report, RowError};
pub use people::Cell;
pub use preview::{CellPreview, DuplicateOf, RowOutcome, RowPreview};
pub use sheet::Table;
pub(crate) use sheet::{guarded, plain_csv};

use std::fs::File;
use std::io::Read;

use jiff::civil::Date;
use obcms_domain::registry::{Field, Kind, Record, Total};
use obcms_store::records::Directory;

use crate::core::rules::Members;
use crate::core::{Actor, App, AppError};
use crate::records::lists::{Listing, Parameters, Request, decode_cursor, ids_in_filters, list};
use crate::records::references;
use about::About;
use people::Context;

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

/// Form of the columns and cells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form<'a> {
    /// As in the API, for programs.
    Raw,
    /// As on the screen, with these columns: names separated by commas. Without them, with all.
    People(Option<&'a str>),
}

/// Column of a file for programs.
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

/// Columns of a file.
enum Layout {
    Raw(Vec<Column>),
    People(Vec<people::Column>, About),
}

/// Export that is written page by page.
///
/// Each page is read in a transaction of its own, so that a slow reader blocks nothing; the cursor skips what was
/// before it. A reader who loses the right to see the records gets no further page.
pub struct Export {
    pages: Pages,
    layout: Layout,
}

/// Position within the pages of an export.
struct Pages {
    actor: Actor,
    kind: &'static Kind,
    request: Request,
    is_begun: bool,
    is_over: bool,
}

/// Page of records with their calculated members, if the kind has columns for them.
struct Page {
    listing: Listing,
    members: Vec<Members>,
}

impl Page {
    fn rows(&self) -> impl Iterator<Item = (&Record, &Members)> {
        static NONE: Members = Vec::new();
        let members = self.members.iter().chain(std::iter::repeat(&NONE));
        self.listing.records.iter().zip(members)
    }
}

impl Export {
    fn head(&self) -> Vec<String> {
        match &self.layout {
            Layout::Raw(columns) => columns.iter().map(|column| column.name()).collect(),
            Layout::People(columns, _) => columns.iter().map(|column| column.label().to_owned()).collect(),
        }
    }

    /// Returns the name of the file. For people it tells the filters.
    #[must_use]
    pub fn file_name(&self, today: Date, format: Format) -> String {
        let collection = self.pages.kind.collection;
        match &self.layout {
            Layout::People(_, about) if !about.slug.is_empty() => {
                format!("{collection}-{}-{today}.{}", about.slug, format.ending())
            }
            _ => format!("{collection}-{today}.{}", format.ending()),
        }
    }
}

fn raw_row(columns: &[Column], record: &Record, directory: &Directory) -> Vec<(String, bool)> {
    columns
        .iter()
        .map(|column| {
            let is_number = matches!(column, Column::Field(field) if field.is_number());
            (column.cell(record, directory), is_number)
        })
        .collect()
}

/// Report as a table: title, filters, columns with their totals, and rows.
pub struct ReportTable {
    /// Title of the sheet.
    pub title: &'static str,
    /// Labels and values of the filters.
    pub filters: Vec<(String, String)>,
    /// Labels of the columns with their totals.
    pub columns: Vec<(&'static str, Total)>,
    /// Rows with as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// Returns cells as texts of a CSV, each with true if it is a number.
fn texts<'a>(cells: impl Iterator<Item = &'a Cell>) -> Vec<(String, bool)> {
    cells.map(|cell| (cell.text(), cell.is_number())).collect()
}

impl App {
    /// Returns a report as a file for people.
    pub fn report_file(
        &self,
        actor: &Actor,
        report: ReportTable,
        format: Format,
    ) -> Result<Vec<u8>, AppError> {
        let columns: Vec<people::Column> =
            report.columns.iter().map(|(label, total)| people::Column::Report(label, *total)).collect();
        if format == Format::Csv {
            let mut writer = sheet::CsvWriter::with_mark();
            writer.head(&report.columns.iter().map(|(label, _)| (*label).to_owned()).collect::<Vec<_>>())?;
            for row in &report.rows {
                writer.row(&texts(row.iter()))?;
            }
            return writer.finish();
        }
        let now = self.now().to_zoned(self.zone().clone());
        let about = About::of(report.title, report.filters, None, actor, &now);
        let mut writer = people_workbook::PeopleWorkbook::new(report.title, &columns)?;
        for row in &report.rows {
            writer.row(row)?;
        }
        let mut bytes = Vec::new();
        writer.finish(&about)?.read_to_end(&mut bytes).map_err(sheet::failed)?;
        Ok(bytes)
    }

    /// Starts an export of all pages of the list with these parameters.
    pub fn begin_export(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        parameters: &Parameters,
        form: Form<'_>,
    ) -> Result<Export, AppError> {
        let request = self.export_request(actor, kind, parameters)?;
        let layout = match form {
            Form::Raw => Layout::Raw(columns(kind)),
            Form::People(names) => {
                let columns =
                    names.map_or_else(|| Ok(people::all(kind)), |names| people::chosen(kind, names))?;
                let named = ids_in_filters(parameters.iter());
                let titles = self.read(|tx| references::visible(tx, actor, &named))?;
                let now = self.now().to_zoned(self.zone().clone());
                Layout::People(columns, About::new(kind, parameters, &titles, actor, &now))
            }
        };
        let pages = Pages { actor: actor.clone(), kind, request, is_begun: false, is_over: false };
        Ok(Export { pages, layout })
    }

    /// Returns the next page of an export; nothing after the last one.
    fn next_page(&self, pages: &mut Pages) -> Result<Option<Page>, AppError> {
        if pages.is_over {
            return Ok(None);
        }
        let page = self.read(|tx| {
            if let Some(id) = pages.actor.id.filter(|_| pages.is_begun) {
                let present = Actor::load(tx, id)?.ok_or(AppError::Unauthorized)?;
                if present.roles != pages.actor.roles {
                    return Err(AppError::Unauthorized);
                }
            }
            let listing = list(tx, &pages.actor, pages.kind, &pages.request)?;
            let members = match self.rules().of(pages.kind).related_members {
                Some(related) if !pages.kind.calculated.is_empty() => {
                    related(tx, &listing.records, self.today())?
                }
                _ => Vec::new(),
            };
            Ok::<_, AppError>(Page { listing, members })
        })?;
        pages.is_begun = true;
        match page.listing.next_cursor.as_deref().map(decode_cursor) {
            Some(cursor) => pages.request.after = cursor,
            None => pages.is_over = true,
        }
        Ok(Some(page))
    }

    /// Returns the next part of a CSV, some hundred rows; nothing after the last one.
    pub fn next_csv(&self, export: &mut Export) -> Result<Option<Vec<u8>>, AppError> {
        let is_first = !export.pages.is_begun;
        let Some(page) = self.next_page(&mut export.pages)? else {
            return Ok(None);
        };
        let is_raw = matches!(export.layout, Layout::Raw(_));
        let mut writer =
            if is_raw || !is_first { sheet::CsvWriter::new() } else { sheet::CsvWriter::with_mark() };
        if is_first {
            writer.head(&export.head())?;
        }
        let directory = &page.listing.directory;
        let context = Context { zone: self.zone(), directory };
        for (record, members) in page.rows() {
            match &export.layout {
                Layout::Raw(columns) => writer.row(&raw_row(columns, record, directory))?,
                Layout::People(columns, _) => {
                    writer.row(&texts(context.row(record, columns, members).iter()))?;
                }
            }
        }
        writer.finish().map(Some)
    }

    /// Returns a whole workbook in an unnamed file, positioned at its start. Memory does not grow with its rows.
    pub fn export_workbook(&self, mut export: Export) -> Result<File, AppError> {
        let (title, head) = (export.pages.kind.plural, export.head());
        match &export.layout {
            Layout::Raw(columns) => {
                let mut writer = sheet::WorkbookWriter::new(title, &head)?;
                while let Some(page) = self.next_page(&mut export.pages)? {
                    for record in &page.listing.records {
                        writer.row(&raw_row(columns, record, &page.listing.directory))?;
                    }
                }
                writer.finish()
            }
            Layout::People(columns, about) => {
                let mut writer = people_workbook::PeopleWorkbook::new(title, columns)?;
                while let Some(page) = self.next_page(&mut export.pages)? {
                    let context = Context { zone: self.zone(), directory: &page.listing.directory };
                    for (record, members) in page.rows() {
                        writer.row(&context.row(record, columns, members))?;
                    }
                }
                writer.finish(about)
            }
        }
    }
}
