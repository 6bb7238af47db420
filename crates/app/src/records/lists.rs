//! Lists of records, requested by the parameters of an address.

mod filters;
mod grouped;
mod statement;

pub use filters::repeated;
pub use grouped::{GROUP_LIMIT, GroupedListing, ListGroup, is_groupable};
pub use statement::{filter_in_words, ids_in_filters};

use jiff::tz::TimeZone;
use obcms_domain::accounts::Action;
use obcms_domain::core::hex::hex;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::message;
use obcms_domain::records::search;
use obcms_domain::registry::{self, Field, FieldError, FieldType, Kind, Record};
use obcms_store::records::{self, Archived, Cursor, Directory, Filter, Order, Query, Scope, SortKey};
use obcms_store::{SqlValue, Tx};

use crate::core::{Actor, App, AppError};
use crate::records::references;

/// Default page size in records.
pub const LIMIT: i64 = 50;
/// Maximum page size in records.
pub const MAXIMUM_LIMIT: i64 = 500;

/// Parameters of a list, in the order of the address.
pub type Parameters = Vec<(String, String)>;

/// Page of a list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Records of the page.
    pub records: Vec<Record>,
    /// Cursor of the next page.
    pub next_cursor: Option<String>,
    /// Number of records on all pages.
    pub total: i64,
    /// Titles of the records that the page refers to.
    pub directory: Directory,
}

/// Parsed parameters of a list.
#[derive(Clone, Debug)]
pub struct Request {
    /// Filters by field.
    pub filters: Vec<Filter>,
    /// Search words; each matches the beginning of a word.
    pub words: Vec<String>,
    /// Filter by archived records.
    pub archived: Archived,
    /// Sort order.
    pub order: Order,
    /// Page size.
    pub limit: i64,
    /// Cursor after which the page starts.
    pub after: Option<Cursor>,
}

impl Request {
    /// Returns the query for the records within a scope; its total is not asked for.
    pub(crate) fn query<'a>(&self, kind: &'static Kind, scope: Option<&'a Scope>) -> Query<'a> {
        Query {
            kind,
            filters: self.filters.clone(),
            words: self.words.clone(),
            scope,
            archived: self.archived,
            order: self.order,
            after: self.after.clone(),
            limit: self.limit,
            counted: false,
        }
    }

    /// Replaces a field with another one in filters and order.
    fn replace_field(&mut self, kind: &'static Kind, field: &str, other: &str) {
        self.filters.iter_mut().for_each(|filter| replace_in_filter(filter, field, other));
        if let SortKey::Field(known) = self.order.key
            && known.name == field
            && let Some(other) = kind.field(other)
        {
            self.order.key = SortKey::Field(other);
        }
    }
}

fn replace_in_filter(filter: &mut Filter, field: &str, other: &str) {
    match filter {
        Filter::OneOf(name, _) | Filter::From(name, _) | Filter::Below(name, _) if name == field => {
            other.clone_into(name);
        }
        Filter::Any(filters) | Filter::All(filters) => {
            filters.iter_mut().for_each(|filter| replace_in_filter(filter, field, other));
        }
        _ => {}
    }
}

/// Limits the other records that a filter asks about to those that the actor may see: the rows of a list would reveal
/// their values.
fn limit(filter: &mut Filter, actor: &Actor) -> Result<(), AppError> {
    match filter {
        Filter::Through(_, kind, filters, scope) | Filter::Named(_, kind, _, filters, scope) => {
            *scope = actor.scope(kind)?;
            filters.iter_mut().try_for_each(|filter| limit(filter, actor))
        }
        Filter::Any(filters) | Filter::All(filters) => {
            filters.iter_mut().try_for_each(|filter| limit(filter, actor))
        }
        _ => Ok(()),
    }
}

impl App {
    /// Returns a page of the kind's records that the actor may see.
    pub fn list(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        parameters: &Parameters,
    ) -> Result<Listing, AppError> {
        let request = self.list_request(actor, kind, parameters)?;
        self.read(|tx| list(tx, actor, kind, &request))
    }

