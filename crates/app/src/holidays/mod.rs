//! Holidays calculated for a year, days with their Hijri dates, and working days.

mod job;
pub(crate) mod rules;

pub use job::HANDLER;

use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::choices::{self, HIJRI_MONTHS};
use obcms_domain::core::message::Word;
use obcms_domain::holidays::hijri::{HijriCalendar, HijriDate};
use obcms_domain::holidays::{self, Holiday, WorkingDays, YEARS, is_day_off, is_weekend};
use obcms_domain::kinds::{HOLIDAY, holiday};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_store::{Tx, holidays as store, records};
use serde_json::{Value as Json, json};

use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::require_write;

/// Result of calculating the holidays of a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Computed {
    /// New holidays.
    pub created: usize,
    /// Holidays calculated before and moved since by their rule.
    pub updated: usize,
    /// Holidays left as they are: up to date, changed by a person, or archived.
    pub unchanged: usize,
}

/// Day of the calendar.
#[derive(Clone, Debug)]
pub struct Day {
    /// Date.
    pub date: Date,
    /// Hijri date, with the adjustments of the office.
    pub hijri: HijriDate,
    /// Holidays on the day.
    pub holidays: Vec<Record>,
}

impl Day {
    /// Returns true if the office is closed.
    #[must_use]
    pub fn is_off(&self) -> bool {
        is_weekend(self.date) || self.holidays.iter().any(is_off)
    }

    /// Returns the JSON of the API.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let holidays: Vec<Json> = self
            .holidays
            .iter()
            .map(|holiday| {
                json!({
                    "id": holiday.id,
                    "name": holiday.title(),
                    "holiday_type": holiday::HOLIDAY_TYPE.get(holiday),
                    "is_estimated": holiday::IS_ESTIMATED.get(holiday),
                    "is_day_off": is_off(holiday),
                    "url": holiday.kind.url(holiday.id),
                })
            })
            .collect();
        json!({
            "date": self.date,
            "weekday": weekday(self.date),
            "is_weekend": is_weekend(self.date),
            "is_off": self.is_off(),
            "hijri": {
                "year": self.hijri.year, "month": self.hijri.month, "day": self.hijri.day,
                "text": self.hijri.text(), "text_short": self.hijri.short_text(),
            },
            "holidays": holidays,
        })
    }
}

fn is_off(holiday: &Record) -> bool {
    is_day_off(holiday::HOLIDAY_TYPE.get(holiday))
}

