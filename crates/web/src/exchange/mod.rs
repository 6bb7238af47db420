//! Feeds, shares and external calendars.

pub mod api;
pub mod pages;

use crate::core::subject::{KindPage, Subject};

/// Routes, pages and hooks of the subject.
pub(crate) static SUBJECT: Subject = Subject {
    routes: api::routes,
    pages: |_| pages::routes(),
    kinds: &[EXTERNAL_CALENDAR, FEED, SHARE],
    panels: &[],
    tabs: &[],
};

const EXTERNAL_CALENDAR: KindPage = KindPage {
    kind: "external_calendar",
    own_detail: true,
    import_link: Some(("Calendar from a file (.ics)", "/external-calendars/from-file")),
    ..KindPage::NONE
};

const FEED: KindPage = KindPage {
    kind: "feed",
    own_detail: true,
    field_options: Some(pages::feeds::field_options),
    ..KindPage::NONE
};

const SHARE: KindPage = KindPage { kind: "share", own_detail: true, ..KindPage::NONE };
