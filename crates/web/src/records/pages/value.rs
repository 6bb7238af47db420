//! Values on the screen: the one place where a field of a record is rendered.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_domain::bookings::WEEKDAYS;
use obcms_domain::calendar::series::describe;
use obcms_domain::choices::Choice;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::shared::{ALL_DAY, TIMEZONE};
use obcms_domain::registry::{Field, FieldType, Kind, Link, Record, Value};
use obcms_store::records::{Directory, Reference};
use serde_json::Value as Json;

use super::dates::{self, name_text};
use crate::components::badges::{self, Tone};
use crate::components::words::{self, t, t_html};
use crate::core::frame::Page;

/// Context for rendering values.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// Titles of references, as in `Listing::directory`.
    pub directory: &'a Directory,
    /// Date of the office.
    pub today: Date,
    /// Zone in which the person reads times.
    pub zone: &'a TimeZone,
    /// True if names of people link to their pages, which the reader may open.
    pub links_people: bool,
}

impl Page {
    /// Returns the context for values on this page.
    #[must_use]
    pub fn values<'a>(&self, directory: &'a Directory, zone: &'a TimeZone) -> Values<'a> {
        let links_people =
            self.caller.as_ref().is_some_and(|caller| caller.actor.visibility(&kinds::USER).is_some());
        Values { directory, today: self.today, zone, links_people }
    }
}

