//! Forms: the one place where a field becomes HTML.
//!
//! Label above, help beneath, error beside the field and in a summary at the top that links to it. Everything works
//! without script; `ui/src/core/forms.ts` and `ui/src/core/reference-picker.ts` make it quicker.

use maud::{Markup, html};

use super::buttons::{ButtonKind, button_link, submit_button};
use super::icons::icon;
use super::recurrence;
use crate::components::words::{t, t_html};

/// Field of a form.
#[derive(Debug, Default, Clone)]
pub struct FormField {
    /// Name in the request; its element has the id `field-NAME`, or `PART-NAME`.
    pub name: String,
    /// Part of the page, if another form there has fields of the same names; or empty.
    pub part: &'static str,
    /// Label.
    pub label: String,
    /// Help text, or empty.
    pub help: String,
    /// Error message that says what to do.
    pub error: Option<String>,
    /// True if a value is required.
    pub required: bool,
    /// Control with its value.
    pub control: Control,
}

/// Control of a field with its value. Values are texts, so that invalid input is preserved.
#[derive(Debug, Clone)]
pub enum Control {
    /// One line of text.
    Text {
        /// Value.
        value: String,
    },
    /// Several lines.
    Multiline {
        /// Value.
        value: String,
        /// Number of visible lines; it grows with the text.
        rows: u8,
    },
    /// A number.
    Number {
        /// Value.
        value: String,
        /// Minimum.
        minimum: Option<i64>,
        /// Maximum.
        maximum: Option<i64>,
        /// `1` for whole numbers, `any` for others.
        step: &'static str,
    },
    /// Money as people write it: `1,250,000` or `1.25M`.
    Money {
        /// Value.
        value: String,
    },
    /// A date, `YYYY-MM-DD`.
    Date {
        /// Value.
        value: String,
    },
    /// A local date and time, `YYYY-MM-DDTHH:MM`.
    DateTime {
        /// Value.
        value: String,
    },
    /// A time of day, `HH:MM`.
    Time {
        /// Value.
        value: String,
    },
    /// Yes or no; sent as `true`, and not at all when unchecked.
    Checkbox {
        /// True if it is checked.
        checked: bool,
    },
    /// One option of a list. The first one is empty unless the field is required and has a value.
    Select {
        /// Options.
        options: Vec<Choice>,
    },
    /// One option of a short list, all shown.
    Radio {
        /// Options.
        options: Vec<Choice>,
    },
    /// Several options of a list; the name is sent once for each.
    MultiSelect {
        /// Options.
        options: Vec<Choice>,
    },
    /// Reference to a record, with a search; its id is sent.
    Reference {
        /// Collection, as in `/api/v1/COLLECTION`.
        collection: String,
        /// Selected id and title.
        selected: Option<(String, String)>,
    },
    /// References to several records; the name is sent once for each id.
    References {
        /// Collection.
        collection: String,
        /// Selected ids and titles.
        selected: Vec<(String, String)>,
    },
    /// References to records of several kinds, with a search; `kind:id` is sent, once for each.
    Links {
        /// Kinds, such as `event`.
        kinds: Vec<String>,
        /// Selected values (`kind:id`) and titles.
        selected: Vec<(String, String)>,
        /// True if there may be more than one.
        many: bool,
    },
    /// Day and, unless a checkbox `all_day` of the form is checked, a time of that day; sent as `NAME` and
    /// `NAME.time`.
    Moment {
        /// Day, `YYYY-MM-DD`.
        day: String,
        /// Time, `HH:MM`.
        time: String,
    },
    /// Recurrence rule as text; the script replaces it by controls and shows the next occurrences.
    Recurrence {
        /// Rule.
        value: String,
        /// Names of the inputs with the start; the first one with a value counts.
        starts: Vec<String>,
    },
    /// Dates as comma-separated text; the script replaces it by a list with a date picker.
    Dates {
        /// Dates.
        value: String,
    },
    /// Inputs of a structure.
    Structure {
        /// Inputs; each has its own label.
        content: Markup,
    },
    /// Password; never filled in by the server.
    Password {
        /// `current-password` or `new-password`.
        autocomplete: &'static str,
    },
    /// E-mail address.
    Email {
        /// Value.
        value: String,
    },
    /// Web address.
    Url {
        /// Value.
        value: String,
    },
    /// JSON text.
    Json {
        /// Value.
        value: String,
    },
    /// Value that is shown and cannot be edited; nothing is sent.
    ReadOnly {
        /// Value.
        content: Markup,
    },
    /// File; the form must be `multipart`.
    File {
        /// Accepted types, as in the `accept` attribute.
        accept: String,
    },
}

impl Default for Control {
    fn default() -> Self {
        Self::Text { value: String::new() }
    }
}

