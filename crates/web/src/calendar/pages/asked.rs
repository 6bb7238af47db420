//! Parameters of the calendar page. Invalid values are ignored: the grid shows what it does show.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use obcms_app::calendar::CalendarQuery;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{Module, parse_date};

use crate::calendar::components::VIEWS;
use crate::components::words::t;
use crate::core::input::Parameters;

/// Value for no modules, when all are deselected.
pub const NO_MODULE: &str = "none";
/// Filters of the feed that the panel sets, with their labels. Each may have several values.
pub const FILTERS: [(&str, &str); 8] = [
    ("kinds", "Kind"),
    ("status", "Status"),
    ("priority", "Priority"),
    ("person", "Person"),
    ("team", "Team"),
    ("organization", "Organization"),
    ("resource", "Resource"),
    ("place", "Place"),
];
/// View parameters, and filters with one value.
const OWN: [&str; 8] = ["view", "date", "weeks", "next", "span", "modules", "q", "mine"];
/// Other names of the filter by place.
const PLACES: [&str; 3] = ["region", "province", "municipality"];
/// Prefix of a filter name for one more value, as the panel sends it.
pub const ADD: &str = "add_";

/// Parsed parameters of the calendar page.
#[derive(Clone, Debug)]
pub struct Asked {
    /// One of [`VIEWS`], or empty.
    pub view: String,
    /// Shown date.
    pub date: Option<Date>,
    /// Number of weeks of the view of several weeks.
    pub weeks: u8,
    /// Length of the agenda: days, or entries with a trailing "e".
    pub next: String,
    /// Length of a timeline.
    pub span: String,
    /// Modules, separated by commas.
    pub modules: String,
    /// Search text.
    pub search: String,
    /// Only entries of the actor.
    pub mine: bool,
    /// Values of [`FILTERS`], in order.
    pub filters: Vec<(&'static str, Vec<String>)>,
}

impl Asked {
    /// Parses the parameters.
    pub fn read(parameters: &Parameters) -> Self {
        let text = |name: &str| parameters.get(name).unwrap_or_default().trim().to_owned();
        let number = |name: &str, least: u16, most: u16, usual: u16| {
            text(name).parse().ok().filter(|number| (least..=most).contains(number)).unwrap_or(usual)
        };
        let view = match text("view").as_str() {
            // Former name of the agenda.
            "list" => "agenda".to_owned(),
            known if VIEWS.iter().any(|(view, ..)| *view == known) => known.to_owned(),
            _ => String::new(),
        };
        let span = text("span");
        Self {
            view,
            date: parse_date(&text("date")).ok(),
            weeks: u8::try_from(number("weeks", 2, 6, 4)).unwrap_or(4),
            next: match (number("next", 1, 365, 0), text("next").strip_suffix('e').map(str::parse::<u16>)) {
                (_, Some(Ok(entries))) if (1..=500).contains(&entries) => t!("{entries}e", entries),
                (0, _) => "30".to_owned(),
                (days, _) => days.to_string(),
            },
            span: if ["day", "week", "fortnight", "month"].contains(&span.as_str()) {
                span
            } else {
                "week".to_owned()
            },
            modules: text("modules"),
            search: text("q"),
            mine: text("mine") == "true",
            filters: FILTERS.iter().map(|(name, _)| (*name, values(parameters, name))).collect(),
        }
    }

    /// Returns true if the calendar reads the parameter.
    pub fn knows(name: &str) -> bool {
        let name = name.strip_prefix(ADD).unwrap_or(name);
        OWN.contains(&name) || PLACES.contains(&name) || FILTERS.iter().any(|(filter, _)| *filter == name)
    }

    /// Returns true if the panel sent values to add.
    pub fn adds(parameters: &Parameters) -> bool {
        parameters.0.iter().any(|(name, _)| name.starts_with(ADD))
    }

    /// Returns true if entries of the module are shown.
    pub fn shows(&self, module: Module) -> bool {
        self.modules.is_empty() || self.modules.split(',').any(|key| key == module.key())
    }

    /// Returns the active filters.
    pub fn set(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        self.filters
            .iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(name, values)| (*name, values.as_slice()))
    }

