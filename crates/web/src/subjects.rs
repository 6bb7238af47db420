//! All subjects: one row for each.

use obcms_app::App;

use crate::core::state::{State, WebSettings};
use crate::core::subject::Subjects;
use crate::{
    accounts, alerts, approval, attachments, bookings, calendar, events, exchange, holidays, jobs, menu,
    money, programme, records, reports, results, tasks,
};

/// All subjects, in the order of their panels.
pub static SUBJECTS: Subjects = Subjects {
    all: &[
        &records::SUBJECT,
        &alerts::SUBJECT,
        &bookings::SUBJECT,
        &tasks::SUBJECT,
        &attachments::SUBJECT,
        &programme::SUBJECT,
        &approval::SUBJECT,
        &money::SUBJECT,
        &results::SUBJECT,
        &reports::SUBJECT,
        &calendar::SUBJECT,
        &events::SUBJECT,
        &exchange::SUBJECT,
        &holidays::SUBJECT,
        &accounts::SUBJECT,
        &jobs::SUBJECT,
    ],
    navigation: menu::navigation,
    place_tabs: menu::place_tabs,
    commands: menu::commands,
};

impl State {
    /// Creates the state of a new server.
    #[must_use]
    pub fn new(app: App, settings: WebSettings) -> Self {
        Self::with_subjects(app, settings, &SUBJECTS)
    }
}
