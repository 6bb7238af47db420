//! A recurrence set: a start, a rule, additions and exclusions, expanded into occurrences.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::budget::Budget;
use crate::calendar::{self, END_OF_TIME, SECONDS_OF_DAY, Wall};
use crate::clock::Clock;
use crate::error::ExpandError;
use crate::exclusions::Exclusions;
use crate::instances::Instances;
use crate::moment::{Addition, Moment};
use crate::rule::Rule;
use crate::stream::{End, RuleStream};

/// A recurrence set of RFC 5545.
///
/// With a rule, the occurrences are what the rule yields from the start on, whether or not the start itself is one of
/// them; without a rule, the start. Additions join them, exclusions are taken out.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// `DTSTART`
    pub start: Moment,
    /// The zone on whose clock date-times are read. Sets of dates have none, this is then used for `UNTIL` in UTC only.
    pub zone: TimeZone,
    /// `RRULE`
    pub rule: Option<Rule>,
    /// `RDATE`
    pub additions: Vec<Addition>,
    /// `EXDATE`. A date takes out every occurrence of that day.
    pub exclusions: Vec<Moment>,
}

/// One occurrence of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Its start on the clock of the set, which names it (`RECURRENCE-ID`).
    pub id: Moment,
    /// Its start; for dates midnight UTC of the day.
    pub start: Timestamp,
    /// Its end, only for a period that was added.
    pub end: Option<Timestamp>,
}

/// How much work one question may cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps of work, each a handful of machine operations.
    pub steps: u64,
    /// Most occurrences that are answered at once.
    pub occurrences: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { steps: 300_000, occurrences: 10_000 }
    }
}

/// Where a set ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// It does not.
    Endless,
    /// With this occurrence.
    At(Occurrence),
    /// It has no occurrence at all.
    Empty,
}

impl Set {
    /// What a rule yields from a start on, without any additions or exclusions.
    #[must_use]
    pub fn of_rule(start: Moment, zone: TimeZone, rule: Option<Rule>) -> Set {
        Set { start, zone, rule, additions: Vec::new(), exclusions: Vec::new() }
    }

    /// The set without its additions and exclusions.
    #[must_use]
    pub fn rule_alone(&self) -> Set {
        Set::of_rule(self.start, self.zone.clone(), self.rule.clone())
    }

    /// The occurrences that start in `from..to`, in order of time and each once; `None` leaves that side open. The first
    /// `limit` of them are answered: ask for one more than wanted to learn whether there are more.
    pub fn between(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<Occurrence>, ExpandError> {
        self.between_within(from, to, limit, &Limits::default())
    }

    /// As [`Set::between`], with other limits.
    pub fn between_within(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        limit: usize,
        limits: &Limits,
    ) -> Result<Vec<Occurrence>, ExpandError> {
        let budget = Budget::new(limits.steps);
        let mut found = Vec::new();
        let (from, to) = (from.map_or(i64::MIN, second_from), to.map_or(END_OF_TIME, second_from));
        if limit == 0 || from >= to {
            return Ok(found);
        }
        self.expand(from, to, &budget, &mut |occurrence| {
            if found.len() >= limits.occurrences {
                return Err(ExpandError::TooManyOccurrences);
            }
            found.push(occurrence);
            Ok(found.len() < limit)
        })?;
        Ok(found)
    }

    /// Whether an occurrence has this name.
    pub fn contains(&self, id: Moment) -> Result<bool, ExpandError> {
        if id.is_date() != self.start.is_date() {
            return Ok(false);
        }
        let Some(resolved) = self.clock().resolve(id.wall()) else { return Ok(false) };
        let budget = Budget::new(Limits::default().steps);
        let mut is_there = false;
        self.expand(resolved.instant, resolved.instant + 1, &budget, &mut |occurrence| {
            is_there = occurrence.id.wall() == id.wall();
            Ok(true)
        })?;
        Ok(is_there)
    }

    /// The last occurrence.
    pub fn last(&self) -> Result<Last, ExpandError> {
        let budget = Budget::new(Limits::default().steps);
        let clock = self.clock();
        let exclusions = Exclusions::new(self, &clock, i64::MIN, END_OF_TIME, &budget)?;
        let mut last: Option<Occurrence> = None;
        for addition in self.sorted_additions(&clock, i64::MIN, END_OF_TIME, &budget)? {
            if !exclusions.contain(addition.id.wall(), addition.start.as_second()) {
                last = Some(addition);
            }
        }
        if let Some(rule) = &self.rule {
            let mut instances = Instances::new(rule, self.start.wall(), self.start.is_date(), &budget)?;
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
        // Found on the wall; where the clocks skip a time, what stands before it there may come after it.
        let instant = last.start.as_second();
        self.expand(instant, instant + 2 * SECONDS_OF_DAY, &budget, &mut |occurrence| {
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

    /// How many instances of the rule lie before a moment, whether excluded or not: what `COUNT` has used up there.
    pub fn count_before(&self, id: Moment) -> Result<u64, ExpandError> {
        let budget = Budget::new(Limits::default().steps);
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

    /// Tells every occurrence whose start lies in `from..to` in order, until told to stop.
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
                    // An addition at the same instant is the same occurrence; it may say where that ends.
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

    /// The additions, and the start where there is no rule, in order and each once.
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
        // Of several at one instant the one with an end comes first and stays.
        list.sort_by_key(|occurrence| (occurrence.start, occurrence.end.is_none(), occurrence.end));
        list.dedup_by_key(|occurrence| occurrence.start);
        Ok(list)
    }

    /// A moment of the lists as an instant of the set, if that lies in `from..to`.
    fn resolve(&self, clock: &Clock<'_>, moment: Moment, from: i64, to: i64) -> Option<(Wall, i64)> {
        let wall = if self.start.is_date() { Moment::Date(moment.date()).wall() } else { moment.wall() };
        // Most of a long list is far from the window; no offset is greater than a day and two hours.
        let margin = 2 * SECONDS_OF_DAY;
        if wall < from.saturating_sub(margin) || wall > to.saturating_add(margin) {
            return None;
        }
        let instant = clock.resolve(wall)?.instant;
        (from <= instant && instant < to).then_some((wall, instant))
    }
}

/// The first whole second at or after an instant.
fn second_from(instant: Timestamp) -> i64 {
    instant.as_second() + i64::from(instant.subsec_nanosecond() > 0)
}
