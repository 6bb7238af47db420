//! Task board: columns of tasks, each with its count and its first cards.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_domain::accounts::{Action, Relation};
use obcms_domain::choices::{self, Choice, PRIORITIES, TASK_DOMAINS, TASK_PHASES, TASK_STATUSES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::{FieldError, Record};
use obcms_domain::tasks::states;
use obcms_store::records::{self, Cursor, Directory, Filter, Order, Query, Scope, SortKey};
use obcms_store::tasks::board as store;
use obcms_store::{SqlValue, Tx};

pub use obcms_store::tasks::board::Group;
use store::{CardPosition, Key};

use crate::core::rules::Shortcut;
use crate::core::{Actor, App, AppError};
use crate::records::lists::{self, Parameters, Request};

/// Key of the column of tasks without a value: unassigned, without phase or origin.
pub const UNASSIGNED: &str = "none";
/// Maximum number of people or origins with a column of their own; the others are found by the filter.
pub const MOST_COLUMNS: usize = 24;
/// Default number of cards of each column, some two screens. The rest follows by cursor as the page is scrolled.
const CARDS: i64 = 20;
/// Lanes at most, those with most cards first.
const LANES: usize = 12;
/// Cards of each column of a lane.
const CARDS_OF_A_LANE: i64 = 10;

/// Board of tasks.
#[derive(Clone, Debug)]
pub struct Board {
    /// Grouping of the columns.
    pub group: Group,
    /// Columns in their order.
    pub columns: Vec<Column>,
    /// Titles of the records that the cards refer to.
    pub directory: Directory,
    /// Lanes, each with the same columns; none unless asked for.
    pub lanes: Vec<Lane>,
    /// Grouping of the lanes.
    pub lane_group: Option<Group>,
    /// Number of people or origins that have cards but no column, because there are too many.
    pub more_columns: usize,
}

/// Lane of the board: the cards that have a value in common, in all columns.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Value that its cards have in common.
    pub key: String,
    /// Heading of the lane.
    pub label: String,
    /// Number of its cards.
    pub count: i64,
    /// Columns in their order, with the cards of the lane.
    pub columns: Vec<Column>,
}

/// Column of the board.
#[derive(Clone, Debug)]
pub struct Column {
    /// Value that its cards have in common.
    pub key: String,
    /// Heading of the column.
    pub label: String,
    /// Kind of the record that its cards belong to, in columns of origins.
    pub kind: Option<String>,
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
pub const GROUPS: [(&str, &str, Group); 6] = [
    ("status", "Status", Group::Status),
    ("priority", "Priority", Group::Priority),
    ("domain", "Domain", Group::Domain),
    ("assignee", "Assignee", Group::Assignee),
    ("phase", "Phase", Group::Phase),
    ("origin", "Belongs to", Group::Origin),
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
    Shortcut {
        name: "unassigned",
        meaning: "true: assigned to nobody",
        filters: |_, _| vec![Filter::PointsNowhere(task::ASSIGNEES.name().to_owned())],
    },
    Shortcut {
        name: "at_risk",
        meaning: "true: open, and marked as at risk, blocked, or due within two days and less than half done",
        filters: |_, today| vec![Filter::Open, Filter::Any(at_risk(today))],
    },
];

/// Short names of the filters of tasks.
pub const ALIASES: &[(&str, &str)] = &[
    ("assignee", task::ASSIGNEES.name()),
    ("team", task::TEAMS.name()),
    ("label", task::LABELS.name()),
    ("ppa", task::ORIGIN.name()),
    ("project", task::ORIGIN.name()),
];

/// Returns the conditions of which one puts an open task at risk, as [`states::at_risk`] has them.
fn at_risk(today: Date) -> Vec<Filter> {
    let is_true = |name: &str| Filter::OneOf(name.to_owned(), vec![SqlValue::Boolean(true)]);
    let below = |name: &str, value: SqlValue| Filter::Below(name.to_owned(), value);
    let soon = today.saturating_add((states::RISK_DAYS + 1).days());
    vec![
        is_true(task::MARKED_AT_RISK.name()),
        is_true(task::BLOCKED.name()),
        Filter::All(vec![
            below(task::NEXT_DUE.name(), SqlValue::Date(soon)),
            below(task::PROGRESS.name(), SqlValue::Integer(i64::from(states::RISK_PROGRESS))),
        ]),
    ]
}

/// Replaced fields of the list: a series is due at its first open occurrence, so filters and order use that date.
pub(crate) const LIST_FIELDS: &[(&str, &str)] = &[(task::DUE_DATE.name(), task::NEXT_DUE.name())];

impl App {
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
    lanes: Option<Group>,
    column: Option<Key>,
    after: Option<CardPosition>,
    limit: i64,
    request: Request,
}

/// Parameters of a board beside those of a list of tasks.
const OWN: [&str; 4] = ["group", "lanes", "column", "cursor"];

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
            Some(name) => parse_group(name).ok_or_else(|| {
                wrong("group", "choice", "Must be status, priority, domain, assignee, phase or origin.")
            })?,
        };
        let lanes = match get("lanes") {
            None => None,
            Some(name) => Some(parse_group(name).filter(|lanes| *lanes != group).ok_or_else(|| {
                wrong("lanes", "choice", "Must be another grouping than that of the columns.")
            })?),
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
        let limit = if get("limit").is_some() { request.limit } else { CARDS };
        Ok(Self { group, lanes: lanes.filter(|_| column.is_none()), column, after, limit, request })
    }
}

