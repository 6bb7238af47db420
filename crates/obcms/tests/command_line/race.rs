//! Several processes of the program on one database.

use obcms_tests::{Engine, Server, race};

use super::program::{Folder, Serving};

/// Asserts that the database itself prevents conflicts between processes that know nothing of each other.
#[test]
fn two_processes_on_one_database_create_no_conflict() {
    let server = Server::start_now(Engine::Postgres);
    let folder = Folder::new("race");
    let start = || Serving::start(&folder, &["--database", server.database_url()]);
    let (one, other) = (start(), start());
    let address = |serving: &Serving| format!("http://{}", serving.address);
    race::many_want_the_same(&server, &[address(&one), address(&other)]);
}
