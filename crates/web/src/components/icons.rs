//! Icons of Lucide as inline SVG, so that they have the color of the text. Their strokes are in `base.css`, because a page
//! has hundreds of them.

use maud::{Markup, PreEscaped, html};

use crate::components::assets::icon_content;

/// Icon for a name that is not embedded.
const FALLBACK: &str = "circle";

/// Icon of 16 pixels, hidden from screen readers: the text beside it, or a label, has its meaning.
///
/// `name` is a line of `ui/src/icons.txt`; an unknown name draws a circle.
#[must_use]
pub fn icon(name: &str) -> Markup {
    draw(name, None)
}

/// Icon of 24 pixels, for empty lists.
#[must_use]
pub fn large_icon(name: &str) -> Markup {
    draw(name, Some("large"))
}

fn draw(name: &str, size: Option<&str>) -> Markup {
    let content = icon_content(name).or_else(|| icon_content(FALLBACK)).unwrap_or_default();
    html! {
        svg.icon data-size=[size] viewBox="0 0 24 24" aria-hidden="true" { (PreEscaped(content)) }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rust_files(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_icon_named_in_this_crate_is_embedded() {
        let mut files = Vec::new();
        rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let mut named = 0;
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for part in text.split("icon(\"").skip(1) {
                let name = part.split('"').next().unwrap();
                if name.contains("no such") || name.contains(')') {
                    continue;
                }
                named += 1;
                assert!(icon_content(name).is_some(), "{} draws icon \"{name}\"", file.display());
            }
        }
        assert!(named > 5, "only {named} icons were found: the search is broken");
    }

    #[test]
    fn the_icon_of_every_kind_is_embedded() {
        for kind in obcms_domain::kinds::REGISTRY {
            assert!(icon_content(kind.icon).is_some(), "{kind:?} has icon \"{}\"", kind.icon);
        }
    }

    #[test]
    fn an_unknown_name_draws_the_fallback() {
        assert_eq!(icon("no such icon").into_string(), icon(FALLBACK).into_string());
        assert!(icon("calendar").into_string().contains("<path"));
    }
}
