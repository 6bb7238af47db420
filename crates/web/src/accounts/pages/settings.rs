//! Settings that forms on pages send: the columns of a list.

use axum::extract::State as AxumState;
use axum::response::{IntoResponse, Redirect, Response};
use obcms_app::accounts::user_settings::columns_setting;

use crate::core::errors::PageError;
use crate::core::forms::SafeForm;
use crate::core::frame::SignedIn;
use crate::core::page_route::PageRoute;
use crate::core::return_path::local_path;
use crate::core::route::Access;
use crate::core::state::{State, blocking};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![PageRoute::post("/me/columns", Access::Account, columns)]
}

/// `POST /me/columns`: `columns` once for each shown column of `table`; `reset` returns to the default.
async fn columns(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let columns = form.all("columns");
    let chosen = form.get("reset").is_empty().then_some(columns.as_slice());
    blocking(|| state.app.set_user_setting(&actor, &columns_setting(form.get("table")), chosen))?;
    Ok(Redirect::to(local_path(form.get("back"), "/")).into_response())
}
