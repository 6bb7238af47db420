//! Sealed fields at rest: their columns, and plain-text secrets stored by older releases.

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, REGISTRY};
use obcms_domain::registry::Kind;
use serde_json::{Map, Value as Json};

use crate::database::Tx;
use crate::error::StoreError;
use crate::{settings, vault};

/// Setting with the change up to which the log was searched for plain-text secrets.
const LOG: &str = "sealed_log";
/// Value of the setting when no plain-text secret remains.
const WHOLE: &str = "whole";

/// Stored secret.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Record of the secret.
    pub id: Id,
    /// Table of the record.
    pub table: &'static str,
    /// Column of the secret.
    pub column: &'static str,
    /// The secret.
    pub secret: String,
}

/// Returns tables and columns of secrets that can be shown again.
fn places() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_fields = REGISTRY.into_iter().flat_map(|kind| {
        kind.fields.iter().filter(|field| field.sealed).map(|field| (kind.table, field.name))
    });
    [("feeds", "secret"), ("shares", "secret")].into_iter().chain(of_fields)
}

/// Returns all secrets that can be shown again.
pub fn secrets(tx: &mut Tx<'_>) -> Result<Vec<Sealed>, StoreError> {
    let mut found = Vec::new();
    for (table, column) in places() {
        let sql = format!("SELECT id, \"{column}\" FROM {table} WHERE \"{column}\" <> ''");
        for row in tx.query(&sql, &[])? {
            found.push(Sealed { id: row.get(0)?, table, column, secret: row.get(1)? });
        }
    }
    Ok(found)
}

/// Stores a secret in another form, sealed or plain. The value that readers see does not change.
pub fn set_secret(tx: &mut Tx<'_>, sealed: &Sealed) -> Result<(), StoreError> {
    let sql = format!("UPDATE {} SET \"{}\" = $1 WHERE id = $2", sealed.table, sealed.column);
    tx.execute(&sql, &[sealed.secret.as_str().into(), sealed.id.into()])?;
    Ok(())
}

fn has_sealed(kind: &Kind) -> bool {
    kind.fields.iter().any(|field| field.sealed)
}

/// Returns the kind with this name if it has sealed fields.
fn sealed_kind(name: &str) -> Option<&'static Kind> {
    kinds::by_name(name).filter(|kind| has_sealed(kind))
}

/// Converts the old and new values of sealed fields in a change.
fn with_values(
    kind: &Kind,
    mut fields: Map<String, Json>,
    change: impl Fn(&str) -> Result<String, StoreError>,
) -> Result<Map<String, Json>, StoreError> {
    for field in kind.fields.iter().filter(|field| field.sealed) {
        let Some(Json::Array(pair)) = fields.get_mut(field.name) else { continue };
        for value in pair {
            if let Json::String(text) = value {
                *text = change(text)?;
            }
        }
    }
    Ok(fields)
}

/// Converts the fields of a change to their stored form.
pub(crate) fn to_log(kind: &str, record: Id, fields: &Map<String, Json>) -> Result<String, StoreError> {
    let sealed = match sealed_kind(kind) {
        Some(kind) => Some(with_values(kind, fields.clone(), |text| vault::to_stored(record, text))?),
        None => None,
    };
    serde_json::to_string(sealed.as_ref().unwrap_or(fields))
        .map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Converts the fields of a change from their stored form.
pub(crate) fn from_log(kind: &str, record: Id, stored: &str) -> Result<Map<String, Json>, StoreError> {
    let fields = serde_json::from_str(stored).map_err(|error| StoreError::Damaged(error.to_string()))?;
    match sealed_kind(kind) {
        Some(kind) => with_values(kind, fields, |text| vault::from_stored(record, text.to_owned())),
        None => Ok(fields),
    }
}

/// Returns true if the log contains no plain-text secrets.
pub fn is_log_sealed(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(settings::get(tx, LOG)?.as_deref() == Some(WHOLE))
}

/// Seals the plain-text secrets in the next `limit` changes of kinds that have some. Returns true if these were the
/// last.
pub fn seal_log(tx: &mut Tx<'_>, limit: i64) -> Result<bool, StoreError> {
    let after = settings::get(tx, LOG)?;
    if after.as_deref() == Some(WHOLE) {
        return Ok(true);
    }
    let after: i64 = after.and_then(|text| text.parse().ok()).unwrap_or_default();
    let names: Vec<String> =
        REGISTRY.into_iter().filter(|kind| has_sealed(kind)).map(|kind| format!("'{}'", kind.name)).collect();
    let rows = tx.query(
        &format!(
            "SELECT id, kind, record_id, fields, number FROM changes WHERE number > $1 AND kind IN ({}) \
             ORDER BY number LIMIT $2",
            names.join(", ")
        ),
        &[after.into(), limit.into()],
    )?;
    let mut last = after;
    for row in &rows {
        let (id, kind, record): (Id, String, Id) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let stored: String = row.get(3)?;
        let sealed = to_log(&kind, record, &from_log(&kind, record, &stored)?)?;
        if sealed != stored {
            tx.execute("UPDATE changes SET fields = $1 WHERE id = $2", &[sealed.as_str().into(), id.into()])?;
        }
        last = row.get(4)?;
    }
    let is_last = i64::try_from(rows.len()).unwrap_or(limit) < limit;
    settings::set(tx, LOG, if is_last { WHOLE.to_owned() } else { last.to_string() }.as_str())?;
    Ok(is_last)
}
