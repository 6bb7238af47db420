//! Items of a task template: members and their checks.

use serde_json::{Map, Value as Json};

use crate::choices::{self, ANCHORS, ASSIGNEE_RULES, DUE_RULES, PRIORITIES, RESOURCE_TYPES, TASK_PHASES};
use crate::core::id::Id;
use crate::core::message::{Message, Word};
use crate::message;

/// Maximum number of items of a template.
pub const MAXIMUM_ITEMS: usize = 200;

/// Largest offset in days, in either direction.
const FURTHEST: i64 = 3650;
/// Largest distance of a booking from the due date of its task, in days.
const FURTHEST_BOOKING: i64 = 365;

/// Members of an item.
pub const MEMBERS: [&str; 17] = [
    "key",
    "title",
    "description",
    "anchor",
    "offset_days",
    "due_rule",
    "priority",
    "estimated_hours",
    "phase",
    "assignee",
    "prerequisites",
    "visible_to_partners",
    "booking_resource",
    "booking_resource_type",
    "booking_days",
    "booking_start",
    "booking_hours",
];

/// Invalid value of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemProblem {
    /// Place of the item, from 0.
    pub place: usize,
    /// Member; empty for the item as a whole.
    pub member: String,
    /// Problem, with the number of the item.
    pub message: Message,
}

/// Checks the items of a template: a list of objects with the members of [`MEMBERS`].
pub fn check_items(json: &Json) -> Result<(), Message> {
    match problems(json)?.into_iter().next() {
        Some(problem) => Err(problem.message),
        None => Ok(()),
    }
}

/// Returns all invalid values of the items.
///
/// # Errors
///
/// When there is no list, or a list that is too long.
pub fn problems(json: &Json) -> Result<Vec<ItemProblem>, Message> {
    let items = json.as_array().ok_or("Must be a list of items.")?;
    if items.len() > MAXIMUM_ITEMS {
        return Err(message!("Must have at most {MAXIMUM_ITEMS} items.", MAXIMUM_ITEMS));
    }
    let mut found = Vec::new();
    let mut keys: Vec<&str> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let number = place + 1;
        let Some(object) = item.as_object() else {
            let message = message!("Item {number} is not an object.", number);
            found.push(ItemProblem { place, member: String::new(), message });
            continue;
        };
        let mut refuse = |member: &str, message: Message| {
            found.push(ItemProblem { place, member: member.to_owned(), message });
        };
        if let Some(unknown) = object.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
            let message = message!(
                "Item {number} has an unknown member: {unknown}.",
                number,
                unknown = Word::text(unknown)
            );
            refuse(unknown, message);
        }
        check_names(object, number, &keys, &mut refuse);
        check_values(object, number, &mut refuse);
        check_booking(object, number, &mut refuse);
        keys.push(text(object, "key"));
    }
    Ok(found)
}

fn text<'a>(item: &'a Map<String, Json>, name: &str) -> &'a str {
    item.get(name).and_then(Json::as_str).unwrap_or_default()
}

fn is_given(item: &Map<String, Json>, name: &str) -> bool {
    !matches!(item.get(name), None | Some(Json::Null)) && item.get(name) != Some(&Json::String(String::new()))
}

/// Checks key, title and prerequisites, which must precede their dependents, so that there can be no cycle.
fn check_names(
    item: &Map<String, Json>,
    number: usize,
    keys: &[&str],
    refuse: &mut impl FnMut(&str, Message),
) {
    let key = text(item, "key");
    let plain =
        |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
    if key.is_empty() || key.len() > 60 || !key.chars().all(plain) || keys.contains(&key) {
        refuse(
            "key",
            message!(
                "Item {number} needs a unique key of lower-case letters, digits and underscores.",
                number
            ),
        );
    }
    if text(item, "title").trim().is_empty() || text(item, "title").chars().count() > 255 {
        refuse("title", message!("Item {number} needs a title of at most 255 characters.", number));
    }
    let prerequisites = item.get("prerequisites").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let is_above = |name: &Json| name.as_str().is_some_and(|name| keys.contains(&name));
    if !prerequisites.iter().all(is_above) {
        refuse("prerequisites", message!("Item {number} can depend only on items above it.", number));
    }
}

