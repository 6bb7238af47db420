//! Feeds for calendar programs: the calendar of a person at a secret address.
//!
//! The secret replaces sign-in. It is therefore long and random, absent from the change log, and shown only to its
//! owner. The feed contains what its owner may see at that moment. It does not exist once
//! it is archived, or while its owner may see nothing.

use jiff::Timestamp;
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{FEED, feed};
use obcms_domain::registry::{Record, Value};
use obcms_store::exchange::feeds as store;
use serde_json::Value as Json;

use crate::accounts::{Vault, hashed_text, limit_end, new_secret, opened};
use crate::calendar::{CalendarQuery, FILTERS};
use crate::core::{Actor, App, AppError, Credential};
use crate::records::{require_live, require_version, require_write};

/// Gives a feed or a share a new secret, and records the token that requested it.
pub(crate) fn set_secret(app: &App, actor: &Actor, record: &mut Record) -> Result<(), AppError> {
    let secret = new_secret(app);
    match actor.credential {
        Credential::Token { id, .. } => feed::MADE_WITH.set(record, id.to_string()),
        Credential::None | Credential::Session(_) => feed::MADE_WITH.clear(record),
    }
    feed::SECRET_HASH.set(record, hashed_text(&secret));
    feed::SECRET.set(record, Vault::current()?.seal(record.id, &secret)?);
    Ok(())
}

/// Returns the secret of a feed or a share to its owner, and `None` to everyone else, whatever their rights. A token
/// sees only the secrets that it created itself, because others would outlive it.
pub(crate) fn secret_for(actor: &Actor, record: &Record) -> Option<String> {
    let is_owner = actor.id.is_some() && record.created_by == actor.id;
    let sees = match actor.credential {
        Credential::Token { id, .. } => feed::MADE_WITH.get(record) == id.to_string(),
        Credential::None | Credential::Session(_) => true,
    };
    opened(record).filter(|_| is_owner && sees)
}

/// Returns the path of a feed to its owner.
#[must_use]
pub fn path(actor: &Actor, record: &Record) -> Option<String> {
    secret_for(actor, record).map(|secret| format!("/feeds/{secret}.ics"))
}

impl App {
    /// Returns the feed with this secret, and its owner with current rights.
    pub fn feed_by_secret(&self, secret: &str) -> Result<(Record, Actor), AppError> {
        let missing = || AppError::NotFound("feed");
        self.read(|tx| {
            let feed = store::by_secret(tx, &hashed_text(secret))?.ok_or_else(missing)?;
            let is_over = feed::EXPIRES.get(&feed).is_some_and(|end| end <= self.now());
            let owner = feed.created_by.filter(|_| !feed.is_archived() && !is_over).ok_or_else(missing)?;
            let owner = Actor::load(tx, owner)?.filter(|owner| !owner.roles.is_empty());
            Ok((feed, owner.ok_or_else(missing)?))
        })
    }

    /// Returns the calendar query of a feed.
    #[must_use]
    pub fn feed_query(&self, feed: &Record) -> CalendarQuery {
        let (first, after_last) = self.icalendar_window();
        let mut query = CalendarQuery::days(first, after_last, self.zone());
        // The filters were validated when the feed was saved.
        query.filter(&parameters(feed), &mut Vec::new());
        query
    }

    /// Adds to the read count of a feed, unless another write is running, because a reader never waits for a writer.
    /// Returns true if the count was saved. It does not raise the revision, so no cached view expires.
    #[must_use]
    pub fn note_feed_reads(&self, feed: Id, now: Timestamp, count: i64) -> bool {
        self.write_if_idle(|tx| store::note_reads(tx, feed, now, count))
    }

    /// Gives a feed a new address. The old one stops working.
    pub fn renew_feed(&self, actor: &Actor, id: Id, expected: Option<i64>) -> Result<Record, AppError> {
        self.write(actor, |work| {
            let before = work.load(&FEED, id)?;
            require_write(work.actor)?;
            work.actor.require(work.tx, Action::Edit, &before)?;
            require_version(&before, expected)?;
            require_live(&before)?;
            let mut record = before.clone();
            limit_end(work.actor, None, &mut record)?;
            set_secret(work.app, work.actor, &mut record)?;
            work.save_secret(&before, &record, "renew")?;
            Ok(record)
        })
    }
}

/// Returns the filters of a feed as query parameters of the calendar.
#[must_use]
pub fn parameters(feed: &Record) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, _) in FILTERS {
        let mut put = |value: String| pairs.push((name.to_owned(), value));
        match feed.get(if name == "q" { "text" } else { name }) {
            Value::Text(text) => put(text.clone()),
            Value::Boolean(true) => put("true".to_owned()),
            Value::Json(Json::Array(items)) => {
                items.iter().filter_map(Json::as_str).for_each(|item| put(item.to_owned()));
            }
            Value::Ids(ids) => ids.iter().for_each(|id| put(id.to_string())),
            Value::Links(links) => links.iter().for_each(|link| put(link.id.to_string())),
            _ => {}
        }
    }
    pairs
}
