//! Initial data of an installation, besides task templates and places.

pub mod organizations;
pub mod teams;
