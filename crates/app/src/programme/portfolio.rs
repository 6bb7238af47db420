//! Figures of the portfolio, calculated from the live tables and cached by revision, so they are always current.
//!
//! Only PPAs that are not archived count. Money and slots leave out those that are cancelled, and those whose first
//! budget was rejected; these are named apart, so that groups of money add up to the total. Groups by status and by
//! stage of approval have all PPAs. Average progress is the plain mean over the PPAs that are not cancelled, shown
//! beside the mean weighted by budget. A PPA is late when its target end has passed and it is neither completed nor
//! cancelled. Each figure has the address of exactly its rows (`portfolio_links.rs`).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use obcms_domain::alerts::Health;
use obcms_domain::choices::{
    self, APPROVAL_STATES, Choice, FUNDING_SOURCES, PPA_STATUSES, PROJECT_STAGES, SECTORS,
};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{ALERT, NEED, PPA, PROJECT, TASK, ppa};
use obcms_domain::registry::Total;
use obcms_store::Tx;
use obcms_store::programme::portfolio::{self as store, PpaLine, TaskCount};
use obcms_store::records::{self, Scope};
use serde_json::{Value as Json, json};

pub use obcms_domain::programme::needs::HIGH_PRIORITY;
pub use store::Needs;

use super::health::HealthFacts;
use super::portfolio_links::COUNTED;
use crate::core::cache::RevisionCache;
use crate::core::{Actor, App, AppError, Visibility};
use crate::records::transfer::{Cell, ReportTable};

/// Number of PPAs on a page of the list.
pub const LISTED: usize = 50;

/// Filter of the portfolio.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Limits PPAs to this fiscal year.
    pub fiscal_year: Option<i64>,
    /// Limits PPAs to this sector.
    pub sector: Option<String>,
    /// Limits PPAs to this region.
    pub region: Option<Id>,
}

/// Sums of a group of PPAs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// Value of the group; nothing for PPAs without one.
    pub key: Option<String>,
    /// Label of the group.
    pub label: String,
    /// Number of PPAs.
    pub count: i64,
    /// Sum of their budgets, in centavos.
    pub budget: i64,
    /// Plain mean of their progress in percent, without cancelled ones.
    pub progress: Option<f64>,
    /// Address of the list of its PPAs.
    pub href: String,
}

/// PPA with the counts of its tasks.
#[derive(Clone, Debug)]
pub struct Line {
    /// Figures of the PPA.
    pub ppa: PpaLine,
    /// Counts of its tasks.
    pub tasks: TaskCount,
    /// True if it is past its target end and not done.
    pub is_late: bool,
    /// Ratings of schedule, money and results; none for who may not see alerts.
    pub health: Health,
}

/// Sums of all selected PPAs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Number of PPAs whose money counts.
    pub counted: usize,
    /// Sum of the budgets that count, in centavos: in force, in approval and in draft.
    pub budget: i64,
    /// Part of it that is in force.
    pub enacted: i64,
    /// Part of it that is in approval.
    pub in_approval: i64,
    /// Part of it that is in draft.
    pub draft: i64,
    /// Budgets that were rejected, which do not count.
    pub rejected: i64,
    /// Budgets of cancelled PPAs, which do not count.
    pub cancelled: i64,
    /// Plain mean of the progress in percent.
    pub average_progress: Option<f64>,
    /// Mean of the progress weighted by budget.
    pub budget_weighted_progress: Option<f64>,
    /// Number of all beneficiary slots.
    pub total_slots: i64,
    /// Number of OBC slots.
    pub obc_slots: i64,
    /// Number of late PPAs.
    pub late: usize,
    /// Counts of tasks.
    pub tasks: TaskCount,
}

/// Cache of portfolios by filter and by the reader's visibility of each kind.
pub(crate) type PortfolioCache = RevisionCache<Key, Portfolio>;

/// Key of a cached portfolio: everything it depends on beside the data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    filter: Filter,
    today: Date,
    ppas: Option<Scope>,
    needs: Option<Visibility>,
    projects: Option<Visibility>,
    tasks: Option<Visibility>,
    sees_alerts: bool,
}

