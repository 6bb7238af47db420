//! Changing and cancelling dates of a series: this one, this and all that follow, or all.
//!
//! A single date is a record of its own as long as it is worked on: the series as it is on that date. What is then
//! different is kept in the series. "This and following" ends the series before the date and begins another one
//! there. Everything is one set of changes, so undo puts the series back exactly.

use std::str::FromStr;

use jiff::Timestamp;
use obcms_domain::id::Id;
use obcms_domain::people::Action;
use obcms_domain::registry::{self, DateRole, FieldError, Kind, Record, Source, Value, output};
use obcms_domain::series::{self, Leader, Place, Series};
use obcms_recur::{ExpandError, Moment, Set};
use obcms_store::records as store;
use serde_json::{Map, Value as Json};

use crate::behaviour;
use crate::error::AppError;
use crate::records::{self, Input};
use crate::work::Work;
use crate::{Actor, App};

/// How far a change of one date reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// This date only.
    #[default]
    This,
    /// This date and all after it: the series is split.
    Following,
    /// All dates.
    All,
}

impl Scope {
    /// The scope of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "this" => Some(Self::This),
            "following" => Some(Self::Following),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// What a change of dates led to.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// The series that now has the date.
    pub series: Record,
    /// The record as it is on the date; nothing when it was cancelled.
    pub single: Option<Record>,
    /// Original local start of the date.
    pub recurrence_id: String,
    /// The set of changes, by which it is undone; nothing when nothing changed.
    pub change_set: Option<Id>,
}

impl App {
    /// One date of a series that the actor may see.
    pub fn occurrence(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        recurrence_id: &str,
    ) -> Result<Occurrence, AppError> {
        self.read(|tx| {
            let record = store::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            let (series, date) = found(&record, recurrence_id)?;
            let single = series.materialise(&record, date).map_err(too_much)?;
            Ok(Occurrence { series: record, single, recurrence_id: date.to_string(), change_set: None })
        })
    }

    /// The first dates of a series from an instant on, each as the record is on that date.
    pub fn occurrences(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        window: (Option<Timestamp>, Option<Timestamp>),
        limit: usize,
    ) -> Result<Vec<(String, Record)>, AppError> {
        self.read(|tx| {
            let record = store::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            let Some(series) = Series::of(&record) else {
                return Ok(Vec::new());
            };
            let dates = series.set.between(window.0, window.1, limit).map_err(too_much)?;
            let mut result = Vec::with_capacity(dates.len());
            for date in dates {
                if let Some(single) = series.materialise(&record, date.id).map_err(too_much)? {
                    result.push((date.id.to_string(), single));
                }
            }
            Ok(result)
        })
    }

    /// Changes one date, it and all that follow, or all.
    pub fn change_occurrence(
        &self,
        actor: &Actor,
        target: &Target<'_>,
        input: &Input,
    ) -> Result<Occurrence, AppError> {
        self.write(actor, |work| change(work, target, input))
    }

    /// Cancels one date, it and all that follow, or all.
    pub fn cancel_occurrence(&self, actor: &Actor, target: &Target<'_>) -> Result<Occurrence, AppError> {
        self.write(actor, |work| cancel(work, target))
    }
}

/// Which date of which series, how far, and the version that the actor saw.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Kind of the series.
    pub kind: &'static Kind,
    /// The series.
    pub id: Id,
    /// Original local start of the date.
    pub recurrence_id: &'a str,
    /// How far.
    pub scope: Scope,
    /// Version of the series that the actor saw.
    pub expected: Option<i64>,
}

pub(crate) fn too_much(error: ExpandError) -> AppError {
    AppError::field("rrule", "rule", error.to_string())
}

/// The series and the date, when it is one of the series.
pub(crate) fn found(record: &Record, recurrence_id: &str) -> Result<(Series, Moment), AppError> {
    let missing = || AppError::NotFound("date of this series");
    let series = Series::of(record).ok_or_else(missing)?;
    let date = series.find(recurrence_id).map_err(too_much)?.ok_or_else(missing)?;
    Ok((series, date))
}

