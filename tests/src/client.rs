//! HTTP client for tests: every answer is returned, whatever its status.

use serde_json::Value;
use std::borrow::Borrow;
use ureq::http::{HeaderMap, Method, Request};
use ureq::{Agent, Body};

/// Size of the buffer for the answers on a connection, in bytes.
const INPUT_BUFFER: usize = 16 * 1024;

/// Answer of the server.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as JSON; null if it is empty or not JSON.
    pub json: Value,
    /// Body as text; letters that are no UTF-8 are replaced.
    pub text: String,
    /// Body.
    pub bytes: Vec<u8>,
    asked: String,
}

impl Answer {
    /// Asserts the status; fails the test and shows the body otherwise.
    #[track_caller]
    pub fn expect_status(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{} answered: {}", self.asked, self.text);
        self
    }

    /// Returns the text of a header; fails the test if it is missing.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        match self.headers.get(name).map(|value| value.to_str()) {
            Some(Ok(text)) => text,
            Some(Err(_)) => panic!("{}: the header {name} is not text", self.asked),
            None => panic!("{}: there is no header {name} in {:?}", self.asked, self.headers),
        }
    }

    /// Returns the member `code` or `field` of every entry of `errors`, in order: the reasons for refusing the input.
    pub fn errors(&self, what: &str) -> Vec<&str> {
        let entries = self.json["errors"].as_array().map_or(&[][..], Vec::as_slice);
        entries.iter().filter_map(|entry| entry[what].as_str()).collect()
    }
}

/// Client of one server, which adds the same headers to every request.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    headers: Vec<(String, String)>,
}

/// Returns the path of an absolute address.
pub fn path(address: &str) -> &str {
    let rest = address.strip_prefix("http://").unwrap_or_else(|| panic!("{address} is no whole address"));
    &rest[rest.find('/').unwrap_or(rest.len())..]
}

/// Creates a record with these members and returns the answer of the API.
pub fn make(client: &Client, collection: &str, members: impl Borrow<Value>) -> Value {
    client.post(&format!("/api/v1/{collection}"), members.borrow()).expect_status(201).json
}

impl Client {
    /// Returns an anonymous client for the server at `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: &str) -> Client {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // The answer to HEAD has the encoding of the one to GET and no body to decompress.
            .accept_encoding("")
            // Zeros of the default size are written byte by byte without optimization.
            .input_buffer_size(INPUT_BUFFER)
            .build()
            .into();
        Client { agent, base: base.to_owned(), headers: Vec::new() }
    }

    /// Returns the same client for another server.
    #[must_use]
    pub fn at(&self, base: &str) -> Client {
        Client { base: base.to_owned(), ..self.clone() }
    }

    /// Returns the same client with one more header on every request.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Client {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// Returns the same client with a token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Client {
        self.with_header("authorization", &format!("Bearer {token}"))
    }

    /// Sends a GET request.
    pub fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None)
    }

    /// Sends a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::POST, path, body)
    }

    /// Sends a JSON merge patch.
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::PATCH, path, body)
    }

    /// Sends a PUT.
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send_json(Method::PUT, path, body)
    }

    /// Sends a DELETE request, which archives.
    pub fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None)
    }

    /// Sends the fields of a form, as a page does.
    pub fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encoded: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        self.send(
            Method::POST,
            path,
            Some(("application/x-www-form-urlencoded", encoded.join("&").into_bytes())),
        )
    }

    /// Sends any request, also an invalid one.
    pub fn send(&self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Answer {
        let asked = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let sent = match body {
            Some((kind, bytes)) => {
                request.header("content-type", kind).body(bytes).map(|request| self.agent.run(request))
            }
            None => request.body(()).map(|request| self.agent.run(request)),
        };
        let answer = match sent {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => panic!("{asked}: {error}"),
            Err(error) => panic!("{asked} is no request: {error}"),
        };
        let (parts, mut body): (_, Body) = answer.into_parts();
        let bytes = match body.with_config().limit(64 * 1024 * 1024).read_to_vec() {
            Ok(bytes) => bytes,
            Err(error) => panic!("{asked}: the body cannot be read: {error}"),
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status: parts.status.as_u16(), headers: parts.headers, json, text, bytes, asked }
    }

    fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(method, path, Some(("application/json", body.to_string().into_bytes())))
    }
}

/// Percent-encodes a form field.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}
