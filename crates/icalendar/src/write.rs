//! Writer of content lines, dates and time zones.

mod line_writer;
mod values;
mod zones;

pub use line_writer::LineWriter;
pub use values::{Day, Local, Utc};
pub use zones::write_zone;
