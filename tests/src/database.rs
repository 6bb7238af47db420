//! Test databases: one template per state of the sources, copied for every test.

use rand::random;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;
use tokio_postgres::NoTls;

/// Database engine. Every test runs on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, in a file.
    Sqlite,
    /// PostgreSQL, on the server at `OBCMS_TEST_POSTGRES`.
    Postgres,
}

/// Function that migrates and fills the empty database at an address, and closes it.
pub type Prepare = fn(&str) -> Result<(), String>;

/// Database of one test, deleted with it.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Server { address: String, name: String },
}

impl TestDatabase {
    /// Returns a fresh copy of the template.
    pub fn new(engine: Engine, prepare: Prepare) -> TestDatabase {
        let made = match engine {
            Engine::Sqlite => TestDatabase::file(prepare),
            Engine::Postgres => TestDatabase::on_server(prepare),
        };
        match made {
            Ok(database) => database,
            Err(error) => panic!("no database for the test on {engine:?}: {error}"),
        }
    }

    /// Returns an empty PostgreSQL database.
    pub fn empty_on_server() -> TestDatabase {
        match TestDatabase::server_address().and_then(|address| {
            let name = format!("obcms_test_{:016x}", random::<u64>());
            execute(&address, &[&format!("CREATE DATABASE {name}")])?;
            Ok(TestDatabase { url: with_database(&address, &name), place: Place::Server { address, name } })
        }) {
            Ok(database) => database,
            Err(error) => panic!("no database for the test: {error}"),
        }
    }

    fn server_address() -> Result<String, String> {
        std::env::var("OBCMS_TEST_POSTGRES").map_err(|_| {
            "OBCMS_TEST_POSTGRES is not set; run the tests through `scripts/test rust`, or set it to the address of a \
             PostgreSQL server on which databases may be created"
                .to_owned()
        })
    }

    /// Returns its address for the setting `database`.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn file(prepare: Prepare) -> Result<TestDatabase, String> {
        let folder = working_folder()?;
        let template = folder.join(format!("template_{SOURCES}.db"));
        let path = folder.join(format!("test_{:016x}.db", random::<u64>()));
        let lock = lock(&folder, "sqlite")?;
        if !template.exists() {
            remove_templates(&folder);
            let unfinished = folder.join("unfinished.db");
            remove_sqlite(&unfinished);
            prepare(&format!("sqlite:{}", unfinished.display()))?;
            if beside(&unfinished, "-wal").exists() {
                return Err("the prepared database was left open".to_owned());
            }
            let packed = folder.join("packed.db");
            remove_sqlite(&packed);
            rusqlite::Connection::open(&unfinished)
                .and_then(|open| open.execute("VACUUM INTO ?1", [packed.to_string_lossy()]))
                .map_err(|error| error.to_string())?;
            remove_sqlite(&unfinished);
            fs::rename(&packed, &template).map_err(|error| error.to_string())?;
        }
        // Still under the lock, because the program of another build may delete the template.
        fs::copy(&template, &path).map_err(|error| error.to_string())?;
        drop(lock);
        Ok(TestDatabase { url: format!("sqlite:{}", path.display()), place: Place::File(path) })
    }

    fn on_server(prepare: Prepare) -> Result<TestDatabase, String> {
        let address = TestDatabase::server_address()?;
        let template = format!("obcms_template_{SOURCES}");
        let name = format!("obcms_test_{:016x}", random::<u64>());
        // Files are copied in half the time that the server takes to write all of it into its log.
        let copy = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy");
        if execute(&address, &[&copy]).is_err() {
            prepare_on_server(&address, &template, prepare)?;
            execute(&address, &[&copy])?;
        }
        Ok(TestDatabase { url: with_database(&address, &name), place: Place::Server { address, name } })
    }
}

/// Makes the template, unless another process has made it meanwhile.
fn prepare_on_server(address: &str, template: &str, prepare: Prepare) -> Result<(), String> {
    let _lock = lock(&working_folder()?, "postgres")?;
    if execute(address, &[&format!("SELECT 1 FROM pg_database WHERE datname = '{template}'")])? {
        return Ok(());
    }
    let unfinished = format!("{template}_unfinished");
    let drop = format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)");
    execute(address, &[&drop, &format!("CREATE DATABASE {unfinished}")])?;
    let inside = with_database(address, &unfinished);
    prepare(&inside)?;
    execute(&inside, &["VACUUM FULL ANALYZE"])?;
    // The first connection writes what the server keeps of the catalogue for the next ones; it is copied with the files.
    execute(&inside, &["SELECT 1"])?;
    execute(address, &[&format!("ALTER DATABASE {unfinished} RENAME TO {template}")])?;
    Ok(())
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.place {
            Place::File(path) => remove_sqlite(path),
            Place::Server { address, name } => {
                // A failed cleanup must not hide the failure of the test.
                if let Err(error) = execute(address, &[&format!("DROP DATABASE {name} WITH (FORCE)")]) {
                    eprintln!("{name} stays behind: {error}");
                }
            }
        }
    }
}

/// Executes statements on the PostgreSQL server, outside the test databases.
pub fn on_database_server(statements: &[&str]) -> Result<(), String> {
    execute(&TestDatabase::server_address()?, statements).map(|_| ())
}

/// Executes statements in order on a new connection; returns true if the last one returned a row.
fn execute(address: &str, statements: &[&str]) -> Result<bool, String> {
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let readable = |error: tokio_postgres::Error| match error.as_db_error() {
            Some(known) => known.message().to_owned(),
            None => error.to_string(),
        };
        let (client, connection) = tokio_postgres::connect(address, NoTls).await.map_err(readable)?;
        tokio::spawn(connection);
        let mut found = false;
        for statement in statements {
            let messages = client.simple_query(statement).await.map_err(readable)?;
            found =
                messages.iter().any(|message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(_)));
        }
        Ok(found)
    })
}

/// Returns the address of another database on the same server.
fn with_database(address: &str, name: &str) -> String {
    let (address, query) = match address.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (address, String::new()),
    };
    let start = address.find("://").map_or(0, |scheme| scheme + "://".len());
    let end = address[start..].rfind('/').map_or(address.len(), |slash| start + slash);
    format!("{}/{name}{query}", &address[..end])
}

/// Returns a working folder beside the test programs.
fn working_folder() -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = program.parent().unwrap_or(Path::new(".")).join("obcms-tests");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    Ok(folder)
}

/// Hash of the sources, which distinguishes their templates.
const SOURCES: &str = env!("OBCMS_SOURCES");

/// Locks out others, in this process and in others, until the file is dropped.
fn lock(folder: &Path, name: &str) -> Result<File, String> {
    let file = File::create(folder.join(format!("{name}.lock"))).map_err(|error| error.to_string())?;
    file.lock().map_err(|error| error.to_string())?;
    Ok(file)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes templates of earlier sources, which only take up space.
fn remove_templates(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("template_") {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn remove_sqlite(path: &Path) {
    for ending in ["", "-wal", "-shm", ".lock"] {
        let _ = fs::remove_file(beside(path, ending));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_name_is_replaced() {
        for (address, other) in [
            ("postgres://u:p@h:1/postgres", "postgres://u:p@h:1/t"),
            ("postgres://u:p@h:1", "postgres://u:p@h:1/t"),
            ("postgres://u:p@h/postgres?sslmode=disable", "postgres://u:p@h/t?sslmode=disable"),
        ] {
            assert_eq!(with_database(address, "t"), other);
        }
    }
}
