//! Approval rounds, their stages and decisions, and what PPAs take of ceilings.

mod ceilings;

pub use ceilings::{
    Ceiling, Commitment, asked_in_review, ceilings, ceilings_of_year, ceilings_of_years, commit, commitments,
    lock_ceilings, release, taken_by_ppa,
};

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use obcms_domain::core::id::Id;

use crate::database::{Row, Statement, Tx};
use crate::error::StoreError;

/// Round of approval of a PPA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Identity.
    pub id: Id,
    /// The PPA.
    pub ppa_id: Id,
    /// Number, from 1.
    pub number: i64,
    /// Revision of an enacted budget.
    pub is_revision: bool,
    /// `draft`, `open`, `returned`, `rejected`, `withdrawn` or `enacted`.
    pub state: String,
    /// Reason of a revision.
    pub reason: String,
    /// Time at which it was opened.
    pub opened_at: Timestamp,
    /// Time of submission.
    pub submitted_at: Option<Timestamp>,
    /// Person who submitted.
    pub submitted_by: Option<Id>,
    /// Time of its end.
    pub ended_at: Option<Timestamp>,
    /// Frozen figures as a JSON object.
    pub snapshot: String,
}

/// Stage of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundStage {
    /// Identity.
    pub id: Id,
    /// The round.
    pub round_id: Id,
    /// The PPA.
    pub ppa_id: Id,
    /// Number within the round, from 1.
    pub number: i64,
    /// Name of the stage.
    pub stage: String,
    /// `pending`, or how it ended.
    pub state: String,
    /// Person who is to decide; anybody with the role without one.
    pub assignee: Option<Id>,
    /// Day by which the decision is due.
    pub due_date: Date,
    /// Time of entry.
    pub entered_at: Timestamp,
    /// Time of its end.
    pub left_at: Option<Timestamp>,
}

/// Decision or step in a round. Never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Identity.
    pub id: Id,
    /// The round.
    pub round_id: Id,
    /// The PPA.
    pub ppa_id: Id,
    /// Number among all decisions on the PPA, from 1.
    pub number: i64,
    /// Stage decided, or the state in which a step was taken.
    pub stage: String,
    /// Action.
    pub action: String,
    /// Time.
    pub decided_at: Timestamp,
    /// Person.
    pub decided_by: Option<Id>,
    /// Colleague who delegated the decision.
    pub on_behalf_of: Option<Id>,
    /// Role in which they decided.
    pub role: String,
    /// Comment.
    pub comment: String,
    /// SHA-256 of the figures decided on, hexadecimal.
    pub digest: String,
    /// Ceilings and their use as a JSON array.
    pub ceilings: String,
    /// Corrected figures with old and new value as a JSON object.
    pub corrections: String,
}

/// Pending stage with its PPA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The stage.
    pub stage: RoundStage,
    /// Title of the PPA.
    pub title: String,
    /// Number of the round.
    pub round: i64,
    /// Revision of an enacted budget.
    pub is_revision: bool,
    /// Person who created the PPA.
    pub maker: Option<Id>,
    /// Frozen figures as a JSON object.
    pub snapshot: String,
}

const ROUND: &str = "id, ppa_id, number, is_revision, state, reason, opened_at, submitted_at, submitted_by, ended_at, \
                     snapshot";
const STAGE: &str = "id, round_id, ppa_id, number, stage, state, assignee, due_date, entered_at, left_at";
const DECISION: &str = "id, round_id, ppa_id, number, stage, action, decided_at, decided_by, role, comment, digest, \
                        ceilings, corrections, on_behalf_of";

fn read_round(row: &Row) -> Result<Round, StoreError> {
    Ok(Round {
        id: row.get(0)?,
        ppa_id: row.get(1)?,
        number: row.get(2)?,
        is_revision: row.get(3)?,
        state: row.get(4)?,
        reason: row.get(5)?,
        opened_at: row.get(6)?,
        submitted_at: row.get(7)?,
        submitted_by: row.get(8)?,
        ended_at: row.get(9)?,
        snapshot: row.get(10)?,
    })
}

