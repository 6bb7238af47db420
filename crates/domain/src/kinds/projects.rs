//! Projects: the nine-stage journey of one need to a completed PPA.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{PRIORITIES, PROJECT_STAGES};
use crate::registry::{DateRole, Field, FieldType as Type, Initial, Kind, Module};

/// A project.
pub static PROJECT: Kind = Kind {
    label: "Project",
    plural: "Projects",
    icon: "route",
    purpose: "Workflow of one need through nine stages to a completed PPA.",
    module: Module::Projects,
    area: Area::Programme,
    state: "current_stage",
    undecided: Some(("current_stage", "need_identification")),
    people: &["lead"],
    concerns: &["need.community", "ppa.lead_organization"],
    dates: &[DateRole::day("project_target", "Project target", "target_completion_date")],
    fields: &[
        Field::new("title", "Title", Type::Text(255)).derived().searchable().listed(),
        Field::new("need", "Need", Type::Reference("need")).required().listed().filtered(),
        Field::new("ppa", "PPA", Type::Reference("ppa")).listed().filtered(),
        Field::new("lead", "Lead", Type::Reference("user")).initial(Initial::Actor).listed().filtered(),
        Field::new("current_stage", "Stage", Type::Choice(PROJECT_STAGES)).derived().listed().filtered(),
        Field::new("stage_entered_at", "Stage entered at", Type::Instant)
            .derived()
            .listed()
            .not_on_calendar("Past date; the stage's tasks are on the calendar."),
        Field::new("priority", "Priority", Type::Choice(PRIORITIES))
            .group(FieldGroup::Decision)
            .required()
            .initial(Initial::Text("medium"))
            .filtered(),
        Field::new("target_completion_date", "Target", Type::Date).listed(),
        Field::new("focal_organization", "Responsible organization", Type::Reference("organization")),
        Field::new("mao_focal_person", "Focal person", Type::Text(200))
            .group(FieldGroup::People)
            .searchable(),
        Field::new("completed_on", "Completed on", Type::Date).derived().not_on_calendar("Past date."),
        Field::new("notes", "Notes", Type::Multiline(10_000)).group(FieldGroup::Reporting),
    ],
    ..Kind::new("project", "projects", "projects")
};
