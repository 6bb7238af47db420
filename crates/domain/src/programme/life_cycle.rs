//! Nine stages of a project and their transitions.

use crate::approval;
use crate::core::message::{Joining, Message, Word};
use crate::message;

/// A stage of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// A need is identified.
    NeedIdentification,
    /// The need is validated.
    NeedValidation,
    /// Policies are linked.
    PolicyLinkage,
    /// A ministry, agency or office is assigned.
    MaoCoordination,
    /// A PPA with a budget is created.
    BudgetPlanning,
    /// The budget is approved.
    Approval,
    /// The PPA is implemented.
    Implementation,
    /// Results are monitored.
    Monitoring,
    /// The project is closed.
    Completion,
}

impl Stage {
    /// Every stage in order.
    pub const ALL: [Self; 9] = [
        Self::NeedIdentification,
        Self::NeedValidation,
        Self::PolicyLinkage,
        Self::MaoCoordination,
        Self::BudgetPlanning,
        Self::Approval,
        Self::Implementation,
        Self::Monitoring,
        Self::Completion,
    ];

    /// Returns the stored value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeedIdentification => "need_identification",
            Self::NeedValidation => "need_validation",
            Self::PolicyLinkage => "policy_linkage",
            Self::MaoCoordination => "mao_coordination",
            Self::BudgetPlanning => "budget_planning",
            Self::Approval => "approval",
            Self::Implementation => "implementation",
            Self::Monitoring => "monitoring",
            Self::Completion => "completion",
        }
    }

    /// Returns the stage stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// Returns the progress of a project by its stage alone, in percent.
    pub const fn weight(self) -> u8 {
        match self {
            Self::NeedIdentification => 5,
            Self::NeedValidation => 15,
            Self::PolicyLinkage => 20,
            Self::MaoCoordination => 30,
            Self::BudgetPlanning => 40,
            Self::Approval => 50,
            Self::Implementation => 85,
            Self::Monitoring => 95,
            Self::Completion => 100,
        }
    }

    /// Returns the number of days that a project usually stays in the stage at most; nothing where the work decides.
    pub const fn usual_days(self) -> Option<i64> {
        match self {
            Self::NeedIdentification | Self::NeedValidation | Self::PolicyLinkage => Some(14),
            Self::MaoCoordination => Some(21),
            Self::BudgetPlanning => Some(30),
            Self::Approval => Some(60),
            Self::Monitoring => Some(90),
            Self::Implementation | Self::Completion => None,
        }
    }

    /// Returns the next stage.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| *stage > self)
    }

    /// Returns true if the stage can be skipped, with a reason.
    pub const fn may_be_skipped(self) -> bool {
        matches!(self, Self::PolicyLinkage)
    }
}

/// Facts for the entry checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StageConditions {
    /// The need is validated.
    pub need_validated: bool,
    /// The project names the focal person of a ministry, agency or office.
    pub focal_person: bool,
    /// Approval of its PPA; `None` without a PPA.
    pub ppa: Option<approval::State>,
    /// The PPA has a budget.
    pub ppa_budget: bool,
    /// The PPA has a funding source.
    pub ppa_funding_source: bool,
}

/// Missing requirement of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The need is not validated.
    NeedValidation,
    /// No focal person.
    FocalPerson,
    /// No PPA.
    Ppa,
    /// The PPA has no budget.
    Budget,
    /// The PPA has no funding source.
    FundingSource,
    /// The PPA is not enacted.
    Approval,
}

impl Missing {
    /// Kind and field in which the requirement is set, for a link.
    pub const fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::NeedValidation => ("need", "status"),
            Self::FocalPerson => ("project", "mao_focal_person"),
            Self::Ppa => ("project", "ppa"),
            Self::Budget => ("ppa", "budget_allocation_centavos"),
            Self::FundingSource => ("ppa", "funding_source"),
            Self::Approval => ("ppa", "approval_stage"),
        }
    }

    /// Returns the part of the address after that of the record at which the requirement is set.
    pub fn address(self) -> String {
        match self {
            Self::Approval => "?tab=approval".to_owned(),
            other => format!("/edit#field-{}", other.place().1),
        }
    }

    /// Message for people.
    pub const fn message(self) -> Message {
        Message::new(match self {
            Self::NeedValidation => "the need is not validated",
            Self::FocalPerson => "the project has no focal person",
            Self::Ppa => "the project has no PPA",
            Self::Budget => "the PPA has no budget",
            Self::FundingSource => "the PPA has no funding source",
            Self::Approval => "the PPA is not enacted",
        })
    }
}

