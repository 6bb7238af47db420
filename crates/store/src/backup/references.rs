//! Referential integrity: references between rows whose target is missing.

use crate::database::Tx;
use crate::error::StoreError;

/// Returns the number of broken references and the name of the first one.
pub fn broken(tx: &mut Tx<'_>) -> Result<(u64, Option<String>), StoreError> {
    let mut pairs: Vec<(String, String, String, String)> = [
        ("edges", "source", "records", ""),
        ("edges", "target", "records", ""),
        ("calendar_entries", "record_id", "records", ""),
        ("search_words", "id", "records", ""),
        ("booking_slots", "booking", "bookings", ""),
        ("booking_slots", "resource", "resources", ""),
        ("tokens", "user_id", "users", ""),
    ]
    .map(|(table, column, target, condition)| {
        (table.to_owned(), column.to_owned(), target.to_owned(), condition.to_owned())
    })
    .to_vec();
    for kind in obcms_domain::kinds::REGISTRY {
        pairs.push((kind.table.to_owned(), "id".to_owned(), "records".to_owned(), String::new()));
        pairs.push((
            "records".to_owned(),
            "id".to_owned(),
            kind.table.to_owned(),
            format!("source.kind = '{}' AND", kind.name),
        ));
    }
    let mut count = 0;
    let mut first = None;
    for (table, column, target, condition) in pairs {
        let sql = format!(
            "SELECT count(*) FROM \"{table}\" source WHERE {condition} \
             NOT EXISTS (SELECT 1 FROM \"{target}\" target WHERE target.id = source.\"{column}\")"
        );
        let found: i64 = tx.one(&sql, &[])?.get(0)?;
        if found > 0 && first.is_none() {
            first = Some(format!("{table}.{column}"));
        }
        count += u64::try_from(found).unwrap_or(0);
    }
    Ok((count, first))
}