impl Values<'_> {
    /// Renders the value of a field of a record; empty when nothing is given.
    #[must_use]
    pub fn draw(&self, record: &Record, field: &Field) -> Markup {
        let value = record.get(field.name);
        if let ("feed", "kinds" | "status", Value::Json(Json::Array(items))) =
            (record.kind.name, field.name, value)
        {
            let in_words = |item: &str| kinds::entry_words(field.name, item);
            let known: Vec<String> = items.iter().filter_map(Json::as_str).filter_map(in_words).collect();
            return html! { (known.join(", ")) };
        }
        match (field.data, value) {
            (FieldType::Moment, Value::Instant(instant)) => self.moment(record, field, *instant),
            (FieldType::Choice(choices), Value::Text(text)) => choice(record, field, choices, text),
            (FieldType::Date, Value::Date(_)) if field.name == "due_date" && is_open(record) => {
                dates::due(record, self.today)
            }
            (FieldType::Recurrence, Value::Text(text)) if !text.is_empty() => {
                let said = describe::of_record(record).unwrap_or_else(|| rule_text(text));
                html! { span title=(text) { (said) } }
            }
            (_, Value::Json(json)) => structure(field, json),
            _ => self.plain(field, value),
        }
    }

    /// Renders the value in a cell of a table, where space is scarce: choices without their explanation in brackets.
    #[must_use]
    pub fn cell(&self, record: &Record, field: &Field) -> Markup {
        match (field.data, record.get(field.name)) {
            (FieldType::Choice(choices), Value::Text(text))
                if field.name != record.kind.state && !IS_RANK.contains(&field.name) =>
            {
                let label = words::choice(choices, text);
                match label.split_once(" (") {
                    Some((short, _)) => html! { span title=(label) { (short) } },
                    None => html! { (label) },
                }
            }
            _ => self.draw(record, field),
        }
    }

    fn plain(&self, field: &Field, value: &Value) -> Markup {
        match value {
            Value::Null | Value::Json(_) => html! {},
            Value::Boolean(true) => html! { (t!("Yes")) },
            Value::Boolean(false) => html! { (t!("No")) },
            Value::Integer(number) => match field.data {
                FieldType::Money => badges::money(*number),
                _ if field.name.ends_with("progress") => {
                    badges::progress(u8::try_from(*number).unwrap_or_default())
                }
                FieldType::Decimal(..) => html! { (decimal_text(*number)) },
                // A year is not an amount.
                _ if field.name.ends_with("_year") => html! { (number) },
                _ => html! { (integer_text(*number)) },
            },
            Value::Text(text) if text.is_empty() => html! {},
            Value::Text(text) => match field.data {
                FieldType::Url => html! { a href=(text) rel="noopener noreferrer" { (text) } },
                FieldType::Email => html! { a href={ "mailto:" (text) } { (text) } },
                FieldType::Multiline(_) => html! { span.prose { (text) } },
                _ => html! { (text) },
            },
            Value::Date(day) => badges::date(*day, self.today),
            Value::Instant(instant) => self.instant(*instant),
            Value::Id(id) => self.reference(*id, ""),
            Value::Ids(ids) => Self::list(&ids.iter().map(|id| self.reference(*id, "")).collect::<Vec<_>>()),
            Value::Link(link) => self.link(link),
            Value::Links(links) => Self::list(&links.iter().map(|link| self.link(link)).collect::<Vec<_>>()),
        }
    }

    fn list(items: &[Markup]) -> Markup {
        html! { @for (place, item) in items.iter().enumerate() { @if place > 0 { ", " } (item) } }
    }

    fn link(&self, link: &Link) -> Markup {
        self.reference(link.id, &link.kind)
    }

    /// Renders a reference as a link with the title of the record.
    #[must_use]
    pub fn reference(&self, id: Id, kind: &str) -> Markup {
        match self.directory.get(&id) {
            Some(person) if person.kind == kinds::USER.name && !self.links_people => {
                html! { (person.title) @if person.is_archived { " " (t!("(archived)")) } }
            }
            Some(reference) => {
                html! { a href=(address(reference)) { (reference.title) } @if reference.is_archived { " " (t!("(archived)")) } }
            }
            None => {
                let label = kinds::by_name(kind).map_or(t!("A record"), |kind| words::label(kind.label));
                html! { span.faint { (t_html!("{label} you cannot see", label)) } }
            }
        }
    }

    fn moment(&self, record: &Record, field: &Field, instant: Timestamp) -> Markup {
        if !ALL_DAY.get(record) {
            return self.instant(instant);
        }
        badges::date(all_day(record, field, instant), self.today)
    }

    /// Renders a point in time in the zone of the person.
    #[must_use]
    pub fn instant(&self, instant: Timestamp) -> Markup {
        let local = instant.to_zoned(self.zone.clone());
        let on_paper = badges::on_paper(local.date(), self.today)
            .map(|day| format!("{day} {}", local.strftime("%-I:%M %p")));
        html! {
            time datetime=(instant) data-date=[on_paper] title=(instant.to_zoned(self.zone.clone()).strftime("%A, %-d %B %Y, %-I:%M %p %Z")) {
                (self.instant_text(instant))
            }
        }
    }

    /// Returns the text of [`Values::instant`].
    #[must_use]
    pub fn instant_text(&self, instant: Timestamp) -> String {
        let local = instant.to_zoned(self.zone.clone());
        format!("{} {}", badges::date_text(local.date(), self.today), local.strftime("%-I:%M %p"))
    }

    /// Formats a value of the history: labels of choices and titles of records rather than their ids.
    #[must_use]
    pub fn text(&self, field: &Field, json: &Json) -> String {
        match json {
            Json::Null => String::new(),
            Json::Bool(value) => if *value { t!("Yes") } else { t!("No") }.to_owned(),
            Json::Number(number) => match (field.data, number.as_i64()) {
                (FieldType::Money, Some(amount)) => badges::money_text(amount),
                (FieldType::Integer(..), Some(number)) if !field.name.ends_with("_year") => {
                    integer_text(number)
                }
                _ => number.to_string(),
            },
            Json::String(text) => self.word(field, text),
            Json::Array(items) if matches!(field.data, FieldType::Structure(_)) => match items.len() {
                0 => String::new(),
                1 => t!("1 entry").to_owned(),
                count => t!("{count} entries", count),
            },
            Json::Array(items) => {
                items.iter().map(|item| self.text(field, item)).collect::<Vec<_>>().join(", ")
            }
            Json::Object(object) => match object.get("id").and_then(Json::as_str) {
                Some(id) if field.is_reference() => self.title_of(id),
                _ => object_text(object),
            },
        }
    }

    fn word(&self, field: &Field, text: &str) -> String {
        match field.data {
            FieldType::Choice(choices) | FieldType::Choices(choices) => {
                words::choice(choices, text).to_owned()
            }
            FieldType::Reference(_) | FieldType::References(_) => self.title_of(text),
            FieldType::Date => {
                text.parse().map_or_else(|_| text.to_owned(), |day| badges::date_text(day, self.today))
            }
            FieldType::Instant | FieldType::Moment => {
                text.parse().map_or_else(|_| text.to_owned(), |instant| self.instant_text(instant))
            }
            FieldType::Recurrence => rule_text(text),
            FieldType::Moments => name_text(text),
            _ => text.to_owned(),
        }
    }

    fn title_of(&self, id: &str) -> String {
        id.parse::<Id>()
            .ok()
            .and_then(|id| self.directory.get(&id))
            .map_or_else(|| t!("something you cannot see").to_owned(), |found| found.title.clone())
    }
}