/// Option of a list.
#[derive(Debug, Default, Clone)]
pub struct Choice {
    /// Value in the request.
    pub value: String,
    /// Label.
    pub label: String,
    /// True if it is selected.
    pub selected: bool,
}

impl FormField {
    /// Creates a field without help and error.
    #[must_use]
    pub fn new(name: &str, label: &str, control: Control) -> Self {
        Self { name: name.to_owned(), label: label.to_owned(), control, ..Self::default() }
    }

    /// Returns the id of its element.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}-{}", if self.part.is_empty() { "field" } else { self.part }, self.name)
    }
}

/// Form that posts.
#[derive(Debug, Default, Clone)]
pub struct Form {
    /// Target address.
    pub action: String,
    /// Anti-forgery token.
    pub csrf_token: String,
    /// Hidden fields, such as the version that was read.
    pub hidden: Vec<(String, String)>,
    /// Error of the whole form, beside the errors of the fields.
    pub problem: Option<String>,
    /// Content above the fields, inside the form.
    pub lead: Markup,
    /// Common fields.
    pub fields: Vec<FormField>,
    /// Rare fields under "More fields"; open when one of them has an error.
    pub more: Vec<FormField>,
    /// Label of the button, beginning with a verb.
    pub submit: String,
    /// Address of "Cancel"; empty for none.
    pub cancel_href: String,
    /// True if it sends files.
    pub multipart: bool,
    /// Key under which the browser stores a draft until the form is sent; empty for none.
    pub draft: String,
}

/// Form that posts.
#[must_use]
pub fn form(form: &Form) -> Markup {
    let wrong_below = form.more.iter().any(|field| field.error.is_some());
    let all: Vec<&FormField> = form.fields.iter().chain(&form.more).collect();
    let draft = (!form.draft.is_empty()).then_some(&form.draft);
    html! {
        form.form method="post" action=(form.action) enctype=[form.multipart.then_some("multipart/form-data")]
            data-guard data-draft=[draft] novalidate {
            (error_summary(form.problem.as_deref(), &all))
            input type="hidden" name="csrf_token" value=(form.csrf_token);
            @for (name, value) in &form.hidden { input type="hidden" name=(name) value=(value); }
            (form.lead)
            div.fields { @for entry in &form.fields { (field(entry)) } }
            @if !form.more.is_empty() {
                details.more-fields open[wrong_below] {
                    summary { (icon("chevron-right")) (t!("More fields")) span.count { (form.more.len()) } }
                    div.fields { @for entry in &form.more { (field(entry)) } }
                }
            }
            div.form-actions {
                (submit_button(&form.submit, "", ButtonKind::Main))
                @if !form.cancel_href.is_empty() {
                    (button_link(t!("Cancel"), &form.cancel_href, "", ButtonKind::Quiet))
                }
            }
        }
    }
}

/// Error summary at the top of a form: the error of the whole, and a link to every field with an error.
///
/// Empty without errors.
#[must_use]
pub fn error_summary(problem: Option<&str>, fields: &[&FormField]) -> Markup {
    let wrong: Vec<(&FormField, &String)> =
        fields.iter().filter_map(|field| field.error.as_ref().map(|error| (*field, error))).collect();
    html! {
        @if problem.is_some() || !wrong.is_empty() {
            div.error-summary role="alert" tabindex="-1" {
                h2 { (icon("circle-alert")) (problem.unwrap_or(t!("Correct these fields to save"))) }
                @if !wrong.is_empty() {
                    ul { @for (field, error) in wrong {
                        // "Title is required." already names its field.
                        @if error.starts_with(&field.label) {
                            li { a href={ "#" (field.id()) } { (error) } }
                        } @else {
                            li { a href={ "#" (field.id()) } { (field.label) } ": " (error) }
                        }
                    } }
                }
            }
        }
    }
}

/// Field: label, control, help and error.
#[must_use]
pub fn field(field: &FormField) -> Markup {
    match &field.control {
        Control::Checkbox { checked } => checkbox(field, *checked),
        Control::Radio { options } => choice_group(field, options, "radio"),
        Control::MultiSelect { options } => choice_group(field, options, "checkbox"),
        Control::Structure { content } => group(field, content),
        Control::ReadOnly { content } => html! {
            div.field data-read-only id=(field.id()) {
                p.field-name { (field.label) }
                div.field-value { @if content.0.is_empty() { span.muted { (t!("None")) } } @else { (content) } }
                (below(field))
            }
        },
        _ => html! {
            div.field data-wrong[field.error.is_some()] data-size=[size(&field.control)] {
                label for=(field.id()) { (label_words(field)) }
                (control(field))
                (below(field))
            }
        },
    }
}

