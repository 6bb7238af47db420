//! `backup` and `restore`: consistent under writes, verified before anything is replaced, the same on both engines.

use crate::http::get;
use crate::program::{Ended, Folder, Serving, program};
use obcms_store::attachments::Blobs;
use obcms_store::{Database, backup, migrations};
use obcms_tests::{Client, Engine, Server, TestDatabase};
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

fn run(folder: &Folder, arguments: &[&str]) -> Ended {
    Ended::of(program(folder, arguments))
}

fn succeeds(folder: &Folder, arguments: &[&str]) -> String {
    let ended = run(folder, arguments);
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.errors);
    ended.output
}

fn database(folder: &Folder) -> PathBuf {
    folder.path().join("data/obcms.db")
}

/// Creates a database without most of its places, so that a backup is quick.
fn small(name: &str) -> Folder {
    let folder = Folder::prepared(name);
    let connection = rusqlite::Connection::open(database(&folder)).expect("the database opens");
    connection
        .execute_batch(
            "DELETE FROM barangays; DELETE FROM municipalities;
             DELETE FROM search_words WHERE kind IN ('barangay', 'municipality');
             DELETE FROM edges WHERE source_kind IN ('barangay', 'municipality');
             DELETE FROM records WHERE kind IN ('barangay', 'municipality');
             INSERT INTO tasks (id, version, created_at, updated_at) VALUES (x'00112233445566778899aabbccddeeff', 1, -5, 5);
             INSERT INTO records VALUES (x'00112233445566778899aabbccddeeff', 'task', '\"ñ\\😀', '', 0, 5);
             INSERT INTO settings VALUES ('incompressible', hex(randomblob(400000)));
             VACUUM;",
        )
        .expect("the places are removed");
    folder
}

