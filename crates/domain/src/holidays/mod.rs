//! Holidays of the Philippines by their rules, and the working days of the office.
//!
//! Statutory holidays are calculated: fixed days of the Gregorian year, days relative to Easter, the last Monday of
//! August, the Chinese new year, and the Muslim holidays of Presidential Decree 1083 with the two that are observed
//! nationwide. Holidays by proclamation are entered by hand.

pub mod actions;
pub mod hijri;

use std::collections::BTreeSet;

use icu_calendar::Date as CalendarDate;
use icu_calendar::types::Month as CalendarMonth;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::holidays::hijri::{HijriCalendar, counted};

/// First and last year for which holidays are calculated: the years for which the Hijri calendar is published.
pub const YEARS: std::ops::RangeInclusive<i16> = 1990..=2076;

/// Calculated holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Stable key of rule and year: `rizal_day-2027`, and with the Hijri year `eid_fitr-1448h`.
    pub key: String,
    /// Name.
    pub name: &'static str,
    /// Day.
    pub date: Date,
    /// `regular`, `special_non_working`, `special_working`, `muslim` or `local`.
    pub holiday_type: &'static str,
    /// True if the date depends on the sighting of the moon.
    pub is_estimated: bool,
}

/// Rule for the day of a holiday.
#[derive(Clone, Copy)]
enum Rule {
    /// The same month and day every year.
    Fixed(i8, i8),
    /// Days after Easter Sunday, negative for before.
    Easter(i64),
    /// Last weekday of a month.
    Last(Weekday, i8),
    /// First day of the Chinese year.
    ChineseNewYear,
    /// Month and day of the Hijri year.
    Hijri(u8, i64),
}

const REGULAR: &str = "regular";
const NON_WORKING: &str = "special_non_working";
const WORKING: &str = "special_working";
const MUSLIM: &str = "muslim";
const LOCAL: &str = "local";

/// Key, name, type and rule of each holiday.
const RULES: [(&str, &str, &str, Rule); 26] = [
    ("new_year", "New Year's Day", REGULAR, Rule::Fixed(1, 1)),
    ("bangsamoro_foundation", "Bangsamoro Foundation Day", LOCAL, Rule::Fixed(1, 21)),
    ("chinese_new_year", "Chinese New Year", NON_WORKING, Rule::ChineseNewYear),
    ("edsa", "EDSA People Power Revolution Anniversary", WORKING, Rule::Fixed(2, 25)),
    ("maundy_thursday", "Maundy Thursday", REGULAR, Rule::Easter(-3)),
    ("good_friday", "Good Friday", REGULAR, Rule::Easter(-2)),
    ("black_saturday", "Black Saturday", NON_WORKING, Rule::Easter(-1)),
    ("valor", "Araw ng Kagitingan (Day of Valor)", REGULAR, Rule::Fixed(4, 9)),
    ("labor_day", "Labor Day", REGULAR, Rule::Fixed(5, 1)),
    ("independence", "Independence Day", REGULAR, Rule::Fixed(6, 12)),
    ("ninoy_aquino", "Ninoy Aquino Day", NON_WORKING, Rule::Fixed(8, 21)),
    ("national_heroes", "National Heroes Day", REGULAR, Rule::Last(Weekday::Monday, 8)),
    ("all_saints", "All Saints' Day", NON_WORKING, Rule::Fixed(11, 1)),
    ("all_souls", "All Souls' Day", NON_WORKING, Rule::Fixed(11, 2)),
    ("bonifacio", "Bonifacio Day", REGULAR, Rule::Fixed(11, 30)),
    ("immaculate_conception", "Feast of the Immaculate Conception", NON_WORKING, Rule::Fixed(12, 8)),
    ("christmas_eve", "Christmas Eve", NON_WORKING, Rule::Fixed(12, 24)),
    ("christmas", "Christmas Day", REGULAR, Rule::Fixed(12, 25)),
    ("rizal", "Rizal Day", REGULAR, Rule::Fixed(12, 30)),
    ("last_day", "Last Day of the Year", NON_WORKING, Rule::Fixed(12, 31)),
    ("amun_jadid", "Amun Jadid (Islamic New Year)", MUSLIM, Rule::Hijri(1, 1)),
    ("maulid", "Maulid-un-Nabi (Birth of the Prophet)", MUSLIM, Rule::Hijri(3, 12)),
    ("isra_miraj", "Lailatul Isra Wal Mi'raj", MUSLIM, Rule::Hijri(7, 27)),
    ("ramadan", "First day of Ramadan", WORKING, Rule::Hijri(9, 1)),
    ("eid_fitr", "Eid'l Fitr (Feast of Ramadan)", REGULAR, Rule::Hijri(10, 1)),
    ("eid_adha", "Eid'l Adha (Feast of Sacrifice)", REGULAR, Rule::Hijri(12, 10)),
];

