//! Columns and cells of a file for people: labels, names, pesos and dates as on the screen.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use obcms_domain::calendar::series::describe;
use obcms_domain::choices;
use obcms_domain::core::dates::{written_date, written_moment};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::core::money;
use obcms_domain::kinds::{self, FEED};
use obcms_domain::message;
use obcms_domain::registry::shared::{ALL_DAY, END, TIMEZONE};
use obcms_domain::registry::{
    Calculated, CalculatedForm, Field, FieldError, FieldType, Kind, Record, Total, Value,
};
use obcms_store::records::Directory;
use serde_json::Value as Json;

use super::lists_of_texts::{OF_NAMES, OF_TAGS, join};
use super::written::{parse_hundredths, parse_pesos, parse_whole};
use crate::core::AppError;
use crate::core::rules::Members;

/// Returns hundredths of a number; of a fraction these are percent.
#[allow(clippy::cast_possible_truncation)] // A float converts to the nearest number that an integer has.
fn hundredths(value: &Json) -> Option<i64> {
    value.as_f64().map(|number| (number * 100.0).round() as i64)
}

/// Column of a file for people.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// Field of the kind.
    Field(&'static Field),
    /// Id of the record, by which an import finds it.
    Id,
    /// Time of creation.
    CreatedAt,
    /// Creator.
    CreatedBy,
    /// Time of the last change.
    UpdatedAt,
    /// Time of archiving.
    ArchivedAt,
    /// Value that is calculated from other records.
    Calculated(&'static Calculated),
    /// Column of a report, with its label and total.
    Report(&'static str, Total),
}

/// Columns that every kind has.
const COMMON: [Column; 5] =
    [Column::Id, Column::CreatedAt, Column::CreatedBy, Column::UpdatedAt, Column::ArchivedAt];

impl Column {
    /// Returns the name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Field(field) => field.name,
            Self::Id => "id",
            Self::CreatedAt => "created_at",
            Self::CreatedBy => "created_by",
            Self::UpdatedAt => "updated_at",
            Self::ArchivedAt => "archived_at",
            Self::Calculated(column) => column.name,
            Self::Report(..) => "",
        }
    }

    /// Returns the header.
    pub fn label(self) -> &'static str {
        match self {
            Self::Field(field) => field.label,
            Self::Id => "ID",
            Self::CreatedAt => "Created",
            Self::CreatedBy => "Created by",
            Self::UpdatedAt => "Changed",
            Self::ArchivedAt => "Archived",
            Self::Calculated(column) => column.label,
            Self::Report(label, _) => label,
        }
    }

    /// Returns the total below the column.
    pub fn total(self) -> Total {
        match self {
            Self::Field(field) => field.total,
            Self::Report(_, total) => total,
            _ => Total::Never,
        }
    }
}

/// Returns the columns that a header may name, by label or by name.
pub fn known(kind: &'static Kind) -> impl Iterator<Item = Column> {
    let calculated = kind.calculated.iter().map(Column::Calculated);
    kind.visible().map(|(_, field)| Column::Field(field)).chain(calculated).chain(COMMON)
}

/// Returns the columns of a file whose columns were not chosen: every readable field in the order of the description,
/// without copies of titles, each followed by what is calculated beside it, then the id.
pub fn all(kind: &'static Kind) -> Vec<Column> {
    let fields = kind.visible().filter(|(_, field)| field.title_of.is_empty());
    let with_calculated = fields.flat_map(|(_, field)| {
        let calculated = kind.calculated.iter().filter(|column| column.after == field.name);
        std::iter::once(Column::Field(field)).chain(calculated.map(Column::Calculated))
    });
    with_calculated.chain([Column::Id]).collect()
}

/// Parses a list of column names: `title,status,id`.
pub fn chosen(kind: &'static Kind, names: &str) -> Result<Vec<Column>, AppError> {
    let refuse =
        |code, message: Message| Err(AppError::BadParameter(vec![FieldError::new("columns", code, message)]));
    let mut columns: Vec<Column> = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match known(kind).find(|column| column.name() == name) {
            None => {
                return refuse(
                    "choice",
                    message!(
                        "{kinds} have no column {name}.",
                        kinds = Word::label(kind.plural),
                        name = Word::text(name)
                    ),
                );
            }
            Some(_) if columns.iter().any(|known| known.name() == name) => {
                return refuse(
                    "repeated",
                    message!("The column {name} is given twice.", name = Word::text(name)),
                );
            }
            Some(column) => columns.push(column),
        }
    }
    if columns.is_empty() { refuse("required", "Name at least one column.".into()) } else { Ok(columns) }
}

