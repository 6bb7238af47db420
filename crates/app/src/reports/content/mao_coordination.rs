//! Report on the coordination with ministries: PPAs, money and reports of each lead organization.

use std::collections::{BTreeMap, HashMap, HashSet};

use obcms_domain::core::id::Id;
use obcms_domain::kinds::indicator;
use obcms_store::programme::portfolio::PpaLine;
use obcms_store::reports as rows;

use super::needs_impact::share;
use super::policies::mean;
use super::{Source, heading, note};
use crate::core::AppError;
use crate::reports::document::{Bar, Block, Table, Value, figure, plain, summed, wide};

pub(super) fn content(source: &Source<'_>) -> Result<Vec<Block>, AppError> {
    let (measurements, pending) = source.app.read(|tx| {
        let measurements = rows::measurements(tx, &source.filter.selection())?;
        let pending: HashSet<Id> = rows::alerted(tx, "pending_mao_report")?.into_iter().collect();
        Ok((measurements, pending))
    })?;
    let mut reported: HashMap<Id, [i64; 2]> = HashMap::new();
    for (ppa, status, count) in measurements {
        let entry = reported.entry(ppa).or_default();
        entry[0] += count;
        if status == "approved" {
            entry[1] += count;
        }
    }
    let mut indicators: HashMap<Id, i64> = HashMap::new();
    let mut achieved: HashMap<Id, Vec<f64>> = HashMap::new();
    for (record, achievement) in source.indicators()? {
        let Some(ppa) = indicator::PPA.get(&record) else { continue };
        *indicators.entry(ppa).or_default() += 1;
        achieved.entry(ppa).or_default().extend(achievement.and_then(|one| one.share));
    }
    let mut by_lead: BTreeMap<(String, Id), Vec<&PpaLine>> = BTreeMap::new();
    let mut without = Vec::new();
    for ppa in source.counted() {
        match source.leads.get(&ppa.id) {
            Some((id, name)) => by_lead.entry((name.clone(), *id)).or_default().push(ppa),
            None => without.push(ppa),
        }
    }
    let bodies = by_lead.len();
    let mut groups: Vec<(String, Vec<&PpaLine>)> =
        by_lead.into_iter().map(|((name, _), ppas)| (name, ppas)).collect();
    if !without.is_empty() {
        groups.push(("Not set".to_owned(), without));
    }
    let in_time = |ppas: &[&PpaLine]| {
        let ongoing: Vec<&&PpaLine> =
            ppas.iter().filter(|ppa| ppa.status == "ongoing" && indicators.contains_key(&ppa.id)).collect();
        let reported = ongoing.iter().filter(|ppa| !pending.contains(&ppa.id)).count();
        (reported, ongoing.len())
    };
    let row = |(name, ppas): &(String, Vec<&PpaLine>)| {
        let sums = source.sums(ppas.iter().copied());
        let of = |map: &HashMap<Id, i64>| ppas.iter().filter_map(|ppa| map.get(&ppa.id)).sum::<i64>();
        let figures = ppas.iter().filter_map(|ppa| reported.get(&ppa.id));
        let [all, approved] = figures.fold([0, 0], |sum, one| [sum[0] + one[0], sum[1] + one[1]]);
        let shares: Vec<f64> =
            ppas.iter().filter_map(|ppa| achieved.get(&ppa.id)).flatten().copied().collect();
        let (on_time, due) = in_time(ppas);
        vec![
            Value::text(name.clone()),
            Value::count(ppas.len()),
            Value::Money(ppas.iter().map(|ppa| ppa.budget).sum()),
            Value::Money(sums.obligated),
            Value::Money(sums.disbursed),
            Value::Number(of(&indicators)),
            Value::Number(all),
            Value::Number(approved),
            Value::share(share(on_time, due)),
            Value::share(mean(&shares)),
        ]
    };
    let table: Vec<Vec<Value>> = groups.iter().map(row).collect();
    let bars = groups
        .iter()
        .map(|(name, ppas)| Bar {
            label: name.clone(),
            value: Value::Money(ppas.iter().map(|ppa| ppa.budget).sum()),
        })
        .collect();
    let all: Vec<&PpaLine> = source.counted().collect();
    let (on_time, due) = in_time(&all);
    let columns = vec![
        wide("Lead organization", 6),
        summed("PPAs"),
        summed("Budget"),
        summed("Obligated"),
        summed("Disbursed"),
        summed("Indicators"),
        summed("Reports"),
        summed("Approved"),
        plain("Reported in time"),
        plain("Achievement"),
    ];
    Ok(vec![
        Block::Figures(vec![
            figure("Lead organizations", Value::count(bodies)),
            figure("PPAs that count", Value::count(all.len())),
            figure("Ongoing PPAs with indicators", Value::count(due)),
            figure("Of these reported in time", Value::share(share(on_time, due))),
        ]),
        note(
            "Reported in time: ongoing PPAs with indicators about which no alert of a pending report is open. Reports: \
             measurements, also those that wait or were returned.",
        ),
        heading("Budget by lead organization"),
        Block::Bars("Budget by lead organization".to_owned(), bars),
        heading("Lead organizations"),
        Block::Table(Table::new("Lead organizations", columns, table)),
    ])
}