/// Returns the parts of a structure that are not empty: "Outputs: 12 boats, 3 nets; Impacts: catch per fisher".
fn object_text(object: &serde_json::Map<String, Json>) -> String {
    let parts = object.iter().map(|(name, value)| (name, item_text(value)));
    let parts = parts.filter(|(_, value)| !value.is_empty());
    parts.map(|(name, value)| format!("{}: {value}", badges::words(name))).collect::<Vec<_>>().join("; ")
}

fn item_text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(item_text).collect::<Vec<_>>().join(", "),
        Json::Object(object) => object.values().map(item_text).collect::<Vec<_>>().join(" – "),
        other => other.to_string(),
    }
}

/// Describes a rule without the start of its series.
fn rule_text(text: &str) -> String {
    match text.parse() {
        Ok(rule) => describe::of_rule(&rule, None, &TimeZone::UTC),
        Err(_) => text.to_owned(),
    }
}

/// Returns the ids in a value of the history.
#[must_use]
pub fn ids_in(field: &Field, json: &Json) -> Vec<Id> {
    if !field.is_reference() {
        return Vec::new();
    }
    match json {
        Json::String(text) => text.parse().into_iter().collect(),
        Json::Object(object) => {
            object.get("id").and_then(Json::as_str).and_then(|text| text.parse().ok()).into_iter().collect()
        }
        Json::Array(items) => items.iter().flat_map(|item| ids_in(field, item)).collect(),
        _ => Vec::new(),
    }
}

/// Returns the address of the page of a reference.
#[must_use]
pub fn address(reference: &Reference) -> String {
    kinds::by_name(&reference.kind).map_or_else(String::new, |kind| kind.url(reference.id))
}

/// Tone of a state of a kind.
#[must_use]
pub fn tone(kind: &Kind, state: &str) -> Tone {
    if kind.alarming.contains(&state) { Tone::Warning } else { Tone::of_status(state) }
}

/// Badge of the state of a record; empty for kinds without one.
#[must_use]
pub fn state_badge(record: &Record) -> Markup {
    let kind = record.kind;
    match kind.field(kind.state).map(|field| field.data) {
        Some(FieldType::Choice(choices)) if !record.state().is_empty() => {
            badges::badge(words::choice(choices, record.state()), tone(kind, record.state()))
        }
        _ => html! {},
    }
}

/// Badge of the state of a referenced record.
#[must_use]
pub fn reference_badge(reference: &Reference) -> Markup {
    let choices =
        kinds::by_name(&reference.kind).and_then(|kind| kind.field(kind.state)).map(|field| field.data);
    match choices {
        Some(FieldType::Choice(choices)) if !reference.state.is_empty() => {
            let of = kinds::by_name(&reference.kind);
            let tone = of.map_or(Tone::Neutral, |kind| tone(kind, &reference.state));
            badges::badge(words::choice(choices, &reference.state), tone)
        }
        _ => html! {},
    }
}

/// Returns the day of an all-day moment: ends are exclusive in the record and inclusive on the screen.
#[must_use]
pub fn all_day(record: &Record, field: &Field, instant: Timestamp) -> Date {
    let zone = TimeZone::get(TIMEZONE.get(record)).unwrap_or(TimeZone::UTC);
    let day = instant.to_zoned(zone).date();
    if field.name == "end" { day.yesterday().unwrap_or(day) } else { day }
}

