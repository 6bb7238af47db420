//! Task board: columns of tasks, each with its count and its first cards.

use std::collections::HashMap;

use obcms_domain::accounts::{Action, Relation};
use obcms_domain::choices::{self, Choice, PRIORITIES, TASK_DOMAINS, TASK_STATUSES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::{FieldError, Record};
use obcms_store::records::{self, Cursor, Directory, Filter, Order, Query, Scope, SortKey};
use obcms_store::tasks::board as store;
use obcms_store::{SqlValue, Tx};

pub use obcms_store::tasks::board::Group;
use store::{CardPosition, Key};

use crate::core::rules::Shortcut;
use crate::core::{Actor, App, AppError};
use crate::records::lists::{self, Parameters, Request};

/// Key of the column of unassigned tasks.
pub const UNASSIGNED: &str = "none";
/// Maximum number of people with a column of their own; the others are found by the filter.
pub const PEOPLE: usize = 24;
/// Default number of cards of each column, about three screens. The rest follows by cursor as the page is scrolled.
const CARDS: i64 = 25;
/// Default number of cards in a column of a person: such boards are wide.
const CARDS_OF_A_PERSON: i64 = 20;

/// Board of tasks.
#[derive(Clone, Debug)]
pub struct Board {
    /// Grouping of the columns.
    pub group: Group,
    /// Columns in their order.
    pub columns: Vec<Column>,
    /// Titles of the records that the cards refer to.
    pub directory: Directory,
    /// Number of people who have cards but no column, because there are too many.
    pub more_people: usize,
}

/// Column of the board.
#[derive(Clone, Debug)]
pub struct Column {
    /// Value that its cards have in common.
    pub key: String,
    /// Heading of the column.
    pub label: String,
    /// Number of all its cards.
    pub count: i64,
    /// First cards, or the next ones.
    pub cards: Vec<Record>,
    /// Cursor of the next cards.
    pub next_cursor: Option<String>,
}

/// Returns the group of that name.
#[must_use]
pub fn parse_group(name: &str) -> Option<Group> {
    GROUPS.into_iter().find(|(known, ..)| *known == name).map(|(_, _, group)| group)
}

/// Groups with their names and labels.
pub const GROUPS: [(&str, &str, Group); 4] = [
    ("status", "Status", Group::Status),
    ("priority", "Priority", Group::Priority),
    ("domain", "Domain", Group::Domain),
    ("assignee", "Assignee", Group::Assignee),
];

/// Returns the field of a task that all cards of a column have in common.
#[must_use]
pub fn group_field(group: Group) -> &'static str {
    match group {
        Group::Assignee => task::ASSIGNEES.name(),
        other => group_name(other),
    }
}

/// Returns the name of a group.
#[must_use]
pub fn group_name(group: Group) -> &'static str {
    GROUPS.into_iter().find(|(_, _, known)| *known == group).map_or("status", |(name, ..)| name)
}

/// Shortcut filters of tasks beside the filters of their fields.
pub const SHORTCUTS: &[Shortcut] = &[
    Shortcut {
        name: "mine",
        meaning: "true: assigned to the caller",
        filters: |actor, _| {
            vec![Filter::PointsAt(task::ASSIGNEES.name().to_owned(), actor.id.into_iter().collect())]
        },
    },
    Shortcut {
        name: "my_teams",
        meaning: "true: of a team of the caller",
        filters: |actor, _| vec![Filter::PointsAt(task::TEAMS.name().to_owned(), actor.teams.clone())],
    },
    Shortcut {
        name: "open",
        meaning: "true: neither completed nor cancelled",
        filters: |_, _| vec![Filter::Open],
    },
    Shortcut {
        name: "overdue",
        meaning: "true: open and due before today; of a series, a date of it",
        filters: |_, today| {
            vec![Filter::Open, Filter::Below(task::NEXT_DUE.name().to_owned(), SqlValue::Date(today))]
        },
    },
];

/// Replaced fields of the list: a series is due at its first open occurrence, so filters and order use that date.
pub(crate) const LIST_FIELDS: &[(&str, &str)] = &[(task::DUE_DATE.name(), task::NEXT_DUE.name())];

impl App {
    /// Returns a list of tasks, with the shortcuts of [`SHORTCUTS`].
    pub fn list_tasks(&self, actor: &Actor, parameters: &Parameters) -> Result<lists::Listing, AppError> {
        let request = self.list_request(actor, &TASK, parameters)?;
        self.read(|tx| lists::list(tx, actor, &TASK, &request))
    }

