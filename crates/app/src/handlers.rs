//! List of all job handlers.

use crate::core::job::Handler;
use crate::{alerts, attachments, exchange, holidays, maintenance, programme, records, reports, tasks};

/// Handlers of every kind of job of the program.
pub static HANDLERS: &[Handler] = &[
    maintenance::cleaning::HANDLER,
    attachments::cleaning::HANDLER,
    exchange::subscriptions::HANDLER,
    holidays::HANDLER,
    records::transfer::UNFINISHED_IMPORTS,
    tasks::show_occurrences::HANDLER,
    programme::following::HANDLER,
    alerts::HANDLER,
    reports::REPORT_JOB,
    reports::SCHEDULE_JOB,
    maintenance::statistics::HANDLER,
];

/// Returns the handler of a kind of job.
#[must_use]
pub fn handler(kind: &str) -> Option<&'static Handler> {
    HANDLERS.iter().find(|handler| handler.kind == kind)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use obcms_domain::jobs::next_run;

    use super::*;

    #[test]
    fn kinds_are_unique_and_schedules_parse() {
        let mut seen = HashSet::new();
        for handler in HANDLERS {
            assert!(seen.insert(handler.kind), "{} twice", handler.kind);
            assert!(!handler.label.is_empty() && handler.description.ends_with('.'), "{}", handler.kind);
            if !handler.schedule.is_empty() {
                next_run(handler.schedule, Timestamp::UNIX_EPOCH, &TimeZone::UTC).unwrap();
            }
        }
    }
}
