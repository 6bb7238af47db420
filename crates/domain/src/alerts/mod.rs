//! Alerts: what raises one, how severe it is, and what ends it.
//!
//! An alert holds as long as its rule finds something about its subject: the same function raises, rates and resolves.
//! `docs/alerts.md` is printed from the table of rules.

pub mod actions;
mod facts;
mod findings;
mod health;

pub use facts::{
    CeilingFacts, Facts, NeedFacts, PolicyFacts, PolicyMilestoneFacts, PpaFacts, ProjectFacts,
    missing_reports,
};
pub use findings::{Finding, Severity};
pub use health::{Health, HealthPart, Rating};

use jiff::civil::Date;

use Find::{Ceiling, Need, Policy, PolicyMilestone, Ppa, Project};

/// Days after which obligated money should be disbursed by half.
pub const DISBURSEMENT_DAYS: i64 = 90;
/// Days after the end of a period in which its report is not missing yet.
pub const REPORT_DAYS: i64 = 15;
/// Days after which such a delay is severe.
pub const LONG_DISBURSEMENT_DAYS: i64 = 180;

/// Function of a rule, by the kind of its subject.
#[derive(Clone, Copy)]
pub enum Find {
    /// About a need.
    Need(fn(&NeedFacts, Date) -> Option<Finding>),
    /// About a PPA.
    Ppa(fn(&PpaFacts, Date) -> Option<Finding>),
    /// About a project.
    Project(fn(&ProjectFacts, Date) -> Option<Finding>),
    /// About a policy.
    Policy(fn(&PolicyFacts, Date) -> Option<Finding>),
    /// About a milestone of a policy.
    PolicyMilestone(fn(&PolicyMilestoneFacts, Date) -> Option<Finding>),
    /// About a ceiling.
    Ceiling(fn(&CeilingFacts, Date) -> Option<Finding>),
}

impl Find {
    /// Returns the name of the kind of the subject.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Need(_) => "need",
            Ppa(_) => "ppa",
            Project(_) => "project",
            Policy(_) => "policy",
            PolicyMilestone(_) => "policy_milestone",
            Ceiling(_) => "ceiling",
        }
    }
}

/// Rule of an alert: it is raised when the trigger begins to hold, and resolved when it no longer does.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Type of the alert.
    pub alert_type: &'static str,
    /// Trigger in words.
    pub trigger: &'static str,
    /// Severity in words.
    pub severity: &'static str,
    /// Function that finds it.
    pub find: Find,
}

const fn rule(alert_type: &'static str, find: Find, trigger: &'static str, severity: &'static str) -> Rule {
    Rule { alert_type, trigger, severity, find }
}

