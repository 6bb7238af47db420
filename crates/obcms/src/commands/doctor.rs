//! `obcms doctor`: checks the whole installation and prints one verdict per line.

use super::{print_stdout, user as users};
use crate::data;
use crate::failure::Failure;
use crate::key;
use crate::opened::{self, location};
use crate::settings::{DatabaseFlags, Settings, resolve};
use jiff::civil::date;
use jiff::tz::TimeZone;
use obcms_app::core::actor::roles;
use obcms_app::{App, Clock, SystemClock};
use obcms_domain::accounts::Role;
use obcms_domain::core::message::Message;
use obcms_domain::kinds::user;
use obcms_store::{Database, Location, backup, migrations};
use std::path::Path;
use std::process::Command;

/// Free space in bytes below which the next backup or import may fail.
const LITTLE_SPACE: u64 = 500 * 1024 * 1024;

/// Check the installation: data directory, database, schema, integrity, accounts, jobs, attached files, backup, permissions, disk and clock.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    settings: DatabaseFlags,
}

/// Age of a backup in days from which it is too old.
const OLD_BACKUP: i64 = 7;

/// Outcome of a check: information, or an action to take.
type Verdict = Result<String, String>;

/// One line: the check and its outcome.
struct Line {
    what: &'static str,
    outcome: Outcome,
}

enum Outcome {
    Fine(String),
    /// Problem to fix soon; the program works.
    Warning(String),
    Fault(String),
}

