//! The dates that a rule of recurrence yields, before anything is kept.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use obcms_app::AppError;
use obcms_domain::calendar::series::{describe, list_of_texts, too_dense};
use obcms_domain::registry::FieldError;
use obcms_recur::{Addition, ExpandError, Limits, Moment, Occurrence, Rule, Set};
use serde_json::{Map, Value as Json, json};

use crate::components::words::sentence;
use crate::core::input::Body as Input;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Occurrences that are answered when nothing is said.
const USUAL_LIMIT: usize = 50;
/// Occurrences that are answered at most.
const GREATEST_LIMIT: usize = 10_000;
/// Entries of `rdates` and of `exdates` at most.
const LONGEST_LIST: usize = 5000;
const MEMBERS: [&str; 8] = ["dtstart", "timezone", "rrule", "rdates", "exdates", "limit", "start", "end"];

/// The preview.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "post",
            "/api/v1/recurrence/preview",
            "Preview the occurrences of a recurrence rule (RFC 5545) in chronological order",
            Access::Account,
            post(preview),
        )
        .body(question_schema())
        .answers(200, answer_schema())
        .tag("calendar"),
    ]
}

fn question_schema() -> Json {
    let text = |description: &str| json!({ "type": ["string", "null"], "description": description });
    let list = |description: &str| {
        json!({
            "type": ["array", "string", "null"], "items": { "type": "string" }, "maxItems": LONGEST_LIST,
            "description": format!("{description}; as a text with commas between as well"),
        })
    };
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["dtstart"],
        "properties": {
            "dtstart": {
                "type": "string",
                "description": "A date, a local date-time, or an instant with offset, converted to the zone",
            },
            "timezone": text("IANA name; the office's zone by default"),
            "rrule": text("Such as FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10; without it, there is one occurrence"),
            "rdates": list("Further dates; also periods such as 2027-01-25T09:00:00/PT1H"),
            "exdates": list("Excluded dates; a date excludes the whole day"),
            "limit": {
                "type": ["integer", "null"], "minimum": 1, "maximum": GREATEST_LIMIT,
                "description": "Maximum number of occurrences: 50 by default, or all in the window",
            },
            "start": text("Only occurrences that start then or later"),
            "end": text("Only occurrences that start before"),
        },
    })
}

fn answer_schema() -> Json {
    json!({
        "type": "object",
        "properties": {
            "occurrences": {
                "type": "array",
                "items": { "type": "string" },
                "description": "Starts: dates for a date, else instants with the offset of the zone",
            },
            "more": { "type": "boolean", "description": "True if there are more" },
            "start": {
                "type": ["string", "null"],
                "description": "Start of a record with this rule: its first occurrence; null if none",
            },
            "text": { "type": ["string", "null"], "description": "Description of the rule; null without a rule" },
            "warning": { "type": ["string", "null"], "description": "Warning if other programs or records may not support the rule; usually null" },
        },
    })
}

async fn preview(AxumState(state): AxumState<State>, body: Input) -> Result<Response, Problem> {
    let question = Question::read(&body.object, state.app.zone()).map_err(AppError::Invalid)?;
    let (occurrences, more) =
        blocking(|| question.answer()).map_err(|error| AppError::Invalid(vec![error]))?;
    let rule = question.set.rule.as_ref();
    let text = rule.map(|rule| describe::of_rule(rule, Some(question.set.start), &question.set.zone));
    let warning = rule.and_then(|rule| rule.check_conformance().err()).map(|error| {
        let (part, problem) = (error.part(), error.problem());
        format!("Other programs may show different occurrences or none: by RFC 5545 {part} {problem}.")
    });
    let warning = warning.or_else(|| {
        too_dense(&question.set).map(|reason| format!("This rule cannot be used for a record. {reason}"))
    });
    let start = question.start().map_err(|error| AppError::Invalid(vec![error]))?;
    let answer = json!({
        "occurrences": occurrences, "more": more, "text": text, "warning": warning, "start": start,
    });
    Ok(axum::Json(answer).into_response())
}

