//! Health and readiness, for load balancers and monitors.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::extract::State as AxumState;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use obcms_store::{Database, migrations};
use tokio::sync::Mutex;

use crate::core::problem::{Problem, RETRY_SECONDS};
use crate::core::state::State;

/// Age up to which a result is reused.
const FRESH: Duration = Duration::from_secs(1);
/// Timeout of the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// Result of a check; an error is the reason as text.
type Outcome = Result<(), &'static str>;

const MUTE: &str = "The database does not respond.";
const UNUSABLE: &str = "The database cannot be read and written. See the server log.";
const BEHIND: &str = "The database is not migrated.";

/// Readiness check, run at most once at a time and once a second.
#[derive(Default)]
pub struct Readiness {
    last: Mutex<Option<(Instant, Outcome)>>,
    is_checking: Arc<AtomicBool>,
}

/// Records the end of a check, also when it panics.
struct Checking(Arc<AtomicBool>);

impl Drop for Checking {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Readiness {
    async fn ask(&self, database: &Database) -> Outcome {
        let mut last = self.last.lock().await;
        if let Some((at, outcome)) = &*last
            && at.elapsed() < FRESH
        {
            return *outcome;
        }
        let outcome = if self.is_checking.swap(true, Ordering::SeqCst) {
            // The previous check hangs; another one would hang, too.
            Err(MUTE)
        } else {
            let checking = Checking(self.is_checking.clone());
            let database = database.clone();
            let check = tokio::task::spawn_blocking(move || {
                let _checking = checking;
                check(&database)
            });
            match tokio::time::timeout(PATIENCE, check).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Err(UNUSABLE),
                Err(_) => Err(MUTE),
            }
        };
        *last = Some((Instant::now(), outcome));
        outcome
    }
}

/// Writes a row and compares the schema.
fn check(database: &Database) -> Outcome {
    let failed = |error: obcms_store::StoreError| {
        tracing::error!("not ready: {error}");
        if error.is_unavailable() { UNUSABLE } else { BEHIND }
    };
    let steps = migrations::status(database).map_err(failed)?;
    if steps.iter().any(|step| step.applied_at.is_none()) {
        return Err(BEHIND);
    }
    database.probe().map_err(|error| {
        tracing::error!("not ready: {error}");
        UNUSABLE
    })
}

/// `GET /healthz`: the process is alive.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database is readable and writable and has the schema of this program.
pub async fn readyz(AxumState(state): AxumState<State>) -> Response {
    match state.readiness.ask(state.app.database()).await {
        Ok(()) => ([(header::CONTENT_TYPE, "text/plain")], "ready\n").into_response(),
        Err(reason) => {
            let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, reason);
            problem.retry_after = Some(RETRY_SECONDS);
            problem.into_response()
        }
    }
}