    /// Returns all parameters except the date.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let mine = if self.mine { "true" } else { "" };
        let mut pairs = vec![("view".to_owned(), self.view.clone())];
        match self.view.as_str() {
            "weeks" => pairs.push(("weeks".to_owned(), self.weeks.to_string())),
            "agenda" => pairs.push(("next".to_owned(), self.next.clone())),
            "people" | "resources" => pairs.push(("span".to_owned(), self.span.clone())),
            _ => {}
        }
        pairs.push(("modules".to_owned(), self.modules.clone()));
        pairs.push(("q".to_owned(), self.search.clone()));
        pairs.push(("mine".to_owned(), mine.to_owned()));
        pairs.extend(self.set().map(|(name, values)| (name.to_owned(), values.join(","))));
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }

    /// Returns the address with another path and date.
    pub fn address(&self, path: &str, date: Option<Date>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.parameters());
        if let Some(date) = date {
            query.append_pair("date", &date.to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Returns the address without one value of a filter.
    pub fn without(&self, filter: &str, value: &str) -> Self {
        let mut other = self.clone();
        for (name, values) in &mut other.filters {
            if *name == filter {
                values.retain(|known| known != value);
            }
        }
        other
    }

    /// Returns the feed query between two days, the last one exclusive.
    pub fn query(&self, first: Date, after_last: Date, zone: &TimeZone) -> CalendarQuery {
        let mut query = CalendarQuery::days(first, after_last, zone);
        // Invalid values were dropped when the address was parsed, except modules, where an invalid one selects
        // nothing.
        query.filter(&self.parameters(), &mut Vec::new());
        query
    }

    /// Returns the days that the view shows around its date, the last one exclusive.
    pub fn window(&self, today: Date, week_start: Weekday) -> (Date, Date) {
        let date = self.date.unwrap_or(today);
        let week = date.saturating_sub(i64::from(date.weekday().since(week_start)).days());
        match self.view.as_str() {
            "day" => (date, date.saturating_add(1.day())),
            "week" | "people" | "resources" => (week, week.saturating_add(7.days())),
            "weeks" => (week, week.saturating_add((i64::from(self.weeks) * 7).days())),
            "agenda" => (date, date.saturating_add(self.next.parse::<i64>().unwrap_or(30).days())),
            _ => (date.first_of_month(), date.last_of_month().saturating_add(1.day())),
        }
    }
}

/// Returns the valid values of a filter, present and added.
fn values(parameters: &Parameters, filter: &'static str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for (name, value) in &parameters.0 {
        let name = name.strip_prefix(ADD).unwrap_or(name);
        let is_place = filter == "place" && PLACES.contains(&name);
        if name != filter && !is_place {
            continue;
        }
        for item in value.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let fits = match filter {
                "kinds" => kinds::entry_kind(item).is_some(),
                "status" | "priority" => true,
                _ => item.parse::<Id>().is_ok(),
            };
            if fits && !values.iter().any(|known| known == item) {
                values.push(item.to_owned());
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Asked {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Asked::read(&Parameters(pairs))
    }

    #[test]
    fn values_of_the_panel_are_added_to_the_filters() {
        let asked = asked(&[
            ("status", "open,done"),
            ("add_status", "held"),
            ("add_status", "open"),
            ("add_kinds", "task"),
            ("kinds", "nothing"),
            ("person", "nobody"),
            ("add_person", ""),
        ]);
        assert_eq!(asked.address("/calendar", None), "/calendar?kinds=task&status=open%2Cdone%2Cheld");
        let without = asked.without("status", "done");
        assert_eq!(without.address("/calendar", None), "/calendar?kinds=task&status=open%2Cheld");
    }

    #[test]
    fn address_keeps_the_parameters_of_its_view() {
        let address = |pairs: &[(&str, &str)]| asked(pairs).address("/calendar", None);
        assert_eq!(
            address(&[("view", "weeks"), ("weeks", "3"), ("next", "9")]),
            "/calendar?view=weeks&weeks=3"
        );
        assert_eq!(address(&[("view", "weeks"), ("weeks", "7")]), "/calendar?view=weeks&weeks=4");
        assert_eq!(address(&[("view", "list"), ("next", "14")]), "/calendar?view=agenda&next=14");
        assert_eq!(address(&[("view", "agenda"), ("next", "50e")]), "/calendar?view=agenda&next=50e");
        assert_eq!(address(&[("view", "agenda"), ("next", "e")]), "/calendar?view=agenda&next=30");
        assert_eq!(address(&[("view", "people"), ("span", "day")]), "/calendar?view=people&span=day");
        assert_eq!(address(&[("view", "nothing"), ("q", " ")]), "/calendar");
    }

    #[test]
    fn windows_begin_with_the_persons_week() {
        let window = |view: &str, week_start| {
            let (first, after) = asked(&[("view", view), ("date", "2027-03-10")])
                .window(Date::constant(2027, 1, 1), week_start);
            (first.to_string(), after.to_string())
        };
        let pair = |first: &str, after: &str| (first.to_owned(), after.to_owned());
        assert_eq!(window("week", Weekday::Monday), pair("2027-03-08", "2027-03-15"));
        assert_eq!(window("week", Weekday::Sunday), pair("2027-03-07", "2027-03-14"));
        assert_eq!(window("weeks", Weekday::Monday), pair("2027-03-08", "2027-04-05"));
        assert_eq!(window("agenda", Weekday::Monday), pair("2027-03-10", "2027-04-09"));
        assert_eq!(window("", Weekday::Monday), pair("2027-03-01", "2027-04-01"));
    }
}
