//! The five stages in which the budget of a PPA is approved.

use crate::accounts::{Action as Right, Role};
use crate::choices::{self, APPROVAL_ACTIONS, APPROVAL_STATES};
use crate::core::id::Id;
use crate::core::message::{Joining, Message, Word};
use crate::kinds::PPA;
use crate::message;

/// Approval stage that needs a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Technical review: is the design sound?
    TechnicalReview,
    /// Budget review: are the figures right?
    BudgetReview,
    /// Consultation of communities and ministries.
    StakeholderConsultation,
    /// Approval by the executive.
    ExecutiveApproval,
    /// Confirmation that the enacted budget contains the PPA.
    Enactment,
}

/// State of the approval of a PPA: one of the stages, or outside of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Draft.
    Draft,
    /// In technical review.
    TechnicalReview,
    /// In budget review.
    BudgetReview,
    /// In consultation.
    StakeholderConsultation,
    /// In executive approval.
    ExecutiveApproval,
    /// Approved by the executive; the budget is not enacted yet.
    Enactment,
    /// Enacted.
    Enacted,
    /// Rejected.
    Rejected,
}

/// Action on an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Submit a draft.
    Submit,
    /// Approve the current stage and continue with the next one.
    Approve,
    /// Return for revision.
    Return,
    /// Reject for good.
    Reject,
    /// Waive the consultation.
    Waive,
    /// Reopen a rejected PPA.
    Reopen,
    /// Withdraw a submission before the first decision.
    Withdraw,
    /// Open a new round of an enacted PPA to revise its budget.
    Revise,
}

/// Why an action is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalError {
    /// The action does not exist in this state.
    NotPossible {
        /// Requested action.
        action: Action,
        /// Current state.
        state: State,
    },
    /// A rejection or waiver needs a reason.
    NoReason(Action),
    /// Fields that the next state needs are empty.
    Missing(Vec<&'static str>),
    /// Nobody decides on a PPA that they created.
    Maker,
    /// Nobody decides on behalf of the person who created the PPA.
    MakerAbsent,
    /// Nobody decides on two stages in a row.
    TwoInARow,
    /// Nobody has two stages in a row decided, by themselves and by a delegate.
    TwoInARowAbsent,
}

impl ApprovalError {
    /// Returns the reason for people.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::NotPossible { action, state } => message!(
                "{action} is not possible in the state {state}.",
                action = choices::word(APPROVAL_ACTIONS, action.as_str()),
                state = choices::word(APPROVAL_STATES, state.as_str())
            ),
            Self::NoReason(_) => "Enter a reason.".into(),
            Self::Missing(fields) => {
                let labels = fields.iter().map(|name| Word::label(PPA.field_label(name)));
                message!("Fill in first: {fields}.", fields = Word::list(Joining::Comma, labels))
            }
            Self::Maker => "You cannot decide on a PPA that you created.".into(),
            Self::MakerAbsent => "You cannot decide on behalf of the person who created the PPA.".into(),
            Self::TwoInARow => "You decided the previous stage; someone else must decide this one.".into(),
            Self::TwoInARowAbsent => {
                "The person on whose behalf you decide took part in the previous decision; someone else must decide this stage."
                    .into()
            }
        }
    }
}

/// Person who decides a stage, for themselves or on behalf of an absent colleague.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decider {
    /// Person who decides.
    pub person: Id,
    /// Colleague who delegated the decision.
    pub on_behalf_of: Option<Id>,
}

impl Decider {
    /// Returns the decider who acts for themselves.
    #[must_use]
    pub const fn alone(person: Id) -> Self {
        Self { person, on_behalf_of: None }
    }

    /// Returns true if the person took part, as decider or as the one who delegated.
    #[must_use]
    pub fn includes(&self, person: Id) -> bool {
        self.person == person || self.on_behalf_of == Some(person)
    }
}

impl Stage {
    /// Every stage in order.
    pub const ALL: [Self; 5] = [
        Self::TechnicalReview,
        Self::BudgetReview,
        Self::StakeholderConsultation,
        Self::ExecutiveApproval,
        Self::Enactment,
    ];

