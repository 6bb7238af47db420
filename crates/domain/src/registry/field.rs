//! Description of a field.

use serde_json::Value as Json;

use super::field_group::FieldGroup;
use crate::choices::Choice;
use crate::core::message::Message;

/// The type of a field, with its bounds.
#[derive(Clone, Copy)]
pub enum FieldType {
    /// One line of at most this number of characters.
    Text(usize),
    /// Several lines of at most this number of characters.
    Multiline(usize),
    /// An e-mail address.
    Email,
    /// A web address, http or https.
    Url,
    /// The name of an IANA time zone.
    TimeZone,
    /// A whole number within bounds, both included.
    Integer(i64, i64),
    /// A number with two decimals, stored as hundredths; the bounds are whole numbers, both included.
    Decimal(i64, i64),
    /// Philippine pesos in centavos; the field's name ends in `_centavos`.
    Money,
    /// Yes or no.
    Boolean,
    /// A calendar day.
    Date,
    /// A point in time, RFC 3339 with offset. People may also give a local date-time in the zone of the office, or a
    /// day, which means its end.
    Instant,
    /// Start or end of a timed record: a point in time, or a day when `all_day` is set. Local date-times are read in
    /// the `timezone` of the record.
    Moment,
    /// A recurrence rule, the RRULE of RFC 5545.
    Recurrence,
    /// Dates of a series: days, or local date-times in the record's zone, some with an end. Instants are read in
    /// that zone.
    Moments,
    /// One value of a fixed list.
    Choice(&'static [Choice]),
    /// Several values of a fixed list.
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
    /// JSON with a check of its own: the function returns what is wrong.
    Structure(fn(&Json) -> Result<(), Message>),
}

/// Source of the value of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// Given by a person or program.
    Input,
    /// Calculated by the program; read-only.
    Derived,
    /// Given by people, stored in another form, such as a hash, and never shown or logged.
    WriteOnly,
    /// Stored by the program and never shown to anyone.
    Secret,
}

/// Value of a field when none is given at creation.
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
    /// Date of the office.
    Today,
    /// Time zone of the office.
    OfficeTimeZone,
}

/// Total of a column in a file for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// None: a sum over records has no meaning.
    Never,
    /// Sum over all records.
    Sum,
    /// One sum for each value of this choice field, because a sum over different values has no meaning.
    By(&'static str),
}

/// One field of a kind.
#[derive(Clone, Copy)]
pub struct Field {
    /// Name in the API and in the database.
    pub name: &'static str,
    /// Label on the screen.
    pub label: &'static str,
    /// Sentence beneath the control, or empty.
    pub help: &'static str,
    /// Type and bounds.
    pub data: FieldType,
    /// Required flag.
    pub required: bool,
    /// Initial value.
    pub initial: Initial,
    /// Source of the value.
    pub source: Source,
    /// True if search indexes it.
    pub searchable: bool,
    /// True if it is a default column of the list.
    pub listed: bool,
    /// True if it is offered as a filter above the list.
    pub filtered: bool,
    /// True if the form shows it under "More fields".
    pub folded: bool,
    /// True if no two records, archived ones included, may have the same value.
    pub unique: bool,
    /// Reason why a date is not on the calendar; empty when it is, or when the field is not a date.
    pub calendar_exclusion: &'static str,
    /// Reference of the same record whose title this repeats for search; empty for other fields. The page of a record
    /// shows only the reference.
    pub title_of: &'static str,
    /// True if only the person whom the record is about and administrators see it.
    pub personal: bool,
    /// True if it is encrypted in the database and masked for readers who may not edit it.
    pub sealed: bool,
    /// True if an amount of money may be below zero.
    pub signed: bool,
    /// Group of the policy table, where it does not follow from the kind; see [`Kind::group`](super::Kind::group).
    pub group: Option<FieldGroup>,
    /// Total of its column in a file for people; a sum for money.
    pub total: Total,
}

