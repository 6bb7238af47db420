//! Jobs: work that waits in a table until some process does it.
//!
//! A claim is one conditional update, so that of several processes exactly one has it on either engine. Whoever claims
//! a job holds a lease; when that runs out, because the process died, another may claim it. What is written at the end
//! asks for the claim again, so that a process that was taken for dead changes nothing any more.
//!
//! Clocks of servers are wrong at times. With each time of a next run is kept by which clock it was reckoned; when that
//! turns out to have been ahead, the run comes as long after now as it was to come after then ([`correct`]). A lease that
//! holds longer than any lease does was given by such a clock and counts as over.

use jiff::{SignedDuration, Timestamp};
use obcms_domain::core::id::Id;
use obcms_domain::jobs::State;

use crate::database::Statement;
use crate::database::{Message, Row, SqlValue, Tx};
use crate::error::StoreError;
use crate::settings;

/// Kind of the messages for open pages.
pub const LIVE_KIND: &str = "job";

/// A job that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Identity.
    pub id: Id,
    /// Which handler does it.
    pub kind: String,
    /// There is one job of a kind and key.
    pub key: String,
    /// What people read.
    pub title: String,
    /// What the handler needs to know, as JSON.
    pub payload: String,
    /// When it comes again, as a cron line; empty when it does not.
    pub cron: String,
    /// Not before.
    pub run_at: Timestamp,
    /// After so many attempts it is given up; 0 for never.
    pub maximum_attempts: i64,
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Identity.
    pub id: Id,
    /// Which handler does it.
    pub kind: String,
    /// There is one job of a kind and key.
    pub key: String,
    /// What people read.
    pub title: String,
    /// What the handler needs to know, as JSON.
    pub payload: String,
    /// When it comes again, as a cron line; empty when it does not.
    pub cron: String,
    /// How it stands.
    pub state: State,
    /// When it runs next, or should have run.
    pub run_at: Timestamp,
    /// Attempts since it last succeeded, the running one included.
    pub attempts: i64,
    /// After so many attempts it is given up; 0 for never.
    pub maximum_attempts: i64,
    /// The process that works on it, or worked on it last.
    pub claimed_by: String,
    /// When its lease runs out.
    pub claimed_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the last attempt began.
    pub last_started_at: Option<Timestamp>,
    /// When the last attempt ended.
    pub last_finished_at: Option<Timestamp>,
    /// How long the last attempt took, in milliseconds.
    pub last_duration: Option<i64>,
    /// What the last success said.
    pub last_result: String,
    /// Why the last attempt failed; empty when it did not.
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

/// How many changes to jobs there were.
pub fn changes(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    settings::number(tx, CHANGES)
}

/// Tells open pages. There is no entry in the log of changes, so they are counted by themselves: a page that opens its
/// stream a moment too late for the message sees by the count that it is old.
fn tell(tx: &mut Tx<'_>, id: Id, action: &str) -> Result<(), StoreError> {
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

/// Keeps a job unless there is one of its kind and key, in whatever state. Answers whether it is new.
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
        tell(tx, new.id, "create")?;
    }
    Ok(inserted > 0)
}

/// Keeps a job, or sets the one of its kind and key to this time, title and payload. One that runs at this moment runs
/// once more afterwards.
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
        tell(tx, known.id, "update")?;
    }
    Ok(())
}

/// Sets the schedule of a recurring job: a new or changed one is due at `new.run_at`, an unchanged one stays.
pub fn plant(tx: &mut Tx<'_>, new: &NewJob, now: Timestamp) -> Result<(), StoreError> {
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

/// Takes a job away unless it runs; whether there was one to take.
pub fn remove(tx: &mut Tx<'_>, kind: &str, key: &str) -> Result<bool, StoreError> {
    let removed = tx.execute(
        "DELETE FROM jobs WHERE kind = $1 AND unique_key = $2 AND state <> 'running'",
        &[kind.into(), key.into()],
    )?;
    Ok(removed > 0)
}

/// The job of that id.
pub fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<Job>, StoreError> {
    tx.first(&format!("SELECT {COLUMNS} FROM jobs WHERE id = $1"), &[id.into()])?
        .as_ref()
        .map(job)
        .transpose()
}

/// The job of that kind and key.
pub fn by_key(tx: &mut Tx<'_>, kind: &str, key: &str) -> Result<Option<Job>, StoreError> {
    tx.first(
        &format!("SELECT {COLUMNS} FROM jobs WHERE kind = $1 AND unique_key = $2"),
        &[kind.into(), key.into()],
    )?
    .as_ref()
    .map(job)
    .transpose()
}

/// Which jobs a list shows.
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

/// Jobs by the time at which they run, the next first, from a position on; and how many there are in all.
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
    // What still is to be done comes before what is over.
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

/// How far a clock may be ahead of another without being wrong.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Returns true if the next run of some job was reckoned by a clock that was ahead.
pub fn is_misdated(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM jobs WHERE state = 'queued' AND scheduled_at > $1 LIMIT 1";
    Ok(tx.first(sql, &[(now + SKEW).into()])?.is_some())
}

/// Reckons the next run of jobs anew that was reckoned by a clock that was ahead: as long after now as it was to come
/// after then. Answers how many there were.
pub fn correct(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let rows = tx.query(
        "SELECT id, run_at, scheduled_at FROM jobs WHERE state = 'queued' AND scheduled_at > $1",
        &[(now + SKEW).into()],
    )?;
    let mut corrected = 0;
    // There are as many as there are schedules and calendars of others, and it happens once.
    for row in rows {
        let (id, run_at, scheduled_at): (Id, Timestamp, Timestamp) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let wait = run_at.duration_since(scheduled_at).max(SignedDuration::ZERO);
        corrected += tx.execute(
            "UPDATE jobs SET run_at = $2, scheduled_at = $3 WHERE id = $1 AND state = 'queued' AND scheduled_at = $4",
            &[id.into(), (now + wait).into(), now.into(), scheduled_at.into()],
        )?;
        tell(tx, id, "update")?;
    }
    Ok(corrected)
}

/// A few jobs of these kinds that are due or whose lease ran out, the longest waiting first. A lease that holds beyond
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

/// Claims a job until a time; nothing when another was faster.
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
    tell(tx, id, "start")?;
    find(tx, id)
}

