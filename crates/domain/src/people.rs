//! People: the roles they hold, what each role may do, and the rules for names, passwords and lockouts.

pub mod lockout;
pub mod password;
pub mod policy;
pub mod preferences;
mod role;
pub mod username;

pub use policy::{Action, Area, Grant, Relation, allows, matrix_markdown, relations_needed, table, who_can};
pub use role::Role;
