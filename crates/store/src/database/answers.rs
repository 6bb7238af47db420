//! Cache of short query results, valid for one revision.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::cell::{Row, SqlValue};

/// Maximum number of entries.
const CAPACITY: usize = 2048;
/// Maximum number of rows of a cached result: counts, groups, and the ids of a page.
const ROWS: usize = 600;

/// Rows by statement and parameters.
type Answers = HashMap<(String, Vec<u8>), Arc<Vec<Row>>>;

/// Cache of query results by statement and parameters.
#[derive(Default)]
pub struct AnswerCache {
    contents: Mutex<Contents>,
}

#[derive(Default)]
struct Contents {
    revision: i64,
    answers: Answers,
}

impl AnswerCache {
    /// Returns the cached result of the statement at the revision.
    pub fn get(&self, sql: &str, parameters: &[SqlValue], revision: i64) -> Option<Arc<Vec<Row>>> {
        let contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if contents.revision != revision {
            return None;
        }
        contents.answers.get(&key(sql, parameters)).cloned()
    }

    /// Caches the result of the statement at the revision. A transaction that sees an older revision leaves the cache
    /// unchanged.
    pub fn put(&self, sql: &str, parameters: &[SqlValue], revision: i64, answer: &Arc<Vec<Row>>) {
        if answer.len() > ROWS {
            return;
        }
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if contents.revision > revision {
            return;
        }
        if contents.revision < revision || contents.answers.len() >= CAPACITY {
            contents.answers.clear();
            contents.revision = revision;
        }
        contents.answers.insert(key(sql, parameters), Arc::clone(answer));
    }
}

/// Builds the key from text and values. Each value has its type and length, so that different lists have different
/// keys.
fn key(sql: &str, parameters: &[SqlValue]) -> (String, Vec<u8>) {
    let mut bytes = Vec::with_capacity(parameters.len() * 18);
    let mut push = |tag: u8, value: &[u8]| {
        bytes.push(tag);
        bytes.extend_from_slice(&value.len().to_le_bytes());
        bytes.extend_from_slice(value);
    };
    for cell in parameters {
        match cell {
            SqlValue::Null => push(0, &[]),
            SqlValue::Boolean(value) => push(1, &[u8::from(*value)]),
            SqlValue::Integer(value) => push(2, &value.to_le_bytes()),
            SqlValue::Real(value) => push(3, &value.to_le_bytes()),
            SqlValue::Text(text) => push(4, text.as_bytes()),
            SqlValue::Bytes(value) => push(5, value),
            SqlValue::Id(id) => push(6, id.uuid().as_bytes()),
            SqlValue::Date(date) => push(7, date.to_string().as_bytes()),
            SqlValue::Instant(instant) => push(8, &instant.as_microsecond().to_le_bytes()),
        }
    }
    (sql.to_owned(), bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_is_valid_for_its_revision_statement_and_parameters() {
        let cache = AnswerCache::default();
        let answer = |number: i64| Arc::new(vec![Row(vec![SqlValue::Integer(number)])]);
        let count = |sql: &str, parameters: &[SqlValue], revision: i64| {
            cache.get(sql, parameters, revision).map(|rows| rows[0].get::<i64>(0).unwrap())
        };
        let (one, two) = ([SqlValue::Integer(1)], [SqlValue::Integer(2)]);
        cache.put("a", &one, 5, &answer(10));
        assert_eq!(count("a", &one, 5), Some(10));
        for (sql, parameters, revision) in [("a", &two, 5), ("b", &one, 5), ("a", &one, 4), ("a", &one, 6)] {
            assert_eq!(count(sql, parameters, revision), None, "{sql} {parameters:?} {revision}");
        }
        cache.put("a", &one, 4, &answer(9));
        assert_eq!(count("a", &one, 5), Some(10), "an older transaction does not replace it");
        cache.put("b", &one, 6, &answer(11));
        assert_eq!((count("a", &one, 5), count("a", &one, 6)), (None, None));
    }

    #[test]
    fn similar_lists_of_values_have_different_keys() {
        let text = |text: &str| SqlValue::Text(text.to_owned());
        assert_ne!(key("s", &[text("ab"), text("c")]), key("s", &[text("a"), text("bc")]));
        assert_ne!(key("s", &[SqlValue::Integer(0)]), key("s", &[SqlValue::Null]));
        assert_ne!(key("s", &[SqlValue::Boolean(true)]), key("s", &[SqlValue::Integer(1)]));
    }
}
