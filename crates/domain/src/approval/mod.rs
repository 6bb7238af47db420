//! Approval of the budget of a PPA: five stages, decided in rounds on frozen figures.

pub mod actions;
pub mod snapshot;
mod states;

pub use states::{Action, ApprovalError, Decider, Stage, State, apply, may_decide};
