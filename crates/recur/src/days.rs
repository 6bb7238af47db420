//! Allowed days of a rule, as one bit per day of a year.
//!
//! Years fall into 28 types, by the weekday on which they start and by whether the year, the one before or the one
//! after is a leap year. Years of one type have the same days, so that each type is calculated at most once.

use crate::budget::Budget;
use crate::calendar::{self, Day, is_leap, month_starts, week_year_start, weekday_of, year_of, year_start};
use crate::error::ExpandError;
use crate::rule::{Frequency, Rule};

/// Bit set with one bit for each day of a year, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mask([u64; 6]);

impl Mask {
    const NONE: Mask = Mask([0; 6]);

    fn set(&mut self, day: i64) {
        self.0[(day >> 6) as usize] |= 1 << (day & 63);
    }

    /// Sets the days in `from..to`.
    fn set_range(&mut self, from: i64, to: i64) {
        for (index, word) in self.0.iter_mut().enumerate() {
            *word |= part_of_word(index, from, to);
        }
    }

    fn and(&mut self, other: &Mask) {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word &= other;
        }
    }

    /// Returns the first day at or after a day.
    fn next(&self, day: i64) -> Option<i64> {
        let mut index = (day >> 6) as usize;
        let mut word = self.0.get(index)? & (u64::MAX << (day & 63));
        while word == 0 {
            index += 1;
            word = *self.0.get(index)?;
        }
        Some(((index as i64) << 6) + i64::from(word.trailing_zeros()))
    }

    /// Returns the number of days in `from..to`.
    fn count(&self, from: i64, to: i64) -> u64 {
        self.words(from, to).map(|(_, word)| u64::from(word.count_ones())).sum()
    }

    /// Calls a function with each day in `from..to`.
    fn list(&self, from: i64, to: i64, mut call: impl FnMut(i64)) {
        for (start, mut word) in self.words(from, to) {
            while word != 0 {
                call(start + i64::from(word.trailing_zeros()));
                word &= word - 1;
            }
        }
    }

    /// Returns the words restricted to `from..to`, each with its first day.
    fn words(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, u64)> {
        self.0.iter().enumerate().filter_map(move |(index, word)| {
            let part = part_of_word(index, from, to);
            (part != 0).then_some(((index as i64) << 6, word & part))
        })
    }
}

/// Returns the bits of the word at an index for days in `from..to`.
fn part_of_word(index: usize, from: i64, to: i64) -> u64 {
    let start = (index as i64) << 6;
    let (low, high) = ((from - start).clamp(0, 64), (to - start).clamp(0, 64));
    if low < high { (u64::MAX >> (64 - (high - low))) << low } else { 0 }
}

/// Rule parts that select days, with the selected days of each type of year.
pub(crate) struct Days {
    months: u16,
    month_days: u32,
    month_days_from_end: u32,
    year_days: Vec<i16>,
    weeks: u64,
    weeks_from_end: u64,
    weekdays: u8,
    ordinals: Vec<(u8, i64)>,
    /// True if ordinals count in the month rather than in the year.
    ordinals_in_month: bool,
    week_start: u8,
    is_everything: bool,
    /// Cached masks, by the number of their type of year. Most windows lie in one year.
    known: Vec<(usize, Mask)>,
    is_nothing: bool,
    /// Year of the last query.
    current: Year,
}

#[derive(Clone, Copy)]
struct Year {
    start: Day,
    end: Day,
    mask: Mask,
}

impl Days {
    /// Returns the days of a rule. The start supplies what the rule leaves out.
    pub(crate) fn new(rule: &Rule, start: Day) -> Days {
        let mut days = Days {
            months: 0,
            month_days: 0,
            month_days_from_end: 0,
            year_days: rule.by_year_day().to_vec(),
            weeks: 0,
            weeks_from_end: 0,
            weekdays: 0,
            ordinals: Vec::new(),
            ordinals_in_month: rule.frequency() == Frequency::Monthly || !rule.by_month().is_empty(),
            week_start: calendar::weekday_number(rule.week_start()),
            is_everything: false,
            known: Vec::new(),
            is_nothing: false,
            current: Year { start: 0, end: 0, mask: Mask::NONE },
        };
        for month in rule.by_month() {
            days.months |= 1 << month;
        }
        for day in rule.by_month_day() {
            let target = if *day > 0 { &mut days.month_days } else { &mut days.month_days_from_end };
            *target |= 1 << day.unsigned_abs();
        }
        for week in rule.by_week() {
            let target = if *week > 0 { &mut days.weeks } else { &mut days.weeks_from_end };
            *target |= 1 << week.unsigned_abs();
        }
        for day in rule.by_day() {
            let weekday = calendar::weekday_number(day.weekday);
            match day.ordinal {
                None => days.weekdays |= 1 << weekday,
                Some(ordinal) => days.ordinals.push((weekday, i64::from(ordinal))),
            }
        }
        days.take_from_start(rule, start);
        // A step of whole weeks stays on the weekday of the start.
        if rule.frequency() == Frequency::Daily
            && rule.interval().is_multiple_of(7)
            && days.ordinals.is_empty()
        {
            let only = 1 << weekday_of(start);
            days.weekdays = if days.weekdays == 0 { only } else { days.weekdays & only };
            days.is_nothing = days.weekdays == 0;
        } else {
            days.is_everything = days.is_weekly() && days.weekdays == 0;
        }
        days
    }

