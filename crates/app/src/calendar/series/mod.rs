//! Changes and cancellations of occurrences: this one, this and following, or all.
//!
//! While an occurrence is edited it is a full record: the series with its override applied. Only the difference is
//! stored in the series. "This and following" ends the series before the occurrence and creates a new series from
//! there. Each command is one change set, so undo restores the series exactly.

mod all;
pub mod occurrences;
mod parts;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obcms_domain::accounts::Action;
use obcms_domain::calendar::series::{self, Series, state};
use obcms_domain::core::id::Id;
use obcms_domain::records::input;
use obcms_domain::registry::series::{CONTINUES, RRULE};
use obcms_domain::registry::{Field, FieldError, FieldType, Kind, Record, Value, output};
use obcms_recur::{ExpandError, Last, Moment};
use obcms_store::records as store;
use serde_json::{Map, Value as Json, json};

use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::undo::undo_address;
use crate::records::{self, Input, closing, reservation};
use all::change_all;
pub(crate) use parts::cancel;
use parts::split;
pub(crate) use parts::{head, rest};

/// Scope of a change to an occurrence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// This occurrence only.
    #[default]
    This,
    /// This occurrence and all later ones; splits the series.
    Following,
    /// All occurrences.
    All,
}

impl Scope {
    /// Returns the scope with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "this" => Some(Self::This),
            "following" => Some(Self::Following),
            "all" => Some(Self::All),
            _ => None,
        }
    }

    /// Parses the scope of an input.
    pub fn read(name: &str) -> Result<Self, FieldError> {
        Self::parse(name).ok_or_else(|| FieldError::new("scope", "choice", "Must be this, following or all."))
    }
}

/// Result of a change to occurrences.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// Series that contains the occurrence after the change.
    pub series: Record,
    /// Record with the values of the occurrence; `None` if it was cancelled.
    pub single: Option<Record>,
    /// Recurrence id of the occurrence.
    pub recurrence_id: String,
    /// Change set for undo; `None` if nothing changed.
    pub change_set: Option<Id>,
}

impl Occurrence {
    /// Returns the undo address.
    #[must_use]
    pub fn undo(&self) -> Option<String> {
        self.change_set.map(|set| undo_address(self.series.kind, self.series.id, set))
    }
}

impl App {
    /// Returns one occurrence of a series that the actor may see.
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
            let single = series.materialize(&record, date).map_err(too_much)?;
            Ok(Occurrence { series: record, single, recurrence_id: date.to_string(), change_set: None })
        })
    }

    /// Returns the first occurrences of a series from an instant on, each as a record with its values.
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
                if let Some(single) = series.materialize(&record, date.id).map_err(too_much)? {
                    result.push((date.id.to_string(), single));
                }
            }
            Ok(result)
        })
    }

    /// Changes one occurrence, this and following, or all.
    pub fn change_occurrence(
        &self,
        actor: &Actor,
        target: &Target<'_>,
        input: &Input,
    ) -> Result<Occurrence, AppError> {
        self.write(actor, |work| change(work, target, input))
    }

    /// Cancels one occurrence, this and following, or all.
    pub fn cancel_occurrence(&self, actor: &Actor, target: &Target<'_>) -> Result<Occurrence, AppError> {
        self.write(actor, |work| cancel(work, target))
    }
}

/// Occurrence to change, with scope and expected version.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Kind of the series.
    pub kind: &'static Kind,
    /// Id of the series.
    pub id: Id,
    /// Recurrence id of the occurrence.
    pub recurrence_id: &'a str,
    /// Scope of the change.
    pub scope: Scope,
    /// Version of the series that the actor saw.
    pub expected: Option<i64>,
}

pub(crate) fn too_much(error: ExpandError) -> AppError {
    AppError::field(RRULE.name(), "rule", error)
}

/// Returns the series and the moment of an occurrence. Fails if the series does not have it.
pub(crate) fn found(record: &Record, recurrence_id: &str) -> Result<(Series, Moment), AppError> {
    let missing = || AppError::NotFound("occurrence");
    let series = Series::of(record).ok_or_else(missing)?;
    let date = series.find(recurrence_id).map_err(too_much)?.ok_or_else(missing)?;
    Ok((series, date))
}

/// Returns the series and the moment for a change. If the series was split meanwhile, later
/// occurrences belong to another record.
pub(crate) fn found_to_change(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    recurrence_id: &str,
) -> Result<(Series, Moment), AppError> {
    let result = found(record, recurrence_id);
    if matches!(result, Err(AppError::NotFound(_))) && was_split_before(work, record, recurrence_id)? {
        return Err(AppError::conflict(
            "The series ends before this occurrence. Later occurrences are in a separate series.",
        ));
    }
    result
}

