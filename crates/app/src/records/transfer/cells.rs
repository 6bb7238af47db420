//! Cells of a file: a field of a record as text, and text as input.

use obcms_domain::registry::{self, Field, FieldType, Record, Value, output};
use serde_json::{Value as Json, json};

/// Returns true if cells of the field hold a number.
pub fn is_number(field: &Field) -> bool {
    matches!(field.data, FieldType::Integer(..) | FieldType::Decimal(..) | FieldType::Money)
}

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

/// Parses the text of a cell as input for the field. What cannot be parsed stays text, and is refused with its row.
pub fn read(field: &Field, text: &str) -> Json {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return output::plain(field, &Value::Null);
    }
    match field.data {
        FieldType::Text(_) | FieldType::Multiline(_) => json!(text),
        FieldType::Boolean => match trimmed.to_lowercase().as_str() {
            "true" | "yes" | "1" => json!(true),
            "false" | "no" | "0" => json!(false),
            _ => json!(text),
        },
        // The column is in centavos, as its name shows; pesos as people type them are for forms.
        FieldType::Money | FieldType::Integer(..) => parse_integer(trimmed),
        FieldType::Tags | FieldType::Moments | FieldType::Choices(_) | FieldType::References(_)
            if trimmed.starts_with('[') =>
        {
            serde_json::from_str(trimmed).unwrap_or_else(|_| json!(text))
        }
        _ => registry::form_to_json(field, &[text.to_owned()]),
    }
}

/// Parses a whole number, also as spreadsheets write it: `12.0`, `1,200`.
fn parse_integer(text: &str) -> Json {
    let plain = text.replace([',', ' '], "");
    let digits = plain.split_once('.').map_or(plain.as_str(), |(digits, fraction)| {
        if fraction.bytes().all(|digit| digit == b'0') { digits } else { plain.as_str() }
    });
    digits.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
}

#[cfg(test)]
mod tests {
    use obcms_domain::kinds::{PPA, TASK, TEAM};
    use obcms_domain::registry::Kind;

    use super::*;

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
            assert_eq!(read(field, &text), json, "{name} as {text}");
        }
    }

    #[test]
    fn spreadsheet_numbers_are_parsed() {
        assert_eq!(parse_integer("1,200"), json!(1200));
        assert_eq!(parse_integer("12.0"), json!(12));
        assert_eq!(parse_integer("12.5"), json!("12.5"));
        assert_eq!(parse_integer("about 3"), json!("about 3"));
    }
}
