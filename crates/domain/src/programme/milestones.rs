//! Milestones of a record, and the numbers by which the calendar knows each again for ever, whatever is added, taken
//! away, moved or renamed beside it.
//!
//! People give a list and no numbers, so a milestone is known again by what it says. What was taken away is remembered,
//! so that it has its number again when it comes back, as by undo.

use serde_json::{Value as Json, json};

use crate::kinds::ppa;
use crate::registry::{Record, Value};

/// Milestones that were taken away and are remembered.
const REMEMBERED: usize = 200;

/// A milestone that has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KnownMilestone {
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

/// The milestones of the list with their numbers, then those that were taken away.
fn known(record: &Record) -> Vec<KnownMilestone> {
    if let Value::Json(Json::Array(rows)) = ppa::MILESTONE_NUMBERS.value(record) {
        let read = |row: &Json| {
            Some(KnownMilestone {
                number: row.get(0)?.as_i64()?,
                date: row.get(1)?.as_str()?.to_owned(),
                title: row.get(2)?.as_str()?.to_owned(),
            })
        };
        return rows.iter().filter_map(read).collect();
    }
    // Until a list is changed for the first time, its milestones are counted through.
    let counted = (0..).zip(items(ppa::MILESTONES.value(record)));
    counted
        .map(|(number, (date, title))| KnownMilestone { number, date: date.into(), title: title.into() })
        .collect()
}

/// The numbers of the milestones, in the order of the list.
#[must_use]
pub fn numbers(record: &Record) -> Vec<i64> {
    let count = items(ppa::MILESTONES.value(record)).len();
    known(record).into_iter().take(count).map(|known| known.number).collect()
}

/// Gives the milestones of a changed record the numbers that they had, and new ones to new ones.
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
    // What was taken away comes back only as it was; what is there may be renamed or moved.
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
    let removed = old.iter().zip(&matches.taken).filter(|(_, taken)| !**taken).map(|(known, _)| known);
    rows.extend(removed.take(REMEMBERED).map(|known| json!([known.number, known.date, known.title])));
    ppa::MILESTONE_NUMBERS.set(record, Json::Array(rows));
}

/// Which old milestone each new one is.
struct Matches {
    of_new: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Matches {
    fn find(
        &mut self,
        new: &[(String, String)],
        old: &[KnownMilestone],
        is_same: impl Fn(&(String, String), &KnownMilestone) -> bool,
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

    /// The numbers after each of the changes.
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
    fn a_new_list_is_counted_through() {
        assert_eq!(numbers(&ppa(&[A, B])), [0, 1]);
        assert_eq!(numbers(&ppa(&[])), [0; 0]);
    }

    #[test]
    fn what_stays_keeps_its_number() {
        assert_eq!(after(&[A, B], &[&[C, A, B], &[B, C], &[B]]), [vec![2, 0, 1], vec![1, 2], vec![1]]);
    }

    #[test]
    fn what_comes_back_has_its_number_and_no_other_ever() {
        assert_eq!(after(&[A, B], &[&[A], &[A, C], &[A, C, B]]), [vec![0], vec![0, 2], vec![0, 2, 1]]);
        assert_eq!(after(&[A], &[&[], &[B], &[A]]), [vec![], vec![1], vec![0]]);
    }

    #[test]
    fn what_is_moved_or_renamed_is_the_same() {
        let moved = ("2027-04-01", "Drilled");
        let renamed = ("2027-04-01", "Drilled deep");
        let both = ("2027-05-01", "Drilled deeper");
        assert_eq!(
            after(&[A, B], &[&[moved, B], &[B, renamed], &[both, B]]),
            [vec![0, 1], vec![1, 0], vec![0, 1]]
        );
        // Two of one title stay apart by their dates.
        let twice = ("2027-09-01", "Drilled");
        assert_eq!(after(&[A, twice], &[&[twice, A], &[twice]]), [vec![1, 0], vec![1]]);
    }

    #[test]
    fn other_changes_leave_the_numbers_alone() {
        let mut record = ppa(&[A]);
        let before = record.clone();
        ppa::TITLE.set(&mut record, "Wells");
        keep_numbers(&before, &mut record);
        assert!(ppa::MILESTONE_NUMBERS.value(&record).is_empty());
    }
}
