//! Programmes, projects and activities, sector by sector.

mod built;
mod economic;
mod rights;
mod social;

use super::Range;

/// A programme, project or activity as it stands in a plan.
#[derive(Debug, Clone, Copy)]
pub struct Programme {
    /// Sector.
    pub sector: &'static str,
    /// Title, unique.
    pub title: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Acronym of the body that carries it out: one of [`super::organizations::MINISTRIES`] or [`OWN_OFFICE`].
    pub lead: &'static str,
    /// Where its money comes from.
    pub funding_source: &'static str,
    /// Class of the appropriation.
    pub appropriation_class: &'static str,
    /// Budget in pesos.
    pub budget: Range,
    /// How many people or households it serves.
    pub slots: Range,
    /// What is counted to see whether it worked.
    pub indicator: &'static str,
}

/// Acronym of the office itself among the leads.
pub const OWN_OFFICE: &str = "OOBC";

/// Short form for the table: sector, title, summary, indicator; lead, funding source, class; budget, slots.
const fn programme(
    sector: &'static str,
    (title, summary, indicator): (&'static str, &'static str, &'static str),
    (lead, funding_source, appropriation_class): (&'static str, &'static str, &'static str),
    budget: Range,
    slots: Range,
) -> Programme {
    Programme { sector, title, summary, lead, funding_source, appropriation_class, budget, slots, indicator }
}

/// The programmes, in groups of sectors.
pub const PROGRAMMES: &[&[Programme]] =
    &[economic::PROGRAMMES, social::PROGRAMMES, built::PROGRAMMES, rights::PROGRAMMES];

/// All programmes, group after group.
pub fn all() -> impl Iterator<Item = &'static Programme> {
    PROGRAMMES.iter().copied().flatten()
}
