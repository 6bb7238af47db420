//! Exit codes, settings, messages and signals.

use crate::accounts::token_of;
use crate::http::get;
use crate::program::{Ended, Folder, Serving, program};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

#[test]
fn help_and_version_exit_with_zero_and_bad_usage_with_two() {
    let folder = Folder::new("usage");
    let help = Ended::of(program(&folder, &["--help"]));
    assert_eq!(help.code, Some(0));
    assert!(help.output.contains("Usage: obcms") && help.output.contains("serve"), "{}", help.output);
    assert_eq!(Ended::of(program(&folder, &["--version"])).code, Some(0));
    for wrong in [&[][..], &["dance"], &["serve", "--dance"], &["serve", "extra"]] {
        let ended = Ended::of(program(&folder, wrong));
        assert_eq!(ended.code, Some(2), "{wrong:?}: {}", ended.errors);
        assert!(!ended.errors.is_empty());
    }
}

#[test]
fn settings_are_printed_with_sources_and_without_passwords() {
    let folder = Folder::new("print");
    let file = folder.write("my.toml", "session_days = 3\nlog_level = \"warn\"\n");
    let mut command =
        program(&folder, &["serve", "--print-config", "--listen", "0.0.0.0:80", "--config", "my.toml"]);
    command
        .env("OBCMS_DATABASE", "postgres://ana:very-secret@db.example/obcms")
        .env("OBCMS_SESSION_DAYS", "4");
    let ended = Ended::of(command);
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""));
    let line = |start: &str| {
        let found =
            ended.output.lines().find(|line| line.starts_with(start)).expect("a line for the setting");
        found.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("listen"), "listen = \"0.0.0.0:80\" # flag --listen");
    assert_eq!(
        line("database"),
        "database = \"postgres://ana:****@db.example/obcms\" # environment OBCMS_DATABASE"
    );
    assert_eq!(line("session_days"), "session_days = 4 # environment OBCMS_SESSION_DAYS");
    assert_eq!(line("log_level"), "log_level = \"warn\" # file my.toml");
    assert_eq!(line("office_timezone"), "office_timezone = \"Asia/Manila\" # default");
    assert!(file.exists() && !ended.output.contains("very-secret"), "{}", ended.output);
}

#[test]
fn invalid_setting_is_one_line_that_names_its_source() {
    let folder = Folder::new("wrong");
    let wrong_flag = program(&folder, &["serve", "--office-timezone", "Asia/Manilla"]);
    Ended::of(wrong_flag).refused(2, &["--office-timezone", "'Asia/Manilla'", "such as Asia/Manila"]);

    let wrong_network = program(&folder, &["serve", "--trusted-proxies", "127.0.0.1,10.0.0.0/33"]);
    Ended::of(wrong_network).refused(2, &["--trusted-proxies", "'10.0.0.0/33'", "10.0.0.0/8"]);

    let mut wrong_variable = program(&folder, &["serve"]);
    wrong_variable.env("OBCMS_LISTEN", "8080");
    Ended::of(wrong_variable).refused(1, &["OBCMS_LISTEN", "'8080'", "127.0.0.1:8080"]);

    let mut secret = program(&folder, &["serve"]);
    secret.env("OBCMS_DATABASE", "mysql://ana:very-secret@db/obcms");
    let ended = Ended::of(secret);
    ended.refused(1, &["OBCMS_DATABASE", "postgres://"]);
    assert!(!ended.errors.contains("very-secret"), "{}", ended.errors);

    folder.write("my.toml", "lisen = \"127.0.0.1:1\"\n");
    let mut unknown_key = program(&folder, &["serve"]);
    unknown_key.env("OBCMS_CONFIG", "my.toml");
    Ended::of(unknown_key).refused(1, &["my.toml", "'lisen'", "'listen'"]);

    Ended::of(program(&folder, &["serve", "--config", "absent.toml"])).refused(1, &["absent.toml"]);
}

#[test]
fn shifted_clock_is_for_this_machine_only_and_loud_in_the_log() {
    let folder = Folder::new("clock");
    let shift = "--test-clock-shift=PT87600H";
    let help = Ended::of(program(&folder, &["serve", "--help"]));
    assert!(!help.output.contains("test-clock"), "{}", help.output);
    let public = ["--public-url", "https://obcms.example.org", "--listen", "127.0.0.1:0"];
    for command in [&["serve"][..], &["demo", "--size=small"]] {
        for others in [&["--listen", "0.0.0.0:0"][..], &public] {
            let ended = Ended::of(program(&folder, &[command, &[shift], others].concat()));
            assert_eq!(ended.code, Some(1), "{command:?} {others:?}: {}", ended.errors);
            assert!(ended.errors.contains("--test-clock-shift is for tests"), "{}", ended.errors);
        }
    }
    let ended = Ended::of(program(&folder, &["serve", "--test-clock-shift=soon"]));
    assert_eq!(ended.code, Some(2), "{}", ended.errors);
    assert!(ended.errors.contains("invalid value 'soon' for '--test-clock-shift"), "{}", ended.errors);

    let (_, log) = Serving::start(&folder, &[shift]).stop();
    assert!(log.contains("THE CLOCK IS WRONG ON PURPOSE"), "{log}");
    let (_, log) = Serving::start(&folder, &[]).stop();
    assert!(!log.contains("CLOCK"), "{log}");
}

