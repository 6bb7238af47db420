//! Import of records from a file: select, preview, import.

use axum::extract::{FromRequest, Request, State as AxumState};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::records::transfer::{Duplicates, Table};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::core::message::Word;
use obcms_domain::message;
use obcms_domain::registry::Kind;

use super::import_preview::{header_errors, preview};
use crate::components::buttons::{ButtonKind, button_link, submit_button};
use crate::components::detail::{PageHead, page_head};
use crate::components::forms::{Control, FormField, error_summary, field};
use crate::components::words::{self, t};
use crate::core::caller::same;
use crate::core::errors::PageError;
use crate::core::forms::{done, session_changed};
use crate::core::frame::{Page, SignedIn};
use crate::core::state::{State, blocking};
use crate::records::api::files;
use crate::records::plural;

/// Form with a file and the token of the session.
#[derive(Clone, Debug)]
pub struct Upload(files::Upload);

impl Upload {
    /// Returns the text of a part.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.text(name)
    }

    /// Returns the bytes of the file, when one was selected.
    #[must_use]
    pub fn file(&self) -> Option<&[u8]> {
        self.0.file.as_deref()
    }
}

impl FromRequest<State> for Upload {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &State) -> Result<Self, Self::Rejection> {
        let page = Page::of(state, &request);
        page.actor()?;
        let upload = files::Upload::from_request(request, state).await?;
        require_token(&page, &upload)?;
        Ok(Self(upload))
    }
}

/// Refuses a form without the token of the session.
pub fn require_token(page: &Page, upload: &files::Upload) -> Result<(), PageError> {
    if page.csrf().is_empty() || !same(upload.text("csrf_token").unwrap_or_default(), page.csrf()) {
        return Err(session_changed().into());
    }
    Ok(())
}

/// Returns true if the person may import files of the kind.
#[must_use]
pub fn may_import(actor: &Actor, kind: &Kind) -> bool {
    kind.writable && actor.may(Action::Import, kind.area)
}

fn require(actor: &Actor, kind: &Kind) -> Result<(), AppError> {
    if may_import(actor, kind) {
        return Ok(());
    }
    let what = message!("import {kinds}", kinds = Word::lower(kind.plural));
    Err(AppError::forbidden(Action::Import, kind.area, what))
}

/// `GET /COLLECTION/import`.
pub async fn page(
    kind: &'static Kind,
    SignedIn { page, actor }: SignedIn,
) -> Result<Html<String>, PageError> {
    require(&actor, kind)?;
    Ok(Html(draw(kind, &page, None, &html! {})))
}

/// `POST /COLLECTION/import`: a `file` is a dry run; the `content` of a dry run is imported, with its `duplicates` if the
/// person chose to create them.
pub async fn import(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    Upload(upload): Upload,
) -> Result<Response, PageError> {
    require(&actor, kind)?;
    let (bytes, dry_run) = match (upload.text("content"), &upload.file) {
        (Some(content), _) if !content.is_empty() => (content.as_bytes(), false),
        (_, Some(file)) => (file.as_slice(), true),
        // A browser sends an empty file and none alike.
        _ => return Ok(refuse(kind, &page, t!("Choose a file that is not empty."))),
    };
    let duplicates = match upload.text("duplicates") {
        Some("create") => Duplicates::Create,
        _ => Duplicates::Skip,
    };
    let _turn = state.hashing.turn_to_import(&actor, kind).await?;
    let outcome = blocking(|| {
        let table = Table::read(bytes)?;
        let report = state.app.import(&actor, kind, &table, duplicates, dry_run)?;
        Ok::<_, AppError>((table, report))
    });
    let (table, report) = match outcome {
        Ok(found) => found,
        Err(AppError::Invalid(errors)) => {
            let html = draw(kind, &page, None, &header_errors(&errors));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response());
        }
        Err(AppError::BadRequest(detail)) => return Ok(refuse(kind, &page, &words::message(&detail))),
        Err(error) => return Err(error.into()),
    };
    if !dry_run && report.errors.is_empty() {
        let message = if report.skipped == 0 {
            t!(
                "{created} created, {updated} changed, {unchanged} unchanged",
                created = report.created,
                updated = report.updated,
                unchanged = report.unchanged
            )
        } else {
            t!(
                "{created} created, {updated} changed, {unchanged} unchanged, {skipped} skipped as duplicates",
                created = report.created,
                updated = report.updated,
                unchanged = report.unchanged,
                skipped = report.skipped
            )
        };
        return Ok(done(&format!("/{}", kind.collection), &message, report.undo.as_deref()));
    }
    let content = table.to_csv().map_err(PageError::from)?;
    let status = if report.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let preview = preview(kind, &page, &report, &content);
    Ok((status, Html(draw(kind, &page, None, &preview))).into_response())
}

fn refuse(kind: &'static Kind, page: &Page, message: &str) -> Response {
    let html = draw(kind, page, Some(message.to_owned()), &html! {});
    (StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response()
}

/// Form that uploads a file to be checked, below the preview of the last one; `beside` stands beside its button.
pub fn file_form(page: &Page, action: &str, file: &FormField, preview: &Markup, beside: &Markup) -> Markup {
    let (label, kind) = if preview.0.is_empty() {
        (t!("Check the file"), ButtonKind::Main)
    } else {
        (t!("Check another file"), ButtonKind::Plain)
    };
    html! {
        div.stack {
            (preview)
            form.form method="post" action=(action) enctype="multipart/form-data" novalidate {
                (error_summary(None, &[file]))
                input type="hidden" name="csrf_token" value=(page.csrf());
                div.fields { (field(file)) }
                div.form-actions { (submit_button(label, "upload", kind)) (beside) }
            }
        }
    }
}

fn draw(kind: &'static Kind, page: &Page, error: Option<String>, preview: &Markup) -> String {
    let title = t!("Import {kinds}", kinds = plural(kind));
    let file = FormField {
        name: "file".to_owned(),
        label: t!("File").to_owned(),
        help: t!("CSV or XLSX, up to 5 MB and 5,000 rows, with the labels of fields in the first row, like an export. \
               Choices, people and other records are given by name. Rows with an ID change that record, rows \
               without an ID create a new one. You see a preview of the rows before anything is saved.")
        .to_owned(),
        error,
        required: true,
        control: Control::File { accept: ".csv,.xlsx,text/csv".to_owned() }, ..FormField::default() };
    let export = button_link(
        t!("Export current records"),
        &format!("/api/v1/{}/export.xlsx", kind.collection),
        "download",
        ButtonKind::Quiet,
    );
    let content = html! {
        (page_head(&PageHead { title: title.clone(), ..PageHead::default() }))
        (file_form(page, &format!("/{}/import", kind.collection), &file, preview, &export))
    };
    page.clone()
        .below(words::label(kind.plural), &format!("/{}", kind.collection))
        .render(&title, &content)
        .into_string()
}