fn read_stage(row: &Row) -> Result<RoundStage, StoreError> {
    Ok(RoundStage {
        id: row.get(0)?,
        round_id: row.get(1)?,
        ppa_id: row.get(2)?,
        number: row.get(3)?,
        stage: row.get(4)?,
        state: row.get(5)?,
        assignee: row.get(6)?,
        due_date: row.get(7)?,
        entered_at: row.get(8)?,
        left_at: row.get(9)?,
    })
}

fn read_decision(row: &Row) -> Result<Decision, StoreError> {
    Ok(Decision {
        id: row.get(0)?,
        round_id: row.get(1)?,
        ppa_id: row.get(2)?,
        number: row.get(3)?,
        stage: row.get(4)?,
        action: row.get(5)?,
        decided_at: row.get(6)?,
        decided_by: row.get(7)?,
        role: row.get(8)?,
        comment: row.get(9)?,
        digest: row.get(10)?,
        ceilings: row.get(11)?,
        corrections: row.get(12)?,
        on_behalf_of: row.get(13)?,
    })
}

/// Returns the rounds of a PPA in order.
pub fn rounds(tx: &mut Tx<'_>, ppa: Id) -> Result<Vec<Round>, StoreError> {
    let sql = format!("SELECT {ROUND} FROM approval_rounds WHERE ppa_id = $1 ORDER BY number");
    tx.query(&sql, &[ppa.into()])?.iter().map(read_round).collect()
}

/// Returns the last round of a PPA.
pub fn last_round(tx: &mut Tx<'_>, ppa: Id) -> Result<Option<Round>, StoreError> {
    let sql = format!("SELECT {ROUND} FROM approval_rounds WHERE ppa_id = $1 ORDER BY number DESC LIMIT 1");
    tx.first(&sql, &[ppa.into()])?.as_ref().map(read_round).transpose()
}

/// Returns the figures of the last enacted round of a PPA.
pub fn enacted_round(tx: &mut Tx<'_>, ppa: Id) -> Result<Option<Round>, StoreError> {
    let sql = format!(
        "SELECT {ROUND} FROM approval_rounds WHERE ppa_id = $1 AND state = 'enacted' ORDER BY number DESC LIMIT 1"
    );
    tx.first(&sql, &[ppa.into()])?.as_ref().map(read_round).transpose()
}

/// Inserts a round.
pub fn insert_round(tx: &mut Tx<'_>, round: &Round) -> Result<(), StoreError> {
    tx.execute(
        &format!(
            "INSERT INTO approval_rounds ({ROUND}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        &[
            round.id.into(),
            round.ppa_id.into(),
            round.number.into(),
            round.is_revision.into(),
            round.state.as_str().into(),
            round.reason.as_str().into(),
            round.opened_at.into(),
            round.submitted_at.into(),
            round.submitted_by.into(),
            round.ended_at.into(),
            round.snapshot.as_str().into(),
        ],
    )?;
    Ok(())
}

/// Writes the state of a round.
pub fn update_round(tx: &mut Tx<'_>, round: &Round) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE approval_rounds SET state = $2, submitted_at = $3, submitted_by = $4, ended_at = $5, snapshot = $6 \
         WHERE id = $1",
        &[
            round.id.into(),
            round.state.as_str().into(),
            round.submitted_at.into(),
            round.submitted_by.into(),
            round.ended_at.into(),
            round.snapshot.as_str().into(),
        ],
    )?;
    Ok(())
}

/// Returns the stages of a round in order.
pub fn stages(tx: &mut Tx<'_>, round: Id) -> Result<Vec<RoundStage>, StoreError> {
    let sql = format!("SELECT {STAGE} FROM approval_stages WHERE round_id = $1 ORDER BY number");
    tx.query(&sql, &[round.into()])?.iter().map(read_stage).collect()
}

