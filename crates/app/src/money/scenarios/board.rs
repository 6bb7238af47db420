//! Candidates of a scenario with their amounts, and the use of the ceilings of its year.

use std::collections::{HashMap, HashSet};

use obcms_domain::choices::{self, SECTORS};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::core::money;
use obcms_domain::kinds::{REGION, region, scenario};
use obcms_domain::message;
use obcms_domain::money::scenarios::{
    Allocation, Candidate, Minimum, Room, Share, Shortfall, read_allocations, read_shares, shortfalls,
    write_shares,
};
use obcms_domain::money::{actions, covers};
use obcms_domain::registry::{FieldError, Record};
use obcms_store::Tx;
use obcms_store::approval::{Ceiling, Commitment, ceilings_of_year, commitments, taken_by_ppa};
use obcms_store::money::scenarios::{self as store, CandidateRow};
use serde_json::{Value as Json, json};

use crate::core::AppError;

/// PPA with the amount that the scenario gives to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardRow {
    /// The PPA with its ask and score.
    pub candidate: CandidateRow,
    /// Amount, in centavos.
    pub amount: i64,
    /// The approval locks its budget.
    pub is_locked: bool,
}

/// Ceiling with its use by the scenario and by other PPAs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CeilingUse {
    /// The ceiling.
    pub ceiling: Ceiling,
    /// Taken by PPAs that are no candidates, in centavos.
    pub committed: i64,
    /// Given by the scenario to candidates, in centavos.
    pub allocated: i64,
}

impl CeilingUse {
    /// Returns the amount above the ceiling; zero or less when the scenario fits.
    #[must_use]
    pub const fn excess(&self) -> i64 {
        self.committed.saturating_add(self.allocated).saturating_sub(self.ceiling.amount)
    }

    fn to_json(&self) -> Json {
        let Ceiling { id, title, sector, funding_source, amount, is_hard, fiscal_year: _ } = &self.ceiling;
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        json!({
            "id": id, "title": title, "sector": part(sector), "funding_source": part(funding_source),
            "amount_centavos": amount, "committed_centavos": self.committed,
            "allocated_centavos": self.allocated, "remaining_centavos": -self.excess(),
            "enforcement": if *is_hard { "hard" } else { "soft" }, "is_exceeded": self.excess() > 0,
        })
    }
}

/// Scenario with everything that its page shows.
#[derive(Clone, Debug)]
pub struct Board {
    /// The scenario.
    pub scenario: Record,
    /// Candidates, ordered by id.
    pub rows: Vec<BoardRow>,
    /// PPAs with an amount that are no candidates any more.
    pub others: Vec<BoardRow>,
    /// Ceilings of the year.
    pub ceilings: Vec<CeilingUse>,
    /// Minimum shares with their labels.
    pub minimums: Vec<(Minimum, String)>,
    /// Minimum shares that are not reached.
    pub shortfalls: Vec<Shortfall>,
    /// Shares of PPAs that are no candidates in the ceilings.
    pub(super) taken: Vec<(Id, Commitment)>,
}

impl Board {
    /// Returns the envelope, in centavos.
    #[must_use]
    pub fn envelope(&self) -> i64 {
        scenario::ENVELOPE_CENTAVOS.get(&self.scenario).unwrap_or_default()
    }

    /// Returns the fiscal year.
    #[must_use]
    pub fn year(&self) -> i64 {
        scenario::FISCAL_YEAR.get(&self.scenario).unwrap_or_default()
    }

    /// Returns the sum of all amounts, in centavos.
    #[must_use]
    pub fn allocated(&self) -> i64 {
        self.rows.iter().chain(&self.others).map(|row| row.amount).fold(0, i64::saturating_add)
    }

