//! Tables as CSV files and workbooks.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use rust_xlsxwriter::{Format as Style, Workbook};

use super::MAXIMUM_ROWS;
use super::workbook::{self, LONGEST_CELL};
use crate::core::AppError;
use obcms_domain::core::message::Word;
use obcms_domain::message;

/// First characters of a text that a spreadsheet takes for a formula, those of full width included, and the quote that
/// prevents it.
const RISKY: [char; 12] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\'', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
/// Byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// Maximum number of columns.
const MAXIMUM_COLUMNS: usize = 300;

pub(super) fn failed(error: impl std::fmt::Display) -> AppError {
    AppError::Internal(format!("writing a file: {error}"))
}

/// Writer of rows as CSV (RFC 4180).
pub struct CsvWriter(csv::Writer<Vec<u8>>);

impl CsvWriter {
    pub fn new() -> Self {
        Self::after(Vec::new())
    }

    /// Begins a file with the mark by which spreadsheets recognize UTF-8.
    pub fn with_mark() -> Self {
        Self::after(MARK.to_vec())
    }

    fn after(start: Vec<u8>) -> Self {
        Self(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(start))
    }

    pub fn head(&mut self, names: &[String]) -> Result<(), AppError> {
        self.0.write_record(names).map_err(failed)
    }

    /// Writes one row of cells, each with true if it is a number.
    pub fn row(&mut self, cells: &[(String, bool)]) -> Result<(), AppError> {
        let texts = cells.iter().map(|(text, number)| if *number { text.clone() } else { guarded(text) });
        self.0.write_record(texts).map_err(failed)
    }

    pub fn finish(self) -> Result<Vec<u8>, AppError> {
        self.0.into_inner().map_err(failed)
    }
}

/// Writer of a workbook with one sheet; its rows go to a temporary file at once.
pub struct WorkbookWriter {
    book: Box<Workbook>,
    next: u32,
}

impl WorkbookWriter {
    pub fn new(title: &str, head: &[String]) -> Result<Self, AppError> {
        let mut book = Box::new(Workbook::new());
        let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_name(title.chars().take(31).collect::<String>()).map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        let bold = Style::new().set_bold();
        for (place, name) in head.iter().enumerate() {
            let column = u16::try_from(place).map_err(failed)?;
            sheet.write_string_with_format(0, column, name, &bold).map_err(failed)?;
        }
        Ok(Self { book, next: 1 })
    }

    /// Writes one row of cells, each with true if it is a number.
    pub fn row(&mut self, cells: &[(String, bool)]) -> Result<(), AppError> {
        let sheet = self.book.worksheet_from_index(0).map_err(failed)?;
        for (place, (text, number)) in cells.iter().enumerate().filter(|(_, (text, _))| !text.is_empty()) {
            let column = u16::try_from(place).map_err(failed)?;
            let number = if *number { text.parse::<f64>().ok() } else { None };
            match number {
                Some(number) => sheet.write_number(self.next, column, number).map_err(failed)?,
                // A string cell is never a formula, whatever its first character.
                None => sheet.write_string(self.next, column, shortened(text)).map_err(failed)?,
            };
        }
        self.next += 1;
        Ok(())
    }

    /// Returns the workbook in a file that is deleted when closed, positioned at its start.
    pub fn finish(mut self) -> Result<File, AppError> {
        saved(&mut self.book)
    }
}

/// Saves a workbook to a file that is deleted when closed, positioned at its start.
pub(super) fn saved(book: &mut Workbook) -> Result<File, AppError> {
    let mut file = tempfile::tempfile().map_err(failed)?;
    book.save_to_writer(&mut file).map_err(failed)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(file)
}

/// Shortens a text to the longest cell of a workbook; the CSV has all of it.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_CELL).collect()
}

/// Escapes a text that a spreadsheet would run as a formula. [`unguarded`] reverses it.
pub(crate) fn guarded(text: &str) -> String {
    if text.starts_with(RISKY) { format!("'{text}") } else { text.to_owned() }
}

fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(RISKY) => rest,
        _ => text,
    }
}

/// Parsed table: header and rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub head: Vec<String>,
    /// Rows with their number in the file; each has as many cells as there are columns.
    pub rows: Vec<(usize, Vec<String>)>,
}

