//! Ceilings, and what PPAs take of them.

use std::collections::HashMap;

use obcms_domain::core::id::Id;
use obcms_domain::money::covers;

use crate::database::{Row, Statement, Tx};
use crate::error::StoreError;

/// Share of a PPA in the ceilings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// Fiscal year.
    pub fiscal_year: Option<i64>,
    /// Sector, or empty.
    pub sector: String,
    /// Funding source, or empty.
    pub funding_source: String,
    /// Amount in centavos.
    pub amount: i64,
}

/// Returns what each PPA takes by those of its commitments that are counted: the larger one.
pub fn taken_by_ppa(
    commitments: &[(Id, Commitment)],
    is_counted: impl Fn(&Commitment) -> bool,
) -> HashMap<Id, i64> {
    let mut by_ppa: HashMap<Id, i64> = HashMap::new();
    for (ppa, commitment) in commitments.iter().filter(|(_, commitment)| is_counted(commitment)) {
        let most = by_ppa.entry(*ppa).or_default();
        *most = commitment.amount.max(*most);
    }
    by_ppa
}

/// Sets what a PPA takes of the ceilings by its enacted budget (`enacted`) or a running round (`running`).
pub fn commit(tx: &mut Tx<'_>, ppa: Id, part: &str, commitment: &Commitment) -> Result<(), StoreError> {
    release(tx, ppa, part)?;
    tx.execute(
        "INSERT INTO approval_commitments (ppa_id, part, fiscal_year, sector, funding_source, amount_centavos) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            ppa.into(),
            part.into(),
            commitment.fiscal_year.into(),
            commitment.sector.as_str().into(),
            commitment.funding_source.as_str().into(),
            commitment.amount.into(),
        ],
    )?;
    Ok(())
}

/// Removes what a PPA takes of the ceilings by that part.
pub fn release(tx: &mut Tx<'_>, ppa: Id, part: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM approval_commitments WHERE ppa_id = $1 AND part = $2",
        &[ppa.into(), part.into()],
    )?;
    Ok(())
}

/// Live ceiling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// Identity.
    pub id: Id,
    /// Fiscal year.
    pub fiscal_year: i64,
    /// Title.
    pub title: String,
    /// Sector, or empty for all.
    pub sector: String,
    /// Funding source, or empty for all.
    pub funding_source: String,
    /// Amount in centavos.
    pub amount: i64,
    /// It refuses what exceeds it.
    pub is_hard: bool,
}

impl Ceiling {
    /// Returns true if the ceiling limits budgets of the year, the sector and the source; its empty parts mean all.
    #[must_use]
    pub fn concerns(&self, fiscal_year: Option<i64>, sector: &str, source: &str) -> bool {
        fiscal_year == Some(self.fiscal_year) && covers((&self.sector, &self.funding_source), sector, source)
    }
}

/// Locks the live ceilings of a year that concern the sector and the source until the end of the transaction, in the
/// order of their ids.
pub fn lock_ceilings(
    tx: &mut Tx<'_>,
    fiscal_year: i64,
    sector: &str,
    source: &str,
) -> Result<(), StoreError> {
    let ids: Vec<Id> = ceilings(tx, fiscal_year, sector, source)?.iter().map(|ceiling| ceiling.id).collect();
    tx.lock("ceilings", &ids)
}

/// Returns the live ceilings of a year that concern the sector and the source.
pub fn ceilings(
    tx: &mut Tx<'_>,
    fiscal_year: i64,
    sector: &str,
    source: &str,
) -> Result<Vec<Ceiling>, StoreError> {
    let sql = format!(
        "SELECT {CEILING} FROM ceilings WHERE archived_at IS NULL AND fiscal_year = $1 \
         AND (sector IS NULL OR sector = $2) AND (funding_source IS NULL OR funding_source = $3) ORDER BY id"
    );
    tx.query(&sql, &[fiscal_year.into(), sector.into(), source.into()])?.iter().map(read_ceiling).collect()
}

/// Returns all live ceilings of a year.
pub fn ceilings_of_year(tx: &mut Tx<'_>, fiscal_year: i64) -> Result<Vec<Ceiling>, StoreError> {
    let sql = format!(
        "SELECT {CEILING} FROM ceilings WHERE archived_at IS NULL AND fiscal_year = $1 ORDER BY title, id"
    );
    tx.query(&sql, &[fiscal_year.into()])?.iter().map(read_ceiling).collect()
}

/// Returns the live ceilings of these years.
pub fn ceilings_of_years(tx: &mut Tx<'_>, years: &[i64]) -> Result<Vec<Ceiling>, StoreError> {
    if years.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Statement::new(format!(
        "SELECT {CEILING} FROM ceilings WHERE archived_at IS NULL AND fiscal_year IN "
    ));
    statement.bind_list(years.iter().map(|year| (*year).into()));
    statement.push(" ORDER BY id");
    tx.query(&statement.sql, &statement.parameters)?.iter().map(read_ceiling).collect()
}

const CEILING: &str = "id, fiscal_year, title, coalesce(sector, ''), coalesce(funding_source, ''), \
                       coalesce(amount_centavos, 0), enforcement";

fn read_ceiling(row: &Row) -> Result<Ceiling, StoreError> {
    let enforcement: String = row.get(6)?;
    Ok(Ceiling {
        id: row.get(0)?,
        fiscal_year: row.get(1)?,
        title: row.get::<Option<String>>(2)?.unwrap_or_default(),
        sector: row.get(3)?,
        funding_source: row.get(4)?,
        amount: row.get(5)?,
        is_hard: enforcement != "soft",
    })
}

/// Returns what live PPAs take of the ceilings of these years, each with its PPA.
pub fn commitments(tx: &mut Tx<'_>, years: &[i64]) -> Result<Vec<(Id, Commitment)>, StoreError> {
    let sql = "SELECT c.ppa_id, c.fiscal_year, coalesce(c.sector, ''), coalesce(c.funding_source, ''), \
               c.amount_centavos FROM approval_commitments c JOIN ppas p ON p.id = c.ppa_id \
               WHERE p.archived_at IS NULL AND p.status <> 'cancelled' AND c.fiscal_year IN ";
    read_commitments(tx, sql, years)
}

/// Returns what live PPAs in budget review ask for in these years, each with its PPA; not those on hold or cancelled.
pub fn asked_in_review(tx: &mut Tx<'_>, years: &[i64]) -> Result<Vec<(Id, Commitment)>, StoreError> {
    let sql = "SELECT p.id, p.fiscal_year, coalesce(p.sector, ''), coalesce(p.funding_source, ''), \
               coalesce(p.budget_allocation_centavos, 0) FROM ppas p WHERE p.approval_stage = 'budget_review' \
               AND p.archived_at IS NULL AND p.status NOT IN ('on_hold', 'cancelled') AND p.fiscal_year IN ";
    read_commitments(tx, sql, years)
}

fn read_commitments(tx: &mut Tx<'_>, sql: &str, years: &[i64]) -> Result<Vec<(Id, Commitment)>, StoreError> {
    if years.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Statement::new(sql);
    statement.bind_list(years.iter().map(|year| (*year).into()));
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| {
            let commitment = Commitment {
                fiscal_year: row.get(1)?,
                sector: row.get(2)?,
                funding_source: row.get(3)?,
                amount: row.get(4)?,
            };
            Ok((row.get(0)?, commitment))
        })
        .collect()
}