/// Returns the size of a control: a whole line of the grid, or little room.
fn size(control: &Control) -> Option<&'static str> {
    match control {
        Control::Multiline { .. }
        | Control::Json { .. }
        | Control::References { .. }
        | Control::Recurrence { .. }
        | Control::Links { many: true, .. } => Some("wide"),
        Control::Number { .. } | Control::Time { .. } | Control::Date { .. } => Some("small"),
        _ => None,
    }
}

fn label_words(field: &FormField) -> Markup {
    html! {
        (field.label)
        // The few required fields are marked, in a word rather than a star.
        @if field.required { " " span.field-required { (t!("required")) } }
    }
}

fn below(field: &FormField) -> Markup {
    html! {
        @if let Some(error) = &field.error {
            p.field-error id={ (field.id()) "-error" } { (icon("circle-alert")) (error) }
        }
        @if !field.help.is_empty() { p.field-help id={ (field.id()) "-help" } { (field.help) } }
    }
}

/// Returns the ids of the elements that describe the control.
fn described_by(field: &FormField) -> Option<String> {
    let mut ids = Vec::new();
    if field.error.is_some() {
        ids.push(format!("{}-error", field.id()));
    }
    if !field.help.is_empty() {
        ids.push(format!("{}-help", field.id()));
    }
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn control(field: &FormField) -> Markup {
    match &field.control {
        Control::Text { value } => input(field, "text", value),
        Control::Email { value } => input(field, "email", value),
        Control::Url { value } => input(field, "url", value),
        Control::Date { value } => input(field, "date", value),
        Control::DateTime { value } => input(field, "datetime-local", value),
        Control::Time { value } => input(field, "time", value),
        Control::Recurrence { value, starts } => recurrence::rule(&input(field, "text", value), starts),
        Control::Dates { value } => recurrence::dates(&input(field, "text", value), &field.label),
        Control::Multiline { value, rows } => multiline(field, value, *rows, false),
        Control::Json { value } => multiline(field, value, 8, true),
        Control::Number { value, minimum, maximum, step } => html! {
            input.input id=(field.id()) type="number" name=(field.name) value=(value) min=[minimum]
                max=[maximum] step=(step) inputmode="decimal" required[field.required]
                aria-invalid=[invalid(field)] aria-describedby=[described_by(field)];
        },
        Control::Money { value } => html! {
            div.input-money {
                span aria-hidden="true" { "₱" }
                input.input id=(field.id()) type="text" name=(field.name) value=(value) data-money
                    inputmode="decimal" autocomplete="off" required[field.required] aria-invalid=[invalid(field)]
                    aria-describedby=[described_by(field)];
            }
        },
        Control::Select { options } => select(field, options),
        Control::Password { autocomplete } => html! {
            input.input id=(field.id()) type="password" name=(field.name) autocomplete=(autocomplete)
                required[field.required] aria-invalid=[invalid(field)] aria-describedby=[described_by(field)];
        },
        Control::File { accept } => html! {
            input.input id=(field.id()) type="file" name=(field.name) accept=(accept)
                required[field.required] aria-invalid=[invalid(field)] aria-describedby=[described_by(field)];
        },
        Control::Reference { collection, selected } => {
            reference(field, collection, selected.as_slice(), false)
        }
        Control::References { collection, selected } => reference(field, collection, selected, true),
        Control::Links { kinds, selected, many } => {
            reference(field, &format!("search?kinds={}", kinds.join(",")), selected, *many)
        }
        Control::Moment { day, time } => html! {
            div.moment {
                (input(field, "date", day))
                input.input type="time" name={ (field.name) ".time" } value=(time)
                    aria-label={ (t_html!("{label}, time", label = field.label)) } aria-invalid=[invalid(field)];
            }
        },
        Control::Checkbox { .. }
        | Control::Radio { .. }
        | Control::MultiSelect { .. }
        | Control::ReadOnly { .. }
        | Control::Structure { .. } => html! {},
    }
}

fn invalid(field: &FormField) -> Option<&'static str> {
    field.error.is_some().then_some("true")
}

fn input(field: &FormField, kind: &str, value: &str) -> Markup {
    html! {
        input.input id=(field.id()) type=(kind) name=(field.name) value=(value)
            required[field.required] aria-invalid=[invalid(field)] aria-describedby=[described_by(field)];
    }
}

fn multiline(field: &FormField, value: &str, rows: u8, code: bool) -> Markup {
    html! {
        textarea.input id=(field.id()) name=(field.name) rows=(rows) data-code[code]
            spellcheck=[code.then_some("false")] required[field.required] aria-invalid=[invalid(field)]
            aria-describedby=[described_by(field)] { "\n" (value) }
    }
}

