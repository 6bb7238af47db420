//! Feeds, shares and subscriptions to external calendars.

pub mod feeds;
pub mod sharing;
pub mod subscriptions;
