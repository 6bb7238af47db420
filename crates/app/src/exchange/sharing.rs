//! Shared calendars: what people without an account see under a secret address.
//!
//! What goes out is a projection of its own, [`SharedEntry`], with title, time, place and module and no other field:
//! what is not in it cannot leak, whatever the page does. What there is to see is what the maker of the share may see at
//! that moment; when the maker is gone, so is the share.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use obcms_domain::core::id::Id;
use obcms_domain::exchange::sharing::{Closed, gone};
use obcms_domain::kinds::{RESOURCE, SHARE, SHARED_MODULES};
use obcms_domain::registry::{Module, Record, Value};
use obcms_store::exchange::sharing as store;
use obcms_store::{Tx, records};
use serde_json::Value as Json;

use crate::accounts::{Attempt, hashed_text};
use crate::calendar::{CalendarQuery, Entry, Feed, Moment};
use crate::core::password_hash::verify;
use crate::core::{Actor, App, AppError, security};
use crate::exchange::feeds::secret_for;

pub use obcms_store::exchange::sharing::View;

/// Days that a share without an end shows.
pub const ROLLING_DAYS: i64 = 90;
/// Refusals of one share that are kept within [`FLOOD`]: who hammers at an address does not fill the disk.
const REFUSALS: i64 = 100;
const FLOOD: SignedDuration = SignedDuration::from_hours(1);
/// Entries that a page shows at most.
pub const MOST_ENTRIES: usize = 2000;

/// Somebody without an account, as far as they are noted.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// Their address; only its network is kept.
    pub address: String,
    /// Their browser, in short.
    pub agent: String,
}

/// What somebody sees who opens the address.
#[derive(Clone, Debug)]
pub enum Opened {
    /// There is no such share.
    Missing,
    /// There was one.
    Closed(Closed),
    /// The pass phrase is needed first.
    Locked,
    /// The calendar; the view is counted.
    Shown(SharedCalendar),
}

/// What stands behind an address, when it is only asked and nothing is shown.
#[derive(Clone, Debug)]
pub enum ShareState {
    /// There is no such share.
    Missing,
    /// There was one.
    Closed(Box<Record>, Closed),
    /// The pass phrase is needed first.
    Locked,
    /// A share that can be looked at, and its maker.
    Open(Box<(Record, Actor)>),
}

/// What came of a pass phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unlocked {
    /// It is right; this proves it when the calendar is asked for.
    Right(String),
    /// It is wrong.
    Wrong,
    /// Too many were wrong; so many seconds to wait.
    Wait(i64),
    /// There is no such share, or none any more.
    Nothing,
}

/// The calendar of a share.
#[derive(Clone, Debug)]
pub struct SharedCalendar {
    /// How its maker named it.
    pub name: String,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// What is on it, by start.
    pub entries: Vec<SharedEntry>,
    /// How many there are beyond [`MOST_ENTRIES`].
    pub left_out: usize,
}

/// One entry as strangers see it. To add a field is to show it to everybody who has an address.
#[derive(Clone, Debug)]
pub struct SharedEntry {
    /// Title.
    pub title: String,
    /// When it begins.
    pub start: Moment,
    /// When it is over, exclusive.
    pub end: Moment,
    /// Where; empty when nothing is said.
    pub place: String,
    /// Module.
    pub module: Module,
}

impl SharedEntry {
    fn of(entry: &Entry) -> Self {
        // A booking without a purpose is called after whoever booked; that something is taken is all that is told.
        let title =
            if entry.row.kind.name == "booking" { "Booked".to_owned() } else { entry.row.title.to_string() };
        Self {
            title,
            start: entry.start(),
            end: entry.end(),
            place: entry.row.location.to_string(),
            module: entry.module(),
        }
    }
}

/// The path of a share, for its maker.
#[must_use]
pub fn path(actor: &Actor, record: &Record) -> Option<String> {
    secret_for(actor, record).map(|secret| format!("/shared/{secret}"))
}

/// Proves that somebody gave the pass phrase, without being it: it follows from the secret of the share and the hash, so
/// that another pass phrase makes it worthless.
fn proof(share: &Record) -> String {
    hashed_text(&format!("{}\n{}", share.text("secret"), share.text("passphrase")))
}

/// The network of an address: three quarters of an old one, three groups of a new one.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(std::net::IpAddr::V4(address)) => {
            let [first, second, third, _] = address.octets();
            format!("{first}.{second}.{third}.0/24")
        }
        Ok(std::net::IpAddr::V6(address)) => {
            let [first, second, third, ..] = address.segments();
            format!("{first:x}:{second:x}:{third:x}::/48")
        }
        Err(_) => String::new(),
    }
}

