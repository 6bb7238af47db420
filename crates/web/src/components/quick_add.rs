//! Quick add bar: one line that becomes a task. `ui/src/tasks/quick-add.ts` reads it while it is typed and adds the
//! task without leaving the page.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::icons::icon;
use super::words::t;

/// Quick add bar.
#[derive(Debug, Default, Clone)]
pub struct QuickAdd {
    /// Id, unique on the page.
    pub id: String,
    /// Label for screen readers, such as "Add to In progress".
    pub label: String,
    /// Values that the task has unless the line says otherwise.
    pub defaults: Json,
    /// True if its card is the first of its column.
    pub is_first: bool,
    /// Address to return to without script.
    pub back: String,
    /// Anti-forgery token.
    pub csrf_token: String,
    /// Refused line.
    pub text: String,
    /// Refusal.
    pub error: Option<String>,
    /// True for the narrow form in a column.
    pub is_narrow: bool,
}

/// Quick add bar.
#[must_use]
pub fn quick_add(bar: &QuickAdd) -> Markup {
    let (input, error) = (format!("{}-text", bar.id), format!("{}-error", bar.id));
    let example = if bar.is_narrow {
        t!("Add a task")
    } else {
        t!("Add a task: Call the MAO friday 3pm @ana !high #ppa:water")
    };
    html! {
        form.quick-add id=(bar.id) method="post" action="/tasks/quick" data-quick-add data-plain {
            input type="hidden" name="csrf_token" value=(bar.csrf_token);
            input type="hidden" name="back" value=(bar.back);
            @if !bar.defaults.is_null() { input type="hidden" name="defaults" value=(bar.defaults.to_string()); }
            @if bar.is_first { input type="hidden" name="place" value="first"; }
            (icon("plus"))
            input type="text" id=(input) name="text" required maxlength="1000" autocomplete="off" value=(bar.text)
                placeholder=(example) aria-label=(bar.label) aria-invalid=[bar.error.as_ref().map(|_| "true")]
                aria-describedby=[bar.error.as_ref().map(|_| &error)];
            // Enter adds the task; the button is for those who have no such key.
            button.quick-submit type="submit" { (t!("Add")) }
            @if let Some(message) = &bar.error { p.field-error id=(error) { (icon("circle-alert")) (message) } }
        }
    }
}
