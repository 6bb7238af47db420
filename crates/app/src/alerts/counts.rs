//! Number of active alerts, and the alerts about a record.

use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::ALERT;
use obcms_domain::registry::Record;
use obcms_store::{alerts as store, records};

use crate::core::cache::RevisionCache;
use crate::core::{Actor, App, AppError};

/// Cache of the number: every page shows it.
#[derive(Default)]
struct CountCache(RevisionCache<(), i64>);

impl App {
    /// Returns the number of active alerts; nothing for who may not see alerts. Whoever may sees all of them.
    pub fn active_alerts(&self, actor: &Actor) -> Result<Option<i64>, AppError> {
        if !actor.may(Action::View, ALERT.area) {
            return Ok(None);
        }
        let count = self.read(|tx| self.cache::<CountCache>().0.get(tx, (), |tx| Ok(store::active(tx)?)))?;
        Ok(Some(*count))
    }

    /// Returns the alerts about a record that are not resolved, the most severe first; none for who may not see alerts.
    pub fn alerts_about(&self, actor: &Actor, subject: Id) -> Result<Vec<Record>, AppError> {
        if !actor.may(Action::View, ALERT.area) {
            return Ok(Vec::new());
        }
        self.read(|tx| {
            let ids = store::about(tx, subject)?;
            let mut found = records::load_many(tx, &ALERT, &ids)?;
            found.sort_by_key(|record| ids.iter().position(|id| *id == record.id));
            Ok(found)
        })
    }
}
