//! Parameters of a calendar query.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use obcms_domain::calendar::floating;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds;
use obcms_domain::message;
use obcms_domain::records::search;
use obcms_domain::registry::{FieldError, Module, moment, parse_date};
use obcms_store::calendar::{EntryRow, Window};

use super::RelatedTo;
use crate::core::{Actor, App, AppError};
use crate::records::lists::{repeated, with_plus};

/// Maximum length of a window in days.
pub const MAXIMUM_DAYS: i64 = 400;

/// Window parameters with their descriptions.
pub const WINDOW: [(&str, &str); 2] = [
    ("start", "First instant (RFC 3339 with offset) or first day (YYYY-MM-DD, of the office)"),
    ("end", "First instant or day after the window, at most 400 days after the start"),
];

/// Filter parameters with their descriptions, shared by JSON, iCalendar, conflicts and feeds. A list is comma-separated
/// or given as a repeated parameter.
pub const FILTERS: [(&str, &str); 11] = [
    ("modules", "Only these modules, comma-separated"),
    ("kinds", "Only these kinds of entries, comma-separated"),
    ("status", "Only these statuses, comma-separated"),
    ("priority", "Only these priorities, comma-separated"),
    ("person", "Ids of users: only entries with one of these people"),
    ("team", "Ids of teams: only entries of these teams or their members"),
    (
        "organization",
        "Ids of organizations: only entries of these organizations or of records linked to them",
    ),
    ("resource", "Ids of resources: only their bookings, at the booked time; `any`: of any resource"),
    (
        "place",
        "Ids or PSGC codes of places: only entries there, directly or through their community or parent record",
    ),
    ("q", "Word prefixes in the title; all must match"),
    ("mine", "true: only the caller's entries"),
];

/// Parameters that may appear only once.
const ONCE: [&str; 4] = ["start", "end", "q", "mine"];

/// Calendar query.
#[derive(Clone, Debug)]
pub struct CalendarQuery {
    /// Window, half-open.
    pub window: Window,
    /// Modules; empty means all.
    pub modules: Vec<Module>,
    /// Kinds of entries; empty means all.
    pub kinds: Vec<&'static str>,
    /// Search words. Each must be the prefix of a word of the title.
    pub words: Vec<String>,
    /// True for entries of the actor only.
    pub mine: bool,
    /// People, of whom one must be on the entry; empty means all entries.
    pub persons: Vec<Id>,
    /// States; empty means all.
    pub statuses: Vec<String>,
    /// Priorities; empty means all.
    pub priorities: Vec<String>,
    /// Filter by teams, organizations, resources and places.
    pub related_to: RelatedTo,
}

impl CalendarQuery {
    /// Returns a query for all entries from `first` to `after_last`, exclusive, as days of the zone.
    #[must_use]
    pub fn days(first: Date, after_last: Date, zone: &TimeZone) -> Self {
        Self {
            window: Window {
                start: midnight(first, zone),
                end: midnight(after_last, zone),
                first_day: floating(first),
                after_last_day: floating(after_last),
            },
            modules: Vec::new(),
            kinds: Vec::new(),
            words: Vec::new(),
            mine: false,
            persons: Vec::new(),
            statuses: Vec::new(),
            priorities: Vec::new(),
            related_to: RelatedTo::default(),
        }
    }

    /// Parses the parameters of a request. Days are days in the zone of the office.
    pub fn parse(parameters: &[(String, String)], office: &TimeZone) -> Result<Self, AppError> {
        let mut errors = unknown(parameters);
        let window = window(parameters, office, &mut errors);
        let mut query = Self::days(Date::constant(2000, 1, 1), Date::constant(2000, 1, 1), office);
        query.filter(parameters, &mut errors);
        match window {
            Some(window) if errors.is_empty() => Ok(Self { window, ..query }),
            _ => Err(AppError::BadParameter(errors)),
        }
    }

    /// Parses the filter parameters alone.
    pub fn parse_filters(parameters: &[(String, String)], office: &TimeZone) -> Result<Self, AppError> {
        let mut errors = unknown(parameters);
        let mut query = Self::days(Date::constant(2000, 1, 1), Date::constant(2000, 1, 1), office);
        query.filter(parameters, &mut errors);
        if errors.is_empty() { Ok(query) } else { Err(AppError::BadParameter(errors)) }
    }

    /// Parses a query of a calendar program. Without a window it has the long default window of such programs.
    pub fn parse_for_programs(parameters: &[(String, String)], app: &App) -> Result<Self, AppError> {
        if parameters.iter().any(|(name, _)| name == "start" || name == "end") {
            return Self::parse(parameters, app.zone());
        }
        let mut errors = unknown(parameters);
        let (first, after_last) = app.icalendar_window();
        let mut query = Self::days(first, after_last, app.zone());
        query.filter(parameters, &mut errors);
        if errors.is_empty() { Ok(query) } else { Err(AppError::BadParameter(errors)) }
    }

