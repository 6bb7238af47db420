//! Records as the API shows them, with what a single record does not know of itself.

use std::collections::HashMap;

use jiff::civil::Date;
use obcms_domain::id::Id;
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::records;
use serde_json::{Map, Value as Json, json};

use crate::error::AppError;
use crate::{Actor, App, feeds, projects, sharing, task_facts};

impl App {
    /// Records of one kind as JSON objects; what they lack is asked for all of them at once.
    pub fn present(&self, records: &[Record]) -> Result<Vec<Map<String, Json>>, AppError> {
        let today = self.today();
        match records.first() {
            Some(first) if asks_more(first) => self.read(|tx| present(tx, today, records)),
            // What the record itself tells needs no transaction.
            _ => Ok(records.iter().map(|record| object(record, today)).collect()),
        }
    }

    /// One record as a JSON object, with what only its own page shows.
    pub fn present_one(&self, record: &Record) -> Result<Map<String, Json>, AppError> {
        let today = self.today();
        if asks_more(record) {
            self.read(|tx| present_one(tx, today, record))
        } else {
            Ok(object(record, today))
        }
    }
}

/// Kinds that show something of other records.
fn asks_more(record: &Record) -> bool {
    ["ppa", "project"].contains(&record.kind.name)
}

/// What the record itself tells.
fn object(record: &Record, today: Date) -> Map<String, Json> {
    let mut object = record.to_json();
    if record.kind.name == "task" {
        for (name, value) in task_facts(record, today) {
            object.insert(name.to_owned(), value);
        }
    }
    object
}

/// Records of one kind as JSON objects, within a transaction.
pub fn present(tx: &mut Tx<'_>, today: Date, records: &[Record]) -> Result<Vec<Map<String, Json>>, AppError> {
    let projects = if records.first().is_some_and(|record| record.kind.name == "ppa") {
        let ids: Vec<Id> = records.iter().map(|record| record.id).collect();
        projects_of(tx, &ids)?
    } else {
        HashMap::new()
    };
    Ok(records
        .iter()
        .map(|record| {
            let mut object = object(record, today);
            if record.kind.name == "ppa" {
                object.insert("project".to_owned(), json!(projects.get(&record.id)));
            }
            object
        })
        .collect())
}

/// One record as a JSON object with what only its own page shows, within a transaction.
pub fn present_one(tx: &mut Tx<'_>, today: Date, record: &Record) -> Result<Map<String, Json>, AppError> {
    let mut object = present(tx, today, std::slice::from_ref(record))?.pop().unwrap_or_default();
    if record.kind.name == "project" {
        for (name, value) in projects::state(tx, record)? {
            object.insert(name.to_owned(), value);
        }
    }
    Ok(object)
}

/// What only its owner is shown of a record: the address of a feed or a share. `base` is where they reach the program.
#[must_use]
pub fn of_its_owner(base: &str, actor: &Actor, record: &Record) -> Map<String, Json> {
    let mut members = Map::new();
    let path = match record.kind.name {
        "feed" => Some(feeds::path(actor, record)),
        "share" => Some(sharing::path(actor, record)),
        _ => None,
    };
    if let Some(path) = path {
        let address = path.map(|path| format!("{base}{path}"));
        members.insert("url".to_owned(), json!(address));
    }
    members
}

fn projects_of(tx: &mut Tx<'_>, ppas: &[Id]) -> Result<HashMap<Id, Id>, AppError> {
    let found = records::sources(tx, ppas, &["project"], 1000)?;
    Ok(found
        .into_iter()
        .filter(|(_, field, project)| field == "ppa" && !project.is_archived)
        .map(|(ppa, _, project)| (ppa, project.id))
        .collect())
}
