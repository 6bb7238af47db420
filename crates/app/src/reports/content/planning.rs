//! Report on the annual planning: stages of the approval and of the budget cycle, ceilings and scenarios.

use obcms_domain::choices::{BUDGET_CYCLE_STAGES, SCENARIO_STATUSES};
use obcms_domain::kinds::{SCENARIO, scenario};
use obcms_domain::registry::Record;
use obcms_store::{records, reports as rows};

use super::budget_execution::ceilings;
use super::{Source, heading, label, note};
use crate::core::AppError;
use crate::programme::portfolio::Group;
use crate::reports::document::{Bar, Block, Table, Value, figure, plain, summed, wide};

pub(super) fn content(source: &Source<'_>) -> Result<Vec<Block>, AppError> {
    let portfolio = &source.portfolio;
    let totals = &portfolio.totals;
    let stage = |group: &Group| {
        vec![Value::text(group.label.clone()), Value::Number(group.count), Value::Money(group.budget)]
    };
    let stages = portfolio.by_approval_stage.iter().map(stage).collect();
    let bars = portfolio
        .by_approval_stage
        .iter()
        .map(|group| Bar { label: group.label.clone(), value: Value::Number(group.count) })
        .collect();
    let of_stages = vec![wide("Stage", 5), summed("PPAs"), summed("Budget")];
    Ok(vec![
        Block::Figures(vec![
            figure("PPAs that count", Value::count(totals.counted)),
            figure("Budget", Value::Money(totals.budget)),
            figure("Enacted", Value::Money(totals.enacted)),
            figure("In approval", Value::Money(totals.in_approval)),
            figure("In draft", Value::Money(totals.draft)),
            figure("Rejected", Value::Money(totals.rejected)),
            figure("Cancelled", Value::Money(totals.cancelled)),
        ]),
        note(
            "The table of stages has all PPAs, also cancelled ones and those whose first budget was rejected.",
        ),
        heading("Budget approval"),
        Block::Bars("PPAs by stage of the approval".to_owned(), bars),
        Block::Table(Table::new("Stages of the approval", of_stages, stages)),
        heading("Budget cycle"),
        Block::Table(cycle(source)?),
        heading("Ceilings"),
        Block::Table(ceilings(source)?),
        heading("Scenarios"),
        Block::Table(scenarios(source)?),
    ])
}

fn cycle(source: &Source<'_>) -> Result<Table, AppError> {
    let today = source.app.today();
    let found = source.app.read(|tx| Ok(rows::cycle(tx, &source.filter.selection(), today)?))?;
    let row = |stage: &obcms_domain::choices::Choice| {
        let of = |status: &str| -> i64 {
            let own = found.iter().filter(|(name, known, ..)| name == stage.value && known == status);
            own.map(|(.., count, _)| count).sum()
        };
        let late: i64 = found.iter().filter(|(name, ..)| name == stage.value).map(|(.., late)| late).sum();
        vec![
            Value::text(stage.label),
            Value::Number(of("not_started")),
            Value::Number(of("in_progress")),
            Value::Number(of("blocked")),
            Value::Number(of("completed")),
            Value::Number(late),
        ]
    };
    let columns = vec![
        wide("Stage", 5),
        summed("Not started"),
        summed("In progress"),
        summed("Blocked"),
        summed("Completed"),
        summed("Late"),
    ];
    Ok(Table::new("Budget cycle", columns, BUDGET_CYCLE_STAGES.iter().map(row).collect()))
}

fn scenarios(source: &Source<'_>) -> Result<Table, AppError> {
    let found = source.app.read(|tx| {
        let ids = rows::of_year(tx, SCENARIO.table, source.filter.fiscal_year)?;
        Ok(records::load_many(tx, &SCENARIO, &ids)?)
    })?;
    let mut found: Vec<&Record> = found.iter().collect();
    found.sort_by_key(|record| (record.title().to_owned(), record.id));
    let row = |record: &&Record| {
        vec![
            Value::text(record.title()),
            scenario::FISCAL_YEAR.get(record).map_or(Value::None, |year| Value::text(year.to_string())),
            label(SCENARIO_STATUSES, Some(scenario::STATUS.get(record))),
            scenario::ENVELOPE_CENTAVOS.get(record).map_or(Value::None, Value::Money),
            scenario::ALLOCATED_CENTAVOS.get(record).map_or(Value::None, Value::Money),
            scenario::FUNDED.get(record).map_or(Value::None, Value::Number),
        ]
    };
    let money = |text: &str| wide(text, 3);
    let columns = vec![
        wide("Scenario", 5),
        plain("Fiscal year"),
        wide("Status", 2),
        money("Envelope"),
        money("Allocated"),
        plain("PPAs funded"),
    ];
    Ok(Table::new("Scenarios", columns, found.iter().map(row).collect()))
}
