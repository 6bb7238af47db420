//! Updates on PPAs: their titles, and the task of a follow-up.

use obcms_domain::choices::{self, UPDATE_TYPES};
use obcms_domain::kinds::{PPA, TASK, ppa, task, update};
use obcms_domain::records::input;
use obcms_domain::registry::{Link, Record};
use obcms_domain::tasks::is_open;

use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};
use crate::records::require_live;

/// Names an update and refuses one on an archived PPA.
pub(crate) fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let missing = || AppError::field(update::PPA.name(), "reference", "Select a PPA.");
    let owner = work.find(&PPA, update::PPA.get(record).ok_or_else(missing)?)?.ok_or_else(missing)?;
    match before {
        None => require_live(&owner)?,
        Some(before) if !update::PPA.is_same(before, record) => {
            let message = "An update stays with its PPA. Archive it and write another one.";
            return Err(AppError::field(update::PPA.name(), "fixed", message));
        }
        Some(_) => {}
    }
    let kind = choices::label(UPDATE_TYPES, update::UPDATE_TYPE.get(record));
    let day = update::DATE.get(record).map(|day| day.to_string()).unwrap_or_default();
    let title = format!("{kind} {day}: {}", owner.title());
    update::TITLE.set(record, title.chars().take(400).collect::<String>());
    Ok(())
}

/// Fields of an update that do not change: its PPA.
pub(crate) fn locked_fields(_: &Record) -> &'static [&'static str] {
    const FIXED: [&str; 1] = [update::PPA.name()];
    &FIXED
}

/// Creates the task of a follow-up.
pub(crate) fn created(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    follow_up(work, record)
}

/// Lets the open task of a follow-up go with its date and with the update: it moves, is archived and comes back.
/// A date that is added gets a task; one that an undo brings back has one already.
pub(crate) fn changed(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &Record,
) -> Result<(), AppError> {
    if update::FOLLOW_UP_DATE.is_same(before, record) && before.is_archived() == record.is_archived() {
        return Ok(());
    }
    let day = update::FOLLOW_UP_DATE.get(record).filter(|_| !record.is_archived());
    let Some(id) = update::FOLLOW_UP_TASK.get(record) else {
        return if day.is_some() && work.undoes.is_none() { follow_up(work, record) } else { Ok(()) };
    };
    let Some(old) = work.find(&TASK, id)?.filter(is_open) else { return Ok(()) };
    let mut task = old.clone();
    if let Some(day) = day {
        task::DUE_DATE.set(&mut task, day);
    }
    task.archived_at = if day.is_some() { None } else { old.archived_at.or(Some(work.now)) };
    let action = match (old.is_archived(), task.is_archived()) {
        (false, true) => "archive",
        (true, false) => "restore",
        _ => "redate",
    };
    work.save(&old, &mut task, action)?;
    Ok(())
}

fn follow_up(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    let (Some(day), Some(owner)) = (update::FOLLOW_UP_DATE.get(record), update::PPA.get(record)) else {
        return Ok(());
    };
    let Some(owner) = work.find(&PPA, owner)? else { return Ok(()) };
    // The manager of the PPA follows up, or who wrote the update where there is none.
    let person = ppa::MANAGER.get(&owner).or(record.created_by);
    let title: String = format!("Follow up: {}", owner.title()).chars().take(200).collect();
    let what = Some(update::NEXT_STEPS.get(record)).filter(|text| !text.is_empty());
    let input: Input = [
        task::TITLE.input(title),
        task::DESCRIPTION.input(what.unwrap_or_else(|| update::NOTES.get(record))),
        task::ORIGIN.input(Link { kind: PPA.name.to_owned(), id: owner.id }),
        task::DUE_DATE.input(day),
        task::ASSIGNEES.input(person.into_iter().collect::<Vec<_>>()),
    ]
    .into_iter()
    .collect();
    // Whoever may report may cause the task, so no right to create tasks is asked.
    let mut task = work.new_record(&TASK);
    input::parse(&mut task, &input, true, &work.context()).map_err(AppError::Invalid)?;
    work.before_save(None, &mut task, &input)?;
    work.insert(std::slice::from_ref(&task))?;
    let mut followed = record.clone();
    update::FOLLOW_UP_TASK.set(&mut followed, task.id);
    work.save_computed(record, &followed)?;
    Ok(())
}
