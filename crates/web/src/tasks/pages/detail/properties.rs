//! Facts and properties of a task.

use maud::{Markup, html};
use obcms_app::Actor;
use obcms_app::tasks::generation::source_of;
use obcms_domain::calendar::series::describe;
use obcms_domain::choices::{TASK_DOMAINS, TASK_PHASES};
use obcms_domain::core::dates::parse_time;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, task};

use super::Sheet;
use crate::components::badges;
use crate::components::detail::Property;
use crate::components::words::{self, t, t_html};
use crate::records::pages::dates;
use crate::tasks::pages::list::hours_text;
use crate::tasks::pages::{editable, parts, series};

impl Sheet<'_> {
    /// Facts under the title, edited in place: status, people, dates, progress.
    pub(super) fn facts(&self, actor: &Actor) -> Markup {
        let task = &self.task;
        let today = self.page.today;
        let people = parts::people(task, &self.directory);
        let start = task::START_DATE.get(task).map_or_else(|| html! {}, |day| badges::date(day, today));
        let percent = task::PROGRESS.get(task).and_then(|part| u8::try_from(part).ok()).unwrap_or(0);
        let time = parse_time(task::DUE_TIME.get(task));
        let due = html! {
            (parts::due(task, today))
            @if let Some(time) = time { " " (time.strftime("%-I:%M %p").to_string()) }
        };
        let assignees = html! {
            @if people.is_empty() { span.faint { (t!("Unassigned")) } }
            @for person in &people { (badges::person(person)) " " }
        };
        let facts = [
            (t!("Status"), editable::choice(actor, task, "status", &parts::status(task))),
            (t!("Assignees"), editable::assignees(actor, task, &self.directory, &assignees)),
            (t!("Due"), editable::due(actor, task, &due)),
            (t!("Start"), editable::start(actor, task, &start)),
            (
                t!("Priority"),
                editable::choice(actor, task, "priority", &badges::priority(task::PRIORITY.get(task))),
            ),
            (
                t!("Progress"),
                match dates::is_series(task) {
                    true => series::progress(task),
                    false => editable::progress(actor, task, &badges::wide_progress(percent)),
                },
            ),
            (t!("Belongs to"), self.origin()),
            (
                t!("Labels"),
                editable::editable(actor, task, "labels", &task::LABELS.get(task).join(", "), &self.labels()),
            ),
        ];
        html! {
            dl.facts #task-facts data-task-page data-id=(task.id) data-version=(task.version) {
                @for (label, value) in &facts {
                    div { dt { (label) } dd { @if value.0.is_empty() { span.faint { "–" } } @else { (value) } } }
                }
            }
        }
    }

    fn origin(&self) -> Markup {
        match parts::origin(&self.task, &self.directory) {
            Some((title, address, module)) => parts::origin_link(&title, &address, module),
            None => html! {},
        }
    }

    fn labels(&self) -> Markup {
        html! { @for label in task::LABELS.get(&self.task) { span.label { (label) } " " } }
    }

    /// Link to a record that the task names.
    pub(super) fn link(&self, id: Id) -> Markup {
        match self.directory.get(&id) {
            Some(known) => match kinds::by_name(&known.kind) {
                Some(kind) if kind != &kinds::USER => html! {
                    span.module-dot data-module=(kind.module.key()) {} " " a href=(kind.url(id)) { (known.title) }
                },
                _ => badges::person(&known.title),
            },
            None => html! { span.faint { (t!("Unknown")) } },
        }
    }

    /// Properties beside the facts, without empty ones.
    pub(super) fn properties(&self) -> Vec<Property> {
        let task = &self.task;
        let today = self.page.today;
        let moment = |name: &str| {
            task.instant(name).map_or_else(
                || html! {},
                |at| {
                    let local = at.to_zoned(self.page.zone());
                    html! { (badges::date(local.date(), today)) " " (local.strftime("%-I:%M %p")) }
                },
            )
        };
        let repeats_after = task::REPEAT_AFTER_DAYS
            .get(task)
            .map_or_else(|| html! {}, |days| html! { (t_html!("{days} days after completion", days)) });
        let baseline = task::BASELINE_DUE.get(task).map_or_else(|| html! {}, |day| badges::date(day, today));
        let weight = task::WEIGHT.get(task).filter(|weight| *weight != 100);
        let template = source_of(task);
        let maker = match task.created_by {
            Some(maker) => self.link(maker),
            None if template.is_some() => html! { (t!("A template")) },
            None => html! {},
        };
        let list = [
            (t!("Repeats"), describe::of_record(task).map_or(repeats_after, |said| html! { (said) })),
            (t!("Continues"), task::CONTINUES.get(task).map_or_else(|| html! {}, |id| self.link(id))),
            (t!("Teams"), html! { @for id in task::TEAMS.get(task) { div { (self.link(*id)) } } }),
            (t!("Domain"), html! { (words::choice(TASK_DOMAINS, task::DOMAIN.get(task))) }),
            (
                t!("Phase"),
                match task::PHASE.get(task) {
                    "" => html! {},
                    phase => html! { (words::choice(TASK_PHASES, phase)) },
                },
            ),
            (t!("Weight"), weight.map_or_else(|| html! {}, |weight| html! { (hours_text(weight)) })),
            (t!("Baseline"), baseline),
            (t!("Started"), moment("started_at")),
            (t!("Completed"), moment("completed_at")),
            (t!("Generated from"), template.map_or_else(|| html! {}, |source| html! {
                (self.link(source.template)) " " span.faint { (t_html!("version {version}", version = source.version)) }
            })),
            (t!("Created by"), maker),
        ];
        list.into_iter()
            .filter(|(_, value)| !value.0.is_empty())
            .map(|(label, value)| Property { label: label.to_owned(), value })
            .collect()
    }
}
