//! Settings that a user makes on pages: chosen columns, open groups of the sidebar, pins.

use std::collections::BTreeMap;

use obcms_domain::kinds;
use obcms_domain::message;
use obcms_domain::registry::FieldError;
use obcms_store::user_settings as store;

use super::own_id;
use crate::core::{Actor, App, AppError};
use crate::records::require_write;

/// Setting with the open groups of the sidebar.
pub const OPEN_GROUPS: &str = "sidebar.open";
/// Setting with the pinned views and records, as `KIND:ID`.
pub const PINS: &str = "pins";
/// Beginning of the settings with the columns of a table.
const COLUMNS: &str = "columns.";

/// Maximum number of values of a setting.
const MAXIMUM_VALUES: usize = 100;
/// Maximum number of pins: more is no shortcut.
pub const MAXIMUM_PINS: usize = 20;
/// Maximum length of a value in characters.
const MAXIMUM_LENGTH: usize = 100;

/// Settings of a user by name; each is a list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserSettings(pub BTreeMap<String, Vec<String>>);

impl UserSettings {
    /// Returns the values of a setting; `None` where it was never made.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[String]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// Returns the chosen columns of a table.
    #[must_use]
    pub fn columns(&self, table: &str) -> Option<&[String]> {
        self.get(&columns_setting(table))
    }
}

/// Returns the name of the setting with the columns of a table.
#[must_use]
pub fn columns_setting(table: &str) -> String {
    format!("{COLUMNS}{table}")
}

impl App {
    /// Returns the settings of the actor; none for the program itself.
    pub fn user_settings(&self, actor: &Actor) -> Result<UserSettings, AppError> {
        let Some(user) = actor.id else { return Ok(UserSettings::default()) };
        let rows = self.read(|tx| Ok(store::all(tx, user)?))?;
        // A value that a later version wrote in another form counts as none.
        let read =
            rows.into_iter().filter_map(|(name, text)| Some((name, serde_json::from_str(&text).ok()?)));
        Ok(UserSettings(read.collect()))
    }

    /// Makes a setting of the actor, or removes it to return to the default.
    pub fn set_user_setting(
        &self,
        actor: &Actor,
        name: &str,
        values: Option<&[String]>,
    ) -> Result<(), AppError> {
        require_write(actor)?;
        let user = own_id(actor)?;
        check(name, values.unwrap_or_default())?;
        let text = values.map(|values| serde_json::Value::from(values.to_vec()).to_string());
        self.database().write(|tx| store::set(tx, user, name, text.as_deref()))?;
        Ok(())
    }
}

fn check(name: &str, values: &[String]) -> Result<(), AppError> {
    let is_table = |table: &str| kinds::REGISTRY.iter().any(|kind| kind.collection == table);
    let is_known = name == OPEN_GROUPS || name == PINS || name.strip_prefix(COLUMNS).is_some_and(is_table);
    if !is_known {
        return Err(AppError::NotFound("setting"));
    }
    let most = if name == PINS { MAXIMUM_PINS } else { MAXIMUM_VALUES };
    let mut errors = Vec::new();
    if values.len() > most {
        errors.push(FieldError::new("value", "too_many", message!("Must have at most {most} values.", most)));
    }
    if values.iter().any(|value| value.chars().count() > MAXIMUM_LENGTH) {
        let message = message!("Each value must have at most {MAXIMUM_LENGTH} characters.", MAXIMUM_LENGTH);
        errors.push(FieldError::new("value", "too_long", message));
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
}
