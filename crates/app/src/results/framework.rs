//! Results framework of a PPA: its indicators with what is achieved of their targets.

use std::collections::HashMap;

use jiff::civil::Date;
use obcms_domain::choices::{self, INDICATOR_KINDS};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{INDICATOR, MEASUREMENT, indicator, measurement};
use obcms_domain::registry::Record;
use obcms_domain::results::{Achievement, Combination, Measured, Target, achievement, current, targets};
use obcms_store::{Tx, results as store};
use serde_json::{Value as Json, json};

use crate::core::rules::Members;
use crate::core::{Actor, App, AppError};
use crate::records::lists;

/// Most indicators of a PPA on its page.
const MOST: usize = 500;

/// Indicator with its achievements and measurements.
#[derive(Clone, Debug)]
pub struct IndicatorResult {
    /// Indicator.
    pub indicator: Record,
    /// Achievement of each target, in the order of the periods.
    pub achievements: Vec<Achievement>,
    /// Achievement of the target that counts today.
    pub current: Option<Achievement>,
    /// Measurements, the last reported first, also those that are not approved.
    pub measurements: Vec<Record>,
}

impl App {
    /// Returns the results of a PPA: its indicators by level and title, with three queries in all.
    pub fn results(&self, actor: &Actor, ppa: Id) -> Result<Vec<IndicatorResult>, AppError> {
        if actor.visibility(&INDICATOR).is_none() {
            return Ok(Vec::new());
        }
        let of_ppa = [("ppa".to_owned(), ppa.to_string()), ("limit".to_owned(), MOST.to_string())];
        let sorted = |by: &str| [&of_ppa[..], &[("sort".to_owned(), by.to_owned())]].concat();
        let indicators = self.list_request(actor, &INDICATOR, &sorted("kind"))?;
        let measurements = self.list_request(actor, &MEASUREMENT, &sorted("-created_at"))?;
        let today = self.today();
        self.read(|tx| {
            let mut indicators = lists::list(tx, actor, &INDICATOR, &indicators)?.records;
            // The chain of results, as people read it.
            let level = |one: &Record| choices::position(INDICATOR_KINDS, indicator::KIND.get(one));
            indicators.sort_by_cached_key(|one| (std::cmp::Reverse(level(one)), one.title().to_lowercase()));
            let mut of_indicator: HashMap<Id, Vec<Record>> = HashMap::new();
            for record in lists::list(tx, actor, &MEASUREMENT, &measurements)?.records {
                if let Some(id) = measurement::INDICATOR.get(&record) {
                    of_indicator.entry(id).or_default().push(record);
                }
            }
            let ids: Vec<Id> = indicators.iter().map(|one| one.id).collect();
            let approved = store::approved(tx, &ids)?;
            let results = indicators.into_iter().map(|indicator| {
                let achievements = achievements(&indicator, &approved);
                let current = of_today(&achievements, today);
                let measurements = of_indicator.remove(&indicator.id).unwrap_or_default();
                IndicatorResult { indicator, achievements, current, measurements }
            });
            Ok(results.collect())
        })
    }

    /// Returns, for indicators in their order, the achievement of the target that counts today.
    pub fn current_achievements(&self, indicators: &[Record]) -> Result<Vec<Option<Achievement>>, AppError> {
        let today = self.today();
        self.read(|tx| current_of(tx, indicators, today))
    }

    /// Returns the achievement of each target of an indicator.
    pub fn achievements(&self, indicator: &Record) -> Result<Vec<Achievement>, AppError> {
        self.read(|tx| {
            let approved = store::approved(tx, &[indicator.id])?;
            Ok(achievements(indicator, &approved))
        })
    }
}

/// Returns the achievement of each target of an indicator, from the approved measurements by indicator.
fn achievements(record: &Record, approved: &HashMap<Id, Vec<Measured>>) -> Vec<Achievement> {
    let measured = approved.get(&record.id).map_or(&[][..], Vec::as_slice);
    let combination = Combination::parse(indicator::COMBINES.get(record));
    targets(indicator::TARGETS.get(record))
        .into_iter()
        .map(|target| achievement(target, indicator::BASELINE.get(record), combination, measured))
        .collect()
}

fn of_today(achievements: &[Achievement], today: Date) -> Option<Achievement> {
    let targets: Vec<Target> = achievements.iter().map(|one| one.target).collect();
    let target = current(&targets, today)?;
    achievements.iter().find(|one| one.target == target).copied()
}

/// Members of the representation of indicators: the target that counts today, and what is achieved of it.
pub(crate) fn related_members(
    tx: &mut Tx<'_>,
    indicators: &[Record],
    today: Date,
) -> Result<Vec<Members>, AppError> {
    let members = |figures: &Option<Achievement>| -> Members {
        let figures = achievement_json(figures.as_ref());
        ["target_period", "target", "actual", "achievement"]
            .map(|name| (name, figures[name].clone()))
            .to_vec()
    };
    Ok(current_of(tx, indicators, today)?.iter().map(members).collect())
}

fn current_of(
    tx: &mut Tx<'_>,
    indicators: &[Record],
    today: Date,
) -> Result<Vec<Option<Achievement>>, AppError> {
    let ids: Vec<Id> = indicators.iter().map(|one| one.id).collect();
    let approved = store::approved(tx, &ids)?;
    let current = |record: &Record| of_today(&achievements(record, &approved), today);
    Ok(indicators.iter().map(current).collect())
}

/// Members shown on the page of an indicator: the achievement of each target.
pub(crate) fn page_members(tx: &mut Tx<'_>, record: &Record) -> Result<Members, AppError> {
    let approved = store::approved(tx, &[record.id])?;
    let all = achievements(record, &approved);
    Ok(vec![("achievements", all.iter().map(|one| achievement_json(Some(one))).collect())])
}

/// Returns the representation of an achievement: values as numbers, the share as a fraction.
fn achievement_json(achievement: Option<&Achievement>) -> Json {
    json!({
        "target_period": achievement.map(|one| one.target.period.to_string()),
        "target": achievement.map(|one| number(one.target.value)),
        "actual": achievement.and_then(|one| one.actual).map(number),
        "achievement": achievement.and_then(|one| one.share),
    })
}

#[allow(clippy::cast_precision_loss)] // Values have at most 15 digits.
fn number(hundredths: i64) -> f64 {
    hundredths as f64 / 100.0
}

/// Returns the representation of an indicator with its results.
#[must_use]
pub fn indicator_json(result: &IndicatorResult) -> Json {
    let mut json = achievement_json(result.current.as_ref());
    json["id"] = json!(result.indicator.id);
    json["title"] = json!(result.indicator.title());
    json["kind"] = json!(indicator::KIND.get(&result.indicator));
    json["unit"] = json!(indicator::UNIT.get(&result.indicator));
    json["achievements"] = result.achievements.iter().map(|one| achievement_json(Some(one))).collect();
    json["measurements"] = result.measurements.iter().map(measurement_json).collect();
    json
}

fn measurement_json(record: &Record) -> Json {
    json!({
        "id": record.id,
        "period": measurement::PERIOD.get(record),
        "value": measurement::VALUE.get(record).map(number),
        "status": measurement::STATUS.get(record),
    })
}
