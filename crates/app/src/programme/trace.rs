//! Trace of the chain around a record: from the community over need, project and PPA to the tasks, and back.
//!
//! Kinds have levels. From the record the walk goes only up, and only down; it never turns around. So a task leads to
//! its PPA and the needs behind it, but not to everything else that belongs to those needs.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, TASK};
use obcms_domain::registry::Kind;
use obcms_store::Tx;
use obcms_store::calendar::EntryRow;
use obcms_store::programme::trace as store;
use obcms_store::records::{self, Reference};
use serde_json::{Map, Value as Json, json};

use crate::calendar;
use crate::core::{Actor, App, AppError, Visibility};
use crate::tasks::occurrences;

/// Maximum number of links shown of one group; the rest is counted.
pub const MAXIMUM_LINKS: usize = 500;
/// Maximum number of visited records.
const MAXIMUM_THINGS: usize = 4000;

/// Kinds of the chain with their levels, from community to task; a kind that results from a need is below it.
const LEVELS: [(&str, u8); 11] = [
    ("community", 0),
    ("assessment", 1),
    ("need", 2),
    ("policy", 3),
    ("project", 4),
    ("ppa", 5),
    ("event", 6),
    ("policy_milestone", 6),
    ("service", 6),
    ("application", 7),
    ("task", 8),
];

/// Groups of the answer with their name and kind, in the order of the page.
pub const GROUPS: [(&str, &str); 11] = [
    ("communities", "community"),
    ("assessments", "assessment"),
    ("needs", "need"),
    ("policies", "policy"),
    ("projects", "project"),
    ("ppas", "ppa"),
    ("policy_milestones", "policy_milestone"),
    ("events", "event"),
    ("services", "service"),
    ("applications", "application"),
    ("tasks", "task"),
];

/// Position of a link relative to the requested record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// The requested record itself.
    Itself,
    /// The requested record depends on it.
    Above,
    /// It follows from the requested record.
    Below,
    /// Prerequisite of the requested task.
    Prerequisite,
    /// Dependent of the requested task.
    Dependent,
}

impl Position {
    /// Returns the value in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Itself => "self",
            Self::Above => "above",
            Self::Below => "below",
            Self::Prerequisite => "prerequisite",
            Self::Dependent => "dependent",
        }
    }
}

/// Record in the chain.
#[derive(Clone, Debug)]
pub struct Link {
    /// Kind of the record.
    pub kind: &'static Kind,
    /// Id of the record.
    pub id: Id,
    /// Title of the record.
    pub title: String,
    /// State of the record, or empty.
    pub state: String,
    /// Position relative to the requested record.
    pub position: Position,
    /// Due date of a task; of a repeating one that of the occurrence to do next.
    pub due_date: Option<Date>,
    /// Progress of a task.
    pub progress: Option<i64>,
}

/// Records of one kind in the chain.
#[derive(Clone, Debug)]
pub struct Group {
    /// Name in the API.
    pub name: &'static str,
    /// Kind of the records.
    pub kind: &'static Kind,
    /// At most [`MAXIMUM_LINKS`] records.
    pub links: Vec<Link>,
    /// Number of further records.
    pub more: usize,
}

/// Chain around a record.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Requested record.
    pub root: Link,
    /// All groups, also empty ones, of kinds that the actor may see.
    pub groups: Vec<Group>,
    /// Calendar entries of the record and its chain, without tasks.
    pub dates: Vec<EntryRow>,
    /// Budgets of the PPAs in the chain.
    pub budgets: Vec<(Id, String, Option<i64>)>,
    /// Estimated cost of the needs in the chain, in centavos.
    pub estimated_cost: i64,
}

impl Trace {
    /// Returns the group of that name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// Returns the sum of the budgets, in centavos.
    #[must_use]
    pub fn budget(&self) -> i64 {
        self.budgets.iter().filter_map(|(_, _, amount)| *amount).sum()
    }

    /// Returns the representation of the chain; instants are in `zone`.
    #[must_use]
    pub fn to_json(&self, zone: &TimeZone) -> Json {
        let mut object = Map::new();
        object.insert("kind".to_owned(), json!(self.root.kind.name));
        object.insert("id".to_owned(), json!(self.root.id));
        object.insert("title".to_owned(), json!(self.root.title));
        object.insert("state".to_owned(), json!(self.root.state));
        object.insert("url".to_owned(), json!(self.root.kind.url(self.root.id)));
        let mut more = Map::new();
        for group in &self.groups {
            let links: Vec<Json> = group.links.iter().map(link_json).collect();
            object.insert(group.name.to_owned(), Json::Array(links));
            if group.more > 0 {
                more.insert(group.name.to_owned(), json!(group.more));
            }
        }
        object.insert("more".to_owned(), Json::Object(more));
        let dates = self.dates.iter().map(|entry| date_json(entry, zone)).collect();
        object.insert("dates".to_owned(), Json::Array(dates));
        let ppas: Vec<Json> = self
            .budgets
            .iter()
            .map(|(id, title, amount)| json!({ "id": id, "title": title, "budget_allocation_centavos": amount }))
            .collect();
        object.insert(
            "money".to_owned(),
            json!({
                "budget_allocation_centavos": self.budget(),
                "estimated_cost_centavos": self.estimated_cost,
                "ppas": ppas,
            }),
        );
        Json::Object(object)
    }
}

