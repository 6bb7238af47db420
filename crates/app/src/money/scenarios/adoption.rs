//! Adoption of a scenario: its ceilings and the budgets of its PPAs in draft, in one change.

use std::collections::{BTreeMap, HashMap};

use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::core::money;
use obcms_domain::kinds::{CEILING, PPA, ceiling, ceiling_title, ppa, scenario};
use obcms_domain::message;
use obcms_domain::money::actions;
use obcms_domain::registry::Record;
use obcms_domain::registry::action::ActionInput;
use obcms_store::approval::{Ceiling, ceilings_of_year};
use obcms_store::records;
use serde_json::{Value as Json, json};

use super::board::{self, Board};
use super::rules::ADOPT;
use super::{ADOPTED, load_draft};
use crate::approval::rules::name_ceiling;
use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Groups of PPAs that get a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drafting {
    /// By sector.
    pub by_sector: bool,
    /// By funding source.
    pub by_source: bool,
    /// New ceilings refuse what exceeds them.
    pub is_hard: bool,
    /// Ceilings that exist get the new amount.
    pub updates: bool,
}

impl Drafting {
    /// Reads the body [`actions::ADOPT`].
    #[must_use]
    pub fn of(input: &ActionInput) -> Self {
        Self::by(
            actions::CEILINGS.get(input),
            actions::ENFORCEMENT.get(input),
            actions::UPDATE_CEILINGS.get(input) == Some(true),
        )
    }

    /// Reads the choices of a form; empty ones are the usual ones.
    #[must_use]
    pub fn by(ceilings: &str, enforcement: &str, updates: bool) -> Self {
        Self {
            by_sector: matches!(ceilings, "" | "sector" | "sector_and_source"),
            by_source: matches!(ceilings, "funding_source" | "sector_and_source"),
            is_hard: enforcement != "soft",
            updates,
        }
    }
}

/// Fate of a drafted ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Created,
    /// An existing one gets the amount.
    Updated,
    /// An existing one is kept.
    Kept,
}

/// Ceiling that an adoption drafts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftedCeiling {
    /// Sector, or empty.
    pub sector: String,
    /// Funding source, or empty.
    pub source: String,
    /// Title.
    pub title: String,
    /// Amount, in centavos: that of the scenario and what other PPAs take.
    pub amount: i64,
    /// Existing ceiling of the same sector and source.
    pub existing: Option<Ceiling>,
    /// Its fate.
    pub outcome: Outcome,
}

/// Budget that an adoption writes, or leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftedBudget {
    /// The PPA.
    pub ppa: Id,
    /// Title.
    pub title: String,
    /// Present budget, in centavos.
    pub from: i64,
    /// Amount of the scenario, in centavos.
    pub to: i64,
    /// Reason why the budget is left as it is; empty when it is written.
    pub left: &'static str,
}

/// Ceilings and budgets that an adoption writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptionPlan {
    /// Ceilings in the order of sector and source.
    pub ceilings: Vec<DraftedCeiling>,
    /// Budgets in the order of the PPAs.
    pub budgets: Vec<DraftedBudget>,
    /// Reasons why the scenario cannot be adopted.
    pub obstacles: Vec<Message>,
}

/// Adopted scenario with what was written.
#[derive(Clone, Debug)]
pub struct Adopted {
    /// The scenario.
    pub scenario: Record,
    /// Ceilings and budgets that were written.
    pub plan: AdoptionPlan,
}

impl Adopted {
    /// Returns the representation.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let ceilings = |outcome: Outcome| -> Vec<Json> {
            let of = self.plan.ceilings.iter().filter(|one| one.outcome == outcome);
            of.map(|one| {
                json!({
                    "title": one.title, "amount_centavos": one.amount,
                    "existing_centavos": one.existing.as_ref().map(|existing| existing.amount),
                })
            })
            .collect()
        };
        let ppas = |is_left: bool| -> Vec<Json> {
            let of = self.plan.budgets.iter().filter(|one| one.left.is_empty() != is_left);
            of.map(|one| {
                json!({
                    "ppa": one.ppa, "title": one.title, "from_centavos": one.from, "to_centavos": one.to,
                    "reason": is_left.then_some(one.left),
                })
            })
            .collect()
        };
        json!({
            "id": self.scenario.id, "version": self.scenario.version,
            "status": scenario::STATUS.get(&self.scenario),
            "ceilings": {
                "created": ceilings(Outcome::Created), "updated": ceilings(Outcome::Updated),
                "kept": ceilings(Outcome::Kept),
            },
            "ppas": { "changed": ppas(false), "left": ppas(true) },
        })
    }
}

