//! Period that a target or a measurement is for.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// A year (`2026`), a semester (`2026-S1`), a quarter (`2026-Q3`) or a month (`2026-09`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    first: Date,
    months: i8,
}

impl Period {
    /// Returns the calendar year.
    #[must_use]
    pub fn year(year: i16) -> Option<Self> {
        Self::new(year, 1, 12)
    }

    fn new(year: i16, month: i8, months: i8) -> Option<Self> {
        (2000..=2100).contains(&year).then(|| Self { first: date(year, month, 1), months })
    }

    /// Parses a period as people write it: upper or lower case, also `2026 Q3` and `2026-H1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let year = text.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?;
        let year = year.parse().ok()?;
        let rest = text.get(4..)?.trim_start_matches(['-', ' ']);
        let part = |prefix: char, most: i8| {
            let number: i8 = rest.strip_prefix(prefix)?.parse().ok()?;
            (1..=most).contains(&number).then_some(number - 1)
        };
        if text.len() == 4 {
            Self::year(year)
        } else if let Some(quarter) = part('Q', 4) {
            Self::new(year, quarter * 3 + 1, 3)
        } else if let Some(half) = part('S', 2).or_else(|| part('H', 2)) {
            Self::new(year, half * 6 + 1, 6)
        } else if rest.len() == 2 {
            rest.parse()
                .ok()
                .filter(|month| (1..=12).contains(month))
                .and_then(|month| Self::new(year, month, 1))
        } else {
            None
        }
    }

    /// Returns the quarter with this day.
    #[must_use]
    pub fn quarter_of(day: Date) -> Option<Self> {
        Self::new(day.year(), (day.month() - 1) / 3 * 3 + 1, 3)
    }

    /// First day.
    #[must_use]
    pub const fn first(self) -> Date {
        self.first
    }

    /// Last day.
    #[must_use]
    pub fn last(self) -> Date {
        self.first.saturating_add(i32::from(self.months).months()).yesterday().unwrap_or(self.first)
    }

    /// Returns true if the day lies within the period.
    #[must_use]
    pub fn contains_day(self, day: Date) -> bool {
        self.first <= day && day <= self.last()
    }

    /// Returns true if the other period lies within this one.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last() <= self.last()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.first.year(), self.first.month());
        match self.months {
            12 => write!(formatter, "{year}"),
            6 => write!(formatter, "{year}-S{}", month / 6 + 1),
            3 => write!(formatter, "{year}-Q{}", month / 3 + 1),
            _ => write!(formatter, "{year}-{month:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_and_written() {
        for (text, written, first, last) in [
            ("2026", "2026", date(2026, 1, 1), date(2026, 12, 31)),
            (" 2026-s2 ", "2026-S2", date(2026, 7, 1), date(2026, 12, 31)),
            ("2026-H1", "2026-S1", date(2026, 1, 1), date(2026, 6, 30)),
            ("2028 Q1", "2028-Q1", date(2028, 1, 1), date(2028, 3, 31)),
            ("2026-q4", "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
            ("2028-02", "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ] {
            let period = Period::parse(text).expect(text);
            assert_eq!((period.to_string().as_str(), period.first(), period.last()), (written, first, last));
            assert_eq!(Period::parse(&period.to_string()), Some(period));
        }
        for wrong in [
            "",
            "26",
            "2026-",
            "2026-Q5",
            "2026-Q",
            "2026-13",
            "2026-00",
            "2026-1",
            "1999",
            "2026-S3",
            "२०२६",
            "2026-01-01",
            "ñ026",
        ] {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn quarters_lie_within_their_year_and_semester() {
        let period = |text| Period::parse(text).expect("a period");
        assert!(period("2026").contains(period("2026-Q3")));
        assert!(period("2026-S2").contains(period("2026-Q3")));
        assert!(!period("2026-S1").contains(period("2026-Q3")));
        assert!(!period("2026-Q3").contains(period("2026")));
        assert_eq!(Period::quarter_of(date(2026, 12, 1)), Some(period("2026-Q4")));
    }
}
