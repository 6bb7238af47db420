//! Fields with a structure of their own: milestones and figures as rows, outcomes as lists of lines, others as JSON.

use maud::{Markup, html};
use obcms_domain::bookings::WEEKDAYS;
use obcms_domain::choices::{CHECKLIST_STATES, Choice, DISAGGREGATIONS, MILESTONE_STATUSES};
use obcms_domain::registry::{Field, FieldType};
use serde_json::{Map, Value as Json, json};

use crate::components::badges;
use crate::components::forms::Control;
use crate::components::words::{self, t, t_html};
use crate::core::input::Form;

/// Empty rows that a form offers in addition.
const SPARE_ROWS: usize = 3;
/// Parts of an outcome framework, each a list.
const OUTCOMES: [(&str, &str); 3] =
    [("outputs", "Outputs"), ("outcomes", "Outcomes"), ("impacts", "Impacts")];

/// Parts of a blackout.
const BLACKOUT: [&str; 3] = ["start", "end", "reason"];

/// Member of a row of figures.
struct Member {
    name: &'static str,
    label: &'static str,
    /// Values with labels; empty for a text.
    choices: &'static [Choice],
    is_number: bool,
    example: &'static str,
}

impl Member {
    const fn text(name: &'static str, label: &'static str, example: &'static str) -> Self {
        Self { name, label, choices: &[], is_number: false, example }
    }

    const fn number(name: &'static str, label: &'static str, example: &'static str) -> Self {
        Self { name, label, choices: &[], is_number: true, example }
    }
}

/// Fields that are lists of rows, by name, each with the members of a row.
const ROWS: [(&str, &[Member]); 3] = [
    (
        "checklist",
        &[
            Member::text("text", "Step", ""),
            Member {
                name: "state",
                label: "State",
                choices: CHECKLIST_STATES,
                is_number: false,
                example: "",
            },
        ],
    ),
    ("targets", &[Member::text("period", "Period", "2026-Q3"), Member::number("target", "Target", "95")]),
    (
        "disaggregation",
        &[
            Member { name: "by", label: "By", choices: DISAGGREGATIONS, is_number: false, example: "" },
            Member::text("group", "Group", "Women"),
            Member::number("value", "Value", "120"),
        ],
    ),
];

fn members(field: &Field) -> Option<&'static [Member]> {
    let is_structure = matches!(field.data, FieldType::Structure(_));
    ROWS.iter().find(|(name, _)| is_structure && *name == field.name).map(|(_, members)| *members)
}

/// Returns the texts of the rows of a form, member by member.
fn texts(form: &Form, field: &str, members: &[Member]) -> Vec<Vec<String>> {
    let columns: Vec<Vec<String>> =
        members.iter().map(|member| form.all(&format!("{field}.{}", member.name))).collect();
    let count = columns.iter().map(Vec::len).max().unwrap_or_default();
    let at = |column: &Vec<String>, place: usize| column.get(place).cloned().unwrap_or_default();
    (0..count).map(|place| columns.iter().map(|column| at(column, place)).collect()).collect()
}

/// A row counts when something was typed in it; a choice alone is what the form offers.
fn is_filled(row: &[String], members: &[Member]) -> bool {
    row.iter().zip(members).any(|(text, member)| member.choices.is_empty() && !text.trim().is_empty())
}

fn read_rows(form: &Form, field: &str, members: &[Member]) -> Json {
    let item = |row: Vec<String>| -> Json {
        let value = |(text, member): (String, &Member)| {
            let text = text.trim().to_owned();
            let number = member.is_number.then(|| number_of(&text)).flatten();
            (member.name.to_owned(), number.unwrap_or(Json::String(text)))
        };
        Json::Object(row.into_iter().zip(members).map(value).collect())
    };
    let rows = texts(form, field, members).into_iter().filter(|row| is_filled(row, members));
    let items: Vec<Json> = rows.map(item).collect();
    if items.is_empty() { Json::Null } else { Json::Array(items) }
}