impl Line {
    fn new(what: &'static str, verdict: Verdict) -> Line {
        let outcome = match verdict {
            Ok(text) => Outcome::Fine(text),
            Err(text) => Outcome::Fault(text),
        };
        Line { what, outcome }
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let settings = resolve(&arguments.settings, |name| std::env::var(name).ok())?.settings;
    let mut lines = vec![Line::new("clock", clock()), Line::new("disk", disk(&settings))];
    // Checked before the database is opened, which corrects the permissions.
    lines.push(Line { what: "rights", outcome: rights(&settings) });
    lines.push(Line::new("key", key::check(&settings)));
    match opened::to_check(&settings) {
        Ok(app) => {
            let database = app.database();
            let schema = schema(database);
            let is_current = schema.is_ok();
            lines.extend([
                Line::new("database", size(&settings, database)),
                Line::new("schema", schema),
                Line::new("integrity", integrity(database)),
            ]);
            if is_current {
                lines.push(Line::new("accounts", accounts(&app)));
                lines.push(Line::new("secrets", secrets(&app, &settings)));
                lines.push(Line::new("jobs", jobs(&app)));
                lines.push(Line { what: "files", outcome: files(&app) });
                lines.push(Line { what: "backup", outcome: last_backup(&app) });
            }
        }
        Err(failure) => lines.push(Line::new("database", Err(failure.to_string()))),
    }

    for Line { what, outcome } in &lines {
        let (word, text) = match outcome {
            Outcome::Fine(text) => ("ok", text),
            Outcome::Warning(text) => ("warn", text),
            Outcome::Fault(text) => ("FAULT", text),
        };
        print_stdout(&format!("{word:<6} {what:<10} {text}\n"))?;
    }
    match lines.iter().filter(|line| matches!(line.outcome, Outcome::Fault(_))).count() {
        0 => Ok(()),
        1 => Err(Failure::new("1 check failed; see its line")),
        faults => Err(Failure::new(format_args!("{faults} checks failed; see their lines"))),
    }
}

/// Checks the sealed secrets. With another key the addresses of feeds and shares still work but cannot be shown, and
/// external calendars cannot be fetched.
fn secrets(app: &App, settings: &Settings) -> Verdict {
    let path = key::path(settings);
    let (lost, all) = app.unreadable_secrets().map_err(|error| error.to_string())?;
    if lost > 0 {
        return Err(format!(
            "{lost} of {all} addresses of feeds, shares and external calendars cannot be decrypted with the key in {}; restore the key that encrypted them",
            path.display()
        ));
    }
    Ok(format!("{all} addresses of feeds, shares and external calendars, all readable"))
}

/// Checks the clock. A wrong clock makes every date and every sign-in wrong.
fn clock() -> Verdict {
    let now = SystemClock.now();
    let year_of_this_program = date(2026, 1, 1).to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
    if now < year_of_this_program.timestamp() {
        return Err(format!("the clock says {now:.0}, which is wrong; set the clock of this machine"));
    }
    Ok(format!("{now:.0}"))
}

fn disk(settings: &Settings) -> Verdict {
    let existing = settings.data.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    let output =
        Command::new("df").arg("-Pk").arg(existing).output().map_err(|error| format!("df: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    // Second line of `df -P`: file system, size, used, available, and so on.
    let free = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    let Some(free) = free.map(|kibibytes| kibibytes * 1024) else {
        return Err(format!("df does not report the free space in {}", existing.display()));
    };
    let message = format!("{} MiB free in {}", free / 1024 / 1024, settings.data.display());
    if free < LITTLE_SPACE { Err(format!("only {message}; free some disk space")) } else { Ok(message) }
}

fn size(settings: &Settings, database: &Database) -> Verdict {
    let bytes = database.size().map_err(|error| error.to_string())?;
    Ok(format!("{}, {} MiB", settings.database, bytes / 1024 / 1024))
}

fn schema(database: &Database) -> Verdict {
    let steps = migrations::status(database).map_err(|error| error.to_string())?;
    match steps.iter().filter(|step| step.applied_at.is_none()).count() {
        0 => Ok(format!("up to date, {} steps", steps.len())),
        missing => Err(format!("{missing} of {} steps are missing; run obcms migrate", steps.len())),
    }
}

fn integrity(database: &Database) -> Verdict {
    let found = database.integrity().map_err(|error| error.to_string())?;
    match found.first() {
        None => Ok("no problems found".to_owned()),
        Some(first) => Err(format!("{} problems, the first: {first}; restore a backup", found.len())),
    }
}

fn accounts(app: &App) -> Verdict {
    let people = users::all(app).map_err(|error| error.to_string())?;
    if people.is_empty() {
        return Ok("none yet; obcms serve prints a link to create the first administrator".to_owned());
    }
    let open: Vec<_> = people.iter().filter(|user| !user::IS_DISABLED.get(user)).collect();
    if !open.iter().any(|user| roles(user).contains(&Role::Admin)) {
        return Err("no administrator can sign in; add one with obcms user add NAME --role admin".to_owned());
    }
    Ok(format!("{} open, {} disabled", open.len(), people.len() - open.len()))
}

/// Checks for overdue jobs and for jobs that were given up.
fn jobs(app: &App) -> Verdict {
    let health = app.job_health().map_err(|error| error.to_string())?;
    let english = |message: Message| message.english();
    health.verdict().map(english).map_err(english)
}

/// Checks the contents of attached files and their quota.
fn files(app: &App) -> Outcome {
    let health = match app.file_health() {
        Ok(health) => health,
        Err(error) => return Outcome::Fault(error.to_string()),
    };
    match health.verdict() {
        Ok(state) if health.is_nearly_full() => {
            Outcome::Warning(format!("{state}; remove files or raise --files-quota"))
        }
        Ok(state) => Outcome::Fine(state),
        Err(fault) => Outcome::Fault(fault),
    }
}

/// Checks the age of the last backup.
fn last_backup(app: &App) -> Outcome {
    let last = match app.read(|tx| Ok(backup::last(tx)?)) {
        Ok(last) => last,
        Err(error) => return Outcome::Fault(error.to_string()),
    };
    let Some(last) = last else {
        return Outcome::Warning("no backup yet; run obcms backup FILE".to_owned());
    };
    let hours = app.now().duration_since(last).as_hours();
    let age = match (hours / 24, hours) {
        (2.., _) => format!("{} days ago, {last:.0}", hours / 24),
        (_, 0) => format!("less than an hour ago, {last:.0}"),
        (_, 1) => format!("an hour ago, {last:.0}"),
        _ => format!("{hours} hours ago, {last:.0}"),
    };
    if hours >= OLD_BACKUP * 24 {
        Outcome::Warning(format!("last backup {age}; run obcms backup FILE"))
    } else {
        Outcome::Fine(format!("last backup {age}"))
    }
}

/// Checks the permissions of other users on the files of the installation.
fn rights(settings: &Settings) -> Outcome {
    let database = match location(settings) {
        Location::Sqlite(path) => Some(path),
        Location::Postgres(_) => None,
    };
    let open = data::too_open(&settings.data, database.as_deref());
    match open.first() {
        None => Outcome::Fine("only the owner can read the data directory".to_owned()),
        Some((path, mode)) => Outcome::Warning(format!(
            "other users had access to {} of its files, the first: {} ({mode:03o}); each start removes this access, or run chmod go=",
            open.len(),
            path.display()
        )),
    }
}
