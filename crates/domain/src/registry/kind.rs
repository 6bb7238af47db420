//! What a kind of record is.

use super::area::Area;
use super::field::{Field, FieldType, Source};
use super::field_group::FieldGroup;
use super::record::Record;
use super::{FieldError, Module};

/// A date that a kind contributes to the calendar.
#[derive(Clone, Copy, Debug)]
pub struct DateRole {
    /// Kind of the calendar entry, unique over the whole registry.
    pub entry_kind: &'static str,
    /// What people read before the title, or nothing when the entry is the thing itself.
    pub label: &'static str,
    /// The field with the start, or the structure with milestones.
    pub start: &'static str,
    /// The field with the end (inclusive when a date), or nothing for a single day.
    pub end: &'static str,
    /// May be moved on the calendar by whoever may edit the record.
    pub movable: bool,
}

impl DateRole {
    /// A single day, taken from one field, movable.
    #[must_use]
    pub const fn day(entry_kind: &'static str, label: &'static str, field: &'static str) -> Self {
        Self { entry_kind, label, start: field, end: "", movable: true }
    }

    /// A stretch of days or of time between two fields, movable and resizable.
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

/// One kind of record, described once.
pub struct Kind {
    /// Singular name: `policy_milestone`.
    pub name: &'static str,
    /// Address of the collection: `policy-milestones`.
    pub collection: &'static str,
    /// Table in the database.
    pub table: &'static str,
    /// Singular for people.
    pub label: &'static str,
    /// Plural for people.
    pub plural: &'static str,
    /// Icon of the navigation.
    pub icon: &'static str,
    /// What belongs here, for the empty list and the guide.
    pub purpose: &'static str,
    /// Module, which gives calendar filter and colour.
    pub module: Module,
    /// Area of the policy table.
    pub area: Area,
    /// The fields in the order of form and file.
    pub fields: &'static [Field],
    /// Field that names the record to people.
    pub title: &'static str,
    /// Field with the state, or nothing.
    pub state: &'static str,
    /// Dates on the calendar.
    pub dates: &'static [DateRole],
    /// Fields through which a record concerns an organisation or a community (or a record that does).
    pub concerns: &'static [&'static str],
    /// A flag, a link and a kind: a flagged record is seen by whoever sees a part of that kind and the record linked.
    pub published: Option<(&'static str, &'static str, &'static str)>,
    /// Fields that name the people who are on it.
    pub people: &'static [&'static str],
    /// Those of `people` that only invite: who is named there sees the record and does not change it.
    pub invited: &'static [&'static str],
    /// States that only a decision gives or takes.
    pub decisions: &'static [&'static str],
    /// Field by which a record is a request or not, with the value that makes it one; nothing where none or all are.
    pub request: Option<(&'static str, &'static str)>,
    /// Every record is a request, which more people may make than other records.
    pub all_requests: bool,
    /// Field and value of a record on which nobody has decided; nothing where the states in `decisions` say it.
    pub undecided: Option<(&'static str, &'static str)>,
    /// Sort of the list when none is asked for.
    pub default_sort: &'static str,
    /// Rules over several fields.
    pub rules: fn(&Record, &mut Vec<FieldError>),
    /// Created, changed and archived by people through the registry; places are not.
    pub writable: bool,
    /// Records are created and never changed, archived or undone; a wrong one is reversed by another.
    pub append_only: bool,
    /// Listed in the navigation.
    pub in_navigation: bool,
}

fn no_rules(_: &Record, _: &mut Vec<FieldError>) {}

impl Kind {
    /// A kind of that name, collection and table, still without fields.
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
            title: "title",
            state: "",
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
            writable: true,
            append_only: false,
            in_navigation: true,
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Position of the field of that name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// Fields that have a column.
    pub fn columns(&self) -> impl Iterator<Item = (usize, &'static Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.has_column())
    }

    /// Fields that people may write.
    pub fn inputs(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.source == Source::Input)
    }

    /// Fields that a form offers: those that people may write, be it that they never read them again.
    pub fn offered(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.is_given())
    }

    /// Fields that anyone may read.
    pub fn visible(&self) -> impl Iterator<Item = (usize, &'static Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.is_readable())
    }

    /// Label within a sentence: small letters, but for abbreviations.
    #[must_use]
    pub fn label_in_a_sentence(&self) -> String {
        let is_abbreviation = self.label.chars().nth(1).is_some_and(char::is_uppercase);
        if is_abbreviation { self.label.to_owned() } else { self.label.to_lowercase() }
    }

    /// Group of the policy table that a field belongs to: the one it names, or that of people, state or money by what
    /// it is, or planning.
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

    /// Whether the records are timed (have `all_day` and moments).
    #[must_use]
    pub fn is_timed(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.data, FieldType::Moment))
    }

    /// Returns true if people can change a record after its creation.
    #[must_use]
    pub const fn is_changeable(&self) -> bool {
        self.writable && !self.append_only
    }

    /// Address of one record's page.
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
