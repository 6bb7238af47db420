//! Log of slow statements: their text, which has placeholders in place of values, and how long they took.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Characters of a statement that are logged; one that inserts many rows goes on in the same way.
const LONGEST: usize = 1000;

/// Time from which on a statement is slow.
#[derive(Default)]
pub struct SlowLimit {
    /// Zero for none.
    microseconds: AtomicU64,
}

impl SlowLimit {
    /// Sets the time; zero for none.
    pub fn set(&self, limit: Duration) {
        let microseconds = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.store(microseconds, Ordering::Relaxed);
    }

    /// Runs a statement, and names it in the log when it took too long.
    pub fn watch<T>(&self, sql: &str, run: impl FnOnce() -> T) -> T {
        let limit = self.microseconds.load(Ordering::Relaxed);
        if limit == 0 {
            return run();
        }
        let begun = Instant::now();
        let result = run();
        let duration = begun.elapsed();
        if duration >= Duration::from_micros(limit) {
            let statement = shortened(sql);
            let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(duration_ms, statement, "slow statement");
        }
        result
    }
}

fn shortened(sql: &str) -> &str {
    sql.char_indices().nth(LONGEST).map_or(sql, |(end, _)| &sql[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_statements_are_shortened_between_characters() {
        assert_eq!(shortened("SELECT 1"), "SELECT 1");
        assert_eq!(shortened(&"ä".repeat(LONGEST + 5)), "ä".repeat(LONGEST));
    }
}
