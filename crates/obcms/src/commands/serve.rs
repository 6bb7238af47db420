//! `obcms serve`: serves requests until it is stopped.

use super::{print_stdout, setup_link};
use crate::failure::Failure;
use crate::opened;
use crate::server::{GRACE, Serving, StopSignals, bind, limits, serve};
use crate::settings::{ServingFlags, Settings, resolve, unknown_variables};
use obcms_app::jobs::Runner;
use obcms_app::{Actor, App};
use obcms_web::{State, WebSettings};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Time for running jobs to finish after the stop. The next server repeats unfinished jobs.
const LAST_JOBS: Duration = Duration::from_secs(25);

/// Migrate the schema if needed and serve until SIGTERM or Ctrl-C.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print the settings with the source of each, without secrets, and exit.
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    settings: ServingFlags,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let resolved = resolve(&arguments.settings, |name| std::env::var(name).ok())?;
    if arguments.print_config {
        return print_stdout(&resolved.print());
    }
    let settings = resolved.settings;
    let app = opened::to_write(&settings)?;
    for warning in unknown_variables(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())) {
        tracing::warn!("{warning}");
    }
    // Bound before the migration, so that an accidental second start changes nothing.
    let (runtime, listener) = listen(&settings)?;
    app.prepare()?;
    print_setup_link(&app, listener.local_addr().map_err(Failure::new)?)?;
    run_on(&runtime, app, &settings, listener)
}

/// Starts the threads of the server and binds the address of the settings. Refuses a shifted clock on a server that other
/// machines can reach.
pub fn listen(settings: &Settings) -> Result<(Runtime, TcpListener), Failure> {
    let runtime = Runtime::new()
        .map_err(|error| Failure::new(format_args!("cannot start the threads of the program: {error}")))?;
    let listener = runtime.block_on(bind(&settings.listen))?;
    let is_local = listener.local_addr().map_err(Failure::new)?.ip().is_loopback();
    if settings.test_clock_shift.is_none() || is_local && settings.public_url.is_none() {
        return Ok((runtime, listener));
    }
    Err(Failure::new(
        "--test-clock-shift is for tests: it needs a --listen address of this machine and no --public-url",
    ))
}

/// Serves requests from the prepared database until it is stopped.
pub fn run_on(
    runtime: &Runtime,
    app: App,
    settings: &Settings,
    listener: TcpListener,
) -> Result<(), Failure> {
    app.database().follow(runtime.handle());
    let address = listener.local_addr().map_err(Failure::new)?;
    let runner = Runner::start(&app)?;
    let state = State::new(
        app,
        WebSettings {
            secure_cookies: settings.public_url.as_deref().is_some_and(|url| url.starts_with("https://")),
            trusted_proxies: settings.proxies(),
            metrics: settings.metrics,
        },
    );
    runtime.block_on(async {
        let ended = answer(settings, &state, listener, address).await;
        finish_jobs(runner).await;
        ended
    })
}

/// Waits for running jobs, unless a second signal comes.
async fn finish_jobs(runner: Runner) {
    let finished = tokio::task::spawn_blocking(move || runner.stop(LAST_JOBS));
    let Ok(mut hurry) = StopSignals::new() else { return };
    tokio::select! {
        finished = finished => if !finished.unwrap_or(false) {
            tracing::warn!("a job was interrupted; it runs again when its claim expires");
        },
        () = hurry.next() => {}
    }
}

/// Prints the link for the first administrator while nobody can sign in. Only readers of standard output may use it:
/// the link is a secret, so it is in no log.
fn print_setup_link(app: &App, address: SocketAddr) -> Result<(), Failure> {
    if app.has_users()? {
        return Ok(());
    }
    let secret = app.create_setup_link(&Actor::program(), None)?;
    let link = setup_link(app, &secret).unwrap_or_else(|path| format!("http://{address}{path}"));
    tracing::info!("no accounts yet; standard output has the link that creates the first administrator");
    print_stdout(&format!("Create the first administrator within 24 hours at {link}\n"))
}

async fn answer(
    settings: &Settings,
    state: &State,
    listener: TcpListener,
    address: SocketAddr,
) -> Result<(), Failure> {
    let mut signals = StopSignals::new().map_err(Failure::new)?;
    tracing::info!(
        listen = %address,
        database = %settings.database,
        office_timezone = settings.office_timezone.iana_name(),
        public_url = settings.public_url,
        session_days = settings.session_days,
        trusted_proxies = ?settings.proxies().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "listening on http://{address}"
    );
    let mut impatient = StopSignals::new().map_err(Failure::new)?;
    let stop = async {
        signals.next().await;
        tracing::info!("stopping; open requests have {} seconds to finish", GRACE.as_secs());
        // Event streams never end by themselves; their pages reconnect to the next server.
        state.stop();
    };
    let hurry = async {
        // This source receives the first signal as well.
        impatient.next().await;
        impatient.next().await;
    };
    let serving = Serving { limits: limits(settings), trusted: settings.proxies(), grace: GRACE };
    serve(listener, obcms_web::router(state.clone()), serving, stop, hurry)
        .await
        .map_err(|error| Failure::new(format_args!("the server failed: {error}")))
}
