//! Fields with a structure of their own: milestones as rows, outcomes as lists of lines, the rest as JSON.

use maud::{Markup, html};
use obcms_domain::choices::MILESTONE_STATUSES;
use obcms_domain::registry::{Field, FieldType};
use serde_json::{Map, Value as Json, json};

use crate::components::forms::Control;
use crate::input::Form;

/// Empty rows that a form offers beyond those that are filled.
const SPARE_ROWS: usize = 3;
/// Parts of an outcome framework, each a list.
const OUTCOMES: [(&str, &str); 3] =
    [("outputs", "Outputs"), ("outcomes", "Outcomes"), ("impacts", "Impacts")];

/// Puts the value into the texts of a form.
pub fn write(field: &Field, json: &Json, form: &mut Vec<(String, String)>) {
    let text =
        |item: &Json, member: &str| item.get(member).and_then(Json::as_str).unwrap_or_default().to_owned();
    match (field.data, field.name) {
        (FieldType::Structure(_), "milestones") => {
            for item in json.as_array().into_iter().flatten() {
                for member in ["date", "title", "status"] {
                    form.push((format!("milestones.{member}"), text(item, member)));
                }
            }
        }
        (FieldType::Structure(_), "outcome_framework") => {
            for (member, _) in OUTCOMES {
                let lines = json.get(member).and_then(Json::as_array).cloned().unwrap_or_default();
                form.push((
                    format!("outcome_framework.{member}"),
                    lines.iter().map(line).collect::<Vec<_>>().join("\n"),
                ));
            }
        }
        (FieldType::Structure(_), _) => {
            form.push((field.name.to_owned(), serde_json::to_string_pretty(json).unwrap_or_default()));
        }
        (FieldType::Tags | FieldType::Moments, _) => {
            let items: Vec<&str> = json.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
            form.push((field.name.to_owned(), items.join(", ")));
        }
        _ => {
            for item in json.as_array().into_iter().flatten().filter_map(Json::as_str) {
                form.push((field.name.to_owned(), item.to_owned()));
            }
        }
    }
}

/// One entry as a line; what is no text stands as JSON and is read back as such.
fn line(entry: &Json) -> String {
    entry.as_str().map_or_else(|| entry.to_string(), ToOwned::to_owned)
}

/// Whether the form has parts of the field.
#[must_use]
pub fn is_given(form: &Form, field: &Field) -> bool {
    let prefix = format!("{}.", field.name);
    matches!(field.data, FieldType::Structure(_)) && form.0.iter().any(|(name, _)| name.starts_with(&prefix))
}

/// Reads the value from the texts of a form.
#[must_use]
pub fn read(form: &Form, field: &Field) -> Json {
    match field.name {
        "milestones" => read_milestones(form),
        "outcome_framework" => read_outcomes(form),
        _ => obcms_domain::registry::form_to_json(field, &form.all(field.name)),
    }
}

fn rows(form: &Form) -> Vec<[String; 3]> {
    let [dates, titles, states] =
        ["date", "title", "status"].map(|member| form.all(&format!("milestones.{member}")));
    let count = dates.len().max(titles.len()).max(states.len());
    let at = |list: &[String], place: usize| list.get(place).cloned().unwrap_or_default();
    (0..count).map(|place| [at(&dates, place), at(&titles, place), at(&states, place)]).collect()
}

fn read_milestones(form: &Form) -> Json {
    let items = rows(form)
        .into_iter()
        .filter(|[date, title, _]| !(date.trim().is_empty() && title.trim().is_empty()))
        .map(|[date, title, status]| {
            let mut item = Map::new();
            item.insert("date".to_owned(), json!(date.trim()));
            item.insert("title".to_owned(), json!(title));
            if !status.is_empty() {
                item.insert("status".to_owned(), json!(status));
            }
            Json::Object(item)
        })
        .collect::<Vec<_>>();
    if items.is_empty() { Json::Null } else { Json::Array(items) }
}

fn read_outcomes(form: &Form) -> Json {
    let mut object = Map::new();
    for (member, _) in OUTCOMES {
        let lines: Vec<Json> = form
            .get(&format!("outcome_framework.{member}"))
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| {
                serde_json::from_str(line).ok().filter(Json::is_object).unwrap_or_else(|| json!(line))
            })
            .collect();
        if !lines.is_empty() {
            object.insert(member.to_owned(), Json::Array(lines));
        }
    }
    if object.is_empty() { Json::Null } else { Json::Object(object) }
}

/// The control of the field.
#[must_use]
pub fn control(form: &Form, field: &Field) -> Control {
    match field.name {
        "milestones" => Control::Structure { content: milestones(form) },
        "outcome_framework" => Control::Structure { content: outcomes(form) },
        _ => Control::Json { value: form.get(field.name).to_owned() },
    }
}

fn milestones(form: &Form) -> Markup {
    let mut rows = rows(form);
    let filled = rows
        .iter()
        .rposition(|row| row.iter().any(|text| !text.trim().is_empty()))
        .map_or(0, |last| last + 1);
    rows.resize(filled + SPARE_ROWS, Default::default());
    html! {
        div.structure {
            @for (place, [date, title, status]) in rows.iter().enumerate() {
                @let name = |what: &str| format!("{what} of milestone {}", place + 1);
                div.structure-row {
                    input.input type="date" name="milestones.date" value=(date) aria-label=(name("Date"));
                    input.input type="text" name="milestones.title" value=(title) aria-label=(name("Title"))
                        placeholder="Milestone";
                    select.input name="milestones.status" aria-label=(name("Status")) {
                        option value="" { "No status" }
                        @for choice in MILESTONE_STATUSES {
                            option value=(choice.value) selected[choice.value == status] { (choice.label) }
                        }
                    }
                }
            }
        }
    }
}

fn outcomes(form: &Form) -> Markup {
    html! {
        div.structure {
            @for (member, label) in OUTCOMES {
                @let name = format!("outcome_framework.{member}");
                label for={ "part-" (member) } { (label) ", one a line" }
                textarea.input id={ "part-" (member) } name=(name) rows="3" { "\n" (form.get(&name)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use obcms_domain::kinds::PPA;

    use super::*;

    #[test]
    fn structures_come_back_from_the_form_as_they_went_in() {
        for (name, json) in [
            (
                "milestones",
                json!([{ "date": "2027-02-01", "title": "Design", "status": "completed" }, { "date": "2027-03-01", "title": "Build" }]),
            ),
            ("outcome_framework", json!({ "outputs": ["12 wells", { "count": 3 }], "impacts": ["Health"] })),
        ] {
            let field = PPA.field(name).expect("a field of PPAs");
            let mut form = Form::default();
            write(field, &json, &mut form.0);
            assert!(is_given(&form, field));
            assert_eq!(read(&form, field), json);
        }
    }

    #[test]
    fn rows_left_empty_are_no_milestones() {
        let form =
            Form(vec![("milestones.date".into(), String::new()), ("milestones.title".into(), " ".into())]);
        assert_eq!(read(&form, PPA.field("milestones").expect("milestones")), Json::Null);
        assert_eq!(milestones(&form).into_string().matches("milestones.title").count(), SPARE_ROWS);
    }
}
