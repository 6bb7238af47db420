//! Somebody who is signed in with a browser.

use obcms_domain::core::id::Id;
use serde_json::json;

use crate::{Answer, Client, PASSWORD, Person, Server};

/// A client with a session, and the token that its forms carry.
pub struct Browser {
    /// Sends the cookie of the session.
    pub client: Client,
    /// The token of the forms.
    pub token: String,
    /// Identity of the user.
    pub id: Id,
}

impl Browser {
    /// A new user of that role, signed in.
    pub fn of(server: &Server, role: &str) -> Self {
        Self::sign_in(server, &server.person(&[role]))
    }

    /// Signs a person in.
    pub fn sign_in(server: &Server, person: &Person) -> Self {
        let fields = [("username", person.username.as_str()), ("password", PASSWORD), ("next", "/")];
        let answer = server.anonymous().post_form("/login", &fields).expect_status(303);
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let client = server.anonymous().with_header("cookie", &cookie);
        let token = form_token(&client.get("/me").expect_status(200).text).to_owned();
        Self { client, token, id: person.id }
    }

    /// The text of a page.
    pub fn page(&self, path: &str) -> String {
        self.client.get(path).expect_status(200).text
    }

    /// Takes back what the message of an answer offers: only who did it may.
    pub fn undo(&self, address: &str) {
        let client = self.client.with_header("x-csrf-token", &self.token);
        client.post(address, &json!({})).expect_status(200);
    }

    /// Sends the fields of a form with its token.
    pub fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("csrf_token", self.token.as_str())];
        all.extend(fields);
        self.client.post_form(path, &all)
    }
}

/// The token in the first form of a page.
pub fn form_token(page: &str) -> &str {
    let token = page.split_once("name=\"csrf_token\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    token.unwrap_or_else(|| panic!("a form with a token, not {page}"))
}
