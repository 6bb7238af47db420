//! Cells of a file as people write them, parsed as input: labels, names, pesos, dates.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use obcms_domain::choices::{Choice, MILESTONE_STATUSES};
use obcms_domain::core::dates::{parse_date, written_date, written_moment};
use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::core::money::{self, MoneyError};
use obcms_domain::kinds::ppa::MILESTONES;
use obcms_domain::message;
use obcms_domain::registry::shared::END;
use obcms_domain::registry::{Field, FieldType, Value, output};
use serde_json::{Value as Json, json};

use super::lists_of_texts::{OF_NAMES, OF_TAGS, split};
use super::names::{Named, Names, ids_in, names_in};
use super::workbook::NOT_CALCULATED;

/// Labels of choices in an error.
const SHOWN_CHOICES: usize = 20;
/// Maximum number of messages in the error of a cell.
const SHOWN_MESSAGES: usize = 10;

/// Error of a cell: its value cannot be read as one of its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    /// Code for programs.
    pub code: &'static str,
    /// Expected value, for people.
    pub message: Message,
}

impl CellError {
    /// Creates an error.
    pub fn new(code: &'static str, message: impl Into<Message>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Header of a column: the label for people, or the name of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// Label: money in pesos, days of an all-day record as on the screen.
    Label,
    /// Name: money in centavos, days as in the API.
    Name,
}

/// Context of the cells of a row.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// Zone of the office.
    pub zone: &'a TimeZone,
    /// True if the record is an all-day one.
    pub all_day: bool,
    /// Names of the file.
    pub names: &'a Names,
}

type Outcome = Result<Json, CellError>;

