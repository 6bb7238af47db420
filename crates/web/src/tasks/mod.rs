//! Tasks: board, Today, list, templates.

pub mod api;
pub mod pages;

use crate::core::subject::{Column, KindPage, Subject};

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject = Subject {
    routes: api::routes,
    pages: |_| pages::routes(),
    kinds: &[TASK, TASK_TEMPLATE],
    panels: &[(Column::Wide, pages::of_record::panel)],
    tabs: &[],
};

const TASK: KindPage = KindPage {
    kind: "task",
    own_list: true,
    own_detail: true,
    has_occurrence_states: true,
    panel_field: "origin",
    ..KindPage::NONE
};

const TASK_TEMPLATE: KindPage = KindPage {
    kind: "task_template",
    own_detail: true,
    own_form: true,
    list_actions: Some(pages::templates::list_actions),
    ..KindPage::NONE
};
