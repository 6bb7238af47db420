//! Person signed in with a browser.

use obcms_domain::core::id::Id;
use serde_json::json;

use crate::{Answer, Client, PASSWORD, Person, Server};

/// Client with a session and its form token.
pub struct Browser {
    /// Client that sends the session cookie.
    pub client: Client,
    /// Form token.
    pub token: String,
    /// User id.
    pub id: Id,
}

impl Browser {
    /// Creates a user with a role and signs in.
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

    /// Returns the text of a page.
    pub fn page(&self, path: &str) -> String {
        self.client.get(path).expect_status(200).text
    }

    /// Undoes the change set offered by the message of an answer. Only its actor may.
    pub fn undo(&self, address: &str) {
        let client = self.client.with_header("x-csrf-token", &self.token);
        client.post(address, &json!({})).expect_status(200);
    }

    /// Sends a form with its token.
    pub fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("csrf_token", self.token.as_str())];
        all.extend(fields);
        self.client.post_form(path, &all)
    }
}

/// Returns the token in the first form of a page.
pub fn form_token(page: &str) -> &str {
    let token = page.split_once("name=\"csrf_token\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    token.unwrap_or_else(|| panic!("a form with a token, not {page}"))
}
