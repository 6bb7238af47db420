//! PPAs: programmes, projects and activities, and community requests.

use serde_json::Value as Json;

use super::needs::need;
use crate::accounts::{Area, FieldGroup};
use crate::choices::{
    self, APPROPRIATION_CLASSES, APPROVAL_STATES, FUNDING_SOURCES, MILESTONE_STATUSES, PPA_CATEGORIES,
    PPA_STATUSES, PRIORITIES, SECTORS,
};
use crate::core::message::{Message, Word};
use crate::core::uacs;
use crate::message;
use crate::registry::typed::fields;
use crate::registry::{
    Concern, DateRole, FieldError, FieldType as Type, Initial, Kind, Module, Record, Total, parse_date,
};

fields! {
    ppa
        [crate::registry::shared: TITLE, STATUS, PRIORITY]
    {
        CATEGORY: Text = "category",
        SUMMARY: Text = "summary",
        SECTOR: Text = "sector",
        NEEDS: References = "needs",
        COMMUNITIES: References = "communities",
        LEAD_ORGANIZATION: Reference = "lead_organization",
        MANAGER: Reference = "manager",
        START_DATE: Date = "start_date",
        TARGET_END_DATE: Date = "target_end_date",
        BUDGET_ALLOCATION_CENTAVOS: Integer = "budget_allocation_centavos",
        FUNDING_SOURCE: Text = "funding_source",
        FISCAL_YEAR: Integer = "fiscal_year",
        PROGRESS: Integer = "progress",
        TASK_PROGRESS: Integer = "task_progress",
        MANUAL_PROGRESS: Integer = "manual_progress",
        MANUAL_PROGRESS_REASON: Text = "manual_progress_reason",
        APPROVAL_STAGE: Text = "approval_stage",
        MILESTONES: Structure = "milestones",
        APPROPRIATION_CLASS: Text = "appropriation_class",
        TOTAL_SLOTS: Integer = "total_slots",
        OBC_SLOTS: Integer = "obc_slots",
        IMPLEMENTING_ORGANIZATION: Reference = "implementing_organization",
        POLICIES: References = "policies",
        GOALS: References = "goals",
        ASSESSMENT: Reference = "assessment",
        COVERAGE_REGION: Reference = "coverage_region",
        COVERAGE_PROVINCE: Reference = "coverage_province",
        COVERAGE_MUNICIPALITY: Reference = "coverage_municipality",
        ACTUAL_END_DATE: Date = "actual_end_date",
        OUTCOME_FRAMEWORK: Structure = "outcome_framework",
        MILESTONE_NUMBERS: Structure = "milestone_numbers",
        ENACTED_BUDGET_CENTAVOS: Integer = "enacted_budget_centavos",
        ENACTED_ON: Date = "enacted_on",
        APPROVAL_ROUND: Integer = "approval_round",
        APPROVAL_ASSIGNEE: Reference = "approval_assignee",
        PAP_CODE: Text = "pap_code",
    }
}

const SLOTS: Type = Type::Integer(0, 100_000_000);

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, ppa::START_DATE, ppa::TARGET_END_DATE, errors);
    if let (Some(all), Some(obc)) = (ppa::TOTAL_SLOTS.get(record), ppa::OBC_SLOTS.get(record))
        && obc > all
    {
        errors.push(FieldError::new(
            ppa::OBC_SLOTS.name(),
            "range",
            "OBC slots must not exceed the total slots.",
        ));
    }
    if ppa::MANUAL_PROGRESS.get(record).is_some() && ppa::MANUAL_PROGRESS_REASON.is_empty(record) {
        errors.push(FieldError::new(
            ppa::MANUAL_PROGRESS_REASON.name(),
            "required",
            "Enter a reason for the manual progress, or clear the manual progress.",
        ));
    }
    if !ppa::PAP_CODE.is_empty(record)
        && let Err(error) = uacs::parse_pap(ppa::PAP_CODE.get(record))
    {
        errors.push(FieldError::new(ppa::PAP_CODE.name(), "format", error.message()));
    }
}

