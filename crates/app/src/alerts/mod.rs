//! Alerts: raised and resolved by the write that causes them or by a job, acknowledged and snoozed by people.

mod counts;
mod evaluation;
mod job;
mod steps;
mod watching;

pub use evaluation::Evaluated;
pub(crate) use evaluation::settle;
pub use job::{HANDLER, check};
pub use steps::{AlertStep, ManyAlerts, TaskOfAlert, make_task, take};
pub(crate) use watching::note;
