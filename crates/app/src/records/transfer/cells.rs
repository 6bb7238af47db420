//! Cells of a file for programs: the value of a field as in the API.

use obcms_domain::registry::{Field, FieldType, Record, Value, output};
use serde_json::Value as Json;

/// Formats the value of a field as the text of a cell; empty if there is no value.
pub fn write(record: &Record, field: &Field) -> String {
    let value = record.get(field.name);
    match output::in_record(record, field, value) {
        Json::Null => String::new(),
        Json::String(text) => text,
        Json::Array(items) if items.is_empty() => String::new(),
        Json::Array(items) if matches!(field.data, FieldType::Structure(_)) => Json::Array(items).to_string(),
        Json::Array(items) => {
            let texts: Vec<String> = items.iter().map(item).collect();
            // A text with a comma would be read as two.
            if texts.iter().any(|text| text.contains([',', '\n'])) || texts[0].starts_with('[') {
                Json::Array(items).to_string()
            } else {
                texts.join(", ")
            }
        }
        Json::Object(_) if matches!(value, Value::Link(_)) => item(&output::in_record(record, field, value)),
        other => other.to_string(),
    }
}

/// Formats one item of a list: text unchanged, a link as `kind:id`.
fn item(json: &Json) -> String {
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    match (json, text("kind"), text("id")) {
        (Json::String(text), _, _) => text.clone(),
        (_, Some(kind), Some(id)) => format!("{kind}:{id}"),
        _ => json.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use obcms_domain::kinds::{PPA, TASK, TEAM};
    use obcms_domain::registry::{self, Kind};
    use serde_json::json;

    use super::*;
    use crate::records::transfer::names::Names;
    use crate::records::transfer::written::{Header, Row};

    fn record(kind: &'static Kind, name: &str, json: &Json) -> Record {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
        let now = "2027-01-01T00:00:00Z".parse().expect("an instant");
        let mut record = Record::new(kind, id, now, None);
        let field = kind.field(name).expect("a field");
        record.set(name, registry::parse_field(field, json).expect("a value"));
        record
    }

    #[test]
    fn cells_round_trip() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        for (kind, name, json) in [
            (&TASK, "title", json!("  \"quoted\", and = more ")),
            (&TASK, "origin", json!({ "kind": "event", "id": id })),
            (&TASK, "links", json!([{ "kind": "event", "id": id }, { "kind": "ppa", "id": id }])),
            (&TASK, "weight", json!(1.25)),
            (&TASK, "marked_at_risk", json!(true)),
            (&TEAM, "focus_areas", json!(["peace", "water, sanitation"])),
            (&TEAM, "focus_areas", json!(["[odd"])),
            (&PPA, "budget_allocation_centavos", json!(125_000_000)),
            (&PPA, "milestones", json!([{ "date": "2027-01-25", "title": "Design" }])),
        ] {
            let record = record(kind, name, &json);
            let field = kind.field(name).expect("a field");
            let text = write(&record, field);
            let row = Row { zone: &TimeZone::UTC, all_day: false, names: &Names::default() };
            assert_eq!(row.read(field, Header::Name, &text), (json, None), "{name} as {text}");
        }
    }
}
