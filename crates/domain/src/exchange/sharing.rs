//! Shares: when one shows nothing any more.

use jiff::Timestamp;

use crate::kinds::share;
use crate::registry::Record;

/// Reason why a share shows nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Its maker took it back.
    Revoked,
    /// Its time is over.
    Expired,
    /// It was looked at as often as it may be.
    UsedUp,
    /// Its maker is not here any more.
    MakerGone,
}

impl Closed {
    /// As the log has it.
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

/// Returns the reason why the share shows nothing, as far as its record tells.
#[must_use]
pub fn closed_reason(share: &Record, now: Timestamp) -> Option<Closed> {
    if share.is_archived() {
        return Some(Closed::Revoked);
    }
    if share::EXPIRES.get(share).is_some_and(|end| end <= now) {
        return Some(Closed::Expired);
    }
    let used_up = share::MAX_VIEWS.get(share).is_some_and(|most| share::VIEW_COUNT.get(share) >= Some(most));
    used_up.then_some(Closed::UsedUp)
}
