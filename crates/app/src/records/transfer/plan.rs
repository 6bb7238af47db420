//! Columns of a file to import: headers matched with fields, by label or by name.

use std::collections::HashMap;

use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::message;
use obcms_domain::registry::{Field, FieldError, Kind, Source};
use rust_xlsxwriter::utility::column_number_to_name;

use super::people;
use super::people_workbook::TOTAL;
use super::rows::Row;
use super::sheet::Table;
use super::written::{Header, parse_pesos};
use super::{Column, columns};
use crate::core::AppError;

/// Members of records in the API that are not fields and may be in a file.
const MEMBERS: [&str; 5] = ["version", "created_by", "kind", "url", "display_title"];

/// Column of a file with the field that it fills.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    /// Position in the file.
    pub place: usize,
    /// The field.
    pub field: &'static Field,
    /// Form of the header.
    pub header: Header,
}

impl Planned {
    /// Returns the text of the column in a row or in the head; empty if the row is too short.
    pub fn text<'a>(&self, cells: &'a [String]) -> &'a str {
        cells.get(self.place).map_or("", String::as_str)
    }
}

/// Columns of a file by the fields that they fill.
#[derive(Debug, Default)]
pub struct Plan {
    /// Position of the id.
    pub id: Option<usize>,
    /// Columns that are imported.
    pub fields: Vec<Planned>,
    /// Headers of fields that are not imported because they are calculated.
    pub ignored: Vec<String>,
    /// Positions of columns with numbers.
    numbers: Vec<usize>,
}

/// Meaning of a header.
#[derive(Clone, Copy)]
enum Meaning {
    Id,
    Field(&'static Field, Header),
    Other,
}

impl Meaning {
    /// Returns the name of what the header names; empty for what is never imported.
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Field(field, _) => field.name,
            Self::Other => "",
        }
    }
}

impl Plan {
    /// Matches the headers of a file.
    ///
    /// # Errors
    ///
    /// `Invalid` with each header that names no field, more than one, or the field of another header.
    pub fn new(kind: &'static Kind, table: &Table) -> Result<Self, AppError> {
        let head = &table.head;
        let mut plan = Self::default();
        let mut errors = without_header(table);
        let mut seen: HashMap<&str, (&String, String)> = HashMap::new();
        for (place, header) in head.iter().enumerate().filter(|(_, header)| !header.is_empty()) {
            let column = letters(place);
            // A file that is no table may have megabytes in its first line.
            if header.chars().nth(LONGEST_HEADER).is_some() {
                let message = message!(
                    "The header of column {letters} is longer than {most} characters. The first row must have the labels of the fields.",
                    letters = Word::text(&column),
                    most = LONGEST_HEADER
                );
                errors.push(FieldError::new(column, "too_long", message));
                continue;
            }
            if let Some(first) = head[..place].iter().position(|other| other == header) {
                let first = letters(first);
                let message = message!(
                    "{header} is the header of columns {first} and {letters}. Keep one of them.",
                    header = Word::text(header),
                    first = Word::text(first),
                    letters = Word::text(&column)
                );
                errors.push(FieldError::new(header, "repeated", message));
                continue;
            }
            let meaning = match meaning(kind, header, &column) {
                Ok(meaning) => meaning,
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            };
            let other = seen.insert(meaning.name(), (header, column.clone()));
            if let Some((other, first)) = other.filter(|_| !meaning.name().is_empty()) {
                let message = message!(
                    "{other} and {header} (columns {first} and {letters}) name the same field. Keep one of them.",
                    other = Word::text(other),
                    header = Word::text(header),
                    first = Word::text(first),
                    letters = Word::text(column)
                );
                errors.push(FieldError::new(header, "ambiguous", message));
                continue;
            }
            match meaning {
                Meaning::Id => plan.id = Some(place),
                Meaning::Field(field, header) if field.source == Source::Input => {
                    plan.fields.push(Planned { place, field, header });
                }
                Meaning::Field(..) => plan.ignored.push(header.clone()),
                Meaning::Other => {}
            }
            if matches!(meaning, Meaning::Field(field, _) if field.is_number()) {
                plan.numbers.push(place);
            }
        }
        if errors.is_empty() && plan.fields.is_empty() {
            errors.push(FieldError::new("file", "empty", "The file has no column that can be imported."));
        }
        if errors.is_empty() { Ok(plan) } else { Err(AppError::Invalid(errors)) }
    }

    /// Returns the column of a field.
    pub fn column(&self, name: &str) -> Option<&Planned> {
        self.fields.iter().find(|planned| planned.field.name == name)
    }

    /// Returns the position of a field or of the id.
    pub fn place(&self, name: &str) -> Option<usize> {
        if name == "id" { self.id } else { self.column(name).map(|planned| planned.place) }
    }