/// Name under which failed pass phrases are counted; no user has a name with a colon.
fn account(share: Id) -> String {
    format!("share:{share}")
}

impl App {
    /// Opens a share: counts the view and answers what it shows, or why it shows nothing.
    pub fn open_share(&self, secret: &str, given_proof: &str, visitor: &Visitor) -> Result<Opened, AppError> {
        let now = self.now();
        let (share, maker) = match self.behind_share(secret, given_proof)? {
            ShareState::Missing => {
                stranger("missing", "", visitor);
                return Ok(Opened::Missing);
            }
            ShareState::Closed(share, reason) => return self.refuse(&share, reason, visitor),
            ShareState::Locked => return Ok(Opened::Locked),
            ShareState::Open(found) => *found,
        };
        let counted = self.database().write(|tx| {
            let counted = store::count_view(tx, share.id, now)?;
            if counted {
                store::insert_view(tx, &self.line(&share, "counted", visitor))?;
            }
            Ok::<_, obcms_store::StoreError>(counted)
        })?;
        if !counted {
            // Whoever was faster took the last view, or the maker took the share back.
            let reason = self.read(|tx| find(tx, secret))?.and_then(|(share, _)| gone(&share, now));
            return self.refuse(&share, reason.unwrap_or(Closed::UsedUp), visitor);
        }
        stranger("opened", &share.id.to_string(), visitor);
        Ok(Opened::Shown(self.shared_calendar(&share, &maker)?))
    }

    /// What opening a share would come to. Nothing is counted or noted.
    pub fn behind_share(&self, secret: &str, given_proof: &str) -> Result<ShareState, AppError> {
        let Some((share, maker)) = self.read(|tx| find(tx, secret))? else {
            return Ok(ShareState::Missing);
        };
        let maker = match (gone(&share, self.now()), maker) {
            (Some(reason), _) => return Ok(ShareState::Closed(Box::new(share), reason)),
            (None, None) => return Ok(ShareState::Closed(Box::new(share), Closed::MakerGone)),
            (None, Some(maker)) => maker,
        };
        if share.flag("has_passphrase") && given_proof != proof(&share) {
            return Ok(ShareState::Locked);
        }
        Ok(ShareState::Open(Box::new((share, maker))))
    }

    /// Checks a pass phrase. It takes as long as signing in; whoever calls this limits how many run at once.
    pub fn unlock_share(
        &self,
        secret: &str,
        passphrase: &str,
        visitor: &Visitor,
    ) -> Result<Unlocked, AppError> {
        let now = self.now();
        let Some((share, Some(_))) = self.read(|tx| find(tx, secret))? else {
            stranger("missing", "", visitor);
            return Ok(Unlocked::Nothing);
        };
        let about = share.id.to_string();
        if gone(&share, now).is_some() || !share.flag("has_passphrase") {
            return Ok(Unlocked::Nothing);
        }
        let attempt = Attempt::new(&account(share.id), &visitor.address);
        let locked = self.read(|tx| attempt.wait(tx, now))?;
        if let Some(seconds) = locked {
            stranger("locked", &about, visitor);
            return Ok(Unlocked::Wait(seconds));
        }
        if verify(passphrase, share.text("passphrase")) {
            self.database().write(|tx| attempt.succeeded(tx))?;
            return Ok(Unlocked::Right(proof(&share)));
        }
        self.database().write(|tx| {
            attempt.failed(self, tx, now)?;
            self.note(tx, &share, "wrong_passphrase", visitor)
        })?;
        stranger("wrong_passphrase", &about, visitor);
        Ok(Unlocked::Wrong)
    }

    /// The log of a share, for whoever may see it.
    pub fn share_views(&self, actor: &Actor, id: Id, limit: i64) -> Result<Vec<View>, AppError> {
        self.get(actor, &SHARE, id)?;
        self.read(|tx| Ok(store::views(tx, id, limit)?))
    }

    /// First and last day that the share shows today.
    #[must_use]
    pub fn shared_days(&self, share: &Record) -> (Date, Date) {
        let first = share.date("start").unwrap_or_else(|| self.today());
        let last = share.date("end").unwrap_or_else(|| first.saturating_add((ROLLING_DAYS - 1).days()));
        (first, last)
    }

