//! Single-use links to set a password: for the first administrator, a new user, or a forgotten password.

use jiff::SignedDuration;
use obcms_domain::accounts::{Action, Role, username};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, user};
use obcms_store::accounts::{self, SetupLink};

use super::{access, administration, find_user, passwords, secrets};
use crate::core::password_hash;
use crate::core::{Actor, App, AppError, Credential, security};
use crate::records::{Input, create};

/// Life of the link for the first administrator: it is printed to the log of the server.
const FIRST: SignedDuration = SignedDuration::from_hours(24);
/// Life of a link for a user: it is sent by mail or handed over in person, maybe over a weekend.
const USER: SignedDuration = SignedDuration::from_hours(72);

/// Input of a setup link.
#[derive(Clone, Debug, Default)]
pub struct SetupInput {
    /// User name; only for the first administrator.
    pub username: String,
    /// Full name; only for the first administrator.
    pub full_name: String,
    /// New password.
    pub password: String,
}

/// Returns the path of a link, below the address of the program.
#[must_use]
pub fn setup_path(secret: &str) -> String {
    format!("/setup/{secret}")
}

fn used_up() -> AppError {
    AppError::conflict("This link was already used or has expired. Ask for a new one.")
}

impl App {
    /// Creates a link for a user, or for the first administrator while there are no users. Returns its secret.
    pub fn create_setup_link(&self, actor: &Actor, user: Option<Id>) -> Result<String, AppError> {
        administration::require_administration(actor, Action::Edit, "create links to set a password")?;
        let secret = secrets::new(self);
        let about = self.write(actor, |work| {
            let mut about = String::new();
            let valid = match user {
                None if accounts::count_users(work.tx)? > 0 => {
                    return Err(AppError::conflict("There are already users."));
                }
                None => FIRST,
                Some(id) => {
                    let record = find_user(work, id)?;
                    access::require_no_token(actor, "create links to set a password")?;
                    if record.is_archived() || user::IS_DISABLED.get(&record) {
                        return Err(AppError::conflict("This account is disabled. Enable it first."));
                    }
                    accounts::delete_setup_links(work.tx, id)?;
                    // A password is reset because it was forgotten or is known to others: no session continues.
                    let but = match actor.credential {
                        Credential::Session(session) if actor.id == Some(id) => Some(session),
                        _ => None,
                    };
                    accounts::delete_sessions(work.tx, id, but)?;
                    user::USERNAME.get(&record).clone_into(&mut about);
                    work.note = "Password link created.".to_owned();
                    work.remark(&record, "password")?;
                    USER
                }
            };
            let link = SetupLink { user_id: user, expires_at: work.now + valid };
            accounts::insert_setup_link(work.tx, &secrets::hash(&secret), &link, work.now)?;
            Ok(about)
        })?;
        security::log_action(actor, "setup_link_created", &about);
        Ok(secret)
    }

    /// Returns the link of that secret, while it can be used.
    pub fn setup_link(&self, secret: &str) -> Result<Option<SetupLink>, AppError> {
        let now = self.now();
        self.read(|tx| {
            let Some(link) = accounts::find_setup_link(tx, &secrets::hash(secret), now)? else {
                return Ok(None);
            };
            let usable = match link.user_id {
                Some(user) => Actor::load(tx, user)?.is_some(),
                None => accounts::count_users(tx)? == 0,
            };
            Ok(usable.then_some(link))
        })
    }

    /// Uses a link from that address; returns the user whose account it opened.
    pub fn use_setup_link(&self, secret: &str, input: &SetupInput, address: &str) -> Result<Id, AppError> {
        let link = self.setup_link(secret)?.ok_or_else(used_up)?;
        let secret_hash = secrets::hash(secret);
        let mut actor = match link.user_id {
            Some(user) => self.actor_of(user)?.ok_or_else(used_up)?,
            None => Actor::program(),
        };
        address.clone_into(&mut actor.address);
        let name = match link.user_id {
            Some(_) => actor.username.clone(),
            None => username::normalize(&input.username),
        };
        let user = link.user_id.map(|_| self.user_named(&name)).transpose()?;
        let names = match &user {
            Some(user) => passwords::names(user),
            None => [name.as_str(), input.full_name.as_str(), ""],
        };
        let wrong = passwords::check("password", &input.password, &names);
        if let (Some(error), Some(_)) = (&wrong, link.user_id) {
            return Err(AppError::Invalid(vec![error.clone()]));
        }
        let hash = match &wrong {
            None => password_hash::hash(self, &input.password)?,
            Some(_) => String::new(),
        };
        self.write(&actor, |work| {
            if !accounts::use_setup_link(work.tx, &secret_hash, work.now)? {
                return Err(used_up());
            }
            let user = match link.user_id {
                Some(user) => find_user(work, user)?,
                None => {
                    if accounts::count_users(work.tx)? > 0 {
                        return Err(used_up());
                    }
                    let fields = first_administrator(input, &name);
                    // All errors are reported at once.
                    match (create(work, &kinds::USER, &fields), &wrong) {
                        (Ok(user), None) => user,
                        (Ok(_), Some(error)) => return Err(AppError::Invalid(vec![error.clone()])),
                        (Err(AppError::Invalid(mut errors)), Some(error)) => {
                            errors.push(error.clone());
                            return Err(AppError::Invalid(errors));
                        }
                        (Err(error), _) => return Err(error),
                    }
                }
            };
            passwords::replace(work, &user, &hash, None)?;
            Ok(user.id)
        })
        .inspect(|_| security::log_action(&actor, "setup_link_used", &name))
    }
}

fn first_administrator(input: &SetupInput, name: &str) -> Input {
    Input::from_iter([
        user::USERNAME.input(name),
        user::FULL_NAME.input(input.full_name.trim()),
        user::ROLES.input(vec![Role::Admin.as_str()]),
    ])
}
