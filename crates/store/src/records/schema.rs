//! Table of a kind, derived from its description.

use std::fmt::Write;

use obcms_domain::registry::{Field, FieldType, Kind};

/// Common columns of all kinds, with the tokens of their types.
pub const COMMON: [(&str, &str); 6] = [
    ("id", "{id} PRIMARY KEY"),
    ("version", "{integer} NOT NULL"),
    ("created_at", "{instant} NOT NULL"),
    ("created_by", "{id}"),
    ("updated_at", "{instant} NOT NULL"),
    ("archived_at", "{instant}"),
];

/// Returns the columns of a field with the tokens of their types; a link to any kind has two, lists of references
/// none.
#[must_use]
pub fn columns(field: &Field) -> Vec<(String, &'static str)> {
    let name = field.name.to_owned();
    match field.data {
        FieldType::References(_) | FieldType::Links(_) => Vec::new(),
        FieldType::Link(_) => vec![(format!("{name}_kind"), "{text}"), (format!("{name}_id"), "{id}")],
        FieldType::Reference(_) => vec![(name, "{id}")],
        FieldType::Integer(..) | FieldType::Decimal(..) | FieldType::Money => vec![(name, "{integer}")],
        FieldType::Boolean => vec![(name, "{boolean}")],
        FieldType::Date => vec![(name, "{date}")],
        FieldType::Instant | FieldType::Moment => vec![(name, "{instant}")],
        FieldType::Text(_)
        | FieldType::Multiline(_)
        | FieldType::Email
        | FieldType::Url
        | FieldType::TimeZone
        | FieldType::Choice(_)
        | FieldType::Choices(_)
        | FieldType::Tags
        | FieldType::Recurrence
        | FieldType::Moments
        | FieldType::Structure(_) => vec![(name, "{text}")],
    }
}

/// Returns all column names of the kind, in the order of reads and writes.
#[must_use]
pub fn column_names(kind: &Kind) -> Vec<String> {
    let mut names: Vec<String> = COMMON.iter().map(|(name, _)| (*name).to_owned()).collect();
    for field in kind.fields {
        names.extend(columns(field).into_iter().map(|(name, _)| name));
    }
    names
}

/// Returns the statements of the migration that creates the table and the indexes for its filters.
#[must_use]
pub fn create_table(kind: &Kind) -> String {
    let mut lines: Vec<String> = COMMON.iter().map(|(name, data)| format!("    {name} {data}")).collect();
    let mut indexes = Vec::new();
    for field in kind.fields {
        for (name, data) in columns(field) {
            lines.push(format!("    \"{name}\" {data}"));
        }
        let indexed = match field.data {
            FieldType::Reference(_) => Some(format!("\"{}\"", field.name)),
            FieldType::Link(_) => Some(format!("\"{}_id\"", field.name)),
            _ if field.name == kind.state => Some(format!("\"{}\"", field.name)),
            _ => None,
        };
        if let Some(columns) = indexed {
            indexes.push((field.name, columns));
        }
    }
    let sort = kind.default_sort.trim_start_matches('-');
    let mut text = format!("CREATE TABLE {} (\n{}\n){{table}};\n", kind.table, lines.join(",\n"));
    indexes.push(("order", format!("\"{sort}\", id")));
    for (name, columns) in indexes {
        let _ = writeln!(text, "CREATE INDEX {table}_{name} ON {table} ({columns});", table = kind.table);
    }
    text
}