    /// Returns what is left of the envelope, in centavos; below zero when the amounts exceed it.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        self.envelope().saturating_sub(self.allocated())
    }

    /// Returns the amount above the envelope, in centavos; zero when the scenario fits.
    #[must_use]
    pub fn excess(&self) -> i64 {
        self.remaining().saturating_neg().max(0)
    }

    /// Returns an error for each amount of another PPA, and for each above what its PPA asks for. Their fields are that
    /// of the allocations with the PPA, as in `allocations.ID`.
    #[must_use]
    pub fn refusals(&self, given: &[Allocation]) -> Vec<FieldError> {
        let rows: HashMap<Id, &BoardRow> = self.rows.iter().map(|row| (row.candidate.id, row)).collect();
        let refusal = |one: &Allocation| match rows.get(&one.ppa) {
            None => {
                let known = self.others.iter().find(|row| row.candidate.id == one.ppa);
                let name = known.map_or_else(|| one.ppa.to_string(), |row| row.candidate.title.clone());
                Some(message!(
                    "{name} is no PPA of {year} that waits for its budget.",
                    name = Word::text(name),
                    year = self.year()
                ))
            }
            Some(row) if one.amount > row.candidate.ask => Some(message!(
                "Must be at most {ask}, as {ppa} asks for.",
                ask = Word::text(money::format(row.candidate.ask)),
                ppa = Word::text(&row.candidate.title)
            )),
            Some(_) => None,
        };
        let field = |one: &Allocation| format!("{}.{}", actions::ALLOCATIONS.name(), one.ppa);
        given
            .iter()
            .filter(|one| one.amount > 0)
            .filter_map(|one| Some(FieldError::new(field(one), "allocation", refusal(one)?)))
            .collect()
    }

    /// Takes over the amounts of the scenario after a change. Candidates, ceilings and minimum shares stay.
    pub(super) fn reallocate(&mut self, scenario: &Record) -> Result<(), AppError> {
        let amounts: HashMap<Id, i64> =
            allocations(scenario)?.into_iter().map(|one| (one.ppa, one.amount)).collect();
        for row in self.rows.iter_mut().chain(&mut self.others) {
            row.amount = amounts.get(&row.candidate.id).copied().unwrap_or_default();
        }
        self.others.retain(|row| row.amount > 0);
        for one in &mut self.ceilings {
            one.allocated = given(&self.rows, &one.ceiling.sector, &one.ceiling.funding_source);
        }
        self.scenario = scenario.clone();
        let plain: Vec<Minimum> = self.minimums.iter().map(|(minimum, _)| minimum.clone()).collect();
        let amounts: Vec<i64> = self.rows.iter().map(|row| row.amount).collect();
        self.shortfalls = if self.allocated() > 0 {
            shortfalls(&self.candidates(), &amounts, &plain, self.envelope())
        } else {
            Vec::new()
        };
        Ok(())
    }

    /// Returns the candidates for a distribution.
    #[must_use]
    pub fn candidates(&self) -> Vec<Candidate> {
        self.rows.iter().map(|row| candidate(&row.candidate)).collect()
    }

    /// Returns the rooms under the hard ceilings.
    #[must_use]
    pub fn rooms(&self) -> Vec<Room> {
        let hard = self.ceilings.iter().filter(|one| one.ceiling.is_hard);
        hard.map(|one| Room {
            sector: one.ceiling.sector.clone(),
            source: one.ceiling.funding_source.clone(),
            amount: one.ceiling.amount.saturating_sub(one.committed).max(0),
        })
        .collect()
    }

    /// Returns what PPAs that are no candidates take of a sector and a source; empty ones mean all.
    #[must_use]
    pub fn committed(&self, sector: &str, source: &str) -> i64 {
        committed(&self.taken, sector, source)
    }

    /// Returns what the scenario gives to candidates of a sector and a source; empty ones mean all.
    #[must_use]
    pub fn given(&self, sector: &str, source: &str) -> i64 {
        given(&self.rows, sector, source)
    }

    /// Returns the representation.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let rows: Vec<Json> = self
            .rows
            .iter()
            .map(|BoardRow { candidate, amount, is_locked }| {
                json!({
                    "ppa": candidate.id, "title": candidate.title, "ask_centavos": candidate.ask,
                    "score": candidate.score, "sector": part(&candidate.sector),
                    "funding_source": part(&candidate.funding_source), "region": candidate.region,
                    "region_name": part(&candidate.region_name), "approval_stage": candidate.approval_stage,
                    "is_locked": is_locked, "amount_centavos": amount,
                })
            })
            .collect();
        let others: Vec<Json> = self
            .others
            .iter()
            .map(|BoardRow { candidate, amount, .. }| {
                json!({ "ppa": candidate.id, "title": candidate.title, "amount_centavos": amount })
            })
            .collect();
        let missing: Vec<Json> = self
            .shortfalls
            .iter()
            .map(|shortfall| {
                json!({
                    "label": self.minimums[shortfall.place].1, "minimum_centavos": shortfall.wanted,
                    "allocated_centavos": shortfall.given, "asked_centavos": shortfall.asked,
                })
            })
            .collect();
        let minimums: Vec<Minimum> = self.minimums.iter().map(|(minimum, _)| minimum.clone()).collect();
        json!({
            "scenario": self.scenario.id, "version": self.scenario.version, "fiscal_year": self.year(),
            "envelope_centavos": self.envelope(), "allocated_centavos": self.allocated(),
            "remaining_centavos": self.remaining(), "excess_centavos": self.excess(),
            "candidates": rows, "others": others,
            "ceilings": self.ceilings.iter().map(CeilingUse::to_json).collect::<Vec<_>>(),
            "minimum_shares": write_shares(&minimums), "shortfalls": missing,
        })
    }
}

