//! Shared calendars for people without an account, at a secret address.
//!
//! The output is a projection, [`SharedEntry`], with title, time, place and module and no other field. What it does not
//! contain cannot leak, whatever the page does. A share shows what its maker may see at
//! that moment. Without its maker it is closed.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use obcms_domain::core::id::Id;
use obcms_domain::exchange::sharing::{Closed, closed_reason};
use obcms_domain::kinds::{BOOKING, RESOURCE, SHARE, SHARED_MODULES, resource, share};
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

/// Days shown by a share without an end date.
pub const ROLLING_DAYS: i64 = 90;
/// Maximum number of refusals of one share that are logged within [`FLOOD`], so that
/// repeated attempts do not fill the disk.
const REFUSALS: i64 = 100;
const FLOOD: SignedDuration = SignedDuration::from_hours(1);
/// Maximum number of entries on a page.
pub const MOST_ENTRIES: usize = 2000;

/// Visitor without an account, as far as the access log records them.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// Address; only its network is stored.
    pub address: String,
    /// Short name of the browser.
    pub agent: String,
}

/// Result of opening a share.
#[derive(Clone, Debug)]
pub enum Opened {
    /// No share has this secret.
    Missing,
    /// The share is closed.
    Closed(Closed),
    /// The share requires its passphrase.
    Locked,
    /// Calendar of the share. The view is counted.
    Shown(SharedCalendar),
}

/// State of a share, determined without counting a view.
#[derive(Clone, Debug)]
pub enum ShareState {
    /// No share has this secret.
    Missing,
    /// The share is closed.
    Closed(Box<Record>, Closed),
    /// The share requires its passphrase.
    Locked,
    /// Open share with its maker.
    Open(Box<(Record, Actor)>),
}

/// Result of checking a passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unlocked {
    /// The passphrase is right. The value is the proof for opening the calendar.
    Right(String),
    /// The passphrase is wrong.
    Wrong,
    /// There were too many failures. The value is the waiting time in seconds.
    Wait(i64),
    /// The share does not exist or is closed.
    Nothing,
}

/// Calendar of a share.
#[derive(Clone, Debug)]
pub struct SharedCalendar {
    /// Name given by the maker.
    pub name: String,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// Entries, sorted by start.
    pub entries: Vec<SharedEntry>,
    /// Number of entries beyond [`MOST_ENTRIES`].
    pub left_out: usize,
}

/// Projection of an entry for visitors. A new field becomes visible to everyone who has the address.
#[derive(Clone, Debug)]
pub struct SharedEntry {
    /// Title.
    pub title: String,
    /// Start.
    pub start: Moment,
    /// End, exclusive.
    pub end: Moment,
    /// Place, or empty.
    pub place: String,
    /// Module.
    pub module: Module,
}

impl SharedEntry {
    fn of(entry: &Entry) -> Self {
        // The title of a booking without a purpose is the name of the person who booked.
        // Visitors only learn that something is booked.
        let title =
            if *entry.row.kind == BOOKING { "Booked".to_owned() } else { entry.row.title.to_string() };
        Self {
            title,
            start: entry.start(),
            end: entry.end(),
            place: entry.row.location.to_string(),
            module: entry.module(),
        }
    }
}

/// Returns the path of a share to its maker.
#[must_use]
pub fn path(actor: &Actor, record: &Record) -> Option<String> {
    secret_for(actor, record).map(|secret| format!("/shared/{secret}"))
}

/// Returns the proof that a visitor gave the passphrase. It is derived from the secret of the share and the hash of the
/// passphrase, so a new passphrase invalidates it.
fn proof(share: &Record) -> String {
    hashed_text(&format!("{}\n{}", share::SECRET.get(share), share::PASSPHRASE.get(share)))
}

/// Returns the network of an address: `/24` for IPv4, `/48` for IPv6.
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

/// Returns the account name under which failed passphrases are counted. User names contain no colon.
fn account(share: Id) -> String {
    format!("share:{share}")
}

