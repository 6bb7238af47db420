//! Bounded reader of workbooks (XLSX, ISO/IEC 29500): the first sheet as rows of texts.
//!
//! Files come from people, so nothing is allocated because a file claims it: every part is inflated under one budget,
//! and strings, cells and nesting are counted while they are read. The libraries we considered allocate as much as
//! `uniqueCount` or the index of a shared formula claims, which aborts the process before an error can be returned.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::mem::size_of;
use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use crate::core::AppError;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::message;

/// Maximum unpacked size of all parts of a workbook together, in bytes.
pub const MAXIMUM_UNPACKED: u64 = 32 * 1024 * 1024;
/// Maximum bytes of text in shared strings, and again in the cells that show them.
pub const MAXIMUM_TEXT: usize = 16 * 1024 * 1024;
/// Maximum number of files in the archive.
pub const MAXIMUM_PARTS: usize = 1_000;
/// Maximum number of filled cells of the sheet.
pub const MAXIMUM_CELLS: usize = 300_000;
/// Maximum characters in one cell, as in the format itself.
pub const LONGEST_CELL: usize = 32_767;
/// Maximum number of merged areas.
const MAXIMUM_MERGED: usize = 1_000;
/// Text of a cell with a formula that has no value, because no spreadsheet program calculated it.
pub const NOT_CALCULATED: &str = "#NOT CALCULATED";
/// Maximum depth of nested elements; a sheet has about ten.
const DEEPEST: usize = 64;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

fn refused(message: impl Into<Message>) -> AppError {
    AppError::BadRequest(message.into())
}

fn unreadable(error: impl std::fmt::Display) -> AppError {
    refused(message!("The workbook cannot be read: {error}.", error = Word::text(error)))
}

/// Cell with a value; positions are counted from 0.
pub struct Cell {
    /// Row index.
    pub row: usize,
    /// Column index.
    pub column: usize,
    /// Value as text: numbers in their shortest exact form, dates in ISO 8601.
    pub text: String,
}

/// Reads the filled cells of the first sheet in the order of the file, and returns its merged areas.
///
/// # Errors
///
/// `BadRequest` if the file is no workbook or exceeds a limit; `each` may stop the reading with its own error.
pub fn read(
    bytes: &[u8],
    mut each: impl FnMut(Cell) -> Result<(), AppError>,
) -> Result<Vec<Merged>, AppError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if archive.len() > MAXIMUM_PARTS {
        return Err(refused("The workbook has too many parts. Save it as CSV."));
    }
    let mut remaining = MAXIMUM_UNPACKED;
    let book = workbook(&mut archive, &mut remaining)?;
    let strings = match &book.strings {
        Some(part) => shared_strings(&mut archive, part, &mut remaining)?,
        None => Vec::new(),
    };
    let dates = match &book.styles {
        Some(part) => date_styles(&mut archive, part, &mut remaining)?,
        None => Vec::new(),
    };
    let Some(mut xml) = open(&mut archive, &book.sheet, &mut remaining)? else {
        return Err(refused("The workbook has no sheet."));
    };
    let mut sheet =
        Sheet { strings: &strings, dates: &dates, since_1904: book.since_1904, ..Sheet::default() };
    let mut merged = Vec::new();
    loop {
        match xml.next()? {
            Found::End => return Ok(merged),
            Found::Open(element) if element.name == "mergeCell" => {
                if merged.len() == MAXIMUM_MERGED {
                    return Err(refused("The sheet has too many merged cells. Unmerge them."));
                }
                merged.extend(element.get("ref").and_then(Merged::parse));
            }
            Found::Open(element) if element.name == "row" => {
                let row = element.number("r").filter(|number| *number > 0);
                sheet.row = row.unwrap_or(sheet.row.saturating_add(1));
                sheet.column = 0;
            }
            Found::Open(element) if element.name == "c" => {
                if let Some(cell) = sheet.cell(&mut xml, &element)? {
                    each(cell)?;
                }
            }
            _ => {}
        }
    }
}

/// Cells that are merged into one, which has the value of the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Reference of the first cell, such as `A2`.
    pub first: String,
    /// Rows, counted from 1 at the header.
    pub rows: RangeInclusive<usize>,
    /// Columns, counted from 0.
    pub columns: RangeInclusive<usize>,
}

impl Merged {
    /// Parses an area such as `A2:A5`.
    fn parse(area: &str) -> Option<Self> {
        let (first, last) = area.split_once(':')?;
        let ((left, top), (right, bottom)) = (place_of(first)?, place_of(last)?);
        Some(Self { first: first.to_owned(), rows: top + 1..=bottom + 1, columns: left..=right })
    }

