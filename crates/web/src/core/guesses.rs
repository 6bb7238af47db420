//! Throttle of wrong tokens and set-up links by client: after too many, secrets are not looked up any more.
//!
//! These secrets are random and cannot be guessed, so each process counts for itself. A token that has worked here
//! continues to work, whatever others do at the same address.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use obcms_app::AppError;
use obcms_domain::core::networks::client_network_of;
use tokio::time::Instant;

use crate::core::limits::{WRONG_SECRET_FORGOTTEN, WRONG_SECRETS};

/// Maximum number of counted clients, and of tokens that are known to work.
const MOST: usize = 10_000;

#[derive(Default)]
struct Counts {
    /// Wrong secrets of a client, and the time of the last count.
    wrong: HashMap<String, (u32, Instant)>,
    /// Secrets that worked, as hashes.
    known: HashSet<u64>,
}

/// Counter of wrong secrets.
#[derive(Default)]
pub struct Guesses {
    hasher: RandomState,
    counts: Mutex<Counts>,
}

/// Returns the count after its decay.
fn left((count, at): (u32, Instant)) -> u32 {
    let forgotten = at.elapsed().as_millis() / WRONG_SECRET_FORGOTTEN.as_millis().max(1);
    count.saturating_sub(u32::try_from(forgotten).unwrap_or(u32::MAX))
}

impl Guesses {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses a client with too many wrong secrets, except with a secret that worked before.
    pub fn check(&self, client: &str, secret: &str) -> Result<(), AppError> {
        let counts = self.counts();
        let wrong = counts.wrong.get(&client_network_of(client)).copied().map_or(0, left);
        if wrong < WRONG_SECRETS || counts.known.contains(&self.hasher.hash_one(secret)) {
            return Ok(());
        }
        let seconds = i64::try_from(WRONG_SECRET_FORGOTTEN.as_secs()).unwrap_or(1).max(1);
        Err(AppError::TooMany { seconds })
    }

    /// Counts a wrong secret.
    pub fn wrong(&self, client: &str) {
        let mut counts = self.counts();
        if counts.wrong.len() >= MOST {
            counts.wrong.retain(|_, one| left(*one) > 0);
        }
        if counts.wrong.len() >= MOST {
            counts.wrong.clear();
        }
        let now = Instant::now();
        let entry = counts.wrong.entry(client_network_of(client)).or_insert((0, now));
        *entry = (left(*entry).saturating_add(1).min(WRONG_SECRETS), now);
    }

    /// Remembers a secret that worked.
    pub fn right(&self, secret: &str) {
        let number = self.hasher.hash_one(secret);
        let mut counts = self.counts();
        if counts.known.len() >= MOST {
            counts.known.clear();
        }
        counts.known.insert(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn guessing_client_is_refused_for_a_while() {
        let guesses = Guesses::default();
        guesses.right("works");
        for _ in 0..WRONG_SECRETS {
            guesses.check("2001:db8::1", "guess").unwrap();
            guesses.wrong("2001:db8::1");
        }
        assert!(
            matches!(guesses.check("2001:db8::2", "guess"), Err(AppError::TooMany { .. })),
            "one /64 is one client"
        );
        guesses.check("2001:db8::2", "works").unwrap();
        guesses.check("2001:db8:0:1::1", "guess").unwrap();
        tokio::time::advance(WRONG_SECRET_FORGOTTEN).await;
        guesses.check("2001:db8::2", "guess").unwrap();
    }
}
