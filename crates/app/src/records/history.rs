//! History of records.

use obcms_domain::accounts::Action;
use obcms_domain::core::addresses::masked_address;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::Kind;
use obcms_store::records::changes::{self, Change};
use obcms_store::{Tx, records as store};
use serde_json::{Map, Value as Json, json};

use crate::core::unit_of_work::{ATTACHMENT, is_shown};
use crate::core::{Actor, App, AppError};

/// Entry of the history for people.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The change.
    pub change: Change,
    /// Name of the person who made it.
    pub actor: String,
    /// Changed fields with their values.
    pub fields: Vec<FieldChange>,
}

/// Change of one field.
#[derive(Clone, Debug)]
pub struct FieldChange {
    /// Name of the field.
    pub field: &'static str,
    /// Label of the field.
    pub label: &'static str,
    /// Value before the change.
    pub old: Json,
    /// Value after the change.
    pub new: Json,
}

impl Entry {
    /// Removes personal data: personal fields, and remarks such as the names of tokens.
    fn conceal(&mut self, kind: &Kind) {
        self.fields.retain(|change| kind.field(change.field).is_some_and(|field| !field.personal));
        if self.fields.is_empty() {
            self.change.note.clear();
        }
    }

    /// Masks sealed fields.
    fn mask(&mut self, kind: &Kind) {
        let is_sealed = |name: &str| kind.field(name).is_some_and(|field| field.sealed);
        let mask = |value: &mut Json| {
            if let Json::String(text) = value {
                *text = masked_address(text);
            }
        };
        for change in self.fields.iter_mut().filter(|change| is_sealed(change.field)) {
            mask(&mut change.old);
            mask(&mut change.new);
        }
        for (_, pair) in self.change.fields.iter_mut().filter(|(name, _)| is_sealed(name)) {
            pair.as_array_mut().into_iter().flatten().for_each(mask);
        }
    }

    /// Returns the representation of the entry.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut fields = Map::new();
        for change in &self.fields {
            fields.insert(change.field.to_owned(), json!({ "from": change.old, "to": change.new }));
        }
        json!({
            "id": self.change.id,
            "at": self.change.at,
            "actor": self.change.actor,
            "actor_name": self.actor,
            "action": self.change.action,
            "version": self.change.version,
            "change_set": self.change.change_set,
            "derived": self.change.is_derived,
            "note": self.change.note,
            "fields": fields,
        })
    }
}

impl App {
    /// Returns the history of a record that the actor may see, newest first.
    pub fn history(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<Entry>, AppError> {
        self.read(|tx| {
            let record = store::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            let changes = changes::of_record(tx, id, before, limit)?;
            let mut entries = entries(tx, changes)?;
            if kind.fields.iter().any(|field| field.personal) && !actor.sees_personal(kind, id) {
                entries.iter_mut().for_each(|entry| entry.conceal(kind));
            }
            // Comments and reasons are internal: who sees only related records reads no one's but their own.
            if !actor.may(Action::View, kind.area) {
                let others = entries.iter_mut().filter(|entry| entry.change.actor != actor.id);
                others.for_each(|entry| entry.change.note.clear());
            }
            if !actor.sees_sealed(kind) {
                entries.iter_mut().for_each(|entry| entry.mask(kind));
            }
            Ok(entries)
        })
    }
}

/// Adds the names of people and the labels of fields to changes.
pub fn entries(tx: &mut Tx<'_>, changes: Vec<Change>) -> Result<Vec<Entry>, AppError> {
    let ids: Vec<Id> = changes.iter().filter_map(|change| change.actor).collect();
    let people = store::references(tx, &ids)?;
    Ok(changes
        .into_iter()
        .map(|change| {
            let actor = match change.actor {
                Some(id) => {
                    people.get(&id).map_or_else(|| "somebody".to_owned(), |person| person.title.clone())
                }
                None => "obcms".to_owned(),
            };
            let fields = fields(&change);
            Entry { change, actor, fields }
        })
        .collect())
}

fn fields(change: &Change) -> Vec<FieldChange> {
    let Some(kind) = kinds::by_name(&change.kind) else {
        return Vec::new();
    };
    change
        .fields
        .iter()
        .filter_map(|(name, pair)| {
            if name == ATTACHMENT {
                return Some(file_change(pair));
            }
            let field = kind.field(name).filter(|field| is_shown(field))?;
            Some(FieldChange {
                field: field.name,
                label: field.label,
                old: pair.get(0).cloned().unwrap_or_default(),
                new: pair.get(1).cloned().unwrap_or_default(),
            })
        })
        .collect()
}

/// Change of the files of a record, by their names.
fn file_change(pair: &Json) -> FieldChange {
    let name = |place: usize| pair.get(place).and_then(|file| file.get("name")).cloned().unwrap_or_default();
    FieldChange { field: ATTACHMENT, label: "File", old: name(0), new: name(1) }
}
