//! Queries about task templates and what their items book.

use std::collections::HashMap;

use obcms_domain::core::id::Id;

use crate::database::{SqlValue, Statement, Tx};
use crate::error::StoreError;

/// Returns the resources of these types that can be booked, by name: id, type and name.
pub fn available_resources(tx: &mut Tx<'_>, types: &[&str]) -> Result<Vec<(Id, String, String)>, StoreError> {
    let mut types: Vec<&str> = types.iter().copied().filter(|kind| !kind.is_empty()).collect();
    types.sort_unstable();
    types.dedup();
    if types.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Statement::new(
        "SELECT id, resource_type, name FROM resources WHERE archived_at IS NULL AND is_available = ",
    );
    statement.bind(true).push(" AND resource_type IN ");
    statement.bind_list(types.into_iter().map(SqlValue::from));
    statement.push(" ORDER BY lower(name), id");
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}

/// Returns the ids of the templates of these names, archived ones included.
pub fn named(tx: &mut Tx<'_>, names: &[&str]) -> Result<HashMap<String, Id>, StoreError> {
    let mut found = HashMap::new();
    for chunk in names.chunks(400) {
        let mut statement = Statement::new("SELECT name, id FROM task_templates WHERE name IN ");
        statement.bind_list(chunk.iter().map(|name| SqlValue::from(*name)));
        for row in tx.query(&statement.sql, &statement.parameters)? {
            found.insert(row.get(0)?, row.get(1)?);
        }
    }
    Ok(found)
}

/// Returns the ids of all live templates, by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Id>, StoreError> {
    tx.query("SELECT id FROM task_templates WHERE archived_at IS NULL ORDER BY name", &[])?
        .iter()
        .map(|row| row.get(0))
        .collect()
}