    /// Parses the parameters of a list, with the shortcuts of the kind. An unknown parameter is refused.
    pub fn list_request(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        parameters: &Parameters,
    ) -> Result<Request, AppError> {
        if !actor.sees_personal(kind, Id::NIL) {
            refuse_personal(kind, parameters)?;
        }
        let rules = self.rules().of(kind);
        let (mut short, mut rest) = (Vec::new(), Vec::new());
        let mut common = Vec::new();
        for (name, value) in parameters {
            if rules.shortcut(name).is_none() && is_common(kind, name) {
                common.extend(self.common_filter(actor, kind, name, value)?);
                continue;
            }
            match rules.shortcut(name) {
                Some(shortcut) => short.push((shortcut, value)),
                None => rest.push((rules.filtered_field(name).to_owned(), value.clone())),
            }
        }
        let mut request = parse(kind, &rest, self.zone())?;
        for (field, other) in rules.list_fields {
            request.replace_field(kind, field, other);
        }
        request.filters.append(&mut common);
        for (shortcut, value) in short {
            match value.as_str() {
                "true" | "1" => request.filters.extend((shortcut.filters)(actor, self.today())),
                "false" | "0" | "" => {}
                _ => {
                    return Err(AppError::BadParameter(vec![FieldError::new(
                        shortcut.name,
                        "choice",
                        "Must be true or false.",
                    )]));
                }
            }
        }
        for filter in &mut request.filters {
            limit(filter, actor)?;
        }
        Ok(request)
    }

    /// Parses a filter that follows from the description of the kind; nothing without a value.
    fn common_filter(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        name: &str,
        value: &str,
    ) -> Result<Option<Filter>, AppError> {
        let wrong = |allowed: Message| {
            AppError::BadParameter(vec![FieldError::new(name.to_owned(), "choice", allowed)])
        };
        let upcoming = |is_upcoming| Some(Filter::Upcoming(is_upcoming, SqlValue::Instant(self.now())));
        match (name, value) {
            (_, "") | (WHEN, "all") | (MINE, "false" | "0") => Ok(None),
            (WHEN, "upcoming") => Ok(upcoming(true)),
            (WHEN, "past") => Ok(upcoming(false)),
            (WHEN, _) => Err(wrong("Must be upcoming, past or all.".into())),
            (_, "true" | "1") => {
                let ids: Vec<Id> = actor.id.into_iter().collect();
                let of_field = |field: &&str| Filter::PointsAt((*field).to_owned(), ids.clone());
                Ok(Some(Filter::Any(kind.people.iter().map(of_field).collect())))
            }
            _ => Err(wrong("Must be true or false.".into())),
        }
    }

    /// Returns true if a list of the kind knows the parameter. Some kinds have shortcuts beside the filters of every
    /// kind.
    #[must_use]
    pub fn is_known_parameter(&self, kind: &'static Kind, name: &str) -> bool {
        let rules = self.rules().of(kind);
        is_own(name)
            || is_common(kind, name)
            || filters::is_filter(kind, rules.filtered_field(name))
            || rules.shortcut(name).is_some()
    }

    /// Parses the parameters of an export: the whole list, in pages of the maximum size.
    pub(crate) fn export_request(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        parameters: &Parameters,
    ) -> Result<Request, AppError> {
        if !actor.may(Action::Export, kind.area) {
            return Err(AppError::forbidden(
                Action::Export,
                kind.area,
                message!("export {kinds}", kinds = Word::lower(kind.plural)),
            ));
        }
        let mut request = self.list_request(actor, kind, parameters)?;
        request.limit = MAXIMUM_LIMIT;
        Ok(request)
    }

    /// Runs a function on all matching records of the kind, page by page.
    pub fn each(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        parameters: &Parameters,
        mut each: impl FnMut(&Listing) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let request = &mut self.export_request(actor, kind, parameters)?;
        // One transaction, so that the file shows one revision of the data.
        self.read(|tx| {
            loop {
                let page = list(tx, actor, kind, request)?;
                each(&page)?;
                match page.next_cursor.as_deref().map(decode_cursor) {
                    Some(cursor) => request.after = cursor,
                    None => return Ok(()),
                }
            }
        })
    }
}

