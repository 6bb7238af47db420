//! Shares: lookup by secret, exact view count, and access log.

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::SHARE;
use obcms_domain::registry::Record;

use crate::database::Tx;
use crate::error::StoreError;
use crate::records;

/// Line of the access log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Id of the line.
    pub id: Id,
    /// The share.
    pub share: Id,
    /// Time of access.
    pub at: Timestamp,
    /// Network of the client.
    pub network: String,
    /// Browser, abbreviated.
    pub agent: String,
    /// `counted`, or the reason for a refusal.
    pub outcome: String,
}

/// Returns the share with this secret hash, archived or not.
pub fn by_secret(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Record>, StoreError> {
    let row = tx.first("SELECT id FROM shares WHERE secret_hash = $1", &[hash.into()])?;
    match row {
        Some(row) => records::load(tx, &SHARE, row.get(0)?),
        None => Ok(None),
    }
}

/// Returns the live shares of a person, oldest first.
pub fn of_owner(tx: &mut Tx<'_>, owner: Id) -> Result<Vec<Record>, StoreError> {
    records::live_of_owner(tx, &SHARE, owner)
}

/// Counts one view, if the limit allows it. Check and increment are one statement, so that the count never exceeds
/// the limit.
pub fn count_view(tx: &mut Tx<'_>, share: Id, now: Timestamp) -> Result<bool, StoreError> {
    let counted = tx.execute(
        "UPDATE shares SET view_count = view_count + 1, last_viewed_at = $2 WHERE id = $1 AND archived_at IS NULL \
         AND (expires IS NULL OR expires > $2) AND (max_views IS NULL OR view_count < max_views)",
        &[share.into(), now.into()],
    )?;
    Ok(counted > 0)
}

/// Adds a line to the access log.
pub fn insert_view(tx: &mut Tx<'_>, view: &View) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO share_views (id, share_id, at, network, agent, outcome) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            view.id.into(),
            view.share.into(),
            view.at.into(),
            view.network.as_str().into(),
            view.agent.as_str().into(),
            view.outcome.as_str().into(),
        ],
    )?;
    Ok(())
}

/// Returns the number of refusals of a share since an instant.
pub fn refusals_since(tx: &mut Tx<'_>, share: Id, since: Timestamp) -> Result<i64, StoreError> {
    tx.one(
        "SELECT count(*) FROM share_views WHERE share_id = $1 AND at > $2 AND outcome <> 'counted'",
        &[share.into(), since.into()],
    )?
    .get(0)
}

/// Returns the last lines of the access log of a share, newest first.
pub fn views(tx: &mut Tx<'_>, share: Id, limit: i64) -> Result<Vec<View>, StoreError> {
    tx.query(
        "SELECT id, share_id, at, network, agent, outcome FROM share_views WHERE share_id = $1 \
         ORDER BY id DESC LIMIT $2",
        &[share.into(), limit.into()],
    )?
    .iter()
    .map(|row| {
        Ok(View {
            id: row.get(0)?,
            share: row.get(1)?,
            at: row.get(2)?,
            network: row.get(3)?,
            agent: row.get(4)?,
            outcome: row.get(5)?,
        })
    })
    .collect()
}

/// Deletes lines older than `before`.
pub fn forget_views(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM share_views WHERE at < $1", &[before.into()])
}
