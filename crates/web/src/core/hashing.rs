//! Queue of password hashes: bounded, and fair between clients.
//!
//! A hash takes memory and time on purpose, so anonymous clients could ask for more of them than there are cores. Each
//! client has its own line, and the lines take turns.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use obcms_app::accounts::hashes_at_once;
use obcms_app::records::Input;
use obcms_app::{Actor, AppError};
use obcms_domain::core::networks::client_network_of;
use obcms_domain::registry::{Kind, Source};
use serde_json::Value as Json;
use tokio::sync::oneshot;

use crate::core::limits::{QUEUE_RETRY, WAITING_HASHES, WAITING_HASHES_OF_ONE};

#[derive(Default)]
struct Lines {
    running: usize,
    waiting: HashMap<String, VecDeque<oneshot::Sender<Turn>>>,
    /// Lines in the order of their next turn.
    order: VecDeque<String>,
}

impl Lines {
    /// Removes waiters that have gone away.
    fn purge(&mut self) {
        self.waiting.retain(|_, line| {
            line.retain(|sender| !sender.is_closed());
            !line.is_empty()
        });
        self.order.retain(|key| self.waiting.contains_key(key));
    }

    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let key = self.order.pop_front()?;
        let line = self.waiting.get_mut(&key)?;
        let next = line.pop_front();
        if line.is_empty() {
            self.waiting.remove(&key);
        } else {
            self.order.push_back(key);
        }
        next
    }
}

/// Queue of hashes.
#[derive(Clone, Default)]
pub struct HashQueue(Arc<Mutex<Lines>>);

/// Permit to hash one password, until it is dropped.
pub struct Turn {
    queue: Option<HashQueue>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.take() {
            queue.pass_on();
        }
    }
}

/// Returns true if writing this input to that kind hashes something: the passphrase of a share.
#[must_use]
pub fn needs_hash(kind: &Kind, input: &Input) -> bool {
    let has = |name: &str| input.get(name).and_then(Json::as_str).is_some_and(|text| !text.trim().is_empty());
    kind.fields.iter().any(|field| field.source == Source::WriteOnly && has(field.name))
}

impl HashQueue {
    /// Waits for a permit of a signed-in person, if the write needs one.
    pub async fn turn_to_write(
        &self,
        actor: &Actor,
        kind: &Kind,
        input: &Input,
    ) -> Result<Option<Turn>, AppError> {
        if !needs_hash(kind, input) {
            return Ok(None);
        }
        self.turn_of(actor).await.map(Some)
    }

    /// Waits for a permit of a person who imports records of a kind, if their writes need one.
    pub async fn turn_to_import(&self, actor: &Actor, kind: &Kind) -> Result<Option<Turn>, AppError> {
        if kind.fields.iter().any(|field| field.source == Source::WriteOnly) {
            return self.turn_of(actor).await.map(Some);
        }
        Ok(None)
    }

    /// Waits for a permit in the line of a signed-in person.
    pub async fn turn_of(&self, actor: &Actor) -> Result<Turn, AppError> {
        self.turn(&format!("person {}", actor.username)).await
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a permit in the line of that client, known device or person; refuses when the line or the queue is
    /// full.
    pub async fn turn(&self, client: &str) -> Result<Turn, AppError> {
        let waiting = {
            let mut lines = self.lines();
            lines.purge();
            if lines.running < hashes_at_once() && lines.order.is_empty() {
                lines.running += 1;
                return Ok(Turn { queue: Some(self.clone()) });
            }
            let key = client_network_of(client);
            let own = lines.waiting.get(&key).map_or(0, VecDeque::len);
            let all: usize = lines.waiting.values().map(VecDeque::len).sum();
            if own >= WAITING_HASHES_OF_ONE || all >= WAITING_HASHES {
                return Err(AppError::TooMany { seconds: QUEUE_RETRY });
            }
            let (sender, receiver) = oneshot::channel();
            if own == 0 {
                lines.order.push_back(key.clone());
            }
            lines.waiting.entry(key).or_default().push_back(sender);
            receiver
        };
        waiting.await.map_err(|error| AppError::Internal(error.to_string()))
    }

    /// Gives a returned permit to the next waiter.
    fn pass_on(&self) {
        loop {
            let mut lines = self.lines();
            let Some(next) = lines.next() else {
                if lines.order.is_empty() {
                    lines.running -= 1;
                    return;
                }
                continue;
            };
            drop(lines);
            match next.send(Turn { queue: Some(self.clone()) }) {
                Ok(()) => return,
                // The waiter is gone; dropping its permit must not pass it on while the queue is locked.
                Err(mut turn) => turn.queue = None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    type Waiting<'a> = Pin<Box<dyn Future<Output = Result<Turn, AppError>> + 'a>>;

    fn poll<F: Future + Unpin>(waiting: &mut F) -> Poll<F::Output> {
        Pin::new(waiting).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn busy(queue: &HashQueue) -> Vec<Turn> {
        let turn = |_| match poll(&mut Box::pin(queue.turn("192.0.2.1"))) {
            Poll::Ready(Ok(turn)) => turn,
            _ => panic!("a free queue gives a turn at once"),
        };
        (0..hashes_at_once()).map(turn).collect()
    }

    #[test]
    fn lines_take_turns() {
        let queue = HashQueue::default();
        let mut turns = busy(&queue);
        let clients = ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"];
        let mut waiting: Vec<Waiting<'_>> =
            clients.iter().map(|client| Box::pin(queue.turn(client)) as Waiting<'_>).collect();
        assert!(waiting.iter_mut().all(|one| poll(one).is_pending()));
        let mut served = Vec::new();
        while served.len() < clients.len() {
            turns.pop();
            for (number, one) in waiting.iter_mut().enumerate() {
                if served.contains(&number) {
                    continue;
                }
                if let Poll::Ready(turn) = poll(one) {
                    served.push(number);
                    turns.push(turn.unwrap());
                }
            }
        }
        // One of each client before the second of any; one /64 is one client.
        assert_eq!(served, [0, 3, 4, 1, 5, 2]);
    }

    #[test]
    fn the_line_of_a_client_and_the_queue_are_bounded() {
        let queue = &HashQueue::default();
        let turns = busy(queue);
        let mut waiting: Vec<Waiting<'_>> = Vec::new();
        for client in 0..WAITING_HASHES / WAITING_HASHES_OF_ONE {
            let client = format!("192.0.2.{client}");
            for _ in 0..WAITING_HASHES_OF_ONE {
                let client = client.clone();
                waiting.push(Box::pin(async move { queue.turn(&client).await }));
            }
        }
        assert!(waiting.iter_mut().take(WAITING_HASHES_OF_ONE).all(|one| poll(one).is_pending()));
        assert!(matches!(
            poll(&mut Box::pin(queue.turn("192.0.2.0"))),
            Poll::Ready(Err(AppError::TooMany { .. }))
        ));
        assert!(waiting.iter_mut().all(|one| poll(one).is_pending()));
        assert!(matches!(
            poll(&mut Box::pin(queue.turn("198.51.100.1"))),
            Poll::Ready(Err(AppError::TooMany { .. }))
        ));
        // A waiter that goes away makes room, and the permit goes to the next one.
        drop(waiting);
        let mut late: Waiting<'_> = Box::pin(queue.turn("198.51.100.1"));
        assert!(poll(&mut late).is_pending());
        drop(turns);
        assert!(poll(&mut late).is_ready());
        assert_eq!(queue.lines().running, 0);
    }
}
