//! Accounts: roles, policy table, and rules for names, passwords and lockouts.

pub mod actions;
pub mod lockout;
pub mod password;
pub mod policy;
pub mod preferences;
mod role;
pub mod username;

pub use crate::registry::{Area, FieldGroup};
pub use policy::{
    Action, Grant, Relation, allows, allows_field, matrix_markdown, relations_needed, relations_to_write,
    table, who_can, who_can_always, who_can_write,
};
pub use role::Role;
