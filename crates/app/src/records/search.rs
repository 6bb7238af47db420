//! Search over all kinds, ranked, and limited to what the actor may see.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, task};
use obcms_domain::records::search::{wanted, words};
use obcms_domain::registry::{FieldError, Kind, Record, Value};
use obcms_store::Tx;
use obcms_store::records::search as store;
use obcms_store::records::{self, Reference};

use crate::core::{Actor, App, AppError, Visibility};

/// Default number of hits.
pub const LIMIT: usize = 20;
/// Maximum number of hits.
pub const MAXIMUM_LIMIT: usize = 100;
/// Candidates that the database returns for ranking beyond the requested number.
const CANDIDATES: i64 = 200;
/// Candidates that are checked for an actor who sees only a part of them.
const CANDIDATES_WITHIN: i64 = 5000;
/// Kinds that are ranked after all others, because they would crowd out the work: places are many, and an alert has the
/// title of the record that it is about.
const LAST: [&str; 5] = ["region", "province", "municipality", "barangay", "alert"];
const LAST_CANDIDATES: i64 = 20;

/// Hit of a search.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Kind of the record.
    pub kind: &'static Kind,
    /// Id of the record.
    pub id: Id,
    /// Title of the record.
    pub title: String,
    /// State of the record, or empty.
    pub state: String,
    /// Date of the record on the calendar, which tells records of one title apart.
    pub date: Option<Date>,
}