#[test]
fn used_port_is_one_line_with_advice() {
    let folder = Folder::new("port");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let ended = Ended::of(program(&folder, &["serve", "--listen", &address]));
    ended.refused(1, &[&address, "another program uses this address", "--listen"]);
}

#[test]
fn unwritable_data_directory_is_one_line_with_advice() {
    let folder = Folder::new("unwritable");
    // A file instead of a directory stops root as well, unlike permissions.
    folder.write("file", "");
    let ended = Ended::of(program(&folder, &["serve", "--listen", "127.0.0.1:0", "--data", "file/data"]));
    ended.refused(1, &["file/data", "--data"]);
}

#[test]
fn serve_ends_cleanly_on_either_signal() {
    for name in ["TERM", "INT"] {
        let folder = Folder::prepared(&format!("signal-{name}"));
        let serving = Serving::start(&folder, &[]);
        let answer = get(&serving.address, "/healthz");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        serving.signal(name);
        let (status, rest) = serving.wait();
        assert_eq!(status.code(), Some(0), "{rest}");
        assert!(rest.contains("stopping"), "{rest}");
    }
}

#[test]
fn json_log_lines_are_json_and_show_no_password() {
    let folder = Folder::prepared("json");
    let serving = Serving::start(&folder, &["--log-format", "json"]);
    serving.signal("TERM");
    let (status, rest) = serving.wait();
    assert_eq!(status.code(), Some(0));
    for line in rest.lines() {
        let parsed: serde_json::Value = serde_json::from_str(line).expect("every log line is JSON");
        assert_eq!(parsed["level"], "INFO", "{line}");
    }
    assert!(rest.contains("stopping"), "{rest}");
}

#[test]
fn open_event_stream_does_not_block_the_stop() {
    let folder = Folder::prepared("stream");
    let token = token_of(&folder, "staff");
    let serving = Serving::start(&folder, &[]);
    let mut stream = TcpStream::connect(&serving.address).expect("the server accepts");
    write!(
        stream,
        "GET /api/v1/stream HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\r\n",
        serving.address
    )
    .expect("the request is sent");
    let mut events = BufReader::new(stream);
    let mut first = String::new();
    events.read_line(&mut first).expect("the answer begins");
    assert!(first.starts_with("HTTP/1.1 200"), "{first}");
    serving.signal("TERM");
    let mut rest = String::new();
    events.read_to_string(&mut rest).expect("the stream ends in order");
    assert!(rest.ends_with("0\r\n\r\n"), "{rest}");
    assert_eq!(serving.wait().0.code(), Some(0));
}

#[test]
fn request_in_flight_is_answered_after_sigterm() {
    let folder = Folder::prepared("flight");
    let token = token_of(&folder, "admin");
    let serving = Serving::start(&folder, &[]);
    let body = r#"{"name": "Slow team"}"#;
    let mut stream = TcpStream::connect(&serving.address).expect("the server accepts");
    write!(
        stream,
        "POST /api/v1/teams HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        serving.address,
        body.len()
    )
    .expect("the request begins");
    // The server asks for the body only once the handler runs.
    let mut answer = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut line = String::new();
    answer.read_line(&mut line).expect("the server asks for the body");
    assert!(line.starts_with("HTTP/1.1 100"), "{line}");
    serving.signal("TERM");
    while TcpStream::connect(&serving.address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(body.as_bytes()).expect("the body is sent");
    let mut text = String::new();
    answer.read_to_string(&mut text).expect("the answer is read to its end");
    assert!(text.contains("HTTP/1.1 201") && text.contains("Slow team"), "{text}");
    let (status, rest) = serving.wait();
    assert_eq!(status.code(), Some(0), "{rest}");
}

#[test]
fn idle_and_slow_clients_exclude_nobody() {
    let folder = Folder::prepared("idle");
    for limit in ["--max-connections-per-address", "--max-connections"] {
        let serving = Serving::start(&folder, &[limit, "10"]);
        let mut held: Vec<TcpStream> = (0..40)
            .map(|number| {
                let mut stream = TcpStream::connect(&serving.address).expect("the server accepts");
                let begun = [
                    "",
                    "GET / HTTP/1.1\r\n",
                    "POST /login HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n",
                ];
                // A connection that is already closed cannot send.
                let _ = stream.write_all(begun[number % 3].as_bytes());
                stream
            })
            .collect();
        let answer = get(&serving.address, "/healthz");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let mut rest = Vec::new();
        let _ = held[0].read_to_end(&mut rest);
        assert_eq!(rest, b"", "the oldest had to go");
    }
}
