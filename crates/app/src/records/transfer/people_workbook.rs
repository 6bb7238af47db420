//! Workbook for people: typed cells, frozen head with filters, totals as formulas, and a sheet about the file.

use std::fs::File;

use jiff::civil::{Date, DateTime};
use obcms_domain::registry::{Field, FieldType, Total};
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{ExcelDateTime, Format as Style, FormatBorder, Formula, Workbook, Worksheet};

use super::about::About;
use super::people::{Cell, Column};
use super::sheet::{failed, saved, shortened};
use crate::core::AppError;

/// Widest column in characters.
const WIDEST: usize = 50;
/// Narrowest column in characters.
const NARROWEST: usize = 9;
/// Start of the first cell of a row of totals.
pub const TOTAL: &str = "Total";

/// Sums of a column.
#[derive(Default)]
struct Sums {
    /// A cell of the column, for the unit.
    sample: Option<Cell>,
    all: i128,
    /// Sums by the label of a choice.
    by_label: Vec<(String, i128)>,
}

/// Formats of cells.
struct Styles {
    head: Style,
    pesos: Style,
    number: Style,
    plain_number: Style,
    hundredths: Style,
    day: Style,
    moment: Style,
    total: Style,
}

impl Styles {
    fn new() -> Self {
        let style = |code: &str| Style::new().set_num_format(code);
        Self {
            head: Style::new().set_bold().set_border_bottom(FormatBorder::Thin),
            pesos: style(PESOS),
            number: style("#,##0"),
            plain_number: style("0"),
            hundredths: style("#,##0.##"),
            day: style("dd mmm yyyy"),
            moment: style("dd mmm yyyy hh:mm AM/PM"),
            total: total_style("General"),
        }
    }
}

/// Number format of money.
const PESOS: &str = "\"₱\"#,##0.00;-\"₱\"#,##0.00";

fn total_style(code: &str) -> Style {
    Style::new().set_bold().set_border_top(FormatBorder::Thin).set_num_format(code)
}

/// Returns the format of the totals below such cells.
fn total_format(cell: &Cell) -> &'static str {
    match cell {
        Cell::Pesos(_) => PESOS,
        Cell::Hundredths(_) => "#,##0.##",
        _ => "#,##0",
    }
}

/// Writer of a workbook; its rows go to a temporary file at once.
pub struct PeopleWorkbook {
    book: Box<Workbook>,
    columns: Vec<Column>,
    styles: Styles,
    rows: u32,
    widths: Vec<usize>,
    sums: Vec<Sums>,
}

