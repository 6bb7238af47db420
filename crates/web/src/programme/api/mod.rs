//! Operations on the programme.

pub mod portfolio;
pub mod projects;
pub mod trace;
