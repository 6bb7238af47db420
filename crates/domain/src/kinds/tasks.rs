//! Tasks: what is to be done, by whom, until when, and for what.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{PRIORITIES, TASK_DOMAINS, TASK_PHASES, TASK_STATUSES};
use crate::registry::{
    DateRole, Field, FieldError, FieldType as Type, Initial, Kind, Module, Record, series,
};

/// Kinds that a task may belong to. Those of later modules join as their kinds come.
pub const ORIGINS: &[&str] = &[
    "assessment",
    "need",
    "event",
    "ppa",
    "project",
    "policy",
    "policy_milestone",
    "service",
    "application",
    "community",
    "organization",
    "resource",
    "team",
];

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, "start_date", "due_date", errors);
    if record.references("depends_on").contains(&record.id) {
        errors.push(FieldError::new("depends_on", "cycle", "A task cannot depend on itself."));
    }
}

/// The column that says that nobody does a task. The store writes it, so that such tasks are found by an index.
pub const UNASSIGNED: &str = "unassigned";

/// A task.
pub static TASK: Kind = Kind {
    label: "Task",
    plural: "Tasks",
    icon: "square-check",
    purpose: "Tasks with assignees and due dates. Most are generated from events, assessments, policies and PPAs.",
    module: Module::Tasks,
    area: Area::Work,
    state: "status",
    default_sort: "due_date",
    people: &["assignees"],
    concerns: &["assignees.organization"],
    published: Some(("visible_to_partners", "origin", "ppa")),
    rules,
    dates: &[DateRole::span("task", "", "start_date", "due_date")],
    fields: &[
        Field::new("title", "Title", Type::Text(255)).required().searchable().listed(),
        Field::new("description", "Description", Type::Multiline(10_000)).group(FieldGroup::Reporting).searchable(),
        Field::new("origin", "Belongs to", Type::Link(ORIGINS)).listed().filtered(),
        Field::new("assignees", "Assignees", Type::References("user")).listed().filtered(),
        Field::new("teams", "Teams", Type::References("team")).group(FieldGroup::People).filtered(),
        Field::new("start_date", "Start", Type::Date),
        Field::new("due_date", "Due", Type::Date).listed(),
        Field::new("status", "Status", Type::Choice(TASK_STATUSES))
            .required()
            .initial(Initial::Text("not_started"))
            .listed()
            .filtered(),
        Field::new("priority", "Priority", Type::Choice(PRIORITIES))
            .required()
            .initial(Initial::Text("medium"))
            .listed()
            .filtered(),
        Field::new("progress", "Progress", Type::Integer(0, 100)).group(FieldGroup::Reporting).initial(Initial::Integer(0)).listed(),
        Field::new("domain", "Domain", Type::Choice(TASK_DOMAINS)).required().initial(Initial::Text("general")).filtered(),
        Field::new("phase", "Phase", Type::Choice(TASK_PHASES)).filtered(),
        Field::new("weight", "Weight", Type::Decimal(0, 1000))
            .initial(Initial::Integer(100))
            .help("Weight in the progress of the PPA. 1 by default.")
            .folded(),
        Field::new("estimated_hours", "Estimated hours", Type::Decimal(0, 9999)).folded(),
        Field::new("actual_hours", "Actual hours", Type::Decimal(0, 9999)).group(FieldGroup::Reporting).folded(),
        Field::new("depends_on", "Depends on", Type::References("task")).folded(),
        Field::new("links", "Related records", Type::Links(ORIGINS)).folded(),
        Field::new("visible_to_partners", "Visible to partners", Type::Boolean)
            .group(FieldGroup::Decision)
            .initial(Initial::Boolean(false))
            .help("Partners of the PPA can see this task.")
            .folded(),
        Field::new("marked_at_risk", "At risk", Type::Boolean).group(FieldGroup::Reporting)
            .initial(Initial::Boolean(false))
            .help("Set manually. A task is also at risk when it is blocked, or due within two days and under 50 %.")
            .folded(),
        Field::new("blocked", "Blocked", Type::Boolean).derived().initial(Initial::Boolean(false)).filtered(),
        Field::new("started_at", "Started", Type::Instant).derived().not_on_calendar("Past date."),
        Field::new("completed_at", "Completed", Type::Instant).derived().not_on_calendar("Past date."),
        Field::new("template_item", "Generated from", Type::Text(120)).derived(),
        Field::new("touched", "Changed manually", Type::Boolean).derived().initial(Initial::Boolean(false)),
        Field::new("generated_anchor", "Anchor date", Type::Text(10)).secret(),
        Field::new("generated_offset", "Offset in days", Type::Integer(-3650, 3650)).secret(),
        Field::new("progress_before_completion", "Progress before completion", Type::Integer(0, 100)).secret(),
        Field::new("rank", "Rank on the board", Type::Text(200)).secret(),
        series::RRULE,
        series::RDATES,
        series::EXDATES,
        series::OVERRIDES,
        series::STATE_OF_WHOLE,
        Field::new("continues", "Continues", Type::Reference("task")).derived(),
        Field::new(series::NEXT_DUE, "Next due", Type::Date).secret().not_on_calendar("Calculated from the due date and the rule."),
        Field::new(UNASSIGNED, "Unassigned", Type::Boolean).secret(),
    ],
    ..Kind::new("task", "tasks", "tasks")
};
