//! Shared parts of task pages: marks, addresses, filters.

use jiff::civil::Date;
use maud::{Markup, html};
use obcms_app::Actor;
use obcms_app::records::lists::Parameters as Pairs;
pub use obcms_app::tasks::Facts;
use obcms_domain::choices::{Choice, PRIORITIES, TASK_DOMAINS, TASK_PHASES, TASK_STATUSES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, task};
use obcms_domain::registry::Record;
pub use obcms_domain::tasks::is_open;
use obcms_store::records::Directory;
use serde_json::{Map, Value as Json, json};

use super::editable;
use crate::components::badges::{self, Tone, icon_badge};
use crate::components::filters::{Chip, Filters};
use crate::components::forms::{self, Control, FormField};
use crate::components::words::{self, t};
use crate::core::return_path::local_path;
pub use crate::records::pages::dates::{due, due_of};

/// Marks of a card or row: unusual priority, due date, blocked, at risk.
#[must_use]
pub fn marks(task: &Record, today: Date) -> Markup {
    let facts = Facts::of(task, today);
    html! {
        @if ["high", "critical"].contains(&task::PRIORITY.get(task)) { (badges::priority(task::PRIORITY.get(task))) }
        (due_of(task, facts.due, today))
        (risk(task, &facts))
    }
}

/// Marks of a card or row, edited in place: priority, due date, blocked, at risk.
#[must_use]
pub fn editable_marks(actor: &Actor, task: &Record, today: Date) -> Markup {
    let facts = Facts::of(task, today);
    let priority = task::PRIORITY.get(task);
    let shown = if ["high", "critical"].contains(&priority) {
        badges::priority(priority)
    } else {
        html! {}
    };
    html! {
        (editable::choice(actor, task, task::PRIORITY.name(), &shown))
        (editable::due(actor, task, &due_of(task, facts.due, today)))
        (risk(task, &facts))
    }
}

fn risk(task: &Record, facts: &Facts) -> Markup {
    html! {
        @if is_open(task) && task::BLOCKED.get(task) {
            (icon_badge("lock", t!("Blocked"), Tone::Bad))
        } @else if facts.at_risk && !facts.overdue {
            (icon_badge("triangle-alert", t!("At risk"), Tone::Warning))
        }
    }
}

/// Badge of the status.
#[must_use]
pub fn status(task: &Record) -> Markup {
    let value = task::STATUS.get(task);
    badges::badge(words::choice(TASK_STATUSES, value), Tone::of_status(value))
}

/// Returns title, address and module of the origin of a task.
#[must_use]
pub fn origin(task: &Record, directory: &Directory) -> Option<(String, String, &'static str)> {
    let origin = directory.get(&task::ORIGIN.get(task)?.id)?;
    let kind = kinds::by_name(&origin.kind)?;
    Some((origin.title.clone(), kind.url(origin.id), kind.module.key()))
}

/// Origin of a task in one line that is truncated where it is too long.
#[must_use]
pub fn origin_link(title: &str, address: &str, module: &str) -> Markup {
    html! {
        a.task-origin href=(address) title=(title) { span.module-dot data-module=(module) {} span { (title) } }
    }
}

/// Returns the names of the people of a task.
#[must_use]
pub fn people(task: &Record, directory: &Directory) -> Vec<String> {
    let name = |id: &Id| directory.get(id).map(|person| person.title.clone());
    task::ASSIGNEES.get(task).iter().filter_map(name).collect()
}

/// Parameters of a page in order, without empty ones.
#[derive(Clone, Debug)]
pub struct Address {
    /// Path.
    pub path: &'static str,
    /// Parameters.
    pub pairs: Pairs,
}

impl Address {
    /// Creates the address of a request.
    #[must_use]
    pub fn new(path: &'static str, pairs: &[(String, String)]) -> Self {
        Self { path, pairs: pairs.iter().filter(|(_, value)| !value.is_empty()).cloned().collect() }
    }

    /// Returns the value of a parameter, or empty text.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Returns the query with some parameters removed and others set, with its question mark.
    #[must_use]
    pub fn query(&self, without: &[&str], with: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let kept = self.pairs.iter().filter(|(name, _)| {
            !without.contains(&name.as_str()) && with.iter().all(|(other, _)| other != name)
        });
        query.extend_pairs(kept);
        query.extend_pairs(with);
        let query = query.finish();
        if query.is_empty() { String::new() } else { format!("?{query}") }
    }

    /// Returns the address with some parameters removed and others set.
    #[must_use]
    pub fn with(&self, without: &[&str], with: &[(&str, &str)]) -> String {
        format!("{}{}", self.path, self.query(without, with))
    }
}

