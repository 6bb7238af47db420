//! Approval of budgets: rounds, decisions, locked figures, ceilings and the queue.

pub mod ceilings;
mod locks;
mod queue;
pub(crate) mod rules;
mod steps;
mod view;

pub use queue::QueueItem;
pub use steps::{ApprovalStep, take_step};
