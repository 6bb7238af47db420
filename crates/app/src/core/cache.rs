//! Cache of values calculated from the whole of the data, valid for one revision.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use obcms_store::{Database, Tx};

use crate::core::AppError;

/// Default capacity in entries, where each may be as large as the figures of a region.
const CAPACITY: usize = 64;

/// Cache by revision and by a key that contains everything else that a value depends on.
pub(crate) struct RevisionCache<K, V> {
    capacity: usize,
    contents: Mutex<Contents<K, V>>,
}

struct Contents<K, V> {
    revision: i64,
    values: HashMap<K, Arc<V>>,
}

impl<K, V> Default for RevisionCache<K, V> {
    fn default() -> Self {
        Self::with_capacity(CAPACITY)
    }
}

impl<K, V> RevisionCache<K, V> {
    /// Returns a cache with a maximum number of entries.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { capacity, contents: Mutex::new(Contents { revision: 0, values: HashMap::new() }) }
    }
}

impl<K: Eq + Hash, V> RevisionCache<K, V> {
    /// Returns the value of the key at the revision that the transaction sees, and calculates it if it is missing. The
    /// transaction must be read-only.
    pub fn get(
        &self,
        tx: &mut Tx<'_>,
        key: K,
        work_out: impl FnOnce(&mut Tx<'_>) -> Result<V, AppError>,
    ) -> Result<Arc<V>, AppError> {
        let revision = Database::state_of(tx)?;
        {
            let contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
            if let (true, Some(value)) = (contents.revision == revision, contents.values.get(&key)) {
                return Ok(Arc::clone(value));
            }
        }
        let value = Arc::new(work_out(tx)?);
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if contents.revision > revision {
            return Ok(value);
        }
        if contents.revision < revision || contents.values.len() >= self.capacity {
            contents.values.clear();
            contents.revision = revision;
        }
        contents.values.insert(key, Arc::clone(&value));
        Ok(value)
    }
}
