//! Writer of content lines, dates and time zones (RFC 5545).
//!
//! ```
//! use jiff::tz::TimeZone;
//! use obcms_icalendar::write::{LineWriter, Local, write_zone};
//!
//! let mut lines = LineWriter::with_capacity(1024);
//! write_zone(&mut lines, &TimeZone::get("Asia/Manila")?, "Asia/Manila", 2027, 2029);
//! lines.plain("DTSTART;TZID=Asia/Manila", Local("2027-01-25T09:00".parse()?));
//! lines.text("SUMMARY", "Tea, then talks");
//! let written = String::from_utf8(lines.into_bytes())?;
//! assert!(written.starts_with("BEGIN:VTIMEZONE\r\nTZID:Asia/Manila\r\n"));
//! assert!(written.ends_with("DTSTART;TZID=Asia/Manila:20270125T090000\r\nSUMMARY:Tea\\, then talks\r\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod line_writer;
mod values;
mod zones;

pub use line_writer::LineWriter;
pub use values::{Day, Local, Utc};
pub use zones::write_zone;
