//! The calendar in other programs and for other people: feeds, shares, and subscriptions to calendars of others.

pub(crate) mod feed_rules;
pub mod feeds;
pub(crate) mod share_rules;
pub mod sharing;
pub mod subscriptions;
