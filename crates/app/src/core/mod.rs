//! Base of all commands and queries: program state, transactions, actors, errors, rules and jobs.
//!
//! It knows no subject. What a kind does beyond its description is a row of `rules::Rules`, and what follows from a
//! write is given as `rules::Effects`; the root of the crate provides both.

pub mod actor;
mod application;
pub(crate) mod cache;
pub mod clock;
mod error;
pub mod hashing;
pub mod job;
pub(crate) mod password_hash;
pub mod rules;
pub mod security;
pub mod unit_of_work;

pub use actor::{Actor, CacheKey, Credential, Visibility};
pub(crate) use application::Program;
pub use application::{App, Options};
pub use clock::{Clock, Entropy, FixedClock, ShiftedClock, SystemClock};
pub use error::AppError;
pub use password_hash::PasswordCost;
pub use unit_of_work::{UnitOfWork, from_log};
