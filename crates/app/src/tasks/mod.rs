//! Tasks: board, today page, occurrences, transitions, and generation from templates.

pub mod board;
pub mod bulk;
pub mod dependencies;
pub mod gantt;
pub mod generation;
pub mod occurrences;
mod of_record;
pub(crate) mod progress;
pub mod quick;
mod repeating;
pub mod reschedule;
pub(crate) mod rules;
pub mod show_occurrences;
pub mod today;
pub mod transitions;

pub use rules::derived as task_facts;