fn candidate(row: &CandidateRow) -> Candidate {
    Candidate {
        id: row.id,
        ask: row.ask.max(0),
        score: row.score,
        sector: row.sector.clone(),
        source: row.funding_source.clone(),
        region: row.region,
    }
}

/// Returns the amount of each PPA that the scenario gives money to.
pub(super) fn allocations(record: &Record) -> Result<Vec<Allocation>, AppError> {
    match scenario::ALLOCATIONS.get(record) {
        None => Ok(Vec::new()),
        Some(json) => read_allocations(json).map_err(|message| {
            AppError::Internal(format!("allocations of a scenario: {}", message.english()))
        }),
    }
}

/// Returns the minimum shares of a scenario.
pub(super) fn minimums(record: &Record) -> Result<Vec<Minimum>, AppError> {
    match scenario::MINIMUM_SHARES.get(record) {
        None => Ok(Vec::new()),
        Some(json) => read_shares(json).map_err(|message| {
            AppError::Internal(format!("minimum shares of a scenario: {}", message.english()))
        }),
    }
}

/// Returns a scenario with its candidates and ceilings.
pub(super) fn of(tx: &mut Tx<'_>, record: &Record) -> Result<Board, AppError> {
    let year = scenario::FISCAL_YEAR.get(record).unwrap_or_default();
    let rows: Vec<BoardRow> = store::candidates(tx, year)?
        .into_iter()
        .map(|candidate| BoardRow {
            amount: 0,
            is_locked: candidate.approval_stage != super::DRAFT,
            candidate,
        })
        .collect();
    let own: HashSet<Id> = rows.iter().map(|row| row.candidate.id).collect();
    let left: Vec<Id> =
        allocations(record)?.iter().map(|one| one.ppa).filter(|ppa| !own.contains(ppa)).collect();
    let others = store::ppas(tx, &left)?
        .into_iter()
        .map(|candidate| BoardRow { amount: 0, is_locked: true, candidate })
        .collect();
    let mut taken = commitments(tx, &[year])?;
    taken.retain(|(ppa, _)| !own.contains(ppa));
    let ceilings = ceilings_of_year(tx, year)?
        .into_iter()
        .map(|ceiling| CeilingUse {
            committed: committed(&taken, &ceiling.sector, &ceiling.funding_source),
            allocated: 0,
            ceiling,
        })
        .collect();
    let minimums = labelled(tx, minimums(record)?)?;
    let mut board =
        Board { scenario: record.clone(), rows, others, ceilings, minimums, shortfalls: Vec::new(), taken };
    board.reallocate(record)?;
    Ok(board)
}

/// Refuses minimum shares of places that are no regions.
pub(super) fn require_regions(tx: &mut Tx<'_>, minimums: &[Minimum]) -> Result<(), AppError> {
    let regions = regions_of(minimums);
    let found = obcms_store::records::load_many(tx, &REGION, &regions)?;
    match regions.iter().find(|id| found.iter().all(|record| record.id != **id)) {
        None => Ok(()),
        Some(id) => {
            let message = message!("{id} is no region. Give the code of a region.", id = Word::text(id));
            Err(AppError::field(actions::MINIMUM_SHARES.name(), "share", message))
        }
    }
}

fn regions_of(minimums: &[Minimum]) -> Vec<Id> {
    let region = |minimum: &Minimum| match minimum.share {
        Share::Region(id) => Some(id),
        Share::Sector(_) => None,
    };
    minimums.iter().filter_map(region).collect()
}

fn labelled(tx: &mut Tx<'_>, minimums: Vec<Minimum>) -> Result<Vec<(Minimum, String)>, AppError> {
    let regions = regions_of(&minimums);
    let found = obcms_store::records::load_many(tx, &REGION, &regions)?;
    let name = |id: &Id| {
        let known = found.iter().find(|record| record.id == *id);
        known.map_or_else(|| id.to_string(), |record| region::NAME.get(record).to_owned())
    };
    Ok(minimums
        .into_iter()
        .map(|minimum| {
            let label = match &minimum.share {
                Share::Sector(sector) => choices::label(SECTORS, sector).to_owned(),
                Share::Region(id) => name(id),
            };
            (minimum, label)
        })
        .collect())
}

/// Adds up what PPAs take of a sector and a source, each once by its larger part.
fn committed(taken: &[(Id, Commitment)], sector: &str, source: &str) -> i64 {
    let counted = |one: &Commitment| covers((sector, source), &one.sector, &one.funding_source);
    taken_by_ppa(taken, counted).values().fold(0, |sum, amount| sum.saturating_add(*amount))
}

fn given(rows: &[BoardRow], sector: &str, source: &str) -> i64 {
    let of = |row: &&BoardRow| covers((sector, source), &row.candidate.sector, &row.candidate.funding_source);
    rows.iter().filter(of).fold(0, |sum, row| sum.saturating_add(row.amount))
}
