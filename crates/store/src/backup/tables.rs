//! Tables and columns of a database, under their names in a backup.

use std::collections::BTreeSet;

use crate::database::{Engine, SqlValue, Tx};
use crate::error::StoreError;
use crate::migrations;

/// Tables whose rows are not backed up. Sessions and password links end with a restore, because a session signed out
/// or a link used after the backup must not become valid again. Runner processes do not outlive the machine.
const EMPTIED: &[&str] = &["sessions", "setup_links", "job_runners"];

/// Representation of a value in a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    Bytes,
    Integer,
    Real,
    Text,
}

impl Storage {
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Text => "text",
        }
    }
}

/// Column with its type in the engine.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub declared: String,
    pub storage: Storage,
}

/// Table with its columns, sorted by name.
#[derive(Clone, Debug)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Columns of the row order; they are unique unless the table has no key.
    pub order: Vec<String>,
    pub has_key: bool,
}

impl Table {
    /// Returns the condition that excludes rows that are not backed up.
    pub fn filter(&self) -> &'static str {
        match self.name.as_str() {
            "settings" => "name NOT IN ('last-backup', 'readiness')",
            name if EMPTIED.contains(&name) => "1 = 0",
            _ => "1 = 1",
        }
    }
}

fn storage(table: &str, column: &str, declared: &str) -> Result<Storage, StoreError> {
    match declared.to_ascii_lowercase().as_str() {
        "blob" | "bytea" | "uuid" => Ok(Storage::Bytes),
        "integer" | "bigint" | "smallint" | "boolean" | "timestamp with time zone" => Ok(Storage::Integer),
        "real" | "double precision" => Ok(Storage::Real),
        "text" | "character varying" | "date" => Ok(Storage::Text),
        other => Err(StoreError::Schema(format!(
            "column {table}.{column} has the type {other}, which no backup knows"
        ))),
    }
}

/// Returns the table names of all migrations, whether or not the tables still exist.
pub fn known() -> BTreeSet<String> {
    let mut names = BTreeSet::from(["schema_migrations".to_owned()]);
    for migration in migrations::ALL {
        let words: Vec<&str> = migration.up.split_whitespace().collect();
        for (position, pair) in words.windows(2).enumerate() {
            let after = match (pair[0].to_ascii_uppercase().as_str(), pair[1].to_ascii_uppercase().as_str()) {
                ("CREATE", "TABLE") | ("RENAME", "TO") => &words[position + 2..],
                _ => continue,
            };
            let name = after.iter().find(|word| !["IF", "NOT", "EXISTS"].contains(*word));
            if let Some(name) = name {
                names.insert(name.trim_end_matches([';', '(']).trim_matches('"').to_owned());
            }
        }
    }
    names
}

/// Returns the existing tables of the program, by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Table>, StoreError> {
    let names = match tx.engine() {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Engine::Postgres => {
            "SELECT CAST(table_name AS text) FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        }
    };
    let known = known();
    let mut found: Vec<String> =
        tx.query(names, &[])?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    found.retain(|name| known.contains(name));
    found.sort_unstable();
    found.into_iter().map(|name| describe(tx, name)).collect()
}

fn describe(tx: &mut Tx<'_>, name: String) -> Result<Table, StoreError> {
    // The database recalculates generated columns.
    let (columns, keys) = match tx.engine() {
        Engine::Sqlite => (
            "SELECT name, type FROM pragma_table_xinfo($1) WHERE hidden = 0",
            "SELECT name FROM pragma_table_xinfo($1) WHERE pk > 0 ORDER BY pk",
        ),
        Engine::Postgres => (
            "SELECT CAST(column_name AS text), CAST(data_type AS text) FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'",
            "SELECT CAST(u.column_name AS text) FROM information_schema.table_constraints c \
             JOIN information_schema.key_column_usage u ON u.constraint_schema = c.constraint_schema \
                 AND u.constraint_name = c.constraint_name AND u.table_name = c.table_name \
             WHERE c.table_schema = current_schema() AND c.table_name = $1 AND c.constraint_type = 'PRIMARY KEY' \
             ORDER BY u.ordinal_position",
        ),
    };
    let parameter = [SqlValue::Text(name.clone())];
    let mut found = Vec::new();
    for row in tx.query(columns, &parameter)? {
        let (column, declared): (String, String) = (row.get(0)?, row.get(1)?);
        let storage = storage(&name, &column, &declared)?;
        found.push(Column { name: column, declared, storage });
    }
    found.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let keys: Vec<String> =
        tx.query(keys, &parameter)?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let has_key = !keys.is_empty();
    let order = if has_key { keys } else { found.iter().map(|column| column.name.clone()).collect() };
    Ok(Table { name, columns: found, order, has_key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_names_are_read_from_migrations() {
        let known = known();
        for name in ["schema_migrations", "records", "settings", "bookings", "jobs", "users"] {
            assert!(known.contains(name), "{name} is not in {known:?}");
        }
        assert!(
            known.iter().all(|name| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'))
        );
    }
}
