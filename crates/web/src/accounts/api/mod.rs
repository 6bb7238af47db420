//! Operations on accounts.

pub mod access;
pub mod me;
