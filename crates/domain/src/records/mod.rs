//! Rules of records of any kind: search words, and the statuses that close a record.

pub mod closing;
pub mod search;