fn check_values(item: &Map<String, Json>, number: usize, refuse: &mut impl FnMut(&str, Message)) {
    if !choices::contains(ANCHORS, text(item, "anchor")) {
        refuse("anchor", message!("The anchor of item {number} must be start or end.", number));
    }
    match item.get("offset_days").and_then(Json::as_i64) {
        Some(days) if (-FURTHEST..=FURTHEST).contains(&days) => {}
        _ => refuse("offset_days", message!("Item {number} needs an offset in whole days.", number)),
    }
    if is_given(item, "due_rule") && !choices::contains(DUE_RULES, text(item, "due_rule")) {
        refuse("due_rule", message!("Item {number} has an unknown rule for weekends and holidays.", number));
    }
    if !choices::contains(PRIORITIES, text(item, "priority")) {
        refuse("priority", message!("Item {number} has an unknown priority.", number));
    }
    if !text(item, "phase").is_empty() && !choices::contains(TASK_PHASES, text(item, "phase")) {
        refuse("phase", message!("Item {number} has an unknown phase.", number));
    }
    if !choices::contains(ASSIGNEE_RULES, text(item, "assignee")) {
        refuse("assignee", message!("Item {number} has an unknown assignee.", number));
    }
    match item.get("estimated_hours") {
        None | Some(Json::Null) => {}
        Some(hours) if hours.as_f64().is_some_and(|hours| (0.0..=9999.0).contains(&hours)) => {}
        _ => refuse(
            "estimated_hours",
            message!("The hours of item {number} must be a number from 0 to 9999.", number),
        ),
    }
    if !matches!(item.get("visible_to_partners"), None | Some(Json::Null | Json::Bool(_))) {
        refuse(
            "visible_to_partners",
            message!("Visible to partners of item {number} must be true or false.", number),
        );
    }
}

/// Checks the booking of an item: a resource or a type of resource, and times relative to the due date.
fn check_booking(item: &Map<String, Json>, number: usize, refuse: &mut impl FnMut(&str, Message)) {
    let (resource, kind) = ("booking_resource", "booking_resource_type");
    if is_given(item, resource) && text(item, resource).parse::<Id>().is_err() {
        refuse(resource, message!("The resource of item {number} must be the id of a resource.", number));
    }
    if is_given(item, kind) && !choices::contains(RESOURCE_TYPES, text(item, kind)) {
        refuse(kind, message!("Item {number} has an unknown type of resource.", number));
    }
    if is_given(item, resource) && is_given(item, kind) {
        refuse(kind, message!("Item {number} books either a resource or a type of resource.", number));
    }
    if is_given(item, "booking_days")
        && item["booking_days"]
            .as_i64()
            .is_none_or(|days| !(-FURTHEST_BOOKING..=FURTHEST_BOOKING).contains(&days))
    {
        refuse(
            "booking_days",
            message!(
                "The booking of item {number} must be at most {FURTHEST_BOOKING} days from the due date.",
                number,
                FURTHEST_BOOKING
            ),
        );
    }
    if is_given(item, "booking_start") && minutes(text(item, "booking_start")).is_none() {
        refuse("booking_start", message!("The booking of item {number} needs a time such as 08:00.", number));
    }
    if is_given(item, "booking_hours")
        && item["booking_hours"].as_f64().is_none_or(|hours| hours <= 0.0 || hours > 24.0)
    {
        refuse(
            "booking_hours",
            message!("The booking of item {number} must take from 0 to 24 hours.", number),
        );
    }
}

/// Returns the minutes after midnight of a time `HH:MM`.
#[must_use]
pub fn minutes(time: &str) -> Option<i64> {
    let (hours, minutes) = time.split_once(':')?;
    let number = |text: &str, below: i64| {
        let is_plain = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|number| is_plain && *number < below)
    };
    Some(number(hours, 24)? * 60 + number(minutes, 60)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(more: &Json) -> Vec<String> {
        let mut item = json!({
            "key": "a", "title": "A", "anchor": "start", "offset_days": 0, "priority": "medium",
            "assignee": "creator",
        });
        item.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
        problems(&json!([item])).expect("a list").into_iter().map(|problem| problem.member).collect()
    }

    #[test]
    fn each_wrong_member_is_named() {
        assert!(of(&json!({})).is_empty());
        let id = "0192d3a0-0000-7000-8000-000000000001";
        assert!(of(&json!({ "booking_resource": id, "booking_days": -1, "booking_start": "08:00", "booking_hours": 4 })).is_empty());
        assert_eq!(
            of(&json!({ "title": "", "offset_days": "soon", "anchor": "x" })),
            ["title", "anchor", "offset_days"]
        );
        assert_eq!(
            of(&json!({ "booking_resource": "x", "booking_resource_type": "castle" })),
            ["booking_resource", "booking_resource_type", "booking_resource_type",]
        );
        assert_eq!(
            of(&json!({ "booking_start": "25:00", "booking_hours": 0, "booking_days": 9999 })),
            ["booking_days", "booking_start", "booking_hours",]
        );
        assert_eq!(of(&json!({ "shape": "round", "prerequisites": ["b"] })), ["shape", "prerequisites"]);
    }

    #[test]
    fn times_are_read() {
        assert_eq!((minutes("08:30"), minutes("0:05"), minutes("23:59")), (Some(510), Some(5), Some(1439)));
        assert_eq!(
            (minutes("24:00"), minutes("8"), minutes("+8:00"), minutes("08:0x")),
            (None, None, None, None)
        );
    }
}
