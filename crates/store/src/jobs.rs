//! Queue of background jobs, stored in a table.
//!
//! A claim is one conditional update, so exactly one of several processes gets a job, on either engine. The claiming
//! process holds a lease; when it expires because the process died, another process may claim the job. The final
//! update checks the claim again, so a process that was presumed dead changes nothing any more.
//!
//! Clocks of servers are sometimes wrong. Each next run is stored with the clock reading from which it was
//! calculated. If that clock turns out to have been ahead, the run moves: it keeps its distance, counted from now
//! ([`correct`]). A lease longer than the maximum was given by such a clock and counts as expired.

use jiff::{SignedDuration, Timestamp};
use obcms_domain::core::id::Id;
use obcms_domain::jobs::State;

use crate::database::Statement;
use crate::database::{Message, Row, SqlValue, Tx};
use crate::error::StoreError;
use crate::settings;

/// Kind of the messages for live pages.
pub const LIVE_KIND: &str = "job";

/// Job to insert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Identity.
    pub id: Id,
    /// Name of the handler.
    pub kind: String,
    /// Key, unique within the kind.
    pub key: String,
    /// Title for people.
    pub title: String,
    /// Input of the handler, as JSON.
    pub payload: String,
    /// Schedule as a cron line; empty for a job that runs once.
    pub cron: String,
    /// Earliest start.
    pub run_at: Timestamp,
    /// Maximum number of attempts; 0 for no limit.
    pub maximum_attempts: i64,
}

/// Stored job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Identity.
    pub id: Id,
    /// Name of the handler.
    pub kind: String,
    /// Key, unique within the kind.
    pub key: String,
    /// Title for people.
    pub title: String,
    /// Input of the handler, as JSON.
    pub payload: String,
    /// Schedule as a cron line; empty for a job that runs once.
    pub cron: String,
    /// State.
    pub state: State,
    /// Time of the next run, which may be in the past.
    pub run_at: Timestamp,
    /// Attempts since the last success, the running one included.
    pub attempts: i64,
    /// Maximum number of attempts; 0 for no limit.
    pub maximum_attempts: i64,
    /// Process that holds or last held the lease.
    pub claimed_by: String,
    /// Expiry of the lease.
    pub claimed_until: Option<Timestamp>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Start of the last attempt.
    pub last_started_at: Option<Timestamp>,
    /// End of the last attempt.
    pub last_finished_at: Option<Timestamp>,
    /// Duration of the last attempt in milliseconds.
    pub last_duration: Option<i64>,
    /// Result of the last success.
    pub last_result: String,
    /// Error of the last attempt; empty if it succeeded.
    pub last_error: String,
}

const COLUMNS: &str = "id, kind, unique_key, title, payload, cron, state, run_at, attempts, maximum_attempts, \
                       claimed_by, claimed_until, created_at, last_started_at, last_finished_at, last_duration, \
                       last_result, last_error";

fn job(row: &Row) -> Result<Job, StoreError> {
    let state: String = row.get(6)?;
    Ok(Job {
        id: row.get(0)?,
        kind: row.get(1)?,
        key: row.get(2)?,
        title: row.get(3)?,
        payload: row.get(4)?,
        cron: row.get(5)?,
        state: State::parse(&state).ok_or_else(|| StoreError::Damaged(format!("a job is {state}")))?,
        run_at: row.get(7)?,
        attempts: row.get(8)?,
        maximum_attempts: row.get(9)?,
        claimed_by: row.get(10)?,
        claimed_until: row.get(11)?,
        created_at: row.get(12)?,
        last_started_at: row.get(13)?,
        last_finished_at: row.get(14)?,
        last_duration: row.get(15)?,
        last_result: row.get(16)?,
        last_error: row.get(17)?,
    })
}

/// Name of the counter of changes to jobs.
const CHANGES: &str = "job_changes";

/// Returns the number of changes to jobs.
pub fn changes(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    settings::number(tx, CHANGES)
}

/// Notifies live pages. Jobs are not in the change log, so their changes have a counter of their own: a page that
/// opens its stream too late for the message detects by the counter that it is outdated.
fn publish_change(tx: &mut Tx<'_>, id: Id, action: &str) -> Result<(), StoreError> {
    settings::next_number(tx, CHANGES)?;
    tx.publish(Message {
        kind: LIVE_KIND.to_owned(),
        id: Some(id),
        version: 0,
        action: action.to_owned(),
        change: None,
    });
    Ok(())
}

