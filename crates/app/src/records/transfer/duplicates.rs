//! Probable duplicates: rows without an id whose record exists already, or is in the file twice.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use obcms_domain::core::id::Id;
use obcms_domain::records::input::Context;
use obcms_domain::registry::{Field, Kind, Record, Source as FieldSource, Value};
use obcms_store::Tx;
use obcms_store::records as store;

use super::names::{lower_forms, visible};
use super::plan::Planned;
use super::preview::{CellPreview, DuplicateOf, Outcome, RowPreview, shortened};
use super::rows::{self, Row, Source, WrittenRow};
use crate::core::{Actor, AppError};

/// Duplicates by the number of their row, with their originals.
pub type Found = HashMap<usize, DuplicateOf>;

/// Returns the fields by which a row equals a record: those that tell records of one title apart, or, where the title is
/// calculated, all. Fields without a column in the file do not count.
fn compared(file: &Source<'_>) -> Vec<&'static Field> {
    let kind = file.kind;
    let is_titled = has_own_title(kind);
    let counts = |field: &Field| !is_titled || kind.told_apart_by.contains(&field.name);
    file.plan.fields.iter().map(|planned| planned.field).filter(|field| counts(field)).collect()
}

/// Title in lower case and the values of the compared fields.
type Key<'a> = (String, Vec<&'a Value>);

