//! Reports: requests, finished reports as pages, schedules.

pub mod api;
pub mod pages;

use crate::core::subject::{KindPage, Subject};

/// Everything that the subject serves.
pub(crate) static SUBJECT: Subject = Subject {
    routes: api::routes,
    pages: |_| pages::routes(),
    kinds: &[REPORT, REPORT_SCHEDULE],
    panels: &[],
    tabs: &[],
};

const REPORT: KindPage =
    KindPage { kind: "report", own_detail: true, list_actions: Some(pages::list_actions), ..KindPage::NONE };

const REPORT_SCHEDULE: KindPage =
    KindPage { kind: "report_schedule", lead_panel: Some(pages::schedule_panel), ..KindPage::NONE };
