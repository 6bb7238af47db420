//! Hijri calendar beside the Gregorian one.
//!
//! Months are calculated by the Umm al-Qura calendar, which is published in advance and so can be printed in a plan.
//! In the Philippines a month begins with the sighting of the moon, sometimes a day earlier or later. The office
//! enters the difference in days, for one month or for a whole year, and every date follows.

use std::collections::BTreeMap;

use icu_calendar::Date as CalendarDate;
use icu_calendar::cal::Hijri;
use icu_calendar::cal::hijri::UmmAlQura;
use icu_calendar::types::RataDie;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::choices::HIJRI_MONTHS;
use crate::kinds::MOST_HIJRI_DAYS as MOST_DAYS;

/// Short names of the months, in the order of [`HIJRI_MONTHS`].
const SHORT: [&str; 12] =
    ["Muh", "Saf", "Rab I", "Rab II", "Jum I", "Jum II", "Raj", "Sha", "Ram", "Shaw", "DhQ", "DhH"];

const EPOCH: Date = Date::constant(1970, 1, 1);
/// Day number of the Unix epoch in the calendar library.
const TO_EPOCH: i64 = 719_163;

/// Converts a day number of the calendar library to a Gregorian day.
pub(crate) fn counted(day: RataDie) -> Date {
    EPOCH.saturating_add((day.to_i64_date() - TO_EPOCH).days())
}

/// Hijri date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HijriDate {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, from 1.
    pub day: i64,
}

impl HijriDate {
    /// Formats the date: `10 Dhul-Hijja 1448 AH`.
    #[must_use]
    pub fn text(self) -> String {
        format!("{} {} {} AH", self.day, HIJRI_MONTHS[self.place()].label, self.year)
    }

    /// Formats the date for the corner of a day: `10 DhH`.
    #[must_use]
    pub fn short_text(self) -> String {
        format!("{} {}", self.day, SHORT[self.place()])
    }

    fn place(self) -> usize {
        usize::from(self.month.clamp(1, 12) - 1)
    }
}

/// Month of a Hijri year; arithmetic passes the turn of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Month {
    year: i32,
    month: u8,
}

impl Month {
    fn next(self) -> Self {
        if self.month >= 12 {
            Self { year: self.year + 1, month: 1 }
        } else {
            Self { month: self.month + 1, ..self }
        }
    }

    fn previous(self) -> Self {
        if self.month <= 1 {
            Self { year: self.year - 1, month: 12 }
        } else {
            Self { month: self.month - 1, ..self }
        }
    }
}

/// Hijri calendar with the adjustments of the office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HijriCalendar {
    years: BTreeMap<i32, i64>,
    months: BTreeMap<Month, i64>,
}

impl HijriCalendar {
    /// Adjusts the start of a month by days, negative for earlier; without a month, of every month of the year that
    /// has no adjustment of its own. The last adjustment of a month applies.
    pub fn adjust(&mut self, year: i32, month: Option<u8>, days: i64) {
        let days = days.clamp(-MOST_DAYS, MOST_DAYS);
        match month {
            Some(month) => self.months.insert(Month { year, month: month.clamp(1, 12) }, days),
            None => self.years.insert(year, days),
        };
    }

    /// Returns the Hijri date of a Gregorian day.
    #[must_use]
    pub fn of(&self, date: Date) -> HijriDate {
        let computed = computed(date);
        // Adjustments are two days at most, so the result is this month or an adjacent one.
        let mut month = Month { year: computed.year, month: computed.month }.next();
        for _ in 0..2 {
            if self.first_day(month) <= date {
                break;
            }
            month = month.previous();
        }
        let first = self.first_day(month);
        let day = i64::from(first.until(date).map_or(0, |span| span.get_days())) + 1;
        HijriDate { year: month.year, month: month.month, day }
    }

    /// Returns the Gregorian day of a Hijri date.
    #[must_use]
    pub fn date(&self, year: i32, month: u8, day: i64) -> Date {
        self.first_day(Month { year, month: month.clamp(1, 12) }).saturating_add((day - 1).days())
    }

    fn first_day(&self, month: Month) -> Date {
        let adjustment =
            self.months.get(&month).or_else(|| self.years.get(&month.year)).copied().unwrap_or_default();
        begin(month).saturating_add(adjustment.days())
    }
}

