//! Stored answers by idempotency key, so that a repeated request acts once.

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::Tx;
use crate::error::StoreError;
use crate::vault;

/// Stored answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Method, address and hash of the body: the same key with another request is refused.
    pub request: String,
    /// HTTP status.
    pub status: i64,
    /// `Location` header, or empty.
    pub location: String,
    /// Body.
    pub body: String,
}

/// Returns the answer stored under a key of the user.
pub fn find(tx: &mut Tx<'_>, user: Id, key: &str) -> Result<Option<Answer>, StoreError> {
    tx.first(
        "SELECT request, status, location, body FROM idempotency_keys WHERE user_id = $1 AND key = $2",
        &[user.into(), key.into()],
    )?
    .map(|row| {
        let body = vault::from_stored(user, row.get(3)?)?;
        Ok(Answer { request: row.get(0)?, status: row.get(1)?, location: row.get(2)?, body })
    })
    .transpose()
}

/// Stores an answer. Of two concurrent requests with one key the later one fails here.
pub fn keep(tx: &mut Tx<'_>, user: Id, key: &str, answer: &Answer, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO idempotency_keys (user_id, key, request, status, location, body, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            user.into(),
            key.into(),
            answer.request.as_str().into(),
            answer.status.into(),
            answer.location.as_str().into(),
            vault::to_stored(user, &answer.body)?.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Deletes the answers older than `before`.
pub fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM idempotency_keys WHERE created_at < $1", &[before.into()])
}
