//! `obcms user`: manages accounts from the command line, also while a server runs.

use super::token::programs;
use super::{print_stdout, setup_link};
use crate::failure::Failure;
use crate::opened;
use crate::settings::{DatabaseFlags, resolve};
use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use obcms_app::accounts::{EndAccess, Ended};
use obcms_app::core::actor::roles;
use obcms_app::records::Input;
use obcms_app::{Actor, App, AppError};
use obcms_domain::accounts::{Role, password, username};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{USER, user};
use obcms_domain::registry::Record;
use serde_json::json;
use std::io::BufRead;

/// Create, list, disable and reset accounts.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Create an account; without --password-stdin, print a link for its owner to set the password.
    Add {
        /// User name.
        name: String,
        /// Role; can be repeated.
        #[arg(long = "role", required = true, value_parser = role_names(), num_args = 1..)]
        roles: Vec<String>,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
        /// Full name; the user name by default.
        #[arg(long, value_name = "TEXT")]
        full_name: Option<String>,
        /// E-mail address.
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        #[command(flatten)]
        settings: DatabaseFlags,
    },
    /// List the accounts: name, roles, state, last sign-in, full name.
    List {
        #[command(flatten)]
        settings: DatabaseFlags,
    },
    /// Disable an account, end its sessions and revoke its tokens.
    Disable {
        /// User name.
        name: String,
        #[command(flatten)]
        settings: DatabaseFlags,
    },
    /// Enable a disabled account.
    Enable {
        /// User name.
        name: String,
        #[command(flatten)]
        settings: DatabaseFlags,
    },
    /// Reset a password; without --password-stdin, print a link for the owner to set it. Sessions end; tokens, feeds and
    /// shared calendars stay active and are listed, unless --end names them.
    Reset {
        /// User name.
        name: String,
        /// Access to revoke: tokens, feeds, shares, all, or an id from the list; can be repeated.
        #[arg(long, value_name = "WHAT", value_parser = parse_ending)]
        end: Vec<Ending>,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        settings: DatabaseFlags,
    },
}

fn role_names() -> PossibleValuesParser {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str))
}

/// Opens the database selected by the flags.
pub fn open(flags: &DatabaseFlags) -> Result<App, Failure> {
    let settings = resolve(flags, |name| std::env::var(name).ok())?.settings;
    opened::ready(&settings)
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        UserCommand::Add { name, roles, password_stdin, full_name, email, settings } => {
            let name = username::normalize(name);
            let password = password_stdin.then(|| read_password(&name)).transpose()?;
            let mut input = Input::new();
            input.insert("username".to_owned(), json!(name));
            input.insert("full_name".to_owned(), json!(full_name.as_ref().unwrap_or(&name)));
            input.insert("roles".to_owned(), json!(roles));
            if let Some(email) = email {
                input.insert("email".to_owned(), json!(email));
            }
            let app = open(settings)?;
            let user = app.create(&Actor::program(), &USER, &input)?;
            give_password(&app, user.id, &name, password)
        }
        UserCommand::List { settings } => {
            let app = open(settings)?;
            let lines: String = all(&app)?.iter().map(line).collect();
            print_stdout(&lines)
        }
        UserCommand::Disable { name, settings } => set_disabled(settings, name, true),
        UserCommand::Enable { name, settings } => set_disabled(settings, name, false),
        UserCommand::Reset { name, end, password_stdin, settings } => {
            let name = username::normalize(name);
            let password = password_stdin.then(|| read_password(&name)).transpose()?;
            let app = open(settings)?;
            let user = named(&app, &name)?;
            let end = end_access(&app, user.id, end)?;
            give_password(&app, user.id, &name, password)?;
            let left = app.end_access(&Actor::program(), user.id, &end)?;
            let left = programs(&left, app.now());
            if !left.is_empty() {
                eprint!("{name} still has these; revoke them with --end all or --end ID:\n{left}");
            }
            Ok(())
        }
    }
}

/// Value of `--end`.
#[derive(Clone, Debug)]
enum Ending {
    Tokens,
    Feeds,
    Shares,
    All,
    One(Id),
}

