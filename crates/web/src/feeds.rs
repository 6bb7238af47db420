//! Rendered feeds, kept while the data stays as it is.
//!
//! Each is kept under who asked and what, with the number of the state that it shows. The number is asked anew for
//! every answer, so a kept feed is never stale, and nothing needs to expire.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use obcms_domain::id::Id;

/// Bytes kept at most; the months that an office looks at today take a few megabytes.
const MAXIMUM: usize = 12 * 1024 * 1024;

/// Who asked and what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FeedKey {
    /// The person: what they see and may move differs.
    pub actor: Option<Id>,
    /// The parameters.
    pub asked: Vec<(String, String)>,
}

/// A feed as it goes out.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Number of the state that it shows.
    pub state: i64,
    /// The bytes.
    pub body: Bytes,
    /// Tag of the entries in it.
    pub etag: String,
}

/// The feeds that are kept.
#[derive(Debug, Default)]
pub struct Feeds {
    kept: Mutex<HashMap<FeedKey, Rendered>>,
}

impl Feeds {
    fn lock(&self) -> MutexGuard<'_, HashMap<FeedKey, Rendered>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The feed of the key, if it shows the state of this number.
    #[must_use]
    pub fn find(&self, key: &FeedKey, state: i64) -> Option<Rendered> {
        self.lock().get(key).filter(|rendered| rendered.state == state).cloned()
    }

    /// Keeps a feed, and lets go of those that show an older state; of all, when they take too much.
    pub fn keep(&self, key: FeedKey, rendered: Rendered) {
        if rendered.body.len() > MAXIMUM {
            return;
        }
        let mut kept = self.lock();
        kept.retain(|_, other| other.state >= rendered.state);
        let taken: usize = kept.values().map(|other| other.body.len()).sum();
        if taken + rendered.body.len() > MAXIMUM {
            kept.clear();
        }
        kept.insert(key, rendered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> FeedKey {
        FeedKey { actor: None, asked: vec![("start".to_owned(), name.to_owned())] }
    }

    fn rendered(state: i64, length: usize) -> Rendered {
        Rendered { state, body: vec![0; length].into(), etag: String::new() }
    }

    #[test]
    fn only_the_asked_state_is_found() {
        let feeds = Feeds::default();
        feeds.keep(key("a"), rendered(7, 10));
        assert!(feeds.find(&key("a"), 7).is_some());
        assert!(feeds.find(&key("a"), 8).is_none());
        assert!(feeds.find(&key("b"), 7).is_none());
    }

    #[test]
    fn what_is_kept_stays_within_its_bounds() {
        let feeds = Feeds::default();
        for turn in 0..10 {
            feeds.keep(key(&turn.to_string()), rendered(1, MAXIMUM / 3));
        }
        assert!(feeds.lock().len() <= 3);
        feeds.keep(key("new"), rendered(2, 10));
        assert_eq!(feeds.lock().len(), 1, "older states are let go");
    }
}
