//! One record of any kind.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value as Json};

use super::kind::Kind;
use super::output;
use super::series::CONTINUES;
use super::value::{Link, Value};
use crate::core::id::Id;

/// One record: the common columns and the values of its kind's fields, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Description of the record.
    pub kind: &'static Kind,
    /// Identity.
    pub id: Id,
    /// Counts the changes by people; a stale one is refused.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom; nobody for what the program itself made.
    pub created_by: Option<Id>,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was archived, if it is.
    pub archived_at: Option<Timestamp>,
    /// One value for each field of the kind.
    pub values: Vec<Value>,
}

impl Record {
    /// An empty record of the kind.
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

    /// Returns true if the record is a request, which more people may make than other records.
    #[must_use]
    pub fn is_request(&self) -> bool {
        match self.kind.request {
            Some((field, value)) => self.text(field) == value,
            None => self.kind.all_requests,
        }
    }

    /// Returns true if somebody has decided on what the record asks for; its maker no longer writes its figures then.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        match self.kind.undecided {
            Some((field, value)) => self.text(field) != value,
            None => self.kind.decisions.contains(&self.state()),
        }
    }

    /// The value of a field; nothing when the kind has no such field.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        self.kind.position(name).map_or(&Value::Null, |position| &self.values[position])
    }

    /// Sets a field. A name that the kind does not have is a defect of the program and is ignored in release.
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

    /// The series that this one is the rest of, since that was split.
    #[must_use]
    pub fn continues(&self) -> Option<Id> {
        CONTINUES.get(self)
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> &str {
        self.text(self.kind.title)
    }

    /// Its state, empty when the kind has none.
    #[must_use]
    pub fn state(&self) -> &str {
        if self.kind.state.is_empty() { "" } else { self.text(self.kind.state) }
    }

    /// Whether it is archived.
    #[must_use]
    pub fn is_archived(&self) -> bool {
        self.archived_at.is_some()
    }

    /// Everyone who is named on it.
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

    /// The record as the API shows it.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Json> {
        output::record(self)
    }
}
