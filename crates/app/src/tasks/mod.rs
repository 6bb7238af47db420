//! Tasks: board, today page, occurrences, transitions, and generation from templates.

pub mod board;
pub mod bulk;
pub(crate) mod completion;
pub mod dependencies;
pub mod due_dates;
pub mod gantt;
pub mod generation;
pub mod occurrences;
mod of_record;
pub(crate) mod progress;
pub mod quick;
mod repeating;
pub mod reporting;
pub mod reschedule;
pub(crate) mod rules;
pub mod show_occurrences;
mod template_bookings;
pub mod template_files;
pub mod template_preview;
pub(crate) mod template_rules;
pub mod today;
pub mod transitions;
pub mod workload;

pub use rules::Facts;
