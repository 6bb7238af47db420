//! Overview of a window for pages: the most important entries of each day, and counts of all.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_app::AppError;
use obcms_app::calendar::{CalendarQuery, MAXIMUM_PER_DAY, Overview, OverviewDay};
use obcms_domain::core::id::Id;
use obcms_domain::message;
use obcms_domain::registry::FieldError;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::state::State;

use super::calendar::Listed;

/// Parameters of the feed that limit its entries, with their descriptions.
pub const PARAMETERS: [(&str, &str); 3] = [
    (
        "per_day",
        "At most this number of entries for each day of the caller's time zone, 0 to 500, in order of importance; \
         counts of all entries are in `days`",
    ),
    ("include", "With `per_day`: ids of records whose entries are listed in any case, comma-separated"),
    ("ongoing", "Without `per_day`; true: only all-day entries of more than a week"),
];

/// Limits of the entries of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Number of entries for each day; all if none.
    pub per_day: Option<usize>,
    /// Records whose entries are listed in any case.
    pub include: HashSet<Id>,
    /// Only ongoing entries.
    pub ongoing: bool,
}

impl Limits {
    /// Parses the parameters and returns the others.
    pub fn parse(parameters: &[(String, String)]) -> Result<(Self, Vec<(String, String)>), AppError> {
        let (own, others): (Vec<_>, Vec<_>) = parameters
            .iter()
            .cloned()
            .partition(|(name, _)| PARAMETERS.iter().any(|(known, _)| known == name));
        let mut limits = Self::default();
        let mut errors = Vec::new();
        for (name, value) in own {
            match (name.as_str(), value.trim()) {
                ("per_day", text) => match text.parse() {
                    Ok(number) if number <= MAXIMUM_PER_DAY => limits.per_day = Some(number),
                    _ => errors.push(FieldError::new(
                        name,
                        "range",
                        message!("Must be a whole number from 0 to {MAXIMUM_PER_DAY}.", MAXIMUM_PER_DAY),
                    )),
                },
                ("include", text) => {
                    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
                        match item.parse() {
                            Ok(id) => drop(limits.include.insert(id)),
                            Err(_) => {
                                errors.push(FieldError::new(
                                    name.as_str(),
                                    "type",
                                    "Must be ids of records.",
                                ));
                            }
                        }
                    }
                }
                (_, "true" | "1") => limits.ongoing = true,
                (_, "" | "false" | "0") => limits.ongoing = false,
                _ => errors.push(FieldError::new(name, "type", "Must be true or false.")),
            }
        }
        if errors.is_empty() { Ok((limits, others)) } else { Err(AppError::BadParameter(errors)) }
    }
}

#[derive(Serialize)]
struct Day<'a> {
    date: Date,
    #[serde(flatten)]
    counts: &'a OverviewDay,
}

/// Returns revision, content and entity tag of an overview.
pub(super) fn render(
    state: &State,
    caller: &Caller,
    query: &CalendarQuery,
    limits: &Limits,
    per_day: usize,
) -> Result<(i64, Listed, u64), AppError> {
    let zone = zone_of(state, caller);
    let (number, overview) =
        state.app.calendar_overview(&caller.actor, query, per_day, &limits.include, &zone)?;
    let digest = overview.digest()?;
    let counts = counts(&overview)?;
    Ok((number, Listed { feed: overview.feed, counts, generated_at: state.app.now() }, digest))
}

/// Returns the time zone of the caller.
pub fn zone_of(state: &State, caller: &Caller) -> TimeZone {
    TimeZone::get(&caller.actor.timezone).unwrap_or_else(|_| state.app.zone().clone())
}

/// Returns the members with counts, as they follow the entries.
fn counts(overview: &Overview) -> Result<Vec<u8>, AppError> {
    let failed = |error: serde_json::Error| AppError::Internal(error.to_string());
    let days: Vec<Day<'_>> = overview.days.iter().map(|(date, counts)| Day { date: *date, counts }).collect();
    let mut text = Vec::new();
    for (name, value) in [
        ("days", serde_json::to_vec(&days).map_err(failed)?),
        ("modules", serde_json::to_vec(&overview.modules).map_err(failed)?),
        ("ongoing", overview.ongoing.to_string().into_bytes()),
        ("resources", serde_json::to_vec(&overview.resources).map_err(failed)?),
    ] {
        text.extend_from_slice(format!(",\"{name}\":").as_bytes());
        text.extend_from_slice(&value);
    }
    Ok(text)
}

/// Adds the counts to the schema of a feed.
pub fn add_to_schema(properties: &mut Json) {
    let counts = || json!({ "type": "object", "additionalProperties": { "type": "integer" } });
    let day = json!({
        "type": "object",
        "properties": {
            "date": { "type": "string", "format": "date" },
            "count": { "type": "integer" },
            "modules": counts(),
            "folded": {
                "type": "object",
                "additionalProperties": { "type": "integer" },
                "description": "Lesser entries that are counted instead of listed, by kind of entry",
            },
        },
    });
    let only = "Only with `per_day`";
    properties["days"] = json!({ "type": "array", "items": day, "description": only });
    properties["modules"] = counts();
    properties["modules"]["description"] = json!("Only with `per_day`: entries of the window by module");
    properties["ongoing"] = json!({
        "type": "integer",
        "description": "Only with `per_day`: all-day entries of more than a week, which count on their last day",
    });
    properties["resources"] = json!({
        "type": "object",
        "additionalProperties": { "type": "string" },
        "description": "Only with `per_day`: names of the resources of the entries, by id",
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01a2347a-eba6-7016-af52-2a25e431283b";

    fn parse(pairs: &[(&str, &str)]) -> Result<(Limits, Vec<(String, String)>), AppError> {
        let pairs: Vec<_> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Limits::parse(&pairs)
    }

    #[test]
    fn limits_leave_the_other_parameters() {
        let (limits, others) =
            parse(&[("per_day", "4"), ("q", "x"), ("include", ID), ("ongoing", "true")]).unwrap();
        assert_eq!(limits.per_day, Some(4));
        assert!(limits.ongoing && limits.include.contains(&ID.parse().unwrap()));
        assert_eq!(others, [("q".to_owned(), "x".to_owned())]);
        for (name, value) in
            [("per_day", "-1"), ("per_day", "501"), ("per_day", ""), ("ongoing", "maybe"), ("include", "x")]
        {
            assert!(parse(&[(name, value)]).is_err(), "{name}={value}");
        }
    }
}
