//! Results of PPAs: indicators, measurements and updates.

pub mod api;
pub mod pages;

use crate::core::subject::{KindPage, RecordTab, Subject};

/// Everything that the subject serves.
pub(crate) static SUBJECT: Subject = Subject {
    routes: api::routes,
    pages: |_| pages::routes(),
    kinds: &[INDICATOR, MEASUREMENT],
    panels: &[],
    tabs: &[TAB],
};

const INDICATOR: KindPage = KindPage {
    kind: "indicator",
    calculated_cells: Some(pages::INDICATOR_CELLS),
    lead_panel: Some(pages::indicator_panel),
    ..KindPage::NONE
};

const MEASUREMENT: KindPage = KindPage {
    kind: "measurement",
    lead_panel: Some(pages::decision_panel),
    lock_note: Some(pages::lock_note),
    ..KindPage::NONE
};

const TAB: RecordTab = RecordTab { kind: "ppa", key: "results", label: "Results", panel: pages::panel };
