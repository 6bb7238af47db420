//! Contents of the reports: one file each. All of their figures are of everything within the selection, because only
//! people who see all of it may make reports.

mod budget_execution;
mod mao_coordination;
mod me_consolidated;
mod needs_impact;
mod planning;
mod policies;
mod portfolio;

use std::collections::HashMap;
use std::sync::Arc;

use obcms_domain::choices::{self, Choice, REPORTS, SECTORS};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::INDICATOR;
use obcms_domain::money::Totals;
use obcms_domain::registry::Record;
use obcms_domain::results::Achievement;
use obcms_store::programme::portfolio::{self as store, PpaLine};
use obcms_store::{records, reports as rows};

use super::document::{Block, Report, Value};
use crate::core::{Actor, App, AppError};
use crate::programme::analytics::sums;
use crate::programme::portfolio::{Filter, Portfolio, is_counted};

/// Source of the contents: figures that several reports share.
pub(super) struct Source<'a> {
    app: &'a App,
    actor: &'a Actor,
    filter: &'a Filter,
    /// Figures of the portfolio.
    portfolio: Arc<Portfolio>,
    /// Sums of the ledgers by PPA, without the enacted budget.
    ledgers: HashMap<Id, [i64; 3]>,
    /// Lead organization by PPA.
    leads: HashMap<Id, (Id, String)>,
}

impl Source<'_> {
    /// Returns the PPAs whose money counts.
    fn counted(&self) -> impl Iterator<Item = &PpaLine> {
        self.portfolio.lines.iter().map(|line| &line.ppa).filter(|ppa| is_counted(ppa))
    }

    /// Returns the sums of PPAs.
    fn sums<'a>(&self, ppas: impl IntoIterator<Item = &'a PpaLine>) -> Totals {
        sums(ppas, &self.ledgers)
    }

    fn lead(&self, ppa: Id) -> Value {
        self.leads.get(&ppa).map_or(Value::None, |(_, name)| Value::text(name.clone()))
    }

    /// Returns the live indicators of the selection, each with its achievement today.
    fn indicators(&self) -> Result<Vec<(Record, Option<Achievement>)>, AppError> {
        let found = self.app.read(|tx| {
            let ids = rows::indicators(tx, &self.filter.selection())?;
            let mut found = records::load_many(tx, &INDICATOR, &ids)?;
            let order: HashMap<Id, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
            found.sort_by_key(|record| order.get(&record.id).copied());
            Ok(found)
        })?;
        let achieved = self.app.current_achievements(&found)?;
        Ok(found.into_iter().zip(achieved).collect())
    }
}

type Content = fn(&Source<'_>) -> Result<Vec<Block>, AppError>;

/// Contents by report.
const CONTENTS: [(&str, Content); 7] = [
    ("portfolio", portfolio::content),
    ("needs_impact", needs_impact::content),
    ("policy_implementation", policies::content),
    ("mao_coordination", mao_coordination::content),
    ("me_consolidated", me_consolidated::content),
    ("budget_execution", budget_execution::content),
    ("annual_planning", planning::content),
];

/// Makes a report. `filters` are the labels and values of the selection.
pub(super) fn make(
    app: &App,
    actor: &Actor,
    report: &str,
    filter: &Filter,
    filters: Vec<(String, String)>,
) -> Result<Report, AppError> {
    let content = CONTENTS.iter().find(|(name, _)| *name == report).map(|(_, content)| content);
    let content = content.ok_or(AppError::NotFound("report"))?;
    let portfolio = app.portfolio(actor, filter)?;
    let selection = filter.selection();
    let (ledgers, leads) =
        app.read(|tx| Ok((store::ledgers(tx, &selection, None)?, rows::leads(tx, &selection)?)))?;
    let source = Source { app, actor, filter, portfolio, ledgers, leads };
    Ok(Report {
        title: choices::label(REPORTS, report).to_owned(),
        filters,
        made_on: app.today(),
        made_for: actor.full_name.clone(),
        blocks: content(&source)?,
    })
}

fn heading(text: &str) -> Block {
    Block::Heading(text.to_owned())
}

fn note(text: &str) -> Block {
    Block::Note(text.to_owned())
}

/// Label of a value of a choice.
fn label(list: &'static [Choice], value: Option<&str>) -> Value {
    value
        .filter(|value| !value.is_empty())
        .map_or(Value::None, |value| Value::text(choices::label(list, value)))
}

/// Groups values by sector, in the order of the sectors, those without one last.
fn by_sector<T>(
    items: impl IntoIterator<Item = T>,
    sector: impl Fn(&T) -> Option<&str>,
) -> Vec<(String, Vec<T>)> {
    let mut groups: Vec<(usize, Vec<T>)> = Vec::new();
    for item in items {
        let place =
            sector(&item).and_then(|value| choices::position(SECTORS, value)).unwrap_or(SECTORS.len());
        match groups.iter_mut().find(|(known, _)| *known == place) {
            Some((_, group)) => group.push(item),
            None => groups.push((place, vec![item])),
        }
    }
    groups.sort_by_key(|(place, _)| *place);
    let name = |place: usize| SECTORS.get(place).map_or("Not set", |choice| choice.label).to_owned();
    groups.into_iter().map(|(place, group)| (name(place), group)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_has_a_content() {
        let named: Vec<&str> = CONTENTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(named, REPORTS.iter().map(|choice| choice.value).collect::<Vec<_>>());
    }
}
