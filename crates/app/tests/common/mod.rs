//! A program with a database of its own, for one test.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops here.
#![allow(dead_code)] // Every file of tests uses its part.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use obcms_app::{App, Clock, Entropy, FixedClock, Options};
use obcms_store::{Database, Location, migrations};
use serde_json::{Map, Value as Json};

/// The program, and what it stands on.
pub struct Home {
    pub app: App,
    pub clock: Arc<FixedClock>,
    _runtime: tokio::runtime::Runtime,
    folder: PathBuf,
}

impl Home {
    /// Lets time go by.
    pub fn pass(&self, time: SignedDuration) {
        self.clock.set(self.clock.now() + time);
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A program with everything that an installation starts with.
pub fn home(name: &str) -> Home {
    let home = open(name);
    home.app.prepare().expect("the program is prepared");
    home
}

/// A program with the tables and nothing in them.
pub fn bare(name: &str) -> Home {
    let home = open(name);
    migrations::migrate(home.app.database(), home.app.now()).expect("the tables are made");
    home
}

fn open(name: &str) -> Home {
    let folder = std::env::temp_dir().join(format!("obcms-app-{name}-{}", std::process::id()));
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let database =
        Database::open(&Location::Sqlite(folder.join("obcms.db")), runtime.handle()).expect("a database");
    let start: Timestamp = "2027-01-04T01:00:00Z".parse().expect("an instant");
    let clock = Arc::new(FixedClock::new(start));
    let app = App::new(database, clock.clone(), Entropy::system(), Options::default()).expect("a program");
    Home { app, clock, _runtime: runtime, folder }
}

/// The members of an input.
pub fn input(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}
