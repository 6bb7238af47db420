//! Sign-in, sessions, tokens, users and their rights.

pub mod api;
pub mod pages;
