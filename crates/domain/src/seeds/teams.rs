//! The six teams of the office. They are created once and belong to the office from then on.

/// Initial team.
#[derive(Debug, Clone, Copy)]
pub struct TeamSeed {
    /// Stable key.
    pub key: &'static str,
    /// Name.
    pub name: &'static str,
    /// Purpose.
    pub focus: &'static str,
    /// Domains whose generated tasks are assigned to it.
    pub domains: &'static [&'static str],
}

/// The teams.
pub const TEAMS: &[TeamSeed] = &[
    TeamSeed {
        key: "mana",
        name: "MANA Team",
        focus: "Maintains maps, checks data quality and organizes field work.",
        domains: &["mana"],
    },
    TeamSeed {
        key: "monitoring",
        name: "M&E Unit",
        focus: "Maintains indicators, validates data and writes reports.",
        domains: &["monitoring", "data"],
    },
    TeamSeed {
        key: "planning",
        name: "Planning and Budgeting Unit",
        focus: "Runs the budget cycle, compares resources with assessment results and monitors portfolio \
                risks.",
        domains: &["project_central"],
    },
    TeamSeed {
        key: "coordination",
        name: "Coordination Unit",
        focus: "Briefs agencies, convenes stakeholders and manages the calendar and follow-ups.",
        domains: &["coordination", "general"],
    },
    TeamSeed {
        key: "community_development",
        name: "Community Development Unit",
        focus: "Supports livelihoods, holds consultations and builds community capacity.",
        domains: &["communities", "services", "municipal"],
    },
    TeamSeed {
        key: "research",
        name: "Research Unit",
        focus: "Conducts studies, manages knowledge and provides evidence for policies.",
        domains: &["policy", "ai"],
    },
];

/// Returns the team for generated tasks of `domain`, until the office configures another one.
pub fn for_domain(domain: &str) -> Option<&'static TeamSeed> {
    TEAMS.iter().find(|team| team.domains.contains(&domain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices;
    use std::collections::HashSet;

    #[test]
    fn six_teams_have_unique_names() {
        let keys: HashSet<_> = TEAMS.iter().map(|team| team.key).collect();
        let names: HashSet<_> = TEAMS.iter().map(|team| team.name).collect();
        assert_eq!((keys.len(), names.len()), (6, 6));
    }

    #[test]
    fn every_domain_has_exactly_one_team() {
        for domain in choices::TASK_DOMAINS {
            let count = TEAMS.iter().filter(|team| team.domains.contains(&domain.value)).count();
            assert_eq!(count, 1, "{}", domain.value);
        }
        let named: usize = TEAMS.iter().map(|team| team.domains.len()).sum();
        assert_eq!(named, choices::TASK_DOMAINS.len());
        assert_eq!(for_domain("mana").map(|team| team.name), Some("MANA Team"));
        assert!(for_domain("kitchen").is_none());
    }
}