/// Inserts a stage.
pub fn insert_stage(tx: &mut Tx<'_>, stage: &RoundStage) -> Result<(), StoreError> {
    tx.execute(
        &format!("INSERT INTO approval_stages ({STAGE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
        &[
            stage.id.into(),
            stage.round_id.into(),
            stage.ppa_id.into(),
            stage.number.into(),
            stage.stage.as_str().into(),
            stage.state.as_str().into(),
            stage.assignee.into(),
            stage.due_date.into(),
            stage.entered_at.into(),
            stage.left_at.into(),
        ],
    )?;
    Ok(())
}

/// Ends the pending stage of a round, if any.
pub fn end_stage(tx: &mut Tx<'_>, round: Id, state: &str, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE approval_stages SET state = $2, left_at = $3 WHERE round_id = $1 AND state = 'pending'",
        &[round.into(), state.into(), at.into()],
    )?;
    Ok(())
}

/// Sets the person who is to decide the pending stage of a round.
pub fn assign_stage(tx: &mut Tx<'_>, round: Id, assignee: Option<Id>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE approval_stages SET assignee = $2 WHERE round_id = $1 AND state = 'pending'",
        &[round.into(), assignee.into()],
    )?;
    Ok(())
}

/// Returns the stages of all rounds of a PPA, by round and number.
pub fn stages_of_ppa(tx: &mut Tx<'_>, ppa: Id) -> Result<Vec<RoundStage>, StoreError> {
    let sql = format!("SELECT {STAGE} FROM approval_stages WHERE ppa_id = $1 ORDER BY entered_at, number");
    tx.query(&sql, &[ppa.into()])?.iter().map(read_stage).collect()
}

