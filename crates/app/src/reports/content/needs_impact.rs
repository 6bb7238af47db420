//! Report on the impact on needs: what is answered, what is missing, and whom it concerns.

use obcms_domain::choices::{NEED_STATUSES, SECTORS};
use obcms_store::reports::{self as rows, NeedRow};

use super::{Source, by_sector, heading, label, note};
use crate::core::AppError;
use crate::reports::document::{Bar, Block, Table, Value, figure, plain, summed, wide};

pub(super) fn content(source: &Source<'_>) -> Result<Vec<Block>, AppError> {
    let needs = source.app.read(|tx| Ok(rows::needs(tx, &source.filter.selection())?))?;
    let answered = needs.iter().filter(|need| need.is_answered).count();
    let open: Vec<&NeedRow> = needs.iter().filter(|need| is_open(need)).collect();
    let completed = needs.iter().filter(|need| need.status == "completed").count();
    let affected = |needs: &mut dyn Iterator<Item = &NeedRow>| {
        Value::Number(needs.filter_map(|need| need.affected).sum())
    };
    let figures = vec![
        figure("Needs", Value::count(needs.len())),
        figure("Validated", Value::count(needs.iter().filter(|need| need.is_validated).count())),
        figure("Answered by a PPA", Value::count(answered)),
        figure("Funding rate", Value::share(share(answered, needs.len()))),
        figure("Completed", Value::count(completed)),
        figure("Open without a PPA", Value::count(open.len())),
        figure("Their estimated cost", Value::Money(open.iter().filter_map(|need| need.cost).sum())),
        figure("People affected", affected(&mut needs.iter())),
        figure(
            "People affected by answered needs",
            affected(&mut needs.iter().filter(|need| need.is_answered)),
        ),
        figure("OBC slots of the PPAs", Value::Number(source.portfolio.totals.obc_slots)),
    ];
    let bars = NEED_STATUSES
        .iter()
        .map(|status| Bar {
            label: status.label.to_owned(),
            value: Value::count(needs.iter().filter(|need| need.status == status.value).count()),
        })
        .collect();
    Ok(vec![
        Block::Figures(figures),
        note(
            "Needs of all years within sector and region; OBC slots of the PPAs of the fiscal year. A need is answered when \
             a PPA that is not cancelled names it.",
        ),
        heading("By status"),
        Block::Bars("Needs by status".to_owned(), bars),
        heading("By sector"),
        Block::Table(sectors(&needs)),
        heading("Open needs without a PPA"),
        Block::Table(open_needs(&open)),
    ])
}

fn is_open(need: &NeedRow) -> bool {
    !need.is_answered && !["completed", "rejected"].contains(&&*need.status)
}

#[allow(clippy::cast_precision_loss)] // Far below 2^53.
pub(super) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn sectors(needs: &[NeedRow]) -> Table {
    let row = |(name, needs): (String, Vec<&NeedRow>)| {
        let answered = needs.iter().filter(|need| need.is_answered).count();
        let gap = needs.iter().filter(|need| is_open(need)).filter_map(|need| need.cost).sum();
        vec![
            Value::text(name),
            Value::count(needs.len()),
            Value::count(answered),
            Value::share(share(answered, needs.len())),
            Value::Money(gap),
            Value::Number(needs.iter().filter_map(|need| need.affected).sum()),
        ]
    };
    let columns = vec![
        wide("Sector", 4),
        summed("Needs"),
        summed("Answered"),
        plain("Funding rate"),
        summed("Cost without a PPA"),
        summed("People affected"),
    ];
    Table::new(
        "Sectors",
        columns,
        by_sector(needs, |need| need.sector.as_deref()).into_iter().map(row).collect(),
    )
}

fn open_needs(needs: &[&NeedRow]) -> Table {
    let row = |need: &&NeedRow| {
        vec![
            Value::text(need.title.clone()),
            Value::text(need.community.clone().unwrap_or_default()),
            label(SECTORS, need.sector.as_deref()),
            Value::Number(need.score),
            label(NEED_STATUSES, Some(&need.status)),
            need.affected.map_or(Value::None, Value::Number),
            need.cost.map_or(Value::None, Value::Money),
        ]
    };
    let columns = vec![
        wide("Need", 6),
        wide("Community", 4),
        wide("Sector", 3),
        plain("Score"),
        wide("Status", 2),
        summed("People affected"),
        summed("Estimated cost"),
    ];
    Table::new("Needs without a PPA", columns, needs.iter().map(row).collect())
}
