//! Metadata of the records behind calendar entries, for iCalendar clients.

use std::collections::HashMap;

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use obcms_domain::registry::Kind;

use crate::database::Statement;
use crate::database::{SqlValue, Tx};
use crate::error::StoreError;

/// Maximum number of ids per statement.
const CHUNK: usize = 400;

/// Metadata of one record.
#[derive(Clone, Debug)]
pub struct EventMetadata {
    /// Version, raised by changes by people.
    pub version: i64,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Description, or empty.
    pub description: String,
    /// Address for joining online, or empty.
    pub link: String,
}

/// Returns the metadata of records of one kind.
pub fn load(tx: &mut Tx<'_>, kind: &Kind, ids: &[Id]) -> Result<HashMap<Id, EventMetadata>, StoreError> {
    let column = |name: &str| {
        // A kind without such a field still returns the same number of columns.
        if kind.position(name).is_some() { format!("coalesce(\"{name}\", '')") } else { "''".to_owned() }
    };
    let columns = format!("{}, {}", column("description"), column("virtual_link"));
    let mut result = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let mut statement = Statement::new(format!(
            "SELECT id, version, created_at, updated_at, {columns} FROM \"{}\" WHERE id IN ",
            kind.table
        ));
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        for row in tx.query(&statement.sql, &statement.parameters)? {
            let metadata = EventMetadata {
                version: row.get(1)?,
                created_at: row.get(2)?,
                updated_at: row.get(3)?,
                description: row.get(4)?,
                link: row.get(5)?,
            };
            result.insert(row.get(0)?, metadata);
        }
    }
    Ok(result)
}
