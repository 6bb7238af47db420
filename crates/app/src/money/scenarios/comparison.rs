//! Scenarios side by side.

use std::collections::BTreeMap;

use obcms_domain::core::id::Id;
use obcms_domain::kinds::SCENARIO;
use serde_json::{Value as Json, json};

use super::board::{self, Board, BoardRow};
use crate::core::{Actor, App, AppError};

/// Most scenarios in one comparison.
pub const MOST_COMPARED: usize = 4;

/// PPA with its amount in each scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonRow {
    /// The PPA.
    pub ppa: Id,
    /// Title.
    pub title: String,
    /// Sector, or empty.
    pub sector: String,
    /// Name of the region, or empty.
    pub region: String,
    /// Amounts in centavos, in the order of the scenarios.
    pub amounts: Vec<i64>,
}

impl ComparisonRow {
    /// Returns the amount of a scenario less that of the first one.
    #[must_use]
    pub fn difference(&self, place: usize) -> i64 {
        let amount = |place: usize| self.amounts.get(place).copied().unwrap_or_default();
        amount(place).saturating_sub(amount(0))
    }
}

/// Scenarios side by side.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The scenarios, in the order of the request.
    pub boards: Vec<Board>,
    /// PPAs with an amount in any of them, the largest difference first.
    pub rows: Vec<ComparisonRow>,
    /// Sums by sector: value and amounts.
    pub sectors: Vec<(String, Vec<i64>)>,
    /// Sums by region: name and amounts.
    pub regions: Vec<(String, Vec<i64>)>,
}

impl Comparison {
    /// Returns the representation.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let scenarios: Vec<Json> = self
            .boards
            .iter()
            .map(|board| {
                json!({
                    "id": board.scenario.id, "name": board.scenario.title(), "fiscal_year": board.year(),
                    "envelope_centavos": board.envelope(), "allocated_centavos": board.allocated(),
                })
            })
            .collect();
        let rows: Vec<Json> = self
            .rows
            .iter()
            .map(|row| {
                let differences: Vec<i64> =
                    (0..row.amounts.len()).map(|place| row.difference(place)).collect();
                json!({
                    "ppa": row.ppa, "title": row.title, "sector": part(&row.sector),
                    "region_name": part(&row.region), "amounts_centavos": row.amounts,
                    "differences_centavos": differences,
                })
            })
            .collect();
        let sums = |groups: &[(String, Vec<i64>)]| -> Vec<Json> {
            let of = |(key, amounts): &(String, Vec<i64>)| json!({ "key": part(key), "amounts_centavos": amounts });
            groups.iter().map(of).collect()
        };
        json!({
            "scenarios": scenarios, "ppas": rows, "sectors": sums(&self.sectors), "regions": sums(&self.regions),
        })
    }
}

/// Compares scenarios.
pub(super) fn of(app: &App, actor: &Actor, ids: &[Id]) -> Result<Comparison, AppError> {
    let mut boards = Vec::with_capacity(ids.len());
    // At most four, see `MOST_COMPARED`.
    for id in ids.iter().take(MOST_COMPARED) {
        let record = app.get(actor, &SCENARIO, *id)?;
        boards.push(app.read(|tx| board::of(tx, &record))?);
    }
    let mut rows: BTreeMap<Id, ComparisonRow> = BTreeMap::new();
    for (place, board) in boards.iter().enumerate() {
        for BoardRow { candidate, amount, .. } in
            board.rows.iter().chain(&board.others).filter(|row| row.amount > 0)
        {
            let row = rows.entry(candidate.id).or_insert_with(|| ComparisonRow {
                ppa: candidate.id,
                title: candidate.title.clone(),
                sector: candidate.sector.clone(),
                region: candidate.region_name.clone(),
                amounts: vec![0; boards.len()],
            });
            row.amounts[place] = *amount;
        }
    }
    let mut rows: Vec<ComparisonRow> = rows.into_values().collect();
    let sectors = sums(&rows, boards.len(), |row| &row.sector);
    let regions = sums(&rows, boards.len(), |row| &row.region);
    let largest = |row: &ComparisonRow| {
        (0..row.amounts.len()).map(|place| row.difference(place).saturating_abs()).max().unwrap_or_default()
    };
    rows.sort_by_key(|row| (std::cmp::Reverse(largest(row)), row.title.clone(), row.ppa));
    Ok(Comparison { boards, rows, sectors, regions })
}

fn sums(
    rows: &[ComparisonRow],
    count: usize,
    key: impl Fn(&ComparisonRow) -> &String,
) -> Vec<(String, Vec<i64>)> {
    let mut groups: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for row in rows {
        let sums = groups.entry(key(row).clone()).or_insert_with(|| vec![0; count]);
        for (sum, amount) in sums.iter_mut().zip(&row.amounts) {
            *sum = sum.saturating_add(*amount);
        }
    }
    groups.into_iter().collect()
}