/// All rules. A type has at most one alert about a subject, so rules of one type and kind exclude each other.
pub const RULES: &[Rule] = &[
    rule(
        "unfunded_needs",
        Need(findings::unfunded_need),
        "A validated or prioritized need has a score of 80 or more, and no PPA that is not cancelled answers it.",
        "high from a score of 90 on, otherwise medium",
    ),
    rule(
        "overdue_ppa",
        Ppa(findings::overdue_ppa),
        "The target end of a PPA has passed, and it is neither completed nor cancelled.",
        "high after 30 days, otherwise medium",
    ),
    rule(
        "overdue_ppa",
        Project(findings::overdue_project),
        "The target date of a project has passed, it is not completed, and its PPA is not overdue itself.",
        "high after 30 days, otherwise medium",
    ),
    rule(
        "pending_mao_report",
        Ppa(findings::pending_report),
        "The last period with a target of an indicator ended 15 days ago or more, and nothing that was not returned is \
         measured in it. The PPA is ongoing.",
        "high after 45 days, otherwise medium",
    ),
    rule(
        "budget_ceiling",
        Ceiling(findings::ceiling),
        "90 % of a ceiling of this year or a later one is committed.",
        "critical from 98 % on, otherwise high",
    ),
    rule(
        "policy_lagging",
        Policy(findings::lagging_policy),
        "A policy is past its deadline: of implementation when it is not implemented, of the start of implementation \
         when it is approved, of the review when it is under review.",
        "high after 30 days, otherwise medium",
    ),
    rule(
        "approval_bottleneck",
        Ppa(findings::bottleneck),
        "A PPA has been in one stage of the budget approval for more than 30 days.",
        "high after 60 days, otherwise medium",
    ),
    rule(
        "approval_bottleneck",
        Ppa(findings::rejection),
        "The budget of a PPA was rejected, and no new round was opened.",
        "high",
    ),
    rule(
        "disbursement_delay",
        Ppa(findings::disbursement_delay),
        "Less than half of what was obligated more than 90 days ago is disbursed.",
        "high when that is so for 180 days, otherwise medium",
    ),
    rule(
        "underspending",
        Ppa(findings::underspending),
        "After the first quarter of its fiscal year, the obligated share of an enacted budget is more than 25 points \
         behind the elapsed share of the year. The PPA is planned or ongoing.",
        "high from 50 points on, otherwise medium",
    ),
    rule(
        "overspending",
        Ppa(findings::overspending),
        "95 % of an enacted budget is obligated, and more than a quarter of the time of the PPA is left; without dates, \
         of its fiscal year.",
        "critical when all of it is obligated, otherwise high",
    ),
    rule("workflow_blocked", Project(findings::blocked), "A project is marked as blocked.", "high"),
    rule(
        "milestone_missed",
        Ppa(findings::missed_milestone_of_ppa),
        "The date of a milestone has passed, and it is neither completed, cancelled nor on hold. The PPA is neither \
         completed nor cancelled.",
        "high after 30 days, otherwise medium",
    ),
    rule(
        "milestone_missed",
        PolicyMilestone(findings::missed_milestone_of_policy),
        "The target date of a milestone of a policy has passed, and it is neither completed nor cancelled.",
        "high after 30 days, otherwise medium",
    ),
    rule(
        "deadline_approaching",
        Project(findings::deadline),
        "The target date of a project is at most 7 days away. It is in budget planning, approval, implementation or \
         monitoring.",
        "high from 3 days on, otherwise medium",
    ),
];

/// Returns what the rules find about a subject on a day, each with the type of the alert.
#[must_use]
pub fn findings(facts: &Facts, today: Date) -> Vec<(&'static str, Finding)> {
    let found = |rule: &Rule| {
        let finding = match (rule.find, facts) {
            (Need(find), Facts::Need(facts)) => find(facts, today),
            (Ppa(find), Facts::Ppa(facts)) => find(facts, today),
            (Project(find), Facts::Project(facts)) => find(facts, today),
            (Policy(find), Facts::Policy(facts)) => find(facts, today),
            (PolicyMilestone(find), Facts::PolicyMilestone(facts)) => find(facts, today),
            (Ceiling(find), Facts::Ceiling(facts)) => find(facts, today),
            _ => None,
        };
        finding.map(|finding| (rule.alert_type, finding))
    };
    RULES.iter().filter_map(found).collect()
}

/// Prints the table of rules as Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Alerts\n\nAn alert is raised when its trigger begins to hold about a record, and resolved when it no longer \
         does: by the write that causes it, in the same transaction, or by the job “Check alerts” shortly after \
         midnight where time does. There is at most one alert of a type about a record at a time. An acknowledged \
         alert stays acknowledged until its severity rises; a snoozed one comes back on its day.\n\n\
         Printed from the table of rules in `crates/domain/src/alerts` by a test \
         (`UPDATE=1 cargo test -p obcms-domain alerts` rewrites it).\n\n\
         | type | about | trigger | severity |\n|---|---|---|---|\n",
    );
    for rule in RULES {
        text.push_str(&format!(
            "| {} (`{}`) | {} | {} | {} |\n",
            crate::choices::label(crate::choices::ALERT_TYPES, rule.alert_type),
            rule.alert_type,
            crate::kinds::by_name(rule.find.kind()).map_or("", |kind| kind.label),
            rule.trigger,
            rule.severity
        ));
    }
    text
}

#[cfg(test)]
mod tests;
