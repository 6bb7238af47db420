//! HTTP client for external calendars. The server may be slow, large or hostile, or point back at this machine.
//!
//! The client resolves the host name itself, checks the addresses and connects to exactly a checked one, so that a
//! second DNS answer cannot redirect the connection (DNS rebinding). Each redirect is a new request with the same
//! checks. Proxies of the environment are not used, because the destination behind a proxy is unknown.

use std::fmt;
use std::io::Read;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use obcms_domain::core::addresses::closed;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::message;
use ureq::config::Config;
use ureq::http::{HeaderMap, Response, StatusCode, Uri, header};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, Error};

use super::address;

/// Limits of a fetch in size, time, redirects and destination.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Maximum size of the calendar in bytes.
    pub bytes: usize,
    /// Maximum total time, from name lookup to last byte.
    pub time: Duration,
    /// Maximum number of redirects.
    pub redirects: usize,
    /// Check of each network address before the connection.
    pub closed: Guard,
}

/// Check of a network address: returns the type of a forbidden one, `None` for an allowed one.
pub type Guard = fn(IpAddr) -> Option<&'static str>;

impl Limits {
    /// Returns the default limits. `allow_private` permits this machine and private networks.
    #[must_use]
    pub fn with_defaults(allow_private: bool) -> Self {
        let closed: Guard = if allow_private { |_| None } else { closed };
        Self { bytes: super::MAXIMUM_BYTES, time: Duration::from_secs(20), redirects: 5, closed }
    }
}

/// Request for a calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchRequest {
    /// Address, as entered.
    pub address: String,
    /// `ETag` of the last response, or empty.
    pub etag: String,
    /// `Last-Modified` of the last response, or empty.
    pub last_modified: String,
}

/// Response of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchResponse {
    /// Not changed since the last fetch.
    Unchanged,
    /// Calendar.
    Calendar {
        /// Bytes of the calendar.
        bytes: Vec<u8>,
        /// `ETag`, or empty.
        etag: String,
        /// `Last-Modified`, or empty.
        last_modified: String,
    },
}

/// Reason of a failed fetch, as a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FetchError(pub String);

fn refuse<T>(message: impl Into<String>) -> Result<T, FetchError> {
    Err(FetchError(message.into()))
}

/// Fetches a calendar.
pub fn fetch(asked: &FetchRequest, limits: &Limits) -> Result<FetchResponse, FetchError> {
    fetch_by(DefaultResolver::default(), asked, limits)
}

/// Fetches a calendar with the given name resolver.
fn fetch_by(
    resolver: impl Resolver,
    asked: &FetchRequest,
    limits: &Limits,
) -> Result<FetchResponse, FetchError> {
    let deadline = Instant::now() + limits.time;
    let agent = agent(resolver, limits);
    let mut target: Uri = parse(&asked.address)?;
    // A webcal address does not say whether its server speaks https.
    let mut without_tls = address::without_tls(&asked.address).and_then(|web| web.parse::<Uri>().ok());
    for _ in 0..=limits.redirects {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return refuse(too_slow(limits));
        }
        let response = match (send(&agent, &target, asked, left), without_tls.take()) {
            (Err(error), Some(plain)) if speaks_no_tls(&error) => {
                target = plain;
                continue;
            }
            (answer, _) => answer.map_err(|error| FetchError(explain(&error, limits)))?,
        };
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED {
            return Ok(FetchResponse::Unchanged);
        }
        if status.is_redirection() {
            target = next_target(&target, response.headers())?;
            continue;
        }
        if status != StatusCode::OK {
            return refuse(refusal(status));
        }
        return read(response, limits);
    }
    refuse(format!("The server redirects more than {} times.", limits.redirects))
}

fn parse(text: &str) -> Result<Uri, FetchError> {
    let web = address::web_address(text).map_err(|message| FetchError(message.english()))?;
    web.parse().map_err(|_| FetchError("The address is invalid.".to_owned()))
}

fn agent(resolver: impl Resolver, limits: &Limits) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent(concat!("obcms/", env!("CARGO_PKG_VERSION")))
        .accept("text/calendar, text/plain;q=0.5, */*;q=0.1")
        .max_idle_connections(0)
        .build();
    Agent::with_parts(config, DefaultConnector::default(), Guarded { inner: resolver, closed: limits.closed })
}

