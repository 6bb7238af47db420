//! Strategic goals with the PPAs that serve them.

use jiff::civil::Date;
use obcms_domain::core::id::Id;
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::programme::portfolio as store;
use serde_json::json;

use super::groups::mean;
use crate::core::rules::Members;
use crate::core::{App, AppError};

/// Members of the representation of goals: number, budget and mean progress of their PPAs of all years.
pub(crate) fn related_members(tx: &mut Tx<'_>, goals: &[Record], _: Date) -> Result<Vec<Members>, AppError> {
    let ids: Vec<Id> = goals.iter().map(|goal| goal.id).collect();
    let found = store::of_goals(tx, &ids)?;
    let members = |id: &Id| -> Members {
        let [count, budget, progress] = found.get(id).copied().unwrap_or_default();
        vec![
            ("ppas", json!(count)),
            ("budget_centavos", json!(budget)),
            ("average_progress", json!(mean(progress, count).map(|mean| mean / 100.0))),
        ]
    };
    Ok(ids.iter().map(members).collect())
}

impl App {
    /// Returns number, budget and mean progress of the PPAs of goals.
    pub fn goal_figures(&self, goals: &[Record]) -> Result<Vec<(i64, i64, Option<f64>)>, AppError> {
        let ids: Vec<Id> = goals.iter().map(|goal| goal.id).collect();
        let found = self.read(|tx| Ok(store::of_goals(tx, &ids)?))?;
        let figures = |id: &Id| {
            let [count, budget, progress] = found.get(id).copied().unwrap_or_default();
            (count, budget, mean(progress, count))
        };
        Ok(ids.iter().map(figures).collect())
    }
}
