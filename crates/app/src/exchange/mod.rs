//! Calendar exchange with other programs and people: feeds, shares and subscriptions.

pub(crate) mod feed_rules;
pub mod feeds;
pub(crate) mod share_rules;
pub mod sharing;
pub mod subscriptions;