fn send(agent: &Agent, target: &Uri, asked: &FetchRequest, left: Duration) -> Result<Response<Body>, Error> {
    let mut request = agent.get(target).config().timeout_global(Some(left)).build();
    for (name, value) in
        [(header::IF_NONE_MATCH, &asked.etag), (header::IF_MODIFIED_SINCE, &asked.last_modified)]
    {
        if !value.is_empty() {
            request = request.header(name, value.as_str());
        }
    }
    request.call()
}

/// Returns true if nothing speaks TLS there. A certificate that is not valid is no reason to go without one.
fn speaks_no_tls(error: &Error) -> bool {
    match error {
        Error::ConnectionFailed => true,
        Error::Io(inner) => match inner.kind() {
            std::io::ErrorKind::ConnectionRefused => true,
            std::io::ErrorKind::InvalidData => !inner.to_string().contains("certificate"),
            _ => false,
        },
        _ => false,
    }
}

fn next_target(from: &Uri, headers: &HeaderMap) -> Result<Uri, FetchError> {
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let joined = address::join(from, location)
        .ok_or_else(|| FetchError("The server redirects without an address.".to_owned()))?;
    let target = parse(&joined)?;
    if from.scheme_str() == Some("https") && target.scheme_str() != Some("https") {
        return refuse("The server redirects from https to http, which is not secure.");
    }
    Ok(target)
}

fn refusal(status: StatusCode) -> String {
    let meaning = match status.as_u16() {
        401 | 403 => "; the calendar is not public, or its private address was changed",
        404 | 410 => "; the calendar no longer exists, or its address was changed",
        429 => "; too many requests",
        500.. => "; this is an error of that server",
        _ => "",
    };
    format!(
        "The server returned {} {}{meaning}.",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default()
    )
}

fn read(response: Response<Body>, limits: &Limits) -> Result<FetchResponse, FetchError> {
    let too_large = || FetchError(format!("The calendar is larger than {} MB.", limits.bytes / 1024 / 1024));
    let text = |name: header::HeaderName| {
        let value = response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // A value too long to store is dropped; the calendar is then fetched whole each time.
        if value.len() > 500 { String::new() } else { value.to_owned() }
    };
    let (etag, last_modified) = (text(header::ETAG), text(header::LAST_MODIFIED));
    let length =
        response.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > limits.bytes) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let most = limits.bytes as u64 + 1;
    let reader = response.into_body().into_with_config().limit(most + 1).reader();
    reader
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| FetchError(explain(&Error::from(error), limits)))?;
    if bytes.len() > limits.bytes {
        return Err(too_large());
    }
    Ok(FetchResponse::Calendar { bytes, etag, last_modified })
}

fn too_slow(limits: &Limits) -> String {
    format!("The server took longer than {} seconds.", limits.time.as_secs())
}

/// Describes a network error for people.
fn explain(error: &Error, limits: &Limits) -> String {
    match error {
        Error::Timeout(_) => too_slow(limits),
        Error::HostNotFound => "No server has this name.".to_owned(),
        Error::ConnectionFailed => "The server cannot be reached.".to_owned(),
        Error::Other(inner) if inner.is::<Closed>() => inner.to_string(),
        Error::Io(inner) => match inner.kind() {
            std::io::ErrorKind::TimedOut => too_slow(limits),
            std::io::ErrorKind::ConnectionRefused => "The server refuses the connection.".to_owned(),
            // The system resolver reports this without an error kind of its own.
            _ if inner.to_string().contains("failed to lookup address") => {
                "No server has this name.".to_owned()
            }
            // TLS reports a certificate of another name, an untrusted certificate, or a server without TLS this way.
            std::io::ErrorKind::InvalidData => format!("The server certificate is not valid: {inner}."),
            _ => format!("The connection failed: {inner}."),
        },
        Error::Decompress(..) => "The compressed response of the server is damaged.".to_owned(),
        Error::Rustls(inner) => format!("The server certificate is not valid: {inner}."),
        // The message of the library would repeat the address.
        Error::BadUri(_) => "The address is invalid.".to_owned(),
        other => format!("The request to the server failed: {other}."),
    }
}

/// Returns the message that an address is not public, with its type.
pub fn not_open(what: &'static str) -> Message {
    message!(
        "This address is not on the public internet ({what}). An operator of obcms can allow it with OBCMS_ALLOW_PRIVATE_ADDRESSES.",
        what = Word::label(what)
    )
}