pub(crate) fn load(work: &mut Work<'_, '_>, target: &Target<'_>, action: Action) -> Result<Record, AppError> {
    let record = work.load(target.kind, target.id)?;
    records::require_write(work.actor)?;
    work.actor.require(work.tx, action, &record)?;
    records::require_version(&record, target.expected)?;
    if record.is_archived() {
        return Err(AppError::conflict(format!(
            "This {} is archived; restore it first.",
            target.kind.label.to_lowercase()
        )));
    }
    Ok(record)
}

/// Changes dates of a series.
pub fn change(work: &mut Work<'_, '_>, target: &Target<'_>, input: &Input) -> Result<Occurrence, AppError> {
    let record = load(work, target, behaviour::action_for(target.kind, input))?;
    let (series, date) = found(&record, target.recurrence_id)?;
    match target.scope {
        Scope::This => change_this(work, &record, &series, date, input),
        Scope::Following if Some(date) != series.first().map_err(too_much)? => {
            split(work, &record, &series, date, input)
        }
        Scope::All | Scope::Following => change_all(work, &record, &series, date, input),
    }
}

pub(crate) fn single_of(series: &Series, record: &Record, date: Moment) -> Result<Record, AppError> {
    series.materialise(record, date).map_err(too_much)?.ok_or(AppError::NotFound("date of this series"))
}

/// Reads the input as a change of the date, by all rules of the kind.
fn parse_single(work: &mut Work<'_, '_>, before: &Record, input: &Input) -> Result<Record, AppError> {
    let mut single = before.clone();
    registry::parse(&mut single, input, false, &work.context())?;
    records::check(work, Some(before), &single)?;
    behaviour::prepare(work, Some(before), &mut single, input)?;
    Ok(single)
}

fn change_this(
    work: &mut Work<'_, '_>,
    record: &Record,
    series: &Series,
    date: Moment,
    input: &Input,
) -> Result<Occurrence, AppError> {
    let errors: Vec<FieldError> = series::FIELDS
        .into_iter()
        .filter(|name| input.contains_key(*name))
        .map(|name| {
            let message =
                "One date has no rule of its own: change all dates, or this one and those that follow.";
            FieldError::new(name, "scope", message)
        })
        .collect();
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let before = single_of(series, record, date)?;
    let single = parse_single(work, &before, input)?;
    put_single(work, record, series, date, &single)
}

/// Changes one date as `change` does with the record as it is on that date.
pub(crate) fn change_date(
    work: &mut Work<'_, '_>,
    target: &Target<'_>,
    action: Action,
    change: impl FnOnce(&mut Work<'_, '_>, &mut Record) -> Result<(), AppError>,
) -> Result<Occurrence, AppError> {
    let record = load(work, target, action)?;
    let (series, date) = found(&record, target.recurrence_id)?;
    let mut single = single_of(&series, &record, date)?;
    change(work, &mut single)?;
    put_single(work, &record, &series, date, &single)
}

/// Writes a date of the series as it is to be.
fn put_single(
    work: &mut Work<'_, '_>,
    record: &Record,
    series: &Series,
    date: Moment,
    single: &Record,
) -> Result<Occurrence, AppError> {
    let base =
        series.base(record, date).map_err(too_much)?.ok_or(AppError::NotFound("date of this series"))?;
    let mut overrides = series.overrides.clone();
    let patch = differences(&base, single);
    if patch.is_empty() {
        overrides.remove(&date.to_string());
    } else {
        overrides.insert(date.to_string(), Json::Object(patch));
    }
    if overrides.len() > series::MAXIMUM_OVERRIDES {
        return Err(AppError::conflict(
            "Too many dates of this series differ; split it and change the parts.",
        ));
    }
    let mut changed = record.clone();
    series::set_overrides(&mut changed, overrides);
    work.note_date(date);
    finish(work, record, changed, date, "occurrence")
}

/// The fields in which a date differs from the others. One that begins elsewhere has its end as well, so that both stay
/// when the others are moved; one that only lasts longer or shorter moves with them.
fn differences(base: &Record, single: &Record) -> Map<String, Json> {
    let role = &base.kind.dates[0];
    let begins = |record: &Record| series::anchor(record).map(|(start, _)| start);
    let is_elsewhere = !base.get(role.start).is_empty() && begins(base) != begins(single);
    let mut patch = Map::new();
    for (position, field) in base.kind.fields.iter().enumerate() {
        let differs = base.values[position] != single.values[position];
        let is_pinned = is_elsewhere && (field.name == role.start || field.name == role.end);
        if (differs || is_pinned) && !series::FIELDS.contains(&field.name) {
            patch.insert(field.name.to_owned(), output::plain(field, &single.values[position]));
        }
    }
    patch
}

