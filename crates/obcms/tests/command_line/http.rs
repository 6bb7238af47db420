//! Plain HTTP requests to a running program.

use std::io::{Read, Write};
use std::net::TcpStream;

/// Returns the whole response to a GET.
pub fn get(address: &str, path: &str) -> String {
    get_with(address, path, "")
}

/// Returns the whole response to a GET with a token.
pub fn get_as(address: &str, path: &str, token: &str) -> String {
    get_with(address, path, &format!("authorization: Bearer {token}\r\n"))
}

/// Returns the whole response to a GET with additional header lines.
pub fn get_with(address: &str, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the server accepts");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n")
        .expect("the request is sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("the answer is readable");
    text
}

/// Returns the whole response to a POST of JSON with a token.
pub fn post_as(address: &str, path: &str, token: &str, body: &str) -> String {
    let headers = format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n");
    post_with(address, path, &headers, body)
}

/// Returns the whole response to a form posted without a session.
pub fn post_form(address: &str, path: &str, body: &str) -> String {
    post_with(address, path, "content-type: application/x-www-form-urlencoded\r\n", body)
}

fn post_with(address: &str, path: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the server accepts");
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
    .expect("the request is sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("the answer is readable");
    text
}
