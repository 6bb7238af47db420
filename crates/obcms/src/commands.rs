//! The commands, one file each.

pub mod doctor;
pub mod migrate;
pub mod serve;

use crate::failure::Failure;
use std::io::Write;

/// Writes to standard output. A reader that has gone away (`obcms user list | head -1`) is no failure.
pub fn say(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format_args!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