/// Formats hundredths.
#[must_use]
pub fn decimal_text(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let amount = hundredths.unsigned_abs();
    let text = format!("{sign}{}.{:02}", amount / 100, amount % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Formats hundredths with groups of thousands.
#[must_use]
pub fn grouped_decimal_text(hundredths: i64) -> String {
    let text = decimal_text(hundredths);
    let fraction = text.find('.').map_or("", |point| &text[point..]);
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}{fraction}", badges::grouped(hundredths.unsigned_abs() / 100))
}

fn integer_text(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", badges::grouped(number.unsigned_abs()))
}

/// Returns true if a record with a due date is open.
fn is_open(record: &Record) -> bool {
    !record.is_archived() && !["completed", "cancelled", "achieved", "enacted"].contains(&record.state())
}

/// Fields with a rank of urgency, drawn with its sign.
const IS_RANK: [&str; 2] = ["priority", "severity"];

fn choice(record: &Record, field: &Field, choices: &'static [Choice], text: &str) -> Markup {
    let label = words::choice(choices, text);
    if field.name == record.kind.state {
        badges::badge(label, tone(record.kind, text))
    } else if IS_RANK.contains(&field.name) {
        badges::priority(text)
    } else {
        html! { (label) }
    }
}

fn structure(field: &Field, json: &Json) -> Markup {
    let text = |item: &Json, name: &str| item.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    match (field.data, json) {
        (FieldType::Moments, Json::Array(items)) => html! {
            @for item in items.iter().filter_map(Json::as_str) { (badges::badge(&name_text(item), Tone::Neutral)) " " }
        },
        (FieldType::Tags, Json::Array(items)) => html! {
            @for item in items.iter().filter_map(Json::as_str) { (badges::badge(item, Tone::Neutral)) " " }
        },
        (FieldType::Choices(choices), Json::Array(items)) => {
            let labels: Vec<&str> =
                items.iter().filter_map(Json::as_str).map(|item| words::choice(choices, item)).collect();
            html! { (labels.join(", ")) }
        }
        (_, Json::Array(items)) if field.name == "blackouts" => html! {
            ul.plain-list {
                @for item in items {
                    li {
                        (text(item, "start").replace('T', " "))
                        @if !text(item, "end").is_empty() { " " (t_html!("until {end}", end = text(item, "end").replace('T', " "))) }
                        @if !text(item, "reason").is_empty() { " " span.muted { (text(item, "reason")) } }
                    }
                }
            }
        },
        (_, Json::Object(days)) if field.name == "opening_hours" => html! {
            ul.plain-list {
                @for day in WEEKDAYS {
                    @let stretches = days.get(day).and_then(Json::as_array).cloned().unwrap_or_default();
                    @if !stretches.is_empty() {
                        li {
                            (badges::words(day)) " "
                            (stretches.iter().map(|one| format!("{}–{}", text(one, "from"), text(one, "to"))).collect::<Vec<_>>().join(", "))
                        }
                    }
                }
            }
        },
        (_, Json::Array(items)) => html! {
            ul.plain-list {
                @for item in items {
                    li {
                        (text(item, "title"))
                        @if !text(item, "date").is_empty() { " " span.muted { (text(item, "date")) } }
                        @if !text(item, "status").is_empty() { " " (badges::status(&text(item, "status"))) }
                    }
                }
            }
        },
        (_, Json::Object(object)) => html! {
            @for (name, value) in object {
                @let lines = value.as_array().cloned().unwrap_or_default();
                @if !lines.is_empty() {
                    div { span.muted { (badges::words(name)) }
                        ul.plain-list { @for line in &lines { li { (line.as_str().map_or_else(|| line.to_string(), ToOwned::to_owned)) } } }
                    }
                }
            }
        },
        _ => html! {},
    }
}

/// Returns the label of a state of a kind.
#[must_use]
pub fn state_words(kind: &Kind, state: &str) -> String {
    let choices = match kind.field(kind.state).map(|field| field.data) {
        Some(FieldType::Choice(choices)) => choices,
        _ => &[],
    };
    choices
        .iter()
        .find(|choice| choice.value == state)
        .map_or_else(|| badges::words(state), |choice| words::label(choice.label).to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn decimals_have_no_trailing_zeros() {
        assert_eq!(decimal_text(150), "1.5");
        assert_eq!(decimal_text(-1_234), "-12.34");
        assert_eq!(decimal_text(200), "2");
        assert_eq!(decimal_text(-5), "-0.05");
    }

    #[test]
    fn history_shows_labels_and_titles() {
        let id: Id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
        let title = "Amina Sali".to_owned();
        let person = Reference { id, kind: "user".into(), title, state: String::new(), is_archived: false };
        let directory: Directory = HashMap::from([(id, person)]);
        let values = Values {
            directory: &directory,
            today: jiff::civil::date(2027, 1, 25),
            zone: &TimeZone::UTC,
            links_people: true,
        };
        let field = |name| kinds::TASK.field(name).expect("a field of tasks");
        assert_eq!(values.text(field("status"), &serde_json::json!("in_progress")), "In progress");
        assert_eq!(values.text(field("assignees"), &serde_json::json!([id])), "Amina Sali");
        assert_eq!(values.text(field("due_date"), &serde_json::json!("2027-01-25")), "Today");
        assert_eq!(ids_in(field("assignees"), &serde_json::json!([id])), [id]);
    }
}
