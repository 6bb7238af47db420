//! Harness of the HTTP tests: a server for every test, on either database, and a client.
//!
//! ```text
//! on_both_engines! {
//!     fn a_need_has_a_score(server: &Server) {
//!         let staff = server.as_role("staff");
//!         let need = staff.post("/api/v1/needs", &json!({ "title": "Well" })).expect_status(201).json;
//!         assert_eq!(need["title"], "Well");
//!     }
//! }
//! ```
//!
//! expands to the tests `a_need_has_a_score::sqlite` and `a_need_has_a_score::postgres`.

pub mod approval;
mod browser;
mod client;
mod clock;
mod database;
pub mod other;
pub mod race;
pub mod sample;
mod server;

pub use browser::{Browser, form_token};
pub use client::{Answer, Client, make, path};
pub use clock::TestClock;
pub use database::{Engine, TestDatabase, on_database_server};
pub use server::{PASSWORD, Person, Server};

/// Expands functions that take a server into one test per database.
#[macro_export]
macro_rules! on_both_engines {
    ($( $(#[$attribute:meta])* fn $name:ident($server:ident: &Server) $body:block )*) => {
        $(
            $(#[$attribute])*
            mod $name {
                #[allow(unused_imports)]
                use super::*;

                fn check($server: &$crate::Server) $body

                #[test]
                fn sqlite() {
                    check(&$crate::Server::start($crate::Engine::Sqlite));
                }

                #[test]
                fn postgres() {
                    check(&$crate::Server::start($crate::Engine::Postgres));
                }
            }
        )*
    };
}
