//! Sessions, tokens, failed sign-ins, known devices, and one-time links that set a password.

use jiff::Timestamp;
use obcms_domain::core::id::Id;

use crate::database::{Message, Row, SqlValue, Tx};
use crate::error::StoreError;

/// Returns the first row of a query, if any.
fn first<T>(
    tx: &mut Tx<'_>,
    sql: &str,
    parameters: &[SqlValue],
    read: impl FnOnce(&Row) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    tx.first(sql, parameters)?.as_ref().map(read).transpose()
}

/// Returns all rows of a query.
fn all<T>(
    tx: &mut Tx<'_>,
    sql: &str,
    parameters: &[SqlValue],
    read: impl FnMut(&Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    tx.query(sql, parameters)?.iter().map(read).collect()
}

/// Browser session of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Identity, used to list and revoke it.
    pub id: Id,
    /// Owner.
    pub user_id: Id,
    /// CSRF token, required with every write.
    pub csrf_token: String,
    /// Time of sign-in.
    pub created_at: Timestamp,
    /// Last use, to the minute.
    pub last_seen_at: Timestamp,
    /// Expiry.
    pub expires_at: Timestamp,
    /// Client address at sign-in.
    pub address: String,
    /// Browser, as its user agent header names it.
    pub agent: String,
}

const SESSION: &str = "id, user_id, csrf_token, created_at, last_seen_at, expires_at, address, agent";

fn session(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: row.get(0)?,
        user_id: row.get(1)?,
        csrf_token: row.get(2)?,
        created_at: row.get(3)?,
        last_seen_at: row.get(4)?,
        expires_at: row.get(5)?,
        address: row.get(6)?,
        agent: row.get(7)?,
    })
}

