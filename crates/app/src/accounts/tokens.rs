//! Tokens with which programs act for a person.

use jiff::SignedDuration;
use obcms_domain::id::Id;
use obcms_domain::people::{Action, Area};
use obcms_domain::registry::{FieldError, check_text};
use obcms_store::accounts::{self, Token};

use super::sessions::TOUCH;
use super::{find_user, own_id, secrets};
use crate::error::AppError;
use crate::records::require_write;
use crate::{Actor, App};

/// Every token starts with this, so that scanners for leaked secrets know it.
const PREFIX: &str = "obcms_";
/// Longest name of a token.
const LONGEST_NAME: usize = 100;
/// Most days that a token may live, when it has an end.
const MOST_DAYS: i64 = 3650;

fn check_new(name: &str, scope: &str, days: Option<i64>) -> Result<(), AppError> {
    let mut errors = Vec::new();
    if name.is_empty() {
        errors.push(FieldError::new("name", "required", "Say what the token is for."));
    }
    if let Err((code, message)) = check_text(name, LONGEST_NAME, true) {
        errors.push(FieldError::new("name", code, message));
    }
    if !matches!(scope, "read" | "write") {
        errors.push(FieldError::new("scope", "choice", "Expected read or write."));
    }
    if days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
        errors.push(FieldError::new("days", "range", format!("Expected 1 to {MOST_DAYS} days.")));
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
}

impl App {
    /// For whom a program with that token acts; nobody when it is over, or the account is closed or has no role.
    pub fn token_actor(&self, secret: &str) -> Result<Option<Actor>, AppError> {
        if !secret.starts_with(PREFIX) {
            return Ok(None);
        }
        let now = self.now();
        let found = self.read(|tx| {
            let Some(token) = accounts::find_token(tx, &secrets::hash(secret), now)? else {
                return Ok(None);
            };
            Ok(Actor::load(tx, token.user_id)?.map(|actor| (actor, token)))
        })?;
        let Some((mut actor, token)) = found.filter(|(actor, _)| !actor.roles.is_empty()) else {
            return Ok(None);
        };
        if token.last_used_at.is_none_or(|last| now.duration_since(last) >= TOUCH) {
            self.database().write(|tx| accounts::touch_token(tx, token.id, now))?;
        }
        actor.read_only = token.scope != "write";
        Ok(Some(actor))
    }

    /// The actor's own tokens, the newest first, with those that are over.
    pub fn tokens(&self, actor: &Actor) -> Result<Vec<Token>, AppError> {
        let Some(user) = actor.id else {
            return Ok(Vec::new());
        };
        self.read(|tx| Ok(accounts::tokens(tx, user)?))
    }

    /// Makes a token of the actor's own. The secret is shown this once.
    pub fn create_token(
        &self,
        actor: &Actor,
        name: &str,
        scope: &str,
        days: Option<i64>,
    ) -> Result<(String, Token), AppError> {
        require_write(actor)?;
        let user = own_id(actor)?;
        if actor.roles.is_empty() {
            return Err(AppError::Forbidden {
                detail: "You need a role before you may have a token.".to_owned(),
                who: Vec::new(),
            });
        }
        let name = name.trim();
        check_new(name, scope, days)?;
        let secret = format!("{PREFIX}{}", secrets::new(self));
        let now = self.now();
        let token = Token {
            id: self.new_id(),
            user_id: user,
            name: name.to_owned(),
            scope: scope.to_owned(),
            created_at: now,
            expires_at: days.map(|days| now + SignedDuration::from_hours(24 * days)),
            last_used_at: None,
            revoked_at: None,
        };
        self.write(actor, |work| {
            accounts::insert_token(work.tx, &secrets::hash(&secret), &token)?;
            let record = find_user(work, user)?;
            work.note = format!("Token {name} made.");
            work.remark(&record, "token")
        })?;
        Ok((secret, token))
    }

    /// Revokes a token: one's own, or anybody's by an administrator.
    pub fn revoke_token(&self, actor: &Actor, id: Id) -> Result<(), AppError> {
        require_write(actor)?;
        self.write(actor, |work| {
            let token = accounts::token_by_id(work.tx, id)?
                .filter(|token| actor.id == Some(token.user_id) || actor.may(Action::Edit, Area::Accounts))
                .ok_or(AppError::NotFound("token"))?;
            if accounts::revoke_token(work.tx, id, work.now)? {
                let record = find_user(work, token.user_id)?;
                work.note = format!("Token {} revoked.", token.name);
                work.remark(&record, "token")?;
            }
            Ok(())
        })
    }
}
