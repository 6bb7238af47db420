//! Scope of a change to an occurrence. `ui/src/calendar/scope.ts` asks for it in a dialog.

use maud::{Markup, html};

use super::buttons::{ButtonKind, submit_button};
use super::icons::icon;
use super::words;

/// Scopes: value, label and explanation.
pub const CHOICES: [(&str, &str, &str); 3] = [
    ("this", "This occurrence", "Other occurrences do not change."),
    ("following", "This and following occurrences", "Earlier occurrences do not change."),
    ("all", "All occurrences", "Includes past occurrences."),
];

/// Scopes as inputs named `scope` under a legend. Fields of the rule are shown only with a scope that includes it.
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

/// Button that asks for the scope before it posts: a dialog with script, a folded form without. `label` is that of the
/// button, `question` that of the dialog.
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
    fn one_scope_is_preselected() {
        let text = scope_fields("Which dates", "following").into_string();
        assert_eq!(text.matches("type=\"radio\"").count(), 3);
        assert!(text.contains("value=\"following\" checked"));
        assert_eq!(text.matches(" checked").count(), 1);
    }
}
