//! Live streams by person: limited, and a new one ends the oldest.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use obcms_domain::core::id::Id;
use tokio::sync::oneshot;

use crate::core::limits::STREAMS_OF_ONE;

/// Streams of a person, the oldest first; dropping a sender ends its stream.
type OfOne = VecDeque<(u64, oneshot::Sender<()>)>;

#[derive(Default)]
struct Open {
    next: u64,
    people: HashMap<Id, OfOne>,
}

/// All live streams of this process.
#[derive(Clone, Default)]
pub struct LiveStreams(Arc<Mutex<Open>>);

/// Slot of one stream, released when dropped.
pub struct Slot {
    person: Option<Id>,
    number: u64,
    taken: Option<oneshot::Receiver<()>>,
    all: LiveStreams,
}

impl LiveStreams {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a stream of that person.
    #[must_use]
    pub fn enter(&self, person: Option<Id>) -> Slot {
        let (sender, receiver) = oneshot::channel();
        let mut open = self.open();
        open.next += 1;
        let number = open.next;
        if let Some(person) = person {
            let streams = open.people.entry(person).or_default();
            if streams.len() >= STREAMS_OF_ONE {
                streams.pop_front();
            }
            streams.push_back((number, sender));
        }
        Slot { person, number, taken: person.map(|_| receiver), all: self.clone() }
    }
}

impl Slot {
    /// Waits until a newer stream takes the slot.
    pub async fn taken(&mut self) {
        match &mut self.taken {
            Some(receiver) => {
                let _ = receiver.await;
                self.taken = None;
            }
            None => std::future::pending().await,
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(person) = self.person else { return };
        let mut open = self.all.open();
        if let Some(streams) = open.people.get_mut(&person) {
            streams.retain(|(number, _)| *number != self.number);
            if streams.is_empty() {
                open.people.remove(&person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_new_stream_ends_the_oldest_of_the_same_person() {
        let all = LiveStreams::default();
        let (person, other) = (Some(Id::from_parts(1, &[0; 10])), Some(Id::from_parts(2, &[0; 10])));
        let mut others = all.enter(other);
        let mut slots: Vec<Slot> = (0..STREAMS_OF_ONE).map(|_| all.enter(person)).collect();
        drop(slots.pop());
        slots.push(all.enter(person));
        let is_open = |slot: &mut Slot| {
            slot.taken
                .as_mut()
                .is_some_and(|taken| taken.try_recv() == Err(oneshot::error::TryRecvError::Empty))
        };
        assert!(is_open(&mut slots[0]), "a place that was given back is free");
        slots.push(all.enter(person));
        slots[0].taken().await;
        assert!(is_open(&mut slots[1]) && is_open(&mut others));
        drop((slots, others));
        assert!(all.open().people.is_empty());
    }
}