fn select(field: &FormField, options: &[Choice]) -> Markup {
    let chosen = options.iter().any(|choice| choice.selected);
    html! {
        select.input id=(field.id()) name=(field.name) required[field.required]
            aria-invalid=[invalid(field)] aria-describedby=[described_by(field)] {
            @if !(field.required && chosen) && options.iter().all(|choice| !choice.value.is_empty()) {
                option value="" {}
            }
            @for choice in options {
                option value=(choice.value) selected[choice.selected] { (choice.label) }
            }
        }
    }
}

/// Picker. Without script it is a plain input for the id; the script replaces it by a search.
fn reference(field: &FormField, collection: &str, selected: &[(String, String)], many: bool) -> Markup {
    html! {
        div.reference data-reference=(collection) data-many[many] data-name=(field.name) {
            @for (place, (id, title)) in selected.iter().enumerate() {
                input.input id=[(place == 0).then(|| field.id())] type="text" name=(field.name)
                    value=(id) data-title=(title) title=(title) aria-invalid=[invalid(field)]
                    aria-describedby=[described_by(field)];
            }
            @if many || selected.is_empty() {
                input.input id=[selected.is_empty().then(|| field.id())] type="text"
                    name=(field.name) autocomplete="off" placeholder=(t!("Name or id")) required[field.required]
                    aria-label=[(!selected.is_empty()).then(|| t!("{label}, another", label = field.label))]
                    aria-invalid=[invalid(field)] aria-describedby=[described_by(field)];
            }
        }
    }
}

fn checkbox(field: &FormField, checked: bool) -> Markup {
    html! {
        div.field data-wrong[field.error.is_some()] {
            label.check {
                input id=(field.id()) type="checkbox" name=(field.name) value="true" checked[checked]
                    aria-invalid=[invalid(field)] aria-describedby=[described_by(field)];
                span { (field.label) }
            }
            (below(field))
        }
    }
}

fn group(field: &FormField, content: &Markup) -> Markup {
    html! {
        fieldset.field id=(field.id()) data-wrong[field.error.is_some()] data-size="wide" tabindex="-1"
            aria-describedby=[described_by(field)] {
            legend { (label_words(field)) }
            (content)
            (below(field))
        }
    }
}

/// Number of options from which a list scrolls by itself.
const MANY: usize = 24;

fn choice_group(field: &FormField, options: &[Choice], kind: &str) -> Markup {
    html! {
        fieldset.field id=(field.id()) data-wrong[field.error.is_some()] data-size="wide" tabindex="-1"
            aria-describedby=[described_by(field)] {
            legend { (label_words(field)) }
            div.choices data-long[options.len() > MANY] {
                @for choice in options {
                    label.check {
                        input type=(kind) name=(field.name) value=(choice.value) checked[choice.selected];
                        span { (choice.label) }
                    }
                }
            }
            (below(field))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(name: &str, control: Control) -> FormField {
        FormField {
            name: name.to_owned(),
            label: "Label".to_owned(),
            help: "Help.".to_owned(),
            error: Some("Say when it ends.".to_owned()),
            required: true,
            control,
            ..FormField::default()
        }
    }

    #[test]
    fn invalid_field_refers_to_its_error_and_help() {
        let text = field(&wrong("end", Control::Date { value: "tomorow".to_owned() })).into_string();
        assert!(text.contains("aria-invalid=\"true\""));
        assert!(text.contains("aria-describedby=\"field-end-error field-end-help\""));
        assert!(text.contains("value=\"tomorow\""), "what was typed is not lost");
    }

    #[test]
    fn an_error_in_a_folded_field_opens_the_fold_and_is_in_the_summary() {
        let text =
            form(&Form { more: vec![wrong("end", Control::default())], ..Form::default() }).into_string();
        assert!(text.contains("<details class=\"more-fields\" open>"));
        assert!(text.contains("href=\"#field-end\""));
    }

    #[test]
    fn a_password_is_never_filled_in() {
        let text = field(&wrong("secret", Control::Password { autocomplete: "new-password" })).into_string();
        assert!(!text.contains("value="));
    }

    #[test]
    fn references_send_every_id_and_accept_one_more() {
        let selected = vec![("1".to_owned(), "One".to_owned()), ("2".to_owned(), "Two".to_owned())];
        let control = Control::References { collection: "tasks".to_owned(), selected };
        let text = field(&wrong("tasks", control)).into_string();
        assert_eq!(text.matches(" name=\"tasks\"").count(), 3);
        assert_eq!(text.matches("id=\"field-tasks\"").count(), 1);
    }

    #[test]
    fn required_choice_with_a_value_cannot_be_emptied() {
        let options = vec![Choice { value: "a".into(), label: "A".into(), selected: true }];
        let text = field(&wrong("kind", Control::Select { options })).into_string();
        assert!(!text.contains("<option value=\"\">"));
    }
}
