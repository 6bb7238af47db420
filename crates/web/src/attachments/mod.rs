//! Files attached to records.

mod api;
mod download;
pub mod pages;
mod upload;

use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::Kind;

use crate::core::input::PathParts;
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
type FilePath = PathParts<(Id, Id)>;
