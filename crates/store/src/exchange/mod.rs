//! Feeds, shares and subscriptions to calendars of others.

pub mod feeds;
pub mod sharing;
pub mod subscriptions;