/// Checks milestones: `[{date, title, status}]`, status optional.
fn check_milestones(json: &Json) -> Result<(), Message> {
    let expected = || Message::new("Must be a list of milestones with date, title and status.");
    let items = json.as_array().ok_or_else(expected)?;
    if items.len() > 100 {
        return Err("Must have at most 100 milestones.".into());
    }
    for (number, item) in items.iter().enumerate() {
        let number = number + 1;
        let item = item.as_object().ok_or_else(expected)?;
        if let Some(unknown) = item.keys().find(|key| !["date", "title", "status"].contains(&key.as_str())) {
            return Err(message!(
                "Milestone {number} has an unknown member: {unknown}.",
                number,
                unknown = Word::text(unknown)
            ));
        }
        let date = item.get("date").and_then(Json::as_str).unwrap_or_default();
        parse_date(date)
            .map_err(|(_, message)| message!("Date of milestone {number}: {message}", number, message))?;
        match item.get("title").and_then(Json::as_str) {
            Some(title) if !title.trim().is_empty() && title.chars().count() <= 255 => {}
            _ => return Err(message!("Milestone {number} needs a title of at most 255 characters.", number)),
        }
        match item.get("status") {
            None | Some(Json::Null) => {}
            Some(Json::String(status)) if choices::contains(MILESTONE_STATUSES, status) => {}
            _ => return Err(message!("Milestone {number} has an unknown status.", number)),
        }
    }
    Ok(())
}

