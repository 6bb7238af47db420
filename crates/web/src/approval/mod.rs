//! Approval of budgets.

pub mod api;
pub mod pages;

use crate::core::subject::{RecordTab, Subject};

/// Everything that the subject serves.
pub(crate) static SUBJECT: Subject =
    Subject { routes: api::routes, pages: |_| pages::routes(), kinds: &[], panels: &[], tabs: &[TAB] };

const TAB: RecordTab = RecordTab { kind: "ppa", key: "approval", label: "Approval", panel: pages::panel };
