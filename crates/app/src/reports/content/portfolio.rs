//! Report on the portfolio: money, progress and groups, and all PPAs.

use obcms_domain::choices::{FUNDING_SOURCES, PPA_STATUSES, SECTORS};

use super::{Source, by_sector, heading, label, note};
use crate::core::AppError;
use crate::programme::portfolio::{Group, Line};
use crate::reports::document::{Bar, Block, Table, Value, figure, plain, summed, wide};

pub(super) fn content(source: &Source<'_>) -> Result<Vec<Block>, AppError> {
    let portfolio = &source.portfolio;
    let totals = &portfolio.totals;
    let sums = source.sums(source.counted());
    let alerts = source.app.active_alerts(source.actor)?.unwrap_or(0);
    let projects = portfolio.pipeline.iter().map(|(_, count)| count).sum::<i64>();
    let figures = vec![
        figure("PPAs that count", Value::count(totals.counted)),
        figure("Budget", Value::Money(totals.budget)),
        figure("Enacted", Value::Money(totals.enacted)),
        figure("In approval", Value::Money(totals.in_approval)),
        figure("In draft", Value::Money(totals.draft)),
        figure("Allotted", Value::Money(sums.allotted)),
        figure("Obligated", Value::Money(sums.obligated)),
        figure("Disbursed", Value::Money(sums.disbursed)),
        figure("Obligation rate", Value::share(sums.obligation_rate())),
        figure("Disbursement rate", Value::share(sums.disbursement_rate())),
        figure("Average progress", Value::percent(totals.average_progress)),
        figure("Late PPAs", Value::count(totals.late)),
        figure("Projects", Value::Number(projects)),
        figure("Blocked projects", Value::Number(portfolio.blocked_projects)),
        figure("Active alerts of the office", Value::Number(alerts)),
    ];
    let bars = |groups: &[Group]| {
        let bar = |group: &Group| Bar { label: group.label.clone(), value: Value::Money(group.budget) };
        groups.iter().map(bar).collect()
    };
    Ok(vec![
        Block::Figures(figures),
        note(
            "Budget: enacted, in approval and in draft. Cancelled PPAs and those whose first budget was rejected do not \
             count.",
        ),
        heading("By sector"),
        Block::Bars("Budget by sector".to_owned(), bars(&portfolio.by_sector)),
        Block::Table(sectors(source)),
        heading("By funding source"),
        Block::Bars("Budget by funding source".to_owned(), bars(&portfolio.by_funding_source)),
        Block::Table(groups("Funding sources", "Funding source", &portfolio.by_funding_source)),
        heading("By region"),
        Block::Table(groups("Regions", "Region", &portfolio.by_region)),
        heading("PPAs"),
        Block::Table(ppas(source)),
    ])
}

fn sectors(source: &Source<'_>) -> Table {
    let row = |(name, ppas): (String, Vec<&obcms_store::programme::portfolio::PpaLine>)| {
        let sums = source.sums(ppas.iter().copied());
        vec![
            Value::text(name),
            Value::count(ppas.len()),
            Value::Money(ppas.iter().map(|ppa| ppa.budget).sum()),
            Value::Money(sums.obligated),
            Value::Money(sums.disbursed),
            Value::share(sums.utilization()),
        ]
    };
    let rows = by_sector(source.counted(), |ppa| ppa.sector.as_deref()).into_iter().map(row).collect();
    let columns = vec![
        wide("Sector", 4),
        summed("PPAs"),
        summed("Budget"),
        summed("Obligated"),
        summed("Disbursed"),
        plain("Utilization"),
    ];
    Table::new("Sectors", columns, rows)
}

fn groups(title: &str, by: &str, groups: &[Group]) -> Table {
    let row = |group: &Group| {
        vec![
            Value::text(group.label.clone()),
            Value::Number(group.count),
            Value::Money(group.budget),
            Value::percent(group.progress),
        ]
    };
    let columns = vec![wide(by, 5), summed("PPAs"), summed("Budget"), plain("Progress")];
    Table::new(title, columns, groups.iter().map(row).collect())
}

fn ppas(source: &Source<'_>) -> Table {
    let mut lines: Vec<&Line> = source.portfolio.lines.iter().collect();
    lines.sort_by(|one, other| (&one.ppa.title, one.ppa.id).cmp(&(&other.ppa.title, other.ppa.id)));
    let row = |line: &&Line| {
        let ppa = &line.ppa;
        let sums = source.sums([ppa]);
        vec![
            Value::text(ppa.title.clone()),
            source.lead(ppa.id),
            label(SECTORS, ppa.sector.as_deref()),
            label(FUNDING_SOURCES, ppa.funding_source.as_deref()),
            label(PPA_STATUSES, Some(&ppa.status)),
            Value::Money(ppa.budget),
            Value::Money(sums.obligated),
            Value::Money(sums.disbursed),
            Value::percent(Some(as_percent(ppa.progress))),
            ppa.target_end_date.map_or(Value::None, Value::Day),
        ]
    };
    let columns = vec![
        wide("PPA", 6),
        wide("Lead organization", 5),
        wide("Sector", 3),
        wide("Funding source", 3),
        wide("Status", 2),
        summed("Budget"),
        summed("Obligated"),
        summed("Disbursed"),
        plain("Progress"),
        plain("Target end"),
    ];
    Table::new("PPAs", columns, lines.iter().map(row).collect())
}

#[allow(clippy::cast_precision_loss)] // From 0 to 100.
pub(super) fn as_percent(progress: i64) -> f64 {
    progress as f64
}
