//! `obcms serve`: answers requests until it is told to stop.

use super::say;
use crate::failure::Failure;
use crate::server::{GRACE, StopSignals, bind, serve};
use crate::settings::{DatabaseAddress, ServingFlags, Settings, resolve, unknown_variables};
use crate::{data, logging};
use axum::Router;
use axum::routing::get;

/// Answer requests until SIGTERM or Ctrl-C.
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
    logging::start(&settings);
    for warning in unknown_variables(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())) {
        tracing::warn!("{warning}");
    }
    if matches!(settings.database, DatabaseAddress::Sqlite(_)) {
        data::prepare(&settings.data)?;
    }
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format_args!("cannot start the threads of the server: {error}")))?
        .block_on(answer(&settings))
}

async fn answer(settings: &Settings) -> Result<(), Failure> {
    let router = Router::new().route("/healthz", get(async || "ok\n"));

    let listener = bind(&settings.listen).await?;
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
