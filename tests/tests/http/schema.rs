//! Schema: identical from scratch and by single migrations, and consistent with the kinds.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::BTreeSet;
use std::path::Path;

use obcms_domain::kinds::REGISTRY;
use obcms_store::migrations;
use obcms_store::records::schema;
use obcms_store::{Database, Location};
use obcms_tests::{Engine, Server, on_both_engines};

on_both_engines! {
    fn revert_and_migrate_restores_the_schema(server: &Server) {
        let database = server.app().database();
        let fresh = migrations::dump(database).unwrap();
        assert!(fresh.len() > 50);
        // Down one migration at a time, and up again: each leads to the schema that the other left.
        let mut left = vec![fresh];
        for version in (0..migrations::newest()).rev() {
            assert_eq!(migrations::revert(database, version).unwrap(), 1);
            left.push(migrations::dump(database).unwrap());
        }
        // A full revert leaves no tables of ours.
        let rest = left.pop().unwrap();
        assert!(rest.iter().all(|line| line.contains("schema_migrations")), "{rest:?}");
        for version in 1..=migrations::newest() {
            assert_eq!(migrations::migrate_to(database, server.app().now(), version).unwrap(), 1);
            let schema = left.pop().unwrap();
            assert_eq!(migrations::dump(database).unwrap(), schema, "after migration {version}");
        }
    }

    fn migrating_twice_changes_nothing(server: &Server) {
        let database = server.app().database();
        assert_eq!(migrations::migrate(database, server.app().now()).unwrap(), 0);
        assert!(migrations::status(database).unwrap().iter().all(|step| step.applied_at.is_some()));
    }

    fn tables_match_the_kinds(server: &Server) {
        for kind in REGISTRY {
            let described: BTreeSet<String> = schema::column_names(kind).into_iter().collect();
            let found: BTreeSet<String> = server
                .app()
                .read(|tx| {
                    let sql = match tx.engine() {
                        obcms_store::Engine::Sqlite => "SELECT name FROM pragma_table_info($1)",
                        obcms_store::Engine::Postgres => {
                            "SELECT CAST(column_name AS text) FROM information_schema.columns WHERE table_name = $1"
                        }
                    };
                    let rows = tx.query(sql, &[kind.table.into()])?;
                    rows.iter().map(|row| Ok(row.get::<String>(0)?)).collect()
                })
                .unwrap();
            assert_eq!(found, described, "table {}", kind.table);
        }
    }

    fn several_processes_may_start_concurrently(server: &Server) {
        let ended = several_at_once(server, 4, |database| {
            migrations::migrate(&database, jiff::Timestamp::UNIX_EPOCH).map_err(|error| error.to_string())
        });
        assert_eq!(ended, [Ok(0), Ok(0), Ok(0), Ok(0)]);
    }

    fn several_processes_may_seed_an_empty_database_concurrently(server: &Server) {
        migrations::revert(server.app().database(), 0).unwrap();
        let ended = several_at_once(server, 3, |database| {
            let options = obcms_app::Options::default();
            let (clock, entropy) = (std::sync::Arc::new(obcms_tests::TestClock), obcms_app::Entropy::system());
            let app = obcms_app::App::new(database, clock, entropy, options).map_err(|error| error.to_string())?;
            app.prepare().map_err(|error| error.to_string())
        });
        assert_eq!(ended, [Ok(()), Ok(()), Ok(())]);
        let regions = server.as_role("staff").get("/api/v1/regions").expect_status(200).json;
        assert_eq!(regions["total"], 18);
    }
}

/// A database of a newer program, and one with foreign migrations, are refused with a message.
#[test]
fn foreign_database_is_refused() {
    let server = Server::start(Engine::Sqlite);
    let database = server.app().database();
    let now = server.app().now();
    database
        .write(|tx| {
            tx.execute(
                "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                &[999_i64.into(), "from the future".into(), "x".into(), now.into()],
            )
        })
        .unwrap();
    let error = migrations::migrate(database, now).unwrap_err().to_string();
    assert!(error.contains("newer than this program"), "{error}");
    database
        .write(|tx| {
            tx.execute("DELETE FROM schema_migrations WHERE version = $1", &[999_i64.into()])?;
            tx.execute(
                "UPDATE schema_migrations SET checksum = $1 WHERE version = $2",
                &["x".into(), 1_i64.into()],
            )
        })
        .unwrap();
    let error = migrations::migrate(database, now).unwrap_err().to_string();
    assert!(error.contains("is not the one of this program"), "{error}");
}

/// Returns the results of threads that open the database of the server concurrently, as processes would.
fn several_at_once<T: Send + 'static>(
    server: &Server,
    threads: usize,
    act: fn(Database) -> Result<T, String>,
) -> Vec<Result<T, String>> {
    let started: Vec<_> = (0..threads)
        .map(|_| {
            let url = server.database_url().to_owned();
            std::thread::spawn(move || {
                let location = Location::parse(&url, Path::new("")).unwrap();
                act(Database::open(&location).unwrap())
            })
        })
        .collect();
    started.into_iter().map(|thread| thread.join().unwrap()).collect()
}
