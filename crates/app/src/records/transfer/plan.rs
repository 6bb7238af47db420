//! Columns of a file to import: headers matched with fields, by label or by name.

use std::collections::HashMap;

use obcms_domain::core::message::{Joining, Word};
use obcms_domain::message;
use obcms_domain::registry::{Field, FieldError, Kind, Source};

use super::import::Row;
use super::people;
use super::people_workbook::TOTAL;
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
    pub fn new(kind: &'static Kind, head: &[String]) -> Result<Self, AppError> {
        let mut plan = Self::default();
        let mut errors = Vec::new();
        let mut seen: HashMap<&str, &String> = HashMap::new();
        for (place, header) in head.iter().enumerate().filter(|(_, header)| !header.is_empty()) {
            if head[..place].contains(header) {
                errors.push(FieldError::new(header, "repeated", "This column appears twice in the file."));
                continue;
            }
            let meaning = match meaning(kind, header) {
                Ok(meaning) => meaning,
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            };
            if let Some(other) = seen.insert(meaning.name(), header).filter(|_| !meaning.name().is_empty()) {
                let message = message!(
                    "{other} and {header} name the same field. Keep one of these columns.",
                    other = Word::text(other),
                    header = Word::text(header)
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

/// Returns what a header names: a name of the API as it is, then a label or a name in any case.
fn meaning(kind: &'static Kind, header: &str) -> Result<Meaning, FieldError> {
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
        [] => Err(FieldError::new(
            header,
            "unknown_field",
            message!("{kinds} have no such field.", kinds = Word::lower(kind.plural)),
        )),
        several => {
            let names: Vec<&str> = several.iter().map(|meaning| meaning.name()).collect();
            let message = message!(
                "This header may mean {names}. Use one of these names.",
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
        Plan::new(kind, &head).map_err(|error| match error {
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
        let errors = plan(&PPA, &["title", "Shoe size"]).expect_err("an unknown header");
        assert_eq!(errors[0].code, "unknown_field");
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
