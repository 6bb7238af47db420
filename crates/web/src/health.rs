//! What machines ask to know whether the program is well.

use axum::extract::State as AxumState;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use obcms_store::migrations;

use crate::problem::Problem;
use crate::state::{State, blocking};

/// `GET /healthz`: the process lives.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and has the schema of this program.
pub async fn readyz(AxumState(state): AxumState<State>) -> Response {
    let migrated = blocking(|| migrations::status(state.app.database()))
        .is_ok_and(|steps| steps.iter().all(|step| step.applied_at.is_some()));
    if migrated {
        ([(header::CONTENT_TYPE, "text/plain")], "ready\n").into_response()
    } else {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The database does not answer, or is not migrated.")
            .into_response()
    }
}