    /// Parses a query for a download. Without a window it has the maximum length and starts with the previous month.
    pub fn parse_for_download(parameters: &[(String, String)], app: &App) -> Result<Self, AppError> {
        if parameters.iter().any(|(name, _)| name == "start" || name == "end") {
            return Self::parse(parameters, app.zone());
        }
        let mut errors = unknown(parameters);
        let first = app.today().first_of_month().saturating_sub(1.month());
        let mut query = Self::days(first, first.saturating_add(MAXIMUM_DAYS.days()), app.zone());
        query.filter(parameters, &mut errors);
        if errors.is_empty() { Ok(query) } else { Err(AppError::BadParameter(errors)) }
    }

    /// Parses the filter parameters into this query, leaving the window.
    pub fn filter(&mut self, parameters: &[(String, String)], errors: &mut Vec<FieldError>) {
        for key in listed(parameters, "modules") {
            match Module::parse(key) {
                Some(module) if !self.modules.contains(&module) => self.modules.push(module),
                Some(_) => {}
                None => errors.push(FieldError::new(
                    "modules",
                    "choice",
                    message!("Unknown module: {key}.", key = Word::text(key)),
                )),
            }
        }
        for name in listed(parameters, "kinds") {
            match kinds::entry_kind(name) {
                Some(kind) if !self.kinds.contains(&kind) => self.kinds.push(kind),
                Some(_) => {}
                None => errors.push(FieldError::new(
                    "kinds",
                    "choice",
                    message!("Unknown kind of entry: {name}.", name = Word::text(name)),
                )),
            }
        }
        match search::wanted(value(parameters, "q").unwrap_or_default()) {
            Ok(words) => self.words = words,
            Err(message) => errors.push(FieldError::new("q", "too_many", message)),
        }
        match value(parameters, "mine") {
            None | Some("" | "false" | "0") => {}
            Some("true" | "1") => self.mine = true,
            Some(_) => errors.push(FieldError::new("mine", "type", "Must be true or false.")),
        }
        let texts = |name| listed(parameters, name).map(str::to_owned).collect();
        self.statuses = texts("status");
        self.priorities = texts("priority");
        for (name, expected, ids) in [
            ("person", "a user", &mut self.persons),
            ("team", "Must be the id of a team.", &mut self.related_to.teams),
            ("organization", "Must be the id of an organization.", &mut self.related_to.organizations),
            ("resource", "Must be the id of a resource.", &mut self.related_to.resources),
            ("place", "Must be the id of a place, or its PSGC code.", &mut self.related_to.places),
        ] {
            for text in listed(parameters, name) {
                match text.parse() {
                    Ok(id) => ids.push(id),
                    Err(_) if name == "resource" && text == "any" => self.related_to.any_resource = true,
                    Err(_) => errors.push(FieldError::new(name, "type", expected)),
                }
            }
        }
    }

    /// Returns true if the entry matches the filters.
    pub(super) fn wants(&self, row: &EntryRow, actor: &Actor) -> bool {
        if !self.kinds.is_empty() && !self.kinds.contains(&row.entry_kind) {
            return false;
        }
        let is_on_it = |person: Id| row.people.contains(&person);
        if self.mine && !actor.id.is_some_and(is_on_it) {
            return false;
        }
        if !self.persons.is_empty() && !self.persons.iter().any(|person| is_on_it(*person)) {
            return false;
        }
        let is_one_of = |wanted: &[String], value: &str| wanted.iter().any(|wanted| wanted == value);
        if !self.statuses.is_empty() && !is_one_of(&self.statuses, &row.status) {
            return false;
        }
        if !self.priorities.is_empty() && !is_one_of(&self.priorities, &row.priority) {
            return false;
        }
        if self.words.is_empty() {
            return true;
        }
        let title = search::words(&row.title);
        self.words.iter().all(|wanted| title.iter().any(|word| word.starts_with(wanted.as_str())))
    }
}

fn unknown(parameters: &[(String, String)]) -> Vec<FieldError> {
    let is_known = |name: &str| WINDOW.iter().chain(&FILTERS).any(|(known, _)| *known == name);
    let names = parameters.iter().map(|(name, _)| name.as_str()).filter(|name| !is_known(name));
    let mut errors: Vec<FieldError> =
        names.map(|name| FieldError::new(name, "unknown_parameter", "Unknown parameter.")).collect();
    errors.extend(repeated(parameters, &ONCE));
    errors
}

fn value<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())
}

/// Returns the items of a list parameter, comma-separated or repeated.
fn listed<'a>(parameters: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    parameters
        .iter()
        .filter(move |(key, _)| key == name)
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

fn midnight(day: Date, zone: &TimeZone) -> Timestamp {
    // Only the last representable day has no midnight, and input cannot reach it.
    day.to_zoned(zone.clone()).map_or_else(|_| floating(day), |start| start.timestamp())
}

/// Bound of a window: an instant, and the day that counts for all-day entries.
struct Bound {
    instant: Timestamp,
    day: Date,
    is_day: bool,
}

