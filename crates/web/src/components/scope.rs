//! How far a change of one date of a series reaches. `ui/src/scope.ts` asks the same in a dialog.

use maud::{Markup, html};

use super::buttons::{ButtonKind, submit_button};
use super::icons::icon;
use super::words;

/// The choices: what is sent, what is shown, what it means.
pub const CHOICES: [(&str, &str, &str); 3] = [
    ("this", "This occurrence", "Other occurrences do not change."),
    ("following", "This and following occurrences", "Earlier occurrences do not change."),
    ("all", "All occurrences", "Includes past occurrences."),
];

/// The choices as inputs named `scope` under a legend. Fields of the rule show only with a choice that has one.
#[must_use]
pub fn scope_fields(legend: &str, chosen: &str) -> Markup {
    html! {
        fieldset.field.scope-fields data-size="wide" {
            legend { (legend) }
            div.choices {
                @for (value, label, help) in CHOICES {
                    label.check {
                        input type="radio" name="scope" value=(value) checked[value == chosen];
                        span { (words::text(label)) " " small.muted { (words::text(help)) } }
                    }
                }
            }
        }
    }
}

/// A button that asks how far before it posts: a dialog with script, a folded form without. `label` names the deed,
/// `question` the dialog.
#[must_use]
pub fn scope_button(
    label: &str,
    question: &str,
    drawing: &str,
    action: &str,
    csrf_token: &str,
    fields: &[(&str, &str)],
) -> Markup {
    html! {
        details.menu data-side="end" data-ask-scope=(question) {
            summary.button { (icon(drawing)) (label) }
            div.menu-panel.scope-panel {
                form.stack data-gap="small" method="post" action=(action) {
                    input type="hidden" name="csrf_token" value=(csrf_token);
                    @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                    (scope_fields(question, "this"))
                    (submit_button(question, "", ButtonKind::Danger))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_choice_is_made_beforehand() {
        let text = scope_fields("Which dates", "following").into_string();
        assert_eq!(text.matches("type=\"radio\"").count(), 3);
        assert!(text.contains("value=\"following\" checked"));
        assert_eq!(text.matches(" checked").count(), 1);
    }
}
