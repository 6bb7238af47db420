//! End of access: decides whether an open stream or download may continue.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use obcms_domain::accounts::{Action, Area};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::exchange::sharing::closed_reason;
use obcms_domain::kinds::user;
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_domain::registry::shared::{EXPIRES, MADE_WITH};
use obcms_store::Tx;
use obcms_store::accounts::{self, Session, Token};
use obcms_store::exchange::feeds;
use obcms_store::exchange::sharing;

use super::find_user;
use crate::core::{Actor, App, AppError, Credential, UnitOfWork, security};
use crate::records::require_write;

/// Reason why access ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessEnd {
    /// The session was ended by a sign-out, a new sign-in, or a new password.
    SignedOut,
    /// The account was disabled or archived.
    Disabled,
    /// The token or the feed was revoked.
    Revoked,
    /// The session or the token expired.
    Expired,
    /// The account has no role any more.
    RolesChanged,
}

impl AccessEnd {
    /// Returns the word for streams and logs.
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

/// Credentials of a user, and addresses that can be read without signing in.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// Live sessions, the last used first.
    pub sessions: Vec<Session>,
    /// Live tokens, the newest first.
    pub tokens: Vec<Token>,
    /// Live calendar feeds.
    pub feeds: Vec<Record>,
    /// Live shared calendars.
    pub shares: Vec<Record>,
}

impl Credentials {
    /// Keeps only feeds and shares created with one of these tokens, and tokens created with the first one.
    fn made_with(&mut self, token: Id, family: &[Id]) {
        self.sessions.clear();
        self.tokens.retain(|found| found.id != token && family.contains(&found.id));
        let names: Vec<String> = family.iter().map(Id::to_string).collect();
        let is_made = |record: &Record| names.iter().any(|name| name == MADE_WITH.get(record));
        self.feeds.retain(is_made);
        self.shares.retain(is_made);
    }
}

/// Credentials of one kind that are ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ended {
    /// None of them.
    #[default]
    None,
    /// Those with these ids.
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

/// Credentials that are ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndAccess {
    /// Sessions, except that of the actor's request.
    pub sessions: Ended,
    /// Tokens, with those that were created with them.
    pub tokens: Ended,
    /// Feeds, by archiving.
    pub feeds: Ended,
    /// Shared calendars, by archiving.
    pub shares: Ended,
}

impl EndAccess {
    /// All credentials of programs: tokens and feeds.
    #[must_use]
    pub fn programs() -> Self {
        Self { tokens: Ended::All, feeds: Ended::All, ..Self::default() }
    }

    /// All addresses that may be ended together with a token: feeds and shares.
    #[must_use]
    pub fn addresses() -> Self {
        Self { feeds: Ended::All, shares: Ended::All, ..Self::default() }
    }
}

/// Limits the end of a feed or share that is set with a token: no address outlives the token that created it.
pub(crate) fn limit_end(actor: &Actor, before: Option<&Record>, record: &mut Record) -> Result<(), AppError> {
    let Credential::Token { expires_at: Some(limit), .. } = actor.credential else {
        return Ok(());
    };
    let end = EXPIRES.get(record);
    if before.is_some_and(|before| EXPIRES.get(before) == end) {
        return Ok(());
    }
    match end {
        None => EXPIRES.set(record, limit),
        Some(end) if end > limit => {
            let message = message!(
                "An address created with a token must expire by {limit}, when the token expires.",
                limit = Word::text(format_args!("{limit:.0}"))
            );
            return Err(AppError::field("expires", "outlives", message));
        }
        Some(_) => {}
    }
    Ok(())
}

/// Refuses tokens for actions that grant more than a token does, or for longer.
pub(super) fn require_no_token(actor: &Actor, what: impl Into<Message>) -> Result<(), AppError> {
    match actor.credential {
        Credential::Token { .. } => Err(AppError::never_allowed(message!(
            "You cannot {what} with a token. Sign in to do this.",
            what = what.into()
        ))),
        Credential::None | Credential::Session(_) => Ok(()),
    }
}