    /// Returns the rows before the totals that an export has at its end.
    pub fn without_totals<'a>(&self, rows: &'a [Row]) -> &'a [Row] {
        let totals = rows.iter().rev().take_while(|(_, cells)| self.is_total(cells)).count();
        &rows[..rows.len() - totals]
    }

    /// Returns true if a row has the label of a total, at least one number, and nothing else.
    fn is_total(&self, cells: &[String]) -> bool {
        let Some((first, rest)) = cells.split_first() else { return false };
        let first = first.trim();
        let is_labelled =
            first == TOTAL || first.strip_prefix(TOTAL).is_some_and(|rest| rest.starts_with(": "));
        let mut filled = rest
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.trim().is_empty())
            .map(|(place, cell)| (place + 1, cell));
        let is_sum =
            |(place, cell): (usize, &String)| self.numbers.contains(&place) && parse_pesos(cell).is_ok();
        is_labelled && rest.iter().any(|cell| !cell.trim().is_empty()) && filled.all(is_sum)
    }
}

/// Returns the letters of a column in a spreadsheet.
pub(super) fn letters(place: usize) -> String {
    u16::try_from(place).map_or_else(|_| (place + 1).to_string(), column_number_to_name)
}

/// Returns an error for each column that has values but no header: they would be lost.
fn without_header(table: &Table) -> Vec<FieldError> {
    let width = table.rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or_default();
    let mut filled = vec![false; width];
    for (_, cells) in &table.rows {
        for (filled, cell) in filled.iter_mut().zip(cells) {
            *filled |= !cell.trim().is_empty();
        }
    }
    let has_header = |place: usize| table.head.get(place).is_some_and(|header| !header.is_empty());
    (0..width)
        .filter(|place| filled[*place] && !has_header(*place))
        .map(|place| {
            let letters = letters(place);
            let message = message!(
                "Column {letters} has values but no header. Enter its header, or delete the column.",
                letters = Word::text(&letters)
            );
            FieldError::new(letters, "no_header", message)
        })
        .collect()
}

/// Maximum length of a header in characters.
const LONGEST_HEADER: usize = 200;
/// Likeness from which on a header is suggested, of 1,000.
const LIKE: usize = 500;

