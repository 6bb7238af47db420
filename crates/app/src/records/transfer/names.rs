//! Names of records in a file, resolved to ids for the whole file at once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::kinds;
use obcms_domain::message;
use obcms_domain::records::search::words;
use obcms_store::Tx;
use obcms_store::records::{self, Directory, Reference, search};

use super::lists_of_texts::{OF_NAMES, OF_TAGS, split};
use super::written::CellError;
use crate::core::{Actor, AppError};
use crate::records::references;

/// Maximum number of unknown names for which similar ones are searched.
const MAXIMUM_UNKNOWN: usize = 100;
/// Maximum number of records among which similar names are searched.
const MAXIMUM_SIMILAR: i64 = 500;
/// Maximum number of candidates in an error.
const CANDIDATES: usize = 3;

/// Name of a record as a cell has it: of one of these kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Name without the label of a kind.
    pub name: String,
    /// Kinds that it may be of.
    pub kinds: Vec<&'static str>,
}

impl Named {
    /// Parses "Clean water" or, where several kinds are possible, "PPA: Clean water".
    pub fn parse(text: &str, kinds: &[&'static str]) -> Self {
        let text = text.trim();
        if kinds.len() > 1
            && let Some((label, name)) = text.split_once(':')
        {
            let is_labelled = |kind: &&&str| {
                kinds::by_name(kind).is_some_and(|kind| {
                    kind.label.eq_ignore_ascii_case(label.trim()) || kind.name == label.trim()
                })
            };
            if let Some(kind) = kinds.iter().find(is_labelled) {
                return Self { name: name.trim().to_owned(), kinds: vec![kind] };
            }
        }
        Self { name: text.to_owned(), kinds: kinds.to_vec() }
    }
}

/// Returns the ids in a cell of references, also as `kind:id`, if it has nothing else.
pub fn ids_in(cell: &str) -> Option<Vec<(Option<String>, Id)>> {
    let texts = match serde_json::from_str::<Vec<String>>(cell) {
        Ok(texts) => texts,
        Err(_) => split(cell, OF_TAGS),
    };
    texts
        .iter()
        .map(|text| match text.rsplit_once(':') {
            Some((kind, id)) => Some((Some(kind.trim().to_owned()), id.trim().parse().ok()?)),
            None => Some((None, text.parse().ok()?)),
        })
        .collect()
}

/// Returns the names in a cell of references.
pub fn names_in(cell: &str, is_list: bool) -> Vec<String> {
    if is_list { split(cell, OF_NAMES) } else { vec![cell.trim().to_owned()] }
}

/// Names that a file has, by kind.
#[derive(Debug, Default)]
pub struct Wanted(BTreeMap<&'static str, BTreeSet<String>>);

impl Wanted {
    /// Adds a name.
    pub fn add(&mut self, named: Named) {
        for kind in named.kinds {
            self.0.entry(kind).or_default().insert(named.name.clone());
        }
    }
}

/// Records by kind and name in lower case.
type ByName = HashMap<(&'static str, String), Vec<Reference>>;

/// Resolved names.
#[derive(Debug, Default)]
pub struct Names {
    found: ByName,
    similar: ByName,
}

impl Names {
    /// Finds the records of these names that the actor may see.
    pub fn resolve(tx: &mut Tx<'_>, actor: &Actor, wanted: &Wanted) -> Result<Self, AppError> {
        let mut names = Self::default();
        for (kind, wanted) in &wanted.0 {
            let all: Vec<String> = wanted.iter().cloned().collect();
            let exact = records::titled(tx, kind, &all)?;
            let exact = visible(tx, actor, exact)?;
            names.add(kind, exact);
            // Titles in another case cost a scan of the kind: only for the rest.
            let rest: Vec<String> = all.into_iter().filter(|name| !names.has(kind, name)).collect();
            let folded = titled_in_any_case(tx, actor, kind, rest.iter().map(String::as_str))?;
            names.add(kind, folded);
            let unknown: Vec<&String> = rest.iter().filter(|name| !names.has(kind, name)).collect();
            names.find_similar(tx, actor, kind, &unknown)?;
        }
        Ok(names)
    }

    fn has(&self, kind: &'static str, name: &str) -> bool {
        self.found.contains_key(&(kind, name.to_lowercase()))
    }

    fn add(&mut self, kind: &'static str, records: Vec<Reference>) {
        for record in records {
            let same = self.found.entry((kind, record.title.to_lowercase())).or_default();
            if same.iter().all(|known| known.id != record.id) {
                same.push(record);
            }
        }
    }

    /// Finds records with a word of the unknown names.
    fn find_similar(
        &mut self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        kind: &'static str,
        unknown: &[&String],
    ) -> Result<(), AppError> {
        let unknown: Vec<(&String, Vec<String>)> =
            unknown.iter().take(MAXIMUM_UNKNOWN).map(|name| (*name, words(name))).collect();
        let mut all: Vec<String> = unknown.iter().flat_map(|(_, words)| words.iter().cloned()).collect();
        all.retain(|word| word.chars().count() > 2);
        all.sort_unstable();
        all.dedup();
        all.truncate(MAXIMUM_UNKNOWN);
        if all.is_empty() {
            return Ok(());
        }
        let records = search::with_any_word(tx, kind, &all, MAXIMUM_SIMILAR)?;
        let records = visible(tx, actor, records)?;
        let letters: Vec<HashSet<String>> = records.iter().map(|record| pairs(&record.title)).collect();
        for (name, _) in unknown {
            let own = pairs(name);
            let mut ranked: Vec<(usize, &Reference)> =
                letters.iter().map(|title| likeness(&own, title)).zip(&records).collect();
            ranked.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
            let ranked = ranked.into_iter().take(CANDIDATES).map(|(_, record)| record.clone()).collect();
            self.similar.insert((kind, name.to_lowercase()), ranked);
        }
        Ok(())
    }

    /// Returns kind and id of the record with the name; the one in the same case if there are several, and one that is
    /// not archived.
    pub fn find(&self, named: &Named) -> Result<(&'static str, Id), CellError> {
        let folded = named.name.to_lowercase();
        let of = |names: &'_ ByName| -> Vec<(&'static str, Reference)> {
            let found =
                named.kinds.iter().filter_map(|kind| Some((*kind, names.get(&(*kind, folded.clone()))?)));
            found
                .flat_map(|(kind, records)| records.iter().map(move |record| (kind, record.clone())))
                .collect()
        };
        let mut found = of(&self.found);
        keep_if_any(&mut found, |record| !record.is_archived);
        keep_if_any(&mut found, |record| record.title == named.name);
        match found.as_slice() {
            [(kind, one)] => Ok((kind, one.id)),
            [] => Err(CellError::new("unknown_name", unknown_message(named, &of(&self.similar)))),
            several => Err(CellError::new("ambiguous_name", ambiguous_message(named, several))),
        }
    }
}

fn keep_if_any(found: &mut Vec<(&'static str, Reference)>, keeps: impl Fn(&Reference) -> bool) {
    if found.iter().any(|(_, record)| keeps(record)) {
        found.retain(|(_, record)| keeps(record));
    }
}

fn label(kind: &str) -> Word {
    Word::lower(kinds::by_name(kind).map_or("Record", |kind| kind.label))
}

fn unknown_message(named: &Named, similar: &[(&'static str, Reference)]) -> Message {
    let kinds = match named.kinds.len() {
        0..=3 => Word::list(Joining::Or, named.kinds.iter().map(|kind| label(kind))),
        _ => Word::lower("Record"),
    };
    let name = Word::text(&named.name);
    if similar.is_empty() {
        return message!("No {kinds} has the name “{name}”.", kinds, name);
    }
    let titles = similar.iter().take(CANDIDATES);
    let titles = titles.map(|(_, record)| message!("“{name}”", name = Word::text(&record.title)));
    let similar = Word::list(Joining::Comma, titles);
    message!("No {kinds} has the name “{name}”. Similar: {similar}.", kinds, name, similar)
}

fn ambiguous_message(named: &Named, several: &[(&'static str, Reference)]) -> Message {
    let first = several.iter().take(CANDIDATES);
    let first =
        first.map(|(kind, record)| message!("{kind} {id}", kind = label(kind), id = Word::text(record.id)));
    let more = (several.len() > CANDIDATES).then(|| "…".into());
    message!(
        "{count} records have the name “{name}”. Enter the id of one: {candidates}.",
        count = several.len(),
        name = Word::text(&named.name),
        candidates = Word::list(Joining::Comma, first.chain(more))
    )
}

/// Returns the pairs of neighboring letters of a name, without case and diacritics.
fn pairs(name: &str) -> HashSet<String> {
    let letters: Vec<char> = words(name).join(" ").chars().collect();
    letters.windows(2).map(|pair| pair.iter().collect()).collect()
}

/// Returns the share of pairs of letters that two names have in common, from 0 to 1,000 (Dice coefficient).
fn likeness(one: &HashSet<String>, other: &HashSet<String>) -> usize {
    let all = one.len() + other.len();
    (2000 * one.intersection(other).count()).checked_div(all).unwrap_or_default()
}

/// Returns the forms of a name in lower case: of PostgreSQL, and of SQLite, which lowers only ASCII letters, for a
/// title with other letters as typed or all capital.
fn lower_forms(name: &str) -> [String; 3] {
    [name.to_lowercase(), name.to_ascii_lowercase(), name.to_uppercase().to_ascii_lowercase()]
}

/// Returns the records with these titles, in any case, that the actor may see.
pub fn titled_in_any_case<'a>(
    tx: &mut Tx<'_>,
    actor: &Actor,
    kind: &str,
    titles: impl Iterator<Item = &'a str>,
) -> Result<Vec<Reference>, AppError> {
    let forms: BTreeSet<String> = titles.flat_map(lower_forms).collect();
    let forms: Vec<String> = forms.into_iter().collect();
    let found = records::titled_in_any_case(tx, kind, &forms)?;
    visible(tx, actor, found)
}

/// Returns those of the records that the actor may see.
pub fn visible(tx: &mut Tx<'_>, actor: &Actor, found: Vec<Reference>) -> Result<Vec<Reference>, AppError> {
    let directory: Directory = found.iter().map(|record| (record.id, record.clone())).collect();
    let hidden = references::hidden(tx, actor, &directory)?;
    Ok(found.into_iter().filter(|record| !hidden.contains(&record.id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_begin_with_the_label_of_their_kind() {
        let parsed = |text: &str| {
            let named = Named::parse(text, &["ppa", "event"]);
            (named.name, named.kinds)
        };
        assert_eq!(parsed("PPA: Wells: phase 2"), ("Wells: phase 2".to_owned(), vec!["ppa"]));
        assert_eq!(parsed("event:Fair"), ("Fair".to_owned(), vec!["event"]));
        assert_eq!(parsed("Budget: hearing"), ("Budget: hearing".to_owned(), vec!["ppa", "event"]));
        assert_eq!(Named::parse("PPA: Wells", &["ppa"]).name, "PPA: Wells", "one kind needs no label");
    }

    #[test]
    fn misspelled_names_are_like_the_right_ones() {
        let like = |name: &str| likeness(&pairs("Ministry of Helth"), &pairs(name));
        assert!(like("Ministry of Health") > like("Ministry of Agriculture, Fisheries and Agrarian Reform"));
        assert_eq!(likeness(&pairs("Peña"), &pairs("PENA")), 1000);
        assert_eq!(likeness(&pairs(""), &pairs("")), 0);
    }

    #[test]
    fn lower_forms_cover_both_engines() {
        let sqlite = |title: &str| title.to_ascii_lowercase();
        for title in ["Peña", "PEÑA", "peña"] {
            for engine in [sqlite(title), title.to_lowercase()] {
                assert!(
                    lower_forms("pEñA").contains(&engine) || lower_forms("PEÑA").contains(&engine),
                    "{engine}"
                );
            }
        }
        assert!(lower_forms("peña").contains(&sqlite("PEÑA")));
    }

    #[test]
    fn cells_of_ids_are_recognized() {
        let id: Id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
        assert_eq!(ids_in(&format!("ppa:{id}; event:{id}")).map(|ids| ids.len()), Some(2));
        assert_eq!(ids_in(&format!("{id}, {id}")).map(|ids| ids.len()), Some(2));
        assert_eq!(ids_in("Ministry of Health, BARMM"), None);
        assert_eq!(ids_in(&format!("{id}; Wells")), None);
    }
}