/// Returns the holidays of a Gregorian year in order; none outside of [`YEARS`].
#[must_use]
pub fn of_year(year: i16, hijri: &HijriCalendar) -> Vec<Holiday> {
    if !YEARS.contains(&year) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (key, name, holiday_type, rule) in RULES {
        let mut put = |key: String, date: Date, is_estimated: bool| {
            found.push(Holiday { key, name, date, holiday_type, is_estimated });
        };
        match rule {
            Rule::Hijri(month, day) => {
                let first = hijri.of(Date::constant(year, 1, 1)).year;
                // A Gregorian year has days of two or three Hijri years; a feast may occur twice in it.
                for hijri_year in first - 1..=first + 2 {
                    let date = hijri.date(hijri_year, month, day);
                    if date.year() == year {
                        put(format!("{key}-{hijri_year}h"), date, true);
                    }
                }
            }
            _ => {
                if let Some(date) = gregorian(rule, year) {
                    put(format!("{key}-{year}"), date, false);
                }
            }
        }
    }
    found.sort_by(|one, other| (one.date, &one.key).cmp(&(other.date, &other.key)));
    found
}

/// Returns the day of the Muslim holiday with this key, by the adjusted calendar.
#[must_use]
pub fn sighted(key: &str, hijri: &HijriCalendar) -> Option<Date> {
    let (name, year) = key.strip_suffix('h')?.rsplit_once('-')?;
    let year: i32 = year.parse().ok()?;
    RULES.iter().find_map(|(key, _, _, rule)| match rule {
        Rule::Hijri(month, day) if *key == name => Some(hijri.date(year, *month, *day)),
        _ => None,
    })
}

fn gregorian(rule: Rule, year: i16) -> Option<Date> {
    match rule {
        Rule::Fixed(month, day) => Date::new(year, month, day).ok(),
        Rule::Easter(days) => easter(year)?.checked_add(days.days()).ok(),
        Rule::Last(weekday, month) => {
            let last = Date::new(year, month, 1).ok()?.last_of_month();
            last.checked_sub(i64::from(last.weekday().since(weekday)).days()).ok()
        }
        Rule::ChineseNewYear => {
            let first =
                CalendarDate::try_new_chinese_traditional(i32::from(year), CalendarMonth::new(1), 1).ok()?;
            Some(counted(first.to_rata_die()))
        }
        Rule::Hijri(..) => None,
    }
}

/// Returns Easter Sunday of the Gregorian calendar: the Sunday after the ecclesiastical full moon on or after 21
/// March.
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let golden = year_number % 19;
    let century = year_number / 100;
    // Solar and lunar corrections of the epact.
    let skipped = century - century / 4;
    let drift = (8 * century + 13) / 25;
    let epact = (19 * golden + skipped - drift + 15) % 30;
    // The two latest dates of the full moon move back a day.
    let full_moon = epact - i32::from(epact == 29 || (epact == 28 && golden > 10));
    let date = Date::new(year, 3, 21).ok()?.checked_add(i64::from(full_moon).days()).ok()?;
    let ahead = i64::from(date.weekday().until(Weekday::Sunday));
    date.checked_add((if ahead == 0 { 7 } else { ahead }).days()).ok()
}

/// Returns true if the office is closed on a holiday of this type.
#[must_use]
pub fn is_day_off(holiday_type: &str) -> bool {
    holiday_type != WORKING
}

/// Working days of the office: Monday to Friday without holidays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingDays {
    off: BTreeSet<Date>,
}

impl WorkingDays {
    /// Working days with these days off beside the weekends.
    pub fn without(off: impl IntoIterator<Item = Date>) -> Self {
        Self { off: off.into_iter().collect() }
    }

    /// Returns true if the office works on the day.
    #[must_use]
    pub fn is_working(&self, day: Date) -> bool {
        !is_weekend(day) && !self.off.contains(&day)
    }

    /// Returns the day after a number of working days; the day itself does not count.
    #[must_use]
    pub fn after(&self, day: Date, working_days: u32) -> Date {
        let mut current = day;
        let mut left = working_days;
        while left > 0 {
            let next = current.saturating_add(1.day());
            if next == current {
                break;
            }
            current = next;
            left -= u32::from(self.is_working(current));
        }
        current
    }

