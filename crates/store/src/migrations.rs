//! Schema migrations: numbered steps with a checksum and a way back.
//!
//! One text serves both engines. `{id}`, `{instant}`, `{date}`, `{boolean}`, `{bytes}`, `{text}`, `{integer}` and
//! `{real}` are replaced by the types, `{table}` and `{clustered}` by the clauses after the closing bracket of a
//! table. Statements for only one engine are between the lines `-- only {sqlite}` or `-- only {postgres}` and `-- for
//! both`.

use jiff::Timestamp;
use obcms_domain::core::hex::hex;
use sha2::{Digest, Sha256};

use crate::database::{Database, Engine, SqlValue, Tx};
use crate::error::StoreError;

/// One migration.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Version: counts from 1 without gaps.
    pub version: i64,
    /// Name of the change.
    pub name: &'static str,
    /// Statements that apply it.
    pub up: &'static str,
    /// Statements that revert it.
    pub down: &'static str,
}

macro_rules! migration {
    ($version:literal, $name:literal, $file:literal) => {
        Migration {
            version: $version,
            name: $name,
            up: include_str!(concat!("../migrations/", $file, ".up.sql")),
            down: include_str!(concat!("../migrations/", $file, ".down.sql")),
        }
    };
}

/// All migrations in order.
pub const ALL: &[Migration] = &[
    migration!(1, "the ground: records, links, search, calendar, changes", "0001_ground"),
    migration!(2, "people: sessions, tokens, lockout", "0002_people"),
    migration!(3, "the kinds of the first release", "0003_kinds"),
    migration!(4, "stages of projects", "0004_project_stages"),
    migration!(5, "tasks counted by what they belong to", "0005_portfolio"),
    migration!(6, "series of the calendar", "0006_series"),
    migration!(7, "bookings", "0007_bookings"),
    migration!(8, "jobs and calendars of others", "0008_jobs"),
    migration!(9, "feeds for calendar programs", "0009_feeds"),
    migration!(10, "shared calendars", "0010_sharing"),
    migration!(11, "preferences and saved views", "0011_personal"),
    migration!(12, "holidays", "0012_holidays"),
    migration!(13, "what the calendar shows otherwise", "0013_calendar_touched"),
    migration!(14, "milestones keep their numbers", "0014_milestone_numbers"),
    migration!(15, "order without clocks", "0015_change_numbers"),
    migration!(16, "shares name their modules", "0016_shared_modules"),
    migration!(17, "state of a series as a whole", "0017_series_state"),
    migration!(18, "access ends", "0018_access"),
    migration!(19, "batches of imports", "0019_import_batches"),
    migration!(20, "indexes for busy people", "0020_indexes"),
    migration!(21, "devices that are known, failures by client", "0021_known_devices"),
    migration!(22, "tasks seen by partners", "0022_partner_tasks"),
    migration!(23, "feeds and shares by their token", "0023_made_with"),
    migration!(24, "approval rounds, ledger and ceilings", "0024_approval_and_money"),
    migration!(25, "delegations and comments on approvals", "0025_delegations"),
    migration!(26, "files attached to records", "0026_attachments"),
    migration!(27, "blocked projects, board, budget cycle", "0027_project_board"),
    migration!(28, "budget scenarios and PAP codes", "0028_scenarios"),
    migration!(29, "one live ceiling for each year, sector and source", "0029_unique_ceilings"),
    migration!(30, "indexes of records that are not archived", "0030_live_indexes"),
    migration!(31, "indicators, measurements and updates of PPAs", "0031_results"),
    migration!(32, "alerts", "0032_alerts"),
    migration!(33, "reports and their schedules", "0033_reports"),
    migration!(34, "strategic goals", "0034_goals"),
    migration!(35, "labels, checklist, times and baseline of tasks", "0035_task_work"),
    migration!(36, "settings of users and shared views", "0036_views"),
    migration!(37, "rules and versions of task templates", "0037_task_templates"),
    migration!(38, "remarks about external calendars", "0038_calendar_remarks"),
];

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (version {integer} PRIMARY KEY, name {text} NOT NULL, \
                     checksum {text} NOT NULL, applied_at {instant} NOT NULL){table}";

