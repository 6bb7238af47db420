//! iCalendar (RFC 5545 and 7986): reading what other programs write, and writing our calendar for them.
//!
//! The reader is ours and small. Of the libraries that we looked at, the lenient one (`calcard`) keeps a rule in
//! narrow integers, so that a wrong rule becomes a different one without a word, loses blanks in texts, does not
//! look into the definitions of zones and brings a second database of zones; the others refuse what real calendars
//! write. What they would have saved is the taking apart of lines, which is the smallest part of this.

mod definition;
mod export;
mod lines;
mod read;
mod values;
mod windows;
mod write;
mod zones;

#[cfg(test)]
mod read_tests;

pub use read::{
    Added, Calendar, Event, Limits, Moment, ReadError, SKIPPED_AT_MOST, Skipped, Status, read, read_within,
};
pub use write::{About, Component, UID_SUFFIX, Written};