fn key(group: Group, text: &str) -> Option<Key> {
    match choices_of(group) {
        _ if text == UNASSIGNED && group_may_lack(group) => Some(Key::None),
        Some(choices) => choices::contains(choices, text).then(|| Key::Value(text.to_owned())),
        None => text.parse().ok().map(Key::Record),
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
        Group::Phase => Some(TASK_PHASES),
        Group::Assignee | Group::Origin => None,
    }
}

/// Returns true if a task may have no value of the group.
const fn group_may_lack(group: Group) -> bool {
    matches!(group, Group::Assignee | Group::Phase | Group::Origin)
}

/// Returns the query of the board that the request describes; its cards have an order of their own.
fn query<'a>(request: &Request, scope: Option<&'a Scope>) -> Query<'a> {
    let order = Order { key: SortKey::Common("created_at"), descending: false };
    Query { order, after: None, ..request.query(&TASK, scope) }
}

fn read(tx: &mut Tx<'_>, actor: &Actor, asked: &Asked, scope: Option<&Scope>) -> Result<Board, AppError> {
    let query = query(&asked.request, scope);
    let counts = store::counts(tx, &query, asked.group)?;
    let mut directory = Directory::new();
    let (keys, more_columns) = match &asked.column {
        Some(key) => (vec![key.clone()], 0),
        None => keys(tx, actor, asked.group, &counts, &mut directory)?,
    };
    if let (Some(Key::Record(id)), true) = (&asked.column, directory.is_empty()) {
        directory.extend(crate::records::references::visible(tx, actor, &[*id])?);
    }
    if let Some(lanes) = asked.lanes {
        return read_lanes(tx, actor, asked, &query, (&keys, &counts, more_columns), (lanes, directory));
    }
    let places = store::columns(tx, &query, asked.group, &keys, asked.after.as_ref(), asked.limit + 1)?;
    let shown = usize::try_from(asked.limit).unwrap_or(0);
    let ids: Vec<Id> =
        places.iter().flat_map(|column| column.iter().take(shown)).map(|card| card.task).collect();
    let mut cards = load(tx, &ids)?;
    extend_with_named(tx, actor, &cards, &mut directory)?;
    // A task of several people is a card of several columns.
    let mut card = |place: &CardPosition| match asked.group {
        Group::Assignee => cards.get(&place.task).cloned(),
        _ => cards.remove(&place.task),
    };
    let columns = keys
        .into_iter()
        .zip(places)
        .map(|(key, places)| Column {
            next_cursor: (places.len() > shown)
                .then(|| places.get(shown.wrapping_sub(1)))
                .flatten()
                .map(cursor),
            cards: places.iter().take(shown).filter_map(&mut card).collect(),
            count: counts.get(&key).copied().unwrap_or(0),
            label: label(asked.group, &key, &directory),
            kind: match &key {
                Key::Record(id) => directory.get(id).map(|known| known.kind.clone()),
                _ => None,
            },
            key: name(&key),
        })
        .collect();
    Ok(Board { group: asked.group, lanes: Vec::new(), lane_group: None, columns, directory, more_columns })
}

/// Adds the people and origins of cards to the directory.
fn extend_with_named(
    tx: &mut Tx<'_>,
    actor: &Actor,
    cards: &HashMap<Id, Record>,
    directory: &mut Directory,
) -> Result<(), AppError> {
    let origin = |task: &Record| task::ORIGIN.get(task).map(|origin| origin.id);
    let named: Vec<Id> = cards
        .values()
        .flat_map(|task| task::ASSIGNEES.get(task).iter().copied().chain(origin(task)))
        .collect();
    directory.extend(crate::records::references::visible(tx, actor, &named)?);
    Ok(())
}

