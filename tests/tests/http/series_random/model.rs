//! Naive model of a series: each change is applied to the list of its dates.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::rule::{End, Every, Rule, days_between, months_between, nth, weekday};

/// Override of a date.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changed {
    pub title: Option<String>,
    /// Own start and end.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Own duration; the start is that of the series.
    pub length: Option<SignedDuration>,
}

/// Date as the calendar shows it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    pub part: String,
    pub name: String,
    pub start: Timestamp,
    pub end: Timestamp,
    pub title: String,
}

impl fmt::Debug for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = &self.part[self.part.len() - 4..];
        write!(out, "{part}@{} {}..{} {}", self.name, self.start, self.end, self.title)
    }
}

/// Record: a series, or a part of a split one.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub id: String,
    pub rule: Rule,
    pub first: DateTime,
    pub zone: TimeZone,
    pub length: SignedDuration,
    pub title: String,
    /// True for whole days.
    pub has_days: bool,
    /// Additional dates, with the end of those with their own duration.
    pub added: BTreeMap<DateTime, Option<DateTime>>,
    pub left_out: BTreeSet<DateTime>,
    pub changed: BTreeMap<DateTime, Changed>,
    pub is_archived: bool,
}

impl Part {
    /// Returns the dates that take place.
    pub fn dates(&self) -> Vec<DateTime> {
        let mut dates = self.all_dates();
        dates.retain(|date| !self.left_out.contains(date));
        dates.into_iter().collect()
    }

    fn all_dates(&self) -> BTreeSet<DateTime> {
        self.rule.dates(self.first).into_iter().chain(self.added.keys().copied()).collect()
    }

    /// Returns the recurrence id of a date.
    pub fn name(&self, date: DateTime) -> String {
        if self.has_days { date.date().to_string() } else { date.to_string() }
    }

    /// Returns the zone of its times; days are at midnight UTC.
    fn clock(&self) -> TimeZone {
        if self.has_days { TimeZone::UTC } else { self.zone.clone() }
    }

    fn instant(&self, local: DateTime) -> Timestamp {
        local.to_zoned(self.clock()).unwrap().timestamp()
    }

    fn regular(&self, date: DateTime) -> (Timestamp, Timestamp) {
        let start = self.instant(date);
        let own = self.added.get(&date).copied().flatten();
        (start, own.map_or(start + self.length, |end| self.instant(end)))
    }

    /// Returns the start and end of a date.
    pub fn span(&self, date: DateTime) -> (Timestamp, Timestamp) {
        self.span_of(date, &self.changed.get(&date).cloned().unwrap_or_default())
    }

    pub fn local_start(&self, date: DateTime) -> DateTime {
        self.span(date).0.to_zoned(self.clock()).datetime()
    }

    /// Returns the additional dates in the format of the record.
    pub fn added_names(&self) -> Vec<String> {
        let name = |(start, end): (&DateTime, &Option<DateTime>)| match end {
            Some(end) => format!("{start}/{end}"),
            None => self.name(*start),
        };
        self.added.iter().map(name).collect()
    }

    pub fn shown(&self) -> Vec<Shown> {
        if self.is_archived {
            return Vec::new();
        }
        let shown = |date: DateTime| {
            let (start, end) = self.span(date);
            let own = self.changed.get(&date).and_then(|changed| changed.title.clone());
            let title = own.unwrap_or_else(|| self.title.clone());
            Shown { part: self.id.clone(), name: self.name(date), start, end, title }
        };
        self.dates().into_iter().map(shown).collect()
    }

    /// Stores the override of a date; removes it if nothing differs.
    fn put(&mut self, date: DateTime, mut changed: Changed) {
        let (start, end) = self.span_of(date, &changed);
        let regular = self.regular(date);
        let begins_there = start == regular.0;
        let length = Some(end.duration_since(start)).filter(|_| end != regular.1);
        (changed.span, changed.length) =
            if begins_there { (None, length) } else { (Some((start, end)), None) };
        if changed.title.as_deref() == Some(self.title.as_str()) {
            changed.title = None;
        }
        if changed == Changed::default() {
            self.changed.remove(&date);
        } else {
            self.changed.insert(date, changed);
        }
    }

