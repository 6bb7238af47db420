//! Settings that a user makes on pages: chosen columns, open groups, pins. They have no history and no revision.

use obcms_domain::core::id::Id;

use crate::database::Tx;
use crate::error::StoreError;

/// Returns the settings of a user, name and JSON text.
pub fn all(tx: &mut Tx<'_>, user: Id) -> Result<Vec<(String, String)>, StoreError> {
    let rows =
        tx.query("SELECT name, value FROM user_settings WHERE user_id = $1 ORDER BY name", &[user.into()])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Writes a setting, or removes it.
pub fn set(tx: &mut Tx<'_>, user: Id, name: &str, value: Option<&str>) -> Result<(), StoreError> {
    match value {
        Some(value) => tx.execute(
            "INSERT INTO user_settings (user_id, name, value) VALUES ($1, $2, $3) \
             ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value",
            &[user.into(), name.into(), value.into()],
        )?,
        None => tx.execute(
            "DELETE FROM user_settings WHERE user_id = $1 AND name = $2",
            &[user.into(), name.into()],
        )?,
    };
    Ok(())
}
