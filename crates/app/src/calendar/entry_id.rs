//! The stable name of an entry: `{kind of the record}-{its id}-{kind of the entry}-{position}`.

use std::fmt;

use obcms_domain::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{DateRole, Kind};

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
}

impl fmt::Display for EntryId<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}-{}-{}", self.kind, self.record, self.entry_kind, self.position)
    }
}

impl<'a> EntryId<'a> {
    /// Takes a name apart; only the one spelling that [`fmt::Display`] gives.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (kind, rest) = text.split_once('-')?;
        let (rest, position) = rest.rsplit_once('-')?;
        let (record, entry_kind) = rest.rsplit_once('-')?;
        let parsed =
            Self { kind, record: record.parse().ok()?, entry_kind, position: position.parse().ok()? };
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
            let id = EntryId { kind, record: Id::from_parts(7, &[3; 10]), entry_kind, position: 12 };
            let text = id.to_string();
            assert_eq!(EntryId::parse(&text), Some(id), "{text}");
            assert!(id.described().is_some(), "{text}");
        }
    }

    #[test]
    fn other_spellings_name_nothing() {
        let text =
            EntryId { kind: "task", record: Id::from_parts(7, &[0xab; 10]), entry_kind: "task", position: 1 }
                .to_string();
        let upper = text.replace("ab", "AB");
        for wrong in [
            upper.as_str(),
            "task",
            "task-1-task-0",
            "",
            "----",
            &format!("{text} "),
            &text.replace("-1", "-01"),
        ] {
            assert_eq!(EntryId::parse(wrong), None, "{wrong}");
        }
    }
}
