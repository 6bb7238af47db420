//! iCalendar (RFC 5545, 7986 and 6868): reading and writing, without I/O.

mod lines;
pub mod read;
pub mod write;
