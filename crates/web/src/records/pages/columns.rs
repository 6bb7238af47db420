//! Columns of a list by the description of its kind: which are shown, how wide they are, which give way first.

use obcms_app::records::lists;
use obcms_domain::registry::{Calculated, CalculatedForm, Field, FieldType, Kind};

use crate::components::tables::{Column, ColumnWidth, Direction};
use crate::components::words;

/// Most columns that are shown by default, the title among them.
const DEFAULT_COLUMNS: usize = 6;

/// Column of a list.
#[derive(Clone, Copy, Debug)]
pub enum ListColumn {
    /// Field of the kind.
    Field(&'static Field),
    /// Calculated column, with its place among those of the kind.
    Calculated(usize, &'static Calculated),
}

impl ListColumn {
    fn is_listed(self) -> bool {
        match self {
            Self::Field(field) => field.listed,
            Self::Calculated(..) => true,
        }
    }

    fn is_number(self) -> bool {
        match self {
            Self::Field(field) => field.is_number() && !field.name.ends_with("progress"),
            Self::Calculated(..) => true,
        }
    }

    fn is_share(self) -> bool {
        matches!(self, Self::Calculated(_, column)
            if column.form == CalculatedForm::Share || column.name.ends_with("_percent"))
    }

    fn width(self, kind: &Kind) -> ColumnWidth {
        let Self::Field(field) = self else {
            let Self::Calculated(_, column) = self else { return ColumnWidth::Auto };
            return match column.form {
                CalculatedForm::Money => ColumnWidth::Money,
                // With a bar beside the figure.
                _ if self.is_share() => ColumnWidth::Date,
                CalculatedForm::Whole | CalculatedForm::Decimal | CalculatedForm::Share => {
                    ColumnWidth::Number
                }
            };
        };
        match field.data {
            _ if field.name.ends_with("progress") => ColumnWidth::Progress,
            _ if field.name == kind.state => ColumnWidth::State,
            FieldType::Integer(..) | FieldType::Decimal(..) | FieldType::Boolean => ColumnWidth::Number,
            FieldType::Money => ColumnWidth::Money,
            FieldType::Date => ColumnWidth::Date,
            FieldType::Moment | FieldType::Instant => ColumnWidth::Moment,
            FieldType::Choice(_) => ColumnWidth::State,
            _ => ColumnWidth::Text,
        }
    }

    /// Importance of a column: state, dates of the calendar and what every record is about, money and progress, people,
    /// records and ends, other values.
    fn rank(self, kind: &Kind) -> u8 {
        // A share says at a glance what the amounts beside it say in figures.
        let Self::Field(field) = self else { return if self.is_share() { 1 } else { 2 } };
        let is_date = kind.default_sort.trim_start_matches('-') == field.name
            || kind.dates.iter().any(|role| role.start == field.name);
        match field.data {
            _ if field.name == kind.state => 0,
            _ if is_date || (field.required && field.is_reference()) => 1,
            _ if self.is_number() || field.name.ends_with("progress") => 2,
            FieldType::Date | FieldType::Moment | FieldType::Instant => 3,
            _ if field.is_reference() => 3,
            _ => 4,
        }
    }
}

/// Returns all columns of a kind, the title first: its fields, and calculated columns after those they belong to.
#[must_use]
pub fn all(kind: &'static Kind) -> Vec<ListColumn> {
    let is_bulky = |field: &Field| matches!(field.data, FieldType::Multiline(_) | FieldType::Structure(_));
    let mut fields: Vec<&'static Field> =
        kind.visible().map(|(_, field)| field).filter(|field| !is_bulky(field)).collect();
    fields.sort_by_key(|field| field.name != kind.title);
    let mut columns = Vec::new();
    for field in fields {
        columns.push(ListColumn::Field(field));
        let after = kind.calculated.iter().enumerate().filter(|(_, column)| column.after == field.name);
        columns.extend(after.map(|(place, column)| ListColumn::Calculated(place, column)));
    }
    columns
}

/// Returns the columns of the table. `sort` gives the present direction of a field and the address that sorts by it.
#[must_use]
pub fn table_columns(
    kind: &'static Kind,
    all: &[ListColumn],
    sort: &dyn Fn(&'static Field) -> (Option<Direction>, String),
) -> Vec<Column> {
    let column = |column: &ListColumn| {
        let (key, label) = match column {
            ListColumn::Field(field) => (field.name, field.label),
            ListColumn::Calculated(_, calculated) => (calculated.name, calculated.label),
        };
        let (sorted, sort_href) = match column {
            ListColumn::Field(field) if lists::is_sortable(field) => sort(field),
            _ => (None, String::new()),
        };
        Column {
            key: key.to_owned(),
            label: words::label(label).to_owned(),
            sort_href,
            sorted,
            right: column.is_number(),
            width: column.width(kind),
            rank: column.rank(kind),
            ..Column::default()
        }
    };
    all.iter().map(column).collect()
}

/// Returns the present direction of a field, and the sort that its heading asks for.
#[must_use]
pub fn sorting(sort: &str, field: &Field) -> (Option<Direction>, String) {
    let sorted = match sort.strip_prefix('-') {
        Some(name) if name == field.name => Some(Direction::Descending),
        None if sort == field.name => Some(Direction::Ascending),
        _ => None,
    };
    let next =
        if sorted == Some(Direction::Ascending) { format!("-{}", field.name) } else { field.name.to_owned() };
    (sorted, next)
}

/// Hides the columns that the person did not choose, or those beside the default ones.
pub fn hide(kind: &Kind, all: &[ListColumn], columns: &mut [Column], chosen: Option<&[String]>) {
    if let Some(chosen) = chosen {
        for column in columns.iter_mut().skip(1) {
            column.hidden = !chosen.contains(&column.key);
        }
        return;
    }
    let mut shown: Vec<usize> = (1..all.len()).filter(|place| all[*place].is_listed()).collect();
    shown.sort_by_key(|place| (all[*place].rank(kind), *place));
    shown.truncate(DEFAULT_COLUMNS - 1);
    for (place, column) in columns.iter_mut().enumerate().skip(1) {
        column.hidden = !shown.contains(&place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use obcms_domain::kinds::REGISTRY;

    #[test]
    fn no_list_has_more_than_six_columns_by_default() {
        for kind in REGISTRY {
            let all = all(kind);
            let mut columns = table_columns(kind, &all, &|_| (None, String::new()));
            hide(kind, &all, &mut columns, None);
            let shown = columns.iter().filter(|column| column.is_shown()).count();
            assert!((1..=DEFAULT_COLUMNS).contains(&shown), "{}: {shown}", kind.name);
            assert_eq!(columns[0].key, kind.title, "{}", kind.name);
        }
    }
}
