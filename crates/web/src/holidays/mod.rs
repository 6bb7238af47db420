//! Statutory and Islamic holidays.

pub mod api;
pub mod pages;

use crate::core::subject::{KindPage, Subject};

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject =
    Subject { routes: api::routes, pages: |_| pages::routes(), kinds: &[HOLIDAY], panels: &[], tabs: &[] };

const HOLIDAY: KindPage = KindPage {
    kind: "holiday",
    list_start: Some(pages::list_start),
    list_actions: Some(pages::list_actions),
    list_tabs: Some(pages::list_tabs),
    list_tab_filters: Some(pages::list_tab_filters),
    ..KindPage::NONE
};
