//! Nightly job that deletes contents that no file uses.

use jiff::SignedDuration;
use obcms_domain::jobs::BackOff;
use obcms_store::attachments as store;
use serde_json::Value as Json;

use super::unwritable;
use crate::core::job::{Handler, JobError, Outcome};
use crate::core::{Actor, App, AppError};

/// Age at which a removed file is deleted: late enough to miss it.
pub const RESTORABLE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Age at which an unused content is deleted: a backup that is being written still reads it.
const UNUSED: SignedDuration = SignedDuration::from_hours(20);
/// Age at which what an interrupted upload left is deleted.
const INTERRUPTED: SignedDuration = SignedDuration::from_hours(24);
/// Contents that are deleted in one transaction.
const TOGETHER: i64 = 200;

/// Handler of the job, run every night.
pub const HANDLER: Handler = Handler {
    kind: "clean_up_files",
    label: "Clean up files",
    description: "Deletes files that were removed 30 days ago or whose record is gone, and their contents.",
    schedule: "38 3 * * *",
    maximum_attempts: 5,
    back_off: BackOff::USUAL,
    run,
};

fn run(app: &App, _: &Json) -> Result<Outcome, JobError> {
    if app.options().files.is_none() {
        return Ok(Outcome::done("No folder for files"));
    }
    let blobs = app.blobs()?;
    let program = Actor::program();
    let lying = blobs.all().map_err(unwritable)?;
    let files = app.write(&program, |work| {
        let known = store::known_contents(work.tx)?;
        let known: std::collections::HashSet<&str> = known.iter().map(String::as_str).collect();
        let orphans: Vec<(String, i64)> = lying
            .iter()
            .filter(|(hash, _)| !known.contains(hash.as_str()))
            .map(|(hash, size)| (hash.clone(), i64::try_from(*size).unwrap_or(i64::MAX)))
            .collect();
        store::adopt(work.tx, &orphans, work.now)?;
        let files = store::forget(work.tx, work.now - RESTORABLE)?;
        store::mark_unused(work.tx, work.now)?;
        Ok(files)
    })?;
    let mut contents = 0;
    loop {
        let deleted = app.write(&program, |work| {
            store::lock_contents(work.tx)?;
            let unused = store::unused(work.tx, work.now - UNUSED, TOGETHER)?;
            let deleted = store::delete_unused(work.tx, &unused)?;
            // Before the commit: until then nobody can attach the same content again.
            for hash in &deleted {
                blobs.remove(hash).map_err(unwritable)?;
            }
            Ok::<_, AppError>(deleted.len())
        })?;
        contents += deleted;
        if deleted == 0 {
            break;
        }
    }
    blobs.forget_staged(app.now() - INTERRUPTED).map_err(unwritable)?;
    Ok(Outcome::done(format!("{files} files and {contents} contents deleted")))
}
