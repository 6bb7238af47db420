//! The programme: PPAs, projects, budget, policies, services.

use super::{Choice, choice};

/// Categories of a PPA.
pub const PPA_CATEGORIES: &[Choice] = &[
    choice("moa_ppa", "PPA of a ministry, office or agency"),
    choice("oobc_ppa", "PPA of the office"),
    choice("obc_request", "Request of a community"),
];

/// Statuses of the implementation of a PPA.
pub const PPA_STATUSES: &[Choice] = &[
    choice("planning", "Planning"),
    choice("ongoing", "Ongoing"),
    choice("completed", "Completed"),
    choice("on_hold", "On hold"),
    choice("cancelled", "Cancelled"),
];

/// Statuses of a community request.
pub const REQUEST_STATUSES: &[Choice] = &[
    choice("submitted", "Submitted"),
    choice("under_review", "Under review"),
    choice("clarification", "Clarification needed"),
    choice("endorsed", "Endorsed"),
    choice("approved", "Approved"),
    choice("in_progress", "In progress"),
    choice("completed", "Completed"),
    choice("deferred", "Deferred"),
    choice("declined", "Declined"),
];

/// Sectors, for PPAs, ceilings, needs and goals.
pub const SECTORS: &[Choice] = &[
    choice("economic_development", "Economic development"),
    choice("social_development", "Social development"),
    choice("education", "Education"),
    choice("health", "Health"),
    choice("infrastructure", "Infrastructure"),
    choice("livelihood", "Livelihood"),
    choice("cultural_development", "Cultural development"),
    choice("rehabilitation", "Rehabilitation"),
    choice("protection_of_rights", "Protection of rights"),
    choice("peace_security", "Peace and security"),
    choice("governance", "Governance"),
    choice("environment", "Environment"),
];

/// Funding sources.
pub const FUNDING_SOURCES: &[Choice] = &[
    choice("gaa", "General Appropriations Act"),
    choice("block_grant", "Block grant"),
    choice("lgu_counterpart", "Counterpart of the local government"),
    choice("donor", "Donor or development partner"),
    choice("internal", "Internal budget"),
    choice("other", "Other"),
];

/// Class of an appropriation.
pub const APPROPRIATION_CLASSES: &[Choice] = &[
    choice("ps", "Personnel services"),
    choice("mooe", "Maintenance and other operating expenses"),
    choice("co", "Capital outlay"),
];

/// Cost-effectiveness of a PPA.
pub const COST_EFFECTIVENESS_RATINGS: &[Choice] = &[
    choice("very_high", "Very high"),
    choice("high", "High"),
    choice("moderate", "Moderate"),
    choice("low", "Low"),
];

/// Dated stages of the budget cycle of a PPA, in order.
pub const BUDGET_CYCLE_STAGES: &[Choice] = &[
    choice("budget_call", "Budget call"),
    choice("formulation", "Formulation"),
    choice("technical_hearing", "Technical hearing"),
    choice("budget_hearing", "Budget hearing"),
    choice("legislation", "Legislation"),
    choice("execution", "Execution"),
    choice("accountability", "Accountability"),
];

/// Statuses of a stage of the budget cycle.
pub const BUDGET_CYCLE_STATUSES: &[Choice] = &[
    choice("not_started", "Not started"),
    choice("in_progress", "In progress"),
    choice("completed", "Completed"),
    choice("blocked", "Blocked"),
];

/// Statuses of a milestone of a PPA.
pub const PPA_MILESTONE_STATUSES: &[Choice] = &[
    choice("planned", "Planned"),
    choice("in_progress", "In progress"),
    choice("completed", "Completed"),
    choice("delayed", "Delayed"),
    choice("cancelled", "Cancelled"),
];

/// The five stages of budget approval, in order.
pub const APPROVAL_STAGES: &[Choice] = &[
    choice("technical_review", "Technical review"),
    choice("budget_review", "Budget review"),
    choice("stakeholder_consultation", "Stakeholder consultation"),
    choice("executive_approval", "Executive approval"),
    choice("enactment", "Enactment"),
];

