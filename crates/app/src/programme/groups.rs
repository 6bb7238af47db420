//! Groups of the portfolio by records that PPAs name: strategic goals, policies, lead organizations.

use std::collections::{HashMap, HashSet};

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{GOAL, ORGANIZATION, POLICY, PPA, ppa};
use obcms_domain::registry::Kind;
use obcms_store::programme::portfolio::{self as store, PpaLine};
use obcms_store::{records, reports};

use super::portfolio::{Group, Portfolio, is_counted};
use super::portfolio_links::COUNTED;
use crate::core::{Actor, App, AppError};

/// Record that groups PPAs, and a PPA that names it.
type Link = (Id, Id);

/// Mean with two decimals; nothing of nothing.
#[allow(clippy::cast_precision_loss)] // Far below 2^53.
pub(super) fn mean(sum: i64, count: i64) -> Option<f64> {
    (count > 0).then(|| (sum as f64 / count as f64 * 100.0).round() / 100.0)
}

impl App {
    /// Returns the strategic goals with the PPAs that serve them and count, in the order of their target years, and last
    /// the PPAs that serve none; nothing without goals. A PPA of several goals is in each of them.
    pub fn goals_of(&self, actor: &Actor, portfolio: &Portfolio) -> Result<Vec<Group>, AppError> {
        if actor.visibility(&GOAL).is_none() {
            return Ok(Vec::new());
        }
        let scope = actor.scope(&PPA)?;
        let selection = portfolio.filter.selection();
        let (goals, links) =
            self.read(|tx| Ok((store::present_goals(tx)?, store::goals(tx, &selection, scope.as_ref())?)))?;
        Ok(if goals.is_empty() { Vec::new() } else { groups(portfolio, goals, &links, ppa::GOALS.name()) })
    }

    /// Returns the policies that PPAs carry out, by their names, and last the PPAs that carry out none.
    pub fn policies_of(&self, actor: &Actor, portfolio: &Portfolio) -> Result<Vec<Group>, AppError> {
        let selection = portfolio.filter.selection();
        let links = self.read(|tx| Ok(reports::policies_of_ppas(tx, &selection)?))?;
        self.named(actor, portfolio, &POLICY, &links, ppa::POLICIES.name())
    }

    /// Returns the lead organizations, by their names, and last the PPAs without one.
    pub fn bodies_of(&self, actor: &Actor, portfolio: &Portfolio) -> Result<Vec<Group>, AppError> {
        let selection = portfolio.filter.selection();
        let leads = self.read(|tx| Ok(reports::leads(tx, &selection)?))?;
        let links: Vec<Link> = leads.into_iter().map(|(ppa, (body, _))| (body, ppa)).collect();
        self.named(actor, portfolio, &ORGANIZATION, &links, ppa::LEAD_ORGANIZATION.name())
    }

    /// Groups by records that the actor may see.
    fn named(
        &self,
        actor: &Actor,
        portfolio: &Portfolio,
        kind: &'static Kind,
        links: &[Link],
        field: &str,
    ) -> Result<Vec<Group>, AppError> {
        if actor.visibility(kind).is_none() {
            return Ok(Vec::new());
        }
        let shown: HashSet<Id> = portfolio.lines.iter().map(|line| line.ppa.id).collect();
        let links: Vec<Link> = links.iter().copied().filter(|(_, ppa)| shown.contains(ppa)).collect();
        let ids: Vec<Id> = links.iter().map(|(id, _)| *id).collect::<HashSet<_>>().into_iter().collect();
        let names = self.read(|tx| Ok(records::references(tx, &ids)?))?;
        let mut named: Vec<(Id, String)> =
            names.into_values().filter(|one| !one.is_archived).map(|one| (one.id, one.title)).collect();
        named.sort_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
        Ok(if named.is_empty() { Vec::new() } else { groups(portfolio, named, &links, field) })
    }
}

/// Groups the PPAs that count, and last those without a link.
fn groups(portfolio: &Portfolio, named: Vec<(Id, String)>, links: &[Link], field: &str) -> Vec<Group> {
    let lines = portfolio.lines.iter().map(|line| &line.ppa).filter(|ppa| is_counted(ppa));
    let counted: HashMap<Id, &PpaLine> = lines.map(|ppa| (ppa.id, ppa)).collect();
    let mut by_key: HashMap<Id, Vec<&PpaLine>> = HashMap::new();
    for (key, ppa) in links {
        if let Some(ppa) = counted.get(ppa) {
            by_key.entry(*key).or_default().push(ppa);
        }
    }
    let group = |key: Option<Id>, label: String, ppas: &[&PpaLine]| {
        let value = key.map_or_else(|| "none".to_owned(), |id| id.to_string());
        let count = i64::try_from(ppas.len()).unwrap_or(i64::MAX);
        Group {
            key: key.map(|id| id.to_string()),
            label,
            count,
            budget: ppas.iter().map(|ppa| ppa.budget).sum(),
            progress: mean(ppas.iter().map(|ppa| ppa.progress).sum(), count),
            href: portfolio.filter.ppas(&[(field, &value), (COUNTED, "true")]),
        }
    };
    let mut groups: Vec<Group> = named
        .into_iter()
        .map(|(id, name)| group(Some(id), name, by_key.get(&id).map_or(&[][..], Vec::as_slice)))
        .collect();
    let linked: HashSet<Id> = links.iter().map(|(_, ppa)| *ppa).collect();
    let rest: Vec<&PpaLine> = counted.values().copied().filter(|ppa| !linked.contains(&ppa.id)).collect();
    groups.push(group(None, "Not set".to_owned(), &rest));
    groups
}
