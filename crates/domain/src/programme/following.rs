//! Derived states: of a PPA from its approval and project, of a need from its validation and project.

use jiff::civil::Date;

use super::life_cycle::Stage;
use crate::approval;

/// Circumstances of a PPA that decide which states it may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PpaFacts {
    /// It is a request of a community, which has no approval.
    pub is_request: bool,
    /// State of its approval.
    pub approval: Option<approval::State>,
    /// Stage of its project; nothing without one.
    pub project: Option<Stage>,
    /// First day.
    pub start: Option<Date>,
}

impl PpaFacts {
    /// Returns true if the work may have begun: from the stage implementation on, or without a project from the start
    /// date after enactment.
    fn has_begun(&self, today: Date) -> bool {
        match self.project {
            _ if self.is_request => false,
            Some(stage) => {
                stage >= Stage::Implementation
                    && self.approval.is_some_and(approval::State::executive_approved)
            }
            None => {
                self.approval == Some(approval::State::Enacted)
                    && self.start.is_none_or(|start| start <= today)
            }
        }
    }

    /// Returns the reason why a plain edit cannot set this state, with what to do instead.
    pub fn refuse(&self, status: &str, today: Date) -> Option<String> {
        let begun = self.has_begun(today);
        match status {
            "planning" if begun => Some(
                "This PPA is ongoing. Set it on hold, cancel it, or return its project to an earlier stage."
                    .to_owned(),
            ),
            "ongoing" | "completed" if !begun => Some(self.how_to_begin()),
            "ongoing" if self.project == Some(Stage::Completion) => Some(
                "The project of this PPA is completed. Return the project to an earlier stage first."
                    .to_owned(),
            ),
            "completed" if self.project.is_some_and(|stage| stage != Stage::Completion) => {
                Some("To complete this PPA, advance its project to the stage Completion.".to_owned())
            }
            _ => None,
        }
    }

    /// Returns the state that a planned PPA gets when its budget comes into force; `None` for no change.
    #[must_use]
    pub fn begins(&self, status: &str, today: Date) -> Option<&'static str> {
        (status == "planning" && self.has_begun(today)).then_some("ongoing")
    }

    fn how_to_begin(&self) -> String {
        let way = if self.is_request {
            "A community request has no approval. A coordinator must change its category to a PPA, \
             and the PPA must be approved first."
        } else if self.project.is_some() {
            "This PPA becomes ongoing when its project enters the stage Implementation. Get the \
             budget approved, then advance the project."
        } else if self.approval == Some(approval::State::Enacted) {
            "This PPA is enacted and becomes ongoing on its start date. If it started earlier, change the start date."
        } else {
            "The budget of this PPA is not enacted. Get it approved first. Until then the status must \
             be Planning, On hold or Cancelled."
        };
        way.to_owned()
    }
}

/// Returns the state of a PPA whose project enters a stage; `None` for no change. On hold and cancelled stay.
pub fn ppa_status(status: &str, stage: Stage) -> Option<&'static str> {
    let follows = match stage {
        _ if ["on_hold", "cancelled"].contains(&status) => return None,
        Stage::Completion => "completed",
        _ if stage >= Stage::Implementation => "ongoing",
        _ => "planning",
    };
    (follows != status).then_some(follows)
}

/// Returns the state of a need whose project enters a stage; `None` for no change.
pub fn need_status(status: &str, stage: Stage) -> Option<&'static str> {
    let is_begun = stage >= Stage::Implementation;
    match (status, stage) {
        ("completed" | "rejected", Stage::Completion) => None,
        (_, Stage::Completion) => Some("completed"),
        ("completed", _) if is_begun => Some("in_progress"),
        ("completed" | "in_progress", _) if !is_begun => Some("planned"),
        _ => None,
    }
}

/// States of a need that require validation.
pub const AFTER_VALIDATION: [&str; 4] = ["prioritized", "planned", "in_progress", "completed"];

