//! Obstacles of an undo: records that were changed since, and records that were linked since to those it would
//! archive.

use std::collections::{HashMap, HashSet};

use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::kinds;
use obcms_domain::message;
use obcms_domain::registry::{Kind, Record};
use obcms_store::records::Reference;
use obcms_store::records::changes;
use obcms_store::{Tx, records as store};
use serde_json::{Value as Json, json};

use crate::core::{Actor, AppError};

/// Most obstacles that the message names.
const MAXIMUM_NAMED: usize = 3;
/// Most obstacles in the list for programs.
const LISTED: usize = 200;
/// Most links that are read.
const MAXIMUM_LINKS: i64 = 2000;

/// Records that block the undo of a change set.
#[derive(Default)]
pub(crate) struct Obstacles {
    changed: Vec<Changed>,
    links: Vec<Link>,
}

/// Record that was changed since.
struct Changed {
    kind: &'static Kind,
    id: Id,
    title: String,
    by: Option<Id>,
}

/// Reference from a record that stays to one that the undo would archive.
struct Link {
    source: Reference,
    field: String,
    target: (&'static Kind, Id, String),
}

impl Obstacles {
    /// Returns true if nothing is in the way.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.links.is_empty()
    }

    /// Adds the obstacles of another set.
    pub fn extend(&mut self, other: Self) {
        self.changed.extend(other.changed);
        self.links.extend(other.links);
    }

    /// Adds a record that somebody changed since.
    pub(super) fn add_changed(&mut self, record: &Record, by: Option<Id>) {
        self.changed.push(Changed { kind: record.kind, id: record.id, title: record.title().to_owned(), by });
    }

    /// Adds the links of live records to those that would be `archived`. Of the `restored` ones, which had links
    /// before, only links that people made after the change with the number `first` count.
    pub(super) fn add_links(
        &mut self,
        tx: &mut Tx<'_>,
        archived: &HashMap<Id, &Record>,
        restored: &HashSet<Id>,
        first: i64,
        is_exempt: impl Fn(Id) -> bool,
    ) -> Result<(), AppError> {
        let targets: Vec<Id> = archived.keys().copied().collect();
        let mut found = store::sources(tx, &targets, &[], MAXIMUM_LINKS)?;
        found.retain(|(target, _, source)| {
            // Records that the program fills from elsewhere are archived with their source.
            let is_of_people = kinds::by_name(&source.kind).is_some_and(|kind| kind.writable);
            let is_linked = archived.contains_key(&source.id) || is_exempt(source.id);
            !source.is_archived && is_of_people && !is_linked && source.id != *target
        });
        if found.iter().any(|(target, _, _)| restored.contains(target)) {
            let sources: Vec<Id> = found.iter().map(|(_, _, source)| source.id).collect();
            let since = changes::by_people_since(tx, &sources, first)?;
            found.retain(|(target, field, source)| {
                !restored.contains(target)
                    || since.iter().any(|change| {
                        change.record_id == source.id && change.fields.contains_key(field.as_str())
                    })
            });
        }
        for (target, field, source) in found {
            let Some(record) = archived.get(&target) else { continue };
            let target = (record.kind, record.id, record.title().to_owned());
            self.links.push(Link { source, field, target });
        }
        Ok(())
    }

    /// Refuses an undo that has obstacles.
    pub fn require_none(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<(), AppError> {
        if self.is_empty() {
            return Ok(());
        }
        let (detail, conflicts) = self.describe(tx, actor)?;
        Err(AppError::Conflict { detail, more: vec![("conflicts", conflicts)] })
    }

    /// Returns sentences that name the first obstacles, and the list of them for programs. Records that the actor may
    /// not see are counted, not named.
    pub fn describe(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<(Message, Json), AppError> {
        let mut ids: Vec<Id> = self.links.iter().map(|link| link.source.id).collect();
        ids.extend(self.changed.iter().flat_map(|changed| [changed.by, Some(changed.id)]).flatten());
        ids.sort_unstable();
        ids.dedup();
        let visible = crate::records::references::visible(tx, actor, &ids)?;
        let person = |id: Option<Id>| match id {
            Some(id) => visible.get(&id).map_or(Word::label("somebody"), |person| Word::text(&person.title)),
            None => Word::label("obcms"),
        };
        let mut sentences: Vec<Message> = Vec::new();
        let mut conflicts: Vec<Json> = Vec::new();
        let shown: Vec<&Changed> =
            self.changed.iter().filter(|changed| visible.contains_key(&changed.id)).collect();
        match shown.as_slice() {
            [] if self.changed.is_empty() => {}
            [] => sentences.push("A result of this change was changed again.".into()),
            [one] if self.changed.len() == 1 => sentences.push(message!(
                "{title} was changed again by {person}. Undo that change first.",
                title = Word::text(&one.title),
                person = person(one.by)
            )),
            many => {
                let names = many.iter().map(|changed| {
                    let (title, person) = (Word::text(&changed.title), person(changed.by));
                    message!("{title} (by {person})", title, person)
                });
                sentences.push(message!(
                    "{count} records were changed again: {records}. Undo those changes first.",
                    count = self.changed.len(),
                    records = enumerate(names.collect(), self.changed.len() - many.len())
                ));
            }
        }
        conflicts.extend(shown.iter().map(|changed| {
            json!({
                "reason": "changed",
                "kind": changed.kind.name,
                "id": changed.id,
                "title": changed.title,
                "url": changed.kind.url(changed.id),
                "changed_by": person(changed.by).render(|key| key),
            })
        }));

        if let Some(first) = self.links.first() {
            let shown: Vec<&Link> =
                self.links.iter().filter(|link| visible.contains_key(&link.source.id)).collect();
            let mut named: Vec<Message> = Vec::new();
            let mut seen = HashSet::new();
            for link in &shown {
                if seen.insert(link.source.id) {
                    let (title, kind) = (Word::text(&link.source.title), label(&link.source.kind));
                    named.push(message!("{title} ({kind})", title, kind));
                }
            }
            let hidden = self.links.len() - shown.len();
            let targets: HashSet<Id> = self.links.iter().map(|link| link.target.1).collect();
            let archived = match targets.len() {
                1 => Word::text(&first.target.2),
                count => message!("{count} records", count).into(),
            };
            sentences.push(message!(
                "Undo would archive {archived}, but other records now link to it: {records}. Archive them or change their links first.",
                archived,
                records = enumerate(named, hidden)
            ));
            conflicts.extend(shown.iter().map(|link| {
                json!({
                    "reason": "linked",
                    "kind": link.source.kind,
                    "id": link.source.id,
                    "title": link.source.title,
                    "url": kinds::by_name(&link.source.kind).map(|kind| kind.url(link.source.id)),
                    "field": link.field,
                    "target": { "kind": link.target.0.name, "id": link.target.1, "title": link.target.2 },
                })
            }));
        }
        conflicts.truncate(LISTED);
        Ok((Message::sentences(sentences), Json::Array(conflicts)))
    }
}

fn label(kind: &str) -> Word {
    kinds::by_name(kind).map_or_else(|| Word::text(kind), |kind| Word::lower(kind.label))
}

/// Lists the first names, and the number of the others.
fn enumerate(mut names: Vec<Message>, hidden: usize) -> Word {
    let more = names.len().saturating_sub(MAXIMUM_NAMED);
    names.truncate(MAXIMUM_NAMED);
    if more > 0 {
        names.push(message!("{more} more", more));
    }
    if hidden > 0 {
        names.push(message!("{hidden} that you cannot see", hidden));
    }
    Word::list(Joining::And, names)
}
