//! Tasks: work with assignees, due date, status and origin.

use serde_json::Value as Json;

use super::users::user;
use crate::accounts::{Area, FieldGroup};
use crate::choices::{self, CHECKLIST_STATES, PRIORITIES, TASK_DOMAINS, TASK_PHASES, TASK_STATUSES};
use crate::core::dates::parse_time;
use crate::core::message::Message;
use crate::message;
use crate::registry::typed::fields;
use crate::registry::{
    Concern, DateRole, FieldError, FieldType as Type, Initial, Kind, Module, Record, Total, series,
};

fields! {
    task
        [crate::registry::shared: TITLE, ORIGIN, STATUS, PRIORITY]
        [crate::registry::series: CONTINUES, NEXT_DUE, RRULE, RDATES, EXDATES, OVERRIDES, SERIES_STATE]
    {
        DESCRIPTION: Text = "description",
        ASSIGNEES: References = "assignees",
        TEAMS: References = "teams",
        START_DATE: Date = "start_date",
        DUE_DATE: Date = "due_date",
        PROGRESS: Integer = "progress",
        DOMAIN: Text = "domain",
        PHASE: Text = "phase",
        WEIGHT: Integer = "weight",
        ESTIMATED_HOURS: Integer = "estimated_hours",
        ACTUAL_HOURS: Integer = "actual_hours",
        DEPENDS_ON: References = "depends_on",
        LINKS: Links = "links",
        VISIBLE_TO_PARTNERS: Flag = "visible_to_partners",
        MARKED_AT_RISK: Flag = "marked_at_risk",
        BLOCKED: Flag = "blocked",
        STARTED_AT: Instant = "started_at",
        COMPLETED_AT: Instant = "completed_at",
        TEMPLATE_ITEM: Text = "template_item",
        TOUCHED: Flag = "touched",
        GENERATED_ANCHOR: Text = "generated_anchor",
        GENERATED_OFFSET: Integer = "generated_offset",
        GENERATED_RULE: Text = "generated_rule",
        TEMPLATE: Reference = "template",
        TEMPLATE_VERSION: Integer = "template_version",
        COMPLETED_ON: Date = "completed_on",
        ON_TIME: Flag = "on_time",
        CYCLE_DAYS: Integer = "cycle_days",
        PROGRESS_BEFORE_COMPLETION: Integer = "progress_before_completion",
        RANK: Text = "rank",
        UNASSIGNED: Flag = "unassigned",
        LABELS: List = "labels",
        DUE_TIME: Text = "due_time",
        CHECKLIST: Structure = "checklist",
        LAG_DAYS: Integer = "lag_days",
        REPEAT_AFTER_DAYS: Integer = "repeat_after_days",
        BASELINE_START: Date = "baseline_start",
        BASELINE_DUE: Date = "baseline_due",
    }
}

/// Kinds that a task may belong to. Kinds of later modules are added with them.
pub const ORIGINS: &[&str] = &[
    "assessment",
    "need",
    "event",
    "ppa",
    "budget_cycle_stage",
    "project",
    "policy",
    "policy_milestone",
    "service",
    "application",
    "community",
    "organization",
    "resource",
    "booking",
    "team",
];

/// Steps of a checklist at most.
const MOST_STEPS: usize = 100;

/// Checks a checklist: a list of objects with `text` and `state`, `open` or `done`.
fn check_checklist(json: &Json) -> Result<(), Message> {
    let steps = json.as_array().ok_or("Must be a list of steps.")?;
    if steps.len() > MOST_STEPS {
        return Err(message!("Must have at most {MOST_STEPS} steps.", MOST_STEPS));
    }
    for (place, step) in steps.iter().enumerate() {
        let number = place + 1;
        let text = step.get("text").and_then(Json::as_str).unwrap_or_default();
        if text.trim().is_empty() || text.chars().count() > 255 {
            return Err(message!("Step {number} needs a text of at most 255 characters.", number));
        }
        let state = step.get("state").and_then(Json::as_str).unwrap_or_default();
        if !choices::contains(CHECKLIST_STATES, state) {
            return Err(message!("The state of step {number} must be open or done.", number));
        }
        let known = ["text", "state"];
        if step.as_object().is_some_and(|step| step.keys().any(|name| !known.contains(&name.as_str()))) {
            return Err(message!("Step {number} can have a text and a state only.", number));
        }
    }
    Ok(())
}

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, task::START_DATE, task::DUE_DATE, errors);
    if task::DEPENDS_ON.get(record).contains(&record.id) {
        errors.push(FieldError::new(task::DEPENDS_ON.name(), "cycle", "A task cannot depend on itself."));
    }
    let time = task::DUE_TIME.get(record);
    if !time.is_empty() && parse_time(time).is_none() {
        let message = "Must be a time of 24 hours, such as 09:00 or 15:30.";
        errors.push(FieldError::new(task::DUE_TIME.name(), "format", message));
    } else if !time.is_empty() && task::DUE_DATE.is_empty(record) {
        errors.push(FieldError::new(task::DUE_TIME.name(), "required", "A time needs a due date."));
    }
}

