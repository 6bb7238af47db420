//! Program with a database of its own, for one test.
#![allow(clippy::unwrap_used)] // A failed assumption fails the test.
#![allow(dead_code)] // Every file of tests uses only a part.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use obcms_app::{App, Clock, Entropy, FixedClock, Options};
use obcms_store::{Database, Location, migrations};
use serde_json::{Map, Value as Json};

/// Program of a test with its clock and folder.
pub struct Home {
    pub app: App,
    pub clock: Arc<FixedClock>,
    folder: PathBuf,
}

impl Home {
    /// Moves the clock forward.
    pub fn pass(&self, time: SignedDuration) {
        self.clock.set(self.clock.now() + time);
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Returns a program with the seeds of every installation.
pub fn home(name: &str) -> Home {
    let home = open(name);
    home.app.prepare().expect("the program is prepared");
    home
}

/// Returns a program with an empty database.
pub fn bare(name: &str) -> Home {
    let home = open(name);
    migrations::migrate(home.app.database(), home.app.now()).expect("the tables are made");
    home
}

fn open(name: &str) -> Home {
    let folder = std::env::temp_dir().join(format!("obcms-app-{name}-{}", std::process::id()));
    let database = Database::open(&Location::Sqlite(folder.join("obcms.db"))).expect("a database");
    let start: Timestamp = "2027-01-04T01:00:00Z".parse().expect("an instant");
    let clock = Arc::new(FixedClock::new(start));
    let app = App::new(database, clock.clone(), Entropy::system(), Options::default()).expect("a program");
    Home { app, clock, folder }
}

/// Returns the members of an input.
pub fn input(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}