/// Returns the lines of a backup except the first, which has the time and engine of the backup.
fn content(path: &Path) -> String {
    // The checksum follows the gzip stream, of which gzip warns.
    let output =
        Command::new("gzip").args(["-dcq"]).arg(path).stderr(Stdio::null()).output().expect("gzip runs");
    let text = String::from_utf8(output.stdout).expect("lines of text");
    text.split_once('\n').expect("a first line").1.to_owned()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn backup_is_restored_across_engines() {
    let folder = small("backup-around");
    succeeds(&folder, &["user", "add", "ana", "--role", "admin"]);
    succeeds(&folder, &["token", "create", "--user", "ana"]);
    fs::write(folder.path().join("data/secrets.key"), [0, 255, 7]).expect("a key");
    attach(&folder);
    assert!(succeeds(&folder, &["doctor"]).contains("1 files, 5 bytes of 10 GB used, 1 compared"));
    assert!(succeeds(&folder, &["backup", "first.obcms"]).contains(" 1 attached files"));
    let first = folder.path().join("first.obcms");
    assert_eq!(mode(&first), 0o600);
    assert!(!folder.path().join("first.obcms.partial").exists());
    run(&folder, &["backup", "first.obcms"]).refused(1, &["first.obcms", "--force"]);
    succeeds(&folder, &["backup", "first.obcms", "--force"]);
    assert!(!succeeds(&folder, &["restore", "--check", "first.obcms"]).contains(" 0 files"));

    let server = TestDatabase::empty_on_server();
    let served = ["--data", "served", "--database", server.url()];
    let with = |words: &[&'static str]| {
        [words, &served[..]].concat().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let served_run = |words: &[&'static str]| {
        let arguments = with(words);
        succeeds(&folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    served_run(&["restore", "first.obcms"]);
    served_run(&["backup", "second.obcms"]);
    assert!(served_run(&["token", "list", "--user", "ana"]).contains("command line"));
    assert!(served_run(&["doctor"]).lines().any(|line| line.starts_with("ok") && line.contains("backup")));
    // A second time, over existing data.
    served_run(&["restore", "first.obcms"]);

    succeeds(&folder, &["restore", "second.obcms", "--data", "again"]);
    succeeds(&folder, &["backup", "third.obcms", "--data", "again"]);
    let original = content(&first);
    assert!(original.contains("\"00112233445566778899aabbccddeeff\""), "{original}");
    for other in ["second.obcms", "third.obcms"] {
        assert!(content(&folder.path().join(other)) == original, "{other} has other content");
    }
    assert_eq!(fs::read(folder.path().join("again/secrets.key")).ok(), Some(vec![0, 255, 7]));
    for data in ["served", "again"] {
        let content = folder.path().join(data).join(WATER);
        assert_eq!(fs::read_to_string(&content).ok().as_deref(), Some("water"), "{data}");
        assert_eq!(mode(&content), 0o600);
    }
    for (path, right) in
        [("again", 0o700), ("again/files", 0o700), ("again/obcms.db", 0o600), ("again/secrets.key", 0o600)]
    {
        assert_eq!(mode(&folder.path().join(path)), right, "{path}");
    }
    assert!(succeeds(&folder, &["doctor", "--data", "again"]).contains("integrity"));
    fs::write(folder.path().join("again").join(WATER), "wat").expect("it is damaged");
    let found = run(&folder, &["doctor", "--data", "again"]);
    assert_eq!(found.code, Some(1));
    assert!(found.output.contains("contents of files are damaged: water.txt of task "), "{}", found.output);
}

/// Place of the content "water" in the data directory.
const WATER: &str = "files/0f/4168490e38b8447e11ba4bd656aa11b925bd22af30bac464bc153fdb608501";

/// Attaches a file to the task of [`small`].
fn attach(folder: &Folder) {
    let path = folder.path().join("data").join(WATER);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, "water").expect("a content");
    let hash = WATER.trim_start_matches("files/").replace('/', "");
    let connection = rusqlite::Connection::open(database(folder)).expect("the database opens");
    connection
        .execute_batch(&format!(
            "INSERT INTO blobs VALUES ('{hash}', 5, 0, NULL);
             INSERT INTO attachments VALUES (x'0123456789abcdef0123456789abcdef', 'task',
                 x'00112233445566778899aabbccddeeff', NULL, '{hash}', 'water.txt', 'text/plain', 5, 0, NULL, NULL, NULL);"
        ))
        .expect("a file");
}

#[test]
fn previous_database_stays_beside_the_restored_one() {
    let folder = small("backup-aside");
    succeeds(&folder, &["backup", "before.obcms"]);
    succeeds(&folder, &["user", "add", "ana", "--role", "admin"]);
    let told = succeeds(&folder, &["restore", "before.obcms"]);
    assert_eq!(succeeds(&folder, &["user", "list"]), "");
    let aside =
        told.lines().last().and_then(|line| line.strip_prefix("the previous database is ")).expect("a name");
    let aside = format!("sqlite:{aside}");
    assert!(succeeds(&folder, &["user", "list", "--database", &aside]).contains("ana"));
}

#[test]
fn incomplete_file_is_refused_and_nothing_changes() {
    let folder = small("backup-damaged");
    succeeds(&folder, &["backup", "whole.obcms"]);
    let whole = fs::read(folder.path().join("whole.obcms")).expect("a backup");
    let before = fs::read(database(&folder)).expect("a database");
    let mut damaged: Vec<(String, Vec<u8>)> =
        vec![("empty".into(), Vec::new()), ("foreign".into(), b"no backup".repeat(100))];
    for place in [4, 9, 20, whole.len() / 2, whole.len() - 90, whole.len() - 20, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        damaged.push((format!("byte {place} changed"), changed));
        damaged.push((format!("cut off at {place}"), whole[..place].to_vec()));
    }
    for (what, bytes) in damaged {
        fs::write(folder.path().join("damaged.obcms"), bytes).expect("a file");
        let ended = run(&folder, &["restore", "damaged.obcms"]);
        assert_eq!(ended.code, Some(1), "{what}");
        ended.refused(1, &["damaged.obcms"]);
        assert!(fs::read(database(&folder)).expect("a database") == before, "{what}");
    }
    run(&folder, &["restore", "missing.obcms"]).refused(1, &["missing.obcms"]);
    run(&folder, &["restore", "."]).refused(1, &["not a file"]);
}

#[test]
fn restore_is_refused_while_a_server_runs() {
    let folder = small("backup-serving");
    succeeds(&folder, &["backup", "a.obcms"]);
    let serving = Serving::start(&folder, &[]);
    run(&folder, &["restore", "a.obcms"]).refused(1, &["stop"]);
    assert!(get(&serving.address, "/readyz").starts_with("HTTP/1.1 200"));
    drop(serving);
    // After a kill the log still exists, and belongs to the previous database.
    succeeds(&folder, &["restore", "a.obcms"]);

    // Another program that ignores our lock.
    let other = rusqlite::Connection::open(database(&folder)).expect("the database opens");
    other.execute_batch("PRAGMA journal_mode = WAL; SELECT 1 FROM settings").expect("it is read");
    run(&folder, &["restore", "a.obcms"]).refused(1, &["stop"]);

    let server = Server::start(Engine::Postgres);
    // The live connection holds the lock, and is up once a change of another process arrives.
    let person = server.person(&["admin"]);
    let mut live = server.app().database().live().subscribe();
    while live.try_recv().is_err() {
        person
            .client
            .post("/api/v1/teams", &json!({ "name": format!("Team {}", new_number()) }))
            .expect_status(201);
    }
    run(&folder, &["restore", "a.obcms", "--database", server.database_url()]).refused(1, &["stop"]);
    person.client.get("/api/v1/me").expect_status(200);
}

/// Deletes most places, so that a backup is quick.
fn without_places(database: &Database) {
    let removed = database.write(|tx| {
        tx.batch("DELETE FROM barangays; DELETE FROM records WHERE kind = 'barangay';")?;
        tx.batch("DELETE FROM search_words WHERE kind = 'barangay'; DELETE FROM edges WHERE source_kind = 'barangay';")
    });
    assert!(removed.is_ok(), "{removed:?}");
}

#[test]
fn backup_under_writes_is_consistent() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let folder = Folder::new(&format!("backup-writes-{engine:?}"));
        let server = Server::start(engine);
        without_places(server.app().database());
        let stop = AtomicBool::new(false);
        let written = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                let client = server.as_role("admin");
                let (stop, written) = (&stop, &written);
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        client
                            .post("/api/v1/teams", &json!({ "name": format!("Team {}", new_number()) }))
                            .expect_status(201);
                        written.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            while written.load(Ordering::Relaxed) == 0 {
                std::thread::yield_now();
            }
            let ended = run(&folder, &["backup", "a.obcms", "--database", server.database_url()]);
            stop.store(true, Ordering::Relaxed);
            assert_eq!(ended.code, Some(0), "{}", ended.errors);
        });
        succeeds(&folder, &["restore", "a.obcms"]);
        let restored = rusqlite::Connection::open(database(&folder)).expect("the database opens");
        let count = |sql: &str| restored.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count");
        let teams = count("SELECT count(*) FROM teams");
        assert!(teams > 0);
        assert_eq!(count("SELECT count(*) FROM records WHERE kind = 'team'"), teams);
        assert_eq!(count("SELECT count(*) FROM changes WHERE kind = 'team' AND action = 'create'"), teams);
        assert_eq!(count("SELECT count(*) FROM sessions"), 0);
    }
}

