//! Records as JSON.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};

use super::field::{Field, FieldType};
use super::record::Record;
use super::value::{Link, Value};
use crate::registry::shared::{ALL_DAY, TIMEZONE};

/// Returns the record as in the API: the common members, then the fields of the kind.
#[must_use]
pub fn record(record: &Record) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("id".into(), json!(record.id));
    object.insert("kind".into(), json!(record.kind.name));
    object.insert("display_title".into(), json!(record.title()));
    object.insert("version".into(), json!(record.version));
    object.insert("created_at".into(), json!(record.created_at));
    object.insert("created_by".into(), json!(record.created_by));
    object.insert("updated_at".into(), json!(record.updated_at));
    object.insert("archived_at".into(), json!(record.archived_at));
    object.insert("url".into(), json!(record.kind.url(record.id)));
    for (position, field) in record.kind.visible() {
        object.insert(field.name.into(), in_record(record, field, &record.values[position]));
    }
    object
}

/// Returns a value in the context of its record: moments depend on `all_day` and `timezone`.
#[must_use]
pub fn in_record(record: &Record, field: &Field, value: &Value) -> Json {
    match (field.data, value) {
        (FieldType::Moment, Value::Instant(instant)) => {
            moment(*instant, ALL_DAY.get(record), TIMEZONE.get(record))
        }
        _ => plain(field, value),
    }
}

/// Returns a start or end as in the API: a day, or a point in time with the offset of the zone.
#[must_use]
pub fn moment(instant: Timestamp, all_day: bool, timezone: &str) -> Json {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    let local = instant.to_zoned(zone);
    if all_day { json!(local.date()) } else { json!(local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()) }
}

/// Returns a value without context, as in the history.
#[must_use]
pub fn plain(field: &Field, value: &Value) -> Json {
    match value {
        Value::Null => match field.data {
            FieldType::References(_)
            | FieldType::Links(_)
            | FieldType::Tags
            | FieldType::Moments
            | FieldType::Choices(_) => json!([]),
            _ => Json::Null,
        },
        Value::Integer(value) if matches!(field.data, FieldType::Decimal(..)) => decimal(*value),
        value => of_value(value),
    }
}

/// Returns a value as the input of a field has it; only decimals have another form.
#[must_use]
pub fn of_value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(value) => json!(value),
        Value::Integer(value) => json!(value),
        Value::Text(text) => json!(text),
        Value::Date(date) => json!(date),
        Value::Instant(instant) => json!(instant),
        Value::Id(id) => json!(id),
        Value::Ids(ids) => json!(ids),
        Value::Link(target) => link(target),
        Value::Links(links) => Json::Array(links.iter().map(link).collect()),
        Value::Json(value) => value.clone(),
    }
}

/// Returns hundredths as a JSON number, without a fraction when there is none.
fn decimal(hundredths: i64) -> Json {
    if hundredths % 100 == 0 {
        json!(hundredths / 100)
    } else {
        // Two decimals of a number this small survive the conversion to double and back.
        #[allow(clippy::cast_precision_loss)]
        let number = hundredths as f64 / 100.0;
        json!(number)
    }
}

fn link(link: &Link) -> Json {
    json!({ "kind": link.kind, "id": link.id })
}