impl PeopleWorkbook {
    pub fn new(title: &str, columns: &[Column]) -> Result<Self, AppError> {
        let mut book = Box::new(Workbook::new());
        let styles = Styles::new();
        let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_name(title.chars().take(31).collect::<String>()).map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0).map_err(failed)?;
        for (place, column) in columns.iter().enumerate() {
            sheet
                .write_string_with_format(0, place_of(place)?, column.label(), &styles.head)
                .map_err(failed)?;
        }
        // The head also has the button of the filter.
        let widths = columns.iter().map(|column| column.label().chars().count() + 3).collect();
        let sums = columns.iter().map(|_| Sums::default()).collect();
        Ok(Self { book, columns: columns.to_vec(), styles, rows: 0, widths, sums })
    }

    /// Writes the cells of a record.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), AppError> {
        self.rows += 1;
        for (place, cell) in cells.iter().enumerate() {
            let width = shown_width(cell);
            self.widths[place] = self.widths[place].max(width);
            self.add_up(place, cells);
            let sheet = self.book.worksheet_from_index(0).map_err(failed)?;
            write(sheet, (self.rows, place_of(place)?), cell, self.columns[place], &self.styles)?;
        }
        Ok(())
    }

    fn add_up(&mut self, place: usize, cells: &[Cell]) {
        let (Cell::Pesos(number) | Cell::Number(number) | Cell::Hundredths(number)) = &cells[place] else {
            return;
        };
        let number = i128::from(*number);
        self.sums[place].sample.get_or_insert_with(|| cells[place].clone());
        match self.columns[place].total() {
            Total::Never => {}
            Total::Sum => self.sums[place].all += number,
            Total::By(name) => {
                let Some(by) = self.place_of_field(name) else { return };
                let label = cells[by].text();
                let sums = &mut self.sums[place].by_label;
                match sums.iter_mut().find(|(known, _)| *known == label) {
                    Some((_, sum)) => *sum += number,
                    None => sums.push((label, number)),
                }
            }
        }
    }

    fn place_of_field(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name() == name)
    }

    /// Returns the workbook in a file that is deleted when closed, positioned at its start.
    pub fn finish(mut self, about: &About) -> Result<File, AppError> {
        self.totals()?;
        let last = place_of(self.columns.len().saturating_sub(1))?;
        let sheet = self.book.worksheet_from_index(0).map_err(failed)?;
        sheet.autofilter(0, 0, self.rows, last).map_err(failed)?;
        for (place, width) in self.widths.iter().enumerate() {
            let width = u32::try_from((*width).clamp(NARROWEST, WIDEST)).unwrap_or(9);
            sheet.set_column_width(place_of(place)?, width).map_err(failed)?;
        }
        let has_hidden_id = self.columns.len() > 1 && matches!(self.columns.last(), Some(Column::Id));
        if has_hidden_id {
            sheet.set_column_hidden(last).map_err(failed)?;
        }
        self.about(about, has_hidden_id)?;
        saved(&mut self.book)
    }

    /// Writes the rows of totals. The first column has their label, so a sum there has no place.
    fn totals(&mut self) -> Result<(), AppError> {
        if self.rows == 0 || self.columns.first().is_none_or(|column| column.total() != Total::Never) {
            return Ok(());
        }
        let mut next = self.rows;
        if self.columns.iter().any(|column| column.total() == Total::Sum) {
            next += 1;
            self.total_row(next, TOTAL, |column, sums, range| {
                (column.total() == Total::Sum).then(|| (format!("=SUBTOTAL(109,{range})"), sums.all))
            })?;
        }
        for label in self.labels() {
            next += 1;
            let rows = self.rows + 1;
            let places: Vec<Option<usize>> = self
                .columns
                .iter()
                .map(|column| match column.total() {
                    Total::By(name) => self.place_of_field(name),
                    _ => None,
                })
                .collect();
            let mut place = 0;
            self.total_row(next, &format!("{TOTAL}: {label}"), |_, sums, range| {
                place += 1;
                let by = range_of(place_of(places[place - 1]?).ok()?, rows);
                let (_, sum) = sums.by_label.iter().find(|(known, _)| *known == label)?;
                Some((format!("=SUMIF({by},\"{}\",{range})", label.replace('"', "\"\"")), *sum))
            })?;
        }
        Ok(())
    }

    /// Returns the labels that have a sum of their own, in the order of their choices.
    fn labels(&self) -> Vec<String> {
        let mut labels: Vec<(usize, String)> = Vec::new();
        for (column, sums) in self.columns.iter().zip(&self.sums) {
            let Total::By(name) = column.total() else { continue };
            let by = self.place_of_field(name).map(|place| self.columns[place]);
            let choices = match by {
                Some(Column::Field(Field { data: FieldType::Choice(choices), .. })) => *choices,
                _ => &[],
            };
            for (label, _) in &sums.by_label {
                let place = choices.iter().position(|choice| choice.label == label).unwrap_or(choices.len());
                if !labels.iter().any(|(_, known)| known == label) {
                    labels.push((place, label.clone()));
                }
            }
        }
        labels.sort_by_key(|(place, _)| *place);
        labels.into_iter().map(|(_, label)| label).collect()
    }

    /// Writes a row of totals: for each column, perhaps a formula and its present result.
    fn total_row(
        &mut self,
        row: u32,
        label: &str,
        mut formula: impl FnMut(Column, &Sums, &str) -> Option<(String, i128)>,
    ) -> Result<(), AppError> {
        let sheet = self.book.worksheet_from_index(0).map_err(failed)?;
        sheet.write_string_with_format(row, 0, label, &self.styles.total).map_err(failed)?;
        self.widths[0] = self.widths[0].max(label.chars().count() + 2);
        for (place, column) in self.columns.iter().enumerate() {
            let range = range_of(place_of(place)?, self.rows + 1);
            let sums = &self.sums[place];
            let (Some((formula, sum)), Some(sample)) = (formula(*column, sums, &range), &sums.sample) else {
                continue;
            };
            let result = match sample {
                Cell::Number(_) => sum.to_string(),
                _ => hundredths_text(sum),
            };
            let style = total_style(total_format(sample));
            self.widths[place] = self.widths[place].max(result.len() + result.len() / 3 + 2);
            let formula = Formula::new(formula).set_result(result);
            sheet.write_formula_with_format(row, place_of(place)?, formula, &style).map_err(failed)?;
        }
        Ok(())
    }

    fn about(&mut self, about: &About, has_hidden_id: bool) -> Result<(), AppError> {
        let mut lines = about.lines.clone();
        lines.push(("Rows".to_owned(), self.rows.to_string()));
        if has_hidden_id {
            let note = "The hidden last column has the ID of each record. Keep it to change records by an import; a row \
                        without an ID creates a new record.";
            lines.push(("Import".to_owned(), note.to_owned()));
        }
        let sheet = self.book.add_worksheet();
        sheet.set_name("About").map_err(failed)?;
        let wrapped = Style::new().set_text_wrap();
        for (row, (label, value)) in lines.iter().enumerate() {
            let row = u32::try_from(row).map_err(failed)?;
            sheet.write_string_with_format(row, 0, label, &Style::new().set_bold()).map_err(failed)?;
            sheet.write_string_with_format(row, 1, shortened(value), &wrapped).map_err(failed)?;
        }
        sheet.set_column_width(0, 28).map_err(failed)?;
        sheet.set_column_width(1, 70).map_err(failed)?;
        Ok(())
    }
}