/// Inserts a job unless one with its kind and key exists, in any state. Returns true if it is new.
pub fn insert(tx: &mut Tx<'_>, new: &NewJob, now: Timestamp) -> Result<bool, StoreError> {
    let inserted = tx.execute(
        "INSERT INTO jobs (id, kind, unique_key, title, payload, cron, state, run_at, attempts, maximum_attempts, \
         claimed_by, created_at, scheduled_at, last_result, last_error) \
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, 0, $8, '', $9, $9, '', '') \
         ON CONFLICT (kind, unique_key) DO NOTHING",
        &[
            new.id.into(),
            new.kind.as_str().into(),
            new.key.as_str().into(),
            new.title.as_str().into(),
            new.payload.as_str().into(),
            new.cron.as_str().into(),
            new.run_at.into(),
            new.maximum_attempts.into(),
            now.into(),
        ],
    )?;
    if inserted > 0 {
        publish_change(tx, new.id, "create")?;
    }
    Ok(inserted > 0)
}

/// Inserts a job, or updates time, title and payload of the one with its kind and key. A running job runs once more
/// afterwards.
pub fn put(tx: &mut Tx<'_>, new: &NewJob, now: Timestamp) -> Result<(), StoreError> {
    if insert(tx, new, now)? {
        return Ok(());
    }
    let common: [SqlValue; 7] = [
        new.kind.as_str().into(),
        new.key.as_str().into(),
        new.title.as_str().into(),
        new.payload.as_str().into(),
        new.run_at.into(),
        new.maximum_attempts.into(),
        now.into(),
    ];
    tx.execute(
        "UPDATE jobs SET title = $3, payload = $4, run_at = $5, maximum_attempts = $6, scheduled_at = $7 \
         WHERE kind = $1 AND unique_key = $2 AND state = 'running'",
        &common,
    )?;
    tx.execute(
        "UPDATE jobs SET title = $3, payload = $4, run_at = $5, maximum_attempts = $6, scheduled_at = $7, \
         state = 'queued', attempts = 0 WHERE kind = $1 AND unique_key = $2 AND state <> 'running'",
        &common,
    )?;
    if let Some(known) = by_key(tx, &new.kind, &new.key)? {
        publish_change(tx, known.id, "update")?;
    }
    Ok(())
}

/// Sets the schedule of a recurring job. A new or changed one is due at `new.run_at`, an unchanged one stays as it
/// is.
pub fn insert_scheduled(tx: &mut Tx<'_>, new: &NewJob, now: Timestamp) -> Result<(), StoreError> {
    if insert(tx, new, now)? {
        return Ok(());
    }
    tx.execute(
        "UPDATE jobs SET title = $3, maximum_attempts = $4 WHERE kind = $1 AND unique_key = $2 \
         AND (title <> $3 OR maximum_attempts <> $4)",
        &[
            new.kind.as_str().into(),
            new.key.as_str().into(),
            new.title.as_str().into(),
            new.maximum_attempts.into(),
        ],
    )?;
    tx.execute(
        "UPDATE jobs SET cron = $3, run_at = $4, scheduled_at = $5 \
         WHERE kind = $1 AND unique_key = $2 AND cron <> $3",
        &[
            new.kind.as_str().into(),
            new.key.as_str().into(),
            new.cron.as_str().into(),
            new.run_at.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Deletes a job unless it is running. Returns true if there was one to delete.
pub fn remove(tx: &mut Tx<'_>, kind: &str, key: &str) -> Result<bool, StoreError> {
    let removed = tx.execute(
        "DELETE FROM jobs WHERE kind = $1 AND unique_key = $2 AND state <> 'running'",
        &[kind.into(), key.into()],
    )?;
    Ok(removed > 0)
}

/// Returns the job with this id.
pub fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<Job>, StoreError> {
    tx.first(&format!("SELECT {COLUMNS} FROM jobs WHERE id = $1"), &[id.into()])?
        .as_ref()
        .map(job)
        .transpose()
}

/// Returns the job with this kind and key.
pub fn by_key(tx: &mut Tx<'_>, kind: &str, key: &str) -> Result<Option<Job>, StoreError> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM jobs WHERE kind = $1 AND unique_key = $2"),
        &[kind.into(), key.into()],
    )?
    .as_ref()
    .map(job)
    .transpose()
}

/// Filter of a list of jobs.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<State>,
    /// Only of this kind.
    pub kind: Option<String>,
}

impl Filter {
    fn push(&self, statement: &mut Statement) {
        statement.push(" WHERE 1 = 1");
        if let Some(state) = self.state {
            statement.push(" AND state = ");
            statement.bind(state.as_str());
        }
        if let Some(kind) = &self.kind {
            statement.push(" AND kind = ");
            statement.bind(kind.as_str());
        }
    }
}

/// Returns jobs by next run, earliest first, from a position on, and their total number.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Job>, i64), StoreError> {
    let mut count = Statement::new("SELECT count(*) FROM jobs");
    filter.push(&mut count);
    let total = tx.one(&count.sql, &count.parameters)?.get(0)?;
    let mut statement = Statement::new(format!("SELECT {COLUMNS} FROM jobs"));
    filter.push(&mut statement);
    // Pending jobs come before finished ones.
    statement.push(
        " ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'failed' THEN 1 WHEN 'queued' THEN 2 ELSE 3 END, \
         CASE state WHEN 'queued' THEN run_at ELSE NULL END, last_finished_at DESC, id LIMIT ",
    );
    statement.bind(limit);
    statement.push(" OFFSET ");
    statement.bind(offset);
    let jobs = tx.query(&statement.sql, &statement.parameters)?.iter().map(job).collect::<Result<_, _>>()?;
    Ok((jobs, total))
}

