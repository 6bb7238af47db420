//! Files of requests that are read more than once: they are written to disk while they arrive.

use std::io::Write;

use obcms_app::AppError;
use obcms_store::StoreError;
use tempfile::SpooledTempFile;

use crate::core::problem::Problem;
use crate::core::route::file_too_large;
use crate::core::state::blocking;

/// Bytes of a file that stay in memory; a longer one is on disk.
const IN_MEMORY: usize = 256 * 1024;

/// File that arrives.
#[derive(Debug)]
pub struct Spool {
    file: SpooledTempFile,
    length: usize,
    most: usize,
}

impl Spool {
    /// Creates an empty file of at most `most` bytes.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { file: SpooledTempFile::new(IN_MEMORY), length: 0, most }
    }

    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// Refuses a file that gets too large, and fails if the disk does.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.length += bytes.len();
        if self.length > self.most {
            return Err(file_too_large(self.most));
        }
        blocking(|| self.file.write_all(bytes))
            .map_err(|error| AppError::from(StoreError::from(error)).into())
    }

    /// Returns true if nothing has arrived.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns the file.
    #[must_use]
    pub fn into_file(self) -> SpooledTempFile {
        self.file
    }
}
