//! Preview of a template on real dates: for a record, or from a date.

use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::tasks::generation::Assignee;
use obcms_app::tasks::template_preview::{PreviewedTask, TemplatePreview};
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{ASSIGNEE_RULES, RESOURCE_TYPES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{ORIGINS, TASK_TEMPLATE};
use obcms_domain::registry::{Link, Record};

use crate::components::badges::{Tone, badge, date};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::panel;
use crate::components::feedback::notice;
use crate::components::forms::{Control, FormField, field};
use crate::components::words::{self, t};
use crate::core::frame::Page;
use crate::core::state::State;

/// Record or date that a preview is for, as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    origin: String,
    base_date: String,
}

impl Asked {
    /// Reads it from parameters or from a form.
    pub(super) fn of(get: impl Fn(&str) -> String) -> Self {
        Self { origin: get("origin").trim().to_owned(), base_date: get("base_date").trim().to_owned() }
    }

    fn is_empty(&self) -> bool {
        self.origin.is_empty() && self.base_date.is_empty()
    }

    fn link(&self) -> Option<Link> {
        let (kind, id) = self.origin.split_once(':')?;
        Some(Link { kind: kind.to_owned(), id: id.parse().ok()? })
    }

    /// Returns the fields with their values and errors.
    fn fields(&self, title: Option<String>, error: Option<String>) -> [FormField; 2] {
        let selected = (!self.origin.is_empty())
            .then(|| (self.origin.clone(), title.unwrap_or_else(|| self.origin.clone())));
        let origin = FormField {
            name: "origin".to_owned(),
            label: t!("Record").to_owned(),
            help: t!("Its dates and people are used.").to_owned(),
            error,
            required: false,
            control: Control::Links {
                kinds: ORIGINS.iter().map(|kind| (*kind).to_owned()).collect(),
                selected: selected.into_iter().collect(),
                many: false,
            },
            ..FormField::default()
        };
        let is_wrong = !self.base_date.is_empty() && self.base_date.parse::<Date>().is_err();
        let base = FormField {
            name: "base_date".to_owned(),
            label: t!("Or from this day").to_owned(),
            error: is_wrong.then(|| t!("Enter a date such as 2027-06-15.").to_owned()),
            control: Control::Date { value: self.base_date.clone() },
            ..FormField::default()
        };
        [origin, base]
    }
}

/// Fields of the preview with its result. `template` may be a draft.
pub(super) fn content(
    state: &State,
    page: &Page,
    actor: &Actor,
    template: &Record,
    asked: &Asked,
) -> Result<(Markup, Markup), AppError> {
    let link = asked.link();
    let base: Option<Date> = asked.base_date.parse().ok();
    let is_readable = (asked.origin.is_empty() || link.is_some()) && (link.is_some() || base.is_some());
    let (mut error, mut result) = (None, html! {});
    let mut title = None;
    if let Some(link) = &link {
        title = state.app.directory(actor, &[link.id])?.remove(&link.id).map(|found| found.title);
    }
    if is_readable {
        match state.app.preview_template(actor, template, link.as_ref(), base) {
            Ok(preview) => result = table(&preview, page),
            Err(AppError::Invalid(errors)) => {
                error = errors.first().map(|error| words::message(&error.message));
            }
            Err(other) => return Err(other),
        }
    } else if !asked.origin.is_empty() {
        error = Some(t!("Select a record from the list.").to_owned());
    }
    let fields = asked.fields(title, error);
    Ok((html! { div.fields { @for entry in &fields { (field(entry)) } } }, result))
}

/// Panel of the preview on the page of a template. Record and date are in the address.
pub(super) fn panel_of(
    state: &State,
    page: &Page,
    actor: &Actor,
    template: &Record,
    asked: &Asked,
) -> Result<Markup, AppError> {
    let (fields, result) = content(state, page, actor, template, asked)?;
    let shown = html! { div.stack data-gap="small" {
        form.form method="get" action={ (TASK_TEMPLATE.url(template.id)) "#preview" } data-plain {
            (fields)
            div { (submit_button(t!("Preview dates"), "calendar", ButtonKind::Plain)) }
        }
        @if asked.is_empty() { p.muted { (t!("Nothing is saved by a preview.")) } }
        (result)
    } };
    Ok(panel("preview", "task_template", t!("Preview"), &html! {}, &shown))
}

fn table(preview: &TemplatePreview, page: &Page) -> Markup {
    let moved = preview.tasks.iter().filter(|task| task.due != task.exact).count();
    html! {
        @if moved == 1 { (notice(Tone::Neutral, &html! { (t!("1 date moves to a working day.")) })) }
        @else if moved > 1 { (notice(Tone::Neutral, &html! { (t!("{moved} dates move to working days.", moved)) })) }
        div.table-wrap data-wide {
            table.table {
                caption.visually-hidden { (t!("Tasks with their dates")) }
                thead { tr {
                    th scope="col" { (t!("Task")) } th scope="col" { (t!("Due")) } th scope="col" { (t!("Assignee")) }
                } }
                tbody { @for task in &preview.tasks { (row(task, preview, page)) } }
            }
        }
    }
}

fn row(task: &PreviewedTask, preview: &TemplatePreview, page: &Page) -> Markup {
    let name = |id: Id| preview.directory.get(&id).map(|found| found.title.clone());
    let assignee = match task.assignee {
        Some(Assignee::Person(id) | Assignee::Team(id)) => name(id),
        None => None,
    };
    let books = match task.books.parse::<Id>() {
        Ok(id) => name(id).unwrap_or_else(|| t!("A resource").to_owned()),
        Err(_) if task.books.is_empty() => String::new(),
        Err(_) => words::choice(RESOURCE_TYPES, &task.books).to_owned(),
    };
    let from =
        |moment: jiff::Timestamp| moment.to_zoned(page.zone()).strftime("%a %-d %b, %H:%M").to_string();
    html! {
        tr {
            td {
                (task.title)
                @if task.exists { " " (badge(t!("Exists already"), Tone::Neutral)) }
                @if let (Some((start, _)), false) = (task.booking, books.is_empty()) {
                    p.muted { (t!("Books: {books}, {from}", books, from = from(start))) }
                }
            }
            td {
                span.nowrap { (task.due.strftime("%a").to_string()) " " (date(task.due, page.today)) }
                @if task.due != task.exact {
                    p.muted { (t!("Moved from {day}", day = task.exact.strftime("%a %-d %b").to_string())) }
                }
            }
            td {
                @if let Some(name) = assignee { (name) }
                @else { span.muted { (words::choice(ASSIGNEE_RULES, &task.assignee_rule)) } }
            }
        }
    }
}
