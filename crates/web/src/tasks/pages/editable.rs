//! Values of a task that its script edits in place: `ui/src/tasks/edit.ts`. Without script they are text, and the form
//! of the task edits them.

use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};
use obcms_app::Actor;
use obcms_app::tasks::board::may_write;
use obcms_domain::choices::{Choice, PRIORITIES, TASK_DOMAINS, TASK_PHASES, TASK_STATUSES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::task;
use obcms_domain::registry::Record;
use obcms_store::records::Directory;
use serde_json::{Value as Json, json};

use crate::components::frame::json_in_html;
use crate::components::words;

/// Lists of values by field.
const CHOICES: [(&str, &[Choice]); 4] = [
    (task::STATUS.name(), TASK_STATUSES),
    (task::PRIORITY.name(), PRIORITIES),
    (task::DOMAIN.name(), TASK_DOMAINS),
    (task::PHASE.name(), TASK_PHASES),
];

/// Lists of values for the script; once on each page with editable values.
#[must_use]
pub fn choices(today: Date) -> Markup {
    let pairs = |choices: &[Choice]| -> Json {
        choices.iter().map(|choice| json!([choice.value, words::label(choice.label)])).collect()
    };
    let lists: serde_json::Map<String, Json> =
        CHOICES.iter().map(|(name, choices)| ((*name).to_owned(), pairs(choices))).collect();
    html! { script #task-choices data-today=(today) type="application/json" { (PreEscaped(json_in_html(&lists))) } }
}

/// Value of a field that the actor may edit in place; for others the content alone. An element around it has the task as
/// `data-id` and `data-version`.
#[must_use]
pub fn editable(actor: &Actor, task: &Record, field: &str, value: &str, content: &Markup) -> Markup {
    if task.is_archived() || actor.read_only || !may_write(actor, task, field) {
        return content.clone();
    }
    html! {
        span.editable data-empty[content.0.is_empty()] data-edit=(field) data-value=(value) {
            @if content.0.is_empty() { span.faint { "–" } } @else { (content) }
        }
    }
}

/// Field of one of the lists.
#[must_use]
pub fn choice(actor: &Actor, task: &Record, field: &str, content: &Markup) -> Markup {
    editable(actor, task, field, task.text(field), content)
}

/// Due date; of a repeating task that of the shown occurrence.
#[must_use]
pub fn due(actor: &Actor, task: &Record, content: &Markup) -> Markup {
    let shown = task::NEXT_DUE.get(task).filter(|_| obcms_domain::calendar::series::is_series(task));
    let day = shown.or_else(|| task::DUE_DATE.get(task)).map_or_else(String::new, |day| day.to_string());
    let time = task::DUE_TIME.get(task);
    editable(actor, task, task::DUE_DATE.name(), &format!("{day} {time}"), content)
}

/// First day.
#[must_use]
pub fn start(actor: &Actor, task: &Record, content: &Markup) -> Markup {
    let day = task::START_DATE.get(task).map_or_else(String::new, |day| day.to_string());
    editable(actor, task, task::START_DATE.name(), &day, content)
}

/// Progress.
#[must_use]
pub fn progress(actor: &Actor, task: &Record, content: &Markup) -> Markup {
    let value = task::PROGRESS.get(task).unwrap_or(0).to_string();
    editable(actor, task, task::PROGRESS.name(), &value, content)
}

/// Assignees.
#[must_use]
pub fn assignees(actor: &Actor, task: &Record, directory: &Directory, content: &Markup) -> Markup {
    let named = |id: &Id| {
        let title = directory.get(id).map_or("", |person| person.title.as_str());
        json!([id, title])
    };
    let value: Json = task::ASSIGNEES.get(task).iter().map(named).collect();
    editable(actor, task, task::ASSIGNEES.name(), &value.to_string(), content)
}

/// Handle for editing the title beside it, which is a link.
#[must_use]
pub fn title(actor: &Actor, task: &Record) -> Markup {
    if task.is_archived() || actor.read_only || !may_write(actor, task, task::TITLE.name()) {
        return html! {};
    }
    html! {
        span.edit-title data-edit=(task::TITLE.name()) data-value=(task.title()) { (crate::components::icons::icon("pencil")) }
    }
}
