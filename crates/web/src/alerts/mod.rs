//! Alerts: list, steps on one and on many, alerts on the page of a record.

pub mod api;
pub mod pages;

use crate::core::subject::{Column, KindPage, Subject};

/// Everything that the subject serves.
pub(crate) static SUBJECT: Subject = Subject {
    routes: api::routes,
    pages: |_| pages::routes(),
    kinds: &[ALERT],
    panels: &[(Column::Head, pages::about_strip)],
    tabs: &[],
};

const ALERT: KindPage = KindPage {
    kind: "alert",
    list_start: Some(|_| pages::ACTIVE.to_owned()),
    list_tabs: Some(pages::list_tabs),
    list_tab_filters: Some(pages::list_tab_filters),
    bulk_actions: Some(pages::bulk_actions),
    row_action: Some(pages::row_action),
    lead_panel: Some(pages::lead_panel),
    lead_fields: &["description", "kind", "subject"],
    ..KindPage::NONE
};
