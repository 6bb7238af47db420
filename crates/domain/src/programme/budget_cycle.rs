//! Planning dates of the budget cycle of a fiscal year.
//!
//! The calendar year is the fiscal year. Budget call, proposals and hearings are in the year before it, the
//! Appropriations Act is passed before the year begins, and accounts are rendered in the year after.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// Stage with the years between the fiscal year and its last day, and the month and day of it.
const CALENDAR: [(&str, i16, i8, i8); 7] = [
    ("budget_call", -1, 1, 31),
    ("formulation", -1, 4, 30),
    ("technical_hearing", -1, 6, 15),
    ("budget_hearing", -1, 9, 15),
    ("legislation", -1, 12, 15),
    ("execution", 0, 12, 31),
    ("accountability", 1, 3, 31),
];

/// Returns the stages of the budget cycle of a fiscal year with their planned dates, in order. A date on a weekend
/// moves to the Friday before it.
#[must_use]
pub fn planned(fiscal_year: i16) -> Vec<(&'static str, Date)> {
    CALENDAR
        .iter()
        .map(|(stage, years, month, day)| (*stage, workday(date(fiscal_year + years, *month, *day))))
        .collect()
}

fn workday(day: Date) -> Date {
    let back = match day.weekday() {
        Weekday::Saturday => 1,
        Weekday::Sunday => 2,
        _ => 0,
    };
    day.saturating_sub(back.days())
}

/// Returns true if the stage is a hearing.
#[must_use]
pub fn is_hearing(stage: &str) -> bool {
    ["technical_hearing", "budget_hearing"].contains(&stage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices::BUDGET_CYCLE_STAGES;

    #[test]
    fn stages_equal_the_list_of_choices_and_their_dates_ascend() {
        let planned = planned(2028);
        let stages: Vec<&str> = planned.iter().map(|(stage, _)| *stage).collect();
        assert_eq!(stages, BUDGET_CYCLE_STAGES.iter().map(|choice| choice.value).collect::<Vec<_>>());
        assert!(planned.is_sorted_by(|one, other| one.1 < other.1));
        // 31 January 2027 is a Sunday.
        assert_eq!(planned[0].1, date(2027, 1, 29));
        assert_eq!(planned[6].1, date(2029, 3, 30));
    }
}