impl Row<'_> {
    /// Parses a cell as input for the field. With an error, the input is the text, which the field refuses as well.
    pub fn read(&self, field: &'static Field, header: Header, text: &str) -> (Json, Option<CellError>) {
        match self.parse(field, header, text) {
            Ok(json) => (json, None),
            Err(error) => (json!(text), Some(error)),
        }
    }

    fn parse(&self, field: &'static Field, header: Header, text: &str) -> Outcome {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(output::plain(field, &Value::Null));
        }
        if let Some(message) = formula_error(trimmed) {
            return Err(CellError::new("formula", message));
        }
        Ok(match field.data {
            FieldType::Text(_) | FieldType::Multiline(_) => json!(text),
            FieldType::Email | FieldType::Url | FieldType::TimeZone => json!(trimmed),
            FieldType::Money if header == Header::Label => match parse_pesos(trimmed) {
                Ok(centavos) => json!(centavos),
                Err(error) => return Err(CellError::new("type", amount_message(error))),
            },
            FieldType::Money | FieldType::Integer(..) => {
                parse_whole(trimmed).map_or_else(|| json!(text), |number| json!(number))
            }
            FieldType::Decimal(..) => {
                number_text(trimmed).parse::<f64>().map_or_else(|_| json!(text), |number| json!(number))
            }
            FieldType::Boolean => match trimmed.to_lowercase().as_str() {
                "true" | "yes" | "y" | "1" => json!(true),
                "false" | "no" | "n" | "0" => json!(false),
                _ => return Err(CellError::new("type", "Must be Yes or No.")),
            },
            FieldType::Date => json!(self.day(trimmed)?),
            FieldType::Instant => self.instant(trimmed)?,
            FieldType::Moment => self.moment(field, header, trimmed)?,
            FieldType::Moments => {
                json!(split(trimmed, OF_TAGS).iter().map(|one| point(one)).collect::<Vec<_>>())
            }
            FieldType::Recurrence => match trimmed.parse::<obcms_recur::Rule>() {
                Ok(_) => json!(trimmed),
                Err(_) => return Err(CellError::new("rule", "Must be a rule like FREQ=WEEKLY;BYDAY=MO.")),
            },
            FieldType::Choice(choices) => json!(choice(choices, trimmed)?),
            FieldType::Choices(choices) => choices_of(choices, trimmed)?,
            FieldType::Tags => match serde_json::from_str::<Vec<String>>(trimmed) {
                Ok(tags) => json!(tags),
                Err(_) => json!(split(trimmed, OF_TAGS)),
            },
            FieldType::Structure(_) if field.name == MILESTONES.name() && !trimmed.starts_with('[') => {
                milestones(trimmed)?
            }
            FieldType::Structure(_) => serde_json::from_str(trimmed).map_err(|_| {
                let message = "Must be as exported, empty, or JSON as in the API. \
                               Change it on the page of the record.";
                CellError::new("structure", message)
            })?,
            FieldType::Reference(_) | FieldType::References(_) | FieldType::Link(_) | FieldType::Links(_) => {
                self.references(field, trimmed)?
            }
        })
    }

    fn day(&self, text: &str) -> Result<String, CellError> {
        if let Some(day) = written_date(text) {
            return Ok(day.to_string());
        }
        let of_time = text.parse::<Timestamp>().map(|instant| instant.to_zoned(self.zone.clone()).date());
        if let Some(day) = of_time.ok().or_else(|| written_moment(text).map(DateTime::date)) {
            return Ok(day.to_string());
        }
        match parse_date(text) {
            // An existing day of another century has a message of its own.
            Err((code @ "range", message)) => Err(CellError::new(code, message)),
            _ => Err(CellError::new(
                "type",
                "Must be an existing date like 2027-01-25, 25 Jan 2027 or 1/25/2027 (month first).",
            )),
        }
    }

    /// Parses a time; a day stays one, which means its end.
    fn instant(&self, text: &str) -> Outcome {
        if text.parse::<Timestamp>().is_ok() {
            return Ok(json!(text));
        }
        match (written_date(text), written_moment(text)) {
            (Some(day), _) => Ok(json!(day)),
            (_, Some(local)) => Ok(self.in_office(local)),
            _ => Err(time_error()),
        }
    }

    fn moment(&self, field: &Field, header: Header, text: &str) -> Outcome {
        let is_instant = text.parse::<Timestamp>().is_ok();
        if header == Header::Name && (is_instant || parse_date(text).is_ok()) {
            return Ok(json!(text));
        }
        if self.all_day {
            let day = self.day(text)?;
            let is_inclusive_end = header == Header::Label && field.name == END.name();
            let next =
                || parse_date(&day).ok().and_then(|day| day.tomorrow().ok()).map(|day| day.to_string());
            return Ok(json!(if is_inclusive_end { next().unwrap_or(day) } else { day }));
        }
        if is_instant {
            return Ok(json!(text));
        }
        match written_moment(text) {
            // Local times under the name of the API are those of the record's zone.
            Some(local) if header == Header::Name => Ok(json!(local)),
            Some(local) => Ok(self.in_office(local)),
            None => Err(time_error()),
        }
    }

    fn in_office(&self, local: DateTime) -> Json {
        match self.zone.to_ambiguous_timestamp(local).compatible() {
            Ok(instant) => json!(instant),
            Err(_) => json!(local),
        }
    }

    fn references(&self, field: &'static Field, text: &str) -> Outcome {
        let kinds = field.target_kinds();
        let is_list = matches!(field.data, FieldType::References(_) | FieldType::Links(_));
        let has_kind = matches!(field.data, FieldType::Link(_) | FieldType::Links(_));
        let found: Vec<(Option<String>, obcms_domain::core::id::Id)> = match ids_in(text) {
            Some(ids) => ids,
            None => all_or_errors(names_in(text, is_list).iter().map(|name| {
                let (kind, id) = self.names.find(&Named::parse(name, &kinds))?;
                Ok((Some(kind.to_owned()), id))
            }))?,
        };
        if !is_list && found.len() > 1 {
            return Err(CellError::new("type", "Must be one record."));
        }
        let mut items = Vec::new();
        for (kind, id) in found {
            items.push(match (has_kind, kind) {
                (true, Some(kind)) => json!({ "kind": kind, "id": id }),
                (true, None) => {
                    return Err(CellError::new("type", "Must be a name, or an id like ppa:ID."));
                }
                (false, _) => json!(id),
            });
        }
        Ok(if is_list { Json::Array(items) } else { items.pop().unwrap_or(Json::Null) })
    }
}

