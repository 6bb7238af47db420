//! Generic operations of all kinds.

pub mod files;
pub mod records;
pub mod search;

use obcms_domain::kinds;

use crate::core::route::Route;

/// Operations of all kinds.
pub fn routes() -> Vec<Route> {
    let of_kinds = kinds::REGISTRY.into_iter().flat_map(|kind| [records::routes(kind), files::routes(kind)]);
    of_kinds.chain([files::import_routes(), search::routes()]).flatten().collect()
}
