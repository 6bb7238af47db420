//! Rules of records of any kind: input, search words, and the statuses that close a record.

pub mod closing;
pub mod input;
pub mod search;
