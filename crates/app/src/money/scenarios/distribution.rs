//! Allocations of a scenario, by hand and by rule.

use std::collections::BTreeMap;

use obcms_domain::core::id::Id;
use obcms_domain::kinds::scenario;
use obcms_domain::message;
use obcms_domain::money::actions;
use obcms_domain::money::scenarios::{
    Allocation, Rule, Weights, distribute as share_out, read_allocations, read_shares, write_allocations,
    write_shares,
};
use obcms_domain::registry::Record;
use serde_json::Value as Json;

use super::board::{self, Board};
use super::{USUAL_WEIGHT, load_draft};
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Sets the amounts of some PPAs; all others stay, unless the input replaces them.
pub fn allocate(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    input: &Input,
    expected: Option<i64>,
) -> Result<Board, AppError> {
    let input = actions::ALLOCATE.parse(input).map_err(AppError::Invalid)?;
    let before = load_draft(work, id, expected)?;
    let given = actions::ALLOCATIONS.get(&input).cloned().unwrap_or(Json::Array(Vec::new()));
    let given = read_allocations(&given)
        .map_err(|message| AppError::field(actions::ALLOCATIONS.name(), "allocation", message))?;
    let mut board = board::of(work.tx, &before)?;
    let refusals = board.refusals(&given);
    if !refusals.is_empty() {
        return Err(AppError::Invalid(refusals));
    }
    let mut amounts: BTreeMap<Id, i64> = BTreeMap::new();
    if actions::REPLACE.get(&input) != Some(true) {
        amounts.extend(board::allocations(&before)?.iter().map(|one| (one.ppa, one.amount)));
    }
    amounts.extend(given.iter().map(|one| (one.ppa, one.amount)));
    let mut record = before.clone();
    set_allocations(&mut record, amounts);
    work.save(&before, &mut record, "allocate")?;
    board.reallocate(&record)?;
    Ok(board)
}

fn set_allocations(record: &mut Record, amounts: impl IntoIterator<Item = (Id, i64)>) {
    let allocations: Vec<Allocation> = amounts
        .into_iter()
        .filter(|(_, amount)| *amount > 0)
        .map(|(ppa, amount)| Allocation { ppa, amount })
        .collect();
    let sum = allocations.iter().fold(0_i64, |sum, one| sum.saturating_add(one.amount));
    scenario::ALLOCATED_CENTAVOS.set(record, sum);
    scenario::FUNDED.set(record, i64::try_from(allocations.len()).unwrap_or(i64::MAX));
    scenario::ALLOCATIONS.set(record, write_allocations(&allocations));
}

/// Distributes the envelope over all candidates by a rule, in place of the present allocations.
pub fn distribute(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    input: &Input,
    expected: Option<i64>,
) -> Result<Board, AppError> {
    let input = actions::DISTRIBUTE.parse(input).map_err(AppError::Invalid)?;
    let before = load_draft(work, id, expected)?;
    let rule = Rule::parse(actions::RULE.get(&input))
        .ok_or_else(|| AppError::field(actions::RULE.name(), "choice", "Select a rule."))?;
    let mut record = before.clone();
    let weight = |given: Option<i64>, known: Option<i64>| given.or(known).unwrap_or(USUAL_WEIGHT);
    let weights = Weights {
        score: weight(actions::SCORE_WEIGHT.get(&input), scenario::SCORE_WEIGHT.get(&before)),
        equity: weight(actions::EQUITY_WEIGHT.get(&input), scenario::EQUITY_WEIGHT.get(&before)),
    };
    if rule == Rule::Weighted && weights.score == 0 && weights.equity == 0 {
        let message = "One of the weights must be above zero.";
        return Err(AppError::field(actions::SCORE_WEIGHT.name(), "range", message));
    }
    if actions::MINIMUM_SHARES.is_given(&input) {
        let given = actions::MINIMUM_SHARES.get(&input).cloned().unwrap_or(Json::Array(Vec::new()));
        let shares = read_shares(&given)
            .map_err(|message| AppError::field(actions::MINIMUM_SHARES.name(), "share", message))?;
        board::require_regions(work.tx, &shares)?;
        scenario::MINIMUM_SHARES.set(&mut record, write_shares(&shares));
    }
    scenario::RULE.set(&mut record, rule.as_str());
    scenario::SCORE_WEIGHT.set(&mut record, weights.score);
    scenario::EQUITY_WEIGHT.set(&mut record, weights.equity);
    let mut board = board::of(work.tx, &record)?;
    require_takers(&board)?;
    let minimums: Vec<_> = board.minimums.iter().map(|(minimum, _)| minimum.clone()).collect();
    let candidates = board.candidates();
    let found = share_out(board.envelope(), &candidates, &board.rooms(), (rule, weights), &minimums);
    set_allocations(&mut record, candidates.iter().map(|one| one.id).zip(found.amounts));
    work.save(&before, &mut record, "distribute")?;
    board.reallocate(&record)?;
    Ok(board)
}

/// Refuses a distribution that cannot give anything to anyone, because it would only clear the present amounts.
fn require_takers(board: &Board) -> Result<(), AppError> {
    let year = board.year();
    if board.rows.is_empty() {
        return Err(AppError::conflict(message!("No PPA of {year} waits for its budget.", year)));
    }
    if board.rows.iter().all(|row| row.candidate.ask <= 0) {
        return Err(AppError::conflict(message!(
            "No PPA of {year} asks for money. Enter the budgets of the PPAs first.",
            year
        )));
    }
    Ok(())
}
