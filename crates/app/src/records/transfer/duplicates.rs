//! Probable duplicates: rows without an id whose record exists already, or is in the file twice.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;

use obcms_domain::core::id::Id;
use obcms_domain::registry::{Field, Kind, Record, Source, Value};
use obcms_store::Tx;
use obcms_store::records::{self as store, Reference};

use super::names::{titled_in_any_case, visible};
use super::people::Context;
use super::plan::Planned;
use super::preview::{DuplicateOf, RowOutcome, RowPreview, cells_of};
use super::rows::{ImportFile, Row, targets};
use crate::core::{Actor, AppError};

/// Duplicates by the number of their row, with their originals.
pub type Found = HashMap<usize, DuplicateOf>;

/// Finds the new records that equal a record that the actor sees, or the record of a row above. Archived records do not
/// count: they were put aside, or their import was undone.
///
/// Records with a title of their own are equal if their titles are, in any case, and the fields that tell records of one
/// title apart. Records whose title is calculated are equal in all fields. Fields without a column in the file do not
/// count.
pub fn find(
    tx: &mut Tx<'_>,
    actor: &Actor,
    file: &ImportFile<'_>,
    made: &[(usize, Record)],
) -> Result<Found, AppError> {
    let kind = file.kind;
    let is_titled = |record: &Record| has_own_title(kind) && !record.title().is_empty();
    let (titled, untitled): (Vec<NewRecord<'_>>, Vec<NewRecord<'_>>) =
        made.iter().map(|(row, record)| (*row, record)).partition(|(_, record)| is_titled(record));
    let mut found = Found::new();
    if !titled.is_empty() {
        let titles = titled.iter().map(|(_, record)| record.title());
        let same = titled_in_any_case(tx, actor, kind.name, titles)?;
        let records = load(tx, actor, kind, same)?;
        let fields = fields(file, |field| kind.told_apart_by.contains(&field.name));
        found.extend(originals(&records, &titled, |record| {
            (record.title().to_lowercase(), values(record, &fields))
        }));
    }
    if !untitled.is_empty() {
        let owner = owner(file);
        let same = owned(tx, kind, owner, &untitled)?;
        let same = visible(tx, actor, same)?;
        let records = load(tx, actor, kind, same)?;
        let fields = fields(file, |field| field.name != kind.title);
        let owners = |record: &Record| owner.map(|owner| record.get(owner.name).targets());
        found.extend(originals(&records, &untitled, |record| (owners(record), values(record, &fields))));
    }
    Ok(found)
}

/// New record with the number of its row.
type NewRecord<'a> = (usize, &'a Record);

/// Returns true if people give the title, rather than the program.
fn has_own_title(kind: &Kind) -> bool {
    kind.field(kind.title).is_some_and(|field| field.source == Source::Input)
}

