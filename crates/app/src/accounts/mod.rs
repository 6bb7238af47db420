//! Who may come in: signing in, sessions, tokens, passwords, and the links that set a password once.
//!
//! Secrets are random and kept only as SHA-256: looking one up by its hash takes the same time whatever was
//! guessed, and a copied database opens nothing.

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
    /// Whether anybody has an account yet.
    pub fn has_users(&self) -> Result<bool, AppError> {
        self.read(|tx| Ok(accounts::count_users(tx)? > 0))
    }

    /// The user of that name, for the command line.
    pub fn user_named(&self, name: &str) -> Result<Record, AppError> {
        let name = username::normalise(name);
        self.read(|tx| {
            let id = accounts::user_by_name(tx, &name)?.ok_or(AppError::NotFound("user"))?;
            records::load(tx, &kinds::USER, id)?.ok_or(AppError::NotFound("user"))
        })
    }

    /// The user of that id as an actor, unless disabled or archived.
    pub fn actor_of(&self, user: Id) -> Result<Option<Actor>, AppError> {
        self.read(|tx| Actor::load(tx, user))
    }
}

/// Who the actor is; the program itself is nobody.
fn own_id(actor: &Actor) -> Result<Id, AppError> {
    actor.id.ok_or(AppError::Unauthorized)
}

fn find_user(work: &mut UnitOfWork<'_, '_>, id: Id) -> Result<Record, AppError> {
    work.find(&kinds::USER, id)?.ok_or(AppError::NotFound("user"))
}
