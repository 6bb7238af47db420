//! Rules of feeds and shares.

pub mod sharing;