/// Reads a number as people write it, with commas between thousands; other text is left to the check of the field.
fn number_of(text: &str) -> Option<Json> {
    text.replace(',', "").parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| json!(number))
}

fn written(item: &Json, member: &Member) -> String {
    match item.get(member.name) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Number(number)) => {
            let text = number.as_f64().map(|number| number.to_string());
            text.unwrap_or_else(|| number.to_string())
        }
        _ => String::new(),
    }
}

fn rows_control(form: &Form, field: &str, members: &[Member]) -> Markup {
    let mut rows = texts(form, field, members);
    let filled = rows.iter().rposition(|row| is_filled(row, members)).map_or(0, |last| last + 1);
    rows.resize(filled + SPARE_ROWS, vec![String::new(); members.len()]);
    html! {
        div.structure {
            @for (place, row) in rows.iter().enumerate() {
                div.structure-row data-columns=(members.len()) {
                    @for (text, member) in row.iter().zip(members) {
                        @let name = format!("{field}.{}", member.name);
                        @let label = t!("{what} of row {place}", what = words::label(member.label), place = place + 1);
                        @if member.choices.is_empty() {
                            input.input type="text" inputmode=[member.is_number.then_some("decimal")] name=(name)
                                value=(text) aria-label=(label) placeholder=(if place == 0 { member.example } else { "" });
                        } @else {
                            select.input name=(name) aria-label=(label) {
                                @for choice in member.choices {
                                    option value=(choice.value) selected[choice.value == text] { (words::label(choice.label)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Writes the value into the texts of a form.
pub fn write(field: &Field, json: &Json, form: &mut Vec<(String, String)>) {
    let text =
        |item: &Json, member: &str| item.get(member).and_then(Json::as_str).unwrap_or_default().to_owned();
    if let Some(members) = members(field) {
        for item in json.as_array().into_iter().flatten() {
            form.extend(
                members
                    .iter()
                    .map(|member| (format!("{}.{}", field.name, member.name), written(item, member))),
            );
        }
        return;
    }
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
        (FieldType::Structure(_), "opening_hours") => {
            for day in WEEKDAYS {
                let stretches = json.get(day).and_then(Json::as_array).cloned().unwrap_or_default();
                let stretches: Vec<String> = stretches
                    .iter()
                    .map(|one| format!("{}-{}", text(one, "from"), text(one, "to")))
                    .collect();
                form.push((format!("opening_hours.{day}"), stretches.join(", ")));
            }
        }
        (FieldType::Structure(_), "blackouts") => {
            for item in json.as_array().into_iter().flatten() {
                for member in BLACKOUT {
                    form.push((format!("blackouts.{member}"), text(item, member)));
                }
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

/// Returns one entry as a line; an entry that is not text is written as JSON and read back as such.
fn line(entry: &Json) -> String {
    entry.as_str().map_or_else(|| entry.to_string(), ToOwned::to_owned)
}

/// Returns true if the form has parts of the field.
#[must_use]
pub fn is_given(form: &Form, field: &Field) -> bool {
    let prefix = format!("{}.", field.name);
    matches!(field.data, FieldType::Structure(_)) && form.0.iter().any(|(name, _)| name.starts_with(&prefix))
}

/// Parses the value from the texts of a form.
#[must_use]
pub fn read(form: &Form, field: &Field) -> Json {
    if let Some(members) = members(field).filter(|_| is_given(form, field)) {
        return read_rows(form, field.name, members);
    }
    match field.name {
        "milestones" => read_milestones(form),
        "outcome_framework" => read_outcomes(form),
        "opening_hours" if is_given(form, field) => read_opening_hours(form),
        "blackouts" if is_given(form, field) => read_blackouts(form),
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

/// Parses hours as people type them, `8-12, 13:00-17:00`; invalid text is left to the check of the field.
fn read_opening_hours(form: &Form) -> Json {
    let mut week = Map::new();
    for day in WEEKDAYS {
        let typed = form.get(&format!("opening_hours.{day}")).to_owned();
        let stretches: Vec<Json> = typed
            .split(',')
            .map(str::trim)
            .filter(|stretch| !stretch.is_empty())
            .map(|stretch| {
                let (from, to) = stretch.split_once(['-', '–']).unwrap_or((stretch, ""));
                json!({ "from": clock(from), "to": clock(to) })
            })
            .collect();
        if !stretches.is_empty() {
            week.insert(day.to_owned(), Json::Array(stretches));
        }
    }
    if week.is_empty() { Json::Null } else { Json::Object(week) }
}

/// Normalizes `8` and `8:30` to `08:00` and `08:30`.
fn clock(text: &str) -> String {
    let text = text.trim();
    let (hour, minute) = text.split_once(':').unwrap_or((text, "00"));
    if hour.parse::<u8>().is_ok() { format!("{hour:0>2}:{minute}") } else { text.to_owned() }
}

fn read_blackouts(form: &Form) -> Json {
    let [starts, ends, reasons] = BLACKOUT.map(|member| form.all(&format!("blackouts.{member}")));
    let at = |list: &[String], place: usize| {
        list.get(place).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    let count = starts.len().max(ends.len()).max(reasons.len());
    let items: Vec<Json> = (0..count)
        .map(|place| (at(&starts, place), at(&ends, place), at(&reasons, place)))
        .filter(|(start, end, reason)| !(start.is_empty() && end.is_empty() && reason.is_empty()))
        .map(|(start, end, reason)| {
            let mut item = Map::new();
            item.insert("start".to_owned(), json!(start));
            for (member, text) in [("end", end), ("reason", reason)] {
                if !text.is_empty() {
                    item.insert(member.to_owned(), json!(text));
                }
            }
            Json::Object(item)
        })
        .collect();
    if items.is_empty() { Json::Null } else { Json::Array(items) }
}

/// Control of the field.
#[must_use]
pub fn control(form: &Form, field: &Field) -> Control {
    if let Some(members) = members(field) {
        return Control::Structure { content: rows_control(form, field.name, members) };
    }
    match field.name {
        "milestones" => Control::Structure { content: milestones(form) },
        "outcome_framework" => Control::Structure { content: outcomes(form) },
        "opening_hours" => Control::Structure { content: opening_hours(form) },
        "blackouts" => Control::Structure { content: blackouts(form) },
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
                @let name = |what: &str| t!("{what} of milestone {place}", what, place = place + 1);
                div.structure-row {
                    input.input type="date" name="milestones.date" value=(date) aria-label=(name(t!("Date")));
                    input.input type="text" name="milestones.title" value=(title) aria-label=(name(t!("Title")))
                        placeholder=(t!("Milestone"));
                    select.input name="milestones.status" aria-label=(name(t!("Status"))) {
                        option value="" { (t!("No status")) }
                        @for choice in MILESTONE_STATUSES {
                            option value=(choice.value) selected[choice.value == status] { (words::label(choice.label)) }
                        }
                    }
                }
            }
        }
    }
}

fn opening_hours(form: &Form) -> Markup {
    html! {
        div.structure {
            @for day in WEEKDAYS {
                @let name = format!("opening_hours.{day}");
                div.structure-row data-shape="labelled" {
                    label for={ "part-" (day) } { (badges::words(day)) }
                    input.input #{ "part-" (day) } type="text" name=(name) value=(form.get(&name))
                        placeholder="08:00-12:00, 13:00-17:00";
                }
            }
        }
    }
}

fn blackouts(form: &Form) -> Markup {
    let [starts, ends, reasons] = BLACKOUT.map(|member| form.all(&format!("blackouts.{member}")));
    let count = starts.len().max(ends.len()).max(reasons.len()) + 2;
    let at = |list: &[String], place: usize| list.get(place).cloned().unwrap_or_default();
    html! {
        div.structure {
            p.field-help { (t!("Dates like 2026-12-24 or times like 2026-12-24T13:00. The end is the first day or time it is available again.")) }
            @for place in 0..count {
                @let name = |what: &str| t!("{what} of blackout {place}", what, place = place + 1);
                div.structure-row {
                    input.input type="text" name="blackouts.start" value=(at(&starts, place)) aria-label=(name(t!("Start"))) placeholder="2026-12-24";
                    input.input type="text" name="blackouts.reason" value=(at(&reasons, place)) aria-label=(name(t!("Reason"))) placeholder=(t!("Reason"));
                    input.input type="text" name="blackouts.end" value=(at(&ends, place)) aria-label=(name(t!("End"))) placeholder="2026-12-26";
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
                label for={ "part-" (member) } { (t_html!("{label}, one per line", label = words::text(label))) }
                textarea.input id={ "part-" (member) } name=(name) rows="3" { "\n" (form.get(&name)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use obcms_domain::kinds::{INDICATOR, MEASUREMENT, PPA, RESOURCE};

    use super::*;

    #[test]
    fn structures_survive_the_form() {
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
    fn rows_of_figures_survive_the_form() {
        for (kind, name, json) in [
            (
                &INDICATOR,
                "targets",
                json!([{ "period": "2026", "target": 95.0 }, { "period": "2027", "target": 0.5 }]),
            ),
            (
                &MEASUREMENT,
                "disaggregation",
                json!([{ "by": "sex", "group": "Women", "value": 12.0 }, { "by": "place", "group": "Marawi", "value": 3.25 }]),
            ),
        ] {
            let field = kind.field(name).expect("a field");
            let mut form = Form::default();
            write(field, &json, &mut form.0);
            assert_eq!(read(&form, field), json);
            let html = rows_control(&form, name, members(field).expect("rows")).into_string();
            assert_eq!(html.matches("structure-row").count(), 2 + SPARE_ROWS, "{html}");
        }
        // Thousands as people write them; what is no number is left to the check.
        let typed = |target: &str| {
            Form(vec![("targets.period".into(), "2026".into()), ("targets.target".into(), target.into())])
        };
        let targets = INDICATOR.field("targets").expect("targets");
        assert_eq!(read(&typed(" 1,200 "), targets), json!([{ "period": "2026", "target": 1200.0 }]));
        assert_eq!(read(&typed("many"), targets), json!([{ "period": "2026", "target": "many" }]));
        let empty = Form(vec![
            ("disaggregation.by".into(), "sex".into()),
            ("disaggregation.group".into(), " ".into()),
        ]);
        assert_eq!(read(&empty, MEASUREMENT.field("disaggregation").expect("a breakdown")), Json::Null);
    }

    #[test]
    fn hours_and_blackouts_survive_the_form() {
        for (name, json) in [
            (
                "opening_hours",
                json!({ "monday": [{ "from": "08:00", "to": "12:00" }, { "from": "13:00", "to": "17:00" }], "friday": [{ "from": "09:30", "to": "24:00" }] }),
            ),
            (
                "blackouts",
                json!([{ "start": "2026-12-24" }, { "start": "2026-12-30T08:00", "end": "2026-12-30T12:00", "reason": "Repair" }]),
            ),
        ] {
            let field = RESOURCE.field(name).expect("a field of resources");
            let mut form = Form::default();
            write(field, &json, &mut form.0);
            assert_eq!(read(&form, field), json);
        }
        let typed = Form(vec![("opening_hours.monday".into(), "8-12, 13:30 – 17".into())]);
        assert_eq!(
            read_opening_hours(&typed),
            json!({ "monday": [{ "from": "08:00", "to": "12:00" }, { "from": "13:30", "to": "17:00" }] })
        );
    }

    #[test]
    fn empty_rows_are_not_milestones() {
        let form =
            Form(vec![("milestones.date".into(), String::new()), ("milestones.title".into(), " ".into())]);
        assert_eq!(read(&form, PPA.field("milestones").expect("milestones")), Json::Null);
        assert_eq!(milestones(&form).into_string().matches("milestones.title").count(), SPARE_ROWS);
    }
}
