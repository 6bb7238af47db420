//! Candidates of budget scenarios.

use obcms_domain::core::id::Id;

use crate::database::{Row, Statement, Tx};
use crate::error::StoreError;

/// PPA that a scenario may give money to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidateRow {
    /// The PPA.
    pub id: Id,
    /// Title.
    pub title: String,
    /// Budget that it asks for, in centavos.
    pub ask: i64,
    /// Highest priority score of its live needs; 0 without needs.
    pub score: i64,
    /// Sector, or empty.
    pub sector: String,
    /// Funding source, or empty.
    pub funding_source: String,
    /// Region.
    pub region: Option<Id>,
    /// Name of the region, or empty.
    pub region_name: String,
    /// Stage of the budget approval.
    pub approval_stage: String,
}

/// Condition of candidates: live PPAs, no requests, neither cancelled nor rejected, and never enacted.
const CANDIDATE: &str = "p.archived_at IS NULL AND p.status <> 'cancelled' AND p.category <> 'obc_request' \
                         AND p.enacted_budget_centavos IS NULL AND p.approval_stage <> 'rejected'";

/// Returns the candidates of a fiscal year, ordered by id.
pub fn candidates(tx: &mut Tx<'_>, fiscal_year: i64) -> Result<Vec<CandidateRow>, StoreError> {
    let sql = format!("{ROWS} WHERE {CANDIDATE} AND p.fiscal_year = $1 ORDER BY p.id");
    tx.query(&sql, &[fiscal_year.into()])?.iter().map(read).collect()
}

/// Returns PPAs whether they are candidates or not, ordered by id.
pub fn ppas(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<CandidateRow>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(400) {
        let mut statement = Statement::new(format!("{ROWS} WHERE p.id IN "));
        statement.bind_list(chunk.iter().map(|id| (*id).into()));
        for row in tx.query(&statement.sql, &statement.parameters)? {
            found.push(read(&row)?);
        }
    }
    found.sort_by_key(|row| row.id);
    Ok(found)
}

const ROWS: &str = "SELECT p.id, p.title, coalesce(p.budget_allocation_centavos, 0), coalesce(s.score, 0), \
         coalesce(p.sector, ''), coalesce(p.funding_source, ''), p.coverage_region, coalesce(r.name, ''), \
         coalesce(p.approval_stage, '') FROM ppas p LEFT JOIN regions r ON r.id = p.coverage_region \
         LEFT JOIN (SELECT e.source, max(n.priority_score) AS score FROM edges e JOIN needs n ON n.id = e.target \
         WHERE e.source_kind = 'ppa' AND e.field = 'needs' AND n.archived_at IS NULL GROUP BY e.source) s \
         ON s.source = p.id";

fn read(row: &Row) -> Result<CandidateRow, StoreError> {
    Ok(CandidateRow {
        id: row.get(0)?,
        title: row.get::<Option<String>>(1)?.unwrap_or_default(),
        ask: row.get(2)?,
        score: row.get(3)?,
        sector: row.get(4)?,
        funding_source: row.get(5)?,
        region: row.get(6)?,
        region_name: row.get(7)?,
        approval_stage: row.get(8)?,
    })
}