/// Returns the values that a task added on the page gets, so that its filters show it.
#[must_use]
pub fn defaults(address: &Address, actor: &Actor) -> Map<String, Json> {
    let mut defaults = Map::new();
    let single = |name: &str| {
        Some(address.get(name)).filter(|value| !value.is_empty() && !value.contains(',') && *value != "none")
    };
    for name in [task::PRIORITY.name(), task::DOMAIN.name(), task::PHASE.name()] {
        if let Some(value) = single(name) {
            defaults.insert(name.to_owned(), json!(value));
        }
    }
    for (names, field) in
        [(["assignee", "assignees"], task::ASSIGNEES.name()), (["team", "teams"], task::TEAMS.name())]
    {
        if let Some(id) = names.iter().find_map(|name| single(name)) {
            defaults.insert(field.to_owned(), json!([id]));
        }
    }
    for name in ["label", task::LABELS.name()] {
        if let Some(label) = single(name) {
            defaults.insert(task::LABELS.name().to_owned(), json!([label]));
        }
    }
    let origin = single("ppa").map(|id| ("ppa", id)).or_else(|| single(task::ORIGIN.name())?.split_once(':'));
    if let Some((kind, id)) = origin {
        defaults.insert(task::ORIGIN.name().to_owned(), json!({ "kind": kind, "id": id }));
    }
    if address.get("mine") == "true"
        && let Some(me) = actor.id
    {
        defaults.insert(task::ASSIGNEES.name().to_owned(), json!([me]));
    }
    let is_unassigned = address.get("unassigned") == "true" || address.get(task::ASSIGNEES.name()) == "none";
    if is_unassigned {
        defaults.insert(task::ASSIGNEES.name().to_owned(), json!([]));
    }
    defaults
}

/// Parameters that are not filters.
const NO_FILTERS: [&str; 11] =
    ["group", "sort", "cursor", "limit", "column", "q", "folded", "limits", "lanes", "scale", "print"];
/// Boolean filters, with their labels.
const FLAGS: [(&str, &str); 7] = [
    ("mine", "Mine"),
    ("my_teams", "My teams"),
    ("overdue", "Late"),
    ("open", "Open"),
    ("blocked", "Blocked"),
    ("at_risk", "At risk"),
    ("unassigned", "Unassigned"),
];
/// Filters by one value of a list.
const LISTS: [(&str, &str, &[Choice]); 4] = [
    ("status", "Status", TASK_STATUSES),
    ("priority", "Priority", PRIORITIES),
    ("domain", "Domain", TASK_DOMAINS),
    ("phase", "Phase", TASK_PHASES),
];

/// Returns the ids in the filters, whose titles the chips show.
#[must_use]
pub fn filter_ids(address: &Address) -> Vec<Id> {
    ["assignees", "teams", "assignee", "team", "origin", "ppa", "project"]
        .iter()
        .flat_map(|name| address.get(name).split(','))
        .filter_map(|part| part.rsplit(':').next().and_then(|id| id.parse().ok()))
        .collect()
}

/// Filter row, with chips for the active filters.
#[must_use]
pub fn filters(address: &Address, titles: &Directory) -> Filters {
    let mut fields: Vec<FormField> = FLAGS
        .iter()
        .map(|(name, label)| {
            FormField::new(
                name,
                words::text(label),
                Control::Checkbox { checked: address.get(name) == "true" },
            )
        })
        .collect();
    fields.extend(LISTS.iter().map(|(name, label, list)| {
        let chosen = address.get(name);
        let options = list
            .iter()
            .map(|choice| forms::Choice {
                value: choice.value.to_owned(),
                label: words::label(choice.label).to_owned(),
                selected: choice.value == chosen,
            })
            .collect();
        FormField::new(name, words::text(label), Control::Select { options })
    }));
    for (name, label, collection) in
        [("assignee", t!("Assignee"), "users"), ("team", t!("Team"), "teams"), ("ppa", t!("PPA"), "ppas")]
    {
        let id: Option<Id> = address.get(name).parse().ok();
        let selected = id.map(|id| {
            let title = titles.get(&id).map_or_else(|| t!("Someone").to_owned(), |known| known.title.clone());
            (id.to_string(), title)
        });
        fields.push(FormField::new(
            name,
            label,
            Control::Reference { collection: collection.to_owned(), selected },
        ));
    }
    let origin = address.get("origin");
    let id: Option<Id> = origin.rsplit(':').next().and_then(|id| id.parse().ok());
    let known = id.and_then(|id| titles.get(&id)).map(|known| (origin.to_owned(), known.title.clone()));
    fields.push(FormField::new(
        "origin",
        t!("Belongs to"),
        Control::Links {
            kinds: kinds::ORIGINS.iter().map(|kind| (*kind).to_owned()).collect(),
            selected: known.into_iter().collect(),
            many: false,
        },
    ));
    fields.push(FormField::new(
        "label",
        t!("Label"),
        Control::Text { value: address.get("label").to_owned() },
    ));
    for (name, label) in [("due_date_from", t!("Due from")), ("due_date_to", t!("Due until"))] {
        fields.push(FormField::new(name, label, Control::Date { value: address.get(name).to_owned() }));
    }
    Filters {
        action: address.path.to_owned(),
        search: Some(address.get("q").to_owned()),
        search_label: t!("Search tasks").to_owned(),
        chips: chips(address, titles),
        fields,
        keep: address.pairs.iter().filter(|(name, _)| name != "cursor").cloned().collect(),
        clear_href: address.path.to_owned()
            + &Address {
                path: address.path,
                pairs: address
                    .pairs
                    .iter()
                    .filter(|(name, _)| ["group", "sort"].contains(&name.as_str()))
                    .cloned()
                    .collect(),
            }
            .query(&[], &[]),
    }
}

