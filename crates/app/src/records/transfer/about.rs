//! Statement of a file for people: what it lists, by which filters, when and for whom it was made.

use jiff::Zoned;
use obcms_domain::registry::Kind;
use obcms_store::records::Directory;

use crate::core::Actor;
use crate::records::lists::{Parameters, filter_in_words};

/// Maximum length of the filters in the name of a file.
const LONGEST_NAME: usize = 80;

/// Statement of a file.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Labels and values, in the order of the sheet.
    pub lines: Vec<(String, String)>,
    /// Filters for the name of the file: `fiscal-year-2026`; empty without any.
    pub slug: String,
}

impl About {
    /// Creates the statement of a list with these parameters.
    pub fn new(kind: &Kind, parameters: &Parameters, titles: &Directory, actor: &Actor, now: &Zoned) -> Self {
        let mut filters: Vec<(String, String)> = Vec::new();
        let mut sort = String::new();
        for (name, value) in parameters {
            match name.as_str() {
                "sort" => sort.clone_from(value),
                "q" => filters.push(("Search".to_owned(), value.clone())),
                "archived" if value == "false" => {}
                "archived" => {
                    let shown = if value == "all" { "with active ones" } else { "only" };
                    filters.push(("Archived".to_owned(), shown.to_owned()));
                }
                _ => filters.push(filter_in_words(kind, name, value, titles, |text| text)),
            }
        }
        Self::of(kind.plural, filters, sort_text(kind, &sort), actor, now)
    }

    /// Creates the statement of a list or report with these filters, as labels and values.
    pub fn of(
        title: &str,
        filters: Vec<(String, String)>,
        sort: Option<String>,
        actor: &Actor,
        now: &Zoned,
    ) -> Self {
        let slug = slug(&filters);
        let mut lines = vec![("List".to_owned(), title.to_owned())];
        if filters.is_empty() {
            lines.push(("Filters".to_owned(), "None: all that you may see".to_owned()));
        }
        lines.extend(filters.into_iter().map(|(label, value)| (format!("Filter: {label}"), value)));
        lines.extend(sort.map(|text| ("Sorted by".to_owned(), text)));
        lines.push(("Exported".to_owned(), now.strftime("%A, %-d %B %Y, %-I:%M %p %Z").to_string()));
        let name = if actor.full_name.is_empty() { &actor.username } else { &actor.full_name };
        if !name.is_empty() {
            lines.push(("Exported by".to_owned(), name.clone()));
        }
        Self { lines, slug }
    }
}

fn sort_text(kind: &Kind, sort: &str) -> Option<String> {
    let (name, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
    let label = match name {
        "created_at" => "Created",
        "updated_at" => "Changed",
        _ => kind.field(name)?.label,
    };
    Some(format!("{label}{}", if descending { ", descending" } else { "" }))
}

/// Returns filters in letters, digits and hyphens.
fn slug(filters: &[(String, String)]) -> String {
    let text: Vec<String> = filters.iter().map(|(label, value)| format!("{label} {value}")).collect();
    let mut slug = String::new();
    for word in text.join(" ").split(|character: char| !character.is_ascii_alphanumeric()) {
        if word.is_empty() || slug.len() + word.len() >= LONGEST_NAME {
            continue;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word.to_ascii_lowercase());
    }
    slug
}

#[cfg(test)]
mod tests {
    use obcms_domain::kinds::PPA;

    use super::*;

    #[test]
    fn filters_are_stated_in_words() {
        let parameters: Parameters =
            [("fiscal_year", "2026"), ("status", "planning,completed"), ("sort", "-start_date")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec();
        let now = "2026-11-30T15:40:00+08:00[Asia/Manila]".parse().expect("a time");
        let about = About::new(&PPA, &parameters, &Directory::new(), &Actor::program(), &now);
        let line = |label: &str| {
            about.lines.iter().find(|(known, _)| known == label).map_or("", |(_, value)| value.as_str())
        };
        assert_eq!(line("Filter: Fiscal year"), "2026");
        assert_eq!(line("Filter: Status"), "Planning or Completed");
        assert_eq!(line("Sorted by"), "Start, descending");
        assert_eq!(line("Exported"), "Monday, 30 November 2026, 3:40 PM PST");
        assert_eq!(about.slug, "fiscal-year-2026-status-planning-or-completed");
        let about = About::new(&PPA, &Vec::new(), &Directory::new(), &Actor::program(), &now);
        assert!(about.slug.is_empty() && about.lines.iter().any(|(label, _)| label == "Filters"));
    }
}
