//! Holidays computed for a year, the days of the calendar with their Hijri dates, and the working days.

mod job;
pub(crate) mod rules;

pub use job::HANDLER;

use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::choices::{self, HIJRI_MONTHS};
use obcms_domain::holidays::hijri::{HijriCalendar, HijriDate};
use obcms_domain::holidays::{self, Holiday, WorkingDays, YEARS, is_day_off, is_weekend};
use obcms_domain::kinds::HOLIDAY;
use obcms_domain::registry::Record;
use obcms_store::{Tx, holidays as store, records};
use serde_json::{Value as Json, json};

use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::require_write;

/// What computing the holidays of a year came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Computed {
    /// New ones.
    pub created: usize,
    /// Computed before, and moved since by their rule.
    pub updated: usize,
    /// Left as they are: up to date, changed by hand, or put away.
    pub kept: usize,
}

/// A day of the calendar.
#[derive(Clone, Debug)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Its Hijri date, as the office reckons.
    pub hijri: HijriDate,
    /// Holidays on it.
    pub holidays: Vec<Record>,
}

impl Day {
    /// Whether the office is closed.
    #[must_use]
    pub fn is_off(&self) -> bool {
        is_weekend(self.date) || self.holidays.iter().any(is_off)
    }

    /// The day as the API shows it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let holidays: Vec<Json> = self
            .holidays
            .iter()
            .map(|holiday| {
                json!({
                    "id": holiday.id,
                    "name": holiday.title(),
                    "holiday_type": holiday.text("holiday_type"),
                    "is_estimated": holiday.flag("is_estimated"),
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
    is_day_off(holiday.text("holiday_type"))
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
    /// Puts in the holidays of a year that are not there yet and moves those that their rule moved. What a person
    /// changed or put away stays as it is.
    pub fn compute_holidays(&self, actor: &Actor, year: i16) -> Result<Computed, AppError> {
        require_write(actor)?;
        let may = |action| actor.may(action, HOLIDAY.area);
        if !may(Action::Create) || !may(Action::Edit) {
            return Err(AppError::forbidden(Action::Create, HOLIDAY.area, "calculate holidays"));
        }
        if !YEARS.contains(&year) {
            let message = format!("Must be a year from {} to {}.", YEARS.start(), YEARS.end());
            return Err(AppError::field("year", "range", message));
        }
        let attempt = || self.write(actor, |work| compute(work, year));
        match attempt() {
            // Somebody computed them at the same moment: theirs are ours.
            Err(AppError::Store(error)) if error.is_unique_violation() => attempt(),
            other => other,
        }
    }

    /// The days from the first up to another, exclusive.
    pub fn days(&self, actor: &Actor, first: Date, after_last: Date) -> Result<Vec<Day>, AppError> {
        // Holidays concern everyone; who may see nothing at all is refused here.
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
    let first = holiday.date("date")?;
    Some((first, holiday.date("end_date").unwrap_or(first).max(first)))
}

fn lasts(holiday: &Record, date: Date) -> bool {
    span(holiday).is_some_and(|(first, last)| first <= date && date <= last)
}

/// Holidays in use that touch the days, by their date.
fn within(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<Vec<Record>, AppError> {
    let ids = store::within(tx, first, last)?;
    let mut found = records::load_many(tx, &HOLIDAY, &ids)?;
    found.sort_by_cached_key(|holiday| (holiday.date("date"), holiday.title().to_owned()));
    Ok(found)
}

/// The days between the first and the last on which the office is closed for a holiday, with its name.
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

/// The working days of the office around the days from the first to the last.
pub fn working_days(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<WorkingDays, AppError> {
    let found = within(tx, first, last)?;
    let spans = found.iter().filter(|holiday| is_off(holiday)).filter_map(span);
    Ok(WorkingDays::without(spans.flat_map(|(from, to)| {
        let to = to.min(last);
        from.max(first).series(1.day()).take_while(move |day| *day <= to)
    })))
}

/// The Hijri calendar as the office reckons it.
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

/// Computes the holidays of a year within a command.
pub fn compute(work: &mut UnitOfWork<'_, '_>, year: i16) -> Result<Computed, AppError> {
    let calendar = hijri(work.tx)?;
    let rules = holidays::of_year(year, &calendar);
    let keys: Vec<String> = rules.iter().map(|rule| rule.key.clone()).collect();
    let ids = store::with_keys(work.tx, &keys)?;
    let known: HashMap<String, Record> = records::load_many(work.tx, &HOLIDAY, &ids)?
        .into_iter()
        .map(|holiday| (holiday.text("key").to_owned(), holiday))
        .collect();
    let mut computed = Computed::default();
    let mut new = Vec::new();
    for rule in &rules {
        match known.get(&rule.key) {
            None => new.push(made(work, rule)),
            Some(before) if before.is_archived() || before.text("source") != "computed" => computed.kept += 1,
            Some(before) => {
                let mut holiday = before.clone();
                fill(&mut holiday, rule);
                if work.save(before, &mut holiday, "compute")? {
                    computed.updated += 1;
                } else {
                    computed.kept += 1;
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
    holiday.set("key", rule.key.as_str());
    holiday.set("source", "computed");
    fill(&mut holiday, rule);
    holiday
}

fn fill(holiday: &mut Record, rule: &Holiday) {
    holiday.set("name", rule.name);
    holiday.set("date", rule.date);
    holiday.set("holiday_type", rule.holiday_type);
    holiday.set("is_estimated", rule.is_estimated);
}