/// Writes the series and answers with the date as it is then; nothing when it is none of the series.
pub(crate) fn finish(
    work: &mut Work<'_, '_>,
    before: &Record,
    mut changed: Record,
    date: Moment,
    action: &str,
) -> Result<Occurrence, AppError> {
    behaviour::before_series(work, Some(before), &mut changed)?;
    let differs = work.save(before, &mut changed, action)?;
    let record = records::reload(work, &changed)?;
    let single = match Series::of(&record) {
        Some(series) => series.materialise(&record, date).map_err(too_much)?,
        None => Some(record.clone()),
    };
    let change_set = differs.then_some(work.change_set);
    Ok(Occurrence { series: record, single, recurrence_id: date.to_string(), change_set })
}

/// The series with `input` applied to all its dates, as it was given for one of them.
struct Whole {
    record: Record,
    /// Name of the date in the changed series.
    date: Moment,
}

/// Applies to a whole series what was given for one of its dates: times are moved by as much as the date is, the
/// rule moves along, and what the input says outweighs what was different on this date.
fn apply_to_all(
    work: &mut Work<'_, '_>,
    record: &Record,
    series: &Series,
    date: Moment,
    input: &Input,
) -> Result<Whole, AppError> {
    let role = series.role;
    let dated = |name: &str| dated_fields(role).contains(&name);
    let moves = input.keys().any(|name| dated(name));
    let before = single_of(series, record, date)?;
    let own = |name: &&String| !series::FIELDS.contains(&name.as_str());
    let for_single: Input = input
        .iter()
        .filter(|(name, _)| own(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let single = parse_single(work, &before, &for_single)?;
    let mut whole = record.clone();
    // Fields without dates hold for all dates alike.
    let mut own_patch = match series.overrides.get(&date.to_string()) {
        Some(Json::Object(patch)) => patch.clone(),
        _ => Map::new(),
    };
    for (position, field) in record.kind.fields.iter().enumerate() {
        let is_given = input.contains_key(field.name)
            || (field.source != Source::Input && before.values[position] != single.values[position]);
        if is_given && !dated(field.name) && !series::FIELDS.contains(&field.name) {
            whole.values[position] = single.values[position].clone();
            own_patch.remove(field.name);
        }
    }
    // Other dates keep what differs on them; what differs on this one is put back at its new place.
    let mut overrides = series.overrides.clone();
    overrides.remove(&date.to_string());
    let mut old = record.clone();
    series::set_overrides(&mut old, overrides.clone());
    series::set_overrides(&mut whole, overrides);
    let mut leader = None;
    if moves {
        for name in dated_fields(role) {
            own_patch.remove(name);
        }
        leader = Some(move_all(&mut whole, series, (&before, &single), date, input.contains_key("rrule"))?);
    }
    let of_series: Input = input
        .iter()
        .filter(|(name, _)| !own(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    registry::parse(&mut whole, &of_series, false, &work.context())?;
    series::follow(&old, &mut whole, &of_series, leader.as_ref());
    let date = leader.map_or(date, |leader| leader.name);
    keep_own(&mut whole, date, &own_patch, moves.then_some(&single))?;
    Ok(Whole { record: whole, date })
}

/// Fields that say when a date is.
fn dated_fields(role: &DateRole) -> [&'static str; 4] {
    [role.start, role.end, "all_day", "timezone"]
}

/// Keeps on one date of a changed series what still differs there: `patch`, and the times of `single` if given.
fn keep_own(
    whole: &mut Record,
    date: Moment,
    patch: &Map<String, Json>,
    single: Option<&Record>,
) -> Result<(), AppError> {
    let Some(series) = Series::of(whole) else {
        return Ok(());
    };
    let Some(base) = series.base(whole, date).map_err(too_much)? else {
        return Ok(());
    };
    let mut own = base.clone();
    series::apply(&mut own, patch);
    for name in dated_fields(series.role) {
        if let (Some(single), Some(position)) = (single, base.kind.position(name)) {
            own.values[position] = single.values[position].clone();
        }
    }
    let patch = differences(&base, &own);
    let mut overrides = series.overrides;
    if patch.is_empty() {
        overrides.remove(&date.to_string());
    } else {
        overrides.insert(date.to_string(), Json::Object(patch));
    }
    series::set_overrides(whole, overrides);
    Ok(())
}

/// Moves the first date of the series, its length and its rule by what happened to one date: that stands where it was
/// put, each other one goes as far from where it is.
fn move_all(
    whole: &mut Record,
    series: &Series,
    (before, single): (&Record, &Record),
    date: Moment,
    has_new_rule: bool,
) -> Result<Leader, AppError> {
    let role = series.role;
    let missing = || AppError::field(role.start, "required", "What repeats needs a first date.");
    let (from, old_length) = series::anchor(before).ok_or_else(missing)?;
    let (to, new_length) = series::anchor(single).ok_or_else(missing)?;
    let place = Place { from, to };
    let name = place.carry(date, true);
    let mut moves_all = true;
    let mut start = place.carry(series.set.start, true);
    if let Some(rule) = series.set.rule.as_ref().filter(|_| !has_new_rule) {
        // The rule has the date where it would be without having been moved by itself.
        let regular = Place { from: date, to: name };
        let moved = series::moved_rule(&series.set, rule, &regular, &series::zone_of(single))
            .map_err(|message| AppError::field(role.start, "rule", message))?;
        (start, moves_all) = (moved.start, moved.moves_all);
        whole.set("rrule", moved.rule.to_string());
    }
    for name in ["all_day", "timezone"] {
        if whole.kind.position(name).is_some() {
            whole.set(name, single.get(name).clone());
        }
    }
    // A date that had a length of its own does not give it to the others by being moved.
    let length = if old_length == new_length { series.length } else { new_length };
    series::place_at(whole, start, length);
    Ok(Leader { place, name, moves_all })
}

fn change_all(
    work: &mut Work<'_, '_>,
    record: &Record,
    series: &Series,
    date: Moment,
    input: &Input,
) -> Result<Occurrence, AppError> {
    let whole = apply_to_all(work, record, series, date, input)?;
    check_series(work, record, &whole.record)?;
    finish(work, record, whole.record, whole.date, "update")
}

fn check_series(work: &mut Work<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    let mut errors = Vec::new();
    registry::check_required(record, &mut errors);
    series::check(record, &mut errors);
    if errors.is_empty() {
        (record.kind.rules)(record, &mut errors);
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    records::check(work, Some(before), record)
}

/// Ends the series before the date and begins another there.
fn split(
    work: &mut Work<'_, '_>,
    record: &Record,
    series: &Series,
    date: Moment,
    input: &Input,
) -> Result<Occurrence, AppError> {
    let head = head(record, series, date)?;
    let tail = tail(work, record, series, date)?;
    let tail_series = Series::of(&tail).ok_or(AppError::NotFound("date of this series"))?;
    let mut whole = apply_to_all(work, &tail, &tail_series, date, input)?;
    check_series(work, record, &whole.record)?;
    behaviour::before_series(work, None, &mut whole.record)?;
    let mut head = head;
    behaviour::before_series(work, Some(record), &mut head)?;
    work.save(record, &mut head, "split")?;
    work.insert(std::slice::from_ref(&whole.record))?;
    let new = records::reload(work, &whole.record)?;
    let single = match Series::of(&new) {
        Some(series) => series.materialise(&new, whole.date).map_err(too_much)?,
        None => Some(new.clone()),
    };
    Ok(Occurrence {
        series: new,
        single,
        recurrence_id: whole.date.to_string(),
        change_set: Some(work.change_set),
    })
}

/// The series up to the date, exclusive.
fn head(record: &Record, series: &Series, date: Moment) -> Result<Record, AppError> {
    let mut head = record.clone();
    if let Some(rule) = &series.set.rule {
        let before = match rule.count() {
            Some(_) => u32::try_from(series.set.count_before(date).map_err(too_much)?).unwrap_or(0),
            None => 0,
        };
        let shortened = if before > 0 {
            rule.clone().with_count(before)
        } else {
            // Without a rule the start would be a date: one that ends before it begins yields none.
            let last = match date {
                Moment::Date(day) => Moment::Date(day.yesterday().unwrap_or(day)),
                Moment::DateTime(local) => {
                    Moment::DateTime(local.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(local))
                }
            };
            series::with_until(rule, last, &series.set.zone)
        };
        head.set("rrule", shortened.to_string());
    }
    keep(&mut head, series, |other| series.instant(other) < series.instant(date));
    Ok(head)
}

/// The series from the date on, still under the old times.
fn tail(work: &Work<'_, '_>, record: &Record, series: &Series, date: Moment) -> Result<Record, AppError> {
    let mut tail = work.new_record(record.kind);
    tail.values.clone_from(&record.values);
    tail.created_by = record.created_by.or(work.actor.id);
    tail.set("continues", record.id);
    let mut start = date;
    if let Some(rule) = &series.set.rule {
        // The date may be a further one: from there on the rule would yield others, as another day of the week.
        let of_rule = Set { additions: Vec::new(), exclusions: Vec::new(), ..series.set.clone() };
        let first = of_rule.between(Some(series.instant(date)), None, 1).map_err(too_much)?;
        let rule = match (first.first(), rule.count()) {
            (None, _) => None,
            (Some(first), None) => {
                start = first.id;
                Some(rule.clone())
            }
            (Some(first), Some(count)) => {
                start = first.id;
                let before = series.set.count_before(start).map_err(too_much)?;
                let left = u64::from(count).saturating_sub(before);
                u32::try_from(left).ok().filter(|left| *left > 0).map(|left| rule.clone().with_count(left))
            }
        };
        tail.set("rrule", rule.map_or(Value::Null, |rule| Value::from(rule.to_string())));
    }
    keep(&mut tail, series, |other| series.instant(other) >= series.instant(date));
    series::place_at(&mut tail, start, series.length);
    Ok(tail)
}

/// Keeps of the lists of dates what `wanted` says.
fn keep(record: &mut Record, series: &Series, wanted: impl Fn(Moment) -> bool) {
    for field in ["rdates", "exdates"] {
        let dates: Vec<String> = series::texts(record.get(field))
            .into_iter()
            .filter(|text| {
                let start = text.split('/').next().unwrap_or(text);
                Moment::from_str(start).is_ok_and(&wanted)
            })
            .map(ToOwned::to_owned)
            .collect();
        series::set_list(record, field, dates);
    }
    let overrides = series
        .overrides
        .iter()
        .filter(|(name, _)| Moment::from_str(name).is_ok_and(&wanted))
        .map(|(name, patch)| (name.clone(), patch.clone()))
        .collect();
    series::set_overrides(record, overrides);
}

/// Cancels dates of a series.
fn cancel(work: &mut Work<'_, '_>, target: &Target<'_>) -> Result<Occurrence, AppError> {
    let whole = target.scope == Scope::All;
    let record = load(work, target, if whole { Action::Archive } else { Action::Edit })?;
    let (series, date) = found(&record, target.recurrence_id)?;
    let mut changed = record.clone();
    match target.scope {
        Scope::This => {
            let mut dates: Vec<String> =
                series::texts(record.get("exdates")).into_iter().map(ToOwned::to_owned).collect();
            dates.push(date.to_string());
            series::set_list(&mut changed, "exdates", dates);
            let mut overrides = series.overrides.clone();
            overrides.remove(&date.to_string());
            series::set_overrides(&mut changed, overrides);
        }
        Scope::Following => changed = head(&record, &series, date)?,
        Scope::All => {}
    }
    let is_over = match Series::of(&changed) {
        Some(left) => whole || left.is_empty().map_err(too_much)?,
        None => true,
    };
    work.note_date(date);
    if is_over {
        // Without its last date the series is put away, as it was.
        work.actor.require(work.tx, Action::Archive, &record)?;
        behaviour::before_archive(work, &record)?;
        let mut archived = record.clone();
        archived.archived_at = Some(work.now);
        work.save(&record, &mut archived, "archive")?;
        return Ok(cancelled(work, archived, date));
    }
    behaviour::before_series(work, Some(&record), &mut changed)?;
    work.save(&record, &mut changed, "cancel_date")?;
    let changed = records::reload(work, &changed)?;
    Ok(cancelled(work, changed, date))
}

fn cancelled(work: &Work<'_, '_>, series: Record, date: Moment) -> Occurrence {
    Occurrence { series, single: None, recurrence_id: date.to_string(), change_set: Some(work.change_set) }
}