/// Reason why a project does not change its stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LifeCycleError {
    /// Entry checks failed.
    Missing(Vec<Missing>),
    /// The last stage has no next one.
    Completed,
    /// A return needs an earlier stage.
    NotEarlier,
    /// Only one stage can be skipped.
    CannotSkip,
    /// A return or skip needs a reason.
    NoReason,
}

impl LifeCycleError {
    /// Returns the reason for people.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Missing(missing) => message!(
                "The project cannot advance: {missing}.",
                missing = Word::list(Joining::Semicolon, missing.iter().map(|missing| missing.message()))
            ),
            Self::Completed => "Not possible: the project is completed.".into(),
            Self::NotEarlier => "Not possible: a project can return only to an earlier stage.".into(),
            Self::CannotSkip => "Not possible: only the stage Policy linkage can be skipped.".into(),
            Self::NoReason => "Enter a reason.".into(),
        }
    }
}

/// Returns what is missing to enter `stage`; empty when nothing is.
pub fn missing_to_enter(stage: Stage, conditions: &StageConditions) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut require = |holds: bool, item: Missing| {
        if !holds {
            missing.push(item);
        }
    };
    match stage {
        Stage::NeedIdentification
        | Stage::NeedValidation
        | Stage::PolicyLinkage
        | Stage::Monitoring
        | Stage::Completion => {}
        Stage::MaoCoordination => require(conditions.need_validated, Missing::NeedValidation),
        Stage::BudgetPlanning => {
            require(conditions.need_validated, Missing::NeedValidation);
            require(conditions.focal_person, Missing::FocalPerson);
        }
        Stage::Approval => {
            require(conditions.ppa.is_some(), Missing::Ppa);
            if conditions.ppa.is_some() {
                require(conditions.ppa_budget, Missing::Budget);
                require(conditions.ppa_funding_source, Missing::FundingSource);
            }
        }
        Stage::Implementation => match conditions.ppa {
            None => require(false, Missing::Ppa),
            Some(state) => require(state == approval::State::Enacted, Missing::Approval),
        },
    }
    missing
}

/// Advances by one stage.
pub fn advance(from: Stage, conditions: &StageConditions) -> Result<Stage, LifeCycleError> {
    enter(from.next().ok_or(LifeCycleError::Completed)?, conditions)
}

/// Skips the stage that can be skipped: from the one before it, or out of it while nothing was done in it.
pub fn skip(from: Stage, conditions: &StageConditions, reason: &str) -> Result<Stage, LifeCycleError> {
    require_reason(reason)?;
    let skipped =
        if from.may_be_skipped() { Some(from) } else { from.next().filter(|next| next.may_be_skipped()) };
    let target = skipped.and_then(Stage::next).ok_or(LifeCycleError::CannotSkip)?;
    enter(target, conditions)
}

/// Returns to an earlier stage.
pub fn return_to(from: Stage, to: Stage, reason: &str) -> Result<Stage, LifeCycleError> {
    require_reason(reason)?;
    if to < from { Ok(to) } else { Err(LifeCycleError::NotEarlier) }
}

fn enter(stage: Stage, conditions: &StageConditions) -> Result<Stage, LifeCycleError> {
    let missing = missing_to_enter(stage, conditions);
    if missing.is_empty() { Ok(stage) } else { Err(LifeCycleError::Missing(missing)) }
}