/// Maximum normal difference between two clocks.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Returns true if the next run of some job was calculated by a clock that was ahead.
pub fn is_misdated(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM jobs WHERE state = 'queued' AND scheduled_at > $1 LIMIT 1";
    Ok(tx.first(sql, &[(now + SKEW).into()])?.is_some())
}

/// Recalculates next runs that a clock calculated while it was ahead: each keeps its distance, counted from now.
/// Returns their number.
pub fn correct(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let rows = tx.query(
        "SELECT id, run_at, scheduled_at FROM jobs WHERE state = 'queued' AND scheduled_at > $1",
        &[(now + SKEW).into()],
    )?;
    let mut corrected = 0;
    // One row per schedule and subscription, and it happens once.
    for row in rows {
        let (id, run_at, scheduled_at): (Id, Timestamp, Timestamp) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let wait = run_at.duration_since(scheduled_at).max(SignedDuration::ZERO);
        corrected += tx.execute(
            "UPDATE jobs SET run_at = $2, scheduled_at = $3 WHERE id = $1 AND state = 'queued' AND scheduled_at = $4",
            &[id.into(), (now + wait).into(), now.into(), scheduled_at.into()],
        )?;
        publish_change(tx, id, "update")?;
    }
    Ok(corrected)
}

/// Returns a few jobs of these kinds that are due or whose lease expired, the longest waiting first. A lease beyond
/// `longest` was given by a clock that was ahead.
pub fn due(
    tx: &mut Tx<'_>,
    kinds: &[&str],
    now: Timestamp,
    longest: Timestamp,
) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new("SELECT id FROM jobs WHERE kind IN ");
    statement.bind_list(kinds.iter().map(|kind| SqlValue::from(*kind)));
    statement.push(" AND ((state = 'queued' AND run_at <= ");
    statement.bind(now);
    statement.push(") OR (state = 'running' AND (claimed_until < ");
    statement.bind(now);
    statement.push(" OR claimed_until > ");
    statement.bind(longest + SKEW);
    statement.push("))) ORDER BY run_at, id LIMIT 8");
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Claims a job until an instant. Returns nothing if another process was faster.
pub fn claim(
    tx: &mut Tx<'_>,
    id: Id,
    runner: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Job>, StoreError> {
    let claimed = tx.execute(
        "UPDATE jobs SET state = 'running', claimed_by = $2, claimed_until = $4, last_started_at = $3, \
         attempts = attempts + 1 \
         WHERE id = $1 AND ((state = 'queued' AND run_at <= $3) \
         OR (state = 'running' AND (claimed_until < $3 OR claimed_until > $5)))",
        &[id.into(), runner.into(), now.into(), until.into(), (until + SKEW).into()],
    )?;
    if claimed == 0 {
        return Ok(None);
    }
    publish_change(tx, id, "start")?;
    find(tx, id)
}

/// Extends the leases of a process, except of jobs that began before `begun_after`: those hang.
pub fn extend(
    tx: &mut Tx<'_>,
    runner: &str,
    begun_after: Timestamp,
    until: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE jobs SET claimed_until = $3 WHERE state = 'running' AND claimed_by = $1 AND last_started_at > $2",
        &[runner.into(), begun_after.into(), until.into()],
    )
}

/// Outcome of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// New state of the job.
    pub state: State,
    /// Time of the next run.
    pub run_at: Timestamp,
    /// Consecutive failures.
    pub attempts: i64,
    /// Result of a success; `None` leaves the previous result.
    pub result: Option<String>,
    /// Error, or empty.
    pub error: String,
    /// Duration in milliseconds.
    pub duration: i64,
}

