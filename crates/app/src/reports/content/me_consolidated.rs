//! Consolidated report on monitoring and evaluation: achievement, cost for each beneficiary, lessons.

use std::collections::HashMap;

use obcms_domain::choices::{INDICATOR_KINDS, UPDATE_TYPES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::indicator;
use obcms_domain::registry::Record;
use obcms_domain::results::Achievement;
use obcms_store::programme::portfolio::PpaLine;
use obcms_store::reports as rows;

use super::needs_impact::share;
use super::policies::mean;
use super::{Source, by_sector, heading, label, note};
use crate::core::AppError;
use crate::programme::analytics::per_head;
use crate::reports::document::{Bar, Block, Table, Value, figure, plain, summed, wide};

/// Most updates in the report.
const UPDATES: i64 = 50;

pub(super) fn content(source: &Source<'_>) -> Result<Vec<Block>, AppError> {
    let indicators = source.indicators()?;
    let updates = source.app.read(|tx| Ok(rows::updates(tx, &source.filter.selection(), UPDATES)?))?;
    let shares: Vec<f64> = indicators.iter().filter_map(|(_, one)| one.as_ref()?.share).collect();
    let reached = shares.iter().filter(|share| **share >= 1.0).count();
    let totals = &source.portfolio.totals;
    let level = |value: &str| {
        let of_level: Vec<f64> = indicators
            .iter()
            .filter(|(record, _)| indicator::KIND.get(record) == value)
            .filter_map(|(_, one)| one.as_ref()?.share)
            .collect();
        mean(&of_level)
    };
    let bars = INDICATOR_KINDS
        .iter()
        .map(|kind| Bar { label: kind.label.to_owned(), value: Value::share(level(kind.value)) })
        .collect();
    let lessons = updates
        .into_iter()
        .map(|update| {
            vec![
                update.date.map_or(Value::None, Value::Day),
                Value::text(update.ppa),
                label(UPDATE_TYPES, Some(&update.update_type)),
                Value::text(update.notes),
                Value::text(update.next_steps),
            ]
        })
        .collect();
    let of_lessons =
        vec![plain("Date"), wide("PPA", 5), wide("Type", 2), wide("Update", 7), wide("Next steps", 5)];
    Ok(vec![
        Block::Figures(vec![
            figure("Indicators", Value::count(indicators.len())),
            figure("With a measurement", Value::count(shares.len())),
            figure("Target reached", Value::count(reached)),
            figure("Share that reached it", Value::share(share(reached, shares.len()))),
            figure("Mean achievement", Value::share(mean(&shares))),
            figure("Average progress of PPAs", Value::percent(totals.average_progress)),
            figure("OBC slots", Value::Number(totals.obc_slots)),
        ]),
        note(
            "Achievement: approved measurements of the target that counts today, by the formula of each indicator. Cost of \
             a slot: budget of the PPAs with OBC slots divided by these slots.",
        ),
        heading("Achievement by level"),
        Block::Bars("Mean achievement by level".to_owned(), bars),
        heading("Cost by sector"),
        Block::Table(costs(source)),
        heading("Indicators"),
        Block::Table(achievements(source, &indicators)),
        heading("Updates and lessons"),
        Block::Table(Table::new("Updates", of_lessons, lessons)),
    ])
}

fn costs(source: &Source<'_>) -> Table {
    let row = |(name, ppas): (String, Vec<&PpaLine>)| {
        let served: Vec<&&PpaLine> = ppas.iter().filter(|ppa| ppa.obc_slots > 0).collect();
        let budget: i64 = served.iter().map(|ppa| ppa.budget).sum();
        let slots: i64 = served.iter().map(|ppa| ppa.obc_slots).sum();
        vec![
            Value::text(name),
            Value::count(served.len()),
            Value::Money(budget),
            Value::Number(slots),
            per_head(budget, slots).map_or(Value::None, Value::Money),
        ]
    };
    let columns = vec![
        wide("Sector", 4),
        summed("PPAs with OBC slots"),
        summed("Their budget"),
        summed("OBC slots"),
        plain("Cost of a slot"),
    ];
    let groups = by_sector(source.counted(), |ppa| ppa.sector.as_deref());
    Table::new("Cost by sector", columns, groups.into_iter().map(row).collect())
}

fn achievements(source: &Source<'_>, indicators: &[(Record, Option<Achievement>)]) -> Table {
    let titles: HashMap<Id, &str> =
        source.portfolio.lines.iter().map(|line| (line.ppa.id, line.ppa.title.as_str())).collect();
    let row = |(record, achievement): &(Record, Option<Achievement>)| {
        let ppa = indicator::PPA.get(record).and_then(|id| titles.get(&id).copied());
        let of = achievement.as_ref();
        vec![
            Value::text(record.title()),
            Value::text(ppa.unwrap_or_default()),
            label(INDICATOR_KINDS, Some(indicator::KIND.get(record))),
            Value::text(indicator::UNIT.get(record)),
            of.map_or(Value::None, |one| Value::text(one.target.period.to_string())),
            of.map_or(Value::None, |one| Value::Decimal(one.target.value)),
            of.and_then(|one| one.actual).map_or(Value::None, Value::Decimal),
            Value::share(of.and_then(|one| one.share)),
        ]
    };
    let columns = vec![
        wide("Indicator", 6),
        wide("PPA", 5),
        wide("Level", 2),
        wide("Unit", 2),
        plain("Period"),
        plain("Target"),
        plain("Actual"),
        plain("Achievement"),
    ];
    Table::new("Indicators", columns, indicators.iter().map(row).collect())
}
