//! Stable id of a calendar entry: `{kind of the record}-{its id}-{kind of the entry}-{position}`, followed by
//! `-{recurrence id}` for an occurrence of a series.

use std::fmt;

use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{DateRole, Kind};

/// Length of a record id. Place ids are shorter and have no hyphens.
const UUID: usize = 36;

/// Id of one entry of one record, such as `ppa-0190…-ppa_milestone-2`. No kind contains a
/// hyphen, so the id can be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryId<'a> {
    /// Kind of the record.
    pub kind: &'a str,
    /// Id of the record.
    pub record: Id,
    /// Kind of the entry.
    pub entry_kind: &'a str,
    /// Number within the kind of entry; 0 if a record has only one.
    pub position: i64,
    /// Recurrence id of an occurrence.
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
    /// Parses an id. Only the spelling that [`fmt::Display`] writes is accepted.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (kind, rest) = text.split_once('-')?;
        // Record ids and recurrence ids also contain hyphens.
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

    /// Returns the kind of the record and the date role, if both exist.
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
    fn entry_id_round_trips() {
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
    fn other_spellings_are_rejected() {
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
