//! The real server in the process of the test.

use crate::{Client, Engine, TestDatabase};
use axum::Router;
use jiff::Timestamp;
use obcms_store::{Database, Location, migrations};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A server with a database of its own, on a free port; both go away with it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    runtime: Option<Runtime>,
    // After the runtime, so that nothing is connected any more when the database is dropped.
    database: TestDatabase,
}

impl Server {
    /// Starts a server on a fresh copy of the prepared database.
    pub fn start(engine: Engine) -> Server {
        let database = TestDatabase::new(engine, prepare);
        let started = Runtime::new().and_then(|runtime| {
            let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
            let address = listener.local_addr()?;
            let router = runtime.block_on(router(database.url()));
            runtime.spawn(async move { axum::serve(listener, router).await });
            Ok((address, runtime))
        });
        match started {
            Ok((address, runtime)) => Server { address, runtime: Some(runtime), database },
            Err(error) => panic!("no server for the test: {error}"),
        }
    }

    /// Where it answers, such as `http://127.0.0.1:40000`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of its database, to look beneath it or to start a second server on it.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// A client that is nobody.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.base())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(10));
        }
    }
}

/// Brings the schema into an empty database.
fn prepare(url: &str) -> Result<(), String> {
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let location = Location::parse(url, Path::new("")).map_err(|error| error.to_string())?;
    let database = Database::open(&location, runtime.handle()).map_err(|error| error.to_string())?;
    migrations::migrate(&database, Timestamp::UNIX_EPOCH).map_err(|error| error.to_string())?;
    Ok(())
}

async fn router(_url: &str) -> Router {
    Router::new().route("/healthz", axum::routing::get(async || "ok\n"))
}
