//! Preview of the tasks that a template generates for a record or a date. Nothing is written.

use jiff::civil::Date;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, TASK, task, task_template};
use obcms_domain::registry::{Link, Record};
use obcms_domain::tasks::templates::{self, Anchor, DueRule};
use obcms_store::records::{self, Directory};
use obcms_store::tasks as store;
use serde_json::{Value as Json, json};

use super::due_dates::{self, DueDates};
use super::generation::{Assignee, assignee_of, team_of};
use super::template_bookings;
use super::template_rules::items;
use crate::core::{Actor, App, AppError};
use crate::records::references;

/// Task that a template would generate.
#[derive(Clone, Debug)]
pub struct PreviewedTask {
    /// Key of the item.
    pub key: String,
    /// Title with the name of the record.
    pub title: String,
    /// Due date.
    pub due: Date,
    /// Date by the offset alone; another one than `due` if that is no working day.
    pub exact: Date,
    /// Whom it is assigned to; nobody without a record.
    pub assignee: Option<Assignee>,
    /// Assignee rule of the item.
    pub assignee_rule: String,
    /// First and last moment of its booking.
    pub booking: Option<(jiff::Timestamp, jiff::Timestamp)>,
    /// Resource or type of resource that it books.
    pub books: String,
    /// True if the record has the task already.
    pub exists: bool,
}

/// Preview of a template.
#[derive(Clone, Debug)]
pub struct TemplatePreview {
    /// Tasks in the order of the items.
    pub tasks: Vec<PreviewedTask>,
    /// Names of people, teams and resources.
    pub directory: Directory,
    /// First and last day that the offsets count from.
    pub days: (Date, Date),
}

impl TemplatePreview {
    /// Returns the JSON of the API.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let tasks: Vec<Json> = self.tasks.iter().map(|task| self.task_json(task)).collect();
        json!({ "start": self.days.0, "end": self.days.1, "items": tasks })
    }

    fn task_json(&self, task: &PreviewedTask) -> Json {
        let named = |id: Id| json!({ "id": id, "title": self.directory.get(&id).map(|found| &found.title) });
        let (person, team) = match task.assignee {
            Some(Assignee::Person(id)) => (Some(named(id)), None),
            Some(Assignee::Team(id)) => (None, Some(named(id))),
            None => (None, None),
        };
        json!({
            "key": task.key, "title": task.title, "due_date": task.due, "exact_date": task.exact,
            "is_moved": task.due != task.exact, "assignee": person, "team": team,
            "assignee_rule": task.assignee_rule, "exists": task.exists,
            "booking": task.booking.map(|(start, end)| json!({ "start": start, "end": end, "resource": task.books })),
        })
    }
}

impl App {
    /// Previews the tasks of a template, which may be a draft, for a record or from a date.
    pub fn preview_template(
        &self,
        actor: &Actor,
        template: &Record,
        origin: Option<&Link>,
        base: Option<Date>,
    ) -> Result<TemplatePreview, AppError> {
        let origin = match origin {
            Some(link) => Some(self.previewed_origin(actor, link)?),
            None => None,
        };
        if origin.is_none() && base.is_none() {
            return Err(AppError::field(task::ORIGIN.name(), "required", "Choose a record or a date."));
        }
        let (start, end) =
            origin.as_ref().map_or((None, None), |origin| self.rules().anchors(origin, self.zone()));
        let start = base.or(start).unwrap_or_else(|| self.today());
        let end = base.or(end).unwrap_or(start);
        let items = items(template);
        self.read(|tx| {
            let dates = DueDates::around(tx, start, end, due_dates::furthest(items))?;
            let team = team_of(tx, task_template::DOMAIN.get(template))?;
            let known = match &origin {
                Some(origin) => store::generated_items(tx, origin.id)?,
                None => std::collections::HashMap::new(),
            };
            let name = task_template::NAME.get(template);
            let tasks: Vec<PreviewedTask> = items
                .iter()
                .map(|item| {
                    let text = |name: &str| item.get(name).and_then(Json::as_str).unwrap_or_default();
                    let anchor = Anchor::parse(text("anchor")).unwrap_or(Anchor::Start);
                    let offset = item.get("offset_days").and_then(Json::as_i64).unwrap_or(0);
                    let due = dates.due(anchor, offset, due_dates::rule_of(template, item));
                    let title = origin.as_ref().map_or("…", |origin| origin.title());
                    let span = template_bookings::is_wanted(item)
                        .then(|| template_bookings::span_of(item, due, self.zone()));
                    PreviewedTask {
                        key: text("key").to_owned(),
                        title: templates::fill(text("title"), title),
                        due,
                        exact: dates.due(anchor, offset, DueRule::Exact),
                        assignee: assignee_of(origin.as_ref(), text("assignee"), team),
                        assignee_rule: text("assignee").to_owned(),
                        booking: span.map(|span| (span.start, span.end)),
                        books: [text("booking_resource"), text("booking_resource_type")].concat(),
                        exists: known.contains_key(&format!("{name}/{}", text("key"))),
                    }
                })
                .collect();
            let mut ids: Vec<Id> = Vec::new();
            for task in &tasks {
                match task.assignee {
                    Some(Assignee::Person(id) | Assignee::Team(id)) => ids.push(id),
                    None => {}
                }
                ids.extend(task.books.parse::<Id>().ok());
            }
            let directory = references::visible(tx, actor, &ids)?;
            Ok(TemplatePreview { tasks, directory, days: (start, end) })
        })
    }

    fn previewed_origin(&self, actor: &Actor, link: &Link) -> Result<Record, AppError> {
        let unknown =
            || AppError::field(task::ORIGIN.name(), "unknown_reference", "This record does not exist.");
        let kind = kinds::by_name(&link.kind)
            .filter(|kind| kinds::ORIGINS.contains(&kind.name) && **kind != TASK)
            .ok_or_else(|| {
                AppError::field(task::ORIGIN.name(), "choice", "Tasks cannot belong to this kind.")
            })?;
        match self.get(actor, kind, link.id) {
            Err(AppError::NotFound(_) | AppError::Forbidden { .. }) => Err(unknown()),
            other => other,
        }
    }
}

/// Loads templates in the order of their ids.
pub(super) fn load(tx: &mut obcms_store::Tx<'_>, ids: &[Id]) -> Result<Vec<Record>, AppError> {
    let mut found = records::load_many(tx, &kinds::TASK_TEMPLATE, ids)?;
    found.sort_by_key(|template| ids.iter().position(|id| *id == template.id));
    Ok(found)
}
