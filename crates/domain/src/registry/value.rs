//! Values of fields.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value as Json;

use crate::core::id::Id;

/// Reference to a record of any kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// Name of the kind, as in `ppa`.
    pub kind: String,
    /// The record.
    pub id: Id,
}

/// Value of one field of one record.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing was given.
    #[default]
    Null,
    /// Yes or no.
    Boolean(bool),
    /// A whole number: counts, centavos, hundredths of a decimal.
    Integer(i64),
    /// Text, stored exactly as it was typed.
    Text(String),
    /// A calendar day.
    Date(Date),
    /// A point in time.
    Instant(Timestamp),
    /// One record of the kind that the field names.
    Id(Id),
    /// Several records of the kind that the field names, in order.
    Ids(Vec<Id>),
    /// One record of any kind.
    Link(Link),
    /// Several records of any kind.
    Links(Vec<Link>),
    /// JSON with a structure of its own, checked by the field.
    Json(Json),
}

impl Value {
    /// Returns true if nothing was given; an empty list and blank text count as nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null | Self::Json(Json::Null) => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Ids(ids) => ids.is_empty(),
            Self::Links(links) => links.is_empty(),
            Self::Json(Json::Array(items)) => items.is_empty(),
            _ => false,
        }
    }

    /// Text or choice, empty when there is none.
    #[must_use]
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// Whole number.
    #[must_use]
    pub const fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// Yes or no; no when nothing is given.
    #[must_use]
    pub const fn as_flag(&self) -> bool {
        matches!(self, Self::Boolean(true))
    }

    /// Day.
    #[must_use]
    pub const fn as_date(&self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// Point in time.
    #[must_use]
    pub const fn as_instant(&self) -> Option<Timestamp> {
        match self {
            Self::Instant(instant) => Some(*instant),
            _ => None,
        }
    }

    /// Record that the value points at.
    #[must_use]
    pub const fn as_reference(&self) -> Option<Id> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Link(link) => Some(link.id),
            _ => None,
        }
    }

    /// Records that the value points at.
    #[must_use]
    pub fn as_references(&self) -> &[Id] {
        match self {
            Self::Ids(ids) => ids,
            _ => &[],
        }
    }

    /// Record of any kind that the value points at.
    #[must_use]
    pub const fn as_link(&self) -> Option<&Link> {
        match self {
            Self::Link(link) => Some(link),
            _ => None,
        }
    }

    /// Records of any kind that the value points at.
    #[must_use]
    pub fn as_links(&self) -> &[Link] {
        match self {
            Self::Links(links) => links,
            _ => &[],
        }
    }

    /// Returns the texts of a list; items that are not text are omitted.
    #[must_use]
    pub fn as_list(&self) -> Vec<&str> {
        match self {
            Self::Json(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Structure of its own.
    #[must_use]
    pub const fn as_structure(&self) -> Option<&Json> {
        match self {
            Self::Json(json) => Some(json),
            _ => None,
        }
    }

    /// Returns the ids of all records that the value refers to.
    #[must_use]
    pub fn targets(&self) -> Vec<Id> {
        match self {
            Self::Id(id) => vec![*id],
            Self::Ids(ids) => ids.clone(),
            Self::Link(link) => vec![link.id],
            Self::Links(links) => links.iter().map(|link| link.id).collect(),
            _ => Vec::new(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<Date> for Value {
    fn from(value: Date) -> Self {
        Self::Date(value)
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Instant(value)
    }
}

impl From<Id> for Value {
    fn from(value: Id) -> Self {
        Self::Id(value)
    }
}

impl From<Vec<Id>> for Value {
    fn from(value: Vec<Id>) -> Self {
        Self::Ids(value)
    }
}

impl From<Vec<Link>> for Value {
    fn from(value: Vec<Link>) -> Self {
        Self::Links(value)
    }
}

impl From<Vec<&str>> for Value {
    fn from(value: Vec<&str>) -> Self {
        Self::Json(value.into())
    }
}

impl From<Vec<String>> for Value {
    fn from(value: Vec<String>) -> Self {
        Self::Json(value.into())
    }
}

impl From<Json> for Value {
    fn from(value: Json) -> Self {
        Self::Json(value)
    }
}

impl From<Link> for Value {
    fn from(value: Link) -> Self {
        Self::Link(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
