//! Calendar, its entries and free times.

pub mod api;
pub mod components;
pub mod pages;

use crate::core::subject::Subject;

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject =
    Subject { routes: api::routes, pages: |_| pages::routes(), kinds: &[], panels: &[], tabs: &[] };