/// Returns a number that was not used before.
fn new_number() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed).to_string()
}

/// Starts a command and kills it as soon as a file exists, if it did not end before.
fn killed_when(folder: &Folder, arguments: &[&str], file: &Path) {
    let mut child =
        program(folder, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    while child.try_wait().expect("it can be asked").is_none() {
        if fs::metadata(file).is_ok_and(|facts| facts.len() > 0) {
            child.kill().expect("it is killed");
        }
        std::thread::yield_now();
    }
}

#[test]
fn killed_restore_leaves_a_complete_database() {
    let folder = small("backup-killed");
    let file = folder.path().join("a.obcms");
    killed_when(&folder, &["backup", "a.obcms"], &folder.path().join("a.obcms.partial"));
    if !file.exists() {
        succeeds(&folder, &["backup", "a.obcms"]);
    }
    succeeds(&folder, &["restore", "--check", "a.obcms"]);
    assert!(!folder.path().join("a.obcms.partial").exists());

    succeeds(&folder, &["user", "add", "ana", "--role", "admin"]);
    killed_when(&folder, &["restore", "a.obcms"], &folder.path().join("data/obcms.db.restoring"));
    // At any moment there is a complete database: the previous or the restored one.
    assert!(succeeds(&folder, &["doctor"]).contains("no problems found"));
    succeeds(&folder, &["restore", "a.obcms"]);
    assert_eq!(succeeds(&folder, &["user", "list"]), "");
    assert!(!folder.path().join("data/obcms.db.restoring").exists());
}

#[test]
fn full_disk_leaves_no_file() {
    let folder = small("backup-full");
    let program = program(&folder, &["backup", "a.obcms"]);
    let mut limited = Command::new("sh");
    limited
        .current_dir(folder.path())
        .args(["-c", "trap '' XFSZ; ulimit -f 256; exec \"$0\" backup a.obcms"])
        .arg(program.get_program());
    let ended = Ended::of(limited);
    ended.refused(1, &["a.obcms"]);
    let left: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["data"], "nothing else is left");

    let mut full = Command::new("sh");
    full.current_dir(folder.path())
        .args(["-c", "exec \"$0\" backup - > /dev/full"])
        .arg(program.get_program());
    Ended::of(full).refused(1, &["backup to - failed"]);
}

