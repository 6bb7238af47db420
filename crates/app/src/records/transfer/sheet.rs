//! Tables as CSV files and workbooks.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Seek, SeekFrom};

use rust_xlsxwriter::{Format as Style, Workbook};

use super::MAXIMUM_ROWS;
pub use super::workbook::Merged;
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
/// First bytes of a workbook of the old format, and of an encrypted one (Compound File Binary).
const OLD_WORKBOOK: &[u8] = b"\xd0\xcf\x11\xe0";
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

/// Returns rows as CSV for programs, without the mark of spreadsheets. Texts of people are to be [`guarded`].
pub(crate) fn plain_csv<const COLUMNS: usize>(
    head: [&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
) -> Result<Vec<u8>, AppError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(head).map_err(failed)?;
    for row in rows {
        writer.write_record(row).map_err(failed)?;
    }
    writer.into_inner().map_err(failed)
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
    /// Merged areas of a workbook.
    pub merged: Vec<Merged>,
}

impl Table {
    /// Reads a CSV or a workbook, detected by its first bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, AppError> {
        if bytes.starts_with(b"PK\x03\x04") {
            return Self::from_workbook(bytes);
        }
        if bytes.starts_with(OLD_WORKBOOK) {
            return Err(AppError::BadRequest(
                "The file is a workbook of the old format (.xls), or one with a password. Save it as .xlsx without a password."
                    .into(),
            ));
        }
        Self::from_csv(&decoded(bytes)?)
    }

    fn from_csv(text: &str) -> Result<Self, AppError> {
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
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut record = csv::StringRecord::new();
        loop {
            let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            let has_more = reader.read_record(&mut record).map_err(|error| {
                AppError::BadRequest(message!("The CSV cannot be read: {error}.", error = Word::text(error)))
            })?;
            if !has_more {
                break;
            }
            // The reader leaves out empty lines, which are rows in a spreadsheet.
            let empty = if rows.is_empty() { 0 } else { empty_lines(text, start) };
            // Checked before the cells are copied: a line may have millions of them.
            check_size(rows.len().saturating_add(empty) + 1, record.len())?;
            rows.resize(rows.len() + empty, Vec::new());
            rows.push(record.iter().map(|cell| unguarded(cell).to_owned()).collect());
        }
        Self::from_rows(rows)
    }

    fn from_workbook(bytes: &[u8]) -> Result<Self, AppError> {
        let mut rows: Vec<Vec<String>> = Vec::new();
        let merged = workbook::read(bytes, |cell| {
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
        Ok(Self { merged, ..Self::from_rows(rows)? })
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
        Ok(Self { head, rows, merged: Vec::new() })
    }

    /// Returns the table as CSV, to be sent again after its preview.
    pub fn to_csv(&self) -> Result<String, AppError> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(&self.head).map_err(failed)?;
        let mut next = 2;
        for (row, cells) in &self.rows {
            // Rows keep their numbers, which errors name.
            for _ in next..*row {
                writer.write_record([""]).map_err(failed)?;
            }
            next = row + 1;
            writer.write_record(cells.iter().map(|cell| guarded(cell))).map_err(failed)?;
        }
        String::from_utf8(writer.into_inner().map_err(failed)?).map_err(failed)
    }
}

/// Returns the number of empty lines from a position on; a line end there may be half of the one before.
fn empty_lines(text: &str, start: usize) -> usize {
    let mut rest = text.get(start..).unwrap_or_default();
    if start > 0 && text.as_bytes().get(start - 1) == Some(&b'\r') {
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    let mut count = 0;
    while let Some(after) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])) {
        (rest, count) = (after, count + 1);
    }
    count
}

/// Decodes a CSV: UTF-8, or UTF-16 with its mark, as spreadsheets save "Unicode text".
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, AppError> {
    let of_pairs = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| read(*pair)).collect();
        String::from_utf16(&units).ok().filter(|_| rest.is_empty()).map(Cow::Owned)
    };
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return of_pairs(rest, u16::from_le_bytes).ok_or_else(|| AppError::BadRequest(NO_TABLE.into()));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return of_pairs(rest, u16::from_be_bytes).ok_or_else(|| AppError::BadRequest(NO_TABLE.into()));
    }
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(AppError::BadRequest(NO_TABLE.into()));
    }
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        AppError::BadRequest(message!(
            "The CSV is not in UTF-8: line {line} has other characters. Save it as “CSV UTF-8”, or as a workbook (.xlsx).",
            line
        ))
    })
}

/// Message about a file that is no table at all.
const NO_TABLE: &str = "The file is neither a workbook (.xlsx) nor a CSV in UTF-8.";

fn check_size(rows: usize, columns: usize) -> Result<(), AppError> {
    if rows > MAXIMUM_ROWS + 1 {
        return Err(AppError::BadRequest(message!(
            "The file has more than {most} rows. Split it into files of at most {most} rows.",
            most = MAXIMUM_ROWS
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
    fn rows_keep_their_numbers_on_the_way_through_the_page() {
        let table = Table::read(b"name,count\n\nPeace,\"1\n2\"\r\n\r\n\r\nWater,3").expect("a table");
        let row = |name: &str, count: &str| vec![name.to_owned(), count.to_owned()];
        assert_eq!(table.rows, [(3, row("Peace", "1\n2")), (6, row("Water", "3"))]);
        let again = Table::read(table.to_csv().expect("a text").as_bytes()).expect("a table");
        assert_eq!(again, table);
    }

    #[test]
    fn semicolons_and_a_byte_order_mark_are_accepted() {
        let table = Table::read(b"\xef\xbb\xbfname;count\r\nPeace;3\r\n").expect("a table");
        assert_eq!(table.head, ["name", "count"]);
        assert_eq!(table.rows, [(2, vec!["Peace".to_owned(), "3".to_owned()])]);
    }
}
