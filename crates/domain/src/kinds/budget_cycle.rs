//! Stages of the budget cycle of a PPA, from the budget call to the accountability report.

use super::ppas::ppa;
use crate::accounts::{Area, FieldGroup};
use crate::choices::{BUDGET_CYCLE_STAGES, BUDGET_CYCLE_STATUSES};
use crate::core::dates::parse_time;
use crate::registry::typed::fields;
use crate::registry::{Concern, DateRole, FieldError, FieldType as Type, Initial, Kind, Module, Record};

fields! {
    budget_cycle_stage
        [crate::registry::shared: TITLE, STATUS]
    {
        PPA: Reference = "ppa",
        STAGE: Text = "stage",
        DUE_DATE: Date = "due_date",
        HEARING_TIME: Text = "hearing_time",
        VENUE: Text = "venue",
        OWNER_TEAM: Reference = "owner_team",
        OWNER_ORGANIZATION: Reference = "owner_organization",
        COMPLETED_ON: Date = "completed_on",
        NOTES: Text = "notes",
    }
}

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    let time = budget_cycle_stage::HEARING_TIME.get(record);
    if !time.is_empty() && parse_time(time).is_none() {
        errors.push(FieldError::new(
            budget_cycle_stage::HEARING_TIME.name(),
            "format",
            "Must be a time of 24 hours, such as 09:00 or 13:30.",
        ));
    }
}

/// A dated stage of the budget cycle of a PPA.
pub static BUDGET_CYCLE_STAGE: Kind = Kind {
    label: "Budget-cycle stage",
    plural: "Budget-cycle stages",
    icon: "calendar-clock",
    purpose: "Dates and hearings of the budget cycle of PPAs, from the budget call to accountability.",
    module: Module::Projects,
    area: Area::Programme,
    state: budget_cycle_stage::STATUS.name(),
    concerns: &[Concern::through(budget_cycle_stage::PPA, ppa::LEAD_ORGANIZATION)],
    default_sort: "due_date",
    rules,
    // Reached from the page of its PPA and from the calendar.
    in_navigation: false,
    dates: &[DateRole::day("budget_cycle_stage", "", budget_cycle_stage::DUE_DATE.name())],
    fields: &[
        budget_cycle_stage::TITLE.field("Title", Type::Text(400)).derived().searchable().listed(),
        budget_cycle_stage::PPA.field("PPA", Type::Reference("ppa")).required().listed().filtered(),
        budget_cycle_stage::STAGE
            .field("Stage", Type::Choice(BUDGET_CYCLE_STAGES))
            .required()
            .listed()
            .filtered(),
        budget_cycle_stage::STATUS
            .field("Status", Type::Choice(BUDGET_CYCLE_STATUSES))
            .required()
            .initial(Initial::Text("not_started"))
            .listed()
            .filtered(),
        budget_cycle_stage::DUE_DATE
            .field("Date", Type::Date)
            .help("Date of the hearing, or last day of the stage.")
            .listed()
            .filtered(),
        budget_cycle_stage::VENUE.field("Venue", Type::Text(255)).searchable(),
        budget_cycle_stage::HEARING_TIME
            .field("Time of the hearing", Type::Text(5))
            .help("Of 24 hours, such as 09:00 or 13:30."),
        budget_cycle_stage::OWNER_TEAM.field("Responsible team", Type::Reference("team")).filtered(),
        budget_cycle_stage::OWNER_ORGANIZATION
            .field("Responsible organization", Type::Reference("organization"))
            .filtered(),
        budget_cycle_stage::COMPLETED_ON
            .field("Completed on", Type::Date)
            .derived()
            .not_on_calendar("Past date."),
        budget_cycle_stage::NOTES
            .field("Notes", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .searchable(),
    ],
    ..Kind::new("budget_cycle_stage", "budget-cycle-stages", "budget_cycle_stages")
};
