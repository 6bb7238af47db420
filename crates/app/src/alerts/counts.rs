//! Numbers of active alerts, and the alerts about a record.

use std::sync::Arc;

use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::ALERT;
use obcms_domain::registry::Record;
use obcms_store::{alerts as store, records};

use crate::core::cache::RevisionCache;
use crate::core::{Actor, App, AppError};

/// Numbers of active alerts by severity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertCounts(pub Vec<(String, i64)>);

impl AlertCounts {
    /// Returns the number of all active alerts.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// Returns the number of those of a severity.
    #[must_use]
    pub fn of(&self, severity: &str) -> i64 {
        self.0.iter().find(|(known, _)| known == severity).map_or(0, |(_, count)| *count)
    }
}

/// Cache of the numbers: every page shows them.
#[derive(Default)]
struct CountsCache(RevisionCache<(), AlertCounts>);

impl App {
    /// Returns the numbers of active alerts; nothing for who may not see alerts. Whoever may sees all of them.
    pub fn alert_counts(&self, actor: &Actor) -> Result<Option<Arc<AlertCounts>>, AppError> {
        if !actor.may(Action::View, ALERT.area) {
            return Ok(None);
        }
        let counts = self
            .read(|tx| self.cache::<CountsCache>().0.get(tx, (), |tx| Ok(AlertCounts(store::counts(tx)?))))?;
        Ok(Some(counts))
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