    /// Returns the number of working days from the first to the last, both included.
    #[must_use]
    pub fn count(&self, first: Date, last: Date) -> usize {
        first.series(1.day()).take_while(|day| *day <= last).filter(|day| self.is_working(*day)).count()
    }
}

/// Returns true for Saturday and Sunday.
#[must_use]
pub fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn day_of(year: i16, key: &str) -> Date {
        let found = of_year(year, &HijriCalendar::default());
        found.iter().find(|holiday| holiday.key == key).unwrap_or_else(|| panic!("{key}")).date
    }

    #[test]
    fn easter_equals_published_dates() {
        for (year, expected) in [
            (1991, date(1991, 3, 31)),
            (2000, date(2000, 4, 23)),
            (2008, date(2008, 3, 23)),
            (2011, date(2011, 4, 24)),
            (2024, date(2024, 3, 31)),
            (2025, date(2025, 4, 20)),
            (2026, date(2026, 4, 5)),
            (2027, date(2027, 3, 28)),
            (2038, date(2038, 4, 25)),
            (2049, date(2049, 4, 18)),
            (2076, date(2076, 4, 19)),
        ] {
            assert_eq!(easter(year), Some(expected));
        }
    }

    #[test]
    fn movable_holidays_equal_published_dates() {
        assert_eq!(day_of(2025, "good_friday-2025"), date(2025, 4, 18));
        assert_eq!(day_of(2026, "maundy_thursday-2026"), date(2026, 4, 2));
        assert_eq!(day_of(2025, "national_heroes-2025"), date(2025, 8, 25));
        assert_eq!(day_of(2026, "national_heroes-2026"), date(2026, 8, 31));
        assert_eq!(day_of(2024, "chinese_new_year-2024"), date(2024, 2, 10));
        assert_eq!(day_of(2025, "chinese_new_year-2025"), date(2025, 1, 29));
        assert_eq!(day_of(2026, "chinese_new_year-2026"), date(2026, 2, 17));
        assert_eq!(day_of(2024, "eid_fitr-1445h"), date(2024, 4, 10));
        assert_eq!(day_of(2025, "eid_adha-1446h"), date(2025, 6, 6));
    }

    #[test]
    fn every_year_has_all_holidays_and_muslim_ones_are_estimated() {
        for year in YEARS {
            let found = of_year(year, &HijriCalendar::default());
            let keys: BTreeSet<&str> = found.iter().map(|holiday| holiday.key.as_str()).collect();
            assert_eq!(keys.len(), found.len(), "{year}");
            assert!(found.iter().all(|holiday| holiday.date.year() == year));
            for holiday in &found {
                assert_eq!(holiday.is_estimated, holiday.key.ends_with('h'), "{holiday:?}");
                if holiday.is_estimated {
                    assert_eq!(sighted(&holiday.key, &HijriCalendar::default()), Some(holiday.date));
                }
            }
            assert!(found.len() >= RULES.len(), "{year}: {}", found.len());
        }
        assert!(of_year(1800, &HijriCalendar::default()).is_empty());
    }

    /// The Hijri year is eleven days shorter: 2033 begins and ends with the feast of Ramadan.
    #[test]
    fn feast_can_occur_twice_in_a_year() {
        let found = of_year(2033, &HijriCalendar::default());
        let feasts: Vec<&Holiday> =
            found.iter().filter(|holiday| holiday.key.starts_with("eid_fitr")).collect();
        assert_eq!(feasts.len(), 2);
        assert_ne!(feasts[0].key, feasts[1].key);
    }

    #[test]
    fn feast_follows_the_sighting() {
        let mut calendar = HijriCalendar::default();
        calendar.adjust(1446, Some(10), 1);
        assert_eq!(sighted("eid_fitr-1446h", &calendar), Some(date(2025, 3, 31)));
        assert_eq!(sighted("rizal-2027", &calendar), None);
        assert_eq!(sighted("eid_fitr-2027", &calendar), None);
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays() {
        let office = WorkingDays::without([date(2027, 1, 1), date(2027, 1, 6)]);
        // Thursday 31 December: the next one is Monday 4 January.
        assert_eq!(office.after(date(2026, 12, 31), 1), date(2027, 1, 4));
        assert_eq!(office.after(date(2027, 1, 4), 2), date(2027, 1, 7));
        assert_eq!(office.after(date(2027, 1, 4), 0), date(2027, 1, 4));
        assert!(!office.is_working(date(2027, 1, 2)));
        assert_eq!(office.count(date(2027, 1, 1), date(2027, 1, 8)), 4);
        assert_eq!(office.count(date(2027, 1, 8), date(2027, 1, 1)), 0);
    }
}
