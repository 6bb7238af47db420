//! Tests of the harness.

use obcms_app::accounts::Client;
use obcms_tests::{PASSWORD, on_both_engines};

on_both_engines! {
    fn every_test_has_a_running_server(server: &Server) {
        server.anonymous().get("/healthz").expect_status(200);
        server.anonymous().get("/nowhere-at-all").expect_status(404);
    }

    fn people_have_a_token_and_a_password(server: &Server) {
        let person = server.person(&["staff", "executive"]);
        let signed_in = server.app().sign_in(&person.username, PASSWORD, &Client::default()).expect("they come in");
        assert_eq!(signed_in.session.user_id, person.id);
        let actor = server.app().actor_of(person.id).expect("an answer").expect("the user is open");
        assert_eq!(server.app().tokens(&actor).expect("an answer").len(), 1);
        assert_ne!(server.person(&[]).id, person.id);
    }
}