fn was_split_before(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    recurrence_id: &str,
) -> Result<bool, AppError> {
    let Some(series) = Series::of(record) else {
        return Ok(false);
    };
    let (Ok(date), Ok(Last::At(last))) = (Moment::read(recurrence_id, &series.set.zone), series.set.last())
    else {
        return Ok(false);
    };
    if series.instant(date) <= last.start {
        return Ok(false);
    }
    let pointing = store::sources(work.tx, &[record.id], &[record.kind.name], 100)?;
    Ok(pointing.iter().any(|(_, field, rest)| field == CONTINUES.name() && !rest.is_archived))
}

pub(crate) fn load(
    work: &mut UnitOfWork<'_, '_>,
    target: &Target<'_>,
    action: Action,
) -> Result<Record, AppError> {
    load_for(work, target, action, &Input::new())
}

fn load_for(
    work: &mut UnitOfWork<'_, '_>,
    target: &Target<'_>,
    action: Action,
    input: &Input,
) -> Result<Record, AppError> {
    let record = work.load(target.kind, target.id)?;
    records::require_write(work.actor)?;
    work.actor.require_input(work.tx, action, &record, input)?;
    records::require_version(&record, target.expected)?;
    records::require_live(&record)?;
    Ok(record)
}

/// Changes occurrences of a series.
pub fn change(
    work: &mut UnitOfWork<'_, '_>,
    target: &Target<'_>,
    input: &Input,
) -> Result<Occurrence, AppError> {
    let (input, cancels) = closing::take(target.kind, input)?;
    let (input, resources) = reservation::take(target.kind, &input)?;
    let input = &input;
    let record = load_for(work, target, work.app.rules().action_for(target.kind, input), input)?;
    reservation::require_right(work, &record, resources.as_ref())?;
    let (series, date) = found_to_change(work, &record, target.recurrence_id)?;
    let is_part = match target.scope {
        Scope::This => true,
        Scope::Following => Some(date) != series.first().map_err(too_much)?,
        Scope::All => false,
    };
    if cancels && is_part {
        // Tasks and bookings belong to the series as a whole.
        let message = "Open tasks belong to the whole series. Cancel all occurrences instead.";
        return Err(AppError::field(closing::MEMBER, "scope", message));
    }
    reservation::request(work, resources, (target.scope == Scope::This).then(|| date.to_string()));
    match target.scope {
        Scope::This => {
            let mut changed = change_this(work, &record, &series, date, input)?;
            if reservation::settle(work, &changed.series)? {
                changed.change_set = Some(work.change_set);
            }
            Ok(changed)
        }
        Scope::Following if is_part => split(work, &record, &series, date, input),
        Scope::All | Scope::Following => {
            let mut changed = change_all(work, &record, &series, date, input)?;
            if reservation::settle(work, &changed.series)? {
                changed.change_set = Some(work.change_set);
            }
            (work.app.effects().closed)(work, &record, &changed.series, cancels)?;
            Ok(changed)
        }
    }
}

pub(crate) fn materialize_occurrence(
    series: &Series,
    record: &Record,
    date: Moment,
) -> Result<Record, AppError> {
    series.materialize(record, date).map_err(too_much)?.ok_or(AppError::NotFound("occurrence"))
}

/// Parses the input as a change of the occurrence, with all rules of the kind.
fn parse_single(work: &mut UnitOfWork<'_, '_>, before: &Record, input: &Input) -> Result<Record, AppError> {
    let mut single = before.clone();
    input::parse(&mut single, input, false, &work.context())?;
    work.actor.require_given(work.tx, before, &single, input)?;
    records::check(work, Some(before), &single)?;
    work.before_save(Some(before), &mut single, input)?;
    Ok(single)
}

fn change_this(
    work: &mut UnitOfWork<'_, '_>,
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
                "One occurrence has no rule of its own. Change all occurrences, or this and following.";
            FieldError::new(name, "scope", message)
        })
        .collect();
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let before = materialize_occurrence(series, record, date)?;
    let mut single = parse_single(work, &before, input)?;
    keep_start(&before, &mut single, input);
    save_single(work, record, series, date, &single)
}

/// Prevents a state change from setting the start of an occurrence, which would move it.
pub(crate) fn keep_start(before: &Record, single: &mut Record, input: &Input) {
    let start = before.kind.dates[0].start;
    if state::STATE_FIELDS
        .iter()
        .any(|name| before.kind.position(name).is_some() && before.get(name) != single.get(name))
        && !input.contains_key(start)
        && before.get(start).is_empty()
    {
        single.set(start, Value::Null);
    }
}