#[test]
fn doctor_reports_the_age_of_the_last_backup() {
    let folder = small("backup-doctor");
    let line = || {
        let output = succeeds(&folder, &["doctor"]);
        output.lines().find(|line| line.contains(" backup ")).expect("a line").to_owned()
    };
    assert!(line().starts_with("warn") && line().contains("obcms backup"), "{}", line());
    succeeds(&folder, &["backup", "a.obcms"]);
    assert!(line().starts_with("ok"), "{}", line());
    let connection = rusqlite::Connection::open(database(&folder)).expect("the database opens");
    connection
        .execute("UPDATE settings SET value = '2026-01-01T00:00:00Z' WHERE name = 'last-backup'", [])
        .expect("the time is set");
    assert!(line().starts_with("warn") && line().contains("2026-01-01"), "{}", line());
}

#[test]
fn backup_does_not_create_a_missing_database() {
    let folder = Folder::new("backup-nothing");
    run(&folder, &["backup", "a.obcms"]).refused(1, &["no database at"]);
    assert!(!database(&folder).exists() && !folder.path().join("a.obcms").exists());
}

/// Rewrites a backup with another manifest.
fn write_with(folder: &Folder, from: &str, to: &str, change: impl FnOnce(&mut serde_json::Value)) {
    let script = "gzip -dcq < \"$0\" 2>/dev/null; true";
    let output =
        Command::new("sh").args(["-c", script]).arg(folder.path().join(from)).output().expect("gzip runs");
    let text = String::from_utf8(output.stdout).expect("lines of text");
    let (first, rest) = text.split_once('\n').expect("a first line");
    let mut manifest = serde_json::from_str(first).expect("a manifest");
    change(&mut manifest);
    folder.write("lines", &format!("{manifest}\n{rest}"));
    let script = "gzip -nc lines > \"$0\"; printf '\\nobcms-backup sha256 %s\\n' $(sha256sum < \"$0\" | cut -c 1-64) > seal; cat seal >> \"$0\"";
    let status =
        Command::new("sh").current_dir(folder.path()).args(["-c", script, to]).status().expect("gzip runs");
    assert!(status.success());
}

/// Restores a backup into both engines. Returns the arguments that select each database.
fn restored_everywhere(folder: &Folder, file: &str, server: &TestDatabase) -> [Vec<String>; 2] {
    let places = [
        vec!["--data".to_owned(), "new".to_owned()],
        vec!["--data".to_owned(), "served".to_owned(), "--database".to_owned(), server.url().to_owned()],
    ];
    for place in &places {
        let mut arguments = vec!["restore", file];
        arguments.extend(place.iter().map(String::as_str));
        succeeds(folder, &arguments);
    }
    places
}

