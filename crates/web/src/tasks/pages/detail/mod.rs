//! Page of a task.

mod panels;
mod properties;

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::calendar::series::Scope;
use obcms_app::tasks::board::{may_move, may_write};
use obcms_app::tasks::dependencies::TaskDependencies;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::TASK_STATUSES;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Message;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::registry::{FieldError, Record};
use obcms_domain::tasks::TaskStatus;
use obcms_store::records::Directory;

use super::editable;
use super::parts::{self, Facts};
use super::series::Repeating;
use crate::components::badges::{Tone, badge, icon_badge};
use crate::components::buttons::{ButtonKind, button_link, post_button, submit_button};
use crate::components::detail::{PageHead, detail, page_head, panel, properties};
use crate::components::feedback::notice;
use crate::components::icons::icon;
use crate::components::menu::{Menu, MenuItem, menu};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters, PathId};
use crate::core::state::{State, blocking};
use crate::core::subject::Column;
use crate::records::pages::detail::panels;
use crate::records::pages::written::error_of;
use crate::records::pages::{dates, history_panel, occurrence};

/// Data of the page.
struct Sheet<'a> {
    page: &'a Page,
    task: Record,
    around: TaskDependencies,
    directory: Directory,
    may_move: bool,
    may_edit: bool,
    /// True if the actor may log hours and work on the checklist.
    may_report: bool,
    may_archive: bool,
    blocked: Option<Blocked>,
    /// Refused input.
    typed: Option<Form>,
    errors: Vec<FieldError>,
    /// Number of shown occurrences.
    dates: usize,
}

/// `GET /tasks/{id}`.
pub async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Response, PageError> {
    let parameters = parameters.known(&["occurrence", "dates"]);
    if let Some(date) = parameters.get("occurrence").filter(|date| !date.is_empty()) {
        return occurrence::show(&TASK, &state, &page, &actor, id.0, date);
    }
    let mut sheet = blocking(|| load(&state, &page, &actor, id.0))?;
    sheet.dates = dates::count(parameters.get("dates"));
    draw(&state, &page, &actor, &sheet, StatusCode::OK)
}

/// Refused transition of a blocked task.
pub struct Blocked {
    /// Reason as text.
    pub detail: Message,
    /// Requested state.
    pub status: TaskStatus,
    /// Recurrence id of the occurrence of a repeating task.
    pub date: Option<String>,
    /// Scope of the transition.
    pub scope: Scope,
}

/// Renders the page of a blocked task with the form for the reason.
pub fn refused(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    blocked: Blocked,
) -> Result<Response, PageError> {
    let mut sheet = blocking(|| load(state, page, actor, id))?;
    sheet.blocked = Some(blocked);
    draw(state, page, actor, &sheet, StatusCode::CONFLICT)
}

/// Renders the page of a task with invalid input.
pub fn wrong(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    typed: &Form,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    let mut sheet = blocking(|| load(state, page, actor, id))?;
    sheet.typed = Some(typed.clone());
    sheet.errors = errors.to_vec();
    draw(state, page, actor, &sheet, StatusCode::UNPROCESSABLE_ENTITY)
}

fn load<'a>(state: &State, page: &'a Page, actor: &Actor, id: Id) -> Result<Sheet<'a>, AppError> {
    let task = state.app.get(actor, &TASK, id)?;
    let around = state.app.task_dependencies(actor, &task)?;
    let mut ids: Vec<Id> = task.values.iter().flat_map(obcms_domain::registry::Value::targets).collect();
    ids.extend(task.created_by);
    let directory = state.app.directory(actor, &ids)?;
    let (may_edit, may_archive) = state.app.read(|tx| {
        let edit = !actor.writable(tx, &task)?.is_empty();
        Ok((edit, actor.may_on(tx, Action::Archive, &task)?))
    })?;
    let live = !task.is_archived() && !actor.read_only;
    Ok(Sheet {
        page,
        around,
        directory,
        may_move: live && may_move(actor, &task),
        may_edit: live && may_edit,
        may_report: live && may_write(actor, &task, task::CHECKLIST.name()),
        may_archive: may_archive && !actor.read_only,
        task,
        blocked: None,
        typed: None,
        errors: Vec::new(),
        dates: dates::SHOWN,
    })
}