impl Migration {
    /// Returns the SHA-256 of the `up` text in hexadecimal, independent of the engine and of `down`.
    #[must_use]
    pub fn checksum(&self) -> String {
        hex(&Sha256::digest(self.up.as_bytes()))
    }
}

/// Returns the text with the types of the engine, without the parts for the other engine.
#[must_use]
pub fn render(sql: &str, engine: Engine) -> String {
    let mut only: Option<Engine> = None;
    let mut kept = String::with_capacity(sql.len());
    for line in sql.lines() {
        match line {
            "-- only {sqlite}" => only = Some(Engine::Sqlite),
            "-- only {postgres}" => only = Some(Engine::Postgres),
            "-- for both" => only = None,
            _ if only.is_none_or(|only| only == engine) => {
                kept.push_str(line);
                kept.push('\n');
            }
            _ => {}
        }
    }
    let types: [(&str, &str, &str); 10] = [
        ("{id}", "BLOB", "uuid"),
        ("{instant}", "INTEGER", "timestamptz"),
        ("{date}", "TEXT", "date"),
        ("{boolean}", "INTEGER", "boolean"),
        ("{bytes}", "BLOB", "bytea"),
        ("{text}", "TEXT", "text COLLATE \"C\""),
        ("{integer}", "INTEGER", "bigint"),
        ("{real}", "REAL", "double precision"),
        ("{table}", " STRICT", ""),
        ("{clustered}", " STRICT, WITHOUT ROWID", ""),
    ];
    types.iter().fold(kept, |text, (token, sqlite, postgres)| {
        text.replace(token, if engine == Engine::Sqlite { sqlite } else { postgres })
    })
}

/// Status of one migration in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Version of the migration.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Time of application; nothing while it is pending.
    pub applied_at: Option<Timestamp>,
}

/// Takes the migration lock until the end of the transaction.
pub fn lock(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    // SQLite's write transaction is already exclusive.
    if tx.engine() == Engine::Postgres {
        tx.execute("SELECT pg_advisory_xact_lock(7064316290000001)", &[])?;
    }
    Ok(())
}

fn applied(tx: &mut Tx<'_>) -> Result<Vec<(i64, String, String, Timestamp)>, StoreError> {
    let there = match tx.engine() {
        Engine::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'"
        }
        Engine::Postgres => {
            "SELECT CAST(to_regclass('schema_migrations') AS text) WHERE to_regclass('schema_migrations') IS NOT NULL"
        }
    };
    if tx.first(there, &[])?.is_none() {
        return Ok(Vec::new());
    }
    tx.query("SELECT version, name, checksum, applied_at FROM schema_migrations ORDER BY version", &[])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .collect()
}

