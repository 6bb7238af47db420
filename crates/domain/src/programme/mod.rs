//! Projects: how needs are scored, the life cycle, the approval of budgets, and sums of money.

pub mod actions;
pub mod milestones;

pub mod approval;
pub mod following;
pub mod life_cycle;
pub mod money;
pub mod needs;
