//! Real server in the process of the test.

use crate::{Client, Engine, TestClock, TestDatabase};
use jiff::{SignedDuration, Timestamp};
use obcms_app::accounts::PasswordCost;
use obcms_app::records::Input;
use obcms_app::{Actor, App, AppError, Clock, Entropy, FixedClock, Options, SystemClock};
use obcms_domain::core::id::Id;
use obcms_domain::core::networks::Network;
use obcms_domain::kinds::USER;
use obcms_store::{Database, Location};
use obcms_web::server::{Limits, serve};
use obcms_web::{State, WebSettings};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Password of every user of the harness.
pub const PASSWORD: &str = "river stone lamp";

/// Its hash. Most tests never sign in, and calculating it costs a tenth of a short test.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=8,t=1,p=1$4bcD8n6UgdHjjuiDt2jlaA$84srHoXmKhedbMI05nr4J1/cFvKsTbzO5RH0vxbeMy8";

/// Quota of attached files of the harness: two of the largest files and a little more.
pub const FILES_QUOTA: u64 = 60 * 1024 * 1024;

/// Server with a database of its own, on a free port; both are removed with it.
pub struct Server {
    address: SocketAddr,
    app: App,
    users: AtomicU32,
    /// Fixed instant of the clock of servers behind a proxy.
    stopped: OnceLock<Timestamp>,
    runtime: Option<Runtime>,
    url: String,
    // Declared after the runtime, so that all connections are closed before the database is dropped. A second server
    // has none.
    _database: Option<TestDatabase>,
}

/// Person who can sign in, with a client of theirs.
pub struct Person {
    /// User id.
    pub id: Id,
    /// User name; the password is [`PASSWORD`].
    pub username: String,
    /// Client with a token that may write.
    pub client: Client,
}

impl Server {
    /// Starts a server on a fresh copy of the template.
    pub fn start(engine: Engine) -> Server {
        let database = TestDatabase::new(engine, prepare);
        Self::on(database.url().to_owned(), Some(database), WebSettings::default())
    }

    /// Starts a server with the clock of the machine, for tests that also start the program on the same database.
    pub fn start_now(engine: Engine) -> Server {
        let database = TestDatabase::new(engine, prepare);
        let url = database.url().to_owned();
        Self::by(Arc::new(SystemClock), url, Some(database), WebSettings::default())
    }

    /// Starts a server with a fixed clock, for exact comparisons.
    pub fn standing(engine: Engine) -> Server {
        let database = TestDatabase::new(engine, prepare);
        let clock = FixedClock::new(TestClock::start());
        Self::by(Arc::new(clock), database.url().to_owned(), Some(database), WebSettings::default())
    }

    /// Starts a second server on the same database, like another process.
    pub fn second(&self) -> Server {
        Self::on(self.url.clone(), None, WebSettings::default())
    }

    /// Starts a second server on the same database, which trusts proxies on this machine and in private networks, and
    /// so the `X-Forwarded-For` of the test. All such servers have a fixed clock, so that delays do not depend on the
    /// speed of the machine.
    pub fn behind_proxy(&self) -> Server {
        let settings = WebSettings { trusted_proxies: Network::inside(), ..WebSettings::default() };
        let now = *self.stopped.get_or_init(|| self.app.now());
        Self::by(Arc::new(FixedClock::new(now)), self.url.clone(), None, settings)
    }

    fn on(url: String, database: Option<TestDatabase>, settings: WebSettings) -> Server {
        Self::by(Arc::new(TestClock), url, database, settings)
    }

    fn by(
        clock: Arc<dyn Clock>,
        url: String,
        database: Option<TestDatabase>,
        settings: WebSettings,
    ) -> Server {
        let started = || -> Result<_, String> {
            let runtime = Runtime::new().map_err(|error| error.to_string())?;
            let app = open(&url, clock)?;
            app.database().follow(runtime.handle());
            let listener =
                runtime.block_on(TcpListener::bind("127.0.0.1:0")).map_err(|error| error.to_string())?;
            let address = listener.local_addr().map_err(|error| error.to_string())?;
            let state = State::new(app.clone(), settings);
            let trusted = state.settings.trusted_proxies.clone();
            let router = obcms_web::router(state);
            runtime.spawn(serve(listener, router, Limits::default(), trusted, std::future::pending()));
            Ok((address, app, runtime))
        };
        match started() {
            Ok((address, app, runtime)) => Server {
                address,
                app,
                users: AtomicU32::new(0),
                stopped: OnceLock::new(),
                runtime: Some(runtime),
                url,
                _database: database,
            },
            Err(error) => panic!("no server for the test: {error}"),
        }
    }

    /// Returns its address, such as `http://127.0.0.1:40000`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the address of its database, for direct queries or a second server.
    pub fn database_url(&self) -> &str {
        &self.url
    }

    /// Returns the folder of its attached files.
    pub fn files(&self) -> PathBuf {
        files_of(&self.url)
    }

