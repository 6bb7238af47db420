//! Policy recommendations and the milestones of their implementation.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{
    POLICY_CATEGORIES, POLICY_MILESTONE_STATUSES, POLICY_SCOPES, POLICY_STATUSES, PRIORITIES,
};
use crate::registry::{DateRole, Field, FieldError, FieldType as Type, Initial, Kind, Module, Record};

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, "submission_date", "review_deadline", errors);
    super::in_order(record, "implementation_start_date", "implementation_deadline", errors);
}

/// A policy recommendation.
pub static POLICY: Kind = Kind {
    label: "Policy",
    plural: "Policies",
    icon: "scale",
    purpose: "Recommendations to the Chief Minister, from draft through consultation to implementation.",
    module: Module::Policy,
    area: Area::Programme,
    state: "status",
    people: &["lead_author", "assigned_reviewer"],
    decisions: &["under_consideration", "approved", "in_implementation", "implemented", "rejected"],
    rules,
    dates: &[
        DateRole::day("policy_submission", "Submission", "submission_date"),
        DateRole::day("policy_review", "Review due", "review_deadline"),
        DateRole::day("policy_start", "Implementation starts", "implementation_start_date"),
        DateRole::day("policy_deadline", "Implementation due", "implementation_deadline"),
    ],
    fields: &[
        Field::new("title", "Title", Type::Text(255)).required().searchable().listed(),
        Field::new("reference_number", "Number", Type::Text(40)).derived().searchable().listed(),
        Field::new("category", "Category", Type::Choice(POLICY_CATEGORIES)).listed().filtered(),
        Field::new("status", "Status", Type::Choice(POLICY_STATUSES))
            .required()
            .initial(Initial::Text("draft"))
            .listed()
            .filtered(),
        Field::new("priority", "Priority", Type::Choice(PRIORITIES))
            .required()
            .initial(Initial::Text("medium"))
            .filtered(),
        Field::new("scope", "Scope", Type::Choice(POLICY_SCOPES)).filtered(),
        Field::new("lead_author", "Lead author", Type::Reference("user"))
            .initial(Initial::Actor)
            .listed()
            .filtered(),
        Field::new("assigned_reviewer", "Reviewer", Type::Reference("user")),
        Field::new("submission_date", "Submission", Type::Date).listed(),
        Field::new("review_deadline", "Review due", Type::Date).listed(),
        Field::new("implementation_start_date", "Implementation starts", Type::Date).folded(),
        Field::new("implementation_deadline", "Implementation due", Type::Date).folded(),
        Field::new("approval_date", "Approved on", Type::Date)
            .group(FieldGroup::Decision)
            .folded()
            .not_on_calendar("Date of a decision, not a plan."),
        Field::new("description", "Description", Type::Multiline(20_000)).searchable(),
        Field::new("problem_statement", "Problem", Type::Multiline(20_000)).folded(),
        Field::new("proposed_solution", "Proposed solution", Type::Multiline(20_000)).folded(),
        Field::new("expected_outcomes", "Expected outcomes", Type::Multiline(20_000)).folded(),
        Field::new("needs", "Related needs", Type::References("need")),
        Field::new("assessments", "Related assessments", Type::References("assessment")).folded(),
        Field::new("estimated_cost_centavos", "Estimated cost", Type::Money).folded(),
    ],
    ..Kind::new("policy", "policies", "policies")
};

/// A milestone in the implementation of a policy.
pub static POLICY_MILESTONE: Kind = Kind {
    label: "Policy milestone",
    plural: "Policy milestones",
    icon: "flag",
    purpose: "Steps in the implementation of a policy, with dates and responsible people.",
    module: Module::Policy,
    area: Area::Programme,
    state: "status",
    default_sort: "target_date",
    people: &["assigned_to"],
    dates: &[DateRole::day("policy_milestone", "Milestone", "target_date")],
    fields: &[
        Field::new("title", "Title", Type::Text(255)).required().searchable().listed(),
        Field::new("policy", "Policy", Type::Reference("policy")).required().listed().filtered(),
        Field::new("target_date", "Target date", Type::Date).required().listed(),
        Field::new("status", "Status", Type::Choice(POLICY_MILESTONE_STATUSES))
            .required()
            .initial(Initial::Text("not_started"))
            .listed()
            .filtered(),
        Field::new("assigned_to", "Responsible", Type::Reference("user")).listed().filtered(),
        Field::new("responsible_party", "Responsible outside the office", Type::Text(255)),
        Field::new("progress", "Progress", Type::Integer(0, 100))
            .group(FieldGroup::Reporting)
            .initial(Initial::Integer(0)),
        Field::new("description", "Description", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .searchable(),
    ],
    ..Kind::new("policy_milestone", "policy-milestones", "policy_milestones")
};
