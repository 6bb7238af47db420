//! Panel "Files" on the pages of records, and its forms.

use axum::extract::{Request, State as AxumState};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::attachments::{CheckedFile, FileList, FileView};
use obcms_app::{Actor, AppError};
use obcms_domain::attachments::{FileType, MOST_BYTES, size_text};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::PPA;
use obcms_domain::message;
use obcms_domain::registry::{Kind, Record};
use obcms_store::attachments::Attachment;

use super::api::round_of;
use super::{FilePath, address, kinds, upload};
use crate::components::badges::{Tone, badge};
use crate::components::detail::panel as box_of;
use crate::components::icons::icon;
use crate::components::words::t;
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{PageParameters, Parameters, PathId, PathParts};
use crate::core::limits::MAXIMUM_ATTACHMENT;
use crate::core::page_route::PageRoute;
use crate::core::problem::Problem;
use crate::core::refused::Refused;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::Values;

/// Bytes up to which a picture is shown in the list: the browser loads all of it.
const SHOWN_PICTURE: i64 = 4 * 1024 * 1024;
/// Types that the picker of a browser offers.
const ACCEPTED: &str = "image/png,image/jpeg,image/gif,image/webp,image/heic,.heic,.heif,application/pdf,.docx,.xlsx,\
                        .pptx,.odt,.ods,.odp,.doc,.xls,.ppt,.txt,.md,.log,.csv,.tsv,.zip";

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    kinds().flat_map(of_kind).collect()
}

fn of_kind(kind: &'static Kind) -> [PageRoute; 3] {
    let all = format!("/{}/{{id}}/files", kind.collection);
    let attach = move |state: AxumState<State>,
                       signed: SignedIn,
                       id: PathId,
                       query: PageParameters,
                       request: Request| attach(kind, state, signed, id, query, request);
    let change = |removes: bool| {
        move |state: AxumState<State>,
              signed: SignedIn,
              path: FilePath,
              query: PageParameters,
              _: SafeForm| { change(kind, removes, state, signed, path, query) }
    };
    [
        PageRoute::post(&all, Access::Role, attach).takes_files(MAXIMUM_ATTACHMENT),
        PageRoute::post(format!("{all}/{{file}}/remove"), Access::Role, change(true)),
        PageRoute::post(format!("{all}/{{file}}/restore"), Access::Role, change(false)),
    ]
}

