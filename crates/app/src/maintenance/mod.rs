//! Nightly jobs that belong to no subject.

pub(crate) mod cleaning;
pub(crate) mod statistics;
