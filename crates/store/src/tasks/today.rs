//! What concerns one person today, beyond the lists.

use obcms_domain::core::id::Id;
use obcms_domain::kinds::TASK;

use crate::calendar::{EntryRow, Window, entry_columns, taken};
use crate::database::Statement;
use crate::database::Tx;
use crate::error::StoreError;
use crate::records::{OPEN, Query, Scope, counts_with};

/// The person whose tasks are waited for, and how far they see into tasks.
#[derive(Clone, Copy, Debug)]
pub struct Awaited<'a> {
    /// The person.
    pub person: Id,
    /// Limits of what they see; nothing for whoever sees all tasks.
    pub scope: Option<&'a Scope>,
}

/// Appends the open tasks of the person for which open tasks of others wait that the person sees: from the edges of the
/// person to those that wait, whose own edges are not walked.
fn waited_for(statement: &mut Statement, what: &str, Awaited { person, scope }: Awaited<'_>) {
    // Cross joins keep SQLite to the order written.
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

/// The first open tasks of the person for which open tasks of others wait.
pub fn first_waited_for(tx: &mut Tx<'_>, by: Awaited<'_>, limit: i64) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::default();
    waited_for(&mut statement, "DISTINCT t.id", by);
    statement.push(" ORDER BY t.id LIMIT ").bind(limit);
    tx.remembered(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// The numbers of records in the lists and, for a person, of their tasks for which tasks of others wait: all that the
/// bell counts in one statement, from the cache while nothing has changed.
pub fn waiting(
    tx: &mut Tx<'_>,
    lists: &[Query<'_>],
    by: Option<Awaited<'_>>,
) -> Result<Vec<i64>, StoreError> {
    counts_with(tx, lists, |statement| {
        if let Some(by) = by {
            waited_for(statement, "count(DISTINCT t.id)", by);
        }
    })
}

/// Entries of events on which the person is, that touch the window, in no order; a series as one for all its dates.
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
