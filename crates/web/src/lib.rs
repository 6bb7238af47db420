//! Pages, API and live updates of obcms.

pub mod address;
pub mod api;
pub mod assets;
pub mod bodies;
pub mod caller;
pub mod components;
pub mod feeds;
pub mod guard;
pub mod guesses;
pub mod hashing;
pub mod health;
pub mod input;
pub mod limits;
pub mod live_streams;
pub mod metrics;
pub mod pages;
pub mod problem;
pub mod requests;
pub mod return_path;
pub mod route;
mod router;
pub mod server;
mod state;
mod words;

pub use metrics::MetricsAccess;
pub use router::router;
pub use state::{State, WebSettings, blocking};
