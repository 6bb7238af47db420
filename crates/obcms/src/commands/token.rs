//! `obcms token`: manages API tokens of users, also while a server runs.

use super::print_stdout;
use super::user::{named, open};
use crate::failure::Failure;
use crate::settings::DatabaseFlags;
use clap::Subcommand;
use obcms_app::accounts::{Credentials, EndAccess, Token, TokenEnd};
use obcms_app::{Actor, App};
use obcms_domain::core::id::Id;
use obcms_domain::registry::Record;
use std::str::FromStr;

/// Create, list and revoke tokens.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Create a token and print only it on standard output. It is shown only once.
    Create {
        /// User whose rights the token has.
        #[arg(long, value_name = "NAME")]
        user: String,
        /// Name of the token.
        #[arg(long, value_name = "LABEL", default_value = "command line")]
        name: String,
        /// Days until it expires, or `never`.
        #[arg(long, value_name = "DAYS", default_value = "90", value_parser = parse_end)]
        expires: TokenEnd,
        /// Allow only reading.
        #[arg(long)]
        read_only: bool,
        #[command(flatten)]
        settings: DatabaseFlags,
    },
    /// List the tokens of a user: id, scope, state, last use, name.
    List {
        /// User name.
        #[arg(long, value_name = "NAME")]
        user: String,
        #[command(flatten)]
        settings: DatabaseFlags,
    },
    /// Revoke a token and the tokens created with it. Feeds and shared calendars created with them stay active and are
    /// listed, unless --end-made is given.
    Revoke {
        /// Id from `token list`.
        #[arg(value_parser = parse_id)]
        id: Id,
        /// Also revoke the feeds and shared calendars created with it.
        #[arg(long)]
        end_made: bool,
        #[command(flatten)]
        settings: DatabaseFlags,
    },
}

fn parse_end(text: &str) -> Result<TokenEnd, String> {
    match text {
        "never" => Ok(TokenEnd::Never),
        days => days.parse().map(TokenEnd::Days).map_err(|_| "must be a number of days or never".to_owned()),
    }
}

fn parse_id(text: &str) -> Result<Id, String> {
    Id::from_str(text).map_err(|_| "must be an id from `obcms token list`".to_owned())
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        TokenCommand::Create { user, name, expires, read_only, settings } => {
            let app = open(settings)?;
            let owner = owner(&app, user)?;
            let scope = if *read_only { "read" } else { "write" };
            let (secret, token) = app.create_token(&owner, name, scope, *expires)?;
            eprintln!("token {} for {}:", token.id, owner.username);
            print_stdout(&format!("{secret}\n"))
        }
        TokenCommand::List { user, settings } => {
            let app = open(settings)?;
            let user = named(&app, user)?;
            let tokens = app.tokens(&Actor::from_record(&user, Vec::new()))?;
            let now = app.now();
            let lines: String = tokens.iter().map(|token| line(token, now)).collect();
            print_stdout(&lines)
        }
        TokenCommand::Revoke { id, end_made, settings } => {
            let app = open(settings)?;
            let end = if *end_made { EndAccess::addresses() } else { EndAccess::default() };
            let left = app.revoke_token(&Actor::program(), *id, &end)?;
            print_stdout(&format!("{id} is revoked\n"))?;
            if !left.feeds.is_empty() || !left.shares.is_empty() {
                eprint!(
                    "Created with it and still active; revoke them with --end-made:\n{}",
                    addresses(&left)
                );
            }
            Ok(())
        }
    }
}

fn owner(app: &App, name: &str) -> Result<Actor, Failure> {
    let user = named(app, name)?;
    app.actor_of(user.id)?.ok_or_else(|| {
        Failure::new(format_args!("{name} is disabled; enable the account with obcms user enable {name}"))
    })
}

/// Formats one line for each feed and shared calendar: type, id, last use, name.
pub(super) fn addresses(found: &Credentials) -> String {
    let line = |what: &str, record: &Record, last: &str| {
        let last = record.instant(last).map_or_else(|| "never".to_owned(), |instant| format!("{instant:.0}"));
        format!("{what:<5}  {}  {last:<20}  {}\n", record.id, record.title())
    };
    let feeds = found.feeds.iter().map(|feed| line("feed", feed, "last_read_at"));
    feeds.chain(found.shares.iter().map(|share| line("share", share, "last_viewed_at"))).collect()
}

/// Formats one line for each live token, feed and shared calendar.
pub(super) fn programs(found: &Credentials, now: jiff::Timestamp) -> String {
    let tokens: String = found.tokens.iter().map(|token| format!("token  {}", line(token, now))).collect();
    tokens + &addresses(found)
}

fn line(token: &Token, now: jiff::Timestamp) -> String {
    let state = match (token.revoked_at, token.expires_at) {
        (Some(_), _) => "revoked".to_owned(),
        (None, Some(end)) if end <= now => "over".to_owned(),
        (None, Some(end)) => format!("until {end:.0}"),
        (None, None) => "open".to_owned(),
    };
    let last = token.last_used_at.map_or_else(|| "never".to_owned(), |instant| format!("{instant:.0}"));
    format!("{}  {:<5}  {state:<26}  {last:<20}  {}\n", token.id, token.scope, token.name)
}
