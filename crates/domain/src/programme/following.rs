//! Derived states: of a PPA from its approval, project and start date, of a need from its validation and project.

use jiff::civil::Date;

use super::life_cycle::Stage;
use crate::approval;
use crate::core::message::Message;
use crate::message;

/// Circumstances of a PPA that decide which states it may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PpaContext {
    /// It is a request of a community, which has no approval.
    pub is_request: bool,
    /// State of its approval.
    pub approval: Option<approval::State>,
    /// Stage of its project; nothing without one.
    pub project: Option<Stage>,
    /// First day.
    pub start: Option<Date>,
}

/// Action that sets the status of a PPA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusAction {
    /// Stops the work for a while.
    Hold,
    /// Continues a PPA on hold, and reopens a cancelled or completed one.
    Resume,
    /// Ends a PPA without its result.
    Cancel,
    /// Ends a PPA that has no project.
    Complete,
}

impl StatusAction {
    /// Every action.
    pub const ALL: [Self; 4] = [Self::Hold, Self::Resume, Self::Cancel, Self::Complete];

    /// Name in the API and in the history.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
            Self::Complete => "complete",
        }
    }

    /// Returns the action of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// Returns true if the action ends a PPA.
    #[must_use]
    pub const fn ends(self) -> bool {
        matches!(self, Self::Cancel | Self::Complete)
    }

    /// Returns true if the action needs a reason.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Hold | Self::Cancel)
    }
}

impl PpaContext {
    /// Returns true if the work may have begun: from the stage implementation on, or without a project from the start
    /// date after enactment.
    fn has_begun(&self, today: Date) -> bool {
        !self.is_request
            && self.approval == Some(approval::State::Enacted)
            && match self.project {
                Some(stage) => stage >= Stage::Implementation,
                None => self.start.is_none_or(|start| start <= today),
            }
    }

    /// Returns the status that approval, project and start date give.
    #[must_use]
    pub fn given(&self, today: Date) -> &'static str {
        match self.project {
            _ if !self.has_begun(today) => "planning",
            Some(Stage::Completion) => "completed",
            _ => "ongoing",
        }
    }

    /// Returns the status of a PPA after approval, project or start changed; `None` for no change. On hold and
    /// cancelled stay until the PPA is resumed, and completed stays without a project.
    #[must_use]
    pub fn follows(&self, status: &str, today: Date) -> Option<&'static str> {
        let stays = match status {
            "on_hold" | "cancelled" => true,
            "completed" => self.project.is_none(),
            _ => false,
        };
        let given = self.given(today);
        (!stays && given != status).then_some(given)
    }

    /// Returns the status after an action, or the reason why it is not possible.
    pub fn apply(
        &self,
        action: StatusAction,
        status: &str,
        today: Date,
    ) -> Result<&'static str, &'static str> {
        match (action, status) {
            (StatusAction::Hold, "planning" | "ongoing") => Ok("on_hold"),
            (StatusAction::Hold, _) => Err("Only a planned or ongoing PPA can be put on hold."),
            (StatusAction::Cancel, "planning" | "ongoing" | "on_hold") => Ok("cancelled"),
            (StatusAction::Cancel, "completed") => {
                Err("A completed PPA cannot be cancelled. Resume it first.")
            }
            (StatusAction::Cancel, _) => Err("This PPA is cancelled already."),
            (StatusAction::Resume, "completed") if self.project == Some(Stage::Completion) => {
                Err("The project of this PPA is completed. Return the project to an earlier stage.")
            }
            (StatusAction::Resume, "on_hold" | "cancelled" | "completed") => Ok(self.given(today)),
            (StatusAction::Resume, _) => Err("Only a PPA on hold, cancelled or completed can be resumed."),
            (StatusAction::Complete, _) if self.project.is_some() => {
                Err("To complete this PPA, advance its project to the stage Completion.")
            }
            (StatusAction::Complete, "ongoing") if self.has_begun(today) => Ok("completed"),
            (StatusAction::Complete, "completed") => Err("This PPA is completed already."),
            (StatusAction::Complete, "on_hold" | "cancelled") => Err("Resume this PPA first."),
            (StatusAction::Complete, _) => Err(self.how_to_begin()),
        }
    }

    /// Returns the reason why a plain edit cannot change the status, with what to do instead. Only the status that
    /// approval, project and start date give may be set.
    #[must_use]
    pub fn refuse(&self, before: &str, status: &str, today: Date) -> Option<Message> {
        if ["planning", "ongoing"].contains(&before) && status == self.given(today) {
            return None;
        }
        let way = match status {
            "on_hold" => "To put this PPA on hold, use the action Hold with a reason (POST …/hold).",
            "cancelled" => "To cancel this PPA, use the action Cancel with a reason (POST …/cancel).",
            "completed" if self.project.is_none() && self.has_begun(today) => {
                "To complete this PPA, use the action Complete (POST …/complete)."
            }
            "completed" if self.project.is_some() => {
                "To complete this PPA, advance its project to the stage Completion."
            }
            _ if before == "completed" && self.project == Some(Stage::Completion) => {
                "The project of this PPA is completed. Return the project to an earlier stage."
            }
            _ if ["on_hold", "cancelled", "completed"].contains(&before) => {
                "To continue this PPA, use the action Resume (POST …/resume)."
            }
            "planning" => {
                "This PPA is ongoing. Put it on hold, cancel it, or return its project to an earlier stage."
            }
            _ => self.how_to_begin(),
        };
        Some(message!("The status follows the approval and the project. {way}", way = Message::new(way)))
    }

    const fn how_to_begin(&self) -> &'static str {
        if self.is_request {
            "A community request has no approval. A coordinator must change its category to a PPA, \
             and the PPA must be approved first."
        } else if self.project.is_some() {
            "This PPA becomes ongoing when its project enters the stage Implementation. Get the \
             budget enacted, then advance the project."
        } else if matches!(self.approval, Some(approval::State::Enacted)) {
            "This PPA is enacted and becomes ongoing on its start date. If it started earlier, change the start date."
        } else {
            "The budget of this PPA is not enacted. Get it approved first."
        }
    }
}

