//! `obcms demo`: realistic sample data of an office, to try the program.

use super::{print_stdout, serve};
use crate::failure::Failure;
use crate::opened;
use crate::settings::{ServingFlags, Settings, resolve};
use clap::builder::PossibleValuesParser;
use obcms_app::{Actor, App, Entropy, FixedClock};
use obcms_demo::{Account, Plan, Size};
use obcms_store::{migrations, settings as settings_store};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Setting that marks a demo database and tells where its accounts are stored, so that a second start prints them
/// again.
const ACCOUNTS: &str = "demo-accounts";
/// Value for accounts in a file beside the database.
const IN_FILE: &str = "file";
/// Setting that marks unfinished sample data.
const BEGUN: &str = "demo-begun";

/// Create a database with sample data if there is none, print the accounts to sign in with, and serve.
///
/// The passwords are random and stored in the data directory, where anyone who can read it finds them. Do not use this for
/// your own data.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Amount of data: a few dozen records of each kind, a whole office, or ten times that.
    #[arg(long, default_value = "office", value_parser = PossibleValuesParser::new(["small", "office", "region"]))]
    size: String,
    /// The same seed on the same day gives the same data.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    settings: ServingFlags,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let settings = resolve(&arguments.settings, |name| std::env::var(name).ok())?.settings;
    let app = opened::to_write(&settings)?;
    // Bound before anything is written, so that an accidental second start changes nothing.
    let (runtime, listener) = serve::listen(&settings)?;
    let address = listener.local_addr().map_err(Failure::new)?;
    let accounts = accounts(&app, arguments, &settings)?;
    app.prepare()?;
    print_stdout(&sheet(&accounts, &format!("http://{address}")))?;
    if !address.ip().is_loopback() {
        tracing::warn!(
            "others can reach {address}; the demo is for evaluation only, its passwords are in its data directory"
        );
    }
    serve::run_on(&runtime, app, &settings, listener)
}

/// Returns the accounts of the demo, which is created if the database is empty.
fn accounts(app: &App, arguments: &Arguments, settings: &Settings) -> Result<Vec<Account>, Failure> {
    migrations::migrate(app.database(), app.now()).map_err(Failure::new)?;
    let (known, begun) =
        app.read(|tx| Ok((settings_store::get(tx, ACCOUNTS)?, settings_store::get(tx, BEGUN)?)))?;
    if let Some(known) = known {
        // Older demos store the accounts themselves in the database.
        let known = if known == IN_FILE { fs::read_to_string(file(settings)).ok() } else { Some(known) };
        return known.map_or(Ok(Vec::new()), |known| serde_json::from_str(&known).map_err(Failure::new));
    }
    let place = settings.data.display();
    if begun.is_some() {
        return Err(Failure::new(format_args!(
            "the demo data in {} is incomplete; remove it and start again, or choose another directory with --data",
            settings.database
        )));
    }
    if app.has_users()? || app.read(|tx| Ok(settings_store::get(tx, "seed-places")?))?.is_some() {
        return Err(Failure::new(format_args!(
            "the database in {place} is not a demo database and was not changed; choose another directory with --data"
        )));
    }
    make(app, arguments, settings)
}

/// Returns the path of the file with accounts and passwords, readable only by this user.
fn file(settings: &Settings) -> PathBuf {
    settings.data.join("demo-accounts.json")
}

fn keep(path: &Path, accounts: &str) -> Result<(), Failure> {
    let refuse =
        |error: std::io::Error| Failure::new(format_args!("cannot write {}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        crate::data::prepare(folder)?;
    }
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).map_err(refuse)?;
    file.write_all(accounts.as_bytes()).map_err(refuse)
}

fn make(app: &App, arguments: &Arguments, settings: &Settings) -> Result<Vec<Account>, Failure> {
    let plan = Plan {
        size: Size::parse(&arguments.size).unwrap_or(Size::Office),
        seed: arguments.seed,
        password_seed: u64::from_le_bytes(app.random()),
        today: app.today(),
        timezone: app.options().office_timezone.clone(),
    };
    let clock = Arc::new(FixedClock::new(plan.start()?));
    let entropy = Entropy::seeded(plan.seed);
    let player = App::new(app.database().clone(), clock.clone(), entropy, app.options().clone())?;
    let program = Actor::program();
    player.write(&program, |work| Ok(settings_store::set(work.tx, BEGUN, &plan.seed.to_string())?))?;
    tracing::info!(size = arguments.size, seed = plan.seed, "creating the demo data");
    player.prepare()?;
    let accounts = obcms_demo::fill(&player, &clock, &plan, &mut |step| tracing::info!("{step}"))?;
    player.database().analyze().map_err(Failure::new)?;
    let serialized = serde_json::to_string(&accounts).map_err(Failure::new)?;
    keep(&file(settings), &serialized)?;
    player.write(&program, |work| Ok(settings_store::set(work.tx, ACCOUNTS, IN_FILE)?))?;
    Ok(accounts)
}

/// Formats the accounts for people.
fn sheet(accounts: &[Account], address: &str) -> String {
    if accounts.is_empty() {
        return format!(
            "The demo is running at {address}. Its passwords were shown at the first start. \
             To set a new one, run obcms user reset NAME.\n\n"
        );
    }
    let mut text = format!("The demo is running at {address}. Sign in with one of these accounts:\n\n");
    let widths =
        |of: fn(&Account) -> &str| accounts.iter().map(|account| of(account).len()).max().unwrap_or(0);
    let (name, password) = (widths(|account| &account.username), widths(|account| &account.password));
    for Account { username, password: secret, role, full_name } in accounts {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "  {username:name$}  {secret:password$}  {full_name} ({})",
            role.replace('_', " ")
        );
    }
    text.push('\n');
    text
}
