//! Which times of a day a rule allows.

use crate::calendar::{SECONDS_OF_DAY, Wall};
use crate::rule::{Frequency, Rule};

/// The times of a day: hours, minutes and seconds as bits, or a list where `BYSETPOS` picked some of them.
pub(crate) struct Times {
    pub(crate) hours: u64,
    minutes: u64,
    seconds: u64,
    picked: Picked,
}

enum Picked {
    /// Every time made of the hours, minutes and seconds.
    Everything,
    /// Of every hour these seconds, in order.
    OfHour(Vec<i64>),
    /// Of the day these seconds, in order.
    OfDay(Vec<i64>),
}

impl Times {
    /// The times of a rule, with what the rule leaves open taken from the start.
    pub(crate) fn new(rule: &Rule, start: Wall) -> Times {
        let of_day = start.rem_euclid(SECONDS_OF_DAY);
        let frequency = rule.frequency();
        let bits = |list: &[i16], all: u64, from_start: i64, is_fixed: bool| match list {
            [] if is_fixed => 1 << from_start,
            [] => all,
            // A leap second is taken for the second before it.
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

    /// Only midnight, for a start without a time of day.
    pub(crate) fn midnight(rule: &Rule) -> Times {
        let mut times = Times { hours: 1, minutes: 1, seconds: 1, picked: Picked::Everything };
        times.pick(rule.frequency(), rule.by_position());
        times
    }

    /// In periods of a day or less `BYSETPOS` picks the same times from each.
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

    /// Keeps only times that steps of `interval` units, each of so many seconds, can reach from the start.
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

    /// Whether nothing is left out that a period of so many seconds holds.
    pub(crate) fn is_full(&self, unit: i64) -> bool {
        self.hours.count_ones() == 24
            && (unit > 60 || self.minutes.count_ones() == 60)
            && (unit > 1 || self.seconds.count_ones() == 60)
    }

    /// How many times there are in a day.
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

    /// How many times there are before this second of the day.
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

    /// The time at an index below [`Times::count`], where nothing is picked.
    pub(crate) fn nth(&self, index: u64) -> i64 {
        let (minutes, seconds) = (u64::from(self.minutes.count_ones()), u64::from(self.seconds.count_ones()));
        let hour = nth_bit(self.hours, index / (minutes * seconds).max(1));
        let minute = nth_bit(self.minutes, index / seconds.max(1) % minutes.max(1));
        hour * 3600 + minute * 60 + nth_bit(self.seconds, index % seconds.max(1))
    }

    /// The first time at or after this second of the day, in the hours given (those of the rule, or fewer).
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

/// What `BYSETPOS` picks from a set of `count` things in order: each once, in order.
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