    /// Returns true for the cell that has the value.
    #[must_use]
    pub fn is_first(&self, row: usize, column: usize) -> bool {
        (row, column) == (*self.rows.start(), *self.columns.start())
    }
}

/// Locations of the parts of a workbook.
struct Book {
    sheet: String,
    strings: Option<String>,
    styles: Option<String>,
    since_1904: bool,
}

fn workbook(archive: &mut Archive<'_>, remaining: &mut u64) -> Result<Book, AppError> {
    let root = relations(archive, "_rels/.rels", "", remaining)?;
    let place = root
        .values()
        .find(|relation| relation.purpose == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target.clone());
    let (folder, file) = place.rsplit_once('/').unwrap_or(("", &place));
    let relations = relations(archive, &format!("{folder}/_rels/{file}.rels"), folder, remaining)?;
    let Some(mut xml) = open(archive, &place, remaining)? else {
        return Err(refused("The file is not a workbook (.xlsx)."));
    };
    let (mut sheet, mut since_1904) = (None, false);
    loop {
        match xml.next()? {
            Found::End => break,
            Found::Open(element) if element.name == "workbookPr" => {
                since_1904 = element.get("date1904").is_some_and(|value| value == "1" || value == "true");
            }
            Found::Open(element) if element.name == "sheet" && sheet.is_none() => {
                sheet = element.get("id").and_then(|id| relations.get(id)).map(|found| found.target.clone());
            }
            _ => {}
        }
    }
    let purpose = |purpose: &str| {
        relations.values().find(|relation| relation.purpose == purpose).map(|found| found.target.clone())
    };
    Ok(Book {
        sheet: sheet.ok_or_else(|| refused("The workbook has no sheet."))?,
        strings: purpose("sharedStrings"),
        styles: purpose("styles"),
        since_1904,
    })
}

/// Relationship of one part of a workbook to another.
struct Relation {
    purpose: String,
    target: String,
}

fn relations(
    archive: &mut Archive<'_>,
    part: &str,
    folder: &str,
    remaining: &mut u64,
) -> Result<HashMap<String, Relation>, AppError> {
    let mut found = HashMap::new();
    let Some(mut xml) = open(archive, part, remaining)? else {
        return Ok(found);
    };
    loop {
        match xml.next()? {
            Found::End => return Ok(found),
            Found::Open(element) if element.name == "Relationship" => {
                let (Some(id), Some(kind), Some(target)) =
                    (element.get("Id"), element.get("Type"), element.get("Target"))
                else {
                    continue;
                };
                let target = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None if folder.is_empty() => target.to_owned(),
                    None => format!("{folder}/{target}"),
                };
                let purpose = kind.rsplit('/').next().unwrap_or_default().to_owned();
                if found.len() < MAXIMUM_PARTS {
                    found.insert(id.to_owned(), Relation { purpose, target });
                }
            }
            _ => {}
        }
    }
}

fn shared_strings(
    archive: &mut Archive<'_>,
    part: &str,
    remaining: &mut u64,
) -> Result<Vec<String>, AppError> {
    let mut strings = Vec::new();
    let Some(mut xml) = open(archive, part, remaining)? else {
        return Ok(strings);
    };
    let mut bytes = 0;
    loop {
        match xml.next()? {
            Found::End => return Ok(strings),
            // No workbook within the limits can have that many.
            Found::Open(element) if element.name == "sst" && claims_too_much(&element) => {
                return Err(refused("The workbook claims more shared strings than it can contain."));
            }
            Found::Open(element) if element.name == "si" => {
                let text = xml.text_of("si")?;
                bytes += text.len() + size_of::<String>();
                if bytes > MAXIMUM_TEXT {
                    return Err(refused("The workbook has too much text. Split it."));
                }
                strings.push(text);
            }
            _ => {}
        }
    }
}

/// Returns true if the table of strings claims more of them than fit, or more than a number can hold.
fn claims_too_much(element: &Element) -> bool {
    ["count", "uniqueCount"].iter().filter_map(|name| element.get(name)).any(|claimed| {
        claimed.trim().parse::<usize>().is_ok_and(|number| number > MAXIMUM_TEXT) || claimed.trim().len() > 19
    })
}

/// Returns for each cell style whether it shows a number as a date.
fn date_styles(archive: &mut Archive<'_>, part: &str, remaining: &mut u64) -> Result<Vec<bool>, AppError> {
    let (mut own, mut styles) = (HashMap::new(), Vec::new());
    let Some(mut xml) = open(archive, part, remaining)? else {
        return Ok(styles);
    };
    let mut of_cells = false;
    loop {
        match xml.next()? {
            Found::End => return Ok(styles),
            Found::Open(element) => match element.name.as_str() {
                "numFmt" => {
                    if let (Some(id), Some(code)) = (element.number("numFmtId"), element.get("formatCode")) {
                        own.insert(id, shows_date(code));
                    }
                }
                "cellXfs" => of_cells = true,
                "xf" if of_cells && styles.len() < MAXIMUM_CELLS => {
                    let format = element.number("numFmtId").unwrap_or(0);
                    let built_in = matches!(format, 14..=22 | 27..=36 | 50..=58);
                    styles.push(own.get(&format).copied().unwrap_or(built_in));
                }
                _ => {}
            },
            Found::Close(name) if name == "cellXfs" => of_cells = false,
            _ => {}
        }
    }
}

