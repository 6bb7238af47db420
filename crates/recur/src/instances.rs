//! Instances of a rule in local time.
//!
//! Instances are searched, not generated from the start. The allowed periods (arithmetic), the allowed days (bits of a
//! year) and the allowed times of a day (bits of a day) each return the next candidate at or after a point; the next
//! instance is where the three agree. So the distance of a window from the start costs nothing, and stretches without
//! an instance are skipped.

use crate::budget::Budget;
use crate::calendar::{Day, END_OF_TIME, SECONDS_OF_DAY, Wall, year_of, year_start};
use crate::days::Days;
use crate::error::ExpandError;
use crate::rule::{Frequency, Rule};
use crate::step::{Step, Unit};
use crate::times::{Times, common_divisor, picks};

const SECONDS_OF_WEEK: i64 = 7 * SECONDS_OF_DAY;

/// Search for the instances of a rule, without regard to `COUNT` and `UNTIL`.
pub(crate) struct Instances<'a> {
    start: Wall,
    days: Days,
    times: Times,
    step: Step,
    /// `BYSETPOS` for periods longer than a day.
    positions: &'a [i16],
    /// Selection of `BYSETPOS` in the period of the last query.
    picked: Option<(Day, Vec<Wall>)>,
    /// Number of days without an instance that proves that there is none.
    barren: i64,
    is_empty: bool,
    budget: &'a Budget,
}