impl App {
    /// Returns records that contain all words, best first. `only` limits the search to kinds unless it is empty.
    pub fn search(
        &self,
        actor: &Actor,
        text: &str,
        only: &[&'static Kind],
        limit: usize,
    ) -> Result<Vec<Hit>, AppError> {
        let asked = wanted(text)
            .map_err(|message| AppError::BadParameter(vec![FieldError::new("q", "too_many", message)]))?;
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let visible: Vec<(&'static Kind, Visibility)> = kinds::REGISTRY
            .into_iter()
            .filter(|kind| only.is_empty() || only.contains(kind))
            .filter_map(|kind| actor.visibility(kind).map(|visibility| (kind, visibility)))
            .collect();
        let is_last = |kind: &Kind| LAST.contains(&kind.name);
        // A search limited to kinds ranks them like any other kind.
        let apart = only.is_empty();
        let main: Vec<&str> =
            visible.iter().filter(|(kind, _)| !(apart && is_last(kind))).map(|(kind, _)| kind.name).collect();
        let last: Vec<&str> =
            visible.iter().filter(|(kind, _)| apart && is_last(kind)).map(|(kind, _)| kind.name).collect();
        let is_limited = visible.iter().any(|(_, visibility)| *visibility != Visibility::All);
        let many = i64::try_from(limit).unwrap_or(CANDIDATES).saturating_add(CANDIDATES);
        let candidates = if is_limited { CANDIDATES_WITHIN } else { many };
        self.read(|tx| {
            let mut found =
                if main.is_empty() { Vec::new() } else { store::find(tx, &asked, &main, candidates)? };
            if !last.is_empty() {
                found.extend(store::find(tx, &asked, &last, LAST_CANDIDATES)?);
            }
            let found = seen(tx, &visible, found)?;
            let mut hits = ranked(found, &asked, limit);
            add_dates(tx, &mut hits, self.zone())?;
            Ok(hits)
        })
    }
}

/// Returns the hits that the actor may see, with one query for each kind that is seen in part.
fn seen(
    tx: &mut Tx<'_>,
    visible: &[(&'static Kind, Visibility)],
    found: Vec<Reference>,
) -> Result<Vec<Hit>, AppError> {
    let mut hidden: HashSet<Id> = HashSet::new();
    for (kind, visibility) in visible {
        let Visibility::Within(scope) = visibility else {
            continue;
        };
        let ids: Vec<Id> = found
            .iter()
            .filter(|reference| reference.kind == kind.name)
            .map(|reference| reference.id)
            .collect();
        if ids.is_empty() {
            continue;
        }
        let within: HashSet<Id> = records::in_scope(tx, kind, &ids, scope)?.into_iter().collect();
        hidden.extend(ids.into_iter().filter(|id| !within.contains(id)));
    }
    let by_name: HashMap<&str, &'static Kind> = visible.iter().map(|(kind, _)| (kind.name, *kind)).collect();
    Ok(found
        .into_iter()
        .filter(|reference| !reference.is_archived && !hidden.contains(&reference.id))
        .filter_map(|reference| {
            let kind = *by_name.get(reference.kind.as_str())?;
            Some(Hit { kind, id: reference.id, title: reference.title, state: reference.state, date: None })
        })
        .collect())
}

/// Adds the dates of the hits, with one query for each kind among them.
fn add_dates(tx: &mut Tx<'_>, hits: &mut [Hit], zone: &TimeZone) -> Result<(), AppError> {
    let mut by_kind: HashMap<&str, (&'static Kind, Vec<Id>)> = HashMap::new();
    for hit in hits.iter().filter(|hit| !hit.kind.dates.is_empty()) {
        by_kind.entry(hit.kind.name).or_insert((hit.kind, Vec::new())).1.push(hit.id);
    }
    let mut dates: HashMap<Id, Date> = HashMap::new();
    for (kind, ids) in by_kind.into_values() {
        for record in records::load_many(tx, kind, &ids)? {
            dates.extend(date_of(&record, zone).map(|date| (record.id, date)));
        }
    }
    for hit in hits {
        hit.date = dates.get(&hit.id).copied();
    }
    Ok(())
}

/// Returns the due date of a record, or its first date on the calendar.
fn date_of(record: &Record, zone: &TimeZone) -> Option<Date> {
    let due = [task::DUE_DATE.name()].into_iter().filter(|name| record.kind.field(name).is_some());
    due.chain(record.kind.dates.iter().map(|role| role.start)).find_map(|name| match record.get(name) {
        Value::Date(date) => Some(*date),
        Value::Instant(instant) => Some(instant.to_zoned(zone.clone()).date()),
        _ => None,
    })
}

/// Ranks hits: exact title, beginning of the title, whole words in it, beginnings of words in it, words elsewhere.
/// Among equals closed records and places come last, and short titles come first.
fn ranked(mut hits: Vec<Hit>, asked: &[String], limit: usize) -> Vec<Hit> {
    hits.sort_by_cached_key(|hit| {
        let title = words(&hit.title);
        let fit = if title == asked {
            0
        } else if title.starts_with(asked) {
            1
        } else if asked.iter().all(|word| title.contains(word)) {
            2
        } else if asked.iter().all(|word| title.iter().any(|known| known.starts_with(word.as_str()))) {
            3
        } else {
            4
        };
        let is_over =
            ["completed", "cancelled", "rejected", "archived", "inactive", "resolved"].contains(&&*hit.state);
        let is_last = LAST.contains(&hit.kind.name);
        (fit, is_last, is_over, title.len(), title, hit.id)
    });
    hits.truncate(limit);
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use obcms_domain::kinds::{BARANGAY, NEED, TASK};

    fn hit(kind: &'static Kind, title: &str, state: &str) -> Hit {
        let id = "0192d3a0-0000-7000-8000-000000000001".parse().unwrap();
        Hit { kind, id, title: title.to_owned(), state: state.to_owned(), date: None }
    }

    #[test]
    fn exact_title_ranks_before_its_parts() {
        let hits = vec![
            hit(&NEED, "Repair of the pump", ""),
            hit(&TASK, "Watering of trees", "not_started"),
            hit(&TASK, "Clean water for Lamitan", "completed"),
            hit(&TASK, "Clean water for Isabela", "not_started"),
            hit(&BARANGAY, "Water", ""),
            hit(&NEED, "Water supply", ""),
            hit(&NEED, "Water", ""),
        ];
        let titles: Vec<String> =
            ranked(hits, &["water".to_owned()], 10).into_iter().map(|hit| hit.title).collect();
        assert_eq!(
            titles,
            [
                "Water",
                "Water",
                "Water supply",
                "Clean water for Isabela",
                "Clean water for Lamitan",
                "Watering of trees",
                "Repair of the pump"
            ]
        );
    }
}
