//! Figures of a round beside those in force, and the effect on the ceilings.

use maud::{Markup, html};
use obcms_app::approval::Approval;
use obcms_app::approval::ceilings::Effect;
use obcms_domain::approval::{State, snapshot};
use obcms_domain::kinds::{CEILING, PPA, ppa};
use serde_json::{Map, Value as Json};

use crate::components::badges::{Tone, badge, money, money_text, short_money_text};
use crate::components::words::{t, t_html};
use crate::records::pages::Values;

/// Table of the figures: those of the round, those in force during a revision, and those of the last round where they
/// changed.
pub(super) fn figures(approval: &Approval, values: &Values<'_>) -> Markup {
    let enacted = approval.enacted.as_ref().filter(|_| approval.state != State::Enacted);
    let differs_from_enacted =
        |name: &str, old: &Json| enacted.is_none_or(|enacted| enacted.get(name) != Some(old));
    let has_last_round = approval
        .changes
        .iter()
        .any(|(name, pair)| differs_from_enacted(name, pair.get(0).unwrap_or(&Json::Null)));
    let heading = match approval.state {
        State::Enacted => t!("In force"),
        State::Draft => t!("Proposed"),
        _ => t!("This round"),
    };
    html! {
        div.figure-scroll {
            table.figure-table data-stacks[enacted.is_some() || has_last_round] {
                caption.visually-hidden { (t!("Figures of the approval")) }
                thead { tr {
                    th scope="col" { (t!("Figure")) }
                    @if enacted.is_some() { th.right scope="col" { (t!("Enacted")) } }
                    @if has_last_round { th.right scope="col" { (t!("Last round")) } }
                    th.right scope="col" { (heading) }
                } }
                tbody {
                    @for name in snapshot::LOCKED {
                        @if let Some(field) = PPA.field(name) {
                            @let shown = |figures: &Map<String, Json>| values.text(field, figures.get(name).unwrap_or(&Json::Null));
                            @let now = shown(&approval.snapshot);
                            @let change = approval.changes.get(name).and_then(|pair| pair.get(0));
                            @let is_changed = change.is_some()
                                || enacted.is_some_and(|enacted| enacted.get(name) != approval.snapshot.get(name));
                            tr data-changed[is_changed] {
                                th scope="row" { (field.label) }
                                @if let Some(enacted) = enacted { td.right data-label=(t!("Enacted")) { (or_dash(&shown(enacted))) } }
                                @if has_last_round {
                                    td.right data-label=(t!("Last round")) {
                                        @match change {
                                            Some(old) => (or_dash(&values.text(field, old))),
                                            None => span.faint { (t!("Same")) },
                                        }
                                    }
                                }
                                td.right data-label=(heading) {
                                    @if is_changed { strong { (or_dash(&now)) } " " (difference(name, approval)) }
                                    @else { (or_dash(&now)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn or_dash(text: &str) -> Markup {
    html! { @if text.is_empty() { span.faint { "–" } } @else { (text) } }
}

/// By how much the budget rises or falls against the enacted one, or the last round.
fn difference(name: &str, approval: &Approval) -> Markup {
    if name != ppa::BUDGET_ALLOCATION_CENTAVOS.name() {
        return html! { span.changed-mark { (t!("Changed")) } };
    }
    let old = match &approval.enacted {
        Some(enacted) if approval.state != State::Enacted => Some(snapshot::budget(enacted)),
        _ => approval.changes.get(name).and_then(|pair| pair.get(0)).and_then(Json::as_i64),
    };
    let now = snapshot::budget(&approval.snapshot);
    match old {
        Some(old) if old != now => {
            let sign = if now > old { "+" } else { "" };
            html! { span.changed-mark { (sign) (money_text(now.saturating_sub(old))) } }
        }
        _ => html! { span.changed-mark { (t!("Changed")) } },
    }
}

/// Table of the ceilings that the budget concerns, with the room left.
pub(super) fn ceilings(effects: &[Effect]) -> Markup {
    html! {
        @if effects.is_empty() {
            p.muted { (t!("No ceiling concerns this fiscal year, sector and funding source.")) }
        } @else {
            div.figure-scroll {
                table.figure-table data-stacks {
                    caption.visually-hidden { (t!("Ceilings and the room left")) }
                    thead { tr {
                        th scope="col" { (t!("Ceiling")) } th.right scope="col" { (t!("Amount")) }
                        th.right scope="col" { (t!("Other PPAs")) } th.right scope="col" { (t!("This PPA")) }
                        th.right scope="col" { (t!("Room left")) }
                    } }
                    tbody {
                        @for effect in effects { tr {
                            th scope="row" { a href=(CEILING.url(effect.ceiling)) { (effect.title) } }
                            td.right data-label=(t!("Amount")) { (money(effect.amount)) }
                            td.right data-label=(t!("Other PPAs")) { (money(effect.committed)) }
                            td.right data-label=(t!("This PPA")) { (money(effect.requested)) }
                            td.right data-label=(t!("Room left")) { (room(effect)) }
                        } }
                    }
                }
            }
        }
    }
}

fn room(effect: &Effect) -> Markup {
    let excess = effect.excess();
    html! {
        @if excess > 0 {
            (badge(&t!("{amount} over", amount = money_text(excess)), if effect.is_hard { Tone::Bad } else { Tone::Warning }))
            span.figure-note { (if effect.is_hard { t!("Hard: refuses") } else { t!("Soft: noted") }) }
        } @else { (money(-excess)) }
    }
}

/// Effect on the ceilings in a few words: the one with the least room.
pub(super) fn ceiling_words(effects: &[Effect]) -> Markup {
    let Some(tightest) = effects.iter().max_by_key(|effect| effect.excess()) else {
        return html! {};
    };
    let excess = tightest.excess();
    let title = t!("Ceiling {title}", title = tightest.title);
    html! {
        span title=(title) {
            @if excess > 0 {
                (badge(&t!("{amount} over", amount = short_money_text(excess)), if tightest.is_hard { Tone::Bad } else { Tone::Warning }))
            } @else { (t_html!("{amount} left", amount = short_money_text(-excess))) }
        }
    }
}
