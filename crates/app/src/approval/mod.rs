//! Approval of budgets: rounds, decisions, locked figures, ceilings and the queue.

pub mod ceilings;
pub mod locks;
pub(crate) mod queue;
pub(crate) mod rules;
mod steps;
mod view;

pub use queue::{BulkOutcome, QueueItem, require_state};
pub use steps::{ApprovalStep, take_step};
pub(crate) use view::running_round;
pub use view::{Approval, DecisionView, StageView};
