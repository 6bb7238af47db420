//! Changes of parts of a task from the forms of its page.

use obcms_domain::kinds::task;
use obcms_domain::registry::{FieldError, Record};
use serde_json::{Map, Value as Json, json};

use crate::components::words::t;
use crate::core::input::Form;

/// Fields that a form changes by one entry.
pub const LISTS: [&str; 4] =
    [task::CHECKLIST.name(), task::DEPENDS_ON.name(), task::LINKS.name(), task::ACTUAL_HOURS.name()];

/// Changed members, and the name of the part.
type Changes = (Map<String, Json>, &'static str);

/// Returns the members that a form of the page changes.
pub fn of_form(form: &Form, task: &Record) -> Result<Changes, Vec<FieldError>> {
    let single = |name: &str, json: Json| Map::from_iter([(name.to_owned(), json)]);
    if form.has("log_hours") {
        return log_hours(form.get("log_hours"), task);
    }
    if ["add_step", "toggle_step", "remove_step"].iter().any(|name| form.has(name)) {
        return Ok((single(task::CHECKLIST.name(), steps(form, task)), t!("Checklist")));
    }
    if form.has("add_dependency") || form.has("remove_dependency") {
        let mut ids: Vec<String> = task::DEPENDS_ON.get(task).iter().map(ToString::to_string).collect();
        ids.retain(|id| id != form.get("remove_dependency"));
        ids.extend(form.all("add_dependency").into_iter().filter(|id| !id.is_empty()));
        return Ok((single(task::DEPENDS_ON.name(), json!(ids)), t!("Dependencies")));
    }
    if form.has("add_link") || form.has("remove_link") {
        return Ok((single(task::LINKS.name(), links(form, task)), t!("Related records")));
    }
    let number = |name: &str| {
        let typed = form.get(name).trim().trim_end_matches('%').trim();
        typed.parse::<i64>().map_or_else(|_| json!(typed), |number| json!(number))
    };
    let mut input = Map::new();
    let mut what = t!("Description");
    for (name, label) in [(task::PROGRESS.name(), t!("Progress")), (task::LAG_DAYS.name(), t!("Lag"))] {
        if form.has(name) {
            input.insert(name.to_owned(), number(name));
            what = label;
        }
    }
    if form.has(task::DESCRIPTION.name()) {
        let text = form.get(task::DESCRIPTION.name()).replace("\r\n", "\n");
        input.insert(task::DESCRIPTION.name().to_owned(), json!(text));
    }
    Ok((input, what))
}

/// Adds hours to those that are logged.
fn log_hours(typed: &str, task: &Record) -> Result<Changes, Vec<FieldError>> {
    let hours = typed.trim().trim_end_matches('h').trim().replace(',', ".").parse::<f64>();
    let Some(hours) = hours.ok().filter(|hours| hours.is_finite() && (0.01..=999.0).contains(hours)) else {
        let message = "Must be hours, such as 1.5.";
        return Err(vec![FieldError::new(task::ACTUAL_HOURS.name(), "type", message)]);
    };
    #[allow(clippy::cast_precision_loss)] // At most 9,999 hours.
    let known = task::ACTUAL_HOURS.get(task).unwrap_or(0) as f64 / 100.0;
    Ok((Map::from_iter([(task::ACTUAL_HOURS.name().to_owned(), json!(known + hours))]), t!("Hours")))
}

/// Returns the checklist after a step was added, done, undone or removed. A step is named by place and text, because
/// others may have changed the list meanwhile.
fn steps(form: &Form, task: &Record) -> Json {
    let mut steps = task::CHECKLIST.get(task).and_then(Json::as_array).cloned().unwrap_or_default();
    let place = |name: &str| form.get(name).parse::<usize>().ok();
    let is_meant = |step: &Json| step["text"] == form.get("step");
    if let Some(step) =
        place("toggle_step").and_then(|place| steps.get_mut(place)).filter(|step| is_meant(step))
    {
        step["state"] = if step["state"] == "done" { "open" } else { "done" }.into();
    }
    if let Some(place) = place("remove_step").filter(|place| steps.get(*place).is_some_and(is_meant)) {
        steps.remove(place);
    }
    if form.has("add_step") {
        steps.push(json!({ "text": form.get("add_step").trim(), "state": "open" }));
    }
    if steps.is_empty() { Json::Null } else { Json::Array(steps) }
}

/// Returns the related records after some were added or one removed. Pickers write `kind:id`.
fn links(form: &Form, task: &Record) -> Json {
    let kept = task::LINKS.get(task).iter().filter(|link| link.id.to_string() != form.get("remove_link"));
    let mut links: Vec<Json> = kept.map(|link| json!({ "kind": link.kind, "id": link.id })).collect();
    for value in form.all("add_link").iter().filter(|value| !value.is_empty()) {
        let (kind, id) = value.split_once(':').unwrap_or((value, ""));
        links.push(json!({ "kind": kind, "id": id }));
    }
    json!(links)
}

#[cfg(test)]
mod tests {
    use super::*;
    use obcms_domain::kinds::TASK;

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn task() -> Record {
        let id = "0192d3a0-0000-7000-8000-000000000001".parse().unwrap();
        let mut task = Record::new(&TASK, id, jiff::Timestamp::UNIX_EPOCH, None);
        let steps = json!([{ "text": "Call", "state": "open" }, { "text": "Write", "state": "done" }]);
        task::CHECKLIST.set(&mut task, steps);
        task::ACTUAL_HOURS.set(&mut task, 150_i64);
        task
    }

    #[test]
    fn steps_are_added_done_and_removed() {
        let of = |pairs: &[(&str, &str)]| of_form(&form(pairs), &task()).unwrap().0["checklist"].clone();
        assert_eq!(of(&[("add_step", " Send ")])[2], json!({ "text": "Send", "state": "open" }));
        assert_eq!(of(&[("toggle_step", "0"), ("step", "Call")])[0]["state"], "done");
        assert_eq!(of(&[("remove_step", "0"), ("step", "Call")]).as_array().unwrap().len(), 1);
        // Another step is at that place now.
        assert_eq!(of(&[("remove_step", "0"), ("step", "Other")]).as_array().unwrap().len(), 2);
    }

    #[test]
    fn hours_are_added() {
        let of = |typed: &str| of_form(&form(&[("log_hours", typed)]), &task());
        assert_eq!(of("1.5").unwrap().0["actual_hours"], json!(3.0));
        assert_eq!(of("2h").unwrap().0["actual_hours"], json!(3.5));
        for wrong in ["", "x", "-1", "NaN", "inf", "1000000"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
