//! Random changes of a series, compared with a model that stores every date in a list. After each change the calendar
//! matches the model; after undoing all, the record is the original.
#![allow(clippy::unwrap_used)] // A panic fails the test.

mod comparing;
mod gestures;
mod model;
mod rule;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{DateTime, Time, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use model::{Change, Part};
use obcms_app::calendar::series::{Scope, Target};
use obcms_app::{Actor, App, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::EVENT;
use obcms_tests::{Engine, Server};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rule::{End, Every, Rule, weekday};
use serde_json::{Map, Value, json};

/// Number of changes of one series before all are undone.
const CHANGES: usize = 9;
const ZONES: [&str; 4] = ["Asia/Manila", "Asia/Tokyo", "America/New_York", "Europe/Berlin"];
/// Hours of a series, far from offset transitions.
const HOURS: std::ops::RangeInclusive<i8> = 5..=20;

#[test]
fn random_changes_of_a_series_match_the_model_on_sqlite() {
    run(Engine::Sqlite, 0..120);
}

#[test]
fn random_changes_of_a_series_match_the_model_on_postgres() {
    run(Engine::Postgres, 300..325);
}

fn run(engine: Engine, seeds: std::ops::Range<u64>) {
    let server = Server::start(engine);
    for seed in seeds {
        Try::new(server.app(), seed).run();
    }
}

/// Data for undoing a change: a record that it touched, its change set, and the state before it.
struct Step {
    record: Id,
    change_set: Id,
    before: Vec<Part>,
}

struct Try<'a> {
    app: &'a App,
    actor: Actor,
    random: StdRng,
    parts: Vec<Part>,
    done: Vec<Step>,
    /// Log of the changes, shown on failure.
    told: Vec<String>,
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

impl<'a> Try<'a> {
    fn new(app: &'a App, seed: u64) -> Self {
        let told = vec![format!("seed {seed}")];
        Self {
            app,
            actor: Actor::program(),
            random: StdRng::seed_from_u64(seed),
            parts: Vec::new(),
            done: Vec::new(),
            told,
        }
    }

    fn one_of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.random.random_range(0..list.len())].clone()
    }

    fn tell(&mut self, line: String) {
        self.told.push(line);
    }

    fn run(mut self) {
        let first = self.create();
        let begun = self.record(&first);
        let begun_parts = self.parts.clone();
        self.compare();
        for _ in 0..CHANGES {
            match self.random.random_range(0..12) {
                0 => self.undo(1),
                1 => {
                    let steps = self.random.random_range(1..=3);
                    self.undo(steps);
                }
                _ => self.change(),
            }
            self.compare();
        }
        self.undo(self.done.len());
        self.compare();
        assert_eq!(self.parts, begun_parts);
        assert_eq!(self.record(&first), begun, "{}", self.told.join("\n"));
        self.app.archive(&self.actor, &EVENT, id(&first), None).unwrap();
    }

    /// Returns the record without counters of changes.
    fn record(&self, part: &str) -> Map<String, Value> {
        let record = self.app.get(&self.actor, &EVENT, id(part)).unwrap();
        let mut object = record.to_json();
        object.retain(|name, _| name != "version" && name != "updated_at");
        object
    }

    fn rule(&mut self, first: DateTime) -> Rule {
        let interval = self.one_of(&[1, 1, 1, 2, 3]);
        let day = first.date();
        let every = match self.random.random_range(0..6) {
            0 => Every::Days(interval),
            1 | 2 => Every::Weeks(interval, BTreeSet::from([weekday(day)])),
            3 => {
                let more = self.random.random_range(0..7);
                Every::Weeks(interval, BTreeSet::from([weekday(day), more]))
            }
            4 => Every::MonthDay(interval, day.day().min(28)),
            _ => {
                let nth = i64::from(day.day() - 1) / 7 + 1;
                Every::Nth(interval, if nth > 4 { -1 } else { nth }, weekday(day))
            }
        };
        let end = match self.random.random_range(0..3) {
            0 => End::Never,
            1 => End::Count(self.random.random_range(3..15)),
            _ => {
                let days = self.random.random_range(100..200);
                let until = day.saturating_add(days.days());
                // At the time of the dates, or at the end of a day.
                let time = self.one_of(&[first.time(), Time::constant(23, 59, 59, 0)]);
                End::Until(until.to_datetime(time))
            }
        };
        Rule { every, end }
    }

