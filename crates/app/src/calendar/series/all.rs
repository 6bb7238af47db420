//! Changes to all occurrences of a series, given as a change to one of them.

use jiff::tz::TimeZone;
use obcms_domain::calendar::series::{self, MovedOccurrence, Series, Shift, state};
use obcms_domain::records::input;
use obcms_domain::registry::series::RRULE;
use obcms_domain::registry::shared::{ALL_DAY, TIMEZONE};
use obcms_domain::registry::{DateRole, Record, Source};
use obcms_recur::Moment;
use serde_json::{Map, Value as Json};

use super::{
    Occurrence, check_series, differences, finish, materialize_occurrence, parse_single, put_override,
    too_much,
};
use crate::core::{AppError, UnitOfWork};
use crate::records::Input;

/// Series after a change to all occurrences.
pub(super) struct ChangedSeries {
    /// Changed series.
    pub record: Record,
    /// Recurrence id of the given occurrence in the changed series.
    pub date: Moment,
}

/// Applies a change to one occurrence to the whole series. All times shift by the same amount, the rule shifts with
/// them, and the input takes precedence over the override of this occurrence.
pub(super) fn apply_to_all(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    series: &Series,
    date: Moment,
    input: &Input,
) -> Result<ChangedSeries, AppError> {
    let role = series.role;
    let dated = |name: &str| dated_fields(role).contains(&name);
    let moves = input.keys().any(|name| dated(name));
    let before = materialize_occurrence(series, record, date)?;
    let (of_series, mut for_single): (Input, Input) =
        input.clone().into_iter().partition(|(name, _)| series::FIELDS.contains(&name.as_str()));
    let of_state = if state::has_states(record) { take_state(&mut for_single) } else { Input::new() };
    for name in of_state.keys() {
        work.actor.require_field(work.tx, record, name)?;
    }
    let single = parse_single(work, &before, &for_single)?;
    let mut whole = record.clone();
    state::load_editable_state(&mut whole);
    // Fields other than dates apply to all occurrences alike.
    let mut own_patch = match series.overrides.get(&date.to_string()) {
        Some(Json::Object(patch)) => patch.clone(),
        _ => Map::new(),
    };
    for (position, field) in record.kind.fields.iter().enumerate() {
        let is_given = for_single.contains_key(field.name)
            || (field.source != Source::Input && before.values[position] != single.values[position]);
        if is_given && !dated(field.name) && !series::FIELDS.contains(&field.name) {
            whole.values[position] = single.values[position].clone();
            own_patch.remove(field.name);
        }
    }
    // Other occurrences keep their overrides. The override of this one is restored at its new recurrence id.
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
    let moved = whole.clone();
    input::parse(&mut whole, &of_series, false, &work.context())?;
    work.actor.require_given(work.tx, &moved, &whole, &of_series)?;
    series::follow(&old, &mut whole, &of_series, leader.as_ref());
    if series::starts_differently(record, &whole) {
        series::align_start_to_rule(&mut whole);
    }
    let date = leader.map_or(date, |leader| leader.name);
    store_own_override(&mut whole, date, &own_patch, moves.then_some(&single), work.app.zone())?;
    if let Some(change_whole) = work.rules_of(whole.kind).change_whole {
        change_whole(work, &mut whole, &of_state)?;
    }
    Ok(ChangedSeries { record: whole, date })
}

/// Removes status and progress from an input, because they apply to the series as a whole.
fn take_state(input: &mut Input) -> Input {
    let (state, rest) =
        std::mem::take(input).into_iter().partition(|(name, _)| state::STATE_FIELDS.contains(&name.as_str()));
    *input = rest;
    state
}

/// Returns the fields that hold the time of an occurrence.
fn dated_fields(role: &DateRole) -> [&'static str; 4] {
    [role.start, role.end, "all_day", "timezone"]
}

/// Keeps the remaining override of one occurrence of a changed series: `patch`, and the times of `single` if given.
fn store_own_override(
    whole: &mut Record,
    date: Moment,
    patch: &Map<String, Json>,
    single: Option<&Record>,
    office: &TimeZone,
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
    let patch = differences(&base, &own, office);
    let mut overrides = series.overrides;
    put_override(&mut overrides, date, patch);
    series::set_overrides(whole, overrides);
    Ok(())
}

/// Shifts the start of the series, its length and its rule by the move of one occurrence. That occurrence gets exactly
/// its new time; the others shift by the same amount.
fn move_all(
    whole: &mut Record,
    series: &Series,
    (before, single): (&Record, &Record),
    date: Moment,
    has_new_rule: bool,
) -> Result<MovedOccurrence, AppError> {
    let role = series.role;
    let missing =
        || AppError::field(role.start, "required", "Enter a start: a series needs a first occurrence.");
    let (from, old_length) = series::anchor(before).ok_or_else(missing)?;
    let (to, new_length) = series::anchor(single).ok_or_else(missing)?;
    let place = Shift { from, to };
    let name = place.carry(date, true);
    let mut moves_all = true;
    let mut start = place.carry(series.set.start, true);
    if let Some(rule) = series.set.rule.as_ref().filter(|_| !has_new_rule) {
        // The rule ignores an earlier individual move of this occurrence.
        let regular = Shift { from: date, to: name };
        let moved = series::shift_rule(&series.set, rule, &regular, &series::zone_of(single))
            .map_err(|message| AppError::field(role.start, "rule", message))?;
        (start, moves_all) = (moved.start, moved.moves_all);
        RRULE.set(whole, moved.rule.to_string());
    }
    for name in [ALL_DAY.name(), TIMEZONE.name()] {
        if whole.kind.position(name).is_some() {
            whole.set(name, single.get(name).clone());
        }
    }
    // Moving an occurrence with its own length does not change the length of the others.
    let length = if old_length == new_length { series.length } else { new_length };
    series::place_at(whole, start, length);
    Ok(MovedOccurrence { place, name, moves_all })
}

/// Changes all occurrences.
pub(super) fn change_all(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    series: &Series,
    date: Moment,
    input: &Input,
) -> Result<Occurrence, AppError> {
    let whole = apply_to_all(work, record, series, date, input)?;
    check_series(work, record, &whole.record)?;
    finish(work, record, whole.record, whole.date, "update")
}
