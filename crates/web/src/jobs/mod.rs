//! Jobs and their runs.

pub mod api;
pub mod pages;

use crate::core::subject::Subject;

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject =
    Subject { routes: api::routes, pages: |_| pages::routes(), kinds: &[], panels: &[], tabs: &[] };
