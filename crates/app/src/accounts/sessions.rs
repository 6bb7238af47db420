//! Sessions of people in browsers.

use jiff::{SignedDuration, Timestamp};
use obcms_domain::core::id::Id;
use obcms_store::accounts::{self, Session};

use super::{own_id, secrets};
use crate::core::{Actor, App, AppError, Credential, security};
use crate::records::require_write;

/// Uses within this time of the last noted one are not noted: a page asks for many things at once.
pub const TOUCH: SignedDuration = SignedDuration::from_secs(60);
/// Days after which a session ends however much it is used, unless the setting for unused ones is longer.
const LONGEST_DAYS: i64 = 90;

impl App {
    /// Time for which a session may lie unused.
    fn idle(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * self.options().session_days)
    }

    /// Time after which a session ends however much it is used.
    #[must_use]
    pub fn longest_session(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * self.options().session_days.max(LONGEST_DAYS))
    }

    /// The instant at which a session ends when it is not used any more.
    #[must_use]
    pub fn session_end(&self, session: &Session) -> Timestamp {
        session.expires_at.min(session.last_seen_at + self.idle())
    }

    /// Returns true if the session came to its end or was not used for too long.
    #[must_use]
    pub fn is_over(&self, session: &Session, now: Timestamp) -> bool {
        self.session_end(session) <= now
    }

    /// Instant before which an unused session is forgotten.
    #[must_use]
    pub fn idle_since(&self, now: Timestamp) -> Timestamp {
        now - self.idle()
    }

    /// Who comes with that secret in a cookie; nobody when the session is over or the account is closed.
    pub fn session_actor(&self, secret: &str) -> Result<Option<(Actor, Session)>, AppError> {
        let now = self.now();
        let found = self.read(|tx| {
            let session = accounts::find_session(tx, &secrets::hash(secret))?;
            let Some(session) = session.filter(|session| !self.is_over(session, now)) else {
                return Ok(None);
            };
            Ok(self.present_actor(tx, session.user_id)?.map(|actor| (actor, session)))
        })?;
        let Some((mut actor, mut session)) = found else {
            return Ok(None);
        };
        actor.credential = Credential::Session(session.id);
        if now.duration_since(session.last_seen_at).abs() >= TOUCH
            && self.noted(|tx| accounts::touch_session(tx, session.id, now))
        {
            session.last_seen_at = now;
        }
        Ok(Some((actor, session)))
    }

    /// Notes when something was used, unless others are writing: whoever reads never waits for that, and the next use
    /// is noted in its place. Returns true if it was noted.
    pub(crate) fn noted(
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

    /// The actor's own live sessions, the last used first.
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
        security::acted(actor, "session_ended", &id.to_string());
        Ok(())
    }

    /// Ends the actor's own sessions but the one with which they came. Returns how many ended.
    pub fn revoke_other_sessions(&self, actor: &Actor) -> Result<u64, AppError> {
        require_write(actor)?;
        let user = own_id(actor)?;
        let but = match actor.credential {
            Credential::Session(id) => Some(id),
            Credential::None | Credential::Token { .. } => None,
        };
        let ended = self.database().write(|tx| accounts::delete_sessions(tx, user, but))?;
        security::acted(actor, "other_sessions_ended", &ended.to_string());
        Ok(ended)
    }
}
