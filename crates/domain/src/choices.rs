//! Enumerations of the data: stored values and labels.
//!
//! The order of a list is that of a form. Where values have an order of their own (stages, priorities, severities),
//! the list has that order.

use crate::core::message::Word;

mod alerts;
mod calendar;
mod coordination;
mod field;
mod modules;
mod people;
mod places;
mod programme;
mod reports;
mod results;
mod work;

pub use alerts::*;
pub use calendar::*;
pub use coordination::*;
pub use field::*;
pub use modules::*;
pub use people::*;
pub use places::*;
pub use programme::*;
pub use reports::*;
pub use results::*;
pub use work::*;

/// Value of an enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Choice {
    /// Value in the database and in the API: snake case, never changed.
    pub value: &'static str,
    /// Label on the screen.
    pub label: &'static str,
}

/// Constructor for the tables below.
const fn choice(value: &'static str, label: &'static str) -> Choice {
    Choice { value, label }
}

/// Returns true if `value` is one of `choices`.
pub fn contains(choices: &[Choice], value: &str) -> bool {
    position(choices, value).is_some()
}

/// Returns the position of `value` in `choices`: the sort key, because alphabetical order has no meaning.
pub fn position(choices: &[Choice], value: &str) -> Option<usize> {
    choices.iter().position(|choice| choice.value == value)
}

/// Returns the label of `value`, or `value` itself when it is not one of `choices` (data of an older version).
pub fn label<'a>(choices: &'static [Choice], value: &'a str) -> &'a str {
    choices.iter().find(|choice| choice.value == value).map_or(value, |choice| choice.label)
}

/// Returns the label of `value` for a message, or `value` itself when it is not one of `choices`.
pub fn word(choices: &'static [Choice], value: &str) -> Word {
    choices
        .iter()
        .find(|choice| choice.value == value)
        .map_or_else(|| Word::text(value), |choice| Word::label(choice.label))
}

