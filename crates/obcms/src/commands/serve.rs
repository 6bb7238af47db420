//! `obcms serve`: answers requests until it is told to stop.

use super::say;
use crate::failure::Failure;
use crate::opened::{Opened, now};
use crate::server::{GRACE, StopSignals, bind, serve};
use crate::settings::{ServingFlags, Settings, resolve, unknown_variables};
use axum::Router;
use axum::routing::get;
use obcms_store::migrations;
use tokio::net::TcpListener;

/// Bring the schema up to date if needed and answer requests until SIGTERM or Ctrl-C.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print the settings with the source of each, without secrets, and stop.
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    settings: ServingFlags,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let resolved = resolve(&arguments.settings, |name| std::env::var(name).ok())?;
    if arguments.print_config {
        return say(&resolved.print());
    }
    let settings = resolved.settings;
    let opened = Opened::new(&settings)?;
    for warning in unknown_variables(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())) {
        tracing::warn!("{warning}");
    }
    // Before the schema is touched: a second start by mistake must change nothing.
    let listener = opened.runtime.block_on(bind(&settings.listen))?;
    let steps = migrations::migrate(&opened.database, now()).map_err(Failure::new)?;
    if steps > 0 {
        tracing::info!(steps, "the schema of the database was brought up to date");
    }
    opened.database.follow(opened.runtime.handle());
    opened.runtime.block_on(answer(&settings, listener))
}

async fn answer(settings: &Settings, listener: TcpListener) -> Result<(), Failure> {
    let router = Router::new().route("/healthz", get(async || "ok\n"));

    let address = listener.local_addr().map_err(Failure::new)?;
    let mut signals = StopSignals::new().map_err(Failure::new)?;
    tracing::info!(
        listen = %address,
        database = %settings.database,
        office_timezone = settings.office_timezone.iana_name(),
        public_url = settings.public_url,
        session_days = settings.session_days,
        trusted_proxy = settings.trusted_proxy,
        "answering requests on http://{address}"
    );
    let mut impatient = StopSignals::new().map_err(Failure::new)?;
    let stop = async {
        signals.next().await;
        tracing::info!("stopping; requests in flight have {} seconds to finish", GRACE.as_secs());
    };
    let hurry = async {
        // This source hears the first signal as well.
        impatient.next().await;
        impatient.next().await;
    };
    serve(listener, router, stop, hurry, GRACE)
        .await
        .map_err(|error| Failure::new(format_args!("the server failed: {error}")))
}