fn link_json(link: &Link) -> Json {
    let mut object = json!({
        "kind": link.kind.name, "id": link.id, "title": link.title, "state": link.state,
        "url": link.kind.url(link.id), "position": link.position.as_str(),
    });
    if *link.kind == TASK {
        object["due_date"] = json!(link.due_date);
        object["progress"] = json!(link.progress);
    }
    object
}

fn date_json(entry: &EntryRow, zone: &TimeZone) -> Json {
    let moment = |instant: jiff::Timestamp| {
        if entry.all_day {
            json!(instant.to_zoned(TimeZone::UTC).date())
        } else {
            json!(instant.display_with_offset(zone.to_offset(instant)).to_string())
        }
    };
    let url = entry.kind.url(entry.record_id);
    let recurrence_id = Some(&*entry.recurrence_id).filter(|id| !id.is_empty());
    json!({
        "kind": entry.entry_kind, "title": &*entry.title, "start": moment(entry.start), "end": moment(entry.end),
        "all_day": entry.all_day, "status": &*entry.status, "module": entry.kind.module.key(), "url": url,
        "source": { "kind": entry.kind.name, "id": entry.record_id }, "recurrence_id": recurrence_id,
    })
}

impl App {
    /// Returns the chain around a record that the actor may see, limited to what the actor may see.
    pub fn trace(&self, actor: &Actor, kind: &'static Kind, id: Id) -> Result<Trace, AppError> {
        self.read(|tx| {
            let record = records::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            let root = records::references(tx, &[id])?.remove(&id).ok_or(AppError::NotFound(kind.label))?;
            let found = walk(tx, &root, level(kind.name).unwrap_or(0))?;
            let mut trace = collect(tx, actor, kind, &root, found, self.today())?;
            self.add_dates(tx, &mut trace)?;
            Ok(trace)
        })
    }
}

impl App {
    /// Adds the calendar entries of the work in the chain; of a series the next one.
    fn add_dates(&self, tx: &mut Tx<'_>, trace: &mut Trace) -> Result<(), AppError> {
        let mut dated = vec![trace.root.id];
        for name in ["assessments", "policies", "projects", "ppas", "policy_milestones", "events", "services"]
        {
            dated.extend(ids(trace, name));
        }
        dated.sort_unstable();
        dated.dedup();
        let now = self.now();
        let rows = store::dates(tx, &dated)?;
        trace.dates = rows.into_iter().filter_map(|row| calendar::next(row, now, self.zone())).collect();
        obcms_store::calendar::sort(&mut trace.dates);
        trace.dates.truncate(MAXIMUM_LINKS);
        Ok(())
    }
}

fn level(kind: &str) -> Option<u8> {
    LEVELS.iter().find(|(name, _)| *name == kind).map(|(_, level)| *level)
}

/// Walks up and down from the record, level by level, with one query for each; every record is visited once.
fn walk(tx: &mut Tx<'_>, root: &Reference, start: u8) -> Result<Vec<(Reference, Position)>, AppError> {
    let all: Vec<&str> = LEVELS.iter().map(|(name, _)| *name).collect();
    let mut seen: HashSet<Id> = HashSet::from([root.id]);
    let mut found: Vec<(Reference, Position)> = Vec::new();
    let mut frontier: HashMap<Id, (Position, u8)> = HashMap::from([(root.id, (Position::Itself, start))]);
    while !frontier.is_empty() && found.len() < MAXIMUM_THINGS {
        let mut ids: Vec<Id> = frontier.keys().copied().collect();
        ids.sort_unstable();
        let mut next = HashMap::new();
        for neighbor in store::neighbors(tx, &ids, &all)? {
            let Some((direction, here)) = frontier.get(&neighbor.here).copied() else {
                continue;
            };
            let Some(there) = level(&neighbor.other.kind) else {
                continue;
            };
            let position = match direction {
                Position::Itself if neighbor.field == "depends_on" => {
                    if neighbor.outgoing {
                        Position::Prerequisite
                    } else {
                        Position::Dependent
                    }
                }
                Position::Itself | Position::Above if there < here => Position::Above,
                Position::Itself | Position::Below if there > here => Position::Below,
                _ => continue,
            };
            let id = neighbor.other.id;
            if neighbor.other.is_archived || !seen.insert(id) {
                continue;
            }
            // Tasks have no lower level, and their dependencies are not followed further.
            let leads_on = position == Position::Above || (position == Position::Below && there < 8);
            if leads_on {
                next.insert(id, (position, there));
            }
            found.push((neighbor.other, position));
        }
        frontier = next;
    }
    Ok(found)
}

