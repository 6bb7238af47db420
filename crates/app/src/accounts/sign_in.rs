//! Sign-in and sign-out.

use jiff::SignedDuration;
use obcms_domain::accounts::username;
use obcms_domain::kinds::{self, user};
use obcms_store::accounts::{self, Session};
use obcms_store::records;

use super::{Attempt, secrets};
use crate::core::password_hash;
use crate::core::security::SecurityEvent;
use crate::core::{Actor, App, AppError};

/// Age at which failures to sign in are deleted.
const FORGET_FAILURES: SignedDuration = SignedDuration::from_hours(24);
/// Maximum stored length of a client address and a browser name.
const LONGEST_NOTE: usize = 300;

/// New session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Secret for the cookie; it is stored nowhere else.
    pub secret: String,
    /// The session.
    pub session: Session,
    /// Secret for the cookie of a device that is now known; nothing if it was known before.
    pub device: Option<String>,
}

/// Client that signs in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client<'a> {
    /// Network address.
    pub address: &'a str,
    /// Browser, by its User-Agent header.
    pub agent: &'a str,
    /// Secret of a known device, from its cookie.
    pub device: Option<&'a str>,
}

/// Failure of a sign-in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name or password is wrong, or the account is closed; it is not reported which.
    #[error("Wrong user name or password.")]
    Wrong,
    /// Too many failures of this client, with this name, or both.
    #[error("Too many attempts. Try again in {seconds} seconds.")]
    Locked {
        /// Seconds until the next attempt is allowed.
        seconds: i64,
    },
    /// Another error.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Outcome of one attempt. It is not an error, so that a failure is committed, not rolled back.
enum Outcome {
    In(Box<SignedIn>),
    Wrong,
    Locked(i64),
}

/// Sanitizes text from outside for storage: limits its length, and removes characters that databases refuse.
fn sanitized(text: &str, longest: usize) -> String {
    text.chars().filter(|character| !character.is_control()).take(longest).collect()
}

impl App {
    /// Signs a user in. Hashing takes tens of milliseconds of one core and 19 MiB; a server must queue its calls.
    pub fn sign_in(
        &self,
        username: &str,
        password: &str,
        client: &Client<'_>,
    ) -> Result<SignedIn, SignInError> {
        let Client { address, agent, device } = *client;
        let name = sanitized(&username::normalize(username), username::LONGEST + 1);
        let address = sanitized(address, LONGEST_NOTE);
        let now = self.now();
        let (attempt, locked, user, actor) = self.read(|tx| {
            let id = accounts::user_by_name(tx, &name)?;
            let attempt = Attempt::new(&name, &address).on_device(tx, id, device, now)?;
            let locked = attempt.wait(tx, now)?;
            let (user, actor) = match id {
                Some(id) => (records::load(tx, &kinds::USER, id)?, Actor::load(tx, id)?),
                None => (None, None),
            };
            Ok((attempt, locked, user, actor))
        })?;
        // Some type their password in place of their name: only names that exist are logged.
        let known = if user.is_some() { name.as_str() } else { "(no such account)" };
        if let Some(seconds) = locked {
            let address = address.as_str();
            SecurityEvent { event: "sign_in", user: known, address, outcome: "locked", about: "" }
                .log_unauthenticated();
            return Err(SignInError::Locked { seconds });
        }
        let hash = user.as_ref().map_or("", |user| user::PASSWORD_HASH.get(user));
        let right = password_hash::verify(password, hash);
        let welcome = actor.filter(|_| right);
        let secret = secrets::new(self);
        let session = user.as_ref().map(|user| Session {
            id: self.new_id(),
            user_id: user.id,
            csrf_token: secrets::new(self),
            created_at: now,
            last_seen_at: now,
            expires_at: now + self.longest_session(),
            address: address.clone(),
            agent: sanitized(agent, LONGEST_NOTE),
        });
        let program = Actor::program();
        let outcome = self.write(welcome.as_ref().unwrap_or(&program), |work| {
            // Checked again inside the transaction: simultaneous attempts must not pass the lock together.
            if let Some(seconds) = attempt.wait(work.tx, now)? {
                return Ok(Outcome::Locked(seconds));
            }
            let (Some(_), Some(session)) = (&welcome, &session) else {
                attempt.failed(work.app, work.tx, now)?;
                return Ok(Outcome::Wrong);
            };
            let before = super::find_user(work, session.user_id)?;
            // Closed, archived or given another password between the check and now.
            if user::PASSWORD_HASH.get(&before) != hash
                || user::IS_DISABLED.get(&before)
                || before.is_archived()
            {
                return Ok(Outcome::Wrong);
            }
            accounts::forget_expired(work.tx, now, self.idle_since(now), now - FORGET_FAILURES)?;
            attempt.succeeded(work.tx)?;
            let device = attempt.know_device(work.app, work.tx, session.user_id, now)?;
            accounts::insert_session(work.tx, &secrets::hash(&secret), session)?;
            let mut record = before.clone();
            user::LAST_SIGN_IN_AT.set(&mut record, now);
            work.save_computed(&before, &record)?;
            Ok(Outcome::In(Box::new(SignedIn { secret: secret.clone(), session: session.clone(), device })))
        })?;
        let result = match &outcome {
            Outcome::In(_) => "ok",
            Outcome::Wrong => "wrong",
            Outcome::Locked(_) => "locked",
        };
        let address = address.as_str();
        let event = SecurityEvent { event: "sign_in", user: known, address, outcome: result, about: "" };
        if matches!(outcome, Outcome::In(_)) {
            event.log();
        } else {
            event.log_unauthenticated();
        }
        match outcome {
            Outcome::In(signed_in) => Ok(*signed_in),
            Outcome::Wrong => Err(SignInError::Wrong),
            Outcome::Locked(seconds) => Err(SignInError::Locked { seconds }),
        }
    }

    /// Returns true if the secret is that of a known device of that user.
    pub fn is_known_device(&self, username: &str, secret: &str) -> Result<bool, AppError> {
        let name = sanitized(&username::normalize(username), username::LONGEST + 1);
        let now = self.now();
        self.read(|tx| {
            let id = accounts::user_by_name(tx, &name)?;
            Ok(Attempt::new(&name, "").on_device(tx, id, Some(secret), now)?.is_known())
        })
    }

    /// Ends the session of a secret that a client at that address sent.
    pub fn sign_out(&self, secret: &str, address: &str) -> Result<(), AppError> {
        let user = self.database().write(|tx| accounts::delete_session_of(tx, &secrets::hash(secret)))?;
        if let Some(id) = user {
            let actor = self.actor_of(id)?;
            let (user, about) = (actor.as_ref().map_or("", |actor| &actor.username), id.to_string());
            SecurityEvent { event: "sign_out", user, address, outcome: "ok", about: &about }.log();
        }
        Ok(())
    }
}
