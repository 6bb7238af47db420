//! Comparison of the calendar and the records with the model.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use obcms_app::calendar::CalendarQuery;
use obcms_domain::kinds::EVENT;
use serde_json::json;

use super::model::{Part, Shown};
use super::{Try, id};

impl Try<'_> {
    /// Asserts that the calendar of a year shows the dates of the model.
    pub fn compare(&self) {
        let window = (date(2027, 1, 1), date(2028, 1, 1));
        let office = self.app.zone().clone();
        let mut query = CalendarQuery::days(window.0, window.1, &office);
        query.kinds = vec!["event"];
        let (_, feed) = self.app.calendar(&self.actor, &query).unwrap();
        let mut shown: Vec<Shown> = feed
            .entries
            .iter()
            .map(|entry| Shown {
                part: entry.row.record_id.to_string(),
                name: entry.row.recurrence_id.to_string(),
                start: entry.row.start,
                end: entry.row.end,
                title: entry.row.title.to_string(),
            })
            .collect();
        let (from, to) = (query.window.start, query.window.end);
        let midnight = |day: Date| day.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let days = (midnight(window.0), midnight(window.1));
        let of_part = |part: &Part| {
            let (from, to) = if part.has_days { days } else { (from, to) };
            let mut shown = part.shown();
            shown.retain(|date| date.start < to && date.end > from);
            shown
        };
        let mut wanted: Vec<Shown> = self.parts.iter().flat_map(of_part).collect();
        shown.sort();
        wanted.sort();
        let missing: Vec<&Shown> = wanted.iter().filter(|date| !shown.contains(date)).collect();
        let more: Vec<&Shown> = shown.iter().filter(|date| !wanted.contains(date)).collect();
        assert!(
            missing.is_empty() && more.is_empty(),
            "missing: {missing:#?}\nmore: {more:#?}\n{}\n{:#?}",
            self.told.join("\n"),
            self.parts
        );
        for part in self.parts.iter().filter(|part| !part.is_archived) {
            // Overrides exist only for dates of the series, and only where values differ.
            let record = self.app.get(&self.actor, &EVENT, id(&part.id)).unwrap();
            let object = record.to_json();
            let names: BTreeSet<String> =
                object["overrides"].as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default();
            let wanted: BTreeSet<String> = part.changed.keys().map(|date| part.name(*date)).collect();
            assert_eq!(names, wanted, "{}", self.told.join("\n"));
            let left_out: Vec<String> = part.left_out.iter().map(|date| part.name(*date)).collect();
            assert_eq!(object["exdates"], json!(left_out), "{}", self.told.join("\n"));
            assert_eq!(object["rdates"], json!(part.added_names()), "{}", self.told.join("\n"));
        }
    }
}
