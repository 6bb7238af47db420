//! Shares: reasons why one is closed.

use jiff::Timestamp;

use crate::kinds::share;
use crate::registry::Record;

/// Reason why a share is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Revoked by its creator.
    Revoked,
    /// Expired.
    Expired,
    /// Opened as often as allowed.
    UsedUp,
    /// The creator has no access any more.
    MakerGone,
}

impl Closed {
    /// Returns the name in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::UsedUp => "used_up",
            Self::MakerGone => "maker_gone",
        }
    }
}

/// Returns the reason why the share is closed, as far as its record shows.
#[must_use]
pub fn gone(share: &Record, now: Timestamp) -> Option<Closed> {
    if share.is_archived() {
        return Some(Closed::Revoked);
    }
    if share::EXPIRES.get(share).is_some_and(|end| end <= now) {
        return Some(Closed::Expired);
    }
    let used_up = share::MAX_VIEWS.get(share).is_some_and(|most| share::VIEW_COUNT.get(share) >= Some(most));
    used_up.then_some(Closed::UsedUp)
}
