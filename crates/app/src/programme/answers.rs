//! Projects and PPAs that answer a need.

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, PROJECT, ppa, project};
use obcms_domain::registry::Record;
use obcms_store::{Tx, records};

use crate::core::{Actor, App, AppError};
use crate::records::references;

impl App {
    /// Returns the live project and the newest live PPA of a need, as far as the actor may see them.
    pub fn answers_of_need(&self, actor: &Actor, need: Id) -> Result<(Option<Id>, Option<Id>), AppError> {
        self.read(|tx| {
            let project = newest(tx, actor, &[need], PROJECT.name, project::NEED.name())?;
            Ok((project, newest(tx, actor, &[need], PPA.name, ppa::NEEDS.name())?))
        })
    }

    /// Returns the live project of a PPA, or else of one of its needs, if the actor may see it.
    pub fn project_of_ppa(&self, actor: &Actor, ppa: &Record) -> Result<Option<Id>, AppError> {
        self.read(|tx| match newest(tx, actor, &[ppa.id], PROJECT.name, project::PPA.name())? {
            Some(project) => Ok(Some(project)),
            None => newest(tx, actor, ppa::NEEDS.get(ppa), PROJECT.name, project::NEED.name()),
        })
    }
}

/// Returns the newest live record of a kind that points at one of the targets by a field.
fn newest(
    tx: &mut Tx<'_>,
    actor: &Actor,
    targets: &[Id],
    kind: &str,
    field: &str,
) -> Result<Option<Id>, AppError> {
    let found = records::live_sources(tx, targets, kind, field)?;
    let ids: Vec<Id> = found.into_iter().map(|source| source.id).collect();
    let visible = references::visible(tx, actor, &ids)?;
    Ok(ids.into_iter().filter(|id| visible.contains_key(id)).max())
}