    /// Takes from the start what a rule needs and leaves out (RFC 5545, 3.3.10).
    ///
    /// A day of the year and a weekday need nothing else. A week needs a weekday. A day of the month needs a month in
    /// a yearly rule.
    fn take_from_start(&mut self, rule: &Rule, start: Day) {
        let frequency = rule.frequency();
        let (has_weeks, has_months) = (!rule.by_week().is_empty(), !rule.by_month().is_empty());
        if frequency < Frequency::Weekly || !rule.by_year_day().is_empty() {
            return;
        }
        let month = calendar::month_of(start);
        let own_month = 1 << (month.rem_euclid(12) + 1);
        if !rule.by_month_day().is_empty() {
            if frequency == Frequency::Yearly && !has_months && !has_weeks {
                self.months = own_month;
            }
            return;
        }
        if !rule.by_day().is_empty() {
            return;
        }
        if has_weeks || frequency == Frequency::Weekly {
            self.weekdays = 1 << weekday_of(start);
            return;
        }
        if frequency == Frequency::Yearly && !has_months {
            self.months = own_month;
        }
        self.month_days = 1 << (start - calendar::month_start(month) + 1);
    }

    /// Returns true if every day is allowed.
    pub(crate) fn is_everything(&self) -> bool {
        self.is_everything
    }

    /// Returns true if the days depend on the weekday only.
    pub(crate) fn is_weekly(&self) -> bool {
        self.months == 0
            && self.month_days == 0
            && self.month_days_from_end == 0
            && self.year_days.is_empty()
            && self.weeks == 0
            && self.weeks_from_end == 0
            && self.ordinals.is_empty()
    }

    /// Returns an upper bound of the allowed days in a period of so many days.
    pub(crate) fn most_of(&self, period: u32) -> u32 {
        let is_week = period == 7 && self.weekdays != 0;
        if is_week { self.weekdays.count_ones() } else { period }
    }

    /// Returns the first allowed day in `day..=last`.
    pub(crate) fn next(&mut self, day: Day, last: Day, budget: &Budget) -> Result<Option<Day>, ExpandError> {
        if self.is_everything {
            return Ok((day <= last).then_some(day));
        }
        let mut day = day;
        while day <= last {
            budget.spend(1)?;
            self.select_year(day, budget)?;
            if let Some(found) = self.current.mask.next(day - self.current.start) {
                let found = self.current.start + found;
                return Ok((found <= last).then_some(found));
            }
            day = self.current.end;
        }
        Ok(None)
    }

    /// Returns the number of allowed days in `from..to`, which must lie in one year.
    pub(crate) fn count(&mut self, from: Day, to: Day, budget: &Budget) -> Result<u64, ExpandError> {
        budget.spend(1)?;
        if self.is_everything {
            return Ok((to - from).max(0) as u64);
        }
        self.select_year(from, budget)?;
        Ok(self.current.mask.count(from - self.current.start, to - self.current.start))
    }

    /// Returns the allowed days in `from..to`.
    pub(crate) fn list(&mut self, from: Day, to: Day, budget: &Budget) -> Result<Vec<Day>, ExpandError> {
        if self.is_everything {
            return Ok((from..to).collect());
        }
        let mut list = Vec::new();
        let mut day = from;
        while day < to {
            self.select_year(day, budget)?;
            let Year { start, end, mask } = self.current;
            mask.list(day - start, to.min(end) - start, |found| list.push(start + found));
            day = end;
        }
        budget.spend(1 + list.len() as u64 / 16)?;
        Ok(list)
    }

