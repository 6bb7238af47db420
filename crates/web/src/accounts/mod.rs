//! Sign-in, sessions, tokens, users and their rights.

pub mod api;
pub mod pages;

use crate::core::subject::{KindPage, Subject};

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject =
    Subject { routes: api::routes, pages: |_| pages::routes(), kinds: &[USER], panels: &[], tabs: &[] };

const USER: KindPage = KindPage {
    kind: "user",
    own_form: true,
    edit_address: Some(pages::users::edit_address),
    ..KindPage::NONE
};
