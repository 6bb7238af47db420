//! HTTP server process: binding and graceful shutdown.

use crate::failure::Failure;
use crate::settings::Settings;
use axum::Router;
use obcms_domain::core::networks::Network;
use obcms_web::server::Limits;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Time for requests in flight to finish after the stop. Live updates never end by themselves, so there must be a
/// limit.
pub const GRACE: Duration = Duration::from_secs(10);

/// Binds the address. The error says what to do.
pub async fn bind(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => {
                "another program uses this address; stop it or choose another address with --listen"
                    .to_owned()
            }
            ErrorKind::AddrNotAvailable => {
                "this machine does not have this address; choose another with --listen".to_owned()
            }
            ErrorKind::PermissionDenied => {
                "only root may use ports below 1024; choose another with --listen".to_owned()
            }
            _ => format!("{error}; choose another with --listen"),
        };
        Failure::new(format_args!("cannot listen on {address}: {advice}"))
    })
}

/// Source of SIGTERM and SIGINT. It must exist before the server is reported as up: an earlier signal would end the
/// process at once.
pub struct StopSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignals {
    /// Starts to listen for the signals.
    pub fn new() -> io::Result<StopSignals> {
        Ok(StopSignals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Parameters of the server.
pub struct Serving {
    /// Connection limits.
    pub limits: Limits,
    /// Networks of trusted proxies.
    pub trusted: Vec<Network>,
    /// Time for requests in flight after the stop.
    pub grace: Duration,
}

/// Open files besides connections: the database, its log, standard streams, fetched calendars.
const OTHER_FILES: u64 = 200;

/// Returns the configured connection limits, capped by the available file descriptors.
pub fn limits(settings: &Settings) -> Limits {
    let wanted = settings.max_connections;
    let files = rlimit::increase_nofile_limit(wanted as u64 + OTHER_FILES);
    let room =
        files.map_or(wanted, |files| usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(wanted));
    let total = wanted.min(room.max(10));
    if total < wanted {
        tracing::warn!(
            "only {total} connections instead of {wanted}: the system lets this program open too few files (ulimit -n)"
        );
    }
    Limits { total, of_one: settings.max_connections_per_address, ..Limits::default() }
}

/// Serves requests until `stop` completes. Then it accepts no new ones and finishes those in flight, until the grace
/// time is over or `hurry` completes.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    serving: Serving,
    stop: impl Future<Output = ()>,
    hurry: impl Future<Output = ()>,
) -> io::Result<()> {
    let (stop_sender, mut stop_receiver) = watch::channel(false);
    let stopped = async move {
        // An error means that the sender was dropped, which is a reason to stop as well.
        let _ = stop_receiver.changed().await;
    };
    let Serving { limits, trusted, grace } = serving;
    let mut server = tokio::spawn(obcms_web::server::serve(listener, router, limits, trusted, stopped));

    tokio::select! {
        ended = &mut server => return ended.map_err(io::Error::other),
        () = stop => {}
    }
    stop_sender.send_replace(true);
    tokio::select! {
        ended = &mut server => ended.map_err(io::Error::other),
        () = hurry => Ok(()),
        () = tokio::time::sleep(grace) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpStream};
    use std::sync::Arc;
    use tokio::sync::Notify;

    fn within(grace: Duration) -> Serving {
        Serving { limits: Limits::default(), trusted: Vec::new(), grace }
    }

    fn request(address: SocketAddr, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).expect("the server accepts");
        write!(stream, "GET {path} HTTP/1.1\r\nhost: test\r\n\r\n").expect("the request is sent");
        stream
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn request_in_flight_is_answered_after_the_stop() {
        let (arrived, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let router = Router::new().route("/slow", {
            let (arrived, answer) = (arrived.clone(), answer.clone());
            get(async move || {
                arrived.notify_one();
                answer.notified().await;
                "whole answer"
            })
        });
        let listener = bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let client = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            request(address, "/slow").read_to_string(&mut text).expect("the answer is read to its end");
            text
        });
        let stop = async move { arrived.notified().await };
        // The handler may continue only after the server stopped accepting connections.
        tokio::spawn(async move {
            while tokio::net::TcpStream::connect(address).await.is_ok() {
                tokio::task::yield_now().await;
            }
            answer.notify_one();
        });
        serve(listener, router, within(GRACE), stop, std::future::pending())
            .await
            .expect("the server ends well");
        let text = client.await.expect("the client ends");
        assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("whole answer"), "{text}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn endless_response_does_not_block_the_stop() {
        let arrived = Arc::new(Notify::new());
        let router = Router::new().route("/endless", {
            let arrived = arrived.clone();
            get(async move || {
                arrived.notify_one();
                std::future::pending::<()>().await;
            })
        });
        let listener = bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let client = tokio::task::spawn_blocking(move || request(address, "/endless"));
        let stop = async move { arrived.notified().await };
        serve(listener, router, within(Duration::from_millis(1)), stop, std::future::pending())
            .await
            .expect("the server ends well");
        drop(client.await);
    }

    #[tokio::test]
    async fn used_port_is_refused_with_advice() {
        let listener = bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let refused = bind(&address).await.expect_err("the port is taken");
        assert!(refused.to_string().contains("another program uses this address"), "{refused}");
    }
}
