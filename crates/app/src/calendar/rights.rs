//! View and edit rights on a feed, decided for all entries of a kind at once.

use std::cell::LazyCell;
use std::collections::HashSet;

use obcms_domain::accounts::{FieldGroup, Relation, Role, relations_to_write};
use obcms_domain::core::id::Id;
use obcms_domain::registry::Kind;
use obcms_store::Tx;
use obcms_store::records;

use super::Entry;
use crate::core::actor::assigning;
use crate::core::{Actor, AppError, Visibility};

/// Removes entries that the actor may not see and marks those they may move.
pub fn apply(tx: &mut Tx<'_>, actor: &Actor, entries: &mut Vec<Entry>) -> Result<(), AppError> {
    // Moving an entry requires the right to write the field of its date. There are few date roles and many entries.
    let mut rights: Vec<((&'static Kind, FieldGroup), Rights)> = Vec::new();
    let mut roles: Vec<(&'static str, usize)> = Vec::new();
    for entry in entries.iter() {
        if roles.iter().any(|(role, _)| std::ptr::eq(*role, entry.row.entry_kind)) {
            continue;
        }
        let wanted = (entry.row.kind, group(entry));
        let place = match rights.iter().position(|(known, _)| *known == wanted) {
            Some(place) => place,
            None => {
                rights.push((wanted, Rights::of(tx, actor, wanted.0, wanted.1, entries)?));
                rights.len() - 1
            }
        };
        roles.push((entry.row.entry_kind, place));
    }
    entries.retain_mut(|entry| {
        let place = roles.iter().find(|(role, _)| std::ptr::eq(*role, entry.row.entry_kind));
        let Some((_, rights)) = place.and_then(|(_, place)| rights.get(*place)) else {
            return false;
        };
        entry.editable = entry.row.is_movable && rights.may_edit(entry);
        rights.visible.contains(entry.row.record_id)
    });
    Ok(())
}

/// Returns the field group of the date of an entry.
fn group(entry: &Entry) -> FieldGroup {
    let kind = entry.row.kind;
    let role = kind.dates.iter().find(|role| role.entry_kind == entry.row.entry_kind);
    role.and_then(|role| kind.field(role.start)).map_or(FieldGroup::Planning, |field| kind.group(field))
}

/// Set of records of one kind.
enum Which {
    All,
    These(HashSet<Id>),
}

impl Which {
    fn contains(&self, id: Id) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(&id),
        }
    }
}

/// Rights of the actor on the records of one kind in the feed.
struct Rights {
    visible: Which,
    editable: Which,
    /// User who may edit the entries that list them.
    assigned: Option<Id>,
}

impl Rights {
    fn of(
        tx: &mut Tx<'_>,
        actor: &Actor,
        kind: &'static Kind,
        group: FieldGroup,
        entries: &[Entry],
    ) -> Result<Self, AppError> {
        // Not needed if the right covers all records of the kind.
        let ids = LazyCell::new(|| {
            let of_kind = entries.iter().filter(|entry| std::ptr::eq(entry.row.kind, kind));
            let mut ids: Vec<Id> = of_kind.map(|entry| entry.row.record_id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        });
        let none = || Which::These(HashSet::new());
        let visible = match actor.visibility(kind) {
            None => return Ok(Self { visible: none(), editable: none(), assigned: None }),
            Some(Visibility::All) => Which::All,
            Some(Visibility::Within(scope)) => {
                Which::These(records::in_scope(tx, kind, &ids, &scope)?.into_iter().collect())
            }
        };
        let needed = relations_to_write(&actor.roles, kind.area, group);
        let (false, Some(user)) = (actor.read_only, actor.id) else {
            let program = !actor.read_only && needed.contains(&Relation::None);
            return Ok(Self { visible, editable: if program { Which::All } else { none() }, assigned: None });
        };
        if needed.contains(&Relation::None) {
            return Ok(Self { visible, editable: Which::All, assigned: None });
        }
        let mut editable = HashSet::new();
        if needed.contains(&Relation::Own) {
            editable.extend(records::made_by(tx, kind, &ids, user)?);
        }
        if needed.contains(&Relation::Draft) && !needed.contains(&Relation::Own) {
            let own = records::made_by(tx, kind, &ids, user)?;
            let own = records::load_many(tx, kind, &own)?;
            editable.extend(own.iter().filter(|record| !record.is_decided()).map(|record| record.id));
        }
        if needed.contains(&Relation::Team) && kind.field("teams").is_some() && !actor.teams.is_empty() {
            editable.extend(records::pointing_at(tx, &ids, "teams", &actor.teams)?);
        }
        if needed.contains(&Relation::Organization) && actor.roles.contains(&Role::Partner) {
            let scope = actor.scope_of(user);
            editable.extend(records::in_scope(tx, kind, &ids, &scope)?);
        }
        let mut assigned = needed.contains(&Relation::Assigned).then_some(user);
        if assigned.is_some() && !kind.invited.is_empty() {
            // Entries do not distinguish people by field. People who are only invited must not edit.
            let named = entries.iter().filter(|entry| entry.row.kind == kind);
            let mut named: Vec<Id> = named
                .filter(|entry| entry.row.people.contains(&user))
                .map(|entry| entry.row.record_id)
                .collect();
            named.sort_unstable();
            named.dedup();
            for field in assigning(kind) {
                editable.extend(records::pointing_at(tx, &named, field, &[user])?);
            }
            assigned = None;
        }
        Ok(Self { visible, editable: Which::These(editable), assigned })
    }

    fn may_edit(&self, entry: &Entry) -> bool {
        self.editable.contains(entry.row.record_id)
            || self.assigned.is_some_and(|user| entry.row.people.contains(&user))
    }
}
