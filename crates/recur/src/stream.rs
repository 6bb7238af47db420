//! Instances of the rule of a set in order of time, up to the end of the rule.

use std::collections::VecDeque;

use crate::budget::Budget;
use crate::calendar::{self, END_OF_TIME, SECONDS_OF_DAY, Wall};
use crate::clock::{Clock, Resolved};
use crate::error::ExpandError;
use crate::instances::Instances;
use crate::rule::{Rule, Until};
use crate::set::Set;

/// End of a rule, inclusive.
pub(crate) struct End {
    pub(crate) wall: Wall,
    pub(crate) instant: i64,
    /// Local times before the end that resolve to instants after it.
    pub(crate) overtaken: Option<(Wall, Wall)>,
}

impl End {
    /// Returns the end given by `UNTIL`, as a local time and as an instant, both inclusive.
    pub(crate) fn of(set: &Set, rule: &Rule, clock: &Clock<'_>) -> End {
        let open = End { wall: END_OF_TIME, instant: END_OF_TIME, overtaken: None };
        let day_end = |date| (calendar::day_of(date) + 1) * SECONDS_OF_DAY - 1;
        match rule.until() {
            None => open,
            Some(Until::Date(date)) => End { wall: day_end(date), ..open },
            Some(Until::Local(moment)) => End { wall: calendar::wall_of(moment), ..open },
            Some(Until::Utc(instant)) if set.start.is_date() => {
                // Midnight of the day in the zone is not after the end.
                End { wall: calendar::wall_of(set.zone.to_datetime(instant)), ..open }
            }
            Some(Until::Utc(instant)) => {
                let instant = instant.as_second();
                End { wall: clock.latest(instant + 1) - 1, instant, overtaken: clock.overtaken(instant) }
            }
        }
    }
}

/// Instances of the rule of a set within a window: local times with their instants, sorted by instant.
///
/// Local times and instants have the same order except in a gap, where a skipped local time is an instant after the
/// gap. The stream holds such times back until the others have caught up.
pub(crate) struct RuleStream<'a> {
    instances: Option<Instances<'a>>,
    clock: &'a Clock<'a>,
    budget: &'a Budget,
    next_wall: Wall,
    last_wall: Wall,
    from: i64,
    to: i64,
    /// Number of instances that `COUNT` still allows.
    left: u64,
    waiting: VecDeque<(Wall, i64)>,
    /// Instance that was read ahead and follows the ones held back.
    read: Option<(Wall, i64)>,
}

impl<'a> RuleStream<'a> {
    pub(crate) fn new(
        set: &'a Set,
        clock: &'a Clock<'a>,
        from: i64,
        to: i64,
        budget: &'a Budget,
    ) -> Result<RuleStream<'a>, ExpandError> {
        let start = set.start.wall();
        let mut stream = RuleStream {
            instances: None,
            clock,
            budget,
            next_wall: start,
            last_wall: END_OF_TIME,
            from,
            to,
            left: u64::MAX,
            waiting: VecDeque::new(),
            read: None,
        };
        let Some(rule) = &set.rule else { return Ok(stream) };
        let mut instances = Instances::new(rule, start, set.start.is_date(), budget)?;
        let end = End::of(set, rule, clock);
        stream.last_wall = if to >= END_OF_TIME { end.wall } else { end.wall.min(clock.latest(to) - 1) };
        stream.to = to.min(end.instant.saturating_add(1));
        if from > i64::MIN {
            stream.next_wall = clock.earliest(from).max(start);
        }
        if stream.next_wall > stream.last_wall {
            return Ok(stream);
        }
        if let Some(count) = rule.count().map(u64::from) {
            let used =
                if stream.next_wall > start { instances.count_before(stream.next_wall, count)? } else { 0 };
            stream.left = count - used;
        }
        stream.instances = Some(instances);
        Ok(stream)
    }

    pub(crate) fn next(&mut self) -> Result<Option<(Wall, i64)>, ExpandError> {
        loop {
            let Some(read) = self.read.take() else {
                match self.read()? {
                    None => return Ok(self.waiting.pop_front()),
                    Some((wall, Resolved { instant, in_gap: true })) => {
                        self.waiting.push_back((wall, instant));
                    }
                    Some((wall, resolved)) => self.read = Some((wall, resolved.instant)),
                }
                continue;
            };
            match self.waiting.front() {
                Some((_, instant)) if *instant < read.1 => {
                    self.read = Some(read);
                    return Ok(self.waiting.pop_front());
                }
                // The same instant twice: the local time outside the gap is its id.
                Some((_, instant)) if *instant == read.1 => {
                    self.waiting.pop_front();
                    return Ok(Some(read));
                }
                _ => return Ok(Some(read)),
            }
        }
    }

    /// Returns the next instance in the window, in order of local time.
    fn read(&mut self) -> Result<Option<(Wall, Resolved)>, ExpandError> {
        let Some(instances) = &mut self.instances else { return Ok(None) };
        while self.left > 0 {
            let Some(wall) = instances.next(self.next_wall, self.last_wall)? else { break };
            self.next_wall = wall + 1;
            self.left -= 1;
            self.budget.spend(1)?;
            let Some(resolved) = self.clock.resolve(wall) else { break };
            if (self.from..self.to).contains(&resolved.instant) {
                return Ok(Some((wall, resolved)));
            }
        }
        self.left = 0;
        Ok(None)
    }
}
