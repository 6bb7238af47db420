//! Occurrences of a series for pages: upcoming, overridden and excluded ones; and resetting an override.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::{self, Series};
use obcms_domain::calendar::{floating, unfloating};
use obcms_domain::core::id::Id;
use obcms_domain::entries;
use obcms_domain::registry::series::{CONTINUES, EXDATES};
use obcms_domain::registry::{Kind, Record};
use obcms_recur::Moment;
use obcms_store::records as store;
use serde_json::Value as Json;

use crate::calendar::series::{Occurrence, Target, finish, found, found_to_change, load, too_much};
use crate::core::{Actor, App, AppError};

/// Occurrence of a series.
#[derive(Clone, Debug)]
pub struct Date {
    /// Recurrence id.
    pub recurrence_id: String,
    /// Record with the values of the occurrence.
    pub record: Record,
    /// Start; midnight UTC of an all-day occurrence.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
    /// True if `start` and `end` are days.
    pub has_days: bool,
    /// True if the occurrence has an override.
    pub is_changed: bool,
    /// True if the occurrence was moved from its regular time.
    pub is_moved: bool,
}

impl Date {
    /// Returns the last day of an all-day occurrence; for a task, its due date.
    #[must_use]
    pub fn last_day(&self) -> jiff::civil::Date {
        unfloating(self.end.checked_sub(SignedDuration::from_secs(1)).unwrap_or(self.end))
    }
}

/// Occurrence with its neighbors.
#[derive(Clone, Debug)]
pub struct Around {
    /// Series.
    pub series: Record,
    /// Occurrence.
    pub date: Date,
    /// Record with the values of the occurrence without its override.
    pub base: Record,
    /// Recurrence id of the previous occurrence.
    pub previous: Option<String>,
    /// Recurrence id of the next occurrence.
    pub next: Option<String>,
}

/// Occurrences on the page of a series.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Upcoming occurrences.
    pub next: Vec<Date>,
    /// True if there are more upcoming occurrences.
    pub has_more: bool,
    /// Overridden occurrences, past and future.
    pub changed: Vec<Date>,
    /// Recurrence ids of excluded occurrences.
    pub left_out: Vec<String>,
    /// Series that this one continues.
    pub continues: Option<(Id, String)>,
    /// Series that continue this one.
    pub continued_by: Vec<(Id, String)>,
}

/// Returns the occurrence with this recurrence id, if the series has it.
pub(crate) fn date_of(series: &Series, record: &Record, id: Moment) -> Result<Option<Date>, AppError> {
    let Some(single) = series.materialize(record, id).map_err(too_much)? else {
        return Ok(None);
    };
    let Some(base) = series.date(id).map_err(too_much)? else {
        return Ok(None);
    };
    let has_days = series::has_days(&single);
    let (start, end) = match entries::of_occurrence(&single) {
        Some(entry) => (entry.start, entry.end),
        None => (base.start, base.end),
    };
    let recurrence_id = id.to_string();
    let is_changed = series.overrides.contains_key(&recurrence_id);
    let regular = series.base(record, id).map_err(too_much)?;
    let is_moved = is_changed && regular.is_some_and(|regular| named_by(&regular) != named_by(&single));
    Ok(Some(Date { recurrence_id, record: single, start, end, has_days, is_changed, is_moved }))
}

/// Returns the moment by which people name an occurrence: its start, or the due date of a record with days.
fn named_by(record: &Record) -> Option<Moment> {
    let due = || record.kind.dates.first().and_then(|role| record.date(role.end)).map(Moment::Date);
    if record.kind.is_timed() { None } else { due() }
        .or_else(|| series::anchor(record).map(|(start, _)| start))
}

/// Returns the occurrences that end after `from`, sorted by start, at most `limit`.
pub fn upcoming(record: &Record, from: Timestamp, limit: usize) -> Result<Vec<Date>, AppError> {
    let Some(series) = Series::of(record) else {
        return Ok(Vec::new());
    };
    let earliest = from.checked_sub(series.length.duration()).unwrap_or(Timestamp::MIN);
    let mut dates = Vec::new();
    for found in series.set.between(Some(earliest), None, limit + 2).map_err(too_much)? {
        dates.extend(date_of(&series, record, found.id)?);
    }
    // Occurrences that were moved here from another time.
    for name in series.overrides.keys() {
        if dates.iter().any(|date| date.recurrence_id == *name) {
            continue;
        }
        if let Ok(id) = Moment::from_str(name) {
            dates.extend(date_of(&series, record, id)?);
        }
    }
    dates.retain(|date| date.end > from);
    dates.sort_by_key(|date| (date.start, date.end));
    dates.truncate(limit);
    Ok(dates)
}

/// Returns the recurrence id of the last occurrence before an instant. Sets expand only
/// forward, so the search window grows.
fn before(series: &Series, instant: Timestamp) -> Option<String> {
    for days in [8, 64, 800, 8_000] {
        let from = instant.checked_sub(SignedDuration::from_hours(days * 24)).ok()?;
        let found = series.set.between(Some(from), Some(instant), 20_000).ok()?;
        if let Some(last) = found.last() {
            return Some(last.id.to_string());
        }
    }
    None
}