#[test]
fn backup_of_older_schema_is_migrated_and_of_newer_refused() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let folder = Folder::new(&format!("backup-older-{engine:?}"));
        let source = Server::start(engine);
        let me = source.as_role("admin");
        me.post("/api/v1/teams", &json!({ "name": "North" })).expect_status(201);
        let task = json!({ "title": "Report", "due_date": "2027-12-03", "rrule": "FREQ=WEEKLY;COUNT=3" });
        let task = me.post("/api/v1/tasks", &task).expect_status(201).json;
        let database = source.app().database();
        without_places(database);
        migrations::revert(database, 14).expect("an older schema");
        succeeds(&folder, &["backup", "older.obcms", "--database", source.database_url()]);
        assert!(succeeds(&folder, &["restore", "--check", "older.obcms"]).contains("schema 14"));
        let empty = TestDatabase::empty_on_server();
        for place in restored_everywhere(&folder, "older.obcms", &empty) {
            let with = |words: &[&str]| {
                let all: Vec<&str> = words.iter().copied().chain(place.iter().map(String::as_str)).collect();
                succeeds(&folder, &all)
            };
            let status = with(&["migrate", "--status"]);
            assert!(
                status.lines().count() >= migrations::ALL.len() && !status.contains("not applied"),
                "{status}"
            );
            assert!(with(&["doctor"]).contains("no problems found"));
            assert!(!with(&["user", "list"]).is_empty());
        }
        let restored =
            rusqlite::Connection::open(folder.path().join("new/obcms.db")).expect("the database opens");
        let count = |sql: &str| restored.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a count");
        assert_eq!(count("SELECT count(*) FROM teams WHERE name = 'North'"), 1);
        assert_eq!(count("SELECT count(*) FROM tasks WHERE rrule = 'FREQ=WEEKLY;COUNT=3'"), 1, "{task}");
        let orders = count("SELECT count(DISTINCT number) FROM changes");
        assert_eq!(orders, count("SELECT count(*) FROM changes"), "every change has a number of its own");
        drop(restored);

        // The same from a future release.
        let next = migrations::newest() + 1;
        write_with(&folder, "older.obcms", "newer.obcms", |manifest| {
            manifest["schema"] = json!(next);
            manifest["program"] = json!("99.0.0");
        });
        let before = fs::read(folder.path().join("new/obcms.db")).expect("a database");
        for arguments in [
            vec!["restore", "--check", "newer.obcms"],
            vec!["restore", "newer.obcms", "--data", "new"],
            vec!["restore", "newer.obcms", "--data", "served", "--database", empty.url()],
        ] {
            let (next, newest) = (next.to_string(), migrations::newest().to_string());
            let arguments: &[&str] = arguments.as_slice();
            run(&folder, arguments).refused(1, &["newer", &next, &newest, "99.0.0"]);
        }
        assert!(fs::read(folder.path().join("new/obcms.db")).expect("a database") == before);
        assert!(
            succeeds(&folder, &["doctor", "--data", "served", "--database", empty.url()])
                .contains("no problems found")
        );
    }
}

/// Output of a backup that writes a record through a server at each chunk: nothing may wait for the backup.
struct WritingMeanwhile<'a> {
    client: &'a Client,
    pieces: u32,
}

