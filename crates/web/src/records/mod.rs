//! Generic operations and pages, derived from the descriptions of kinds.

pub mod api;
pub mod pages;

use obcms_app::Actor;
use obcms_domain::accounts::{Action, Relation, allows};
use obcms_domain::registry::Kind;

use crate::components::words::lower;
use crate::core::subject::Subject;

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject =
    Subject { routes: api::routes, pages: pages::routes, kinds: &[], panels: &[], tabs: &[] };

/// Returns true if the person may create records of this kind, or at least requests.
#[must_use]
pub fn may_create(actor: &Actor, kind: &Kind) -> bool {
    let has_requests = kind.all_requests || kind.request.is_some();
    let request: &[Relation] = match (has_requests, actor.concerns.is_empty()) {
        (false, _) => &[Relation::None],
        // A person without organization or community has none to request for.
        (true, true) => &[Relation::None, Relation::Request],
        (true, false) => &[Relation::None, Relation::Request, Relation::OwnRequest],
    };
    kind.writable && allows(&actor.roles, Action::Create, kind.area, request)
}

/// Returns the plural in lower case within a sentence.
#[must_use]
pub fn plural(kind: &Kind) -> String {
    lower(kind.plural)
}
