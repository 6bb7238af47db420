//! Report as a workbook with charts, and as CSV.

use obcms_domain::core::money;
use rust_xlsxwriter::{
    Chart, ChartType, ExcelDateTime, Format as Style, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
    utility::column_number_to_name,
};

use super::document::{Bar, Block, Figure, Report, Table, Value};
use crate::core::AppError;
use crate::records::transfer::guarded;

/// Mark by which spreadsheets recognize UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// Longest cell of a workbook.
const LONGEST_CELL: usize = 32_767;
/// Longest name of a sheet.
const LONGEST_NAME: usize = 31;
/// Widest column in characters.
const WIDEST: usize = 50;
/// Rows beside a chart, so that the next one does not cover it.
const CHART_ROWS: u32 = 16;

fn failed(error: impl std::fmt::Display) -> AppError {
    AppError::Internal(format!("writing a report: {error}"))
}

/// Returns a report as CSV: each part below its title, with a blank line between them.
pub(super) fn csv(report: &Report) -> Result<Vec<u8>, AppError> {
    let mut writer =
        csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(MARK.to_vec());
    let mut put = |cells: &[String]| writer.write_record(cells).map_err(failed);
    let text = |value: &Value| match value {
        Value::Text(text) => guarded(text),
        other => other.cell().text(),
    };
    put(&[guarded(&report.title)])?;
    for (label, value) in about(report) {
        put(&[label, guarded(&value)])?;
    }
    for block in &report.blocks {
        match block {
            Block::Heading(_) | Block::Bars(..) => {}
            Block::Note(note) => put(&[guarded(note)])?,
            Block::Figures(figures) => {
                put(&[String::new()])?;
                for figure in figures {
                    put(&[guarded(&figure.label), text(&figure.value)])?;
                }
            }
            Block::Table(table) => {
                put(&[String::new()])?;
                put(&[guarded(&table.title)])?;
                put(&table.columns.iter().map(|column| guarded(&column.label)).collect::<Vec<_>>())?;
                for row in &table.rows {
                    put(&row.iter().map(text).collect::<Vec<_>>())?;
                }
            }
        }
    }
    writer.into_inner().map_err(failed)
}

/// Statement of a report: filters, day and person.
pub(super) fn about(report: &Report) -> Vec<(String, String)> {
    let mut lines = report.filters.clone();
    lines.push(("Made on".to_owned(), report.made_on.to_string()));
    if !report.made_for.is_empty() {
        lines.push(("Made for".to_owned(), report.made_for.clone()));
    }
    lines
}

/// Returns a report as a workbook: a summary with figures and charts, and a sheet for each table.
pub(super) fn workbook(report: &Report) -> Result<Vec<u8>, AppError> {
    let mut book = Workbook::new();
    let mut summary = Summary::new(&mut book, report).map_err(failed)?;
    for block in &report.blocks {
        match block {
            Block::Figures(figures) => summary.figures(&mut book, figures).map_err(failed)?,
            Block::Bars(title, bars) => summary.bars(&mut book, title, bars).map_err(failed)?,
            Block::Note(note) => summary.note(&mut book, note).map_err(failed)?,
            Block::Heading(_) => {}
            Block::Table(table) => sheet(&mut book, table).map_err(failed)?,
        }
    }
    book.save_to_buffer().map_err(failed)
}

/// First sheet, written from top to bottom.
struct Summary {
    next: u32,
}

