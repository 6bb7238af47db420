//! Breakdown of a measurement: `[{by, group, value}]`.

use serde_json::Value as Json;

use super::target::hundredths;
use crate::choices::{self, DISAGGREGATIONS};
use crate::core::message::{Message, Word};
use crate::message;

/// Most rows of a breakdown.
const MOST: usize = 200;

/// Checks a breakdown: a criterion, a group and a number in each row, each group once for its criterion.
pub fn check_disaggregation(json: &Json) -> Result<(), Message> {
    let expected = || Message::new("Must be a list of rows with by, group and value.");
    let items = json.as_array().ok_or_else(expected)?;
    if items.len() > MOST {
        return Err(message!("Must have at most {MOST} rows.", MOST));
    }
    let mut seen: Vec<(&str, String)> = Vec::new();
    for (number, item) in items.iter().enumerate() {
        let number = number + 1;
        let item = item.as_object().ok_or_else(expected)?;
        if let Some(unknown) = item.keys().find(|key| !["by", "group", "value"].contains(&key.as_str())) {
            return Err(message!(
                "Row {number} has an unknown member: {unknown}.",
                number,
                unknown = Word::text(unknown)
            ));
        }
        let by = item.get("by").and_then(Json::as_str).unwrap_or_default();
        if !choices::contains(DISAGGREGATIONS, by) {
            return Err(message!("Row {number} must be by sex, age_group or place.", number));
        }
        let group = item.get("group").and_then(Json::as_str).unwrap_or_default().trim();
        if group.is_empty() || group.chars().count() > 100 {
            return Err(message!("Row {number} needs a group of at most 100 characters.", number));
        }
        if item.get("value").and_then(Json::as_f64).and_then(hundredths).is_none() {
            return Err(message!("Row {number} needs a number.", number));
        }
        let key = (by, group.to_lowercase());
        if seen.contains(&key) {
            return Err(message!("The group {group} is given twice.", group = Word::text(group)));
        }
        seen.push(key);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn breakdowns_are_checked() {
        let row = |by: &str, group: &str, value: Json| json!({ "by": by, "group": group, "value": value });
        for (wrong, text) in [
            (json!("x"), "Must be a list"),
            (json!([null]), "Must be a list"),
            (json!([row("income", "low", json!(1))]), "by sex, age_group or place"),
            (json!([row("sex", " ", json!(1))]), "needs a group"),
            (json!([row("sex", "Women", json!("1"))]), "needs a number"),
            (json!([row("sex", "Women", json!(1)), row("sex", "women ", json!(2))]), "given twice"),
        ] {
            let error = check_disaggregation(&wrong).expect_err("a refusal").english();
            assert!(error.contains(text), "{error}");
        }
        assert!(
            check_disaggregation(&json!([row("sex", "Women", json!(1)), row("place", "Women", json!(2.5))]))
                .is_ok()
        );
    }
}