/// Returns true if a number format shows dates or times; a duration (`[h]:mm`) stays a number.
fn shows_date(code: &str) -> bool {
    let (mut characters, mut quoted) = (code.chars(), false);
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => drop(characters.next()),
            '[' => {
                let inside: String = characters.by_ref().take_while(|inner| *inner != ']').collect();
                if matches!(inside.to_ascii_lowercase().trim_end_matches(['h', 'm', 's']), "") {
                    return false;
                }
            }
            // Of the formats for positive, negative and other values only the first counts.
            ';' => return false,
            'y' | 'Y' | 'd' | 'D' | 'm' | 'M' | 'h' | 'H' | 's' | 'S' => {
                return !code.eq_ignore_ascii_case("general");
            }
            _ => {}
        }
    }
    false
}

/// Reader of a sheet.
#[derive(Default)]
struct Sheet<'a> {
    strings: &'a [String],
    dates: &'a [bool],
    since_1904: bool,
    /// Current row, counted from 1.
    row: usize,
    /// Next column, counted from 0.
    column: usize,
    cells: usize,
    bytes: usize,
}

impl Sheet<'_> {
    /// Reads a cell to its end; nothing if it is empty.
    fn cell(&mut self, xml: &mut Xml<'_>, element: &Element) -> Result<Option<Cell>, AppError> {
        let (column, row) = match element.get("r") {
            Some(name) => place_of(name).ok_or_else(|| unreadable("a cell has no place"))?,
            None => (self.column, self.row.saturating_sub(1)),
        };
        self.column = column + 1;
        let value = xml.text_of("c")?;
        // A formula with an empty text as its value is an empty cell.
        let is_uncalculated = value.is_empty() && xml.has_formula && element.get("t") != Some("str");
        if value.is_empty() && !is_uncalculated {
            return Ok(None);
        }
        let text = match element.get("t") {
            _ if is_uncalculated => NOT_CALCULATED.to_owned(),
            Some("s") => {
                let number = value.trim().parse::<usize>().map_err(|_| unreadable("a string is missing"))?;
                self.strings.get(number).cloned().ok_or_else(|| unreadable("a string is missing"))?
            }
            Some("b") => (if value.trim() == "1" { "true" } else { "false" }).to_owned(),
            Some("str" | "inlineStr" | "e" | "d") => value,
            _ => {
                let style = element.number("s").and_then(|style| self.dates.get(style));
                self.number(value.trim(), style.copied().unwrap_or(false))
            }
        };
        if text.is_empty() {
            return Ok(None);
        }
        self.cells += 1;
        self.bytes += text.len();
        if self.cells > MAXIMUM_CELLS || self.bytes > MAXIMUM_TEXT {
            return Err(refused("The workbook has too many cells or too much text. Split it."));
        }
        Ok(Some(Cell { row, column, text }))
    }

    fn number(&self, value: &str, is_date: bool) -> String {
        let Ok(number) = value.parse::<f64>() else {
            return value.to_owned();
        };
        if is_date { moment(number, self.since_1904) } else { None }.unwrap_or_else(|| number.to_string())
    }
}

/// Parses a cell reference such as `AB12` to column and row, counted from 0.
fn place_of(name: &str) -> Option<(usize, usize)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters == 0 || letters > 3 {
        return None;
    }
    let (column, row) = name.split_at(letters);
    let column =
        column.bytes().fold(0, |sum, letter| sum * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row: u32 = row.parse().ok().filter(|row| (1..=1_048_576).contains(row))?;
    Some((column - 1, row as usize - 1))
}

/// Formats a number as date, or as date and time; nothing if it is out of range.
fn moment(number: f64, since_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&number) {
        return None;
    }
    // The bounds keep both within range.
    #[allow(clippy::cast_possible_truncation)]
    let seconds = (number * 86_400.0).round() as i64;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let first: Date = match since_1904 {
        true => date(1904, 1, 1),
        // The format counts a 29 February 1900 that did not exist.
        false if days < 60 => date(1899, 12, 31),
        false => date(1899, 12, 30),
    };
    let day = first.checked_add(days.days()).ok()?;
    if rest == 0 {
        return Some(day.to_string());
    }
    Some(format!("{day}T{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60))
}

/// Element with its attributes, without prefixes.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    fn new(start: &BytesStart<'_>) -> Result<Self, AppError> {
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(unreadable)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(unreadable)?;
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self { name: start.local_name().as_ref().to_owned(), attributes })
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.get(name).and_then(|value| value.trim().parse().ok())
    }
}

