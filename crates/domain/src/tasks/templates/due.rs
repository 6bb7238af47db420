//! Due dates of generated tasks on working days.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Anchor;
use crate::holidays::WorkingDays;

/// Days without a working day after which a date stays as it is.
const SEARCHED: i64 = 60;

/// Rule for a due date on a weekend or holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DueRule {
    /// Preparation moves earlier, follow-up later. A task of the first day itself moves later, one of the last earlier.
    #[default]
    Away,
    /// Last working day before the date.
    Before,
    /// First working day after the date.
    After,
    /// The date itself.
    Exact,
}

impl DueRule {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::Away, Self::Before, Self::After, Self::Exact];

    /// Returns the stored value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Before => "before",
            Self::After => "after",
            Self::Exact => "exact",
        }
    }

    /// Returns the rule stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }
}

/// Returns the due date of an item: the offset from the anchor, moved to a working day by the rule.
///
/// A move never takes a task to the other side of its anchor: where the rule would, the date moves the other way.
#[must_use]
pub fn due_date(day: Date, anchor: Anchor, offset: i64, rule: DueRule, office: &WorkingDays) -> Date {
    let exact = day.saturating_add(offset.days());
    if rule == DueRule::Exact || office.is_working(exact) {
        return exact;
    }
    let is_earlier = match (rule, offset) {
        (DueRule::Before, _) => true,
        (DueRule::After, _) => false,
        (_, 0) => anchor == Anchor::End,
        (_, offset) => offset < 0,
    };
    let crosses = |moved: Date| (moved < day && exact > day) || (moved > day && exact < day);
    let moved = nearest(exact, is_earlier, office);
    match moved {
        Some(moved) if crosses(moved) => nearest(exact, !is_earlier, office).unwrap_or(exact),
        Some(moved) => moved,
        None => exact,
    }
}

/// Returns the last working day before the date, or the first one after it.
fn nearest(date: Date, is_earlier: bool, office: &WorkingDays) -> Option<Date> {
    (1..=SEARCHED)
        .filter_map(|days| {
            let step = days.days();
            if is_earlier { date.checked_sub(step) } else { date.checked_add(step) }.ok()
        })
        .find(|date| office.is_working(*date))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// 8 February 2027 is a Monday, and a holiday here.
    fn office() -> WorkingDays {
        WorkingDays::without([date(2027, 2, 8)])
    }

    fn due(day: Date, anchor: Anchor, offset: i64, rule: DueRule) -> Date {
        due_date(day, anchor, offset, rule, &office())
    }

    #[test]
    fn working_days_stay() {
        for rule in DueRule::ALL {
            assert_eq!(due(date(2027, 2, 10), Anchor::Start, -1, rule), date(2027, 2, 9));
        }
    }

    #[test]
    fn preparation_moves_earlier_and_follow_up_later() {
        let thursday = date(2027, 2, 11);
        // Monday is a holiday: the Friday before.
        assert_eq!(due(thursday, Anchor::Start, -3, DueRule::Away), date(2027, 2, 5));
        // Friday with three days: Monday is a holiday, so Tuesday.
        assert_eq!(due(date(2027, 2, 5), Anchor::End, 3, DueRule::Away), date(2027, 2, 9));
        assert_eq!(due(date(2027, 2, 5), Anchor::End, 2, DueRule::Away), date(2027, 2, 9));
    }

    #[test]
    fn a_task_of_the_first_day_moves_later_and_one_of_the_last_earlier() {
        let saturday = date(2027, 2, 6);
        assert_eq!(due(saturday, Anchor::Start, 0, DueRule::Away), date(2027, 2, 9));
        assert_eq!(due(saturday, Anchor::End, 0, DueRule::Away), date(2027, 2, 5));
        assert_eq!(due(saturday, Anchor::End, 0, DueRule::Exact), saturday);
    }

    #[test]
    fn before_and_after_do_not_cross_the_anchor() {
        let saturday = date(2027, 2, 6);
        // Sunday after the event would move to the Friday before it.
        assert_eq!(due(saturday, Anchor::End, 1, DueRule::Before), date(2027, 2, 9));
        // Saturday before an event on Sunday would move to the Tuesday after it.
        assert_eq!(due(date(2027, 2, 7), Anchor::Start, -1, DueRule::After), date(2027, 2, 5));
    }

    #[test]
    fn order_of_the_offsets_is_kept() {
        for rule in DueRule::ALL {
            for first in 0..20_i64 {
                let day = date(2027, 1, 29).saturating_add(first.days());
                for anchor in Anchor::ALL {
                    let dates: Vec<Date> = (-20..=20).map(|offset| due(day, anchor, offset, rule)).collect();
                    assert!(dates.is_sorted(), "{rule:?} from {day}: {dates:?}");
                    let is_fine = |date: &Date| rule == DueRule::Exact || office().is_working(*date);
                    assert!(dates.iter().all(is_fine));
                }
            }
        }
    }

    #[test]
    fn a_closed_office_keeps_the_date() {
        let closed = date(2027, 1, 1).series(1.day()).take(400);
        let office = WorkingDays::without(closed);
        let saturday = date(2027, 6, 5);
        assert_eq!(due_date(saturday, Anchor::Start, 0, DueRule::Before, &office), saturday);
    }
}
