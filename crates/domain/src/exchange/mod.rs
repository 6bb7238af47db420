//! Rules of what is shared with others.

pub mod sharing;
