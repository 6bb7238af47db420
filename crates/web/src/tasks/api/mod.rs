//! Operations on tasks and templates.

pub mod tasks;
pub mod templates;
