//! Bodies of the actions on holidays.

use crate::registry::action::{ActionBody, Member, Whole};

/// Year whose holidays are calculated; the command has its bounds.
pub const YEAR: Member<Whole> = Member::whole("year", "Year", 0, 9999).required();

/// `POST /holidays/compute`.
pub const COMPUTE: ActionBody = ActionBody::new(&[YEAR.field()]);
