//! API tokens with which programs act for a user.

use jiff::{SignedDuration, Timestamp};
use obcms_domain::accounts::actions::{TOKEN_DAYS, TOKEN_NAME_LENGTH};
use obcms_domain::core::message::Word;
use obcms_domain::message;
use obcms_domain::registry::{FieldError, check_text};
use obcms_store::accounts::{self, Token};

use super::sessions::TOUCH;
use super::{find_user, own_id, secrets};
use crate::core::{Actor, App, AppError, Credential, security};
use crate::records::require_write;

/// Prefix of every token, by which scanners for leaked secrets recognize it.
const PREFIX: &str = "obcms_";

/// Default life of a token in days.
pub const DEFAULT_DAYS: i64 = 90;

/// Requested end of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenEnd {
    /// After [`DEFAULT_DAYS`], or with the token that creates it.
    #[default]
    Usual,
    /// None: the token lives until it is revoked.
    Never,
    /// After this number of days.
    Days(i64),
    /// At this instant.
    At(Timestamp),
}

impl From<Option<i64>> for TokenEnd {
    fn from(days: Option<i64>) -> Self {
        days.map_or(Self::Never, Self::Days)
    }
}

impl TokenEnd {
    /// Returns the instant of the end, limited by the caller's token: no token outlives the one that created it.
    fn instant(self, actor: &Actor, now: Timestamp) -> Result<Option<Timestamp>, FieldError> {
        let after = |days: i64| now + SignedDuration::from_hours(24 * days);
        let limit = match actor.credential {
            Credential::Token { expires_at, .. } => expires_at,
            Credential::None | Credential::Session(_) => None,
        };
        let asked = match self {
            Self::Usual => Some(limit.map_or(after(DEFAULT_DAYS), |limit| limit.min(after(DEFAULT_DAYS)))),
            Self::Never => None,
            Self::Days(days) if (1..=TOKEN_DAYS).contains(&days) => Some(after(days)),
            Self::At(end) if end > now && end <= after(TOKEN_DAYS) => Some(end),
            Self::Days(_) | Self::At(_) => {
                return Err(FieldError::new(
                    "days",
                    "range",
                    message!("Must be 1 to {TOKEN_DAYS} days.", TOKEN_DAYS),
                ));
            }
        };
        match limit {
            Some(limit) if asked.is_none_or(|asked| asked > limit) => Err(FieldError::new(
                "days",
                "outlives",
                message!(
                    "A token created with a token must expire by {limit}, when that token expires.",
                    limit = Word::text(format_args!("{limit:.0}"))
                ),
            )),
            _ => Ok(asked),
        }
    }
}

fn check_new(name: &str, scope: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if name.is_empty() {
        errors.push(FieldError::new("name", "required", "Enter a name for the token."));
    }
    if let Err((code, message)) = check_text(name, TOKEN_NAME_LENGTH, true) {
        errors.push(FieldError::new("name", code, message));
    }
    if !matches!(scope, "read" | "write") {
        errors.push(FieldError::new("scope", "choice", "Must be read or write."));
    }
    errors
}

impl App {
    /// Returns the actor of a token that a program at that address sent; nothing if the token is over, or the account
    /// is closed or has no role.
    pub fn token_actor(&self, secret: &str, address: &str) -> Result<Option<Actor>, AppError> {
        if !secret.starts_with(PREFIX) {
            return Ok(None);
        }
        let now = self.now();
        let found = self.read(|tx| {
            let Some(token) = accounts::find_token(tx, &secrets::hash(secret), now)? else {
                return Ok(None);
            };
            Ok(self.active_actor(tx, token.user_id)?.map(|actor| (actor, token)))
        })?;
        let Some((mut actor, token)) = found.filter(|(actor, _)| !actor.roles.is_empty()) else {
            return Ok(None);
        };
        address.clone_into(&mut actor.address);
        if token.last_used_at.is_none_or(|last| now.duration_since(last).abs() >= TOUCH)
            && self.write_if_idle(|tx| accounts::touch_token(tx, token.id, now))
        {
            security::log_action(&actor, "token_used", &token.id.to_string());
        }
        actor.read_only = token.scope != "write";
        actor.credential = Credential::Token { id: token.id, expires_at: token.expires_at };
        Ok(Some(actor))
    }

    /// Returns the actor's own tokens, the newest first, including those that are over.
    pub fn tokens(&self, actor: &Actor) -> Result<Vec<Token>, AppError> {
        let Some(user) = actor.id else {
            return Ok(Vec::new());
        };
        self.read(|tx| Ok(accounts::tokens(tx, user)?))
    }

    /// Creates a token of the actor's own. The secret is shown only this once.
    pub fn create_token(
        &self,
        actor: &Actor,
        name: &str,
        scope: &str,
        end: impl Into<TokenEnd>,
    ) -> Result<(String, Token), AppError> {
        require_write(actor)?;
        let user = own_id(actor)?;
        if actor.roles.is_empty() {
            return Err(AppError::never_allowed("You need a role before you can create a token."));
        }
        let name = name.trim();
        let now = self.now();
        let mut errors = check_new(name, scope);
        let expires_at = end.into().instant(actor, now).unwrap_or_else(|error| {
            errors.push(error);
            None
        });
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        let secret = format!("{PREFIX}{}", secrets::new(self));
        let token = Token {
            id: self.new_id(),
            user_id: user,
            name: name.to_owned(),
            scope: scope.to_owned(),
            created_at: now,
            expires_at,
            last_used_at: None,
            revoked_at: None,
            parent_id: match actor.credential {
                Credential::Token { id, .. } => Some(id),
                Credential::None | Credential::Session(_) => None,
            },
        };
        self.write(actor, |work| {
            accounts::insert_token(work.tx, &secrets::hash(&secret), &token)?;
            let record = find_user(work, user)?;
            work.note = format!("Token {name} created.");
            work.remark(&record, "token")
        })?;
        security::log_action(actor, "token_created", &token.id.to_string());
        Ok((secret, token))
    }
}