/// Refuses a schema that this program does not know.
fn check(done: &[(i64, String, String, Timestamp)]) -> Result<(), StoreError> {
    for (version, name, checksum, _) in done {
        match ALL.iter().find(|migration| migration.version == *version) {
            None => {
                return Err(StoreError::Schema(format!(
                    "the database has schema {version} ({name}), newer than this program knows ({}); use a newer obcms",
                    ALL.len()
                )));
            }
            Some(migration) if migration.checksum() != *checksum => {
                return Err(StoreError::Schema(format!(
                    "migration {version} ({name}) of the database is not the one of this program; use the obcms that made it"
                )));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Returns the newest version that this program knows.
#[must_use]
pub fn newest() -> i64 {
    ALL.last().map_or(0, |migration| migration.version)
}

/// Applies the missing migrations under a lock, all or nothing. Returns their number.
pub fn migrate(database: &Database, now: Timestamp) -> Result<usize, StoreError> {
    migrate_to(database, now, newest())
}

/// Applies the missing migrations up to `version` under a lock, all or nothing. Returns their number.
pub fn migrate_to(database: &Database, now: Timestamp, version: i64) -> Result<usize, StoreError> {
    database.write(|tx| {
        lock(tx)?;
        migrate_within(tx, now, version)
    })
}

/// Applies the missing migrations up to `version` in a transaction that holds the lock.
pub(crate) fn migrate_within(tx: &mut Tx<'_>, now: Timestamp, version: i64) -> Result<usize, StoreError> {
    let done = applied(tx)?;
    check(&done)?;
    let sql = render(TABLE, tx.engine());
    tx.batch(&sql)?;
    let mut steps = 0;
    let missing = |migration: &&Migration| !done.iter().any(|step| step.0 == migration.version);
    for migration in ALL.iter().filter(|migration| migration.version <= version).filter(missing) {
        let sql = render(migration.up, tx.engine());
        tx.batch(&sql)?;
        tx.execute(
            "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
            &[
                migration.version.into(),
                migration.name.into(),
                migration.checksum().into(),
                SqlValue::Instant(now),
            ],
        )?;
        steps += 1;
    }
    Ok(steps)
}

/// Reverts every migration above `version`.
pub fn revert(database: &Database, version: i64) -> Result<usize, StoreError> {
    database.write(|tx| {
        lock(tx)?;
        revert_within(tx, version)
    })
}

/// Reverts every migration above `version` in a transaction that holds the lock.
pub(crate) fn revert_within(tx: &mut Tx<'_>, version: i64) -> Result<usize, StoreError> {
    let done = applied(tx)?;
    check(&done)?;
    let mut steps = 0;
    for (step, ..) in done.iter().rev().filter(|step| step.0 > version) {
        let Some(migration) = ALL.iter().find(|migration| migration.version == *step) else {
            continue;
        };
        let sql = render(migration.down, tx.engine());
        tx.batch(&sql)?;
        tx.execute("DELETE FROM schema_migrations WHERE version = $1", &[SqlValue::Integer(*step)])?;
        steps += 1;
    }
    Ok(steps)
}

/// Refuses a database whose schema this program does not know.
pub(crate) fn check_within(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let done = applied(tx)?;
    check(&done)
}

/// Returns the versions of the applied migrations in order; refuses a schema that this program does not know.
pub(crate) fn applied_steps(tx: &mut Tx<'_>) -> Result<Vec<i64>, StoreError> {
    let done = applied(tx)?;
    check(&done)?;
    Ok(done.iter().map(|step| step.0).collect())
}

/// Returns the status of every migration.
pub fn status(database: &Database) -> Result<Vec<Status>, StoreError> {
    database.read(|tx| {
        let done = applied(tx)?;
        check(&done)?;
        Ok(ALL
            .iter()
            .map(|migration| Status {
                version: migration.version,
                name: migration.name.to_owned(),
                applied_at: done.iter().find(|step| step.0 == migration.version).map(|step| step.3),
            })
            .collect())
    })
}

/// Returns the schema as the engine reports it, in a stable order, to compare two databases.
pub fn dump(database: &Database) -> Result<Vec<String>, StoreError> {
    let queries: &[&str] = match database.engine() {
        Engine::Sqlite => &["SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master \
                             WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"],
        Engine::Postgres => &[
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || \
             coalesce(column_default, '') || ' ' || coalesce(collation_name, '') \
             FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
            "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace ORDER BY conname",
        ],
    };
    database.read(|tx| {
        let mut lines = Vec::new();
        for query in queries {
            for row in tx.query(query, &[])? {
                lines.push(row.get(0)?);
            }
        }
        Ok(lines)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_from_one() {
        for (position, migration) in ALL.iter().enumerate() {
            assert_eq!(usize::try_from(migration.version), Ok(position + 1));
            assert!(!migration.down.trim().is_empty(), "{} has no way back", migration.name);
        }
    }

    #[test]
    fn each_engine_gets_its_own_statements() {
        let text = "a\n-- only {sqlite}\nb\n-- only {postgres}\nc\n-- for both\nd";
        assert_eq!(render(text, Engine::Sqlite), "a\nb\nd\n");
        assert_eq!(render(text, Engine::Postgres), "a\nc\nd\n");
    }

    #[test]
    fn no_placeholder_remains() {
        for migration in ALL {
            for engine in [Engine::Sqlite, Engine::Postgres] {
                let text = render(migration.up, engine);
                assert!(!text.contains('{'), "{}: {text}", migration.name);
            }
        }
    }
}
