//! Rules of users: user name, and at least one administrator at all times.

use obcms_domain::accounts::{Role, username};
use obcms_domain::kinds::user;
use obcms_domain::registry::Record;

use obcms_store::accounts;

use crate::core::actor::roles;
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Lowercases the user name and refuses to remove the last administrator.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let name = username::normalize(user::USERNAME.get(record));
    user::USERNAME.set(record, name);
    if before.is_some_and(|before| roles(before).contains(&Role::Admin))
        && !roles(record).contains(&Role::Admin)
    {
        require_another_admin(work, record)?;
    }
    if before.is_none_or(|before| roles(before) != roles(record)) {
        let names: Vec<&str> = roles(record).iter().map(|role| role.as_str()).collect();
        let about = format!("{}: {}", user::USERNAME.get(record), names.join(" "));
        work.note_security_event("roles_changed", about);
    }
    match before {
        None => work.note_security_event("account_created", user::USERNAME.get(record).to_owned()),
        Some(before) => {
            let names: Vec<&str> = (record.kind.fields.iter().zip(before.values.iter().zip(&record.values)))
                .filter(|(field, (old, new))| old != new && field.name != "roles")
                .map(|(field, _)| field.name)
                .collect();
            if !names.is_empty() {
                let about = format!("{}: {}", user::USERNAME.get(before), names.join(" "));
                work.note_security_event("account_changed", about);
            }
        }
    }
    Ok(())
}

/// Refuses to archive the last administrator, and ends all access to the account; a restore does not bring it back.
pub fn before_archive(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    if roles(record).contains(&Role::Admin) {
        require_another_admin(work, record)?;
    }
    accounts::delete_sessions(work.tx, record.id, None)?;
    accounts::revoke_tokens(work.tx, record.id, work.now)?;
    accounts::delete_setup_links(work.tx, record.id)?;
    work.note_security_event("account_archived", user::USERNAME.get(record).to_owned());
    Ok(())
}

/// Logs that an account was restored.
pub fn changed(work: &mut UnitOfWork<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    if before.is_archived() && !record.is_archived() {
        work.note_security_event("account_restored", user::USERNAME.get(record).to_owned());
    }
    Ok(())
}

/// Applies the same rules to an undo, which may also archive, disable or change roles.
pub fn before_undo(work: &mut UnitOfWork<'_, '_>, before: &Record, record: &Record) -> Result<(), AppError> {
    let in_office = |user: &Record| {
        roles(user).contains(&Role::Admin) && !user.is_archived() && !user::IS_DISABLED.get(user)
    };
    if in_office(before) && !in_office(record) { require_another_admin(work, record) } else { Ok(()) }
}

/// Refuses if no other active administrator is left.
pub fn require_another_admin(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    if accounts::has_other_admin(work.tx, record.id)? {
        Ok(())
    } else {
        Err(AppError::conflict("This is the only administrator. Add another administrator first."))
    }
}
