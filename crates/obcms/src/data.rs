//! Data directory: permissions, the files that belong to a backup, and their replacement by a restore.

use crate::failure::Failure;
use crate::settings::Settings;
use jiff::Timestamp;
use obcms_store::backup::DataFile;
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Folder of the contents of attached files in the data directory.
const FILES: &str = "files";
/// Mode bits of other users.
const OTHERS: u32 = 0o077;

/// Creates the directory if needed and checks that it is writable, so that the error is clear here and not a puzzling
/// message of the database.
pub fn prepare(directory: &Path) -> Result<(), Failure> {
    let refuse = |error: io::Error| {
        Failure::new(format_args!(
            "cannot write to the data directory {}: {error}; give this user write access or choose another with --data",
            directory.display()
        ))
    };
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(refuse)?;
    let probe = directory.join(format!(".obcms-{}", std::process::id()));
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&probe).map_err(refuse)?;
    fs::remove_file(&probe).map_err(refuse)
}

/// Returns the folder of the contents of attached files. With PostgreSQL it lies in the data directory, too.
pub fn files(settings: &Settings) -> PathBuf {
    settings.data.join(FILES)
}

/// Returns true if a file of the data directory belongs to a backup: keys, without which the database cannot be read
/// in full. Settings are excluded: they contain the address of the database with its password.
pub fn belongs_to_backup(name: &str) -> bool {
    name.ends_with(".key") && !name.contains('/') && !name.starts_with('.')
}

/// Returns the files of the data directory that belong to a backup.
pub fn backed_up(directory: &Path) -> Result<Vec<DataFile>, Failure> {
    let refuse = |path: &Path, error: &io::Error| {
        Failure::new(format_args!("cannot read {}: {error}", path.display()))
    };
    let mut found = Vec::new();
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        // With PostgreSQL there may be no data directory.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(refuse(directory, &error)),
    };
    for entry in entries {
        let path = entry.map_err(|error| refuse(directory, &error))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if belongs_to_backup(&name) && path.is_file() {
            let content = fs::read(&path).map_err(|error| refuse(&path, &error))?;
            found.push(DataFile { name, content });
        }
    }
    found.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// Returns files that other users can read or change, with their modes: the data directory, the database and the
/// files beside it, the folder of attached files, and keys.
pub fn too_open(directory: &Path, database: Option<&Path>) -> Vec<(PathBuf, u32)> {
    let mut paths = vec![directory.to_owned()];
    if let Some(database) = database {
        paths.extend(["", "-wal", "-shm", ".lock"].map(|ending| beside(database, ending)));
    }
    let files = directory.join(FILES);
    if files.is_dir() {
        paths.push(files);
    }
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(belongs_to_backup) {
            paths.push(entry.path());
        }
    }
    paths
        .into_iter()
        .filter_map(|path| {
            let mode = fs::symlink_metadata(&path).ok()?.mode() & 0o7777;
            (mode & OTHERS != 0).then_some((path, mode))
        })
        .collect()
}

/// Removes the permissions of other users from the files that [`too_open`] finds. A directory that does not contain
/// the database, or that many share, stays unchanged: it belongs to somebody else.
pub fn close(directory: &Path, database: Option<&Path>) {
    let holds_database = database.is_some_and(|path| path.parent() == Some(directory) && path.exists());
    for (path, mode) in too_open(directory, database) {
        let is_directory = path == directory;
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.file_type().is_symlink());
        if is_link || (is_directory && (!holds_database || mode & 0o1000 != 0)) {
            continue;
        }
        match fs::set_permissions(&path, Permissions::from_mode(mode & !OTHERS)) {
            Ok(()) => {
                tracing::debug!("other users had access to {} ({mode:03o}); it was removed", path.display());
            }
            Err(error) => {
                tracing::warn!(
                    "other users have access to {} ({mode:03o}), which could not be removed: {error}",
                    path.display()
                );
            }
        }
    }
}

/// Returns the path with a suffix appended to its name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Syncs the folder of a file, so that a new name survives a power failure.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Replacement of several files as a unit: once its list is on disk, the next start completes it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Replacement {
    stamp: String,
    moves: Vec<(PathBuf, PathBuf)>,
}

impl Replacement {
    /// Creates an empty replacement; replaced files are renamed with the time.
    pub fn new(now: Timestamp) -> Replacement {
        Replacement { stamp: now.strftime("%Y%m%dT%H%M%S%3fZ").to_string(), moves: Vec::new() }
    }

