//! Query of a list in the address of its page.

use maud::{Markup, html};
use obcms_domain::registry::Kind;

use crate::components::tabs::{Tab, tabs};
use crate::components::words::t;

/// Parameters that are no filters of fields.
const NO_FILTERS: [&str; 8] = ["q", "sort", "cursor", "limit", "archived", "when", "group", "print"];
/// Parameters of the page, which the list itself does not know: groups, and the whole list on paper.
const OF_PAGE: [&str; 2] = ["group", "print"];
/// Value of `when` for records that are not over.
const UPCOMING: &str = "upcoming";

/// Returns true for a parameter that pages of lists know beside those of the list.
#[must_use]
pub fn is_of_page(name: &str) -> bool {
    OF_PAGE.contains(&name)
}

/// Query of the list, without the parameters that browsers send empty.
pub struct ListQuery {
    /// Kind of the list.
    pub kind: &'static Kind,
    /// Parameters as they were asked for.
    pub parameters: Vec<(String, String)>,
}

impl ListQuery {
    /// Reads the parameters of an address.
    #[must_use]
    pub fn new(kind: &'static Kind, parameters: Vec<(String, String)>) -> Self {
        Self { kind, parameters: parameters.into_iter().filter(|(_, value)| !value.is_empty()).collect() }
    }

    /// Returns the value of a parameter, or an empty text.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.parameters.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Returns the address of the list, or of a path below it, with these parameters except `without`, and `with`.
    #[must_use]
    pub fn address(&self, below: &str, without: &[&str], with: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.parameters {
            let replaced = with.iter().any(|(other, _)| other == name);
            if !without.contains(&name.as_str()) && !replaced {
                query.append_pair(name, value);
            }
        }
        for (name, value) in with {
            query.append_pair(name, value);
        }
        let query = query.finish();
        let path = format!("/{}{below}", self.kind.collection);
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// Returns the parameters that are filters.
    pub fn filters(&self) -> impl Iterator<Item = &(String, String)> {
        self.parameters.iter().filter(|(name, _)| !NO_FILTERS.contains(&name.as_str()))
    }

    /// Returns true for a list of archived records.
    #[must_use]
    pub fn shows_archived(&self) -> bool {
        self.get("archived") == "true"
    }

    /// Returns true for the whole list, as it is printed.
    #[must_use]
    pub fn is_print(&self) -> bool {
        self.get("print") == "all"
    }

    /// Returns the parameters of the list itself: a kind of dates shows the records that are not over, unless something
    /// else is asked for.
    #[must_use]
    pub fn effective(&self) -> Vec<(String, String)> {
        let mut parameters = self.parameters.clone();
        parameters.retain(|(name, _)| !OF_PAGE.contains(&name.as_str()));
        let Some(role) = self.kind.dates.first().filter(|_| self.kind.upcoming_first) else {
            return parameters;
        };
        let is_of_dates = |name: &str| name.starts_with(role.start) || name.starts_with(role.end);
        let asks_for_time = ["q", "archived", "when"].iter().any(|name| !self.get(name).is_empty())
            || self.filters().any(|(name, _)| is_of_dates(name));
        if !asks_for_time {
            parameters.push(("when".to_owned(), UPCOMING.to_owned()));
        }
        let is_upcoming = parameters.iter().any(|(name, value)| name == "when" && value == UPCOMING);
        if is_upcoming && self.get("sort").is_empty() {
            parameters.push(("sort".to_owned(), role.start.to_owned()));
        }
        parameters
    }

    /// Tabs of a kind of dates: what is to come, what is over, all of it.
    #[must_use]
    pub fn time_tabs(&self) -> Markup {
        if !self.kind.upcoming_first {
            return html! {};
        }
        let effective = self.effective();
        let present = effective.iter().find(|(name, _)| name == "when").map_or("all", |(_, value)| value);
        let tab = |label: &str, when: &str| Tab {
            label: label.to_owned(),
            href: self.address("", &["cursor", "sort"], &[("when", when)]),
            count: None,
            current: present == when,
        };
        tabs(t!("By time"), &[tab(t!("Upcoming"), UPCOMING), tab(t!("Past"), "past"), tab(t!("All"), "all")])
    }
}
