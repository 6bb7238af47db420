//! Operations on shares and subscriptions.

pub mod external;
pub mod sharing;