    fn create(&mut self) -> String {
        let day = date(2027, 1, 1).saturating_add(self.random.random_range(0..60).days());
        let has_days = self.random.random_range(0..3) == 0;
        let first = day.at(if has_days { 0 } else { self.random.random_range(8..16) }, 0, 0, 0);
        let name = self.one_of(&ZONES);
        let mut rule = self.rule(first);
        if let (End::Never, Every::Days(1)) = (&rule.end, &rule.every) {
            rule.end = End::Count(20);
        }
        let minutes = if has_days { self.one_of(&[1, 1, 3]) * 24 * 60 } else { self.one_of(&[30, 60, 90]) };
        let mut part = Part {
            id: String::new(),
            rule,
            first,
            zone: zone(name),
            length: SignedDuration::from_mins(minutes),
            title: "Series".to_owned(),
            has_days,
            added: BTreeMap::new(),
            left_out: BTreeSet::new(),
            changed: BTreeMap::new(),
            is_archived: false,
        };
        if self.random.random() {
            part.added = self.further(&part);
            if !part.added.is_empty() && self.random.random_range(0..4) == 0 {
                part.rule = Rule { every: Every::Once, end: End::Never };
            }
        }
        let end = first.checked_add(minutes.minutes()).unwrap();
        // The series begins on the first date of its rule.
        part.align_start_to_rule();
        let rule = part.rule.text(&part.zone, has_days);
        let body = json!({
            "title": "Series", "start": part.name(first), "end": part.name(end), "timezone": name, "all_day": has_days,
            "rrule": Some(rule).filter(|rule| !rule.is_empty()), "rdates": part.added_names(),
        });
        self.tell(format!("create {body}"));
        let made = self.app.create(&self.actor, &EVENT, body.as_object().unwrap()).unwrap();
        part.id = made.id.to_string();
        self.parts.push(part);
        made.id.to_string()
    }

    /// Returns additional dates: before the start, on dates of the rule, at other times, some with their own duration.
    fn further(&mut self, part: &Part) -> BTreeMap<DateTime, Option<DateTime>> {
        let of_rule = part.rule.dates(part.first);
        let mut added = BTreeMap::new();
        for _ in 0..self.random.random_range(1..=4) {
            let day = part.first.date().saturating_add(self.random.random_range(-10..90).days());
            let at = match self.random.random_range(0..6) {
                0 if !of_rule.is_empty() => of_rule[self.random.random_range(0..of_rule.len().min(8))],
                1 | 2 if !part.has_days => day.at(self.random.random_range(8..16), 30, 0, 0),
                _ => day.to_datetime(part.first.time()),
            };
            let has_length = !part.has_days && self.random.random_range(0..4) == 0;
            let minutes = self.one_of(&[20, 100]);
            added.insert(at, has_length.then(|| at.checked_add(minutes.minutes()).unwrap()));
        }
        added
    }

    /// Returns a part and one of its first dates.
    fn pick(&mut self) -> Option<(usize, DateTime)> {
        let live: Vec<usize> =
            (0..self.parts.len()).filter(|place| !self.parts[*place].is_archived).collect();
        if live.is_empty() {
            return None;
        }
        let place = self.one_of(&live);
        let mut dates = self.parts[place].dates();
        dates.truncate(12);
        // Overridden dates are preferred, because errors are most likely there.
        let changed: Vec<DateTime> =
            dates.iter().filter(|date| self.parts[place].changed.contains_key(date)).copied().collect();
        let from = if changed.is_empty() || self.random.random_range(0..3) > 0 { dates } else { changed };
        Some((place, self.one_of(&from)))
    }

    fn change(&mut self) {
        let Some((place, date)) = self.pick() else {
            return self.restore();
        };
        match self.random.random_range(0..10) {
            0..=1 => self.cancel(place, date),
            2 => self.put_back(place),
            3 => self.change_record(place),
            _ => self.change_date(place, date),
        }
    }

