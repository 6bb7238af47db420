//! Recurrence set and its expansion into occurrences.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::budget::{Allowance, Budget, STEPS_OF_A_QUERY};
use crate::calendar::{self, END_OF_TIME, SECONDS_OF_DAY, Wall};
use crate::clock::Clock;
use crate::error::ExpandError;
use crate::exclusions::Exclusions;
use crate::instances::Instances;
use crate::moment::{Addition, Moment};
use crate::rule::Rule;
use crate::stream::{End, RuleStream};

/// Recurrence set: rule, additional dates and exceptions (RFC 5545, 3.8.5).
///
/// With a rule, the occurrences are those of the rule from the start on, whether or not the start is one of them.
/// Without a rule, the start is the occurrence. Additions are joined to them, exclusions are removed.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// `DTSTART`
    pub start: Moment,
    /// Zone of the local date-times. Sets of dates are floating and use it only for `UNTIL` in UTC.
    pub zone: TimeZone,
    /// `RRULE`
    pub rule: Option<Rule>,
    /// `RDATE`
    pub additions: Vec<Addition>,
    /// `EXDATE`. A date excludes every occurrence of that day.
    pub exclusions: Vec<Moment>,
}

/// Occurrence of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Local start, which identifies the occurrence (`RECURRENCE-ID`).
    pub id: Moment,
    /// Start as an instant; for dates, midnight UTC of the day.
    pub start: Timestamp,
    /// End, only for an added period.
    pub end: Option<Timestamp>,
}

/// Limits of one query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Step budget. A step is a handful of machine operations.
    pub steps: u64,
    /// Maximum number of occurrences in a result.
    pub occurrences: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { steps: STEPS_OF_A_QUERY, occurrences: 10_000 }
    }
}

/// End of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// Endless set.
    Endless,
    /// Last occurrence.
    At(Occurrence),
    /// Set without occurrences.
    Empty,
}

impl Set {
    /// Returns a set with a rule, without additions or exclusions.
    #[must_use]
    pub fn of_rule(start: Moment, zone: TimeZone, rule: Option<Rule>) -> Set {
        Set { start, zone, rule, additions: Vec::new(), exclusions: Vec::new() }
    }

    /// Returns the set without its additions and exclusions.
    #[must_use]
    pub fn rule_alone(&self) -> Set {
        Set::of_rule(self.start, self.zone.clone(), self.rule.clone())
    }