/// Values that a spreadsheet shows for a formula that failed.
const FORMULA_ERRORS: [&str; 11] = [
    "#REF!",
    "#N/A",
    "#NAME?",
    "#VALUE!",
    "#DIV/0!",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
];

/// Returns the message about a cell that has no value because its formula failed or was never calculated.
fn formula_error(text: &str) -> Option<Message> {
    if text == NOT_CALCULATED {
        return Some(Message::new(
            "The formula of this cell was never calculated. Open the file in a spreadsheet program, save it, and import it again.",
        ));
    }
    FORMULA_ERRORS.contains(&text).then(|| {
        message!(
            "The formula of this cell failed ({error}). Enter the value itself.",
            error = Word::text(text)
        )
    })
}

/// Returns the parts of a cell, or one error with the messages of the first wrong ones. Reading stops at
/// [`SHOWN_MESSAGES`]: a cell may have hundreds of thousands of parts.
fn all_or_errors<T>(parts: impl Iterator<Item = Result<T, CellError>>) -> Result<Vec<T>, CellError> {
    let (mut read, mut first, mut messages) = (Vec::new(), None, Vec::<Message>::new());
    for part in parts {
        match part {
            Ok(part) => read.push(part),
            Err(error) => {
                first.get_or_insert(error.code);
                if !messages.contains(&error.message) {
                    messages.push(error.message);
                }
                if messages.len() == SHOWN_MESSAGES {
                    break;
                }
            }
        }
    }
    match first {
        Some(code) => Err(CellError::new(code, Message::sentences(messages))),
        None => Ok(read),
    }
}

fn time_error() -> CellError {
    CellError::new("type", "Must be a date and time like 2027-01-25 14:30 or 25 Jan 2027 2:30 PM.")
}

/// Returns a date of a series as in the API; another text unchanged.
fn point(text: &str) -> String {
    match (written_date(text), written_moment(text)) {
        (Some(day), _) => day.to_string(),
        (_, Some(local)) => local.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        _ => text.to_owned(),
    }
}

/// Returns the value of a choice by its value or its label.
fn choice(choices: &'static [Choice], text: &str) -> Result<&'static str, CellError> {
    let folded = text.to_lowercase();
    let found = choices
        .iter()
        .find(|choice| choice.value == text)
        .or_else(|| choices.iter().find(|choice| choice.label.to_lowercase() == folded))
        .or_else(|| choices.iter().find(|choice| choice.value.to_lowercase() == folded));
    found.map(|choice| choice.value).ok_or_else(|| {
        let labels = choices.iter().take(SHOWN_CHOICES).map(|choice| Word::label(choice.label));
        let more = (choices.len() > SHOWN_CHOICES).then(|| Word::text("…"));
        let labels = Word::list(Joining::Semicolon, labels.chain(more));
        CellError::new("choice", message!("Must be one of: {labels}.", labels))
    })
}

fn choices_of(choices: &'static [Choice], text: &str) -> Outcome {
    if let Ok(values) = serde_json::from_str::<Vec<String>>(text) {
        return Ok(json!(values));
    }
    let mut values = Vec::new();
    for part in split(text, OF_NAMES) {
        match choice(choices, &part) {
            Ok(value) => values.push(value),
            // A label may contain a comma, but a comma may also separate labels.
            Err(_) => {
                for part in split(&part, OF_TAGS) {
                    values.push(choice(choices, &part)?);
                }
            }
        }
    }
    Ok(json!(values))
}

/// Parses milestones: "2027-01-25, Design, Completed; 2027-03-01, Report", the status optional.
fn milestones(text: &str) -> Outcome {
    let error = || {
        let message = "Must be milestones like 2027-01-25, Design, Completed; 2027-03-01, Report.";
        CellError::new("structure", message)
    };
    let milestone = |text: &str| {
        let (date, rest) = text.split_once(',')?;
        let date = written_date(date)?.to_string();
        let rest = rest.trim();
        let (title, status) = match rest.rsplit_once(',') {
            Some((title, status)) => match choice(MILESTONE_STATUSES, status.trim()) {
                Ok(status) => (title.trim(), Some(status)),
                Err(_) => (rest, None),
            },
            None => (rest, None),
        };
        Some(match status {
            Some(status) => json!({ "date": date, "title": title, "status": status }),
            None => json!({ "date": date, "title": title }),
        })
    };
    let items = text.split([';', '\n']).map(str::trim).filter(|item| !item.is_empty());
    Ok(Json::Array(items.map(|item| milestone(item).ok_or_else(error)).collect::<Result<_, _>>()?))
}

fn amount_message(error: MoneyError) -> &'static str {
    match error {
        MoneyError::TooLarge => "This amount is out of range.",
        MoneyError::BelowCentavo => {
            "Must be an amount in pesos with at most two decimals, like 1,250,000.50."
        }
        MoneyError::MisplacedComma => {
            "Must be an amount in pesos with commas for thousands only, like 1,250,000.50."
        }
        MoneyError::Empty | MoneyError::NotAnAmount => {
            "Must be an amount in pesos, like 1,250,000.50 or 1.25M."
        }
    }
}

