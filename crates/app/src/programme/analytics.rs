//! Figures for monitoring and evaluation: money by sector, source and region, its flow, needs to results, time in the
//! stages of projects, and a forecast. All are calculated from the live tables; formulas are in `docs/monitoring.md`.
//!
//! Money is that of PPAs whose budget counts, as in the portfolio.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use obcms_domain::choices::Choice;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{INDICATOR, MEASUREMENT, PPA, PROJECT, TRANCHE};
use obcms_domain::money::{Part, Totals as Sums};
use obcms_store::Tx;
use obcms_store::programme::portfolio::{self as store, Needs, PpaLine};
use obcms_store::records::Scope;

use super::portfolio::{Filter, Group, Portfolio, is_counted};
use crate::core::cache::RevisionCache;
use crate::core::{Actor, App, AppError, Visibility};
use crate::records::lists::list;

/// Most steps from year to year that the forecast looks back on.
const BACK: usize = 5;
/// Fewest steps from year to year whose mean says anything.
const LEAST: usize = 2;
/// Years of the forecast.
const AHEAD: i64 = 3;

/// Money and reach of a group of PPAs.
#[derive(Clone, Debug)]
pub struct Breakdown {
    /// Group with number, budget, mean progress and address of its PPAs.
    pub group: Group,
    /// Sums of the ledgers; nothing for who may not see them.
    pub money: Option<Sums>,
    /// OBC slots.
    pub obc_slots: i64,
    /// Budget of the PPAs with OBC slots divided by these slots, in centavos.
    pub cost_per_beneficiary: Option<i64>,
}

/// Time in a stage of the projects of the selection.
#[derive(Clone, Debug, PartialEq)]
pub struct StageDays {
    /// Stage.
    pub stage: &'static Choice,
    /// Projects in the stage now.
    pub projects: i64,
    /// Intervals in the stage, also those that last.
    pub intervals: usize,
    /// Mean length of the intervals in days.
    pub average_days: Option<f64>,
    /// Longest interval in days.
    pub longest_days: Option<f64>,
}

/// Budget of a year, known or forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YearBudget {
    /// Fiscal year.
    pub year: i64,
    /// Budget in centavos.
    pub budget: i64,
    /// True for a forecast.
    pub is_forecast: bool,
}

/// Forecast of budgets: the mean growth of the last years, compounded.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Years in order, the known ones first.
    pub years: Vec<YearBudget>,
    /// Mean growth from year to year as a fraction; nothing with fewer than two steps.
    pub growth: Option<f64>,
    /// Number of steps from year to year that the mean is of.
    pub steps: usize,
}

/// Figures for monitoring and evaluation.
#[derive(Clone, Debug)]
pub struct Analytics {
    /// The portfolio of the selection.
    pub portfolio: Arc<Portfolio>,
    /// Money of all PPAs of the selection whose budget counts; nothing for who may not see ledgers.
    pub money: Option<Sums>,
    /// By sector.
    pub sectors: Vec<Breakdown>,
    /// By funding source.
    pub sources: Vec<Breakdown>,
    /// By region.
    pub regions: Vec<Breakdown>,
    /// Time in stage, in the order of the stages.
    pub stages: Vec<StageDays>,
    /// Forecast of the sector and region over all years.
    pub forecast: Forecast,
    /// Number of indicators.
    pub indicators: i64,
    /// Number of measurements that are reported and not decided.
    pub waiting_measurements: i64,
}

/// Cache of what the figures are calculated from, beside the portfolio.
pub(crate) type AnalyticsCache = RevisionCache<Key, Raw>;

/// Key of the cache: everything its values depend on beside the data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    filter: Filter,
    ppas: Option<Scope>,
    sees_money: bool,
    projects: Option<Visibility>,
}

/// Sums of ledgers by PPA, stays in the stages of projects, and counts.
#[derive(Debug)]
pub(crate) struct Raw {
    ledgers: Option<HashMap<Id, [i64; 3]>>,
    times: Vec<store::StageTime>,
    indicators: i64,
    waiting_measurements: i64,
}

fn read(tx: &mut Tx<'_>, key: &Key, indicators: i64, waiting_measurements: i64) -> Result<Raw, AppError> {
    let selection = key.filter.selection();
    let ledgers =
        if key.sees_money { Some(store::ledgers(tx, &selection, key.ppas.as_ref())?) } else { None };
    let times = match &key.projects {
        Some(visibility) => store::stage_times(tx, &selection, visibility.scope())?,
        None => Vec::new(),
    };
    Ok(Raw { ledgers, times, indicators, waiting_measurements })
}

