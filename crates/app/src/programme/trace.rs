//! The chain around one thing: from the community over need, project and PPA to the tasks, and back.
//!
//! Kinds stand on levels. From the thing the walk goes upwards only, and downwards only; it never turns around, so a
//! task leads to its PPA and the needs behind it, but not to everything else that hangs on those needs.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::Kind;
use obcms_store::Tx;
use obcms_store::calendar::EntryRow;
use obcms_store::programme::trace as store;
use obcms_store::records::{self, Reference};
use serde_json::{Map, Value as Json, json};

use crate::calendar;
use crate::core::{Actor, App, AppError, Visibility};
use crate::tasks::occurrences;

/// Links shown of one group at most; the rest is counted.
pub const MAXIMUM_LINKS: usize = 500;
/// Things visited at most, whatever hangs together.
const MAXIMUM_THINGS: usize = 4000;

/// The kinds of the chain with their levels, from the ground to the work; what a need leads to stands below it.
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

/// Groups of the answer: their name and the kind in them, in the order in which people read them.
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

/// How a link stands to the thing asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// It is the thing.
    Itself,
    /// The thing rests on it.
    Above,
    /// It follows from the thing.
    Below,
    /// A task that must be done before it.
    Prerequisite,
    /// A task that waits for it.
    Dependent,
}

impl Position {
    /// The value in the API.
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

/// One thing in the chain.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its kind.
    pub kind: &'static Kind,
    /// Itself.
    pub id: Id,
    /// What people call it.
    pub title: String,
    /// Its state, or empty.
    pub state: String,
    /// How it stands to the thing asked for.
    pub position: Position,
    /// When it is due, for tasks; of one that repeats the date that is to be done next.
    pub due_date: Option<Date>,
    /// Progress, for tasks.
    pub progress: Option<i64>,
}

/// The things of one kind in the chain.
#[derive(Clone, Debug)]
pub struct Group {
    /// Name in the API.
    pub name: &'static str,
    /// Their kind.
    pub kind: &'static Kind,
    /// At most [`MAXIMUM_LINKS`] of them.
    pub links: Vec<Link>,
    /// How many more there are.
    pub more: usize,
}

/// The chain around a thing.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The thing.
    pub thing: Link,
    /// Every group, also the empty ones of kinds that the asker may see.
    pub groups: Vec<Group>,
    /// Dates of the thing and of what is dated around it, tasks aside.
    pub dates: Vec<EntryRow>,
    /// Budgets of the PPAs in the chain.
    pub budgets: Vec<(Id, String, Option<i64>)>,
    /// Estimated cost of the needs in the chain.
    pub estimated_cost: i64,
}

impl Trace {
    /// The group of a name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// Sum of the budgets.
    #[must_use]
    pub fn budget(&self) -> i64 {
        self.budgets.iter().filter_map(|(_, _, amount)| *amount).sum()
    }

    /// The chain as the API shows it; instants stand in `zone`.
    #[must_use]
    pub fn to_json(&self, zone: &TimeZone) -> Json {
        let mut object = Map::new();
        object.insert("kind".to_owned(), json!(self.thing.kind.name));
        object.insert("id".to_owned(), json!(self.thing.id));
        object.insert("title".to_owned(), json!(self.thing.title));
        object.insert("state".to_owned(), json!(self.thing.state));
        object.insert("url".to_owned(), json!(self.thing.kind.url(self.thing.id)));
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
    if link.kind.name == "task" {
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
    /// The chain around a thing that the actor may see, with what the actor may see of it.
    pub fn trace(&self, actor: &Actor, kind: &'static Kind, id: Id) -> Result<Trace, AppError> {
        self.read(|tx| {
            let record = records::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            let thing = records::references(tx, &[id])?.remove(&id).ok_or(AppError::NotFound(kind.label))?;
            let found = walk(tx, &thing, level(kind.name).unwrap_or(0))?;
            let mut trace = collect(tx, actor, kind, &thing, found, self.today())?;
            self.add_dates(tx, &mut trace)?;
            Ok(trace)
        })
    }
}

impl App {
    /// The dates of what is worked on; of a series the next one.
    fn add_dates(&self, tx: &mut Tx<'_>, trace: &mut Trace) -> Result<(), AppError> {
        let mut dated = vec![trace.thing.id];
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

/// Everything above and below the thing, each once, level by level: one query for a step.
fn walk(tx: &mut Tx<'_>, thing: &Reference, start: u8) -> Result<Vec<(Reference, Position)>, AppError> {
    let all: Vec<&str> = LEVELS.iter().map(|(name, _)| *name).collect();
    let mut seen: HashSet<Id> = HashSet::from([thing.id]);
    let mut found: Vec<(Reference, Position)> = Vec::new();
    let mut frontier: HashMap<Id, (Position, u8)> = HashMap::from([(thing.id, (Position::Itself, start))]);
    while !frontier.is_empty() && found.len() < MAXIMUM_THINGS {
        let mut ids: Vec<Id> = frontier.keys().copied().collect();
        ids.sort_unstable();
        let mut next = HashMap::new();
        for neighbour in store::neighbours(tx, &ids, &all)? {
            let Some((direction, here)) = frontier.get(&neighbour.here).copied() else {
                continue;
            };
            let Some(there) = level(&neighbour.other.kind) else {
                continue;
            };
            let position = match direction {
                Position::Itself if neighbour.field == "depends_on" => {
                    if neighbour.outgoing {
                        Position::Prerequisite
                    } else {
                        Position::Dependent
                    }
                }
                Position::Itself | Position::Above if there < here => Position::Above,
                Position::Itself | Position::Below if there > here => Position::Below,
                _ => continue,
            };
            let id = neighbour.other.id;
            if neighbour.other.is_archived || !seen.insert(id) {
                continue;
            }
            // Nothing hangs below a task, and tasks around it are not walked on from.
            let leads_on = position == Position::Above || (position == Position::Below && there < 8);
            if leads_on {
                next.insert(id, (position, there));
            }
            found.push((neighbour.other, position));
        }
        frontier = next;
    }
    Ok(found)
}

/// Groups what was found, leaves out what may not be seen, and adds dates and money.
fn collect(
    tx: &mut Tx<'_>,
    actor: &Actor,
    kind: &'static Kind,
    thing: &Reference,
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
    let thing = link(thing.clone(), kind, Position::Itself);
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
            let visible: HashSet<Id> = match actor.sight(group_kind) {
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
            links.push(thing.clone());
        }
        if kind_name == "task" {
            fill_tasks(tx, &mut links, today)?;
        }
        sort(&mut links);
        let more = links.len().saturating_sub(MAXIMUM_LINKS);
        links.truncate(MAXIMUM_LINKS);
        groups.push(Group { name, kind: group_kind, links, more });
    }
    let mut trace = Trace { thing, groups, dates: Vec::new(), budgets: Vec::new(), estimated_cost: 0 };
    add_money(tx, &mut trace)?;
    Ok(trace)
}

fn fill_tasks(tx: &mut Tx<'_>, links: &mut [Link], today: Date) -> Result<(), AppError> {
    let ids: Vec<Id> = links.iter().map(|link| link.id).collect();
    let mut lines = store::task_lines(tx, &ids)?;
    // Late series stand with the date that was missed last, as on every page.
    let late: Vec<Id> = lines
        .iter()
        .filter(|line| line.is_series && line.due_date.is_some_and(|due| due < today))
        .map(|line| line.id)
        .collect();
    for task in records::load_many(tx, &kinds::TASK, &late)? {
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

/// The thing itself first, then what it rests on; tasks by their due date.
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
