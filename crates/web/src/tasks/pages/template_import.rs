//! Import of a file with task templates: preview by template, then import.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_app::tasks::template_files::{ImportOutcome, ImportedTemplate, TemplateImport};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::TASK_TEMPLATE;
use serde_json::Value as Json;

use super::templates::below;
use crate::components::badges::{Tone, badge};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::notice;
use crate::components::forms::{Control, FormField};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::done;
use crate::core::frame::{Page, SignedIn};
use crate::core::limits::{JSON_DEPTH, MAXIMUM_UPLOAD};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::import::{Upload, file_form};

/// Address of the page.
pub(super) const PATH: &str = "/task-templates/import-file";

/// Pages with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    let access = Access::Policy(Action::Import, TASK_TEMPLATE.area);
    vec![
        PageRoute::get(PATH, access, page).purpose("import task templates"),
        PageRoute::post(PATH, access, import).purpose("import task templates").body_limit(MAXIMUM_UPLOAD),
    ]
}

async fn page(SignedIn { page, .. }: SignedIn) -> Result<Html<String>, PageError> {
    Ok(Html(draw(&page, None, &html! {})))
}

/// `POST`: a `file` is previewed; the `content` of a preview is imported.
async fn import(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    upload: Upload,
) -> Result<Response, PageError> {
    let (bytes, is_preview) = match (upload.text("content"), upload.file()) {
        (Some(content), _) if !content.is_empty() => (content.as_bytes(), false),
        (_, Some(file)) if !file.is_empty() => (file, true),
        _ => return Ok(refuse(&page, t!("Choose a file that is not empty."))),
    };
    let Some(json) = read(bytes) else {
        return Ok(refuse(&page, t!("The file is not JSON. Choose a file that was exported from here.")));
    };
    let result = match blocking(|| state.app.import_templates(&actor, &json, is_preview)) {
        Ok(result) => result,
        Err(AppError::Invalid(errors)) => {
            let message = errors.first().map(|error| words::message(&error.message)).unwrap_or_default();
            return Ok(refuse(&page, &message));
        }
        Err(other) => return Err(other.into()),
    };
    if !is_preview {
        let message = t!(
            "{created} templates created, {changed} changed, {same} unchanged",
            created = result.count(ImportOutcome::New),
            changed = result.count(ImportOutcome::Changed),
            same = result.count(ImportOutcome::Same)
        );
        return Ok(done("/task-templates", &message, None));
    }
    let is_wrong = result.count(ImportOutcome::Invalid) > 0;
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let html = draw(&page, None, &preview(&page, &result, &json));
    Ok((status, Html(html)).into_response())
}

/// Reads the file. JSON that is nested too deep is refused by its brackets, before it is parsed.
fn read(bytes: &[u8]) -> Option<Json> {
    let mut depth = 0_usize;
    for byte in bytes {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > JSON_DEPTH {
            return None;
        }
    }
    serde_json::from_slice(bytes).ok()
}

fn refuse(page: &Page, message: &str) -> Response {
    let html = draw(page, Some(message.to_owned()), &html! {});
    (StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response()
}

fn preview(page: &Page, result: &TemplateImport, json: &Json) -> Markup {
    let is_wrong = result.count(ImportOutcome::Invalid) > 0;
    let has_work = result.count(ImportOutcome::New) + result.count(ImportOutcome::Changed) > 0;
    let tone = if is_wrong {
        Tone::Bad
    } else if has_work {
        Tone::Good
    } else {
        Tone::Neutral
    };
    html! {
        (notice(tone, &html! {
            @if is_wrong { (t!("Not imported. Correct these templates and check the file again.")) }
            @else if has_work { (t!("No errors. Nothing is saved yet.")) }
            @else { (t!("The file has no changes.")) }
        }))
        div.table-wrap {
            table.table {
                caption.visually-hidden { (t!("Templates of the file")) }
                thead { tr {
                    th scope="col" { (t!("Template")) } th scope="col" { (t!("Result")) } th scope="col" { (t!("Changes")) }
                } }
                tbody { @for template in &result.templates { (row(template)) } }
            }
        }
        @if has_work && !is_wrong {
            form.form method="post" action=(PATH) enctype="multipart/form-data" {
                input type="hidden" name="csrf_token" value=(page.csrf());
                textarea name="content" hidden aria-label=(t!("Content of the file")) { "\n" (json.to_string()) }
                div.form-actions { (submit_button(t!("Import templates"), "check", ButtonKind::Main)) }
            }
        }
    }
}

fn row(template: &ImportedTemplate) -> Markup {
    let (label, tone) = match template.outcome {
        ImportOutcome::New => (t!("New"), Tone::Good),
        ImportOutcome::Changed => (t!("Changed"), Tone::Warning),
        ImportOutcome::Same => (t!("Unchanged"), Tone::Neutral),
        ImportOutcome::Invalid => (t!("Invalid"), Tone::Bad),
    };
    let fields: Vec<&str> = template
        .fields
        .iter()
        .filter_map(|name| TASK_TEMPLATE.field(name))
        .map(|field| words::label(field.label))
        .collect();
    html! {
        tr {
            td { (template.title) p.muted { (template.name) } }
            td { (badge(label, tone)) }
            td {
                @if template.errors.is_empty() { (fields.join(", ")) }
                @for error in &template.errors { p.field-error { (words::message(error)) } }
            }
        }
    }
}

fn draw(page: &Page, error: Option<String>, preview: &Markup) -> String {
    let title = t!("Import task templates");
    let file = FormField {
        name: "file".to_owned(),
        label: t!("File").to_owned(),
        help: t!(
            "A file that was exported from a list of task templates. A template of the same name is changed. \
                  You see what happens to each template before anything is saved."
        )
        .to_owned(),
        error,
        required: true,
        control: Control::File { accept: ".json,application/json".to_owned() },
        ..FormField::default()
    };
    let content = html! {
        (page_head(&PageHead { title: title.to_owned(), ..PageHead::default() }))
        (file_form(page, PATH, &file, preview, &html! {}))
    };
    below(page).render(title, &content).into_string()
}
