//! What a field is.

use serde_json::Value as Json;

use super::field_group::FieldGroup;
use crate::choices::Choice;

/// The type of a field, with its bounds.
#[derive(Clone, Copy)]
pub enum FieldType {
    /// One line of at most so many characters.
    Text(usize),
    /// Several lines of at most so many characters.
    Multiline(usize),
    /// An e-mail address.
    Email,
    /// A web address, http or https.
    Url,
    /// The name of an IANA time zone.
    TimeZone,
    /// A whole number within bounds, both included.
    Integer(i64, i64),
    /// A number with two decimals, held as hundredths; the bounds are whole numbers, both included.
    Decimal(i64, i64),
    /// Philippine pesos in centavos; the field's name ends in `_centavos`.
    Money,
    /// Yes or no.
    Boolean,
    /// A calendar day.
    Date,
    /// A point in time, RFC 3339 with offset. From people also a local date-time in the office's zone, or a day, which
    /// means its end.
    Instant,
    /// Start or end of something timed: a point in time, or a day when the record's `all_day` says so. Local
    /// date-times are read in the record's `timezone`.
    Moment,
    /// A rule of recurrence, the RRULE of RFC 5545.
    Recurrence,
    /// Dates of a series: days, or local date-times in the record's zone, some with an end. Instants are read in
    /// that zone.
    Moments,
    /// One of a fixed list.
    Choice(&'static [Choice]),
    /// Several of a fixed list.
    Choices(&'static [Choice]),
    /// A record of the named kind.
    Reference(&'static str),
    /// Several records of the named kind.
    References(&'static str),
    /// A record of any of the named kinds.
    Link(&'static [&'static str]),
    /// Several records of any of the named kinds.
    Links(&'static [&'static str]),
    /// Short texts.
    Tags,
    /// A structure of its own: the function returns what is wrong with it.
    Structure(fn(&Json) -> Result<(), String>),
}

/// Where the value of a field comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// A person or program gives it.
    Input,
    /// Computed by the program; nobody writes it.
    Derived,
    /// Given by people, kept in another form, as a hash, and never shown or logged.
    WriteOnly,
    /// Kept by the program and never shown to anyone.
    Secret,
}

/// What stands in a field when nothing is given at creation.
#[derive(Clone, Copy, Debug)]
pub enum Initial {
    /// Nothing.
    Empty,
    /// This text or choice.
    Text(&'static str),
    /// This number, in the unit of storage.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// The person who creates the record.
    Actor,
    /// The office's date.
    Today,
    /// The office's time zone.
    OfficeTimeZone,
}

/// One field of a kind.
#[derive(Clone, Copy)]
pub struct Field {
    /// Name in the API and in the database.
    pub name: &'static str,
    /// What people read.
    pub label: &'static str,
    /// One sentence beneath the control, or nothing.
    pub help: &'static str,
    /// Type and bounds.
    pub data: FieldType,
    /// Must be given.
    pub required: bool,
    /// What stands there when nothing is given.
    pub initial: Initial,
    /// Who writes it.
    pub source: Source,
    /// Its words are found by search.
    pub searchable: bool,
    /// Stands in the list unless a person chooses otherwise.
    pub listed: bool,
    /// Offered as a filter above the list.
    pub filtered: bool,
    /// Folded under "More fields" in the form.
    pub folded: bool,
    /// No two records, archived ones included, may have the same.
    pub unique: bool,
    /// Why a date is not on the calendar; empty when it is, or when the field is no date.
    pub calendar_exclusion: &'static str,
    /// The reference of the same record whose title this repeats, so that words find it; empty for every other field.
    /// The page of a record shows the reference alone.
    pub title_of: &'static str,
    /// Seen by the person whom the record is about and by administrators only.
    pub personal: bool,
    /// Encrypted in the database, and masked for everybody who may not edit it.
    pub sealed: bool,
    /// Group of the policy table, where it does not follow from the kind; see [`Kind::group`](super::Kind::group).
    pub group: Option<FieldGroup>,
}

impl std::fmt::Debug for Field {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

impl Field {
    /// A field of the given name, label and type; not required, given by people.
    #[must_use]
    pub const fn new(name: &'static str, label: &'static str, data: FieldType) -> Self {
        Self {
            name,
            label,
            help: "",
            data,
            required: false,
            initial: Initial::Empty,
            source: Source::Input,
            searchable: false,
            listed: false,
            filtered: false,
            folded: false,
            unique: false,
            calendar_exclusion: "",
            title_of: "",
            personal: false,
            sealed: false,
            group: None,
        }
    }

