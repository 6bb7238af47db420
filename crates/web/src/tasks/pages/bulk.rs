//! Changes of several tasks from the list: each is changed or refused by itself.

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::tasks::bulk::{Bulk, Changed, Changes};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::{Action, FieldGroup, relations_needed, relations_to_write};
use obcms_domain::choices::{PRIORITIES, TASK_STATUSES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{TASK, task};
use obcms_domain::message;
use obcms_domain::registry::form_to_json;
use obcms_domain::tasks::actions::MOST_TASKS;
use serde_json::{Map, Value as Json, json};

use super::parts::{Address, back};
use crate::components::badges::Tone;
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head, panel};
use crate::components::feedback::notice;
use crate::components::forms::{self, Control, FormField};
use crate::components::tables::{BulkAction, BulkPanel};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters, PathParts};
use crate::core::state::{State, blocking};

/// `POST /tasks/bulk/ACTION?FILTERS`: each of `ids`, undone together.
pub async fn change(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    PathParts(action): PathParts<String>,
    parameters: PageParameters,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let ids: Result<Vec<Id>, _> = form.all("ids").iter().map(|id| id.parse::<Id>()).collect();
    let ids = ids.map_err(|_| AppError::BadRequest("One of the tasks does not exist.".into()))?;
    let address =
        Address::new("/tasks", &parameters.matching(|name| state.app.is_known_parameter(&TASK, name)).0)
            .with(&[], &[]);
    // Other pages than the list say where to return.
    let address = back(form.get("back"), &address);
    if ids.is_empty() {
        return Ok(done(&address, t!("Select at least one task"), None));
    }
    if ids.len() > MOST_TASKS {
        let refusal = message!("At most {MOST_TASKS} tasks can be changed at once.", MOST_TASKS);
        return Err(AppError::BadRequest(refusal).into());
    }
    let given = given(&action, &form, &actor).ok_or(AppError::NotFound("action"))?;
    let changes = match Changes::parse(given) {
        Ok(changes) => changes,
        Err(AppError::Invalid(errors)) => return Ok(done(&address, &words::messages(&errors), None)),
        Err(other) => return Err(other.into()),
    };
    let bulk = Bulk { ids, changes, ..Bulk::default() };
    let changed = blocking(|| state.app.change_tasks(&actor, &bulk))?;
    let refused = changed.outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    if refused > 0 {
        return answer(&state, page, &actor, &changed, (&action, &address));
    }
    Ok(done(&address, &count_text(&changed, &action), changed.undo().as_deref()))
}

/// Says how many tasks were changed.
fn count_text(changed: &Changed, action: &str) -> String {
    let count = changed.outcomes.iter().filter(|one| matches!(one.result, Ok((_, true)))).count();
    match (action, count) {
        (_, 0) => t!("Nothing to change").to_owned(),
        ("complete", 1) => t!("1 task completed").to_owned(),
        ("complete", _) => t!("{count} tasks completed", count),
        ("assign", 1) => t!("1 task assigned to me").to_owned(),
        ("assign", _) => t!("{count} tasks assigned to me", count),
        ("archive", 1) => t!("1 task archived").to_owned(),
        ("archive", _) => t!("{count} tasks archived", count),
        (_, 1) => t!("1 task changed").to_owned(),
        _ => t!("{count} tasks changed", count),
    }
}

/// Returns the changes that the form asks for; nothing for an unknown action.
fn given(action: &str, form: &Form, actor: &Actor) -> Option<Map<String, Json>> {
    let single = |name: &str, json: Json| Some(Map::from_iter([(name.to_owned(), json)]));
    match action {
        "complete" => single(task::STATUS.name(), json!("completed")),
        "assign" => single("add_assignees", json!(actor.id)),
        "archive" => single("archived", json!(true)),
        "baseline" => single("baseline", json!(true)),
        "clear-baseline" => single("baseline", json!(false)),
        "change" => Some(of_panel(form)),
        _ => None,
    }
}

/// Returns the changes of the panel: what was left empty stays as it is.
fn of_panel(form: &Form) -> Map<String, Json> {
    let mut given = Map::new();
    for name in [task::STATUS.name(), task::PRIORITY.name(), task::DUE_DATE.name()] {
        if !form.get(name).is_empty() {
            given.insert(name.to_owned(), json!(form.get(name)));
        }
    }
    let words = |name: &str| -> Vec<String> {
        let words = form.get(name).split(',').map(|word| word.trim().to_owned());
        words.filter(|word| !word.is_empty()).collect()
    };
    for name in ["add_labels", "remove_labels"] {
        if !words(name).is_empty() {
            given.insert(name.to_owned(), json!(words(name)));
        }
    }
    let shift = form.get("shift_days").trim();
    if !shift.is_empty() {
        let days = shift.parse::<i64>().map_or_else(|_| json!(shift), |days| json!(days));
        given.insert("shift_days".to_owned(), days);
    }
    for name in [task::ASSIGNEES.name(), task::TEAMS.name()] {
        let ids: Vec<String> = form.all(name).into_iter().filter(|id| !id.is_empty()).collect();
        if !ids.is_empty() {
            given.insert(name.to_owned(), json!(ids));
        }
    }
    if let Some(field) = TASK.field(task::ORIGIN.name())
        && !form.get("ppa").is_empty()
    {
        given.insert(field.name.to_owned(), form_to_json(field, &[form.get("ppa").to_owned()]));
    }
    given
}

