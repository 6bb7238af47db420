//! Chain of a record as one line of steps with counts; each step opens its records.

use maud::{Markup, html};

use super::badges::{badge, grouped};
use super::detail::ChainGroup;
use crate::components::words::t;

/// Step of the chain line.
#[derive(Debug, Default, Clone)]
pub struct ChainStep {
    /// Records of the step, with its label.
    pub group: ChainGroup,
    /// Number of records, also of those that are not shown.
    pub total: usize,
}

/// Line of steps, in the order of the work. `whole` is the address of the whole chain, `note` follows the steps.
#[must_use]
pub fn chain_line(steps: &[ChainStep], whole: &str, note: &Markup) -> Markup {
    html! {
        nav.chain-line aria-label=(t!("Chain")) {
            ol {
                @for step in steps {
                    @let group = &step.group;
                    li data-module=(group.module) data-empty[group.links.is_empty()]
                        data-current[group.links.iter().any(|link| link.current)] {
                        @if group.links.is_empty() {
                            span.chain-step { span.module-dot data-module=(group.module) {} (group.label) span.count { "0" } }
                        } @else {
                            details.menu {
                                summary.chain-step {
                                    span.module-dot data-module=(group.module) {}
                                    (group.label)
                                    span.count { (grouped(step.total as u64)) }
                                }
                                div.menu-panel { (links(group)) }
                            }
                        }
                    }
                }
            }
            (note)
            a.chain-whole href=(whole) { (t!("Whole chain")) }
        }
    }
}

fn links(group: &ChainGroup) -> Markup {
    html! {
        @for link in &group.links {
            a.menu-item href=(link.href) aria-current=[link.current.then_some("true")] {
                span.grow { (link.title) }
                @if !link.state.is_empty() { (badge(&link.state, link.tone)) }
            }
        }
        @if !group.more_href.is_empty() { a.menu-item href=(group.more_href) { (t!("Show all")) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::detail::ChainLink;

    #[test]
    fn empty_step_does_not_open() {
        let link = ChainLink { title: "Water".into(), current: true, ..ChainLink::default() };
        let steps = [
            ChainStep {
                group: ChainGroup { label: "Needs".into(), links: vec![link], ..ChainGroup::default() },
                total: 12,
            },
            ChainStep { group: ChainGroup { label: "Tasks".into(), ..ChainGroup::default() }, total: 0 },
        ];
        let text = chain_line(&steps, "/trace/need/1", &html! {}).into_string();
        assert_eq!(text.matches("<details").count(), 1);
        assert!(
            text.contains("<span class=\"count\">12</span>")
                && text.contains("<span class=\"count\">0</span>")
        );
    }
}