    /// Selects the year of a day as the current one.
    fn select_year(&mut self, day: Day, budget: &Budget) -> Result<(), ExpandError> {
        if (self.current.start..self.current.end).contains(&day) {
            return Ok(());
        }
        let year = year_of(day);
        let start = year_start(year);
        let (sort, end) = match (is_leap(year), is_leap(year - 1), is_leap(year + 1)) {
            (true, _, _) => (1, start + 366),
            (_, true, _) => (2, start + 365),
            (_, _, true) => (3, start + 365),
            _ => (0, start + 365),
        };
        let sort = usize::from(weekday_of(start)) * 4 + sort;
        let mask = match self.known.iter().find(|(known, _)| *known == sort) {
            Some((_, mask)) => *mask,
            None => {
                budget.spend(50)?;
                let mask = self.compute_mask(year, start);
                self.known.push((sort, mask));
                mask
            }
        };
        self.current = Year { start, end, mask };
        Ok(())
    }

    fn compute_mask(&self, year: i64, start: Day) -> Mask {
        let starts = month_starts(is_leap(year));
        let length = i64::from(starts[12]);
        let mut mask = Mask::NONE;
        if self.is_nothing {
            return mask;
        }
        self.set_months(starts, &mut mask);
        if !self.year_days.is_empty() {
            let mut named = Mask::NONE;
            for day in &self.year_days {
                let day = i64::from(*day);
                let day = if day > 0 { day - 1 } else { length + day };
                if (0..length).contains(&day) {
                    named.set(day);
                }
            }
            mask.and(&named);
        }
        if self.weekdays != 0 || !self.ordinals.is_empty() {
            let mut named = every_week(self.weekdays, weekday_of(start));
            self.set_ordinals(starts, weekday_of(start), &mut named);
            mask.and(&named);
        }
        if self.weeks != 0 || self.weeks_from_end != 0 {
            let mut named = Mask::NONE;
            for neighbor in year - 1..=year + 1 {
                self.set_weeks(neighbor, start, length, &mut named);
            }
            mask.and(&named);
        }
        mask
    }

    /// Sets the days that both `BYMONTH` and `BYMONTHDAY` allow.
    fn set_months(&self, starts: &[u16; 13], mask: &mut Mask) {
        if self.months == 0 && self.month_days == 0 && self.month_days_from_end == 0 {
            mask.set_range(0, i64::from(starts[12]));
            return;
        }
        for month in 0..12 {
            if self.months != 0 && self.months & (2 << month) == 0 {
                continue;
            }
            let (first, end) = (i64::from(starts[month]), i64::from(starts[month + 1]));
            if self.month_days == 0 && self.month_days_from_end == 0 {
                mask.set_range(first, end);
                continue;
            }
            for day in first..end {
                if self.month_days & (2 << (day - first)) != 0
                    || self.month_days_from_end & (1 << (end - day)) != 0
                {
                    mask.set(day);
                }
            }
        }
    }

    fn set_ordinals(&self, starts: &[u16; 13], first_weekday: u8, mask: &mut Mask) {
        if self.ordinals.is_empty() {
            return;
        }
        let spans: &[u16] = if self.ordinals_in_month { starts } else { &[0, starts[12]] };
        for span in spans.windows(2) {
            let (first, end) = (i64::from(span[0]), i64::from(span[1]));
            for (weekday, ordinal) in &self.ordinals {
                let weekday = i64::from(*weekday);
                let day = if *ordinal > 0 {
                    first + (weekday - first - i64::from(first_weekday)).rem_euclid(7) + (ordinal - 1) * 7
                } else {
                    let last = end - 1;
                    last - (last + i64::from(first_weekday) - weekday).rem_euclid(7) + (ordinal + 1) * 7
                };
                if (first..end).contains(&day) {
                    mask.set(day);
                }
            }
        }
    }

    /// Sets the allowed weeks of a year, as far as they lie in the year that starts at `start`.
    fn set_weeks(&self, of_year: i64, start: Day, length: i64, mask: &mut Mask) {
        let first = week_year_start(of_year, self.week_start);
        let weeks = (week_year_start(of_year + 1, self.week_start) - first) / 7;
        for week in 1..=weeks {
            if self.weeks & (1 << week) != 0 || self.weeks_from_end & (1 << (weeks + 1 - week)) != 0 {
                let from = first + (week - 1) * 7 - start;
                mask.set_range(from.clamp(0, length), (from + 7).clamp(0, length));
            }
        }
    }
}

/// Returns the days of a year on a set of weekdays.
fn every_week(weekdays: u8, first_weekday: u8) -> Mask {
    let mut mask = Mask::NONE;
    for (index, word) in mask.0.iter_mut().enumerate() {
        // Two weeks from Sunday, one of which begins with the first day of the word. The pattern repeats from there.
        let two_weeks = u64::from(weekdays) | u64::from(weekdays) << 7;
        *word = two_weeks >> ((usize::from(first_weekday) + index * 64) % 7) & 0x7f;
        for distance in [7, 14, 28, 56] {
            *word |= *word << distance;
        }
    }
    mask
}
