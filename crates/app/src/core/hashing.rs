//! Argon2id with bounded memory: a limited number of hashes run at the same time, whatever calls for them.
//!
//! The system allocator keeps freed blocks of 19 MiB, once for each thread that hashed. It always returns blocks
//! larger than 32 MiB to the system. So more is reserved than used; pages that are never touched take no memory.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use argon2::Block;
use obcms_store::database::is_writing;

/// Most hashes at the same time, regardless of the number of cores.
pub const MOST_HASHES: usize = 4;

/// Bytes reserved for one hash: above the largest threshold of the allocator.
const RESERVED: usize = 40 * 1024 * 1024;

#[derive(Default)]
struct Hashers {
    running: usize,
    waiting: usize,
    spare: Vec<Vec<Block>>,
}

static HASHERS: Mutex<Hashers> = Mutex::new(Hashers { running: 0, waiting: 0, spare: Vec::new() });
static FREED: Condvar = Condvar::new();

fn hashers() -> MutexGuard<'static, Hashers> {
    HASHERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the number of hashes that run at the same time on this machine.
#[must_use]
pub fn hashes_at_once() -> usize {
    available_parallelism().map_or(1, usize::from).min(MOST_HASHES)
}

/// Memory of one hash, passed to the next waiting thread, or returned to the system when none waits.
struct Memory(Vec<Block>);

impl Memory {
    fn wait() -> Self {
        let mut hashers = hashers();
        while hashers.running >= hashes_at_once() {
            hashers.waiting += 1;
            hashers = FREED.wait(hashers).unwrap_or_else(PoisonError::into_inner);
            hashers.waiting -= 1;
        }
        hashers.running += 1;
        Self(hashers.spare.pop().unwrap_or_default())
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let mut hashers = hashers();
        hashers.running -= 1;
        if hashers.waiting > 0 {
            hashers.spare.push(std::mem::take(&mut self.0));
        } else {
            hashers.spare = Vec::new();
        }
        drop(hashers);
        FREED.notify_one();
    }
}

/// Runs a hash in that many blocks of memory, after waiting for a free slot.
pub fn with_memory<T>(blocks: usize, hash: impl FnOnce(&mut [Block]) -> T) -> T {
    assert!(!is_writing(), "nobody else writes while a transaction waits for a hash");
    let mut memory = Memory::wait();
    if memory.0.capacity() < blocks {
        memory.0 = Vec::with_capacity(blocks.max(RESERVED / Block::SIZE));
    }
    memory.0.resize(blocks, Block::default());
    hash(&mut memory.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn hashes_wait_for_a_slot_and_return_memory() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 * MOST_HASHES {
                scope.spawn(|| {
                    with_memory(8, |blocks| {
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        assert_eq!(blocks.len(), 8);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    });
                });
            }
        });
        assert!(most.into_inner() <= hashes_at_once());
    }
}