impl<'a> Instances<'a> {
    /// Returns the instances of a rule from a start on; `is_date` if the start is a whole day.
    pub(crate) fn new(
        rule: &'a Rule,
        start: Wall,
        is_date: bool,
        budget: &'a Budget,
    ) -> Result<Instances<'a>, ExpandError> {
        let frequency = rule.frequency();
        if is_date && frequency < Frequency::Daily {
            return Err(ExpandError::NeedsTime);
        }
        let step = Step::new(rule, start);
        let mut times = if is_date { Times::midnight(rule) } else { Times::new(rule, start) };
        if let Unit::Time(unit) = step.unit {
            times.keep_reachable(start, unit, step.interval);
        }
        let picks_days = frequency > Frequency::Daily;
        let mut instances = Instances {
            start,
            days: Days::new(rule, start.div_euclid(SECONDS_OF_DAY)),
            is_empty: times.count() == 0,
            times,
            barren: step.cycle(),
            step,
            positions: if picks_days { rule.by_position() } else { &[] },
            picked: None,
            budget,
        };
        instances.is_empty = instances.is_empty || !instances.has_position() || !instances.is_reachable()?;
        Ok(instances)
    }

    /// Returns true if some period can be long enough for a position of `BYSETPOS`.
    fn has_position(&self) -> bool {
        let days = match self.step.unit {
            Unit::Year => 366,
            Unit::WeekYear(_) => 371,
            Unit::Month => 31,
            _ => 7,
        };
        let most = u64::from(self.days.most_of(days)) * self.times.count();
        let is_possible = |position: &i16| u64::from(position.unsigned_abs()) <= most;
        self.positions.is_empty() || self.positions.iter().any(is_possible)
    }

    /// Returns true if steps shorter than a day reach any allowed time of day, whatever the day.
    fn is_reachable(&self) -> Result<bool, ExpandError> {
        let Unit::Time(unit @ (1 | 60)) = self.step.unit else { return Ok(true) };
        let of_day = SECONDS_OF_DAY / unit;
        let stride = common_divisor(self.step.interval, of_day);
        if stride == 1 || self.times.is_full(unit) {
            return Ok(true);
        }
        let first = self.start.div_euclid(unit).rem_euclid(stride);
        let mut from = 0;
        while let Some(time) = self.times.next(self.times.hours, from) {
            self.budget.spend(1)?;
            let number = time / unit;
            let aligned = number + (first - number).rem_euclid(stride);
            if aligned == number {
                return Ok(true);
            }
            if aligned >= of_day {
                break;
            }
            from = aligned * unit;
        }
        Ok(false)
    }

    /// Returns the first instance in `from..=last`.
    pub(crate) fn next(&mut self, from: Wall, last: Wall) -> Result<Option<Wall>, ExpandError> {
        self.budget.spend(1)?;
        let last = last.min(END_OF_TIME - 1);
        let mut from = from.max(self.start);
        if from > last || self.is_empty {
            return Ok(None);
        }
        let first_day = from.div_euclid(SECONDS_OF_DAY);
        let last_day = last.div_euclid(SECONDS_OF_DAY).min(first_day.saturating_add(self.barren + 1));
        if !self.positions.is_empty() {
            return self.next_picked(
                from,
                last,
                last_day.saturating_add(371).min(last.div_euclid(SECONDS_OF_DAY)),
            );
        }
        while let Some(day) = self.next_day(from.div_euclid(SECONDS_OF_DAY), last_day)? {
            let midnight = day * SECONDS_OF_DAY;
            if let Some(time) = self.next_time(day, (from - midnight).max(0))? {
                return Ok(Some(midnight + time).filter(|found| *found <= last));
            }
            from = midnight + SECONDS_OF_DAY;
        }
        Ok(None)
    }

    /// Returns the first day in `day..=last` that is allowed and lies in an allowed period.
    fn next_day(&mut self, mut day: Day, last: Day) -> Result<Option<Day>, ExpandError> {
        loop {
            self.budget.spend(1)?;
            let in_period = self.step.next_day(day);
            match self.days.next(in_period, last, self.budget)? {
                Some(found) if found != in_period => day = found,
                found => return Ok(found),
            }
        }
    }

    /// Returns the first instance of an allowed day at or after a second of it.
    fn next_time(&self, day: Day, mut from: i64) -> Result<Option<i64>, ExpandError> {
        let unit = match self.step.unit {
            Unit::Time(3600) => return Ok(self.times.next(self.hours(day), from)),
            Unit::Time(unit) if self.step.interval > 1 => unit,
            _ => return Ok(self.times.next(self.times.hours, from)),
        };
        let midnight = day * SECONDS_OF_DAY;
        while let Some(time) = self.times.next(self.times.hours, from) {
            self.budget.spend(1)?;
            let number = (midnight + time).div_euclid(unit);
            let aligned = self.step.align(number);
            if aligned == number {
                return Ok(Some(time));
            }
            from = aligned * unit - midnight;
            if from >= SECONDS_OF_DAY {
                break;
            }
        }
        Ok(None)
    }

    /// Returns the allowed hours of a day for an hourly rule.
    fn hours(&self, day: Day) -> u64 {
        if self.step.interval == 1 {
            return self.times.hours;
        }
        let mut hour = self.step.align(day * 24) - day * 24;
        let mut hours = 0;
        while hour < 24 {
            hours |= 1 << hour;
            hour += self.step.interval;
        }
        hours & self.times.hours
    }

    /// Returns the same as [`Instances::next`] where `BYSETPOS` selects from weeks, months or years.
    fn next_picked(&mut self, from: Wall, last: Wall, last_day: Day) -> Result<Option<Wall>, ExpandError> {
        let mut day = self.step.next_day(from.div_euclid(SECONDS_OF_DAY));
        while day <= last_day {
            self.budget.spend(1)?;
            let (first, end) = self.step.period(day);
            if self.picked.as_ref().is_none_or(|(known, _)| *known != first) {
                match self.days.next(first, last_day, self.budget)? {
                    None => return Ok(None),
                    Some(found) if found >= end => {
                        day = self.step.next_day(found);
                        continue;
                    }
                    Some(found) => self.pick(first, found, end)?,
                }
            }
            if let Some((_, picked)) = &self.picked
                && let Some(found) = picked.get(picked.partition_point(|wall| *wall < from))
            {
                return Ok(Some(*found).filter(|found| *found <= last));
            }
            day = self.step.next_day(end);
        }
        Ok(None)
    }

    fn pick(&mut self, first: Day, found: Day, end: Day) -> Result<(), ExpandError> {
        let days = self.days.list(found, end, self.budget)?;
        let of_day = self.times.count();
        self.budget.spend(3 + self.positions.len() as u64)?;
        let picked = picks(self.positions, days.len() as u64 * of_day, |index| {
            days[(index / of_day) as usize] * SECONDS_OF_DAY + self.times.nth(index % of_day)
        });
        self.picked = Some((first, picked));
        Ok(())
    }

    /// Returns the number of instances before `end`, at most `most`.
    pub(crate) fn count_before(&mut self, end: Wall, most: u64) -> Result<u64, ExpandError> {
        let (mut from, mut count) = self.skip(end - 1, most)?;
        while count < most {
            match self.next(from, end - 1)? {
                Some(found) => (from, count) = (found + 1, count + 1),
                None => break,
            }
        }
        Ok(count)
    }

    /// Returns the n-th instance, counted from 1.
    pub(crate) fn nth(&mut self, number: u64) -> Result<Option<Wall>, ExpandError> {
        let (mut from, count) = self.skip(END_OF_TIME, number - 1)?;
        let mut found = None;
        for _ in count..number {
            found = self.next(from, END_OF_TIME)?;
            match found {
                Some(wall) => from = wall + 1,
                None => break,
            }
        }
        Ok(found)
    }

    /// Returns the last instance at or before `last`.
    pub(crate) fn last(&mut self, last: Wall) -> Result<Option<Wall>, ExpandError> {
        if self.next(self.start, last)?.is_none() {
            return Ok(None);
        }
        let mut back = SECONDS_OF_DAY;
        let mut found = loop {
            let from = last.saturating_sub(back).max(self.start);
            match self.next(from, last)? {
                Some(found) => break found,
                None if from == self.start => return Ok(None),
                None => back *= 4,
            }
        };
        // Invariant: `found` is an instance, and there is none after `end`.
        let mut end = last;
        while found < end {
            let middle = found + 1 + (end - found - 1) / 2;
            match self.next(middle, end)? {
                Some(later) => found = later,
                None => end = middle - 1,
            }
        }
        Ok(Some(found))
    }

    /// Skips at most `most` instances from the start without passing `last`. Returns the position after the skip and
    /// the number of instances before it.
    fn skip(&mut self, last: Wall, most: u64) -> Result<(Wall, u64), ExpandError> {
        if self.is_empty || last <= self.start {
            return Ok((self.start, 0));
        }
        if let Some(cycle) = self.clock_cycle() {
            return self.skip_cycles(cycle, last, most);
        }
        let (cycle, distance) = (self.barren.saturating_mul(SECONDS_OF_DAY), last - self.start);
        if distance / cycle < 2 {
            return self.skip_evenly(last, most);
        }
        let Some(of_cycle) = self.count_in_cycle(cycle, most)? else {
            return self.skip_evenly(last, most);
        };
        let allowed = most.checked_div(of_cycle).and_then(|allowed| i64::try_from(allowed).ok());
        let cycles = allowed.map_or(distance / cycle, |allowed| allowed.min(distance / cycle));
        // The rest is counted in the first cycles, which are the same as the ones after the leap.
        let (leap, skipped) = (cycles * cycle, cycles as u64 * of_cycle);
        let (from, count) = self.skip_evenly(last - leap, most - skipped)?;
        Ok((from + leap, count + skipped))
    }

    /// Returns the number of instances of the first cycle of the calendar; `None` if there are more than `most`.
    fn count_in_cycle(&mut self, cycle: i64, most: u64) -> Result<Option<u64>, ExpandError> {
        let end = self.start + cycle - 1;
        let (mut from, mut count) = self.skip_evenly(end, most)?;
        while let Some(found) = self.next(from, end)? {
            (from, count) = (found + 1, count + 1);
            if count > most {
                return Ok(None);
            }
        }
        Ok(Some(count))
    }

    /// Skips whole days if the number of instances of an allowed day is known without looking at them.
    fn skip_evenly(&mut self, last: Wall, most: u64) -> Result<(Wall, u64), ExpandError> {
        if !self.positions.is_empty() || last <= self.start {
            return Ok((self.start, 0));
        }
        match self.step.unit {
            Unit::Time(unit) if self.step.interval > 1 => self.skip_uneven_days(unit, last, most),
            _ => self.skip_days(last, most),
        }
    }

    /// Skips days of which each has its own times, because the step is no part of a day.
    fn skip_uneven_days(&mut self, unit: i64, last: Wall, most: u64) -> Result<(Wall, u64), ExpandError> {
        if unit != 3600 && !self.times.is_full(unit) {
            return Ok((self.start, 0));
        }
        let start_day = self.start.div_euclid(SECONDS_OF_DAY);
        let end = (last + 1).min(END_OF_TIME).div_euclid(SECONDS_OF_DAY);
        let mut day = start_day + 1;
        if day > end {
            return Ok((self.start, 0));
        }
        let (mut from, mut count) = (self.start, 0);
        while let Some(found) = self.next(from, day * SECONDS_OF_DAY - 1)? {
            (from, count) = (found + 1, count + 1);
            if count > most {
                return Ok((self.start, 0));
            }
        }
        while let Some(first) = self.days.next(day, end - 1, self.budget)? {
            day = year_start(year_of(first) + 1).min(end);
            let days = self.days.list(first, day, self.budget)?;
            self.budget.spend(days.len() as u64 / 4)?;
            for day in days {
                let of_day = self.count_of_day(day, unit);
                if count + of_day > most {
                    return Ok((day * SECONDS_OF_DAY, count));
                }
                count += of_day;
            }
        }
        Ok((end * SECONDS_OF_DAY, count))
    }

    /// Returns the number of instances of an allowed day after that of the start, for steps of hours, or of shorter units
    /// without other limits on the time.
    fn count_of_day(&self, day: Day, unit: i64) -> u64 {
        let hours_of_rule = u64::from(self.times.hours.count_ones());
        if unit == 3600 {
            return u64::from(self.hours(day).count_ones()) * (self.times.count() / hours_of_rule.max(1));
        }
        let units = SECONDS_OF_DAY / unit;
        let first = self.step.align(day * units) - day * units;
        let steps = if first < units { (units - 1 - first) / self.step.interval + 1 } else { 0 };
        steps as u64 * (self.times.count() / units as u64)
    }

    /// Returns the number of seconds after which instances repeat, if they depend only on time and weekday.
    fn clock_cycle(&self) -> Option<i64> {
        if !self.days.is_weekly() {
            return None;
        }
        let interval = match self.step.unit {
            Unit::Year | Unit::WeekYear(_) | Unit::Month => return None,
            Unit::Week(_) => self.step.interval * SECONDS_OF_WEEK,
            Unit::Day => self.step.interval * SECONDS_OF_DAY,
            Unit::Time(unit) => self.step.interval * unit,
        };
        let other = match self.step.unit {
            _ if !self.days.is_everything() => SECONDS_OF_WEEK,
            Unit::Time(unit) if self.times.is_full(unit) => 1,
            _ => SECONDS_OF_DAY,
        };
        Some(interval / common_divisor(interval, other) * other)
    }

    fn skip_cycles(&mut self, cycle: i64, last: Wall, most: u64) -> Result<(Wall, u64), ExpandError> {
        let cycles = (last - self.start) / cycle;
        if cycles < 2 {
            return Ok((self.start, 0));
        }
        let (mut from, end, mut of_cycle) = (self.start, self.start + cycle - 1, 0);
        while let Some(found) = self.next(from, end)? {
            of_cycle += 1;
            if of_cycle > most {
                return Ok((self.start, 0));
            }
            from = found + 1;
        }
        let allowed = most.checked_div(of_cycle).and_then(|allowed| i64::try_from(allowed).ok());
        let cycles = allowed.map_or(cycles, |allowed| cycles.min(allowed));
        Ok((self.start + cycles * cycle, cycles as u64 * of_cycle))
    }

    /// Skips years or months, then days.
    fn skip_days(&mut self, last: Wall, most: u64) -> Result<(Wall, u64), ExpandError> {
        let of_day = self.times.count();
        let start_day = self.start.div_euclid(SECONDS_OF_DAY);
        let end = (last + 1).min(END_OF_TIME).div_euclid(SECONDS_OF_DAY);
        let mut count = 0;
        if start_day + 1 > end {
            return Ok((self.start, 0));
        }
        if self.next_day(start_day, start_day)?.is_some() {
            count = of_day - self.times.count_before(self.start.rem_euclid(SECONDS_OF_DAY));
            if count > most {
                return Ok((self.start, 0));
            }
        }
        let mut day = start_day + 1;
        loop {
            let Some(in_period) = self.next_day(day, end - 1)? else {
                return Ok((end * SECONDS_OF_DAY, count));
            };
            let year_end = year_start(year_of(in_period) + 1);
            let is_whole = self.step.interval == 1;
            let chunk_end = match self.step.unit {
                Unit::Year | Unit::Month if !is_whole => self.step.period(in_period).1,
                _ => year_end,
            };
            if chunk_end > end {
                break;
            }
            let of_chunk = if is_whole || matches!(self.step.unit, Unit::Year | Unit::Month) {
                self.days.count(in_period, chunk_end, self.budget)? * of_day
            } else {
                let days = self.days.list(in_period, chunk_end, self.budget)?;
                days.iter().filter(|day| self.step.next_day(**day) == **day).count() as u64 * of_day
            };
            if count + of_chunk > most {
                break;
            }
            (count, day) = (count + of_chunk, chunk_end);
        }
        while count + of_day <= most {
            match self.next_day(day, end - 1)? {
                Some(found) => (count, day) = (count + of_day, found + 1),
                None => break,
            }
        }
        Ok((day * SECONDS_OF_DAY, count))
    }
}