/// What is asked.
struct Question {
    set: Set,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    limit: usize,
}

impl Question {
    /// Reads the members of a body, collecting everything that is wrong with them.
    fn read(object: &Map<String, Json>, office: &TimeZone) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader { object, errors: Vec::new() };
        reader.refuse_unknown();
        let zone = reader.zone().unwrap_or_else(|| office.clone());
        let start = reader.text("dtstart").and_then(|text| reader.moment("dtstart", text, &zone));
        if start.is_none() && reader.errors.iter().all(|error| error.field != "dtstart") {
            reader.refuse("dtstart", "required", "Enter the first start.");
        }
        let rule = reader.rule();
        let additions: Vec<Addition> = reader.list("rdates", |text| Addition::read(text, &zone));
        let exclusions = reader.list("exdates", |text| Moment::read(text, &zone));
        let additions = additions.into_iter().map(|addition| beside(addition, start)).collect();
        let limit = reader.limit();
        let is_date = start.is_some_and(Moment::is_date);
        let from = reader.instant("start", &zone, is_date);
        let to = reader.instant("end", &zone, is_date);
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            reader.refuse("end", "range", "End must be after start.");
        }
        let usual = if from.is_some() && to.is_some() { GREATEST_LIMIT } else { USUAL_LIMIT };
        match start {
            Some(start) if reader.errors.is_empty() => Ok(Self {
                set: Set { start, zone, rule, additions, exclusions },
                from,
                to,
                limit: limit.unwrap_or(usual),
            }),
            _ => Err(reader.errors),
        }
    }

    /// Where a record of the rule starts.
    fn start(&self) -> Result<Option<String>, FieldError> {
        let first = Question { set: self.set.rule_alone(), from: None, to: None, limit: 1 };
        if self.set.rule.is_none() { Ok(None) } else { Ok(first.answer()?.0.pop()) }
    }

    /// The starts as they are written, and whether there are more.
    fn answer(&self) -> Result<(Vec<String>, bool), FieldError> {
        // One more than is answered tells whether there are more.
        let limits = Limits { occurrences: self.limit + 1, ..Limits::default() };
        let found = self.set.between_within(self.from, self.to, self.limit + 1, &limits);
        let mut found = found.map_err(|error| {
            let code = if error == ExpandError::NeedsTime { "value" } else { "too_much_work" };
            FieldError::new("rrule", code, sentence(&error.to_string()))
        })?;
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        Ok((found.iter().map(|occurrence| written(occurrence, &self.set.zone)).collect(), more))
    }
}

/// A further date as a record would keep it: a day among times means the usual time on that day, a time among days
/// its day.
fn beside(addition: Addition, start: Option<Moment>) -> Addition {
    let kept = match (start, addition.start) {
        (Some(Moment::DateTime(usual)), Moment::Date(day)) => Moment::DateTime(day.to_datetime(usual.time())),
        (Some(Moment::Date(_)), Moment::DateTime(local)) if addition.end.is_none() => {
            Moment::Date(local.date())
        }
        _ => return addition,
    };
    Addition::from(kept)
}

fn written(occurrence: &Occurrence, zone: &TimeZone) -> String {
    if let Moment::Date(date) = occurrence.id {
        return date.to_string();
    }
    let offset = zone.to_offset(occurrence.start);
    // Before standard time, offsets had seconds, for which RFC 3339 has no place.
    if offset.seconds() % 60 == 0 {
        occurrence.start.display_with_offset(offset).to_string()
    } else {
        occurrence.start.to_string()
    }
}