/// Figures of the portfolio.
#[derive(Debug)]
pub struct Portfolio {
    /// All selected PPAs, those that need attention first.
    pub lines: Vec<Line>,
    /// Groups by status.
    pub by_status: Vec<Group>,
    /// Groups by sector.
    pub by_sector: Vec<Group>,
    /// Groups by funding source.
    pub by_funding_source: Vec<Group>,
    /// Groups by stage of the budget approval.
    pub by_approval_stage: Vec<Group>,
    /// Groups by region.
    pub by_region: Vec<Group>,
    /// Figures of needs.
    pub needs: Needs,
    /// Number of projects in each of the nine stages, in order.
    pub pipeline: Vec<(&'static Choice, i64)>,
    /// Number of blocked projects.
    pub blocked_projects: i64,
    /// Fiscal years for the filter.
    pub fiscal_years: Vec<i64>,
    /// Sums of all PPAs.
    pub totals: Totals,
    /// Selection that the figures are of.
    pub filter: Filter,
    /// Serialized first page of the API, set at its first request.
    first_page: OnceLock<Arc<[u8]>>,
}

impl App {
    /// Returns the figures of the records that the actor may see.
    pub fn portfolio(&self, actor: &Actor, filter: &Filter) -> Result<Arc<Portfolio>, AppError> {
        let key = Key {
            filter: filter.clone(),
            today: self.today(),
            ppas: actor.scope(&PPA)?,
            needs: actor.visibility(&NEED),
            projects: actor.visibility(&PROJECT),
            tasks: actor.visibility(&TASK),
            sees_alerts: matches!(actor.visibility(&ALERT), Some(Visibility::All)),
        };
        self.read(|tx| self.cache::<PortfolioCache>().get(tx, key.clone(), |tx| compute(tx, &key)))
    }

    /// Returns the regions for the filter: id and name.
    pub fn portfolio_regions(&self) -> Result<Vec<(Id, String)>, AppError> {
        self.read(|tx| Ok(store::regions(tx)?))
    }
}

impl Filter {
    /// Returns the selection of the queries.
    pub(crate) fn selection(&self) -> store::Selection<'_> {
        store::Selection {
            fiscal_year: self.fiscal_year,
            sector: self.sector.as_deref(),
            region: self.region,
        }
    }
}

fn compute(tx: &mut Tx<'_>, key: &Key) -> Result<Portfolio, AppError> {
    let selection = key.filter.selection();
    let ppas = store::ppas(tx, &selection, key.ppas.as_ref())?;
    let mut tasks = match &key.tasks {
        None => HashMap::new(),
        Some(visibility) => store::tasks_by_ppa(tx, key.today, visibility.scope())?,
    };
    let needs = match &key.needs {
        None => Needs::default(),
        Some(visibility) => {
            store::needs(tx, &selection, visibility.scope(), key.ppas.as_ref(), HIGH_PRIORITY)?
        }
    };
    let stages = match &key.projects {
        None => HashMap::new(),
        Some(visibility) => store::pipeline(tx, &selection, visibility.scope())?,
    };
    let regions: Vec<Id> = ppas.iter().filter_map(|ppa| ppa.region).collect();
    let regions = records::references(tx, &regions)?;
    let fiscal_years = store::fiscal_years(tx, key.ppas.as_ref())?;
    let filter = &key.filter;
    let health = if key.sees_alerts { Some(HealthFacts::read(tx)?) } else { None };
    let all: Vec<&PpaLine> = ppas.iter().collect();
    let counted: Vec<&PpaLine> = all.iter().copied().filter(|ppa| is_counted(ppa)).collect();
    let by = |ppas: &[&PpaLine],
              choices: &'static [Choice],
              field: &str,
              value: fn(&PpaLine) -> Option<&str>| {
        let label = |key: &str| {
            choices.iter().find(|choice| choice.value == key).map_or(key, |choice| choice.label).to_owned()
        };
        let order = |key: &str| choices.iter().position(|choice| choice.value == key);
        let mut groups = grouped(ppas, value, label, |group| {
            (group.key.is_none(), group.key.as_deref().and_then(order).unwrap_or(usize::MAX))
        });
        link(&mut groups, filter, field);
        groups
    };
    let mut by_region = grouped(
        &counted,
        |ppa| ppa.region,
        |id| regions.get(&id).map_or_else(|| id.to_string(), |region| region.title.clone()),
        |group| (group.key.is_none(), group.label.clone()),
    );
    link(&mut by_region, filter, ppa::COVERAGE_REGION.name());
    let by_status = by(&all, PPA_STATUSES, ppa::STATUS.name(), |ppa| Some(ppa.status.as_str()));
    let by_sector = by(&counted, SECTORS, ppa::SECTOR.name(), |ppa| ppa.sector.as_deref());
    let by_funding_source =
        by(&counted, FUNDING_SOURCES, ppa::FUNDING_SOURCE.name(), |ppa| ppa.funding_source.as_deref());
    let by_approval_stage =
        by(&all, APPROVAL_STATES, ppa::APPROVAL_STAGE.name(), |ppa| ppa.approval_stage.as_deref());
    let mut lines: Vec<Line> = ppas
        .into_iter()
        .map(|ppa| Line {
            tasks: tasks.remove(&ppa.id).unwrap_or_default(),
            is_late: is_late(&ppa, key.today),
            health: health.as_ref().map(|facts| facts.of(&ppa)).unwrap_or_default(),
            ppa,
        })
        .collect();
    by_attention(&mut lines);
    Ok(Portfolio {
        totals: Totals::of(&lines),
        filter: filter.clone(),
        lines,
        by_status,
        by_sector,
        by_funding_source,
        by_approval_stage,
        by_region,
        needs,
        pipeline: PROJECT_STAGES
            .iter()
            .map(|stage| (stage, stages.get(stage.value).map_or(0, |(count, _)| *count)))
            .collect(),
        blocked_projects: stages.values().map(|(_, blocked)| blocked).sum(),
        fiscal_years,
        first_page: OnceLock::new(),
    })
}

