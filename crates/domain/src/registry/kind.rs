//! Description of a kind.

use super::area::Area;
use super::field::{Field, FieldType, Source};
use super::field_group::FieldGroup;
use super::record::Record;
use super::typed::{FieldName, FieldShape, TypedField};
use super::{FieldError, Module};

/// Date of a kind on the calendar.
#[derive(Clone, Copy, Debug)]
pub struct DateRole {
    /// Kind of the calendar entry, unique over the whole registry.
    pub entry_kind: &'static str,
    /// Label before the title; empty when the entry is the record itself.
    pub label: &'static str,
    /// Field with the start, or structure with milestones.
    pub start: &'static str,
    /// Field with the end (inclusive when a date); empty for a single day.
    pub end: &'static str,
    /// True if whoever may edit the record can move it on the calendar.
    pub movable: bool,
}

impl DateRole {
    /// A single day, taken from one field, movable.
    #[must_use]
    pub const fn day(entry_kind: &'static str, label: &'static str, field: &'static str) -> Self {
        Self { entry_kind, label, start: field, end: "", movable: true }
    }

    /// Period of days or of time between two fields, movable and resizable.
    #[must_use]
    pub const fn span(
        entry_kind: &'static str,
        label: &'static str,
        start: &'static str,
        end: &'static str,
    ) -> Self {
        Self { entry_kind, label, start, end, movable: true }
    }
}

/// Way in which a record concerns an organization or community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The record is one itself.
    Itself,
    /// The record concerns every reader of its kind.
    Everyone,
    /// A field names one.
    Field(FieldName),
    /// A field names a record whose field names one.
    Through(FieldName, FieldName),
}

impl Concern {
    /// Returns the concern of a field that names an organization or community.
    #[must_use]
    pub const fn field<T: FieldShape>(field: TypedField<T>) -> Self {
        Self::Field(field.erased())
    }

    /// Returns the concern of the field `first`, which names a record that has the field `second`.
    #[must_use]
    pub const fn through<T: FieldShape, U: FieldShape>(first: TypedField<T>, second: TypedField<U>) -> Self {
        Self::Through(first.erased(), second.erased())
    }

    /// Returns the name of the field if the record itself names the organization or community.
    #[must_use]
    pub const fn own_field(self) -> Option<&'static str> {
        match self {
            Self::Field(field) => Some(field.as_str()),
            Self::Itself | Self::Everyone | Self::Through(..) => None,
        }
    }
}

/// Column of lists and files that is calculated from other records: a member that the representation adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calculated {
    /// Name of the member.
    pub name: &'static str,
    /// Label.
    pub label: &'static str,
    /// Field whose column it follows.
    pub after: &'static str,
    /// Form of its values.
    pub form: CalculatedForm,
}

/// Form of calculated values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalculatedForm {
    /// Centavos.
    Money,
    /// Whole number.
    Whole,
    /// Number with at most two decimals.
    Decimal,
    /// Fraction, shown as whole percent.
    Share,
}

