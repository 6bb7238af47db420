//! Dropdown menus on `<details>`: they open without script; the script adds arrow keys and closing.

use maud::{Markup, html};

use super::icons::icon;

/// Menu behind a button.
#[derive(Debug, Default, Clone)]
pub struct Menu {
    /// Label of the button; with an `icon` and `icon_only` only for screen readers.
    pub label: String,
    /// Icon of the button, or empty.
    pub icon: String,
    /// Shows only the icon.
    pub icon_only: bool,
    /// Opens towards the left, for menus at the right edge.
    pub at_end: bool,
    /// Token for entries that post.
    pub csrf_token: String,
    /// Entries.
    pub items: Vec<MenuItem>,
}

/// Entry of a menu.
#[derive(Debug, Clone)]
pub enum MenuItem {
    /// Link.
    Link {
        /// Label.
        label: String,
        /// Address.
        href: String,
        /// Icon, or empty.
        icon: String,
    },
    /// Download of the rows of a table, with the columns that the person sees.
    Export {
        /// Label, beginning with a verb.
        label: String,
        /// Address; the script replaces its parameter `columns`.
        href: String,
        /// Id of the table.
        table: String,
    },
    /// Action: `POST action` with the hidden fields.
    Post {
        /// Label, beginning with a verb.
        label: String,
        /// Address.
        action: String,
        /// Icon, or empty.
        icon: String,
        /// True if it is destructive.
        danger: bool,
        /// Hidden fields.
        fields: Vec<(String, String)>,
    },
    /// Heading within the menu.
    Label(String),
    /// Separator.
    Line,
}

/// Dropdown menu.
#[must_use]
pub fn menu(menu: &Menu) -> Markup {
    let alone = menu.icon_only && !menu.icon.is_empty();
    html! {
        details.menu data-side=[menu.at_end.then_some("end")] {
            summary.button data-only=[alone.then_some("icon")] data-kind=[alone.then_some("quiet")]
                aria-label=[alone.then_some(&menu.label)] title=[alone.then_some(&menu.label)] {
                @if !menu.icon.is_empty() { (icon(&menu.icon)) }
                @if !alone { (menu.label) (icon("chevron-down")) }
            }
            div.menu-panel { @for item in &menu.items { (entry(item, &menu.csrf_token)) } }
        }
    }
}

fn entry(item: &MenuItem, csrf_token: &str) -> Markup {
    html! {
        @match item {
            MenuItem::Link { label, href, icon: drawing } => {
                a.menu-item href=(href) { @if !drawing.is_empty() { (icon(drawing)) } (label) }
            }
            MenuItem::Export { label, href, table } => {
                a.menu-item href=(href) data-export-of=(table) { (icon("download")) (label) }
            }
            MenuItem::Post { label, action, icon: drawing, danger, fields } => {
                form method="post" action=(action) {
                    input type="hidden" name="csrf_token" value=(csrf_token);
                    @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                    button.menu-item type="submit" data-kind=[danger.then_some("danger")] {
                        @if !drawing.is_empty() { (icon(drawing)) } (label)
                    }
                }
            }
            MenuItem::Label(label) => div.menu-label { (label) },
            MenuItem::Line => div.menu-line {},
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_menu_of_an_icon_still_has_a_name() {
        let text = menu(&Menu {
            label: "More actions".to_owned(),
            icon: "ellipsis".to_owned(),
            icon_only: true,
            csrf_token: "t1".to_owned(),
            items: vec![MenuItem::Post {
                label: "Archive".to_owned(),
                action: "/x/archive".to_owned(),
                icon: "archive".to_owned(),
                danger: true,
                fields: vec![],
            }],
            ..Menu::default()
        })
        .into_string();
        assert!(text.contains("aria-label=\"More actions\""));
        assert!(text.contains("value=\"t1\""));
    }
}