/// Returns the token with that id, for its owner and for administrators.
fn token_for(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Token, AppError> {
    accounts::token_by_id(tx, id)?
        .filter(|token| actor.id == Some(token.user_id) || actor.may(Action::Edit, Area::Accounts))
        .ok_or(AppError::NotFound("token"))
}

/// Archives the feeds and shares to end; returns the number of each.
fn end_addresses(
    work: &mut UnitOfWork<'_, '_>,
    mut feeds: Vec<Record>,
    mut shares: Vec<Record>,
    end: &EndAccess,
) -> Result<(usize, usize), AppError> {
    feeds.retain(|feed| end.feeds.has(feed.id));
    shares.retain(|share| end.shares.has(share.id));
    work.archive_many(&feeds)?;
    work.archive_many(&shares)?;
    Ok((feeds.len(), shares.len()))
}

impl App {
    fn credentials(&self, tx: &mut Tx<'_>, user: Id, now: Timestamp) -> Result<Credentials, AppError> {
        let mut sessions = accounts::sessions(tx, user)?;
        sessions.retain(|session| !self.is_over(session, now));
        let mut tokens = accounts::tokens(tx, user)?;
        tokens.retain(|token| token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > now));
        let mut feeds = feeds::of_owner(tx, user)?;
        feeds.retain(|feed| EXPIRES.get(feed).is_none_or(|end| end > now));
        let mut shares = sharing::of_owner(tx, user)?;
        shares.retain(|share| closed_reason(share, now).is_none());
        Ok(Credentials { sessions, tokens, feeds, shares })
    }

    /// Returns all credentials of a user, for the user and for administrators.
    pub fn credentials_of(&self, actor: &Actor, user: Id) -> Result<Credentials, AppError> {
        let is_own = actor.id == Some(user);
        if !is_own && !actor.may(Action::Edit, Area::Accounts) {
            return Err(AppError::forbidden(Action::Edit, Area::Accounts, "see the access of others"));
        }
        let now = self.now();
        self.read(|tx| self.credentials(tx, user, now))
    }

    /// Ends credentials of a user, for the user or an administrator. Returns the remaining ones.
    pub fn end_access(&self, actor: &Actor, user: Id, end: &EndAccess) -> Result<Credentials, AppError> {
        require_write(actor)?;
        if actor.id != Some(user) && !actor.may(Action::Edit, Area::Accounts) {
            return Err(AppError::forbidden(Action::Edit, Area::Accounts, "end the access of others"));
        }
        let (remaining, about) = self.write(actor, |work| {
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
            let count = tokens.len();
            let (feeds, shares) = end_addresses(work, found.feeds, found.shares, end)?;
            if count + feeds + shares > 0 {
                work.note =
                    format!("Access ended: {count} tokens, {feeds} feeds, {shares} shared calendars.");
                work.remark(&record, "token")?;
            }
            Ok((self.credentials(work.tx, user, work.now)?, user::USERNAME.get(&record).to_owned()))
        })?;
        security::log_action(actor, "access_ended", &about);
        Ok(remaining)
    }

    /// Returns the feeds and shares that a token or its tokens created, which outlive its revocation. Its tokens,
    /// which end with it, are listed too. For its owner and for administrators.
    pub fn made_with_token(&self, actor: &Actor, id: Id) -> Result<Credentials, AppError> {
        let now = self.now();
        self.read(|tx| {
            let token = token_for(tx, actor, id)?;
            self.made_with(tx, &token, now)
        })
    }

    fn made_with(&self, tx: &mut Tx<'_>, token: &Token, now: Timestamp) -> Result<Credentials, AppError> {
        let family: Vec<Id> =
            accounts::token_family(tx, token.user_id, token.id)?.iter().map(|one| one.id).collect();
        let mut found = self.credentials(tx, token.user_id, now)?;
        found.made_with(token.id, &family);
        Ok(found)
    }

    /// Returns the actor's own tokens with feeds or shares that outlive the revocation of the token.
    pub fn tokens_that_made(&self, actor: &Actor) -> Result<HashSet<Id>, AppError> {
        let Some(user) = actor.id else {
            return Ok(HashSet::new());
        };
        let now = self.now();
        self.read(|tx| {
            let found = self.credentials(tx, user, now)?;
            let parents: HashMap<Id, Option<Id>> =
                accounts::tokens(tx, user)?.into_iter().map(|token| (token.id, token.parent_id)).collect();
            let mut makers = HashSet::new();
            for record in found.feeds.iter().chain(&found.shares) {
                let mut maker = MADE_WITH.get(record).parse::<Id>().ok();
                while let Some(id) = maker.filter(|id| makers.insert(*id)) {
                    maker = parents.get(&id).copied().flatten();
                }
            }
            Ok(makers)
        })
    }

    /// Revokes a token, with the tokens that were created with it: one's own, or any by an administrator. Of the feeds
    /// and shares that were created with them, those in `end` end too, also if the token was revoked before. Returns
    /// the remaining feeds and shares.
    pub fn revoke_token(&self, actor: &Actor, id: Id, end: &EndAccess) -> Result<Credentials, AppError> {
        require_write(actor)?;
        let remaining = self.write(actor, |work| {
            let token = token_for(work.tx, actor, id)?;
            let made = self.made_with(work.tx, &token, work.now)?;
            let revoked = accounts::revoke_token(work.tx, token.user_id, id, work.now)?;
            let (feeds, shares) = end_addresses(work, made.feeds, made.shares, end)?;
            if revoked > 0 || feeds + shares > 0 {
                let record = find_user(work, token.user_id)?;
                work.note = match feeds + shares {
                    0 => format!("Token {} revoked.", token.name),
                    _ => format!(
                        "Token {} revoked, with {feeds} feeds, {shares} shared calendars.",
                        token.name
                    ),
                };
                work.remark(&record, "token")?;
            }
            self.made_with(work.tx, &token, work.now)
        })?;
        security::log_action(actor, "token_revoked", &id.to_string());
        Ok(remaining)
    }

    /// Reloads the actor with the same credential, or returns why access ended.
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
            current.address.clone_from(&actor.address);
            Ok(Ok(current))
        })
    }
}
