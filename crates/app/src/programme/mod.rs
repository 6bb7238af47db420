//! The programme of the office: communities, needs, projects, PPAs, services and policies.

pub(crate) mod applications;
pub(crate) mod choices;
pub(crate) mod communities;
pub(crate) mod needs;
pub(crate) mod policies;
pub mod portfolio;
pub(crate) mod ppas;
pub(crate) mod project_rules;
pub mod projects;
pub mod trace;
