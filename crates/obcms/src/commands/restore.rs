//! `obcms restore`: replaces the data with the content of a backup, after full verification.

use super::print_stdout;
use crate::data::{self, Replacement};
use crate::failure::Failure;
use crate::key;
use crate::logging;
use crate::opened::{self, location};
use crate::settings::{DatabaseFlags, Settings, resolve};
use obcms_app::{Clock, SystemClock};
use obcms_store::attachments::Blobs;
use obcms_store::backup::{self, BackupError, DataFile, Manifest, Summary};
use obcms_store::{Claim, Database, Location};
use std::fmt::Display;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Replace the database with a backup. Stop the server first.
///
/// The backup is verified first, and the current data is replaced only after everything was restored and compared. On
/// SQLite the current database is saved next to the restored one under another name; on PostgreSQL everything happens in
/// one transaction. Backups of older releases are migrated. Everyone has to sign in again; tokens remain valid.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Backup file written by obcms backup.
    file: PathBuf,
    /// Verify the file, without changes.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    settings: DatabaseFlags,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let settings = resolve(&arguments.settings, |name| std::env::var(name).ok())?.settings;
    let failed = |error: &dyn Display| {
        Failure::new(format_args!("cannot restore {}: {error}", arguments.file.display()))
    };
    let (manifest, summary, files) = backup::check(&arguments.file).map_err(|error| failed(&error))?;
    for file in &files {
        if !data::belongs_to_backup(&file.name) {
            return Err(failed(&format!("it has a file that is not part of a backup: {}", file.name)));
        }
    }
    if arguments.check {
        return print_stdout(&format!("{}: {}\n", arguments.file.display(), describe(&manifest, &summary)));
    }
    let aside = match location(&settings) {
        Location::Sqlite(path) => {
            logging::start(&settings);
            Some(into_file(&settings, &path, &arguments.file, &files).map_err(|error| failed(&error))?)
        }
        Location::Postgres(_) => {
            into_server(&settings, &arguments.file, &files).map_err(|error| failed(&error))?;
            None
        }
    };
    let mut text = format!("restored {}\n", describe(&manifest, &summary));
    if let Some(Some(aside)) = aside {
        text.push_str(&format!("the previous database is {}\n", aside.display()));
    }
    if !summary.contents.missing.is_empty() {
        text.push_str(&format!(
            "{} contents of attached files were missing when the backup was made\n",
            summary.contents.missing.len()
        ));
    }
    if let Some(warning) = key_warning(&settings) {
        text.push_str(&format!("{warning}\n"));
    }
    print_stdout(&text)
}

/// Returns a warning if the key is not the one of the restored database, or if backups do not contain it.
fn key_warning(settings: &Settings) -> Option<String> {
    if let Err(fault) = key::check(settings) {
        return Some(fault);
    }
    let path = key::path(settings);
    let app = opened::to_check(settings).ok()?;
    let (lost, all) = app.unreadable_secrets().ok()?;
    if lost > 0 {
        return Some(format!(
            "{lost} of {all} addresses of feeds, shares and external calendars cannot be decrypted with the key file {}; copy the key that encrypted them there",
            path.display()
        ));
    }
    key::backup_warning(settings)
}

fn describe(manifest: &Manifest, summary: &Summary) -> String {
    format!(
        "{} rows of {} tables, {} files and {} attached files of {:.0}, schema {}, from {}",
        summary.rows(),
        summary.tables.len(),
        summary.files.len(),
        summary.contents.count,
        manifest.created_at,
        manifest.schema,
        manifest.engine
    )
}

/// Restores into a new file beside the database and swaps the two. Returns the path of the previous database.
fn into_file(
    settings: &Settings,
    path: &Path,
    file: &Path,
    files: &[DataFile],
) -> Result<Option<PathBuf>, BackupError> {
    let path = std::path::absolute(path)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    data::prepare(folder).map_err(|failure| BackupError::Refused(failure.to_string()))?;
    data::prepare(&settings.data).map_err(|failure| BackupError::Refused(failure.to_string()))?;
    let claim = Claim::new(&path)?;
    data::finish_replacement(&path)?;
    let staged = Staged::new(data::beside(&path, ".restoring"));
    {
        let database = Database::open(&Location::Sqlite(staged.0.clone()))?;
        let blobs = Blobs::new(data::files(settings));
        backup::load_into_empty(&database, file, &blobs, claim.changes(), SystemClock.now())?;
    }
    if data::beside(&staged.0, "-wal").exists() {
        return Err(BackupError::Refused("the restored database could not be closed".to_owned()));
    }
    File::open(&staged.0)?.sync_all()?;
    let now = SystemClock.now();
    let mut replacement = Replacement::new(now);
    let aside = replacement.database(&path, &staged.0);
    for file in files {
        replacement.file(&settings.data.join(&file.name), &file.content)?;
    }
    replacement.carry_out(&path)?;
    drop(claim);
    Ok(aside)
}

/// Restores in one transaction.
fn into_server(settings: &Settings, file: &Path, files: &[DataFile]) -> Result<(), BackupError> {
    let refused = |failure: Failure| BackupError::Refused(failure.to_string());
    let app = opened::beside_server(settings).map_err(refused)?;
    let now = app.now();
    let mut replacement = Replacement::new(now);
    // Keys and attached files lie there, also with PostgreSQL.
    data::prepare(&settings.data).map_err(refused)?;
    for file in files {
        replacement.file(&settings.data.join(&file.name), &file.content)?;
    }
    backup::replace(app.database(), file, &Blobs::new(data::files(settings)), now)?;
    if !files.is_empty() {
        replacement.carry_out(&settings.data.join("obcms.db"))?;
    }
    Ok(())
}

/// Database under restore; deleted on drop unless it was put in place.
struct Staged(PathBuf);

impl Staged {
    fn new(path: PathBuf) -> Staged {
        let staged = Staged(path);
        staged.remove();
        staged
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm", "-journal", ".lock"] {
            let _ = fs::remove_file(data::beside(&self.0, ending));
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.remove();
    }
}
