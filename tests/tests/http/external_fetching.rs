//! Safe fetching of calendars from slow, large or hostile servers.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::io::{Read, Write};
use std::net::IpAddr;
use std::time::Duration;

use obcms_app::exchange::subscriptions::{FetchRequest, FetchResponse, Limits, fetch};
use obcms_domain::core::addresses::closed;
use obcms_tests::other::{Other, answer};

fn limits() -> Limits {
    Limits { bytes: 1000, ..Limits::with_defaults(true) }
}

fn ask(other: &Other) -> FetchRequest {
    FetchRequest { address: other.url(), ..FetchRequest::default() }
}

#[test]
fn redirect_into_private_networks_is_refused() {
    /// Address check that treats 127.0.0.1 as public and the rest of this machine as private.
    fn guard(address: IpAddr) -> Option<&'static str> {
        if address == IpAddr::from([127, 0, 0, 1]) { None } else { closed(address) }
    }
    let inner = Other::on("127.0.0.2:0", Box::new(|_, stream| answer(stream, "200 OK", "", "secret")));
    let target = format!("http://{}/latest/meta-data", inner.address);
    let outer = Other::start(Box::new(move |head, stream| {
        if head.starts_with("get /team.ics") {
            answer(stream, "302 Found", "location: /there?x=1\r\n", "");
        } else {
            answer(stream, "301 Moved Permanently", &format!("location: {target}\r\n"), "");
        }
    }));
    let refused = fetch(&ask(&outer), &Limits { closed: guard, ..limits() }).unwrap_err();
    assert!(refused.to_string().contains("not on the public internet (this machine)"), "{refused}");
    assert_eq!(outer.asked().len(), 2, "the first redirect was followed");
    assert!(outer.asked()[1].starts_with("get /there?x=1 "));
    assert!(inner.asked().is_empty(), "the closed machine was asked");
    // With permission the same redirect is followed.
    let found = fetch(&ask(&outer), &limits()).unwrap();
    assert!(matches!(found, FetchResponse::Calendar { bytes, .. } if bytes == b"secret"));
}

#[test]
fn local_addresses_are_refused_in_every_notation() {
    for address in [
        "http://localhost/c.ics",
        "http://127.1/c.ics",
        "http://2130706433/c.ics",
        "http://0x7f000001/c.ics",
        "http://0/c.ics",
        "http://[::1]/c.ics",
        "http://[::ffff:127.0.0.1]/c.ics",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "https://10.0.0.1/c.ics",
        "webcal://192.168.1.1/c.ics",
    ] {
        let asked = FetchRequest { address: address.to_owned(), ..FetchRequest::default() };
        let refused = fetch(&asked, &Limits::with_defaults(false)).unwrap_err();
        assert!(refused.to_string().contains("not on the public internet"), "{address}: {refused}");
    }
}

#[test]
fn other_schemes_are_refused() {
    for target in ["file:///etc/passwd", "ftp://a.example/", "gopher://127.0.0.1:25/"] {
        let other = Other::start(Box::new(move |_, stream| {
            answer(stream, "302 Found", &format!("location: {target}\r\n"), "");
        }));
        let refused = fetch(&ask(&other), &limits()).unwrap_err();
        assert!(refused.to_string().contains("starts with https://"), "{target}: {refused}");
    }
}

#[test]
fn redirect_loop_is_aborted() {
    let other =
        Other::start(Box::new(|_, stream| answer(stream, "302 Found", "location: /team.ics\r\n", "")));
    let refused = fetch(&ask(&other), &limits()).unwrap_err();
    assert!(refused.to_string().contains("more than 5 times"), "{refused}");
    assert_eq!(other.asked().len(), 6);
}

