//! Shared calendars by their secret, the exact count of their views, and the log of who looked.

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::SHARE;
use obcms_domain::registry::Record;

use crate::database::Tx;
use crate::error::StoreError;
use crate::records;

/// One line of the log: somebody opened the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its id.
    pub id: Id,
    /// The share.
    pub share: Id,
    /// When.
    pub at: Timestamp,
    /// The network from which they came.
    pub network: String,
    /// Their browser, in short.
    pub agent: String,
    /// `counted`, or why the calendar was not shown.
    pub outcome: String,
}

/// The share whose secret has this hash, archived or not.
pub fn by_secret(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Record>, StoreError> {
    let row = tx.first("SELECT id FROM shares WHERE secret_hash = $1", &[hash.into()])?;
    match row {
        Some(row) => records::load(tx, &SHARE, row.get(0)?),
        None => Ok(None),
    }
}

/// The shares of a person that are not archived, the oldest first.
pub fn of_owner(tx: &mut Tx<'_>, owner: Id) -> Result<Vec<Record>, StoreError> {
    records::live_of_owner(tx, &SHARE, owner)
}

/// Counts one view, if there is one left; asked and counted in one statement, so that never more are counted than
/// there may be.
pub fn count_view(tx: &mut Tx<'_>, share: Id, now: Timestamp) -> Result<bool, StoreError> {
    let counted = tx.execute(
        "UPDATE shares SET view_count = view_count + 1, last_viewed_at = $2 WHERE id = $1 AND archived_at IS NULL \
         AND (expires IS NULL OR expires > $2) AND (max_views IS NULL OR view_count < max_views)",
        &[share.into(), now.into()],
    )?;
    Ok(counted > 0)
}

/// Adds a line to the log.
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

/// How many refusals the log has for a share since then.
pub fn refusals_since(tx: &mut Tx<'_>, share: Id, since: Timestamp) -> Result<i64, StoreError> {
    tx.one(
        "SELECT count(*) FROM share_views WHERE share_id = $1 AND at > $2 AND outcome <> 'counted'",
        &[share.into(), since.into()],
    )?
    .get(0)
}

/// The last lines of the log of a share, the newest first.
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

/// Forgets what is older.
pub fn forget_views(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM share_views WHERE at < $1", &[before.into()])
}
