//! What of a feed somebody may see and move, decided for all entries of a kind at once.

use std::cell::LazyCell;
use std::collections::HashSet;

use obcms_domain::id::Id;
use obcms_domain::people::{Action, Relation, Role, relations_needed};
use obcms_domain::registry::Kind;
use obcms_store::Tx;
use obcms_store::records::{self, Scope};

use super::Entry;
use crate::Actor;
use crate::actor::Sight;
use crate::error::AppError;

/// Takes out what the actor may not see and marks what they may move.
pub fn apply(tx: &mut Tx<'_>, actor: &Actor, entries: &mut Vec<Entry>) -> Result<(), AppError> {
    let mut kinds: Vec<&'static Kind> = Vec::new();
    for entry in entries.iter() {
        if !kinds.iter().any(|kind| std::ptr::eq(*kind, entry.row.kind)) {
            kinds.push(entry.row.kind);
        }
    }
    let mut rights: Vec<(&'static Kind, Rights)> = Vec::with_capacity(kinds.len());
    for kind in kinds {
        rights.push((kind, Rights::of(tx, actor, kind, entries)?));
    }
    entries.retain_mut(|entry| {
        let Some((_, rights)) = rights.iter().find(|(kind, _)| std::ptr::eq(*kind, entry.row.kind)) else {
            return false;
        };
        entry.editable = entry.row.is_movable && rights.may_edit(entry);
        rights.visible.contains(entry.row.record_id)
    });
    Ok(())
}

/// Some records of a kind.
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

/// What the actor may do with the records of one kind in the feed.
struct Rights {
    visible: Which,
    editable: Which,
    /// Whoever is on it may edit it.
    assigned: Option<Id>,
}

impl Rights {
    fn of(tx: &mut Tx<'_>, actor: &Actor, kind: &'static Kind, entries: &[Entry]) -> Result<Self, AppError> {
        // Whoever may do it to all of a kind needs none of them.
        let ids = LazyCell::new(|| {
            let of_kind = entries.iter().filter(|entry| std::ptr::eq(entry.row.kind, kind));
            let mut ids: Vec<Id> = of_kind.map(|entry| entry.row.record_id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        });
        let none = || Which::These(HashSet::new());
        let visible = match actor.sight(kind) {
            None => return Ok(Self { visible: none(), editable: none(), assigned: None }),
            Some(Sight::All) => Which::All,
            Some(Sight::Within(scope)) => {
                Which::These(records::in_scope(tx, kind, &ids, &scope)?.into_iter().collect())
            }
        };
        let needed = relations_needed(&actor.roles, Action::Edit, kind.area);
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
        if needed.contains(&Relation::Team) && kind.field("teams").is_some() && !actor.teams.is_empty() {
            editable.extend(records::pointing_at(tx, &ids, "teams", &actor.teams)?);
        }
        if needed.contains(&Relation::Organisation) && actor.roles.contains(&Role::Partner) {
            let scope = Scope { user, concerns: actor.concerns.clone() };
            editable.extend(records::in_scope(tx, kind, &ids, &scope)?);
        }
        let assigned = needed.contains(&Relation::Assigned).then_some(user);
        Ok(Self { visible, editable: Which::These(editable), assigned })
    }

    fn may_edit(&self, entry: &Entry) -> bool {
        self.editable.contains(entry.row.record_id)
            || self.assigned.is_some_and(|user| entry.row.people.contains(&user))
    }
}