impl std::io::Write for WritingMeanwhile<'_> {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        if self.pieces < 20 {
            self.pieces += 1;
            let made =
                self.client.post("/api/v1/teams", &json!({ "name": format!("Team {}", new_number()) }));
            let path =
                format!("/api/v1/teams/{}", made.expect_status(201).json["id"].as_str().unwrap_or_default());
            self.client.patch(&path, &json!({ "description": "Changed" })).expect_status(200);
            self.client.delete(&path).expect_status(204);
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn writers_do_not_wait_for_a_backup() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let server = Server::start(engine);
        let client = server.as_role("admin");
        // Inside the transaction of the backup; a write that waited for it would wait forever.
        let mut output = WritingMeanwhile { client: &client, pieces: 0 };
        let (database, blobs) = (server.app().database(), Blobs::new(server.files()));
        let written = backup::write(database, "1.0.0", server.app().now(), &[], &blobs, &mut output);
        let summary = written.map(|(_, summary, _)| summary).expect("a backup");
        assert!(output.pieces > 1);
        let made: i64 = server
            .app()
            .read(|tx| Ok(tx.one("SELECT count(*) FROM teams WHERE description = 'Changed'", &[])?.get(0)?))
            .expect("a count");
        assert_eq!(made, i64::from(output.pieces));
        // The backup contains the data of its start.
        let teams = summary.tables["teams"].count;
        let all: i64 =
            server.app().read(|tx| Ok(tx.one("SELECT count(*) FROM teams", &[])?.get(0)?)).expect("a count");
        assert_eq!(i64::try_from(teams).expect("a number"), all - made);
    }
}

#[test]
fn key_outside_the_data_directory_is_reported() {
    let folder = small("backup-key");
    let elsewhere = folder.path().join("keys");
    fs::create_dir(&elsewhere).expect("a folder");
    let key = elsewhere.join("office.key");
    fs::write(&key, "0a".repeat(32)).expect("a key");
    let key = key.to_str().expect("a path");
    let with = |words: &[&str]| run(&folder, &[words, &["--key-file", key]].concat());
    succeeds(&folder, &["user", "add", "ana", "--role", "admin"]);
    let told = with(&["backup", "a.obcms"]);
    assert!(
        told.code == Some(0) && told.output.contains(key) && told.output.contains("not in the backup"),
        "{}",
        told.output
    );
    // A key in the data directory is in the backup, and there is no warning.
    fs::write(folder.path().join("data/secret.key"), "0b".repeat(32)).expect("a key");
    assert!(!succeeds(&folder, &["backup", "b.obcms"]).contains("not in the backup"));
    let told = with(&["restore", "a.obcms"]);
    assert!(told.code == Some(0) && told.output.contains(key), "{}", told.output);
    let line = |ended: &Ended, what: &str| {
        let mut lines = ended.output.lines();
        lines.find(|line| line.split_whitespace().nth(1) == Some(what)).expect("a line").to_owned()
    };
    let found = with(&["doctor"]);
    assert!(
        line(&found, "key").starts_with("ok") && line(&found, "key").contains("not in a backup"),
        "{}",
        found.output
    );

    // A secret is sealed with the key; then the key is replaced, damaged, and deleted.
    let serving = Serving::start(&folder, &["--key-file", key]);
    let token = succeeds(&folder, &["token", "create", "--user", "ana"]);
    let client = Client::new(&format!("http://{}", serving.address)).with_token(token.trim());
    client.post("/api/v1/feeds", &json!({ "name": "Mine" })).expect_status(201);
    drop(serving);
    assert_eq!(with(&["doctor"]).code, Some(0));
    fs::write(key, "0c".repeat(32)).expect("another key");
    let found = with(&["doctor"]);
    assert_eq!(found.code, Some(1));
    assert!(
        line(&found, "secrets").starts_with("FAULT") && line(&found, "secrets").contains(key),
        "{}",
        found.output
    );
    fs::write(key, "no key").expect("a damaged key");
    assert!(line(&with(&["doctor"]), "key").starts_with("FAULT"));
    fs::remove_file(key).expect("the key goes");
    let found = with(&["doctor"]);
    assert_eq!(found.code, Some(1));
    assert!(
        line(&found, "key").starts_with("FAULT") && line(&found, "key").contains(key),
        "{}",
        found.output
    );
    assert!(
        line(&found, "integrity").starts_with("ok"),
        "the rest is checked all the same: {}",
        found.output
    );
    succeeds(&folder, &["backup", "c.obcms"]);
    let told = with(&["restore", "c.obcms"]);
    assert!(told.code == Some(0) && told.output.contains(key), "{}", told.output);
}
