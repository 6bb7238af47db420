//! Dated updates on a PPA: its log of status, progress, milestones and notes.

use super::ppas::ppa;
use crate::accounts::{Area, FieldGroup};
use crate::choices::UPDATE_TYPES;
use crate::registry::typed::fields;
use crate::registry::{Concern, FieldError, FieldType as Type, Initial, Kind, Module, Record};

fields! {
    update
        [crate::registry::shared: TITLE]
    {
        PPA: Reference = "ppa",
        UPDATE_TYPE: Text = "update_type",
        DATE: Date = "date",
        PROGRESS: Integer = "progress",
        NOTES: Text = "notes",
        NEXT_STEPS: Text = "next_steps",
        FOLLOW_UP_DATE: Date = "follow_up_date",
        FOLLOW_UP_TASK: Reference = "follow_up_task",
    }
}

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, update::DATE, update::FOLLOW_UP_DATE, errors);
}

/// An update on a PPA.
pub static UPDATE: Kind = Kind {
    label: "Update",
    plural: "Updates",
    icon: "message-square-plus",
    purpose: "Dated reports on PPAs: status, progress, milestones and notes, with next steps and follow-up.",
    module: Module::Projects,
    area: Area::Programme,
    all_requests: true,
    concerns: &[
        Concern::through(update::PPA, ppa::LEAD_ORGANIZATION),
        Concern::through(update::PPA, ppa::IMPLEMENTING_ORGANIZATION),
    ],
    default_sort: "-date",
    rules,
    told_apart_by: &[update::PPA.name(), update::DATE.name()],
    fields: &[
        update::TITLE.field("Title", Type::Text(400)).derived().searchable().listed(),
        update::PPA
            .field("PPA", Type::Reference("ppa"))
            .group(FieldGroup::Reporting)
            .required()
            .listed()
            .filtered(),
        update::UPDATE_TYPE
            .field("Type", Type::Choice(UPDATE_TYPES))
            .group(FieldGroup::Reporting)
            .required()
            .initial(Initial::Text("note"))
            .listed()
            .filtered(),
        update::DATE
            .field("Date", Type::Date)
            .group(FieldGroup::Reporting)
            .required()
            .initial(Initial::Today)
            .listed()
            .filtered()
            .not_on_calendar("Date of a report, not a plan."),
        update::PROGRESS
            .field("Progress", Type::Integer(0, 100))
            .group(FieldGroup::Reporting)
            .help("As reported. The progress of the PPA follows its tasks.")
            .listed(),
        update::NOTES
            .field("Notes", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .required()
            .searchable(),
        update::NEXT_STEPS
            .field("Next steps", Type::Multiline(5000))
            .group(FieldGroup::Reporting)
            .searchable(),
        update::FOLLOW_UP_DATE
            .field("Follow-up date", Type::Date)
            .group(FieldGroup::Reporting)
            .help("A task of the PPA is due on this day.")
            .filtered()
            .not_on_calendar("Its task is on the calendar."),
        update::FOLLOW_UP_TASK.field("Follow-up task", Type::Reference("task")).derived(),
    ],
    has_attachments: true,
    ..Kind::new("update", "updates", "updates")
};
