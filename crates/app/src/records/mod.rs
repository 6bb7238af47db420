//! Records of any kind: commands, lists, search, history, undo, import and export, field rights and representation.
//!
//! Rules of single kinds come from the table of rules.

pub mod closing;
mod commands;
pub mod field_rights;
pub mod history;
pub mod lists;
pub(crate) mod references;
pub(crate) mod representation;
pub mod reservation;
pub(crate) mod saved_views;
pub mod search;
pub mod transfer;
pub mod undo;

pub use crate::core::rules::Input;
pub use commands::{
    archive, check, create, reload, require_create, require_live, require_version, require_write, restore,
    update,
};
pub(crate) use commands::{errors_of_new, require_free, source_label};