/// Error of a name whose addresses are all forbidden.
#[derive(Debug)]
struct Closed {
    what: &'static str,
}

impl fmt::Display for Closed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&not_open(self.what).english())
    }
}

impl std::error::Error for Closed {}

/// Resolver that returns only allowed addresses.
#[derive(Debug)]
struct Guarded<R> {
    inner: R,
    closed: Guard,
}

impl<R: Resolver> Resolver for Guarded<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let mut open = self.empty();
        let mut refused = None;
        for address in &found {
            match (self.closed)(address.ip()) {
                None => open.push(*address),
                Some(what) => refused = Some(what),
            }
        }
        match refused {
            Some(what) if open.is_empty() => Err(Error::Other(Box::new(Closed { what }))),
            _ => Ok(open),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{Ipv4Addr, SocketAddr, TcpListener};
    use std::sync::{Arc, Mutex};

    use super::*;

    const HERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
    const INSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

    /// Resolver that gives the next answer each time, and counts the answers left.
    #[derive(Clone, Debug)]
    struct Rebinding {
        answers: Arc<Mutex<Vec<Vec<Ipv4Addr>>>>,
    }

    impl Rebinding {
        fn new(answers: &[&[Ipv4Addr]]) -> Self {
            let answers = answers.iter().rev().map(|answer| answer.to_vec()).collect();
            Self { answers: Arc::new(Mutex::new(answers)) }
        }

        fn left(&self) -> usize {
            self.answers.lock().unwrap().len()
        }
    }

    impl Resolver for Rebinding {
        fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
            let mut found = self.empty();
            for address in self.answers.lock().unwrap().pop().unwrap_or_default() {
                found.push(SocketAddr::from((address, uri.port_u16().unwrap_or(80))));
            }
            Ok(found)
        }
    }

    /// Treats one address of this machine as public and the others as private.
    fn limits() -> Limits {
        let guard: Guard = |address| if address == IpAddr::from(HERE) { None } else { closed(address) };
        Limits { closed: guard, ..Limits::with_defaults(false) }
    }

    /// Starts a server that gives this response on one address, and a listener on the other that must stay unused.
    fn two_servers(answer: &'static str) -> (u16, TcpListener) {
        let open = TcpListener::bind((HERE, 0)).unwrap();
        let port = open.local_addr().unwrap().port();
        let inside = TcpListener::bind((INSIDE, port)).unwrap();
        inside.set_nonblocking(true).unwrap();
        std::thread::spawn(move || {
            for mut stream in open.incoming().flatten() {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        (port, inside)
    }

    fn ask(port: u16) -> FetchRequest {
        FetchRequest {
            address: format!("http://calendar.example:{port}/team.ics"),
            ..FetchRequest::default()
        }
    }

    fn was_asked(listener: &TcpListener) -> bool {
        listener.accept().is_ok()
    }

    #[test]
    fn name_is_resolved_once_and_checked_address_is_used() {
        let (port, inside) =
            two_servers("HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nopen");
        let names = Rebinding::new(&[&[HERE], &[INSIDE]]);
        let found = fetch_by(names.clone(), &ask(port), &limits()).unwrap();
        assert!(matches!(found, FetchResponse::Calendar { bytes, .. } if bytes == b"open"));
        assert_eq!(names.left(), 1, "a second answer was asked for");
        assert!(!was_asked(&inside));
    }

    #[test]
    fn redirect_to_a_private_address_is_refused() {
        let (port, inside) = two_servers(
            "HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        );
        let names = Rebinding::new(&[&[HERE], &[INSIDE]]);
        let refused = fetch_by(names.clone(), &ask(port), &limits()).unwrap_err();
        assert!(refused.to_string().contains("not on the public internet"), "{refused}");
        assert_eq!(names.left(), 0);
        assert!(!was_asked(&inside));
    }

    #[test]
    fn only_public_addresses_are_tried() {
        let (port, inside) =
            two_servers("HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nopen");
        let found = fetch_by(Rebinding::new(&[&[INSIDE, HERE]]), &ask(port), &limits()).unwrap();
        assert!(matches!(found, FetchResponse::Calendar { bytes, .. } if bytes == b"open"));
        assert!(!was_asked(&inside));
        let refused = fetch_by(Rebinding::new(&[&[INSIDE]]), &ask(port), &limits()).unwrap_err();
        assert!(refused.to_string().contains("not on the public internet"), "{refused}");
        assert!(!was_asked(&inside));
    }
}