impl Table {
    /// Reads a CSV or a workbook, detected by its first bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, AppError> {
        if bytes.starts_with(b"PK\x03\x04") { Self::from_workbook(bytes) } else { Self::from_csv(bytes) }
    }

    fn from_csv(bytes: &[u8]) -> Result<Self, AppError> {
        let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| {
            AppError::BadRequest("The file is neither a workbook (.xlsx) nor a CSV in UTF-8.".into())
        })?;
        let first = text.lines().next().unwrap_or_default();
        let delimiter = match (first.contains(','), first.contains(';'), first.contains('\t')) {
            (false, true, _) => b';',
            (false, false, true) => b'\t',
            _ => b',',
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| {
                AppError::BadRequest(message!("The CSV cannot be read: {error}.", error = Word::text(error)))
            })?;
            // Checked before the cells are copied: a line may have millions of them.
            check_size(rows.len() + 1, record.len())?;
            rows.push(record.iter().map(|cell| unguarded(cell).to_owned()).collect());
        }
        Self::from_rows(rows)
    }

    fn from_workbook(bytes: &[u8]) -> Result<Self, AppError> {
        let mut rows: Vec<Vec<String>> = Vec::new();
        workbook::read(bytes, |cell| {
            let (row, column) = (cell.row, cell.column);
            check_size(row + 1, column + 1)?;
            if rows.len() <= row {
                rows.resize_with(row + 1, Vec::new);
            }
            if rows[row].len() <= column {
                rows[row].resize(column + 1, String::new());
            }
            rows[row][column] = cell.text;
            Ok(())
        })?;
        Self::from_rows(rows)
    }

    fn from_rows(rows: Vec<Vec<String>>) -> Result<Self, AppError> {
        let mut rows = rows.into_iter();
        let head: Vec<String> =
            rows.next().unwrap_or_default().into_iter().map(|name| name.trim().to_owned()).collect();
        if head.iter().all(String::is_empty) {
            return Err(AppError::BadRequest("The file has no header row with field names.".into()));
        }
        let rows = rows
            .enumerate()
            .filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()))
            .map(|(place, mut cells)| {
                if cells.len() < head.len() {
                    cells.resize(head.len(), String::new());
                }
                (place + 2, cells)
            })
            .collect();
        Ok(Self { head, rows })
    }

    /// Returns the table as CSV, to be sent again after its preview.
    pub fn to_csv(&self) -> Result<String, AppError> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(&self.head).map_err(failed)?;
        for (_, cells) in &self.rows {
            writer.write_record(cells.iter().map(|cell| guarded(cell))).map_err(failed)?;
        }
        String::from_utf8(writer.into_inner().map_err(failed)?).map_err(failed)
    }
}

fn check_size(rows: usize, columns: usize) -> Result<(), AppError> {
    if rows > MAXIMUM_ROWS + 1 {
        return Err(AppError::BadRequest(message!(
            "The file must have at most {MAXIMUM_ROWS} rows. Split it.",
            MAXIMUM_ROWS
        )));
    }
    if columns > MAXIMUM_COLUMNS {
        return Err(AppError::BadRequest(message!(
            "The file must have at most {MAXIMUM_COLUMNS} columns.",
            MAXIMUM_COLUMNS
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::records::transfer::Format;

    fn serialized(format: Format, text: &str) -> Vec<u8> {
        let head = ["name".to_owned(), "count".to_owned()];
        let row = [(text.to_owned(), false), ("-12".to_owned(), true)];
        match format {
            Format::Csv => {
                let mut writer = CsvWriter::new();
                writer.head(&head).expect("a head");
                writer.row(&row).expect("a row");
                writer.finish().expect("a file")
            }
            Format::Xlsx => {
                let mut writer = WorkbookWriter::new("Teams", &head).expect("a writer");
                writer.row(&row).expect("a row");
                let mut bytes = Vec::new();
                writer.finish().expect("a file").read_to_end(&mut bytes).expect("its bytes");
                bytes
            }
        }
    }

    #[test]
    fn texts_round_trip_and_are_never_formulas() {
        for text in [
            "=1+1",
            "'=1+1",
            "'quoted",
            "-5",
            "@x",
            "\tx",
            "\rx",
            "\nx",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "plain, \"with\" marks\nand lines",
            "ñ 🌊",
        ] {
            for format in [Format::Csv, Format::Xlsx] {
                let bytes = serialized(format, text);
                let table = Table::read(&bytes).expect("a table");
                assert_eq!(table.head, ["name", "count"]);
                assert_eq!(table.rows, [(2, vec![text.to_owned(), "-12".to_owned()])], "{format:?}");
                if format == Format::Csv {
                    let content = String::from_utf8(bytes).expect("text");
                    let cell = content.lines().nth(1).expect("a row").trim_start_matches('"');
                    assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '＝', '＋', '－', '＠']), "{cell}");
                }
            }
        }
    }

    #[test]
    fn other_files_are_refused() {
        for bytes in [&b""[..], b"\n\n", b"\xff\xfe", b"PK\x03\x04 no workbook"] {
            assert!(matches!(Table::read(bytes), Err(AppError::BadRequest(_))), "{bytes:?}");
        }
        let many = "name\n".repeat(MAXIMUM_ROWS + 2);
        assert!(matches!(Table::read(many.as_bytes()), Err(AppError::BadRequest(_))));
    }

    #[test]
    fn semicolons_and_a_byte_order_mark_are_accepted() {
        let table = Table::read(b"\xef\xbb\xbfname;count\r\nPeace;3\r\n").expect("a table");
        assert_eq!(table.head, ["name", "count"]);
        assert_eq!(table.rows, [(2, vec!["Peace".to_owned(), "3".to_owned()])]);
    }
}