    fn some_change(&mut self, part: &Part, date: DateTime, scope: Scope) -> Option<(Change, Value)> {
        let last = if scope == Scope::This { 5 } else { 10 };
        let has_days = part.has_days;
        let within = |at: DateTime| has_days || HOURS.contains(&at.hour());
        Some(match self.random.random_range(0..last) {
            0 | 1 => {
                let title = format!("Title {}", self.random.random_range(1..100));
                (Change::Title(title.clone()), json!({ "title": title }))
            }
            2 => {
                let minutes =
                    if has_days { self.one_of(&[1, 2, 4]) * 24 * 60 } else { self.one_of(&[45, 75, 120]) };
                let end = part.local_start(date).checked_add(minutes.minutes()).unwrap();
                (Change::End(end), json!({ "end": part.name(end) }))
            }
            3..=5 => {
                let days = self.random.random_range(-3..=3);
                let minutes = if has_days { 0 } else { self.one_of(&[-120, -30, 0, 0, 60]) };
                let by =
                    |at: DateTime| at.saturating_add(days.days()).checked_add(minutes.minutes()).unwrap();
                let (from, to) = (part.local_start(date), by(part.local_start(date)));
                let further = scope == Scope::This || part.added.keys().all(|at| within(by(*at)));
                if from == to || !within(to) || !within(by(date)) || !further {
                    return None;
                }
                (Change::Start(to), json!({ "start": part.name(to) }))
            }
            6 | 7 => {
                // For following dates, the rule continues at the date; for all, at the first one.
                let is_first = part.dates().first() == Some(&date);
                let first =
                    if scope == Scope::All || is_first { part.first } else { part.clone().split(date).first };
                let mut rule = self.rule(first);
                if let (End::Never, Every::Days(1)) = (&rule.end, &rule.every) {
                    rule.end = End::Count(20);
                }
                let text = rule.text(&part.zone, has_days);
                (Change::Rule(rule), json!({ "rrule": text }))
            }
            8 => {
                let mut added = self.further(part);
                if scope == Scope::Following {
                    added.retain(|at, _| *at >= date);
                }
                if added.is_empty() {
                    return None;
                }
                let names = Part { added: added.clone(), ..part.clone() }.added_names();
                (Change::Added(added), json!({ "rdates": names }))
            }
            _ if has_days => return None,
            _ => {
                let name = self.one_of(&ZONES);
                let to = part.span(date).0.to_zoned(zone(name)).datetime();
                let shift = to.duration_since(part.local_start(date));
                let regular = date.checked_add(shift).unwrap();
                // All other dates shift by the same local time.
                let further = part.added.keys().map(|at| at.checked_add(shift).unwrap());
                let all_within = [to, regular].into_iter().chain(further).all(within);
                if zone(name) == part.zone
                    || !all_within
                    || regular.date().duration_since(date.date())
                        != to.date().duration_since(part.local_start(date).date())
                {
                    return None;
                }
                (Change::Zone(zone(name)), json!({ "timezone": name }))
            }
        })
    }

