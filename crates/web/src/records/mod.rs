//! Generic operations and pages, derived from the descriptions of kinds.

pub mod api;
pub mod pages;

use obcms_app::Actor;
use obcms_domain::accounts::{Action, Relation, allows};
use obcms_domain::registry::{Concern, Kind};

use crate::components::words::lower;
use crate::core::subject::Subject;

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject =
    Subject { routes: api::routes, pages: pages::routes, kinds: &[], panels: &[], tabs: &[] };

/// Returns true if the person may create records of this kind, or at least requests.
#[must_use]
pub fn may_create(actor: &Actor, kind: &'static Kind) -> bool {
    let has_requests = kind.all_requests || kind.request.is_some();
    let request: &[Relation] =
        if has_requests { &[Relation::None, Relation::Request] } else { &[Relation::None] };
    let may = allows(&actor.roles, Action::Create, kind.area, request);
    // A person without an organization or community that the kind can name has none to request for.
    let may_for_own = || {
        has_requests && actor.creates_only_own(kind) && (names_own(actor, kind) || reaches_own(actor, kind))
    };
    kind.writable && (may || may_for_own())
}

fn names_own(actor: &Actor, kind: &'static Kind) -> bool {
    !actor.own_targets(kind).is_empty()
}

/// Returns true if records of the kind can be for the own organization through another record, such as a PPA.
fn reaches_own(actor: &Actor, kind: &Kind) -> bool {
    !actor.concerns.is_empty() && kind.concerns.iter().any(|concern| matches!(concern, Concern::Through(..)))
}

/// Returns the plural in lower case within a sentence.
#[must_use]
pub fn plural(kind: &Kind) -> String {
    lower(kind.plural)
}
