//! Field groups, which have rights of their own.

/// Group of fields that the policy table gives together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldGroup {
    /// Title, summary, places, dates, links.
    Planning,
    /// Budget, fiscal year, funding source, category, slots: the figures of an approval.
    Money,
    /// Progress, milestones, results: reports of those who do the work.
    Reporting,
    /// Urgency, severity, feasibility, people affected: the parts of a score.
    Scoring,
    /// Approval, validation, rank and priority: decisions of the office.
    Decision,
    /// Assignees, leads, managers, participants.
    People,
    /// State of a record.
    Status,
}

impl FieldGroup {
    /// Every group.
    pub const ALL: [Self; 7] = [
        Self::Planning,
        Self::Money,
        Self::Reporting,
        Self::Scoring,
        Self::Decision,
        Self::People,
        Self::Status,
    ];

    /// Name in the API description and in the matrix.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Money => "money",
            Self::Reporting => "reporting",
            Self::Scoring => "scoring",
            Self::Decision => "decision",
            Self::People => "people",
            Self::Status => "status",
        }
    }

    /// Members of the group, in a sentence.
    pub const fn contents(self) -> &'static str {
        match self {
            Self::Planning => {
                "Title, summary, places, dates, links, and every field that is in no other group."
            }
            Self::Money => {
                "Amounts; for PPAs also category, sector, fiscal year, funding source, appropriation class, slots and \
                 outcome framework."
            }
            Self::Reporting => {
                "Progress, milestones, minutes, outcomes and notes on the work; the profile of a community."
            }
            Self::Scoring => "Urgency, severity, feasibility and people affected of a need.",
            Self::Decision => {
                "Status, rank and forwarding of a need, priority of PPAs and projects, and states that only a \
                 decision gives, as an approved application."
            }
            Self::People => "Assignees, teams, leads, managers, organizers, participants.",
            Self::Status => "State of a record, where it is no decision.",
        }
    }
}