/// All states of the budget approval of a PPA, in order.
pub const APPROVAL_STATES: &[Choice] = &[
    choice("draft", "Draft"),
    choice("technical_review", "Technical review"),
    choice("budget_review", "Budget review"),
    choice("stakeholder_consultation", "Stakeholder consultation"),
    choice("executive_approval", "Executive approval"),
    choice("enactment", "Enactment"),
    choice("enacted", "Enacted"),
    choice("rejected", "Rejected"),
];

/// Actions on a PPA under approval.
pub const APPROVAL_ACTIONS: &[Choice] = &[
    choice("submit", "Submit"),
    choice("approve", "Approve"),
    choice("return", "Return for revision"),
    choice("reject", "Reject"),
    choice("waive", "Waive the consultation"),
    choice("reopen", "Reopen"),
    choice("withdraw", "Withdraw"),
    choice("revise", "Revise the budget"),
];

/// The nine stages of a project, in order.
pub const PROJECT_STAGES: &[Choice] = &[
    choice("need_identification", "Need identification"),
    choice("need_validation", "Need validation"),
    choice("policy_linkage", "Policy linkage"),
    choice("mao_coordination", "MAO coordination"),
    choice("budget_planning", "Budget planning"),
    choice("approval", "Approval"),
    choice("implementation", "Implementation"),
    choice("monitoring", "Monitoring and evaluation"),
    choice("completion", "Completion"),
];

/// Kinds of a ledger entry of a PPA.
pub const TRANCHE_KINDS: &[Choice] = &[
    choice("allocation", "Allotment"),
    choice("obligation", "Obligation"),
    choice("disbursement", "Disbursement"),
    choice("adjustment", "Adjustment"),
];

/// Kinds that an adjustment can adjust.
pub const ADJUSTED_KINDS: &[Choice] = &[
    choice("allocation", "Allotment"),
    choice("obligation", "Obligation"),
    choice("disbursement", "Disbursement"),
];

/// Enforcement of a ceiling.
pub const CEILING_ENFORCEMENT: &[Choice] = &[choice("soft", "Soft: warns"), choice("hard", "Hard: refuses")];

/// Assumptions of a budget scenario.
pub const SCENARIO_TYPES: &[Choice] = &[
    choice("baseline", "Baseline"),
    choice("optimistic", "Optimistic"),
    choice("conservative", "Conservative"),
    choice("needs_based", "Needs-based"),
    choice("equity_focused", "Equity-focused"),
    choice("custom", "Custom"),
];

/// Statuses of a budget scenario.
pub const SCENARIO_STATUSES: &[Choice] =
    &[choice("draft", "Draft"), choice("adopted", "Adopted"), choice("archived", "Archived")];

/// Rules by which a scenario is distributed.
pub const SCENARIO_RULES: &[Choice] = &[
    choice("priority", "Priority score"),
    choice("equity", "Equity by region"),
    choice("weighted", "Score and equity"),
];

/// Ceilings that the adoption of a scenario drafts.
pub const DRAFTED_CEILINGS: &[Choice] = &[
    choice("sector", "By sector"),
    choice("funding_source", "By funding source"),
    choice("sector_and_source", "By sector and funding source"),
    choice("none", "No ceilings"),
];

/// Statuses of a strategic goal.
pub const GOAL_STATUSES: &[Choice] = &[
    choice("draft", "Draft"),
    choice("approved", "Approved"),
    choice("active", "Active"),
    choice("achieved", "Achieved"),
    choice("revised", "Revised"),
    choice("discontinued", "Discontinued"),
];

/// Statuses of a planning cycle.
pub const PLANNING_CYCLE_STATUSES: &[Choice] = &[
    choice("planning", "Planning"),
    choice("budget_preparation", "Budget preparation"),
    choice("budget_approval", "Budget approval"),
    choice("execution", "Execution"),
    choice("monitoring", "Monitoring"),
    choice("completed", "Completed"),
    choice("archived", "Archived"),
];