/// Collects what is wrong while reading.
struct Reader<'a> {
    object: &'a Map<String, Json>,
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    fn refuse(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError::new(field, code, message));
    }

    fn refuse_unknown(&mut self) {
        for name in self.object.keys().filter(|name| !MEMBERS.contains(&name.as_str())) {
            self.errors.push(FieldError::new(name.clone(), "unknown_field", "Unknown field."));
        }
    }

    /// A member that is there and not null.
    fn member(&self, name: &str) -> Option<&'a Json> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text that is not empty.
    fn text(&mut self, name: &str) -> Option<&'a str> {
        match self.member(name)? {
            Json::String(text) if text.trim().is_empty() => None,
            Json::String(text) => Some(text.trim()),
            _ => {
                self.refuse(name, "type", "Must be a text.");
                None
            }
        }
    }

    fn zone(&mut self) -> Option<TimeZone> {
        let name = self.text("timezone")?;
        match TimeZone::get(name) {
            Ok(zone) => Some(zone),
            Err(_) => {
                self.refuse("timezone", "value", "Must be a time zone name like Asia/Manila.");
                None
            }
        }
    }

    fn moment(&mut self, name: &str, text: &str, zone: &TimeZone) -> Option<Moment> {
        Moment::read(text, zone).map_err(|error| self.refuse(name, "type", sentence(&error.to_string()))).ok()
    }

    /// The rule; an empty text is none, and wrong.
    fn rule(&mut self) -> Option<Rule> {
        let Json::String(text) = self.member("rrule")? else {
            self.refuse("rrule", "type", "Must be a text.");
            return None;
        };
        match text.parse() {
            Ok(rule) => Some(rule),
            Err(error) => {
                self.refuse("rrule", "value", format!("{error}."));
                None
            }
        }
    }

    fn list<T, E: std::fmt::Display>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, E>) -> Vec<T> {
        let Some(json) = self.member(name) else {
            return Vec::new();
        };
        let items = match list_of_texts(json) {
            Some(items) if items.len() <= LONGEST_LIST => items,
            Some(_) => {
                self.refuse(name, "range", format!("Must have at most {LONGEST_LIST} entries."));
                return Vec::new();
            }
            None => {
                self.refuse(name, "type", "Must be a list of texts.");
                return Vec::new();
            }
        };
        let mut list = Vec::new();
        for item in items {
            match item.map(|text| read(text.trim())) {
                Some(Ok(value)) => list.push(value),
                Some(Err(error)) => {
                    self.refuse(name, "type", sentence(&error.to_string()));
                    break;
                }
                None => {
                    self.refuse(name, "type", "Must be a list of texts.");
                    break;
                }
            }
        }
        list
    }

    fn limit(&mut self) -> Option<usize> {
        let value = self.member("limit")?;
        let limit = value.as_u64().and_then(|limit| usize::try_from(limit).ok());
        match limit.filter(|limit| (1..=GREATEST_LIMIT).contains(limit)) {
            Some(limit) => Some(limit),
            None => {
                let code = if value.is_number() { "range" } else { "type" };
                self.refuse("limit", code, format!("Must be a whole number from 1 to {GREATEST_LIMIT}."));
                None
            }
        }
    }

    /// A side of the window. Occurrences that are dates are compared by midnight UTC, so for them the side is the first
    /// day that starts then or later.
    fn instant(&mut self, name: &str, zone: &TimeZone, is_date: bool) -> Option<Timestamp> {
        let text = self.text(name)?;
        let exact: Option<Timestamp> = text.parse().ok();
        let moment = match exact {
            Some(instant) => Moment::at(instant, zone),
            None => self.moment(name, text, zone)?,
        };
        let found = match (exact, is_date) {
            (Some(instant), false) => Some(instant),
            (None, false) => zone.to_ambiguous_timestamp(moment.date_time()).compatible().ok(),
            (_, true) => first_day(moment).and_then(|day| {
                TimeZone::UTC.to_ambiguous_timestamp(day.to_datetime(Time::midnight())).compatible().ok()
            }),
        };
        if found.is_none() {
            self.refuse(name, "range", "This date is out of range.");
        }
        found
    }
}

/// The first day that starts at a moment or later.
fn first_day(moment: Moment) -> Option<Date> {
    let (date, time) = (moment.date(), moment.date_time().time());
    if time == Time::midnight() { Some(date) } else { date.checked_add(1.day()).ok() }
}
