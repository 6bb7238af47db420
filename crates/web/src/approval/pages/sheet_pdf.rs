//! Approval sheet as a PDF file, with the content of the page.

use axum::extract::State as AxumState;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use obcms_app::AppError;
use obcms_app::approval::{Approval, StageView};
use obcms_domain::accounts::Role;
use obcms_domain::approval::{State as ApprovalState, snapshot};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, ppa};
use obcms_domain::registry::{Record, output};
use obcms_pdf::{Block, Column, Document, Signature, Table};
use obcms_store::attachments::Attachment;
use serde_json::{Map, Value as Json};

use super::sheet::{file_day, file_size, round_files, short_digest};
use super::{directory, label, stage_label, state_word};
use crate::components::assets;
use crate::components::badges::money_text;
use crate::components::words::t;
use crate::core::errors::PageError;
use crate::core::frame::SignedIn;
use crate::core::input::PathId;
use crate::core::state::{State, blocking};
use crate::records::pages::Values;

/// `GET /ppas/{id}/approval/sheet.pdf`.
pub(super) async fn download(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
) -> Result<Response, PageError> {
    let (bytes, round) = blocking(|| {
        let record = state.app.get(&actor, &PPA, id.0)?;
        let approval = state.app.approval(&actor, id.0)?;
        let directory = directory(&state, &actor, &record, &approval)?;
        let zone: TimeZone = page.zone();
        let files = round_files(&state, &actor, &record, &approval)?;
        let document = document(&record, &approval, &files, &page.values(&directory, &zone));
        let bytes = obcms_pdf::render(&document, assets::fonts())
            .map_err(|error| AppError::Internal(error.to_string()))?;
        Ok::<_, AppError>((bytes, approval.round))
    })?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    let name = format!("attachment; filename=\"approval-sheet-{}-round-{round}.pdf\"", id.0);
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

fn document(record: &Record, approval: &Approval, files: &[Attachment], values: &Values<'_>) -> Document {
    let printed = values.today.strftime("%-d %B %Y").to_string();
    let mut state = String::new();
    if approval.round > 0 {
        state.push_str(&t!("Round {round}", round = approval.round));
        state.push_str(if approval.is_revision { t!(", budget revision") } else { "" });
        state.push_str(" · ");
    }
    state.push_str(&t!("{state} · printed {date}", state = label(approval.state.as_str()), date = printed));
    let mut blocks = vec![
        Block::Title(record.title().to_owned()),
        Block::Note(state),
        Block::Facts(facts(record, approval, values)),
        Block::Heading(t!("Figures").to_owned()),
        Block::Table(figures(approval, values)),
        Block::Heading(t!("Decisions").to_owned()),
        Block::Table(decisions(approval, values)),
    ];
    if !files.is_empty() {
        blocks.push(Block::Heading(t!("Files").to_owned()));
        blocks.push(Block::Table(file_table(files, values)));
    }
    if let Some(decision) = approval.decisions.last() {
        blocks.push(Block::Note(t!("Figures decided on: SHA-256 {digest}", digest = decision.digest)));
    }
    blocks.push(Block::Heading(t!("Signatures").to_owned()));
    blocks.push(Block::Signatures(approval.stages.iter().map(|stage| signature(stage, values)).collect()));
    Document {
        header: String::new(),
        logo: None,
        is_landscape: false,
        title: t!("Approval sheet: {title}", title = record.title()),
        language: "en".to_owned(),
        footer: t!("Approval sheet: {title}", title = record.title()),
        page_number: t!("Page {page} of {pages}", page = "{page}", pages = "{pages}"),
        blocks,
    }
}

fn name(values: &Values<'_>, person: Option<Id>) -> String {
    let found = person.and_then(|person| values.directory.get(&person));
    found.map_or_else(String::new, |person| person.title.clone())
}

fn facts(record: &Record, approval: &Approval, values: &Values<'_>) -> Vec<(String, String)> {
    let field = |name: &str| match (PPA.field(name), PPA.position(name)) {
        (Some(field), Some(position)) => values.text(field, &output::plain(field, &record.values[position])),
        _ => String::new(),
    };
    let mut facts = vec![
        (t!("Lead organization").to_owned(), field(ppa::LEAD_ORGANIZATION.name())),
        (t!("Manager").to_owned(), field(ppa::MANAGER.name())),
        (t!("Submitted by").to_owned(), name(values, approval.submitted_by)),
    ];
    if let Some(at) = approval.submitted_at {
        facts.push((t!("Submitted").to_owned(), values.instant_text(at)));
    }
    if let Some(amount) = ppa::ENACTED_BUDGET_CENTAVOS.get(record) {
        facts.push((t!("Enacted budget").to_owned(), money_text(amount)));
    }
    if !approval.reason.is_empty() {
        facts.push((t!("Reason of the revision").to_owned(), approval.reason.clone()));
    }
    facts.into_iter().map(|(label, value)| (label, or_dash(value))).collect()
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "–".to_owned() } else { text }
}

