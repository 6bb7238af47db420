//! Shared state of all requests.

use std::ops::Deref;
use std::sync::Arc;

use obcms_app::App;
use obcms_domain::core::networks::Network;
use tokio::sync::{Semaphore, watch};

use crate::core::bodies::HeldBodies;
use crate::core::exports::Exports;
use crate::core::feeds::{FeedReads, Feeds};
use crate::core::guesses::Guesses;
use crate::core::hashing::HashQueue;
use crate::core::health::Readiness;
use crate::core::limits::{ALL_FILES, FILES_OF_ONE};
use crate::core::live_streams::LiveStreams;
use crate::core::metrics::{Metrics, MetricsAccess};
use crate::core::subject::Subjects;

/// Settings of the server.
#[derive(Clone, Debug, Default)]
pub struct WebSettings {
    /// True if cookies are sent only over TLS; set when the public address is https.
    pub secure_cookies: bool,
    /// Networks of trusted reverse proxies.
    pub trusted_proxies: Vec<Network>,
    /// Access to `/metrics`.
    pub metrics: MetricsAccess,
}

/// State that all requests share. Cheap to clone, because each route has several copies.
#[derive(Clone)]
pub struct State(Arc<Shared>);

impl Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Parts of the state.
pub struct Shared {
    /// The program.
    pub app: App,
    /// All subjects.
    pub subjects: &'static Subjects,
    /// Settings.
    pub settings: WebSettings,
    /// Queue of password hashes.
    pub hashing: HashQueue,
    /// Wrong tokens and links.
    pub guesses: Guesses,
    /// Live streams of each person.
    pub streams: LiveStreams,
    /// Workbooks that are written at the same time.
    pub workbooks: Arc<Semaphore>,
    /// Running exports.
    pub exports: Arc<Exports>,
    /// Memory of large bodies.
    pub bodies: Arc<HeldBodies>,
    /// Disk space of files to attach that are arriving.
    pub uploads: Arc<HeldBodies>,
    /// Cache of rendered feeds.
    pub feeds: Feeds,
    /// Reads of feeds that are not stored yet.
    pub feed_reads: FeedReads,
    /// Counters of requests.
    pub metrics: Metrics,
    /// Last result of the readiness check.
    pub readiness: Readiness,
    shutdown: watch::Sender<bool>,
}

impl State {
    /// Creates the state of a new server that serves these subjects.
    #[must_use]
    pub fn with_subjects(app: App, settings: WebSettings, subjects: &'static Subjects) -> Self {
        Self(Arc::new(Shared {
            app,
            subjects,
            settings,
            hashing: HashQueue::default(),
            guesses: Guesses::default(),
            streams: LiveStreams::default(),
            workbooks: Arc::new(Semaphore::new(2)),
            exports: Arc::default(),
            bodies: Arc::default(),
            uploads: Arc::new(HeldBodies::new(ALL_FILES, FILES_OF_ONE)),
            feeds: Feeds::default(),
            feed_reads: FeedReads::default(),
            metrics: Metrics::default(),
            readiness: Readiness::default(),
            shutdown: watch::channel(false).0,
        }))
    }

    /// Ends open event streams, so that the server can stop.
    pub fn stop(&self) {
        self.shutdown.send_replace(true);
    }

    /// Returns a receiver that becomes true when the server stops.
    #[must_use]
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.shutdown.subscribe()
    }
}

/// Runs blocking work, such as any call of the app, on a worker of the runtime.
pub fn blocking<T>(work: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(work)
}
