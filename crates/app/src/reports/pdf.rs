//! Report as PDF: tagged, in landscape, with the name and the logo of the office.

use obcms_pdf::{self as pdf, Fonts, Logo};

use super::document::{Block, Report, Table, Value};
use super::tables::{about, in_short};
use crate::core::{App, AppError};

/// Returns a report as PDF.
///
/// # Errors
///
/// `Setting` when the program has no fonts; internal for a document that cannot be written.
pub(super) fn render(app: &App, report: &Report) -> Result<Vec<u8>, AppError> {
    let options = app.options();
    let fonts = options.fonts.ok_or_else(|| AppError::Setting("no fonts are set for PDF".to_owned()))?;
    let document = document(report, &options.office_name, options.logo.as_ref());
    write(&document, fonts)
}

fn write(document: &pdf::Document, fonts: Fonts) -> Result<Vec<u8>, AppError> {
    pdf::render(document, fonts).map_err(|error| AppError::Internal(error.to_string()))
}

fn document(report: &Report, office: &str, logo: Option<&Logo>) -> pdf::Document {
    let mut blocks = vec![pdf::Block::Title(report.title.clone())];
    let lines: Vec<String> =
        about(report).into_iter().map(|(label, value)| format!("{label}: {value}")).collect();
    blocks.push(pdf::Block::Note(lines.join(" · ")));
    blocks.extend(report.blocks.iter().filter_map(block));
    pdf::Document {
        title: report.title.clone(),
        language: "en".to_owned(),
        header: office.to_owned(),
        logo: logo.cloned(),
        footer: format!("{}, {}", report.title, report.made_on.strftime("%-d %B %Y")),
        page_number: "Page {page} of {pages}".to_owned(),
        is_landscape: true,
        blocks,
    }
}

fn block(block: &Block) -> Option<pdf::Block> {
    Some(match block {
        Block::Heading(text) => pdf::Block::Heading(text.clone()),
        Block::Note(text) => pdf::Block::Note(text.clone()),
        Block::Figures(figures) => pdf::Block::Facts(
            figures.iter().map(|figure| (figure.label.clone(), figure.value.shown())).collect(),
        ),
        Block::Bars(title, bars) => {
            let bar = |bar: &super::document::Bar| pdf::Bar {
                label: bar.label.clone(),
                text: in_short(&bar.value),
                length: bar.value.length(),
            };
            pdf::Block::Bars(pdf::Bars { title: title.clone(), bars: bars.iter().map(bar).collect() })
        }
        Block::Table(table) if table.rows.is_empty() => pdf::Block::Note("None.".to_owned()),
        Block::Table(table) => pdf::Block::Table(to_pdf(table)),
    })
}

fn to_pdf(table: &Table) -> pdf::Table {
    let is_right = |place: usize| {
        let mut values =
            table.rows.iter().filter_map(|row| row.get(place)).filter(|value| **value != Value::None);
        values.next().is_some_and(Value::is_number)
    };
    let columns = table.columns.iter().enumerate().map(|(place, column)| pdf::Column {
        heading: column.label.clone(),
        share: f32::from(column.share),
        is_right: is_right(place),
    });
    let texts = |row: &Vec<Value>| row.iter().map(Value::shown).collect::<Vec<_>>();
    let mut rows: Vec<Vec<String>> = table.rows.iter().map(texts).collect();
    if !table.totals.is_empty() {
        let total = |value: &Value| if *value == Value::None { String::new() } else { value.shown() };
        rows.push(table.totals.iter().map(total).collect());
    }
    pdf::Table {
        summary: table.title.clone(),
        columns: columns.collect(),
        rows,
        has_total: !table.totals.is_empty(),
        is_small: table.columns.len() > 6,
    }
}
