//! Texts of the demo data: tables of names, titles and typical figures, by subject.
//!
//! Everything is invented except public bodies and places. No person is real: given and family names are common ones
//! and are combined by the generator, contacts use addresses and numbers that nobody can own. Money is in whole pesos
//! here, as offices write it; the program counts in centavos.
//!
//! Words for a choice (a sector, a type, a group) are the stored values of [`obcms_domain::choices`]. Titles and
//! sentences may contain [`PLACEHOLDERS`], which the generator fills.

pub mod approvals;
pub mod assessments;
pub mod communities;
pub mod events;
pub mod needs;
pub mod organizations;
pub mod people;
pub mod policies;
pub mod programmes;
pub mod results;
pub mod services_and_resources;
pub mod tasks;
pub mod venues;

/// Placeholders of titles and sentences: name of the community, its municipality or city, the year, the quarter
/// ("Q1").
pub const PLACEHOLDERS: &[&str] = &["{community}", "{municipality}", "{year}", "{quarter}"];

/// Range of whole numbers from which the generator draws, both ends inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Minimum.
    pub from: i64,
    /// Maximum.
    pub to: i64,
}

/// Creates a range.
const fn range(from: i64, to: i64) -> Range {
    Range { from, to }
}

#[cfg(test)]
mod tests;