fn column(heading: &str, share: f32, is_right: bool) -> Column {
    Column { heading: heading.to_owned(), share, is_right }
}

/// Table of the figures: those in force beside those of the round, during a revision.
fn figures(approval: &Approval, values: &Values<'_>) -> Table {
    let enacted = approval.enacted.as_ref().filter(|_| approval.state != ApprovalState::Enacted);
    let heading = match approval.state {
        ApprovalState::Enacted => t!("In force"),
        ApprovalState::Draft => t!("Proposed"),
        _ => t!("This round"),
    };
    let mut columns = vec![column(t!("Figure"), 1.0, false)];
    columns.extend(enacted.map(|_| column(t!("Enacted"), 1.5, true)));
    columns.push(column(heading, 1.5, true));
    let fields = snapshot::LOCKED.iter().filter_map(|name| Some((*name, PPA.field(name)?)));
    let rows = fields.map(|(name, field)| {
        let text = |figures: &Map<String, Json>| {
            or_dash(values.text(field, figures.get(name).unwrap_or(&Json::Null)))
        };
        let mut row = vec![field.label.to_owned()];
        row.extend(enacted.map(text));
        row.push(text(&approval.snapshot));
        row
    });
    Table {
        summary: t!("Figures of the approval").to_owned(),
        rows: rows.collect(),
        columns,
        has_total: false,
        is_small: false,
    }
}

fn decisions(approval: &Approval, values: &Values<'_>) -> Table {
    let columns = vec![
        column(t!("Stage"), 1.3, false),
        column(t!("Decision"), 0.9, false),
        column(t!("By"), 1.6, false),
        column(t!("On"), 0.9, false),
        column(t!("Comment"), 2.0, false),
    ];
    let rows = approval.stages.iter().map(|stage| {
        let (word, _) = state_word(&stage.state, None, values.today);
        let mut row = vec![stage_label(stage.stage).to_owned(), word.to_owned()];
        match &stage.decision {
            Some(decision) => {
                let mut by = name(values, decision.decided_by);
                if decision.on_behalf_of.is_some() {
                    by.push(' ');
                    by.push_str(&t!("on behalf of {person}", person = name(values, decision.on_behalf_of)));
                }
                if let Some(role) = Role::parse(&decision.role) {
                    by.push_str(", ");
                    by.push_str(&role.label().to_lowercase());
                }
                let on = decision.decided_at.to_zoned(values.zone.clone());
                row.extend([by, on.strftime("%-d %b %Y").to_string(), decision.comment.clone()]);
            }
            None => row.extend([String::new(), String::new(), String::new()]),
        }
        row
    });
    Table {
        summary: t!("Stages with their decisions").to_owned(),
        rows: rows.collect(),
        columns,
        has_total: false,
        is_small: false,
    }
}

/// Table of the files of the round.
fn file_table(files: &[Attachment], values: &Values<'_>) -> Table {
    let columns = vec![
        column(t!("File"), 2.5, false),
        column(t!("Size"), 0.8, true),
        column(t!("Added"), 0.9, false),
        column(t!("SHA-256"), 1.4, false),
    ];
    let rows = files
        .iter()
        .map(|file| {
            vec![file.name.clone(), file_size(file), file_day(file, values), short_digest(&file.hash)]
        })
        .collect();
    Table { summary: t!("Files of the round").to_owned(), columns, rows, has_total: false, is_small: false }
}

fn signature(stage: &StageView, values: &Values<'_>) -> Signature {
    let person = stage.decision.as_ref().and_then(|decision| decision.decided_by);
    Signature {
        name: name(values, person),
        caption: format!("{}, {}", stage.stage.decider().label(), stage_label(stage.stage).to_lowercase()),
        note: t!("Date:").to_owned(),
    }
}
