//! Slow, idle and many clients, over sockets.

use super::*;
use axum::routing::{get, post};
use std::io::{Read, Write};
use std::net::TcpStream as Client;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(60);

/// Limits that are too long to matter.
fn patient() -> Limits {
    let long = Duration::from_secs(600);
    Limits { head: long, idle: long, answer_pause: long, answer_grace: long, ..Limits::default() }
}

async fn start(limits: Limits) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/", get(async || "here"))
        .route("/large", get(async || vec![b'x'; 64 * 1024 * 1024]))
        .route(
            "/late",
            get(async || {
                tokio::time::sleep(SHORT * 4).await;
                "late"
            }),
        )
        .route("/refuse", post(async || "no"))
        .layer(axum::middleware::from_fn(close_unread));
    tokio::spawn(serve(listener, router, limits, Vec::new(), std::future::pending()));
    address
}

/// Responds without reading the body, as the guard of bodies does for anonymous requests.
async fn close_unread(request: Request, next: axum::middleware::Next) -> Response {
    let connection = request.extensions().get::<Arc<Connection>>().cloned().unwrap();
    let has_body = !request.body().is_end_stream();
    let mut response = next.run(request).await;
    if has_body {
        response.headers_mut().insert("connection", "close".parse().unwrap());
        connection.linger();
    }
    response
}

fn connect(address: SocketAddr) -> Client {
    let client = Client::connect(address).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    client
}

fn say(client: &mut Client, text: &str) {
    client.write_all(text.as_bytes()).unwrap();
}

fn ask(address: SocketAddr, path: &str) -> String {
    let mut client = connect(address);
    say(&mut client, &format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"));
    rest(&mut client)
}

/// Reads everything until the server closes the connection, which may be by a reset.
fn rest(client: &mut Client) -> String {
    let mut bytes = Vec::new();
    let _ = client.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hears(client: &mut Client, part: &str) {
    let (mut heard, mut byte) = (Vec::new(), [0]);
    while !heard.ends_with(part.as_bytes()) {
        assert_eq!(client.read(&mut byte).unwrap(), 1, "closed after {}", String::from_utf8_lossy(&heard));
        heard.push(byte[0]);
    }
}

async fn in_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn incomplete_head_times_out() {
    let address = start(Limits { head: SHORT, ..patient() }).await;
    in_thread(move || {
        for begun in ["G", "GET / HT", "GET / HTTP/1.1\r\nhost: a\r\nx-"] {
            let mut client = connect(address);
            say(&mut client, begun);
            assert_eq!(rest(&mut client), "");
        }
        assert!(ask(address, "/late").ends_with("late"), "an answer takes longer than a head may");
        // The time restarts with the first byte of a later request.
        let mut client = connect(address);
        say(&mut client, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        hears(&mut client, "here");
        say(&mut client, "GET /");
        assert_eq!(rest(&mut client), "");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed() {
    let address = start(Limits { idle: SHORT, ..patient() }).await;
    in_thread(move || {
        // A silent connection has the idle time, not that of a head.
        assert_eq!(rest(&mut connect(address)), "");
        let mut client = connect(address);
        say(&mut client, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        hears(&mut client, "here");
        assert_eq!(rest(&mut client), "");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_response_times_out() {
    for limits in [
        Limits { answer_pause: SHORT, ..patient() },
        Limits { answer_grace: Duration::ZERO, answer_rate: u64::MAX, ..patient() },
    ] {
        let address = start(limits).await;
        in_thread(move || {
            let mut client = connect(address);
            say(&mut client, "GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
            hears(&mut client, "\r\n\r\n");
            // Nothing more is read, and others are served until the server gives up.
            while is_open(&client) {
                assert!(ask(address, "/").ends_with("here"));
            }
        })
        .await;
    }
}

/// Returns true until the other side has closed or reset the connection: a write finds out without reading.
fn is_open(client: &Client) -> bool {
    let mut writer = client;
    writer.write_all(b"\r\n").is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_clients_exclude_nobody() {
    for limits in [Limits { of_one: 10, ..patient() }, Limits { total: 10, ..patient() }] {
        for begun in ["", "GET / HTTP/1.1\r\nhost: a\r\n"] {
            let address = start(limits).await;
            in_thread(move || {
                let mut held: Vec<Client> = Vec::new();
                for _ in 0..60 {
                    let mut client = connect(address);
                    // A connection that was closed at once is as good as one that is closed later.
                    let _ = client.write_all(begun.as_bytes());
                    held.push(client);
                }
                assert!(ask(address, "/").ends_with("here"));
                // Of connections with an incomplete head, the one with unread first bytes is evicted first.
                if begun.is_empty() {
                    assert_eq!(rest(&mut held[0]), "", "the oldest had to go");
                }
            })
            .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn working_clients_are_not_evicted() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // Handlers begin to wait in any order, so that all of them are released at once.
    let go = Arc::new(tokio::sync::Semaphore::new(0));
    let (arrive, mut arrived) = tokio::sync::mpsc::channel(3);
    let router = Router::new().route(
        "/",
        get({
            let go = go.clone();
            async move || {
                arrive.send(()).await.unwrap();
                go.acquire().await.unwrap().forget();
                "done"
            }
        }),
    );
    let limits = Limits { of_one: 3, ..patient() };
    tokio::spawn(serve(listener, router, limits, Vec::new(), std::future::pending()));
    let mut working = Vec::new();
    for _ in 0..3 {
        let mut client = connect(address);
        say(&mut client, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        working.push(client);
        arrived.recv().await.unwrap();
    }
    let refused = in_thread(move || rest(&mut connect(address))).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after"), "{refused}");
    go.add_permits(working.len());
    for mut client in working {
        let answer = in_thread(move || rest(&mut client)).await;
        assert!(answer.ends_with("done"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn response_over_an_unread_body_reaches_its_sender() {
    let address = start(patient()).await;
    in_thread(move || {
        let mut client = connect(address);
        say(&mut client, "POST /refuse HTTP/1.1\r\nhost: a\r\ncontent-length: 6000000\r\n\r\n");
        // Larger than all buffers on the way: without lingering this fails or destroys the response.
        client.write_all(&vec![b'x'; 6_000_000]).unwrap();
        let answer = rest(&mut client);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("no"), "{answer}");
    })
    .await;
}