fn require_reason(reason: &str) -> Result<(), LifeCycleError> {
    if reason.trim().is_empty() { Err(LifeCycleError::NoReason) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices;

    const COMPLETE: StageConditions = StageConditions {
        need_validated: true,
        focal_person: true,
        ppa: Some(approval::State::Enacted),
        ppa_budget: true,
        ppa_funding_source: true,
    };

    #[test]
    fn stages_equal_the_list_of_choices_and_gain_weight() {
        let values: Vec<_> = choices::PROJECT_STAGES.iter().map(|choice| choice.value).collect();
        assert_eq!(values, Stage::ALL.map(Stage::as_str));
        assert!(Stage::ALL.is_sorted_by(|earlier, later| earlier.weight() < later.weight()));
        assert_eq!(Stage::parse("approval"), Some(Stage::Approval));
        assert_eq!(Stage::parse("approved"), None);
    }

    #[test]
    fn complete_project_advances_to_the_end() {
        let mut stage = Stage::NeedIdentification;
        for expected in &Stage::ALL[1..] {
            stage = advance(stage, &COMPLETE).expect("nothing is missing");
            assert_eq!(stage, *expected);
        }
        assert_eq!(advance(stage, &COMPLETE), Err(LifeCycleError::Completed));
    }

    #[test]
    fn missing_requirements_are_named() {
        let none = StageConditions::default();
        let missing = |from| match advance(from, &none) {
            Err(LifeCycleError::Missing(missing)) => missing,
            other => panic!("{other:?}"),
        };
        assert_eq!(advance(Stage::NeedIdentification, &none), Ok(Stage::NeedValidation));
        assert_eq!(missing(Stage::PolicyLinkage), [Missing::NeedValidation]);
        assert_eq!(missing(Stage::MaoCoordination), [Missing::NeedValidation, Missing::FocalPerson]);
        assert_eq!(missing(Stage::BudgetPlanning), [Missing::Ppa]);
        assert_eq!(missing(Stage::Approval), [Missing::Ppa]);
        let bare = StageConditions { ppa: Some(approval::State::Draft), ..none };
        assert_eq!(missing_to_enter(Stage::Approval, &bare), [Missing::Budget, Missing::FundingSource]);
        assert_eq!(missing_to_enter(Stage::Implementation, &bare), [Missing::Approval]);
        let message = LifeCycleError::Missing(vec![Missing::Budget, Missing::FundingSource]).message();
        assert_eq!(
            message,
            "The project cannot advance: the PPA has no budget; the PPA has no funding source."
        );
        assert_eq!(Missing::Budget.place(), ("ppa", "budget_allocation_centavos"));
        assert_eq!(Missing::Budget.address(), "/edit#field-budget_allocation_centavos");
        assert_eq!(Missing::Approval.address(), "?tab=approval");
    }

    #[test]
    fn implementation_requires_an_enacted_ppa() {
        for (state, enough) in [
            (approval::State::Rejected, false),
            (approval::State::ExecutiveApproval, false),
            (approval::State::Enactment, false),
            (approval::State::Enacted, true),
        ] {
            let conditions = StageConditions { ppa: Some(state), ..COMPLETE };
            assert_eq!(advance(Stage::Approval, &conditions).is_ok(), enough, "{state:?}");
        }
    }

    #[test]
    fn return_needs_an_earlier_stage_and_a_reason() {
        let to = |stage, reason| return_to(Stage::Approval, stage, reason);
        assert_eq!(to(Stage::BudgetPlanning, "the sum is wrong"), Ok(Stage::BudgetPlanning));
        assert_eq!(to(Stage::NeedIdentification, "another need"), Ok(Stage::NeedIdentification));
        assert_eq!(to(Stage::Approval, "again"), Err(LifeCycleError::NotEarlier));
        assert_eq!(to(Stage::Completion, "done"), Err(LifeCycleError::NotEarlier));
        assert_eq!(to(Stage::BudgetPlanning, " "), Err(LifeCycleError::NoReason));
    }

    #[test]
    fn only_the_policy_linkage_can_be_skipped() {
        let past = |from| skip(from, &COMPLETE, "there is no policy for it");
        assert_eq!(past(Stage::NeedValidation), Ok(Stage::MaoCoordination));
        assert_eq!(past(Stage::PolicyLinkage), Ok(Stage::MaoCoordination));
        for from in Stage::ALL {
            if !matches!(from, Stage::NeedValidation | Stage::PolicyLinkage) {
                assert_eq!(past(from), Err(LifeCycleError::CannotSkip), "{from:?}");
            }
        }
        assert_eq!(skip(Stage::NeedValidation, &COMPLETE, ""), Err(LifeCycleError::NoReason));
        let refused = skip(Stage::NeedValidation, &StageConditions::default(), "no policy");
        assert_eq!(refused, Err(LifeCycleError::Missing(vec![Missing::NeedValidation])));
    }
}
