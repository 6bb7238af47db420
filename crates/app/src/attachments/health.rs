//! Health of the attached files, for `obcms doctor`.

use obcms_domain::attachments::size_text;
use obcms_store::attachments as store;

use super::unwritable;
use crate::core::{App, AppError};

/// Contents whose bytes are compared with their hash; the presence of all is checked.
const SAMPLE: usize = 50;
/// Files that are named in a fault.
const NAMED: usize = 5;

/// Health of the attached files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHealth {
    /// Number of files that are not removed.
    pub files: i64,
    /// Bytes of all contents.
    pub bytes: u64,
    /// Maximum bytes of all contents.
    pub quota: u64,
    /// Contents whose hash was compared.
    pub compared: usize,
    /// Names of files whose content is missing.
    pub missing: Vec<String>,
    /// Names of files whose content is damaged.
    pub damaged: Vec<String>,
}

impl App {
    /// Checks that the contents of all files are there, and compares a sample with their hashes. The sample begins at
    /// another content each day.
    pub fn file_health(&self) -> Result<FileHealth, AppError> {
        let (files, bytes, contents) =
            self.read(|tx| Ok((store::count(tx)?, store::stored_bytes(tx)?, store::contents(tx)?)))?;
        let quota = self.options().files_quota;
        let bytes = u64::try_from(bytes).unwrap_or_default();
        let mut health =
            FileHealth { files, bytes, quota, compared: 0, missing: Vec::new(), damaged: Vec::new() };
        if contents.is_empty() {
            return Ok(health);
        }
        let blobs = self.blobs()?;
        let (mut missing, mut damaged, mut there) = (Vec::new(), Vec::new(), Vec::new());
        for (hash, size) in contents {
            match blobs.size(&hash).map_err(unwritable)? {
                None => missing.push(hash),
                Some(found) if i64::try_from(found) == Ok(size) => there.push(hash),
                Some(_) => damaged.push(hash),
            }
        }
        let days = usize::try_from(self.today().day_of_year()).unwrap_or_default();
        let start = if there.is_empty() { 0 } else { (days * SAMPLE) % there.len() };
        for hash in there.iter().cycle().skip(start).take(SAMPLE.min(there.len())) {
            health.compared += 1;
            if !blobs.is_whole(hash).map_err(unwritable)? {
                damaged.push(hash.clone());
            }
        }
        health.missing = self.names_of(&missing)?;
        health.damaged = self.names_of(&damaged)?;
        Ok(health)
    }

    fn names_of(&self, hashes: &[String]) -> Result<Vec<String>, AppError> {
        let files = self.read(|tx| Ok(store::with_contents(tx, hashes)?))?;
        Ok(files
            .into_iter()
            .map(|file| format!("{} of {} {}", file.name, file.kind, file.record_id))
            .collect())
    }
}

impl FileHealth {
    /// Returns the state in a sentence, or the fault.
    pub fn verdict(&self) -> Result<String, String> {
        let fault = |what: &str, names: &[String]| {
            let more = names.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
            Err(format!("{what}: {named}{more}; restore them from a backup"))
        };
        if !self.missing.is_empty() {
            return fault("contents of files are missing", &self.missing);
        }
        if !self.damaged.is_empty() {
            return fault("contents of files are damaged", &self.damaged);
        }
        let state = format!(
            "{} files, {} of {} used, {} compared with their hashes",
            self.files,
            size_text(self.bytes),
            size_text(self.quota),
            self.compared
        );
        Ok(state)
    }

    /// Returns true if more than nine tenths of the quota are used.
    #[must_use]
    pub fn is_nearly_full(&self) -> bool {
        self.bytes / 9 >= self.quota / 10
    }
}
