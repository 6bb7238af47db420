//! Settings that a user makes on pages: chosen columns, open groups of the sidebar, pins.

use std::collections::BTreeMap;

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, saved_view};
use obcms_domain::message;
use obcms_domain::registry::{FieldError, Record};
use obcms_store::records::Directory;
use obcms_store::user_settings as store;

use super::own_id;
use crate::core::{Actor, App, AppError};
use crate::records::{references, require_write};

/// Setting with the open groups of the sidebar.
pub const OPEN_GROUPS: &str = "sidebar.open";
/// Setting with the pinned views and records, as `KIND:ID`.
pub const PINS: &str = "pins";
/// Setting with the calendar as its page was left: parameters of its address, as `NAME=VALUE`.
pub const CALENDAR: &str = "calendar";
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

/// Pinned view or record, as the sidebar shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// Title.
    pub title: String,
    /// Address.
    pub href: String,
    /// Name of the icon.
    pub icon: &'static str,
}

impl App {
    /// Returns the pins of the actor in their order, without what is archived or not visible any more.
    pub fn pins(&self, actor: &Actor, settings: &UserSettings) -> Result<Vec<Pinned>, AppError> {
        let pins = settings.get(PINS).unwrap_or_default().iter();
        let ids: Vec<Id> = pins.filter_map(|pin| pin.split_once(':')?.1.parse().ok()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (directory, views) = self.read(|tx| {
            let directory = references::visible(tx, actor, &ids)?;
            let views: Vec<Id> = ids.iter().copied().filter(|id| is_view(&directory, *id)).collect();
            Ok((directory, obcms_store::records::load_many(tx, &kinds::SAVED_VIEW, &views)?))
        })?;
        let pinned = ids.iter().filter_map(|id| {
            let found = directory.get(id).filter(|found| !found.is_archived)?;
            let kind = kinds::by_name(&found.kind)?;
            let href = match views.iter().find(|view| view.id == *id) {
                Some(view) => view_address(view)?,
                None => kind.url(*id),
            };
            Some(Pinned { title: found.title.clone(), href, icon: kind.icon })
        });
        Ok(pinned.collect())
    }
}

fn is_view(directory: &Directory, id: Id) -> bool {
    directory.get(&id).is_some_and(|found| found.kind == kinds::SAVED_VIEW.name)
}

fn view_address(view: &Record) -> Option<String> {
    let page = kinds::page_address(saved_view::PAGE.get(view))?;
    let query = saved_view::QUERY.get(view);
    Some(if query.is_empty() { page } else { format!("{page}?{query}") })
}

fn check(name: &str, values: &[String]) -> Result<(), AppError> {
    let is_table = |table: &str| kinds::REGISTRY.iter().any(|kind| kind.collection == table);
    let is_known =
        [OPEN_GROUPS, PINS, CALENDAR].contains(&name) || name.strip_prefix(COLUMNS).is_some_and(is_table);
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
