//! Layout of a document: marks on pages, and the structure that tags name.

use crate::PdfError;
use crate::text::{SetText, Style, Typesetter};
use crate::write::{Picture, picture};
use crate::{Bars, Block, Column, Document, Logo, Signature, Table};

/// Sides of A4 in points, the shorter first.
const A4: (f32, f32) = (595.0, 842.0);
/// Margin at the left and the right.
const MARGIN: f32 = 48.0;
const TOP: f32 = 48.0;
/// Space below the content, with the footer.
const BELOW: f32 = 60.0;
/// Height of the logo.
const LOGO: f32 = 34.0;
/// Height of a bar of a chart, and of its row.
const BAR: (f32, f32) = (8.0, 15.0);
const GAP: f32 = 16.0;
/// Blank above and below the text of a cell.
const PADDING: f32 = 3.0;
/// Space to sign in.
const TO_SIGN: f32 = 34.0;

const BODY: Style = Style::plain(9.5);
const SMALL: Style = Style::plain(8.0).muted();
/// Letters of tables with many columns.
const DENSE: Style = Style::plain(7.5);
const DENSE_HEAD: Style = Style::plain(7.0).muted().bold();

/// Mark on a page.
pub enum Mark {
    /// Text at a place; the number names it in the structure, and nothing is said of it there without one.
    Text {
        /// Text.
        text: Box<SetText>,
        /// Left edge.
        x: f32,
        /// Upper edge.
        y: f32,
        /// Number in the structure.
        number: Option<usize>,
    },
    /// Horizontal line.
    Line {
        /// Left end.
        x: f32,
        /// Length.
        length: f32,
        /// Height on the page.
        y: f32,
        /// Black rather than light gray.
        is_strong: bool,
    },
    /// Bar of a chart: x, y, width, height, and its number in the structure.
    Bar([f32; 4], usize),
    /// Picture: x, y, width, height, and its number in the structure.
    Picture(Box<Picture>, [f32; 4], usize),
}

/// Node of the structure of a document.
pub enum Node {
    /// Heading of a level from 1, with its text.
    Heading(u16, usize, String),
    /// Paragraph of texts.
    Paragraph(Vec<usize>),
    /// Picture or chart with its text for who does not see it.
    Figure(String, Vec<usize>),
    /// Table with its summary, its head and its rows.
    Table(String, Vec<usize>, Vec<Vec<usize>>),
}

/// Pages with their marks, and the structure.
pub struct Pages {
    /// Width and height of a page in points.
    pub size: (f32, f32),
    /// Marks of each page.
    pub pages: Vec<Vec<Mark>>,
    /// Structure in the order of reading.
    pub nodes: Vec<Node>,
    /// Number of texts that the structure names.
    pub texts: usize,
}

/// Lays out a document.
///
/// # Errors
///
/// A picture that is not readable.
pub fn pages(document: &Document, typesetter: &mut Typesetter) -> Result<Pages, PdfError> {
    let size = if document.is_landscape { (A4.1, A4.0) } else { A4 };
    let pages = Pages { size, pages: vec![Vec::new()], nodes: Vec::new(), texts: 0 };
    let in_a_row = if document.is_landscape { 5 } else { 3 };
    let mut composer = Composer { typesetter, pages, y: TOP, in_a_row };
    composer.header(&document.header, document.logo.as_ref())?;
    for block in &document.blocks {
        composer.block(block);
    }
    composer.footers(document);
    Ok(composer.pages)
}

struct Composer<'a> {
    typesetter: &'a mut Typesetter,
    pages: Pages,
    y: f32,
    /// Facts and signatures in a row.
    in_a_row: usize,
}

