//! Report on the implementation of policies: PPAs, budget, milestones and achievement of each.

use std::collections::HashMap;

use obcms_domain::choices::POLICY_STATUSES;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::indicator;
use obcms_store::programme::portfolio::PpaLine;
use obcms_store::reports as rows;

use super::needs_impact::share;
use super::{Source, heading, label, note};
use crate::core::AppError;
use crate::reports::document::{Bar, Block, Table, Value, figure, plain, summed, wide};

pub(super) fn content(source: &Source<'_>) -> Result<Vec<Block>, AppError> {
    let (policies, links) = source
        .app
        .read(|tx| Ok((rows::policies(tx)?, rows::policies_of_ppas(tx, &source.filter.selection())?)))?;
    let mut ppas: HashMap<Id, Vec<Id>> = HashMap::new();
    for (policy, ppa) in links {
        ppas.entry(policy).or_default().push(ppa);
    }
    let counted: HashMap<Id, &PpaLine> = source.counted().map(|ppa| (ppa.id, ppa)).collect();
    let mut achieved: HashMap<Id, Vec<f64>> = HashMap::new();
    for (record, achievement) in source.indicators()? {
        if let (Some(ppa), Some(share)) = (indicator::PPA.get(&record), achievement.and_then(|one| one.share))
        {
            achieved.entry(ppa).or_default().push(share);
        }
    }
    let mut table = Vec::new();
    for policy in &policies {
        let own: Vec<&PpaLine> =
            ppas.get(&policy.id).into_iter().flatten().filter_map(|id| counted.get(id).copied()).collect();
        let shares: Vec<f64> =
            own.iter().filter_map(|ppa| achieved.get(&ppa.id)).flatten().copied().collect();
        let sums = source.sums(own.iter().copied());
        table.push(vec![
            Value::text(policy.title.clone()),
            Value::text(policy.number.clone()),
            label(POLICY_STATUSES, Some(&policy.status)),
            policy.deadline.map_or(Value::None, Value::Day),
            Value::Number(policy.completed),
            Value::Number(policy.milestones),
            Value::count(own.len()),
            Value::Money(own.iter().map(|ppa| ppa.budget).sum()),
            Value::Money(sums.disbursed),
            Value::share(mean(&shares)),
        ]);
    }
    let carried = policies.iter().filter(|policy| ppas.contains_key(&policy.id)).count();
    let count = |status: &str| policies.iter().filter(|policy| policy.status == status).count();
    let milestones: i64 = policies.iter().map(|policy| policy.milestones).sum();
    let completed: i64 = policies.iter().map(|policy| policy.completed).sum();
    let places = |number: i64| usize::try_from(number).unwrap_or(0);
    let bars = POLICY_STATUSES
        .iter()
        .map(|status| Bar { label: status.label.to_owned(), value: Value::count(count(status.value)) })
        .collect();
    let columns = vec![
        wide("Policy", 6),
        wide("Number", 2),
        wide("Status", 3),
        plain("Implementation due"),
        summed("Milestones done"),
        summed("Milestones"),
        summed("PPAs"),
        summed("Budget"),
        summed("Disbursed"),
        plain("Achievement"),
    ];
    Ok(vec![
        Block::Figures(vec![
            figure("Policies", Value::count(policies.len())),
            figure("In implementation", Value::count(count("in_implementation"))),
            figure("Implemented", Value::count(count("implemented"))),
            figure("Carried out by PPAs", Value::count(carried)),
            figure("Milestones done", Value::share(share(places(completed), places(milestones)))),
        ]),
        note(
            "PPAs of the selection whose money counts. Achievement: mean over their indicators that have a measurement, of \
             the target that counts today. A PPA of several policies is counted with each.",
        ),
        heading("By status"),
        Block::Bars("Policies by status".to_owned(), bars),
        heading("Policies"),
        Block::Table(Table::new("Policies", columns, table)),
    ])
}

#[allow(clippy::cast_precision_loss)] // Far below 2^53.
pub(super) fn mean(shares: &[f64]) -> Option<f64> {
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
}
