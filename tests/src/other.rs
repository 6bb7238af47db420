//! A server of somebody else, which does whatever a test wants it to.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What the other side was asked: path and headers, in small letters.
pub type Requests = Arc<Mutex<Vec<String>>>;
/// Writes the whole answer to a request.
pub type Respond = Box<dyn Fn(&str, &mut TcpStream) + Send>;

/// A server of somebody else.
pub struct Other {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Requests,
}

impl Other {
    /// A server on a free port of this machine.
    pub fn start(respond: Respond) -> Self {
        Self::on("127.0.0.1:0", respond)
    }

    /// A server on that address.
    pub fn on(address: &str, respond: Respond) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Requests::default();
        let seen = requests.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut head = String::new();
                let mut lines = BufReader::new(stream.try_clone().unwrap());
                while lines.read_line(&mut head).unwrap_or(0) > 2 {}
                let head = head.to_lowercase();
                seen.lock().unwrap().push(head.clone());
                respond(&head, &mut stream);
            }
        });
        Self { address, requests }
    }

    /// Always the calendar that is in `content`, with an `ETag` of its length, or 304.
    pub fn with_calendar(content: &Arc<Mutex<String>>) -> Self {
        let content = content.clone();
        Self::start(Box::new(move |head, stream| {
            let body = content.lock().unwrap().clone();
            let etag = format!("\"v{}\"", body.len());
            if head.contains(&format!("if-none-match: {etag}")) {
                answer(stream, "304 Not Modified", "", "");
            } else {
                let more = format!("etag: {etag}\r\nlast-modified: Mon, 04 Jan 2027 00:00:00 GMT\r\n");
                answer(stream, "200 OK", &more, &body);
            }
        }))
    }

    /// Address of its calendar.
    pub fn url(&self) -> String {
        format!("http://{}/team.ics", self.address)
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Sends a whole answer with these further headers.
pub fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: text/calendar\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
}