/// Returns the header of a field that can be imported that is most like a text; nothing if none is.
fn nearest(kind: &'static Kind, text: &str) -> Option<&'static str> {
    let folded = text.to_lowercase();
    let columns = people::known(kind).filter(|column| match column {
        people::Column::Field(field) => field.source == Source::Input,
        column => matches!(column, people::Column::Id),
    });
    columns
        .flat_map(|column| [column.label(), column.name()])
        .map(|known| (likeness(&folded, &known.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness >= LIKE)
        // Of several that are equally similar the first, which is a label.
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
        .map(|(_, known)| known)
}

/// Returns the likeness of two headers, from 0 to 1,000: the share of letters that need no change.
fn likeness(one: &str, other: &str) -> usize {
    let longest = one.chars().count().max(other.chars().count());
    let changes = strsim::damerau_levenshtein(one, other);
    (1000 * longest.saturating_sub(changes)).checked_div(longest).unwrap_or_default()
}

/// Returns what a header names: a name of the API as it is, then a label or a name in any case.
fn meaning(kind: &'static Kind, header: &str, letters: &str) -> Result<Meaning, FieldError> {
    let raw = columns(kind).into_iter().find(|column| column.name() == header);
    match raw {
        Some(Column::Id) => return Ok(Meaning::Id),
        Some(Column::Field(field)) => return Ok(Meaning::Field(field, Header::Name)),
        Some(_) => return Ok(Meaning::Other),
        None if MEMBERS.contains(&header) => return Ok(Meaning::Other),
        None => {}
    }
    let folded = header.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let with = |form: Header, is_meant: &dyn Fn(&people::Column) -> bool| -> Vec<Meaning> {
        let meaning = |column| match column {
            people::Column::Id => Meaning::Id,
            people::Column::Field(field) => Meaning::Field(field, form),
            _ => Meaning::Other,
        };
        people::known(kind).filter(is_meant).map(meaning).collect()
    };
    let mut found = with(Header::Label, &|column| column.label().to_lowercase() == folded);
    if found.is_empty() {
        found = with(Header::Name, &|column| column.name() == folded);
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let unknown = message!(
                "{header} (column {letters}) is not a field of {kinds}.",
                header = Word::text(header),
                letters = Word::text(letters),
                kinds = Word::lower(kind.plural)
            );
            let suggestion = nearest(kind, header)
                .map(|known| message!("Did you mean {known}?", known = Word::label(known)));
            let message = Message::sentences([unknown].into_iter().chain(suggestion));
            Err(FieldError::new(header, "unknown_field", message))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|meaning| meaning.name()).collect();
            let message = message!(
                "{header} (column {letters}) may mean {names}. Use one of these names.",
                header = Word::text(header),
                letters = Word::text(letters),
                names = Word::texts(Joining::Or, names)
            );
            Err(FieldError::new(header, "ambiguous", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use obcms_domain::kinds::{PPA, TRANCHE};

    use super::*;

    fn plan(kind: &'static Kind, head: &[&str]) -> Result<Plan, Vec<FieldError>> {
        let head: Vec<String> = head.iter().map(|name| (*name).to_owned()).collect();
        Plan::new(kind, &Table { head, ..Table::default() }).map_err(|error| match error {
            AppError::Invalid(errors) => errors,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn headers_are_labels_or_names_in_any_case() {
        let found = plan(&PPA, &["Title", " budget", "FISCAL  YEAR", "funding_source", "ID", "Progress"]);
        let found = found.expect("a plan");
        let fields: Vec<(&str, Header)> =
            found.fields.iter().map(|planned| (planned.field.name, planned.header)).collect();
        assert_eq!(
            fields,
            [
                ("title", Header::Label),
                ("budget_allocation_centavos", Header::Label),
                ("fiscal_year", Header::Label),
                ("funding_source", Header::Name),
            ]
        );
        assert_eq!((found.id, found.ignored), (Some(4), vec!["Progress".to_owned()]));
        let found = plan(&PPA, &["title", "BUDGET_ALLOCATION_CENTAVOS"]).expect("a plan");
        assert_eq!(found.fields[1].header, Header::Name);
    }

    #[test]
    fn two_headers_of_one_field_are_refused() {
        let errors = plan(&PPA, &["title", "Budget", "budget_allocation_centavos"]).expect_err("two budgets");
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("budget_allocation_centavos", "ambiguous"));
        assert!(errors[0].message.english().contains("Budget and budget_allocation_centavos"), "{errors:?}");
    }

    #[test]
    fn unknown_headers_are_named_at_once_with_the_nearest_one() {
        let errors = plan(&PPA, &["Titel", "title", "Fiscal year", "Budjet", "Shoe size", "fiscal_yaer"]);
        let messages: Vec<String> =
            errors.expect_err("unknown headers").into_iter().map(|error| error.message.english()).collect();
        assert_eq!(
            messages,
            [
                "Titel (column A) is not a field of PPAs. Did you mean Title?",
                "Budjet (column D) is not a field of PPAs. Did you mean Budget?",
                "Shoe size (column E) is not a field of PPAs.",
                "fiscal_yaer (column F) is not a field of PPAs. Did you mean fiscal_year?",
            ]
        );
    }

    #[test]
    fn headers_of_megabytes_are_neither_compared_nor_repeated() {
        let long = "x".repeat(5_000_000);
        let errors = plan(&PPA, &["Title", &long]).expect_err("no header");
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("B", "too_long"));
        assert!(errors[0].message.english().len() < 200, "{errors:?}");
    }

    #[test]
    fn columns_with_values_need_a_header() {
        let head = ["Title", "", "Category"].map(str::to_owned).to_vec();
        let cells = |texts: [&str; 4]| texts.map(str::to_owned).to_vec();
        let mut table = Table { head, rows: vec![(2, cells(["Wells", " ", "", ""]))], ..Table::default() };
        assert!(Plan::new(&PPA, &table).is_ok(), "empty columns need none");
        table.rows.push((3, cells(["Roads", "5", "", "note"])));
        let Err(AppError::Invalid(errors)) = Plan::new(&PPA, &table) else { panic!("a refusal") };
        let found: Vec<(&str, &str)> =
            errors.iter().map(|error| (error.field.as_str(), error.code)).collect();
        assert_eq!(found, [("B", "no_header"), ("D", "no_header")]);
    }

    #[test]
    fn only_totals_at_the_end_are_left_out() {
        let plan = plan(&TRANCHE, &["Date", "PPA", "Kind", "Amount", "Remarks", "ID"]).expect("a plan");
        let row = |cells: [&str; 6]| (2, cells.map(str::to_owned).to_vec());
        let entry = row(["2027-01-05", "Wells", "Allotment", "100.00", "", ""]);
        let rows = [
            row(["Total", "", "", "1", "", ""]),
            entry,
            row(["Total: Allotment", "", "", "100", "", ""]),
            row(["Total: Obligation", "", "", "-1.5", "", ""]),
        ];
        assert_eq!(plan.without_totals(&rows).len(), 2);
        for other in [
            row(["Total", "", "", "", "", ""]),
            row(["Total", "", "", "100", "a remark", ""]),
            row(["Total", "", "", "100", "", "01890a5d-ac96-774b-bcce-b302099a8057"]),
            row(["Totally", "", "", "100", "", ""]),
        ] {
            assert_eq!(plan.without_totals(std::slice::from_ref(&other)).len(), 1, "{other:?}");
        }
    }
}