fn parse_ending(text: &str) -> Result<Ending, String> {
    match text {
        "tokens" => Ok(Ending::Tokens),
        "feeds" => Ok(Ending::Feeds),
        "shares" => Ok(Ending::Shares),
        "all" => Ok(Ending::All),
        id => {
            id.parse().map(Ending::One).map_err(|_| "must be tokens, feeds, shares, all or an id".to_owned())
        }
    }
}

/// Returns the credentials to revoke; an id that does not belong to the user is an error.
fn end_access(app: &App, user: Id, endings: &[Ending]) -> Result<EndAccess, Failure> {
    let found = app.credentials_of(&Actor::program(), user)?;
    let mut end = EndAccess::default();
    let mut ids = Vec::new();
    for ending in endings {
        match ending {
            Ending::Tokens => end.tokens = Ended::All,
            Ending::Feeds => end.feeds = Ended::All,
            Ending::Shares => end.shares = Ended::All,
            Ending::All => end = EndAccess { shares: Ended::All, ..EndAccess::programs() },
            Ending::One(id) => ids.push(*id),
        }
    }
    let records = found.feeds.iter().chain(&found.shares).map(|record| record.id);
    let known: Vec<Id> = found.tokens.iter().map(|token| token.id).chain(records).collect();
    if let Some(id) = ids.iter().find(|id| !known.contains(id)) {
        return Err(Failure::new(format_args!(
            "{id} is not an active token, feed or shared calendar of this user"
        )));
    }
    for kind in [&mut end.tokens, &mut end.feeds, &mut end.shares] {
        if *kind != Ended::All && !ids.is_empty() {
            *kind = Ended::These(ids.clone());
        }
    }
    Ok(end)
}

/// Returns the user with this name.
pub fn named(app: &App, name: &str) -> Result<Record, Failure> {
    app.user_named(name).map_err(|error| match error {
        AppError::NotFound(_) => Failure::new(format_args!("unknown user '{name}'; see obcms user list")),
        other => other.into(),
    })
}

/// Returns every live account, by full name.
pub fn all(app: &App) -> Result<Vec<Record>, AppError> {
    let mut found = Vec::new();
    app.each(&Actor::program(), &USER, &Vec::new(), |page| {
        found.extend(page.records.iter().cloned());
        Ok(())
    })?;
    Ok(found)
}

fn set_disabled(settings: &DatabaseFlags, name: &str, disabled: bool) -> Result<(), Failure> {
    let app = open(settings)?;
    let user = named(&app, name)?;
    app.set_disabled(&Actor::program(), user.id, disabled)?;
    let state = if disabled { "disabled" } else { "open" };
    print_stdout(&format!("{} is {state}\n", user::USERNAME.get(&user)))
}

/// Sets the given password, or prints only a link for its owner on standard output.
fn give_password(app: &App, user: Id, name: &str, password: Option<String>) -> Result<(), Failure> {
    let Some(password) = password else {
        let secret = app.create_setup_link(&Actor::program(), Some(user))?;
        eprintln!("One-time link for {name} to set the password within 72 hours:");
        let link = setup_link(app, &secret).unwrap_or_else(|path| path);
        return print_stdout(&format!("{link}\n"));
    };
    app.set_password(&Actor::program(), user, &password)?;
    print_stdout(&format!("{name} can sign in\n"))
}

/// Reads and validates a password before anything is written.
fn read_password(name: &str) -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::new(format_args!("cannot read the password: {error}")))?;
    let password = line.trim_end_matches(['\r', '\n']);
    password::check(password, name).map_err(|error| Failure::new(error.message().english()))?;
    Ok(password.to_owned())
}

fn line(user: &Record) -> String {
    let roles: Vec<&str> = roles(user).into_iter().map(Role::as_str).collect();
    let roles = if roles.is_empty() { "-".to_owned() } else { roles.join(",") };
    let state = if user::IS_DISABLED.get(user) { "disabled" } else { "open" };
    let last =
        user::LAST_SIGN_IN_AT.get(user).map_or_else(|| "never".to_owned(), |instant| format!("{instant:.0}"));
    format!(
        "{:<24}  {roles:<24}  {state:<8}  {last:<20}  {}\n",
        user::USERNAME.get(user),
        user::FULL_NAME.get(user)
    )
}