/// A task.
pub static TASK: Kind = Kind {
    label: "Task",
    plural: "Tasks",
    icon: "square-check",
    purpose: "Tasks with assignees and due dates. Most are generated from events, assessments, policies and PPAs.",
    module: Module::Tasks,
    area: Area::Work,
    state: task::STATUS.name(),
    default_sort: "due_date",
    people: &[task::ASSIGNEES.name()],
    concerns: &[Concern::through(task::ASSIGNEES, user::ORGANIZATION)],
    published: Some((task::VISIBLE_TO_PARTNERS.name(), task::ORIGIN.name(), "ppa")),
    rules,
    dates: &[DateRole::span("task", "", task::START_DATE.name(), task::DUE_DATE.name())],
    told_apart_by: &[task::ORIGIN.name(), task::DUE_DATE.name()],
    fields: &[
        task::TITLE.field("Title", Type::Text(255)).required().searchable().listed(),
        task::DESCRIPTION.field("Description", Type::Multiline(10_000)).group(FieldGroup::Reporting).searchable(),
        task::ORIGIN.field("Belongs to", Type::Link(ORIGINS)).listed().filtered(),
        task::ASSIGNEES.field("Assignees", Type::References("user")).listed().filtered(),
        task::TEAMS.field("Teams", Type::References("team")).group(FieldGroup::People).filtered(),
        task::START_DATE.field("Start", Type::Date),
        task::DUE_DATE.field("Due", Type::Date).listed(),
        task::DUE_TIME.field("Due time", Type::Text(5)).help("Of 24 hours, such as 09:00 or 15:30.").folded(),
        task::STATUS.field("Status", Type::Choice(TASK_STATUSES))
            .required()
            .initial(Initial::Text("not_started"))
            .listed()
            .filtered(),
        task::PRIORITY.field("Priority", Type::Choice(PRIORITIES))
            .required()
            .initial(Initial::Text("medium"))
            .listed()
            .filtered(),
        task::PROGRESS.field("Progress", Type::Integer(0, 100)).group(FieldGroup::Reporting).initial(Initial::Integer(0)),
        task::DOMAIN.field("Domain", Type::Choice(TASK_DOMAINS)).required().initial(Initial::Text("general")).filtered(),
        task::PHASE.field("Phase", Type::Choice(TASK_PHASES)).filtered(),
        task::LABELS.field("Labels", Type::Tags).help("Words separated by commas.").filtered(),
        task::WEIGHT.field("Weight", Type::Decimal(0, 1000))
            .initial(Initial::Integer(100))
            .help("Weight in the progress of the PPA. 1 by default.")
            .folded(),
        task::ESTIMATED_HOURS.field("Estimated hours", Type::Decimal(0, 9999)).total(Total::Sum).folded(),
        task::ACTUAL_HOURS.field("Actual hours", Type::Decimal(0, 9999)).total(Total::Sum).group(FieldGroup::Reporting).folded(),
        task::DEPENDS_ON.field("Depends on", Type::References("task")).folded(),
        task::LAG_DAYS.field("Lag", Type::Integer(0, 365))
            .help("Working days between the end of the tasks that it depends on and its start.")
            .folded(),
        task::LINKS.field("Related records", Type::Links(ORIGINS)).folded(),
        task::CHECKLIST.field("Checklist", Type::Structure(check_checklist)).group(FieldGroup::Reporting).folded(),
        task::VISIBLE_TO_PARTNERS.field("Visible to partners", Type::Boolean)
            .group(FieldGroup::Decision)
            .initial(Initial::Boolean(false))
            .help("Partners of the PPA can see this task.")
            .folded(),
        task::MARKED_AT_RISK.field("At risk", Type::Boolean).group(FieldGroup::Reporting)
            .initial(Initial::Boolean(false))
            .help("Set manually. A task is also at risk when it is blocked, or due within two days and under 50 %.")
            .folded(),
        task::BLOCKED.field("Blocked", Type::Boolean).derived().initial(Initial::Boolean(false)).filtered(),
        task::STARTED_AT.field("Started", Type::Instant).derived().not_on_calendar("Past date."),
        task::COMPLETED_AT.field("Completed", Type::Instant).derived().not_on_calendar("Past date."),
        task::TEMPLATE_ITEM.field("Generated from", Type::Text(120)).derived(),
        task::TOUCHED.field("Changed manually", Type::Boolean).derived().initial(Initial::Boolean(false)),
        task::GENERATED_ANCHOR.field("Anchor date", Type::Text(10)).secret(),
        task::GENERATED_OFFSET.field("Offset in days", Type::Integer(-3650, 3650)).secret(),
        task::GENERATED_RULE.field("Rule of the due date", Type::Text(10)).secret(),
        task::TEMPLATE.field("Template", Type::Reference("task_template")).derived().filtered(),
        task::COMPLETED_ON.field("Completed on", Type::Date).derived().not_on_calendar("Past date."),
        task::ON_TIME.field("On time", Type::Boolean).derived().filtered(),
        task::CYCLE_DAYS.field("Days from start to completion", Type::Integer(0, 100_000)).secret(),
        task::TEMPLATE_VERSION.field("Version of the template", Type::Integer(1, 1_000_000)).derived(),
        task::PROGRESS_BEFORE_COMPLETION.field("Progress before completion", Type::Integer(0, 100)).secret(),
        task::RANK.field("Rank on the board", Type::Text(200)).secret(),
        task::REPEAT_AFTER_DAYS.field("Repeat after completion", Type::Integer(1, 3650))
            .help("Days from completion to the due date of the next task. A task with a rule ignores it.")
            .folded(),
        series::RRULE_FIELD,
        series::RDATES_FIELD,
        series::EXDATES_FIELD,
        series::OVERRIDES_FIELD,
        series::SERIES_STATE_FIELD,
        task::CONTINUES.field("Continues", Type::Reference("task")).derived(),
        task::NEXT_DUE.field("Next due", Type::Date).secret().not_on_calendar("Calculated from the due date and the rule."),
        task::UNASSIGNED.field("Unassigned", Type::Boolean).secret(),
        task::BASELINE_START.field("Baseline start", Type::Date).derived().not_on_calendar("Plan to compare with."),
        task::BASELINE_DUE.field("Baseline due", Type::Date).derived().not_on_calendar("Plan to compare with."),
    ],
    has_attachments: true,
    ..Kind::new("task", "tasks", "tasks")
};