/// Cell of a file for people.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// Amount in centavos, shown in pesos.
    Pesos(i64),
    /// Whole number.
    Number(i64),
    /// Number with two decimals, in hundredths.
    Hundredths(i64),
    /// Day.
    Day(Date),
    /// Time in the zone of the office, to the minute.
    Moment(DateTime),
}

impl Cell {
    /// Returns the text in a CSV.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Pesos(amount) => decimal(*amount, 2),
            Self::Number(number) => number.to_string(),
            Self::Hundredths(number) => decimal(*number, 0),
            Self::Day(day) => day.to_string(),
            Self::Moment(moment) => moment.strftime("%Y-%m-%d %H:%M").to_string(),
        }
    }

    /// Returns the text as on the screen.
    pub fn shown(&self) -> String {
        match self {
            Self::Pesos(amount) => money::format(*amount),
            Self::Moment(moment) => moment.strftime("%Y-%m-%d %-I:%M %p").to_string(),
            other => other.text(),
        }
    }

    /// Returns true if it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Pesos(_) | Self::Number(_) | Self::Hundredths(_))
    }

    /// Returns the number as a workbook stores it.
    #[allow(clippy::cast_precision_loss)] // A workbook has only doubles.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Pesos(number) | Self::Hundredths(number) => Some(*number as f64 / 100.0),
            Self::Number(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// Returns true if a text of a file has the same value, however a spreadsheet writes it.
    pub fn equals(&self, text: &str) -> bool {
        match self {
            Self::Empty => text.trim().is_empty(),
            Self::Text(own) => super::rows::same(text, own),
            Self::Pesos(amount) => parse_pesos(text).is_ok_and(|given| given == *amount),
            Self::Number(number) => parse_whole(text) == Some(*number),
            Self::Hundredths(number) => parse_hundredths(text) == Some(*number),
            Self::Day(day) => written_date(text) == Some(*day),
            // A workbook does not distinguish midnight from the day.
            Self::Moment(moment) if moment.time() == Time::midnight() => {
                written_moment(text) == Some(*moment) || written_date(text) == Some(moment.date())
            }
            Self::Moment(moment) => written_moment(text) == Some(*moment),
        }
    }
}

/// Formats hundredths with at least so many decimals.
fn decimal(hundredths: i64, least: usize) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let amount = hundredths.unsigned_abs();
    let text = format!("{sign}{}.{:02}", amount / 100, amount % 100);
    if least == 2 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// Context of the cells of a page of records.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Zone of the office.
    pub zone: &'a TimeZone,
    /// Titles of the records that the reader may see.
    pub directory: &'a Directory,
}