    /// Changes one date.
    pub fn change_one(&mut self, date: DateTime, change: &Change) {
        let mut changed = self.changed.get(&date).cloned().unwrap_or_default();
        match change {
            Change::Title(title) => changed.title = Some(title.clone()),
            Change::Start(to) => {
                let (start, end) = self.span(date);
                let new = self.instant(*to);
                changed.span = Some((new, new + end.duration_since(start)));
            }
            Change::End(end) => changed.span = Some((self.span(date).0, self.instant(*end))),
            Change::Zone(_) | Change::Rule(_) | Change::Added(_) => {
                unreachable!("one date has neither zone nor rule nor further dates of its own")
            }
        }
        self.put(date, changed);
    }

    /// Returns true if all dates can be changed so; otherwise the change is refused, because the rule would be a guess.
    pub fn can_change_all(&self, date: DateTime, change: &Change) -> bool {
        let (from, to, rotates) = match change {
            Change::Start(to) => (self.local_start(date), *to, false),
            Change::Zone(zone) => {
                (self.local_start(date), self.span(date).0.to_zoned(zone.clone()).datetime(), true)
            }
            _ => return true,
        };
        let days = days_between(from.date(), to.date());
        let (old, new) = (date.date(), date.date().saturating_add(days.days()));
        if days == 0 {
            return true;
        }
        let same_month = months_between(old, new) == 0;
        match &self.rule.every {
            Every::Once | Every::Days(_) => true,
            Every::Weeks(..) if rotates => true,
            // The rule lists the weekdays that it follows.
            Every::Weeks(_, on) if !on.contains(&weekday(old)) => false,
            Every::Weeks(_, on) if on.len() == 1 => true,
            // A move into another week or onto another listed weekday has no obvious rule.
            Every::Weeks(_, on) => {
                !on.contains(&weekday(new)) && weekday(new) - weekday(old) == days_between(old, new)
            }
            Every::MonthDay(_, named) => {
                let number = i64::from(old.day()) + days;
                *named == old.day() && same_month && (1..=28).contains(&number)
            }
            Every::Nth(_, number, on) => {
                let is_named = weekday(old) == *on && nth(old, *number < 0) == *number;
                is_named && !rotates && same_month && (*number < 0 || nth(new, false) < 5)
            }
        }
    }

    /// Changes all dates by the change of one of them.
    pub fn change_all(&mut self, date: DateTime, change: &Change) -> DateTime {
        match change {
            Change::Title(title) => {
                self.title = title.clone();
                let mut own = self.changed.get(&date).cloned().unwrap_or_default();
                own.title = None;
                self.put(date, own);
                date
            }
            Change::End(end) => {
                let (start, old_end) = self.span(date);
                let end = self.instant(*end);
                if end == old_end {
                    // The duration is unchanged for the others, too.
                    return date;
                }
                let own = self.changed.remove(&date).unwrap_or_default();
                self.length = end.duration_since(start);
                self.put(date, Changed { span: Some((start, end)), ..own });
                date
            }
            Change::Rule(rule) => {
                let own = self.changed.remove(&date);
                self.rule = rule.clone();
                self.rename(date, SignedDuration::ZERO, 0, true, None);
                self.align_start_to_rule();
                if let Some(own) = own.filter(|_| self.dates().contains(&date)) {
                    self.put(date, own);
                }
                date
            }
            Change::Added(added) => {
                let own = self.changed.remove(&date);
                self.added = added.clone();
                self.rename(date, SignedDuration::ZERO, 0, true, None);
                if let Some(own) = own.filter(|_| self.dates().contains(&date)) {
                    self.put(date, own);
                }
                date
            }
            Change::Start(to) => self.move_all(date, *to, None),
            Change::Zone(zone) => {
                let to = self.span(date).0.to_zoned(zone.clone()).datetime();
                self.move_all(date, to, Some(zone.clone()))
            }
        }
    }

