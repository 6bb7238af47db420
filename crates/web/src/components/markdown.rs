//! Markdown as HTML: without raw HTML, with links of safe schemes only.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Schemes that a link may have; an address without one stays on this site.
const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Renders a text of a person. Raw HTML is shown as text, pictures become links, and headings come below those of the
/// page.
#[must_use]
pub fn markdown(text: &str) -> Markup {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let events = Parser::new_ext(text, options).map(safe);
    let mut rendered = String::with_capacity(text.len() * 3 / 2);
    rendered.push_str("<div class=\"markdown\">");
    html::push_html(&mut rendered, events);
    rendered.push_str("</div>");
    PreEscaped(rendered)
}

fn safe(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        // A line break that somebody typed is one.
        Event::SoftBreak => Event::HardBreak,
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        // A picture of another site would tell that site who reads: it becomes a link.
        Event::Start(
            Tag::Link { link_type, dest_url, title, id } | Tag::Image { link_type, dest_url, title, id },
        ) => Event::Start(Tag::Link { link_type, dest_url: safe_address(dest_url), title, id }),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Link),
        Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
            Event::Start(Tag::Heading { level: below(level), id: None, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        other => other,
    }
}

const fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

/// Returns the address if its scheme is allowed, or `#`.
fn safe_address(address: CowStr<'_>) -> CowStr<'_> {
    // Browsers ignore control characters and blanks within a scheme.
    let plain: String =
        address.chars().filter(|character| !character.is_control() && *character != ' ').collect();
    let is_safe = match plain.split_once(':') {
        None => true,
        Some((scheme, _)) if scheme.contains(['/', '?', '#']) => true,
        Some((scheme, _)) => SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()),
    };
    if is_safe { address } else { "#".into() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> String {
        markdown(text).into_string()
    }

    #[test]
    fn usual_marks_are_rendered() {
        let text = of(
            "# Plan\n\n- [x] *one*\n- **two**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nfirst\nsecond ~~old~~ `code`",
        );
        for part in [
            "<h3>Plan</h3>",
            "<em>one</em>",
            "<strong>two</strong>",
            "<td>1</td>",
            "first<br />",
            "<del>old</del>",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(of("[a](https://example.org)").contains("href=\"https://example.org\""));
        assert!(of("[a](/tasks?mine=true)").contains("href=\"/tasks?mine=true\""));
    }

    #[test]
    fn nothing_runs_and_nothing_loads() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div onclick=\"x\">\nhtml\n</div>",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](java&#10;script:alert(1))",
            "[a]( data:text/html;base64,xx )",
            "[a](vbscript:x)",
            "![a](https://tracker.example/x.png)",
            "<javascript:alert(1)>",
            "[a]: javascript:alert(1)\n\n[a]",
        ] {
            // What was typed as HTML is text: it has no tag of its own.
            let rendered = of(text).to_lowercase();
            for bad in ["<script", "<img", "<div onclick", "href=\"java", "href=\"data", "href=\"vb"] {
                assert!(!rendered.contains(bad), "{bad} in {rendered}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_tag_is_one_of_ours(text in "\\PC{0,60}|[<>a-z/!\\[\\]():*_`#\n -]{0,80}") {
            let rendered = of(&text);
            let known = ["div", "p", "h3", "h4", "h5", "h6", "em", "strong", "del", "code", "pre", "a", "ul", "ol", "li", "br",
                "hr", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "input"];
            for part in rendered.split('<').skip(1) {
                let name: String = part.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
                prop_assert!(known.contains(&name.as_str()), "{name} in {rendered}");
            }
        }
    }
}
