//! Events: their form with guests, rooms and vehicles, and their page.

pub mod pages;

use crate::core::subject::{KindPage, Subject};

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject =
    Subject { routes: Vec::new, pages: |_| pages::routes(), kinds: &[EVENT], panels: &[], tabs: &[] };

const EVENT: KindPage = KindPage {
    kind: "event",
    form_parts: Some(pages::planner::parts),
    form_input: Some(pages::planner::input),
    form_parameters: &["resources"],
    form_defaults: Some(pages::planner::defaults),
    lead_panel: Some(pages::lead::panel),
    lead_fields: pages::lead::FIELDS,
    leads_people: true,
    occurrence_lead: Some(pages::lead::occurrence_panel),
    ..KindPage::NONE
};