impl Summary {
    fn new(book: &mut Workbook, report: &Report) -> Result<Self, XlsxError> {
        let sheet = book.add_worksheet();
        sheet.set_name("Summary")?;
        sheet.set_column_width(0, 34)?;
        sheet.set_column_width(1, 22)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0);
        let title = Style::new().set_bold().set_font_size(16);
        sheet.write_string_with_format(0, 0, &report.title, &title)?;
        let mut next = 1;
        for (label, value) in about(report) {
            sheet.write_string(next, 0, label)?;
            sheet.write_string(next, 1, value)?;
            next += 1;
        }
        Ok(Self { next: next + 1 })
    }

    fn figures(&mut self, book: &mut Workbook, figures: &[Figure]) -> Result<(), XlsxError> {
        let sheet = book.worksheet_from_index(0)?;
        for figure in figures {
            sheet.write_string(self.next, 0, &figure.label)?;
            write(sheet, (self.next, 1), &figure.value)?;
            self.next += 1;
        }
        self.next += 1;
        Ok(())
    }

    fn note(&mut self, book: &mut Workbook, note: &str) -> Result<(), XlsxError> {
        let sheet = book.worksheet_from_index(0)?;
        sheet.write_string_with_format(self.next, 0, note, &Style::new().set_italic())?;
        self.next += 2;
        Ok(())
    }

    /// Writes a chart with the cells that it draws.
    fn bars(&mut self, book: &mut Workbook, title: &str, bars: &[Bar]) -> Result<(), XlsxError> {
        if bars.is_empty() {
            return Ok(());
        }
        let sheet = book.worksheet_from_index(0)?;
        sheet.write_string_with_format(self.next, 0, title, &Style::new().set_bold())?;
        let first = self.next + 1;
        for (row, bar) in (first..).zip(bars) {
            sheet.write_string(row, 0, &bar.label)?;
            write(sheet, (row, 1), &bar.value)?;
        }
        let count = u32::try_from(bars.len()).unwrap_or(u32::MAX);
        let last = first + count - 1;
        let mut chart = Chart::new(ChartType::Bar);
        chart
            .add_series()
            .set_categories(("Summary", first, 0, last, 0))
            .set_values(("Summary", first, 1, last, 1));
        chart.title().set_name(title);
        chart.legend().set_hidden();
        // A bar chart begins at the bottom; the table is read from the top.
        chart.y_axis().set_reverse();
        chart.set_width(620).set_height(CHART_ROWS * 19);
        chart.set_alt_text(title);
        sheet.insert_chart(self.next, 3, &chart)?;
        self.next = self.next.saturating_add(count.max(CHART_ROWS) + 2);
        Ok(())
    }
}

fn style(value: &Value) -> Style {
    Style::new().set_num_format(match value {
        Value::Money(_) => "\"₱\"#,##0.00;-\"₱\"#,##0.00",
        Value::Number(_) => "#,##0",
        Value::Decimal(_) => "#,##0.##",
        Value::Percent(_) => "0.0%",
        Value::Day(_) => "dd mmm yyyy",
        Value::None | Value::Text(_) => "General",
    })
}

#[allow(clippy::cast_precision_loss)] // Far below 2^53.
fn number(value: &Value) -> f64 {
    match value {
        Value::Money(number) | Value::Decimal(number) => *number as f64 / 100.0,
        Value::Percent(number) => *number as f64 / 1000.0,
        other => other.length() as f64,
    }
}

fn write(sheet: &mut Worksheet, (row, column): (u32, u16), value: &Value) -> Result<(), XlsxError> {
    write_as(sheet, (row, column), value, &style(value))
}

fn write_as(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &Value,
    style: &Style,
) -> Result<(), XlsxError> {
    match value {
        Value::None => {}
        // A string cell is never a formula, whatever its first character.
        Value::Text(text) => {
            let text: String = text.chars().take(LONGEST_CELL).collect();
            sheet.write_string_with_format(row, column, text, style)?;
        }
        Value::Day(day) => {
            let year = u16::try_from(day.year()).unwrap_or_default();
            let (month, of_month) = (day.month().unsigned_abs(), day.day().unsigned_abs());
            match ExcelDateTime::from_ymd(year, month, of_month) {
                Ok(moment) => sheet.write_datetime_with_format(row, column, &moment, style)?,
                // Excel counts from 1900.
                Err(_) => sheet.write_string(row, column, day.to_string())?,
            };
        }
        _ => {
            sheet.write_number_with_format(row, column, number(value), style)?;
        }
    }
    Ok(())
}

fn sheet(book: &mut Workbook, table: &Table) -> Result<(), XlsxError> {
    let head = Style::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap();
    let sheet = book.add_worksheet();
    sheet.set_name(table.title.chars().take(LONGEST_NAME).collect::<String>())?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    let mut styles: Vec<Option<(std::mem::Discriminant<Value>, Style)>> = vec![None; table.columns.len()];
    for (place, column) in (0_u16..).zip(&table.columns) {
        sheet.write_string_with_format(0, place, &column.label, &head)?;
    }
    for (row, values) in (1_u32..).zip(&table.rows) {
        for (place, value) in values.iter().enumerate() {
            let kind = std::mem::discriminant(value);
            let known = styles[place].as_ref().filter(|(known, _)| *known == kind);
            if known.is_none() {
                styles[place] = Some((kind, style(value)));
            }
            if let Some((_, style)) = &styles[place] {
                write_as(sheet, (row, u16::try_from(place).unwrap_or(u16::MAX)), value, style)?;
            }
        }
    }
    let last = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    totals(sheet, table, last)?;
    for (place, column) in (0_u16..).zip(&table.columns) {
        let widths = table.rows.iter().filter_map(|row| row.get(usize::from(place)));
        let widest = widths.map(|value| value.shown().chars().count()).max().unwrap_or(0);
        let width = widest.max(column.label.chars().count().min(14)).clamp(8, WIDEST) + 2;
        sheet.set_column_width(place, f64::from(u32::try_from(width).unwrap_or(8)))?;
    }
    if let (Some(last_column), true) = (table.columns.len().checked_sub(1), last > 0) {
        sheet.autofilter(0, 0, last, u16::try_from(last_column).unwrap_or(u16::MAX))?;
    }
    Ok(())
}

