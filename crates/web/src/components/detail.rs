//! Detail pages: head with title and actions, wide and narrow column, properties, chain, history.

use maud::{Markup, html};

use super::badges::{Tone, avatar, badge, initials};
use super::icons::icon;
use crate::components::words::t;

/// Head of a page: title, state and main action on one line.
#[derive(Debug, Default, Clone)]
pub struct PageHead {
    /// Title.
    pub title: String,
    /// Line beneath, or empty.
    pub subtitle: String,
    /// Badges beside the title.
    pub badges: Markup,
    /// Buttons, the main one last.
    pub actions: Markup,
}

/// Head of a page.
#[must_use]
pub fn page_head(head: &PageHead) -> Markup {
    html! {
        header.page-head {
            div.page-title {
                h1 { (head.title) }
                (head.badges)
                @if !head.subtitle.is_empty() { p.page-subtitle { (head.subtitle) } }
            }
            div.page-actions { (head.actions) }
        }
    }
}

/// Two columns: work in the wide one; properties, people and chain in the narrow one.
#[must_use]
pub fn detail(wide: &Markup, narrow: &Markup) -> Markup {
    html! {
        div.detail {
            div.detail-wide { (wide) }
            aside.detail-narrow aria-label=(t!("About this")) { (narrow) }
        }
    }
}

/// Panel with a title. `id` may be empty; `live` names the kinds whose changes refresh it and needs an id.
#[must_use]
pub fn panel(id: &str, live: &str, title: &str, actions: &Markup, content: &Markup) -> Markup {
    html! {
        section.panel id=[(!id.is_empty()).then_some(id)] data-live=[(!live.is_empty()).then_some(live)] {
            header.panel-head {
                h2 { (title) }
                div.panel-actions { (actions) }
            }
            (content)
        }
    }
}

/// Property: label and value.
#[derive(Debug, Default, Clone)]
pub struct Property {
    /// Label.
    pub label: String,
    /// Value; an empty one is shown as a dash.
    pub value: Markup,
}

/// List of properties.
#[must_use]
pub fn properties(properties: &[Property]) -> Markup {
    html! {
        dl.properties {
            @for property in properties {
                div {
                    dt { (property.label) }
                    dd { @if property.value.0.is_empty() { span.faint { "–" } } @else { (property.value) } }
                }
            }
        }
    }
}

/// Links of one kind in the chain of a record.
#[derive(Debug, Default, Clone)]
pub struct ChainGroup {
    /// Label of the kind, such as "Needs".
    pub label: String,
    /// Module whose color it has.
    pub module: String,
    /// Records.
    pub links: Vec<ChainLink>,
    /// Address of the whole list when not all are shown; else empty.
    pub more_href: String,
}

/// Record in the chain.
#[derive(Debug, Default, Clone)]
pub struct ChainLink {
    /// Title.
    pub title: String,
    /// Address.
    pub href: String,
    /// Label of its state, or empty.
    pub state: String,
    /// Tone of its state.
    pub tone: Tone,
    /// True if it is the record of the page.
    pub current: bool,
}

/// Chain of a record, in the order of the work: needs, project, tasks, dates, money.
#[must_use]
pub fn chain(groups: &[ChainGroup]) -> Markup {
    html! {
        ol.chain {
            @for group in groups {
                li data-module=(group.module) data-empty[group.links.is_empty()] {
                    div.chain-label { (group.label) @if group.links.len() > 1 && group.more_href.is_empty() { span.count { (group.links.len()) } } }
                    @if group.links.is_empty() { span.faint { (t!("None yet")) } }
                    @for link in &group.links {
                        div.chain-link {
                            a href=(link.href) aria-current=[link.current.then_some("true")] { (link.title) }
                            @if !link.state.is_empty() { (badge(&link.state, link.tone)) }
                        }
                    }
                    @if !group.more_href.is_empty() { a href=(group.more_href) { (t!("Show all")) } }
                }
            }
        }
    }
}

/// Entry of a history.
#[derive(Debug, Default, Clone)]
pub struct HistoryEntry {
    /// Actor.
    pub who: String,
    /// Action, such as "changed this" or "approved the budget review".
    pub what: String,
    /// Formatted time.
    pub when: String,
    /// Exact time, RFC 3339.
    pub instant: String,
    /// Changed fields.
    pub changes: Vec<FieldChange>,
    /// Reason or comment, or empty.
    pub note: String,
}

/// Changed field.
#[derive(Debug, Default, Clone)]
pub struct FieldChange {
    /// Label of the field.
    pub label: String,
    /// Old value, or empty.
    pub old: String,
    /// New value, or empty.
    pub new: String,
}

/// History, newest change first.
#[must_use]
pub fn history(entries: &[HistoryEntry]) -> Markup {
    html! {
        ol.history {
            @for entry in entries {
                li {
                    (avatar(&initials(&entry.who)))
                    div.history-body {
                        p {
                            strong { (entry.who) } " " (entry.what) " "
                            time.faint datetime=(entry.instant) title=(entry.instant) { (entry.when) }
                        }
                        @if !entry.note.is_empty() { blockquote { (entry.note) } }
                        @if !entry.changes.is_empty() {
                            (changes(&entry.changes))
                        }
                    }
                }
            }
        }
    }
}

/// List of changed fields with their old and new values.
#[must_use]
pub fn changes(changes: &[FieldChange]) -> Markup {
    html! { ul.history-changes { @for change in changes { li { (changed(change)) } } } }
}

fn changed(change: &FieldChange) -> Markup {
    html! {
        span.muted { (change.label) ": " }
        // A field that was empty shows only its new value.
        @if !change.old.is_empty() {
            del { (change.old) } " " (icon("arrow-right")) span.visually-hidden { " " (t!("to")) " " } " "
        }
        @if change.new.is_empty() { span.faint { (t!("empty")) } } @else { ins { (change.new) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_property_shows_a_dash() {
        let text = properties(&[Property { label: "Venue".into(), value: html! {} }]).into_string();
        assert!(text.contains('–'));
    }

    #[test]
    fn a_change_shows_old_and_new() {
        let text = history(&[HistoryEntry {
            who: "Amina Sali".into(),
            changes: vec![FieldChange { label: "Status".into(), old: "On hold".into(), new: String::new() }],
            ..HistoryEntry::default()
        }])
        .into_string();
        assert!(text.contains("<del>On hold</del>") && text.contains("empty"));
    }

    #[test]
    fn chain_marks_the_record_of_the_page() {
        let link = ChainLink { title: "Water".into(), current: true, ..ChainLink::default() };
        let text = chain(&[
            ChainGroup { label: "Needs".into(), links: vec![link], ..ChainGroup::default() },
            ChainGroup { label: "Tasks".into(), ..ChainGroup::default() },
        ])
        .into_string();
        assert_eq!(text.matches("aria-current").count(), 1);
        assert!(text.contains("None yet"));
    }
}