/// Returns the board with its columns in lanes.
fn read_lanes(
    tx: &mut Tx<'_>,
    actor: &Actor,
    asked: &Asked,
    query: &Query<'_>,
    (keys, counts, more_columns): (&[Key], &HashMap<Key, i64>, usize),
    (lane_group, mut directory): (Group, Directory),
) -> Result<Board, AppError> {
    let lane_counts = store::counts(tx, query, lane_group)?;
    let (mut lanes, _) = self::keys(tx, actor, lane_group, &lane_counts, &mut directory)?;
    let count_of = |lane: &Key| lane_counts.get(lane).copied().unwrap_or(0);
    lanes.retain(|lane| count_of(lane) > 0);
    lanes.truncate(LANES);
    let queries: Vec<Query<'_>> = lanes
        .iter()
        .map(|lane| {
            let mut query = query.clone();
            query.filters.extend(store::lane_filters(lane_group, lane));
            query
        })
        .collect();
    let cells: Vec<store::Cell<'_>> =
        queries.iter().flat_map(|query| keys.iter().map(move |key| (query, key))).collect();
    let found = store::cells(tx, asked.group, &cells, CARDS_OF_A_LANE)?;
    let ids: Vec<Id> = found.iter().flat_map(|(_, cards)| cards).map(|card| card.task).collect();
    let cards = load(tx, &ids)?;
    extend_with_named(tx, actor, &cards, &mut directory)?;
    let column = |key: &Key, count: i64, places: &[CardPosition]| Column {
        key: name(key),
        label: label(asked.group, key, &directory),
        kind: match key {
            Key::Record(id) => directory.get(id).map(|known| known.kind.clone()),
            _ => None,
        },
        count,
        cards: places.iter().filter_map(|card| cards.get(&card.task).cloned()).collect(),
        next_cursor: None,
    };
    let mut found = found.chunks(keys.len().max(1));
    let lanes = lanes
        .iter()
        .map(|lane| {
            let row = found.next().unwrap_or_default();
            let columns = keys.iter().zip(row).map(|(key, (count, cards))| column(key, *count, cards));
            Lane {
                key: name(lane),
                label: label(lane_group, lane, &directory),
                count: count_of(lane),
                columns: columns.collect(),
            }
        })
        .collect();
    let columns = keys.iter().map(|key| column(key, counts.get(key).copied().unwrap_or(0), &[])).collect();
    Ok(Board { group: asked.group, lane_group: Some(lane_group), lanes, columns, directory, more_columns })
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
        match group {
            // Highest priority first.
            Group::Priority => keys.reverse(),
            // There are many phases, and few of them are used at a time.
            Group::Phase => {
                keys.insert(0, Key::None);
                keys.retain(|key| counts.get(key).is_some_and(|count| *count > 0));
            }
            _ => {}
        }
        return Ok((keys, 0));
    }
    let mut found: Vec<(Id, i64)> = counts
        .iter()
        .filter_map(|(key, count)| match key {
            Key::Record(id) => Some((*id, *count)),
            _ => None,
        })
        .collect();
    let is_self = |id: Id| actor.id == Some(id);
    found.sort_by_key(|(id, count)| (!is_self(*id), -count, *id));
    let more = found.len().saturating_sub(MOST_COLUMNS);
    found.truncate(MOST_COLUMNS);
    let ids: Vec<Id> = found.iter().map(|(id, _)| *id).collect();
    directory.extend(crate::records::references::visible(tx, actor, &ids)?);
    found.sort_by_key(|(id, _)| {
        let name = directory.get(id).map(|known| known.title.to_lowercase());
        (!is_self(*id), name, *id)
    });
    let mut keys = vec![Key::None];
    keys.extend(found.into_iter().map(|(id, _)| Key::Record(id)));
    Ok((keys, more))
}

fn cursor(card: &CardPosition) -> String {
    lists::encode_cursor(&Cursor { key: SqlValue::Text(card.rank.clone()), id: card.task })
}

fn name(key: &Key) -> String {
    match key {
        Key::Value(value) => value.clone(),
        Key::Record(id) => id.to_string(),
        Key::None => UNASSIGNED.to_owned(),
    }
}

fn label(group: Group, key: &Key, directory: &Directory) -> String {
    match key {
        Key::Value(value) => {
            choices_of(group).map_or(value.as_str(), |choices| choices::label(choices, value)).to_owned()
        }
        Key::Record(id) => {
            let unknown = if group == Group::Assignee { "Someone" } else { "Another record" };
            directory.get(id).map_or_else(|| unknown.to_owned(), |known| known.title.clone())
        }
        Key::None => match group {
            Group::Phase => "No phase",
            Group::Origin => "No origin",
            _ => "Unassigned",
        }
        .to_owned(),
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
