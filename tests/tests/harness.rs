//! The harness itself.

use obcms_tests::on_both_engines;

on_both_engines! {
    fn every_test_has_a_server_that_lives(server: &Server) {
        server.anonymous().get("/healthz").expect_status(200);
        server.anonymous().get("/nowhere-at-all").expect_status(404);
    }
}
