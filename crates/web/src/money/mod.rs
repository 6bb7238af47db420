//! Ledger of PPAs.

pub mod api;

use crate::core::subject::Subject;

/// Everything that the subject serves.
pub(crate) static SUBJECT: Subject =
    Subject { routes: api::routes, pages: |_| Vec::new(), kinds: &[], panels: &[] };
