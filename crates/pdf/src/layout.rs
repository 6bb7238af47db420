//! Layout of a document: marks on pages, and the structure that tags name.

use crate::text::{SetText, Style, Typesetter};
use crate::{Block, Column, Document, Signature, Table};

/// Width of A4 in points.
pub const WIDTH: f32 = 595.0;
/// Height of A4 in points.
pub const HEIGHT: f32 = 842.0;
/// Margin at the left and the right.
pub const MARGIN: f32 = 48.0;
const TOP: f32 = 48.0;
/// Lowest line of the content; the footer is below.
const BOTTOM: f32 = HEIGHT - 60.0;
const INNER: f32 = WIDTH - 2.0 * MARGIN;
/// Facts and signatures in a row.
const IN_A_ROW: usize = 3;
const GAP: f32 = 16.0;
/// Blank above and below the text of a cell.
const PADDING: f32 = 3.0;
/// Space to sign in.
const TO_SIGN: f32 = 34.0;

const BODY: Style = Style::plain(9.5);
const SMALL: Style = Style::plain(8.0).muted();

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
}

/// Node of the structure of a document.
pub enum Node {
    /// Heading of a level from 1, with its text.
    Heading(u16, usize, String),
    /// Paragraph of texts.
    Paragraph(Vec<usize>),
    /// Table with its summary, its head and its rows.
    Table(String, Vec<usize>, Vec<Vec<usize>>),
}

/// Pages with their marks, and the structure.
pub struct Pages {
    /// Marks of each page.
    pub pages: Vec<Vec<Mark>>,
    /// Structure in the order of reading.
    pub nodes: Vec<Node>,
    /// Number of texts that the structure names.
    pub texts: usize,
}

/// Lays out a document.
pub fn pages(document: &Document, typesetter: &mut Typesetter) -> Pages {
    let pages = Pages { pages: vec![Vec::new()], nodes: Vec::new(), texts: 0 };
    let mut composer = Composer { typesetter, pages, y: TOP };
    for block in &document.blocks {
        composer.block(block);
    }
    composer.footers(document);
    composer.pages
}

struct Composer<'a> {
    typesetter: &'a mut Typesetter,
    pages: Pages,
    y: f32,
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
        }
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
        self.mark(Mark::Line { x: MARGIN, length: INNER, y, is_strong });
    }

    fn fits(&self, height: f32) -> bool {
        self.y + height <= BOTTOM
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
        let set = self.typesetter.set(text, style, INNER);
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
        let set = self.typesetter.set(text, style, INNER);
        let height = set.height();
        self.make_room(height);
        let number = self.put(set, MARGIN, self.y);
        self.pages.nodes.push(Node::Paragraph(vec![number]));
        self.y += height + 4.0;
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let width = column_width();
        for row in facts.chunks(IN_A_ROW) {
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
                let (x, below) = (column_x(place), self.y + label.height());
                let numbers = vec![self.put(label, x, self.y), self.put(value, x, below)];
                self.pages.nodes.push(Node::Paragraph(numbers));
            }
            self.y += height + 6.0;
        }
    }

    fn table(&mut self, table: &Table) {
        let widths = widths(&table.columns);
        let head = self.cells(&headings(table), table, &widths, SMALL.bold());
        let head_height = height_of(&head);
        self.make_room(head_height + 40.0);
        let head = self.row(head, table, &widths, head_height, true);
        let mut rows = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let cells = self.cells(row, table, &widths, BODY);
            let height = height_of(&cells);
            if !self.fits(height) {
                self.new_page();
                self.repeat_head(table, &widths);
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
            let is_first = place == 0 || !table.columns[place].is_right;
            numbers.push(self.put(cell, if is_first { x } else { x + PADDING * 2.0 }, self.y + PADDING));
            x += widths[place];
        }
        self.y += height;
        self.rule(self.y, is_head);
        numbers
    }

    /// Draws the head again on a further page, where it is no part of the structure.
    fn repeat_head(&mut self, table: &Table, widths: &[f32]) {
        let cells = self.cells(&headings(table), table, widths, SMALL.bold());
        let height = height_of(&cells);
        let mut x = MARGIN;
        for (place, text) in cells.into_iter().enumerate() {
            let left = if table.columns[place].is_right { x + PADDING * 2.0 } else { x };
            self.mark(Mark::Text { text: Box::new(text), x: left, y: self.y + PADDING, number: None });
            x += widths[place];
        }
        self.y += height;
        self.rule(self.y, true);
    }

    fn signatures(&mut self, signatures: &[Signature]) {
        let width = column_width();
        for row in signatures.chunks(IN_A_ROW) {
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
                let x = column_x(place);
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

    fn footers(&mut self, document: &Document) {
        let count = self.pages.pages.len();
        for (place, page) in self.pages.pages.iter_mut().enumerate() {
            let number = document
                .page_number
                .replace("{page}", &(place + 1).to_string())
                .replace("{pages}", &count.to_string());
            for (text, style) in [(&document.footer, SMALL), (&number, SMALL.right(true))] {
                let text = Box::new(self.typesetter.set(text, style, INNER));
                page.push(Mark::Text { text, x: MARGIN, y: HEIGHT - 44.0, number: None });
            }
        }
    }
}

fn headings(table: &Table) -> Vec<String> {
    table.columns.iter().map(|column| column.heading.clone()).collect()
}

fn height_of(cells: &[SetText]) -> f32 {
    cells.iter().map(SetText::height).fold(0.0, f32::max) + 2.0 * PADDING
}

fn widths(columns: &[Column]) -> Vec<f32> {
    let all: f32 = columns.iter().map(|column| column.share).sum();
    columns.iter().map(|column| INNER * column.share / all).collect()
}

fn column_width() -> f32 {
    (INNER - GAP * 2.0) / 3.0
}

fn column_x(place: usize) -> f32 {
    let mut x = MARGIN;
    for _ in 0..place {
        x += column_width() + GAP;
    }
    x
}
