//! Preview of the occurrences of a recurrence rule, before anything is stored.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use obcms_app::AppError;
use obcms_domain::calendar::actions;
use obcms_domain::calendar::series::{describe, list_of_texts, too_dense};
use obcms_domain::core::message::{Message, Word};
use obcms_domain::message;
use obcms_domain::registry::FieldError;
use obcms_domain::registry::action::{ActionInput, Member};
use obcms_domain::registry::typed::{Structure, Text};
use obcms_recur::{Addition, ExpandError, Limits, Moment, Occurrence, Rule, Set};
use serde_json::{Map, Value as Json, json};

use crate::core::input::Body as Input;
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};

/// Default number of occurrences in a response.
const USUAL_LIMIT: usize = 50;
/// Maximum number of occurrences in a response.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A small positive constant.
const GREATEST_LIMIT: usize = actions::GREATEST_LIMIT as usize;

/// Operation of the preview.
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
        .action(&actions::PREVIEW)
        .answers(200, answer_schema())
        .tag("calendar"),
    ]
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
        message!(
            "Other programs may show different occurrences or none: by RFC 5545 {part} {problem}.",
            part = Word::text(part),
            problem = Word::text(problem)
        )
    });
    let warning = warning.or_else(|| {
        too_dense(&question.set)
            .map(|reason| message!("This rule cannot be used for a record. {reason}", reason))
    });
    let start = question.start().map_err(|error| AppError::Invalid(vec![error]))?;
    let answer = json!({
        "occurrences": occurrences, "more": more, "text": text, "warning": warning, "start": start,
    });
    Ok(axum::Json(answer).into_response())
}

/// Parsed request.
struct Question {
    set: Set,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    limit: usize,
}

impl Question {
    /// Parses the members of a body and collects all errors.
    fn read(object: &Map<String, Json>, office: &TimeZone) -> Result<Self, Vec<FieldError>> {
        let (input, errors) = actions::PREVIEW.parse_leniently(object);
        let mut reader = Reader { input: &input, errors };
        let zone = reader.zone().unwrap_or_else(|| office.clone());
        let start =
            reader.text(&actions::DTSTART).and_then(|text| reader.moment(&actions::DTSTART, text, &zone));
        if start.is_none() && reader.errors.iter().all(|error| error.field != "dtstart") {
            reader.errors.push(actions::DTSTART.error("required", "Enter the first start."));
        }
        let rule = reader.rule();
        let additions: Vec<Addition> = reader.list(&actions::RDATES, |text| Addition::read(text, &zone));
        let exclusions = reader.list(&actions::EXDATES, |text| Moment::read(text, &zone));
        let additions = additions.into_iter().map(|addition| beside(addition, start)).collect();
        let limit = actions::LIMIT.get(&input).and_then(|limit| usize::try_from(limit).ok());
        let is_date = start.is_some_and(Moment::is_date);
        let from = reader.instant(&actions::WINDOW_START, &zone, is_date);
        let to = reader.instant(&actions::WINDOW_END, &zone, is_date);
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            reader.errors.push(actions::WINDOW_END.error("range", "End must be after start."));
        }
        let usual = if from.is_some() && to.is_some() { GREATEST_LIMIT } else { USUAL_LIMIT };
        match start {
            Some(start) if reader.errors.is_empty() => Ok(Self {
                set: Set { start, zone, rule, additions, exclusions },
                from,
                to,
                limit: limit.unwrap_or(usual),
            }),
            _ => {
                actions::PREVIEW.sort(&mut reader.errors);
                Err(reader.errors)
            }
        }
    }

    /// Returns the start of a record with the rule.
    fn start(&self) -> Result<Option<String>, FieldError> {
        let first = Question { set: self.set.rule_alone(), from: None, to: None, limit: 1 };
        if self.set.rule.is_none() { Ok(None) } else { Ok(first.answer()?.0.pop()) }
    }

    /// Returns the formatted starts, and whether there are more.
    fn answer(&self) -> Result<(Vec<String>, bool), FieldError> {
        // One more than requested shows whether there are more.
        let limits = Limits { occurrences: self.limit + 1, ..Limits::default() };
        let found = self.set.between_within(self.from, self.to, self.limit + 1, &limits);
        let mut found = found.map_err(|error| {
            let code = if error == ExpandError::NeedsTime { "value" } else { "too_much_work" };
            FieldError::new("rrule", code, error)
        })?;
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        Ok((found.iter().map(|occurrence| written(occurrence, &self.set.zone)).collect(), more))
    }
}

/// Returns an additional date as a record would store it: a day in a timed series means the usual time on that day, a
/// time in a series of days its day.
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
    // Before standard time, offsets had seconds, which RFC 3339 cannot express.
    if offset.seconds() % 60 == 0 {
        occurrence.start.display_with_offset(offset).to_string()
    } else {
        occurrence.start.to_string()
    }
}

/// Parsed body with the errors found so far.
struct Reader<'a> {
    input: &'a ActionInput,
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    /// Text that is not empty.
    fn text(&self, member: &Member<Text>) -> Option<&'a str> {
        Some(member.get(self.input)).filter(|text| !text.is_empty())
    }

    fn zone(&mut self) -> Option<TimeZone> {
        let zone = TimeZone::get(self.text(&actions::TIMEZONE)?);
        let wrong = "Must be a time zone name like Asia/Manila.";
        zone.map_err(|_| self.errors.push(actions::TIMEZONE.error("value", wrong))).ok()
    }

    fn moment(&mut self, member: &Member<Text>, text: &str, zone: &TimeZone) -> Option<Moment> {
        let moment = Moment::read(text, zone);
        moment.map_err(|error| self.errors.push(member.error("type", error))).ok()
    }

    /// Parses the rule; empty text is an error.
    fn rule(&mut self) -> Option<Rule> {
        let rule = actions::RRULE.given(self.input)?.parse::<Rule>();
        rule.map_err(|error| self.errors.push(actions::RRULE.error("value", error))).ok()
    }

    fn list<T, E: Into<Message>>(
        &mut self,
        member: &Member<Structure>,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let items = member.get(self.input).and_then(list_of_texts).unwrap_or_default();
        let list: Result<Vec<T>, E> = items.into_iter().flatten().map(|text| read(text.trim())).collect();
        list.unwrap_or_else(|error| {
            self.errors.push(member.error("type", error));
            Vec::new()
        })
    }

    /// Parses a bound of the window. Occurrences that are days are compared by midnight UTC, so for them the bound is
    /// the first day that starts then or later.
    fn instant(&mut self, member: &Member<Text>, zone: &TimeZone, is_date: bool) -> Option<Timestamp> {
        let text = self.text(member)?;
        let exact: Option<Timestamp> = text.parse().ok();
        let moment = match exact {
            Some(instant) => Moment::at(instant, zone),
            None => self.moment(member, text, zone)?,
        };
        let found = match (exact, is_date) {
            (Some(instant), false) => Some(instant),
            (None, false) => zone.to_ambiguous_timestamp(moment.date_time()).compatible().ok(),
            (_, true) => first_day(moment).and_then(|day| {
                TimeZone::UTC.to_ambiguous_timestamp(day.to_datetime(Time::midnight())).compatible().ok()
            }),
        };
        if found.is_none() {
            self.errors.push(member.error("range", "This date is out of range."));
        }
        found
    }
}

/// Returns the first day that starts at a moment or later.
fn first_day(moment: Moment) -> Option<Date> {
    let (date, time) = (moment.date(), moment.date_time().time());
    if time == Time::midnight() { Some(date) } else { date.checked_add(1.day()).ok() }
}