/// Makes the leases of a process longer, but not those of jobs that began before `begun_after`: they hang.
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

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// How the job stands now.
    pub state: State,
    /// When it runs next.
    pub run_at: Timestamp,
    /// Failures in a row.
    pub attempts: i64,
    /// What the success said; nothing keeps what the last one said.
    pub result: Option<String>,
    /// Why it failed, or empty.
    pub error: String,
    /// How long it took, in milliseconds.
    pub duration: i64,
}

/// Writes down how the attempt of `claimed` ended. Answers false when the claim was lost meanwhile.
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
    // Somebody asked for it while it ran: it runs once more.
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
    tell(tx, claimed.id, "finish")?;
    Ok(true)
}

/// Has a job run now, with all its attempts before it; false when it runs already.
pub fn run_now(tx: &mut Tx<'_>, id: Id, now: Timestamp) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE jobs SET state = 'queued', run_at = $2, scheduled_at = $2, attempts = 0 WHERE id = $1 AND state <> 'running'",
        &[id.into(), now.into()],
    )?;
    if changed > 0 {
        tell(tx, id, "update")?;
    }
    Ok(changed > 0)
}

/// Forgets jobs that were done before one time and given up before another.
pub fn prune(tx: &mut Tx<'_>, done: Timestamp, failed: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM jobs WHERE cron = '' AND ((state = 'done' AND last_finished_at < $1) \
         OR (state = 'failed' AND last_finished_at < $2))",
        &[done.into(), failed.into()],
    )
}

/// A process that works on jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunnerRow {
    /// Machine and process.
    pub name: String,
    /// Since when.
    pub started_at: Timestamp,
    /// When it was last seen.
    pub seen_at: Timestamp,
}

/// Notes that a process is alive.
pub fn beat(tx: &mut Tx<'_>, runner: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO job_runners (name, started_at, seen_at) VALUES ($1, $2, $2) \
         ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at",
        &[runner.into(), now.into()],
    )?;
    Ok(())
}

/// Forgets a process that ended.
pub fn leave(tx: &mut Tx<'_>, runner: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM job_runners WHERE name = $1", &[runner.into()])?;
    Ok(())
}

/// Forgets processes that were seen neither after the one time nor before the other, which no right clock has shown.
pub fn forget_runners(tx: &mut Tx<'_>, before: Timestamp, after: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM job_runners WHERE seen_at < $1 OR seen_at > $2", &[before.into(), after.into()])
}

/// The processes that work on jobs, the last seen first.
pub fn runners(tx: &mut Tx<'_>) -> Result<Vec<RunnerRow>, StoreError> {
    tx.query("SELECT name, started_at, seen_at FROM job_runners ORDER BY seen_at DESC, name", &[])?
        .iter()
        .map(|row| Ok(RunnerRow { name: row.get(0)?, started_at: row.get(1)?, seen_at: row.get(2)? }))
        .collect()
}

/// How many jobs stand how.
pub fn counts(tx: &mut Tx<'_>) -> Result<Vec<(State, i64)>, StoreError> {
    let rows = tx.query("SELECT state, count(*) FROM jobs GROUP BY state", &[])?;
    let found: Vec<(String, i64)> =
        rows.iter().map(|row| Ok::<_, StoreError>((row.get(0)?, row.get(1)?))).collect::<Result<_, _>>()?;
    let count =
        |state: State| found.iter().find(|(name, _)| name == state.as_str()).map_or(0, |found| found.1);
    Ok(State::ALL.into_iter().map(|state| (state, count(state))).collect())
}

/// How many jobs should have begun before a time, and since when the first of them waits.
pub fn overdue(tx: &mut Tx<'_>, before: Timestamp) -> Result<(i64, Option<Timestamp>), StoreError> {
    let row = tx.one(
        "SELECT count(*), min(run_at) FROM jobs WHERE (state = 'queued' AND run_at < $1) \
         OR (state = 'running' AND claimed_until < $1)",
        &[before.into()],
    )?;
    Ok((row.get(0)?, row.get(1)?))
}

/// How many waiting jobs failed at their last attempt.
pub fn retrying(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.one("SELECT count(*) FROM jobs WHERE state = 'queued' AND last_error <> ''", &[])?.get(0)
}
