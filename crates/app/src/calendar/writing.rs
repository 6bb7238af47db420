//! Entries on their way out as JSON.
//!
//! Most of an entry is the same for everybody and in every window, so it is written once and kept with its row; what
//! differs by date and by asker is put into its places.

use std::collections::HashMap;
use std::fmt::Display;
use std::io::Write;

use obcms_domain::id::Id;
use serde::Serialize;
use serde_json::Value as Json;

use super::kept::Kept;
use super::{Entry, EntryId, Feed, address, optional};
use crate::error::AppError;

/// An entry as JSON, but for what differs.
#[derive(Debug)]
pub struct Written {
    text: Box<[u8]>,
    /// In order, where in the text something is put.
    gaps: Vec<(usize, Gap)>,
}

/// What is put into an entry.
#[derive(Clone, Copy, Debug)]
enum Gap {
    /// The end of its name: the original start of a date of a series.
    Name,
    /// When it begins.
    Start,
    /// When it is over.
    End,
    /// The end of the address of its page: the date of a series.
    Address,
    /// Whether the asker may move it.
    Editable,
    /// The original start of a date of a series.
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

/// Writes members of an object one after the other.
struct Members {
    text: Vec<u8>,
    gaps: Vec<(usize, Gap)>,
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

    fn gap(&mut self, name: &str, gap: Gap) {
        self.name(name);
        self.gaps.push((self.text.len(), gap));
    }

    /// A text that has no letters which JSON escapes, and goes on differently for each date.
    fn begun(&mut self, name: &str, begin: &impl Display, gap: Gap) -> serde_json::Result<()> {
        self.member(name, &begin.to_string())?;
        self.text.pop();
        self.gaps.push((self.text.len(), gap));
        self.text.push(b'"');
        Ok(())
    }
}

impl Written {
    /// Writes what is common to all dates of an entry; the times too, when it has but one.
    fn of(entry: &Entry, names: &HashMap<Id, String>, times: bool) -> serde_json::Result<Self> {
        let row = &entry.row;
        let mut members = Members { text: Vec::with_capacity(640), gaps: Vec::with_capacity(6) };
        let alone = EntryId { recurrence: None, ..entry.id() };
        members.begun("id", &alone, Gap::Name)?;
        members.member("title", &&*row.title)?;
        if times {
            members.member("start", &entry.start().to_string())?;
            members.member("end", &entry.end().to_string())?;
        } else {
            members.gap("start", Gap::Start);
            members.gap("end", Gap::End);
        }
        members.member("all_day", &row.all_day)?;
        members.member("module", &entry.module().key())?;
        members.member("kind", &row.entry_kind)?;
        members.member("status", &optional(&row.status))?;
        members.member("priority", &optional(&row.priority))?;
        members.member("color", &entry.module().color())?;
        members.begun("url", &address(entry.row.kind, row.record_id, ""), Gap::Address)?;
        members.gap("editable", Gap::Editable);
        members.member("source", &Source { kind: entry.row.kind.name, id: row.record_id })?;
        members.gap("recurrence_id", Gap::Recurrence);
        members.member("location", &optional(&row.location))?;
        let people: Vec<Person<'_>> =
            row.people.iter().filter_map(|id| Some(Person { id: *id, name: names.get(id)? })).collect();
        members.member("people", &people)?;
        if !entry.resources.is_empty() {
            members.member("resources", &&*entry.resources)?;
        }
        members.text.push(b'}');
        Ok(Self { text: members.text.into(), gaps: members.gaps })
    }

    fn write(&self, entry: &Entry, out: &mut Vec<u8>) -> std::io::Result<()> {
        let recurrence = &*entry.row.recurrence_id;
        let mut done = 0;
        for (position, gap) in &self.gaps {
            out.extend_from_slice(&self.text[done..*position]);
            done = *position;
            match gap {
                Gap::Name | Gap::Address | Gap::Recurrence if recurrence.is_empty() => {
                    if let Gap::Recurrence = gap {
                        out.extend_from_slice(b"null");
                    }
                }
                Gap::Name => write!(out, "-{recurrence}")?,
                Gap::Address => write!(out, "?occurrence={recurrence}")?,
                Gap::Recurrence => write!(out, "\"{recurrence}\"")?,
                Gap::Start => write!(out, "\"{}\"", entry.start())?,
                Gap::End => write!(out, "\"{}\"", entry.end())?,
                Gap::Editable => out.extend_from_slice(if entry.editable { b"true" } else { b"false" }),
            }
        }
        out.extend_from_slice(&self.text[done..]);
        Ok(())
    }
}

impl Feed {
    /// Writes the entries as a list.
    pub fn write(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        out.push(b'[');
        for (position, entry) in self.entries.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            self.write_entry(entry, out)?;
        }
        out.push(b']');
        Ok(())
    }

    fn write_entry(&self, entry: &Entry, out: &mut Vec<u8>) -> std::io::Result<()> {
        let Some(kept) = &entry.common else {
            return Written::of(entry, &self.names, true)?.write(entry, out);
        };
        let written = match kept.written.get() {
            Some(written) => written,
            None => {
                let written = Written::of(entry, &self.names, is_one(kept))?;
                kept.written.get_or_init(|| written)
            }
        };
        written.write(entry, out)
    }

    /// One of the entries as a value, for answers that say more about it.
    pub fn value(&self, entry: &Entry) -> Result<Json, AppError> {
        let mut out = Vec::new();
        self.write_entry(entry, &mut out).map_err(|error| AppError::Internal(error.to_string()))?;
        serde_json::from_slice(&out).map_err(|error| AppError::Internal(error.to_string()))
    }
}

/// Whether a row has one date.
fn is_one(kept: &Kept) -> bool {
    kept.row.series.is_empty()
}
