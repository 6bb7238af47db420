//! Projects: how needs are scored, the life cycle and the approval of budgets.

pub mod actions;
pub mod milestones;

pub mod following;
pub mod life_cycle;
pub mod needs;
