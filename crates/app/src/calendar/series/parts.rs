//! Ending a series before an occurrence, with or without a continuation.

use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::Time;
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::{self, Series};
use obcms_domain::registry::Record;
use obcms_domain::registry::series::{CONTINUES, EXDATES, RDATES, RRULE};
use obcms_recur::Moment;

use super::all::apply_to_all;
use super::{Occurrence, Scope, Target, check_series, found_to_change, load, too_much};
use crate::core::rules::Split;
use crate::core::{AppError, UnitOfWork};
use crate::records::{self, Input};

/// Ends the series before the occurrence and creates a new series from there.
pub(super) fn split(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    series: &Series,
    date: Moment,
    input: &Input,
) -> Result<Occurrence, AppError> {
    let mut head = head(record, series, date)?;
    let tail = tail(work, record, series, date)?;
    let tail_series = Series::of(&tail).ok_or(AppError::NotFound("occurrence"))?;
    let bookings = (work.app.effects().before_split)(work, record)?;
    // The resources are requested for the second part.
    let reservation = work.reservation.take();
    let mut whole = apply_to_all(work, &tail, &tail_series, date, input)?;
    check_series(work, record, &whole.record)?;
    work.before_series(None, &mut whole.record)?;
    work.before_series(Some(record), &mut head)?;
    work.save(record, &mut head, "split")?;
    work.insert(std::slice::from_ref(&whole.record))?;
    let new = records::reload(work, &whole.record)?;
    work.reservation = reservation;
    let parts = Split { before: record, tail: &tail, new: &new, date, bookings };
    (work.app.effects().split)(work, &parts)?;
    let single = match Series::of(&new) {
        Some(series) => series.materialize(&new, whole.date).map_err(too_much)?,
        None => Some(new.clone()),
    };
    Ok(Occurrence {
        series: new,
        single,
        recurrence_id: whole.date.to_string(),
        change_set: Some(work.change_set),
    })
}

/// Returns the series up to the occurrence, exclusive.
pub(crate) fn head(record: &Record, series: &Series, date: Moment) -> Result<Record, AppError> {
    let mut head = record.clone();
    if let Some(rule) = &series.set.rule {
        let before = match rule.count() {
            Some(_) => u32::try_from(series.set.count_before(date).map_err(too_much)?).unwrap_or(0),
            None => 0,
        };
        let shortened = if before > 0 {
            rule.clone().with_count(before)
        } else {
            // Without a rule the start would be an occurrence. A rule that ends before its start yields none.
            let last = last_before(series, date)?;
            series::with_until(rule, last, &series.set.zone)
        };
        RRULE.set(&mut head, shortened.to_string());
    }
    keep(&mut head, series, |other| series.instant(other) < series.instant(date));
    if series.set.rule.is_none() {
        // The start is itself an occurrence. Listed in `rdates`, the record remains a
        // series whose start can be excluded or overridden.
        if series.instant(series.set.start) < series.instant(date) {
            name_start(&mut head, series.set.start);
        } else if let Some(first) =
            Series::of(&head).and_then(|left| left.set.additions.iter().map(|addition| addition.start).min())
        {
            series::place_at(&mut head, first, series.length);
        }
    }
    Ok(head)
}

/// Returns the UNTIL of a rule that ends before the occurrence: the day before, as people expect, unless the rule has
/// an earlier occurrence on the same day.
fn last_before(series: &Series, date: Moment) -> Result<Moment, AppError> {
    let local = match date {
        Moment::Date(day) => return Ok(Moment::Date(day.yesterday().unwrap_or(day))),
        Moment::DateTime(local) => local,
    };
    let midnight = series.instant(Moment::DateTime(local.date().to_datetime(Time::midnight())));
    let earlier =
        series.set.rule_alone().between(Some(midnight), Some(series.instant(date)), 1).map_err(too_much)?;
    let before = if earlier.is_empty() { local.date().to_datetime(Time::midnight()) } else { local };
    Ok(Moment::DateTime(before.checked_sub(SignedDuration::from_secs(1)).unwrap_or(local)))
}

/// Returns the series from the occurrence on, with unchanged times.
fn tail(
    work: &UnitOfWork<'_, '_>,
    record: &Record,
    series: &Series,
    date: Moment,
) -> Result<Record, AppError> {
    let mut tail = work.new_record(record.kind);
    tail.values.clone_from(&record.values);
    tail.created_by = record.created_by.or(work.actor.id);
    CONTINUES.set(&mut tail, record.id);
    rest(&mut tail, series, date)?;
    Ok(tail)
}

