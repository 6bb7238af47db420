//! What calendar programs want to know of the record behind an entry, beside its dates.

use std::collections::HashMap;

use jiff::Timestamp;
use obcms_domain::core::id::Id;
use obcms_domain::registry::Kind;

use crate::database::Statement;
use crate::database::{SqlValue, Tx};
use crate::error::StoreError;

/// Ids asked for in one statement.
const CHUNK: usize = 400;

/// Facts of one record.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Counts the changes by people.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Description, or empty.
    pub description: String,
    /// Address for joining from afar, or empty.
    pub link: String,
}

/// The facts of records of one kind.
pub fn facts(tx: &mut Tx<'_>, kind: &Kind, ids: &[Id]) -> Result<HashMap<Id, Facts>, StoreError> {
    let column = |name: &str| {
        // A kind without such a field answers the same number of columns.
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
            let facts = Facts {
                version: row.get(1)?,
                created_at: row.get(2)?,
                updated_at: row.get(3)?,
                description: row.get(4)?,
                link: row.get(5)?,
            };
            result.insert(row.get(0)?, facts);
        }
    }
    Ok(result)
}
