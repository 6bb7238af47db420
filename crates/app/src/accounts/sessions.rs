//! Sessions of people in browsers.

use jiff::{SignedDuration, Timestamp};
use obcms_domain::core::id::Id;
use obcms_store::accounts::{self, Session};

use super::{own_id, secrets};
use crate::core::{Actor, App, AppError, Credential, security};
use crate::records::require_write;

/// Interval within which further uses are not recorded: a page sends many requests at once.
pub const TOUCH: SignedDuration = SignedDuration::from_secs(60);
/// Maximum life of a session in days, however much it is used, unless the setting for unused ones is longer.
const LONGEST_DAYS: i64 = 90;

impl App {
    /// Returns the time after which an unused session expires.
    fn idle(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * self.options().session_days)
    }

    /// Returns the maximum life of a session, however much it is used.
    #[must_use]
    pub fn longest_session(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * self.options().session_days.max(LONGEST_DAYS))
    }

    /// Returns the time at which a session expires if it is not used any more.
    #[must_use]
    pub fn session_end(&self, session: &Session) -> Timestamp {
        session.expires_at.min(session.last_seen_at + self.idle())
    }

    /// Returns true if the session reached its end or was unused for too long.
    #[must_use]
    pub fn is_over(&self, session: &Session, now: Timestamp) -> bool {
        self.session_end(session) <= now
    }

    /// Returns the time of last use before which a session is deleted.
    #[must_use]
    pub fn idle_since(&self, now: Timestamp) -> Timestamp {
        now - self.idle()
    }

    /// Returns the user and session of a secret in a cookie; nothing if the session is over or the account is closed.
    pub fn session_actor(&self, secret: &str) -> Result<Option<(Actor, Session)>, AppError> {
        let now = self.now();
        let found = self.read(|tx| {
            let session = accounts::find_session(tx, &secrets::hash(secret))?;
            let Some(session) = session.filter(|session| !self.is_over(session, now)) else {
                return Ok(None);
            };
            Ok(self.active_actor(tx, session.user_id)?.map(|actor| (actor, session)))
        })?;
        let Some((mut actor, mut session)) = found else {
            return Ok(None);
        };
        actor.credential = Credential::Session(session.id);
        if now.duration_since(session.last_seen_at).abs() >= TOUCH
            && self.write_if_idle(|tx| accounts::touch_session(tx, session.id, now))
        {
            session.last_seen_at = now;
        }
        Ok(Some((actor, session)))
    }

    /// Records the time of use, unless others are writing: readers never wait for that, and the next use is recorded
    /// instead. Returns true if it was recorded.
    pub(crate) fn write_if_idle(
        &self,
        note: impl FnOnce(&mut obcms_store::Tx<'_>) -> Result<(), obcms_store::StoreError>,
    ) -> bool {
        match self.database().try_write(note) {
            Ok(noted) => noted.is_some(),
            Err(error) => {
                tracing::debug!(%error, "a use could not be noted");
                false
            }
        }
    }

    /// Returns the actor's own live sessions, the last used first.
    pub fn sessions(&self, actor: &Actor) -> Result<Vec<Session>, AppError> {
        let Some(user) = actor.id else {
            return Ok(Vec::new());
        };
        let now = self.now();
        let mut sessions = self.read(|tx| Ok(accounts::sessions(tx, user)?))?;
        sessions.retain(|session| !self.is_over(session, now));
        Ok(sessions)
    }

    /// Ends one of the actor's own sessions.
    pub fn revoke_session(&self, actor: &Actor, id: Id) -> Result<(), AppError> {
        require_write(actor)?;
        let user = own_id(actor)?;
        let ended = self.database().write(|tx| accounts::delete_session(tx, user, id))?;
        if !ended {
            return Err(AppError::NotFound("session"));
        }
        security::log_action(actor, "session_ended", &id.to_string());
        Ok(())
    }

    /// Ends the actor's own sessions except that of the request. Returns the number ended.
    pub fn revoke_other_sessions(&self, actor: &Actor) -> Result<u64, AppError> {
        require_write(actor)?;
        let user = own_id(actor)?;
        let but = match actor.credential {
            Credential::Session(id) => Some(id),
            Credential::None | Credential::Token { .. } => None,
        };
        let ended = self.database().write(|tx| accounts::delete_sessions(tx, user, but))?;
        security::log_action(actor, "other_sessions_ended", &ended.to_string());
        Ok(ended)
    }
}
