//! Filters of a list: active ones as chips that can be removed, the others behind "Add filter".
//!
//! The row is a plain form with GET, so every filter is in the address. Browsers without script send empty fields as
//! empty parameters; pages ignore those.

use maud::{Markup, html};

use super::buttons::{ButtonKind, submit_button};
use super::forms::{FormField, field};
use super::icons::icon;
use crate::components::words::{t, t_html};

/// Filter row of a list.
#[derive(Debug, Default, Clone)]
pub struct Filters {
    /// Path of the list.
    pub action: String,
    /// Search text; `None` for a list without search.
    pub search: Option<String>,
    /// Placeholder of the search box, such as "Search tasks".
    pub search_label: String,
    /// Active filters.
    pub chips: Vec<Chip>,
    /// Available filters.
    pub fields: Vec<FormField>,
    /// Parameters of the address to keep: active filters and sort.
    pub keep: Vec<(String, String)>,
    /// Address without any filter.
    pub clear_href: String,
}

/// Active filter.
#[derive(Debug, Default, Clone)]
pub struct Chip {
    /// Label, such as "Status".
    pub label: String,
    /// Value, such as "In progress".
    pub value: String,
    /// Address without this filter.
    pub remove_href: String,
}

/// Filter row of a list; `extra` is appended (column chooser, export).
#[must_use]
pub fn filters(filters: &Filters, extra: &Markup) -> Markup {
    // A field of the panel itself is not sent a second time.
    let kept = |own: bool| {
        filters.keep.iter().filter(move |(name, _)| {
            let in_panel = filters.fields.iter().any(|entry| &entry.name == name);
            if own { !in_panel } else { name != "q" }
        })
    };
    html! {
        div.filters {
            @if let Some(search) = &filters.search {
                form.filter-search role="search" method="get" action=(filters.action) data-plain {
                    (icon("search"))
                    input.input type="search" name="q" value=(search) placeholder=(filters.search_label)
                        aria-label=(filters.search_label) autocomplete="off";
                    @for (name, value) in kept(false) { input type="hidden" name=(name) value=(value); }
                }
            }
            @for chip in &filters.chips {
                span.chip {
                    span { (chip.label) @if !chip.value.is_empty() { ": " b { (chip.value) } } }
                    a.chip-remove href=(chip.remove_href) aria-label={ (t_html!("Remove the filter {label}", label = chip.label)) } {
                        (icon("x"))
                    }
                }
            }
            @if !filters.fields.is_empty() {
                details.menu.filter-add {
                    summary title=(t!("Add filter")) { (icon("list-filter")) span.button-label { (t!("Add filter")) } }
                    form.menu-panel.filter-panel method="get" action=(filters.action) data-plain {
                        @for (name, value) in kept(true) { input type="hidden" name=(name) value=(value); }
                        @for entry in &filters.fields { (field(entry)) }
                        (submit_button(t!("Apply"), "", ButtonKind::Main))
                    }
                }
            }
            @if filters.chips.len() > 1 { a.clear-filters href=(filters.clear_href) { (t!("Clear all")) } }
            div #list-tools .filters-end { (extra) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_of_the_panel_is_not_sent_twice() {
        let row = Filters {
            search: Some("well".to_owned()),
            keep: vec![
                ("status".to_owned(), "on_hold".to_owned()),
                ("sort".to_owned(), "title".to_owned()),
                ("q".to_owned(), "well".to_owned()),
            ],
            fields: vec![FormField { name: "status".to_owned(), ..FormField::default() }],
            ..Filters::default()
        };
        let text = filters(&row, &html! {}).into_string();
        let (search, panel) = text.split_once("<details").unwrap();
        assert_eq!(search.matches("name=\"q\"").count(), 1);
        assert!(search.contains("value=\"on_hold\""));
        assert_eq!(panel.matches(" name=\"status\"").count(), 1);
        assert!(panel.contains("name=\"sort\"") && panel.contains("name=\"q\""));
    }
}