    fn move_all(&mut self, date: DateTime, to: DateTime, zone: Option<TimeZone>) -> DateTime {
        let from = self.local_start(date);
        let days = days_between(from.date(), to.date());
        let shift = to.time().duration_since(from.time());
        let moved = |at: DateTime, days: i64| at.checked_add(shift).unwrap().saturating_add(days.days());
        let own = self.changed.remove(&date).unwrap_or_default();
        let (start, end) = self.span_of(date, &own);
        let all = self.rule.endless().dates(self.first);
        let bounded = self.rule.dates(self.first);
        let new = moved(date, days);
        let new_first;
        let mut moves_all = true;
        // Last date of a bounded rule, if not all dates shift equally.
        let mut last: Option<DateTime> = None;
        match &mut self.rule.every {
            Every::Once | Every::Days(_) => new_first = moved(self.first, days),
            Every::MonthDay(_, number) => {
                *number += i8::try_from(days).unwrap();
                new_first = moved(self.first, days);
            }
            Every::Weeks(_, on) if on.len() == 1 || zone.is_some() || days == 0 => {
                *on = on.iter().map(|day| (day + days).rem_euclid(7)).collect();
                new_first = moved(self.first, days);
            }
            Every::Weeks(_, on) => {
                moves_all = false;
                let (old_day, new_day) = (weekday(date.date()), (weekday(date.date()) + days).rem_euclid(7));
                on.remove(&old_day);
                on.insert(new_day);
                let moved_one =
                    |at: &DateTime| moved(*at, if weekday(at.date()) == old_day { days } else { 0 });
                new_first = all.iter().take(70).map(moved_one).min().unwrap();
                last = bounded.iter().map(moved_one).max();
            }
            Every::Nth(_, number, day) => {
                moves_all = days == 0;
                if days != 0 {
                    (*number, *day) = (nth(new.date(), *number < 0), weekday(new.date()));
                }
                let within = |at: DateTime| {
                    let month = at.date().first_of_month();
                    let days = (0..31).map(|day| month.saturating_add(day.days()));
                    let day = days
                        .filter(|other| months_between(month, *other) == 0)
                        .find(|other| weekday(*other) == *day && nth(*other, *number < 0) == *number);
                    moved(day.unwrap().to_datetime(at.time()), 0)
                };
                new_first = if days == 0 { moved(self.first, 0) } else { within(all[0]) };
                last = bounded.iter().map(|at| if days == 0 { moved(*at, 0) } else { within(*at) }).max();
            }
        }
        if let End::Until(until) = self.rule.end {
            let said = moved(until, 0);
            let until = match last {
                None => moved(until, days),
                Some(last) => {
                    let all = self.rule.endless().dates(new_first);
                    let is_exact = last <= said && !all.iter().any(|date| *date > last && *date <= said);
                    if is_exact { said } else { last }
                }
            };
            self.rule.end = End::Until(until);
        }
        self.first = new_first;
        // The moved date gets its target, whether or not the others shift.
        let by = |at: DateTime| if moves_all || at == date { days } else { 0 };
        let carried = |(at, end): (&DateTime, &Option<DateTime>)| {
            (moved(*at, by(*at)), end.map(|end| moved(end, by(*at))))
        };
        self.added = self.added.iter().map(carried).collect();
        let same_zone = zone.is_none();
        if let Some(zone) = zone {
            self.zone = zone;
        }
        self.rename(date, shift, days, same_zone, Some(new));
        if self.all_dates().contains(&new) {
            // It has the time of its target.
            let length = end.duration_since(start);
            let start = self.instant(to);
            self.put(new, Changed { span: Some((start, start + length)), title: own.title, length: None });
        }
        new
    }

    fn span_of(&self, date: DateTime, own: &Changed) -> (Timestamp, Timestamp) {
        let (start, end) = self.regular(date);
        own.span.unwrap_or_else(|| (start, own.length.map_or(end, |length| start + length)))
    }

