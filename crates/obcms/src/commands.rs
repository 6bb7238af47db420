//! Commands of the program, one file each.

pub mod backup;
pub mod demo;
pub mod doctor;
pub mod import;
pub mod migrate;
pub mod restore;
pub mod serve;
pub mod token;
pub mod user;

use crate::failure::Failure;
use obcms_app::App;
use std::io::Write;

/// Writes to standard output. A closed pipe (`obcms user list | head -1`) is not an error.
pub fn print_stdout(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format_args!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Returns the address of a link to set a password; only its path if no public address is set.
pub fn setup_link(app: &App, secret: &str) -> Result<String, String> {
    let path = obcms_app::accounts::setup_path(secret);
    match &app.options().public_url {
        Some(base) => Ok(format!("{base}{path}")),
        None => Err(path),
    }
}
