//! JSON serializer of calendar entries.
//!
//! Most of an entry is the same for all readers and windows. It is serialized once and cached with its row; values that
//! depend on occurrence and actor are inserted at the gaps.

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::{DefaultHasher, Hasher};

use obcms_domain::core::id::Id;
use serde::Serialize;
use serde_json::Value as Json;

use super::{Entry, EntryId, Feed, Moment, address, optional};
use crate::core::AppError;

/// Serialized entry with gaps for the values that vary.
#[derive(Debug)]
pub struct SerializedEntry {
    text: Box<[u8]>,
    /// Positions in the text at which values are inserted, ascending.
    gaps: Box<[(u32, Gap)]>,
    /// Hash of the text.
    digest: u64,
}

/// Value inserted into a serialized entry.
#[derive(Clone, Copy, Debug)]
enum Gap {
    /// End of the entry id: the recurrence id.
    Name,
    /// Start.
    Start,
    /// End.
    End,
    /// End of the page address: the recurrence id.
    Address,
    /// True if the actor may move the entry.
    Editable,
    /// Recurrence id.
    Recurrence,
}

#[derive(Serialize)]
struct Source<'a> {
    kind: &'a str,
    id: Id,
}

#[derive(Serialize)]
struct Person<'a> {
    id: Id,
    name: &'a str,
}

/// Builder of a JSON object.
struct Members {
    text: Vec<u8>,
    gaps: Vec<(u32, Gap)>,
    /// True if the entry belongs to a series, so that the recurrence gaps are used.
    is_series: bool,
}

impl Members {
    fn name(&mut self, name: &str) {
        self.text.push(if self.text.is_empty() { b'{' } else { b',' });
        self.text.push(b'"');
        self.text.extend_from_slice(name.as_bytes());
        self.text.extend_from_slice(b"\":");
    }

    fn member(&mut self, name: &str, value: &impl Serialize) -> serde_json::Result<()> {
        self.name(name);
        serde_json::to_writer(&mut self.text, value)
    }

    fn gap(&mut self, gap: Gap) {
        // An entry is far smaller than 4 GB.
        self.gaps.push((u32::try_from(self.text.len()).unwrap_or(u32::MAX), gap));
    }

    /// Writes a text that needs no JSON escapes and whose end differs for each occurrence.
    fn begun(&mut self, name: &str, begin: &impl Display, gap: Gap) -> serde_json::Result<()> {
        self.member(name, &begin.to_string())?;
        if self.is_series {
            self.text.pop();
            self.gap(gap);
            self.text.push(b'"');
        }
        Ok(())
    }
}

impl SerializedEntry {
    /// Serializes what all occurrences of an entry share. For a single entry that is all but the rights of the actor.
    fn of(entry: &Entry, names: &HashMap<Id, String>) -> serde_json::Result<Self> {
        let row = &entry.row;
        let is_series = row.cached.row.series.is_some() || !row.recurrence_id.is_empty();
        let mut members = Members { text: Vec::with_capacity(640), gaps: Vec::with_capacity(6), is_series };
        let alone = EntryId { recurrence: None, ..entry.id() };
        members.begun("id", &alone, Gap::Name)?;
        members.member("title", &&*row.title)?;
        if is_series {
            members.name("start");
            members.gap(Gap::Start);
            members.name("end");
            members.gap(Gap::End);
        } else {
            members.member("start", &entry.start().to_string())?;
            members.member("end", &entry.end().to_string())?;
        }
        members.member("all_day", &row.all_day)?;
        members.member("module", &entry.module().key())?;
        members.member("kind", &row.entry_kind)?;
        members.member("status", &optional(&row.status))?;
        members.member("priority", &optional(&row.priority))?;
        members.member("color", &entry.module().color())?;
        members.begun("url", &address(row.kind, row.record_id, ""), Gap::Address)?;
        members.name("editable");
        members.gap(Gap::Editable);
        members.member("source", &Source { kind: row.kind.name, id: row.record_id })?;
        if is_series {
            members.name("recurrence_id");
            members.gap(Gap::Recurrence);
        } else {
            members.member("recurrence_id", &None::<&str>)?;
        }
        members.member("location", &optional(&row.location))?;
        let people: Vec<Person<'_>> =
            row.people.iter().filter_map(|id| Some(Person { id: *id, name: names.get(id)? })).collect();
        members.member("people", &people)?;
        if !entry.resources().is_empty() {
            members.member("resources", &entry.resources())?;
        }
        members.text.push(b'}');
        let digest = digest(&members.text);
        Ok(Self { text: members.text.into(), gaps: members.gaps.into(), digest })
    }

