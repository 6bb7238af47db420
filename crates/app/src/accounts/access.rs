//! Access that ends: whether whoever opened a stream or a download may go on.

use jiff::Timestamp;
use obcms_domain::id::Id;
use obcms_domain::people::{Action, Area};
use obcms_domain::registry::Record;
use obcms_store::accounts::{self, Session, Token};
use obcms_store::{Tx, feeds};

use super::find_user;
use crate::actor::Credential;
use crate::error::AppError;
use crate::records::require_write;
use crate::{Actor, App, security};

/// Reason why somebody has no access any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessEnd {
    /// The session was ended: by signing out, by signing in again, or with a new password.
    SignedOut,
    /// The account was disabled or archived.
    Disabled,
    /// The token or the feed was revoked.
    Revoked,
    /// The session or the token came to its end.
    Expired,
    /// The account has no role any more.
    RolesChanged,
}

impl AccessEnd {
    /// The word for it, as streams and logs have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Disabled => "disabled",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::RolesChanged => "roles_changed",
        }
    }
}

/// Everything with which somebody comes in or reads without signing in.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// Live sessions, the last used first.
    pub sessions: Vec<Session>,
    /// Live tokens, the newest first.
    pub tokens: Vec<Token>,
    /// Live calendar feeds.
    pub feeds: Vec<Record>,
}

/// Which credentials of a kind are ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ended {
    /// None of them.
    #[default]
    None,
    /// Those of these ids.
    These(Vec<Id>),
    /// All of them.
    All,
}

impl Ended {
    fn has(&self, id: Id) -> bool {
        match self {
            Self::None => false,
            Self::These(ids) => ids.contains(&id),
            Self::All => true,
        }
    }
}

/// Which credentials are ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndAccess {
    /// Sessions but the one with which the actor came.
    pub sessions: Ended,
    /// Tokens, with those that were made with them.
    pub tokens: Ended,
    /// Feeds, which are archived.
    pub feeds: Ended,
}

impl EndAccess {
    /// Everything with which programs come in: all tokens and feeds.
    #[must_use]
    pub fn programs() -> Self {
        Self { sessions: Ended::None, tokens: Ended::All, feeds: Ended::All }
    }
}

/// The end to which an address with a secret is limited when a token makes it: nothing outlives what made it.
pub(crate) fn limit_end(actor: &Actor, before: Option<&Record>, record: &mut Record) -> Result<(), AppError> {
    let Credential::Token { expires_at: Some(limit), .. } = actor.credential else {
        return Ok(());
    };
    let end = record.instant("expires");
    if before.is_some_and(|before| before.instant("expires") == end) {
        return Ok(());
    }
    match end {
        None => record.set("expires", limit),
        Some(end) if end > limit => {
            let message = format!("A token cannot make an address that outlives it; it ends on {limit:.0}.");
            return Err(AppError::field("expires", "outlives", message));
        }
        Some(_) => {}
    }
    Ok(())
}

/// Refuses tokens: what follows opens more than a token does, or for longer.
pub(super) fn require_no_token(actor: &Actor, what: &str) -> Result<(), AppError> {
    match actor.credential {
        Credential::Token { .. } => Err(AppError::Forbidden {
            detail: format!("A token cannot {what}. Sign in to do this."),
            who: Vec::new(),
        }),
        Credential::None | Credential::Session(_) => Ok(()),
    }
}

impl App {
    fn credentials(&self, tx: &mut Tx<'_>, user: Id, now: Timestamp) -> Result<Credentials, AppError> {
        let mut sessions = accounts::sessions(tx, user)?;
        sessions.retain(|session| !self.is_over(session, now));
        let mut tokens = accounts::tokens(tx, user)?;
        tokens.retain(|token| token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > now));
        let mut feeds = feeds::of_owner(tx, user)?;
        feeds.retain(|feed| feed.instant("expires").is_none_or(|end| end > now));
        Ok(Credentials { sessions, tokens, feeds })
    }

    /// Everything with which a user comes in: for the user and for administrators.
    pub fn credentials_of(&self, actor: &Actor, user: Id) -> Result<Credentials, AppError> {
        let is_own = actor.id == Some(user);
        if !is_own && !actor.may(Action::Edit, Area::Accounts) {
            return Err(AppError::forbidden(Action::Edit, Area::Accounts, "see how others sign in"));
        }
        let now = self.now();
        self.read(|tx| self.credentials(tx, user, now))
    }

    /// Ends credentials of a user, by themselves or an administrator. Returns what is left.
    pub fn end_access(&self, actor: &Actor, user: Id, end: &EndAccess) -> Result<Credentials, AppError> {
        require_write(actor)?;
        if actor.id != Some(user) && !actor.may(Action::Edit, Area::Accounts) {
            return Err(AppError::forbidden(Action::Edit, Area::Accounts, "end the access of others"));
        }
        let (left, about) = self.write(actor, |work| {
            let record = find_user(work, user)?;
            let found = self.credentials(work.tx, user, work.now)?;
            for session in &found.sessions {
                if end.sessions.has(session.id) && actor.credential != Credential::Session(session.id) {
                    accounts::delete_session(work.tx, user, session.id)?;
                }
            }
            let tokens: Vec<&Token> = found.tokens.iter().filter(|token| end.tokens.has(token.id)).collect();
            for token in &tokens {
                accounts::revoke_token(work.tx, user, token.id, work.now)?;
            }
            let feeds: Vec<Record> = found.feeds.into_iter().filter(|feed| end.feeds.has(feed.id)).collect();
            work.archive_many(&feeds)?;
            if !tokens.is_empty() || !feeds.is_empty() {
                work.note = format!("Access ended: {} tokens, {} feeds.", tokens.len(), feeds.len());
                work.remark(&record, "token")?;
            }
            Ok((self.credentials(work.tx, user, work.now)?, record.text("username").to_owned()))
        })?;
        security::acted(actor, "access_ended", &about);
        Ok(left)
    }

    /// The actor as they are now, with what they came with; or why their access ended.
    pub fn current_actor(&self, actor: &Actor) -> Result<Result<Actor, AccessEnd>, AppError> {
        let Some(id) = actor.id else {
            return Ok(Err(AccessEnd::Disabled));
        };
        let now = self.now();
        self.read(|tx| {
            let Some(mut current) = Actor::load(tx, id)? else {
                return Ok(Err(AccessEnd::Disabled));
            };
            match &actor.credential {
                Credential::None => {}
                Credential::Session(session) => match accounts::session_by_id(tx, *session)? {
                    None => return Ok(Err(AccessEnd::SignedOut)),
                    Some(session) if self.is_over(&session, now) => return Ok(Err(AccessEnd::Expired)),
                    Some(_) => {}
                },
                Credential::Token { id, .. } => match accounts::token_by_id(tx, *id)? {
                    None => return Ok(Err(AccessEnd::Revoked)),
                    Some(token) if token.revoked_at.is_some() => return Ok(Err(AccessEnd::Revoked)),
                    Some(token) if token.expires_at.is_some_and(|end| end <= now) => {
                        return Ok(Err(AccessEnd::Expired));
                    }
                    Some(_) => {}
                },
            }
            if current.roles.is_empty() {
                return Ok(Err(AccessEnd::RolesChanged));
            }
            current.read_only = actor.read_only;
            current.credential = actor.credential.clone();
            Ok(Ok(current))
        })
    }
}
