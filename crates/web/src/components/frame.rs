//! Frame of a page: sidebar, top bar, bottom bar of the phone; and the bare frame of sign-in and public pages.

use maud::{DOCTYPE, Markup, html};

use super::badges::avatar;
use super::icons::icon;
use crate::components::assets::asset_url;
use crate::components::words::{t, t_html};

/// Kinds whose changes refresh what waits for a person, in the bell and on Today.
pub const DECISIONS: &str = "need application task ppa booking measurement";

/// Name of the program, in titles and beside its logo.
const PRODUCT: &str = "OBCMS";

/// Data of the frame.
#[derive(Debug, Default, Clone)]
pub struct Frame {
    /// Title of the browser window, and the last part of the breadcrumb.
    pub title: String,
    /// Path of the address. The longest navigation entry that is a prefix of it is current.
    pub path: String,
    /// Breadcrumb: label and address of the parent pages, outermost first.
    pub breadcrumb: Vec<(String, String)>,
    /// Signed-in person.
    pub person: Option<PersonBadge>,
    /// Token that forms and scripts send with writes.
    pub csrf_token: String,
    /// Nonce of the content security policy of this response, for styles that scripts add.
    pub nonce: String,
    /// `light`, `dark` or `auto`, from the cookie `obcms_theme`.
    pub theme: String,
    /// Number of decisions that wait for the person.
    pub waiting: u32,
    /// Number of active alerts; nothing for who sees none.
    pub alerts: Option<u64>,
    /// Revision of the data when the page was rendered: the stream reports a newer one.
    pub state: String,
    /// Time zone of the office, the default of scripts.
    pub timezone: String,
    /// Sidebar. The first group has no label: it has the pages of everybody.
    pub navigation: Vec<NavigationGroup>,
    /// Pinned views and records.
    pub favourites: Vec<NavigationItem>,
    /// Commands of the palette besides the pages of the sidebar.
    pub commands: Vec<Command>,
    /// Assets beside `app.js` and `app.css`: `board.js`, `project-board.js`, `calendar.js`, `calendar.css`.
    pub assets: Vec<String>,
    /// True if the page is the response to a form: its form values are newer than any stored draft.
    pub is_answer: bool,
    /// Maximum width of the content.
    pub width: Width,
}

/// Maximum width of the content.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Tables and detail pages.
    #[default]
    Wide,
    /// Forms and text.
    Narrow,
    /// Board and calendar: full width.
    Full,
}

/// Signed-in person.
#[derive(Debug, Default, Clone)]
pub struct PersonBadge {
    /// Id of the account.
    pub id: String,
    /// Full name.
    pub name: String,
    /// One to three letters.
    pub initials: String,
    /// Labels of the roles, such as "Coordinator".
    pub roles: Vec<String>,
}

/// Group of the sidebar, which can be folded.
#[derive(Debug, Default, Clone)]
pub struct NavigationGroup {
    /// Heading; empty for the group at the top, which does not fold.
    pub label: String,
    /// Entries.
    pub items: Vec<NavigationItem>,
    /// True if the person left it open.
    pub is_open: bool,
}

/// Entry of the sidebar.
#[derive(Debug, Default, Clone)]
pub struct NavigationItem {
    /// Label.
    pub label: String,
    /// Address.
    pub href: String,
    /// Name of the icon.
    pub icon: String,
    /// Module whose color it has (`coordination`, `mana`, …), or empty.
    pub module_color: String,
    /// Other addresses that belong to the entry.
    pub also: &'static [&'static str],
}

/// Command of the palette, such as "New task".
#[derive(Debug, Default, Clone, serde::Serialize)]
pub struct Command {
    /// Label, beginning with a verb.
    pub label: String,
    /// Address.
    pub href: String,
    /// Keyboard shortcut, such as `n t`; empty for none.
    pub keys: String,
}

/// Page inside the frame.
#[must_use]
pub fn page(frame: &Frame, content: &Markup) -> Markup {
    let current = current_href(frame);
    document(
        frame,
        &html! {
            a.skip-link href="#content" { (t!("Skip to the content")) }
            div.frame {
                (sidebar(frame, current))
                div.column {
                    (top_bar(frame))
                    main #content .page data-width=[width_name(frame.width)] tabindex="-1" { (content) }
                }
            }
            (bottom_bar(current))
            script #commands type="application/json" { (maud::PreEscaped(json_in_html(&frame.commands))) }
        },
    )
}

/// Page without navigation: sign-in, shared views, errors before sign-in.
#[must_use]
pub fn bare(frame: &Frame, content: &Markup) -> Markup {
    document(
        frame,
        &html! {
            a.skip-link href="#content" { (t!("Skip to the content")) }
            div.column {
                header.public-head { (brand()) }
                main #content .page data-width=[width_name(frame.width)] tabindex="-1" { (content) }
            }
        },
    )
}

