//! `obcms demo`: an office full of believable data, to try the program on.

use super::{say, serve};
use crate::failure::Failure;
use crate::opened::Opened;
use crate::server::bind;
use crate::settings::{ServingFlags, Settings, resolve};
use clap::builder::PossibleValuesParser;
use obcms_app::{Actor, App, Entropy, FixedClock};
use obcms_demo::{Account, Plan, Size};
use obcms_store::{migrations, settings as facts};
use std::fmt::Write;
use std::sync::Arc;

/// Where the accounts are kept, so that a second start prints them again.
const ACCOUNTS: &str = "demo-accounts";
/// What is set while the data is being made.
const BEGUN: &str = "demo-begun";

/// Make a database with invented data if there is none, print the accounts to sign in with, and answer requests.
///
/// Everybody can work the passwords out from the seed: this is not for data of your own.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How much: a few dozen of each thing, a whole office, or ten times that.
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
    let opened = Opened::new(&settings)?;
    // Before anything is written: a second start by mistake must change nothing.
    let listener = opened.runtime.block_on(bind(&settings.listen))?;
    let address = listener.local_addr().map_err(Failure::new)?;
    let accounts = accounts(&opened.app, arguments, &settings)?;
    opened.app.prepare()?;
    say(&sheet(&accounts, &format!("http://{address}")))?;
    if !address.ip().is_loopback() {
        tracing::warn!(
            "the passwords of the demo can be worked out by anybody, and others can reach {address}"
        );
    }
    serve::run_on(opened, &settings, listener)
}

/// The accounts of the demo, which is made when the database is empty.
fn accounts(app: &App, arguments: &Arguments, settings: &Settings) -> Result<Vec<Account>, Failure> {
    migrations::migrate(app.database(), app.now()).map_err(Failure::new)?;
    let (known, begun) = app.read(|tx| Ok((facts::get(tx, ACCOUNTS)?, facts::get(tx, BEGUN)?)))?;
    if let Some(known) = known {
        return serde_json::from_str(&known).map_err(Failure::new);
    }
    let place = settings.data.display();
    if begun.is_some() {
        return Err(Failure::new(format_args!(
            "the demo data in {} was not finished; remove it and start again, or choose another place with --data",
            settings.database
        )));
    }
    if app.has_users()? || app.read(|tx| Ok(facts::get(tx, "seed-places")?))?.is_some() {
        return Err(Failure::new(format_args!(
            "the database in {place} is not one of the demo and stays as it is; choose another place with --data"
        )));
    }
    make(app, arguments)
}

fn make(app: &App, arguments: &Arguments) -> Result<Vec<Account>, Failure> {
    let plan = Plan {
        size: Size::parse(&arguments.size).unwrap_or(Size::Office),
        seed: arguments.seed,
        today: app.today(),
        timezone: app.options().office_timezone.clone(),
    };
    let clock = Arc::new(FixedClock::new(plan.start()?));
    let entropy = Entropy::seeded(plan.seed);
    let player = App::new(app.database().clone(), clock.clone(), entropy, app.options().clone())?;
    let program = Actor::program();
    player.write(&program, |work| Ok(facts::set(work.tx, BEGUN, &plan.seed.to_string())?))?;
    tracing::info!(size = arguments.size, seed = plan.seed, "making the demo data");
    player.prepare()?;
    let accounts = obcms_demo::fill(&player, &clock, &plan, &mut |step| tracing::info!("{step}"))?;
    player.database().analyze().map_err(Failure::new)?;
    let kept = serde_json::to_string(&accounts).map_err(Failure::new)?;
    player.write(&program, |work| Ok(facts::set(work.tx, ACCOUNTS, &kept)?))?;
    Ok(accounts)
}

/// What is printed for people.
fn sheet(accounts: &[Account], address: &str) -> String {
    let mut text = format!("The demo answers on {address}; sign in as one of these:\n\n");
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
