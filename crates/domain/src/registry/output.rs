//! Records as JSON.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

use super::field::{Field, FieldType};
use super::record::Record;
use super::value::{Link, Value};
use crate::registry::shared::{ALL_DAY, TIMEZONE};

/// Record as in the API: the common members, the fields of its kind, and further members. It is serialized as it is read,
/// without a tree of values between, because lists have hundreds of records with dozens of fields.
#[derive(Clone, Debug)]
pub struct Representation<'a> {
    record: &'a Record,
    further: Vec<(&'static str, Json)>,
}

impl<'a> Representation<'a> {
    /// Returns the representation without further members.
    #[must_use]
    pub fn of(record: &'a Record) -> Self {
        Self { record, further: Vec::new() }
    }

    /// Adds further members. One with the name of a common member or a field replaces its value.
    pub fn extend(&mut self, members: impl IntoIterator<Item = (&'static str, Json)>) {
        for (name, value) in members {
            match self.further.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => self.further.push((name, value)),
            }
        }
    }

    /// Returns the representation as an object.
    #[must_use]
    pub fn to_object(&self) -> Map<String, Json> {
        match serde_json::to_value(self) {
            Ok(Json::Object(object)) => object,
            // A record is serialized as a map with names for keys.
            _ => Map::new(),
        }
    }
}

impl Serialize for Representation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.record;
        let mut members = Members {
            map: serializer.serialize_map(None)?,
            further: &self.further,
            is_written: vec![false; self.further.len()],
        };
        members.put("id", &record.id)?;
        members.put("kind", record.kind.name)?;
        members.put("display_title", record.title())?;
        members.put("version", &record.version)?;
        members.put("created_at", &record.created_at)?;
        members.put("created_by", &record.created_by)?;
        members.put("updated_at", &record.updated_at)?;
        members.put("archived_at", &record.archived_at)?;
        members.put("url", &record.kind.url(record.id))?;
        for (position, field) in record.kind.visible() {
            members.put(field.name, &InRecord(record, field, &record.values[position]))?;
        }
        members.end()
    }
}

/// Members that are being written, with those that replace or follow them.
struct Members<'a, M> {
    map: M,
    further: &'a [(&'static str, Json)],
    is_written: Vec<bool>,
}

impl<M: SerializeMap> Members<'_, M> {
    fn put<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), M::Error> {
        match self.further.iter().position(|(known, _)| *known == name) {
            Some(place) => {
                self.is_written[place] = true;
                self.map.serialize_entry(name, &self.further[place].1)
            }
            None => self.map.serialize_entry(name, value),
        }
    }

    fn end(mut self) -> Result<M::Ok, M::Error> {
        for ((name, value), _) in self.further.iter().zip(&self.is_written).filter(|(_, written)| !**written)
        {
            self.map.serialize_entry(name, value)?;
        }
        self.map.end()
    }
}

/// Value in the context of its record: moments depend on `all_day` and `timezone`.
struct InRecord<'a>(&'a Record, &'a Field, &'a Value);

impl Serialize for InRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(record, field, value) = self;
        match (field.data, value) {
            (FieldType::Moment, Value::Instant(instant)) => {
                moment(*instant, ALL_DAY.get(record), TIMEZONE.get(record)).serialize(serializer)
            }
            _ => Plain(field, value).serialize(serializer),
        }
    }
}

/// Value without context, as in the history.
struct Plain<'a>(&'a Field, &'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(field, value) = self;
        match value {
            Value::Null => match field.data {
                FieldType::References(_)
                | FieldType::Links(_)
                | FieldType::Tags
                | FieldType::Moments
                | FieldType::Choices(_) => serializer.collect_seq([(); 0]),
                _ => serializer.serialize_unit(),
            },
            // Hundredths, without a fraction when there is none.
            Value::Integer(hundredths) if matches!(field.data, FieldType::Decimal(..)) => {
                if hundredths % 100 == 0 {
                    serializer.serialize_i64(hundredths / 100)
                } else {
                    // Two decimals of a number this small survive the conversion to double and back.
                    #[allow(clippy::cast_precision_loss)]
                    serializer.serialize_f64(*hundredths as f64 / 100.0)
                }
            }
            value => Given(value).serialize(serializer),
        }
    }
}

/// Value as the input of a field has it; only decimals have another form.
struct Given<'a>(&'a Value);

impl Serialize for Given<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Boolean(value) => value.serialize(serializer),
            Value::Integer(value) => value.serialize(serializer),
            Value::Text(text) => text.serialize(serializer),
            Value::Date(date) => date.serialize(serializer),
            Value::Instant(instant) => instant.serialize(serializer),
            Value::Id(id) => id.serialize(serializer),
            Value::Ids(ids) => ids.serialize(serializer),
            Value::Link(link) => Target(link).serialize(serializer),
            Value::Links(links) => serializer.collect_seq(links.iter().map(Target)),
            Value::Json(value) => value.serialize(serializer),
        }
    }
}

/// Record that a link names.
struct Target<'a>(&'a Link);

impl Serialize for Target<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("kind", &self.0.kind)?;
        map.serialize_entry("id", &self.0.id)?;
        map.end()
    }
}

fn json(value: &impl Serialize) -> Json {
    // No value has another shape than JSON has.
    serde_json::to_value(value).unwrap_or_default()
}

/// Returns a value in the context of its record: moments depend on `all_day` and `timezone`.
#[must_use]
pub fn in_record(record: &Record, field: &Field, value: &Value) -> Json {
    json(&InRecord(record, field, value))
}

/// Returns a start or end as in the API: a day, or a point in time with the offset of the zone.
#[must_use]
pub fn moment(instant: Timestamp, all_day: bool, timezone: &str) -> String {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    let local = instant.to_zoned(zone);
    if all_day { local.date().to_string() } else { local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string() }
}

/// Returns a value without context, as in the history.
#[must_use]
pub fn plain(field: &Field, value: &Value) -> Json {
    json(&Plain(field, value))
}

/// Returns a value as the input of a field has it; only decimals have another form.
#[must_use]
pub fn of_value(value: &Value) -> Json {
    json(&Given(value))
}
