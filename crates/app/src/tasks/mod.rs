//! Tasks: board, today page, occurrences, transitions, and generation from templates.

pub mod board;
pub mod dependencies;
pub mod due_dates;
pub mod generation;
pub mod occurrences;
mod of_record;
pub(crate) mod progress;
pub(crate) mod rules;
pub mod show_occurrences;
pub(crate) mod template_rules;
pub mod today;
pub mod transitions;

pub use rules::derived as task_facts;