fn chips(address: &Address, titles: &Directory) -> Vec<Chip> {
    address
        .pairs
        .iter()
        .filter(|(name, _)| !NO_FILTERS.contains(&name.as_str()))
        .map(|(name, value)| {
            let (label, value) = words(name, value, titles);
            Chip { label, value, remove_href: address.with(&[name, "cursor"], &[]) }
        })
        .collect()
}

/// Formats a filter.
fn words(name: &str, value: &str, titles: &Directory) -> (String, String) {
    if let Some((_, label)) = FLAGS.iter().find(|(known, _)| *known == name) {
        return (words::text(label).to_owned(), if value == "true" { "" } else { t!("No") }.to_owned());
    }
    let label = match name {
        "assignees" | "assignee" => t!("Assignee").to_owned(),
        "team" => t!("Team").to_owned(),
        "ppa" => t!("PPA").to_owned(),
        "project" => t!("Project").to_owned(),
        "label" => t!("Label").to_owned(),
        "origin" => t!("Belongs to").to_owned(),
        "due_date_from" => t!("Due from").to_owned(),
        "due_date_to" => t!("Due until").to_owned(),
        _ => kinds::TASK
            .field(name)
            .map_or_else(|| badges::words(name), |field| words::label(field.label).to_owned()),
    };
    let list = LISTS.iter().find(|(known, ..)| *known == name).map(|(_, _, list)| *list);
    let one = |part: &str| -> String {
        if part == "none" {
            return t!("None").to_owned();
        }
        if let Some(list) = list {
            return words::choice(list, part).to_owned();
        }
        let id: Option<Id> = part.rsplit(':').next().and_then(|id| id.parse().ok());
        id.and_then(|id| titles.get(&id)).map_or_else(|| part.to_owned(), |known| known.title.clone())
    };
    let value: Vec<String> = value.split(',').map(one).collect();
    (label, value.join(", "))
}

/// Returns the return address within these pages; any other one becomes the task list.
#[must_use]
pub fn back(asked: &str, otherwise: &str) -> String {
    local_path(asked, otherwise).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(pairs: &[(&str, &str)]) -> Address {
        let pairs: Vec<_> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Address::new("/board", &pairs)
    }

    #[test]
    fn address_keeps_other_parameters() {
        let asked = address(&[("group", "priority"), ("mine", "true"), ("q", "")]);
        assert_eq!(asked.with(&["mine"], &[]), "/board?group=priority");
        assert_eq!(asked.with(&[], &[("group", "domain")]), "/board?mine=true&group=domain");
        assert_eq!(asked.with(&["mine", "group"], &[]), "/board");
    }

    #[test]
    fn every_filter_has_a_chip_that_removes_it() {
        let row = filters(
            &address(&[("group", "domain"), ("overdue", "true"), ("priority", "high")]),
            &Directory::new(),
        );
        let shown: Vec<_> = row.chips.iter().map(|chip| (chip.label.as_str(), chip.value.as_str())).collect();
        assert_eq!(shown, [("Late", ""), ("Priority", "High")]);
        assert_eq!(row.chips[0].remove_href, "/board?group=domain&priority=high");
        assert_eq!(row.clear_href, "/board?group=domain");
    }

    #[test]
    fn return_address_stays_on_this_site() {
        assert_eq!(back("/board?mine=true", "/"), "/board?mine=true");
        for strange in ["//evil.example", "https://evil.example", "/\\evil.example", ""] {
            assert_eq!(back(strange, "/tasks"), "/tasks");
        }
    }
}