/// Sets the addresses of groups by a field. Groups by status and stage have all PPAs, the others those whose money
/// counts.
fn link(groups: &mut [Group], filter: &Filter, field: &str) {
    let has_all = [ppa::STATUS.name(), ppa::APPROVAL_STAGE.name()].contains(&field);
    for group in groups {
        let value = group.key.as_deref().unwrap_or("none");
        let mut more = vec![(field, value)];
        if !has_all {
            more.push((COUNTED, "true"));
        }
        group.href = filter.ppas(&more);
    }
}

/// Step of the pipeline from a need to a completed PPA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Name in the API.
    pub name: &'static str,
    /// Label.
    pub label: &'static str,
    /// Number of needs or PPAs.
    pub count: i64,
    /// Estimated cost of the needs or budget of the PPAs, in centavos.
    pub amount: i64,
    /// Address of exactly these.
    pub href: String,
}

impl Portfolio {
    /// Returns the pipeline: open needs without a PPA of all years, then the PPAs of the selection whose money counts.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let filter = &self.filter;
        let of = |name, label, href: String, is_in: fn(&PpaLine) -> bool| {
            let ppas = self.lines.iter().map(|line| &line.ppa).filter(|ppa| is_counted(ppa) && is_in(ppa));
            let (count, amount) = ppas.fold((0, 0), |(count, sum), ppa| (count + 1, sum + ppa.budget));
            Step { name, label, count, amount, href }
        };
        let counted = (COUNTED, "true");
        let status = ppa::STATUS.name();
        let enacted = ppa::ENACTED_BUDGET_CENTAVOS.name();
        let at_least = format!("{enacted}_from");
        vec![
            Step {
                name: "needed",
                label: "Needed",
                count: self.needs.unfunded,
                amount: self.needs.unfunded_cost,
                href: filter.needs(&[("unfunded", "true")]),
            },
            of(
                "planned",
                "Planned",
                filter.ppas(&[counted, (status, "planning"), (enacted, "none")]),
                |ppa| ppa.status == "planning" && !ppa.is_enacted,
            ),
            of(
                "approved",
                "Approved",
                filter.ppas(&[counted, (status, "planning"), (&at_least, "0")]),
                |ppa| ppa.status == "planning" && ppa.is_enacted,
            ),
            of("ongoing", "Ongoing", filter.ppas(&[counted, (status, "ongoing,on_hold")]), |ppa| {
                ["ongoing", "on_hold"].contains(&&*ppa.status)
            }),
            of("completed", "Completed", filter.ppas(&[counted, (status, "completed")]), |ppa| {
                ppa.status == "completed"
            }),
        ]
    }
}