fn window(
    parameters: &[(String, String)],
    office: &TimeZone,
    errors: &mut Vec<FieldError>,
) -> Option<Window> {
    let start = bound(parameters, "start", office, errors);
    let end = bound(parameters, "end", office, errors);
    let (start, end) = (start?, end?);
    // A window that ends within a day includes that day.
    let ends_within = !end.is_day && midnight(end.day, office) < end.instant;
    let after_last = if ends_within { end.day.saturating_add(1.day()) } else { end.day };
    if end.instant <= start.instant {
        errors.push(FieldError::new("end", "order", "End must be after start."));
        return None;
    }
    let days = (end.instant.as_second() - start.instant.as_second()).div_euclid(86_400);
    let exact = end.instant.duration_since(start.instant).as_secs() == days * 86_400;
    let by_clock = if exact { days } else { days + 1 };
    let by_date = i64::from(start.day.until(end.day).map_or(i32::MAX, |span| span.get_days()));
    let is_short = if start.is_day && end.is_day { by_date } else { by_clock } <= MAXIMUM_DAYS;
    if !is_short {
        let message = message!("The window must be at most {MAXIMUM_DAYS} days.", MAXIMUM_DAYS);
        errors.push(FieldError::new("end", "range", message));
        return None;
    }
    Some(Window {
        start: start.instant,
        end: end.instant,
        first_day: floating(start.day),
        after_last_day: floating(after_last),
    })
}

fn bound(
    parameters: &[(String, String)],
    name: &str,
    office: &TimeZone,
    errors: &mut Vec<FieldError>,
) -> Option<Bound> {
    let Some(text) = value(parameters, name).filter(|text| !text.is_empty()) else {
        errors.push(FieldError::new(name, "required", "This parameter is required."));
        return None;
    };
    if text.len() == 10 {
        return match parse_date(text) {
            Ok(day) => Some(Bound { instant: midnight(day, office), day, is_day: true }),
            Err((code, message)) => {
                errors.push(FieldError::new(name, code, message));
                None
            }
        };
    }
    let text = with_plus(text);
    let read = text
        .parse::<Timestamp>()
        .map_err(|_| {
            let expected = "Must be a date like 2027-01-25 or an instant like 2027-01-25T09:00:00+08:00.";
            ("type", Message::new(expected))
        })
        .and_then(|_| moment(&text, false, office));
    match read {
        Ok(instant) => Some(Bound { instant, day: instant.to_zoned(office.clone()).date(), is_day: false }),
        Err((code, message)) => {
            errors.push(FieldError::new(name, code, message));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<CalendarQuery, Vec<String>> {
        let parameters: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let office = TimeZone::get("Asia/Manila").unwrap();
        CalendarQuery::parse(&parameters, &office).map_err(|error| match error {
            AppError::BadParameter(errors) => errors.into_iter().map(|error| error.field).collect(),
            other => panic!("{other}"),
        })
    }

    #[test]
    fn window_days_use_the_office_zone() {
        let window = parse(&[("start", "2027-01-01"), ("end", "2027-02-01")]).unwrap().window;
        assert_eq!(window.start.to_string(), "2026-12-31T16:00:00Z");
        assert_eq!(window.end.to_string(), "2027-01-31T16:00:00Z");
        assert_eq!(window.first_day.to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(window.after_last_day.to_string(), "2027-02-01T00:00:00Z");
    }

    #[test]
    fn instants_include_every_office_day_they_touch() {
        let window =
            parse(&[("start", "2026-12-31T16:00:00Z"), ("end", "2027-01-02T01:00:00 08:00")]).unwrap().window;
        assert_eq!(window.first_day.to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(window.after_last_day.to_string(), "2027-01-03T00:00:00Z");
        let whole =
            parse(&[("start", "2027-01-01T00:00:00+08:00"), ("end", "2027-01-02T00:00:00+08:00")]).unwrap();
        assert_eq!(whole.window.after_last_day.to_string(), "2027-01-02T00:00:00Z");
    }

    #[test]
    fn window_end_is_after_start_and_at_most_400_days() {
        let days = |end: &str| parse(&[("start", "2027-01-01"), ("end", end)]);
        assert!(days("2028-02-05").is_ok());
        assert_eq!(days("2028-02-06").unwrap_err(), ["end"]);
        assert_eq!(days("2027-01-01").unwrap_err(), ["end"]);
        let instants = |end: &str| parse(&[("start", "2027-01-01T00:00:00Z"), ("end", end)]);
        assert!(instants("2028-02-05T00:00:00Z").is_ok());
        assert_eq!(instants("2028-02-05T00:00:01Z").unwrap_err(), ["end"]);
    }

    #[test]
    fn every_invalid_parameter_is_reported() {
        let wrong = parse(&[
            ("start", "soon"),
            ("modules", "tasks,nothing"),
            ("kinds", "task,party"),
            ("mine", "maybe"),
            ("person", "me"),
            ("resource", "x"),
            ("colour", "x"),
            ("q", "a"),
            ("q", "b"),
        ]);
        let named = ["colour", "q", "start", "end", "modules", "kinds", "mine", "person", "resource"];
        assert_eq!(wrong.unwrap_err(), named);
    }
}
