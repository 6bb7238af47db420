//! Budget scenarios: candidates, allocations, distribution and adoption.

mod adoption;
mod board;
mod comparison;
mod distribution;
pub(crate) mod rules;

pub use adoption::{Adopted, AdoptionPlan, DraftedBudget, DraftedCeiling, Drafting, Outcome, adopt};
pub use board::{Board, BoardRow, CeilingUse};
pub use comparison::{Comparison, ComparisonRow, MOST_COMPARED};
pub use distribution::{allocate, distribute};

use obcms_domain::accounts::Action;
use obcms_domain::choices;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{SCENARIO, scenario};
use obcms_domain::message;
use obcms_domain::money::scenarios::Rule;
use obcms_domain::registry::Record;

use crate::core::rules::Input;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{lists, require_live, require_version, require_write};

/// Weight of a scenario that has none yet.
pub const USUAL_WEIGHT: i64 = 50;

impl App {
    /// Returns the candidates of a scenario with their allocations, and the use of the ceilings.
    pub fn scenario_board(&self, actor: &Actor, id: Id) -> Result<Board, AppError> {
        let record = self.get(actor, &SCENARIO, id)?;
        self.read(|tx| board::of(tx, &record))
    }

    /// Sets the amounts of some PPAs by hand.
    pub fn allocate(
        &self,
        actor: &Actor,
        id: Id,
        input: &Input,
        expected: Option<i64>,
    ) -> Result<Board, AppError> {
        self.write(actor, |work| allocate(work, id, input, expected))
    }

    /// Distributes the envelope by a rule.
    pub fn distribute_scenario(
        &self,
        actor: &Actor,
        id: Id,
        input: &Input,
        expected: Option<i64>,
    ) -> Result<Board, AppError> {
        self.write(actor, |work| distribute(work, id, input, expected))
    }

    /// Returns what the adoption of a scenario would write.
    #[must_use]
    pub fn adoption_plan(&self, board: &Board, drafting: Drafting) -> AdoptionPlan {
        adoption::plan(board, drafting)
    }

    /// Adopts a scenario: drafts its ceilings and budgets.
    pub fn adopt_scenario(
        &self,
        actor: &Actor,
        id: Id,
        input: &Input,
        expected: Option<i64>,
    ) -> Result<Adopted, AppError> {
        self.write(actor, |work| adopt(work, id, input, expected))
    }

    /// Returns the scenarios that the actor may see, the latest fiscal year first.
    pub fn scenarios(&self, actor: &Actor, limit: usize) -> Result<Vec<Record>, AppError> {
        let request = self.list_request(actor, &SCENARIO, &vec![("limit".to_owned(), limit.to_string())])?;
        self.read(|tx| Ok(lists::list(tx, actor, &SCENARIO, &request)?.records))
    }

    /// Compares scenarios, each PPA with its amount in each of them.
    pub fn compare_scenarios(&self, actor: &Actor, ids: &[Id]) -> Result<Comparison, AppError> {
        comparison::of(self, actor, ids)
    }
}

/// Loads a scenario in draft for a change, and locks it.
fn load_draft(work: &mut UnitOfWork<'_, '_>, id: Id, expected: Option<i64>) -> Result<Record, AppError> {
    require_write(work.actor)?;
    let record = work.load(&SCENARIO, id)?;
    work.actor.require(work.tx, Action::Edit, &record)?;
    require_version(&record, expected)?;
    require_live(&record)?;
    if scenario::STATUS.get(&record) != DRAFT {
        let status = choices::word(choices::SCENARIO_STATUSES, scenario::STATUS.get(&record)).within();
        return Err(AppError::conflict(message!(
            "This scenario is {status}. Only a scenario in draft can be changed.",
            status
        )));
    }
    Ok(record)
}

/// Status of a scenario that can be changed.
pub const DRAFT: &str = "draft";
/// Status of a scenario whose budgets were written to the PPAs.
pub const ADOPTED: &str = "adopted";

/// Returns the rule by which a scenario was distributed last; nothing when it was allocated by hand only.
#[must_use]
pub fn rule_of(record: &Record) -> Option<Rule> {
    Rule::parse(scenario::RULE.get(record))
}
