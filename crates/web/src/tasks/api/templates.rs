//! Task templates: generation, preview, copies and files.

use axum::extract::State as AxumState;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use obcms_app::AppError;
use obcms_domain::accounts::{Action, Area};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK_TEMPLATE, task_template};
use obcms_domain::tasks::actions;
use serde_json::{Value as Json, json};

use crate::core::caller::Caller;
use crate::core::input::{Body, Parameters, PathId};
use crate::core::problem::Problem;
use crate::core::route::{Access, Route};
use crate::core::state::{State, blocking};
use crate::records::api::records::Items;

/// Operations on task templates beside those of all kinds.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "post",
            "/api/v1/task-templates/{id}/instantiate",
            "Generate the tasks of a template for a record; existing tasks do not change",
            // The command checks whether the caller may generate tasks for the record.
            Access::Policy(Action::View, Area::Reference),
            post(instantiate),
        )
        .tag("task-templates")
        .action(&actions::INSTANTIATE)
        .answers(201, json!({ "type": "object" })),
        Route::new(
            "post",
            "/api/v1/task-templates/{id}/preview",
            "Tasks that a template would generate for a record or from a date, with dates and assignees",
            Access::Policy(Action::View, Area::Reference),
            post(preview),
        )
        .tag("task-templates")
        .action(&actions::PREVIEW_TEMPLATE)
        .answers(200, json!({ "type": "object" })),
        Route::new(
            "post",
            "/api/v1/task-templates/{id}/copy",
            "Copy a template; the copy is inactive",
            Access::Policy(Action::Create, Area::Reference),
            post(copy),
        )
        .tag("task-templates")
        .answers(201, json!({ "type": "object" })),
        Route::new(
            "get",
            "/api/v1/task-templates/export.json",
            "File with one or all templates",
            Access::Policy(Action::Export, Area::Reference),
            get(export),
        )
        .tag("task-templates")
        .query(&[("id", "Only these templates, separated by commas")])
        .answers(200, json!({ "type": "object" })),
        Route::new(
            "post",
            "/api/v1/task-templates/import.json",
            "Import a file with templates by their names: all, or none if one is invalid",
            Access::Policy(Action::Import, Area::Reference),
            post(import),
        )
        .tag("task-templates")
        .action(&actions::IMPORT_TEMPLATES)
        .answers(200, json!({ "type": "object" })),
    ]
}

async fn instantiate(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> Result<Response, Problem> {
    let input = body.action(&actions::INSTANTIATE)?;
    let origin = actions::ORIGIN.get(&input).ok_or(AppError::NotFound("origin"))?;
    let base = actions::BASE_DATE.get(&input);
    let (made, tasks) = blocking(|| state.app.instantiate(&caller.actor, id.0, origin, base))?;
    let items = blocking(|| state.app.represent(&tasks))?;
    let status = if made > 0 { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(Items { items })).into_response())
}

async fn preview(
    AxumState(state): AxumState<State>,
    caller: Caller,
    id: PathId,
    body: Body,
) -> Result<Response, Problem> {
    let input = body.action(&actions::PREVIEW_TEMPLATE)?;
    let (origin, base) = (actions::PREVIEWED_ORIGIN.get(&input), actions::BASE_DATE.get(&input));
    let preview = blocking(|| {
        let mut template = state.app.get(&caller.actor, &TASK_TEMPLATE, id.0)?;
        if let Some(items) = actions::ITEMS.get(&input) {
            task_template::ITEMS.set(&mut template, items.clone());
        }
        if actions::DUE_RULE.is_given(&input) {
            task_template::DUE_RULE.set(&mut template, actions::DUE_RULE.get(&input));
        }
        state.app.preview_template(&caller.actor, &template, origin, base)
    })?;
    Ok(axum::Json(preview.to_json()).into_response())
}

async fn copy(AxumState(state): AxumState<State>, caller: Caller, id: PathId) -> Result<Response, Problem> {
    let copy = blocking(|| state.app.copy_template(&caller.actor, id.0))?;
    let shown = blocking(|| state.app.represent_one(&copy))?;
    Ok((StatusCode::CREATED, axum::Json(shown)).into_response())
}

async fn export(
    AxumState(state): AxumState<State>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&["id"])?;
    let ids: Result<Vec<Id>, _> = parameters
        .0
        .iter()
        .flat_map(|(_, value)| value.split(','))
        .filter(|value| !value.is_empty())
        .map(str::parse)
        .collect();
    let ids =
        ids.map_err(|_| Parameters::wrong("id", "Must be the ids of templates, separated by commas."))?;
    let file = blocking(|| state.app.export_templates(&caller.actor, &ids))?;
    let text = serde_json::to_string_pretty(&file)
        .map_err(|error| AppError::Internal(format!("a file of templates: {error}")))?;
    let name = HeaderValue::from_static("attachment; filename=\"task-templates.json\"");
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response())
}

async fn import(AxumState(state): AxumState<State>, caller: Caller, body: Body) -> Result<Response, Problem> {
    let input = body.action(&actions::IMPORT_TEMPLATES)?;
    let is_preview = actions::ONLY_PREVIEW.get(&input).unwrap_or(false);
    let mut file = body.object.clone();
    file.retain(|name, value| name != "preview" && !value.is_null());
    let result = blocking(|| state.app.import_templates(&caller.actor, &Json::Object(file), is_preview))?;
    Ok(axum::Json(result.to_json()).into_response())
}