/// Parses pesos, also in the brackets of accountants, `(1,250.00)`, and with the rounding error of a spreadsheet.
pub fn parse_pesos(text: &str) -> Result<i64, MoneyError> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return match money::parse(inner)? {
            amount if amount >= 0 => Ok(-amount),
            _ => Err(MoneyError::NotAnAmount),
        };
    }
    match money::parse(text) {
        Err(MoneyError::BelowCentavo) => near_centavo(text).ok_or(MoneyError::BelowCentavo),
        other => other,
    }
}

/// Returns the hundredths of a number that is one of them but for the error of a double: `0.30000000000000004`.
fn near_centavo(text: &str) -> Option<i64> {
    let hundredths = number_text(text).parse::<f64>().ok()? * 100.0;
    let nearest = hundredths.round();
    if (hundredths - nearest).abs() > 1e-4 || nearest.abs() > 1e15 {
        return None;
    }
    // The bound keeps it within range.
    #[allow(clippy::cast_possible_truncation)]
    Some(nearest as i64)
}

/// Returns the number in a text without commas, blanks and a percent sign.
fn number_text(text: &str) -> String {
    text.trim().trim_end_matches('%').replace([',', ' '], "")
}

/// Parses a whole number, also as spreadsheets write it: `12.0`, `1,200`, `45%`.
pub fn parse_whole(text: &str) -> Option<i64> {
    let plain = number_text(text);
    let digits = plain.split_once('.').map_or(plain.as_str(), |(digits, fraction)| {
        if fraction.bytes().all(|digit| digit == b'0') { digits } else { plain.as_str() }
    });
    digits.parse().ok()
}

/// Parses a number with at most two decimals, as hundredths.
pub fn parse_hundredths(text: &str) -> Option<i64> {
    near_centavo(text)
}

#[cfg(test)]
mod tests {
    use jiff::tz;
    use obcms_domain::kinds::{EVENT, PPA, TASK, TEAM};
    use obcms_domain::registry::Kind;

    use super::*;

    fn read(kind: &'static Kind, name: &str, header: Header, text: &str) -> Result<Json, CellError> {
        let zone = TimeZone::fixed(tz::offset(8));
        let row = Row { zone: &zone, all_day: name == "end", names: &Names::default() };
        row.parse(kind.field(name).expect("a field"), header, text)
    }

    #[test]
    fn amounts_are_pesos_below_the_label_and_centavos_below_the_name() {
        let budget = "budget_allocation_centavos";
        for (text, centavos) in [
            ("1,234,567.89", 123_456_789),
            ("₱1,234,567.89", 123_456_789),
            ("PHP 1,234,567.89", 123_456_789),
            ("1234567.89", 123_456_789),
            ("(1,250.00)", -125_000),
            ("0.30000000000000004", 30),
            ("1.25M", 125_000_000),
        ] {
            assert_eq!(read(&PPA, budget, Header::Label, text), Ok(json!(centavos)), "{text}");
        }
        assert_eq!(read(&PPA, budget, Header::Name, "1,200"), Ok(json!(1200)));
        assert_eq!(read(&PPA, budget, Header::Name, "12.0"), Ok(json!(12)));
        for text in ["twelve", "0.005", "(-5)", "1,25"] {
            assert!(read(&PPA, budget, Header::Label, text).is_err(), "{text}");
        }
        assert_eq!(read(&PPA, budget, Header::Name, "12.5"), Ok(json!("12.5")), "refused by the field");
    }

