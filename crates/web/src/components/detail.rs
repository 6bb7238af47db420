//! Detail pages: the head with title and actions, wide and narrow column, properties, the chain, the history.

use maud::{Markup, html};

use super::badges::{Tone, avatar, badge, initials};
use super::icons::icon;
use crate::components::words::t;

/// The head of a page: one line of title, state and the main action.
#[derive(Debug, Default, Clone)]
pub struct PageHead {
    /// The title.
    pub title: String,
    /// A line beneath, or empty.
    pub subtitle: String,
    /// Badges beside the title.
    pub badges: Markup,
    /// Buttons; the main one last.
    pub actions: Markup,
}

/// The head of a page.
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

/// The work in the wide column; properties, people and chain in the narrow one.
#[must_use]
pub fn detail(wide: &Markup, narrow: &Markup) -> Markup {
    html! {
        div.detail {
            div.detail-wide { (wide) }
            aside.detail-narrow aria-label=(t!("About this")) { (narrow) }
        }
    }
}

/// A titled part of a page. `id` may be empty; `live` names the kinds whose changes refresh it and needs an id.
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

/// A property: what it is called and what it is.
#[derive(Debug, Default, Clone)]
pub struct Property {
    /// The label.
    pub label: String,
    /// The value; an empty one shows a dash.
    pub value: Markup,
}

/// A list of properties.
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

/// The links of one kind in the chain around a thing.
#[derive(Debug, Default, Clone)]
pub struct ChainGroup {
    /// The kind in words, such as "Needs".
    pub label: String,
    /// The module whose colour marks it.
    pub module: String,
    /// The things.
    pub links: Vec<ChainLink>,
    /// The address of the whole list, when not all are shown; else empty.
    pub more_href: String,
}

/// A thing in the chain.
#[derive(Debug, Default, Clone)]
pub struct ChainLink {
    /// Its title.
    pub title: String,
    /// Its address.
    pub href: String,
    /// Its state in words, or empty.
    pub state: String,
    /// What the state means.
    pub tone: Tone,
    /// Whether it is the thing the page is about.
    pub current: bool,
}

/// The chain around a thing, in the order of the work: needs, project, tasks, dates, money.
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

/// One change of a thing.
#[derive(Debug, Default, Clone)]
pub struct HistoryEntry {
    /// Who did it.
    pub who: String,
    /// What was done, such as "changed this" or "approved the budget review".
    pub what: String,
    /// When, in words.
    pub when: String,
    /// When exactly, RFC 3339.
    pub instant: String,
    /// The fields that changed.
    pub changes: Vec<FieldChange>,
    /// A reason or comment, or empty.
    pub note: String,
}

/// A field that changed.
#[derive(Debug, Default, Clone)]
pub struct FieldChange {
    /// The label of the field.
    pub label: String,
    /// What it was, or empty.
    pub old: String,
    /// What it is, or empty.
    pub new: String,
}

/// Who changed what when, newest first.
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
                            ul.history-changes { @for change in &entry.changes { li { (changed(change)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn changed(change: &FieldChange) -> Markup {
    html! {
        span.muted { (change.label) ": " }
        // What was empty before needs no word: the new value says it all.
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
    fn the_chain_marks_the_thing_itself() {
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