fn computed(date: Date) -> HijriDate {
    let days = i64::from(EPOCH.until(date).map_or(0, |span| span.get_days()));
    let found: CalendarDate<Hijri<UmmAlQura>> =
        CalendarDate::from_rata_die(RataDie::new(days + TO_EPOCH), Hijri::new_umm_al_qura());
    HijriDate {
        year: found.year().extended_year(),
        month: found.month().ordinal,
        day: i64::from(found.day_of_month().0),
    }
}

/// Returns the calculated first day of a month.
fn begin(month: Month) -> Date {
    let found =
        CalendarDate::try_new_hijri_with_calendar(month.year, month.month, 1, Hijri::new_umm_al_qura());
    // Every month has a first day, and the input check bounds the years.
    found.map_or(EPOCH, |found| counted(found.to_rata_die()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Published first days of months of the Umm al-Qura calendar.
    #[test]
    fn known_days_convert_in_both_directions() {
        let calendar = HijriCalendar::default();
        for (gregorian, year, month, day) in [
            (date(2024, 3, 11), 1445, 9, 1),
            (date(2024, 4, 10), 1445, 10, 1),
            (date(2024, 6, 16), 1445, 12, 10),
            (date(2024, 7, 7), 1446, 1, 1),
            (date(2025, 3, 1), 1446, 9, 1),
            (date(2025, 3, 30), 1446, 10, 1),
            (date(2025, 6, 6), 1446, 12, 10),
            (date(2025, 6, 26), 1447, 1, 1),
            (date(2026, 3, 20), 1447, 10, 1),
            (date(2026, 5, 27), 1447, 12, 10),
        ] {
            let found = calendar.of(gregorian);
            assert_eq!((found.year, found.month, found.day), (year, month, day), "{gregorian}");
            assert_eq!(calendar.date(year, month, day), gregorian);
        }
    }

    #[test]
    fn days_have_no_gap_over_300_years() {
        let calendar = HijriCalendar::default();
        let mut day = date(1900, 1, 1);
        let mut before = calendar.of(day);
        while day < date(2200, 12, 31) {
            day = day.tomorrow().unwrap();
            let now = calendar.of(day);
            let follows = (now.year, now.month, now.day) == (before.year, before.month, before.day + 1);
            let next = Month { year: before.year, month: before.month }.next();
            let begins = now.day == 1 && (now.year, now.month) == (next.year, next.month);
            assert!(follows || (begins && (29..=30).contains(&before.day)), "{day}: {before:?}, {now:?}");
            before = now;
        }
    }

    #[test]
    fn later_sighting_moves_the_month() {
        let mut calendar = HijriCalendar::default();
        calendar.adjust(1446, Some(10), 1);
        assert_eq!(calendar.of(date(2025, 3, 30)).text(), "30 Ramadan 1446 AH");
        assert_eq!(calendar.of(date(2025, 3, 31)).short_text(), "1 Shaw");
        assert_eq!(calendar.date(1446, 10, 1), date(2025, 3, 31));
        assert_eq!(calendar.date(1446, 11, 1), HijriCalendar::default().date(1446, 11, 1));
    }

    #[test]
    fn adjustment_of_a_year_moves_months_without_their_own() {
        let mut calendar = HijriCalendar::default();
        let plain = HijriCalendar::default();
        calendar.adjust(1448, None, -1);
        calendar.adjust(1448, Some(9), 2);
        assert_eq!(calendar.date(1448, 1, 1), plain.date(1448, 1, 1).yesterday().unwrap());
        assert_eq!(calendar.date(1448, 9, 1), plain.date(1448, 9, 3));
        assert_eq!(calendar.date(1449, 1, 1), plain.date(1449, 1, 1));
        // The last day of the previous year belongs to the new year.
        let eve = plain.date(1448, 1, 1).yesterday().unwrap();
        assert_eq!(calendar.of(eve).text(), "1 Muharram 1448 AH");
    }

    #[test]
    fn every_day_converts_back_under_any_adjustment() {
        let mut calendar = HijriCalendar::default();
        for (month, days) in (1..=12).zip([2, -2, 1, 0, -1, 2, 2, -2, -2, 0, 1, -1]) {
            calendar.adjust(1448, Some(month), days);
        }
        let mut day = date(2026, 5, 1);
        while day < date(2027, 8, 1) {
            let found = calendar.of(day);
            assert!((1..=34).contains(&found.day), "{day}: {found:?}");
            assert_eq!(calendar.date(found.year, found.month, found.day), day);
            day = day.tomorrow().unwrap();
        }
    }
}
