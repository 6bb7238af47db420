//! Entries of the menu of a list: export and import.

use obcms_app::Actor;
use obcms_domain::accounts::Action;
use obcms_domain::registry::{Field, Kind};

use super::import::may_import;
use crate::components::menu::{Menu, MenuItem, menu};
use crate::components::tables::{Column, Table};
use crate::components::words::t;
use crate::core::frame::Page;

/// Returns the entries that export the list with these parameters and import into it, below a line; none for a person
/// who may do neither.
#[must_use]
pub fn entries(
    page: &Page,
    actor: &Actor,
    kind: &'static Kind,
    parameters: &[(String, String)],
    table: &Table,
) -> Vec<MenuItem> {
    let mut items = Vec::new();
    let imports = may_import(actor, kind);
    if actor.may(Action::Export, kind.area) {
        items.push(MenuItem::Line);
        let query = export_query(kind, parameters, &table.columns, imports);
        for (label, ending) in [(t!("Export as XLSX"), "xlsx"), (t!("Export as CSV"), "csv")] {
            items.push(MenuItem::Export {
                label: label.to_owned(),
                href: format!("/api/v1/{}/export.{ending}?{query}", kind.collection),
                table: table.id.clone(),
            });
        }
    }
    if imports {
        let (label, href) = match page.subjects().kind_page(kind).import_link {
            Some((label, address)) => (label.to_owned(), address.to_owned()),
            None => (t!("Import").to_owned(), format!("/{}/import", kind.collection)),
        };
        items.push(MenuItem::Link { label, href, icon: "upload".to_owned() });
    }
    items
}

/// Menu with the entries alone, for a list without other actions.
#[must_use]
pub fn file_menu(items: Vec<MenuItem>) -> maud::Markup {
    let items: Vec<MenuItem> = items.into_iter().skip_while(|item| matches!(item, MenuItem::Line)).collect();
    if items.is_empty() {
        return maud::html! {};
    }
    menu(&Menu {
        label: t!("More actions").to_owned(),
        icon: "ellipsis".to_owned(),
        icon_only: true,
        at_end: true,
        csrf_token: String::new(),
        items,
    })
}

/// Returns the query of an export: the filters of the list, the columns on the screen, and the id for those who may
/// import the file again.
fn export_query(kind: &Kind, parameters: &[(String, String)], columns: &[Column], with_id: bool) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters.iter().filter(|(name, _)| name != "cursor" && name != "limit") {
        query.append_pair(name, value);
    }
    let is_common = |key: &str| ["created_at", "created_by", "updated_at", "archived_at"].contains(&key);
    let is_calculated = |key: &str| kind.calculated.iter().any(|column| column.name == key);
    let mut names: Vec<&str> = columns
        .iter()
        .filter(|column| !column.hidden)
        .map(|column| column.key.as_str())
        .filter(|key| is_common(key) || is_calculated(key) || kind.field(key).is_some_and(Field::is_readable))
        .collect();
    names.extend(with_id.then_some("id"));
    query.append_pair("columns", &names.join(","));
    query.finish()
}
