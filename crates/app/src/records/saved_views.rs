//! Saved views: each person has at most one default per page.

use obcms_domain::kinds::{SAVED_VIEW, USER, saved_view};
use obcms_domain::registry::Record;

use crate::core::rules::Input;
use crate::core::{AppError, UnitOfWork};

/// Strips a leading question mark from the query, and clears the default mark of the previous view.
pub fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    _: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    if let Some(query) = saved_view::QUERY.get(record).strip_prefix('?').map(str::to_owned) {
        saved_view::QUERY.set(record, query);
    }
    be_the_only_default(work, record)
}

/// Clears the default mark of the others after a view was restored, as it may be a default itself.
pub fn changed(work: &mut UnitOfWork<'_, '_>, _: &Record, record: &Record) -> Result<(), AppError> {
    be_the_only_default(work, record)
}

/// Clears the default mark of the other views of the same person and page.
fn be_the_only_default(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<(), AppError> {
    let (Some(owner), true, false) =
        (record.created_by, saved_view::IS_DEFAULT.get(record), record.is_archived())
    else {
        return Ok(());
    };
    // Two defaults may be set at once: the second writer must see the first.
    work.tx.lock(USER.table, &[owner])?;
    let others =
        obcms_store::records::default_views(work.tx, owner, saved_view::PAGE.get(record), record.id)?;
    for before in obcms_store::records::load_many(work.tx, &SAVED_VIEW, &others)? {
        let mut other = before.clone();
        saved_view::IS_DEFAULT.set(&mut other, false);
        work.save(&before, &mut other, "update")?;
    }
    Ok(())
}
