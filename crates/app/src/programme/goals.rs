//! Strategic goals with the PPAs that serve them.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{GOAL, PPA, ppa};
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::programme::portfolio::{self as store, PpaLine};
use serde_json::json;

use super::portfolio::{Group, Portfolio, is_counted};
use super::portfolio_links::COUNTED;
use crate::core::rules::Members;
use crate::core::{Actor, App, AppError};

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

/// Mean with two decimals; nothing of nothing.
#[allow(clippy::cast_precision_loss)] // Far below 2^53.
fn mean(sum: i64, count: i64) -> Option<f64> {
    (count > 0).then(|| (sum as f64 / count as f64 * 100.0).round() / 100.0)
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

    /// Returns the goals of a portfolio, and last the PPAs that serve none; nothing without goals and for who may not see
    /// them. A PPA that serves several goals is in each of them.
    pub fn goals_of(&self, actor: &Actor, portfolio: &Portfolio) -> Result<Vec<Group>, AppError> {
        if actor.visibility(&GOAL).is_none() {
            return Ok(Vec::new());
        }
        let scope = actor.scope(&PPA)?;
        let filter = &portfolio.filter;
        let (goals, links) = self.read(|tx| {
            Ok((store::present_goals(tx)?, store::goals(tx, &filter.selection(), scope.as_ref())?))
        })?;
        if goals.is_empty() {
            return Ok(Vec::new());
        }
        let counted: HashMap<Id, &PpaLine> = portfolio
            .lines
            .iter()
            .map(|line| &line.ppa)
            .filter(|ppa| is_counted(ppa))
            .map(|ppa| (ppa.id, ppa))
            .collect();
        let group = |key: Option<Id>, label: String, ppas: &[&PpaLine]| {
            let value = key.map_or_else(|| "none".to_owned(), |id| id.to_string());
            let count = i64::try_from(ppas.len()).unwrap_or(i64::MAX);
            Group {
                key: key.map(|id| id.to_string()),
                label,
                count,
                budget: ppas.iter().map(|ppa| ppa.budget).sum(),
                progress: mean(ppas.iter().map(|ppa| ppa.progress).sum(), count),
                href: filter.ppas(&[(ppa::GOALS.name(), &value), (COUNTED, "true")]),
            }
        };
        let mut groups: Vec<Group> = goals
            .into_iter()
            .map(|(id, title)| {
                let own: Vec<&PpaLine> = links
                    .iter()
                    .filter(|(goal, _)| *goal == id)
                    .filter_map(|(_, ppa)| counted.get(ppa).copied())
                    .collect();
                group(Some(id), title, &own)
            })
            .collect();
        let linked: HashSet<Id> = links.iter().map(|(_, ppa)| *ppa).collect();
        let rest: Vec<&PpaLine> = counted.values().copied().filter(|ppa| !linked.contains(&ppa.id)).collect();
        groups.push(group(None, "Not set".to_owned(), &rest));
        Ok(groups)
    }
}
