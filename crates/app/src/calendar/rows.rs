//! Rows of the timeline views: people or resources, each with a note.

use obcms_domain::choices::{self, RESOURCE_TYPES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{RESOURCE, USER, resource, user};
use obcms_domain::registry::{Kind, Record};
use obcms_store::{calendar as store, records};
use serde::Serialize;

use super::CalendarQuery;
use crate::core::{Actor, App, AppError, Visibility};
use crate::records::lists;

/// Type of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All people.
    People,
    /// Rooms, vehicles, equipment.
    Resources,
}

impl Rows {
    /// Parses the name of a view.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "people" => Some(Self::People),
            "resources" => Some(Self::Resources),
            _ => None,
        }
    }

    const fn kind(self) -> &'static Kind {
        match self {
            Self::People => &USER,
            Self::Resources => &RESOURCE,
        }
    }
}

/// Row of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Id of the person or resource.
    pub id: Id,
    /// Name of the person or resource.
    pub name: String,
    /// Note below the name, or empty.
    pub note: String,
}

impl App {
    /// Returns the rows selected by the filters of the query, limited to what the actor may see: its people and the
    /// members of its teams, or its resources. Without such a filter, returns all rows.
    pub fn timeline_rows(
        &self,
        actor: &Actor,
        rows: Rows,
        query: &CalendarQuery,
    ) -> Result<Vec<Row>, AppError> {
        let kind = rows.kind();
        let Some(visibility) = actor.visibility(kind) else {
            return Ok(Vec::new());
        };
        let is_filtered = match rows {
            Rows::People => !query.persons.is_empty() || !query.related_to.teams.is_empty(),
            Rows::Resources => !query.related_to.resources.is_empty(),
        };
        let mut found = if is_filtered {
            self.read(|tx| {
                let mut ids = match rows {
                    Rows::People => query.persons.clone(),
                    Rows::Resources => query.related_to.resources.clone(),
                };
                if rows == Rows::People {
                    ids.extend(store::members(tx, &query.related_to.teams)?);
                }
                ids.sort_unstable();
                ids.dedup();
                if let Visibility::Within(scope) = &visibility {
                    ids = records::in_scope(tx, kind, &ids, scope)?;
                }
                Ok(records::load_many(tx, kind, &ids)?)
            })?
        } else {
            let mut parameters = vec![("limit".to_owned(), lists::MAXIMUM_LIMIT.to_string())];
            if rows == Rows::People {
                parameters.push(("is_disabled".to_owned(), "false".to_owned()));
            }
            self.list(actor, kind, &parameters)?.records
        };
        found.retain(|record| !record.is_archived());
        let mut rows: Vec<Row> = found
            .iter()
            .map(|record| Row { id: record.id, name: record.title().to_owned(), note: note(record) })
            .collect();
        rows.sort_by_cached_key(|row| (row.name.to_lowercase(), row.id));
        Ok(rows)
    }
}

/// Returns the note: `Room · seats 12`, or the position of a person.
fn note(record: &Record) -> String {
    if record.kind == &USER {
        return user::POSITION.get(record).to_owned();
    }
    let mut words = vec![choices::label(RESOURCE_TYPES, resource::RESOURCE_TYPE.get(record)).to_owned()];
    if let Some(seats) = resource::SEATS.get(record) {
        words.push(format!("seats {seats}"));
    }
    if let Some(units) = resource::CAPACITY.get(record).filter(|units| *units > 1) {
        words.push(format!("{units} units"));
    }
    if !resource::IS_AVAILABLE.get(record) {
        words.push("not available".to_owned());
    }
    words.join(" · ")
}