    /// Returns the application behind the server, for setup that is not under test.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Returns the application on the same database with its own clock, like another process.
    pub fn app_at(&self, now: Timestamp) -> (App, Arc<FixedClock>) {
        let clock = Arc::new(FixedClock::new(now));
        let opened = || -> Result<App, String> {
            let location = Location::parse(&self.url, Path::new("")).map_err(|error| error.to_string())?;
            let database = Database::open(&location).map_err(|error| error.to_string())?;
            App::new(database, clock.clone(), Entropy::system(), options(&self.url))
                .map_err(|error| error.to_string())
        };
        match opened() {
            Ok(app) => (app, clock),
            Err(error) => panic!("no second program for the test: {error}"),
        }
    }

    /// Returns an anonymous client.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.base())
    }

    /// Returns a client of a new user with a role.
    pub fn as_role(&self, role: &str) -> Client {
        self.person(&[role]).client
    }

    /// Creates a user with roles.
    pub fn person(&self, roles: &[&str]) -> Person {
        self.person_with(json!({ "roles": roles }))
    }

    /// Creates a user with further members, such as the organization of a partner.
    pub fn person_with(&self, members: Value) -> Person {
        match self.make(members) {
            Ok(person) => person,
            Err(error) => panic!("no user for the test: {error:?}"),
        }
    }

    fn make(&self, members: Value) -> Result<Person, AppError> {
        let number = self.users.fetch_add(1, Ordering::Relaxed) + 1;
        let username = format!("person.{number}");
        let mut input = Input::new();
        input.insert("username".to_owned(), json!(username));
        input.insert("full_name".to_owned(), json!(format!("Person {number}")));
        if let Value::Object(members) = members {
            input.extend(members);
        }
        let user = self.app.create(&Actor::program(), &USER, &input)?;
        self.app.database().write(|tx| {
            tx.execute(
                "UPDATE users SET password_hash = $1 WHERE id = $2",
                &[PASSWORD_HASH.into(), user.id.into()],
            )
        })?;
        let actor = self.app.actor_of(user.id)?.ok_or(AppError::NotFound("user"))?;
        // Without a role there is no token; such a person can only sign in.
        let client = if actor.roles.is_empty() {
            self.anonymous()
        } else {
            let (token, _) = self.app.create_token(&actor, "test", "write", None)?;
            self.anonymous().with_token(&token)
        };
        Ok(Person { id: user.id, username: user.text("username").to_owned(), client })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self._database.is_some() {
            let _ = std::fs::remove_dir_all(self.files());
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(10));
        }
    }
}

/// Returns the options of every test. Password hashes are cheap, because nobody steals them here.
fn options(url: &str) -> Options {
    Options {
        password_cost: PasswordCost { memory: 8, passes: 1 },
        files: Some(files_of(url)),
        files_quota: FILES_QUOTA,
        fonts: Some(obcms_web::components::assets::fonts()),
        ..Options::default()
    }
}

/// Returns the folder of attached files beside a database, the same for all servers on it.
fn files_of(url: &str) -> PathBuf {
    let name: String =
        url.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    std::env::temp_dir().join("obcms-test-files").join(name)
}

/// Opens the application on the database at an address.
fn open(url: &str, clock: Arc<dyn Clock>) -> Result<App, String> {
    let location = Location::parse(url, Path::new("")).map_err(|error| error.to_string())?;
    let database = Database::open(&location).map_err(|error| error.to_string())?;
    App::new(database, clock, Entropy::system(), options(url)).map_err(|error| error.to_string())
}

/// Migrates and seeds an empty database, without data that every copy would carry for nothing: the barangays outside
/// Region XII (codes that do not begin with 12) and the holidays, which would appear in every window of the calendar.
/// Tests of holidays calculate their own.
fn prepare(url: &str) -> Result<(), String> {
    // Earlier than the clock of any test, because other processes start theirs while this one is busy.
    let clock = FixedClock::new(TestClock::start() - SignedDuration::from_hours(1));
    let app = open(url, Arc::new(clock))?;
    app.prepare().map_err(|error| error.to_string())?;
    app.database()
        .write(|tx| {
            tx.batch(
                "DELETE FROM calendar_entries WHERE kind = 'holiday'; DELETE FROM records WHERE kind = 'holiday'; \
                 DELETE FROM search_words WHERE kind = 'holiday'; DELETE FROM changes WHERE kind = 'holiday'; \
                 DELETE FROM holidays; \
                 DELETE FROM barangays WHERE code NOT LIKE '12%'; \
                 DELETE FROM records WHERE kind = 'barangay' AND id NOT IN (SELECT id FROM barangays); \
                 DELETE FROM search_words WHERE kind = 'barangay' AND id NOT IN (SELECT id FROM barangays); \
                 DELETE FROM edges WHERE source_kind = 'barangay' AND source NOT IN (SELECT id FROM barangays);",
            )
        })
        .map_err(|error: obcms_store::StoreError| error.to_string())
}