    fn shared_calendar(&self, share: &Record, maker: &Actor) -> Result<SharedCalendar, AppError> {
        let (first, last) = self.shared_days(share);
        let name = share.title().to_owned();
        if last < first {
            return Ok(SharedCalendar { name, first, last, entries: Vec::new(), left_out: 0 });
        }
        let mut query = CalendarQuery::days(first, last.saturating_add(1.day()), self.zone());
        query.modules = modules(share);
        let (_, feed) = self.calendar(maker, &query)?;
        let people = self.people_among_resources(&feed)?;
        let mut entries: Vec<SharedEntry> = feed
            .entries
            .iter()
            .filter(|entry| &*entry.row.status != "cancelled" && query.modules.contains(&entry.module()))
            // When somebody is taken is about them, and the place of their booking is their name.
            .filter(|entry| {
                entry.row.kind.name != "booking" || !entry.resources().iter().any(|id| people.contains(id))
            })
            .map(SharedEntry::of)
            .collect();
        let left_out = entries.len().saturating_sub(MOST_ENTRIES);
        entries.truncate(MOST_ENTRIES);
        Ok(SharedCalendar { name, first, last, entries, left_out })
    }

    /// Which resources of the bookings are people.
    fn people_among_resources(&self, feed: &Feed) -> Result<HashSet<Id>, AppError> {
        let bookings = feed.entries.iter().filter(|entry| entry.row.kind.name == "booking");
        let mut ids: Vec<Id> = bookings.flat_map(|entry| entry.resources().iter()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let resources = self.read(|tx| Ok(records::load_many(tx, &RESOURCE, &ids)?))?;
        let is_person = |resource: &&Record| {
            resource.text("resource_type") == "facilitator" || resource.reference("person").is_some()
        };
        Ok(resources.iter().filter(is_person).map(|resource| resource.id).collect())
    }

    fn refuse(&self, share: &Record, reason: Closed, visitor: &Visitor) -> Result<Opened, AppError> {
        self.database().write(|tx| self.note(tx, share, reason.as_str(), visitor))?;
        stranger(reason.as_str(), &share.id.to_string(), visitor);
        Ok(Opened::Closed(reason))
    }

    /// Notes a refusal, unless there are too many.
    fn note(
        &self,
        tx: &mut Tx<'_>,
        share: &Record,
        outcome: &str,
        visitor: &Visitor,
    ) -> Result<(), obcms_store::StoreError> {
        if store::refusals_since(tx, share.id, self.now() - FLOOD)? < REFUSALS {
            store::insert_view(tx, &self.line(share, outcome, visitor))?;
        }
        Ok(())
    }

    fn line(&self, share: &Record, outcome: &str, visitor: &Visitor) -> View {
        View {
            id: self.new_id(),
            share: share.id,
            at: self.now(),
            network: network(&visitor.address),
            agent: visitor.agent.clone(),
            outcome: outcome.to_owned(),
        }
    }
}

/// Logs what somebody without an account did with the address of a share.
fn stranger(outcome: &str, about: &str, visitor: &Visitor) {
    security::stranger("share", outcome, about, &visitor.address);
}

/// The share of a secret, and its maker when they may still see anything.
fn find(tx: &mut Tx<'_>, secret: &str) -> Result<Option<(Record, Option<Actor>)>, AppError> {
    let Some(share) = store::by_secret(tx, &hashed_text(secret))? else {
        return Ok(None);
    };
    let maker = match share.created_by {
        Some(id) => Actor::load(tx, id)?.filter(|maker| !maker.roles.is_empty()),
        None => None,
    };
    Ok(Some((share, maker)))
}

/// The chosen modules. A share without any shows nothing: what is public is always chosen.
fn modules(share: &Record) -> Vec<Module> {
    let chosen: Vec<&str> = match share.get("modules") {
        Value::Json(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    let shared = SHARED_MODULES.iter().map(|choice| choice.value);
    shared.filter(|key| chosen.contains(key)).filter_map(Module::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_the_network_is_kept() {
        assert_eq!(network("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(network("2001:db8:12:34::1"), "2001:db8:12::/48");
        assert_eq!(network("local"), "");
    }

    #[test]
    fn neither_people_nor_calendars_of_others_can_be_shared() {
        let keys: Vec<&str> = SHARED_MODULES.iter().map(|choice| choice.value).collect();
        assert!(!keys.contains(&"staff") && !keys.contains(&"external"));
        assert!(keys.iter().all(|key| Module::parse(key).is_some_and(|module| module.key() == *key)));
    }
}