/// Returns the reason why a plain edit cannot set this state of a need, with what to do instead. `project` is the
/// stage of its project, if there is one.
pub fn refuse_need(is_validated: bool, project: Option<Stage>, status: &str) -> Option<&'static str> {
    match (status, project) {
        (status, _) if AFTER_VALIDATION.contains(&status) && !is_validated => {
            Some("Set the status of this need to Validated first.")
        }
        ("in_progress", Some(stage)) if stage < Stage::Implementation => {
            Some("Advance the project of this need to the stage Implementation first.")
        }
        ("completed", Some(stage)) if stage < Stage::Completion => {
            Some("To complete this need, advance its project to the stage Completion.")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2027, 5, 3);

    fn refused(facts: PpaFacts) -> Vec<&'static str> {
        ["planning", "ongoing", "completed", "on_hold", "cancelled"]
            .into_iter()
            .filter(|status| facts.refuse(status, TODAY).is_some())
            .collect()
    }

    #[test]
    fn a_ppa_follows_its_approval_and_its_project() {
        use approval::State;
        let ppa = |approval, project, start| PpaFacts {
            is_request: false,
            approval: Some(approval),
            project,
            start: Some(start),
        };
        let (past, future) = (date(2027, 5, 3), date(2027, 5, 4));
        assert_eq!(refused(ppa(State::Draft, None, past)), ["ongoing", "completed"]);
        assert_eq!(refused(ppa(State::Enactment, None, past)), ["ongoing", "completed"]);
        assert_eq!(refused(ppa(State::Rejected, None, past)), ["ongoing", "completed"]);
        assert_eq!(refused(ppa(State::Enacted, None, future)), ["ongoing", "completed"]);
        assert_eq!(refused(ppa(State::Enacted, None, past)), ["planning"]);
        for stage in [Stage::NeedIdentification, Stage::Approval] {
            assert_eq!(refused(ppa(State::Enacted, Some(stage), past)), ["ongoing", "completed"]);
        }
        let running = Some(Stage::Implementation);
        assert_eq!(refused(ppa(State::Enacted, running, future)), ["planning", "completed"]);
        assert_eq!(refused(ppa(State::Draft, running, past)), ["ongoing", "completed"]);
        assert_eq!(refused(ppa(State::Enacted, Some(Stage::Completion), past)), ["planning", "ongoing"]);
        let request = PpaFacts { is_request: true, ..ppa(State::Enacted, running, past) };
        assert_eq!(refused(request), ["ongoing", "completed"]);
    }

    #[test]
    fn project_stage_moves_the_ppa_in_both_directions() {
        for (status, stage, follows) in [
            ("planning", Stage::Implementation, Some("ongoing")),
            ("ongoing", Stage::Monitoring, None),
            ("ongoing", Stage::Completion, Some("completed")),
            ("completed", Stage::Monitoring, Some("ongoing")),
            ("completed", Stage::Approval, Some("planning")),
            ("ongoing", Stage::MaoCoordination, Some("planning")),
            ("on_hold", Stage::Implementation, None),
            ("cancelled", Stage::Completion, None),
        ] {
            assert_eq!(ppa_status(status, stage), follows, "{status} {stage:?}");
        }
        for (status, stage, follows) in [
            ("planned", Stage::Implementation, None),
            ("in_progress", Stage::Completion, Some("completed")),
            ("completed", Stage::Completion, None),
            ("rejected", Stage::Completion, None),
            ("completed", Stage::Monitoring, Some("in_progress")),
            ("completed", Stage::Approval, Some("planned")),
            ("in_progress", Stage::Approval, Some("planned")),
            ("validated", Stage::Approval, None),
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
        assert_eq!(refused(true, Some(Stage::Approval)), ["in_progress", "completed"]);
        assert_eq!(refused(true, Some(Stage::Monitoring)), ["completed"]);
        assert_eq!(refused(true, Some(Stage::Completion)), [""; 0]);
    }
}
