//! Behavior of a running server when its database files are removed, replaced or damaged.

use crate::http::{get, get_as};
use crate::program::{Ended, Folder, Serving, program};
use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Timeout of a test.
const PATIENCE: Duration = Duration::from_secs(120);

/// Starts a server with an administrator. Returns it with the administrator's token.
fn serving(folder: &Folder) -> (Serving, String) {
    let serving = Serving::start(folder, &[]);
    let add = ["user", "add", "ana", "--role", "admin"];
    assert_eq!(Ended::of(program(folder, &add)).code, Some(0));
    let token = Ended::of(program(folder, &["token", "create", "--user", "ana"])).output.trim().to_owned();
    (serving, token)
}

fn database(folder: &Folder, ending: &str) -> PathBuf {
    folder.path().join(format!("data/obcms.db{ending}"))
}

/// Requests the path until the answer has this prefix; the server caches readiness for a second.
fn becomes(serving: &Serving, path: &str, start: &str) -> String {
    let begun = Instant::now();
    loop {
        let answer = get(&serving.address, path);
        if answer.starts_with(start) {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "{path} does not become {start}: {answer}");
        std::thread::yield_now();
    }
}

#[test]
fn removed_log_stops_writes_and_loses_nothing() {
    let folder = Folder::prepared("log-removed");
    let (serving, token) = serving(&folder);
    becomes(&serving, "/readyz", "HTTP/1.1 200");
    fs::remove_file(database(&folder, "-wal")).expect("the log is removed");

    let answer = get_as(&serving.address, "/api/v1/me", &token);
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("application/problem+json"), "{answer}");
    assert!(answer.contains("retry-after: "), "{answer}");
    let page = get(&serving.address, "/login");
    assert!(page.starts_with("HTTP/1.1 200") || page.starts_with("HTTP/1.1 503"), "{page}");
    becomes(&serving, "/readyz", "HTTP/1.1 503");
    assert!(get(&serving.address, "/healthz").starts_with("HTTP/1.1 200"));
    serving.signal("KILL");
    let (_, log) = serving.wait();
    assert!(log.contains("write-ahead log"), "{log}");

    // Acknowledged writes are in the database.
    assert!(Ended::of(program(&folder, &["user", "list"])).output.contains("ana"));
    assert_eq!(Ended::of(program(&folder, &["token", "list", "--user", "ana"])).output.lines().count(), 1);
}

#[test]
fn replaced_database_is_not_served() {
    let folder = Folder::prepared("file-replaced");
    let (serving, token) = serving(&folder);
    fs::copy(database(&folder, ""), database(&folder, ".copy")).expect("a copy");
    fs::rename(database(&folder, ".copy"), database(&folder, "")).expect("the file is replaced");
    assert!(get_as(&serving.address, "/api/v1/me", &token).starts_with("HTTP/1.1 503"));
    assert!(becomes(&serving, "/readyz", "HTTP/1.1 503").contains("application/problem+json"));
}

#[test]
fn overwritten_database_is_not_served() {
    let folder = Folder::prepared("file-overwritten");
    let (serving, token) = serving(&folder);
    becomes(&serving, "/readyz", "HTTP/1.1 200");
    let other = Folder::prepared("file-overwritten-by");
    let given = rusqlite::Connection::open(database(&other, "")).expect("it opens");
    given
        .execute_batch(
            "PRAGMA application_id = 5; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;",
        )
        .expect("it is another");
    drop(given);
    let content = fs::read(database(&other, "")).expect("a database");
    // The same file with other content, and never shorter: pages of it are memory-mapped.
    let mut file = OpenOptions::new().write(true).open(database(&folder, "")).expect("the file");
    file.write_all(&content).expect("it is overwritten");
    drop(file);

    let answer = get_as(&serving.address, "/api/v1/me", &token);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    becomes(&serving, "/readyz", "HTTP/1.1 503");
    serving.signal("TERM");
    let (_, log) = serving.wait();
    assert!(log.contains("replaced") && log.contains("-wal.of-replaced-database"), "{log}");
    // The log of the old database is not mixed into the new one.
    let ended = Ended::of(program(&folder, &["user", "list"]));
    assert_eq!((ended.code, ended.output.as_str()), (Some(0), ""), "{}", ended.errors);
    assert!(Ended::of(program(&folder, &["doctor"])).output.contains("no problems found"));
}

