//! Portfolio, projects, budget cycles, and the chain around a record.

pub mod budget_cycle;
pub mod portfolio;
pub mod project_board;
pub mod projects;
pub mod trace;
