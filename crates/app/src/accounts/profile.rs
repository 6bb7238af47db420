//! Profile: changes of people to their own account.

use obcms_domain::kinds::USER;
use obcms_domain::records::input;
use obcms_domain::registry::{FieldError, Record};

use super::{find_user, own_id, user_settings};
use crate::core::{Actor, App, AppError};
use crate::records::{Input, check, require_version, require_write};

/// Members that the owner may change; user name and roles are for administrators.
const OWN: [&str; 10] = [
    "full_name",
    "email",
    "phone",
    "timezone",
    "theme",
    "week_start",
    "default_view",
    "default_modules",
    "show_hijri",
    "working_hours",
];

/// Defaults of the calendar. A new default is seen, whatever was open last.
const OF_CALENDAR: [&str; 2] = ["default_view", "default_modules"];

impl App {
    /// Changes the actor's own account; `expected` is the version that the actor saw.
    pub fn update_profile(
        &self,
        actor: &Actor,
        input: &Input,
        expected: Option<i64>,
    ) -> Result<Record, AppError> {
        require_write(actor)?;
        let id = own_id(actor)?;
        let errors: Vec<FieldError> = input
            .keys()
            .filter(|name| !OWN.contains(&name.as_str()))
            .map(|name| match USER.field(name).filter(|field| field.is_readable()) {
                Some(_) => FieldError::new(name, "read_only", "Only an administrator can change this."),
                None => FieldError::new(name, "unknown_field", "Unknown field."),
            })
            .collect();
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        self.write(actor, |work| {
            let before = find_user(work, id)?;
            require_version(&before, expected)?;
            let mut record = before.clone();
            input::parse(&mut record, input, false, &work.context())?;
            check(work, Some(&before), &record)?;
            work.before_save(Some(&before), &mut record, input)?;
            work.save(&before, &mut record, "update")?;
            if OF_CALENDAR.iter().any(|name| input.contains_key(*name)) {
                obcms_store::user_settings::set(work.tx, id, user_settings::CALENDAR, None)?;
            }
            find_user(work, id)
        })
    }
}