    /// Maps excluded and overridden dates to new ids.
    ///
    /// The new id is the same day at the new time if that is a date, else the shifted date, else the one of that month.
    /// The moved date has priority, then excluded dates.
    fn rename(
        &mut self,
        leader: DateTime,
        shift: SignedDuration,
        days: i64,
        same_zone: bool,
        taken: Option<DateTime>,
    ) {
        let dates = self.all_dates();
        let of_rule = self.rule.dates(self.first);
        let mut taken: BTreeSet<DateTime> = taken.into_iter().collect();
        let left_out = std::mem::take(&mut self.left_out);
        let mut changed = std::mem::take(&mut self.changed);
        changed.remove(&leader);
        let kept = |date: DateTime| date.checked_add(shift).unwrap();
        let along = |date: DateTime| kept(date).saturating_add(days.days());
        let is_nth = days != 0 && matches!(self.rule.every, Every::Nth(..));
        let in_month = |date: DateTime| {
            let mut of_month = of_rule.iter().filter(|new| months_between(date.date(), new.date()) == 0);
            of_month.next().copied().filter(|_| is_nth).unwrap_or(date)
        };
        let ways: [&dyn Fn(DateTime) -> DateTime; 3] =
            if same_zone { [&kept, &along, &in_month] } else { [&along, &kept, &in_month] };
        let mut waiting: Vec<(DateTime, Option<Changed>)> =
            left_out.into_iter().map(|date| (date, None)).collect();
        waiting.extend(changed.into_iter().map(|(date, changed)| (date, Some(changed))));
        for way in ways {
            waiting.retain(|(date, changed)| {
                let new = way(*date);
                if !dates.contains(&new) || !taken.insert(new) {
                    return true;
                }
                match changed {
                    None => drop(self.left_out.insert(new)),
                    Some(changed) => drop(self.changed.insert(new, changed.clone())),
                }
                false
            });
        }
    }

    /// Moves the start to the first date of the rule.
    pub fn align_start_to_rule(&mut self) {
        if self.rule.every != Every::Once
            && let Some(first) = self.rule.dates(self.first).first()
        {
            self.first = *first;
        }
    }

    /// Changes the time of the series as a record.
    pub fn change_record(&mut self, change: &Change) {
        match change {
            Change::Title(title) => self.title = title.clone(),
            Change::Start(to) => {
                let shift = to.time().duration_since(self.first.time());
                if let End::Until(until) = &mut self.rule.end {
                    *until = until.checked_add(shift).unwrap();
                }
                let moved = |at: DateTime| at.checked_add(shift).unwrap();
                self.first = moved(self.first);
                self.added = self.added.iter().map(|(at, end)| (moved(*at), end.map(moved))).collect();
                self.rename(DateTime::MIN, shift, 0, true, None);
            }
            _ => unreachable!("not among what is tried"),
        }
    }

    /// Ends the series before the date; returns the part from the date on.
    pub fn split(&mut self, date: DateTime) -> Part {
        let mut rest = self.clone();
        // At an additional date, the rule continues at its own next date.
        match self.rule.dates(self.first).iter().find(|other| **other >= date) {
            Some(next) => rest.first = *next,
            None => {
                rest.first = date;
                rest.rule = Rule { every: Every::Once, end: End::Never };
            }
        }
        let before = self.rule.dates(self.first).iter().filter(|other| **other < date).count();
        match &mut rest.rule.end {
            _ if self.rule.every == Every::Once => {}
            End::Count(count) => {
                *count -= before;
                self.rule.end = End::Count(before);
            }
            // No date of the rule remains.
            _ if matches!(self.rule.end, End::Count(_)) => self.rule.end = End::Count(before),
            _ => self.rule.end = End::Until(date.checked_sub(1.second()).unwrap()),
        }
        self.left_out.retain(|other| *other < date);
        self.changed.retain(|other, _| *other < date);
        rest.left_out.retain(|other| *other >= date);
        rest.changed.retain(|other, _| *other >= date);
        let is_once = self.rule.every == Every::Once;
        if is_once {
            // The start is an ordinary date.
            self.added.entry(self.first).or_insert(None);
            rest.added.clone_from(&self.added);
        }
        self.added.retain(|other, _| *other < date);
        rest.added.retain(|other, _| *other >= date);
        match self.added.first_key_value() {
            Some((first, _)) if is_once && self.first >= date => self.first = *first,
            None if is_once => self.rule.end = End::Count(0),
            _ => {}
        }
        if is_once {
            rest.first = date;
        }
        rest
    }
}

/// Change of one, some or all dates.
#[derive(Clone, Debug)]
pub enum Change {
    Title(String),
    /// New local start with the same duration.
    Start(DateTime),
    /// New local end with the same start.
    End(DateTime),
    Zone(TimeZone),
    Rule(Rule),
    /// New additional dates.
    Added(BTreeMap<DateTime, Option<DateTime>>),
}
