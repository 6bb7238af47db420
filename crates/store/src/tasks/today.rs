//! Data of one person's day, beyond the lists.

use obcms_domain::core::id::Id;
use obcms_domain::kinds::TASK;

use crate::calendar::{EntryRow, Window, entry_columns, taken};
use crate::database::Statement;
use crate::database::Tx;
use crate::error::StoreError;
use crate::records::{OPEN, Query, Scope, counts_with};

/// Person whose tasks block others, with their scope on tasks.
#[derive(Clone, Copy, Debug)]
pub struct Blocker<'a> {
    /// The person.
    pub person: Id,
    /// Scope of the person; nothing for a reader of all tasks.
    pub scope: Option<&'a Scope>,
}

/// Appends the open tasks of the person that block visible open tasks of others. The query walks from the edges of
/// the person to the blocked tasks, whose own edges are not walked.
fn push_blocking(statement: &mut Statement, what: &str, Blocker { person, scope }: Blocker<'_>) {
    // Cross joins fix SQLite's join order.
    statement.push(&format!(
        "SELECT {what} FROM edges a CROSS JOIN tasks t CROSS JOIN edges e CROSS JOIN tasks w WHERE a.target = "
    ));
    statement.bind(person);
    statement.push(&format!(
        " AND a.source_kind = 'task' AND a.field = 'assignees' AND t.id = a.source AND t.archived_at IS NULL \
         AND t.{OPEN} AND e.target = t.id AND e.source_kind = 'task' AND e.field = 'depends_on' \
         AND w.id = e.source AND w.archived_at IS NULL AND w.{OPEN} AND w.id NOT IN \
         (SELECT o.source FROM edges o WHERE o.source_kind = 'task' AND o.field = 'assignees' AND o.target = "
    ));
    statement.bind(person).push(")");
    Scope::and(scope, statement, &TASK, "w");
}

/// Returns the first open tasks of the person that block open tasks of others.
pub fn first_blocking(tx: &mut Tx<'_>, by: Blocker<'_>, limit: i64) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::default();
    push_blocking(&mut statement, "DISTINCT t.id", by);
    statement.push(" ORDER BY t.id LIMIT ").bind(limit);
    tx.query_cached(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Returns the totals of the lists and, for a person, the number of their tasks that block tasks of others: all
/// counts of the notification bell in one statement, cached per revision.
pub fn waiting(
    tx: &mut Tx<'_>,
    lists: &[Query<'_>],
    by: Option<Blocker<'_>>,
) -> Result<Vec<i64>, StoreError> {
    counts_with(tx, lists, |statement| {
        if let Some(by) = by {
            push_blocking(statement, "count(DISTINCT t.id)", by);
        }
    })
}

/// Returns the entries of the person's events that overlap the window, unsorted; a series as one row for all its
/// occurrences.
pub fn events(tx: &mut Tx<'_>, person: Id, window: &Window) -> Result<Vec<EntryRow>, StoreError> {
    let mut statement = Statement::new(format!(
        "SELECT {} FROM calendar_entries WHERE kind = 'event' AND record_id IN \
         (SELECT source FROM edges WHERE source_kind = 'event' AND target = ",
        entry_columns()
    ));
    statement
        .bind(person)
        .push(") AND start_at < ")
        .bind(window.end)
        .push(" AND end_at > ")
        .bind(window.start);
    statement.push(" ORDER BY is_long, start_at, title, record_id LIMIT 500");
    taken(&tx.query(&statement.sql, &statement.parameters)?)
}
