//! The dates of a series as pages show them: the next ones, those that differ, those that are left out; and putting
//! a date back as the series has it.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::{self, Series};
use obcms_domain::calendar::{self, floating, unfloating};
use obcms_domain::core::id::Id;
use obcms_domain::registry::{Kind, Record};
use obcms_recur::Moment;
use obcms_store::records as store;
use serde_json::Value as Json;

use crate::calendar::series::{Occurrence, Target, finish, found, found_to_change, load, too_much};
use crate::core::{Actor, App, AppError};

/// One date of a series.
#[derive(Clone, Debug)]
pub struct Date {
    /// Original local start.
    pub recurrence_id: String,
    /// The record as it is on that date.
    pub record: Record,
    /// When it takes place; midnight UTC of a day.
    pub start: Timestamp,
    /// End, exclusive.
    pub end: Timestamp,
    /// True if `start` and `end` are days.
    pub has_days: bool,
    /// Something differs from the series.
    pub is_changed: bool,
    /// It takes place at another time than the series has it.
    pub is_moved: bool,
}

impl Date {
    /// The last day on which it takes place, of days; of a task the day on which it is due.
    #[must_use]
    pub fn last_day(&self) -> jiff::civil::Date {
        unfloating(self.end.checked_sub(SignedDuration::from_secs(1)).unwrap_or(self.end))
    }
}

/// Neighbors of one occurrence.
#[derive(Clone, Debug)]
pub struct Around {
    /// The series.
    pub series: Record,
    /// The date.
    pub date: Date,
    /// The record as the series alone has it on that date.
    pub base: Record,
    /// Name of the date before.
    pub previous: Option<String>,
    /// Name of the date after.
    pub next: Option<String>,
}

/// A series on its page.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// The next dates.
    pub next: Vec<Date>,
    /// True if there are more of them.
    pub has_more: bool,
    /// Dates that differ, over or not.
    pub changed: Vec<Date>,
    /// Names of dates that are left out.
    pub left_out: Vec<String>,
    /// The series that this one goes on with.
    pub continues: Option<(Id, String)>,
    /// Series that go on with this one.
    pub continued_by: Vec<(Id, String)>,
}

/// The date of that name, when the series has it.
pub(crate) fn date_of(series: &Series, record: &Record, id: Moment) -> Result<Option<Date>, AppError> {
    let Some(single) = series.materialise(record, id).map_err(too_much)? else {
        return Ok(None);
    };
    let Some(base) = series.date(id).map_err(too_much)? else {
        return Ok(None);
    };
    let has_days = series::has_days(&single);
    let (start, end) = match calendar::entry_of(&single) {
        Some(entry) => (entry.start, entry.end),
        None => (base.start, base.end),
    };
    let recurrence_id = id.to_string();
    let is_changed = series.overrides.contains_key(&recurrence_id);
    let regular = series.base(record, id).map_err(too_much)?;
    let is_moved = is_changed && regular.is_some_and(|regular| named_by(&regular) != named_by(&single));
    Ok(Some(Date { recurrence_id, record: single, start, end, has_days, is_changed, is_moved }))
}

/// By what people call a date: when it begins, or of days when it is due.
fn named_by(record: &Record) -> Option<Moment> {
    let due = || record.kind.dates.first().and_then(|role| record.date(role.end)).map(Moment::Date);
    if record.kind.is_timed() { None } else { due() }
        .or_else(|| series::anchor(record).map(|(start, _)| start))
}

/// The dates of a series that are not over before `from`, by when they take place; `from_day` counts for days.
pub fn upcoming(record: &Record, from: Timestamp, limit: usize) -> Result<Vec<Date>, AppError> {
    let Some(series) = Series::of(record) else {
        return Ok(Vec::new());
    };
    let earliest = from.checked_sub(series.length.duration()).unwrap_or(Timestamp::MIN);
    let mut dates = Vec::new();
    for found in series.set.between(Some(earliest), None, limit + 2).map_err(too_much)? {
        dates.extend(date_of(&series, record, found.id)?);
    }
    // What was moved here from elsewhere.
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

/// The name of the last date before an instant. Looks back further and further, as sets are worked out forwards.
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
    /// One date of a series that the actor may see, with what is before and after it.
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

    /// Occurrences for the page of a series; nothing for a record that happens once.
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
        let left_out = series::texts(record.get("exdates")).into_iter().map(ToOwned::to_owned).collect();
        let (continues, continued_by) = self.read(|tx| {
            let mut ids: Vec<Id> = store::sources(tx, &[record.id], &[record.kind.name], 50)?
                .into_iter()
                .filter(|(_, field, other)| field == "continues" && !other.is_archived)
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

    /// Puts one date back as the series has it.
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

    /// Takes a left-out date in again.
    pub fn bring_back(&self, actor: &Actor, target: &Target<'_>) -> Result<Occurrence, AppError> {
        self.write(actor, |work| {
            let record = load(work, target, Action::Edit)?;
            work.actor.require_field(work.tx, &record, "exdates")?;
            let date =
                Moment::from_str(target.recurrence_id).map_err(|_| AppError::NotFound("occurrence"))?;
            let name = date.to_string();
            let mut dates: Vec<String> =
                series::texts(record.get("exdates")).into_iter().map(ToOwned::to_owned).collect();
            if !dates.contains(&name) {
                return Err(AppError::NotFound("cancelled occurrence"));
            }
            dates.retain(|known| *known != name);
            let mut changed = record.clone();
            series::set_list(&mut changed, "exdates", dates);
            work.note_date(date);
            finish(work, &record, changed, date, "bring_back_date")
        })
    }
}

/// Fields in which the record differs from what the series has, in their order.
#[must_use]
pub fn differing_fields(around: &Around) -> Vec<&'static str> {
    let Some(Json::Object(patch)) = overrides(&around.series, &around.date.recurrence_id) else {
        return Vec::new();
    };
    // A date that begins elsewhere has its end too, which may be that of the series.
    let differs = |name: &str| around.base.get(name) != around.date.record.get(name);
    let fields = around.base.kind.fields.iter().map(|field| field.name);
    fields.filter(|name| patch.contains_key(*name) && differs(name)).collect()
}

fn overrides(record: &Record, recurrence_id: &str) -> Option<Json> {
    let series = Series::of(record)?;
    series.overrides.get(recurrence_id).cloned()
}