/// Stores the outcome of the attempt of `claimed`. Returns false if the claim was lost meanwhile.
pub fn finish(tx: &mut Tx<'_>, claimed: &Job, ending: &Ending, now: Timestamp) -> Result<bool, StoreError> {
    tx.lock("jobs", &[claimed.id])?;
    let Some(current) = find(tx, claimed.id)? else {
        return Ok(false);
    };
    if current.state != State::Running
        || current.claimed_by != claimed.claimed_by
        || current.last_started_at != claimed.last_started_at
    {
        return Ok(false);
    }
    // Requested again while it ran: it runs once more.
    let asked_again = current.run_at != claimed.run_at;
    let (state, run_at, attempts) = if asked_again {
        (State::Queued, current.run_at, 0)
    } else {
        (ending.state, ending.run_at, ending.attempts)
    };
    tx.execute(
        "UPDATE jobs SET state = $2, run_at = $3, attempts = $4, last_result = $5, last_error = $6, \
         last_duration = $7, last_finished_at = $8, scheduled_at = $8, claimed_until = NULL WHERE id = $1",
        &[
            claimed.id.into(),
            state.as_str().into(),
            run_at.into(),
            attempts.into(),
            ending.result.clone().unwrap_or(current.last_result).into(),
            ending.error.as_str().into(),
            ending.duration.into(),
            now.into(),
        ],
    )?;
    publish_change(tx, claimed.id, "finish")?;
    Ok(true)
}

/// Makes a job due now and resets its attempts. Returns false if it is running.
pub fn run_now(tx: &mut Tx<'_>, id: Id, now: Timestamp) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE jobs SET state = 'queued', run_at = $2, scheduled_at = $2, attempts = 0 WHERE id = $1 AND state <> 'running'",
        &[id.into(), now.into()],
    )?;
    if changed > 0 {
        publish_change(tx, id, "update")?;
    }
    Ok(changed > 0)
}

/// Deletes jobs completed before `done` and jobs given up before `failed`.
pub fn prune(tx: &mut Tx<'_>, done: Timestamp, failed: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM jobs WHERE cron = '' AND ((state = 'done' AND last_finished_at < $1) \
         OR (state = 'failed' AND last_finished_at < $2))",
        &[done.into(), failed.into()],
    )
}

/// Process that runs jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunnerRow {
    /// Machine and process.
    pub name: String,
    /// Start of the process.
    pub started_at: Timestamp,
    /// Last heartbeat.
    pub seen_at: Timestamp,
}

/// Stores the heartbeat of a process.
pub fn beat(tx: &mut Tx<'_>, runner: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO job_runners (name, started_at, seen_at) VALUES ($1, $2, $2) \
         ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at",
        &[runner.into(), now.into()],
    )?;
    Ok(())
}

/// Deletes a process that ended.
pub fn remove_runner(tx: &mut Tx<'_>, runner: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM job_runners WHERE name = $1", &[runner.into()])?;
    Ok(())
}

/// Deletes processes whose heartbeat is before `before`, or after `after`, which no correct clock has shown.
pub fn forget_runners(tx: &mut Tx<'_>, before: Timestamp, after: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM job_runners WHERE seen_at < $1 OR seen_at > $2", &[before.into(), after.into()])
}

/// Returns the processes that run jobs, last seen first.
pub fn runners(tx: &mut Tx<'_>) -> Result<Vec<RunnerRow>, StoreError> {
    tx.query("SELECT name, started_at, seen_at FROM job_runners ORDER BY seen_at DESC, name", &[])?
        .iter()
        .map(|row| Ok(RunnerRow { name: row.get(0)?, started_at: row.get(1)?, seen_at: row.get(2)? }))
        .collect()
}

/// Returns the number of jobs per state.
pub fn counts(tx: &mut Tx<'_>) -> Result<Vec<(State, i64)>, StoreError> {
    let rows = tx.query("SELECT state, count(*) FROM jobs GROUP BY state", &[])?;
    let found: Vec<(String, i64)> =
        rows.iter().map(|row| Ok::<_, StoreError>((row.get(0)?, row.get(1)?))).collect::<Result<_, _>>()?;
    let count =
        |state: State| found.iter().find(|(name, _)| name == state.as_str()).map_or(0, |found| found.1);
    Ok(State::ALL.into_iter().map(|state| (state, count(state))).collect())
}

/// Returns how many jobs should have begun before an instant, and the due time of the first of them.
pub fn overdue(tx: &mut Tx<'_>, before: Timestamp) -> Result<(i64, Option<Timestamp>), StoreError> {
    let row = tx.one(
        "SELECT count(*), min(run_at) FROM jobs WHERE (state = 'queued' AND run_at < $1) \
         OR (state = 'running' AND claimed_until < $1)",
        &[before.into()],
    )?;
    Ok((row.get(0)?, row.get(1)?))
}

/// Returns how many waiting jobs failed in their last attempt.
pub fn retrying(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.one("SELECT count(*) FROM jobs WHERE state = 'queued' AND last_error <> ''", &[])?.get(0)
}
