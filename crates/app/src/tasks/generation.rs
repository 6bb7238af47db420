//! Generation of tasks for an origin: once, from the matching template.

use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, TASK_TEMPLATE, event, task, task_template};
use obcms_domain::registry::{Link, Record, Value};
use obcms_domain::tasks::templates::Anchor;
use obcms_domain::tasks::{TaskStatus, rank, templates};
use obcms_store::tasks as store;
use obcms_store::{Tx, records};
use serde_json::Value as Json;

use super::due_dates::{self, DueDates};
use super::template_bookings;
use crate::core::{Actor, App, AppError, UnitOfWork};

impl App {
    /// Generates the tasks of a template for a given record. Returns the number of new ones, and all of them.
    pub fn instantiate(
        &self,
        actor: &Actor,
        template: Id,
        origin: &Link,
        base: Option<Date>,
    ) -> Result<(usize, Vec<Record>), AppError> {
        let attempt = || {
            self.write(actor, |work| {
                let known = store::generated_items(work.tx, origin.id)?.len();
                let tasks = instantiate_for(work, template, origin, base)?;
                let now = store::generated_items(work.tx, origin.id)?.len();
                Ok((now.saturating_sub(known), tasks))
            })
        };
        match attempt() {
            // Another command generated them at the same moment: return those.
            Err(AppError::Store(error)) if error.is_unique_violation() => attempt(),
            other => other,
        }
    }
}

/// Generates the tasks that the triggers of templates require.
pub fn generate_for_origin(work: &mut UnitOfWork<'_, '_>, origin: &Record) -> Result<(), AppError> {
    let fact = |name: &str| match origin.get(name) {
        Value::Text(text) => Some(text.clone()),
        Value::Boolean(value) => Some(value.to_string()),
        _ => None,
    };
    let name = match work.rules_of(origin.kind).template {
        Some(template) => template(origin),
        None => templates::template_for(origin.kind.name, &fact),
    };
    name.map_or(Ok(()), |name| generate_from(work, name, origin, None))
}

/// Generates the tasks of the active template of that name, if there is one.
pub fn generate_from(
    work: &mut UnitOfWork<'_, '_>,
    name: &str,
    origin: &Record,
    base: Option<Date>,
) -> Result<(), AppError> {
    let Some(template) = obcms_store::tasks::template_named(work.tx, name)? else {
        return Ok(());
    };
    let Some(template) = work.find(&TASK_TEMPLATE, template)? else {
        return Ok(());
    };
    instantiate(work, &template, origin, base).map(|_| ())
}

