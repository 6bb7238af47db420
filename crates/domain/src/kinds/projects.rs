//! Projects: the workflow of one need through nine stages to a completed PPA.

use super::{needs::need, ppas::ppa};
use crate::accounts::{Area, FieldGroup};
use crate::choices::{PRIORITIES, PROJECT_STAGES};
use crate::registry::typed::fields;
use crate::registry::{Concern, DateRole, FieldType as Type, Initial, Kind, Module};

fields! {
    project
        [crate::registry::shared: TITLE, PRIORITY]
    {
        NEED: Reference = "need",
        PPA: Reference = "ppa",
        LEAD: Reference = "lead",
        CURRENT_STAGE: Text = "current_stage",
        STAGE_ENTERED_AT: Instant = "stage_entered_at",
        TARGET_COMPLETION_DATE: Date = "target_completion_date",
        FOCAL_ORGANIZATION: Reference = "focal_organization",
        MAO_FOCAL_PERSON: Text = "mao_focal_person",
        COMPLETED_ON: Date = "completed_on",
        IS_BLOCKED: Flag = "is_blocked",
        BLOCKER_DESCRIPTION: Text = "blocker_description",
        BLOCKED_BY: Reference = "blocked_by",
        BLOCKED_AT: Instant = "blocked_at",
        NOTES: Text = "notes",
    }
}

/// A project.
pub static PROJECT: Kind = Kind {
    label: "Project",
    plural: "Projects",
    icon: "route",
    purpose: "Workflow of one need through nine stages to a completed PPA.",
    module: Module::Projects,
    area: Area::Programme,
    state: project::CURRENT_STAGE.name(),
    undecided: Some((project::CURRENT_STAGE.name(), "need_identification")),
    people: &[project::LEAD.name()],
    concerns: &[
        Concern::through(project::NEED, need::COMMUNITY),
        Concern::through(project::PPA, ppa::LEAD_ORGANIZATION),
    ],
    dates: &[DateRole::day("project_target", "Project target", project::TARGET_COMPLETION_DATE.name())],
    fields: &[
        project::TITLE.field("Title", Type::Text(255)).derived().searchable().listed(),
        project::NEED.field("Need", Type::Reference("need")).required().listed().filtered(),
        project::PPA.field("PPA", Type::Reference("ppa")).listed().filtered(),
        project::LEAD.field("Lead", Type::Reference("user")).initial(Initial::Actor).listed().filtered(),
        project::CURRENT_STAGE.field("Stage", Type::Choice(PROJECT_STAGES)).derived().listed().filtered(),
        project::STAGE_ENTERED_AT
            .field("Stage entered at", Type::Instant)
            .derived()
            .listed()
            .not_on_calendar("Past date; the stage's tasks are on the calendar."),
        project::PRIORITY
            .field("Priority", Type::Choice(PRIORITIES))
            .group(FieldGroup::Decision)
            .required()
            .initial(Initial::Text("medium"))
            .filtered(),
        project::TARGET_COMPLETION_DATE.field("Target", Type::Date).listed(),
        project::FOCAL_ORGANIZATION.field("Responsible organization", Type::Reference("organization")),
        project::MAO_FOCAL_PERSON
            .field("Focal person", Type::Text(200))
            .group(FieldGroup::People)
            .searchable(),
        project::COMPLETED_ON.field("Completed on", Type::Date).derived().not_on_calendar("Past date."),
        project::IS_BLOCKED
            .field("Blocked", Type::Boolean)
            .derived()
            .initial(Initial::Boolean(false))
            .filtered(),
        project::BLOCKER_DESCRIPTION
            .field("Reason of the block", Type::Multiline(2000))
            .derived()
            .searchable(),
        project::BLOCKED_BY.field("Blocked by", Type::Reference("user")).derived(),
        project::BLOCKED_AT.field("Blocked since", Type::Instant).derived().not_on_calendar("Past date."),
        project::NOTES.field("Notes", Type::Multiline(10_000)).group(FieldGroup::Reporting),
    ],
    has_attachments: true,
    ..Kind::new("project", "projects", "projects")
};
