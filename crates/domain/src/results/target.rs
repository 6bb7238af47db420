//! Targets of an indicator: `[{period, target}]`.

use jiff::civil::Date;
use serde_json::Value as Json;

use super::Period;
use crate::core::message::{Message, Word};
use crate::message;

/// Target of a period, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Period.
    pub period: Period,
    /// Value in hundredths.
    pub value: i64,
}

/// Most targets of an indicator.
const MOST: usize = 60;
/// Largest value of a target and of a measurement.
pub const LARGEST: i64 = 1_000_000_000_000;

/// Converts a number of an input to hundredths; nothing if it is too large.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // Within the bounds that are checked.
#[must_use]
pub fn hundredths(number: f64) -> Option<i64> {
    (number.abs() <= LARGEST as f64).then(|| (number * 100.0).round() as i64)
}

/// Checks targets: a list with a period and a number each, one for each period.
pub fn check_targets(json: &Json) -> Result<(), Message> {
    let expected = || Message::new("Must be a list of targets with period and target.");
    let items = json.as_array().ok_or_else(expected)?;
    if items.len() > MOST {
        return Err(message!("Must have at most {MOST} targets.", MOST));
    }
    let mut seen = Vec::new();
    for (number, item) in items.iter().enumerate() {
        let number = number + 1;
        let item = item.as_object().ok_or_else(expected)?;
        if let Some(unknown) = item.keys().find(|key| !["period", "target"].contains(&key.as_str())) {
            return Err(message!(
                "Target {number} has an unknown member: {unknown}.",
                number,
                unknown = Word::text(unknown)
            ));
        }
        let period = item.get("period").and_then(Json::as_str).and_then(Period::parse).ok_or_else(|| {
            message!("Target {number} needs a period such as 2026, 2026-S1, 2026-Q3 or 2026-09.", number)
        })?;
        if item.get("target").and_then(Json::as_f64).and_then(hundredths).is_none() {
            return Err(message!("Target {number} needs a number.", number));
        }
        if seen.contains(&period) {
            return Err(message!(
                "{period} has more than one target.",
                period = Word::text(period.to_string())
            ));
        }
        seen.push(period);
    }
    Ok(())
}

/// Returns the targets in the order of their periods.
#[must_use]
pub fn targets(json: Option<&Json>) -> Vec<Target> {
    let read = |item: &Json| {
        let period = item.get("period").and_then(Json::as_str).and_then(Period::parse)?;
        let value = item.get("target").and_then(Json::as_f64).and_then(hundredths)?;
        Some(Target { period, value })
    };
    let mut targets: Vec<Target> =
        json.and_then(Json::as_array).into_iter().flatten().filter_map(read).collect();
    targets.sort_by_key(|target| target.period);
    targets
}

/// Returns the target that counts on a day: of the periods with that day the one that began last, otherwise the last
/// one before it, otherwise the first one.
#[must_use]
pub fn current(targets: &[Target], today: Date) -> Option<Target> {
    let begun = targets.iter().filter(|target| target.period.first() <= today);
    begun
        .max_by_key(|target| (target.period.contains_day(today), target.period.first(), target.period.last()))
        .or_else(|| targets.first())
        .copied()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn targets_are_checked() {
        for (wrong, text) in [
            (json!({}), "Must be a list"),
            (json!([1]), "Must be a list"),
            (json!([{ "period": "2026", "target": 1, "x": 1 }]), "unknown member: x"),
            (json!([{ "target": 1 }]), "needs a period"),
            (json!([{ "period": "2026" }]), "needs a number"),
            (json!([{ "period": "2026", "target": 1e13 }]), "needs a number"),
            (json!([{ "period": "2026", "target": 1 }, { "period": "2026", "target": 2 }]), "more than one"),
        ] {
            let error = check_targets(&wrong).expect_err("a refusal").english();
            assert!(error.contains(text), "{error}");
        }
        assert!(check_targets(&json!([{ "period": "2026-q1", "target": -1.5 }])).is_ok());
    }

    #[test]
    fn current_target_is_that_of_today_or_the_last_one() {
        let list = targets(Some(&json!([
            { "period": "2027", "target": 3 }, { "period": "2025", "target": 1 }, { "period": "2026", "target": 2.01 },
        ])));
        let on = |day| current(&list, day).map(|target| (target.period.to_string(), target.value));
        assert_eq!(on(date(2024, 5, 1)), Some(("2025".to_owned(), 100)));
        assert_eq!(on(date(2026, 5, 1)), Some(("2026".to_owned(), 201)));
        assert_eq!(on(date(2030, 5, 1)), Some(("2027".to_owned(), 300)));
        assert_eq!(current(&[], date(2026, 1, 1)), None);
    }
}
