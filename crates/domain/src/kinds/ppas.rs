//! PPAs: programmes, projects and activities, and requests of communities.

use serde_json::Value as Json;

use crate::accounts::{Area, FieldGroup};
use crate::choices::{
    self, APPROPRIATION_CLASSES, APPROVAL_STATES, FUNDING_SOURCES, MILESTONE_STATUSES, PPA_CATEGORIES,
    PPA_STATUSES, PRIORITIES, SECTORS,
};
use crate::registry::{
    DateRole, Field, FieldError, FieldType as Type, Initial, Kind, Module, Record, parse_date,
};

/// Name of the field in which numbers are kept: those of the list in its order, then those that were taken away.
pub const MILESTONE_NUMBERS: &str = "milestone_numbers";

const SLOTS: Type = Type::Integer(0, 100_000_000);

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, "start_date", "target_end_date", errors);
    if let (Some(all), Some(obc)) = (record.integer("total_slots"), record.integer("obc_slots"))
        && obc > all
    {
        errors.push(FieldError::new("obc_slots", "range", "OBC slots must not exceed the total slots."));
    }
    if record.integer("manual_progress").is_some() && record.get("manual_progress_reason").is_empty() {
        errors.push(FieldError::new(
            "manual_progress_reason",
            "required",
            "Enter a reason for the manual progress, or clear the manual progress.",
        ));
    }
}

/// `[{date, title, status}]`, the status optional.
fn check_milestones(json: &Json) -> Result<(), String> {
    let expected = || "Must be a list of milestones with date, title and status.".to_owned();
    let items = json.as_array().ok_or_else(expected)?;
    if items.len() > 100 {
        return Err("Must have at most 100 milestones.".to_owned());
    }
    for (number, item) in items.iter().enumerate() {
        let number = number + 1;
        let item = item.as_object().ok_or_else(expected)?;
        if let Some(unknown) = item.keys().find(|key| !["date", "title", "status"].contains(&key.as_str())) {
            return Err(format!("Milestone {number} has an unknown member: {unknown}."));
        }
        let date = item.get("date").and_then(Json::as_str).unwrap_or_default();
        parse_date(date).map_err(|(_, message)| format!("Date of milestone {number}: {message}"))?;
        match item.get("title").and_then(Json::as_str) {
            Some(title) if !title.trim().is_empty() && title.chars().count() <= 255 => {}
            _ => return Err(format!("Milestone {number} needs a title of at most 255 characters.")),
        }
        match item.get("status") {
            None | Some(Json::Null) => {}
            Some(Json::String(status)) if choices::contains(MILESTONE_STATUSES, status) => {}
            _ => return Err(format!("Milestone {number} has an unknown status.")),
        }
    }
    Ok(())
}

fn check_outcomes(json: &Json) -> Result<(), String> {
    let object = json.as_object().ok_or("Must be an object with outputs, outcomes and impacts.")?;
    if let Some(unknown) =
        object.keys().find(|key| !["outputs", "outcomes", "impacts"].contains(&key.as_str()))
    {
        return Err(format!("Unknown member: {unknown}. Must be outputs, outcomes or impacts."));
    }
    if object.values().any(|value| !value.is_array()) {
        return Err("Outputs, outcomes and impacts must be lists.".to_owned());
    }
    Ok(())
}

