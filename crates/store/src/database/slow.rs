//! Log of slow statements: their text, with placeholders instead of values, and their duration.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Maximum length of a logged statement in characters; a multi-row insert only repeats itself after that.
const LONGEST: usize = 1000;

/// Duration from which a statement is slow.
#[derive(Default)]
pub struct SlowLimit {
    /// Microseconds; zero disables the log.
    microseconds: AtomicU64,
}

impl SlowLimit {
    /// Sets the limit; zero disables the log.
    pub fn set(&self, limit: Duration) {
        let microseconds = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.store(microseconds, Ordering::Relaxed);
    }

    /// Runs a statement, and logs it if it is slow.
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
    fn long_statements_are_truncated_at_character_boundaries() {
        assert_eq!(shortened("SELECT 1"), "SELECT 1");
        assert_eq!(shortened(&"ä".repeat(LONGEST + 5)), "ä".repeat(LONGEST));
    }
}