    /// Adds a closed database to replace another one. Returns the new path of the replaced one, if it exists.
    pub fn database(&mut self, path: &Path, staged: &Path) -> Option<PathBuf> {
        let aside = self.aside(path);
        let is_there = path.exists();
        for ending in ["", "-wal", "-shm", "-journal"] {
            self.moves.push((beside(path, ending), beside(&aside, ending)));
        }
        self.moves.push((staged.to_owned(), path.to_owned()));
        is_there.then_some(aside)
    }

    /// Adds a file with new content, unless it has that content already.
    pub fn file(&mut self, path: &Path, content: &[u8]) -> io::Result<()> {
        let path = std::path::absolute(path)?;
        if fs::read(&path).is_ok_and(|present| present == content) {
            return Ok(());
        }
        let staged = beside(&path, ".restoring");
        write_synced(&staged, content)?;
        self.moves.push((path.clone(), self.aside(&path)));
        self.moves.push((staged, path));
        Ok(())
    }

    fn aside(&self, path: &Path) -> PathBuf {
        beside(path, &format!(".before-restore-{}", self.stamp))
    }

    /// Writes the list beside the database and carries it out.
    pub fn carry_out(&self, database: &Path) -> io::Result<()> {
        let list = list_of(database);
        let text = serde_json::to_vec(self).map_err(io::Error::from)?;
        let partial = beside(&list, ".partial");
        write_synced(&partial, &text)?;
        fs::rename(&partial, &list)?;
        sync_folder(&list)?;
        self.finish(&list)
    }

    /// Carries out the remaining moves. A completed move has no source, or already has a target.
    fn finish(&self, list: &Path) -> io::Result<()> {
        for (from, to) in &self.moves {
            if from.exists() && !to.exists() {
                fs::rename(from, to)?;
            }
        }
        for (_, to) in &self.moves {
            sync_folder(to)?;
        }
        fs::remove_file(list)?;
        sync_folder(list)
    }
}

fn list_of(database: &Path) -> PathBuf {
    beside(database, ".restore")
}

/// Returns true if an interrupted replacement exists.
pub fn has_replacement(database: &Path) -> bool {
    list_of(database).exists()
}

/// Completes an interrupted replacement.
pub fn finish_replacement(database: &Path) -> io::Result<()> {
    let list = list_of(database);
    let text = match fs::read(&list) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let replacement: Replacement = serde_json::from_slice(&text)?;
    tracing::info!("finishing an interrupted restore");
    replacement.finish(&list)
}

fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("obcms-data-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        path
    }

    #[test]
    fn replacement_interrupted_anywhere_is_completed() {
        let folder = folder("exchange");
        let database = folder.join("obcms.db");
        let text = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        // Seven moves: the database, its log, index and journal, the new one, the previous key, the new one.
        for done in 0..=7 {
            for (name, content) in [
                ("obcms.db", "old"),
                ("obcms.db-wal", "old log"),
                ("new.db", "new"),
                ("secrets.key", "old key"),
            ] {
                fs::write(folder.join(name), content).expect("a file");
            }
            let mut replacement = Replacement::new(Timestamp::UNIX_EPOCH);
            let aside = replacement.database(&database, &folder.join("new.db")).expect("there is one");
            replacement.file(&folder.join("secrets.key"), b"new key").expect("it is staged");
            assert_eq!(replacement.moves.len(), 7);
            fs::write(list_of(&database), serde_json::to_vec(&replacement).expect("JSON")).expect("a list");
            for (from, to) in &replacement.moves[..done] {
                let _ = fs::rename(from, to);
            }

            finish_replacement(&database).expect("it is finished");
            assert_eq!(text(&database), "new", "after {done}");
            assert_eq!(text(&aside), "old", "after {done}");
            assert_eq!(text(&beside(&aside, "-wal")), "old log", "after {done}");
            assert!(!beside(&database, "-wal").exists(), "after {done}");
            assert_eq!(text(&folder.join("secrets.key")), "new key", "after {done}");
            assert!(!list_of(&database).exists());
            fs::remove_dir_all(&folder).expect("it goes");
            fs::create_dir_all(&folder).expect("a folder");
        }
        fs::remove_dir_all(&folder).expect("it goes");
    }

    #[test]
    fn only_keys_belong_to_a_backup() {
        assert!(belongs_to_backup("secrets.key"));
        for name in ["obcms.toml", "obcms.db", "../x.key", ".hidden.key", "a/b.key", "key"] {
            assert!(!belongs_to_backup(name), "{name}");
        }
    }
}
