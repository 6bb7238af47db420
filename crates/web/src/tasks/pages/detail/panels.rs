//! Panels of the page of a task: description, checklist, dependencies, time, related records.

use maud::{Markup, html};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{ORIGINS, TASK, task};
use obcms_domain::registry::Record;
use serde_json::Value as Json;

use super::Sheet;
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::panel;
use crate::components::forms::{self, Control, FormField};
use crate::components::icons::icon;
use crate::components::markdown::markdown;
use crate::components::words::{t, t_html};
use crate::tasks::pages::list::hours_text;
use crate::tasks::pages::parts;

impl Sheet<'_> {
    /// Form that changes a part of the task; `fields` are hidden.
    fn change_form(&self, class: &str, fields: &[(&str, &str)], content: &Markup) -> Markup {
        html! {
            form class=(class) method="post" action=(self.address("/change")) data-in-place {
                input type="hidden" name="csrf_token" value=(self.csrf());
                @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                (content)
            }
        }
    }

    pub(super) fn description(&self) -> Markup {
        let text = task::DESCRIPTION.get(&self.task);
        let held = self.held("description", text.to_owned());
        let error = self.error("description");
        let edit = html! {
            @if self.may_edit {
                details.inline-edit open[error.is_some()] {
                    summary.link-button { @if text.is_empty() { (t!("Add a description")) } @else { (t!("Edit description")) } }
                    form.stack data-gap="small" method="post" data-in-place action=(self.address("/change")) data-guard {
                        input type="hidden" name="csrf_token" value=(self.csrf());
                        textarea.input #field-description name="description" rows="8" aria-label=(t!("Description"))
                            aria-invalid=[error.as_ref().map(|_| "true")] { "\n" (held) }
                        @if let Some(error) = error { p.field-error { (icon("circle-alert")) (error) } }
                        p.field-help { (t!("Markdown: **bold**, *italic*, - lists, [words](address).")) }
                        (submit_button(t!("Save description"), "", ButtonKind::Plain))
                    }
                }
            }
        };
        html! {
            @if !text.is_empty() || self.may_edit {
                (panel("description", "", t!("Description"), &html! {}, &html! {
                    @if !text.is_empty() { (markdown(text)) }
                    (edit)
                }))
            }
        }
    }

    pub(super) fn checklist(&self) -> Markup {
        let empty = Vec::new();
        let steps = task::CHECKLIST.get(&self.task).and_then(Json::as_array).unwrap_or(&empty);
        let is_done = |step: &Json| step["state"] == "done";
        let done = steps.iter().filter(|step| is_done(step)).count();
        let count = html! { @if !steps.is_empty() { span.muted { (done) "/" (steps.len()) } } };
        html! {
            @if !steps.is_empty() || self.may_report {
                (panel("checklist", "", t!("Checklist"), &count, &html! {
                    @if !steps.is_empty() {
                        ul.checklist {
                            @for (place, step) in steps.iter().enumerate() { (self.step(place, step, is_done(step))) }
                        }
                    }
                    @if self.may_report {
                        (self.change_form("add-step", &[], &html! {
                            input.input type="text" name="add_step" required maxlength="255" autocomplete="off"
                                placeholder=(t!("Add a step")) aria-label=(t!("Add a step"));
                            (submit_button(t!("Add"), "", ButtonKind::Plain))
                        }))
                    }
                }))
            }
        }
    }

    fn step(&self, place: usize, step: &Json, is_done: bool) -> Markup {
        let text = step["text"].as_str().unwrap_or_default();
        let place = place.to_string();
        html! {
            li data-past[is_done] {
                @if self.may_report {
                    (self.change_form("post-button", &[("toggle_step", &place), ("step", text)], &html! {
                        button.done-button type="submit" role="checkbox" aria-checked=(is_done) aria-label=(text) {
                            (icon(if is_done { "circle-check" } else { "circle" }))
                        }
                    }))
                } @else {
                    (icon(if is_done { "circle-check" } else { "circle" }))
                }
                span.grow { (text) }
                @if self.may_report {
                    (self.change_form("post-button", &[("remove_step", &place), ("step", text)], &html! {
                        button.icon-button type="submit" aria-label={ (t_html!("Remove {text}", text)) } { (icon("x")) }
                    }))
                }
            }
        }
    }

    pub(super) fn dependencies(&self) -> Markup {
        let (first, then) = (&self.around.prerequisites, &self.around.dependents);
        let lag = task::LAG_DAYS.get(&self.task).unwrap_or(0);
        let note = match lag {
            0 => String::new(),
            1 => t!("Starts 1 working day after them").to_owned(),
            _ => t!("Starts {lag} working days after them", lag),
        };
        html! {
            @if !first.is_empty() || self.may_edit {
                (panel("prerequisites", "", t!("Depends on"), &html! { span.muted { (note) } }, &html! {
                    (self.tasks(first, self.may_edit))
                    @if self.may_edit { (self.dependency_form(lag, !first.is_empty())) }
                }))
            }
            @if !then.is_empty() { (panel("dependents", "", t!("Required by"), &html! {}, &self.tasks(then, false))) }
        }
    }

    fn tasks(&self, tasks: &[Record], may_remove: bool) -> Markup {
        html! {
            @if !tasks.is_empty() {
                ul.task-list {
                    @for task in tasks {
                        li.task-row data-past[!parts::is_open(task)] {
                            a.task-title href=(TASK.url(task.id)) { (task.title()) }
                            span.task-marks { (parts::due(task, self.page.today)) (parts::status(task)) }
                            @if may_remove {
                                (self.change_form("post-button", &[("remove_dependency", &task.id.to_string())], &html! {
                                    button.icon-button type="submit"
                                        aria-label={ (t_html!("Remove {title}", title = task.title())) } { (icon("x")) }
                                }))
                            }
                        }
                    }
                }
            }
        }
    }

    fn dependency_form(&self, lag: i64, has_some: bool) -> Markup {
        let picker = |error| FormField {
            name: "add_dependency".to_owned(),
            label: t!("Task that must be done first").to_owned(),
            control: Control::References { collection: "tasks".to_owned(), selected: Vec::new() },
            error,
            ..FormField::default()
        };
        let error = self.error("depends_on");
        html! {
            details.inline-edit open[error.is_some()] {
                summary.link-button { (t!("Add a dependency")) }
                (self.change_form("stack", &[], &html! {
                    (forms::field(&picker(error)))
                    (submit_button(t!("Add"), "", ButtonKind::Plain))
                }))
                @if has_some {
                    (self.change_form("row", &[], &html! {
                        label for="field-lag" { (t!("Working days in between")) }
                        input.input.short-input #field-lag type="number" name="lag_days" min="0" max="365" step="1" required value=(lag);
                        (submit_button(t!("Save"), "", ButtonKind::Plain))
                    }))
                }
            }
        }
    }

    pub(super) fn time(&self) -> Markup {
        let hours = |field: Option<i64>| field.map(hours_text);
        let (estimated, actual) =
            (hours(task::ESTIMATED_HOURS.get(&self.task)), hours(task::ACTUAL_HOURS.get(&self.task)));
        let error = self.error("actual_hours");
        html! {
            @if estimated.is_some() || actual.is_some() || self.may_report {
                (panel("time", "", t!("Time"), &html! {}, &html! {
                    p {
                        @match (&estimated, &actual) {
                            (Some(estimated), Some(actual)) => (t_html!("{actual} of {estimated} hours", actual, estimated)),
                            (Some(estimated), None) => (t_html!("{estimated} hours estimated", estimated)),
                            (None, Some(actual)) => (t_html!("{actual} hours logged", actual)),
                            (None, None) => span.muted { (t!("No hours logged")) },
                        }
                    }
                    @if self.may_report {
                        (self.change_form("row", &[], &html! {
                            label.visually-hidden for="field-log-hours" { (t!("Hours to log")) }
                            input.input.short-input #field-log-hours type="text" inputmode="decimal" name="log_hours" required
                                placeholder=(t!("1.5")) autocomplete="off" value=(self.held("log_hours", String::new()))
                                aria-invalid=[error.as_ref().map(|_| "true")];
                            (submit_button(t!("Log hours"), "", ButtonKind::Plain))
                            @if let Some(error) = error { p.field-error { (icon("circle-alert")) (error) } }
                        }))
                    }
                }))
            }
        }
    }

    /// Records that the task is about beside its origin.
    pub(super) fn links(&self) -> Markup {
        let concerned: Vec<Id> = task::LINKS.value(&self.task).targets();
        let kinds: Vec<String> = ORIGINS.iter().map(|kind| (*kind).to_owned()).collect();
        let picker = FormField {
            name: "add_link".to_owned(),
            label: t!("Record").to_owned(),
            control: Control::Links { kinds, selected: Vec::new(), many: true },
            error: self.error("links"),
            ..FormField::default()
        };
        html! {
            @if !concerned.is_empty() || self.may_edit {
                (panel("links", "", t!("Related records"), &html! {}, &html! {
                    ul.link-list {
                        @for id in &concerned {
                            li {
                                span.grow { (self.link(*id)) }
                                @if self.may_edit {
                                    (self.change_form("post-button", &[("remove_link", &id.to_string())], &html! {
                                        button.icon-button type="submit" aria-label=(t!("Remove this record")) { (icon("x")) }
                                    }))
                                }
                            }
                        }
                    }
                    @if self.may_edit {
                        details.inline-edit open[picker.error.is_some()] {
                            summary.link-button { (t!("Add a record")) }
                            (self.change_form("stack", &[], &html! {
                                (forms::field(&picker))
                                (submit_button(t!("Add"), "", ButtonKind::Plain))
                            }))
                        }
                    }
                }))
            }
        }
    }
}