/// Changes one occurrence by a function on its record.
pub(crate) fn change_date(
    work: &mut UnitOfWork<'_, '_>,
    target: &Target<'_>,
    action: Action,
    change: impl FnOnce(&mut UnitOfWork<'_, '_>, &mut Record) -> Result<(), AppError>,
) -> Result<Occurrence, AppError> {
    let record = load(work, target, action)?;
    let (series, date) = found_to_change(work, &record, target.recurrence_id)?;
    let before = materialize_occurrence(&series, &record, date)?;
    let mut single = before.clone();
    change(work, &mut single)?;
    keep_start(&before, &mut single, &Input::new());
    save_single(work, &record, &series, date, &single)
}

/// Saves one occurrence with its new values.
fn save_single(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    series: &Series,
    date: Moment,
    single: &Record,
) -> Result<Occurrence, AppError> {
    let mut changed = record.clone();
    override_occurrence(work, &mut changed, series, date, single)?;
    work.note_date(date);
    finish(work, record, changed, date, "occurrence")
}

/// Sets the override of an occurrence in the record of the series, without saving it.
pub(crate) fn override_occurrence(
    work: &UnitOfWork<'_, '_>,
    record: &mut Record,
    series: &Series,
    date: Moment,
    single: &Record,
) -> Result<(), AppError> {
    let base = series.base(record, date).map_err(too_much)?.ok_or(AppError::NotFound("occurrence"))?;
    let mut overrides = series.overrides.clone();
    let patch = differences(&base, single, work.app.zone());
    put_override(&mut overrides, date, patch);
    if overrides.len() > series::MAXIMUM_OVERRIDES {
        return Err(AppError::conflict(
            "Too many occurrences of this series are changed. Split the series and change the parts.",
        ));
    }
    series::set_overrides(record, overrides);
    Ok(())
}

/// Sets an override; an empty patch removes it.
fn put_override(overrides: &mut Map<String, Json>, date: Moment, patch: Map<String, Json>) {
    if patch.is_empty() {
        overrides.remove(&date.to_string());
    } else {
        overrides.insert(date.to_string(), Json::Object(patch));
    }
}

/// Returns the fields in which an occurrence differs from the series. If the start differs, the end is included too, so
/// that both stay when the series is moved. An occurrence that differs only in length moves with the series.
fn differences(base: &Record, single: &Record, office: &TimeZone) -> Map<String, Json> {
    let role = &base.kind.dates[0];
    let begins = |record: &Record| series::anchor(record).map(|(start, _)| start);
    let is_elsewhere = !base.get(role.start).is_empty() && begins(base) != begins(single);
    let mut patch = Map::new();
    for (position, field) in base.kind.fields.iter().enumerate() {
        let differs = base.values[position] != single.values[position];
        let is_pinned = is_elsewhere && (field.name == role.start || field.name == role.end);
        if (differs || is_pinned) && !series::FIELDS.contains(&field.name) {
            patch.insert(field.name.to_owned(), override_value(field, &single.values[position], office));
        }
    }
    patch
}

/// Returns a value as stored in an override. Instants have the offset of the office, so that their day stays known.
fn override_value(field: &Field, value: &Value, office: &TimeZone) -> Json {
    match (field.data, value) {
        (FieldType::Instant, Value::Instant(instant)) => {
            json!(instant.display_with_offset(office.to_offset(*instant)).to_string())
        }
        _ => output::plain(field, value),
    }
}

/// Saves the series and returns the occurrence after the change; without a record if the series no longer has it.
pub(crate) fn finish(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    mut changed: Record,
    date: Moment,
    action: &str,
) -> Result<Occurrence, AppError> {
    work.before_series(Some(before), &mut changed)?;
    let differs = work.save(before, &mut changed, action)?;
    let record = records::reload(work, &changed)?;
    let single = match Series::of(&record) {
        Some(series) => series.materialize(&record, date).map_err(too_much)?,
        None => Some(record.clone()),
    };
    let change_set = differs.then_some(work.change_set);
    Ok(Occurrence { series: record, single, recurrence_id: date.to_string(), change_set })
}

fn check_series(work: &mut UnitOfWork<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    let mut errors = Vec::new();
    input::check_required(record, &mut errors);
    series::check(record, &mut errors);
    if errors.is_empty() {
        (record.kind.rules)(record, &mut errors);
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    records::check(work, Some(before), record)
}
