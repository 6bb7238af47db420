//! Triggers: the template for the tasks of a record.

/// Returns the template for a record of `kind` whose fields `facts` returns by name; `None` when a record of this
/// kind, or in this state, gets no tasks.
///
/// Kinds are those of an origin. A stage of a project is given as the project (`current_stage`) or as a
/// `project_stage` (`stage`), a stage of approval as an `approval_stage` (`stage`).
pub fn template_for(kind: &str, facts: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    let fact = |name: &str| facts(name).unwrap_or_default();
    match kind {
        "assessment" => Some(for_methodology(&fact("primary_methodology"))),
        "survey" => Some("survey_standard"),
        "workshop" => Some("mana_workshop_facilitation"),
        "baseline_study" => Some("mana_baseline_study"),
        "event" if fact("is_quarterly_coordination") == "true" => Some("quarterly_coordination_meeting"),
        "event" => Some(for_event_type(&fact("event_type"))),
        "engagement" => Some("engagement_standard"),
        "partnership" => Some("partnership_negotiation"),
        "ppa" => for_category(&fact("category")),
        "policy" => Some("policy_development_full_cycle"),
        "policy_milestone" => Some("policy_milestone"),
        "service" => Some("service_offering_setup"),
        "application" if fact("status") == "submitted" => Some("application_review_process"),
        "project" => for_project_stage(&fact("current_stage")),
        "project_stage" => for_project_stage(&fact("stage")),
        "approval_stage" => for_approval_stage(&fact("stage")),
        _ => None,
    }
}

fn for_methodology(methodology: &str) -> &'static str {
    match methodology {
        "desk_review" => "mana_assessment_desk_review",
        "survey" => "mana_assessment_survey",
        "participatory" => "mana_assessment_participatory",
        "mixed" => "mana_assessment_full_cycle",
        "kii" => "mana_assessment_kii",
        "workshop" => "mana_assessment_workshop",
        "observation" => "mana_assessment_observation",
        _ => "mana_assessment_basic",
    }
}

fn for_event_type(event_type: &str) -> &'static str {
    match event_type {
        "meeting" => "event_meeting_standard",
        "workshop" => "event_workshop_full",
        "conference" => "event_conference_full",
        "consultation" => "event_consultation",
        "forum" => "event_forum",
        "field_visit" => "event_field_visit",
        _ => "event_basic",
    }
}

fn for_category(category: &str) -> Option<&'static str> {
    match category {
        "moa_ppa" | "oobc_ppa" => Some("ppa_budget_cycle"),
        "obc_request" => Some("obc_request"),
        _ => None,
    }
}

fn for_project_stage(stage: &str) -> Option<&'static str> {
    match stage {
        "need_identification" => Some("project_need_identification"),
        "need_validation" => Some("project_need_validation"),
        "policy_linkage" => Some("project_policy_linkage"),
        "mao_coordination" => Some("project_mao_coordination"),
        "budget_planning" => Some("project_budget_planning"),
        "approval" => Some("project_approval"),
        "implementation" => Some("project_implementation"),
        "monitoring" => Some("project_monitoring"),
        "completion" => Some("project_completion"),
        _ => None,
    }
}

fn for_approval_stage(stage: &str) -> Option<&'static str> {
    match stage {
        "technical_review" => Some("approval_technical_review"),
        "budget_review" => Some("approval_budget_review"),
        "stakeholder_consultation" => Some("approval_stakeholder_consultation"),
        "executive_approval" => Some("approval_executive_approval"),
        "enactment" => Some("approval_enactment"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices::{self, Choice};
    use crate::tasks::templates::find;
    use std::collections::BTreeSet;

    /// Returns the templates of all values of one field of a kind; every value must lead to an existing one.
    fn every(kind: &str, field: &str, choices: &[Choice]) -> BTreeSet<&'static str> {
        let mut names = BTreeSet::new();
        for choice in choices {
            let facts = |name: &str| (name == field).then(|| choice.value.to_owned());
            let name =
                template_for(kind, &facts).unwrap_or_else(|| panic!("{kind} {} has none", choice.value));
            assert!(find(name).is_some(), "{name} does not exist");
            names.insert(name);
        }
        names
    }

    #[test]
    fn every_value_of_a_deciding_field_has_a_template() {
        assert_eq!(every("assessment", "primary_methodology", choices::ASSESSMENT_METHODOLOGIES).len(), 8);
        assert_eq!(every("event", "event_type", choices::EVENT_TYPES).len(), 7);
        assert_eq!(every("ppa", "category", choices::PPA_CATEGORIES).len(), 2);
        assert_eq!(every("project", "current_stage", choices::PROJECT_STAGES).len(), 9);
        assert_eq!(every("project_stage", "stage", choices::PROJECT_STAGES).len(), 9);
        assert_eq!(every("approval_stage", "stage", choices::APPROVAL_STAGES).len(), 5);
    }

    #[test]
    fn kinds_without_a_deciding_field_have_one() {
        for kind in [
            "survey",
            "workshop",
            "baseline_study",
            "engagement",
            "partnership",
            "policy",
            "policy_milestone",
            "service",
        ] {
            let name = template_for(kind, &|_| None).unwrap_or_else(|| panic!("{kind} has none"));
            assert!(find(name).is_some(), "{name} does not exist");
        }
        assert_eq!(template_for("community", &|_| None), None);
        assert_eq!(template_for("ppa", &|_| None), None);
    }

    #[test]
    fn an_application_gets_tasks_once_it_is_submitted() {
        let status = |value: &'static str| move |name: &str| (name == "status").then(|| value.to_owned());
        assert_eq!(template_for("application", &status("draft")), None);
        assert_eq!(template_for("application", &status("submitted")), Some("application_review_process"));
    }

    #[test]
    fn a_quarterly_meeting_has_its_own() {
        let facts = |name: &str| match name {
            "event_type" => Some(String::from("meeting")),
            "is_quarterly_coordination" => Some(String::from("true")),
            _ => None,
        };
        assert_eq!(template_for("event", &facts), Some("quarterly_coordination_meeting"));
    }
}