/// Returns a page of the kind's records that the actor may see.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    kind: &'static Kind,
    request: &Request,
) -> Result<Listing, AppError> {
    let scope = actor.scope(kind)?;
    let mut page = records::list(tx, &Query { counted: true, ..request.query(kind, scope.as_ref()) })?;
    actor.conceal(&mut page.records);
    let named: Vec<Id> = page.records.iter().flat_map(named_by).collect();
    let directory = references::visible(tx, actor, &named)?;
    Ok(Listing {
        next_cursor: page.next.as_ref().map(encode_cursor),
        total: page.total.unwrap_or(0),
        records: page.records,
        directory,
    })
}

/// Returns the records that a record names, and its creator.
fn named_by(record: &Record) -> impl Iterator<Item = Id> {
    record.values.iter().flat_map(registry::Value::targets).chain(record.created_by)
}

/// Refuses filters and orders by fields that the actor may not see, as if these did not exist: the rows or the order
/// of a list would reveal their values.
fn refuse_personal(kind: &'static Kind, parameters: &Parameters) -> Result<(), AppError> {
    let is_personal = |name: &str| {
        kind.fields.iter().filter(|field| field.personal).any(|field| {
            name.strip_prefix(field.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        })
    };
    let errors: Vec<FieldError> = parameters
        .iter()
        .filter_map(|(name, value)| {
            if name == "sort" && is_personal(value.trim_start_matches('-')) {
                return Some(FieldError::new("sort", "choice", "You cannot sort by this field."));
            }
            is_personal(name)
                .then(|| FieldError::new(name.clone(), "unknown_parameter", "Unknown parameter."))
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::BadParameter(errors)) }
}

/// Filter by time: `upcoming`, `past` or `all`.
const WHEN: &str = "when";
/// Filter by the people of a record.
const MINE: &str = "mine";

/// Returns true if the description of the kind makes it a filter.
fn is_common(kind: &Kind, name: &str) -> bool {
    (name == WHEN && kind.upcoming_first) || (name == MINE && !kind.people.is_empty())
}

/// Returns the filters that follow from the description of the kind, each with its meaning.
#[must_use]
pub fn common_filters(kind: &Kind) -> Vec<(&'static str, &'static str)> {
    [
        (WHEN, "upcoming, past or all (unless given), by the dates on the calendar"),
        (MINE, "true: the caller is one of its people"),
    ]
    .into_iter()
    .filter(|(name, _)| is_common(kind, name))
    .collect()
}

/// Parameters of every list beside its filters. Each has one value and may be given once.
const ONCE: [&str; 5] = ["q", "limit", "cursor", "sort", "archived"];

fn is_own(name: &str) -> bool {
    ONCE.contains(&name)
}

fn parse(kind: &'static Kind, parameters: &Parameters, zone: &TimeZone) -> Result<Request, AppError> {
    let mut errors = Vec::new();
    let mut request = Request {
        filters: Vec::new(),
        words: Vec::new(),
        archived: Archived::Without,
        order: order(kind, kind.default_sort)
            .unwrap_or(Order { key: SortKey::Common("created_at"), descending: true }),
        limit: LIMIT,
        after: None,
    };
    errors.extend(repeated(parameters, &ONCE));
    for (name, value) in parameters.iter().filter(|(name, value)| is_own(name) && !value.is_empty()) {
        match name.as_str() {
            "q" => match search::wanted(value) {
                Ok(words) => request.words = words,
                Err(message) => errors.push(FieldError::new("q", "too_many", message)),
            },
            "limit" => match value.parse::<i64>() {
                Ok(limit) if (1..=MAXIMUM_LIMIT).contains(&limit) => request.limit = limit,
                _ => errors.push(FieldError::new(
                    "limit",
                    "range",
                    message!("Must be a whole number from 1 to {MAXIMUM_LIMIT}.", MAXIMUM_LIMIT),
                )),
            },
            "cursor" => match decode_cursor(value) {
                Some(cursor) => request.after = Some(cursor),
                None => errors.push(FieldError::new("cursor", "format", "Invalid cursor.")),
            },
            "sort" => match order(kind, value) {
                Some(order) => request.order = order,
                None => errors.push(FieldError::new("sort", "choice", "You cannot sort by this field.")),
            },
            _ => match value.as_str() {
                "false" => request.archived = Archived::Without,
                "true" => request.archived = Archived::Only,
                "all" => request.archived = Archived::With,
                _ => errors.push(FieldError::new("archived", "choice", "Must be true, false or all.")),
            },
        }
    }
    let of_fields = parameters.iter().filter(|(name, _)| !is_own(name));
    request.filters = filters::parse(kind, of_fields, zone, &mut errors);
    if errors.is_empty() { Ok(request) } else { Err(AppError::BadParameter(errors)) }
}

/// Parses an order: `due_date` or `-due_date`.
fn order(kind: &'static Kind, text: &str) -> Option<Order> {
    let (name, descending) = match text.strip_prefix('-') {
        Some(name) => (name, true),
        None => (text, false),
    };
    let key = match name {
        "created_at" => SortKey::Common("created_at"),
        "updated_at" => SortKey::Common("updated_at"),
        _ => SortKey::Field(kind.field(name).filter(|field| is_sortable(field))?),
    };
    Some(Order { key, descending })
}

/// Returns true if a list can be sorted by the field.
#[must_use]
pub fn is_sortable(field: &Field) -> bool {
    field.is_comparable()
        && field.has_column()
        && !matches!(
            field.data,
            FieldType::Structure(_)
                | FieldType::Tags
                | FieldType::Moments
                | FieldType::Choices(_)
                | FieldType::Reference(_)
                | FieldType::Link(_)
        )
}

/// Restores the plus sign of an instant in an address: unescaped, it arrives as a blank, which no instant contains.
pub(crate) fn with_plus(text: &str) -> String {
    text.replace(' ', "+")
}

/// Encodes a cursor as opaque text.
#[must_use]
pub fn encode_cursor(cursor: &Cursor) -> String {
    let key = match &cursor.key {
        SqlValue::Null | SqlValue::Bytes(_) => "n".to_owned(),
        SqlValue::Boolean(value) => format!("b{}", i32::from(*value)),
        SqlValue::Integer(value) => format!("i{value}"),
        SqlValue::Real(value) => format!("r{value}"),
        SqlValue::Text(text) => format!("t{text}"),
        SqlValue::Date(date) => format!("d{date}"),
        SqlValue::Instant(instant) => format!("s{}", instant.as_microsecond()),
        SqlValue::Id(id) => format!("u{id}"),
    };
    hex(format!("{}|{key}", cursor.id).as_bytes())
}

/// Decodes a cursor that was issued here; nothing for another text.
#[must_use]
pub fn decode_cursor(text: &str) -> Option<Cursor> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() || text.len() > 4000 {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..text.len())
        .step_by(2)
        .map(|position| u8::from_str_radix(&text[position..position + 2], 16).ok())
        .collect();
    let decoded = String::from_utf8(bytes?).ok()?;
    let (id, key) = decoded.split_once('|')?;
    let rest = key.get(1..)?;
    let key = match key.as_bytes().first()? {
        b'n' => SqlValue::Null,
        b'b' => SqlValue::Boolean(rest == "1"),
        b'i' => SqlValue::Integer(rest.parse().ok()?),
        b'r' => SqlValue::Real(rest.parse().ok()?),
        b't' if !rest.contains('\0') => SqlValue::Text(rest.to_owned()),
        b'd' => SqlValue::Date(rest.parse().ok()?),
        b's' => SqlValue::Instant(jiff::Timestamp::from_microsecond(rest.parse().ok()?).ok()?),
        b'u' => SqlValue::Id(rest.parse().ok()?),
        _ => return None,
    };
    Some(Cursor { key, id: id.parse().ok()? })
}
