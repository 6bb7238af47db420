//! `migrate` and `doctor`, and how `serve` handles an unknown schema.

use crate::http::get;
use crate::program::{Ended, Folder, Serving, program};
use std::path::PathBuf;

fn run(folder: &Folder, arguments: &[&str]) -> Ended {
    Ended::of(program(folder, arguments))
}

fn database(folder: &Folder) -> PathBuf {
    folder.path().join("data/obcms.db")
}

/// Adds a migration of a later release.
fn add_later_step(folder: &Folder) {
    let connection = rusqlite::Connection::open(database(folder)).expect("the database opens");
    connection
        .execute(
            "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (9999, 'later', 'x', 0)",
            [],
        )
        .expect("the step is written");
}

#[test]
fn migrate_applies_every_step_once() {
    let folder = Folder::new("migrate");
    let before = run(&folder, &["migrate", "--status"]);
    assert_eq!(before.code, Some(0), "{}", before.errors);
    let steps = before.output.lines().count();
    assert!(steps > 0 && before.output.lines().all(|line| line.contains("not applied")), "{}", before.output);

    let first = run(&folder, &["migrate"]);
    assert_eq!(first.code, Some(0), "{}", first.errors);
    assert!(first.output.starts_with(&format!("{steps} step")), "{}", first.output);

    let after = run(&folder, &["migrate", "--status"]);
    assert_eq!(after.output.lines().count(), steps);
    assert!(!after.output.contains("not applied"), "{}", after.output);
    assert_eq!(run(&folder, &["migrate"]).output, "the schema is up to date\n");
}

#[test]
fn serve_migrates_and_leaves_a_healthy_installation() {
    let folder = Folder::new("healthy");
    let serving = Serving::start(&folder, &[]);
    assert!(get(&serving.address, "/readyz").starts_with("HTTP/1.1 200"));
    serving.signal("TERM");
    let (status, rest) = serving.wait();
    assert_eq!(status.code(), Some(0), "{rest}");
    let doctor = run(&folder, &["doctor"]);
    assert_eq!(doctor.code, Some(0), "{}{}", doctor.output, doctor.errors);
    for what in ["clock", "disk", "database", "schema", "integrity", "accounts", "jobs"] {
        assert!(
            doctor.output.lines().any(|line| line.starts_with("ok") && line.contains(what)),
            "{}",
            doctor.output
        );
    }
}

#[test]
fn doctor_reports_a_missing_schema_and_a_damaged_file() {
    let folder = Folder::new("fault");
    let doctor = run(&folder, &["doctor"]);
    assert_eq!(doctor.code, Some(1));
    let fault = doctor.output.lines().find(|line| line.starts_with("FAULT")).expect("a line with the fault");
    assert!(fault.contains("schema") && fault.contains("run obcms migrate"), "{fault}");
    assert_eq!(doctor.errors.lines().count(), 1, "{}", doctor.errors);

    std::fs::write(database(&folder), "this is no database, but long enough to be looked at ".repeat(100))
        .expect("the file is replaced");
    let doctor = run(&folder, &["doctor"]);
    assert_eq!(doctor.code, Some(1));
    assert!(
        doctor.output.lines().any(|line| line.starts_with("FAULT") && line.contains("database")),
        "{}",
        doctor.output
    );
}

#[test]
fn schema_of_a_later_release_is_refused_in_one_line() {
    let folder = Folder::prepared("later");
    add_later_step(&folder);
    run(&folder, &["serve", "--listen", "127.0.0.1:0"]).refused(1, &["9999", "newer"]);
    run(&folder, &["migrate"]).refused(1, &["9999", "newer"]);
    run(&folder, &["user", "list"]).refused(1, &["9999", "newer"]);
}

#[test]
fn missing_postgresql_server_is_one_line_without_the_password() {
    let folder = Folder::new("nowhere");
    let address = "postgres://ana:very-secret@127.0.0.1:1/obcms";
    let ended = run(&folder, &["migrate", "--database", address]);
    ended.refused(1, &["database"]);
    assert!(!ended.errors.contains("very-secret"), "{}", ended.errors);
}

#[test]
fn commands_work_on_postgresql() {
    let address = std::env::var("OBCMS_TEST_POSTGRES")
        .expect("OBCMS_TEST_POSTGRES is set, as it is in scripts/test rust");
    let folder = Folder::new("postgresql");
    let status = run(&folder, &["migrate", "--status", "--database", &address]);
    assert_eq!(status.code, Some(0), "{}", status.errors);
    assert!(status.output.contains("not applied"), "{}", status.output);
    assert!(!folder.path().join("data").exists(), "PostgreSQL needs no data directory");
}