/// Groups the visited records, removes those that the actor may not see, and adds dates and money.
fn collect(
    tx: &mut Tx<'_>,
    actor: &Actor,
    kind: &'static Kind,
    root: &Reference,
    found: Vec<(Reference, Position)>,
    today: Date,
) -> Result<Trace, AppError> {
    let link = |reference: Reference, kind: &'static Kind, position: Position| Link {
        kind,
        id: reference.id,
        title: reference.title,
        state: reference.state,
        position,
        due_date: None,
        progress: None,
    };
    let root = link(root.clone(), kind, Position::Itself);
    let mut by_kind: HashMap<String, Vec<(Reference, Position)>> = HashMap::new();
    for item in found {
        by_kind.entry(item.0.kind.clone()).or_default().push(item);
    }
    let mut groups = Vec::with_capacity(GROUPS.len());
    for (name, kind_name) in GROUPS {
        let Some(group_kind) = kinds::by_name(kind_name) else {
            continue;
        };
        let mut links: Vec<Link> = Vec::new();
        if let Some(items) = by_kind.remove(kind_name) {
            let ids: Vec<Id> = items.iter().map(|(reference, _)| reference.id).collect();
            let visible: HashSet<Id> = match actor.visibility(group_kind) {
                None => HashSet::new(),
                Some(Visibility::All) => ids.into_iter().collect(),
                Some(Visibility::Within(scope)) => {
                    records::in_scope(tx, group_kind, &ids, &scope)?.into_iter().collect()
                }
            };
            let seen = items.into_iter().filter(|(reference, _)| visible.contains(&reference.id));
            links.extend(seen.map(|(reference, position)| link(reference, group_kind, position)));
        }
        if group_kind == kind {
            links.push(root.clone());
        }
        if kind_name == "task" {
            fill_tasks(tx, &mut links, today)?;
        }
        sort(&mut links);
        let more = links.len().saturating_sub(MAXIMUM_LINKS);
        links.truncate(MAXIMUM_LINKS);
        groups.push(Group { name, kind: group_kind, links, more });
    }
    let mut trace = Trace { root, groups, dates: Vec::new(), budgets: Vec::new(), estimated_cost: 0 };
    add_money(tx, &mut trace)?;
    Ok(trace)
}

fn fill_tasks(tx: &mut Tx<'_>, links: &mut [Link], today: Date) -> Result<(), AppError> {
    let ids: Vec<Id> = links.iter().map(|link| link.id).collect();
    let mut lines = store::task_lines(tx, &ids)?;
    // Late series have the date of the occurrence missed last, as on every page.
    let late: Vec<Id> = lines
        .iter()
        .filter(|line| line.is_series && line.due_date.is_some_and(|due| due < today))
        .map(|line| line.id)
        .collect();
    for task in records::load_many(tx, &TASK, &late)? {
        if let (Some(open), Some(line)) =
            (occurrences::open_date(&task, today)?, lines.iter_mut().find(|line| line.id == task.id))
        {
            line.due_date = Some(open.last_day());
        }
    }
    let by_id: HashMap<Id, &store::TaskLine> = lines.iter().map(|line| (line.id, line)).collect();
    for link in links {
        if let Some(line) = by_id.get(&link.id) {
            link.due_date = line.due_date;
            link.progress = Some(line.progress);
        }
    }
    Ok(())
}

/// Sorts links: the requested record first, then what it depends on; tasks by their due date.
fn sort(links: &mut [Link]) {
    let rank = |link: &Link| match link.position {
        Position::Itself => 0,
        Position::Prerequisite => 1,
        Position::Dependent => 2,
        Position::Above | Position::Below => 3,
    };
    links.sort_by(|one, other| {
        let due = |link: &Link| link.due_date.unwrap_or(Date::MAX);
        (rank(one), due(one), &one.title, one.id).cmp(&(rank(other), due(other), &other.title, other.id))
    });
}

fn ids(trace: &Trace, name: &str) -> Vec<Id> {
    trace.group(name).map(|group| group.links.iter().map(|link| link.id).collect()).unwrap_or_default()
}

fn add_money(tx: &mut Tx<'_>, trace: &mut Trace) -> Result<(), AppError> {
    let budgets: HashMap<Id, i64> =
        store::amounts(tx, "ppas", "budget_allocation_centavos", &ids(trace, "ppas"))?.into_iter().collect();
    if let Some(group) = trace.group("ppas") {
        trace.budgets = group
            .links
            .iter()
            .map(|link| (link.id, link.title.clone(), budgets.get(&link.id).copied()))
            .collect();
    }
    let costs = store::amounts(tx, "needs", "estimated_cost_centavos", &ids(trace, "needs"))?;
    trace.estimated_cost = costs.iter().map(|(_, amount)| amount).sum();
    Ok(())
}
