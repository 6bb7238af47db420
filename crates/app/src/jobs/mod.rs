//! Jobs: work that is done beside the requests, some time after it was asked for.
//!
//! A command asks for a job with [`UnitOfWork::enqueue`](crate::core::UnitOfWork::enqueue), in its own transaction: it is kept with the
//! rest of the command or not at all. Every serving process has a [`Runner`] whose threads claim what is due. A handler
//! may be run more than once for one job (its process may die just before it says so), so it must not mind.
//!
//! To add a kind of job: write its [`Handler`] beside its subject and list it in [`HANDLERS`](crate::HANDLERS). What has a schedule is planted when a runner
//! starts.

mod overview;
mod runner;
mod running;

pub use crate::core::job::{Enqueue, Handler, JobError, Outcome};
pub use obcms_store::jobs::{Filter, Job, RunnerRow};
pub use overview::{ALIVE, Health, LATE};
pub use runner::Runner;
pub use running::{plant, run_next};
