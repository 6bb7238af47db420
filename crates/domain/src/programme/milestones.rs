//! Milestones of a record, with numbers that identify them on the calendar for ever, also when others are added,
//! removed, moved or renamed.
//!
//! People give a list without numbers, so a milestone is matched by its content. Removed ones are remembered, so that
//! they get their number back when they return, as by undo.

use serde_json::{Value as Json, json};

use crate::kinds::ppa;
use crate::registry::{Record, Value};

/// Maximum number of removed milestones that are remembered.
const REMEMBERED: usize = 200;

/// Milestone with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    number: i64,
    date: String,
    title: String,
}

fn items(value: &Value) -> Vec<(&str, &str)> {
    let Value::Json(Json::Array(items)) = value else {
        return Vec::new();
    };
    items.iter().map(|item| (text(item, "date"), text(item, "title"))).collect()
}

fn text<'a>(item: &'a Json, name: &str) -> &'a str {
    item.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// Returns the milestones of the list with their numbers, then the removed ones.
fn known(record: &Record) -> Vec<Known> {
    if let Value::Json(Json::Array(rows)) = ppa::MILESTONE_NUMBERS.value(record) {
        let read = |row: &Json| {
            Some(Known {
                number: row.get(0)?.as_i64()?,
                date: row.get(1)?.as_str()?.to_owned(),
                title: row.get(2)?.as_str()?.to_owned(),
            })
        };
        return rows.iter().filter_map(read).collect();
    }
    // Until the first change of the list, its milestones are numbered by position.
    let counted = (0..).zip(items(ppa::MILESTONES.value(record)));
    counted.map(|(number, (date, title))| Known { number, date: date.into(), title: title.into() }).collect()
}

/// Returns the numbers of the milestones, in the order of the list.
#[must_use]
pub fn numbers(record: &Record) -> Vec<i64> {
    let count = items(ppa::MILESTONES.value(record)).len();
    known(record).into_iter().take(count).map(|known| known.number).collect()
}

/// Assigns the previous numbers to the milestones of a changed record, and new numbers to new ones.
pub fn keep_numbers(before: &Record, record: &mut Record) {
    if !ppa::MILESTONE_NUMBERS.is_in(record.kind) || ppa::MILESTONES.is_same(before, record) {
        return;
    }
    let old = known(before);
    let present = items(ppa::MILESTONES.value(before)).len().min(old.len());
    let new: Vec<(String, String)> = items(ppa::MILESTONES.value(record))
        .into_iter()
        .map(|(date, title)| (date.into(), title.into()))
        .collect();
    let mut matches = Matches { of_new: vec![None; new.len()], taken: vec![false; old.len()] };
    matches.find(&new, &old, |(date, title), known| known.date == *date && known.title == *title);
    // A removed milestone returns only unchanged; a present one may be renamed or moved.
    let there = &old[..present];
    matches.find(&new, there, |(_, title), known| known.title == *title);
    matches.find(&new, there, |(date, _), known| known.date == *date);
    if matches.of_new.iter().filter(|found| found.is_none()).count() == 1
        && matches.taken[..present].iter().filter(|taken| !**taken).count() == 1
    {
        matches.find(&new, there, |_, _| true);
    }
    let mut next = old.iter().map(|known| known.number + 1).max().unwrap_or(0);
    let mut rows: Vec<Json> = Vec::with_capacity(new.len());
    for ((date, title), found) in new.iter().zip(&matches.of_new) {
        let number = match found {
            Some(place) => old[*place].number,
            None => {
                next += 1;
                next - 1
            }
        };
        rows.push(json!([number, date, title]));
    }
    let gone = old.iter().zip(&matches.taken).filter(|(_, taken)| !**taken).map(|(known, _)| known);
    rows.extend(gone.take(REMEMBERED).map(|known| json!([known.number, known.date, known.title])));
    ppa::MILESTONE_NUMBERS.set(record, Json::Array(rows));
}

/// Matches of new milestones with old ones.
struct Matches {
    of_new: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Matches {
    fn find(
        &mut self,
        new: &[(String, String)],
        old: &[Known],
        is_same: impl Fn(&(String, String), &Known) -> bool,
    ) {
        for (found, item) in self.of_new.iter_mut().zip(new).filter(|(found, _)| found.is_none()) {
            let place = (0..old.len()).find(|place| !self.taken[*place] && is_same(item, &old[*place]));
            if let Some(place) = place {
                self.taken[place] = true;
                *found = Some(place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::core::id::Id;
    use crate::kinds::{self, ppa};

    fn ppa(items: &[(&str, &str)]) -> Record {
        let kind = kinds::by_name("ppa").unwrap();
        let mut record = Record::new(kind, Id::from_parts(1, &[1; 10]), Timestamp::UNIX_EPOCH, None);
        record.set(ppa::MILESTONES.name(), list(items));
        record
    }

    fn list(items: &[(&str, &str)]) -> Value {
        Value::Json(items.iter().map(|(date, title)| json!({ "date": date, "title": title })).collect())
    }

    /// Returns the numbers after each of the changes.
    fn after(first: &[(&str, &str)], changes: &[&[(&str, &str)]]) -> Vec<Vec<i64>> {
        let mut record = ppa(first);
        let mut found = Vec::new();
        for change in changes {
            let before = record.clone();
            record.set(ppa::MILESTONES.name(), list(change));
            keep_numbers(&before, &mut record);
            found.push(numbers(&record));
        }
        found
    }

    const A: (&str, &str) = ("2027-03-01", "Drilled");
    const B: (&str, &str) = ("2027-06-01", "Pumps in");
    const C: (&str, &str) = ("2027-01-01", "Begun");

    #[test]
    fn new_list_is_numbered_by_position() {
        assert_eq!(numbers(&ppa(&[A, B])), [0, 1]);
        assert_eq!(numbers(&ppa(&[])), [0; 0]);
    }

    #[test]
    fn unchanged_milestones_keep_their_numbers() {
        assert_eq!(after(&[A, B], &[&[C, A, B], &[B, C], &[B]]), [vec![2, 0, 1], vec![1, 2], vec![1]]);
    }

    #[test]
    fn restored_milestone_gets_its_number_back() {
        assert_eq!(after(&[A, B], &[&[A], &[A, C], &[A, C, B]]), [vec![0], vec![0, 2], vec![0, 2, 1]]);
        assert_eq!(after(&[A], &[&[], &[B], &[A]]), [vec![], vec![1], vec![0]]);
    }

    #[test]
    fn moved_or_renamed_milestone_keeps_its_number() {
        let moved = ("2027-04-01", "Drilled");
        let renamed = ("2027-04-01", "Drilled deep");
        let both = ("2027-05-01", "Drilled deeper");
        assert_eq!(
            after(&[A, B], &[&[moved, B], &[B, renamed], &[both, B]]),
            [vec![0, 1], vec![1, 0], vec![0, 1]]
        );
        // Two with the same title are distinguished by their dates.
        let twice = ("2027-09-01", "Drilled");
        assert_eq!(after(&[A, twice], &[&[twice, A], &[twice]]), [vec![1, 0], vec![1]]);
    }

    #[test]
    fn other_changes_keep_the_numbers() {
        let mut record = ppa(&[A]);
        let before = record.clone();
        ppa::TITLE.set(&mut record, "Wells");
        keep_numbers(&before, &mut record);
        assert!(ppa::MILESTONE_NUMBERS.value(&record).is_empty());
    }
}