/// States of a need that its project gives.
const OF_PROJECT: [&str; 3] = ["planned", "in_progress", "completed"];

/// Returns the state that the stage of its project gives a need; `None` before the project plans its budget.
#[must_use]
pub fn need_given(stage: Stage) -> Option<&'static str> {
    match stage {
        Stage::Completion => Some("completed"),
        _ if stage >= Stage::Implementation => Some("in_progress"),
        _ if stage >= Stage::BudgetPlanning => Some("planned"),
        _ => None,
    }
}

/// Returns the state of a need whose project is in a stage; `None` for no change. A project that returned to a stage
/// before its budget is planned leaves a validated need.
#[must_use]
pub fn need_status(status: &str, stage: Stage) -> Option<&'static str> {
    match need_given(stage) {
        Some(given) => (given != status).then_some(given),
        None => OF_PROJECT.contains(&status).then_some("validated"),
    }
}

/// States of a need that require validation.
pub const AFTER_VALIDATION: [&str; 4] = ["prioritized", "planned", "in_progress", "completed"];

/// Returns the reason why a plain edit cannot set this state of a need, with what to do instead. `project` is the
/// stage of its project, if there is one.
pub fn refuse_need(is_validated: bool, project: Option<Stage>, status: &str) -> Option<&'static str> {
    if AFTER_VALIDATION.contains(&status) && !is_validated {
        return Some("Set the status of this need to Validated first.");
    }
    match (status, project?, need_given(project?)) {
        (_, _, Some(given)) if given == status => None,
        ("planned", _, None) => {
            Some("This need becomes planned when its project enters the stage Budget planning.")
        }
        ("in_progress", stage, _) if stage < Stage::Implementation => {
            Some("Advance the project of this need to the stage Implementation first.")
        }
        ("completed", _, _) => Some("To complete this need, advance its project to the stage Completion."),
        (_, _, Some(_)) => {
            Some("The status of this need follows its project. Return the project to an earlier stage first.")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2027, 5, 3);
    const STATUSES: [&str; 5] = ["planning", "ongoing", "completed", "on_hold", "cancelled"];

    fn ppa(approval: approval::State, project: Option<Stage>, start: Date) -> PpaContext {
        PpaContext { is_request: false, approval: Some(approval), project, start: Some(start) }
    }

    #[test]
    fn a_ppa_follows_its_approval_its_project_and_its_start() {
        use approval::State;
        let (past, future) = (date(2027, 5, 3), date(2027, 5, 4));
        let running = Some(Stage::Implementation);
        for (context, given) in [
            (ppa(State::Draft, None, past), "planning"),
            (ppa(State::Enactment, None, past), "planning"),
            (ppa(State::Rejected, None, past), "planning"),
            (ppa(State::Enacted, None, future), "planning"),
            (ppa(State::Enacted, None, past), "ongoing"),
            (ppa(State::Enacted, Some(Stage::Approval), past), "planning"),
            (ppa(State::Enacted, running, future), "ongoing"),
            (ppa(State::Enactment, running, past), "planning"),
            (ppa(State::Enacted, Some(Stage::Completion), past), "completed"),
            (PpaContext { is_request: true, ..ppa(State::Enacted, running, past) }, "planning"),
        ] {
            assert_eq!(context.given(TODAY), given, "{context:?}");
            for status in ["on_hold", "cancelled"] {
                assert_eq!(context.follows(status, TODAY), None);
            }
            // A plain edit sets nothing else.
            for status in STATUSES.into_iter().filter(|status| *status != given) {
                assert!(context.refuse("planning", status, TODAY).is_some(), "{context:?} {status}");
            }
            assert_eq!(context.refuse("planning", given, TODAY), None);
            for before in ["on_hold", "cancelled"] {
                assert!(context.refuse(before, given, TODAY).is_some());
            }
        }
        let completed = ppa(State::Enacted, Some(Stage::Monitoring), past);
        assert_eq!(completed.follows("completed", TODAY), Some("ongoing"));
        assert_eq!(ppa(State::Enacted, None, past).follows("completed", TODAY), None);
    }

    #[test]
    fn actions_hold_resume_cancel_and_complete() {
        use StatusAction::{Cancel, Complete, Hold, Resume};
        let free = ppa(approval::State::Enacted, None, TODAY);
        let draft = ppa(approval::State::Draft, None, TODAY);
        let closed = ppa(approval::State::Enacted, Some(Stage::Completion), TODAY);
        for (context, action, status, result) in [
            (free, Hold, "ongoing", Some("on_hold")),
            (free, Hold, "cancelled", None),
            (free, Resume, "on_hold", Some("ongoing")),
            (free, Resume, "completed", Some("ongoing")),
            (free, Resume, "ongoing", None),
            (draft, Resume, "cancelled", Some("planning")),
            (closed, Resume, "completed", None),
            (closed, Resume, "on_hold", Some("completed")),
            (free, Cancel, "on_hold", Some("cancelled")),
            (free, Cancel, "completed", None),
            (free, Cancel, "cancelled", None),
            (free, Complete, "ongoing", Some("completed")),
            (free, Complete, "on_hold", None),
            (draft, Complete, "planning", None),
            (closed, Complete, "ongoing", None),
        ] {
            let found = context.apply(action, status, TODAY).ok();
            assert_eq!(found, result, "{action:?} {status}");
        }
        assert!(
            StatusAction::ALL.into_iter().all(|action| StatusAction::parse(action.as_str()) == Some(action))
        );
    }

    #[test]
    fn project_stage_moves_the_need_in_both_directions() {
        for (status, stage, follows) in [
            ("validated", Stage::MaoCoordination, None),
            ("prioritized", Stage::BudgetPlanning, Some("planned")),
            ("planned", Stage::Approval, None),
            ("planned", Stage::Implementation, Some("in_progress")),
            ("in_progress", Stage::Completion, Some("completed")),
            ("completed", Stage::Monitoring, Some("in_progress")),
            ("completed", Stage::Approval, Some("planned")),
            ("in_progress", Stage::MaoCoordination, Some("validated")),
            ("identified", Stage::NeedIdentification, None),
        ] {
            assert_eq!(need_status(status, stage), follows, "{status} {stage:?}");
        }
    }

    #[test]
    fn a_need_follows_its_validation_and_its_project() {
        let refused = |is_validated, project| -> Vec<&str> {
            crate::choices::NEED_STATUSES
                .iter()
                .map(|choice| choice.value)
                .filter(|status| refuse_need(is_validated, project, status).is_some())
                .collect()
        };
        assert_eq!(refused(false, None), AFTER_VALIDATION);
        assert_eq!(refused(true, None), [""; 0]);
        assert_eq!(refused(true, Some(Stage::MaoCoordination)), OF_PROJECT);
        let all_but = |kept: &str| -> Vec<&str> {
            let all = crate::choices::NEED_STATUSES.iter().map(|choice| choice.value);
            all.filter(|status| *status != kept).collect()
        };
        assert_eq!(refused(true, Some(Stage::Approval)), all_but("planned"));
        assert_eq!(refused(true, Some(Stage::Monitoring)), all_but("in_progress"));
        assert_eq!(refused(true, Some(Stage::Completion)), all_but("completed"));
    }
}