/// Panel on the page of a record; empty for kinds without files, and where there is nothing to show or do.
pub fn panel(state: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    if !record.kind.has_attachments {
        return Ok(html! {});
    }
    let list = state.app.attachments(actor, record.kind, record.id)?;
    if list.files.is_empty() && list.removed.is_empty() && !list.may_add {
        // The first file appears by a live update.
        return Ok(html! { section #files data-live=(record.kind.name) hidden {} });
    }
    let place = Place {
        record,
        id: "files",
        title: t!("Files").to_owned(),
        tab: "",
        round: None,
        may_add: list.may_add,
    };
    place.draw(state, page, actor, &list)
}

/// Tab on the page of a PPA, with the files of its approval rounds.
pub fn tab(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    _: &Refused,
) -> Result<Markup, AppError> {
    let list = state.app.attachments(actor, record.kind, record.id)?;
    let may_add = list.may_add;
    Place { record, id: "files", title: t!("Files").to_owned(), tab: "files", round: None, may_add }
        .draw(state, page, actor, &list)
}

/// Panel on the tab of the approval of a PPA, with the files of one round.
pub fn round_panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    round: i64,
) -> Result<Markup, AppError> {
    let mut list = state.app.attachments(actor, record.kind, record.id)?;
    let is_of_round = |one: &FileView| one.file.round == Some(round);
    list.files.retain(is_of_round);
    list.removed.retain(is_of_round);
    let may_add = list.round == Some(round);
    if list.files.is_empty() && !may_add {
        return Ok(html! { section #round-files data-live=(record.kind.name) hidden {} });
    }
    let title = t!("Files of round {round}", round);
    Place { record, id: "round-files", title, tab: "approval", round: Some(round), may_add }
        .draw(state, page, actor, &list)
}

/// Place of a list of files on a page.
struct Place<'a> {
    record: &'a Record,
    id: &'static str,
    title: String,
    /// Tab of the page, or empty.
    tab: &'static str,
    /// Approval round whose files it shows and to which it adds.
    round: Option<i64>,
    may_add: bool,
}

impl Place<'_> {
    fn draw(&self, state: &State, page: &Page, actor: &Actor, list: &FileList) -> Result<Markup, AppError> {
        let kind = self.record.kind;
        let people: Vec<Id> =
            list.files.iter().chain(&list.removed).filter_map(|one| one.file.uploaded_by).collect();
        let directory = state.app.directory(actor, &people)?;
        let zone: TimeZone = page.zone();
        let values = page.values(&directory, &zone);
        let content = html! {
            @if list.files.is_empty() && !self.may_add { p.muted { (t!("No files.")) } }
            @if !list.files.is_empty() {
                ul.file-list { @for one in &list.files { (self.row(page, one, &values)) } }
            }
            @if self.may_add { (self.form(page)) }
            @if !list.removed.is_empty() {
                details.more-fields {
                    summary { (t!("Removed files")) " " span.count { (list.removed.len()) } }
                    p.muted { (t!("Deleted 30 days after their removal.")) }
                    ul.file-list { @for one in &list.removed { (self.row(page, one, &values)) } }
                }
            }
        };
        Ok(box_of(self.id, kind.name, &self.title, &html! {}, &content))
    }

    /// Returns the address of a form, with the place to return to.
    fn action(&self, below: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.tab.is_empty() {
            query.append_pair("tab", self.tab);
        }
        if let Some(round) = self.round {
            query.append_pair("round", &round.to_string());
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}/files{below}{mark}{query}", self.record.kind.url(self.record.id))
    }

    fn row(&self, page: &Page, one: &FileView, values: &Values<'_>) -> Markup {
        let file = &one.file;
        let content = format!("{}/{}", address(self.record.kind, file.record_id), file.id);
        let is_removed = file.archived_at.is_some();
        let kind = FileType::parse(&file.content_type);
        let shown = kind.is_some_and(FileType::is_shown_inline) && !is_removed;
        let words = kind.map_or("", FileType::label);
        html! {
            li.file-row data-file=(content) data-name=(file.name) data-removed[is_removed] {
                @if shown {
                    a.file-mark href={ (content) "?inline=true" } target="_blank" rel="noopener" aria-label=(t!("Open {name}", name = file.name)) { (mark(file, kind, &content)) }
                } @else { span.file-mark { (mark(file, kind, "")) } }
                div.file-text {
                    @if is_removed { span.file-name { (file.name) } }
                    @else { a.file-name href=(content) download { (file.name) } }
                    p.muted {
                        @if !words.is_empty() { (words) " · " }
                        (size_text(u64::try_from(file.size_bytes).unwrap_or_default())) " · "
                        @match file.uploaded_by { Some(person) => (values.reference(person, "user")), None => (t!("obcms")) }
                        " · " (values.instant(file.uploaded_at))
                        @if let (Some(round), None) = (file.round, self.round) { " " (badge(&t!("Approval round {round}", round), Tone::Quiet)) }
                    }
                }
                @if one.may_change { (self.change(page, file, is_removed)) }
            }
        }
    }

    /// Form of one button that removes or restores a file.
    fn change(&self, page: &Page, file: &Attachment, is_removed: bool) -> Markup {
        let below = format!("/{}/{}", file.id, if is_removed { "restore" } else { "remove" });
        let label = if is_removed {
            t!("Restore {name}", name = file.name)
        } else {
            t!("Remove {name}", name = file.name)
        };
        html! {
            form.post-button method="post" action=(self.action(&below)) {
                input type="hidden" name="csrf_token" value=(page.csrf());
                button.button.file-change type="submit" data-kind="quiet" data-only="icon" aria-label=(label) title=(label) {
                    (icon(if is_removed { "undo-2" } else { "trash-2" }))
                }
            }
        }
    }

    /// Form that adds files: by picker, camera, drag and drop or paste.
    fn form(&self, page: &Page) -> Markup {
        let mut upload = address(self.record.kind, self.record.id);
        if let Some(round) = self.round {
            upload.push_str(&format!("?round={round}"));
        }
        let (picker, camera) = (format!("{}-picker", self.id), format!("{}-camera", self.id));
        html! {
            form.file-drop method="post" action=(self.action("")) enctype="multipart/form-data"
                data-upload=(upload) data-most=(MOST_BYTES) {
                input type="hidden" name="csrf_token" value=(page.csrf());
                div.file-actions {
                    label.button for=(picker) { (icon("paperclip")) (t!("Add files")) }
                    input.file-input id=(picker) type="file" name="file" multiple accept=(ACCEPTED);
                    label.button.file-camera for=(camera) { (icon("image")) (t!("Take photo")) }
                    input.file-input.file-camera id=(camera) type="file" name="file" accept="image/*" capture="environment";
                    button.button.file-send type="submit" data-kind="main" { (t!("Upload")) }
                }
                p.field-help {
                    span.file-hint { (t!("Drop files here or paste a picture.")) " " }
                    (t!("Up to {size} each.", size = size_text(MOST_BYTES)))
                }
            }
            ul.file-uploads id={ (self.id) "-uploads" } data-keep aria-label=(t!("Uploads")) {}
        }
    }
}

/// Small picture, or icon of the type.
fn mark(file: &Attachment, kind: Option<FileType>, content: &str) -> Markup {
    let is_picture = kind.is_some_and(FileType::is_picture);
    if is_picture && !content.is_empty() && file.size_bytes <= SHOWN_PICTURE {
        return html! { img src={ (content) "?inline=true" } alt="" loading="lazy" decoding="async" width="40" height="40"; };
    }
    icon(match kind {
        Some(FileType::Zip) => "archive",
        Some(FileType::Xlsx | FileType::Xls | FileType::Ods | FileType::Csv) => "table",
        Some(FileType::Pptx | FileType::Ppt | FileType::Odp) => "presentation",
        Some(kind) if is_picture || kind == FileType::Heic => "image",
        Some(_) => "file-text",
        None => "file",
    })
}

/// Returns the page to show after a form.
fn landing(kind: &Kind, record: Id, query: &Parameters) -> String {
    let page = kind.url(record);
    let panel = if query.get("round").is_some() { "round-files" } else { "files" };
    match query.get("tab").filter(|tab| *kind == PPA && ["files", "approval"].contains(tab)) {
        Some(tab) => format!("{page}?tab={tab}#{panel}"),
        None => format!("{page}#{panel}"),
    }
}

/// `POST /COLLECTION/{id}/files`.
async fn attach(
    kind: &'static Kind,
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    query: PageParameters,
    request: Request,
) -> Result<Response, PageError> {
    let query = query.known(&["tab", "round"]);
    let round = round_of(&query)?;
    blocking(|| state.app.require_attach(&actor, kind, id.0, round))?;
    let files = upload::several(&state, page.csrf(), request).await?;
    if files.is_empty() {
        return Err(AppError::field("file", "required", "Select a file.").into());
    }
    let count = files.len();
    let mut refused = Vec::new();
    for (name, file) in files {
        let attached = file
            .and_then(|file: CheckedFile| blocking(|| state.app.attach(&actor, kind, id.0, round, &file)));
        if let Err(error) = attached {
            refused.push((name, Problem::from(error)));
        }
    }
    if refused.is_empty() {
        let undo = if count == 1 { blocking(|| state.app.undo_of_last(&actor, kind, id.0))? } else { None };
        let message = if count == 1 { t!("File added").to_owned() } else { t!("{count} files added", count) };
        return Ok(done(&landing(kind, id.0, &query), &message, undo.as_deref()));
    }
    Err(refusal(refused).into())
}

/// Returns the refusal of some files, each with its reason.
fn refusal(refused: Vec<(String, Problem)>) -> Problem {
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let mut lines = Vec::new();
    for (name, problem) in refused {
        status = problem.status;
        let reason = if problem.further.errors.is_empty() {
            problem.detail
        } else {
            Message::sentences(problem.further.errors.into_iter().map(|error| error.message))
        };
        lines.push(message!("{name}: {reason}", name = Word::text(name), reason));
    }
    Problem::new(status, Message::sentences(lines))
}

/// `POST /COLLECTION/{id}/files/{file}/remove` and `…/restore`.
async fn change(
    kind: &'static Kind,
    removes: bool,
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    PathParts((record, id)): FilePath,
    query: PageParameters,
) -> Result<Response, PageError> {
    let query = query.known(&["tab", "round"]);
    let file = blocking(|| {
        if removes {
            state.app.remove_attachment(&actor, kind, record, id)
        } else {
            state.app.restore_attachment(&actor, kind, record, id)
        }
    })?;
    let name = &file.name;
    let message = if removes { t!("{name} removed", name) } else { t!("{name} restored", name) };
    let undo = removes.then(|| format!("{}/{id}/restore", address(kind, record)));
    Ok(done(&landing(kind, record, &query), &message, undo.as_deref()))
}
