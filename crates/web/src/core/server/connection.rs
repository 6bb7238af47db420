//! One connection: how far its client is, and its bytes on the way in and out.

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

/// Bytes that are read and forgotten after the last answer.
const LINGER_BYTES: usize = 8 * 1024 * 1024;
/// Bytes of one such read.
const LINGER_PIECE: usize = 8 * 1024;

/// What a connection does, in the order in which it gives way to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// The last answer is written; what the client still says is not heard.
    Lingering,
    /// Nothing was said yet: browsers open connections ahead, and would show an error if one of them were closed just
    /// when they use it.
    Silent,
    /// The head of the first request is not complete.
    Opening,
    /// The head of a later request is not complete.
    Head,
    /// Between two requests.
    Idle,
    /// A body is read.
    Body,
    /// The client does not take the answer.
    Stalled,
    /// Live changes are sent for as long as the client likes.
    Streaming,
    /// A request is answered.
    Working,
}

/// Time in which an honest client has said what it wants.
const YOUNG: Duration = Duration::from_secs(1);

/// Classes of connections that give way, the first before the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Nothing has happened for a while.
    Waiting,
    /// It is about to ask, or to be asked again.
    Young,
    /// Live changes.
    Streaming,
}

/// Place in the order in which connections give way; the smallest is the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rank {
    /// It speaks for many.
    pub(super) is_proxy: bool,
    /// Its class.
    pub(super) class: Class,
    /// What it does, as a number.
    pub(super) phase: u8,
    /// Since when.
    pub(super) since: Instant,
}

#[derive(Debug)]
struct Progress {
    phase: Phase,
    since: Instant,
    /// Since when the client takes nothing of an answer.
    blocked: Option<Instant>,
    /// For how long it took nothing, in all, since the request began, and the bytes that it took.
    waited: Duration,
    taken: u64,
    lingers: bool,
}

/// What is known of one connection.
#[derive(Debug)]
pub struct Connection {
    /// The client's network; nothing for a trusted proxy, which speaks for many.
    pub(super) client: Option<IpAddr>,
    /// Tells the task of the connection to end it.
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

    /// A request has come.
    pub(super) fn begins(&self) {
        self.enter(Phase::Working);
        let mut progress = self.progress();
        (progress.waited, progress.taken) = (Duration::ZERO, 0);
    }

    /// Its answer is handed over.
    pub(super) fn ends(&self) {
        self.enter(Phase::Idle);
    }

    /// Notes that the body of its request is read, or read to its end.
    pub(crate) fn reads_body(&self, reads: bool) {
        self.enter(if reads { Phase::Body } else { Phase::Working });
    }

    /// Lets the client speak out before the connection ends: a reset would take the answer away from it.
    pub(crate) fn linger(&self) {
        self.progress().lingers = true;
    }

    /// Returns true if no request has come whose answer could still be on its way.
    pub(super) fn asks_nothing(&self) -> bool {
        matches!(self.progress().phase, Phase::Silent | Phase::Opening | Phase::Head)
    }

    /// The answer to the request goes on for ever; its client comes again when it is cut off.
    pub(super) fn streams(&self) {
        self.enter(Phase::Streaming);
    }

    /// How readily it is given up for another one; nothing while a request is answered.
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

    /// Returns true if the client has used up its time.
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

    /// Enters the last phase; returns true if the client is to be heard out.
    fn lingers(&self) -> bool {
        let lingers = self.progress().lingers;
        if lingers {
            self.enter(Phase::Lingering);
        }
        lingers
    }
}

/// The bytes of a connection, observed.
pub(super) struct Stream {
    inner: TcpStream,
    connection: Arc<Connection>,
    /// Bytes forgotten after the last answer, once it is written.
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
