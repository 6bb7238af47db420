//! The stable name of an entry: `{kind of the record}-{its id}-{kind of the entry}-{position}`, and after that
//! `-{original local start}` for one date of a series.

use std::fmt;

use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{DateRole, Kind};

/// Length of the id of a record; places have shorter ones without hyphens.
const UUID: usize = 36;

/// Names one dated thing of one record, as `ppa-0190…-ppa_milestone-2`. Neither kind has a hyphen in it, so it can
/// be taken apart again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryId<'a> {
    /// Kind of the record.
    pub kind: &'a str,
    /// The record.
    pub record: Id,
    /// Role of the date.
    pub entry_kind: &'a str,
    /// Number within the role; 0 unless the role has several.
    pub position: i64,
    /// Original local start of one date of a series.
    pub recurrence: Option<&'a str>,
}

impl fmt::Display for EntryId<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}-{}-{}", self.kind, self.record, self.entry_kind, self.position)?;
        match self.recurrence {
            Some(recurrence) => write!(formatter, "-{recurrence}"),
            None => Ok(()),
        }
    }
}

impl<'a> EntryId<'a> {
    /// Takes a name apart; only the one spelling that [`fmt::Display`] gives.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (kind, rest) = text.split_once('-')?;
        // Hyphens are in the id of a record, and in the start of a date of a series.
        let record_end = if rest.is_char_boundary(UUID) && rest.get(UUID..=UUID) == Some("-") {
            UUID
        } else {
            rest.find('-')?
        };
        let (record, rest) = (rest.get(..record_end)?, rest.get(record_end + 1..)?);
        let (entry_kind, rest) = rest.split_once('-')?;
        let (position, recurrence) = match rest.split_once('-') {
            Some((position, recurrence)) => (position, Some(recurrence)),
            None => (rest, None),
        };
        let parsed = Self {
            kind,
            record: record.parse().ok()?,
            entry_kind,
            position: position.parse().ok()?,
            recurrence,
        };
        (parsed.to_string() == text).then_some(parsed)
    }

    /// The kind of the record and the role of the date, when there are such.
    #[must_use]
    pub fn described(&self) -> Option<(&'static Kind, &'static DateRole)> {
        let kind = kinds::by_name(self.kind)?;
        let role = kind.dates.iter().find(|role| role.entry_kind == self.entry_kind)?;
        Some((kind, role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        for (kind, entry_kind) in
            kinds::REGISTRY.iter().flat_map(|kind| kind.dates.iter().map(|role| (kind.name, role.entry_kind)))
        {
            for recurrence in [None, Some("2027-01-25T09:00:00"), Some("2027-01-25")] {
                let record = Id::from_parts(7, &[3; 10]);
                let id = EntryId { kind, record, entry_kind, position: 12, recurrence };
                let text = id.to_string();
                assert_eq!(EntryId::parse(&text), Some(id), "{text}");
                assert!(id.described().is_some(), "{text}");
            }
        }
    }

    #[test]
    fn other_spellings_name_nothing() {
        let text = EntryId {
            kind: "task",
            record: Id::from_parts(7, &[0xab; 10]),
            entry_kind: "task",
            position: 1,
            recurrence: None,
        }
        .to_string();
        let upper = text.replace("ab", "AB");
        for wrong in [
            upper.as_str(),
            "task",
            "task-1-task-0",
            "",
            "----",
            &format!("{text} "),
            &text.replace("-task-1", "-task-01"),
        ] {
            assert_eq!(EntryId::parse(wrong), None, "{wrong}");
        }
    }
}
