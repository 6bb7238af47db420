//! References between records, limited to the targets that the actor may see.

use std::collections::{HashMap, HashSet};

use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_store::Tx;
use obcms_store::records::{self, Directory, Reference};

use crate::core::{Actor, App, AppError, Visibility};

impl App {
    /// Returns the titles of the records with these ids, without those that the actor may not see.
    pub fn directory(&self, actor: &Actor, ids: &[Id]) -> Result<Directory, AppError> {
        self.read(|tx| visible(tx, actor, ids))
    }

    /// Returns the live records of the kinds with this title, in any case, that the actor may see.
    pub fn titled(&self, actor: &Actor, kinds: &[&str], title: &str) -> Result<Vec<Reference>, AppError> {
        let forms = [title.to_lowercase(), title.to_ascii_lowercase()];
        self.read(|tx| {
            let mut found: Directory = Directory::new();
            // One query for each kind that a field may refer to, and these are few.
            for kind in kinds {
                let titled = records::titled_in_any_case(tx, kind, &forms)?;
                found.extend(titled.into_iter().map(|reference| (reference.id, reference)));
            }
            let hidden = hidden(tx, actor, &found)?;
            let mut seen: Vec<Reference> = found
                .into_values()
                .filter(|reference| !reference.is_archived && !hidden.contains(&reference.id))
                .collect();
            seen.sort_by_key(|reference| reference.id);
            Ok(seen)
        })
    }
}

/// Returns the titles of records, without those that the actor may not see.
pub(crate) fn visible(tx: &mut Tx<'_>, actor: &Actor, ids: &[Id]) -> Result<Directory, AppError> {
    let mut found = records::references(tx, ids)?;
    let hidden = hidden(tx, actor, &found)?;
    found.retain(|id, _| !hidden.contains(id));
    Ok(found)
}

/// Returns the records that the actor may not see, with one query for each kind of which the actor sees a part.
///
/// Names of people are visible to every reader of a record that names them.
pub(crate) fn hidden(tx: &mut Tx<'_>, actor: &Actor, found: &Directory) -> Result<HashSet<Id>, AppError> {
    let mut by_kind: HashMap<&str, Vec<Id>> = HashMap::new();
    for (id, reference) in found.iter().filter(|(_, reference)| reference.kind != kinds::USER.name) {
        by_kind.entry(reference.kind.as_str()).or_default().push(*id);
    }
    let mut hidden = HashSet::new();
    for (name, ids) in by_kind {
        let Some(kind) = kinds::by_name(name) else { continue };
        match actor.visibility(kind) {
            Some(Visibility::All) => {}
            Some(Visibility::Within(scope)) => {
                let seen: HashSet<Id> = records::in_scope(tx, kind, &ids, &scope)?.into_iter().collect();
                hidden.extend(ids.into_iter().filter(|id| !seen.contains(id)));
            }
            None => hidden.extend(ids),
        }
    }
    Ok(hidden)
}