impl Composer<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Title(text) => self.heading(1, text, Style::plain(17.0).bold(), 0.0),
            Block::Heading(text) => self.heading(2, text, Style::plain(11.5).bold(), 10.0),
            Block::Text(text) => self.paragraph(text, BODY),
            Block::Note(text) => {
                self.paragraph(text, SMALL);
                self.y += 4.0;
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Signatures(signatures) => self.signatures(signatures),
            Block::Bars(bars) => self.bars(bars),
        }
    }

    fn inner(&self) -> f32 {
        self.pages.size.0 - 2.0 * MARGIN
    }

    fn bottom(&self) -> f32 {
        self.pages.size.1 - BELOW
    }

    /// Puts logo and name of the office above the title.
    fn header(&mut self, header: &str, logo: Option<&Logo>) -> Result<(), PdfError> {
        let mut x = MARGIN;
        if let Some(logo) = logo {
            let picture = picture(logo)?;
            let (wide, high) = picture.size();
            #[allow(clippy::cast_precision_loss)] // Pixels of a logo.
            let width = (LOGO * wide as f32 / high.max(1) as f32).min(self.inner() / 3.0);
            let number = self.next_number();
            self.mark(Mark::Picture(Box::new(picture), [x, self.y, width, LOGO], number));
            self.pages.nodes.push(Node::Figure(logo.alternative.clone(), vec![number]));
            x += width + 10.0;
        }
        if !header.trim().is_empty() {
            let width = self.pages.size.0 - MARGIN - x;
            let set = self.typesetter.set(header, Style::plain(11.0).bold(), width);
            let height = set.height();
            let above = if logo.is_some() { ((LOGO - height) / 2.0).max(0.0) } else { 0.0 };
            let number = self.put(set, x, self.y + above);
            self.pages.nodes.push(Node::Paragraph(vec![number]));
            self.y += if logo.is_some() { 0.0 } else { height };
        }
        if logo.is_some() {
            self.y += LOGO;
        }
        if self.y > TOP {
            self.y += 12.0;
        }
        Ok(())
    }

    fn next_number(&mut self) -> usize {
        self.pages.texts += 1;
        self.pages.texts - 1
    }

    /// Draws a chart. It is broken between bars where a page ends.
    fn bars(&mut self, chart: &Bars) {
        let longest = chart.bars.iter().map(|bar| bar.length).max().unwrap_or(0).max(1);
        let (label_width, text_width) = (self.inner() * 0.28, self.inner() * 0.14);
        let room = self.inner() - label_width - text_width - GAP;
        let mut numbers = Vec::new();
        for bar in &chart.bars {
            let label = self.typesetter.set(&bar.label, SMALL, label_width);
            let text = self.typesetter.set(&bar.text, SMALL.right(true), text_width);
            let height = label.height().max(BAR.1);
            self.make_room(height);
            numbers.push(self.put(label, MARGIN, self.y + 2.0));
            #[allow(clippy::cast_precision_loss)] // A share of the width.
            let width = room * (bar.length.max(0) as f32 / longest as f32);
            if width > 0.0 {
                let number = self.next_number();
                let place = [MARGIN + label_width + GAP / 2.0, self.y + 3.0, width.max(0.5), BAR.0];
                self.mark(Mark::Bar(place, number));
                numbers.push(number);
            }
            numbers.push(self.put(text, MARGIN + self.inner() - text_width, self.y + 2.0));
            self.y += height;
        }
        if !numbers.is_empty() {
            let read: Vec<String> =
                chart.bars.iter().map(|bar| format!("{}: {}", bar.label, bar.text)).collect();
            self.pages.nodes.push(Node::Figure(format!("{}. {}", chart.title, read.join("; ")), numbers));
        }
        self.y += 6.0;
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Puts a text of the structure on the page and returns its number.
    fn put(&mut self, text: SetText, x: f32, y: f32) -> usize {
        let number = self.pages.texts;
        self.pages.texts += 1;
        self.mark(Mark::Text { text: Box::new(text), x, y, number: Some(number) });
        number
    }

    fn rule(&mut self, y: f32, is_strong: bool) {
        self.mark(Mark::Line { x: MARGIN, length: self.inner(), y, is_strong });
    }

    fn fits(&self, height: f32) -> bool {
        self.y + height <= self.bottom()
    }

    fn new_page(&mut self) {
        self.pages.pages.push(Vec::new());
        self.y = TOP;
    }

    fn make_room(&mut self, height: f32) {
        if !self.fits(height) && self.y > TOP {
            self.new_page();
        }
    }

    fn heading(&mut self, level: u16, text: &str, style: Style, above: f32) {
        // PDF/UA-1 allows no heading without a title.
        if text.trim().is_empty() {
            return;
        }
        let width = self.inner();
        let set = self.typesetter.set(text, style, width);
        let height = set.height();
        // A heading stays with the first lines of what follows.
        self.make_room(above + height + 40.0);
        if self.y > TOP {
            self.y += above;
        }
        let number = self.put(set, MARGIN, self.y);
        self.pages.nodes.push(Node::Heading(level, number, text.to_owned()));
        self.y += height + 4.0;
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        let width = self.inner();
        let set = self.typesetter.set(text, style, width);
        let height = set.height();
        self.make_room(height);
        let number = self.put(set, MARGIN, self.y);
        self.pages.nodes.push(Node::Paragraph(vec![number]));
        self.y += height + 4.0;
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let width = self.column_width();
        for row in facts.chunks(self.in_a_row) {
            let sets: Vec<(SetText, SetText)> = row
                .iter()
                .map(|(label, value)| {
                    (self.typesetter.set(label, SMALL, width), self.typesetter.set(value, BODY, width))
                })
                .collect();
            let height = sets.iter().map(|(label, value)| label.height() + value.height());
            let height = height.fold(0.0, f32::max);
            self.make_room(height);
            for (place, (label, value)) in sets.into_iter().enumerate() {
                let (x, below) = (self.column_x(place), self.y + label.height());
                let numbers = vec![self.put(label, x, self.y), self.put(value, x, below)];
                self.pages.nodes.push(Node::Paragraph(numbers));
            }
            self.y += height + 6.0;
        }
    }

    fn table(&mut self, table: &Table) {
        let widths = widths(&table.columns, self.inner());
        let (of_head, of_rows) = if table.is_small { (DENSE_HEAD, DENSE) } else { (SMALL.bold(), BODY) };
        let head = self.cells(&headings(table), table, &widths, of_head);
        let head_height = height_of(&head);
        self.make_room(head_height + 40.0);
        let head = self.row(head, table, &widths, head_height, true);
        let mut rows = Vec::with_capacity(table.rows.len());
        for (place, row) in table.rows.iter().enumerate() {
            let is_total = table.has_total && place + 1 == table.rows.len();
            let style = if is_total { of_rows.bold() } else { of_rows };
            let cells = self.cells(row, table, &widths, style);
            let height = height_of(&cells);
            if !self.fits(height) {
                self.new_page();
                self.repeat_head(table, &widths, of_head);
            }
            rows.push(self.row(cells, table, &widths, height, false));
        }
        self.pages.nodes.push(Node::Table(table.summary.clone(), head, rows));
        self.y += 4.0;
    }

    fn cells(&mut self, texts: &[String], table: &Table, widths: &[f32], style: Style) -> Vec<SetText> {
        texts
            .iter()
            .zip(&table.columns)
            .zip(widths)
            .map(|((text, column), width)| {
                self.typesetter.set(text, style.right(column.is_right), width - PADDING * 2.0)
            })
            .collect()
    }

    fn row(
        &mut self,
        cells: Vec<SetText>,
        table: &Table,
        widths: &[f32],
        height: f32,
        is_head: bool,
    ) -> Vec<usize> {
        let mut x = MARGIN;
        let mut numbers = Vec::with_capacity(cells.len());
        for (place, cell) in cells.into_iter().enumerate() {
            numbers.push(self.put(cell, x + indent(table, place), self.y + PADDING));
            x += widths[place];
        }
        self.y += height;
        self.rule(self.y, is_head);
        numbers
    }

    /// Draws the head again on a further page, where it is no part of the structure.
    fn repeat_head(&mut self, table: &Table, widths: &[f32], style: Style) {
        let cells = self.cells(&headings(table), table, widths, style);
        let height = height_of(&cells);
        let mut x = MARGIN;
        for (place, text) in cells.into_iter().enumerate() {
            let left = x + indent(table, place);
            self.mark(Mark::Text { text: Box::new(text), x: left, y: self.y + PADDING, number: None });
            x += widths[place];
        }
        self.y += height;
        self.rule(self.y, true);
    }

    fn signatures(&mut self, signatures: &[Signature]) {
        let width = self.column_width();
        for row in signatures.chunks(self.in_a_row) {
            let sets: Vec<[SetText; 3]> = row
                .iter()
                .map(|signature| {
                    [
                        self.typesetter.set(&signature.name, BODY, width),
                        self.typesetter.set(&signature.caption, SMALL, width),
                        self.typesetter.set(&signature.note, SMALL, width),
                    ]
                })
                .collect();
            let below = sets.iter().map(|[_, caption, note]| caption.height() + note.height());
            let height = TO_SIGN + below.fold(0.0, f32::max);
            self.make_room(height);
            let line = self.y + TO_SIGN;
            for (place, [name, caption, note]) in sets.into_iter().enumerate() {
                let x = self.column_x(place);
                let (above, under) = (line - name.height() - 1.0, line + 2.0);
                let last = under + caption.height();
                self.mark(Mark::Line { x, length: width, y: line, is_strong: true });
                let texts = [(name, above), (caption, under), (note, last)];
                let texts = texts.into_iter().filter(|(text, _)| !text.text.is_empty());
                let numbers = texts.map(|(text, y)| self.put(text, x, y)).collect();
                self.pages.nodes.push(Node::Paragraph(numbers));
            }
            self.y += height + 10.0;
        }
    }

    #[allow(clippy::cast_precision_loss)] // Three or five.
    fn column_width(&self) -> f32 {
        let count = self.in_a_row as f32;
        (self.inner() - GAP * (count - 1.0)) / count
    }

    #[allow(clippy::cast_precision_loss)] // Three or five.
    fn column_x(&self, place: usize) -> f32 {
        MARGIN + place as f32 * (self.column_width() + GAP)
    }

    fn footers(&mut self, document: &Document) {
        let count = self.pages.pages.len();
        let (width, y) = (self.inner(), self.pages.size.1 - 44.0);
        for (place, page) in self.pages.pages.iter_mut().enumerate() {
            let number = document
                .page_number
                .replace("{page}", &(place + 1).to_string())
                .replace("{pages}", &count.to_string());
            for (text, style) in [(&document.footer, SMALL), (&number, SMALL.right(true))] {
                let text = Box::new(self.typesetter.set(text, style, width));
                page.push(Mark::Text { text, x: MARGIN, y, number: None });
            }
        }
    }
}

/// Indent of a cell: numbers of the last column end at the edge of the page, all other cells keep a gap at their right.
fn indent(table: &Table, place: usize) -> f32 {
    let is_last = place > 0 && place + 1 == table.columns.len();
    if is_last && table.columns[place].is_right { PADDING * 2.0 } else { 0.0 }
}

fn headings(table: &Table) -> Vec<String> {
    table.columns.iter().map(|column| column.heading.clone()).collect()
}

fn height_of(cells: &[SetText]) -> f32 {
    cells.iter().map(SetText::height).fold(0.0, f32::max) + 2.0 * PADDING
}

fn widths(columns: &[Column], inner: f32) -> Vec<f32> {
    let all: f32 = columns.iter().map(|column| column.share).sum();
    columns.iter().map(|column| inner * column.share / all).collect()
}
