//! HTTP server: connections with limits of number and time.
//!
//! `axum::serve` waits for its clients for ever. This loop closes slow connections, and admits a new client by
//! evicting the least important connection, so that connections that are only held open exclude nobody.

mod connection;
mod open;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use obcms_domain::core::networks::{Network, client_network};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::core::address::{client_of, is_trusted};
use crate::core::problem::Problem;
use crate::core::{limits, requests};
use connection::Stream;
use open::{Connections, Entry, Forwarded};

pub use connection::Connection;

/// Limits of connections. The numbers and their meaning are in [`crate::core::limits`].
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections in all.
    pub total: usize,
    /// Connections of one address.
    pub of_one: usize,
    /// Time for the head of a request.
    pub head: Duration,
    /// Time between two requests.
    pub idle: Duration,
    /// Longest time without reads of a response.
    pub answer_pause: Duration,
    /// Time for a response in addition to that of its bytes.
    pub answer_grace: Duration,
    /// Lowest rate of a response.
    pub answer_rate: u64,
    /// Time to read the last response.
    pub linger: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: limits::CONNECTIONS,
            of_one: limits::CONNECTIONS_OF_ONE,
            head: limits::HEAD_TIME,
            idle: limits::IDLE_TIME,
            answer_pause: limits::ANSWER_PAUSE,
            answer_grace: limits::ANSWER_GRACE,
            answer_rate: limits::ANSWER_RATE,
            linger: limits::LINGER_TIME,
        }
    }
}

impl Limits {
    /// Returns the interval of the checks: a small part of the shortest time limit.
    fn period(&self) -> Duration {
        let shortest = self.head.min(self.idle).min(self.answer_pause).min(self.linger);
        (shortest / 4).clamp(Duration::from_millis(5), Duration::from_secs(1))
    }
}

/// Pause when the system has no more file descriptors.
const EXHAUSTED: Duration = Duration::from_millis(20);

/// Serves requests until `stop` is done; then accepts no new ones and returns when those in flight are complete.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    trusted: Vec<Network>,
    stop: impl Future<Output = ()>,
) {
    let server = Arc::new(Server { router, trusted, connections: Arc::new(Connections::new(limits)) });
    let (tell, told) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let mut look = tokio::time::interval(limits.period());
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
            _ = look.tick() => {
                server.connections.close_expired();
                continue;
            }
            Some(_) = tasks.join_next(), if !tasks.is_empty() => continue,
        };
        match accepted {
            Ok((stream, peer)) => server.admit(stream, peer, &told, &mut tasks),
            Err(error) if is_of_connection(&error) => {}
            Err(error) => {
                if !server.connections.give_up_one() {
                    tracing::error!(%error, "cannot accept connections");
                }
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
    drop(listener);
    tell.send_replace(true);
    loop {
        tokio::select! {
            ended = tasks.join_next() => if ended.is_none() { return },
            _ = look.tick() => server.connections.close_expired(),
        }
    }
}

fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

struct Server {
    router: Router,
    trusted: Vec<Network>,
    connections: Arc<Connections>,
}

impl Server {
    fn admit(
        self: &Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        told: &watch::Receiver<bool>,
        tasks: &mut JoinSet<()>,
    ) {
        let client = (!is_trusted(peer.ip(), &self.trusted)).then(|| client_network(peer.ip()));
        let Some(entry) = self.connections.admit(client) else {
            // Fits into the empty buffer of a new connection; a client that does not read it finds the connection
            // closed.
            let _ = stream.try_write(
                b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            );
            return;
        };
        let _ = stream.set_nodelay(true);
        tasks.spawn(self.clone().converse(stream, peer, entry, told.clone()));
    }

    /// Serves one client until it disconnects, is evicted, or the server stops.
    async fn converse(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        entry: Entry,
        mut told: watch::Receiver<bool>,
    ) {
        let connection = entry.connection.clone();
        let service = service_fn(|request: Request<Incoming>| self.answer(request, peer, &connection));
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            // The own timer restarts only with each request and includes the time between two.
            .header_read_timeout(None)
            .max_buf_size(limits::HEAD_BYTES)
            .max_headers(limits::HEADERS);
        let io = TokioIo::new(Stream::new(stream, connection.clone()));
        let mut conversation = pin!(builder.serve_connection(io, service));
        let mut is_stopping = false;
        loop {
            tokio::select! {
                _ = &mut conversation => return,
                () = connection.close.notified() => return,
                _ = told.wait_for(|told| *told), if !is_stopping => {
                    if connection.asks_nothing() {
                        return;
                    }
                    is_stopping = true;
                    conversation.as_mut().graceful_shutdown();
                }
            }
        }
    }

    fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        connection: &Arc<Connection>,
    ) -> impl Future<Output = Result<Response<Counted>, Infallible>> + use<> {
        connection.begins();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(connection.clone());
        let counted = connection.client.is_none().then(|| {
            let client = client_of(peer.ip(), request.headers(), &self.trusted);
            // A proxy that names no client counts as the client.
            (!is_trusted(client, &self.trusted)).then(|| self.connections.forwarded(client_network(client)))
        });
        let (router, connection) = (self.router.clone(), connection.clone());
        async move {
            let (response, forwarded) = match counted.flatten() {
                Some(None) => (too_many(&request), None),
                Some(forwarded) => (router.oneshot(request).await?, forwarded),
                None => (router.oneshot(request).await?, None),
            };
            if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
                connection.streams();
            }
            Ok(response.map(|body| Counted { body, connection, _forwarded: forwarded }))
        }
    }
}

fn too_many(request: &Request) -> Response {
    let mut problem =
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests from this address at the same time.");
    problem.retry_after = Some(5);
    let mut response = problem.into_response();
    requests::log_refusal(request, &mut response);
    response
}

/// Body of a response, which reports its completion to the connection.
struct Counted {
    body: Body,
    connection: Arc<Connection>,
    _forwarded: Option<Forwarded>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.connection.ends();
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
