//! Closing statuses, with which open tasks and bookings of a record may be cancelled.

use crate::kinds::{BOOKING_ORIGINS, ORIGINS};
use crate::registry::shared::STATUS;
use crate::registry::{FieldType, Kind, Record};

/// Statuses that close a record.
const CLOSED: [&str; 5] = ["cancelled", "rejected", "withdrawn", "terminated", "discontinued"];

/// Returns the closing statuses of a kind to which tasks or bookings may belong; none for other kinds.
#[must_use]
pub fn closing_statuses(kind: &Kind) -> Vec<&'static str> {
    let is_origin = ORIGINS.contains(&kind.name) || BOOKING_ORIGINS.contains(&kind.name);
    if !is_origin || !kind.writable || ["task", "booking"].contains(&kind.name) {
        return Vec::new();
    }
    match kind.field("status").map(|field| &field.data) {
        Some(FieldType::Choice(choices)) => {
            choices.iter().map(|choice| choice.value).filter(|value| CLOSED.contains(value)).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the statuses of the kind that actions set; forms do not offer them.
#[must_use]
pub fn statuses_by_action(kind: &Kind) -> &'static [&'static str] {
    if kind.name == "ppa" { &["on_hold", "cancelled"] } else { &[] }
}

/// Returns true if the record has a closing status.
#[must_use]
pub fn is_closed(record: &Record) -> bool {
    closing_statuses(record.kind).contains(&STATUS.get(record))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{APPLICATION, ASSESSMENT, BOOKING, EVENT, PPA, PROJECT, TASK};

    #[test]
    fn kinds_with_tasks_and_a_status_have_closing_statuses() {
        assert_eq!(closing_statuses(&EVENT), ["cancelled"]);
        assert_eq!(closing_statuses(&PPA), ["cancelled"]);
        assert_eq!(closing_statuses(&ASSESSMENT), ["cancelled"]);
        assert_eq!(closing_statuses(&APPLICATION), ["rejected", "cancelled"]);
        for kind in [&TASK, &BOOKING, &PROJECT] {
            assert!(closing_statuses(kind).is_empty(), "{}", kind.name);
        }
    }
}
