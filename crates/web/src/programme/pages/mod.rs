//! Pages of the programme.

pub mod portfolio;
pub mod ppas;
pub mod projects;
pub mod trace;