/// A programme, project or activity.
pub static PPA: Kind = Kind {
    label: "PPA",
    plural: "PPAs",
    icon: "folder-kanban",
    purpose: "Programmes, projects and activities with their money, dates, tasks and milestones.",
    module: Module::Projects,
    area: Area::Programme,
    state: "status",
    people: &["manager"],
    request: Some(("category", "obc_request")),
    undecided: Some(("approval_stage", "draft")),
    concerns: &["lead_organization", "implementing_organization", "communities", "needs.community"],
    rules,
    dates: &[
        DateRole::day("ppa_start", "Start", "start_date"),
        DateRole::day("ppa_target_end", "Target end", "target_end_date"),
        DateRole::day("ppa_milestone", "Milestone", "milestones"),
    ],
    fields: &[
        Field::new("title", "Title", Type::Text(255)).required().searchable().listed(),
        Field::new("category", "Category", Type::Choice(PPA_CATEGORIES))
            .group(FieldGroup::Money)
            .required()
            .filtered(),
        Field::new("summary", "Summary", Type::Multiline(10_000)).searchable(),
        Field::new("status", "Status", Type::Choice(PPA_STATUSES))
            .required()
            .initial(Initial::Text("planning"))
            .listed()
            .filtered(),
        Field::new("sector", "Sector", Type::Choice(SECTORS)).group(FieldGroup::Money).filtered(),
        Field::new("needs", "Needs", Type::References("need")),
        Field::new("communities", "Communities", Type::References("community")).filtered(),
        Field::new("lead_organization", "Lead organization", Type::Reference("organization"))
            .listed()
            .filtered(),
        Field::new("manager", "Manager", Type::Reference("user")).initial(Initial::Actor).filtered(),
        Field::new("start_date", "Start", Type::Date).filtered(),
        Field::new("target_end_date", "Target end", Type::Date).listed(),
        Field::new("budget_allocation_centavos", "Budget", Type::Money).listed(),
        Field::new("funding_source", "Funding source", Type::Choice(FUNDING_SOURCES))
            .group(FieldGroup::Money)
            .filtered(),
        Field::new("fiscal_year", "Fiscal year", Type::Integer(2000, 2100))
            .group(FieldGroup::Money)
            .filtered(),
        Field::new("priority", "Priority", Type::Choice(PRIORITIES))
            .group(FieldGroup::Decision)
            .required()
            .initial(Initial::Text("medium"))
            .filtered(),
        Field::new("progress", "Progress", Type::Integer(0, 100)).derived().listed(),
        Field::new("task_progress", "Progress calculated from tasks", Type::Integer(0, 100)).derived(),
        Field::new("manual_progress", "Manual progress", Type::Integer(0, 100))
            .group(FieldGroup::Reporting)
            .help("Overrides the calculated progress until cleared.")
            .folded(),
        Field::new("manual_progress_reason", "Reason for manual progress", Type::Text(500))
            .group(FieldGroup::Reporting)
            .folded(),
        Field::new("approval_stage", "Budget approval", Type::Choice(APPROVAL_STATES))
            .derived()
            .initial(Initial::Text("draft"))
            .filtered(),
        Field::new("milestones", "Milestones", Type::Structure(check_milestones))
            .group(FieldGroup::Reporting),
        // The program alone writes it.
        Field::new(MILESTONE_NUMBERS, "Numbers of the milestones", Type::Structure(|_| Ok(()))).secret(),
        Field::new("appropriation_class", "Appropriation class", Type::Choice(APPROPRIATION_CLASSES))
            .group(FieldGroup::Money)
            .folded()
            .filtered(),
        Field::new("total_slots", "Slots", SLOTS).group(FieldGroup::Money).folded(),
        Field::new("obc_slots", "OBC slots", SLOTS).group(FieldGroup::Money).folded(),
        Field::new("implementing_organization", "Implementing organization", Type::Reference("organization"))
            .folded(),
        Field::new("policies", "Policies", Type::References("policy")).folded(),
        Field::new("assessment", "Related assessment", Type::Reference("assessment")).folded(),
        Field::new("coverage_region", "Region", Type::Reference("region")).folded().filtered(),
        Field::new("coverage_province", "Province", Type::Reference("province")).folded().filtered(),
        Field::new("coverage_municipality", "Municipality or city", Type::Reference("municipality")).folded(),
        Field::new("actual_end_date", "Ended on", Type::Date)
            .group(FieldGroup::Status)
            .folded()
            .not_on_calendar("Past date; the target end is on the calendar."),
        Field::new("outcome_framework", "Outcome framework", Type::Structure(check_outcomes))
            .group(FieldGroup::Money)
            .folded(),
    ],
    ..Kind::new("ppa", "ppas", "ppas")
};
