//! Bookings of rooms, vehicles and equipment.

pub mod api;
pub mod pages;

use crate::core::subject::{Column, KindPage, Subject};

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject = Subject {
    routes: api::routes,
    pages: |_| pages::routes(),
    kinds: &[BOOKING, RESOURCE],
    panels: &[(Column::Wide, pages::origin_panel)],
    tabs: &[],
};

const BOOKING: KindPage = KindPage {
    kind: "booking",
    list_tabs: Some(pages::list_tabs),
    row_action: Some(pages::row_action),
    lead_panel: Some(pages::decision_panel),
    panel_field: "origin",
    form_preview: Some(pages::preview),
    refusal_note: Some(pages::note),
    ..KindPage::NONE
};

const RESOURCE: KindPage = KindPage {
    kind: "resource",
    list_tabs: Some(pages::list_tabs),
    lead_panel: Some(pages::resource_panel),
    ..KindPage::NONE
};
