//! Bodies of the actions on holidays.

use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::Integer;

/// Year whose holidays are calculated; the command has its bounds.
pub const YEAR: Member<Integer> = Member::integer("year", "Year", 0, 9999).required();

/// `POST /holidays/compute`.
pub const COMPUTE: ActionBody = ActionBody::new(&[YEAR.field()]);
