//! Tasks that belong to a record.

use obcms_domain::calendar::series::next_due;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::TASK;
use obcms_domain::registry::Record;
use obcms_store::records;

use crate::core::{Actor, App, AppError};

/// Tasks looked at for one record.
const LOOKED_AT: i64 = 500;

impl App {
    /// Returns the tasks that belong to the record and that the actor may see, the first due first.
    pub fn tasks_of(&self, actor: &Actor, record: &Record) -> Result<Vec<Record>, AppError> {
        let mut tasks = self.read(|tx| {
            let found = records::sources(tx, &[record.id], &[TASK.name], LOOKED_AT)?;
            let mut ids: Vec<Id> = found
                .into_iter()
                .filter(|(_, field, task)| field == "origin" && !task.is_archived)
                .map(|(_, _, task)| task.id)
                .collect();
            if let Some(scope) = actor.scope(&TASK)? {
                ids = records::in_scope(tx, &TASK, &ids, &scope)?;
            }
            Ok(records::load_many(tx, &TASK, &ids)?)
        })?;
        tasks.sort_by_cached_key(|task| {
            let due = next_due(task);
            (due.is_none(), due, task.id)
        });
        Ok(tasks)
    }
}