fn place_of(place: usize) -> Result<u16, AppError> {
    u16::try_from(place).map_err(failed)
}

/// Returns the cells of the records in a column, whose last row, counted from 1, is given: `F2:F41`.
fn range_of(column: u16, last: u32) -> String {
    let name = column_number_to_name(column);
    format!("{name}2:{name}{last}")
}

fn hundredths_text(sum: i128) -> String {
    let sign = if sum < 0 { "-" } else { "" };
    let amount = sum.unsigned_abs();
    format!("{sign}{}.{:02}", amount / 100, amount % 100)
}

/// Returns the characters that a cell needs.
fn shown_width(cell: &Cell) -> usize {
    match cell {
        Cell::Empty => 0,
        Cell::Text(text) => text.lines().next().map_or(0, |line| line.chars().count()) + 1,
        Cell::Pesos(_) => cell.text().len() * 4 / 3 + 2,
        Cell::Number(_) | Cell::Hundredths(_) => cell.text().len() * 4 / 3 + 1,
        Cell::Day(_) => 12,
        Cell::Moment(_) => 21,
    }
}

fn write(
    sheet: &mut Worksheet,
    (row, place): (u32, u16),
    cell: &Cell,
    column: Column,
    styles: &Styles,
) -> Result<(), AppError> {
    let style = match cell {
        Cell::Pesos(_) => &styles.pesos,
        // A year has no thousands.
        Cell::Number(_) if column.name().ends_with("year") => &styles.plain_number,
        Cell::Number(_) => &styles.number,
        _ => &styles.hundredths,
    };
    match cell {
        Cell::Empty => {}
        // A string cell is never a formula, whatever its first character.
        Cell::Text(text) => {
            sheet.write_string(row, place, shortened(text)).map_err(failed)?;
        }
        Cell::Pesos(_) | Cell::Number(_) | Cell::Hundredths(_) => {
            sheet
                .write_number_with_format(row, place, cell.number().unwrap_or_default(), style)
                .map_err(failed)?;
        }
        Cell::Day(day) => {
            let day = excel_day(*day)?;
            sheet.write_datetime_with_format(row, place, &day, &styles.day).map_err(failed)?;
        }
        Cell::Moment(moment) => {
            let moment = excel_moment(*moment)?;
            sheet.write_datetime_with_format(row, place, &moment, &styles.moment).map_err(failed)?;
        }
    }
    Ok(())
}

fn excel_day(day: Date) -> Result<ExcelDateTime, AppError> {
    let part = |number: i8| u8::try_from(number).map_err(failed);
    let year = u16::try_from(day.year()).map_err(failed)?;
    ExcelDateTime::from_ymd(year, part(day.month())?, part(day.day())?).map_err(failed)
}

