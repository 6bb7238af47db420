//! Due dates of generated tasks: at generation, and again when the origin moves.

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::holidays::WorkingDays;
use obcms_domain::kinds::{task, task_template};
use obcms_domain::registry::Record;
use obcms_domain::tasks::templates::{Anchor, DueRule, due_date};
use obcms_store::Tx;
use serde_json::Value as Json;

use crate::core::AppError;
use crate::holidays::working_days;

/// Days around the furthest offsets whose holidays are read.
const MARGIN: i64 = 70;

/// Anchors of an origin with the working days around them.
pub struct DueDates {
    start: Date,
    end: Date,
    office: WorkingDays,
}

impl DueDates {
    /// Reads the working days around both anchors, `furthest` days in each direction.
    pub fn around(tx: &mut Tx<'_>, start: Date, end: Date, furthest: i64) -> Result<Self, AppError> {
        let reach = (furthest + MARGIN).days();
        let first = start.min(end).saturating_sub(reach);
        let last = start.max(end).saturating_add(reach);
        Ok(Self { start, end, office: working_days(tx, first, last)? })
    }

    /// Returns the due date of an item.
    #[must_use]
    pub fn due(&self, anchor: Anchor, offset: i64, rule: DueRule) -> Date {
        due_date(self.day(anchor), anchor, offset, rule, &self.office)
    }

    /// Returns the day of an anchor.
    #[must_use]
    pub fn day(&self, anchor: Anchor) -> Date {
        if anchor == Anchor::End { self.end } else { self.start }
    }

    /// Returns the due date of a generated task by the rule it was generated with, or nothing for one that does not
    /// move with its origin.
    #[must_use]
    pub fn due_of(&self, task: &Record) -> Option<Date> {
        let anchor = Anchor::parse(task::GENERATED_ANCHOR.get(task)).unwrap_or(Anchor::Start);
        let rule = DueRule::parse(task::GENERATED_RULE.get(task)).unwrap_or_default();
        task::GENERATED_OFFSET.get(task).map(|offset| self.due(anchor, offset, rule))
    }
}

/// Returns the largest distance of the items from their anchors, in days.
#[must_use]
pub fn furthest(items: &[Json]) -> i64 {
    let offsets = items.iter().filter_map(|item| item.get("offset_days").and_then(Json::as_i64));
    offsets.map(|days| days.saturating_abs().min(3650)).max().unwrap_or(0)
}

/// Returns the largest distance of generated tasks from their anchors, in days.
#[must_use]
pub fn furthest_of(tasks: &[Record]) -> i64 {
    let offsets = tasks.iter().filter_map(|task| task::GENERATED_OFFSET.get(task));
    offsets.map(i64::saturating_abs).max().unwrap_or(0)
}

/// Returns the rule for weekends and holidays of an item: its own one, or that of the template.
#[must_use]
pub fn rule_of(template: &Record, item: &Json) -> DueRule {
    let own = item.get("due_rule").and_then(Json::as_str).and_then(DueRule::parse);
    own.or_else(|| DueRule::parse(task_template::DUE_RULE.get(template))).unwrap_or_default()
}
