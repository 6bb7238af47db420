//! Menu of the pages: sidebar and palette, limited to the rights of the person.

use obcms_app::Actor;
use obcms_domain::accounts::Action;
use obcms_domain::kinds;
use obcms_domain::registry::{Kind, Module};

use crate::components::frame::{Command, NavigationGroup, NavigationItem};
use crate::components::words::{self, lower, t};
use crate::records::may_create;

/// Modules of the sidebar below the common pages.
const GROUPS: [(&str, &[Module]); 5] = [
    ("Programme", &[Module::Projects, Module::Policy, Module::Services]),
    ("Field", &[Module::Mana, Module::Communities]),
    ("Coordination", &[Module::Coordination, Module::External]),
    ("Office", &[Module::Staff, Module::Resources, Module::Tasks, Module::Holidays]),
    ("Administration", &[Module::Administration]),
];

fn item(label: &str, href: &str, icon: &str, module: &str) -> NavigationItem {
    NavigationItem {
        label: label.to_owned(),
        href: href.to_owned(),
        icon: icon.to_owned(),
        module_color: module.to_owned(),
    }
}

/// Sidebar with the pages that the person may see.
pub fn navigation(actor: &Actor) -> Vec<NavigationGroup> {
    let sees = |kind: &'static Kind| actor.visibility(kind).is_some();
    let mut first = vec![
        item(t!("Today"), "/", "sun", ""),
        item(t!("Calendar"), "/calendar", "calendar", ""),
        item(t!("Board"), "/board", "columns-3", ""),
        item(t!("Tasks"), "/tasks", "square-check", ""),
    ];
    if sees(&kinds::PPA) {
        first.push(item(t!("PPAs"), "/ppas", "folder-kanban", ""));
    }
    if actor.may(Action::View, kinds::PPA.area) {
        first.push(item(t!("Approvals"), "/approvals", "badge-check", ""));
        first.push(item(t!("Portfolio"), "/portfolio", "chart-pie", ""));
        first.push(item(t!("Monitoring"), "/monitoring", "activity", ""));
    }
    if actor.may(Action::View, kinds::ALERT.area) {
        first.push(item(t!("Alerts"), "/alerts", "triangle-alert", ""));
        first.push(item(t!("Reports"), "/reports", kinds::REPORT.icon, ""));
    }
    let mut groups = vec![NavigationGroup { label: String::new(), items: first }];
    for (label, modules) in GROUPS {
        let mut items: Vec<NavigationItem> = kinds::REGISTRY
            .into_iter()
            .filter(|kind| kind.in_navigation && modules.contains(&kind.module) && sees(kind))
            .filter(|kind| !["task", "ppa"].contains(&kind.name))
            .map(|kind| {
                item(
                    words::label(kind.plural),
                    &format!("/{}", kind.collection),
                    kind.icon,
                    kind.module.key(),
                )
            })
            .collect();
        if label == "Office" && sees(&kinds::TASK) {
            items.push(item(t!("Task progress"), "/tasks/progress", "chart-pie", "tasks"));
            items.push(item(t!("Workload"), "/tasks/workload", "activity", "tasks"));
        }
        if label == "Administration" && actor.may(Action::Manage, obcms_domain::accounts::Area::Accounts) {
            items.push(item(t!("Users and roles"), "/admin/users", "shield", ""));
        }
        if label == "Administration" && actor.may(Action::Manage, obcms_domain::accounts::Area::Settings) {
            items.push(item(t!("Jobs"), "/admin/jobs", "timer", ""));
        }
        if !items.is_empty() {
            groups.push(NavigationGroup { label: words::text(label).to_owned(), items });
        }
    }
    groups
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
