//! Menu of the pages: sidebar and palette, limited to the rights of the person.

use maud::Markup;
use obcms_app::Actor;
use obcms_domain::accounts::Action;
use obcms_domain::kinds;
use obcms_domain::registry::{Kind, Module};

use crate::components::frame::{Command, NavigationGroup, NavigationItem};
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{self, lower, t};
use crate::records::may_create;

/// Modules of the sidebar below the places of everybody, each a line that unfolds.
const GROUPS: [(&str, &[Module]); 5] = [
    ("Programme", &[Module::Projects, Module::Policy, Module::Services]),
    ("Field", &[Module::Mana, Module::Communities]),
    ("Coordination", &[Module::Coordination, Module::External]),
    ("Office", &[Module::Staff, Module::Resources, Module::Tasks, Module::Holidays]),
    ("Administration", &[Module::Administration]),
];

/// Kinds of places: one entry leads to all of them.
const PLACES: [&Kind; 4] = [&kinds::REGION, &kinds::PROVINCE, &kinds::MUNICIPALITY, &kinds::BARANGAY];
/// Kinds among the places of everybody.
const FIRST: [&Kind; 2] = [&kinds::TASK, &kinds::PROJECT];

fn item(label: &str, href: &str, icon: &str, module: &str) -> NavigationItem {
    NavigationItem {
        label: label.to_owned(),
        href: href.to_owned(),
        icon: icon.to_owned(),
        module_color: module.to_owned(),
        ..NavigationItem::default()
    }
}

/// Sidebar with the pages that the person may see: the places of everybody, then the modules.
pub fn navigation(actor: &Actor) -> Vec<NavigationGroup> {
    let sees = |kind: &'static Kind| actor.visibility(kind).is_some();
    let mut first = vec![item(t!("Today"), "/", "sun", "")];
    if actor.may(Action::View, kinds::PPA.area) {
        first.push(item(t!("Approvals"), "/approvals", "badge-check", ""));
    }
    first.push(item(t!("Calendar"), "/calendar", "calendar", ""));
    first.push(item(t!("Tasks"), "/tasks", "square-check", ""));
    if sees(&kinds::PROJECT) {
        first.push(item(words::label(kinds::PROJECT.plural), "/projects", kinds::PROJECT.icon, ""));
    }
    let mut groups = vec![NavigationGroup { items: first, ..NavigationGroup::default() }];
    for (label, modules) in GROUPS {
        let mut items = own_pages(actor, label);
        let kinds = kinds::REGISTRY.into_iter().filter(|kind| {
            kind.in_navigation && modules.contains(&kind.module) && sees(kind) && !FIRST.contains(kind)
        });
        items.extend(kinds.filter(|kind| !PLACES.contains(kind)).map(|kind| {
            item(words::label(kind.plural), &format!("/{}", kind.collection), kind.icon, kind.module.key())
        }));
        if modules.contains(&Module::Communities) && sees(&kinds::REGION) {
            let places = item(t!("Places"), "/regions", "map-pin", Module::Communities.key());
            items.push(NavigationItem { also: &["/provinces", "/municipalities", "/barangays"], ..places });
        }
        items.extend(administration(actor, label));
        if !items.is_empty() {
            let label = words::text(label).to_owned();
            groups.push(NavigationGroup { label, items, ..NavigationGroup::default() });
        }
    }
    groups
}

/// Pages of a group that are no list of a kind.
fn own_pages(actor: &Actor, group: &str) -> Vec<NavigationItem> {
    let mut items = Vec::new();
    if group == "Programme" && actor.may(Action::View, kinds::PPA.area) {
        items.push(item(t!("Portfolio"), "/portfolio", "chart-pie", ""));
        items.push(item(t!("Monitoring"), "/monitoring", "activity", ""));
    }
    if group == "Programme" && actor.may(Action::View, kinds::ALERT.area) {
        items.push(item(t!("Alerts"), "/alerts", "triangle-alert", ""));
        items.push(item(t!("Reports"), "/reports", kinds::REPORT.icon, ""));
    }
    if group == "Office" {
        items.push(item(t!("Board"), "/board", "columns-3", ""));
        items.push(item(t!("Task progress"), "/tasks/progress", "chart-pie", ""));
        items.push(item(t!("Workload"), "/tasks/workload", "activity", ""));
    }
    items
}

fn administration(actor: &Actor, group: &str) -> Vec<NavigationItem> {
    let mut items = Vec::new();
    if group == "Administration" && actor.may(Action::Manage, obcms_domain::accounts::Area::Accounts) {
        items.push(item(t!("Users and roles"), "/admin/users", "shield", ""));
    }
    if group == "Administration" && actor.may(Action::Manage, obcms_domain::accounts::Area::Settings) {
        items.push(item(t!("Jobs"), "/admin/jobs", "timer", ""));
    }
    items
}

/// Tabs of the lists of places.
pub fn place_tabs(kind: &Kind) -> Option<Markup> {
    if !PLACES.contains(&kind) {
        return None;
    }
    let tab = |place: &&Kind| Tab {
        label: words::label(place.plural).to_owned(),
        href: format!("/{}", place.collection),
        count: None,
        current: *place == kind,
    };
    Some(tabs(t!("Places"), &PLACES.iter().map(tab).collect::<Vec<_>>()))
}

/// Commands of the palette: a form for each kind of record that the person may create.
pub fn commands(actor: &Actor) -> Vec<Command> {
    let keys = |name: &str| match name {
        "task" => "n t",
        "event" => "n e",
        "need" => "n n",
        "ppa" => "n p",
        _ => "",
    };
    kinds::REGISTRY
        .into_iter()
        .filter(|kind| kind.writable && kind.in_navigation && may_create(actor, kind))
        .map(|kind| Command {
            label: t!("New {kind}", kind = lower(words::label(kind.label))),
            href: format!("/{}/new", kind.collection),
            keys: keys(kind.name).to_owned(),
        })
        .collect()
}
