//! Approval sheet: figures, stages with decisions and signature lines on one page of A4.

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::approval::{Approval, StageView};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Role;
use obcms_domain::approval::Stage;
use obcms_domain::attachments::size_text;
use obcms_domain::kinds::{PPA, ppa};
use obcms_domain::registry::Record;
use obcms_store::attachments::Attachment;

use super::{directory, figures, label, stage_label, state_word};
use crate::components::badges::money_text;
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head};
use crate::components::icons::icon;
use crate::components::words::{t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::PathId;
use crate::core::state::{State, blocking};
use crate::records::pages::{self, Values};

/// Letters of the digest on paper, enough to compare.
const DIGEST: usize = 16;

/// `GET /ppas/{id}/approval/sheet`.
pub(super) async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
) -> Result<Html<String>, PageError> {
    let html = blocking(|| {
        let record = state.app.get(&actor, &PPA, id.0)?;
        let approval = state.app.approval(&actor, id.0)?;
        let directory = directory(&state, &actor, &record, &approval)?;
        let zone: TimeZone = page.zone();
        let values = page.values(&directory, &zone);
        let address = format!("{}?tab=approval", PPA.url(id.0));
        let files = round_files(&state, &actor, &record, &approval)?;
        let head = PageHead {
            title: t!("Approval sheet").to_owned(),
            actions: html! {
                (button_link(t!("Back to the PPA"), &address, "arrow-left", ButtonKind::Plain))
                (button_link(t!("Download PDF"), &format!("{}/approval/sheet.pdf", PPA.url(id.0)), "download", ButtonKind::Plain))
                button.button.print-button data-kind="main" type="button" data-print { (icon("printer")) (t!("Print")) }
            },
            ..PageHead::default()
        };
        let content = html! {
            (page_head(&head))
            (sheet(&record, &approval, &files, &values))
        };
        let page = page.clone().below(PPA.plural, "/ppas").below(record.title(), &address);
        Ok::<_, AppError>(
            page.render(&t!("Approval sheet: {title}", title = record.title()), &content).into_string(),
        )
    })?;
    Ok(Html(html))
}

/// Returns the files of the round on the sheet.
pub(super) fn round_files(
    state: &State,
    actor: &Actor,
    record: &Record,
    approval: &Approval,
) -> Result<Vec<Attachment>, AppError> {
    let files = state.app.attachments(actor, record.kind, record.id)?.files;
    Ok(files
        .into_iter()
        .map(|one| one.file)
        .filter(|file| approval.round > 0 && file.round == Some(approval.round))
        .collect())
}

