//! Approval of budgets: rounds, decisions, locked figures, ceilings and the queue.

mod assigning;
pub(crate) mod authority;
pub(crate) mod ceiling_use;
pub mod ceilings;
pub mod locks;
pub(crate) mod queue;
pub(crate) mod rules;
mod steps;
mod view;

pub use assigning::add_comment;
pub use ceiling_use::{CeilingBalance, CeilingPage, CeilingShare};
pub use queue::{BulkApproval, BulkOutcome, QueueItem, queue_table};
pub use steps::{ApprovalStep, take_step};
pub(crate) use view::running_round;
pub use view::{Approval, DecisionView, RoundView, StageView, comment_json};