/// Standing of the budget of a PPA.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Enacted,
    InApproval,
    Draft,
    Rejected,
    Cancelled,
}

fn standing(ppa: &PpaLine) -> Standing {
    match ppa.approval_stage.as_deref() {
        _ if ppa.status == "cancelled" => Standing::Cancelled,
        _ if ppa.is_enacted => Standing::Enacted,
        Some("rejected") => Standing::Rejected,
        None | Some("draft") => Standing::Draft,
        Some(_) => Standing::InApproval,
    }
}

/// Returns true if the money of a PPA counts: it is not cancelled, and its first budget was not rejected.
pub(crate) fn is_counted(ppa: &PpaLine) -> bool {
    !matches!(standing(ppa), Standing::Rejected | Standing::Cancelled)
}

fn is_late(ppa: &PpaLine, today: Date) -> bool {
    is_open(ppa) && ppa.target_end_date.is_some_and(|end| end < today)
}

pub(super) fn is_open(ppa: &PpaLine) -> bool {
    ppa.status != "completed" && ppa.status != "cancelled"
}

/// Returns the PPAs of the portfolio as a report for a file; `regions` has the names of the regions.
#[must_use]
pub fn portfolio_table(
    figures: &Portfolio,
    regions: &[(Id, String)],
    filters: Vec<(String, String)>,
) -> ReportTable {
    let region = |id: Option<Id>| regions.iter().find(|(region, _)| Some(*region) == id);
    let choice = |list: &'static [Choice], value: Option<&str>| match value {
        Some(value) if !value.is_empty() => Cell::Text(choices::label(list, value).to_owned()),
        _ => Cell::Empty,
    };
    let day = |day: Option<Date>| day.map_or(Cell::Empty, Cell::Day);
    let row = |line: &Line| {
        let ppa = &line.ppa;
        vec![
            Cell::Text(ppa.title.clone()),
            choice(PPA_STATUSES, Some(&ppa.status)),
            choice(APPROVAL_STATES, ppa.approval_stage.as_deref()),
            choice(SECTORS, ppa.sector.as_deref()),
            choice(FUNDING_SOURCES, ppa.funding_source.as_deref()),
            region(ppa.region).map_or(Cell::Empty, |(_, name)| Cell::Text(name.clone())),
            ppa.fiscal_year.map_or(Cell::Empty, |year| Cell::Text(year.to_string())),
            Cell::Pesos(ppa.budget),
            Cell::Number(ppa.progress),
            Cell::Number(line.tasks.open),
            Cell::Number(line.tasks.late),
            Cell::Number(ppa.total_slots),
            Cell::Number(ppa.obc_slots),
            day(ppa.start_date),
            day(ppa.target_end_date),
            Cell::Text(if line.is_late { "Yes" } else { "No" }.to_owned()),
        ]
    };
    ReportTable {
        title: "Portfolio",
        filters,
        columns: vec![
            ("PPA", Total::Never),
            ("Status", Total::Never),
            ("Budget approval", Total::Never),
            ("Sector", Total::Never),
            ("Funding source", Total::Never),
            ("Region", Total::Never),
            ("Fiscal year", Total::Never),
            ("Budget", Total::Sum),
            ("Progress (%)", Total::Never),
            ("Open tasks", Total::Sum),
            ("Late tasks", Total::Sum),
            ("Slots", Total::Sum),
            ("OBC slots", Total::Sum),
            ("Start", Total::Never),
            ("Target end", Total::Never),
            ("Late", Total::Never),
        ],
        rows: figures.lines.iter().map(row).collect(),
    }
}

/// Sorts PPAs: late ones first, then those with late tasks, then those that end next; closed ones last.
fn by_attention(lines: &mut [Line]) {
    lines.sort_unstable_by(|one, other| {
        let rank = |line: &Line| {
            (
                !is_open(&line.ppa),
                !line.is_late,
                Reverse(line.tasks.late),
                line.ppa.target_end_date.unwrap_or(Date::MAX),
            )
        };
        (rank(one).cmp(&rank(other)))
            .then_with(|| one.ppa.title.cmp(&other.ppa.title))
            .then_with(|| one.ppa.id.cmp(&other.ppa.id))
    });
}

