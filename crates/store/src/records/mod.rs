//! Records of all kinds: written together with their directory row, edges, words and dates; read by id or as a list.

pub mod changes;
pub mod idempotency;
pub mod imports;
pub mod search;

mod condition;
mod list;
mod read;
pub mod schema;
mod write;

pub use condition::Scope;
pub use list::{
    Archived, Cursor, Filter, Group, Hop, OPEN, Order, Page, Query, SortKey, conditions, count, counts,
    counts_with, groups, list,
};
pub use read::{
    Directory, Reference, default_views, exists_in_scope, in_scope, live, live_of_owner, live_sources, load,
    load_many, made_by, pointing_at, references, sources, targets, titled, titled_in_any_case,
    with_same_text,
};
pub use write::{archive, insert, update};