/// Stores a new session under the hash of its secret.
pub fn insert_session(tx: &mut Tx<'_>, hash: &[u8], session: &Session) -> Result<(), StoreError> {
    tx.execute(
        &format!("INSERT INTO sessions (secret_hash, {SESSION}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
        &[
            SqlValue::Bytes(hash.to_vec()),
            session.id.into(),
            session.user_id.into(),
            session.csrf_token.as_str().into(),
            session.created_at.into(),
            session.last_seen_at.into(),
            session.expires_at.into(),
            session.address.as_str().into(),
            session.agent.as_str().into(),
        ],
    )?;
    Ok(())
}

/// Deletes the session with this secret hash. Returns its owner.
pub fn delete_session_of(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<Id>, StoreError> {
    let hash = [SqlValue::Bytes(hash.to_vec())];
    let sql = "SELECT user_id FROM sessions WHERE secret_hash = $1";
    let Some(user) = first(tx, sql, &hash, |row| row.get(0))? else {
        return Ok(None);
    };
    tx.execute("DELETE FROM sessions WHERE secret_hash = $1", &hash)?;
    tx.publish(Message::access_ended(user));
    Ok(Some(user))
}

/// Returns the session with this secret hash, expired or not.
pub fn find_session(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<Session>, StoreError> {
    let sql = format!("SELECT {SESSION} FROM sessions WHERE secret_hash = $1");
    first(tx, &sql, &[SqlValue::Bytes(hash.to_vec())], session)
}

/// Returns the session with this id, expired or not.
pub fn session_by_id(tx: &mut Tx<'_>, id: Id) -> Result<Option<Session>, StoreError> {
    first(tx, &format!("SELECT {SESSION} FROM sessions WHERE id = $1"), &[id.into()], session)
}

/// Updates the last use of a session.
pub fn touch_session(tx: &mut Tx<'_>, id: Id, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE sessions SET last_seen_at = $1 WHERE id = $2", &[now.into(), id.into()])?;
    Ok(())
}

/// Returns the sessions of a person, last used first, including expired ones that are not deleted yet.
pub fn sessions(tx: &mut Tx<'_>, user: Id) -> Result<Vec<Session>, StoreError> {
    let sql = format!("SELECT {SESSION} FROM sessions WHERE user_id = $1 ORDER BY last_seen_at DESC, id");
    all(tx, &sql, &[user.into()], session)
}

/// Deletes one session of a person. Returns true if it existed.
pub fn delete_session(tx: &mut Tx<'_>, user: Id, id: Id) -> Result<bool, StoreError> {
    let ended =
        tx.execute("DELETE FROM sessions WHERE user_id = $1 AND id = $2", &[user.into(), id.into()])? > 0;
    if ended {
        tx.publish(Message::access_ended(user));
    }
    Ok(ended)
}

/// Deletes all sessions of a person except one.
pub fn delete_sessions(tx: &mut Tx<'_>, user: Id, but: Option<Id>) -> Result<u64, StoreError> {
    let ended = match but {
        Some(but) => {
            tx.execute("DELETE FROM sessions WHERE user_id = $1 AND id <> $2", &[user.into(), but.into()])
        }
        None => tx.execute("DELETE FROM sessions WHERE user_id = $1", &[user.into()]),
    }?;
    if ended > 0 {
        tx.publish(Message::access_ended(user));
    }
    Ok(ended)
}

/// Deletes expired sessions and links, sessions not used since `idle_since`, and failures older than
/// `failures_until`.
pub fn forget_expired(
    tx: &mut Tx<'_>,
    now: Timestamp,
    idle_since: Timestamp,
    failures_until: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sign_in_failures WHERE at < $1", &[failures_until.into()])?;
    tx.execute(
        "DELETE FROM sessions WHERE expires_at <= $1 OR last_seen_at <= $2",
        &[now.into(), idle_since.into()],
    )?;
    tx.execute("DELETE FROM setup_links WHERE expires_at <= $1", &[now.into()])?;
    Ok(())
}

/// API token of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Identity, used to list and revoke it.
    pub id: Id,
    /// Owner, whose rights the token has.
    pub user_id: Id,
    /// Name given by its owner.
    pub name: String,
    /// Scope: `write`, or `read` for a token that cannot change anything.
    pub scope: String,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Expiry, if any.
    pub expires_at: Option<Timestamp>,
    /// Last use, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Time of revocation, if revoked.
    pub revoked_at: Option<Timestamp>,
    /// Token that created this one, if any. Revoking the parent revokes this one.
    pub parent_id: Option<Id>,
}

const TOKEN: &str = "id, user_id, name, scope, created_at, expires_at, last_used_at, revoked_at, parent_id";

fn token(row: &Row) -> Result<Token, StoreError> {
    Ok(Token {
        id: row.get(0)?,
        user_id: row.get(1)?,
        name: row.get(2)?,
        scope: row.get(3)?,
        created_at: row.get(4)?,
        expires_at: row.get(5)?,
        last_used_at: row.get(6)?,
        revoked_at: row.get(7)?,
        parent_id: row.get(8)?,
    })
}

/// Stores a new token under the hash of its secret.
pub fn insert_token(tx: &mut Tx<'_>, hash: &[u8], token: &Token) -> Result<(), StoreError> {
    tx.execute(
        &format!(
            "INSERT INTO tokens (secret_hash, {TOKEN}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[
            SqlValue::Bytes(hash.to_vec()),
            token.id.into(),
            token.user_id.into(),
            token.name.as_str().into(),
            token.scope.as_str().into(),
            token.created_at.into(),
            token.expires_at.into(),
            token.last_used_at.into(),
            token.revoked_at.into(),
            token.parent_id.into(),
        ],
    )?;
    Ok(())
}

/// Returns the live token with this secret hash.
pub fn find_token(tx: &mut Tx<'_>, hash: &[u8], now: Timestamp) -> Result<Option<Token>, StoreError> {
    let sql = format!(
        "SELECT {TOKEN} FROM tokens WHERE secret_hash = $1 AND revoked_at IS NULL \
         AND (expires_at IS NULL OR expires_at > $2)"
    );
    first(tx, &sql, &[SqlValue::Bytes(hash.to_vec()), now.into()], token)
}

/// Updates the last use of a token.
pub fn touch_token(tx: &mut Tx<'_>, id: Id, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE tokens SET last_used_at = $1 WHERE id = $2", &[now.into(), id.into()])?;
    Ok(())
}

/// Returns all tokens of a person, newest first.
pub fn tokens(tx: &mut Tx<'_>, user: Id) -> Result<Vec<Token>, StoreError> {
    let sql = format!("SELECT {TOKEN} FROM tokens WHERE user_id = $1 ORDER BY id DESC");
    all(tx, &sql, &[user.into()], token)
}

/// Returns the token with this id.
pub fn token_by_id(tx: &mut Tx<'_>, id: Id) -> Result<Option<Token>, StoreError> {
    first(tx, &format!("SELECT {TOKEN} FROM tokens WHERE id = $1"), &[id.into()], token)
}

/// Returns a token of a person and its direct and indirect children, newest first.
pub fn token_family(tx: &mut Tx<'_>, user: Id, id: Id) -> Result<Vec<Token>, StoreError> {
    let sql = format!(
        "WITH RECURSIVE family (member) AS (SELECT id FROM tokens WHERE id = $1 AND user_id = $2 \
         UNION SELECT tokens.id FROM tokens JOIN family ON tokens.parent_id = family.member) \
         SELECT {TOKEN} FROM tokens WHERE id IN (SELECT member FROM family) ORDER BY id DESC"
    );
    all(tx, &sql, &[id.into(), user.into()], token)
}

/// Revokes a token of a person and its children. Returns the number of tokens that were live.
pub fn revoke_token(tx: &mut Tx<'_>, user: Id, id: Id, now: Timestamp) -> Result<u64, StoreError> {
    let revoked = tx.execute(
        "WITH RECURSIVE family (id) AS (SELECT id FROM tokens WHERE id = $2 AND user_id = $3 \
         UNION SELECT tokens.id FROM tokens JOIN family ON tokens.parent_id = family.id) \
         UPDATE tokens SET revoked_at = $1 WHERE revoked_at IS NULL AND id IN (SELECT id FROM family)",
        &[now.into(), id.into(), user.into()],
    )?;
    if revoked > 0 {
        tx.publish(Message::access_ended(user));
    }
    Ok(revoked)
}

/// Revokes all live tokens of a person.
pub fn revoke_tokens(tx: &mut Tx<'_>, user: Id, now: Timestamp) -> Result<u64, StoreError> {
    let revoked = tx.execute(
        "UPDATE tokens SET revoked_at = $1 WHERE user_id = $2 AND revoked_at IS NULL",
        &[now.into(), user.into()],
    )?;
    if revoked > 0 {
        tx.publish(Message::access_ended(user));
    }
    Ok(revoked)
}

/// Records a failed sign-in as `account`, which need not exist, from `address`.
pub fn insert_failure(
    tx: &mut Tx<'_>,
    id: Id,
    account: &str,
    address: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sign_in_failures (id, account, address, at) VALUES ($1, $2, $3, $4)",
        &[id.into(), account.into(), address.into(), at.into()],
    )?;
    Ok(())
}

/// Returns the failures of an account and address since an instant, oldest first.
pub fn failures(
    tx: &mut Tx<'_>,
    account: &str,
    address: &str,
    since: Timestamp,
) -> Result<Vec<Timestamp>, StoreError> {
    let sql = "SELECT at FROM sign_in_failures WHERE account = $1 AND address = $2 AND at > $3 ORDER BY at";
    all(tx, sql, &[account.into(), address.into(), since.into()], |row| row.get(0))
}

/// Deletes the failures of an account and address after a successful sign-in.
pub fn delete_failures(tx: &mut Tx<'_>, account: &str, address: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM sign_in_failures WHERE account = $1 AND address = $2",
        &[account.into(), address.into()],
    )?;
    Ok(())
}

