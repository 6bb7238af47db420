//! Pages of feeds, shares and subscriptions.

pub mod external;
pub mod feeds;
pub mod shared;
pub mod shares;
