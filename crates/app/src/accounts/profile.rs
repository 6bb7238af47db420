//! What people change about their own account.

use obcms_domain::registry::{self, FieldError, Record};

use super::{find_user, own_id};
use crate::error::AppError;
use crate::records::{Input, check, require_write};
use crate::{Actor, App, behaviour};

/// Members that belong to their owner; name to sign in with and roles belong to administrators.
const OWN: [&str; 13] = [
    "full_name",
    "email",
    "phone",
    "timezone",
    "theme",
    "week_start",
    "default_view",
    "default_modules",
    "show_hijri",
    "reminders",
    "reminder_channels",
    "working_hours",
    "quiet_hours",
];

impl App {
    /// Changes the actor's own account.
    pub fn update_profile(&self, actor: &Actor, input: &Input) -> Result<Record, AppError> {
        require_write(actor)?;
        let id = own_id(actor)?;
        let errors: Vec<FieldError> = input
            .keys()
            .filter(|name| !OWN.contains(&name.as_str()))
            .map(|name| FieldError::new(name, "read_only", "Only an administrator changes this."))
            .collect();
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        self.write(actor, |work| {
            let before = find_user(work, id)?;
            let mut record = before.clone();
            registry::parse(&mut record, input, false, &work.context())?;
            check(work, Some(&before), &record)?;
            behaviour::prepare(work, Some(&before), &mut record, input)?;
            work.save(&before, &mut record, "update")?;
            find_user(work, id)
        })
    }
}
