//! Connection: phase of its client, and its bytes in both directions.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::Limits;

/// Bytes that are read and discarded after the last response.
const LINGER_BYTES: usize = 8 * 1024 * 1024;
/// Bytes of one such read.
const LINGER_PIECE: usize = 8 * 1024;

/// Phase of a connection, in the order in which connections are evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// The last response is written; further input is discarded.
    Lingering,
    /// Nothing was received yet: browsers preconnect, and would show an error if the connection were closed when they
    /// use it.
    Silent,
    /// The head of the first request is incomplete.
    Opening,
    /// The head of a later request is incomplete.
    Head,
    /// Between two requests.
    Idle,
    /// A body is being read.
    Body,
    /// The client does not read the response.
    Stalled,
    /// A live stream without end.
    Streaming,
    /// A request is being processed.
    Working,
}

/// Time in which an honest client sends its request.
const YOUNG: Duration = Duration::from_secs(1);

/// Classes of eviction, the first before the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Inactive for a while.
    Waiting,
    /// Just opened or just used.
    Young,
    /// Live streams.
    Streaming,
}

/// Rank of eviction; the smallest is evicted first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rank {
    /// True for a proxy, which has many clients.
    pub(super) is_proxy: bool,
    /// Class.
    pub(super) class: Class,
    /// Phase, as a number.
    pub(super) phase: u8,
    /// Start of the phase.
    pub(super) since: Instant,
}

#[derive(Debug)]
struct Progress {
    phase: Phase,
    since: Instant,
    /// Time since which the client has not read the response.
    blocked: Option<Instant>,
    /// Total time without reads since the request began, and the bytes that were read.
    waited: Duration,
    taken: u64,
    lingers: bool,
}

/// State of one connection.
#[derive(Debug)]
pub struct Connection {
    /// Network of the client; `None` for a trusted proxy, which has many clients.
    pub(super) client: Option<IpAddr>,
    /// Signal that ends the task of the connection.
    pub(super) close: Notify,
    progress: Mutex<Progress>,
}

impl Connection {
    pub(super) fn new(client: Option<IpAddr>) -> Self {
        let progress = Progress {
            phase: Phase::Silent,
            since: Instant::now(),
            blocked: None,
            waited: Duration::ZERO,
            taken: 0,
            lingers: false,
        };
        Self { client, close: Notify::new(), progress: Mutex::new(progress) }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, phase: Phase) {
        let mut progress = self.progress();
        progress.phase = phase;
        progress.since = Instant::now();
    }

    /// Marks the start of a request.
    pub(super) fn begins(&self) {
        self.enter(Phase::Working);
        let mut progress = self.progress();
        (progress.waited, progress.taken) = (Duration::ZERO, 0);
    }

    /// Marks that its response is complete.
    pub(super) fn ends(&self) {
        self.enter(Phase::Idle);
    }

    /// Marks that the body of its request is being read, or is complete.
    pub(crate) fn reads_body(&self, reads: bool) {
        self.enter(if reads { Phase::Body } else { Phase::Working });
    }

    /// Discards further input before the connection closes: a reset would destroy the response.
    pub(crate) fn linger(&self) {
        self.progress().lingers = true;
    }

    /// Returns true if no request is received whose response could still be outstanding.
    pub(super) fn asks_nothing(&self) -> bool {
        matches!(self.progress().phase, Phase::Silent | Phase::Opening | Phase::Head)
    }

    /// Marks the response as a stream without end; its client reconnects when it is closed.
    pub(super) fn streams(&self) {
        self.enter(Phase::Streaming);
    }

    /// Returns the rank of eviction; `None` while a request is processed.
    pub(super) fn gives_way(&self, now: Instant) -> Option<Rank> {
        let progress = self.progress();
        let phase = if progress.blocked.is_some() { Phase::Stalled } else { progress.phase };
        let since = progress.blocked.unwrap_or(progress.since);
        let class = match phase {
            Phase::Working => return None,
            Phase::Streaming => Class::Streaming,
            _ if now.saturating_duration_since(since) < YOUNG => Class::Young,
            _ => Class::Waiting,
        };
        Some(Rank { is_proxy: self.client.is_none(), class, phase: phase as u8, since })
    }

    /// Returns true if the client has exceeded a time limit.
    pub(super) fn is_over(&self, now: Instant, limits: &Limits) -> bool {
        let progress = self.progress();
        let spent = now.saturating_duration_since(progress.since);
        let over = match progress.phase {
            Phase::Opening | Phase::Head => spent > limits.head,
            Phase::Silent => spent > limits.idle,
            Phase::Idle => spent > limits.idle && progress.blocked.is_none(),
            Phase::Lingering => spent > limits.linger,
            Phase::Body | Phase::Stalled | Phase::Streaming | Phase::Working => false,
        };
        let blocked = progress.blocked.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        let earned = Duration::from_millis(progress.taken * 1000 / limits.answer_rate.max(1));
        over || blocked > limits.answer_pause || progress.waited + blocked > limits.answer_grace + earned
    }

    fn heard(&self) {
        let mut progress = self.progress();
        progress.phase = match progress.phase {
            Phase::Silent => Phase::Opening,
            Phase::Idle => Phase::Head,
            _ => return,
        };
        progress.since = Instant::now();
    }

    fn wrote(&self, bytes: usize) {
        let mut progress = self.progress();
        if let Some(since) = progress.blocked.take() {
            progress.waited += since.elapsed();
        }
        progress.taken += bytes as u64;
    }

    fn blocked(&self) {
        self.progress().blocked.get_or_insert_with(Instant::now);
    }

    /// Enters the last phase; returns true if further input is to be discarded.
    fn lingers(&self) -> bool {
        let lingers = self.progress().lingers;
        if lingers {
            self.enter(Phase::Lingering);
        }
        lingers
    }
}

/// Byte stream of a connection, observed.
pub(super) struct Stream {
    inner: TcpStream,
    connection: Arc<Connection>,
    /// Bytes discarded after the last response was written.
    lingered: Option<usize>,
}

impl Stream {
    pub(super) fn new(inner: TcpStream, connection: Arc<Connection>) -> Self {
        Self { inner, connection, lingered: None }
    }

    fn note(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &polled {
            Poll::Ready(Ok(bytes)) => self.connection.wrote(*bytes),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.connection.blocked(),
        }
        polled
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.connection.heard();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.note(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, pieces);
        self.note(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stream = &mut *self;
        if stream.lingered.is_none() {
            ready!(Pin::new(&mut stream.inner).poll_shutdown(cx))?;
            if !stream.connection.lingers() {
                return Poll::Ready(Ok(()));
            }
            stream.lingered = Some(0);
        }
        let mut forgotten = [0; LINGER_PIECE];
        loop {
            let mut buffer = ReadBuf::new(&mut forgotten);
            let polled = ready!(Pin::new(&mut stream.inner).poll_read(cx, &mut buffer));
            let read = buffer.filled().len();
            let sum = stream.lingered.unwrap_or_default() + read;
            if polled.is_err() || read == 0 || sum > LINGER_BYTES {
                return Poll::Ready(Ok(()));
            }
            stream.lingered = Some(sum);
        }
    }
}