    /// Returns the stored value.
    pub const fn as_str(self) -> &'static str {
        self.state().as_str()
    }

    /// Returns the state of a PPA in this stage.
    pub const fn state(self) -> State {
        match self {
            Self::TechnicalReview => State::TechnicalReview,
            Self::BudgetReview => State::BudgetReview,
            Self::StakeholderConsultation => State::StakeholderConsultation,
            Self::ExecutiveApproval => State::ExecutiveApproval,
            Self::Enactment => State::Enactment,
        }
    }

    /// Returns the role that decides on it, besides the administrator.
    pub const fn decider(self) -> Role {
        match self {
            Self::TechnicalReview | Self::StakeholderConsultation => Role::Coordinator,
            Self::BudgetReview | Self::Enactment => Role::BudgetOfficer,
            Self::ExecutiveApproval => Role::Executive,
        }
    }

    /// Returns the action of the policy table that the decision needs.
    pub const fn right(self) -> Right {
        match self {
            Self::TechnicalReview => Right::TechnicalReview,
            Self::BudgetReview => Right::BudgetReview,
            Self::StakeholderConsultation => Right::Consultation,
            Self::ExecutiveApproval => Right::ExecutiveApproval,
            Self::Enactment => Right::Enact,
        }
    }

    /// Working days until the decision is due.
    pub const fn due_working_days(self) -> u32 {
        match self {
            Self::TechnicalReview | Self::BudgetReview => 5,
            Self::StakeholderConsultation => 10,
            Self::ExecutiveApproval => 7,
            Self::Enactment => 15,
        }
    }
}

impl State {
    /// Every state in order.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::TechnicalReview,
        Self::BudgetReview,
        Self::StakeholderConsultation,
        Self::ExecutiveApproval,
        Self::Enactment,
        Self::Enacted,
        Self::Rejected,
    ];

    /// Returns the stored value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::TechnicalReview => "technical_review",
            Self::BudgetReview => "budget_review",
            Self::StakeholderConsultation => "stakeholder_consultation",
            Self::ExecutiveApproval => "executive_approval",
            Self::Enactment => "enactment",
            Self::Enacted => "enacted",
            Self::Rejected => "rejected",
        }
    }

    /// Returns the state stored as `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Returns the stage that waits for a decision, if any.
    pub fn stage(self) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.state() == self)
    }

    /// Returns the actions that are possible in this state.
    pub const fn actions(self) -> &'static [Action] {
        match self {
            Self::Draft => &[Action::Submit],
            Self::StakeholderConsultation => {
                &[Action::Approve, Action::Return, Action::Reject, Action::Waive]
            }
            Self::TechnicalReview => &[Action::Approve, Action::Return, Action::Reject, Action::Withdraw],
            Self::BudgetReview | Self::ExecutiveApproval | Self::Enactment => {
                &[Action::Approve, Action::Return, Action::Reject]
            }
            Self::Rejected => &[Action::Reopen],
            Self::Enacted => &[Action::Revise],
        }
    }

    /// Returns the fields of the PPA that must not be empty to enter this state. The cost per beneficiary is
    /// calculated from two of them and not required; ceilings are checked separately.
    pub const fn required_fields(self) -> &'static [&'static str] {
        match self {
            Self::TechnicalReview => {
                &["title", "category", "sector", "lead_organization", "summary", "total_slots"]
            }
            Self::BudgetReview => {
                &["budget_allocation_centavos", "funding_source", "appropriation_class", "obc_slots"]
            }
            Self::ExecutiveApproval => &["outcome_framework"],
            Self::Draft
            | Self::StakeholderConsultation
            | Self::Enactment
            | Self::Enacted
            | Self::Rejected => &[],
        }
    }

    /// Returns the required fields that are empty. Either number of slots gives the beneficiaries.
    pub fn missing_fields(self, is_filled: &dyn Fn(&str) -> bool) -> Vec<&'static str> {
        let filled = |field: &str| is_filled(field) || (field == "total_slots" && is_filled("obc_slots"));
        self.required_fields().iter().copied().filter(|field| !filled(field)).collect()
    }

    const fn after_approval(self) -> Option<Self> {
        match self {
            Self::TechnicalReview => Some(Self::BudgetReview),
            Self::BudgetReview => Some(Self::StakeholderConsultation),
            Self::StakeholderConsultation => Some(Self::ExecutiveApproval),
            Self::ExecutiveApproval => Some(Self::Enactment),
            Self::Enactment => Some(Self::Enacted),
            Self::Draft | Self::Enacted | Self::Rejected => None,
        }
    }
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 8] = [
        Self::Submit,
        Self::Approve,
        Self::Return,
        Self::Reject,
        Self::Waive,
        Self::Reopen,
        Self::Withdraw,
        Self::Revise,
    ];

    /// Value in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Approve => "approve",
            Self::Return => "return",
            Self::Reject => "reject",
            Self::Waive => "waive",
            Self::Reopen => "reopen",
            Self::Withdraw => "withdraw",
            Self::Revise => "revise",
        }
    }

    /// Returns the action called `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// Returns true if the action decides a stage, so that [`may_decide`] must be true.
    pub const fn decides(self) -> bool {
        matches!(self, Self::Approve | Self::Return | Self::Reject | Self::Waive)
    }
}