impl App {
    /// Returns one occurrence of a series that the actor may see, with its neighbors.
    pub fn around_occurrence(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        recurrence_id: &str,
    ) -> Result<Around, AppError> {
        self.read(|tx| {
            let record = store::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            let missing = || AppError::NotFound("occurrence");
            let (series, moment) = found(&record, recurrence_id)?;
            let mut date = date_of(&series, &record, moment)?.ok_or_else(missing)?;
            date.record.version = record.version;
            let base = series.base(&record, moment).map_err(too_much)?.ok_or_else(missing)?;
            let start = series.instant(moment);
            let after = start.checked_add(SignedDuration::from_secs(1)).ok();
            let next = series.set.between(after, None, 1).ok().and_then(|dates| dates.first().copied());
            Ok(Around {
                previous: before(&series, start),
                next: next.map(|found| found.id.to_string()),
                series: record,
                date,
                base,
            })
        })
    }

    /// Returns the occurrences for the page of a series; `None` for a single record.
    pub fn series_overview(
        &self,
        actor: &Actor,
        record: &Record,
        limit: usize,
    ) -> Result<Option<Overview>, AppError> {
        let continues = record.continues();
        let Some(series) = Series::of(record) else {
            return Ok(None);
        };
        let from = if series::has_days(record) { floating(self.today()) } else { self.now() };
        let mut next = upcoming(record, from, limit + 1)?;
        let has_more = next.len() > limit;
        next.truncate(limit);
        let mut changed = Vec::new();
        for name in series.overrides.keys() {
            if let Ok(id) = Moment::from_str(name) {
                changed.extend(date_of(&series, record, id)?);
            }
        }
        let left_out = EXDATES.get(record).into_iter().map(ToOwned::to_owned).collect();
        let (continues, continued_by) = self.read(|tx| {
            let mut ids: Vec<Id> = store::sources(tx, &[record.id], &[record.kind.name], 50)?
                .into_iter()
                .filter(|(_, field, other)| field == CONTINUES.name() && !other.is_archived)
                .map(|(_, _, other)| other.id)
                .collect();
            ids.extend(continues);
            if let Some(scope) = actor.scope(record.kind)? {
                ids = store::in_scope(tx, record.kind, &ids, &scope)?;
            }
            let titles = store::references(tx, &ids)?;
            let titled = |id: Id| titles.get(&id).map(|known| (id, known.title.clone()));
            let others = ids.iter().filter(|id| Some(**id) != continues);
            Ok((continues.and_then(titled), others.filter_map(|id| titled(*id)).collect()))
        })?;
        Ok(Some(Overview { next, has_more, changed, left_out, continues, continued_by }))
    }

    /// Resets one occurrence to the series.
    pub fn reset_occurrence(&self, actor: &Actor, target: &Target<'_>) -> Result<Occurrence, AppError> {
        self.write(actor, |work| {
            let record = load(work, target, Action::Edit)?;
            work.actor.require_field(work.tx, &record, "exdates")?;
            let (series, date) = found_to_change(work, &record, target.recurrence_id)?;
            let mut overrides = series.overrides.clone();
            overrides.remove(&date.to_string());
            let mut changed = record.clone();
            series::set_overrides(&mut changed, overrides);
            work.note_date(date);
            finish(work, &record, changed, date, "reset_date")
        })
    }

    /// Restores an excluded occurrence.
    pub fn restore_occurrence(&self, actor: &Actor, target: &Target<'_>) -> Result<Occurrence, AppError> {
        self.write(actor, |work| {
            let record = load(work, target, Action::Edit)?;
            work.actor.require_field(work.tx, &record, "exdates")?;
            let date =
                Moment::from_str(target.recurrence_id).map_err(|_| AppError::NotFound("occurrence"))?;
            let name = date.to_string();
            let mut dates: Vec<String> = EXDATES.get(&record).into_iter().map(ToOwned::to_owned).collect();
            if !dates.contains(&name) {
                return Err(AppError::NotFound("cancelled occurrence"));
            }
            dates.retain(|known| *known != name);
            let mut changed = record.clone();
            series::set_list(&mut changed, EXDATES, dates);
            work.note_date(date);
            finish(work, &record, changed, date, "bring_back_date")
        })
    }
}

/// Returns the fields in which the occurrence differs from the series, in the order of the kind.
#[must_use]
pub fn differing_fields(around: &Around) -> Vec<&'static str> {
    let Some(Json::Object(patch)) = overrides(&around.series, &around.date.recurrence_id) else {
        return Vec::new();
    };
    // The override of a moved occurrence includes its end, even if that equals the end in the series.
    let differs = |name: &str| around.base.get(name) != around.date.record.get(name);
    let fields = around.base.kind.fields.iter().map(|field| field.name);
    fields.filter(|name| patch.contains_key(*name) && differs(name)).collect()
}

fn overrides(record: &Record, recurrence_id: &str) -> Option<Json> {
    let series = Series::of(record)?;
    series.overrides.get(recurrence_id).cloned()
}
