//! The data directory.

use crate::failure::Failure;
use std::fs::{self, OpenOptions};
use std::path::Path;

/// Makes the directory if it is not there and sees that files can be made in it, so that the fault is named here and
/// not as a puzzling message of the database.
pub fn prepare(directory: &Path) -> Result<(), Failure> {
    let refuse = |error: std::io::Error| {
        Failure::new(format_args!(
            "cannot write to the data directory {}: {error}; give this user the right to it or choose another with --data",
            directory.display()
        ))
    };
    fs::create_dir_all(directory).map_err(refuse)?;
    let probe = directory.join(format!(".obcms-{}", std::process::id()));
    OpenOptions::new().write(true).create(true).truncate(true).open(&probe).map_err(refuse)?;
    fs::remove_file(&probe).map_err(refuse)
}
