//! Health of a PPA in three parts, by the alerts about it that are not resolved.

use super::Severity;

/// Part of the health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthPart {
    /// Dates and the approval.
    Schedule,
    /// The ledger.
    Money,
    /// Reports on indicators.
    Results,
}

/// Rating of a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    /// Not rated: there is nothing to rate by, or the PPA is completed or cancelled.
    #[default]
    None,
    /// No alert.
    Good,
    /// Alerts of medium severity at most.
    Attention,
    /// An alert of high or critical severity.
    Bad,
}

impl HealthPart {
    /// All parts.
    pub const ALL: [Self; 3] = [Self::Schedule, Self::Money, Self::Results];

    /// Label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Schedule => "Schedule",
            Self::Money => "Money",
            Self::Results => "Results",
        }
    }

    /// Name in filters and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Money => "money",
            Self::Results => "results",
        }
    }

    /// Types of the alerts that rate it.
    #[must_use]
    pub const fn alert_types(self) -> &'static [&'static str] {
        match self {
            Self::Schedule => &["overdue_ppa", "milestone_missed", "approval_bottleneck"],
            Self::Money => &["disbursement_delay", "underspending", "overspending"],
            Self::Results => &["pending_mao_report"],
        }
    }

    /// What a PPA needs to be rated in this part, in words.
    #[must_use]
    pub const fn basis(self) -> &'static str {
        match self {
            Self::Schedule => "a target end",
            Self::Money => "a budget in force",
            Self::Results => "an indicator",
        }
    }
}

impl Rating {
    /// The ratings of a part that has something to rate by, the worst first.
    pub const RATED: [Self; 3] = [Self::Bad, Self::Attention, Self::Good];

    /// Returns the rating by the severity of an alert.
    #[must_use]
    pub fn of_severity(severity: &str) -> Self {
        let is_bad = [Severity::High, Severity::Critical].iter().any(|bad| bad.as_str() == severity);
        if is_bad { Self::Bad } else { Self::Attention }
    }

    /// Name in filters and in the API; empty without a rating.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Good => "good",
            Self::Attention => "attention",
            Self::Bad => "bad",
        }
    }

    /// Label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "Not rated",
            Self::Good => "Good",
            Self::Attention => "Needs attention",
            Self::Bad => "Bad",
        }
    }
}

/// Ratings of a PPA, in the order of [`HealthPart::ALL`].
pub type Health = [Rating; 3];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::RULES;

    #[test]
    fn every_alert_about_a_ppa_rates_one_part() {
        for rule in RULES.iter().filter(|rule| rule.find.kind() == "ppa") {
            let parts = HealthPart::ALL.iter().filter(|part| part.alert_types().contains(&rule.alert_type));
            assert_eq!(parts.count(), 1, "{}", rule.alert_type);
        }
        assert!(
            Rating::Bad > Rating::Attention
                && Rating::Attention > Rating::Good
                && Rating::Good > Rating::None
        );
        assert_eq!(Rating::of_severity("critical"), Rating::Bad);
        assert_eq!(Rating::of_severity("medium"), Rating::Attention);
    }
}
