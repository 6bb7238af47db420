//! Dependencies of a task: its prerequisites and dependents.

use obcms_domain::calendar::series::next_due;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::Record;
use obcms_domain::tasks::is_open;
use obcms_store::{records, tasks as store};

use crate::core::{Actor, App, AppError};

/// Prerequisites and dependents of a task, limited to those that the actor may see.
#[derive(Clone, Debug, Default)]
pub struct TaskDependencies {
    /// Tasks that it waits for.
    pub prerequisites: Vec<Record>,
    /// Tasks that wait for it.
    pub dependents: Vec<Record>,
}

impl TaskDependencies {
    /// Returns the prerequisites that are open.
    #[must_use]
    pub fn open_prerequisites(&self) -> Vec<&Record> {
        self.prerequisites.iter().filter(|task| !task.is_archived() && is_open(task)).collect()
    }
}

impl App {
    /// Returns the prerequisites and dependents of a task.
    pub fn task_dependencies(&self, actor: &Actor, task: &Record) -> Result<TaskDependencies, AppError> {
        let scope = actor.scope(&TASK)?;
        self.read(|tx| {
            let before = task::DEPENDS_ON.get(task).to_vec();
            let after = store::dependents(tx, &[task.id])?;
            let mut ids: Vec<Id> = before.iter().chain(&after).copied().collect();
            if let Some(scope) = &scope {
                ids = records::in_scope(tx, &TASK, &ids, scope)?;
            }
            let mut found = records::load_many(tx, &TASK, &ids)?;
            found.sort_by_cached_key(|task| {
                let due = next_due(task);
                (due.is_none(), due, task.id)
            });
            let (prerequisites, dependents): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|task| before.contains(&task.id));
            let dependents = dependents.into_iter().filter(|task| !task.is_archived()).collect();
            Ok(TaskDependencies { prerequisites, dependents })
        })
    }
}
