//! Document of a report: what page, PDF, workbook and CSV are made from, and what is kept.

use jiff::civil::Date;
use obcms_domain::core::money;
use serde::{Deserialize, Serialize};

use crate::records::transfer::Cell;

/// Report with its figures as they were when it was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Title.
    pub title: String,
    /// Labels and values of the filters.
    pub filters: Vec<(String, String)>,
    /// Day on which it was made.
    pub made_on: Date,
    /// Person for whom it was made.
    pub made_for: String,
    /// Content in order.
    pub blocks: Vec<Block>,
}

/// Part of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Block {
    /// Heading of a section.
    Heading(String),
    /// Explanation, such as a formula.
    Note(String),
    /// Single figures.
    Figures(Vec<Figure>),
    /// Chart of horizontal bars.
    Bars(String, Vec<Bar>),
    /// Table.
    Table(Table),
}

/// Single figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Label.
    pub label: String,
    /// Value.
    pub value: Value,
}

/// Bar of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// Label.
    pub label: String,
    /// Value, which also gives the length.
    pub value: Value,
}

/// Table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Title; the summary for screen readers, and the name of the sheet.
    pub title: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows with as many values as there are columns.
    pub rows: Vec<Vec<Value>>,
    /// Sums of the columns that have them; empty without any.
    pub totals: Vec<Value>,
}

/// Column of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Heading.
    pub label: String,
    /// Share of the width on paper, relative to the other columns.
    pub share: u8,
    /// True if the values are added up.
    pub is_summed: bool,
}

/// Value of a figure or a cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// None: nothing to divide by, nothing entered.
    #[default]
    None,
    /// Text.
    Text(String),
    /// Amount in centavos.
    Money(i64),
    /// Whole number.
    Number(i64),
    /// Number in hundredths.
    Decimal(i64),
    /// Share in tenths of a percent.
    Percent(i64),
    /// Day.
    Day(Date),
}

impl Value {
    /// Creates a text; nothing of an empty one.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::None } else { Self::Text(text) }
    }

    /// Creates a number of records.
    pub fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Creates a share from a fraction.
    #[allow(clippy::cast_possible_truncation)] // Far below 2^53.
    pub fn share(fraction: Option<f64>) -> Self {
        fraction.map_or(Self::None, |fraction| Self::Percent((fraction * 1000.0).round() as i64))
    }

    /// Creates a share from percent.
    pub fn percent(percent: Option<f64>) -> Self {
        Self::share(percent.map(|percent| percent / 100.0))
    }

    /// Returns the text on paper and screen.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::None => "–".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Money(centavos) => money::format(*centavos),
            Self::Number(number) if *number < 0 => format!("−{}", money::grouped(number.unsigned_abs())),
            Self::Number(number) => money::grouped(number.unsigned_abs()),
            Self::Decimal(hundredths) => decimal(*hundredths, 100, 2),
            Self::Percent(tenths) => format!("{}%", decimal(*tenths, 10, 1)),
            Self::Day(day) => day.strftime("%-d %b %Y").to_string(),
        }
    }

    /// Returns true for what is aligned to the right.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Money(_) | Self::Number(_) | Self::Decimal(_) | Self::Percent(_))
    }

    /// Returns the length of a bar.
    #[must_use]
    pub const fn length(&self) -> i64 {
        match self {
            Self::Money(number) | Self::Number(number) | Self::Decimal(number) | Self::Percent(number) => {
                *number
            }
            _ => 0,
        }
    }

    /// Returns the cell of a workbook or CSV. A share is a number of percent.
    #[must_use]
    pub fn cell(&self) -> Cell {
        match self {
            Self::None => Cell::Empty,
            Self::Text(text) => Cell::Text(text.clone()),
            Self::Money(centavos) => Cell::Pesos(*centavos),
            Self::Number(number) => Cell::Number(*number),
            Self::Decimal(hundredths) => Cell::Hundredths(*hundredths),
            Self::Percent(tenths) => Cell::Hundredths(tenths.saturating_mul(10)),
            Self::Day(day) => Cell::Day(*day),
        }
    }

    fn plus(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::None, Self::Money(_) | Self::Number(_) | Self::Decimal(_)) => other.clone(),
            (Self::Money(one), Self::Money(other)) => Self::Money(one.saturating_add(*other)),
            (Self::Number(one), Self::Number(other)) => Self::Number(one.saturating_add(*other)),
            (Self::Decimal(one), Self::Decimal(other)) => Self::Decimal(one.saturating_add(*other)),
            _ => self.clone(),
        }
    }
}

fn decimal(number: i64, unit: u64, digits: usize) -> String {
    let sign = if number < 0 { "−" } else { "" };
    let amount = number.unsigned_abs();
    let whole = money::grouped(amount / unit);
    match amount % unit {
        0 => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{}", format!("{rest:0digits$}").trim_end_matches('0')),
    }
}

impl Table {
    /// Creates a table with the sums of its columns.
    pub fn new(title: &str, columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Self {
        let mut totals = Vec::new();
        if rows.len() > 1 && columns.iter().any(|column| column.is_summed) {
            for (place, column) in columns.iter().enumerate() {
                let sum = |sum: Value, row: &Vec<Value>| {
                    row.get(place).map_or(sum.clone(), |value| sum.plus(value))
                };
                totals.push(if column.is_summed { rows.iter().fold(Value::None, sum) } else { Value::None });
            }
            if let (Some(first), false) = (totals.first_mut(), columns[0].is_summed) {
                *first = Value::Text("Total".to_owned());
            }
        }
        Self { title: title.to_owned(), columns, rows, totals }
    }
}

/// Column of texts with its share of the width.
pub(super) fn wide(label: &str, share: u8) -> Column {
    Column { label: label.to_owned(), share, is_summed: false }
}

/// Column of values that are not added up.
pub(super) fn plain(label: &str) -> Column {
    wide(label, 2)
}

/// Column of values that are added up.
pub(super) fn summed(label: &str) -> Column {
    Column { label: label.to_owned(), share: 3, is_summed: true }
}

/// Single figure.
pub(super) fn figure(label: &str, value: Value) -> Figure {
    Figure { label: label.to_owned(), value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_and_added() {
        let shown = |value: Value| value.shown();
        assert_eq!(shown(Value::Money(123_456)), "₱1,234.56");
        assert_eq!(shown(Value::Percent(625)), "62.5%");
        assert_eq!(shown(Value::Percent(1000)), "100%");
        assert_eq!(shown(Value::share(Some(0.12345))), "12.3%");
        assert_eq!(shown(Value::Decimal(-123_450)), "−1,234.5");
        assert_eq!(shown(Value::share(None)), "–");
        let table = Table::new(
            "Sectors",
            vec![wide("Sector", 4), summed("Budget"), plain("Rate")],
            vec![
                vec![Value::text("Health"), Value::Money(100), Value::Percent(5)],
                vec![Value::text("Education"), Value::None, Value::None],
                vec![Value::text("Peace"), Value::Money(250), Value::None],
            ],
        );
        assert_eq!(table.totals, [Value::text("Total"), Value::Money(350), Value::None]);
    }
}