    fn target<'t>(part: &Part, name: &'t str, scope: Scope) -> Target<'t> {
        Target { kind: &EVENT, id: id(&part.id), recurrence_id: name, scope, expected: None }
    }

    fn change_date(&mut self, place: usize, date: DateTime) {
        let scope = self.one_of(&[Scope::This, Scope::This, Scope::Following, Scope::All]);
        let part = self.parts[place].clone();
        let Some((change, input)) = self.some_change(&part, date, scope) else {
            return;
        };
        if scope != Scope::This && !part.can_change_all(date, &change) {
            return;
        }
        self.tell(format!("{scope:?} of {date} {input}"));
        let mut new = self.parts.clone();
        let is_split = scope == Scope::Following && part.dates().first() != Some(&date);
        let at = match (scope, is_split) {
            (Scope::This, _) => {
                new[place].change_one(date, &change);
                place
            }
            (_, true) => {
                let mut rest = new[place].split(date);
                rest.change_all(date, &change);
                new.push(rest);
                new.len() - 1
            }
            (_, false) => {
                new[place].change_all(date, &change);
                place
            }
        };
        let name = part.name(date);
        let answer = self.app.change_occurrence(
            &self.actor,
            &Self::target(&part, &name, scope),
            input.as_object().unwrap(),
        );
        if new[at].dates().is_empty() {
            // All remaining dates are excluded.
            assert!(matches!(answer, Err(AppError::Invalid(_))), "{answer:?}\n{}", self.told.join("\n"));
            return;
        }
        let done = answer.unwrap_or_else(|error| panic!("{error:?}\n{}", self.told.join("\n")));
        new[at].id = done.series.id.to_string();
        let Some(change_set) = done.change_set else {
            assert_eq!(new, self.parts, "nothing was written\n{}", self.told.join("\n"));
            return;
        };
        self.keep(done.series.id, change_set, new);
    }

    fn keep(&mut self, record: Id, change_set: Id, new: Vec<Part>) {
        let before = std::mem::replace(&mut self.parts, new);
        self.done.push(Step { record, change_set, before });
    }

    fn cancel(&mut self, place: usize, date: DateTime) {
        let scope = self.one_of(&[Scope::This, Scope::This, Scope::This, Scope::Following, Scope::All]);
        self.tell(format!("cancel {scope:?} of {date}"));
        let part = self.parts[place].clone();
        let mut new = self.parts.clone();
        match scope {
            Scope::This => {
                new[place].left_out.insert(date);
                new[place].changed.remove(&date);
            }
            Scope::Following => drop(new[place].split(date)),
            Scope::All => {}
        }
        if scope == Scope::All || new[place].dates().is_empty() {
            // It is archived unchanged.
            new[place] = Part { is_archived: true, ..part.clone() };
        }
        let name = part.name(date);
        let done = self.app.cancel_occurrence(&self.actor, &Self::target(&part, &name, scope));
        let done = done.unwrap_or_else(|error| panic!("{error:?}\n{}", self.told.join("\n")));
        self.keep(id(&part.id), done.change_set.unwrap(), new);
    }

    /// Restores an excluded date, or resets an overridden one to the series.
    fn put_back(&mut self, place: usize) {
        let part = self.parts[place].clone();
        let mut new = self.parts.clone();
        let (done, told) = if let Some(date) = part.left_out.first().copied() {
            new[place].left_out.remove(&date);
            let name = part.name(date);
            (
                self.app.restore_occurrence(&self.actor, &Self::target(&part, &name, Scope::This)),
                format!("bring {date} back"),
            )
        } else if let Some((date, _)) = part.changed.first_key_value() {
            new[place].changed.remove(date);
            let name = part.name(*date);
            (
                self.app.reset_occurrence(&self.actor, &Self::target(&part, &name, Scope::This)),
                format!("reset {date}"),
            )
        } else {
            return;
        };
        self.tell(told);
        let done = done.unwrap_or_else(|error| panic!("{error:?}\n{}", self.told.join("\n")));
        self.keep(id(&part.id), done.change_set.unwrap(), new);
    }

    /// Changes the series as a record, as its form does.
    fn change_record(&mut self, place: usize) {
        let part = self.parts[place].clone();
        let hour = self.random.random_range(8..16);
        let start = part.first.date().at(hour, 15, 0, 0);
        let (change, input) = if !part.has_days && self.random.random() {
            (Change::Start(start), json!({ "start": start.to_string() }))
        } else {
            (Change::Title("Whole".to_owned()), json!({ "title": "Whole" }))
        };
        self.tell(format!("record {input}"));
        let mut new = self.parts.clone();
        new[place].change_record(&change);
        let answer = self.app.update(&self.actor, &EVENT, id(&part.id), input.as_object().unwrap(), None);
        answer.unwrap_or_else(|error| panic!("{error:?}\n{}", self.told.join("\n")));
        if new == self.parts {
            return;
        }
        let change_set = self.last_set(&part.id);
        self.keep(id(&part.id), change_set, new);
    }

    fn last_set(&self, part: &str) -> Id {
        self.app.history(&self.actor, &EVENT, id(part), None, 1).unwrap()[0].change.change_set
    }

    fn restore(&mut self) {
        let place = self.random.random_range(0..self.parts.len());
        let part = self.parts[place].id.clone();
        self.tell("restore".to_owned());
        self.app.restore(&self.actor, &EVENT, id(&part), None).unwrap();
        let mut new = self.parts.clone();
        new[place].is_archived = false;
        let change_set = self.last_set(&part);
        self.keep(id(&part), change_set, new);
    }

    /// Undoes the last changes, latest first.
    fn undo(&mut self, steps: usize) {
        for _ in 0..steps {
            let Some(step) = self.done.pop() else {
                return;
            };
            self.tell("undo".to_owned());
            let undone = self.app.undo(&self.actor, &EVENT, step.record, Some(step.change_set), None);
            undone.unwrap_or_else(|error| panic!("{error:?}\n{}", self.told.join("\n")));
            self.parts = step.before;
        }
    }
}
