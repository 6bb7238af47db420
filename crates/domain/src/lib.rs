//! The rules of obcms: what the office's things are, who may do what, and how states change. No I/O, no clock.

pub mod choices;
pub mod people;
pub mod places;
pub mod projects;
pub mod seeds;
pub mod tasks;
