//! Calendar preferences of a person: working hours, quiet hours and reminders.

use jiff::civil::Time;
use serde_json::Value as Json;

use crate::core::message::Message;
use crate::message;

/// Reminders of one person, at most.
const MOST_REMINDERS: usize = 10;
/// Longest lead time of a reminder: four weeks.
const LONGEST_REMINDER: i64 = 28 * 24 * 60;

/// Checks reminders: minutes before the start, each once: `[10, 1440]`.
pub fn check_reminders(json: &Json) -> Result<(), Message> {
    let items = json.as_array().ok_or("Must be a list of minutes.")?;
    if items.len() > MOST_REMINDERS {
        return Err(message!("Must have at most {MOST_REMINDERS} reminders.", MOST_REMINDERS));
    }
    let mut seen = Vec::new();
    for item in items {
        let minutes =
            item.as_i64().filter(|minutes| (1..=LONGEST_REMINDER).contains(minutes)).ok_or_else(|| {
                message!("Must be whole minutes from 1 to {LONGEST_REMINDER} (four weeks).", LONGEST_REMINDER)
            })?;
        if seen.contains(&minutes) {
            return Err(message!("{minutes} minutes appears twice.", minutes));
        }
        seen.push(minutes);
    }
    Ok(())
}

/// Checks quiet hours, a period of the day without reminders that may pass midnight: `{"from": "22:00", "to":
/// "06:00"}`.
pub fn check_quiet_hours(json: &Json) -> Result<(), Message> {
    let expected = || "Enter both from and to, such as 22:00 and 06:00.".into();
    let object = json.as_object().filter(|object| object.len() == 2).ok_or_else(expected)?;
    let time = |name: &str| {
        let text = object.get(name).and_then(Json::as_str).filter(|text| text.len() == 5)?;
        text.parse::<Time>().ok()
    };
    match (time("from"), time("to")) {
        (Some(from), Some(to)) if from == to => {
            Err("The end of the quiet hours must differ from the start.".into())
        }
        (Some(_), Some(_)) => Ok(()),
        _ => Err(expected()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reminders_are_positive_minutes_each_once() {
        assert_eq!(check_reminders(&json!([10, 1440])), Ok(()));
        assert_eq!(check_reminders(&json!([])), Ok(()));
        let many: Vec<i64> = (1..=11).collect();
        for wrong in [
            json!(10),
            json!([0]),
            json!([-5]),
            json!([1.5]),
            json!(["10"]),
            json!([10, 10]),
            json!([50_000]),
            json!(many),
        ] {
            assert!(check_reminders(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn quiet_hours_need_two_different_ends() {
        assert_eq!(check_quiet_hours(&json!({ "from": "22:00", "to": "06:00" })), Ok(()));
        for wrong in [
            json!({ "from": "22:00" }),
            json!({ "from": "22:00", "to": "22:00" }),
            json!({ "from": "22:00", "to": "" }),
            json!({ "from": "25:00", "to": "06:00" }),
            json!({ "from": "22:00", "to": "06:00", "more": 1 }),
            json!("22:00"),
        ] {
            assert!(check_quiet_hours(&wrong).is_err(), "{wrong}");
        }
    }
}
