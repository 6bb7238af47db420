//! The words the demo data is made of: tables of names, titles and typical figures, by subject.
//!
//! Everything is invented except public bodies and places. No person is real: given and family names are common
//! ones and are put together by the generator, contacts use addresses and numbers that nobody can own. Money is in
//! whole pesos here, as offices write it; the program counts in centavos.
//!
//! Words that stand for a choice (a sector, a type, a group) are the stored values of [`obcms_domain::choices`].
//! Titles and sentences may hold the places of [`PLACEHOLDERS`], each filled by the generator.

pub mod assessments;
pub mod communities;
pub mod events;
pub mod needs;
pub mod organizations;
pub mod people;
pub mod policies;
pub mod programmes;
pub mod services_and_resources;
pub mod tasks;
pub mod venues;

/// What may stand in a title or sentence, to be filled by the generator: name of the community, of its municipality
/// or city, the year, the quarter ("Q1").
pub const PLACEHOLDERS: &[&str] = &["{community}", "{municipality}", "{year}", "{quarter}"];

/// A range of whole numbers from which the generator draws, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The smallest value.
    pub from: i64,
    /// The largest value.
    pub to: i64,
}

/// Short form for the tables.
const fn range(from: i64, to: i64) -> Range {
    Range { from, to }
}

#[cfg(test)]
mod tests;
