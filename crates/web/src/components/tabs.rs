//! Tabs: links, so that every tab has an address.

use maud::{Markup, html};

use super::badges::grouped;
use crate::components::words::t;

/// Tab.
#[derive(Debug, Default, Clone)]
pub struct Tab {
    /// Label.
    pub label: String,
    /// Address.
    pub href: String,
    /// Number of records.
    pub count: Option<u64>,
    /// True if it is the current one.
    pub current: bool,
}

/// Row of tabs; `label` names it for screen readers.
#[must_use]
pub fn tabs(label: &str, tabs: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for tab in tabs {
                a href=(tab.href) aria-current=[tab.current.then_some("page")] {
                    (tab.label)
                    @if let Some(count) = tab.count { span.count { (grouped(count)) } }
                }
            }
        }
    }
}

/// Tabs of the page of a record: details, and history at `?tab=history`.
#[must_use]
pub fn record_tabs(address: &str, in_history: bool) -> Markup {
    let tab =
        |label: &str, href: String, current| Tab { label: label.to_owned(), href, count: None, current };
    tabs(
        t!("Parts of this page"),
        &[
            tab(t!("Overview"), address.to_owned(), !in_history),
            tab(t!("History"), format!("{address}?tab=history"), in_history),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_current_tab_is_marked() {
        let text = tabs(
            "Views",
            &[
                Tab { label: "All".into(), href: "?".into(), count: Some(1200), current: true },
                Tab { label: "Mine".into(), href: "?mine=true".into(), ..Tab::default() },
            ],
        )
        .into_string();
        assert_eq!(text.matches("aria-current").count(), 1);
        assert!(text.contains("1,200"));
    }
}
