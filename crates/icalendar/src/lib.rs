//! iCalendar parser and writer (RFC 5545, 7986 and 6868), without I/O.
//!
//! - [`document`]: lossless documents. An unchanged document is written byte for byte, with every unknown property,
//!   parameter and component. A changed property rewrites only its own lines.
//! - [`read`]: tolerant reader of events, for imports and subscriptions.
//! - [`mod@write`]: writer of content lines, dates and time zones.
//!
//! ```
//! use obcms_icalendar::Limits;
//! use obcms_icalendar::document::{Document, Property};
//!
//! let file = b"BEGIN:VCALENDAR\nbegin:vevent\nX-Odd;A=b:1\n  and more\nSUMMARY:Old\nend:vevent\nEND:VCALENDAR";
//! let mut document = Document::parse(file, &Limits::default())?;
//! assert_eq!(document.to_bytes(), file);
//!
//! let event = document.calendar_mut().and_then(|calendar| calendar.component_mut("VEVENT")).unwrap();
//! event.set(Property::with_text("SUMMARY", "New, longer")?);
//! let changed = String::from_utf8(document.to_bytes())?;
//! assert_eq!(changed, String::from_utf8_lossy(file).replace("SUMMARY:Old", "SUMMARY:New\\, longer"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate has no I/O, no state and no clock. [`Limits`] bounds the cost of a file.

pub mod document;
mod fold;
mod limits;
mod lines;
mod property;
pub mod read;
mod text;
pub mod write;

pub use limits::Limits;
