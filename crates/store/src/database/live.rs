//! Messages of committed changes, for open pages.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use obcms_domain::core::id::Id;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use super::cell::Row;
use crate::error::StoreError;

/// Messages that a slow page may lag behind before it is told to look at everything.
const BACKLOG: usize = 4096;
/// PostgreSQL takes 8,000 bytes in one message.
const PAYLOAD: usize = 7500;
/// More changes than this in one transaction are told as one.
const MANY: usize = 300;

/// Kind of messages that tell of sessions and tokens that ended. They concern no record.
pub const ACCESS: &str = "access";

/// Kinds after whose change somebody may have other rights.
const OF_RIGHTS: [&str; 4] = [ACCESS, "user", "team", "*"];

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Kind of the record, or `*` for everything.
    pub kind: String,
    /// The record.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<Id>,
    /// Its version after the change.
    pub version: i64,
    /// Action: `create`, `update`, `archive`, `restore`, …
    pub action: String,
    /// The entry in the log of changes, by which a message is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub change: Option<Id>,
}

impl Message {
    /// Look at everything again.
    #[must_use]
    pub fn everything() -> Self {
        Self { kind: "*".to_owned(), id: None, version: 0, action: "reload".to_owned(), change: None }
    }

    /// Somebody's session or token ended.
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

/// Receives messages.
pub type LiveReceiver = broadcast::Receiver<Message>;

/// The line on which messages go to the open pages of this process.
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

    /// A number that grows whenever the rights of somebody may have changed. It grows before the message is handed on,
    /// so that who compares it before sending anything sends nothing by rights of before, however long it was queued.
    #[must_use]
    pub fn access(&self) -> u64 {
        self.access.load(Ordering::SeqCst)
    }

    /// A new listener.
    #[must_use]
    pub fn subscribe(&self) -> LiveReceiver {
        self.sender.subscribe()
    }

    /// Number of subscribers.
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
            // Nobody listening is no error.
            let _ = self.sender.send(message);
        }
    }

    /// Publishes those that this process has not published yet.
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

    /// Takes these for published.
    pub(super) fn know(&self, messages: Vec<Message>) {
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

/// Messages packed into texts that PostgreSQL carries.
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

/// Messages from such a text; lines that cannot be read are of a newer program and are left out.
pub(super) fn read_payload(payload: &str) -> Vec<Message> {
    payload.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
