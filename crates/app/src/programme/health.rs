//! Health of PPAs in schedule, money and results, by the alerts about them: ratings, and the filters of their lists.

use std::collections::{HashMap, HashSet};

use obcms_domain::alerts::{Health, HealthPart, Rating};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{ALERT, INDICATOR, alert, indicator, ppa};
use obcms_store::programme::portfolio::PpaLine;
use obcms_store::records::Filter as Condition;
use obcms_store::{SqlValue, Tx};
use serde_json::{Value as Json, json};

use super::portfolio::{Portfolio, is_open};
use super::portfolio_links::texts;
use crate::core::AppError;

/// Facts by which the health of PPAs is rated.
pub(super) struct HealthFacts {
    /// Worst rating by an alert, by PPA.
    alerts: HashMap<Id, Health>,
    /// PPAs with an indicator.
    measured: HashSet<Id>,
}

impl HealthFacts {
    /// Reads the facts about all PPAs.
    pub fn read(tx: &mut Tx<'_>) -> Result<Self, AppError> {
        let mut alerts: HashMap<Id, Health> = HashMap::new();
        for (ppa, alert_type, severity) in obcms_store::alerts::of_ppas(tx)? {
            let part = HealthPart::ALL.iter().position(|part| part.alert_types().contains(&&*alert_type));
            if let Some(place) = part {
                let rating = &mut alerts.entry(ppa).or_default()[place];
                *rating = (*rating).max(Rating::of_severity(&severity));
            }
        }
        Ok(Self { alerts, measured: obcms_store::alerts::with_indicators(tx)?.into_iter().collect() })
    }

    /// Rates a PPA: a part that has something to rate by is good without an alert.
    pub fn of(&self, ppa: &PpaLine) -> Health {
        let found = self.alerts.get(&ppa.id).copied().unwrap_or_default();
        let rates = [ppa.target_end_date.is_some(), ppa.is_enacted, self.measured.contains(&ppa.id)];
        let mut health = Health::default();
        for (place, rating) in health.iter_mut().enumerate() {
            if is_open(ppa) && rates[place] {
                *rating = found[place].max(Rating::Good);
            }
        }
        health
    }
}

impl Portfolio {
    /// Returns the number of PPAs with a rating in a part of their health.
    #[must_use]
    pub fn rated(&self, part: HealthPart, rating: Rating) -> usize {
        let place = HealthPart::ALL.iter().position(|known| *known == part).unwrap_or(0);
        self.lines.iter().filter(|line| line.health[place] == rating).count()
    }

    /// Numbers of PPAs by part and rating of their health.
    pub(super) fn health_json(&self) -> Json {
        let rating = |part: HealthPart, rating: Rating| json!({ "ppas": self.rated(part, rating), "href": self.filter.rated_ppas(part, rating) });
        let of_part = |part: HealthPart| {
            let ratings = Rating::RATED.map(|one| (one.as_str().to_owned(), rating(part, one)));
            (part.as_str().to_owned(), Json::Object(ratings.into_iter().collect()))
        };
        let has_any = self.lines.iter().any(|line| line.health != Health::default());
        if !has_any {
            return Json::Null;
        }
        Json::Object(HealthPart::ALL.map(of_part).into_iter().collect())
    }
}

/// PPAs that are rated so in a part of their health.
pub(super) fn rated(part: HealthPart, rating: Rating) -> Vec<Condition> {
    let alerted = |is_so: bool, severities: &[&str]| {
        let conditions = vec![
            Condition::OneOf(alert::STATE.name().to_owned(), texts(&["active", "acknowledged", "snoozed"])),
            Condition::OneOf(alert::ALERT_TYPE.name().to_owned(), texts(part.alert_types())),
            Condition::OneOf(alert::SEVERITY.name().to_owned(), texts(severities)),
        ];
        Condition::Named(is_so, &ALERT, alert::SUBJECT.name().to_owned(), conditions, None)
    };
    let bad = ["high", "critical"];
    let milder = ["info", "low", "medium"];
    let mut conditions =
        vec![Condition::OneOf(ppa::STATUS.name().to_owned(), texts(&["planning", "ongoing", "on_hold"]))];
    conditions.push(match part {
        HealthPart::Schedule => Condition::From(
            ppa::TARGET_END_DATE.name().to_owned(),
            SqlValue::Date(jiff::civil::date(1, 1, 1)),
        ),
        HealthPart::Money => {
            Condition::From(ppa::ENACTED_BUDGET_CENTAVOS.name().to_owned(), SqlValue::Integer(i64::MIN))
        }
        HealthPart::Results => {
            Condition::Named(true, &INDICATOR, indicator::PPA.name().to_owned(), Vec::new(), None)
        }
    });
    match rating {
        Rating::Bad => conditions.push(alerted(true, &bad)),
        Rating::Attention => conditions.extend([alerted(false, &bad), alerted(true, &milder)]),
        Rating::Good | Rating::None => conditions.extend([alerted(false, &bad), alerted(false, &milder)]),
    }
    conditions
}