/// Writes the sums below the rows, as formulas that follow the filter.
fn totals(sheet: &mut Worksheet, table: &Table, last: u32) -> Result<(), XlsxError> {
    let bold = |value: &Value| style(value).set_bold().set_border_top(FormatBorder::Thin);
    for (place, total) in (0_u16..).zip(&table.totals) {
        match total {
            Value::None => {}
            Value::Text(_) => write_as(sheet, (last + 1, place), total, &bold(total))?,
            _ => {
                let name = column_number_to_name(place);
                let formula = format!("=SUBTOTAL(109,{name}2:{name}{})", last + 1);
                let formula = Formula::new(formula).set_result(number(total).to_string());
                sheet.write_formula_with_format(last + 1, place, formula, &bold(total))?;
            }
        }
    }
    Ok(())
}

/// Returns an amount in short, for the label of a bar: `₱1.2M`.
pub(super) fn in_short(value: &Value) -> String {
    match value {
        Value::Money(centavos) => short_money(*centavos),
        other => other.shown(),
    }
}

fn short_money(centavos: i64) -> String {
    let pesos = centavos.unsigned_abs() / 100;
    let sign = if centavos < 0 { "−" } else { "" };
    let (unit, letter) = match pesos {
        0..=999_999 => return format!("{sign}₱{}", money::grouped(pesos)),
        1_000_000..=999_999_999 => (1_000_000, "M"),
        _ => (1_000_000_000, "B"),
    };
    let tenths = pesos / (unit / 10);
    format!("{sign}₱{}.{}{letter}", money::grouped(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::document::{figure, plain, summed, wide};

    fn report() -> Report {
        Report {
            title: "Portfolio".to_owned(),
            filters: vec![("Fiscal year".to_owned(), "2027".to_owned())],
            made_on: jiff::civil::date(2027, 1, 2),
            made_for: "Amina Sali".to_owned(),
            blocks: vec![
                Block::Figures(vec![figure("Budget", Value::Money(123_456)), figure("Rate", Value::None)]),
                Block::Bars(
                    "Budget by sector".to_owned(),
                    vec![Bar { label: "Health".into(), value: Value::Money(5) }],
                ),
                Block::Table(Table::new(
                    "PPAs",
                    vec![wide("PPA", 4), summed("Budget"), plain("Rate")],
                    vec![
                        vec![Value::text("=HYPERLINK(1)"), Value::Money(100), Value::Percent(125)],
                        vec![Value::text("Wells, deep"), Value::Money(50), Value::None],
                    ],
                )),
            ],
        }
    }

    #[test]
    fn csv_has_all_parts_and_no_formula() {
        let bytes = csv(&report()).unwrap();
        let text = String::from_utf8(bytes[MARK.len()..].to_vec()).unwrap();
        let expected = "Portfolio\r\nFiscal year,2027\r\nMade on,2027-01-02\r\nMade for,Amina Sali\r\n\"\"\r\n\
                        Budget,1234.56\r\nRate,\r\n\"\"\r\nPPAs\r\nPPA,Budget,Rate\r\n'=HYPERLINK(1),1.00,12.5\r\n\
                        \"Wells, deep\",0.50,\r\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn workbook_has_charts_and_a_sheet_for_each_table() {
        let bytes = workbook(&report()).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for part in ["xl/charts/chart1.xml", "xl/worksheets/sheet2.xml"] {
            assert!(archive.by_name(part).is_ok(), "{part}");
        }
    }

    #[test]
    fn amounts_are_short() {
        let short = |pesos: i64| short_money(pesos * 100);
        assert_eq!(
            [short(999_999), short(1_250_000), short(60_153_195_042)],
            ["₱999,999", "₱1.2M", "₱60.1B"]
        );
    }
}