impl App {
    /// Returns the figures of the records that the actor may see.
    pub fn analytics(&self, actor: &Actor, filter: &Filter) -> Result<Analytics, AppError> {
        let portfolio = self.portfolio(actor, filter)?;
        let every_year = self.portfolio(actor, &Filter { fiscal_year: None, ..filter.clone() })?;
        let key = Key {
            filter: filter.clone(),
            ppas: actor.scope(&PPA)?,
            sees_money: matches!(actor.visibility(&TRANCHE), Some(Visibility::All)),
            projects: actor.visibility(&PROJECT),
        };
        // Their area is that of PPAs, so the scope in the key is theirs, too.
        let first = ("limit", "1");
        let indicators = self.list_request(actor, &INDICATOR, &filter.parameters_of_ppas(&[first]))?;
        let waiting = [("status", "reported"), first];
        let waiting = self.list_request(actor, &MEASUREMENT, &filter.parameters_of_ppas(&waiting))?;
        let raw = self.read(|tx| {
            self.cache::<AnalyticsCache>().get(tx, key.clone(), |tx| {
                let indicators = list(tx, actor, &INDICATOR, &indicators)?.total;
                let waiting_measurements = list(tx, actor, &MEASUREMENT, &waiting)?.total;
                read(tx, &key, indicators, waiting_measurements)
            })
        })?;
        let lines: Vec<&PpaLine> =
            portfolio.lines.iter().map(|line| &line.ppa).filter(|ppa| is_counted(ppa)).collect();
        let ledgers = raw.ledgers.as_ref();
        Ok(Analytics {
            money: ledgers.map(|ledgers| sums(lines.iter().copied(), ledgers)),
            sectors: breakdown(&portfolio.by_sector, &lines, ledgers, |ppa| ppa.sector.clone()),
            sources: breakdown(&portfolio.by_funding_source, &lines, ledgers, |ppa| {
                ppa.funding_source.clone()
            }),
            regions: breakdown(&portfolio.by_region, &lines, ledgers, |ppa| {
                ppa.region.map(|id| id.to_string())
            }),
            stages: stages(&raw.times, &portfolio, self.now()),
            forecast: forecast(&by_year(&every_year), i64::from(self.today().year())),
            indicators: raw.indicators,
            waiting_measurements: raw.waiting_measurements,
            portfolio,
        })
    }
}

/// Sums of the ledgers of PPAs, with their budgets in force.
pub(crate) fn sums<'a>(ppas: impl IntoIterator<Item = &'a PpaLine>, ledgers: &HashMap<Id, [i64; 3]>) -> Sums {
    let mut sums = Sums::default();
    for ppa in ppas {
        sums.enacted += if ppa.is_enacted { ppa.budget } else { 0 };
        let entered = ledgers.get(&ppa.id).copied().unwrap_or_default();
        for (part, amount) in Part::ALL.into_iter().zip(entered) {
            *sums.sum_mut(part) += amount;
        }
    }
    sums
}

fn breakdown(
    groups: &[Group],
    lines: &[&PpaLine],
    ledgers: Option<&HashMap<Id, [i64; 3]>>,
    value: impl Fn(&PpaLine) -> Option<String>,
) -> Vec<Breakdown> {
    let mut members: HashMap<Option<String>, Vec<&PpaLine>> = HashMap::new();
    for ppa in lines {
        members.entry(value(ppa)).or_default().push(ppa);
    }
    let of_group = |group: &Group| {
        let own = members.get(&group.key).map_or(&[][..], Vec::as_slice);
        let served: Vec<&&PpaLine> = own.iter().filter(|ppa| ppa.obc_slots > 0).collect();
        let slots = served.iter().map(|ppa| ppa.obc_slots).sum::<i64>();
        let budget = served.iter().map(|ppa| ppa.budget).sum::<i64>();
        Breakdown {
            group: group.clone(),
            money: ledgers.map(|ledgers| sums(own.iter().copied(), ledgers)),
            obc_slots: slots,
            cost_per_beneficiary: per_head(budget, slots),
        }
    };
    groups.iter().map(of_group).collect()
}

/// Divides and rounds half up; nothing without anybody.
pub(crate) fn per_head(budget: i64, slots: i64) -> Option<i64> {
    (slots > 0).then(|| budget.saturating_add(slots / 2) / slots)
}

fn stages(times: &[store::StageTime], portfolio: &Portfolio, now: Timestamp) -> Vec<StageDays> {
    let days = |time: &store::StageTime| {
        let length: SignedDuration = time.left_at.unwrap_or(now).duration_since(time.entered_at);
        length.as_secs_f64().max(0.0) / 86_400.0
    };
    let of_stage = |(stage, projects): &(&'static Choice, i64)| {
        let lengths: Vec<f64> = times.iter().filter(|time| time.stage == stage.value).map(days).collect();
        #[allow(clippy::cast_precision_loss)] // Far below 2^53.
        let mean = (!lengths.is_empty()).then(|| lengths.iter().sum::<f64>() / lengths.len() as f64);
        StageDays {
            stage,
            projects: *projects,
            intervals: lengths.len(),
            average_days: mean.map(one_decimal),
            longest_days: lengths.iter().copied().reduce(f64::max).map(one_decimal),
        }
    };
    portfolio.pipeline.iter().map(of_stage).collect()
}

