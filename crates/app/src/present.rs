//! Records as the API shows them, with what a single record does not know of itself.

use std::collections::HashMap;

use obcms_domain::id::Id;
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::records;
use serde_json::{Map, Value as Json, json};

use crate::error::AppError;
use crate::{App, task_facts};

impl App {
    /// Records of one kind as JSON objects; what they lack is asked for all of them at once.
    pub fn present(&self, records: &[Record]) -> Result<Vec<Map<String, Json>>, AppError> {
        let projects = if records.first().is_some_and(|record| record.kind.name == "ppa") {
            let ids: Vec<Id> = records.iter().map(|record| record.id).collect();
            self.read(|tx| projects_of(tx, &ids))?
        } else {
            HashMap::new()
        };
        let today = self.today();
        Ok(records
            .iter()
            .map(|record| {
                let mut object = record.to_json();
                match record.kind.name {
                    "task" => {
                        for (name, value) in task_facts(record, today) {
                            object.insert(name.to_owned(), value);
                        }
                    }
                    "ppa" => {
                        object.insert("project".to_owned(), json!(projects.get(&record.id)));
                    }
                    _ => {}
                }
                object
            })
            .collect())
    }

    /// One record as a JSON object, with what only its own page shows.
    pub fn present_one(&self, record: &Record) -> Result<Map<String, Json>, AppError> {
        let mut object = self.present(std::slice::from_ref(record))?.pop().unwrap_or_default();
        if record.kind.name == "project" {
            for (name, value) in self.project_state(record)? {
                object.insert(name.to_owned(), value);
            }
        }
        Ok(object)
    }
}

fn projects_of(tx: &mut Tx<'_>, ppas: &[Id]) -> Result<HashMap<Id, Id>, AppError> {
    let found = records::sources(tx, ppas, &["project"], 1000)?;
    Ok(found
        .into_iter()
        .filter(|(_, field, project)| field == "ppa" && !project.is_archived)
        .map(|(ppa, _, project)| (ppa, project.id))
        .collect())
}