/// Returns what the adoption of a scenario would write.
pub(super) fn plan(board: &Board, drafting: Drafting) -> AdoptionPlan {
    let ceilings = ceilings(board, drafting);
    let mut budgets: Vec<DraftedBudget> = board
        .rows
        .iter()
        .filter(|row| row.amount > 0)
        .map(|row| DraftedBudget {
            ppa: row.candidate.id,
            title: row.candidate.title.clone(),
            from: row.candidate.ask,
            to: row.amount,
            left: if row.is_locked { "locked by its budget approval" } else { "" },
        })
        .collect();
    budgets.extend(board.others.iter().map(|row| DraftedBudget {
        ppa: row.candidate.id,
        title: row.candidate.title.clone(),
        from: row.candidate.ask,
        to: row.amount,
        left: "no longer a candidate",
    }));
    AdoptionPlan { obstacles: obstacles(board, &ceilings), ceilings, budgets }
}

fn ceilings(board: &Board, drafting: Drafting) -> Vec<DraftedCeiling> {
    if !drafting.by_sector && !drafting.by_source {
        return Vec::new();
    }
    let mut groups: BTreeMap<(String, String), i64> = BTreeMap::new();
    for row in board.rows.iter().filter(|row| row.amount > 0) {
        let part = |is_part: bool, text: &str| if is_part { text.to_owned() } else { String::new() };
        let key = (
            part(drafting.by_sector, &row.candidate.sector),
            part(drafting.by_source, &row.candidate.funding_source),
        );
        // A ceiling with an empty part is one of all sectors or sources.
        if (drafting.by_sector && key.0.is_empty()) || (drafting.by_source && key.1.is_empty()) {
            continue;
        }
        let sum = groups.entry(key).or_default();
        *sum = sum.saturating_add(row.amount);
    }
    groups
        .into_iter()
        .map(|((sector, source), given)| {
            let existing = board.ceilings.iter().map(|one| &one.ceiling);
            let existing = existing.clone().find(|one| one.sector == sector && one.funding_source == source);
            DraftedCeiling {
                title: ceiling_title(board.year(), &sector, &source),
                amount: given.saturating_add(board.committed(&sector, &source)),
                outcome: match existing {
                    None => Outcome::Created,
                    Some(_) if drafting.updates => Outcome::Updated,
                    Some(_) => Outcome::Kept,
                },
                existing: existing.cloned(),
                sector,
                source,
            }
        })
        .collect()
}

fn obstacles(board: &Board, drafted: &[DraftedCeiling]) -> Vec<Message> {
    let mut found = Vec::new();
    if board.allocated() == 0 {
        found.push("No PPA has an amount yet.".into());
    }
    if board.excess() > 0 {
        found.push(message!(
            "The allocations exceed the envelope by {excess}.",
            excess = Word::text(money::format(board.excess()))
        ));
    }
    for one in board.ceilings.iter().filter(|one| one.ceiling.is_hard && one.excess() > 0) {
        let is_updated = drafted.iter().any(|drafted| {
            drafted.outcome == Outcome::Updated
                && drafted.existing.as_ref().is_some_and(|existing| existing.id == one.ceiling.id)
        });
        if !is_updated {
            found.push(message!(
                "{ceiling} is exceeded by {excess}.",
                ceiling = Word::text(&one.ceiling.title),
                excess = Word::text(money::format(one.excess()))
            ));
        }
    }
    for row in board.rows.iter().filter(|row| row.amount > row.candidate.ask) {
        found.push(message!(
            "{ppa} asks for {ask} now, less than its amount of {amount}.",
            ppa = Word::text(&row.candidate.title),
            ask = Word::text(money::format(row.candidate.ask)),
            amount = Word::text(money::format(row.amount))
        ));
    }
    found
}