fn one_decimal(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// Budgets that count, by fiscal year.
fn by_year(portfolio: &Portfolio) -> Vec<(i64, i64)> {
    let mut years: HashMap<i64, i64> = HashMap::new();
    for ppa in portfolio.lines.iter().map(|line| &line.ppa).filter(|ppa| is_counted(ppa)) {
        if let Some(year) = ppa.fiscal_year {
            *years.entry(year).or_default() += ppa.budget;
        }
    }
    let mut years: Vec<(i64, i64)> = years.into_iter().collect();
    years.sort_unstable();
    years
}

/// Forecasts the years after the last known one, of the years up to `present`: its budget, grown each year by the mean
/// growth from year to year. Only steps between neighbouring years with a budget count.
fn forecast(known: &[(i64, i64)], present: i64) -> Forecast {
    let known: Vec<(i64, i64)> = known.iter().copied().filter(|(year, _)| *year <= present).collect();
    let steps: Vec<f64> = known
        .windows(2)
        .filter(|pair| pair[1].0 == pair[0].0 + 1 && pair[0].1 > 0)
        .map(|pair| {
            #[allow(clippy::cast_precision_loss)] // Far below 2^53 centavos.
            let growth = pair[1].1 as f64 / pair[0].1 as f64 - 1.0;
            growth
        })
        .collect();
    let steps = &steps[steps.len().saturating_sub(BACK)..];
    #[allow(clippy::cast_precision_loss)] // At most five.
    let growth = (steps.len() >= LEAST).then(|| steps.iter().sum::<f64>() / steps.len() as f64);
    let mut years: Vec<YearBudget> = known
        .iter()
        .map(|(year, budget)| YearBudget { year: *year, budget: *budget, is_forecast: false })
        .collect();
    if let (Some(growth), Some(last)) = (growth, known.last()) {
        let mut budget = last.1;
        for ahead in 1..=AHEAD {
            budget = grown(budget, growth);
            years.push(YearBudget { year: last.0 + ahead, budget, is_forecast: true });
        }
    }
    Forecast {
        years,
        growth: growth.map(|growth| (growth * 10_000.0).round() / 10_000.0),
        steps: steps.len(),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // Far below 2^53 centavos.
fn grown(budget: i64, growth: f64) -> i64 {
    (budget as f64 * (1.0 + growth)).round().max(0.0) as i64
}

/// Returns the share of needs that a PPA answers; nothing without needs.
#[must_use]
pub fn funding_rate(needs: &Needs) -> Option<f64> {
    #[allow(clippy::cast_precision_loss)] // Far below 2^53.
    (needs.total > 0).then(|| (needs.funded as f64 / needs.total as f64 * 10_000.0).round() / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forecast_compounds_the_mean_growth() {
        let years = [(2024, 100), (2025, 110), (2026, 132), (2027, 999)];
        let found = forecast(&years, 2026);
        assert_eq!((found.growth, found.steps), (Some(0.15), 2));
        let ahead: Vec<(i64, i64)> =
            found.years.iter().filter(|year| year.is_forecast).map(|year| (year.year, year.budget)).collect();
        assert_eq!(ahead, [(2027, 152), (2028, 175), (2029, 201)]);
        // A gap is no step, nor is growth from nothing.
        assert_eq!(forecast(&[(2020, 5), (2022, 10)], 2026).growth, None);
        assert_eq!(forecast(&[(2020, 0), (2021, 10)], 2026).growth, None);
        assert_eq!(forecast(&[(2026, 10)], 2026).years.len(), 1);
        // One step is no trend.
        assert_eq!(forecast(&[(2025, 10), (2026, 90)], 2026).growth, None);
        assert_eq!(forecast(&[], 2026), Forecast { years: Vec::new(), growth: None, steps: 0 });
        // Only the last five steps count, and nothing shrinks below zero.
        let long: Vec<(i64, i64)> =
            (0..8).map(|year| (2010 + year, if year == 0 { 1 } else { 1000 })).collect();
        assert_eq!(forecast(&long, 2026).growth, Some(0.0));
        assert_eq!(grown(100, -1.5), 0);
    }

    #[test]
    fn cost_per_beneficiary_is_rounded_half_up() {
        assert_eq!(
            [per_head(100, 3), per_head(200, 3), per_head(5, 2), per_head(5, 0)],
            [Some(33), Some(67), Some(3), None]
        );
    }
}
