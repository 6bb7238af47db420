//! Administration of other people's accounts.

use obcms_domain::accounts::{Action, Area, Role};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Message;
use obcms_domain::kinds::user;
use obcms_domain::registry::Record;
use obcms_store::accounts;

use super::find_user;
use crate::accounts::rules::require_another_admin;
use crate::core::actor::roles;
use crate::core::{Actor, App, AppError, security};
use crate::records::require_write;

/// Refuses actors who may not manage accounts.
pub fn require_administration(
    actor: &Actor,
    action: Action,
    what: impl Into<Message>,
) -> Result<(), AppError> {
    require_write(actor)?;
    if actor.may(action, Area::Accounts) {
        return Ok(());
    }
    Err(AppError::forbidden(action, Area::Accounts, what))
}

impl App {
    /// Disables an account or enables it again. Disabling ends its sessions and revokes its tokens and links.
    pub fn set_disabled(&self, actor: &Actor, user: Id, disabled: bool) -> Result<Record, AppError> {
        require_administration(actor, Action::Edit, "disable accounts")?;
        self.write(actor, |work| {
            let before = find_user(work, user)?;
            let mut record = before.clone();
            user::IS_DISABLED.set(&mut record, disabled);
            if disabled {
                if !user::IS_DISABLED.get(&before) && roles(&before).contains(&Role::Admin) {
                    require_another_admin(work, &before)?;
                }
                accounts::delete_sessions(work.tx, user, None)?;
                accounts::revoke_tokens(work.tx, user, work.now)?;
                accounts::delete_setup_links(work.tx, user)?;
            }
            work.save(&before, &mut record, if disabled { "disable" } else { "enable" })?;
            find_user(work, user)
        })
        .inspect(|record| {
            let event = if disabled { "account_disabled" } else { "account_enabled" };
            security::log_action(actor, event, user::USERNAME.get(record));
        })
    }
}
