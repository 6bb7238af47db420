//! Ledger of PPAs, ceilings and budget scenarios.

pub mod api;
pub mod pages;

use crate::core::subject::{KindPage, RecordTab, Subject};

/// Everything that the subject serves.
pub(crate) static SUBJECT: Subject = Subject {
    routes: api::routes,
    pages: |_| pages::routes(),
    kinds: &[TRANCHE, CEILING, SCENARIO],
    panels: &[],
    tabs: &[TAB],
};

const TRANCHE: KindPage =
    KindPage { kind: "tranche", lead_panel: Some(pages::reversal_panel), ..KindPage::NONE };

const CEILING: KindPage = KindPage {
    kind: "ceiling",
    calculated_cells: Some(pages::CEILING_CELLS),
    lead_panel: Some(pages::ceiling_panel),
    ..KindPage::NONE
};

const SCENARIO: KindPage = KindPage {
    kind: "scenario",
    own_detail: true,
    list_actions: Some(pages::list_actions),
    ..KindPage::NONE
};

const TAB: RecordTab = RecordTab { kind: "ppa", key: "money", label: "Money", panel: pages::panel };
