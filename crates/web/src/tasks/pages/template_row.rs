//! Rows of the editor of a task template.

use maud::{Markup, html};
use obcms_domain::choices::{
    ANCHORS, ASSIGNEE_RULES, Choice as Entry, DUE_RULES, PRIORITIES, RESOURCE_TYPES, TASK_PHASES,
};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::template_items::ItemProblem;
use obcms_store::records::Directory;
use serde_json::{Map, Value as Json};

use crate::components::icons::icon;
use crate::components::words::{self, t, t_html};

/// Members that a closed row hides.
const FOLDED: [&str; 10] = [
    "key",
    "description",
    "due_rule",
    "visible_to_partners",
    "prerequisites",
    "booking_resource",
    "booking_resource_type",
    "booking_days",
    "booking_start",
    "booking_hours",
];

/// Visibility of the task of a row. A list rather than a checkbox, because an unchecked box sends nothing and the
/// columns would no longer match their rows.
const VISIBILITY: &[Entry] =
    &[Entry { value: "false", label: "Office" }, Entry { value: "true", label: "Office and partners" }];

/// Item as it was typed.
pub(super) type Row = Map<String, Json>;

fn value(row: &Row, name: &str) -> String {
    match row.get(name) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Number(number)) => {
            let text = number.to_string();
            text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
        }
        Some(Json::Bool(value)) => value.to_string(),
        _ => String::new(),
    }
}

/// Row of the editor with its controls.
struct RowControls<'a> {
    row: &'a Row,
    place: usize,
    wrong: Vec<&'a ItemProblem>,
    focus: Option<&'static str>,
}

impl RowControls<'_> {
    fn number(&self) -> usize {
        self.place + 1
    }

    fn label(&self, words: &str) -> String {
        t!("{words} of task {number}", words, number = self.number())
    }

    fn error(&self, name: &str) -> Markup {
        html! {
            @for problem in self.wrong.iter().filter(|problem| problem.member == name) {
                span.field-error { (icon("circle-alert")) (words::message(&problem.message)) }
            }
        }
    }

    fn is_wrong(&self, name: &str) -> Option<&'static str> {
        self.wrong.iter().any(|problem| problem.member == name).then_some("true")
    }

    fn line(&self, name: &str, words: &str, kind: &str) -> Markup {
        html! {
            label.template-field data-member=(name) {
                span { (words) }
                input.input type=(kind) name={ "items." (name) } value=(value(self.row, name)) aria-label=(self.label(words))
                    aria-invalid=[self.is_wrong(name)] autofocus[self.focus == Some(name)];
                (self.error(name))
            }
        }
    }

    fn list(&self, name: &str, words: &str, entries: &[Entry], empty: Option<&str>) -> Markup {
        let chosen = value(self.row, name);
        html! {
            label.template-field data-member=(name) {
                span { (words) }
                select.input name={ "items." (name) } aria-label=(self.label(words)) aria-invalid=[self.is_wrong(name)] {
                    @if let Some(empty) = empty { option value="" selected[chosen.is_empty()] { (empty) } }
                    @for entry in entries { option value=(entry.value) selected[entry.value == chosen] { (words::text(entry.label)) } }
                }
                (self.error(name))
            }
        }
    }

    fn act(&self, action: &'static str, words: &str, drawing: &str, disabled: bool) -> Markup {
        html! {
            button.button type="submit" name="do" value={ (action) ":" (self.place) } data-kind="quiet" data-only="icon"
                autofocus[self.focus == Some(action)] title=(words)
                aria-label={ (t_html!("{action} task {number}", action = words, number = self.number())) } disabled[disabled] {
                (icon(drawing))
            }
        }
    }

    /// Picker of the resource. Without script it is an input for the id.
    fn resource(&self, resources: &Directory) -> Markup {
        let id = value(self.row, "booking_resource");
        let title = id.parse::<Id>().ok().and_then(|id| resources.get(&id)).map(|found| found.title.as_str());
        // A name of its own for each row: the script keeps ids and labels apart by it.
        let name = format!("items.booking_resource.{}", self.place);
        let id_of_input = format!("field-{name}");
        html! {
            div.template-field data-member="booking_resource" {
                label for=(id_of_input) { (t!("Resource")) span.visually-hidden { " " (t!("of task {number}", number = self.number())) } }
                div.reference data-reference="resources" data-name=(name) {
                    input.input id=(id_of_input) type="text" name=(name) value=(id) data-title=[title] autocomplete="off"
                        placeholder=(t!("Id")) aria-invalid=[self.is_wrong("booking_resource")];
                }
                (self.error("booking_resource"))
            }
        }
    }

    fn prerequisites(&self, above: &[Row]) -> Markup {
        let chosen: Vec<&str> = self
            .row
            .get("prerequisites")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .collect();
        let known: Vec<(String, String)> = above
            .iter()
            .map(|row| (value(row, "key"), value(row, "title")))
            .filter(|(key, _)| !key.is_empty())
            .collect();
        let unknown = chosen.iter().filter(|key| !known.iter().any(|(other, _)| other == *key));
        html! {
            fieldset.template-prerequisites {
                legend { (t!("Depends on")) }
                (self.error("prerequisites"))
                @if known.is_empty() { span.muted { (t!("No tasks above.")) } }
                @for (key, title) in &known {
                    label.check {
                        input type="checkbox" name={ "items.prerequisites." (self.place) } value=(key) checked[chosen.contains(&key.as_str())];
                        span { (title) }
                    }
                }
                // A prerequisite that was moved below this row is shown until somebody removes it.
                @for key in unknown {
                    label.check {
                        input type="checkbox" name={ "items.prerequisites." (self.place) } value=(key) checked;
                        span { (key) }
                    }
                }
            }
        }
    }
}