impl std::fmt::Debug for Field {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

impl Field {
    /// Creates a field of the given name, label and type; not required, given by people.
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
            signed: false,
            group: None,
            total: if matches!(data, FieldType::Money) { Total::Sum } else { Total::Never },
        }
    }

    /// Marks it as required.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Adds a sentence beneath the control.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// Sets the initial value.
    #[must_use]
    pub const fn initial(mut self, initial: Initial) -> Self {
        self.initial = initial;
        self
    }

    /// Marks it as calculated by the program.
    #[must_use]
    pub const fn derived(mut self) -> Self {
        self.source = Source::Derived;
        self
    }

    /// Marks it as given and never shown again.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.source = Source::WriteOnly;
        self
    }

    /// Returns true if people give it.
    #[must_use]
    pub const fn is_given(&self) -> bool {
        matches!(self.source, Source::Input | Source::WriteOnly)
    }

    /// Returns true if anyone may read it.
    #[must_use]
    pub const fn is_readable(&self) -> bool {
        matches!(self.source, Source::Input | Source::Derived)
    }

    /// Marks it as never shown.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.source = Source::Secret;
        self
    }

    /// Marks it as searchable.
    #[must_use]
    pub const fn searchable(mut self) -> Self {
        self.searchable = true;
        self
    }

    /// Marks it as a default column of the list.
    #[must_use]
    pub const fn listed(mut self) -> Self {
        self.listed = true;
        self
    }

    /// Marks it as a filter above the list.
    #[must_use]
    pub const fn filtered(mut self) -> Self {
        self.filtered = true;
        self
    }

    /// Moves it under "More fields".
    #[must_use]
    pub const fn folded(mut self) -> Self {
        self.folded = true;
        self
    }

    /// Marks it as unique.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Sets the reason why this date is not on the calendar.
    #[must_use]
    pub const fn not_on_calendar(mut self, reason: &'static str) -> Self {
        self.calendar_exclusion = reason;
        self
    }

    /// Marks it as a copy of the title of a reference.
    #[must_use]
    pub const fn title_of(mut self, reference: &'static str) -> Self {
        self.title_of = reference;
        self
    }

    /// Restricts it to the person whom the record is about and administrators.
    #[must_use]
    pub const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    /// Marks it as encrypted in the database; readers who may not edit the record see a part of it at most.
    #[must_use]
    pub const fn sealed(mut self) -> Self {
        self.sealed = true;
        self
    }

    /// Allows amounts of money below zero.
    #[must_use]
    pub const fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// Returns true if lists can be filtered and sorted by the field; false for an encrypted one.
    #[must_use]
    pub const fn is_comparable(&self) -> bool {
        self.is_readable() && !self.sealed
    }

    /// Sets the group of the policy table.
    #[must_use]
    pub const fn group(mut self, group: FieldGroup) -> Self {
        self.group = Some(group);
        self
    }

    /// Sets the total of its column in a file for people.
    #[must_use]
    pub const fn total(mut self, total: Total) -> Self {
        self.total = total;
        self
    }

    /// Returns true if its values are numbers.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self.data, FieldType::Integer(..) | FieldType::Decimal(..) | FieldType::Money)
    }

    /// Returns true if the field has a column of its own; lists of references are in the table of edges.
    #[must_use]
    pub const fn has_column(&self) -> bool {
        !matches!(self.data, FieldType::References(_) | FieldType::Links(_))
    }

    /// Returns true if the field refers to other records.
    #[must_use]
    pub const fn is_reference(&self) -> bool {
        matches!(
            self.data,
            FieldType::Reference(_) | FieldType::References(_) | FieldType::Link(_) | FieldType::Links(_)
        )
    }

    /// Returns the kinds that the field may refer to.
    #[must_use]
    pub fn target_kinds(&self) -> Vec<&'static str> {
        match self.data {
            FieldType::Reference(kind) | FieldType::References(kind) => vec![kind],
            FieldType::Link(kinds) | FieldType::Links(kinds) => kinds.to_vec(),
            _ => Vec::new(),
        }
    }
}