impl App {
    /// Opens a share: counts the view and returns the calendar, or the reason why there is none.
    pub fn open_share(&self, secret: &str, given_proof: &str, visitor: &Visitor) -> Result<Opened, AppError> {
        let now = self.now();
        let (share, maker) = match self.share_state(secret, given_proof)? {
            ShareState::Missing => {
                log_visitor("missing", "", visitor);
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
            // A concurrent visitor took the last view, or the maker withdrew the share.
            let reason = self.read(|tx| find(tx, secret))?.and_then(|(share, _)| closed_reason(&share, now));
            return self.refuse(&share, reason.unwrap_or(Closed::UsedUp), visitor);
        }
        log_visitor("opened", &share.id.to_string(), visitor);
        Ok(Opened::Shown(self.shared_calendar(&share, &maker)?))
    }

    /// Returns what opening a share would yield, without counting or logging.
    pub fn share_state(&self, secret: &str, given_proof: &str) -> Result<ShareState, AppError> {
        let Some((share, maker)) = self.read(|tx| find(tx, secret))? else {
            return Ok(ShareState::Missing);
        };
        let maker = match (closed_reason(&share, self.now()), maker) {
            (Some(reason), _) => return Ok(ShareState::Closed(Box::new(share), reason)),
            (None, None) => return Ok(ShareState::Closed(Box::new(share), Closed::MakerGone)),
            (None, Some(maker)) => maker,
        };
        if share::HAS_PASSPHRASE.get(&share) && given_proof != proof(&share) {
            return Ok(ShareState::Locked);
        }
        Ok(ShareState::Open(Box::new((share, maker))))
    }

    /// Checks a passphrase. This takes as long as a sign-in; the caller limits how many run at once.
    pub fn unlock_share(
        &self,
        secret: &str,
        passphrase: &str,
        visitor: &Visitor,
    ) -> Result<Unlocked, AppError> {
        let now = self.now();
        let Some((share, Some(_))) = self.read(|tx| find(tx, secret))? else {
            log_visitor("missing", "", visitor);
            return Ok(Unlocked::Nothing);
        };
        let about = share.id.to_string();
        if closed_reason(&share, now).is_some() || !share::HAS_PASSPHRASE.get(&share) {
            return Ok(Unlocked::Nothing);
        }
        let attempt = Attempt::new(&account(share.id), &visitor.address);
        let locked = self.read(|tx| attempt.wait(tx, now))?;
        if let Some(seconds) = locked {
            log_visitor("locked", &about, visitor);
            return Ok(Unlocked::Wait(seconds));
        }
        if verify(passphrase, share::PASSPHRASE.get(&share)) {
            self.database().write(|tx| attempt.succeeded(tx))?;
            return Ok(Unlocked::Right(proof(&share)));
        }
        self.database().write(|tx| {
            attempt.failed(self, tx, now)?;
            self.note(tx, &share, "wrong_passphrase", visitor)
        })?;
        log_visitor("wrong_passphrase", &about, visitor);
        Ok(Unlocked::Wrong)
    }

    /// Returns the access log of a share to those who may see it.
    pub fn share_views(&self, actor: &Actor, id: Id, limit: i64) -> Result<Vec<View>, AppError> {
        self.get(actor, &SHARE, id)?;
        self.read(|tx| Ok(store::views(tx, id, limit)?))
    }

    /// Returns the first and the last day that the share shows today.
    #[must_use]
    pub fn shared_days(&self, share: &Record) -> (Date, Date) {
        let first = share::START.get(share).unwrap_or_else(|| self.today());
        let last = share::END.get(share).unwrap_or_else(|| first.saturating_add((ROLLING_DAYS - 1).days()));
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
            // Bookings of people are personal, and their place would be the person's name.
            .filter(|entry| {
                *entry.row.kind != BOOKING || !entry.resources().iter().any(|id| people.contains(id))
            })
            .map(SharedEntry::of)
            .collect();
        let left_out = entries.len().saturating_sub(MOST_ENTRIES);
        entries.truncate(MOST_ENTRIES);
        Ok(SharedCalendar { name, first, last, entries, left_out })
    }

    /// Returns which booked resources are people.
    fn people_among_resources(&self, feed: &Feed) -> Result<HashSet<Id>, AppError> {
        let bookings = feed.entries.iter().filter(|entry| *entry.row.kind == BOOKING);
        let mut ids: Vec<Id> = bookings.flat_map(|entry| entry.resources().iter()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let resources = self.read(|tx| Ok(records::load_many(tx, &RESOURCE, &ids)?))?;
        let is_person = |resource: &&Record| {
            resource::RESOURCE_TYPE.get(resource) == "facilitator" || resource::PERSON.get(resource).is_some()
        };
        Ok(resources.iter().filter(is_person).map(|resource| resource.id).collect())
    }

    fn refuse(&self, share: &Record, reason: Closed, visitor: &Visitor) -> Result<Opened, AppError> {
        self.database().write(|tx| self.note(tx, share, reason.as_str(), visitor))?;
        log_visitor(reason.as_str(), &share.id.to_string(), visitor);
        Ok(Opened::Closed(reason))
    }

    /// Logs a refusal, unless there are too many.
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

/// Writes a security event about a visitor at the address of a share.
fn log_visitor(outcome: &str, about: &str, visitor: &Visitor) {
    security::unauthenticated("share", outcome, about, &visitor.address);
}

/// Returns the share with this secret, and its maker if they may still see anything.
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

/// Returns the chosen modules. A share without modules shows nothing, because publication is always an explicit choice.
fn modules(share: &Record) -> Vec<Module> {
    let chosen: Vec<&str> = match share::MODULES.value(share) {
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
    fn visitor_address_is_reduced_to_its_network() {
        assert_eq!(network("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(network("2001:db8:12:34::1"), "2001:db8:12::/48");
        assert_eq!(network("local"), "");
    }

    #[test]
    fn staff_and_external_modules_cannot_be_shared() {
        let keys: Vec<&str> = SHARED_MODULES.iter().map(|choice| choice.value).collect();
        assert!(!keys.contains(&"staff") && !keys.contains(&"external"));
        assert!(keys.iter().all(|key| Module::parse(key).is_some_and(|module| module.key() == *key)));
    }
}
