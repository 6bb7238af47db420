//! Reports: requests and schedules.

pub mod actions;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::core::message::{Message, Word};
use crate::core::schedule::next_run;
use crate::message;

/// Shortest time between two runs of a schedule.
const SHORTEST: SignedDuration = SignedDuration::from_hours(1);
/// Runs that are looked at for the shortest time: more than a cron line has within a day at this distance.
const LOOKED_AT: usize = 30;

/// Checks the cron line of a schedule: it is due again and again, not more often than once an hour.
pub fn check_cron(line: &str) -> Result<(), Message> {
    let refuse = |error: &dyn std::fmt::Display| {
        message!(
            "Must be a cron line with minute, hour, day, month and weekday, such as 0 6 1 * *: {error}",
            error = Word::text(error.to_string())
        )
    };
    if line.split_whitespace().count() != 5 {
        return Err(
            "Must be a cron line with minute, hour, day, month and weekday, such as 0 6 1 * *.".into()
        );
    }
    let mut last = Timestamp::UNIX_EPOCH;
    for turn in 0..LOOKED_AT {
        let next = next_run(line, last, &TimeZone::UTC).map_err(|error| refuse(&error))?;
        if turn > 0 && next.duration_since(last) < SHORTEST {
            return Err("Must not be due more often than once an hour.".into());
        }
        last = next;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cron_lines_are_checked() {
        for line in ["0 6 1 * *", "30 7 * * 1", "0 * * * *", "0 6 1 1,7 *", "0 6 * * MON"] {
            assert!(check_cron(line).is_ok(), "{line}");
        }
        for line in
            ["", "daily", "0 6 1 *", "* * * * *", "*/30 * * * *", "0 25 * * *", "0 6 30 2 *", "0 0 6 1 * *"]
        {
            assert!(check_cron(line).is_err(), "{line}");
        }
    }
}