/// Returns the delegators who have given their decisions to a person on that day.
pub fn delegators(tx: &mut Tx<'_>, delegate: Id, day: Date) -> Result<Vec<Id>, StoreError> {
    tx.query(
        "SELECT DISTINCT coalesce(delegator, created_by) FROM delegations WHERE archived_at IS NULL \
         AND delegate = $1 AND start_date <= $2 AND end_date >= $2 AND coalesce(delegator, created_by) IS NOT NULL",
        &[delegate.into(), day.into()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Returns the active users who have a role.
pub fn people_with_role(tx: &mut Tx<'_>, role: &str) -> Result<Vec<Id>, StoreError> {
    let pattern = format!("%\"{role}\"%");
    tx.query(
        "SELECT id FROM users WHERE archived_at IS NULL AND coalesce(is_disabled, FALSE) = FALSE AND roles LIKE $1 \
         ORDER BY full_name, id LIMIT 500",
        &[pattern.into()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Comment on the approval of a PPA. Never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Identity.
    pub id: Id,
    /// The PPA.
    pub ppa_id: Id,
    /// Number of the round; zero before the first one.
    pub round: i64,
    /// State of the approval.
    pub stage: String,
    /// The text.
    pub text: String,
    /// Time.
    pub created_at: Timestamp,
    /// Person.
    pub created_by: Option<Id>,
}

/// Inserts a comment.
pub fn insert_comment(tx: &mut Tx<'_>, comment: &Comment) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO approval_comments (id, ppa_id, round, stage, text, created_at, created_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            comment.id.into(),
            comment.ppa_id.into(),
            comment.round.into(),
            comment.stage.as_str().into(),
            comment.text.as_str().into(),
            comment.created_at.into(),
            comment.created_by.into(),
        ],
    )?;
    Ok(())
}

/// Returns the comments on a PPA, the first one first.
pub fn comments(tx: &mut Tx<'_>, ppa: Id) -> Result<Vec<Comment>, StoreError> {
    tx.query(
        "SELECT id, ppa_id, round, stage, text, created_at, created_by FROM approval_comments WHERE ppa_id = $1 \
         ORDER BY created_at, id",
        &[ppa.into()],
    )?
    .iter()
    .map(|row| {
        Ok(Comment {
            id: row.get(0)?,
            ppa_id: row.get(1)?,
            round: row.get(2)?,
            stage: row.get(3)?,
            text: row.get(4)?,
            created_at: row.get(5)?,
            created_by: row.get(6)?,
        })
    })
    .collect()
}

/// Returns all decisions on a PPA in order.
pub fn decisions(tx: &mut Tx<'_>, ppa: Id) -> Result<Vec<Decision>, StoreError> {
    let sql = format!("SELECT {DECISION} FROM approval_decisions WHERE ppa_id = $1 ORDER BY number");
    tx.query(&sql, &[ppa.into()])?.iter().map(read_decision).collect()
}

/// Returns the last decision on a stage of each PPA.
pub fn last_decisions(tx: &mut Tx<'_>, ppas: &[Id]) -> Result<HashMap<Id, Decision>, StoreError> {
    let mut found = HashMap::new();
    for chunk in ppas.chunks(400) {
        let mut statement = Statement::new(format!(
            "SELECT {DECISION} FROM approval_decisions WHERE action IN ('approve', 'return', 'reject', 'waive') \
             AND ppa_id IN "
        ));
        statement.bind_list(chunk.iter().map(|id| (*id).into()));
        statement.push(" ORDER BY ppa_id, number");
        for row in tx.query(&statement.sql, &statement.parameters)? {
            let decision = read_decision(&row)?;
            found.insert(decision.ppa_id, decision);
        }
    }
    Ok(found)
}

/// Inserts a decision. Its number is the next one of the PPA, which must be locked; that of the argument is ignored.
pub fn insert_decision(tx: &mut Tx<'_>, decision: &Decision) -> Result<(), StoreError> {
    let last = "SELECT coalesce(max(number), 0) FROM approval_decisions WHERE ppa_id = $1";
    let last: i64 = tx.first(last, &[decision.ppa_id.into()])?.map_or(Ok(0), |row| row.get(0))?;
    tx.execute(
        &format!(
            "INSERT INTO approval_decisions ({DECISION}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        ),
        &[
            decision.id.into(),
            decision.round_id.into(),
            decision.ppa_id.into(),
            (last + 1).into(),
            decision.stage.as_str().into(),
            decision.action.as_str().into(),
            decision.decided_at.into(),
            decision.decided_by.into(),
            decision.role.as_str().into(),
            decision.comment.as_str().into(),
            decision.digest.as_str().into(),
            decision.ceilings.as_str().into(),
            decision.corrections.as_str().into(),
            decision.on_behalf_of.into(),
        ],
    )?;
    Ok(())
}

/// Returns the pending stages of these names of live PPAs, without those on hold or cancelled, the most urgent first.
pub fn pending(tx: &mut Tx<'_>, stages: &[&str], limit: i64) -> Result<Vec<Pending>, StoreError> {
    if stages.is_empty() {
        return Ok(Vec::new());
    }
    let columns: Vec<String> = STAGE.split(", ").map(|column| format!("s.{column}")).collect();
    let mut statement = Statement::new(format!(
        "SELECT {}, p.title, r.number, r.is_revision, p.created_by, r.snapshot FROM approval_stages s \
         JOIN approval_rounds r ON r.id = s.round_id JOIN ppas p ON p.id = s.ppa_id \
         WHERE s.state = 'pending' AND p.archived_at IS NULL AND p.status NOT IN ('on_hold', 'cancelled') \
         AND s.stage IN ",
        columns.join(", ")
    ));
    statement.bind_list(stages.iter().map(|stage| (*stage).into()));
    statement.push(" ORDER BY s.due_date, s.entered_at, s.id LIMIT ");
    statement.bind(limit);
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| {
            Ok(Pending {
                stage: read_stage(row)?,
                title: row.get(10)?,
                round: row.get(11)?,
                is_revision: row.get(12)?,
                maker: row.get(13)?,
                snapshot: row.get(14)?,
            })
        })
        .collect()
}
