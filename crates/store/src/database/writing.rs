//! Mark of a thread inside a write transaction, to detect what must not happen there.

use std::cell::Cell;

thread_local! {
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

/// Returns true if this thread is inside a write transaction. On SQLite all other writers wait until it ends.
#[must_use]
pub fn is_writing() -> bool {
    WRITING.get()
}

/// Guard that marks the thread until it is dropped.
pub(super) struct Writing(bool);

impl Writing {
    pub(super) fn begin() -> Self {
        Self(WRITING.replace(true))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        WRITING.set(self.0);
    }
}
