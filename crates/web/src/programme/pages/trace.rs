//! Chain of a record: a panel for every detail page, and a page with all of it.

use axum::extract::State as AxumState;
use axum::response::Html;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::programme::trace::{Group, Link, Trace};
use obcms_app::{Actor, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::TASK;
use obcms_domain::registry::Record;
use obcms_store::calendar::EntryRow;

use crate::components::badges::{Tone, date_text, short_money_text};
use crate::components::chain::{ChainStep, chain_line};
use crate::components::detail::{ChainGroup, ChainLink, PageHead, chain, page_head, panel as section};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PathParts;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::programme::api::trace;
use crate::records::pages::value::{state_words, tone};

/// Links of one kind in the panel, before it links to the whole chain.
const SHOWN: usize = 6;
/// Groups that are shown even when empty.
const ALWAYS: [&str; 3] = ["needs", "ppas", "tasks"];
/// Kinds whose changes refresh the chain.
const LIVE: &str =
    "community assessment need policy project ppa event policy_milestone service application task";

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/trace/{kind}/{id}", Access::Role, page)]
}

/// Line with the chain of a record; records that the person may not see are omitted.
pub fn line(state: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let trace = state.app.trace(actor, record.kind, record.id)?;
    let whole = whole(&trace);
    let mut steps: Vec<ChainStep> = trace
        .groups
        .iter()
        .filter(|group| !group.links.is_empty() || ALWAYS.contains(&group.name))
        .map(|group| ChainStep {
            group: ChainGroup {
                label: words::label(group.kind.plural).to_owned(),
                ..drawn_group(group, trace.root.id, page.today, SHOWN, &whole)
            },
            total: group.links.len() + group.more,
        })
        .collect();
    if steps.iter().all(|step| step.total == 0) {
        return Ok(html! {});
    }
    steps.extend(drawn_dates(&trace, page.today, SHOWN, &whole).map(|group| {
        let total = if group.more_href.is_empty() { group.links.len() } else { trace.dates.len() };
        ChainStep { group, total }
    }));
    let note = html! {
        @if !trace.budgets.is_empty() {
            span.chain-budget { (t_html!("Budget {amount}", amount = short_money_text(trace.budget()))) }
        }
    };
    Ok(html! { div #chain data-live=(LIVE) { (chain_line(&steps, &whole, &note)) } })
}

/// Line of a task, whose page has a head of its own.
pub fn of_task(state: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    if *record.kind == TASK { line(state, page, actor, record) } else { Ok(html! {}) }
}

/// Panel with the whole chain, as a tab shows it.
pub fn panel(state: &State, _: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let trace = state.app.trace(actor, record.kind, record.id)?;
    let content = drawn(&trace, state.app.today(), SHOWN);
    Ok(section("chain-records", LIVE, t!("Chain"), &html! {}, &content))
}

fn whole(trace: &Trace) -> String {
    format!("/trace/{}/{}", trace.root.kind.name, trace.root.id)
}

async fn page(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    path: PathParts<(String, Id)>,
) -> Result<Html<String>, PageError> {
    let (kind, id) = trace::named(path)?;
    let trace = blocking(|| state.app.trace(&actor, kind, id))?;
    let head = page_head(&PageHead {
        title: t!("Chain of {title}", title = trace.root.title),
        subtitle: words::label(kind.label).to_owned(),
        ..PageHead::default()
    });
    let content = html! {
        (head)
        div id="chain" data-live=(LIVE) { (drawn(&trace, page.today, usize::MAX)) }
    };
    let page = page
        .below(words::label(kind.plural), &format!("/{}", kind.collection))
        .below(&trace.root.title, &kind.url(id));
    Ok(Html(page.render(t!("Chain"), &content).into_string()))
}

fn drawn(trace: &Trace, today: Date, shown: usize) -> Markup {
    let whole = whole(trace);
    let mut groups: Vec<ChainGroup> = trace
        .groups
        .iter()
        .filter(|group| !group.links.is_empty() || ALWAYS.contains(&group.name))
        .map(|group| drawn_group(group, trace.root.id, today, shown, &whole))
        .collect();
    // A record outside of the chain, such as an organization, is placed before its links.
    if trace.groups.iter().all(|group| group.kind != trace.root.kind) {
        let link = drawn_link(&trace.root, trace.root.id, today);
        groups.insert(
            0,
            ChainGroup {
                label: words::label(trace.root.kind.label).to_owned(),
                module: trace.root.kind.module.key().to_owned(),
                links: vec![link],
                more_href: String::new(),
            },
        );
    }
    groups.extend(drawn_dates(trace, today, shown, &whole));
    html! {
        (chain(&groups))
        @if !trace.budgets.is_empty() {
            p.muted {
                @let budget = html! { b { (short_money_text(trace.budget())) } };
                @if trace.budgets.len() == 1 { (t_html!("Budget of 1 PPA: {budget}", budget)) }
                @else { (t_html!("Budget of {count} PPAs: {budget}", count = trace.budgets.len(), budget)) }
            }
        }
    }
}

fn drawn_group(group: &Group, root: Id, today: Date, shown: usize, whole: &str) -> ChainGroup {
    let is_cut = group.links.len() > shown || group.more > 0;
    let all = group.links.len() + group.more;
    ChainGroup {
        label: if is_cut {
            format!("{} ({all})", words::label(group.kind.plural))
        } else {
            words::label(group.kind.plural).to_owned()
        },
        module: group.kind.module.key().to_owned(),
        links: chosen(group, shown).into_iter().map(|link| drawn_link(link, root, today)).collect(),
        more_href: if is_cut { whole.to_owned() } else { String::new() },
    }
}

/// Returns the links of a short list: open tasks first.
fn chosen(group: &Group, shown: usize) -> Vec<&Link> {
    let is_done = |link: &Link| group.name == "tasks" && ["completed", "cancelled"].contains(&&*link.state);
    let mut links: Vec<&Link> = group.links.iter().collect();
    if links.len() > shown {
        links.sort_by_key(|link| {
            (link.position != obcms_app::programme::trace::Position::Itself, is_done(link))
        });
        links.truncate(shown);
    }
    links
}

fn drawn_link(link: &Link, root: Id, today: Date) -> ChainLink {
    let mut title = link.title.clone();
    match link.position {
        obcms_app::programme::trace::Position::Prerequisite => title.push_str(t!(" (required first)")),
        obcms_app::programme::trace::Position::Dependent => title.push_str(t!(" (depends on this)")),
        _ => {}
    }
    let is_open = !["completed", "cancelled"].contains(&&*link.state);
    let due = link.due_date.filter(|_| is_open);
    let is_late = due.is_some_and(|due| due < today);
    let state = match due {
        Some(due) if is_late => t!("Late, {day}", day = date_text(due, today)),
        Some(due) => format!("{}, {}", state_words(link.kind, &link.state), date_text(due, today)),
        None if link.state.is_empty() => String::new(),
        None => state_words(link.kind, &link.state),
    };
    ChainLink {
        title,
        href: link.kind.url(link.id),
        state,
        tone: if is_late { Tone::Bad } else { tone(link.kind, &link.state) },
        current: link.id == root,
    }
}

/// Next dates, or the last ones when none are ahead.
fn drawn_dates(trace: &Trace, today: Date, shown: usize, whole: &str) -> Option<ChainGroup> {
    let midnight = today.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let ahead: Vec<&EntryRow> = trace.dates.iter().filter(|entry| entry.end > midnight).collect();
    let entries: Vec<&EntryRow> =
        if shown == usize::MAX || ahead.is_empty() { trace.dates.iter().collect() } else { ahead };
    if entries.is_empty() {
        return None;
    }
    let links = entries
        .iter()
        .take(shown)
        .map(|entry| {
            let zone = if entry.all_day { TimeZone::UTC } else { zone(entry) };
            ChainLink {
                title: entry.title.to_string(),
                href: entry.kind.url(entry.record_id),
                state: date_text(entry.start.to_zoned(zone).date(), today),
                tone: Tone::Neutral,
                current: false,
            }
        })
        .collect();
    Some(ChainGroup {
        label: if shown == usize::MAX { t!("Dates").to_owned() } else { t!("Next dates").to_owned() },
        module: "coordination".to_owned(),
        links,
        more_href: if trace.dates.len() > shown { whole.to_owned() } else { String::new() },
    })
}

fn zone(entry: &EntryRow) -> TimeZone {
    TimeZone::get(&entry.timezone).unwrap_or(TimeZone::UTC)
}
