//! Body of a request for a report.

use crate::choices::{REPORT_FORMATS, REPORTS, SECTORS};
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::{Integer, Reference, Text};

/// Report.
pub const REPORT: Member<Text> = Member::choice("report", "Report", REPORTS).required();
/// Format; a page by default.
pub const FORMAT: Member<Text> = Member::choice("format", "Format", REPORT_FORMATS);
/// Fiscal year; all years without one.
pub const FISCAL_YEAR: Member<Integer> = Member::integer("fiscal_year", "Fiscal year", 2000, 2100);
/// Sector.
pub const SECTOR: Member<Text> = Member::choice("sector", "Sector", SECTORS);
/// Region.
pub const REGION: Member<Reference> = Member::reference("region", "Region", "region");

/// `POST /reports`.
pub const MAKE: ActionBody =
    ActionBody::new(&[REPORT.field(), FORMAT.field(), FISCAL_YEAR.field(), SECTOR.field(), REGION.field()]);