impl Context<'_> {
    /// Returns the cells of a record, whose calculated members are given.
    pub fn row(&self, record: &Record, columns: &[Column], members: &Members) -> Vec<Cell> {
        let calculated = |column: &Calculated| {
            let value = members.iter().find(|(name, _)| *name == column.name).map(|(_, value)| value);
            match (column.form, value) {
                (_, None) => Cell::Empty,
                (CalculatedForm::Money, Some(value)) => value.as_i64().map_or(Cell::Empty, Cell::Pesos),
                (CalculatedForm::Whole, Some(value)) => value.as_i64().map_or(Cell::Empty, Cell::Number),
                (CalculatedForm::Decimal, Some(value)) => {
                    hundredths(value).map_or(Cell::Empty, Cell::Hundredths)
                }
                (CalculatedForm::Share, Some(value)) => hundredths(value).map_or(Cell::Empty, Cell::Number),
            }
        };
        columns
            .iter()
            .map(|column| match column {
                Column::Calculated(column) => calculated(column),
                column => self.cell(record, *column),
            })
            .collect()
    }

    /// Returns the cell of a record in a column, empty for one that is not of the record itself.
    pub fn cell(&self, record: &Record, column: Column) -> Cell {
        match column {
            Column::Field(field) => self.of_field(record, field),
            Column::Id => Cell::Text(record.id.to_string()),
            Column::CreatedAt => self.moment(record.created_at),
            Column::CreatedBy => {
                record.created_by.map_or(Cell::Empty, |id| Cell::Text(self.title(id, kinds::USER.name)))
            }
            Column::UpdatedAt => self.moment(record.updated_at),
            Column::ArchivedAt => record.archived_at.map_or(Cell::Empty, |at| self.moment(at)),
            Column::Calculated(_) | Column::Report(..) => Cell::Empty,
        }
    }

    fn of_field(&self, record: &Record, field: &Field) -> Cell {
        let value = record.get(field.name);
        if value.is_empty() {
            return Cell::Empty;
        }
        match value {
            Value::Null => Cell::Empty,
            Value::Boolean(flag) => Cell::Text(if *flag { "Yes" } else { "No" }.to_owned()),
            Value::Integer(number) => match field.data {
                FieldType::Money => Cell::Pesos(*number),
                FieldType::Decimal(..) => Cell::Hundredths(*number),
                _ => Cell::Number(*number),
            },
            Value::Date(day) => Cell::Day(*day),
            Value::Instant(instant) if is_day(record, field) => day_of(record, field, *instant),
            Value::Instant(instant) => self.moment(*instant),
            Value::Text(text) => Cell::Text(match field.data {
                FieldType::Choice(choices) => choices::label(choices, text).to_owned(),
                FieldType::Recurrence => rule_text(record, text),
                _ => text.clone(),
            }),
            Value::Json(json) => Cell::Text(json_text(record, field, json)),
            Value::Id(_) | Value::Ids(_) | Value::Link(_) | Value::Links(_) => {
                Cell::Text(self.titles(field, value))
            }
        }
    }

    fn moment(&self, instant: Timestamp) -> Cell {
        let local = instant.to_zoned(self.zone.clone()).datetime();
        let time = Time::new(local.hour(), local.minute(), 0, 0).unwrap_or_default();
        Cell::Moment(local.date().to_datetime(time))
    }

    fn titles(&self, field: &Field, value: &Value) -> String {
        let target = field.target_kinds().first().copied().unwrap_or_default();
        match value {
            Value::Id(id) => self.title(*id, target),
            Value::Ids(ids) => join(ids.iter().map(|id| self.title(*id, target)), OF_NAMES),
            Value::Link(link) => self.link(link.id, &link.kind),
            Value::Links(links) => join(links.iter().map(|link| self.link(link.id, &link.kind)), OF_NAMES),
            _ => String::new(),
        }
    }

    /// Returns a link to a record of any kind: "PPA: Clean water".
    fn link(&self, id: Id, kind: &str) -> String {
        match (self.directory.contains_key(&id), kinds::by_name(kind)) {
            (true, Some(kind)) => format!("{}: {}", kind.label, self.title(id, kind.name)),
            _ => self.title(id, kind),
        }
    }

    fn title(&self, id: Id, kind: &str) -> String {
        match self.directory.get(&id) {
            Some(found) => found.title.clone(),
            None => {
                format!("{} you cannot see", kinds::by_name(kind).map_or("Record", |kind| kind.label))
            }
        }
    }
}

/// Returns true if the moment of a record is a day.
fn is_day(record: &Record, field: &Field) -> bool {
    matches!(field.data, FieldType::Moment) && ALL_DAY.get(record)
}

/// Returns the day of an all-day record; its end is exclusive in the record and inclusive on the screen.
fn day_of(record: &Record, field: &Field, instant: Timestamp) -> Cell {
    let zone = TimeZone::get(TIMEZONE.get(record)).unwrap_or(TimeZone::UTC);
    let day = instant.to_zoned(zone).date();
    Cell::Day(if field.name == END.name() { day.yesterday().unwrap_or(day) } else { day })
}

fn rule_text(record: &Record, text: &str) -> String {
    describe::of_record(record).unwrap_or_else(|| match text.parse() {
        Ok(rule) => describe::of_rule(&rule, None, &TimeZone::UTC),
        Err(_) => text.to_owned(),
    })
}

fn json_text(record: &Record, field: &Field, json: &Json) -> String {
    let texts = || json.as_array().into_iter().flatten().filter_map(Json::as_str);
    match field.data {
        FieldType::Choices(choices) => {
            join(texts().map(|text| choices::label(choices, text).to_owned()), OF_TAGS)
        }
        FieldType::Tags if *record.kind == FEED => join(
            texts().map(|text| kinds::entry_words(field.name, text).unwrap_or_else(|| text.to_owned())),
            OF_TAGS,
        ),
        FieldType::Tags | FieldType::Moments => join(texts().map(ToOwned::to_owned), OF_TAGS),
        _ => structure_text(json),
    }
}

/// Members of a structure that come first, in this order.
const FIRST: [&str; 6] = ["date", "start", "from", "end", "to", "title"];

/// Formats a structure: "2027-01-25, Design, Planned; 2027-03-01, Report", "Outputs: 12 boats, 3 nets".
fn structure_text(json: &Json) -> String {
    match json {
        Json::Array(items) => items.iter().map(item_text).collect::<Vec<_>>().join("; "),
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| (name, structure_text(value)))
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| {
                format!("{}: {value}", obcms_domain::core::text::capitalized(&name.replace('_', " ")))
            })
            .collect::<Vec<_>>()
            .join("; "),
        other => item_text(other),
    }
}