/// Page for people without an account: no navigation, no script, no links into the program.
#[must_use]
pub fn public(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme="auto" {
            head {
                meta charset="utf-8";
                title { (title) }
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="robots" content="noindex, nofollow, noarchive";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                link rel="icon" type="image/svg+xml" href=(asset_url("favicon.svg"));
                link rel="stylesheet" href=(asset_url("app.css"));
                link rel="stylesheet" href=(asset_url("shared.css"));
            }
            body {
                div.column {
                    header.public-head { span.brand { img src=(asset_url("favicon.svg")) alt="" width="20" height="20"; (PRODUCT) } }
                    main #content .page data-width=[width_name(Width::Wide)] { (content) }
                }
            }
        }
    }
}

fn document(frame: &Frame, body: &Markup) -> Markup {
    let theme = if matches!(frame.theme.as_str(), "light" | "dark") { frame.theme.as_str() } else { "auto" };
    html! {
        (DOCTYPE)
        html lang="en" data-theme=(theme) {
            head {
                meta charset="utf-8";
                title { (frame.title) " · " (PRODUCT) }
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="csrf-token" content=(frame.csrf_token);
                meta name="csp-nonce" content=(frame.nonce);
                meta name="color-scheme" content="light dark";
                link rel="icon" type="image/svg+xml" href=(asset_url("favicon.svg"));
                link rel="stylesheet" href=(asset_url("app.css"));
                @for style in frame.assets.iter().filter(|name| name.ends_with(".css")) {
                    link rel="stylesheet" href=(asset_url(style));
                }
                script type="module" src=(asset_url("app.js")) {}
                @for script in frame.assets.iter().filter(|name| name.ends_with(".js")) {
                    script type="module" src=(asset_url(script)) {}
                }
            }
            body data-person=[frame.person.as_ref().map(|person| &person.id)] data-state=(frame.state) data-answer[frame.is_answer]
                data-timezone=(frame.timezone) {
                (body)
                div #toasts .toasts role="status" aria-live="polite" {}
            }
        }
    }
}

fn brand() -> Markup {
    html! {
        a.brand href="/" {
            img src=(asset_url("favicon.svg")) alt="" width="20" height="20";
            (PRODUCT)
        }
    }
}

fn sidebar(frame: &Frame, current: Option<&str>) -> Markup {
    html! {
        // On the phone the same element is the sheet behind "More": a popover needs no script.
        nav #navigation .sidebar popover aria-label=(t!("Main")) {
            (brand())
            div.sidebar-links {
                @for group in &frame.navigation {
                    @if group.label.is_empty() {
                        ul.sidebar-top { (sidebar_items(&group.items, current)) }
                        @if !frame.favourites.is_empty() {
                            h2.sidebar-heading { (t!("Favourites")) }
                            ul.sidebar-items { (sidebar_items(&frame.favourites, current)) }
                        }
                    } @else {
                        @let has_current = group.items.iter().any(|item| current == Some(item.href.as_str()));
                        details.sidebar-group data-group=(group.label) data-kept[group.is_open]
                            open[group.is_open || has_current] {
                            summary { (group.label) (icon("chevron-right")) }
                            ul.sidebar-items { (sidebar_items(&group.items, current)) }
                        }
                    }
                }
            }
        }
    }
}

fn sidebar_items(items: &[NavigationItem], current: Option<&str>) -> Markup {
    html! {
        @for item in items {
            li {
                a.sidebar-link href=(item.href) title=(item.label)
                    aria-current=[(current == Some(item.href.as_str())).then_some("page")] {
                    (icon(&item.icon))
                    span { (item.label) }
                    @if !item.module_color.is_empty() {
                        span.module-dot data-module=(item.module_color) {}
                    }
                }
            }
        }
    }
}

fn top_bar(frame: &Frame) -> Markup {
    html! {
        header.top-bar {
            nav.breadcrumb aria-label=(t!("Breadcrumb")) {
                ol.breadcrumb-parts {
                    @for (label, href) in &frame.breadcrumb {
                        li { a href=(href) { (label) } }
                    }
                    li { span aria-current="page" title=(frame.title) { (frame.title) } }
                }
            }
            a.search-open href="/search" data-open-palette title=(t!("Search and commands (Ctrl K)")) {
                (icon("search"))
                span { (t!("Search or jump to")) }
                kbd { (t!("Ctrl K")) }
            }
            @if let Some(count) = frame.alerts {
                a.top-button #alert-count href="/alerts?state=active" title=(t!("Alerts")) data-live="alert" {
                    (icon("triangle-alert"))
                    span.visually-hidden { (t!("Active alerts:")) " " }
                    (count_badge(count))
                }
            }
            a.top-button #waiting href="/#decisions" title=(t!("Needs your action")) data-live=(DECISIONS) {
                (icon("bell"))
                span.visually-hidden { (t!("Needs your action:")) " " }
                (count_badge(u64::from(frame.waiting)))
            }
            @if let Some(person) = &frame.person { (person_menu(frame, person)) }
        }
    }
}

/// Number on a button of the top bar, or "none" for screen readers.
fn count_badge(count: u64) -> Markup {
    html! {
        @if count > 0 {
            span.bell-count { (if count > 99 { "99+".to_owned() } else { count.to_string() }) }
        } @else {
            span.visually-hidden { (t!("none")) }
        }
    }
}

