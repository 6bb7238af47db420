//! Pages, API and live updates of obcms.

pub mod address;
pub mod api;
pub mod assets;
pub mod caller;
pub mod components;
pub mod feeds;
pub mod health;
pub mod input;
pub mod metrics;
pub mod pages;
pub mod problem;
pub mod route;
mod router;
mod state;

pub use router::router;
pub use state::{State, WebSettings, blocking};
