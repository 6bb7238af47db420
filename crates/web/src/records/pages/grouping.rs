//! Groups and order of a list: the menu that offers them, and the headings of the groups.

use maud::{Markup, html};
use obcms_app::records::lists::{self, GroupedListing, ListGroup};
use obcms_domain::core::id::Id;
use obcms_domain::registry::{Field, FieldType, Kind, Record};
use obcms_store::records::Directory;

use crate::components::icons::icon;
use crate::components::tables::Heading;
use crate::components::words::{self, t};

/// Returns the field by which a list is grouped; nothing where the name is not that of such a field.
#[must_use]
pub fn field(kind: &'static Kind, name: &str) -> Option<&'static Field> {
    kind.field(name).filter(|field| lists::is_groupable(field))
}

/// Menu of the fields by which the list can be grouped and sorted. `address` makes the address of the list with a
/// parameter of that name, without it where the value is empty.
#[must_use]
pub fn menu(kind: &'static Kind, group: &str, sort: &str, address: &dyn Fn(&str, &str) -> String) -> Markup {
    let groups =
        kind.fields.iter().filter(|field| (field.listed || field.filtered) && lists::is_groupable(field));
    let sorts = kind.fields.iter().filter(|field| {
        (field.listed || field.filtered || field.name == kind.title)
            && lists::is_sortable(field)
            && !field.personal
    });
    let item = |label: &str, href: String, is_current: bool| {
        html! {
            a.menu-item href=(href) aria-current=[is_current.then_some("true")] {
                span.grow { (label) }
                @if is_current { (icon("check")) }
            }
        }
    };
    let (sorted, is_descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
    let present = field(kind, group).map(|field| words::label(field.label));
    html! {
        details.menu.list-options data-side="end" {
            summary.button data-kind="quiet" title=(t!("Group and sort")) {
                (icon("layers"))
                span.button-label { @match present { Some(label) => (t!("By {field}", field = words::lower(label))), None => (t!("Group")) } }
            }
            div.menu-panel {
                p.menu-label { (t!("Group by")) }
                (item(t!("No groups"), address("group", ""), group.is_empty()))
                @for field in groups {
                    (item(words::label(field.label), address("group", field.name), group == field.name))
                }
                div.menu-line {}
                p.menu-label { (t!("Sort by")) }
                @for field in sorts {
                    @let is_current = sorted == field.name;
                    @let next = if is_current && !is_descending { format!("-{}", field.name) } else { field.name.to_owned() };
                    (item(words::label(field.label), address("sort", &next), is_current))
                }
            }
        }
    }
}

/// Returns the records of the groups one after another, and the headings before them. `address` makes the address of
/// the list of one group by its value.
#[must_use]
pub fn headings(
    grouped: GroupedListing,
    field: &Field,
    address: &dyn Fn(&str) -> String,
) -> (Vec<Record>, Vec<Heading>) {
    let mut records = Vec::new();
    let mut headings = Vec::new();
    for group in grouped.groups {
        let total = u64::try_from(group.total).unwrap_or_default();
        headings.push(Heading {
            place: records.len(),
            label: label(field, &group, &grouped.directory),
            total,
            more_href: if total > group.records.len() as u64 { address(&group.value) } else { String::new() },
        });
        records.extend(group.records);
    }
    (records, headings)
}

fn label(field: &Field, group: &ListGroup, directory: &Directory) -> Markup {
    let of_field = words::label(field.label);
    match (field.data, group.value.as_str()) {
        (_, "none") => html! { span.muted { (t!("No {field}", field = words::lower(of_field))) } },
        (FieldType::Choice(choices), value) => html! { (words::choice(choices, value)) },
        (FieldType::Boolean, "true") => html! { (of_field) ": " (t!("Yes")) },
        (FieldType::Boolean, _) => html! { (of_field) ": " (t!("No")) },
        (_, value) => match value.parse::<Id>().ok().and_then(|id| directory.get(&id)) {
            Some(found) => html! { (found.title) },
            None => html! { span.muted { (t!("Something you cannot see")) } },
        },
    }
}
