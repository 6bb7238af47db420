//! What single kinds do beside their description, before a write.

mod applications;
mod bookings;
pub(crate) mod choices;
mod communities;
mod feeds;
mod holidays;
mod needs;
mod policies;
mod ppas;
mod projects;
pub mod saved_views;
mod shares;
pub mod tasks;
pub mod users;

use obcms_domain::people::Action;
use obcms_domain::registry::{Kind, Record};

use crate::error::AppError;
use crate::records::Input;
pub use ppas::show_progress;

use crate::work::Work;

/// Completes and checks a record by the rules of its kind; `before` is nothing at creation.
pub fn prepare(
    work: &mut Work<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    input: &Input,
) -> Result<(), AppError> {
    match record.kind.name {
        "application" => applications::prepare(work, before, record),
        "booking" => bookings::prepare(work, before, record),
        "community" => communities::prepare(work, before, record),
        "hijri_adjustment" => {
            holidays::name_adjustment(record);
            Ok(())
        }
        "holiday" => {
            holidays::prepare(before, record, input);
            Ok(())
        }
        "feed" => feeds::prepare(work, before, record),
        "external_calendar" => {
            let allow_private_addresses = work.app.options().allow_private_addresses;
            crate::external::prepare(before, record, allow_private_addresses)
        }
        "need" => needs::prepare(work, before, record),
        "policy" => policies::prepare(work, before, record),
        "ppa" => ppas::prepare(work, before, record),
        "project" => projects::prepare(work, before, record),
        "saved_view" => saved_views::prepare(work, record),
        "share" => shares::prepare(work, before, record, input),
        "task" => tasks::prepare(work, before, record, input),
        "user" => users::prepare(work, before, record),
        _ => Ok(()),
    }
}

/// The action of the policy that an update of these members is.
#[must_use]
pub fn action_for(kind: &Kind, input: &Input) -> Action {
    let moves = |name: &String| name == "status" || name == "progress";
    if kind.name == "task" && !input.is_empty() && input.keys().all(moves) {
        return Action::Transition;
    }
    Action::Edit
}

/// Completes and checks a series after its dates were changed, before it is written; `before` is nothing for the
/// second part of one that was split.
pub fn before_series(
    work: &mut Work<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
) -> Result<(), AppError> {
    match record.kind.name {
        "booking" => bookings::before_series(work, before, record),
        _ => Ok(()),
    }
}

/// Refuses to archive what must stay.
pub fn before_archive(work: &mut Work<'_, '_>, record: &Record) -> Result<(), AppError> {
    match record.kind.name {
        "resource" => crate::bookings::guard::before_archive(work, record),
        "user" => users::before_archive(work, record),
        _ => Ok(()),
    }
}

/// Refuses to take back what must stay.
pub fn before_undo(work: &mut Work<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    match record.kind.name {
        "resource" if record.is_archived() && !before.is_archived() => {
            crate::bookings::guard::before_archive(work, before)
        }
        "user" => users::before_undo(work, before, record),
        _ => Ok(()),
    }
}
