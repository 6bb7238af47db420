//! Messages about committed changes, for live pages.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use obcms_domain::core::id::Id;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use super::cell::Row;
use crate::error::StoreError;

/// Maximum lag of a slow page in messages; beyond it the page reloads everything.
const BACKLOG: usize = 4096;
/// Maximum payload in bytes: PostgreSQL takes 8,000 bytes in one notification.
const PAYLOAD: usize = 7500;
/// Maximum number of changes announced one by one per transaction; more are announced as one message.
const MANY: usize = 300;

/// Kind of the messages about ended sessions and tokens. They concern no record.
pub const ACCESS: &str = "access";

/// Kinds whose changes may change somebody's rights.
const OF_RIGHTS: [&str; 4] = [ACCESS, "user", "team", "*"];

/// Message about a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Kind of the record, or `*` for everything.
    pub kind: String,
    /// Id of the record.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<Id>,
    /// Version after the change.
    pub version: i64,
    /// Action: `create`, `update`, `archive`, `restore`, …
    pub action: String,
    /// Row of the change log, which identifies the message.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub change: Option<Id>,
}

impl Message {
    /// Creates the message that tells pages to reload everything.
    #[must_use]
    pub fn everything() -> Self {
        Self { kind: "*".to_owned(), id: None, version: 0, action: "reload".to_owned(), change: None }
    }

    /// Creates the message that a session or token of the user ended.
    #[must_use]
    pub fn access_ended(user: Id) -> Self {
        Self { kind: ACCESS.to_owned(), id: Some(user), version: 0, action: "end".to_owned(), change: None }
    }

    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            change: Some(row.get(0)?),
            kind: row.get(1)?,
            id: Some(row.get(2)?),
            version: row.get(3)?,
            action: row.get(4)?,
        })
    }
}

/// Receiver of messages.
pub type LiveReceiver = broadcast::Receiver<Message>;

/// Channel that carries messages to the live pages of this process.
#[derive(Clone)]
pub struct Live {
    sender: broadcast::Sender<Message>,
    recent: Arc<Mutex<VecDeque<Id>>>,
    access: Arc<AtomicU64>,
}

impl Live {
    pub(super) fn new() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0, recent: Arc::default(), access: Arc::default() }
    }

    /// Returns a counter that is raised whenever somebody's rights may have changed. It is raised before the message
    /// is passed on: a sender that compares it before sending never sends by outdated rights, however long the
    /// message was queued.
    #[must_use]
    pub fn access(&self) -> u64 {
        self.access.load(Ordering::SeqCst)
    }

    /// Creates a subscription.
    #[must_use]
    pub fn subscribe(&self) -> LiveReceiver {
        self.sender.subscribe()
    }

    /// Returns the number of subscribers.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.sender.receiver_count()
    }

    pub(super) fn publish(&self, messages: Vec<Message>) {
        if messages.iter().any(|message| OF_RIGHTS.contains(&message.kind.as_str())) {
            self.access.fetch_add(1, Ordering::SeqCst);
        }
        if messages.len() > MANY {
            let _ = self.sender.send(Message::everything());
            return;
        }
        for message in messages {
            self.remember(message.change);
            // No subscriber is not an error.
            let _ = self.sender.send(message);
        }
    }

    /// Publishes the messages that this process has not published yet.
    pub(super) fn publish_unseen(&self, messages: Vec<Message>) {
        let unseen = {
            let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            messages
                .into_iter()
                .filter(|message| message.change.is_some_and(|change| !recent.contains(&change)))
                .collect()
        };
        self.publish(unseen);
    }

    /// Marks the messages as published.
    pub(super) fn mark_published(&self, messages: Vec<Message>) {
        for message in messages {
            self.remember(message.change);
        }
    }

    fn remember(&self, change: Option<Id>) {
        let Some(change) = change else {
            return;
        };
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= 1000 {
            recent.pop_front();
        }
        recent.push_back(change);
    }
}

/// Packs messages into payloads that PostgreSQL accepts.
pub(super) fn payloads(messages: &[Message]) -> Vec<String> {
    if messages.len() > MANY {
        return vec![serde_json::to_string(&Message::everything()).unwrap_or_default()];
    }
    let mut result: Vec<String> = Vec::new();
    for message in messages {
        let text = serde_json::to_string(message).unwrap_or_default();
        match result.last_mut() {
            Some(last) if last.len() + text.len() + 1 < PAYLOAD => {
                last.push('\n');
                last.push_str(&text);
            }
            _ => result.push(text),
        }
    }
    result
}

/// Parses messages from a payload. Lines that cannot be parsed come from a newer version and are skipped.
pub(super) fn read_payload(payload: &str) -> Vec<Message> {
    payload.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
