//! Concurrent exports, limited in all and by person.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use futures_util::{Stream, StreamExt};
use obcms_domain::core::id::Id;
use obcms_domain::message;

use crate::core::limits::{EXPORT_RETRY, EXPORTS, EXPORTS_OF_ONE};
use crate::core::problem::Problem;

/// Running exports, in all and by person.
#[derive(Debug, Default)]
pub struct Exports(Mutex<HashMap<Option<Id>, usize>>);

/// Slot of a running export, released when dropped.
#[derive(Debug)]
pub struct Running {
    exports: Arc<Exports>,
    person: Option<Id>,
}

impl Exports {
    fn running(&self) -> MutexGuard<'_, HashMap<Option<Id>, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts an export unless too many are running.
    pub fn begin(self: &Arc<Self>, person: Option<Id>) -> Result<Running, Problem> {
        let mut running = self.running();
        let own = running.get(&person).copied().unwrap_or_default();
        let refusal = if own >= EXPORTS_OF_ONE {
            message!(
                "You have {EXPORTS_OF_ONE} exports running. Wait until one of them finishes.",
                EXPORTS_OF_ONE
            )
        } else if running.values().sum::<usize>() >= EXPORTS {
            message!("{EXPORTS} exports are running. Try again in a moment.", EXPORTS)
        } else {
            running.insert(person, own + 1);
            return Ok(Running { exports: self.clone(), person });
        };
        let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, refusal);
        problem.retry_after = Some(EXPORT_RETRY);
        Err(problem)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut running = self.exports.running();
        match running.get_mut(&self.person) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                running.remove(&self.person);
            }
        }
    }
}

/// Returns the parts of an export, which is running until the last one was taken.
pub fn while_running<T>(running: Running, parts: impl Stream<Item = T>) -> impl Stream<Item = T> {
    parts.map(move |part| {
        let _ = &running;
        part
    })
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[test]
    fn exports_are_bounded_in_all_and_by_person() {
        let exports = Arc::new(Exports::default());
        let [one, two, three] = [1, 2, 3].map(|number| Some(Id::from_parts(number, &[0; 10])));
        let begin = |person, count: usize| (0..count).map(|_| exports.begin(person).ok()).collect::<Vec<_>>();
        let mut first = begin(one, EXPORTS_OF_ONE);
        assert!(first.iter().all(Option::is_some));
        let refused = exports.begin(one).err();
        assert_eq!(refused.map(|problem| problem.status), Some(StatusCode::TOO_MANY_REQUESTS));
        let others = begin(two, EXPORTS - EXPORTS_OF_ONE);
        assert!(others.iter().all(Option::is_some));
        assert!(exports.begin(three).is_err());
        // A stream that is dropped, complete or not, releases its slot.
        let running = first.pop().flatten();
        let parts = running.map(|running| while_running(running, stream::iter([1, 2])));
        assert!(exports.begin(three).is_err());
        drop(parts);
        assert!(exports.begin(three).is_ok());
        drop((first, others));
        assert!(exports.running().is_empty());
    }
}