/// Page that names the refused tasks with their reasons.
fn answer(
    state: &State,
    page: Page,
    actor: &Actor,
    changed: &Changed,
    (action, address): (&str, &str),
) -> Result<Response, PageError> {
    let ids: Vec<Id> = changed.outcomes.iter().map(|outcome| outcome.id).collect();
    let titles = blocking(|| state.app.directory(actor, &ids))?;
    let refused =
        changed.outcomes.iter().filter_map(|outcome| Some((outcome.id, outcome.result.as_ref().err()?)));
    let refused: Vec<(Id, &AppError)> = refused.collect();
    let content = html! {
        (page_head(&PageHead {
            title: t!("Not all tasks were changed").to_owned(),
            actions: button_link(t!("Back to the list"), address, "chevron-left", ButtonKind::Main),
            ..PageHead::default()
        }))
        (notice(Tone::Warning, &html! { (count_text(changed, action)) ". " (t_html!("{count} refused.", count = refused.len())) }))
        (panel("refused", "", t!("Refused"), &html! {}, &html! {
            ul.task-list {
                @for (id, error) in refused {
                    li.task-row {
                        a.task-title href=(TASK.url(id)) {
                            (titles.get(&id).map_or(t!("Unknown task"), |known| known.title.as_str()))
                        }
                        span.muted { (reason(error)) }
                    }
                }
            }
        }))
    };
    let page = page.below(t!("Tasks"), "/tasks");
    Ok(Html(page.render(t!("Not all tasks were changed"), &content).into_string()).into_response())
}

fn reason(error: &AppError) -> String {
    match error {
        AppError::Invalid(errors) => words::messages(errors),
        other => words::message(&other.message()),
    }
}

/// Returns the actions on selected tasks that the actor may do on some.
pub fn actions(actor: &Actor, address: &Address) -> Vec<BulkAction> {
    let may = |action| !relations_needed(&actor.roles, action, TASK.area).is_empty() && !actor.read_only;
    let query = address.query(&[], &[]);
    let action = |name: &str, label: &str, icon: &str, danger| BulkAction {
        label: label.to_owned(),
        icon: icon.to_owned(),
        action: format!("/tasks/bulk/{name}{query}"),
        danger,
    };
    let mut actions = Vec::new();
    if may(Action::Transition) {
        actions.push(action("complete", t!("Complete"), "check", false));
    }
    if writes(actor, FieldGroup::People) && actor.id.is_some() {
        actions.push(action("assign", t!("Assign to me"), "user-plus", false));
    }
    if may(Action::Archive) {
        actions.push(action("archive", t!("Archive"), "archive", true));
    }
    actions
}

fn writes(actor: &Actor, group: FieldGroup) -> bool {
    !actor.read_only && !relations_to_write(&actor.roles, TASK.area, group).is_empty()
}

/// Returns the panel that changes several fields of the selected tasks.
pub fn change_panel(actor: &Actor, address: &Address) -> Option<BulkPanel> {
    writes(actor, FieldGroup::Planning).then(|| BulkPanel {
        label: t!("Change").to_owned(),
        icon: "pencil".to_owned(),
        submit: t!("Change tasks").to_owned(),
        action: format!("/tasks/bulk/change{}", address.query(&[], &[])),
        content: fields(),
    })
}

fn fields() -> Markup {
    let select = |choices: &[obcms_domain::choices::Choice]| Control::Select {
        options: choices
            .iter()
            .map(|choice| forms::Choice {
                value: choice.value.to_owned(),
                label: words::label(choice.label).to_owned(),
                selected: false,
            })
            .collect(),
    };
    let people =
        |collection: &str| Control::References { collection: collection.to_owned(), selected: Vec::new() };
    let text = || Control::Text { value: String::new() };
    let ppa = Control::Links { kinds: vec!["ppa".to_owned()], selected: Vec::new(), many: false };
    let fields = [
        FormField::new(task::STATUS.name(), t!("Status"), select(TASK_STATUSES)),
        FormField::new(task::PRIORITY.name(), t!("Priority"), select(PRIORITIES)),
        FormField::new(task::ASSIGNEES.name(), t!("Assignees"), people("users")),
        FormField::new(task::TEAMS.name(), t!("Teams"), people("teams")),
        FormField::new(task::DUE_DATE.name(), t!("Due"), Control::Date { value: String::new() }),
        FormField {
            help: t!("Moves start and due date, for example 7 or -2.").to_owned(),
            ..FormField::new("shift_days", t!("Move by days"), text())
        },
        FormField::new("add_labels", t!("Add labels"), text()),
        FormField::new("remove_labels", t!("Remove labels"), text()),
        FormField::new("ppa", t!("PPA"), ppa),
    ];
    let fields = fields.map(|field| FormField { part: "bulk", ..field });
    html! { @for field in &fields { (forms::field(field)) } }
}