/// Area of a policy recommendation.
pub const POLICY_CATEGORIES: &[Choice] = &[
    choice("economic_development", "Economic development"),
    choice("social_development", "Social development"),
    choice("cultural_development", "Cultural development"),
    choice("rehabilitation_development", "Rehabilitation and development"),
    choice("protection_of_rights", "Protection of rights"),
];

/// Scopes of a policy recommendation.
pub const POLICY_SCOPES: &[Choice] = &[
    choice("national", "National"),
    choice("regional", "Regional"),
    choice("provincial", "Provincial"),
    choice("municipal", "Municipal"),
    choice("barangay", "Barangay"),
    choice("community", "Community"),
];

/// Statuses of a policy recommendation.
pub const POLICY_STATUSES: &[Choice] = &[
    choice("draft", "Draft"),
    choice("under_review", "Under review"),
    choice("needs_revision", "Needs revision"),
    choice("submitted", "Submitted"),
    choice("under_consideration", "Under consideration"),
    choice("approved", "Approved"),
    choice("in_implementation", "In implementation"),
    choice("implemented", "Implemented"),
    choice("rejected", "Rejected"),
    choice("withdrawn", "Withdrawn"),
    choice("on_hold", "On hold"),
    choice("expired", "Expired"),
];

/// Statuses of a milestone of a policy.
pub const POLICY_MILESTONE_STATUSES: &[Choice] = &[
    choice("not_started", "Not started"),
    choice("in_progress", "In progress"),
    choice("completed", "Completed"),
    choice("delayed", "Delayed"),
    choice("cancelled", "Cancelled"),
];

/// Types of evidence for a policy.
pub const EVIDENCE_TYPES: &[Choice] = &[
    choice("quantitative_data", "Quantitative data"),
    choice("qualitative_data", "Qualitative data"),
    choice("research_study", "Research study"),
    choice("needs_assessment", "Needs assessment"),
    choice("stakeholder_consultation", "Stakeholder consultation"),
    choice("case_study", "Case study"),
    choice("best_practice", "Best practice"),
    choice("legal_precedent", "Legal precedent"),
    choice("expert_opinion", "Expert opinion"),
    choice("field_observation", "Field observation"),
    choice("document_analysis", "Document analysis"),
    choice("comparative_analysis", "Comparative analysis"),
    choice("other", "Other"),
];

/// Types of a service.
pub const SERVICE_TYPES: &[Choice] = &[
    choice("financial", "Financial assistance"),
    choice("training", "Training"),
    choice("livelihood", "Livelihood"),
    choice("education", "Education"),
    choice("health", "Health"),
    choice("infrastructure", "Infrastructure"),
    choice("legal", "Legal assistance"),
    choice("social", "Social services"),
    choice("technical", "Technical assistance"),
    choice("other", "Other"),
];

/// Statuses of a service.
pub const SERVICE_STATUSES: &[Choice] = &[
    choice("draft", "Draft"),
    choice("active", "Active"),
    choice("paused", "Paused"),
    choice("closed", "Closed"),
    choice("archived", "Archived"),
];

/// Eligibility for a service.
pub const ELIGIBILITY_LEVELS: &[Choice] = &[
    choice("individual", "Individual"),
    choice("household", "Household"),
    choice("community", "Community"),
    choice("organization", "Organization"),
    choice("lgu", "Local government unit"),
];

/// Statuses of an application.
pub const APPLICATION_STATUSES: &[Choice] = &[
    choice("draft", "Draft"),
    choice("submitted", "Submitted"),
    choice("under_review", "Under review"),
    choice("additional_info_required", "Additional information required"),
    choice("approved", "Approved"),
    choice("rejected", "Rejected"),
    choice("waitlisted", "Waitlisted"),
    choice("in_progress", "In progress"),
    choice("completed", "Completed"),
    choice("cancelled", "Cancelled"),
];