fn draw(
    state: &State,
    page: &Page,
    actor: &Actor,
    sheet: &Sheet<'_>,
    status: StatusCode,
) -> Result<Response, PageError> {
    let (history, chain, series, booked) = blocking(|| {
        let history = history_panel(state, page, actor, &TASK, sheet.task.id)?;
        let series = dates::panel(state, page, actor, &sheet.task, sheet.dates)?;
        let booked = panels(state, page, actor, &sheet.task, Column::Wide)?;
        let chain = panels(state, page, actor, &sheet.task, Column::Narrow)?;
        Ok::<_, AppError>((history, chain, series, booked))
    })?;
    let wide = html! {
        div.stack #task-work data-live="task" {
            (sheet.blocked_notice())
            (sheet.facts(actor))
            (sheet.description())
            (sheet.checklist())
            (sheet.dependencies())
        }
        (series)
        (booked)
        (history)
    };
    let narrow = html! {
        div.stack #task-side data-live="task" {
            (sheet.time())
            (sheet.links())
            (panel("task-properties", "", t!("Properties"), &html! {}, &properties(&sheet.properties())))
        }
        (chain)
    };
    let content = html! {
        div #task-head data-live="task" { (page_head(&sheet.head())) }
        (detail(&wide, &narrow))
        (editable::choices(page.today))
    };
    let page = page.clone().below(t!("Tasks"), "/tasks");
    Ok((status, Html(page.render(sheet.task.title(), &content).into_string())).into_response())
}