fn mean<'a>(ppas: impl Iterator<Item = &'a PpaLine>) -> Option<f64> {
    let (mut sum, mut count) = (0_i64, 0_i64);
    for ppa in ppas.filter(|ppa| ppa.status != "cancelled") {
        sum += ppa.progress;
        count += 1;
    }
    ratio(sum, count)
}

/// Returns a mean with one decimal.
fn ratio(sum: i64, count: i64) -> Option<f64> {
    // Far below the numbers at which a float loses integer precision.
    #[allow(clippy::cast_precision_loss)]
    (count > 0).then(|| (sum as f64 * 10.0 / count as f64).round() / 10.0)
}

fn grouped<'a, V: Copy + Eq + Hash + ToString, K: Ord>(
    ppas: &[&'a PpaLine],
    value: impl Fn(&'a PpaLine) -> Option<V>,
    label: impl Fn(V) -> String,
    order: impl Fn(&Group) -> K,
) -> Vec<Group> {
    let mut members: HashMap<Option<V>, Vec<&PpaLine>> = HashMap::new();
    for &ppa in ppas {
        members.entry(value(ppa)).or_default().push(ppa);
    }
    let mut groups: Vec<Group> = members
        .into_iter()
        .map(|(value, ppas)| Group {
            label: value.map_or_else(|| "Not set".to_owned(), &label),
            key: value.map(|value| value.to_string()),
            count: i64::try_from(ppas.len()).unwrap_or(i64::MAX),
            budget: ppas.iter().map(|ppa| ppa.budget).sum(),
            progress: mean(ppas.iter().copied()),
            href: String::new(),
        })
        .collect();
    groups.sort_by_cached_key(order);
    groups
}

impl Totals {
    fn of(lines: &[Line]) -> Self {
        let ppas = || lines.iter().map(|line| &line.ppa);
        let live = || ppas().filter(|ppa| ppa.status != "cancelled");
        // In whole pesos, so that the product of a sum and a percentage does not overflow.
        let weight: i64 = live().map(|ppa| ppa.budget / 100).sum();
        let weighted = live().map(|ppa| (ppa.budget / 100).saturating_mul(ppa.progress));
        let counted = || ppas().filter(|ppa| is_counted(ppa));
        let sum = |of: Standing| ppas().filter(|ppa| standing(ppa) == of).map(|ppa| ppa.budget).sum();
        Self {
            counted: counted().count(),
            budget: counted().map(|ppa| ppa.budget).sum(),
            enacted: sum(Standing::Enacted),
            in_approval: sum(Standing::InApproval),
            draft: sum(Standing::Draft),
            rejected: sum(Standing::Rejected),
            cancelled: sum(Standing::Cancelled),
            average_progress: mean(ppas()),
            budget_weighted_progress: ratio(weighted.fold(0, i64::saturating_add), weight),
            total_slots: counted().map(|ppa| ppa.total_slots).sum(),
            obc_slots: counted().map(|ppa| ppa.obc_slots).sum(),
            late: lines.iter().filter(|line| line.is_late).count(),
            tasks: lines.iter().fold(TaskCount::default(), |sum, line| TaskCount {
                open: sum.open + line.tasks.open,
                late: sum.late + line.tasks.late,
                completed: sum.completed + line.tasks.completed,
                cancelled: sum.cancelled + line.tasks.cancelled,
            }),
        }
    }
}

impl Portfolio {
    /// Returns the serialized figures with the PPAs from `first` on. The first page is serialized once.
    #[must_use]
    pub fn json(&self, first: usize) -> Arc<[u8]> {
        let write = || Arc::from(self.to_json(first).to_string().into_bytes());
        if first == 0 { Arc::clone(self.first_page.get_or_init(write)) } else { write() }
    }

    /// Addresses of the rows behind the figures.
    fn links_json(&self) -> Json {
        let filter = &self.filter;
        let stages: serde_json::Map<String, Json> = PROJECT_STAGES
            .iter()
            .map(|stage| (stage.value.to_owned(), json!(filter.projects(&[("current_stage", stage.value)]))))
            .collect();
        json!({
            "ppas": filter.ppas(&[]),
            "budget_centavos": filter.counted_ppas(),
            "enacted_centavos": filter.enacted_ppas(),
            "in_approval_centavos": filter.ppas_in_approval(),
            "draft_centavos": filter.draft_ppas(),
            "rejected_centavos": filter.rejected_ppas(),
            "cancelled_centavos": filter.cancelled_ppas(),
            "late": filter.late_ppas(),
            "open_tasks": filter.tasks(false),
            "late_tasks": filter.tasks(true),
            "unfunded_high_priority": filter.unfunded_needs(),
            "pipeline": stages,
            "blocked_projects": filter.projects(&[("is_blocked", "true")]),
        })
    }

    /// Returns the representation of the figures with the PPAs from `first` on.
    #[must_use]
    pub fn to_json(&self, first: usize) -> Json {
        let totals = &self.totals;
        let tasks = totals.tasks;
        let pipeline: serde_json::Map<String, Json> =
            self.pipeline.iter().map(|(stage, count)| (stage.value.to_owned(), json!(count))).collect();
        let ppas: Vec<Json> = self.lines.iter().skip(first).take(LISTED).map(line_json).collect();
        let next = first.saturating_add(LISTED);
        json!({
            "totals": {
                "ppas": self.lines.len(),
                "counted_ppas": totals.counted,
                "budget_centavos": totals.budget,
                "enacted_centavos": totals.enacted,
                "in_approval_centavos": totals.in_approval,
                "draft_centavos": totals.draft,
                "rejected_centavos": totals.rejected,
                "cancelled_centavos": totals.cancelled,
                "average_progress": totals.average_progress,
                "budget_weighted_progress": totals.budget_weighted_progress,
                "total_slots": totals.total_slots,
                "obc_slots": totals.obc_slots,
                "late": totals.late,
            },
            "by_status": groups_json(&self.by_status),
            "by_sector": groups_json(&self.by_sector),
            "by_funding_source": groups_json(&self.by_funding_source),
            "by_approval_stage": groups_json(&self.by_approval_stage),
            "by_region": groups_json(&self.by_region),
            "needs": {
                "total": self.needs.total,
                "identified": self.needs.identified,
                "validated": self.needs.validated,
                "completed": self.needs.completed,
                "funded": self.needs.funded,
                "unfunded_high_priority": self.needs.unfunded_high_priority,
                "unfunded_cost_centavos": self.needs.unfunded_cost,
            },
            "pipeline": pipeline,
            "steps": self.steps().iter().map(|step| json!({
                "name": step.name, "count": step.count, "amount_centavos": step.amount, "href": step.href,
            })).collect::<Vec<_>>(),
            "health": self.health_json(),
            "links": self.links_json(),
            "blocked_projects": self.blocked_projects,
            "tasks": {
                "open": tasks.open, "late": tasks.late, "completed": tasks.completed, "cancelled": tasks.cancelled,
            },
            "ppas": ppas,
            "next_cursor": (next < self.lines.len()).then(|| next.to_string()),
        })
    }
}

fn groups_json(groups: &[Group]) -> Json {
    groups
        .iter()
        .map(|group| {
            json!({
                "key": group.key, "label": group.label, "count": group.count, "budget_centavos": group.budget,
                "progress": group.progress, "href": group.href,
            })
        })
        .collect()
}

fn line_json(line: &Line) -> Json {
    let ppa = &line.ppa;
    json!({
        "id": ppa.id, "title": ppa.title, "url": PPA.url(ppa.id), "status": ppa.status, "sector": ppa.sector,
        "approval_stage": ppa.approval_stage, "fiscal_year": ppa.fiscal_year, "progress": ppa.progress,
        "budget_allocation_centavos": ppa.budget, "obc_slots": ppa.obc_slots, "start_date": ppa.start_date,
        "target_end_date": ppa.target_end_date, "late": line.is_late,
        "tasks": { "open": line.tasks.open, "late": line.tasks.late, "completed": line.tasks.completed },
    })
}