/// Generates the tasks of a template for an origin; existing ones are not changed. Returns the ids of all, in the
/// order of the items.
pub fn instantiate(
    work: &mut UnitOfWork<'_, '_>,
    template: &Record,
    origin: &Record,
    base: Option<Date>,
) -> Result<Vec<Id>, AppError> {
    let Value::Json(Json::Array(items)) = task_template::ITEMS.value(template) else {
        return Ok(Vec::new());
    };
    let known = store::generated_items(work.tx, origin.id)?;
    let (start, end) = work.app.rules().anchors(origin, work.app.zone());
    let start = base.or(start).unwrap_or(work.today);
    let end = base.or(end).unwrap_or(start);
    let dates = DueDates::around(work.tx, start, end, due_dates::furthest(items))?;
    let team = team_of(work.tx, task_template::DOMAIN.get(template))?;
    let last = store::last_rank(work.tx)?;
    let mut ranks = rank::append(last.as_deref(), items.len()).into_iter();
    let mut result = Vec::with_capacity(items.len());
    let mut by_key: Vec<(String, Id)> = Vec::new();
    let (mut new, mut booked) = (Vec::new(), Vec::new());
    for item in items {
        let text = |name: &str| item.get(name).and_then(Json::as_str).unwrap_or_default();
        let key = format!("{}/{}", task_template::NAME.get(template), text("key"));
        if let Some(id) = known.get(&key) {
            by_key.push((text("key").to_owned(), *id));
            result.push(*id);
            continue;
        }
        let mut task = work.new_record(&TASK);
        let anchor = Anchor::parse(text("anchor")).unwrap_or(Anchor::Start);
        let offset = item.get("offset_days").and_then(Json::as_i64).unwrap_or(0);
        let rule = due_dates::rule_of(template, item);
        task::TITLE.set(&mut task, shorten(&templates::fill(text("title"), origin.title())));
        task::DESCRIPTION.set(&mut task, some(text("description")));
        task::ORIGIN.set(&mut task, Link { kind: origin.kind.name.to_owned(), id: origin.id });
        task::DUE_DATE.set(&mut task, dates.due(anchor, offset, rule));
        task::STATUS.set(&mut task, TaskStatus::NotStarted.as_str());
        task::PRIORITY.set(&mut task, text("priority"));
        task::PROGRESS.set(&mut task, 0_i64);
        task::DOMAIN.set(&mut task, task_template::DOMAIN.get(template));
        task::PHASE.set(&mut task, some(text("phase")));
        task::WEIGHT.set(&mut task, 100_i64);
        task::ESTIMATED_HOURS.set(&mut task, hours(item));
        let is_shown = item.get("visible_to_partners").and_then(Json::as_bool).unwrap_or(false);
        task::VISIBLE_TO_PARTNERS.set(&mut task, is_shown);
        task::MARKED_AT_RISK.set(&mut task, false);
        task::TOUCHED.set(&mut task, false);
        task::TEMPLATE_ITEM.set(&mut task, key);
        task::TEMPLATE.set(&mut task, template.id);
        task::TEMPLATE_VERSION.set(&mut task, task_template::ITEMS_VERSION.get(template));
        task::GENERATED_ANCHOR.set(&mut task, anchor.as_str());
        task::GENERATED_RULE.set(&mut task, rule.as_str());
        // A task generated for a given date does not move with the origin.
        task::GENERATED_OFFSET.set(&mut task, base.is_none().then_some(offset));
        task::RANK.set(&mut task, ranks.next().unwrap_or_default());
        match assignee_of(Some(origin), text("assignee"), team) {
            Some(Assignee::Person(person)) => task::ASSIGNEES.set(&mut task, vec![person]),
            Some(Assignee::Team(team)) => task::TEAMS.set(&mut task, vec![team]),
            None => {}
        }
        let waits_for: Vec<Id> = item
            .get("prerequisites")
            .and_then(Json::as_array)
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .filter_map(Json::as_str)
            .filter_map(|name| by_key.iter().find(|(key, _)| key == name).map(|(_, id)| *id))
            .collect();
        task::BLOCKED.set(&mut task, !waits_for.is_empty());
        task::DEPENDS_ON.set(&mut task, waits_for);
        by_key.push((text("key").to_owned(), task.id));
        result.push(task.id);
        if template_bookings::is_wanted(item) {
            booked.push((new.len(), item));
        }
        new.push(task);
    }
    work.insert_together(&new)?;
    let booked: Vec<(&Record, &Json)> = booked.into_iter().map(|(place, item)| (&new[place], item)).collect();
    template_bookings::book(work, &booked)?;
    Ok(result)
}

/// Detaches a generated task from its template item when it comes to an origin that has a task of the same item
/// already, by a move, an undo or an edit. An origin has each item of a template once.
pub fn detach_duplicate_item(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &mut Record,
) -> Result<(), AppError> {
    if task::TEMPLATE_ITEM.is_empty(record) {
        return Ok(());
    }
    let Some(origin) = task::ORIGIN.get(record).map(|origin| origin.id) else {
        return Ok(());
    };
    let was_there = task::ORIGIN.get(before).is_some_and(|before| before.id == origin);
    if was_there && task::TEMPLATE_ITEM.is_same(before, record) {
        return Ok(());
    }
    let twin = store::generated_items(work.tx, origin)?.get(task::TEMPLATE_ITEM.get(record)).copied();
    if twin.is_some_and(|twin| twin != record.id) {
        task::TEMPLATE_ITEM.clear(record);
    }
    Ok(())
}