fn item_text(json: &Json) -> String {
    match json {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Object(members) => {
            let mut parts: Vec<(&String, String)> =
                members.iter().map(|(name, value)| (name, item_text(value))).collect();
            parts.retain(|(_, text)| !text.is_empty());
            for (_, text) in parts.iter_mut().filter(|(name, _)| *name == "status") {
                *text = obcms_domain::core::text::capitalized(&text.replace('_', " "));
            }
            let place = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
            parts.sort_by_key(|(name, _)| place(name));
            parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", ")
        }
        Json::Array(items) => items.iter().map(item_text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use obcms_domain::kinds::{EVENT, PPA};
    use serde_json::json;

    use super::*;

    fn record(kind: &'static Kind, values: &[(&str, Value)]) -> Record {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
        let now = "2027-01-01T00:00:00Z".parse().expect("an instant");
        let mut record = Record::new(kind, id, now, None);
        for (name, value) in values {
            record.set(name, value.clone());
        }
        record
    }

    fn cell(record: &Record, name: &str) -> Cell {
        let zone = TimeZone::get("Asia/Manila").expect("a zone");
        let directory = Directory::new();
        let column = known(record.kind).find(|column| column.name() == name).expect("a column");
        Context { zone: &zone, directory: &directory }.cell(record, column)
    }

    #[test]
    fn values_are_written_for_people() {
        let milestones = json!([
            { "title": "Design", "date": "2027-01-25", "status": "in_progress" },
            { "title": "Report", "date": "2027-03-01" },
        ]);
        let ppa = record(
            &PPA,
            &[
                ("budget_allocation_centavos", Value::Integer(-5)),
                ("fiscal_year", Value::Integer(2026)),
                ("status", "planning".into()),
                (
                    "lead_organization",
                    Value::Id("01890a5d-ac96-774b-bcce-b302099a8058".parse().expect("an id")),
                ),
                ("milestones", Value::Json(milestones)),
                (
                    "outcome_framework",
                    Value::Json(json!({ "outputs": ["12 boats", "3 nets"], "impacts": [] })),
                ),
            ],
        );
        for (name, text) in [
            ("budget_allocation_centavos", "-0.05"),
            ("fiscal_year", "2026"),
            ("status", "Planning"),
            ("lead_organization", "Organization you cannot see"),
            ("milestones", "2027-01-25, Design, In progress; 2027-03-01, Report"),
            ("outcome_framework", "Outputs: 12 boats; 3 nets"),
            ("summary", ""),
            ("created_at", "2027-01-01 08:00"),
            ("id", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ] {
            assert_eq!(cell(&ppa, name).text(), text, "{name}");
        }
    }

    #[test]
    fn last_day_of_an_all_day_event_is_inclusive() {
        let instant = |text: &str| Value::Instant(text.parse().expect("an instant"));
        let mut values = vec![
            ("all_day", true.into()),
            ("timezone", "Asia/Manila".into()),
            ("start", instant("2027-02-28T16:00:00Z")),
            ("end", instant("2027-03-02T16:00:00Z")),
        ];
        let event = record(&EVENT, &values);
        assert_eq!(
            (cell(&event, "start").text(), cell(&event, "end").text()),
            ("2027-03-01".into(), "2027-03-02".into())
        );
        values[0] = ("all_day", false.into());
        assert_eq!(cell(&record(&EVENT, &values), "end").text(), "2027-03-03 00:00");
    }

    #[test]
    fn cells_equal_what_spreadsheets_make_of_them() {
        let midnight = Cell::Moment(jiff::civil::date(2027, 3, 1).at(0, 0, 0, 0));
        for (cell, text) in [
            (Cell::Pesos(123_456_789), "1,234,567.89"),
            (Cell::Pesos(100), "1"),
            (Cell::Number(1200), "1200.0"),
            (Cell::Hundredths(-150), "-1.5"),
            (Cell::Day(jiff::civil::date(2027, 3, 1)), "3/1/2027"),
            (midnight.clone(), "2027-03-01"),
            (midnight.clone(), "3/1/2027 0:00"),
            (Cell::Text("a\nb".to_owned()), "a\r\nb"),
            (Cell::Empty, " "),
        ] {
            assert!(cell.equals(text), "{cell:?} and {text}");
        }
        for (cell, text) in [
            (Cell::Pesos(100), "100"),
            (midnight, "2027-03-02"),
            (Cell::Text("a".to_owned()), "A"),
            (Cell::Day(jiff::civil::date(2027, 3, 1)), "1/3/2027"),
            (Cell::Empty, "0"),
        ] {
            assert!(!cell.equals(text), "{cell:?} and {text}");
        }
    }
}