fn excel_moment(moment: DateTime) -> Result<ExcelDateTime, AppError> {
    let hour = u16::try_from(moment.hour()).map_err(failed)?;
    let minute = u8::try_from(moment.minute()).map_err(failed)?;
    excel_day(moment.date())?.and_hms(hour, minute, 0).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::io::Read;

    use jiff::tz::TimeZone;
    use obcms_domain::kinds::{PPA, TRANCHE};
    use obcms_domain::registry::{Kind, Record, Value};
    use obcms_store::records::Directory;
    use zip::ZipArchive;

    use super::*;
    use crate::records::transfer::people::{self, Context};

    fn record(kind: &'static Kind, values: &[(&str, Value)]) -> Record {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
        let now = "2026-11-30T00:00:00Z".parse().expect("an instant");
        let mut record = Record::new(kind, id, now, None);
        for (name, value) in values {
            record.set(name, value.clone());
        }
        record
    }

    /// Returns the parts of a workbook with these records.
    fn parts(kind: &'static Kind, columns: &str, records: &[Record]) -> HashMap<String, String> {
        let columns = people::chosen(kind, columns).expect("columns");
        let mut writer = PeopleWorkbook::new(kind.plural, &columns).expect("a workbook");
        let (zone, directory) = (TimeZone::UTC, Directory::new());
        let context = Context { zone: &zone, directory: &directory };
        for record in records {
            let cells: Vec<Cell> = columns.iter().map(|column| context.cell(record, *column)).collect();
            writer.row(&cells).expect("a row");
        }
        let about =
            About { lines: vec![("Filter: Fiscal year".to_owned(), "2026".to_owned())], slug: String::new() };
        let mut archive = ZipArchive::new(writer.finish(&about).expect("a file")).expect("an archive");
        let count = archive.len();
        let mut part = |place| archive.by_index(place).expect("a part").name().expect("a name").into_owned();
        let names: Vec<String> = (0..count).map(&mut part).collect();
        names
            .into_iter()
            .map(|name| {
                let mut text = String::new();
                archive.by_name(&name).expect("a part").read_to_string(&mut text).expect("text");
                (name, text)
            })
            .collect()
    }

    #[test]
    fn sheet_has_formats_frozen_head_filter_and_totals() {
        let ppa = |title: &str, budget: i64| {
            record(
                &PPA,
                &[
                    ("title", title.into()),
                    ("budget_allocation_centavos", budget.into()),
                    ("start_date", jiff::civil::date(2026, 12, 15).into()),
                ],
            )
        };
        let records = [ppa("One", 123_456_789), ppa("=2+2", 100)];
        let parts = parts(&PPA, "title,budget_allocation_centavos,start_date,id", &records);
        let sheet = &parts["xl/worksheets/sheet1.xml"];
        for expected in [
            "state=\"frozen\"",
            "<autoFilter ref=\"A1:D3\"/>",
            "<v>1234567.89</v>",
            "<v>46371</v>",
            "<f>SUBTOTAL(109,B2:B3)</f><v>1234568.89</v>",
            "hidden=\"1\"",
        ] {
            assert!(sheet.contains(expected), "{expected}: {sheet}");
        }
        assert!(!sheet.contains("2+2</f>"), "a title is never a formula");
        let styles = &parts["xl/styles.xml"];
        assert!(
            styles.contains("₱") && styles.contains("#,##0.00") && styles.contains("dd mmm yyyy"),
            "{styles}"
        );
        let book = &parts["xl/workbook.xml"];
        assert!(book.contains("name=\"PPAs\"") && book.contains("name=\"About\""), "{book}");
        let texts = &parts["xl/sharedStrings.xml"];
        assert!(texts.contains("Filter: Fiscal year") && texts.contains("2026"), "{texts}");
    }

    #[test]
    fn ledger_is_added_up_by_kind_and_ceilings_are_not() {
        let entry = |kind: &str, amount: i64| {
            record(
                &TRANCHE,
                &[("title", "x".into()), ("kind", kind.into()), ("amount_centavos", amount.into())],
            )
        };
        let records = [entry("allocation", 100), entry("obligation", 50), entry("allocation", 25)];
        let whole = parts(&TRANCHE, "title,kind,amount_centavos", &records);
        let sheet = &whole["xl/worksheets/sheet1.xml"];
        assert!(sheet.contains("<f>SUMIF(B2:B4,\"Allotment\",C2:C4)</f><v>1.25</v>"), "{sheet}");
        assert!(
            sheet.contains("<f>SUMIF(B2:B4,\"Obligation\",C2:C4)</f><v>0.50</v>")
                && !sheet.contains("SUBTOTAL"),
            "{sheet}"
        );
        let without_kind = parts(&TRANCHE, "title,amount_centavos", &records);
        assert!(
            !without_kind["xl/worksheets/sheet1.xml"].contains("<f>"),
            "a sum over all kinds has no meaning"
        );
    }
}
