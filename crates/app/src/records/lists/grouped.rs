//! Lists in groups by the values of a field.

use obcms_domain::core::id::Id;
use obcms_domain::registry::{Field, FieldType, Kind, Record};
use obcms_store::SqlValue;
use obcms_store::records::{self, Directory, Query};

use super::{MAXIMUM_LIMIT, Parameters, named_by};
use crate::core::{Actor, App, AppError};
use crate::records::references;

/// Records of each group that a grouped list shows.
pub const GROUP_LIMIT: i64 = 10;

/// List in groups.
#[derive(Clone, Debug)]
pub struct GroupedListing {
    /// Groups in the order of the choices, or by the titles of the records; the one without a value last.
    pub groups: Vec<ListGroup>,
    /// Titles of the records that the list refers to.
    pub directory: Directory,
    /// Number of records in all groups.
    pub total: i64,
}

/// Group of a list.
#[derive(Clone, Debug)]
pub struct ListGroup {
    /// Value that filters the list by this group; `none` for records without one.
    pub value: String,
    /// Number of its records.
    pub total: i64,
    /// The first of them.
    pub records: Vec<Record>,
}

/// Returns true if a list can be grouped by the field: choices, yes or no, and references. A record with several
/// references, as a task of two people, is in each of their groups.
#[must_use]
pub fn is_groupable(field: &Field) -> bool {
    let groups = matches!(
        field.data,
        FieldType::Choice(_) | FieldType::Boolean | FieldType::Reference(_) | FieldType::References(_)
    );
    groups && !field.personal
}

impl App {
    /// Returns the records of the kind that the actor may see, in groups by a field, each with its first records, such
    /// as [`GROUP_LIMIT`] of them.
    pub fn list_grouped(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        parameters: &Parameters,
        field: &'static Field,
        first: i64,
    ) -> Result<GroupedListing, AppError> {
        let request = self.list_request(actor, kind, parameters)?;
        let scope = actor.scope(kind)?;
        self.read(|tx| {
            let limit = MAXIMUM_LIMIT.max(first);
            let query = Query { after: None, limit, ..request.query(kind, scope.as_ref()) };
            let mut groups = records::groups(tx, &query, field, first)?;
            let total = records::count(tx, &query)?;
            for group in &mut groups {
                actor.conceal(&mut group.records);
            }
            let keys = groups.iter().filter_map(|group| key_id(&group.key));
            let shown = groups.iter().flat_map(|group| &group.records);
            let ids: Vec<Id> = shown.flat_map(named_by).chain(keys).collect();
            let directory = references::visible(tx, actor, &ids)?;
            groups.sort_by_cached_key(|group| order(field, &group.key, &directory));
            let groups = groups
                .into_iter()
                .map(|group| ListGroup {
                    value: value(&group.key),
                    total: group.total,
                    records: group.records,
                })
                .collect();
            Ok(GroupedListing { groups, directory, total })
        })
    }
}

fn key_id(key: &SqlValue) -> Option<Id> {
    match key {
        SqlValue::Id(id) => Some(*id),
        _ => None,
    }
}

/// Returns the value of a group in the address of a list.
fn value(key: &SqlValue) -> String {
    match key {
        SqlValue::Text(text) if !text.is_empty() => text.clone(),
        SqlValue::Boolean(flag) => flag.to_string(),
        SqlValue::Integer(number) => (*number != 0).to_string(),
        other => key_id(other).map_or_else(|| "none".to_owned(), |id| id.to_string()),
    }
}

fn order(field: &Field, key: &SqlValue, directory: &Directory) -> (bool, usize, String) {
    let value = value(key);
    let place = match field.data {
        FieldType::Choice(choices) => choices.iter().position(|choice| choice.value == value).unwrap_or(0),
        _ => 0,
    };
    let title = key_id(key).and_then(|id| directory.get(&id)).map(|found| found.title.to_lowercase());
    (value == "none", place, title.unwrap_or(value))
}