    fn write(&self, entry: &Entry, out: &mut Vec<u8>) {
        let recurrence = &*entry.row.recurrence_id;
        let mut done = 0;
        for (position, gap) in &self.gaps {
            let position = *position as usize;
            out.extend_from_slice(&self.text[done..position]);
            done = position;
            let mut put = |pieces: [&str; 3]| {
                pieces.into_iter().for_each(|piece| out.extend_from_slice(piece.as_bytes()));
            };
            match gap {
                // A whole series has no recurrence id.
                Gap::Name | Gap::Address if recurrence.is_empty() => {}
                Gap::Recurrence if recurrence.is_empty() => put(["null", "", ""]),
                Gap::Name => put(["-", recurrence, ""]),
                Gap::Address => put(["?occurrence=", recurrence, ""]),
                Gap::Recurrence => put(["\"", recurrence, "\""]),
                Gap::Start => write_moment(entry.start(), out),
                Gap::End => write_moment(entry.end(), out),
                Gap::Editable => put([if entry.editable { "true" } else { "false" }, "", ""]),
            }
        }
        out.extend_from_slice(&self.text[done..]);
    }
}

/// Returns a hash of a text, the same in every process of this version.
pub(crate) fn digest(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text);
    hasher.finish()
}

/// Writes a quoted moment, in the usual cases digit by digit. A month with many series has thousands of moments, and
/// the general formatter would take most of the time.
fn write_moment(moment: Moment, out: &mut Vec<u8>) {
    let (local, offset) = match moment {
        Moment::Day(day) => (day.at(0, 0, 0, 0), None),
        Moment::Instant(instant, offset) => (offset.to_datetime(instant), Some(offset)),
    };
    let has_whole_minutes = offset.is_none_or(|offset| offset.seconds() % 60 == 0);
    if !(0..=9999).contains(&local.year()) || local.subsec_nanosecond() != 0 || !has_whole_minutes {
        out.extend_from_slice(format!("\"{moment}\"").as_bytes());
        return;
    }
    let digit = |number: i32| b'0' + u8::try_from(number % 10).unwrap_or_default();
    let number = |number: i8| i32::from(number);
    let year = i32::from(local.year());
    out.extend_from_slice(&[b'"', digit(year / 1000), digit(year / 100), digit(year / 10), digit(year)]);
    let mut pair = |before: u8, number: i32| {
        out.extend_from_slice(&[before, digit(number / 10), digit(number)]);
    };
    pair(b'-', number(local.month()));
    pair(b'-', number(local.day()));
    if let Some(offset) = offset {
        pair(b'T', number(local.hour()));
        pair(b':', number(local.minute()));
        pair(b':', number(local.second()));
        let minutes = offset.seconds() / 60;
        pair(if minutes < 0 { b'-' } else { b'+' }, minutes.abs() / 60);
        pair(b':', minutes.abs() % 60);
    }
    out.push(b'"');
}

impl Feed {
    /// Returns a hash of the entries for the entity tag. It uses the cached hash of each
    /// entry instead of serializing all.
    pub fn digest(&self) -> Result<u64, AppError> {
        let mut hasher = DefaultHasher::new();
        for entry in &self.entries {
            self.with_serialized(entry, |serialized| {
                hasher.write_u64(serialized.digest);
                hasher.write_u8(entry.editable.into());
                if serialized.gaps.len() > 1 {
                    hasher.write_i64(entry.row.start.as_microsecond());
                    hasher.write_i64(entry.row.end.as_microsecond());
                    hasher.write(entry.row.recurrence_id.as_bytes());
                }
            })?;
        }
        Ok(hasher.finish())
    }

    /// Writes one entry as JSON.
    pub fn write_entry(&self, entry: &Entry, out: &mut Vec<u8>) -> Result<(), AppError> {
        self.with_serialized(entry, |serialized| serialized.write(entry, out))
    }

    fn with_serialized<T>(
        &self,
        entry: &Entry,
        act: impl FnOnce(&SerializedEntry) -> T,
    ) -> Result<T, AppError> {
        let serialized =
            || SerializedEntry::of(entry, &self.names).map_err(|error| AppError::Internal(error.to_string()));
        let Some(cached) = entry.common() else {
            return Ok(act(&serialized()?));
        };
        Ok(act(match cached.serialized.get() {
            Some(serialized) => serialized,
            None => {
                let serialized = serialized()?;
                cached.serialized.get_or_init(|| serialized)
            }
        }))
    }

    /// Returns one entry as a JSON value, for responses that add members.
    pub fn value(&self, entry: &Entry) -> Result<Json, AppError> {
        let mut out = Vec::new();
        self.write_entry(entry, &mut out)?;
        serde_json::from_slice(&out).map_err(|error| AppError::Internal(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn written_moments_match_their_display(
            seconds in -62_000_000_000_i64..250_000_000_000,
            nanoseconds in prop_oneof![9 => Just(0), 1 => 1..1_000_000_000_i32],
            zone in prop_oneof!["Asia/Manila", "America/St_Johns", "Africa/Monrovia", "UTC"],
        ) {
            let instant = Timestamp::new(seconds, nanoseconds).unwrap();
            let zone = TimeZone::get(&zone).unwrap();
            for moment in [
                Moment::Instant(instant, zone.to_offset(instant)),
                Moment::Day(zone.to_datetime(instant).date()),
            ] {
                let mut out = Vec::new();
                write_moment(moment, &mut out);
                prop_assert_eq!(String::from_utf8(out).unwrap(), format!("\"{moment}\""));
            }
        }
    }
}
