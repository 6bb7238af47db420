//! Bodies of the actions on calendar entries and recurrence rules.

use serde_json::{Value as Json, json};

use super::series::list_of_texts;
use crate::choices::SERIES_SCOPES;
use crate::core::message::Message;
use crate::message;
use crate::registry::action::{ActionBody, Member};
use crate::registry::typed::{Flag, Integer, Reference, Structure, Text};

/// Start of an entry, or of a window.
pub const START: Member<Text> = Member::text("start", "Start", 60).help("A day, or an instant with offset");
/// End of an entry, exclusive.
pub const END: Member<Text> =
    Member::text("end", "End", 60).help("Exclusive; the length stays when it is left out");
/// All-day flag.
pub const ALL_DAY: Member<Flag> = Member::flag("all_day", "All day");
/// Person who replaces another one.
pub const PERSON: Member<Reference> =
    Member::reference("person", "Person", "user").help("Id of the person who replaces `instead_of`");
/// Resource that replaces another one.
pub const RESOURCE: Member<Reference> = Member::reference("resource", "Resource", "resource")
    .help("Id of the resource that replaces the current one, or `instead_of` when an event has several");
/// Person or resource that is replaced.
pub const INSTEAD_OF: Member<Reference> =
    Member::reference("instead_of", "Instead of", "record").help("Id of the person or resource to replace");
fn check_ids(json: &Json) -> Result<(), Message> {
    let items = json.as_array().ok_or("Must be a list of ids.")?;
    if items.iter().all(Json::is_string) { Ok(()) } else { Err("Must be a list of ids.".into()) }
}

fn ids_schema() -> Json {
    json!({ "type": ["array", "null"], "items": { "type": "string", "format": "uuid" }, "maxItems": 50 })
}

/// Resources that are booked for an event.
pub const RESOURCES: Member<Structure> = Member::raw("resources", "Resources", check_ids, ids_schema).help(
    "For an event: ids of the resources that are booked with it; bookings of others are cancelled. Without it, \
     the bookings move with the event",
);
/// Reach of the change of one occurrence.
pub const SCOPE: Member<Text> = Member::choice("scope", "Scope", SERIES_SCOPES)
    .help("For an occurrence of a series: which occurrences change; this one by default");

/// `PATCH /calendar/entries/ENTRY_ID`.
pub const MOVE_ENTRY: ActionBody = ActionBody::new(&[
    START.field(),
    END.field(),
    ALL_DAY.field(),
    PERSON.field(),
    RESOURCE.field(),
    INSTEAD_OF.field(),
    RESOURCES.field(),
    SCOPE.field(),
]);
/// `POST /calendar/entries/ENTRY_ID/copy`.
pub const COPY_ENTRY: ActionBody = ActionBody::new(&[
    START.field(),
    END.field(),
    ALL_DAY.field(),
    PERSON.field(),
    RESOURCE.field(),
    INSTEAD_OF.field(),
]);

/// Maximum number of occurrences in a response.
pub const GREATEST_LIMIT: i64 = 10_000;
/// Maximum number of `rdates` and of `exdates`.
const LONGEST_LIST: usize = 5000;

fn check_list(json: &Json) -> Result<(), Message> {
    let items = list_of_texts(json).ok_or("Must be a list of texts.")?;
    if items.len() > LONGEST_LIST {
        return Err(message!("Must have at most {LONGEST_LIST} entries.", LONGEST_LIST));
    }
    if items.contains(&None) { Err("Must be a list of texts.".into()) } else { Ok(()) }
}

fn list_schema() -> Json {
    json!({ "type": ["array", "string", "null"], "items": { "type": "string" }, "maxItems": LONGEST_LIST })
}

/// First start.
pub const DTSTART: Member<Text> = Member::text("dtstart", "First start", 60)
    .required()
    .help("A date, a local date-time, or an instant with offset, converted to the zone");
/// Zone of local times.
pub const TIMEZONE: Member<Text> =
    Member::text("timezone", "Time zone", 100).help("IANA name; the office's zone by default");
/// Recurrence rule.
pub const RRULE: Member<Text> = Member::text("rrule", "Rule", 2000)
    .help("Such as FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10; without it, there is one occurrence");
/// Additional dates.
pub const RDATES: Member<Structure> = Member::raw("rdates", "Additional dates", check_list, list_schema)
    .help(
        "Further dates; also periods such as 2027-01-25T09:00:00/PT1H; as a text with commas between as well",
    );
/// Exceptions.
pub const EXDATES: Member<Structure> = Member::raw("exdates", "Exceptions", check_list, list_schema)
    .help("Excluded dates; a date excludes the whole day; as a text with commas between as well");
/// Number of occurrences.
pub const LIMIT: Member<Integer> = Member::integer("limit", "Limit", 1, GREATEST_LIMIT)
    .help("Maximum number of occurrences: 50 by default, or all in the window");
/// Start of the window.
pub const WINDOW_START: Member<Text> =
    Member::text("start", "Start", 60).help("Only occurrences that start then or later");
/// End of the window.
pub const WINDOW_END: Member<Text> =
    Member::text("end", "End", 60).help("Only occurrences that start before");

/// `POST /recurrence/preview`.
pub const PREVIEW: ActionBody = ActionBody::new(&[
    DTSTART.field(),
    TIMEZONE.field(),
    RRULE.field(),
    RDATES.field(),
    EXDATES.field(),
    LIMIT.field(),
    WINDOW_START.field(),
    WINDOW_END.field(),
]);
