//! Registry: the description of all kinds.
//!
//! Validation, lists, filters, forms, pages, the API, its description, files, search and calendar dates are all
//! derived from the [`Kind`]s in [`crate::kinds`].

pub mod action;
mod area;
mod field;
mod field_group;
mod kind;
pub mod output;
mod reading;
mod record;
pub mod series;
pub mod shared;
pub mod typed;
mod value;

pub use crate::core::dates::{moment, parse_date};
pub use area::Area;
pub use field::{Field, FieldType, Initial, Source, Total};
pub use field_group::FieldGroup;
pub use kind::{Calculated, CalculatedForm, Concern, DateRole, Kind};
pub use reading::{MAXIMUM_LIST, check_text, form_to_json, parse_field, stored_value};
pub use record::Record;
pub use typed::{FieldName, TypedField};
pub use value::{Link, Value};

use serde::Serialize;

use crate::core::message::{Message, Word};
use crate::message;

/// Error about one field of an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Name of the field in the API; of a query parameter its name.
    pub field: String,
    /// Code for programs: `required`, `type`, `range`, `unknown_field`, …
    pub code: &'static str,
    /// Message for people: what was expected.
    pub message: Message,
}

impl FieldError {
    /// Creates an error.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<Message>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }

    /// Creates the error of a required value that is missing.
    #[must_use]
    pub fn required(field: &str, label: &'static str) -> Self {
        Self::new(field, "required", message!("{label} is required.", label = Word::label(label)))
    }
}

/// Module of the program: a filter and a color of the calendar, a group of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Module {
    /// Events, engagements, organizations, partnerships.
    Coordination,
    /// Mapping and needs assessment.
    Mana,
    /// PPAs, projects, money.
    Projects,
    /// Tasks.
    Tasks,
    /// Policy recommendations and their milestones.
    Policy,
    /// Service offerings and applications.
    Services,
    /// Teams, leave, training.
    Staff,
    /// Communities and places.
    Communities,
    /// Vehicles, rooms, equipment, facilitators.
    Resources,
    /// Public holidays.
    Holidays,
    /// External calendars.
    External,
    /// Users and settings; never on the calendar.
    Administration,
}

impl Module {
    /// Modules of the calendar, in the order of its filter.
    pub const CALENDAR: [Self; 11] = [
        Self::Coordination,
        Self::Mana,
        Self::Projects,
        Self::Tasks,
        Self::Policy,
        Self::Services,
        Self::Staff,
        Self::Communities,
        Self::Resources,
        Self::Holidays,
        Self::External,
    ];

    /// Key in addresses and in the API.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Coordination => "coordination",
            Self::Mana => "mana",
            Self::Projects => "projects",
            Self::Tasks => "tasks",
            Self::Policy => "policy",
            Self::Services => "services",
            Self::Staff => "staff",
            Self::Communities => "communities",
            Self::Resources => "resources",
            Self::Holidays => "holidays",
            Self::External => "external",
            Self::Administration => "administration",
        }
    }

    /// Returns the label on the screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Coordination => "Coordination",
            Self::Mana => "Mapping and needs",
            Self::Projects => "Projects",
            Self::Tasks => "Tasks",
            Self::Policy => "Policy",
            Self::Services => "Services",
            Self::Staff => "Staff",
            Self::Communities => "Communities",
            Self::Resources => "Resources",
            Self::Holidays => "Holidays",
            Self::External => "External",
            Self::Administration => "Administration",
        }
    }

    /// Color of the module, as a CSS color.
    #[must_use]
    pub const fn color(self) -> &'static str {
        match self {
            Self::Coordination => "#2563eb",
            Self::Mana => "#16a34a",
            Self::Projects => "#9333ea",
            Self::Tasks => "#7c3aed",
            Self::Policy => "#ea580c",
            Self::Services => "#0d9488",
            Self::Staff => "#0284c7",
            Self::Communities => "#e11d48",
            Self::Resources => "#d97706",
            Self::Holidays => "#6b7280",
            Self::External | Self::Administration => "#475569",
        }
    }

    /// Returns the module of that key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::CALENDAR.into_iter().find(|module| module.key() == key)
    }
}
