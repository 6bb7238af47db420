//! Sessions of people in browsers.

use jiff::SignedDuration;
use obcms_domain::id::Id;
use obcms_store::accounts::{self, Session};

use super::{own_id, secrets};
use crate::error::AppError;
use crate::records::require_write;
use crate::{Actor, App};

/// Uses within this time of the last noted one are not noted: a page asks for many things at once.
pub const TOUCH: SignedDuration = SignedDuration::from_secs(60);

impl App {
    /// Who comes with that secret in a cookie; nobody when the session is over or the account is closed.
    pub fn session_actor(&self, secret: &str) -> Result<Option<(Actor, Session)>, AppError> {
        let now = self.now();
        let found = self.read(|tx| {
            let Some(session) = accounts::find_session(tx, &secrets::hash(secret), now)? else {
                return Ok(None);
            };
            Ok(Actor::load(tx, session.user_id)?.map(|actor| (actor, session)))
        })?;
        let Some((actor, mut session)) = found else {
            return Ok(None);
        };
        if now.duration_since(session.last_seen_at).abs() >= TOUCH {
            self.database().write(|tx| accounts::touch_session(tx, session.id, now))?;
            session.last_seen_at = now;
        }
        Ok(Some((actor, session)))
    }

    /// The actor's own live sessions, the last used first.
    pub fn sessions(&self, actor: &Actor) -> Result<Vec<Session>, AppError> {
        let Some(user) = actor.id else {
            return Ok(Vec::new());
        };
        let now = self.now();
        self.read(|tx| Ok(accounts::sessions(tx, user, now)?))
    }

    /// Ends one of the actor's own sessions.
    pub fn revoke_session(&self, actor: &Actor, id: Id) -> Result<(), AppError> {
        require_write(actor)?;
        let user = own_id(actor)?;
        let ended = self.database().write(|tx| accounts::delete_session(tx, user, id))?;
        if ended { Ok(()) } else { Err(AppError::NotFound("session")) }
    }
}