/// Row of the editor at a place, with its errors and the control that has the focus.
pub(super) fn row_fields(
    rows: &[Row],
    focus: Option<(usize, &'static str)>,
    place: usize,
    wrong: &[ItemProblem],
    resources: &Directory,
) -> Markup {
    let row = RowControls {
        row: &rows[place],
        place,
        wrong: wrong.iter().filter(|problem| problem.place == place).collect(),
        focus: focus.filter(|(focused, _)| *focused == place).map(|(_, control)| control),
    };
    let is_open = row.wrong.iter().any(|problem| FOLDED.contains(&problem.member.as_str()));
    let last = rows.len() - 1;
    let of_template = t!("As the template");
    html! {
        li.template-row {
            (row.line("title", t!("Title"), "text"))
            (row.line("offset_days", t!("Days"), "number"))
            (row.list("anchor", t!("From"), ANCHORS, None))
            (row.list("assignee", t!("Assignee"), ASSIGNEE_RULES, None))
            (row.list("priority", t!("Priority"), PRIORITIES, None))
            (row.list("phase", t!("Phase"), TASK_PHASES, Some("–")))
            (row.line("estimated_hours", t!("Hours"), "text"))
            div.template-actions {
                (row.act("up", t!("Move up"), "arrow-up", place == 0))
                (row.act("down", t!("Move down"), "arrow-down", place == last))
                (row.act("remove", t!("Remove"), "x", false))
            }
            details.template-more open[is_open] {
                summary { (t!("Dependencies, booking and more")) }
                div.template-row data-inner {
                    (row.prerequisites(&rows[..place]))
                    (row.line("description", t!("Description"), "text"))
                    (row.list("due_rule", t!("On weekends and holidays"), DUE_RULES, Some(of_template)))
                    (row.list("visible_to_partners", t!("Visible to"), VISIBILITY, None))
                    (row.line("key", t!("Key"), "text"))
                    (row.resource(resources))
                    (row.list("booking_resource_type", t!("Or first free"), RESOURCE_TYPES, Some("–")))
                    (row.line("booking_days", t!("Days from due date"), "number"))
                    (row.line("booking_start", t!("From time"), "time"))
                    (row.line("booking_hours", t!("Hours booked"), "text"))
                }
            }
        }
    }
}