    /// Returns the occurrences that start in `from..to`, sorted by time and each once.
    ///
    /// `None` leaves a side unbounded. The result has at most `limit` occurrences: to detect more, request one more
    /// than needed.
    pub fn between(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<Occurrence>, ExpandError> {
        self.between_within(from, to, limit, &Limits::default())
    }

    /// Returns the same as [`Set::between`], with other limits.
    pub fn between_within(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        limit: usize,
        limits: &Limits,
    ) -> Result<Vec<Occurrence>, ExpandError> {
        self.list(from, to, limit, limits.occurrences, &Budget::new(limits.steps))
    }

    /// Returns the same as [`Set::between`], from an allowance.
    pub fn between_from(
        &self,
        allowance: &Allowance,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<Occurrence>, ExpandError> {
        allowance.query(|budget| self.list(from, to, limit, Limits::default().occurrences, budget))
    }

    fn list(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        limit: usize,
        most: usize,
        budget: &Budget,
    ) -> Result<Vec<Occurrence>, ExpandError> {
        let mut found = Vec::new();
        let (from, to) = (from.map_or(i64::MIN, second_from), to.map_or(END_OF_TIME, second_from));
        if limit == 0 || from >= to {
            return Ok(found);
        }
        self.expand(from, to, budget, &mut |occurrence| {
            if found.len() >= most {
                return Err(ExpandError::TooManyOccurrences);
            }
            found.push(occurrence);
            Ok(found.len() < limit)
        })?;
        Ok(found)
    }

    /// Returns true if the set has an occurrence with this recurrence id.
    pub fn contains(&self, id: Moment) -> Result<bool, ExpandError> {
        self.contains_from(&Allowance::default(), id)
    }

    /// Returns the same as [`Set::contains`], from an allowance.
    pub fn contains_from(&self, allowance: &Allowance, id: Moment) -> Result<bool, ExpandError> {
        if id.is_date() != self.start.is_date() {
            return Ok(false);
        }
        let Some(resolved) = self.clock().resolve(id.wall()) else { return Ok(false) };
        let mut is_there = false;
        allowance.query(|budget| {
            self.expand(resolved.instant, resolved.instant + 1, budget, &mut |occurrence| {
                is_there = occurrence.id.wall() == id.wall();
                Ok(true)
            })
        })?;
        Ok(is_there)
    }

    /// Returns the last occurrence.
    pub fn last(&self) -> Result<Last, ExpandError> {
        self.last_from(&Allowance::default())
    }

    /// Returns the same as [`Set::last`], from an allowance.
    pub fn last_from(&self, allowance: &Allowance) -> Result<Last, ExpandError> {
        allowance.query(|budget| self.find_last(budget))
    }

    fn find_last(&self, budget: &Budget) -> Result<Last, ExpandError> {
        let clock = self.clock();
        let exclusions = Exclusions::new(self, &clock, i64::MIN, END_OF_TIME, budget)?;
        let mut last: Option<Occurrence> = None;
        for addition in self.sorted_additions(&clock, i64::MIN, END_OF_TIME, budget)? {
            if !exclusions.contain(addition.id.wall(), addition.start.as_second()) {
                last = Some(addition);
            }
        }
        if let Some(rule) = &self.rule {
            let mut instances = Instances::new(rule, self.start.wall(), self.start.is_date(), budget)?;
            if rule.is_endless() {
                if instances.next(self.start.wall(), END_OF_TIME)?.is_some() {
                    return Ok(Last::Endless);
                }
            } else if let Some(of_rule) = self.last_of_rule(rule, &mut instances, &clock, &exclusions)?
                && last.is_none_or(|last| last.start <= of_rule.start)
            {
                last = Some(of_rule);
            }
        }
        let Some(mut last) = last else { return Ok(Last::Empty) };
        // The search uses local time. Near a gap, an earlier local time may be a later instant.
        let instant = last.start.as_second();
        self.expand(instant, instant + 2 * SECONDS_OF_DAY, budget, &mut |occurrence| {
            last = occurrence;
            Ok(true)
        })?;
        Ok(Last::At(last))
    }

    fn last_of_rule(
        &self,
        rule: &Rule,
        instances: &mut Instances<'_>,
        clock: &Clock<'_>,
        exclusions: &Exclusions,
    ) -> Result<Option<Occurrence>, ExpandError> {
        let end = End::of(self, rule, clock);
        let mut end_wall = end.wall;
        if let Some(count) = rule.count()
            && let Some(last) = instances.nth(u64::from(count))?
        {
            end_wall = last;
        }
        while let Some(wall) = instances.last(end_wall)? {
            let resolved = clock.resolve(wall).filter(|resolved| resolved.instant <= end.instant);
            if let Some(resolved) = resolved
                && !exclusions.contain(wall, resolved.instant)
            {
                return Ok(self.occurrence(wall, resolved.instant, None));
            }
            let whole_day = exclusions.contain_day(wall);
            end_wall = if whole_day { wall - wall.rem_euclid(SECONDS_OF_DAY) - 1 } else { wall - 1 };
        }
        Ok(None)
    }

    /// Returns the number of instances of the rule before a moment, including excluded ones: the part of `COUNT` that
    /// they use up.
    pub fn count_before(&self, id: Moment) -> Result<u64, ExpandError> {
        let budget = Budget::new(STEPS_OF_A_QUERY);
        let Some(rule) = &self.rule else {
            return Ok(u64::from(self.start.wall() < id.wall()));
        };
        let mut instances = Instances::new(rule, self.start.wall(), self.start.is_date(), &budget)?;
        let end = End::of(self, rule, &self.clock());
        let most = rule.count().map_or(u64::MAX, u64::from);
        let mut before = |wall: Wall| instances.count_before(wall.min(end.wall + 1).min(id.wall()), most);
        let count = before(end.wall + 1)?;
        match end.overtaken {
            Some((from, to)) => Ok(count - (before(to)? - before(from)?)),
            None => Ok(count),
        }
    }

    fn clock(&self) -> Clock<'_> {
        Clock::new(&self.zone, self.start.is_date())
    }

    fn occurrence(&self, wall: Wall, instant: i64, end: Option<Timestamp>) -> Option<Occurrence> {
        let local = calendar::civil_of(wall)?;
        let id = if self.start.is_date() { Moment::Date(local.date()) } else { Moment::DateTime(local) };
        Some(Occurrence { id, start: Timestamp::from_second(instant).ok()?, end })
    }

    /// Calls a function with every occurrence that starts in `from..to`, in order, until it returns false.
    fn expand(
        &self,
        from: i64,
        to: i64,
        budget: &Budget,
        tell: &mut dyn FnMut(Occurrence) -> Result<bool, ExpandError>,
    ) -> Result<(), ExpandError> {
        let clock = self.clock();
        let additions = self.sorted_additions(&clock, from, to, budget)?;
        let mut additions = additions.into_iter().peekable();
        let exclusions = Exclusions::new(self, &clock, from, to, budget)?;
        let mut stream = RuleStream::new(self, &clock, from, to, budget)?;
        let mut of_rule = stream.next()?;
        loop {
            let next_addition = additions.peek().map(|addition| addition.start.as_second());
            let next = match (of_rule, next_addition) {
                (None, None) => return Ok(()),
                (Some((wall, instant)), addition) if addition.is_none_or(|addition| instant <= addition) => {
                    of_rule = stream.next()?;
                    // An addition at the same instant is the same occurrence, and may supply its end.
                    let mut end = None;
                    while let Some(same) = additions.next_if(|other| other.start.as_second() == instant) {
                        end = end.or(same.end);
                    }
                    self.occurrence(wall, instant, end)
                }
                _ => additions.next(),
            };
            let Some(next) = next else { continue };
            budget.spend(1)?;
            if !exclusions.contain(next.id.wall(), next.start.as_second()) && !tell(next)? {
                return Ok(());
            }
        }
    }

    /// Returns the additions, and the start if there is no rule, sorted and each once.
    fn sorted_additions(
        &self,
        clock: &Clock<'_>,
        from: i64,
        to: i64,
        budget: &Budget,
    ) -> Result<Vec<Occurrence>, ExpandError> {
        let start = self.rule.is_none().then(|| Addition::from(self.start));
        let mut list = Vec::new();
        for addition in start.iter().chain(&self.additions) {
            budget.spend(1)?;
            let Some((wall, instant)) = self.resolve(clock, addition.start, from, to) else { continue };
            let end = match addition.end {
                Some(end) if !self.start.is_date() => clock.resolve(end.wall()),
                _ => None,
            };
            let end = end.and_then(|end| Timestamp::from_second(end.instant).ok());
            list.extend(self.occurrence(wall, instant, end));
        }
        // Of several additions at one instant, the one with an end is first and stays.
        list.sort_by_key(|occurrence| (occurrence.start, occurrence.end.is_none(), occurrence.end));
        list.dedup_by_key(|occurrence| occurrence.start);
        Ok(list)
    }

    /// Returns a moment of the lists as an instant of the set, if it is in `from..to`.
    fn resolve(&self, clock: &Clock<'_>, moment: Moment, from: i64, to: i64) -> Option<(Wall, i64)> {
        let wall = if self.start.is_date() { Moment::Date(moment.date()).wall() } else { moment.wall() };
        // Most of a long list is far from the window. No offset is greater than a day and two hours.
        let margin = 2 * SECONDS_OF_DAY;
        if wall < from.saturating_sub(margin) || wall > to.saturating_add(margin) {
            return None;
        }
        let instant = clock.resolve(wall)?.instant;
        (from <= instant && instant < to).then_some((wall, instant))
    }
}

/// Returns the first whole second at or after an instant.
fn second_from(instant: Timestamp) -> i64 {
    instant.as_second() + i64::from(instant.subsec_nanosecond() > 0)
}