fn weekday(date: Date) -> &'static str {
    use jiff::civil::Weekday;
    match date.weekday() {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

impl App {
    /// Creates the missing holidays of a year and moves those that their rule moved. Holidays that a person changed or
    /// archived stay as they are.
    pub fn compute_holidays(&self, actor: &Actor, year: i16) -> Result<Computed, AppError> {
        require_write(actor)?;
        let may = |action| actor.may(action, HOLIDAY.area);
        if !may(Action::Create) || !may(Action::Edit) {
            return Err(AppError::forbidden(Action::Create, HOLIDAY.area, "calculate holidays"));
        }
        if !YEARS.contains(&year) {
            let message = message!(
                "Must be a year from {start} to {end}.",
                start = Word::text(YEARS.start()),
                end = Word::text(YEARS.end())
            );
            return Err(AppError::field("year", "range", message));
        }
        let attempt = || self.write(actor, |work| compute(work, year));
        match attempt() {
            // A concurrent command created the same holidays; the second attempt uses them.
            Err(AppError::Store(error)) if error.is_unique_violation() => attempt(),
            other => other,
        }
    }

    /// Returns the days from `first` to `after_last`, exclusive.
    pub fn days(&self, actor: &Actor, first: Date, after_last: Date) -> Result<Vec<Day>, AppError> {
        // Holidays are visible to everyone who may see anything at all.
        actor.scope(&HOLIDAY)?;
        let last = after_last.saturating_sub(1.day());
        let (calendar, found) = self.read(|tx| Ok::<_, AppError>((hijri(tx)?, within(tx, first, last)?)))?;
        Ok(first
            .series(1.day())
            .take_while(|date| *date <= last)
            .map(|date| Day {
                date,
                hijri: calendar.of(date),
                holidays: found.iter().filter(|holiday| lasts(holiday, date)).cloned().collect(),
            })
            .collect())
    }
}

fn span(holiday: &Record) -> Option<(Date, Date)> {
    let first = holiday::DATE.get(holiday)?;
    Some((first, holiday::END_DATE.get(holiday).unwrap_or(first).max(first)))
}

fn lasts(holiday: &Record, date: Date) -> bool {
    span(holiday).is_some_and(|(first, last)| first <= date && date <= last)
}

/// Returns the active holidays that touch the days, sorted by date.
fn within(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<Vec<Record>, AppError> {
    let ids = store::within(tx, first, last)?;
    let mut found = records::load_many(tx, &HOLIDAY, &ids)?;
    found.sort_by_cached_key(|holiday| (holiday::DATE.get(holiday), holiday.title().to_owned()));
    Ok(found)
}

/// Returns the days from first to last on which the office is closed for a holiday, with its name.
pub fn days_off(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<BTreeMap<Date, String>, AppError> {
    let mut days = BTreeMap::new();
    for holiday in within(tx, first, last)?.iter().filter(|holiday| is_off(holiday)) {
        let Some((from, to)) = span(holiday) else { continue };
        let to = to.min(last);
        for day in from.max(first).series(1.day()).take_while(|day| *day <= to) {
            days.entry(day).or_insert_with(|| holiday.title().to_owned());
        }
    }
    Ok(days)
}

/// Returns the working days of the office around the days from first to last.
pub fn working_days(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<WorkingDays, AppError> {
    let found = within(tx, first, last)?;
    let spans = found.iter().filter(|holiday| is_off(holiday)).filter_map(span);
    Ok(WorkingDays::without(spans.flat_map(|(from, to)| {
        let to = to.min(last);
        from.max(first).series(1.day()).take_while(move |day| *day <= to)
    })))
}

/// Returns the Hijri calendar with the adjustments of the office.
pub fn hijri(tx: &mut Tx<'_>) -> Result<HijriCalendar, AppError> {
    let mut calendar = HijriCalendar::default();
    for (year, month, days) in store::adjustments(tx)? {
        let month = month
            .and_then(|name| choices::position(HIJRI_MONTHS, &name))
            .and_then(|place| u8::try_from(place + 1).ok());
        if let Ok(year) = i32::try_from(year) {
            calendar.adjust(year, month, days);
        }
    }
    Ok(calendar)
}

/// Calculates the holidays of a year within a command.
pub fn compute(work: &mut UnitOfWork<'_, '_>, year: i16) -> Result<Computed, AppError> {
    let calendar = hijri(work.tx)?;
    let rules = holidays::of_year(year, &calendar);
    let keys: Vec<String> = rules.iter().map(|rule| rule.key.clone()).collect();
    let ids = store::with_keys(work.tx, &keys)?;
    let known: HashMap<String, Record> = records::load_many(work.tx, &HOLIDAY, &ids)?
        .into_iter()
        .map(|holiday| (holiday::KEY.get(&holiday).to_owned(), holiday))
        .collect();
    let mut computed = Computed::default();
    let mut new = Vec::new();
    for rule in &rules {
        match known.get(&rule.key) {
            None => new.push(made(work, rule)),
            Some(before) if before.is_archived() || holiday::SOURCE.get(before) != "computed" => {
                computed.unchanged += 1;
            }
            Some(before) => {
                let mut holiday = before.clone();
                fill(&mut holiday, rule);
                if work.save(before, &mut holiday, "compute")? {
                    computed.updated += 1;
                } else {
                    computed.unchanged += 1;
                }
            }
        }
    }
    computed.created = new.len();
    work.insert(&new)?;
    Ok(computed)
}

fn made(work: &UnitOfWork<'_, '_>, rule: &Holiday) -> Record {
    let mut holiday = work.new_record(&HOLIDAY);
    holiday::KEY.set(&mut holiday, rule.key.as_str());
    holiday::SOURCE.set(&mut holiday, "computed");
    fill(&mut holiday, rule);
    holiday
}

fn fill(holiday: &mut Record, rule: &Holiday) {
    holiday::NAME.set(holiday, rule.name);
    holiday::DATE.set(holiday, rule.date);
    holiday::HOLIDAY_TYPE.set(holiday, rule.holiday_type);
    holiday::IS_ESTIMATED.set(holiday, rule.is_estimated);
}