fn sheet(record: &Record, approval: &Approval, files: &[Attachment], values: &Values<'_>) -> Markup {
    let digest = approval.decisions.last().map_or("", |decision| decision.digest.as_str());
    html! {
        article.approval-sheet {
            header {
                h2 { (record.title()) }
                p {
                    @if approval.round > 0 {
                        (t_html!("Round {round}", round = approval.round)) @if approval.is_revision { (t!(", budget revision")) } " · "
                    }
                    (t_html!("{state} · printed {date}", state = label(approval.state.as_str()), date = values.today.strftime("%-d %B %Y")))
                }
            }
            dl.sheet-facts {
                (fact(t!("Lead organization"), &pages::value(values, record, ppa::LEAD_ORGANIZATION.name())))
                (fact(t!("Manager"), &pages::value(values, record, ppa::MANAGER.name())))
                @if let Some(person) = approval.submitted_by { (fact(t!("Submitted by"), &values.reference(person, "user"))) }
                @if let Some(at) = approval.submitted_at { (fact(t!("Submitted"), &values.instant(at))) }
                @if let Some(amount) = ppa::ENACTED_BUDGET_CENTAVOS.get(record) { (fact(t!("Enacted budget"), &html! { (money_text(amount)) })) }
                @if !approval.reason.is_empty() { (fact(t!("Reason of the revision"), &html! { (approval.reason) })) }
            }
            h3 { (t!("Figures")) }
            (figures::figures(approval, values))
            h3 { (t!("Decisions")) }
            table.figure-table data-stacks {
                caption.visually-hidden { (t!("Stages with their decisions")) }
                thead { tr {
                    th scope="col" { (t!("Stage")) } th scope="col" { (t!("Decision")) } th scope="col" { (t!("By")) }
                    th scope="col" { (t!("On")) } th scope="col" { (t!("Comment")) }
                } }
                tbody { @for stage in &approval.stages { (decision(stage, values)) } }
            }
            @if !files.is_empty() {
                h3 { (t!("Files")) }
                table.figure-table data-stacks {
                    caption.visually-hidden { (t!("Files of the round")) }
                    thead { tr {
                        th scope="col" { (t!("File")) } th scope="col" { (t!("Size")) }
                        th scope="col" { (t!("Added")) } th scope="col" { (t!("SHA-256")) }
                    } }
                    tbody { @for file in files { tr {
                        th scope="row" { (file.name) }
                        td.nowrap data-label=(t!("Size")) { (file_size(file)) }
                        td.nowrap data-label=(t!("Added")) { (file_day(file, values)) }
                        td data-label=(t!("SHA-256")) { code { (short_digest(&file.hash)) } }
                    } } }
                }
            }
            @if !digest.is_empty() {
                p.sheet-digest { (t!("Figures decided on: SHA-256")) " " code { (short_digest(digest)) } }
            }
            h3 { (t!("Signatures")) }
            div.signatures {
                @for stage in &approval.stages { (signature(stage, values)) }
            }
        }
    }
}

/// First letters of a digest.
pub(super) fn short_digest(digest: &str) -> String {
    digest.chars().take(DIGEST).collect()
}

pub(super) fn file_size(file: &Attachment) -> String {
    size_text(u64::try_from(file.size_bytes).unwrap_or_default())
}

pub(super) fn file_day(file: &Attachment, values: &Values<'_>) -> String {
    file.uploaded_at.to_zoned(values.zone.clone()).strftime("%-d %b %Y").to_string()
}

fn fact(label: &str, value: &Markup) -> Markup {
    html! { div { dt { (label) } dd { @if value.0.is_empty() { "–" } @else { (value) } } } }
}

fn decision(stage: &StageView, values: &Values<'_>) -> Markup {
    let (word, _) = state_word(&stage.state, None, values.today);
    html! {
        tr {
            th scope="row" { (stage_label(stage.stage)) }
            td data-label=(t!("Decision")) { (word) }
            @if let Some(decision) = &stage.decision {
                td data-label=(t!("By")) {
                    span {
                        @if let Some(person) = decision.decided_by { (values.reference(person, "user")) }
                        @if let Some(absent) = decision.on_behalf_of { (t_html!(" on behalf of {person}", person = values.reference(absent, "user"))) }
                        @if let Some(role) = Role::parse(&decision.role) { span.muted { ", " (role.label()) } }
                    }
                }
                td.nowrap data-label=(t!("On")) { (decision.decided_at.to_zoned(values.zone.clone()).strftime("%-d %b %Y")) }
                td data-label=(t!("Comment")) { (decision.comment) }
            } @else {
                td {} td {} td {}
            }
        }
    }
}

fn signature(stage: &StageView, values: &Values<'_>) -> Markup {
    let person = stage.decision.as_ref().and_then(|decision| decision.decided_by);
    html! {
        div.signature {
            p.signature-line { @if let Some(person) = person.and_then(|person| values.directory.get(&person)) { (person.title) } }
            p { (stage.stage.decider().label()) ", " (purpose(stage.stage)) }
            p.muted { (t!("Date:")) }
        }
    }
}

/// Purpose of a signature, in small letters.
fn purpose(stage: Stage) -> String {
    stage_label(stage).to_lowercase()
}
