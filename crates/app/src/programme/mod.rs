//! The programme of the office: communities, needs, projects, PPAs and their budget cycle, services and policies.

pub mod analytics;
pub mod answers;
pub(crate) mod applications;
pub mod budget_cycle;
pub(crate) mod choices;
pub(crate) mod communities;
pub mod completion;
pub(crate) mod following;
pub(crate) mod goals;
mod groups;
mod health;
pub(crate) mod needs;
pub(crate) mod policies;
pub mod portfolio;
pub(crate) mod portfolio_links;
pub mod ppa_files;
pub mod ppa_status;
pub(crate) mod ppas;
pub mod project_board;
pub(crate) mod project_rules;
pub mod project_state;
pub mod projects;
pub(crate) mod stage_tasks;
pub mod trace;
pub mod trend;
