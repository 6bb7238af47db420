//! Allowed times of day of a rule.

use crate::calendar::{SECONDS_OF_DAY, Wall};
use crate::rule::{Frequency, Rule};

/// Times of a day: hours, minutes and seconds as bits, or a list if `BYSETPOS` selects from them.
pub(crate) struct Times {
    pub(crate) hours: u64,
    minutes: u64,
    seconds: u64,
    picked: Picked,
}

enum Picked {
    /// Every combination of the hours, minutes and seconds.
    Everything,
    /// Selected seconds of every hour, sorted.
    OfHour(Vec<i64>),
    /// Selected seconds of the day, sorted.
    OfDay(Vec<i64>),
}

impl Times {
    /// Returns the times of a rule. The start supplies what the rule leaves out.
    pub(crate) fn new(rule: &Rule, start: Wall) -> Times {
        let of_day = start.rem_euclid(SECONDS_OF_DAY);
        let frequency = rule.frequency();
        let bits = |list: &[i16], all: u64, from_start: i64, is_fixed: bool| match list {
            [] if is_fixed => 1 << from_start,
            [] => all,
            // A leap second is treated as the second before it.
            _ => list.iter().fold(0u64, |bits, value| bits | 1 << (*value).min(59)),
        };
        let sixty = (1 << 60) - 1;
        let mut times = Times {
            hours: bits(rule.by_hour(), (1 << 24) - 1, of_day / 3600, frequency > Frequency::Hourly),
            minutes: bits(rule.by_minute(), sixty, of_day / 60 % 60, frequency > Frequency::Minutely),
            seconds: bits(rule.by_second(), sixty, of_day % 60, frequency > Frequency::Secondly),
            picked: Picked::Everything,
        };
        times.pick(frequency, rule.by_position());
        times
    }

    /// Returns midnight only, for a start without a time of day.
    pub(crate) fn midnight(rule: &Rule) -> Times {
        let mut times = Times { hours: 1, minutes: 1, seconds: 1, picked: Picked::Everything };
        times.pick(rule.frequency(), rule.by_position());
        times
    }

    /// Applies `BYSETPOS`, which selects the same times from each period of a day or less.
    fn pick(&mut self, frequency: Frequency, positions: &[i16]) {
        if positions.is_empty() {
            return;
        }
        match frequency {
            Frequency::Daily => {
                self.picked = Picked::OfDay(picks(positions, self.count(), |index| self.nth(index)));
            }
            Frequency::Hourly => {
                let of_hour = Times { hours: 1, picked: Picked::Everything, ..*self };
                self.picked = Picked::OfHour(picks(positions, of_hour.count(), |index| of_hour.nth(index)));
            }
            Frequency::Minutely => {
                let of_minute = Times { hours: 1, minutes: 1, picked: Picked::Everything, ..*self };
                let seconds = picks(positions, of_minute.count(), |index| of_minute.nth(index));
                self.seconds = seconds.iter().fold(0, |bits, second| bits | 1 << second);
            }
            Frequency::Secondly if !positions.contains(&1) && !positions.contains(&-1) => self.seconds = 0,
            _ => {}
        }
    }

    /// Keeps only times that steps of `interval` units, in seconds, can reach from the start.
    pub(crate) fn keep_reachable(&mut self, start: Wall, unit: i64, interval: i64) {
        let keep = |bits: u64, size: i64, unit: i64, interval: i64| {
            let (start, step) = (start.div_euclid(unit), common_divisor(interval, size));
            (0..size)
                .filter(|value| bits & (1 << value) != 0 && (value - start).rem_euclid(step) == 0)
                .fold(0, |bits, value| bits | 1 << value)
        };
        let step = unit * interval;
        if unit == 1 {
            self.seconds = keep(self.seconds, 60, 1, step);
        }
        if unit <= 60 && step % 60 == 0 {
            self.minutes = keep(self.minutes, 60, 60, step / 60);
        }
        if step % 3600 == 0 {
            self.hours = keep(self.hours, 24, 3600, step / 3600);
        }
    }

    /// Returns true if every time of a period of so many seconds is allowed.
    pub(crate) fn is_full(&self, unit: i64) -> bool {
        self.hours.count_ones() == 24
            && (unit > 60 || self.minutes.count_ones() == 60)
            && (unit > 1 || self.seconds.count_ones() == 60)
    }

    /// Returns the number of times in a day.
    pub(crate) fn count(&self) -> u64 {
        let hours = u64::from(self.hours.count_ones());
        match &self.picked {
            Picked::Everything => {
                hours * u64::from(self.minutes.count_ones()) * u64::from(self.seconds.count_ones())
            }
            Picked::OfHour(list) => hours * list.len() as u64,
            Picked::OfDay(list) => list.len() as u64,
        }
    }

