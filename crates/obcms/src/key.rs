//! File with the key that encrypts secrets in the database.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use obcms_app::accounts::{KEY_LENGTH, Vault, new_key};
use obcms_domain::core::hex::hex;

use crate::failure::Failure;
use crate::settings::Settings;

/// Name of the file in the data directory.
pub const FILE: &str = "secret.key";

/// Returns the path of the key.
pub fn path(settings: &Settings) -> PathBuf {
    settings.key_file.clone().unwrap_or_else(|| settings.data.join(FILE))
}

/// Returns the path of a key that backups do not contain: one outside the data directory, or whose name does not end
/// in `.key`.
fn outside_backup(settings: &Settings) -> Option<PathBuf> {
    let path = settings.key_file.clone()?;
    let name = path.file_name()?.to_str()?.to_owned();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_inside = match (folder.canonicalize(), settings.data.canonicalize()) {
        (Ok(folder), Ok(data)) => folder == data,
        _ => false,
    };
    (!is_inside || !crate::data::belongs_to_backup(&name)).then_some(path)
}

/// Returns a warning if backups do not contain the key.
pub fn backup_warning(settings: &Settings) -> Option<String> {
    outside_backup(settings).map(|path| {
        format!("the key file {} is not in the backup; keep a copy of it as well", path.display())
    })
}

/// Checks for a missing or unreadable key.
pub fn check(settings: &Settings) -> Result<String, String> {
    let path = path(settings);
    if settings.key_file.is_none() && !path.exists() {
        return Ok(format!("none yet; a server creates {} when it starts", path.display()));
    }
    load(settings, false).map_err(|failure| failure.to_string())?;
    Ok(match outside_backup(settings) {
        Some(path) => format!("{}; it is not in a backup, keep a copy of it", path.display()),
        None => format!("{}; it is in every backup", path.display()),
    })
}

/// Loads and installs the key. A missing key in the data directory is created for commands that write; other commands
/// run without it. A file named in the settings must exist, because several servers share it.
pub fn load(settings: &Settings, serves: bool) -> Result<(), Failure> {
    let path = path(settings);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && settings.key_file.is_none() => {
            if !serves {
                return Ok(());
            }
            make(&path)?
        }
        Err(error) => {
            return Err(Failure::new(format_args!(
                "cannot read the key file {}: {error}; copy it from the server that has it, or choose another with --key-file",
                path.display()
            )));
        }
    };
    let key = parse(&text).ok_or_else(|| {
        Failure::new(format_args!(
            "the key file {} has no valid key of {} hexadecimal digits; restore it from a backup",
            path.display(),
            KEY_LENGTH * 2
        ))
    })?;
    Vault::new(&key).map_err(Failure::new)?.install();
    Ok(())
}

/// Creates a new key. If two programs start together, one creates it and the other reads it.
fn make(path: &Path) -> Result<String, Failure> {
    let refuse = |error: std::io::Error| {
        Failure::new(format_args!("cannot write the key file {}: {error}; see --key-file", path.display()))
    };
    if let Some(folder) = path.parent() {
        crate::data::prepare(folder)?;
    }
    let text = format!("{}\n", hex(&new_key().map_err(Failure::new)?));
    // Written to a temporary file and linked, so that nobody reads a partial key.
    let draft = path.with_extension(format!("key-{}", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(refuse)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(refuse)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(refuse)?;
    match linked {
        Ok(()) => Ok(text),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::read_to_string(path).map_err(refuse),
        Err(error) => Err(refuse(error)),
    }
}

fn parse(text: &str) -> Option<[u8; KEY_LENGTH]> {
    let text = text.trim();
    if text.len() != KEY_LENGTH * 2 || !text.is_ascii() {
        return None;
    }
    let mut key = [0; KEY_LENGTH];
    for (position, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(position * 2..position * 2 + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        assert_eq!(parse(&format!("{}\n", "0a".repeat(32))), Some([10; 32]));
        for wrong in ["", "0a", &"zz".repeat(32), &"é".repeat(32)] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
