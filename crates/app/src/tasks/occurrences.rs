//! Occurrences of repeating tasks: the next to do, the shown one, those still to do.

use std::str::FromStr;

use jiff::Timestamp;
use obcms_domain::calendar::floating;
use obcms_domain::calendar::series::{CLOSED_STATES, Series, state};
use obcms_domain::registry::Record;
use obcms_domain::registry::series::SERIES_STATE;
use obcms_recur::Moment;

use crate::calendar::series::occurrences::{Date, date_of, upcoming};
use crate::calendar::series::too_much;
use crate::core::AppError;

/// Returns the occurrence of a task series to do next: of the missed ones the first that somebody started, else the
/// last one; if none was missed, the first that is open. Nothing for a task that does not repeat, or if no occurrence
/// is open.
pub fn open_date(record: &Record, today: jiff::civil::Date) -> Result<Option<Date>, AppError> {
    let Some(series) = Series::of(record).filter(|_| !state::is_closed(record)) else {
        return Ok(None);
    };
    let Some(mut open) = series.first_open(record).map_err(too_much)? else {
        return Ok(None);
    };
    if open.last < today {
        // Most were missed lately; a series that is open for longer than a year shows its first open occurrence.
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

/// Returns the recurrence id by which a repeating task is shown: that of the occurrence to do next, or when none is
/// open, of the last one done. Nothing for a task that does not repeat or is closed as a whole.
pub fn shown(record: &Record, today: jiff::civil::Date) -> Result<Option<Moment>, AppError> {
    let Some(series) = Series::of(record).filter(|_| !state::is_closed(record)) else {
        return Ok(None);
    };
    match open_date(record, today)? {
        Some(open) => Ok(Moment::from_str(&open.recurrence_id).ok()),
        None => series.last_over(record).map_err(too_much),
    }
}

/// Copies the state of the shown occurrence to the fields of a repeating task. A task that does not repeat has no
/// separate state.
pub(crate) fn show(record: &mut Record, today: jiff::civil::Date) -> Result<(), AppError> {
    if !state::has_states(record) {
        if SERIES_STATE.is_in(record.kind) {
            SERIES_STATE.clear(record);
        }
        return Ok(());
    }
    let single = match (Series::of(record), shown(record, today)?) {
        (Some(series), Some(date)) => series.materialize(record, date).map_err(too_much)?,
        _ => None,
    };
    state::show(record, single.as_ref());
    Ok(())
}

/// Returns the occurrences of a task series that are still to do: of those before `today` only the last one, those
/// until `end`, and if there are none of these the next one after.
pub fn open_occurrences(
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
    // Occurrences moved into the period from elsewhere.
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
    ahead.retain(|date| date.end > midnight && !CLOSED_STATES.contains(&date.record.state()));
    ahead.sort_by_key(|date| date.end);
    if ahead.is_empty() {
        let later = upcoming(record, until, 8)?;
        ahead.extend(later.into_iter().find(|date| !CLOSED_STATES.contains(&date.record.state())));
    }
    let late = open_date(record, today)?.filter(|date| date.end <= midnight);
    Ok(late.into_iter().chain(ahead).collect())
}

/// Most occurrences that are examined until the end of a week; an hourly task is not expected.
const MOST_LOOKED_AT: usize = 1000;