impl Sheet<'_> {
    fn address(&self, below: &str) -> String {
        format!("{}{below}", TASK.url(self.task.id))
    }

    fn csrf(&self) -> &str {
        self.page.csrf()
    }

    fn is_blocked(&self) -> bool {
        !self.around.open_prerequisites().is_empty()
    }

    fn head(&self) -> PageHead {
        let facts = Facts::of(&self.task, self.page.today);
        let repeating = Repeating::of(&self.task, self.page.today);
        PageHead {
            title: self.task.title().to_owned(),
            subtitle: repeating.as_ref().map(Repeating::subtitle).unwrap_or_default(),
            badges: html! {
                (dates::repeats_mark(&self.task))
                (parts::status(&self.task))
                @if facts.overdue { (icon_badge("alarm-clock", t!("Late"), Tone::Bad)) }
                @if parts::is_open(&self.task) && task::BLOCKED.get(&self.task) {
                    (icon_badge("lock", t!("Blocked"), Tone::Bad))
                } @else if facts.at_risk { (icon_badge("triangle-alert", t!("At risk"), Tone::Warning)) }
                @if self.task.is_archived() { (badge(t!("Archived"), Tone::Quiet)) }
            },
            actions: self.actions(repeating.as_ref()),
        }
    }

    /// Transitions from the present state; the main one last.
    fn actions(&self, repeating: Option<&Repeating<'_>>) -> Markup {
        let step = |label: &str, drawing: &str, status: &str, kind| {
            post_button(
                label,
                &self.address("/transition"),
                drawing,
                kind,
                self.csrf(),
                &[("status", status)],
            )
        };
        let main = ButtonKind::Main;
        let plain = ButtonKind::Plain;
        html! {
            @if self.may_edit { (button_link(t!("Edit"), &self.address("/edit"), "pencil", ButtonKind::Plain)) }
            (self.more(repeating))
            @if let (true, Some(repeating)) = (self.may_move, repeating) {
                @match repeating.waits().filter(|_| self.is_blocked()) {
                    Some((label, status, date)) => (self.forced(&label, status, date)),
                    None => (repeating.actions(self.csrf())),
                }
            } @else if self.may_move {
                @match task::STATUS.get(&self.task) {
                    "not_started" | "on_hold" => {
                        @let start = if task::STATUS.get(&self.task) == "on_hold" { t!("Resume") } else { t!("Start") };
                        @if self.is_blocked() {
                            (self.forced(start, TaskStatus::InProgress, None))
                        } @else {
                            (step(t!("Complete"), "check", "completed", plain))
                            (step(start, "play", "in_progress", main))
                        }
                    }
                    "in_progress" => @if self.is_blocked() {
                        (self.forced(t!("Complete"), TaskStatus::Completed, None))
                    } @else {
                        (step(t!("Complete"), "check", "completed", main))
                    },
                    "completed" => (step(t!("Reopen"), "rotate-ccw", "in_progress", plain)),
                    _ => (step(t!("Reopen"), "rotate-ccw", "not_started", plain)),
                }
            }
        }
    }

    /// Rare actions.
    fn more(&self, repeating: Option<&Repeating<'_>>) -> Markup {
        let status = task::STATUS.get(&self.task);
        let step = |label: &str, drawing: &str, to: &str, danger| MenuItem::Post {
            label: label.to_owned(),
            action: self.address("/transition"),
            icon: drawing.to_owned(),
            danger,
            fields: vec![("status".to_owned(), to.to_owned())],
        };
        let mut items = Vec::new();
        if let (true, Some(repeating)) = (self.may_move, repeating) {
            items.extend(repeating.more());
        } else if self.may_move {
            if ["not_started", "in_progress"].contains(&status) {
                items.push(step(t!("Hold"), "pause", "on_hold", false));
            }
            if status == "in_progress" || status == "on_hold" {
                items.push(step(t!("Back to not started"), "rotate-ccw", "not_started", false));
            }
            if parts::is_open(&self.task) {
                items.push(step(t!("Cancel task"), "ban", "cancelled", true));
            }
        }
        if self.may_archive {
            let (label, word, drawing) = if self.task.is_archived() {
                (t!("Restore"), "/restore", "archive-restore")
            } else {
                (
                    if repeating.is_some() { t!("Archive series") } else { t!("Archive") },
                    "/archive",
                    "archive",
                )
            };
            items.push(MenuItem::Post {
                label: label.to_owned(),
                action: self.address(word),
                icon: drawing.to_owned(),
                danger: !self.task.is_archived(),
                fields: Vec::new(),
            });
        }
        if items.is_empty() {
            return html! {};
        }
        menu(&Menu {
            label: t!("More actions").to_owned(),
            icon: "ellipsis".to_owned(),
            icon_only: true,
            at_end: true,
            csrf_token: self.csrf().to_owned(),
            items,
        })
    }

    /// Button of a blocked task: it asks for the reason.
    fn forced(&self, label: &str, status: TaskStatus, date: Option<&str>) -> Markup {
        html! {
            details.menu data-side="end" {
                summary.button { (icon("lock")) (t_html!("{label} anyway", label)) (icon("chevron-down")) }
                div.menu-panel.reason-panel { (self.reason_form("force-head", &t!("{label} anyway", label), status, date, Scope::This)) }
            }
        }
    }

    fn reason_form(
        &self,
        id: &str,
        label: &str,
        status: TaskStatus,
        date: Option<&str>,
        scope: Scope,
    ) -> Markup {
        html! {
            form.stack data-gap="small" method="post" data-in-place action=(self.address("/transition")) {
                input type="hidden" name="csrf_token" value=(self.csrf());
                input type="hidden" name="status" value=(status.as_str());
                @if let Some(date) = date { input type="hidden" name="recurrence_id" value=(date); }
                @if scope == Scope::All { input type="hidden" name="scope" value="all"; }
                label for=(id) { (t!("Reason to go ahead")) }
                input.input #(id) type="text" name="force_reason" required maxlength="2000" autocomplete="off";
                p.field-help { (t!("The reason is shown in the history.")) }
                (submit_button(label, "", ButtonKind::Main))
            }
        }
    }

    fn blocked_notice(&self) -> Markup {
        let Some(Blocked { detail, status, date, scope }) = &self.blocked else {
            return html! {};
        };
        let word = words::choice(TASK_STATUSES, status.as_str());
        let of = date.as_deref().map(|date| format!("{}: ", dates::name_text(date))).unwrap_or_default();
        notice(
            Tone::Bad,
            &html! {
                p { (words::message(detail)) }
                @if self.may_move { (self.reason_form("force-notice", &t!("{of}{word} anyway", of, word), *status, date.as_deref(), *scope)) }
            },
        )
    }

    fn error(&self, field: &str) -> Option<String> {
        error_of(&self.errors, field)
    }

    /// Returns the refused input, or the value of the task.
    fn held(&self, field: &str, value: String) -> String {
        let typed = self.typed.as_ref().filter(|form| form.has(field));
        typed.map_or(value, |form| form.get(field).to_owned())
    }
}
