//! External server with scripted answers.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Received requests: path and headers in lower case.
pub type Requests = Arc<Mutex<Vec<String>>>;
/// Function that writes the whole answer to a request.
pub type Respond = Box<dyn Fn(&str, &mut TcpStream) + Send>;

/// External server.
pub struct Other {
    /// Address of the listener.
    pub address: SocketAddr,
    requests: Requests,
}

impl Other {
    /// Starts a server on a free port of this machine.
    pub fn start(respond: Respond) -> Self {
        Self::on("127.0.0.1:0", respond)
    }

    /// Starts a server on an address.
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

    /// Starts a server that always returns the calendar in `content`, with its length as `ETag`, or 304.
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

    /// Returns the address of its calendar.
    pub fn url(&self) -> String {
        format!("http://{}/team.ics", self.address)
    }

    /// Returns the requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Sends a whole answer with additional headers.
pub fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: text/calendar\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
}
