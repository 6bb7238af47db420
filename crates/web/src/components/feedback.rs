//! Feedback: empty lists, errors, missing rights, messages.

use maud::{Markup, html};

use super::badges::Tone;
use super::buttons::{ButtonKind, button_link};
use super::icons::{icon, large_icon};
use crate::components::words::t;

/// Name of the cookie that carries one message to the next page.
pub const FLASH_COOKIE: &str = "obcms_flash";

/// Placeholder of an empty list.
#[derive(Debug, Default, Clone)]
pub struct EmptyState {
    /// Icon.
    pub icon: String,
    /// Title, such as "No tasks yet".
    pub title: String,
    /// Purpose of the list.
    pub text: String,
    /// Label and address of the one action, if the person may do it.
    pub action: Option<(String, String)>,
}

/// Placeholder of an empty list.
#[must_use]
pub fn empty_state(empty: &EmptyState) -> Markup {
    html! {
        div.empty {
            (large_icon(&empty.icon))
            h2 { (empty.title) }
            p { (empty.text) }
            @if let Some((label, href)) = &empty.action { (button_link(label, href, "plus", ButtonKind::Main)) }
        }
    }
}

/// Error in place of a page or a part: what happened, that nothing was lost, what to do.
#[must_use]
pub fn error_panel(title: &str, text: &str, action: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty role="alert" data-tone="bad" {
            (large_icon("circle-alert"))
            h2 { (title) }
            p { (text) }
            @if let Some((label, href)) = action { (button_link(label, href, "", ButtonKind::Plain)) }
        }
    }
}

/// Error as a whole page.
#[must_use]
pub fn error_page(title: &str, text: &str, action: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty role="alert" data-tone="bad" data-failed {
            (large_icon("circle-alert"))
            h1 { (title) }
            p { (text) }
            @if let Some((label, href)) = action { (button_link(label, href, "", ButtonKind::Plain)) }
        }
    }
}

/// Page of a missing right, with the roles that have it.
#[must_use]
pub fn not_allowed(what: &str, who_can: &[String]) -> Markup {
    html! {
        div.empty data-failed {
            (large_icon("lock"))
            h1 { (t!("You do not have permission to {what}", what)) }
            @if who_can.is_empty() {
                p { (t!("If you need access, ask an administrator.")) }
            } @else {
                p { (t!("Allowed roles:")) " " }
                ul.empty-list { @for who in who_can { li { (who) } } }
                p { (t!("Ask one of them or an administrator.")) }
            }
            (button_link(t!("Go to Today"), "/", "", ButtonKind::Plain))
        }
    }
}

/// Notice within a page, such as a warning above a form.
#[must_use]
pub fn notice(tone: Tone, content: &Markup) -> Markup {
    let drawing = match tone {
        Tone::Good => "circle-check",
        Tone::Warning => "triangle-alert",
        Tone::Bad => "circle-alert",
        _ => "info",
    };
    html! {
        div.notice data-tone=[tone.name()] role=[(tone == Tone::Bad).then_some("alert")] {
            (icon(drawing))
            div.grow { (content) }
        }
    }
}

/// Returns the `Set-Cookie` value of a message on the page with this path, with an address to undo.
///
/// The script of that page reads and deletes it, so it is not `HttpOnly`; it expires after a minute. Other pages leave it:
/// the page that is left may start its script late, and another tab may load at the same time.
#[must_use]
pub fn flash_cookie(path: &str, message: &str, undo: Option<&str>) -> String {
    let mut body = serde_json::Map::new();
    body.insert("path".to_owned(), path.into());
    body.insert("message".to_owned(), message.into());
    if let Some(undo) = undo {
        body.insert("undo".to_owned(), undo.into());
    }
    let text = percent_encoded(&serde_json::Value::Object(body).to_string());
    format!("{FLASH_COOKIE}={text}; Path=/; Max-Age=60; SameSite=Lax")
}

/// Percent-encodes everything except letters, digits and the marks that a cookie and `decodeURIComponent` share.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flash_is_encoded_for_a_cookie() {
        let value = flash_cookie("/needs/1", "Saved \"Marawi; ₱\"", Some("/api/v1/needs/1/undo"));
        let body = value.strip_prefix("obcms_flash=").unwrap().split_once("; Path").unwrap().0;
        assert!(body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte)));
        assert!(body.contains("%E2%82%B1") && body.contains("undo"));
        assert!(body.contains("%22%2Fneeds%2F1%22"), "{body}");
    }

    #[test]
    fn refusal_names_the_roles_with_the_right() {
        let text = not_allowed("approve budgets", &["Budget officers".to_owned()]).into_string();
        assert!(
            text.contains("You do not have permission to approve budgets")
                && text.contains("Budget officers")
        );
    }
}
