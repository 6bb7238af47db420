//! Field work: needs, assessments, surveys, workshops, mapping.

use super::{Choice, choice};

/// Purposes of an assessment.
pub const ASSESSMENT_CATEGORIES: &[Choice] = &[
    choice("needs_assessment", "Needs assessment"),
    choice("baseline_study", "Baseline study"),
    choice("impact_assessment", "Impact assessment"),
    choice("situational_analysis", "Situational analysis"),
    choice("community_mapping", "Community mapping"),
];

/// Administrative levels that an assessment covers.
pub const ASSESSMENT_LEVELS: &[Choice] = &[
    choice("regional", "Regional"),
    choice("provincial", "Provincial"),
    choice("city_municipal", "City or municipal"),
    choice("barangay", "Barangay"),
    choice("community", "Community"),
];

/// Main methods of an assessment, which decide which tasks are generated.
pub const ASSESSMENT_METHODOLOGIES: &[Choice] = &[
    choice("desk_review", "Desk review"),
    choice("survey", "Survey"),
    choice("kii", "Key informant interviews"),
    choice("workshop", "Workshop"),
    choice("participatory", "Participatory assessment"),
    choice("observation", "Field observation"),
    choice("mixed", "Mixed methods"),
    choice("other", "Other"),
];

/// Statuses of an assessment.
pub const ASSESSMENT_STATUSES: &[Choice] = &[
    choice("planning", "Planning"),
    choice("preparation", "Preparation"),
    choice("data_collection", "Data collection"),
    choice("analysis", "Analysis"),
    choice("reporting", "Reporting"),
    choice("completed", "Completed"),
    choice("cancelled", "Cancelled"),
];

/// Statuses of a need.
pub const NEED_STATUSES: &[Choice] = &[
    choice("identified", "Identified"),
    choice("validated", "Validated"),
    choice("prioritized", "Prioritized"),
    choice("planned", "Planned"),
    choice("in_progress", "In progress"),
    choice("completed", "Completed"),
    choice("deferred", "Deferred"),
    choice("rejected", "Rejected"),
];

/// Urgency of a need.
pub const URGENCY_LEVELS: &[Choice] = &[
    choice("immediate", "Immediate (within 1 month)"),
    choice("short_term", "Short term (1 to 6 months)"),
    choice("medium_term", "Medium term (6 to 12 months)"),
    choice("long_term", "Long term (over a year)"),
];

/// Severity of a need.
pub const IMPACT_SEVERITIES: &[Choice] = &[
    choice("1", "1 Minimal"),
    choice("2", "2 Minor"),
    choice("3", "3 Moderate"),
    choice("4", "4 Severe"),
    choice("5", "5 Critical"),
];

/// Feasibility of meeting a need.
pub const FEASIBILITIES: &[Choice] = &[
    choice("very_low", "Very low"),
    choice("low", "Low"),
    choice("medium", "Medium"),
    choice("high", "High"),
    choice("very_high", "Very high"),
];

/// Types of a survey.
pub const SURVEY_TYPES: &[Choice] = &[
    choice("household", "Household"),
    choice("community_leader", "Community leader"),
    choice("focus_group", "Focus group"),
    choice("key_informant", "Key informant"),
    choice("observation", "Observation"),
    choice("document_review", "Document review"),
];

/// The six workshops of an assessment.
pub const WORKSHOP_TYPES: &[Choice] = &[
    choice("workshop_1", "1 Context of the community"),
    choice("workshop_2", "2 Aspirations"),
    choice("workshop_3", "3 Collaboration"),
    choice("workshop_4", "4 Feedback on programmes"),
    choice("workshop_5", "5 Needs and challenges"),
    choice("workshop_6", "6 Ways forward"),
];

/// Types of a baseline study.
pub const BASELINE_STUDY_TYPES: &[Choice] = &[
    choice("comprehensive", "Comprehensive"),
    choice("socio_economic", "Socio-economic"),
    choice("demographic", "Demographic"),
    choice("livelihood", "Livelihood"),
    choice("infrastructure", "Infrastructure"),
    choice("service_delivery", "Service delivery"),
    choice("governance", "Governance"),
    choice("cultural", "Cultural"),
    choice("environmental", "Environmental"),
];

/// Statuses of a baseline study.
pub const BASELINE_STUDY_STATUSES: &[Choice] = &[
    choice("planning", "Planning"),
    choice("design", "Design"),
    choice("data_collection", "Data collection"),
    choice("analysis", "Analysis"),
    choice("reporting", "Reporting"),
    choice("review", "Review"),
    choice("completed", "Completed"),
    choice("cancelled", "Cancelled"),
];

/// Methods of a baseline study.
pub const BASELINE_STUDY_METHODOLOGIES: &[Choice] = &[
    choice("quantitative", "Quantitative"),
    choice("qualitative", "Qualitative"),
    choice("mixed_methods", "Mixed methods"),
    choice("participatory", "Participatory"),
    choice("rapid_assessment", "Rapid assessment"),
];