#[test]
fn damage_and_an_unwritable_directory_make_a_server_unready() {
    let folder = Folder::prepared("file-damaged");
    let (serving, token) = serving(&folder);
    // Nothing can be written beside the database.
    fs::create_dir(database(&folder, ".probe")).expect("something is in the way");
    becomes(&serving, "/readyz", "HTTP/1.1 503");
    fs::remove_dir(database(&folder, ".probe")).expect("it is out of the way");
    becomes(&serving, "/readyz", "HTTP/1.1 200");

    let mut file = OpenOptions::new().write(true).open(database(&folder, "")).expect("the database");
    let length = file.metadata().expect("its length").len();
    file.seek(SeekFrom::Start(4096)).expect("after the first page");
    file.write_all(&vec![0xA5; usize::try_from(length).expect("it fits") - 4096]).expect("it is damaged");
    let begun = Instant::now();
    let answer = loop {
        let answer = get_as(&serving.address, "/api/v1/barangays?limit=500", &token);
        assert!(begun.elapsed() < PATIENCE, "the damage is not noticed");
        if !answer.starts_with("HTTP/1.1 200") {
            break answer;
        }
    };
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    becomes(&serving, "/readyz", "HTTP/1.1 503");
}

#[test]
fn page_without_a_database_is_an_error_page() {
    let folder = Folder::prepared("page-without");
    let (serving, _) = serving(&folder);
    fs::remove_file(database(&folder, "")).expect("the database is removed");
    let page = get(&serving.address, "/calendar");
    // Anonymous readers are redirected to the sign-in, which needs no database.
    assert!(page.starts_with("HTTP/1.1 303"), "{page}");
    let cookie = "cookie: obcms_session=x\r\n";
    let page = crate::http::get_with(&serving.address, "/calendar", cookie);
    assert!(page.starts_with("HTTP/1.1 503") && page.contains("text/html"), "{page}");
    assert!(page.contains("Not available") && page.contains("retry-after: "), "{page}");
    for (path, status) in [("/healthz", "HTTP/1.1 200"), ("/favicon.ico", "HTTP/1.1 3")] {
        let answer = crate::http::get_with(&serving.address, path, cookie);
        assert!(answer.starts_with(status), "{path}: {answer}");
    }
}

#[test]
fn metrics_access_follows_the_setting() {
    let folder = Folder::prepared("metrics");
    assert_eq!(Ended::of(program(&folder, &["user", "add", "ana", "--role", "admin"])).code, Some(0));
    for (setting, anybody, proxied, admin) in
        [("token", "401", "401", "200"), ("loopback", "200", "401", "200"), ("off", "404", "404", "404")]
    {
        let serving = Serving::start(&folder, &["--metrics", setting]);
        let token =
            Ended::of(program(&folder, &["token", "create", "--user", "ana"])).output.trim().to_owned();
        let status = |answer: String| answer.split(' ').nth(1).unwrap_or_default().to_owned();
        assert_eq!(status(get(&serving.address, "/metrics")), anybody, "{setting}");
        let forwarded = "x-forwarded-for: 192.0.2.1\r\n";
        assert_eq!(
            status(crate::http::get_with(&serving.address, "/metrics", forwarded)),
            proxied,
            "{setting}"
        );
        assert_eq!(status(get_as(&serving.address, "/metrics", &token)), admin, "{setting}");
    }
    let refused = Ended::of(program(&folder, &["serve", "--metrics", "everybody"]));
    refused.refused(2, &["metrics", "loopback"]);
}