    /// Must be given.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// One sentence beneath the control.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// What stands there when nothing is given.
    #[must_use]
    pub const fn initial(mut self, initial: Initial) -> Self {
        self.initial = initial;
        self
    }

    /// Computed by the program.
    #[must_use]
    pub const fn derived(mut self) -> Self {
        self.source = Source::Derived;
        self
    }

    /// Given, and never shown again.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.source = Source::WriteOnly;
        self
    }

    /// Whether people give it.
    #[must_use]
    pub const fn is_given(&self) -> bool {
        matches!(self.source, Source::Input | Source::WriteOnly)
    }

    /// Whether anyone may read it.
    #[must_use]
    pub const fn is_readable(&self) -> bool {
        matches!(self.source, Source::Input | Source::Derived)
    }

    /// Never shown.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.source = Source::Secret;
        self
    }

    /// Found by search.
    #[must_use]
    pub const fn searchable(mut self) -> Self {
        self.searchable = true;
        self
    }

    /// A column of the list.
    #[must_use]
    pub const fn listed(mut self) -> Self {
        self.listed = true;
        self
    }

    /// A filter above the list.
    #[must_use]
    pub const fn filtered(mut self) -> Self {
        self.filtered = true;
        self
    }

    /// Under "More fields".
    #[must_use]
    pub const fn folded(mut self) -> Self {
        self.folded = true;
        self
    }

    /// No two records may have the same.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Why this date is not on the calendar.
    #[must_use]
    pub const fn not_on_calendar(mut self, reason: &'static str) -> Self {
        self.calendar_exclusion = reason;
        self
    }

    /// Repeats the title of what the reference points at.
    #[must_use]
    pub const fn title_of(mut self, reference: &'static str) -> Self {
        self.title_of = reference;
        self
    }

    /// Seen by the person whom the record is about and by administrators only.
    #[must_use]
    pub const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    /// Encrypted in the database; whoever may not edit the record sees a part of it at most.
    #[must_use]
    pub const fn sealed(mut self) -> Self {
        self.sealed = true;
        self
    }

    /// Returns true if lists can be filtered and sorted by the field: not by an encrypted one.
    #[must_use]
    pub const fn is_comparable(&self) -> bool {
        self.is_readable() && !self.sealed
    }

    /// Belongs to this group of the policy table.
    #[must_use]
    pub const fn group(mut self, group: FieldGroup) -> Self {
        self.group = Some(group);
        self
    }

    /// Whether the field has a column of its own; lists of references live in the table of edges.
    #[must_use]
    pub const fn has_column(&self) -> bool {
        !matches!(self.data, FieldType::References(_) | FieldType::Links(_))
    }

    /// Whether the field points at other records.
    #[must_use]
    pub const fn is_reference(&self) -> bool {
        matches!(
            self.data,
            FieldType::Reference(_) | FieldType::References(_) | FieldType::Link(_) | FieldType::Links(_)
        )
    }

    /// Kinds that the field may point at.
    #[must_use]
    pub fn target_kinds(&self) -> Vec<&'static str> {
        match self.data {
            FieldType::Reference(kind) | FieldType::References(kind) => vec![kind],
            FieldType::Link(kinds) | FieldType::Links(kinds) => kinds.to_vec(),
            _ => Vec::new(),
        }
    }
}