    #[test]
    fn wrong_parts_are_named_up_to_a_limit() {
        let mut read = 0;
        let endless = (0_i64..).map(|number| {
            read += 1;
            Err::<(), _>(CellError::new("unknown", message!("There is no number {number}.", number)))
        });
        let error = all_or_errors(endless).unwrap_err();
        assert_eq!(read, SHOWN_MESSAGES);
        assert!(error.message.english().ends_with("There is no number 9."), "{:?}", error.message);
    }

    #[test]
    fn labels_dates_and_words_are_read() {
        let label = |kind, name, text| read(kind, name, Header::Label, text);
        assert_eq!(label(&TASK, "status", "In progress"), Ok(json!("in_progress")));
        assert_eq!(label(&TASK, "status", "IN PROGRESS"), Ok(json!("in_progress")));
        assert_eq!(label(&TASK, "status", "in_progress"), Ok(json!("in_progress")));
        let error = label(&TASK, "status", "sleeping").expect_err("no status");
        assert!(error.message.english().contains("In progress"), "{error:?}");
        assert_eq!(label(&TASK, "due_date", "12/15/2026"), Ok(json!("2026-12-15")));
        assert_eq!(label(&TASK, "due_date", "2026-12-15T00:00:00"), Ok(json!("2026-12-15")));
        assert!(label(&TASK, "due_date", "15/12/2026").is_err());
        assert_eq!(label(&TASK, "progress", "45%"), Ok(json!(45)));
        assert_eq!(label(&TASK, "marked_at_risk", "Yes"), Ok(json!(true)));
        assert!(label(&TASK, "marked_at_risk", "perhaps").is_err());
        assert_eq!(label(&TEAM, "focus_areas", "peace, water"), Ok(json!(["peace", "water"])));
        assert_eq!(
            label(&TEAM, "focus_areas", "peace; \"water, roads\""),
            Ok(json!(["peace", "water, roads"]))
        );
        assert_eq!(label(&EVENT, "start", "15 Dec 2026 2:30 PM"), Ok(json!("2026-12-15T06:30:00Z")));
        assert_eq!(label(&EVENT, "end", "15 Dec 2026"), Ok(json!("2026-12-16")), "inclusive on the screen");
        assert_eq!(
            read(&EVENT, "end", Header::Name, "2026-12-15"),
            Ok(json!("2026-12-15")),
            "exclusive in the API"
        );
    }

    #[test]
    fn milestones_are_read_as_they_are_written() {
        let label = |text: &str| read(&PPA, "milestones", Header::Label, text);
        let both = json!([
            { "date": "2027-01-25", "title": "Design, first part", "status": "completed" },
            { "date": "2027-03-01", "title": "Report" },
        ]);
        assert_eq!(label("2027-01-25, Design, first part, Completed; 1 Mar 2027, Report"), Ok(both.clone()));
        assert_eq!(label(&both.to_string()), Ok(both));
        for text in ["Design", "soon, Design", "{"] {
            assert!(label(text).is_err(), "{text}");
        }
    }

    #[test]
    fn references_are_read_by_id() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let label = |name, text: &str| read(&TASK, name, Header::Label, text);
        assert_eq!(label("origin", &format!("ppa:{id}")), Ok(json!({ "kind": "ppa", "id": id })));
        assert_eq!(label("assignees", id), Ok(json!([id])));
        let error = label("assignees", "Amina").expect_err("no such person");
        assert_eq!(error.code, "unknown_name");
    }

    #[test]
    fn error_of_many_unknown_names_has_the_first_ones() {
        let names: Vec<String> = (0..100_000).map(|number| format!("Person {number}")).collect();
        let error = read(&TASK, "assignees", Header::Label, &names.join("; ")).expect_err("no such people");
        let message = error.message.english();
        assert_eq!(message.matches("has the name").count(), SHOWN_MESSAGES, "{message}");
        assert!(message.contains("“Person 0”") && message.contains("“Person 9”"), "{message}");
    }
}