    /// Returns the number of times before a second of the day.
    pub(crate) fn count_before(&self, second: i64) -> u64 {
        let below = |bits: u64, value: i64| u64::from((bits & ((1 << value) - 1)).count_ones());
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let in_hour = self.hours >> hour & 1;
        match &self.picked {
            Picked::Everything => {
                let of_minute = u64::from(self.seconds.count_ones());
                let of_hour = u64::from(self.minutes.count_ones()) * of_minute;
                let in_minute = self.minutes >> minute & 1;
                let within =
                    below(self.minutes, minute) * of_minute + in_minute * below(self.seconds, second % 60);
                below(self.hours, hour) * of_hour + in_hour * within
            }
            Picked::OfHour(list) => {
                let within = list.partition_point(|offset| *offset < second % 3600) as u64;
                below(self.hours, hour) * list.len() as u64 + in_hour * within
            }
            Picked::OfDay(list) => list.partition_point(|time| *time < second) as u64,
        }
    }

    /// Returns the time at an index below [`Times::count`], if `BYSETPOS` selects nothing.
    pub(crate) fn nth(&self, index: u64) -> i64 {
        let (minutes, seconds) = (u64::from(self.minutes.count_ones()), u64::from(self.seconds.count_ones()));
        let hour = nth_bit(self.hours, index / (minutes * seconds).max(1));
        let minute = nth_bit(self.minutes, index / seconds.max(1) % minutes.max(1));
        hour * 3600 + minute * 60 + nth_bit(self.seconds, index % seconds.max(1))
    }

    /// Returns the first time at or after a second of the day, in the given hours (those of the rule, or fewer).
    pub(crate) fn next(&self, hours: u64, second: i64) -> Option<i64> {
        match &self.picked {
            Picked::Everything => self.next_of_everything(hours, second),
            Picked::OfHour(list) => {
                let hour = next_bit(hours, second / 3600)?;
                let within = if hour == second / 3600 { second % 3600 } else { 0 };
                match list.get(list.partition_point(|offset| *offset < within)) {
                    Some(offset) => Some(hour * 3600 + offset),
                    None => Some(next_bit(hours, hour + 1)? * 3600 + list.first()?),
                }
            }
            Picked::OfDay(list) => list.get(list.partition_point(|time| *time < second)).copied(),
        }
    }

    fn next_of_everything(&self, hours: u64, second: i64) -> Option<i64> {
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let (first_minute, first_second) = (next_bit(self.minutes, 0)?, next_bit(self.seconds, 0)?);
        let found = next_bit(hours, hour)?;
        if found > hour {
            return Some(found * 3600 + first_minute * 60 + first_second);
        }
        if let Some(found) = next_bit(self.minutes, minute) {
            if found > minute {
                return Some(hour * 3600 + found * 60 + first_second);
            }
            if let Some(second) = next_bit(self.seconds, second) {
                return Some(hour * 3600 + minute * 60 + second);
            }
            if let Some(minute) = next_bit(self.minutes, minute + 1) {
                return Some(hour * 3600 + minute * 60 + first_second);
            }
        }
        Some(next_bit(hours, hour + 1)? * 3600 + first_minute * 60 + first_second)
    }
}

/// Returns the elements that `BYSETPOS` selects from a sorted set of `count` elements, sorted and each once.
pub(crate) fn picks(positions: &[i16], count: u64, nth: impl Fn(u64) -> i64) -> Vec<i64> {
    let count = count as i64;
    let mut picked: Vec<i64> = positions
        .iter()
        .map(|position| i64::from(*position))
        .map(|position| if position > 0 { position - 1 } else { count + position })
        .filter(|index| (0..count).contains(index))
        .map(|index| nth(index as u64))
        .collect();
    picked.sort_unstable();
    picked.dedup();
    picked
}

pub(crate) fn common_divisor(left: i64, right: i64) -> i64 {
    if right == 0 { left } else { common_divisor(right, left % right) }
}

fn next_bit(bits: u64, from: i64) -> Option<i64> {
    if from > 63 {
        return None;
    }
    let rest = bits & (u64::MAX << from);
    (rest != 0).then(|| i64::from(rest.trailing_zeros()))
}

fn nth_bit(mut bits: u64, index: u64) -> i64 {
    for _ in 0..index {
        bits &= bits - 1;
    }
    i64::from(bits.trailing_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_a_second_are_counted() {
        for text in [
            "FREQ=DAILY;BYHOUR=0,9,23;BYMINUTE=0,5,59;BYSECOND=0,30,59",
            "FREQ=DAILY;BYHOUR=0,9,23;BYMINUTE=0,5,59;BYSETPOS=1,-1,4",
            "FREQ=HOURLY;BYHOUR=0,9,23;BYMINUTE=0,5,59;BYSETPOS=1,-1",
            "FREQ=MINUTELY;BYMINUTE=0,5,59;BYSECOND=3,4,5;BYSETPOS=2",
        ] {
            let rule: Rule = text.parse().unwrap();
            let times = Times::new(&rule, 9 * 3600);
            let mut count = 0;
            for second in 0..SECONDS_OF_DAY {
                assert_eq!(times.count_before(second), count, "{text} {second}");
                count += u64::from(times.next(times.hours, second) == Some(second));
            }
            assert_eq!(times.count(), count, "{text}");
        }
    }
}
