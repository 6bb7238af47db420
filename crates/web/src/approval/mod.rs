//! Approval of budgets.

pub mod api;
pub mod pages;

use crate::core::subject::Subject;

/// Everything that the subject serves.
pub(crate) static SUBJECT: Subject =
    Subject { routes: api::routes, pages: |_| pages::routes(), kinds: &[], panels: &[] };