/// Generates the tasks of a template for a given origin: `POST /task-templates/ID/instantiate`.
pub fn instantiate_for(
    work: &mut UnitOfWork<'_, '_>,
    template: Id,
    origin: &Link,
    base: Option<Date>,
) -> Result<Vec<Record>, AppError> {
    crate::records::require_write(work.actor)?;
    let template = work.load(&TASK_TEMPLATE, template)?;
    let kind = obcms_domain::kinds::by_name(&origin.kind)
        .filter(|kind| obcms_domain::kinds::ORIGINS.contains(&kind.name))
        .ok_or_else(|| AppError::field(task::ORIGIN.name(), "choice", "Tasks cannot belong to this kind."))?;
    let origin = match work.load(kind, origin.id) {
        Err(AppError::NotFound(_)) => {
            return Err(AppError::field(
                task::ORIGIN.name(),
                "unknown_reference",
                "This record does not exist.",
            ));
        }
        other => other?,
    };
    work.actor.require(work.tx, Action::Generate, &origin)?;
    if template.is_archived() || !task_template::IS_ACTIVE.get(&template) {
        return Err(AppError::conflict("This template is not active."));
    }
    let ids = instantiate(work, &template, &origin, base)?;
    let mut tasks = records::load_many(work.tx, &TASK, &ids)?;
    tasks.sort_by_key(|task| ids.iter().position(|id| *id == task.id));
    Ok(tasks)
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Shortens a title: the name of the origin makes it longer, and the column has a limit.
fn shorten(title: &str) -> String {
    if title.chars().count() <= 255 {
        title.to_owned()
    } else {
        title.chars().take(254).chain(['…']).collect()
    }
}

fn hours(item: &Json) -> Option<i64> {
    // Bounded by the validation of the template's items.
    #[allow(clippy::cast_possible_truncation)]
    item.get("estimated_hours").and_then(Json::as_f64).map(|hours| (hours * 100.0).round() as i64)
}

/// Returns the team of a domain.
pub(super) fn team_of(tx: &mut Tx<'_>, domain: &str) -> Result<Option<Id>, AppError> {
    let own = obcms_domain::seeds::teams::for_domain(domain).map(|team| team.domains[0]);
    Ok(obcms_store::tasks::team_of_domain(tx, domain, own.unwrap_or(domain))?)
}

/// Person or team that a generated task is assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// Person.
    Person(Id),
    /// Team of the domain.
    Team(Id),
}

/// Returns who a task is assigned to by the rule of its item; the creator of the origin where the rule finds nobody.
#[must_use]
pub fn assignee_of(origin: Option<&Record>, rule: &str, team: Option<Id>) -> Option<Assignee> {
    if let ("team", Some(team)) = (rule, team) {
        return Some(Assignee::Team(team));
    }
    let origin = origin?;
    let lead = ["lead_assessor", "manager", "lead", "lead_author", "focal_person", "assigned_to", "reviewer"]
        .iter()
        .find_map(|name| origin.reference(name));
    let person = match rule {
        "lead" => lead,
        "organizer" => event::ORGANIZER.get(origin),
        _ => None,
    };
    person.or(origin.created_by).map(Assignee::Person)
}

/// Template, item and version that a task was generated from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    /// The template; it may be archived.
    pub template: Id,
    /// Key of the item, empty for a task that was detached from it.
    pub item: &'a str,
    /// Version of the template.
    pub version: i64,
}

/// Returns what a task was generated from, or nothing for another task.
#[must_use]
pub fn source_of(task: &Record) -> Option<Source<'_>> {
    let item = task::TEMPLATE_ITEM.get(task).split_once('/').map_or("", |(_, item)| item);
    let version = task::TEMPLATE_VERSION.get(task).unwrap_or(1);
    task::TEMPLATE.get(task).map(|template| Source { template, item, version })
}
