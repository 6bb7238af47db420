//! Documents as tagged PDF (PDF/UA-1): headings, facts, paragraphs, tables, bar charts, a logo and signature lines on pages of A4.
//!
//! A document is first laid out as marks on pages, so that the footer knows the number of pages and a table can repeat
//! its head; then the marks are written.

mod layout;
mod text;
mod write;

use std::fmt;

/// Fonts of a document as TrueType files.
#[derive(Clone, Copy, Debug)]
pub struct Fonts {
    /// Regular weight.
    pub regular: &'static [u8],
    /// Bold weight.
    pub bold: &'static [u8],
    /// Letters of Arabic, for texts that the others cannot show.
    pub arabic: &'static [u8],
}

/// Document to be written.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Title, also of the window of a viewer.
    pub title: String,
    /// Language as in RFC 3066, such as `en`.
    pub language: String,
    /// Text above the title, such as the name of the office; empty for none.
    pub header: String,
    /// Picture above the title.
    pub logo: Option<Logo>,
    /// Text at the left of each footer.
    pub footer: String,
    /// Text at the right of each footer, with `{page}` and `{pages}`.
    pub page_number: String,
    /// Wide pages rather than high ones.
    pub is_landscape: bool,
    /// Content in order.
    pub blocks: Vec<Block>,
}

/// Picture of a document, as a PNG or JPEG file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// The file.
    pub bytes: Vec<u8>,
    /// Text for who does not see it.
    pub alternative: String,
}

impl Logo {
    /// Returns width and height in pixels.
    ///
    /// # Errors
    ///
    /// What is wrong with the file.
    pub fn size(&self) -> Result<(u32, u32), PdfError> {
        write::picture(self).map(|picture| picture.size())
    }
}

/// Part of a document.
#[derive(Clone, Debug)]
pub enum Block {
    /// Title of the document.
    Title(String),
    /// Heading of a section.
    Heading(String),
    /// Paragraph.
    Text(String),
    /// Paragraph in small gray letters.
    Note(String),
    /// Labels with their values, three in a row.
    Facts(Vec<(String, String)>),
    /// Table.
    Table(Table),
    /// Chart of horizontal bars.
    Bars(Bars),
    /// Lines to sign on, three in a row.
    Signatures(Vec<Signature>),
}

/// Table with a head that is repeated on each page.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Summary for screen readers.
    pub summary: String,
    /// Columns from left to right.
    pub columns: Vec<Column>,
    /// Rows with a cell for each column; the first cell is the head of its row.
    pub rows: Vec<Vec<String>>,
    /// True if the last row has the sums.
    pub has_total: bool,
    /// Small letters, for many columns.
    pub is_small: bool,
}

/// Chart of horizontal bars, read out as its title with the labels and texts.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    /// Title.
    pub title: String,
    /// Bars from top to bottom.
    pub bars: Vec<Bar>,
}

/// Bar of a chart.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    /// Label at the left.
    pub label: String,
    /// Text at the right.
    pub text: String,
    /// Length, relative to the longest one; below zero counts as zero.
    pub length: i64,
}

/// Column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Heading.
    pub heading: String,
    /// Share of the width, relative to the other columns.
    pub share: f32,
    /// Aligned to the right, as numbers are.
    pub is_right: bool,
}

/// Line to sign on.
#[derive(Clone, Debug, Default)]
pub struct Signature {
    /// Name above the line, or empty.
    pub name: String,
    /// Text below the line.
    pub caption: String,
    /// Second text below the line, such as a date to fill in.
    pub note: String,
}

/// Document that cannot be written.
#[derive(Debug)]
pub struct PdfError(String);

impl fmt::Display for PdfError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the PDF cannot be written: {}", self.0)
    }
}

impl std::error::Error for PdfError {}

/// Returns the document as a PDF file. A character that no font has is written as a question mark.
///
/// # Errors
///
/// An unreadable font, or a document that breaks a rule of PDF/UA-1.
pub fn render(document: &Document, fonts: Fonts) -> Result<Vec<u8>, PdfError> {
    let mut typesetter = text::Typesetter::new(fonts)?;
    let pages = layout::pages(document, &mut typesetter)?;
    write::write(document, &pages)
}
