//! Programmes, projects and activities, sector by sector.

mod built;
mod economic;
mod rights;
mod social;

use super::Range;

/// Programme, project or activity as it is in a plan.
#[derive(Debug, Clone, Copy)]
pub struct Programme {
    /// Sector.
    pub sector: &'static str,
    /// Title, unique.
    pub title: &'static str,
    /// Summary.
    pub summary: &'static str,
    /// Acronym of the implementing body: one of [`super::organizations::MINISTRIES`] or [`OWN_OFFICE`].
    pub lead: &'static str,
    /// Funding source.
    pub funding_source: &'static str,
    /// Appropriation class.
    pub appropriation_class: &'static str,
    /// Budget in pesos.
    pub budget: Range,
    /// Number of people or households served.
    pub slots: Range,
    /// Outcome indicator.
    pub indicator: &'static str,
}

/// Acronym of the office itself among the leads.
pub const OWN_OFFICE: &str = "OOBC";

/// Creates a programme: sector, title, summary, indicator; lead, funding source, class; budget, slots.
const fn programme(
    sector: &'static str,
    (title, summary, indicator): (&'static str, &'static str, &'static str),
    (lead, funding_source, appropriation_class): (&'static str, &'static str, &'static str),
    budget: Range,
    slots: Range,
) -> Programme {
    Programme { sector, title, summary, lead, funding_source, appropriation_class, budget, slots, indicator }
}

/// Programmes, in groups of sectors.
pub const PROGRAMMES: &[&[Programme]] =
    &[economic::PROGRAMMES, social::PROGRAMMES, built::PROGRAMMES, rights::PROGRAMMES];

/// Returns all programmes, group after group.
pub fn all() -> impl Iterator<Item = &'static Programme> {
    PROGRAMMES.iter().copied().flatten()
}
