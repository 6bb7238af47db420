//! Files attached to records.

mod api;
mod download;
pub mod pages;
mod upload;

use axum::extract::FromRequestParts;
use axum::extract::RawPathParams;
use axum::http::StatusCode;
use axum::http::request::Parts;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::Kind;

use crate::core::problem::Problem;
use crate::core::subject::{Column, RecordTab, Subject};

/// Routes, pages and panels of the subject.
pub(crate) static SUBJECT: Subject = Subject {
    routes: api::routes,
    pages: |_| pages::routes(),
    kinds: &[],
    panels: &[(Column::Wide, pages::panel)],
    tabs: &[TAB],
};

const TAB: RecordTab = RecordTab { kind: "ppa", key: "files", label: "Files", panel: pages::tab };

/// Kinds to whose records files can be attached.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    kinds::REGISTRY.into_iter().filter(|kind| kind.has_attachments)
}

/// Returns the address of the files of a record in the API.
fn address(kind: &Kind, record: Id) -> String {
    format!("/api/v1/{}/{record}/files", kind.collection)
}

/// Ids of a record and of one of its files in an address.
#[derive(Clone, Copy, Debug)]
struct FilePath {
    record: Id,
    file: Id,
}

impl<S: Send + Sync> FromRequestParts<S> for FilePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let missing = || Problem::new(StatusCode::NOT_FOUND, "Nothing found at this address.");
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let id = |wanted: &str| {
            let text = path.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
            text.and_then(|text| text.parse().ok()).ok_or_else(missing)
        };
        Ok(Self { record: id("id")?, file: id("file")? })
    }
}
