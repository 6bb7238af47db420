//! Jobs: work that runs in the background, some time after it was requested.
//!
//! A command enqueues a job with [`UnitOfWork::enqueue`](crate::core::UnitOfWork::enqueue) in its own transaction: it
//! is committed with the rest of the command or not at all. Every serving process has a [`Runner`] whose threads claim
//! due jobs. A handler may run more than once for one job (its process may die just before it records the result), so
//! it must be idempotent.
//!
//! To add a kind of job, write its [`Handler`] beside its subject and list it in [`HANDLERS`](crate::HANDLERS).
//! Scheduled jobs are inserted when a runner starts.

mod overview;
mod runner;
mod running;

pub use crate::core::job::{Enqueue, Handler, JobError, Outcome};
pub use obcms_store::jobs::{Filter, Job, RunnerRow};
pub use overview::{ALIVE, Health, LATE};
pub use runner::Runner;
pub use running::{insert_scheduled_jobs, run_next};