fn person_menu(frame: &Frame, person: &PersonBadge) -> Markup {
    html! {
        details.menu.person-menu data-side="end" {
            summary.top-button title=(person.name) {
                (avatar(&person.initials))
                span.visually-hidden { (t_html!("Your menu, {person}", person = person.name)) }
            }
            div.menu-panel {
                div.person-about {
                    strong { (person.name) }
                    small.muted { (person.roles.join(", ")) }
                }
                a.menu-item href="/me" { (icon("circle-user")) (t!("Profile and settings")) }
                button.menu-item type="button" data-open-help { (icon("command")) (t!("Shortcuts")) kbd { "?" } }
                div.theme-choice {
                    span.muted { (t!("Theme")) }
                    div.button-group {
                        @for (theme, label, drawing) in
                            [("auto", t!("System"), "monitor"), ("light", t!("Light"), "sun"), ("dark", t!("Dark"), "moon")] {
                            button.button data-only="icon" type="button" title=(label) aria-label=(label)
                                data-set-theme=(theme) aria-pressed=(is_theme(frame, theme)) { (icon(drawing)) }
                        }
                    }
                }
                div.menu-line {}
                form #sign-out method="post" action="/logout" {
                    input type="hidden" name="csrf_token" value=(frame.csrf_token);
                    button.menu-item { (icon("log-out")) (t!("Sign out")) }
                }
            }
        }
    }
}

fn bottom_bar(current: Option<&str>) -> Markup {
    let entries = [
        ("/", t!("Today"), "house"),
        ("/calendar", t!("Calendar"), "calendar"),
        ("/board", t!("Board"), "square-kanban"),
        ("/tasks", t!("Tasks"), "list-checks"),
    ];
    html! {
        nav.bottom-bar aria-label=(t!("Quick")) {
            @for (href, label, drawing) in entries {
                a href=(href) aria-current=[(current == Some(href)).then_some("page")] { (icon(drawing)) (label) }
            }
            button type="button" popovertarget="navigation" { (icon("menu")) (t!("More")) }
        }
    }
}

/// Returns the current navigation entry: the one whose address is the longest prefix of the path.
fn current_href(frame: &Frame) -> Option<&str> {
    let is_below = |href: &str| {
        let rest = frame.path.strip_prefix(href);
        href == frame.path || (href != "/" && rest.is_some_and(|rest| rest.starts_with('/')))
    };
    frame
        .navigation
        .iter()
        .flat_map(|group| &group.items)
        .filter(|item| is_below(&item.href) || item.also.iter().any(|href| is_below(href)))
        .map(|item| item.href.as_str())
        .max_by_key(|href| href.len())
}

fn is_theme(frame: &Frame, theme: &str) -> &'static str {
    let chosen = if frame.theme.is_empty() { "auto" } else { frame.theme.as_str() };
    if chosen == theme { "true" } else { "false" }
}

fn width_name(width: Width) -> Option<&'static str> {
    match width {
        Width::Wide => None,
        Width::Narrow => Some("narrow"),
        Width::Full => Some("full"),
    }
}

/// Serializes JSON for a script element: a literal `<` could end the element.
pub(crate) fn json_in_html(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()).replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(label: &str, href: &str) -> NavigationItem {
        NavigationItem {
            label: label.to_owned(),
            href: href.to_owned(),
            icon: "calendar".to_owned(),
            ..NavigationItem::default()
        }
    }

    fn frame_at(path: &str) -> Frame {
        Frame {
            title: "A <title>".to_owned(),
            path: path.to_owned(),
            person: Some(PersonBadge { name: "Amina \"Mina\" Sali".to_owned(), ..PersonBadge::default() }),
            csrf_token: "token-1".to_owned(),
            navigation: vec![NavigationGroup {
                label: String::new(),
                items: vec![item("Today", "/"), item("Policies", "/policies"), item("Tasks", "/tasks")],
                ..NavigationGroup::default()
            }],
            commands: vec![Command { label: "</script>".to_owned(), ..Command::default() }],
            ..Frame::default()
        }
    }

    #[test]
    fn the_entry_of_the_page_is_marked() {
        assert_eq!(current_href(&frame_at("/")), Some("/"));
        assert_eq!(current_href(&frame_at("/policies/12/edit")), Some("/policies"));
        assert_eq!(current_href(&frame_at("/tasks-archive")), None);
    }

    #[test]
    fn texts_are_escaped_and_no_inline_style_or_handler_is_written() {
        let text = page(&frame_at("/"), &html! { p { "content" } }).into_string();
        assert!(text.contains("A &lt;title&gt;"));
        assert!(text.contains("\\u003c/script>"));
        assert!(!text.contains("style=\"") && !text.contains(" onclick"));
        assert_eq!(text.matches("token-1").count(), 2);
    }

    #[test]
    fn an_unknown_theme_follows_the_system() {
        let mut frame = frame_at("/");
        frame.theme = "pink\" x".to_owned();
        assert!(bare(&frame, &html! {}).into_string().contains("data-theme=\"auto\""));
    }
}