/// Returns the fields of the file that count.
fn fields(file: &ImportFile<'_>, counts: impl Fn(&Field) -> bool) -> Vec<&'static Field> {
    file.plan.fields.iter().map(|planned| planned.field).filter(|field| counts(field)).collect()
}

fn values<'a>(record: &'a Record, fields: &[&'static Field]) -> Vec<&'a Value> {
    fields.iter().map(|field| record.get(field.name)).collect()
}

/// Returns the required reference of the file, such as the PPA of ledger entries.
fn owner(file: &ImportFile<'_>) -> Option<&'static Field> {
    let is_owner = |planned: &&Planned| planned.field.required && planned.field.is_reference();
    file.plan.fields.iter().find(is_owner).map(|planned| planned.field)
}

/// Returns the live records that point at the same owners as the new ones. Records without a title and an owner, such as
/// ceilings, are few: all of them.
fn owned(
    tx: &mut Tx<'_>,
    kind: &'static Kind,
    owner: Option<&Field>,
    made: &[NewRecord<'_>],
) -> Result<Vec<Reference>, AppError> {
    let Some(owner) = owner else {
        return Ok(if has_own_title(kind) { Vec::new() } else { store::live(tx, kind.name)? });
    };
    let mut owners: Vec<Id> = made.iter().flat_map(|(_, record)| record.get(owner.name).targets()).collect();
    owners.sort_unstable();
    owners.dedup();
    Ok(store::live_sources(tx, &owners, kind.name, owner.name)?)
}

/// Loads the live ones of these records as the actor sees them.
fn load(
    tx: &mut Tx<'_>,
    actor: &Actor,
    kind: &'static Kind,
    found: Vec<Reference>,
) -> Result<Vec<Record>, AppError> {
    let live = found.into_iter().filter(|record| !record.is_archived);
    let ids: Vec<Id> = live.map(|record| record.id).collect();
    let mut records = store::load_many(tx, kind, &ids)?;
    actor.conceal(&mut records);
    Ok(records)
}

/// Returns the originals of the new records that equal one of `records`, or one of a row above. A key has a part to look
/// it up and a part to compare.
fn originals<'a, K: Eq + Hash, V: PartialEq>(
    records: &'a [Record],
    made: &[NewRecord<'a>],
    key: impl Fn(&'a Record) -> (K, V),
) -> Found {
    let mut known: HashMap<K, Vec<(V, DuplicateOf)>> = HashMap::new();
    for record in records {
        let (group, values) = key(record);
        known.entry(group).or_default().push((values, DuplicateOf::record(record.id)));
    }
    let mut found = Found::new();
    for (row, record) in made {
        let (group, values) = key(record);
        let group = known.entry(group).or_default();
        match group.iter().find(|(other, _)| *other == values) {
            Some((_, original)) => drop(found.insert(*row, original.clone())),
            None => group.push((values, DuplicateOf::row(*row))),
        }
    }
    found
}

/// Returns previews of the duplicates among new records that were not tried.
pub fn previews(
    tx: &mut Tx<'_>,
    actor: &Actor,
    file: &ImportFile<'_>,
    rows: &[Row],
    made: &[(usize, Record)],
    found: &Found,
) -> Result<Vec<RowPreview>, AppError> {
    let records: Vec<Record> =
        made.iter().filter(|(row, _)| found.contains_key(row)).map(|(_, record)| record.clone()).collect();
    let directory = targets(tx, actor, &records)?;
    let context = Context { zone: file.zone, directory: &directory };
    let rows = rows.iter().filter(|(row, _)| found.contains_key(row)).zip(&records);
    let previews = rows.map(|((row, cells), record)| RowPreview {
        row: *row,
        outcome: RowOutcome::Duplicate,
        title: if record.title().is_empty() { file.kind.label } else { record.title() }.to_owned(),
        id: None,
        duplicate: found.get(row).cloned(),
        cells: cells_of(file, None, record, &context, |planned| !planned.text(cells).trim().is_empty()),
    });
    Ok(previews.collect())
}

/// Returns the rows that are no duplicates.
pub fn without<'a>(rows: &'a [Row], found: &Found) -> Cow<'a, [Row]> {
    if found.is_empty() {
        return Cow::Borrowed(rows);
    }
    Cow::Owned(rows.iter().filter(|(row, _)| !found.contains_key(row)).cloned().collect())
}

/// Marks the duplicates among the rows of a preview.
pub fn mark(previews: &mut [RowPreview], found: &Found) {
    for preview in previews {
        if let Some(original) = found.get(&preview.row) {
            preview.outcome = RowOutcome::Duplicate;
            preview.duplicate = Some(original.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use obcms_domain::kinds;

    use super::*;

    #[test]
    fn told_apart_by_fields_that_people_give() {
        let mut fields = 0;
        for kind in kinds::REGISTRY {
            for name in kind.told_apart_by {
                let field = kind.field(name).unwrap_or_else(|| panic!("{} has no {name}", kind.name));
                assert_eq!(field.source, Source::Input, "{} {name}", kind.name);
                fields += 1;
            }
        }
        assert!(fields > 0);
    }
}
