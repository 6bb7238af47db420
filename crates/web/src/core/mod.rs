//! What every page and every operation is built on. It knows no subject.

pub mod address;
pub mod bodies;
pub mod caller;
pub mod errors;
pub mod exports;
pub mod feeds;
pub mod forms;
pub mod frame;
pub mod guard;
pub mod guesses;
pub mod hashing;
pub mod health;
pub mod input;
pub mod limits;
pub mod live_streams;
pub mod metrics;
pub mod openapi;
pub mod problem;
pub mod requests;
pub mod return_path;
pub mod route;
pub(crate) mod router;
pub mod server;
pub mod state;
pub mod stream;
