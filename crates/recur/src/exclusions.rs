//! Exclusions (`EXDATE`) of a set.

use crate::budget::Budget;
use crate::calendar::{self, Day, SECONDS_OF_DAY, Wall};
use crate::clock::Clock;
use crate::error::ExpandError;
use crate::set::Set;

/// Exclusions of a set that matter in a window, prepared for lookup.
pub(crate) struct Exclusions {
    days: Vec<Day>,
    instants: Vec<i64>,
}

impl Exclusions {
    /// Returns the exclusions that can match an occurrence in `from..to`.
    pub(crate) fn new(
        set: &Set,
        clock: &Clock<'_>,
        from: i64,
        to: i64,
        budget: &Budget,
    ) -> Result<Exclusions, ExpandError> {
        budget.spend(set.exclusions.len() as u64 / 16)?;
        // Most of a long list is far from the window. No offset from UTC is larger than this margin.
        let margin = 2 * SECONDS_OF_DAY;
        let near = from.saturating_sub(margin)..to.saturating_add(margin);
        let mut exclusions = Exclusions { days: Vec::new(), instants: Vec::new() };
        for exclusion in set.exclusions.iter().filter(|exclusion| near.contains(&exclusion.wall())) {
            if exclusion.is_date() || set.start.is_date() {
                exclusions.days.push(calendar::day_of(exclusion.date()));
            } else {
                budget.spend(1)?;
                exclusions.instants.extend(clock.resolve(exclusion.wall()).map(|resolved| resolved.instant));
            }
        }
        exclusions.days.sort_unstable();
        exclusions.instants.sort_unstable();
        Ok(exclusions)
    }

    /// Returns true if an occurrence is excluded, by its day or by its start. Starts are compared as instants, because
    /// two local times may be the same instant.
    pub(crate) fn contain(&self, wall: Wall, instant: i64) -> bool {
        self.contain_day(wall) || self.instants.binary_search(&instant).is_ok()
    }

    /// Returns true if the whole day of an occurrence is excluded.
    pub(crate) fn contain_day(&self, wall: Wall) -> bool {
        self.days.binary_search(&wall.div_euclid(SECONDS_OF_DAY)).is_ok()
    }
}
