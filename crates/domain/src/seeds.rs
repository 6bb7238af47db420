//! What a new installation begins with, besides the task templates and the places.

pub mod organizations;
pub mod teams;
