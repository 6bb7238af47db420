//! Search in records of all kinds by word prefixes.

use crate::database::Statement;
use crate::database::{SqlValue, Tx};
use crate::error::StoreError;
use crate::records::Reference;
use crate::records::read::reference;

/// Returns at most `limit` live records of a kind whose title or text has one of the words, those with a word in the
/// title first.
pub fn with_any_word(
    tx: &mut Tx<'_>,
    kind: &str,
    words: &[String],
    limit: i64,
) -> Result<Vec<Reference>, StoreError> {
    let mut statement = Statement::new(
        "SELECT r.id, r.kind, r.title, r.state, r.is_archived FROM records r JOIN \
         (SELECT w.id, max(w.weight) AS weight FROM search_words w WHERE w.kind = ",
    );
    statement.bind(kind).push(" AND w.word IN ");
    statement.bind_list(words.iter().map(|word| SqlValue::from(word.as_str())));
    statement.push(" GROUP BY w.id) found ON found.id = r.id WHERE r.is_archived = ").bind(false);
    statement.push(" ORDER BY found.weight DESC, r.title, r.id LIMIT ").bind(limit);
    tx.query(&statement.sql, &statement.parameters)?.iter().map(reference).collect()
}

/// Returns records that contain all of the words, best match first. A non-empty `kinds` limits the search.
pub fn find(
    tx: &mut Tx<'_>,
    words: &[String],
    kinds: &[&str],
    limit: i64,
) -> Result<Vec<Reference>, StoreError> {
    let Some((first, others)) = words.split_first() else {
        return Ok(Vec::new());
    };
    // Materialized, so that the index on words is used and not, for the grouping, the one on ids.
    let mut statement = Statement::new("WITH m AS MATERIALIZED (SELECT w.id, w.weight");
    // A whole word ranks above a prefix.
    statement.push(" + CASE WHEN w.word = ").bind(first.as_str()).push(" THEN 5 ELSE 0 END AS weight");
    statement.push(" FROM search_words w WHERE ");
    range(&mut statement, "w", first);
    if !kinds.is_empty() {
        statement.push(" AND w.kind IN ");
        statement.bind_list(kinds.iter().map(|kind| SqlValue::from(*kind)));
    }
    statement.push(
        ") SELECT r.id, r.kind, r.title, r.state, r.is_archived FROM (SELECT m.id, max(m.weight) AS score FROM m WHERE 1 = 1",
    );
    for (position, word) in others.iter().enumerate() {
        let alias = format!("o{position}");
        statement
            .push(&format!(" AND EXISTS (SELECT 1 FROM search_words {alias} WHERE {alias}.id = m.id AND "));
        range(&mut statement, &alias, word);
        statement.push(")");
    }
    statement.push(" GROUP BY m.id ORDER BY score DESC LIMIT ").bind(limit);
    statement.push(") found JOIN records r ON r.id = found.id ORDER BY found.score DESC, r.title, r.id");
    tx.query(&statement.sql, &statement.parameters)?.iter().map(reference).collect()
}

fn range(statement: &mut Statement, alias: &str, word: &str) {
    statement.push(&format!("{alias}.word >= ")).bind(word);
    statement.push(&format!(" AND {alias}.word < ")).bind(format!("{word}\u{10ffff}"));
}