    /// Counts tasks for each set of parameters.
    pub fn count_tasks(&self, actor: &Actor, all: &[Parameters]) -> Result<Vec<i64>, AppError> {
        let scope = actor.scope(&TASK)?;
        let requests =
            all.iter().map(|one| self.list_request(actor, &TASK, one)).collect::<Result<Vec<_>, _>>()?;
        let queries: Vec<Query<'_>> = requests.iter().map(|request| query(request, scope.as_ref())).collect();
        self.read(|tx| Ok(records::counts(tx, &queries)?))
    }

    /// Returns true if a board knows the parameter. It has an order of its own and accepts no sorting.
    #[must_use]
    pub fn is_known_board_parameter(&self, name: &str) -> bool {
        OWN.contains(&name) || (name != "sort" && self.is_known_parameter(&TASK, name))
    }

    /// Returns the board, or the next cards of one of its columns.
    pub fn board(&self, actor: &Actor, parameters: &Parameters) -> Result<Board, AppError> {
        let asked = Asked::parse(self, actor, parameters)?;
        let scope = actor.scope(&TASK)?;
        self.read(|tx| read(tx, actor, &asked, scope.as_ref()))
    }
}

/// Parsed parameters of a board.
struct Asked {
    group: Group,
    column: Option<Key>,
    after: Option<CardPosition>,
    limit: i64,
    request: Request,
}

/// Parameters of a board beside those of a list of tasks.
const OWN: [&str; 3] = ["group", "column", "cursor"];

impl Asked {
    fn parse(app: &App, actor: &Actor, parameters: &Parameters) -> Result<Self, AppError> {
        let own = |name: &str| OWN.contains(&name);
        let get = |wanted: &str| {
            parameters
                .iter()
                .find(|(name, value)| name == wanted && !value.is_empty())
                .map(|(_, value)| value.as_str())
        };
        let wrong = |name: &str, code, message: &'static str| {
            AppError::BadParameter(vec![FieldError::new(name, code, message)])
        };
        if get("sort").is_some() {
            return Err(wrong(
                "sort",
                "unknown_parameter",
                "A board cannot be sorted: it uses the order of its cards.",
            ));
        }
        let group = match get("group") {
            None => Group::Status,
            Some(name) => parse_group(name)
                .ok_or_else(|| wrong("group", "choice", "Must be status, priority, domain or assignee."))?,
        };
        let column = match get("column") {
            None => None,
            Some(text) => Some(key(group, text).ok_or_else(|| wrong("column", "choice", "Unknown column."))?),
        };
        let after = match get("cursor") {
            None => None,
            Some(_) if column.is_none() => {
                return Err(wrong("cursor", "column", "A cursor needs a column."));
            }
            Some(text) => Some(place(text).ok_or_else(|| wrong("cursor", "format", "Invalid cursor."))?),
        };
        let rest: Parameters = parameters.iter().filter(|(name, _)| !own(name)).cloned().collect();
        let request = app.list_request(actor, &TASK, &rest)?;
        let is_wide = group == Group::Assignee && column.is_none();
        let limit = match get("limit") {
            Some(_) => request.limit,
            None if is_wide => CARDS_OF_A_PERSON,
            None => CARDS,
        };
        Ok(Self { group, column, after, limit, request })
    }
}

fn key(group: Group, text: &str) -> Option<Key> {
    match choices_of(group) {
        Some(choices) => choices::contains(choices, text).then(|| Key::Value(text.to_owned())),
        None if text == UNASSIGNED => Some(Key::Unassigned),
        None => text.parse().ok().map(Key::Person),
    }
}

fn place(cursor: &str) -> Option<CardPosition> {
    let cursor = lists::decode_cursor(cursor)?;
    match cursor.key {
        SqlValue::Text(rank) => Some(CardPosition { task: cursor.id, rank }),
        _ => None,
    }
}

const fn choices_of(group: Group) -> Option<&'static [Choice]> {
    match group {
        Group::Status => Some(TASK_STATUSES),
        Group::Priority => Some(PRIORITIES),
        Group::Domain => Some(TASK_DOMAINS),
        Group::Assignee => None,
    }
}

/// Returns the query of the task list that the request describes.
fn query<'a>(request: &Request, scope: Option<&'a Scope>) -> Query<'a> {
    Query {
        kind: &TASK,
        filters: request.filters.clone(),
        words: request.words.clone(),
        scope,
        archived: request.archived,
        order: Order { key: SortKey::Common("created_at"), descending: false },
        after: None,
        limit: request.limit,
        counted: false,
    }
}

