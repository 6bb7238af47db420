//! Copy field: a line of text with a button that copies it.

use maud::{Markup, html};

use super::icons::icon;
use crate::components::words::t;

/// Copy field. Without script the text can be selected and copied by hand.
#[must_use]
pub fn copy_field(label: &str, text: &str) -> Markup {
    html! {
        div.copy-field data-copy-field {
            input.input type="text" readonly value=(text) aria-label=(label);
            button.button type="button" data-copy { (icon("copy")) (t!("Copy")) }
        }
    }
}
