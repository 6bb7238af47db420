//! Occurrences of tasks that repeat: the one to do next, the one that is shown, those still to be done.

use std::str::FromStr;

use jiff::Timestamp;
use obcms_domain::calendar::floating;
use obcms_domain::calendar::series::{OVER, Series, state};
use obcms_domain::registry::series::SERIES_STATE;
use obcms_domain::registry::{Record, Value};
use obcms_recur::Moment;

use crate::calendar::series::occurrences::{Date, date_of, upcoming};
use crate::calendar::series::too_much;
use crate::core::AppError;

/// The date of a series of tasks that is to be done next: of those that were missed the first that somebody has begun,
/// else the last one; when none was missed, the first that is open. Nothing for what happens once, and when every date
/// is done.
pub fn open_date(record: &Record, today: jiff::civil::Date) -> Result<Option<Date>, AppError> {
    let Some(series) = Series::of(record).filter(|_| !state::is_closed(record)) else {
        return Ok(None);
    };
    let Some(mut open) = series.first_open(record).map_err(too_much)? else {
        return Ok(None);
    };
    if open.last < today {
        // Mostly it was missed lately; what is open longer than a year stands with its first date.
        let begun = series.first_begun(record, today).map_err(too_much)?;
        let looked_at: &[i64] = if begun.is_some() { &[] } else { &[35, 366] };
        open = begun.unwrap_or(open);
        for days in looked_at.iter().copied() {
            let from = today.saturating_sub(jiff::Span::new().days(days));
            if let Some(last) = series.last_open(record, from, today).map_err(too_much)? {
                open = last;
                break;
            }
        }
    }
    date_of(&series, record, open.id)
}

/// The name of the date by which a task that repeats is shown: the one to do next, or when every one is over, the last
/// that was done. Nothing when it happens once or is closed as a whole.
pub fn shown(record: &Record, today: jiff::civil::Date) -> Result<Option<Moment>, AppError> {
    let Some(series) = Series::of(record).filter(|_| !state::is_closed(record)) else {
        return Ok(None);
    };
    match open_date(record, today)? {
        Some(open) => Ok(Moment::from_str(&open.recurrence_id).ok()),
        None => series.last_over(record).map_err(too_much),
    }
}

/// Puts the state of the shown date into the fields of a task that repeats. What happens once keeps none beside it.
pub(crate) fn show(record: &mut Record, today: jiff::civil::Date) -> Result<(), AppError> {
    if !state::has_states(record) {
        if record.kind.position(SERIES_STATE).is_some() {
            record.set(SERIES_STATE, Value::Null);
        }
        return Ok(());
    }
    let single = match (Series::of(record), shown(record, today)?) {
        (Some(series), Some(date)) => series.materialise(record, date).map_err(too_much)?,
        _ => None,
    };
    state::show(record, single.as_ref());
    Ok(())
}

/// The dates of a series of tasks that are still to be done: of those before `today` only the last one, those until
/// `end`, and when there is none of these the next one after.
pub fn to_do(
    record: &Record,
    today: jiff::civil::Date,
    end: jiff::civil::Date,
) -> Result<Vec<Date>, AppError> {
    let Some(series) = Series::of(record) else {
        return Ok(Vec::new());
    };
    let midnight = floating(today);
    let until = floating(end.saturating_add(jiff::Span::new().days(1)));
    let since = midnight.checked_sub(series.length.duration()).unwrap_or(Timestamp::MIN);
    let mut ahead = Vec::new();
    for found in series.set.between(Some(since), Some(until), MOST_LOOKED_AT).map_err(too_much)? {
        ahead.extend(date_of(&series, record, found.id)?);
    }
    // What was moved here from elsewhere.
    for name in series
        .overrides
        .keys()
        .filter(|name| !ahead.iter().any(|date| date.recurrence_id == **name))
        .cloned()
        .collect::<Vec<_>>()
    {
        if let Ok(id) = Moment::from_str(&name) {
            ahead.extend(date_of(&series, record, id)?.filter(|date| date.start < until));
        }
    }
    ahead.retain(|date| date.end > midnight && !OVER.contains(&date.record.state()));
    ahead.sort_by_key(|date| date.end);
    if ahead.is_empty() {
        let later = upcoming(record, until, 8)?;
        ahead.extend(later.into_iter().find(|date| !OVER.contains(&date.record.state())));
    }
    let late = open_date(record, today)?.filter(|date| date.end <= midnight);
    Ok(late.into_iter().chain(ahead).collect())
}

/// Dates looked at in the days until the end of a week; a task of every hour is no task.
const MOST_LOOKED_AT: usize = 1000;
