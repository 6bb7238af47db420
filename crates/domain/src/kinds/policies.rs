//! Policy recommendations and the milestones of their implementation.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{
    POLICY_CATEGORIES, POLICY_MILESTONE_STATUSES, POLICY_SCOPES, POLICY_STATUSES, PRIORITIES,
};
use crate::registry::typed::fields;
use crate::registry::{DateRole, FieldError, FieldType as Type, Initial, Kind, Module, Record};

fields! {
    policy
        [crate::registry::shared: TITLE, STATUS, PRIORITY]
    {
        REFERENCE_NUMBER: Text = "reference_number",
        CATEGORY: Text = "category",
        SCOPE: Text = "scope",
        LEAD_AUTHOR: Reference = "lead_author",
        ASSIGNED_REVIEWER: Reference = "assigned_reviewer",
        SUBMISSION_DATE: Date = "submission_date",
        REVIEW_DEADLINE: Date = "review_deadline",
        IMPLEMENTATION_START_DATE: Date = "implementation_start_date",
        IMPLEMENTATION_DEADLINE: Date = "implementation_deadline",
        APPROVAL_DATE: Date = "approval_date",
        DESCRIPTION: Text = "description",
        PROBLEM_STATEMENT: Text = "problem_statement",
        PROPOSED_SOLUTION: Text = "proposed_solution",
        EXPECTED_OUTCOMES: Text = "expected_outcomes",
        NEEDS: References = "needs",
        ASSESSMENTS: References = "assessments",
        ESTIMATED_COST_CENTAVOS: Integer = "estimated_cost_centavos",
    }
}

fields! {
    policy_milestone
        [crate::registry::shared: TITLE, STATUS]
    {
        POLICY: Reference = "policy",
        TARGET_DATE: Date = "target_date",
        ASSIGNED_TO: Reference = "assigned_to",
        RESPONSIBLE_PARTY: Text = "responsible_party",
        PROGRESS: Integer = "progress",
        DESCRIPTION: Text = "description",
    }
}

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, policy::SUBMISSION_DATE, policy::REVIEW_DEADLINE, errors);
    super::in_order(record, policy::IMPLEMENTATION_START_DATE, policy::IMPLEMENTATION_DEADLINE, errors);
}

/// A policy recommendation.
pub static POLICY: Kind = Kind {
    label: "Policy",
    plural: "Policies",
    icon: "scale",
    purpose: "Recommendations to the Chief Minister, from draft through consultation to implementation.",
    module: Module::Policy,
    area: Area::Programme,
    state: policy::STATUS.name(),
    people: &[policy::LEAD_AUTHOR.name(), policy::ASSIGNED_REVIEWER.name()],
    decisions: &["under_consideration", "approved", "in_implementation", "implemented", "rejected"],
    rules,
    dates: &[
        DateRole::day("policy_submission", "Submission", policy::SUBMISSION_DATE.name()),
        DateRole::day("policy_review", "Review due", policy::REVIEW_DEADLINE.name()),
        DateRole::day("policy_start", "Implementation starts", policy::IMPLEMENTATION_START_DATE.name()),
        DateRole::day("policy_deadline", "Implementation due", policy::IMPLEMENTATION_DEADLINE.name()),
    ],
    fields: &[
        policy::TITLE.field("Title", Type::Text(255)).required().searchable().listed(),
        policy::REFERENCE_NUMBER.field("Number", Type::Text(40)).derived().searchable().listed(),
        policy::CATEGORY.field("Category", Type::Choice(POLICY_CATEGORIES)).listed().filtered(),
        policy::STATUS
            .field("Status", Type::Choice(POLICY_STATUSES))
            .required()
            .initial(Initial::Text("draft"))
            .listed()
            .filtered(),
        policy::PRIORITY
            .field("Priority", Type::Choice(PRIORITIES))
            .required()
            .initial(Initial::Text("medium"))
            .filtered(),
        policy::SCOPE.field("Scope", Type::Choice(POLICY_SCOPES)).filtered(),
        policy::LEAD_AUTHOR
            .field("Lead author", Type::Reference("user"))
            .initial(Initial::Actor)
            .listed()
            .filtered(),
        policy::ASSIGNED_REVIEWER.field("Reviewer", Type::Reference("user")),
        policy::SUBMISSION_DATE.field("Submission", Type::Date).listed(),
        policy::REVIEW_DEADLINE.field("Review due", Type::Date).listed(),
        policy::IMPLEMENTATION_START_DATE.field("Implementation starts", Type::Date).folded(),
        policy::IMPLEMENTATION_DEADLINE.field("Implementation due", Type::Date).folded(),
        policy::APPROVAL_DATE
            .field("Approved on", Type::Date)
            .group(FieldGroup::Decision)
            .folded()
            .not_on_calendar("Date of a decision, not a plan."),
        policy::DESCRIPTION.field("Description", Type::Multiline(20_000)).searchable(),
        policy::PROBLEM_STATEMENT.field("Problem", Type::Multiline(20_000)).folded(),
        policy::PROPOSED_SOLUTION.field("Proposed solution", Type::Multiline(20_000)).folded(),
        policy::EXPECTED_OUTCOMES.field("Expected outcomes", Type::Multiline(20_000)).folded(),
        policy::NEEDS.field("Related needs", Type::References("need")),
        policy::ASSESSMENTS.field("Related assessments", Type::References("assessment")).folded(),
        policy::ESTIMATED_COST_CENTAVOS.field("Estimated cost", Type::Money).folded(),
    ],
    has_attachments: true,
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
    state: policy_milestone::STATUS.name(),
    default_sort: "target_date",
    people: &[policy_milestone::ASSIGNED_TO.name()],
    dates: &[DateRole::day("policy_milestone", "Milestone", policy_milestone::TARGET_DATE.name())],
    told_apart_by: &[policy_milestone::POLICY.name(), policy_milestone::TARGET_DATE.name()],
    fields: &[
        policy_milestone::TITLE.field("Title", Type::Text(255)).required().searchable().listed(),
        policy_milestone::POLICY.field("Policy", Type::Reference("policy")).required().listed().filtered(),
        policy_milestone::TARGET_DATE.field("Target date", Type::Date).required().listed(),
        policy_milestone::STATUS
            .field("Status", Type::Choice(POLICY_MILESTONE_STATUSES))
            .required()
            .initial(Initial::Text("not_started"))
            .listed()
            .filtered(),
        policy_milestone::ASSIGNED_TO.field("Responsible", Type::Reference("user")).listed().filtered(),
        policy_milestone::RESPONSIBLE_PARTY.field("Responsible outside the office", Type::Text(255)),
        policy_milestone::PROGRESS
            .field("Progress", Type::Integer(0, 100))
            .group(FieldGroup::Reporting)
            .initial(Initial::Integer(0)),
        policy_milestone::DESCRIPTION
            .field("Description", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .searchable(),
    ],
    ..Kind::new("policy_milestone", "policy-milestones", "policy_milestones")
};
