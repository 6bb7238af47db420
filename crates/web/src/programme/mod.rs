//! PPAs, projects, the portfolio and the trace of a record.

pub mod api;
pub mod pages;

use crate::core::subject::{Column, KindPage, Subject};
use pages::next_steps;

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject = Subject {
    routes: api::routes,
    pages: |_| pages::routes(),
    kinds: &[NEED, COMMUNITY, ASSESSMENT, POLICY, SERVICE, PPA, PROJECT, GOAL],
    panels: &[(Column::Head, pages::trace::line), (Column::Narrow, pages::trace::of_task)],
    tabs: &[],
};

const NEED: KindPage = KindPage { kind: "need", next_steps: Some(next_steps::of_need), ..KindPage::NONE };

const COMMUNITY: KindPage =
    KindPage { kind: "community", next_steps: Some(next_steps::of_community), ..KindPage::NONE };

const ASSESSMENT: KindPage =
    KindPage { kind: "assessment", next_steps: Some(next_steps::of_assessment), ..KindPage::NONE };

const POLICY: KindPage =
    KindPage { kind: "policy", next_steps: Some(next_steps::of_policy), ..KindPage::NONE };

const SERVICE: KindPage =
    KindPage { kind: "service", next_steps: Some(next_steps::of_service), ..KindPage::NONE };

const PPA: KindPage = KindPage {
    kind: "ppa",
    own_detail: true,
    next_steps: Some(next_steps::of_ppa),
    tasks_tab: "?tab=tasks",
    lock_note: Some(pages::ppas::lock_note),
    ..KindPage::NONE
};

const PROJECT: KindPage = KindPage {
    kind: "project",
    own_detail: true,
    list_tabs: Some(pages::project_board::list_tabs),
    title_mark: Some(pages::project_board::title_mark),
    ..KindPage::NONE
};

const GOAL: KindPage = KindPage {
    kind: "goal",
    calculated_cells: Some(pages::goals::CELLS),
    lead_panel: Some(pages::goals::lead_panel),
    ..KindPage::NONE
};