/// Kind of record.
pub struct Kind {
    /// Singular name: `policy_milestone`.
    pub name: &'static str,
    /// Address of the collection: `policy-milestones`.
    pub collection: &'static str,
    /// Table in the database.
    pub table: &'static str,
    /// Label, singular.
    pub label: &'static str,
    /// Label, plural.
    pub plural: &'static str,
    /// Icon of the navigation.
    pub icon: &'static str,
    /// Purpose, for the empty list and the guide.
    pub purpose: &'static str,
    /// Module, which gives calendar filter and color.
    pub module: Module,
    /// Area of the policy table.
    pub area: Area,
    /// The fields in the order of form and file.
    pub fields: &'static [Field],
    /// Columns of lists and files whose values are calculated from other records.
    pub calculated: &'static [Calculated],
    /// Field with the title.
    pub title: &'static str,
    /// Fields that tell records of one title apart, for probable duplicates in imported files.
    pub told_apart_by: &'static [&'static str],
    /// Field with the state, or empty.
    pub state: &'static str,
    /// States that ask for attention, shown as a warning.
    pub alarming: &'static [&'static str],
    /// Dates on the calendar.
    pub dates: &'static [DateRole],
    /// Ways in which a record concerns an organization or community.
    pub concerns: &'static [Concern],
    /// Flag, link and kind: a flagged record is visible to actors who see a part of that kind and the linked record.
    pub published: Option<(&'static str, &'static str, &'static str)>,
    /// Fields with the people of a record.
    pub people: &'static [&'static str],
    /// Those of `people` that only invite: such people see the record and do not change it.
    pub invited: &'static [&'static str],
    /// States that only a decision sets or clears.
    pub decisions: &'static [&'static str],
    /// Field that makes a record a request, with its value; `None` where none or all are.
    pub request: Option<(&'static str, &'static str)>,
    /// True if every record is a request, which more people may create than other records.
    pub all_requests: bool,
    /// Field and value of a record without a decision; `None` where the states in `decisions` show it.
    pub undecided: Option<(&'static str, &'static str)>,
    /// Default sort of the list.
    pub default_sort: &'static str,
    /// Rules over several fields.
    pub rules: fn(&Record, &mut Vec<FieldError>),
    /// True if the page of the list shows the records that are not over first, by their dates on the calendar.
    pub upcoming_first: bool,
    /// Flag whose records everyone of the office sees, beside their own; empty for none.
    pub shared_by: &'static str,
    /// True if people create, change and archive records through the registry; false for places.
    pub writable: bool,
    /// True if records are never changed, archived or undone after creation; a wrong one is reversed by another.
    pub append_only: bool,
    /// True if files can be attached to its records.
    pub has_attachments: bool,
    /// Listed in the navigation.
    pub in_navigation: bool,
}

fn no_rules(_: &Record, _: &mut Vec<FieldError>) {}

impl Kind {
    /// Creates a kind with name, collection and table, without fields.
    #[must_use]
    pub const fn new(name: &'static str, collection: &'static str, table: &'static str) -> Self {
        Self {
            name,
            collection,
            table,
            label: "",
            plural: "",
            icon: "file-text",
            purpose: "",
            module: Module::Administration,
            area: Area::Reference,
            fields: &[],
            calculated: &[],
            title: "title",
            told_apart_by: &[],
            state: "",
            alarming: &[],
            dates: &[],
            concerns: &[],
            published: None,
            people: &[],
            invited: &[],
            decisions: &[],
            request: None,
            all_requests: false,
            undecided: None,
            default_sort: "-created_at",
            rules: no_rules,
            upcoming_first: false,
            shared_by: "",
            writable: true,
            append_only: false,
            has_attachments: false,
            in_navigation: true,
        }
    }

    /// Returns true if everyone of the office sees the record, because its owner shares it.
    #[must_use]
    pub fn is_shared(&self, record: &Record) -> bool {
        !self.shared_by.is_empty() && matches!(record.get(self.shared_by), super::Value::Boolean(true))
    }

    /// Returns the label of a field, or its name if there is no such field.
    #[must_use]
    pub fn field_label<'a>(&self, name: &'a str) -> &'a str {
        self.field(name).map_or(name, |field| field.label)
    }

    /// Returns the field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Returns the position of the field of that name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// Returns the fields with a column.
    pub fn columns(&self) -> impl Iterator<Item = (usize, &'static Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.has_column())
    }

    /// Returns the fields that people may write.
    pub fn inputs(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.source == Source::Input)
    }

    /// Returns the fields of a form: those that people may write, also write-only ones.
    pub fn offered(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.is_given())
    }

    /// Returns the fields that anyone may read.
    pub fn visible(&self) -> impl Iterator<Item = (usize, &'static Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.is_readable())
    }

    /// Returns the group of the policy table of a field: the one it names, or people, status or money by its type, or
    /// planning.
    #[must_use]
    pub fn group(&self, field: &Field) -> FieldGroup {
        match field.group {
            Some(group) => group,
            None if self.people.contains(&field.name) => FieldGroup::People,
            None if field.name == self.state => FieldGroup::Status,
            None if matches!(field.data, FieldType::Money) => FieldGroup::Money,
            None => FieldGroup::Planning,
        }
    }

    /// Returns true if the records are timed (have `all_day` and moments).
    #[must_use]
    pub fn is_timed(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.data, FieldType::Moment))
    }

    /// Returns true if people can change a record after its creation.
    #[must_use]
    pub const fn is_changeable(&self) -> bool {
        self.writable && !self.append_only
    }

    /// Returns the address of the page of a record.
    #[must_use]
    pub fn url(&self, id: crate::core::id::Id) -> String {
        format!("/{}/{id}", self.collection)
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