/// All lists of this module with their names, for tests, the API description and the import.
pub const ALL: &[(&str, &[Choice])] = &[
    ("ACCESS_RATINGS", ACCESS_RATINGS),
    ("ACTION_ITEM_STATUSES", ACTION_ITEM_STATUSES),
    ("ALERT_SEVERITIES", ALERT_SEVERITIES),
    ("ALERT_STATES", ALERT_STATES),
    ("ALERT_TYPES", ALERT_TYPES),
    ("ANCHORS", ANCHORS),
    ("APPLICATION_STATUSES", APPLICATION_STATUSES),
    ("APPROPRIATION_CLASSES", APPROPRIATION_CLASSES),
    ("APPROVAL_ACTIONS", APPROVAL_ACTIONS),
    ("APPROVAL_STAGES", APPROVAL_STAGES),
    ("APPROVAL_STATES", APPROVAL_STATES),
    ("ASSESSMENT_CATEGORIES", ASSESSMENT_CATEGORIES),
    ("ASSESSMENT_LEVELS", ASSESSMENT_LEVELS),
    ("ASSESSMENT_METHODOLOGIES", ASSESSMENT_METHODOLOGIES),
    ("ASSESSMENT_STATUSES", ASSESSMENT_STATUSES),
    ("ASSIGNEE_RULES", ASSIGNEE_RULES),
    ("ATTENDANCE_STATUSES", ATTENDANCE_STATUSES),
    ("BASELINE_STUDY_METHODOLOGIES", BASELINE_STUDY_METHODOLOGIES),
    ("BASELINE_STUDY_STATUSES", BASELINE_STUDY_STATUSES),
    ("BASELINE_STUDY_TYPES", BASELINE_STUDY_TYPES),
    ("BOOKING_STATUSES", BOOKING_STATUSES),
    ("BUDGET_CYCLE_STAGES", BUDGET_CYCLE_STAGES),
    ("BUDGET_CYCLE_STATUSES", BUDGET_CYCLE_STATUSES),
    ("CALENDAR_MODULES", CALENDAR_MODULES),
    ("CARD_PLACES", CARD_PLACES),
    ("CEILING_ENFORCEMENT", CEILING_ENFORCEMENT),
    ("CHECKLIST_STATES", CHECKLIST_STATES),
    ("CHECK_IN_METHODS", CHECK_IN_METHODS),
    ("COMMUNITY_EVENT_TYPES", COMMUNITY_EVENT_TYPES),
    ("COST_EFFECTIVENESS_RATINGS", COST_EFFECTIVENESS_RATINGS),
    ("DEVELOPMENT_PLAN_STATUSES", DEVELOPMENT_PLAN_STATUSES),
    ("DRAFTED_CEILINGS", DRAFTED_CEILINGS),
    ("ELIGIBILITY_LEVELS", ELIGIBILITY_LEVELS),
    ("EMPLOYMENT_STATUSES", EMPLOYMENT_STATUSES),
    ("EMPLOYMENT_TYPES", EMPLOYMENT_TYPES),
    ("ENGAGEMENT_FREQUENCIES", ENGAGEMENT_FREQUENCIES),
    ("ENGAGEMENT_STATUSES", ENGAGEMENT_STATUSES),
    ("ENGAGEMENT_TYPES", ENGAGEMENT_TYPES),
    ("ETHNOLINGUISTIC_GROUPS", ETHNOLINGUISTIC_GROUPS),
    ("EVENT_STATUSES", EVENT_STATUSES),
    ("EVENT_TYPES", EVENT_TYPES),
    ("EVIDENCE_TYPES", EVIDENCE_TYPES),
    ("EXTERNAL_EVENT_STATUSES", EXTERNAL_EVENT_STATUSES),
    ("FEASIBILITIES", FEASIBILITIES),
    ("FETCH_STATUSES", FETCH_STATUSES),
    ("FUNDING_SOURCES", FUNDING_SOURCES),
    ("GOAL_STATUSES", GOAL_STATUSES),
    ("HIJRI_MONTHS", HIJRI_MONTHS),
    ("HOLIDAY_SOURCES", HOLIDAY_SOURCES),
    ("HOLIDAY_TYPES", HOLIDAY_TYPES),
    ("IMPACT_SEVERITIES", IMPACT_SEVERITIES),
    ("INVITATION_METHODS", INVITATION_METHODS),
    ("INVITATION_STATUSES", INVITATION_STATUSES),
    ("LEAVE_STATUSES", LEAVE_STATUSES),
    ("LEAVE_TYPES", LEAVE_TYPES),
    ("LGU_RELATIONSHIPS", LGU_RELATIONSHIPS),
    ("LIVELIHOOD_TYPES", LIVELIHOOD_TYPES),
    ("MILESTONE_STATUSES", MILESTONE_STATUSES),
    ("MUNICIPALITY_TYPES", MUNICIPALITY_TYPES),
    ("NEED_STATUSES", NEED_STATUSES),
    ("NOTIFICATION_TYPES", NOTIFICATION_TYPES),
    ("ORGANIZATION_STATUSES", ORGANIZATION_STATUSES),
    ("ORGANIZATION_TYPES", ORGANIZATION_TYPES),
    ("PARTICIPANT_TYPES", PARTICIPANT_TYPES),
    ("PARTICIPATION_LEVELS", PARTICIPATION_LEVELS),
    ("PARTICIPATION_ROLES", PARTICIPATION_ROLES),
    ("PARTNERSHIP_LEVELS", PARTNERSHIP_LEVELS),
    ("PARTNERSHIP_STATUSES", PARTNERSHIP_STATUSES),
    ("PARTNERSHIP_TYPES", PARTNERSHIP_TYPES),
    ("PERFORMANCE_SCOPES", PERFORMANCE_SCOPES),
    ("PERFORMANCE_STATUSES", PERFORMANCE_STATUSES),
    ("PLANNING_CYCLE_STATUSES", PLANNING_CYCLE_STATUSES),
    ("POLICY_CATEGORIES", POLICY_CATEGORIES),
    ("POLICY_MILESTONE_STATUSES", POLICY_MILESTONE_STATUSES),
    ("POLICY_SCOPES", POLICY_SCOPES),
    ("POLICY_STATUSES", POLICY_STATUSES),
    ("POVERTY_INCIDENCES", POVERTY_INCIDENCES),
    ("PPA_CATEGORIES", PPA_CATEGORIES),
    ("PPA_MILESTONE_STATUSES", PPA_MILESTONE_STATUSES),
    ("PPA_STATUSES", PPA_STATUSES),
    ("PRIORITIES", PRIORITIES),
    ("PROJECT_STAGES", PROJECT_STAGES),
    ("PROXIMITIES", PROXIMITIES),
    ("QUARTERLY_REPORT_STATUSES", QUARTERLY_REPORT_STATUSES),
    ("QUARTERS", QUARTERS),
    ("REMINDER_CHANNELS", REMINDER_CHANNELS),
    ("REPORTS", REPORTS),
    ("REPORT_FORMATS", REPORT_FORMATS),
    ("REPORT_STATES", REPORT_STATES),
    ("REPORT_YEARS", REPORT_YEARS),
    ("REQUEST_STATUSES", REQUEST_STATUSES),
    ("RESOURCE_TYPES", RESOURCE_TYPES),
    ("RSVP_STATUSES", RSVP_STATUSES),
    ("SCENARIO_RULES", SCENARIO_RULES),
    ("SCENARIO_STATUSES", SCENARIO_STATUSES),
    ("SCENARIO_TYPES", SCENARIO_TYPES),
    ("SECTORS", SECTORS),
    ("SERVICE_STATUSES", SERVICE_STATUSES),
    ("SERVICE_TYPES", SERVICE_TYPES),
    ("SETTLEMENT_TYPES", SETTLEMENT_TYPES),
    ("SURVEY_TYPES", SURVEY_TYPES),
    ("SUCCESSOR_MOVES", SUCCESSOR_MOVES),
    ("TASK_DOMAINS", TASK_DOMAINS),
    ("TASK_PHASES", TASK_PHASES),
    ("TASK_STATUSES", TASK_STATUSES),
    ("TRAINING_DELIVERY_MODES", TRAINING_DELIVERY_MODES),
    ("TRAINING_STATUSES", TRAINING_STATUSES),
    ("TRANCHE_KINDS", TRANCHE_KINDS),
    ("URGENCY_LEVELS", URGENCY_LEVELS),
    ("WORKSHOP_TYPES", WORKSHOP_TYPES),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn values_and_labels_are_unique_within_each_list() {
        for (name, choices) in ALL {
            assert!(choices.len() > 1, "{name} has fewer than two choices");
            let values: HashSet<_> = choices.iter().map(|choice| choice.value).collect();
            let labels: HashSet<_> = choices.iter().map(|choice| choice.label).collect();
            assert_eq!(values.len(), choices.len(), "{name} repeats a value");
            assert_eq!(labels.len(), choices.len(), "{name} repeats a label");
        }
    }

    #[test]
    fn values_are_snake_case_and_labels_capitalized() {
        for (name, choices) in ALL {
            for choice in *choices {
                assert!(
                    choice.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
                    "{name}: {}",
                    choice.value
                );
                let first = choice.label.chars().next().expect("a label");
                assert!(first.is_uppercase() || first.is_ascii_digit(), "{name}: {}", choice.label);
                assert!(!choice.label.contains('_'), "{name}: {}", choice.label);
            }
        }
    }

    #[test]
    fn names_of_lists_are_unique() {
        let names: HashSet<_> = ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn values_are_found_with_label_and_position() {
        assert!(contains(PRIORITIES, "critical"));
        assert!(!contains(PRIORITIES, "urgent"));
        assert_eq!(position(PRIORITIES, "high"), Some(2));
        assert_eq!(label(APPROPRIATION_CLASSES, "co"), "Capital outlay");
        assert_eq!(label(PRIORITIES, "urgent"), "urgent");
    }

    #[test]
    fn fixed_lists_have_their_length() {
        for (choices, length) in [
            (TASK_STATUSES, 5),
            (SECTORS, 12),
            (FUNDING_SOURCES, 6),
            (PROJECT_STAGES, 9),
            (APPROVAL_STAGES, 5),
            (BUDGET_CYCLE_STAGES, 7),
            (ASSESSMENT_METHODOLOGIES, 8),
            (EVENT_TYPES, 15),
            (EVENT_STATUSES, 9),
            (TASK_DOMAINS, 11),
            (PARTNERSHIP_STATUSES, 12),
            (POLICY_STATUSES, 12),
            (APPLICATION_STATUSES, 10),
            (ORGANIZATION_TYPES, 13),
            (ETHNOLINGUISTIC_GROUPS, 14),
        ] {
            assert_eq!(choices.len(), length, "{choices:?}");
        }
    }
}
