//! Security events in the log, in one form: target `obcms::security` with the fields event, user, address and outcome.
//! They never contain secrets or what people typed.
//!
//! A client that is not signed in can cause any number of events, so these are bounded: by client, and in total. The
//! next line that is written has the number of lines left out.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use obcms_domain::core::networks::client_network_of;

use crate::core::Actor;

/// Log target of security events, for filters.
pub const TARGET: &str = "obcms::security";

/// Most lines of one kind of event that one client writes at once; another follows every [`CLIENT_PAUSE`].
pub const LINES_OF_CLIENT: u32 = 10;
/// Time after which a client may write one more line.
pub const CLIENT_PAUSE: Duration = Duration::from_secs(10);
/// Most lines of one kind of event that all unauthenticated clients write at once; another follows every [`PAUSE`].
pub const LINES: u32 = 60;
/// Time after which all unauthenticated clients may write one more line.
pub const PAUSE: Duration = Duration::from_secs(1);
/// Most clients that are counted. When there are more, all counts are cleared; the total bound still applies.
const MOST_CLIENTS: usize = 10_000;

/// One security event.
#[derive(Clone, Copy, Debug, Default)]
pub struct SecurityEvent<'a> {
    /// Kind of the event, such as `sign_in`.
    pub event: &'a str,
    /// Name of the account that acts or is attacked.
    pub user: &'a str,
    /// Network address of the caller; empty if it is unknown here.
    pub address: &'a str,
    /// Result, such as `ok` or `wrong_password`.
    pub outcome: &'a str,
    /// Object of the event, such as the account that was disabled; no secret.
    pub about: &'a str,
}

impl SecurityEvent<'_> {
    /// Writes the event to the log.
    pub fn log(&self) {
        let Self { event, user, address, outcome, about } = *self;
        tracing::info!(target: TARGET, event, user, address, outcome, about, "security event");
    }

    /// Writes an event of a client that is not signed in, unless there were too many of the kind.
    pub fn log_of_stranger(&self) {
        let Self { event, user, address, outcome, about } = *self;
        let mut bounds = BOUNDS.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left_out) = bounds.admit(event, outcome, address, Instant::now()) else { return };
        drop(bounds);
        match left_out {
            0 => self.log(),
            _ => {
                tracing::info!(target: TARGET, event, user, address, outcome, about, left_out, "security event");
            }
        }
    }
}

/// Token bucket: lines that may still be written, and when that was counted.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: u32,
    at: Instant,
}

impl Bucket {
    /// Takes a line; returns false if none is left.
    fn take(&mut self, most: u32, pause: Duration, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_millis() / pause.as_millis().max(1);
        let more = u32::try_from(passed).unwrap_or(u32::MAX);
        if more > 0 {
            self.left = self.left.saturating_add(more).min(most);
            self.at = now;
        }
        let has_one = self.left > 0;
        self.left = self.left.saturating_sub(1);
        has_one
    }
}

/// Bounds of unauthenticated clients, by kind of event and by client.
#[derive(Debug, Default)]
struct Bounds {
    kinds: HashMap<(String, String), (Bucket, u64)>,
    clients: HashMap<(String, String), Bucket>,
}

static BOUNDS: LazyLock<Mutex<Bounds>> = LazyLock::new(Mutex::default);

impl Bounds {
    /// Takes a line. Returns the number of lines of its kind left out before it, or nothing when this one is left out
    /// too.
    fn admit(&mut self, event: &str, outcome: &str, address: &str, now: Instant) -> Option<u64> {
        if self.clients.len() >= MOST_CLIENTS {
            self.clients.clear();
        }
        let client = (format!("{event} {outcome}"), client_network_of(address));
        let client = self.clients.entry(client).or_insert(Bucket { left: LINES_OF_CLIENT, at: now });
        let may_client = client.take(LINES_OF_CLIENT, CLIENT_PAUSE, now);
        let kind = (event.to_owned(), outcome.to_owned());
        let (all, left_out) = self.kinds.entry(kind).or_insert((Bucket { left: LINES, at: now }, 0));
        if may_client && all.take(LINES, PAUSE, now) {
            return Some(std::mem::take(left_out));
        }
        *left_out += 1;
        None
    }
}

/// Logs an action of an actor on an account or a secret.
pub fn acted(actor: &Actor, event: &str, about: &str) {
    SecurityEvent { event, user: &actor.username, address: &actor.address, outcome: "ok", about }.log();
}

/// Logs an event of a client that is not signed in, within the bounds of unauthenticated clients.
pub fn stranger(event: &str, outcome: &str, about: &str, address: &str) {
    SecurityEvent { event, user: "", address, outcome, about }.log_of_stranger();
}

/// Event of a transaction, logged when it is committed.
#[derive(Clone, Debug)]
pub(crate) struct PendingEvent {
    pub(crate) event: &'static str,
    pub(crate) user: String,
    pub(crate) address: String,
    pub(crate) about: String,
}

impl PendingEvent {
    pub(crate) fn log(&self) {
        let Self { event, user, address, about } = self;
        SecurityEvent { event, user, address, outcome: "ok", about }.log();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unauthenticated_clients_cannot_flood_the_log() {
        let mut bounds = Bounds::default();
        let start = Instant::now();
        let lines = |bounds: &mut Bounds, address: &str, count: usize, now: Instant| {
            (0..count).filter(|_| bounds.admit("token", "wrong", address, now).is_some()).count()
        };
        assert_eq!(lines(&mut bounds, "192.0.2.1", 500, start), 10);
        assert_eq!(lines(&mut bounds, "192.0.2.2", 500, start), 10, "another client is heard all the same");
        assert_eq!(lines(&mut bounds, "2001:db8::1", 9, start), 9);
        assert_eq!(lines(&mut bounds, "2001:db8::2", 9, start), 1, "one /64 is one client");
        let crowd = |bounds: &mut Bounds, now: Instant| -> usize {
            (0..250).map(|number| lines(bounds, &format!("198.51.100.{number}"), 1, now)).sum()
        };
        assert_eq!(crowd(&mut bounds, start), 30, "all strangers together have a bound");
        assert!(
            bounds.admit("share", "opened", "192.0.2.1", start).is_some(),
            "each kind is bounded by itself"
        );
        let later = start + PAUSE * 5;
        assert_eq!(
            bounds.admit("token", "wrong", "203.0.113.1", later),
            Some(220),
            "those since the last line"
        );
        assert_eq!(bounds.admit("token", "wrong", "203.0.113.1", later), Some(0));
        for number in 0..2 * MOST_CLIENTS {
            bounds.admit("token", "wrong", &format!("10.{}.{}.1", number / 256, number % 256), later);
        }
        assert!(bounds.clients.len() <= MOST_CLIENTS);
    }
}
