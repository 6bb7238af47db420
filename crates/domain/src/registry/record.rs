//! Record of any kind.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value as Json};

use super::kind::Kind;
use super::output::Representation;
use super::series::CONTINUES;
use super::value::{Link, Value};
use crate::core::id::Id;

/// Record: the common columns and the values of the fields of its kind, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Kind of the record.
    pub kind: &'static Kind,
    /// Identity.
    pub id: Id,
    /// Version: counts the changes by people; a write with an old one is refused.
    pub version: i64,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Creator; `None` for records of the program itself.
    pub created_by: Option<Id>,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Time of archiving, if archived.
    pub archived_at: Option<Timestamp>,
    /// One value for each field of the kind.
    pub values: Vec<Value>,
}

impl Record {
    /// Creates an empty record of the kind.
    #[must_use]
    pub fn new(kind: &'static Kind, id: Id, now: Timestamp, created_by: Option<Id>) -> Self {
        Self {
            kind,
            id,
            version: 1,
            created_at: now,
            created_by,
            updated_at: now,
            archived_at: None,
            values: vec![Value::Null; kind.fields.len()],
        }
    }

    /// Returns true if the record is a request, which more people may create than other records.
    #[must_use]
    pub fn is_request(&self) -> bool {
        match self.kind.request {
            Some((field, value)) => self.text(field) == value,
            None => self.kind.all_requests,
        }
    }

    /// Returns true if somebody has decided on the request; its creator may then no longer write its figures.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        match self.kind.undecided {
            Some((field, value)) => self.text(field) != value,
            None => self.kind.decisions.contains(&self.state()),
        }
    }

    /// Returns the value of a field; `Null` when the kind has no such field.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        self.kind.position(name).map_or(&Value::Null, |position| &self.values[position])
    }

    /// Sets a field. An unknown name is a defect of the program, ignored in release builds.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let position = self.kind.position(name);
        debug_assert!(position.is_some(), "{} has no field {name}", self.kind.name);
        if let Some(position) = position {
            self.values[position] = value.into();
        }
    }

    /// Text or choice of a field, empty when nothing is given.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).as_text()
    }

    /// Whole number of a field.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.get(name).as_integer()
    }

    /// Yes or no; no when nothing is given.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).as_flag()
    }

    /// Day of a field.
    #[must_use]
    pub fn date(&self, name: &str) -> Option<Date> {
        self.get(name).as_date()
    }

    /// Point in time of a field.
    #[must_use]
    pub fn instant(&self, name: &str) -> Option<Timestamp> {
        self.get(name).as_instant()
    }

    /// Record that a field points at.
    #[must_use]
    pub fn reference(&self, name: &str) -> Option<Id> {
        self.get(name).as_reference()
    }

    /// Records that a field points at.
    #[must_use]
    pub fn references(&self, name: &str) -> &[Id] {
        self.get(name).as_references()
    }

    /// Record of any kind that a field points at.
    #[must_use]
    pub fn link(&self, name: &str) -> Option<&Link> {
        self.get(name).as_link()
    }

    /// Returns the series that this one continues after a split.
    #[must_use]
    pub fn continues(&self) -> Option<Id> {
        CONTINUES.get(self)
    }

    /// Returns the title.
    #[must_use]
    pub fn title(&self) -> &str {
        self.text(self.kind.title)
    }

    /// Returns the state; empty when the kind has none.
    #[must_use]
    pub fn state(&self) -> &str {
        if self.kind.state.is_empty() { "" } else { self.text(self.kind.state) }
    }

    /// Returns true if it is archived.
    #[must_use]
    pub fn is_archived(&self) -> bool {
        self.archived_at.is_some()
    }

    /// Returns all people of the record.
    #[must_use]
    pub fn people(&self) -> Vec<Id> {
        let mut people: Vec<Id> = Vec::new();
        for field in self.kind.people {
            for id in self.get(field).targets() {
                if !people.contains(&id) {
                    people.push(id);
                }
            }
        }
        people
    }

    /// Returns the record as in the API.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Json> {
        Representation::of(self).to_object()
    }
}
