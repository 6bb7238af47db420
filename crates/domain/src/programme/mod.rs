//! Projects: scores of needs, life cycle, milestones and derived states.

pub mod actions;
pub mod budget_cycle;
pub mod milestones;

pub mod following;
pub mod life_cycle;
pub mod needs;
