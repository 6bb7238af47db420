//! Passwords: hashed with Argon2id, changed by their owner or set anew by an administrator.

use std::sync::LazyLock;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use jiff::Timestamp;
use obcms_domain::id::Id;
use obcms_domain::people::{Action, lockout, password};
use obcms_domain::registry::{FieldError, Record};
use obcms_store::accounts;

use super::access::require_no_token;
use super::hashing::with_memory;
use super::{find_user, own_id};
use crate::error::AppError;
use crate::records::require_write;
use crate::work::Work;
use crate::{Actor, App, security};

/// Stands for the address where somebody who is signed in already mistypes the current password.
const SIGNED_IN: &str = "(signed in)";

/// Cost of a hash: memory and passes of Argon2id with one lane. A hash names its own cost, so that older ones are
/// verified at theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// The least that OWASP asks of Argon2id: 19 MiB, two passes.
    fn default() -> Self {
        Self { memory: 19 * 1024, passes: 2 }
    }
}

/// Output of Argon2id, as long as `output` is, in the memory that is shared out.
fn derive(
    password: &str,
    salt: &[u8],
    parameters: Params,
    version: Version,
    output: &mut [u8],
) -> Result<(), argon2::Error> {
    let blocks = parameters.block_count();
    let argon2 = Argon2::new(Algorithm::Argon2id, version, parameters);
    with_memory(blocks, |memory| {
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, memory)
    })
}

fn hash_with(password: &str, salt: &[u8], cost: PasswordCost) -> Result<String, AppError> {
    let wrong = |error: &dyn std::fmt::Display| AppError::Internal(error.to_string());
    let parameters = Params::new(cost.memory, cost.passes, 1, None).map_err(|error| wrong(&error))?;
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    derive(password, salt, parameters.clone(), Version::V0x13, &mut output).map_err(|error| wrong(&error))?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&parameters).map_err(|error| wrong(&error))?,
        salt: Some(Salt::new(salt).map_err(|error| wrong(&error))?),
        hash: Some(Output::new(&output).map_err(|error| wrong(&error))?),
    };
    Ok(hash.to_string())
}

/// The hash to keep of a password that passed [`check`].
pub fn hash(app: &App, password: &str) -> Result<String, AppError> {
    hash_with(&password::normalize(password), &app.random::<16>(), app.options().password_cost)
}

/// Nobody's hash: verifying against it takes the time that verifying against somebody's does.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    hash_with("nobody has this password", &[0; 16], PasswordCost::default()).unwrap_or_default()
});

/// Whether the password is the one of that hash. Without a hash it takes as long, and answers no.
pub fn verify(password: &str, hash: &str) -> bool {
    let against = if hash.is_empty() { NOBODY.as_str() } else { hash };
    let is_right = |password: &str| is_right(password, against).unwrap_or(false);
    let normal = password::normalize(password);
    // Older hashes are of passwords as they were typed.
    let right = is_right(&normal) || (normal != password && is_right(password));
    right && !hash.is_empty()
}

fn is_right(password: &str, hash: &str) -> Option<bool> {
    let parsed = PasswordHash::new(hash).ok()?;
    if parsed.algorithm != Algorithm::Argon2id.ident() {
        return None;
    }
    let version = parsed.version.map_or(Ok(Version::V0x13), Version::try_from).ok()?;
    let (salt, expected) = (parsed.salt?, parsed.hash?);
    let mut output = vec![0; expected.len()];
    derive(password, &salt, Params::try_from(&parsed).ok()?, version, &mut output).ok()?;
    // Compared in a time that does not tell where they differ.
    Some(Output::new(&output).ok()? == expected)
}

/// Checks a new password of a user with those names: user name, full name, e-mail address.
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
    let mut message = error.to_string();
    if let Some(first) = message.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    message.push('.');
    Some(FieldError::new(field, code, message))
}

/// The names of a user that a password must not contain.
pub fn names(user: &Record) -> [&str; 3] {
    [user.text("username"), user.text("full_name"), user.text("email")]
}

/// How long account and address are still locked, if they are.
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

/// Sets the password of a user, and takes away what the old one opened.
pub fn replace(
    work: &mut Work<'_, '_>,
    user: &Record,
    hash: &str,
    keep_session: Option<Id>,
) -> Result<(), AppError> {
    let mut record = user.clone();
    record.set("password_hash", hash);
    work.note = "Password changed.".to_owned();
    work.save_secret(user, &record, "password")?;
    accounts::delete_sessions(work.tx, user.id, keep_session)?;
    accounts::delete_failures_of(work.tx, user.text("username"))?;
    accounts::delete_setup_links(work.tx, user.id)?;
    Ok(())
}

impl App {
    /// Changes the actor's own password and ends the sessions but `keep_session`. Takes as long as signing in.
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
        if !verify(current, user.text("password_hash")) {
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
            if before.text("password_hash") != user.text("password_hash") {
                return Err(AppError::conflict("The password was changed meanwhile."));
            }
            replace(work, &before, &hash, keep_session)
        })?;
        security::acted(actor, "password_changed", &actor.username);
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
        security::acted(actor, "password_reset", record.text("username"));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A test that cannot go on stops here.

    use super::*;

    #[test]
    fn a_hash_costs_what_owasp_asks_and_is_verified_at_its_own_cost() {
        let hash = hash_with("river stone lamp", &[7; 16], PasswordCost::default()).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("river stone lamp", &hash) && !verify("river stone lamb", &hash));
        let cheap = hash_with("river stone lamp", &[7; 16], PasswordCost { memory: 8, passes: 1 }).unwrap();
        assert!(cheap.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{cheap}");
        assert!(verify("river stone lamp", &cheap) && !verify("river stone lamb", &cheap));
    }
}
