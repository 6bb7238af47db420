//! Assessments: field and desk work that finds needs.

use crate::accounts::Area;
use crate::choices::{
    ASSESSMENT_CATEGORIES, ASSESSMENT_LEVELS, ASSESSMENT_METHODOLOGIES, ASSESSMENT_STATUSES, PRIORITIES,
};
use crate::registry::typed::fields;
use crate::registry::{Concern, DateRole, FieldError, FieldType as Type, Initial, Kind, Module, Record};

fields! {
    assessment
        [crate::registry::shared: TITLE, STATUS, PRIORITY]
    {
        PRIMARY_METHODOLOGY: Text = "primary_methodology",
        PLANNED_START_DATE: Date = "planned_start_date",
        PLANNED_END_DATE: Date = "planned_end_date",
        LEAD_ASSESSOR: Reference = "lead_assessor",
        TEAM_MEMBERS: References = "team_members",
        CATEGORY: Text = "category",
        ASSESSMENT_LEVEL: Text = "assessment_level",
        COMMUNITY: Reference = "community",
        REGION: Reference = "region",
        PROVINCE: Reference = "province",
        MUNICIPALITY: Reference = "municipality",
        PLANNING_COMPLETION_DATE: Date = "planning_completion_date",
        DATA_COLLECTION_END_DATE: Date = "data_collection_end_date",
        ANALYSIS_COMPLETION_DATE: Date = "analysis_completion_date",
        REPORT_DUE_DATE: Date = "report_due_date",
        DESCRIPTION: Text = "description",
        OBJECTIVES: Text = "objectives",
        ESTIMATED_BUDGET_CENTAVOS: Integer = "estimated_budget_centavos",
        KEY_FINDINGS: Text = "key_findings",
        RECOMMENDATIONS: Text = "recommendations",
    }
}

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, assessment::PLANNED_START_DATE, assessment::PLANNED_END_DATE, errors);
}

/// An assessment.
pub static ASSESSMENT: Kind = Kind {
    label: "Assessment",
    plural: "Assessments",
    icon: "clipboard-list",
    purpose: "Mapping and needs assessments, from planning to report. Tasks are generated for each.",
    module: Module::Mana,
    area: Area::Field,
    state: assessment::STATUS.name(),
    default_sort: "-planned_start_date",
    people: &[assessment::LEAD_ASSESSOR.name(), assessment::TEAM_MEMBERS.name()],
    concerns: &[Concern::field(assessment::COMMUNITY)],
    rules,
    dates: &[
        DateRole::span(
            "assessment",
            "",
            assessment::PLANNED_START_DATE.name(),
            assessment::PLANNED_END_DATE.name(),
        ),
        DateRole::day(
            "assessment_planning",
            "Planning complete",
            assessment::PLANNING_COMPLETION_DATE.name(),
        ),
        DateRole::day(
            "assessment_data_collection",
            "Data collection ends",
            assessment::DATA_COLLECTION_END_DATE.name(),
        ),
        DateRole::day(
            "assessment_analysis",
            "Analysis complete",
            assessment::ANALYSIS_COMPLETION_DATE.name(),
        ),
        DateRole::day("assessment_report", "Report due", assessment::REPORT_DUE_DATE.name()),
    ],
    told_apart_by: &[assessment::COMMUNITY.name(), assessment::PLANNED_START_DATE.name()],
    fields: &[
        assessment::TITLE.field("Title", Type::Text(200)).required().searchable().listed(),
        assessment::PRIMARY_METHODOLOGY
            .field("Method", Type::Choice(ASSESSMENT_METHODOLOGIES))
            .required()
            .help("Determines the generated tasks.")
            .listed()
            .filtered(),
        assessment::PLANNED_START_DATE.field("Planned start", Type::Date).required().listed(),
        assessment::PLANNED_END_DATE.field("Planned end", Type::Date).required().listed(),
        assessment::LEAD_ASSESSOR
            .field("Lead", Type::Reference("user"))
            .initial(Initial::Actor)
            .listed()
            .filtered(),
        assessment::TEAM_MEMBERS.field("Team", Type::References("user")),
        assessment::STATUS
            .field("Status", Type::Choice(ASSESSMENT_STATUSES))
            .required()
            .initial(Initial::Text("planning"))
            .listed()
            .filtered(),
        assessment::PRIORITY
            .field("Priority", Type::Choice(PRIORITIES))
            .required()
            .initial(Initial::Text("medium")),
        assessment::CATEGORY.field("Category", Type::Choice(ASSESSMENT_CATEGORIES)).filtered(),
        assessment::ASSESSMENT_LEVEL
            .field("Level", Type::Choice(ASSESSMENT_LEVELS))
            .initial(Initial::Text("community")),
        assessment::COMMUNITY.field("Community", Type::Reference("community")).filtered(),
        assessment::REGION.field("Region", Type::Reference("region")).folded().filtered(),
        assessment::PROVINCE.field("Province", Type::Reference("province")).folded(),
        assessment::MUNICIPALITY.field("Municipality or city", Type::Reference("municipality")).folded(),
        assessment::PLANNING_COMPLETION_DATE.field("Planning complete", Type::Date).folded(),
        assessment::DATA_COLLECTION_END_DATE.field("Data collection ends", Type::Date).folded(),
        assessment::ANALYSIS_COMPLETION_DATE.field("Analysis complete", Type::Date).folded(),
        assessment::REPORT_DUE_DATE.field("Report due", Type::Date).folded(),
        assessment::DESCRIPTION.field("Description", Type::Multiline(10_000)).searchable(),
        assessment::OBJECTIVES.field("Objectives", Type::Multiline(10_000)).folded(),
        assessment::ESTIMATED_BUDGET_CENTAVOS.field("Estimated budget", Type::Money).folded(),
        assessment::KEY_FINDINGS.field("Key findings", Type::Multiline(10_000)).folded(),
        assessment::RECOMMENDATIONS.field("Recommendations", Type::Multiline(10_000)).folded(),
    ],
    has_attachments: true,
    ..Kind::new("assessment", "assessments", "assessments")
};
