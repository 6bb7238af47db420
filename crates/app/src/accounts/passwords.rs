//! Passwords: change by their owner, and reset by an administrator.

use jiff::Timestamp;
use obcms_domain::accounts::{Action, lockout, password};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::user;
use obcms_domain::registry::{FieldError, Record};
use obcms_store::accounts;

use super::access::require_no_token;
use super::{find_user, own_id};
use crate::core::password_hash::{hash, verify};
use crate::core::{Actor, App, AppError, UnitOfWork, security};
use crate::records::require_write;

/// Placeholder for the client address of failures with the current password while signed in.
const SIGNED_IN: &str = "(signed in)";

/// Checks a new password against a user's names: user name, full name, e-mail address.
pub fn check(field: &str, password: &str, names: &[&str]) -> Option<FieldError> {
    let error = password::check_with_names(password, names).err()?;
    let code = match error {
        password::PasswordError::TooShort => "too_short",
        password::PasswordError::TooLong => "too_long",
        password::PasswordError::IsUsername => "username",
        password::PasswordError::TooCommon => "common",
        password::PasswordError::TooSimple => "too_simple",
        password::PasswordError::HasContext(_) => "context",
    };
    Some(FieldError::new(field, code, error.message()))
}

/// Returns the names of a user that a password must not contain.
pub fn names(user: &Record) -> [&str; 3] {
    [user::USERNAME.get(user), user::FULL_NAME.get(user), user::EMAIL.get(user)]
}

/// Returns how long account and client are still locked, if they are.
pub fn locked_for(
    tx: &mut obcms_store::Tx<'_>,
    account: &str,
    address: &str,
    now: Timestamp,
) -> Result<Option<i64>, AppError> {
    let since = now - lockout::WINDOW - lockout::LOCK;
    let failures = accounts::failures(tx, account, address, since)?;
    Ok(lockout::locked_until(&failures, now).map(|until| until.duration_since(now).as_secs().max(1)))
}

/// Sets the password of a user, and ends the access that the old one opened.
pub fn replace(
    work: &mut UnitOfWork<'_, '_>,
    user: &Record,
    hash: &str,
    keep_session: Option<Id>,
) -> Result<(), AppError> {
    let mut record = user.clone();
    user::PASSWORD_HASH.set(&mut record, hash);
    work.note = "Password changed.".to_owned();
    work.save_secret(user, &record, "password")?;
    accounts::delete_sessions(work.tx, user.id, keep_session)?;
    accounts::delete_failures_of(work.tx, user::USERNAME.get(user))?;
    accounts::delete_setup_links(work.tx, user.id)?;
    Ok(())
}

impl App {
    /// Changes the actor's own password and ends the sessions except `keep_session`. Takes as long as signing in.
    pub fn change_password(
        &self,
        actor: &Actor,
        current: &str,
        new: &str,
        keep_session: Option<Id>,
    ) -> Result<(), AppError> {
        require_write(actor)?;
        require_no_token(actor, "change the password")?;
        let id = own_id(actor)?;
        let now = self.now();
        let user = self.user_named(&actor.username)?;
        let locked = self.read(|tx| locked_for(tx, &actor.username, SIGNED_IN, now))?;
        if let Some(seconds) = locked {
            return Err(AppError::TooMany { seconds });
        }
        if !verify(current, user::PASSWORD_HASH.get(&user)) {
            self.write(actor, |work| {
                let failure = work.app.new_id();
                Ok(accounts::insert_failure(work.tx, failure, &actor.username, SIGNED_IN, now)?)
            })?;
            return Err(AppError::field("current", "wrong", "This is not your current password."));
        }
        if let Some(error) = check("new", new, &names(&user)) {
            return Err(AppError::Invalid(vec![error]));
        }
        let hash = hash(self, new)?;
        self.write(actor, |work| {
            let before = find_user(work, id)?;
            // Somebody else may have set it between the check and now.
            if user::PASSWORD_HASH.get(&before) != user::PASSWORD_HASH.get(&user) {
                return Err(AppError::conflict("The password was changed in the meantime."));
            }
            replace(work, &before, &hash, keep_session)
        })?;
        security::log_action(actor, "password_changed", &actor.username);
        Ok(())
    }

    /// Sets the password of a user, by an administrator or the program, and ends all sessions.
    pub fn set_password(&self, actor: &Actor, user: Id, password: &str) -> Result<(), AppError> {
        super::administration::require_administration(actor, Action::Edit, "set the passwords of others")?;
        require_no_token(actor, "set a password")?;
        let record = self.get(actor, &obcms_domain::kinds::USER, user)?;
        if let Some(error) = check("password", password, &names(&record)) {
            return Err(AppError::Invalid(vec![error]));
        }
        let hash = hash(self, password)?;
        self.write(actor, |work| {
            let before = find_user(work, user)?;
            replace(work, &before, &hash, None)
        })?;
        security::log_action(actor, "password_reset", user::USERNAME.get(&record));
        Ok(())
    }
}
