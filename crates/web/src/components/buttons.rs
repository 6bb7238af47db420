//! Buttons: links in the shape of buttons, and forms of one button.

use maud::{Markup, html};

use super::icons::icon;

/// Emphasis of a button.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum ButtonKind {
    /// One of several.
    #[default]
    Plain,
    /// Main action of the page; there is one.
    Main,
    /// Destructive action.
    Danger,
    /// Without border, for small actions beside content.
    Quiet,
}

impl ButtonKind {
    /// Value of `data-kind`.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Main => Some("main"),
            Self::Danger => Some("danger"),
            Self::Quiet => Some("quiet"),
        }
    }
}

/// Link as a button; `drawing` is the name of an icon or empty.
#[must_use]
pub fn button_link(label: &str, href: &str, drawing: &str, kind: ButtonKind) -> Markup {
    html! { a.button data-kind=[kind.name()] href=(href) { (drawn(drawing)) (label) } }
}

/// Submit button of its form.
#[must_use]
pub fn submit_button(label: &str, drawing: &str, kind: ButtonKind) -> Markup {
    html! { button.button type="submit" data-kind=[kind.name()] { (drawn(drawing)) (label) } }
}

/// Form of one button: `POST action` with the token and the hidden fields.
#[must_use]
pub fn post_button(
    label: &str,
    action: &str,
    drawing: &str,
    kind: ButtonKind,
    csrf_token: &str,
    fields: &[(&str, &str)],
) -> Markup {
    html! {
        form.post-button method="post" action=(action) {
            input type="hidden" name="csrf_token" value=(csrf_token);
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            (submit_button(label, drawing, kind))
        }
    }
}

fn drawn(drawing: &str) -> Markup {
    html! { @if !drawing.is_empty() { (icon(drawing)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_button_carries_its_token_and_fields() {
        let text = post_button("Approve", "/x", "check", ButtonKind::Main, "t1", &[("action", "approve")])
            .into_string();
        assert!(text.contains("name=\"csrf_token\" value=\"t1\""));
        assert!(text.contains("name=\"action\" value=\"approve\""));
    }
}
