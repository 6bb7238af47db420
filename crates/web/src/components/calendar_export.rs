//! Entries of a menu by which a calendar gets into other programs.

use super::menu::MenuItem;

/// Parameters of the calendar page that a feed takes over.
const OF_A_FEED: [&str; 3] = ["modules", "kinds", "mine"];
/// Parameters of the calendar page that the file takes over.
const OF_THE_FILE: [&str; 10] =
    ["modules", "kinds", "mine", "q", "person", "status", "priority", "team", "organization", "place"];

/// Entries that subscribe to what the page shows, download it, and lead to one's feeds. `filters` are the parameters
/// of the page's address; those that say where in time it stands are left out.
#[must_use]
pub fn calendar_export(filters: &[(String, String)]) -> Vec<MenuItem> {
    let link = |label: &str, href: String, icon: &str| MenuItem::Link {
        label: label.to_owned(),
        href,
        icon: icon.to_owned(),
    };
    vec![
        link("Subscribe…", address("/feeds/new", filters, &OF_A_FEED), "rss"),
        link("Download (.ics)", address("/calendar.ics", filters, &OF_THE_FILE), "download"),
        link("My feeds", "/feeds".to_owned(), "link"),
    ]
}

fn address(path: &str, filters: &[(String, String)], names: &[&str]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in filters {
        if names.contains(&name.as_str()) && !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_go_along_and_dates_stay() {
        let filters: Vec<(String, String)> =
            [("view", "month"), ("modules", "tasks,policy"), ("q", "well"), ("mine", "")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec();
        let addresses: Vec<String> = calendar_export(&filters)
            .into_iter()
            .filter_map(|item| if let MenuItem::Link { href, .. } = item { Some(href) } else { None })
            .collect();
        assert_eq!(
            addresses,
            ["/feeds/new?modules=tasks%2Cpolicy", "/calendar.ics?modules=tasks%2Cpolicy&q=well", "/feeds"]
        );
    }
}
