//! `obcms backup`: writes the whole installation into one file, also while a server runs.

use super::print_stdout;
use crate::data;
use crate::failure::Failure;
use crate::key;
use crate::opened::{self, location};
use crate::settings::{DatabaseFlags, resolve};
use obcms_store::attachments::Blobs;
use obcms_store::{Location, backup};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Back up the database, the attached files and the keys of the data directory to one file.
///
/// A server can run and write at the same time, on SQLite and on PostgreSQL. The file contains all data, password hashes
/// and keys: store it where only you can read it. Settings are not included.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// File to write, or - for standard output.
    file: PathBuf,
    /// Replace the file if it exists.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    settings: DatabaseFlags,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let settings = resolve(&arguments.settings, |name| std::env::var(name).ok())?.settings;
    if let Location::Sqlite(path) = location(&settings)
        && !path.exists()
    {
        return Err(Failure::new(format_args!("no database at {}; see --data", path.display())));
    }
    let to_output = arguments.file == Path::new("-");
    let target = if to_output {
        if io::stdout().is_terminal() {
            return Err(Failure::new("a backup cannot be written to a terminal; name a file"));
        }
        None
    } else {
        Some(Target::new(&arguments.file, arguments.force)?)
    };
    let app = opened::beside_server(&settings)?;
    let files = data::backed_up(&settings.data)?;
    let blobs = Blobs::new(data::files(&settings));
    let database = app.database();
    let now = app.now();
    let failed = |error: &dyn std::fmt::Display| {
        Failure::new(format_args!("backup to {} failed: {error}", arguments.file.display()))
    };
    let summary = match &target {
        None => {
            let output = BufWriter::new(io::stdout().lock());
            backup::write(database, env!("CARGO_PKG_VERSION"), now, &files, &blobs, output)
                .map_err(|error| failed(&error))?
                .1
        }
        Some(target) => {
            let output = BufWriter::new(&target.file);
            let written = backup::write(database, env!("CARGO_PKG_VERSION"), now, &files, &blobs, output);
            let (_, summary, _) = written.map_err(|error| failed(&error))?;
            target.finish(arguments.force).map_err(|error| failed(&error))?;
            summary
        }
    };
    if let Err(error) = backup::note(database, now) {
        tracing::warn!("the backup is written, but its time could not be saved for obcms doctor: {error}");
    }
    if let Some(broken) = summary.broken_references.filter(|count| *count > 0) {
        tracing::warn!("{broken} references in the database are broken; the backup has them unchanged");
    }
    if !summary.contents.missing.is_empty() {
        tracing::warn!(
            "{} contents of attached files are missing or damaged and not in the backup; see obcms doctor",
            summary.contents.missing.len()
        );
    }
    let missing_key = key::backup_warning(&settings);
    let size = fs::metadata(&arguments.file).map_or(0, |metadata| metadata.len());
    let mut text = format!(
        "{}: {} rows of {} tables, {} files, {} attached files, {} KiB\n",
        arguments.file.display(),
        summary.rows(),
        summary.tables.len(),
        summary.files.len(),
        summary.contents.count,
        size.div_ceil(1024)
    );
    if to_output {
        if let Some(missing) = missing_key {
            tracing::warn!("{missing}");
        }
        return Ok(());
    }
    if let Some(missing) = missing_key {
        text.push_str(&format!("{missing}\n"));
    }
    print_stdout(&text)
}

/// Output file, written under a temporary name and renamed when it is complete.
struct Target {
    path: PathBuf,
    partial: PathBuf,
    file: File,
}

impl Target {
    fn new(path: &Path, force: bool) -> Result<Target, Failure> {
        let refuse = |reason: &dyn std::fmt::Display| {
            Failure::new(format_args!("cannot write {}: {reason}", path.display()))
        };
        if path.is_dir() {
            return Err(refuse(&"it is a directory"));
        }
        if !force && path.symlink_metadata().is_ok() {
            return Err(refuse(&"it already exists; choose another name or replace it with --force"));
        }
        let mut name: OsString = path.file_name().ok_or_else(|| refuse(&"it has no file name"))?.to_owned();
        name.push(".partial");
        let partial = path.with_file_name(name);
        // The file of a killed run is overwritten; its lock was released with it.
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&partial)
            .map_err(|error| refuse(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(refuse(&"another backup is being written to it")),
            Err(TryLockError::Error(error)) => return Err(refuse(&error)),
        }
        let target = Target { path: path.to_owned(), partial, file };
        target.file.set_permissions(Permissions::from_mode(0o600)).map_err(|error| refuse(&error))?;
        target.file.set_len(0).map_err(|error| refuse(&error))?;
        Ok(target)
    }

    fn finish(&self, force: bool) -> io::Result<()> {
        (&self.file).flush()?;
        self.file.sync_all()?;
        if force {
            fs::rename(&self.partial, &self.path)?;
        } else {
            // Unlike a rename, a link refuses to replace a file created meanwhile. Not every file system has links.
            match fs::hard_link(&self.partial, &self.path) {
                Ok(()) => fs::remove_file(&self.partial)?,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                Err(_) => fs::rename(&self.partial, &self.path)?,
            }
        }
        data::sync_folder(&self.path)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // After success it does not exist any more.
        let _ = fs::remove_file(&self.partial);
    }
}
