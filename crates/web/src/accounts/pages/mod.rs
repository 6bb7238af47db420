//! Pages of accounts.

pub mod me;
pub mod preferences;
pub mod sign_in;
pub mod users;