/// Returns the state after `action`. `is_filled` returns true if a field of the PPA is set (zero is not). The rights
/// of the person are checked by the policy table and [`may_decide`].
pub fn apply(
    state: State,
    action: Action,
    reason: Option<&str>,
    is_filled: &dyn Fn(&str) -> bool,
) -> Result<State, ApprovalError> {
    if !state.actions().contains(&action) {
        return Err(ApprovalError::NotPossible { action, state });
    }
    let reasoned = reason.is_some_and(|reason| !reason.trim().is_empty());
    let needs_reason = matches!(action, Action::Reject | Action::Waive | Action::Reopen | Action::Revise);
    if needs_reason && !reasoned {
        return Err(ApprovalError::NoReason(action));
    }
    let target = match action {
        Action::Submit => Some(State::TechnicalReview),
        Action::Approve | Action::Waive => state.after_approval(),
        Action::Return | Action::Reopen | Action::Withdraw | Action::Revise => Some(State::Draft),
        Action::Reject => Some(State::Rejected),
    };
    let target = target.ok_or(ApprovalError::NotPossible { action, state })?;
    let missing = target.missing_fields(is_filled);
    if missing.is_empty() { Ok(target) } else { Err(ApprovalError::Missing(missing)) }
}

/// Returns an error unless `decider` may decide `stage` of a PPA that `maker` created; `last` is the previous decision,
/// its stage and its decider. Deciding the same stage again after a return does not count as a second stage in a row.
/// A delegate and the colleague who delegated count as one: neither may be the maker, nor have taken part in the
/// previous decision.
pub fn may_decide(
    decider: Decider,
    maker: Id,
    stage: Stage,
    last: Option<(Stage, Decider)>,
) -> Result<(), ApprovalError> {
    if decider.person == maker {
        return Err(ApprovalError::Maker);
    }
    if decider.on_behalf_of == Some(maker) {
        return Err(ApprovalError::MakerAbsent);
    }
    match last {
        Some((before, other)) if before != stage => {
            if other.includes(decider.person) {
                Err(ApprovalError::TwoInARow)
            } else if decider.on_behalf_of.is_some_and(|absent| other.includes(absent)) {
                Err(ApprovalError::TwoInARowAbsent)
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{Area, who_can};

    fn full(_: &str) -> bool {
        true
    }

    #[test]
    fn names_equal_the_lists_of_choices() {
        let values =
            |choices: &[choices::Choice]| choices.iter().map(|choice| choice.value).collect::<Vec<_>>();
        assert_eq!(values(choices::APPROVAL_STAGES), Stage::ALL.map(Stage::as_str));
        assert_eq!(values(APPROVAL_STATES), State::ALL.map(State::as_str));
        assert_eq!(values(APPROVAL_ACTIONS), Action::ALL.map(Action::as_str));
        assert_eq!(State::parse("approved"), None);
        assert_eq!(Action::parse("waive"), Some(Action::Waive));
    }

    #[test]
    fn five_approvals_lead_to_enactment() {
        let mut state = apply(State::Draft, Action::Submit, None, &full).expect("full");
        for stage in Stage::ALL {
            assert_eq!(state.stage(), Some(stage));
            state = apply(state, Action::Approve, None, &full).expect("full");
        }
        assert_eq!(state, State::Enacted);
        assert_eq!(apply(state, Action::Revise, Some("prices rose"), &full), Ok(State::Draft));
        assert_eq!(apply(state, Action::Revise, None, &full), Err(ApprovalError::NoReason(Action::Revise)));
    }

    #[test]
    fn every_stage_can_be_returned_and_rejected() {
        for stage in Stage::ALL {
            let state = stage.state();
            assert_eq!(apply(state, Action::Return, None, &full), Ok(State::Draft));
            assert_eq!(apply(state, Action::Reject, Some("too dear"), &full), Ok(State::Rejected));
            let refused = Err(ApprovalError::NoReason(Action::Reject));
            assert_eq!(apply(state, Action::Reject, Some(" "), &full), refused);
        }
        assert_eq!(apply(State::Rejected, Action::Reopen, Some("new facts"), &full), Ok(State::Draft));
    }

    #[test]
    fn only_the_consultation_can_be_waived() {
        let consultation = State::StakeholderConsultation;
        assert_eq!(
            apply(consultation, Action::Waive, Some("held last month"), &full),
            Ok(State::ExecutiveApproval)
        );
        assert_eq!(
            apply(consultation, Action::Waive, None, &full),
            Err(ApprovalError::NoReason(Action::Waive))
        );
        for state in State::ALL.into_iter().filter(|state| *state != consultation) {
            let expected = Err(ApprovalError::NotPossible { action: Action::Waive, state });
            assert_eq!(apply(state, Action::Waive, Some("why not"), &full), expected);
        }
    }

    #[test]
    fn missing_fields_of_a_state_are_named() {
        let empty = |_: &str| false;
        let only_title = |field: &str| field == "title";
        assert_eq!(
            apply(State::Draft, Action::Submit, None, &only_title),
            Err(ApprovalError::Missing(vec![
                "category",
                "sector",
                "lead_organization",
                "summary",
                "total_slots"
            ]))
        );
        let no_total = |field: &str| field != "total_slots";
        assert_eq!(apply(State::Draft, Action::Submit, None, &no_total), Ok(State::TechnicalReview));
        assert!(apply(State::TechnicalReview, Action::Approve, None, &empty).is_err());
        // A return or rejection requires no fields.
        assert!(apply(State::TechnicalReview, Action::Return, None, &empty).is_ok());
        assert!(apply(State::ExecutiveApproval, Action::Approve, None, &empty).is_ok());
    }

    #[test]
    fn deciders_equal_the_policy_table() {
        for stage in Stage::ALL {
            assert_eq!(who_can(stage.right(), Area::Programme), [Role::Admin, stage.decider()]);
        }
        assert_eq!(Stage::ALL.map(Stage::due_working_days), [5, 5, 10, 7, 15]);
    }

    #[test]
    fn creator_and_previous_decider_are_refused() {
        let [maker, ana, omar] = [1, 2, 3].map(|number| Id::from(uuid::Uuid::from_u128(number)));
        let stage = Stage::BudgetReview;
        let alone = Decider::alone;
        assert_eq!(may_decide(alone(maker), maker, stage, None), Err(ApprovalError::Maker));
        assert_eq!(may_decide(alone(ana), maker, stage, None), Ok(()));
        let before = Some((Stage::TechnicalReview, alone(ana)));
        assert_eq!(may_decide(alone(ana), maker, stage, before), Err(ApprovalError::TwoInARow));
        assert_eq!(may_decide(alone(omar), maker, stage, before), Ok(()));
        assert_eq!(may_decide(alone(ana), maker, stage, Some((stage, alone(ana)))), Ok(()));
    }

    #[test]
    fn delegation_does_not_circumvent_separation_of_duties() {
        let [maker, ana, omar, lea] = [1, 2, 3, 4].map(|number| Id::from(uuid::Uuid::from_u128(number)));
        let stage = Stage::BudgetReview;
        let acting = |person, absent| Decider { person, on_behalf_of: Some(absent) };
        assert_eq!(may_decide(acting(ana, maker), maker, stage, None), Err(ApprovalError::MakerAbsent));
        assert_eq!(may_decide(acting(maker, ana), maker, stage, None), Err(ApprovalError::Maker));
        let before = |decider| Some((Stage::TechnicalReview, decider));
        let ana_before = before(Decider::alone(ana));
        assert_eq!(
            may_decide(acting(omar, ana), maker, stage, ana_before),
            Err(ApprovalError::TwoInARowAbsent)
        );
        assert_eq!(may_decide(acting(ana, omar), maker, stage, ana_before), Err(ApprovalError::TwoInARow));
        let omar_for_ana = before(acting(omar, ana));
        assert_eq!(
            may_decide(Decider::alone(ana), maker, stage, omar_for_ana),
            Err(ApprovalError::TwoInARow)
        );
        assert_eq!(may_decide(Decider::alone(lea), maker, stage, omar_for_ana), Ok(()));
        assert_eq!(may_decide(acting(omar, ana), maker, stage, before(Decider::alone(lea))), Ok(()));
    }
}