#[test]
fn large_answer_is_aborted() {
    // A server with a large `Content-Length` is not read at all.
    let honest = Other::start(Box::new(|_, stream| answer(stream, "200 OK", "", &"x".repeat(1001))));
    let refused = fetch(&ask(&honest), &limits()).unwrap_err();
    assert!(refused.to_string().contains("larger than"), "{refused}");
    let exact = Other::start(Box::new(|_, stream| answer(stream, "200 OK", "", &"x".repeat(1000))));
    assert!(
        matches!(fetch(&ask(&exact), &limits()).unwrap(), FetchResponse::Calendar { bytes, .. } if bytes.len() == 1000)
    );
    // An endless body is aborted.
    let endless = Other::start(Box::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        while stream.write_all(b"64\r\n").and_then(|()| stream.write_all(&[b'x'; 100])).is_ok()
            && stream.write_all(b"\r\n").is_ok()
        {}
    }));
    let refused = fetch(&ask(&endless), &limits()).unwrap_err();
    assert!(refused.to_string().contains("larger than"), "{refused}");
    // So is a header without an end.
    let head = Other::start(Box::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"x-more: 0123456789012345678901234567890123456789\r\n").is_ok() {}
    }));
    assert!(fetch(&ask(&head), &limits()).is_err());
}

#[test]
fn slow_answer_is_aborted() {
    let patience = Limits { time: Duration::from_secs(1), ..limits() };
    // Each byte arrives in time; the whole answer does not.
    let dripping = Other::start(Box::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }));
    let refused = fetch(&ask(&dripping), &patience).unwrap_err();
    assert!(refused.to_string().contains("longer than 1 seconds"), "{refused}");
    let silent = Other::start(Box::new(|_, stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    }));
    let refused = fetch(&ask(&silent), &patience).unwrap_err();
    assert!(refused.to_string().contains("longer than 1 seconds"), "{refused}");
}

/// 900 characters x, compressed by gzip.
const PACKED_900: [u8; 29] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 168, 24, 5, 163, 96, 20, 12, 36, 0, 0, 18, 112, 118, 149, 132, 3,
    0, 0,
];
const PACKED_1001: [u8; 29] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 168, 24, 5, 163, 96, 20, 12, 123, 0, 0, 7, 16, 142, 197, 233, 3, 0,
    0,
];

#[test]
fn decompressed_size_is_bounded() {
    let packed = |body: &'static [u8]| {
        Other::start(Box::new(move |_, stream| {
            let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n";
            let _ = write!(stream, "{head}content-length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(body);
        }))
    };
    let other = packed(&PACKED_900);
    let found = fetch(&ask(&other), &limits()).unwrap();
    assert!(matches!(found, FetchResponse::Calendar { bytes, .. } if bytes == [b'x'; 900]));
    assert!(other.asked()[0].contains("accept-encoding: gzip"), "{:?}", other.asked());
    let refused = fetch(&ask(&packed(&PACKED_1001)), &limits()).unwrap_err();
    assert!(refused.to_string().contains("larger than"), "{refused}");
    // An answer with a false content encoding.
    let refused = fetch(&ask(&packed(b"BEGIN:VCALENDAR")), &limits()).unwrap_err();
    assert!(refused.to_string().contains("compressed response of the server is damaged"), "{refused}");
}

#[test]
fn invalid_certificate_prevents_the_request() {
    let other = Other::start(Box::new(|_, stream| answer(stream, "200 OK", "", "no secret")));
    let ask = |scheme: &str| {
        let address = format!("{scheme}://{}/team.ics", other.address);
        fetch(&FetchRequest { address, ..FetchRequest::default() }, &limits())
    };
    let refused = ask("https").unwrap_err();
    assert!(refused.to_string().contains("certificate is not valid"), "{refused}");
    assert!(other.asked().iter().all(|head| !head.contains("team.ics")), "{:?}", other.asked());
    // A webcal address does not promise https: a server that speaks none is asked without.
    let found = ask("webcal").unwrap();
    assert!(matches!(found, FetchResponse::Calendar { bytes, .. } if bytes == b"no secret"));
}
