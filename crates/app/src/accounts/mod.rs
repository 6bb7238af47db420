//! Accounts: sign-in, sessions, tokens, passwords, and single-use links to set a password.
//!
//! Secrets are random and stored only as SHA-256: a lookup by hash takes the same time whatever was guessed, and a
//! copied database reveals no secret.

mod access;
mod administration;
mod passwords;
mod profile;
pub(crate) mod rules;
mod secrets;
mod sessions;
mod setup;
mod sign_in;
mod throttle;
mod tokens;
pub mod user_settings;
mod vault;

pub(crate) use secrets::{hashed_text, new as new_secret};
pub(crate) use throttle::Attempt;

use obcms_domain::accounts::username;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::Record;
pub use obcms_store::accounts::{Session, SetupLink, Token};
use obcms_store::{accounts, records};

pub use crate::core::hashing::{MOST_HASHES, hashes_at_once};
pub use crate::core::password_hash::PasswordCost;
pub(crate) use access::limit_end;
pub use access::{AccessEnd, Credentials, EndAccess, Ended};
pub use setup::{SetupInput, setup_path};
pub use sign_in::{Client, SignInError, SignedIn};
pub use throttle::DEVICE_LIFE;
pub use tokens::{DEFAULT_DAYS as TOKEN_DAYS, TokenEnd};
pub(crate) use vault::opened;
pub use vault::{KEY_LENGTH, Vault, new_key};

use crate::core::{Actor, App, AppError, UnitOfWork};

impl App {
    /// Returns true if any user exists.
    pub fn has_users(&self) -> Result<bool, AppError> {
        self.read(|tx| Ok(accounts::count_users(tx)? > 0))
    }

    /// Returns the user of that name, for the command line.
    pub fn user_named(&self, name: &str) -> Result<Record, AppError> {
        let name = username::normalize(name);
        self.read(|tx| {
            let id = accounts::user_by_name(tx, &name)?.ok_or(AppError::NotFound("user"))?;
            records::load(tx, &kinds::USER, id)?.ok_or(AppError::NotFound("user"))
        })
    }

    /// Returns the user as an actor, unless disabled or archived.
    pub fn actor_of(&self, user: Id) -> Result<Option<Actor>, AppError> {
        self.read(|tx| Actor::load(tx, user))
    }
}

/// Returns the id of the actor's user; refuses the program itself, which has none.
fn own_id(actor: &Actor) -> Result<Id, AppError> {
    actor.id.ok_or(AppError::Unauthorized)
}

fn find_user(work: &mut UnitOfWork<'_, '_>, id: Id) -> Result<Record, AppError> {
    work.find(&kinds::USER, id)?.ok_or(AppError::NotFound("user"))
}
