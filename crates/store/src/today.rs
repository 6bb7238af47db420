//! What concerns one person today, beyond the lists.

use obcms_domain::id::Id;

use crate::calendar::{EntryRow, Window, entry_columns, taken};
use crate::database::Tx;
use crate::error::StoreError;
use crate::records::Statement;

/// Open tasks of the person for which open tasks of others wait, with how many of them.
pub fn waited_for(tx: &mut Tx<'_>, person: Id) -> Result<Vec<(Id, i64)>, StoreError> {
    let open = |alias: &str| {
        format!("{alias}.archived_at IS NULL AND {alias}.status NOT IN ('completed', 'cancelled')")
    };
    let sql = format!(
        "SELECT t.id, count(DISTINCT w.id) FROM edges a JOIN tasks t ON t.id = a.source \
         JOIN edges e ON e.target = t.id AND e.source_kind = 'task' AND e.field = 'depends_on' \
         JOIN tasks w ON w.id = e.source \
         WHERE a.target = $1 AND a.source_kind = 'task' AND a.field = 'assignees' AND {} AND {} \
         AND NOT EXISTS (SELECT 1 FROM edges o WHERE o.source = w.id AND o.field = 'assignees' AND o.target = $1) \
         GROUP BY t.id ORDER BY t.id",
        open("t"),
        open("w")
    );
    tx.query(&sql, &[person.into()])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
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