fn key<'a>(record: &'a Record, fields: &[&'static Field]) -> Key<'a> {
    let values = fields.iter().map(|field| record.get(field.name)).collect();
    (record.title().to_lowercase(), values)
}

/// Finds the new records among the tried rows that equal a record that the actor sees, or the record of a row above.
/// Archived records do not count: they were put aside, or their import was undone.
pub fn find(
    tx: &mut Tx<'_>,
    actor: &Actor,
    file: &Source<'_>,
    tried: &[WrittenRow],
) -> Result<Found, AppError> {
    let made: Vec<(usize, &Record)> =
        tried.iter().filter_map(|row| Some((row.preview.row, row.made.as_ref()?))).collect();
    let fields = compared(file);
    let mut known: HashMap<String, Vec<(DuplicateOf, Key<'_>)>> = HashMap::new();
    let records = existing(tx, actor, file.kind, &made)?;
    for record in &records {
        let key = key(record, &fields);
        known.entry(key.0.clone()).or_default().push((DuplicateOf { id: Some(record.id), row: None }, key));
    }
    let mut found = Found::new();
    for (row, record) in made {
        let key = key(record, &fields);
        let same_title = known.entry(key.0.clone()).or_default();
        match same_title.iter().find(|(_, other)| *other == key) {
            Some((original, _)) => drop(found.insert(row, original.clone())),
            None => same_title.push((DuplicateOf { id: None, row: Some(row) }, key)),
        }
    }
    Ok(found)
}

/// Returns the records with the titles of the new ones, as the actor sees them.
fn existing(
    tx: &mut Tx<'_>,
    actor: &Actor,
    kind: &'static Kind,
    made: &[(usize, &Record)],
) -> Result<Vec<Record>, AppError> {
    let forms: BTreeSet<String> = made.iter().flat_map(|(_, record)| lower_forms(record.title())).collect();
    let forms: Vec<String> = forms.into_iter().collect();
    let titled = store::titled_in_any_case(tx, kind.name, &forms)?;
    let live = titled.into_iter().filter(|record| !record.is_archived).collect();
    let ids: Vec<Id> = visible(tx, actor, live)?.into_iter().map(|record| record.id).collect();
    let mut records = store::load_many(tx, kind, &ids)?;
    actor.conceal(&mut records);
    Ok(records)
}

/// Finds the rows without an id whose title must be unique and is that of a record, or of a row above. They are not
/// tried: they would only fail.
pub fn of_unique_titles(
    tx: &mut Tx<'_>,
    actor: &Actor,
    file: &Source<'_>,
    rows: &[Row],
) -> Result<Found, AppError> {
    let Some(planned) = file.plan.column(file.kind.title).filter(|planned| planned.field.unique) else {
        return Ok(Found::new());
    };
    let titles: Vec<(usize, &str)> = rows
        .iter()
        .filter(|(_, cells)| file.id_of(cells).is_none())
        .map(|(row, cells)| (*row, cells.get(planned.place).map_or("", |title| title.trim())))
        .filter(|(_, title)| !title.is_empty())
        .collect();
    let all: Vec<String> = titles.iter().map(|(_, title)| (*title).to_owned()).collect();
    let live = store::titled(tx, file.kind.name, &all)?.into_iter().filter(|record| !record.is_archived);
    let records = visible(tx, actor, live.collect())?;
    let mut known: HashMap<&str, DuplicateOf> = records
        .iter()
        .map(|record| (record.title.as_str(), DuplicateOf { id: Some(record.id), row: None }))
        .collect();
    let mut found = Found::new();
    for (row, title) in titles {
        match known.get(title) {
            Some(original) => drop(found.insert(row, original.clone())),
            None => drop(known.insert(title, DuplicateOf { id: None, row: Some(row) })),
        }
    }
    Ok(found)
}

/// Finds the rows without an id that equal a record, or a row above, where the title is calculated and a reference is
/// required, as for ledger entries. They are not tried: the same money twice would be refused.
pub fn of_calculated_titles(
    tx: &mut Tx<'_>,
    actor: &Actor,
    context: &Context<'_>,
    file: &Source<'_>,
    rows: &[Row],
) -> Result<Found, AppError> {
    let kind = file.kind;
    let is_owner = |planned: &&Planned| planned.field.required && planned.field.is_reference();
    let owner = file.plan.fields.iter().find(is_owner).map(|planned| planned.field);
    let Some(owner) = owner.filter(|_| !has_own_title(kind)) else {
        return Ok(Found::new());
    };
    let made: Vec<(usize, Record)> = rows
        .iter()
        .filter(|(_, cells)| file.id_of(cells).is_none())
        .filter_map(|(row, cells)| Some((*row, rows::parsed(file, cells, context)?)))
        .collect();
    let mut owners: Vec<Id> = made.iter().flat_map(|(_, record)| record.get(owner.name).targets()).collect();
    owners.sort_unstable();
    owners.dedup();
    let live = store::live_sources(tx, &owners, kind.name, owner.name)?;
    let live = visible(tx, actor, live)?;
    let ids: Vec<Id> = live.into_iter().map(|record| record.id).collect();
    let mut records = store::load_many(tx, kind, &ids)?;
    actor.conceal(&mut records);
    let fields = compared(file);
    let values = |record: &Record| -> Vec<Value> {
        fields.iter().map(|field| record.get(field.name).clone()).collect()
    };
    let mut known: HashMap<Vec<Id>, Vec<(DuplicateOf, Vec<Value>)>> = HashMap::new();
    for record in &records {
        let original = DuplicateOf { id: Some(record.id), row: None };
        known.entry(record.get(owner.name).targets()).or_default().push((original, values(record)));
    }
    let mut found = Found::new();
    for (row, record) in made {
        let (values, same_owner) =
            (values(&record), known.entry(record.get(owner.name).targets()).or_default());
        match same_owner.iter().find(|(_, other)| *other == values) {
            Some((original, _)) => drop(found.insert(row, original.clone())),
            None => same_owner.push((DuplicateOf { id: None, row: Some(row) }, values)),
        }
    }
    Ok(found)
}

/// Returns true if people give the title, rather than the program.
fn has_own_title(kind: &Kind) -> bool {
    kind.field(kind.title).is_some_and(|field| field.source == FieldSource::Input)
}

/// Returns previews of rows that were not tried, with the values of the file.
pub fn previews(file: &Source<'_>, rows: &[Row], found: &Found) -> Vec<WrittenRow> {
    let text = |cells: &[String], planned: &Planned| {
        cells.get(planned.place).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    let rows = rows.iter().filter_map(|(row, cells)| {
        let values = file.plan.fields.iter().map(|planned| CellPreview {
            field: planned.field.name,
            column: file.head.get(planned.place).cloned().unwrap_or_default(),
            before: String::new(),
            after: shortened(&text(cells, planned)),
        });
        let title = file.plan.column(file.kind.title).map(|planned| text(cells, planned));
        let preview = RowPreview {
            row: *row,
            outcome: Outcome::Duplicate,
            title: title.unwrap_or_else(|| file.kind.label.to_owned()),
            id: None,
            duplicate: Some(found.get(row)?.clone()),
            cells: values.filter(|cell| !cell.after.is_empty()).collect(),
        };
        Some(WrittenRow { preview, made: None })
    });
    rows.collect()
}

/// Returns the rows that are no duplicates.
pub fn without<'a>(rows: &'a [Row], found: &Found) -> Cow<'a, [Row]> {
    if found.is_empty() {
        return Cow::Borrowed(rows);
    }
    Cow::Owned(rows.iter().filter(|(row, _)| !found.contains_key(row)).cloned().collect())
}

/// Marks the duplicates among the tried rows.
pub fn mark(tried: &mut [WrittenRow], found: &Found) {
    for WrittenRow { preview, .. } in tried {
        if let Some(original) = found.get(&preview.row) {
            preview.outcome = Outcome::Duplicate;
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
                assert_eq!(field.source, FieldSource::Input, "{} {name}", kind.name);
                fields += 1;
            }
        }
        assert!(fields > 0);
    }
}