/// Adopts a scenario.
///
/// # Errors
///
/// A conflict that names what is in the way.
pub fn adopt(
    work: &mut UnitOfWork<'_, '_>,
    id: Id,
    input: &Input,
    expected: Option<i64>,
) -> Result<Adopted, AppError> {
    let input = actions::ADOPT.parse(input).map_err(AppError::Invalid)?;
    let before = load_draft(work, id, expected)?;
    work.actor.require(work.tx, Action::Transition, &before)?;
    if !work.actor.may(Action::Enact, PPA.area) {
        return Err(AppError::forbidden(Action::Enact, PPA.area, "adopt scenarios"));
    }
    let funded: Vec<Id> = board::allocations(&before)?.iter().map(|one| one.ppa).collect();
    // Locked in the order of approvals, before anything is read that the plan depends on.
    work.tx.lock(PPA.table, &funded)?;
    let year = scenario::FISCAL_YEAR.get(&before).unwrap_or_default();
    let known: Vec<Id> = ceilings_of_year(work.tx, year)?.iter().map(|ceiling| ceiling.id).collect();
    work.tx.lock(CEILING.table, &known)?;
    let drafting = Drafting::of(&input);
    let plan = plan(&board::of(work.tx, &before)?, drafting);
    if !plan.obstacles.is_empty() {
        return Err(AppError::Conflict {
            detail: message!(
                "The scenario cannot be adopted. {obstacles}",
                obstacles = Word::list(Joining::Space, plan.obstacles.iter().cloned())
            ),
            more: vec![("obstacles", json!(plan.obstacles))],
        });
    }
    for drafted in &plan.ceilings {
        draft_ceiling(work, &before, drafted, drafting.is_hard)?;
    }
    write_budgets(work, &plan.budgets)?;
    let mut record = before.clone();
    scenario::STATUS.set(&mut record, ADOPTED);
    scenario::ADOPTED_ON.set(&mut record, work.today);
    work.save(&before, &mut record, ADOPT)?;
    Ok(Adopted { scenario: record, plan })
}

fn draft_ceiling(
    work: &mut UnitOfWork<'_, '_>,
    scenario: &Record,
    drafted: &DraftedCeiling,
    is_hard: bool,
) -> Result<(), AppError> {
    match (drafted.outcome, &drafted.existing) {
        (Outcome::Created, _) => {
            let mut record = work.new_record(&CEILING);
            ceiling::FISCAL_YEAR.set(&mut record, scenario::FISCAL_YEAR.get(scenario));
            let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            ceiling::SECTOR.set(&mut record, part(&drafted.sector));
            ceiling::FUNDING_SOURCE.set(&mut record, part(&drafted.source));
            ceiling::AMOUNT_CENTAVOS.set(&mut record, drafted.amount);
            ceiling::ENFORCEMENT.set(&mut record, if is_hard { "hard" } else { "soft" });
            ceiling::NOTES.set(&mut record, format!("Drafted from the scenario {}.", scenario.title()));
            name_ceiling(&mut record);
            // Another adoption may have drafted it since the plan was made: the unique index refuses this one, and on
            // the retry the plan finds that one.
            work.insert(std::slice::from_ref(&record))
        }
        (Outcome::Updated, Some(existing)) => {
            let before = work.load(&CEILING, existing.id)?;
            let mut record = before.clone();
            ceiling::AMOUNT_CENTAVOS.set(&mut record, drafted.amount);
            work.before_save(Some(&before), &mut record, &Input::new())?;
            work.save(&before, &mut record, ADOPT).map(|_| ())
        }
        _ => Ok(()),
    }
}

fn write_budgets(work: &mut UnitOfWork<'_, '_>, budgets: &[DraftedBudget]) -> Result<(), AppError> {
    let written: HashMap<Id, i64> =
        budgets.iter().filter(|one| one.left.is_empty()).map(|one| (one.ppa, one.to)).collect();
    let mut ids: Vec<Id> = written.keys().copied().collect();
    ids.sort_unstable();
    for before in records::load_many(work.tx, &PPA, &ids)? {
        let mut record = before.clone();
        ppa::BUDGET_ALLOCATION_CENTAVOS.set(&mut record, written.get(&before.id).copied());
        work.before_save(Some(&before), &mut record, &Input::new())?;
        work.save(&before, &mut record, ADOPT)?;
    }
    Ok(())
}
