//! Times of a cron line.

use std::str::FromStr;

use croner::Cron;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Reason why a cron line is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the schedule \"{line}\" is wrong: {reason}")]
pub struct ScheduleError {
    line: String,
    reason: String,
}

/// Returns the first time after `after` at which the cron line (minute, hour, day, month, weekday) is due in the zone.
/// A local time in a gap of the clock runs at the end of the gap; a repeated one runs once.
pub fn next_run(line: &str, after: Timestamp, zone: &TimeZone) -> Result<Timestamp, ScheduleError> {
    let refuse = |reason: croner::errors::CronError| ScheduleError {
        line: line.to_owned(),
        reason: reason.to_string(),
    };
    let cron = Cron::from_str(line).map_err(refuse)?;
    let found = cron.find_next_occurrence(&after.to_zoned(zone.clone()), false).map_err(refuse)?;
    Ok(found.timestamp())
}
