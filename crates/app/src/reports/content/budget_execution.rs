//! Report on the execution of the budget: the ledger of each enacted PPA, and the ceilings.

use obcms_domain::choices::{FUNDING_SOURCES, PPA_STATUSES, SECTORS};
use obcms_domain::kinds::CEILING;
use obcms_store::programme::portfolio::PpaLine;
use obcms_store::{records, reports as rows};

use super::{Source, heading, label, note};
use crate::core::AppError;
use crate::reports::document::{Bar, Block, Table, Value, figure, plain, summed, wide};

pub(super) fn content(source: &Source<'_>) -> Result<Vec<Block>, AppError> {
    let mut enacted: Vec<&PpaLine> = source.counted().filter(|ppa| ppa.is_enacted).collect();
    enacted.sort_by(|one, other| (&one.title, one.id).cmp(&(&other.title, other.id)));
    let sums = source.sums(enacted.iter().copied());
    let bar = |label: &str, amount: i64| Bar { label: label.to_owned(), value: Value::Money(amount) };
    Ok(vec![
        Block::Figures(vec![
            figure("Enacted PPAs", Value::count(enacted.len())),
            figure("Enacted budget", Value::Money(sums.enacted)),
            figure("Allotted", Value::Money(sums.allotted)),
            figure("Obligated", Value::Money(sums.obligated)),
            figure("Disbursed", Value::Money(sums.disbursed)),
            figure("Obligation rate", Value::share(sums.obligation_rate())),
            figure("Disbursement rate", Value::share(sums.disbursement_rate())),
            figure("Utilization", Value::share(sums.utilization())),
            figure("Variance", Value::Money(sums.allotted - sums.enacted)),
        ]),
        note(
            "Obligation rate: obligated / allotted. Disbursement rate: disbursed / obligated. Utilization: disbursed / \
             enacted budget. Variance: allotted − enacted budget. A rate of nothing is –.",
        ),
        heading("Flow of money"),
        Block::Bars(
            "Enacted, allotted, obligated and disbursed".to_owned(),
            vec![
                bar("Enacted", sums.enacted),
                bar("Allotted", sums.allotted),
                bar("Obligated", sums.obligated),
                bar("Disbursed", sums.disbursed),
            ],
        ),
        heading("PPAs"),
        Block::Table(ppas(source, &enacted)),
        heading("Ceilings"),
        Block::Table(ceilings(source)?),
    ])
}

fn ppas(source: &Source<'_>, enacted: &[&PpaLine]) -> Table {
    let row = |ppa: &&PpaLine| {
        let sums = source.sums([*ppa]);
        vec![
            Value::text(ppa.title.clone()),
            label(SECTORS, ppa.sector.as_deref()),
            label(FUNDING_SOURCES, ppa.funding_source.as_deref()),
            label(PPA_STATUSES, Some(&ppa.status)),
            Value::Money(sums.enacted),
            Value::Money(sums.allotted),
            Value::Money(sums.obligated),
            Value::Money(sums.disbursed),
            Value::share(sums.obligation_rate()),
            Value::share(sums.disbursement_rate()),
            Value::Money(sums.allotted - sums.enacted),
        ]
    };
    let columns = vec![
        wide("PPA", 6),
        wide("Sector", 3),
        wide("Funding source", 3),
        wide("Status", 2),
        summed("Enacted"),
        summed("Allotted"),
        summed("Obligated"),
        summed("Disbursed"),
        plain("Obligation rate"),
        plain("Disbursement rate"),
        summed("Variance"),
    ];
    Table::new("Enacted PPAs", columns, enacted.iter().map(row).collect())
}

/// Ceilings of the fiscal year with what budgets take of them.
pub(super) fn ceilings(source: &Source<'_>) -> Result<Table, AppError> {
    let found = source.app.read(|tx| {
        let ids = rows::of_year(tx, CEILING.table, source.filter.fiscal_year)?;
        Ok(records::load_many(tx, &CEILING, &ids)?)
    })?;
    let mut found: Vec<_> = found.iter().zip(source.app.ceiling_balances(&found)?).collect();
    found.sort_by(|(one, _), (other, _)| (one.title(), one.id).cmp(&(other.title(), other.id)));
    let table = found
        .into_iter()
        .map(|(record, balance)| {
            let percent = balance.percent().map(super::portfolio::as_percent);
            vec![
                Value::text(record.title()),
                Value::Money(balance.amount),
                Value::Money(balance.committed),
                Value::Money(balance.waiting),
                Value::Money(balance.remaining()),
                Value::percent(percent),
            ]
        })
        .collect();
    // Ceilings of a year contain those of its sectors, so nothing is added up.
    let money = |text: &str| wide(text, 3);
    let columns = vec![
        wide("Ceiling", 5),
        money("Amount"),
        money("Committed"),
        money("In budget review"),
        money("Remaining"),
        plain("Used"),
    ];
    Ok(Table::new("Ceilings", columns, table))
}