/// Reduces a series to the occurrences from the given one on, with unchanged times.
pub(crate) fn rest(tail: &mut Record, series: &Series, date: Moment) -> Result<(), AppError> {
    let mut start = date;
    if let Some(rule) = &series.set.rule {
        // The occurrence may be an additional date. A rule that starts there could yield
        // other dates, such as another weekday.
        let first = series.set.rule_alone().between(Some(series.instant(date)), None, 1).map_err(too_much)?;
        let rule = match (first.first(), rule.count()) {
            (None, _) => None,
            (Some(first), None) => {
                start = first.id;
                Some(rule.clone())
            }
            (Some(first), Some(count)) => {
                start = first.id;
                let before = series.set.count_before(start).map_err(too_much)?;
                let left = u64::from(count).saturating_sub(before);
                u32::try_from(left).ok().filter(|left| *left > 0).map(|left| rule.clone().with_count(left))
            }
        };
        RRULE.set(tail, rule.map(|rule| rule.to_string()));
    }
    keep(tail, series, |other| series.instant(other) >= series.instant(date));
    if series.set.rule.is_none() && series.instant(series.set.start) >= series.instant(date) {
        name_start(tail, series.set.start);
    }
    series::place_at(tail, start, series.length);
    Ok(())
}

/// Adds the start of a series without a rule to its additional dates.
fn name_start(record: &mut Record, start: Moment) {
    let mut dates: Vec<String> = RDATES.get(record).into_iter().map(ToOwned::to_owned).collect();
    let name = start.to_string();
    if !dates.iter().any(|date| date.split('/').next() == Some(name.as_str())) {
        dates.push(name);
    }
    series::set_list(record, RDATES, dates);
}

/// Reduces additional dates, exceptions and overrides to the wanted ones.
fn keep(record: &mut Record, series: &Series, wanted: impl Fn(Moment) -> bool) {
    for field in [RDATES, EXDATES] {
        let dates: Vec<String> = field
            .get(record)
            .into_iter()
            .filter(|text| {
                let start = text.split('/').next().unwrap_or(text);
                Moment::from_str(start).is_ok_and(&wanted)
            })
            .map(ToOwned::to_owned)
            .collect();
        series::set_list(record, field, dates);
    }
    let overrides = series
        .overrides
        .iter()
        .filter(|(name, _)| Moment::from_str(name).is_ok_and(&wanted))
        .map(|(name, patch)| (name.clone(), patch.clone()))
        .collect();
    series::set_overrides(record, overrides);
}

/// Cancels occurrences of a series.
pub(crate) fn cancel(work: &mut UnitOfWork<'_, '_>, target: &Target<'_>) -> Result<Occurrence, AppError> {
    let whole = target.scope == Scope::All;
    let record = load(work, target, if whole { Action::Archive } else { Action::Edit })?;
    if !whole {
        work.actor.require_field(work.tx, &record, "exdates")?;
    }
    let (series, date) = found_to_change(work, &record, target.recurrence_id)?;
    let mut changed = record.clone();
    match target.scope {
        Scope::This => {
            let mut dates: Vec<String> = EXDATES.get(&record).into_iter().map(ToOwned::to_owned).collect();
            dates.push(date.to_string());
            series::set_list(&mut changed, EXDATES, dates);
            let mut overrides = series.overrides.clone();
            overrides.remove(&date.to_string());
            series::set_overrides(&mut changed, overrides);
        }
        Scope::Following => changed = head(&record, &series, date)?,
        Scope::All => {}
    }
    let is_over = match Series::of(&changed) {
        Some(left) => whole || left.is_empty().map_err(too_much)?,
        None => true,
    };
    work.note_date(date);
    if is_over {
        // A series without its last occurrence is archived, with that occurrence still in it.
        work.actor.require(work.tx, Action::Archive, &record)?;
        work.before_archive(&record)?;
        let mut archived = record.clone();
        archived.archived_at = Some(work.now);
        work.save(&record, &mut archived, "archive")?;
        return Ok(cancelled(work, archived, date));
    }
    work.before_series(Some(&record), &mut changed)?;
    work.save(&record, &mut changed, "cancel_date")?;
    let changed = records::reload(work, &changed)?;
    Ok(cancelled(work, changed, date))
}

fn cancelled(work: &UnitOfWork<'_, '_>, series: Record, date: Moment) -> Occurrence {
    Occurrence { series, single: None, recurrence_id: date.to_string(), change_set: Some(work.change_set) }
}