fn read(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked, scope: Option<&Scope>) -> Result<Board, AppError> {
    let query = query(&asked.request, scope);
    let counts = store::counts(tx, &query, asked.group)?;
    let mut directory = Directory::new();
    let (keys, more_people) = match &asked.column {
        Some(key) => (vec![key.clone()], 0),
        None => keys(tx, actor, asked.group, &counts, &mut directory)?,
    };
    if let (Some(Key::Person(person)), true) = (&asked.column, directory.is_empty()) {
        directory.extend(records::references(tx, &[*person])?);
    }
    let places = store::columns(tx, &query, asked.group, &keys, asked.after.as_ref(), asked.limit + 1)?;
    let shown = usize::try_from(asked.limit).unwrap_or(0);
    let ids: Vec<Id> =
        places.iter().flat_map(|column| column.iter().take(shown)).map(|card| card.task).collect();
    let cards = load(tx, &ids)?;
    let pointed: Vec<Id> = cards
        .values()
        .flat_map(|task| {
            task::ASSIGNEES.get(task).iter().copied().chain(task::ORIGIN.get(task).map(|origin| origin.id))
        })
        .collect();
    directory.extend(crate::records::references::visible(tx, actor, &pointed)?);
    let columns = keys
        .into_iter()
        .zip(places)
        .map(|(key, places)| Column {
            next_cursor: (places.len() > shown)
                .then(|| places.get(shown.wrapping_sub(1)))
                .flatten()
                .map(cursor),
            cards: places.iter().take(shown).filter_map(|card| cards.get(&card.task).cloned()).collect(),
            count: counts.get(&key).copied().unwrap_or(0),
            label: label(asked.group, &key, &directory),
            key: name(&key),
        })
        .collect();
    Ok(Board { group: asked.group, columns, directory, more_people })
}

fn load(tx: &mut Tx<'_>, ids: &[Id]) -> Result<HashMap<Id, Record>, AppError> {
    let mut unique = ids.to_vec();
    unique.sort_unstable();
    unique.dedup();
    Ok(records::load_many(tx, &TASK, &unique)?.into_iter().map(|task| (task.id, task)).collect())
}

/// Returns the columns in their order, and the number of people without one.
fn keys(
    tx: &mut Tx<'_>,
    actor: &Actor,
    group: Group,
    counts: &HashMap<Key, i64>,
    directory: &mut Directory,
) -> Result<(Vec<Key>, usize), AppError> {
    if let Some(choices) = choices_of(group) {
        let mut keys: Vec<Key> = choices.iter().map(|choice| Key::Value(choice.value.to_owned())).collect();
        if group == Group::Priority {
            // Highest priority first.
            keys.reverse();
        }
        return Ok((keys, 0));
    }
    let mut people: Vec<(Id, i64)> = counts
        .iter()
        .filter_map(|(key, count)| match key {
            Key::Person(person) => Some((*person, *count)),
            _ => None,
        })
        .collect();
    let is_self = |person: Id| actor.id == Some(person);
    people.sort_by_key(|(person, count)| (!is_self(*person), -count, *person));
    let more = people.len().saturating_sub(PEOPLE);
    people.truncate(PEOPLE);
    let ids: Vec<Id> = people.iter().map(|(person, _)| *person).collect();
    directory.extend(records::references(tx, &ids)?);
    people.sort_by_key(|(person, _)| {
        let name = directory.get(person).map(|person| person.title.to_lowercase());
        (!is_self(*person), name, *person)
    });
    let mut keys = vec![Key::Unassigned];
    keys.extend(people.into_iter().map(|(person, _)| Key::Person(person)));
    Ok((keys, more))
}

fn cursor(card: &CardPosition) -> String {
    lists::encode_cursor(&Cursor { key: SqlValue::Text(card.rank.clone()), id: card.task })
}

fn name(key: &Key) -> String {
    match key {
        Key::Value(value) => value.clone(),
        Key::Person(person) => person.to_string(),
        Key::Unassigned => UNASSIGNED.to_owned(),
    }
}

fn label(group: Group, key: &Key, directory: &Directory) -> String {
    match key {
        Key::Value(value) => {
            choices_of(group).map_or(value.as_str(), |choices| choices::label(choices, value)).to_owned()
        }
        Key::Person(person) => {
            directory.get(person).map_or_else(|| "Someone".to_owned(), |person| person.title.clone())
        }
        Key::Unassigned => "Unassigned".to_owned(),
    }
}

/// Returns true if the actor may write this field of a task that they see, as the command would decide, without a
/// query for every card: a partner writes only tasks that are assigned to them.
#[must_use]
pub fn may_write(actor: &Actor, task: &Record, field: &str) -> bool {
    let mut relations = actor.plain_relations(task);
    relations.push(Relation::None);
    actor.writable_with(&TASK, Action::Edit, &relations).allows_name(field)
}

/// Returns true if the actor may change the state of this task, which they see.
#[must_use]
pub fn may_move(actor: &Actor, task: &Record) -> bool {
    may_write(actor, task, "status")
}