/// Deletes all failures of an account, from every address, when its password is reset.
pub fn delete_failures_of(tx: &mut Tx<'_>, account: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sign_in_failures WHERE account = $1", &[account.into()])?;
    Ok(())
}

/// Reads the number of failures and the instant of the last one.
fn counted(row: &Row) -> Result<(usize, Option<Timestamp>), StoreError> {
    let count: i64 = row.get(0)?;
    Ok((usize::try_from(count).unwrap_or_default(), row.get(1)?))
}

/// Returns the failures of a client since an instant, for all accounts.
pub fn failures_of_client(
    tx: &mut Tx<'_>,
    address: &str,
    since: Timestamp,
) -> Result<(usize, Option<Timestamp>), StoreError> {
    counted(&tx.one(
        "SELECT count(*), max(at) FROM sign_in_failures WHERE address = $1 AND at > $2",
        &[address.into(), since.into()],
    )?)
}

/// Returns the failures of an account since an instant, for all clients. Failures on known devices are counted
/// separately: their lanes begin with a bracket.
pub fn failures_of_account(
    tx: &mut Tx<'_>,
    account: &str,
    since: Timestamp,
) -> Result<(usize, Option<Timestamp>), StoreError> {
    counted(&tx.one(
        "SELECT count(*), max(at) FROM sign_in_failures WHERE account = $1 AND at > $2 AND address NOT LIKE '(%'",
        &[account.into(), since.into()],
    )?)
}

/// Deletes the oldest failures above a limit of `most`.
pub fn trim_failures(tx: &mut Tx<'_>, most: i64) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM sign_in_failures WHERE at < (SELECT at FROM sign_in_failures ORDER BY at DESC LIMIT 1 OFFSET $1)",
        &[most.into()],
    )?;
    Ok(())
}

/// Browser in which a person has signed in before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    /// Identity, under which its failures are counted.
    pub id: Id,
    /// Owner.
    pub user_id: Id,
}

