//! Assessments: field and desk work that finds needs.

use crate::accounts::Area;
use crate::choices::{
    ASSESSMENT_CATEGORIES, ASSESSMENT_LEVELS, ASSESSMENT_METHODOLOGIES, ASSESSMENT_STATUSES, PRIORITIES,
};
use crate::registry::{DateRole, Field, FieldError, FieldType as Type, Initial, Kind, Module, Record};

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, "planned_start_date", "planned_end_date", errors);
}

/// An assessment.
pub static ASSESSMENT: Kind = Kind {
    label: "Assessment",
    plural: "Assessments",
    icon: "clipboard-list",
    purpose: "Mapping and needs assessments, from planning to report. Tasks are generated for each.",
    module: Module::Mana,
    area: Area::Field,
    state: "status",
    default_sort: "-planned_start_date",
    people: &["lead_assessor", "team_members"],
    concerns: &["community"],
    rules,
    dates: &[
        DateRole::span("assessment", "", "planned_start_date", "planned_end_date"),
        DateRole::day("assessment_planning", "Planning complete", "planning_completion_date"),
        DateRole::day("assessment_data_collection", "Data collection ends", "data_collection_end_date"),
        DateRole::day("assessment_analysis", "Analysis complete", "analysis_completion_date"),
        DateRole::day("assessment_report", "Report due", "report_due_date"),
    ],
    fields: &[
        Field::new("title", "Title", Type::Text(200)).required().searchable().listed(),
        Field::new("primary_methodology", "Method", Type::Choice(ASSESSMENT_METHODOLOGIES))
            .required()
            .help("Determines the generated tasks.")
            .listed()
            .filtered(),
        Field::new("planned_start_date", "Planned start", Type::Date).required().listed(),
        Field::new("planned_end_date", "Planned end", Type::Date).required().listed(),
        Field::new("lead_assessor", "Lead", Type::Reference("user"))
            .initial(Initial::Actor)
            .listed()
            .filtered(),
        Field::new("team_members", "Team", Type::References("user")),
        Field::new("status", "Status", Type::Choice(ASSESSMENT_STATUSES))
            .required()
            .initial(Initial::Text("planning"))
            .listed()
            .filtered(),
        Field::new("priority", "Priority", Type::Choice(PRIORITIES))
            .required()
            .initial(Initial::Text("medium")),
        Field::new("category", "Category", Type::Choice(ASSESSMENT_CATEGORIES)).filtered(),
        Field::new("assessment_level", "Level", Type::Choice(ASSESSMENT_LEVELS))
            .initial(Initial::Text("community")),
        Field::new("community", "Community", Type::Reference("community")).filtered(),
        Field::new("region", "Region", Type::Reference("region")).folded().filtered(),
        Field::new("province", "Province", Type::Reference("province")).folded(),
        Field::new("municipality", "Municipality or city", Type::Reference("municipality")).folded(),
        Field::new("planning_completion_date", "Planning complete", Type::Date).folded(),
        Field::new("data_collection_end_date", "Data collection ends", Type::Date).folded(),
        Field::new("analysis_completion_date", "Analysis complete", Type::Date).folded(),
        Field::new("report_due_date", "Report due", Type::Date).folded(),
        Field::new("description", "Description", Type::Multiline(10_000)).searchable(),
        Field::new("objectives", "Objectives", Type::Multiline(10_000)).folded(),
        Field::new("estimated_budget_centavos", "Estimated budget", Type::Money).folded(),
        Field::new("key_findings", "Key findings", Type::Multiline(10_000)).folded(),
        Field::new("recommendations", "Recommendations", Type::Multiline(10_000)).folded(),
    ],
    ..Kind::new("assessment", "assessments", "assessments")
};