/// Token of a part.
enum Found {
    Open(Element),
    Close(String),
    Text(String),
    End,
}

/// XML reader of a part.
struct Xml<'a> {
    reader: Reader<Box<dyn BufRead + 'a>>,
    buffer: Vec<u8>,
    depth: usize,
    /// True if the last text stood beside a formula.
    has_formula: bool,
}

/// Opens a part of the archive under the budget; nothing if there is none of the name.
fn open<'a>(
    archive: &'a mut Archive<'_>,
    name: &str,
    remaining: &'a mut u64,
) -> Result<Option<Xml<'a>>, AppError> {
    let found = archive.file_names_raw().position(|known| known.eq_ignore_ascii_case(name.as_bytes()));
    let Some(place) = found else {
        return Ok(None);
    };
    let file = archive.by_index(place).map_err(unreadable)?;
    let mut reader = Reader::from_reader(
        Box::new(BufReader::new(Budgeted { inner: file, remaining })) as Box<dyn BufRead + 'a>
    );
    reader.config_mut().expand_empty_elements = true;
    Ok(Some(Xml { reader, buffer: Vec::new(), depth: 0, has_formula: false }))
}

impl Xml<'_> {
    /// Returns the next token; declarations, comments and white space between elements count as text, which callers
    /// ignore.
    fn next(&mut self) -> Result<Found, AppError> {
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer).map_err(unreadable)?;
            return Ok(match event {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > DEEPEST {
                        return Err(unreadable("its elements are nested too deeply"));
                    }
                    Found::Open(Element::new(&start)?)
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Found::Close(end.local_name().as_ref().to_owned())
                }
                Event::Text(text) => Found::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Found::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(reference) => Found::Text(match reference.as_ref() {
                    "amp" => "&".to_owned(),
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "quot" => "\"".to_owned(),
                    "apos" => "'".to_owned(),
                    _ => match reference.resolve_char_ref().map_err(unreadable)? {
                        Some(character) => character.to_string(),
                        None => return Err(unreadable("it uses an entity of its own")),
                    },
                }),
                Event::DocType(_) => return Err(unreadable("it has a document type")),
                Event::Eof => Found::End,
                _ => continue,
            });
        }
    }

    /// Returns the text within `v` and `t` up to the end of the element just opened, without phonetic hints and
    /// formulas.
    fn text_of(&mut self, element: &str) -> Result<String, AppError> {
        let (mut text, mut within, mut hints) = (String::new(), false, 0_usize);
        self.has_formula = false;
        loop {
            match self.next()? {
                Found::End => return Err(unreadable("it is incomplete")),
                Found::Close(name) if name == element => {
                    let text = unescaped(&text);
                    return if text.chars().count() > LONGEST_CELL { Err(too_long()) } else { Ok(text) };
                }
                Found::Open(inner) if inner.name == "f" => self.has_formula = true,
                Found::Open(inner) if inner.name == "rPh" => hints += 1,
                Found::Close(name) if name == "rPh" => hints = hints.saturating_sub(1),
                Found::Open(inner) if inner.name == "v" || inner.name == "t" => within = hints == 0,
                Found::Close(name) if name == "v" || name == "t" => within = false,
                Found::Text(more) if within => {
                    text.push_str(&more);
                    // A character takes at most four bytes, an escaped one seven.
                    if text.len() > LONGEST_CELL * 7 {
                        return Err(too_long());
                    }
                }
                _ => {}
            }
        }
    }
}

fn too_long() -> AppError {
    refused(message!("Cells must have at most {LONGEST_CELL} characters.", LONGEST_CELL))
}

/// Decodes the escapes of the format for characters that XML cannot hold: `_x000D_`.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find("_x") {
        plain.push_str(&rest[..place]);
        let code = rest.get(place + 2..place + 7).and_then(|code| code.strip_suffix('_'));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(character) => {
                plain.push(character);
                rest = &rest[place + 7..];
            }
            None => {
                plain.push_str("_x");
                rest = &rest[place + 2..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Reader of a part that may use up the rest of a budget.
struct Budgeted<'a, R> {
    inner: R,
    remaining: &'a mut u64,
}

impl<R: Read> Read for Budgeted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        *self.remaining = self
            .remaining
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other("it is too large when unpacked; save it as CSV or split it"))?;
        Ok(read)
    }
}

#[cfg(test)]
#[path = "workbook_tests.rs"]
mod tests;