/// Stores a new device under the hash of its secret. Only the `most` last used devices of the person remain.
pub fn insert_device(
    tx: &mut Tx<'_>,
    hash: &[u8],
    device: &KnownDevice,
    now: Timestamp,
    most: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO known_devices (secret_hash, id, user_id, last_used_at) VALUES ($1, $2, $3, $4)",
        &[SqlValue::Bytes(hash.to_vec()), device.id.into(), device.user_id.into(), now.into()],
    )?;
    tx.execute(
        "DELETE FROM known_devices WHERE user_id = $1 AND id NOT IN \
         (SELECT id FROM known_devices WHERE user_id = $1 ORDER BY last_used_at DESC, id DESC LIMIT $2)",
        &[device.user_id.into(), most.into()],
    )?;
    Ok(())
}

/// Returns the device with this secret hash, if it was used since an instant.
pub fn find_device(
    tx: &mut Tx<'_>,
    hash: &[u8],
    since: Timestamp,
) -> Result<Option<KnownDevice>, StoreError> {
    let sql = "SELECT id, user_id FROM known_devices WHERE secret_hash = $1 AND last_used_at > $2";
    first(tx, sql, &[SqlValue::Bytes(hash.to_vec()), since.into()], |row| {
        Ok(KnownDevice { id: row.get(0)?, user_id: row.get(1)? })
    })
}

/// Updates the last sign-in on a device.
pub fn touch_device(tx: &mut Tx<'_>, id: Id, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE known_devices SET last_used_at = $1 WHERE id = $2", &[now.into(), id.into()])?;
    Ok(())
}

/// Deletes the devices not used since an instant.
pub fn forget_devices(tx: &mut Tx<'_>, since: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM known_devices WHERE last_used_at <= $1", &[since.into()])?;
    Ok(())
}

/// One-time link that sets a password. Without a user it creates the first administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupLink {
    /// Person whose password is set.
    pub user_id: Option<Id>,
    /// Expiry.
    pub expires_at: Timestamp,
}

/// Stores a new link under the hash of its secret.
pub fn insert_setup_link(
    tx: &mut Tx<'_>,
    hash: &[u8],
    link: &SetupLink,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO setup_links (secret_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        &[SqlValue::Bytes(hash.to_vec()), link.user_id.into(), now.into(), link.expires_at.into()],
    )?;
    Ok(())
}

/// Returns the live, unused link with this secret hash.
pub fn find_setup_link(
    tx: &mut Tx<'_>,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<SetupLink>, StoreError> {
    let sql = "SELECT user_id, expires_at FROM setup_links WHERE secret_hash = $1 AND used_at IS NULL AND expires_at > $2";
    first(tx, sql, &[SqlValue::Bytes(hash.to_vec()), now.into()], |row| {
        Ok(SetupLink { user_id: row.get(0)?, expires_at: row.get(1)? })
    })
}

/// Marks a link as used. Returns true if it was unused.
pub fn use_setup_link(tx: &mut Tx<'_>, hash: &[u8], now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(
        "UPDATE setup_links SET used_at = $1 WHERE secret_hash = $2 AND used_at IS NULL",
        &[now.into(), SqlValue::Bytes(hash.to_vec())],
    )? > 0)
}

/// Deletes the links of a person.
pub fn delete_setup_links(tx: &mut Tx<'_>, user: Id) -> Result<(), StoreError> {
    tx.execute("DELETE FROM setup_links WHERE user_id = $1", &[user.into()])?;
    Ok(())
}

/// Returns the user with this name in lower case.
pub fn user_by_name(tx: &mut Tx<'_>, username: &str) -> Result<Option<Id>, StoreError> {
    first(tx, "SELECT id FROM users WHERE username = $1", &[username.into()], |row| row.get(0))
}

/// Returns true if there is an active administrator beside the user.
pub fn has_other_admin(tx: &mut Tx<'_>, user: Id) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM users WHERE id <> $1 AND archived_at IS NULL AND is_disabled = $2 \
               AND roles LIKE '%\"admin\"%' LIMIT 1";
    Ok(tx.first(sql, &[user.into(), false.into()])?.is_some())
}

/// Returns the number of users.
pub fn count_users(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.one("SELECT count(*) FROM users", &[])?.get(0)
}

/// Returns the teams of which the person is lead or member.
pub fn teams_of(tx: &mut Tx<'_>, user: Id) -> Result<Vec<Id>, StoreError> {
    let sql = "SELECT DISTINCT source FROM edges WHERE target = $1 AND source_kind = 'team' AND field IN ('members', 'lead')";
    all(tx, sql, &[user.into()], |row| row.get(0))
}