fn check_outcomes(json: &Json) -> Result<(), Message> {
    let object = json.as_object().ok_or("Must be an object with outputs, outcomes and impacts.")?;
    if let Some(unknown) =
        object.keys().find(|key| !["outputs", "outcomes", "impacts"].contains(&key.as_str()))
    {
        return Err(message!(
            "Unknown member: {unknown}. Must be outputs, outcomes or impacts.",
            unknown = Word::text(unknown)
        ));
    }
    if object.values().any(|value| !value.is_array()) {
        return Err("Outputs, outcomes and impacts must be lists.".into());
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
    state: ppa::STATUS.name(),
    people: &[ppa::MANAGER.name()],
    request: Some((ppa::CATEGORY.name(), "obc_request")),
    undecided: Some((ppa::APPROVAL_STAGE.name(), "draft")),
    concerns: &[
        Concern::field(ppa::LEAD_ORGANIZATION),
        Concern::field(ppa::IMPLEMENTING_ORGANIZATION),
        Concern::field(ppa::COMMUNITIES),
        Concern::through(ppa::NEEDS, need::COMMUNITY),
    ],
    rules,
    dates: &[
        DateRole::day("ppa_start", "Start", ppa::START_DATE.name()),
        DateRole::day("ppa_target_end", "Target end", ppa::TARGET_END_DATE.name()),
        DateRole::day("ppa_milestone", "Milestone", ppa::MILESTONES.name()),
    ],
    told_apart_by: &[ppa::FISCAL_YEAR.name(), ppa::LEAD_ORGANIZATION.name()],
    fields: &[
        ppa::TITLE.field("Title", Type::Text(255)).required().searchable().listed(),
        ppa::CATEGORY
            .field("Category", Type::Choice(PPA_CATEGORIES))
            .group(FieldGroup::Money)
            .required()
            .filtered(),
        ppa::SUMMARY.field("Summary", Type::Multiline(10_000)).searchable(),
        ppa::STATUS
            .field("Status", Type::Choice(PPA_STATUSES))
            .help("Follows the approval, the project and the start date. On hold and cancelled are actions.")
            .required()
            .initial(Initial::Text("planning"))
            .listed()
            .filtered(),
        ppa::SECTOR.field("Sector", Type::Choice(SECTORS)).group(FieldGroup::Money).filtered(),
        ppa::NEEDS.field("Needs", Type::References("need")),
        ppa::COMMUNITIES.field("Communities", Type::References("community")).filtered(),
        ppa::LEAD_ORGANIZATION
            .field("Lead organization", Type::Reference("organization"))
            .listed()
            .filtered(),
        ppa::MANAGER.field("Manager", Type::Reference("user")).initial(Initial::Actor).filtered(),
        ppa::START_DATE.field("Start", Type::Date).filtered(),
        ppa::TARGET_END_DATE.field("Target end", Type::Date).listed(),
        ppa::BUDGET_ALLOCATION_CENTAVOS.field("Budget", Type::Money).listed(),
        ppa::FUNDING_SOURCE
            .field("Funding source", Type::Choice(FUNDING_SOURCES))
            .group(FieldGroup::Money)
            .filtered(),
        ppa::FISCAL_YEAR.field("Fiscal year", Type::Integer(2000, 2100)).group(FieldGroup::Money).filtered(),
        ppa::PRIORITY
            .field("Priority", Type::Choice(PRIORITIES))
            .group(FieldGroup::Decision)
            .required()
            .initial(Initial::Text("medium"))
            .filtered(),
        ppa::PROGRESS.field("Progress", Type::Integer(0, 100)).derived().listed(),
        ppa::TASK_PROGRESS.field("Progress calculated from tasks", Type::Integer(0, 100)).derived(),
        ppa::MANUAL_PROGRESS
            .field("Manual progress", Type::Integer(0, 100))
            .group(FieldGroup::Reporting)
            .help("Overrides the calculated progress until cleared.")
            .folded(),
        ppa::MANUAL_PROGRESS_REASON
            .field("Reason for manual progress", Type::Text(500))
            .group(FieldGroup::Reporting)
            .folded(),
        ppa::APPROVAL_STAGE
            .field("Budget approval", Type::Choice(APPROVAL_STATES))
            .derived()
            .initial(Initial::Text("draft"))
            .filtered(),
        ppa::MILESTONES.field("Milestones", Type::Structure(check_milestones)).group(FieldGroup::Reporting),
        // Written only by the program.
        ppa::MILESTONE_NUMBERS.field("Numbers of the milestones", Type::Structure(|_| Ok(()))).secret(),
        ppa::APPROPRIATION_CLASS
            .field("Appropriation class", Type::Choice(APPROPRIATION_CLASSES))
            .group(FieldGroup::Money)
            .folded()
            .filtered(),
        ppa::PAP_CODE
            .field("PAP code", Type::Text(40))
            .group(FieldGroup::Money)
            .help("15 digits of the UACS, as in the appropriations act.")
            .searchable()
            .folded(),
        ppa::TOTAL_SLOTS.field("Slots", SLOTS).total(Total::Sum).group(FieldGroup::Money).folded(),
        ppa::OBC_SLOTS.field("OBC slots", SLOTS).total(Total::Sum).group(FieldGroup::Money).folded(),
        ppa::IMPLEMENTING_ORGANIZATION
            .field("Implementing organization", Type::Reference("organization"))
            .folded(),
        ppa::POLICIES.field("Policies", Type::References("policy")).folded().filtered(),
        ppa::GOALS.field("Strategic goals", Type::References("goal")).filtered(),
        ppa::ASSESSMENT.field("Related assessment", Type::Reference("assessment")).folded(),
        ppa::COVERAGE_REGION.field("Region", Type::Reference("region")).folded().filtered(),
        ppa::COVERAGE_PROVINCE.field("Province", Type::Reference("province")).folded().filtered(),
        ppa::COVERAGE_MUNICIPALITY.field("Municipality or city", Type::Reference("municipality")).folded(),
        ppa::ACTUAL_END_DATE
            .field("Ended on", Type::Date)
            .group(FieldGroup::Status)
            .folded()
            .not_on_calendar("Past date; the target end is on the calendar."),
        ppa::OUTCOME_FRAMEWORK
            .field("Outcome framework", Type::Structure(check_outcomes))
            .group(FieldGroup::Money)
            .folded(),
        ppa::ENACTED_BUDGET_CENTAVOS.field("Enacted budget", Type::Money).derived(),
        ppa::ENACTED_ON.field("Enacted on", Type::Date).derived().not_on_calendar("Past date."),
        ppa::APPROVAL_ROUND.field("Approval round", Type::Integer(0, 1000)).derived(),
        ppa::APPROVAL_ASSIGNEE.field("Decider", Type::Reference("user")).derived().filtered(),
    ],
    has_attachments: true,
    ..Kind::new("ppa", "ppas", "ppas")
};
