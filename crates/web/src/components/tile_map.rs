//! Map of the regions of the Philippines as tiles: each region has one tile about where it lies.

use maud::{Markup, html};

/// Region on the map.
#[derive(Debug, Default, Clone)]
pub struct Tile {
    /// First two digits of its PSGC code.
    pub code: String,
    /// Name.
    pub label: String,
    /// Value, for the shade.
    pub value: f64,
    /// Formatted value.
    pub text: String,
    /// Address of its rows.
    pub href: String,
}

/// Column, row and short name of each region, by the first two digits of its PSGC code.
const PLACES: [(&str, u32, u32, &str); 18] = [
    ("01", 0, 0, "I"),
    ("14", 1, 0, "CAR"),
    ("02", 2, 0, "II"),
    ("03", 1, 1, "III"),
    ("13", 2, 1, "NCR"),
    ("04", 1, 2, "IV-A"),
    ("05", 2, 2, "V"),
    ("17", 0, 3, "MIMAROPA"),
    ("06", 1, 3, "VI"),
    ("08", 3, 3, "VIII"),
    ("18", 1, 4, "NIR"),
    ("07", 2, 4, "VII"),
    ("09", 0, 5, "IX"),
    ("10", 2, 5, "X"),
    ("16", 3, 5, "XIII"),
    ("19", 1, 6, "BARMM"),
    ("12", 2, 6, "XII"),
    ("11", 3, 6, "XI"),
];
const SIZE: u32 = 74;
const GAP: u32 = 4;
/// Shades, the darkest last.
const LEVELS: f64 = 5.0;

/// Draws the map. Regions without a tile among `tiles` are empty; the values stand on the tiles.
#[must_use]
pub fn tile_map(caption: &str, tiles: &[Tile]) -> Markup {
    let largest = tiles.iter().map(|tile| tile.value).fold(0.0, f64::max);
    html! {
        figure.tile-map {
            svg viewBox={ "0 0 " (4 * (SIZE + GAP)) " " (7 * (SIZE / 2 + GAP)) } role="group" aria-label=(caption) {
                @for (code, column, row, short) in PLACES {
                    @let (x, y) = (column * (SIZE + GAP), row * (SIZE / 2 + GAP));
                    @match tiles.iter().find(|tile| tile.code == code) {
                        Some(tile) => {
                            a href=(tile.href) aria-label={ (tile.label) ": " (tile.text) } {
                                title { (tile.label) ": " (tile.text) }
                                rect x=(x) y=(y) width=(SIZE) height=(SIZE / 2) rx="4" data-level=(level(tile.value, largest)) {}
                                text x=(x + 6) y=(y + 14) { (short) }
                                text.tile-text x=(x + 6) y=(y + 29) { (tile.text) }
                            }
                        }
                        None => {
                            g aria-hidden="true" {
                                rect x=(x) y=(y) width=(SIZE) height=(SIZE / 2) rx="4" data-level="0" {}
                                text.tile-empty x=(x + 6) y=(y + 14) { (short) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Shade of a value, from 1 to 5.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // From 1 to 5.
fn level(value: f64, largest: f64) -> u32 {
    if largest <= 0.0 { 1 } else { (value.max(0.0) / largest * LEVELS).ceil().clamp(1.0, LEVELS) as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_follow_the_largest_value() {
        assert_eq!(
            [level(0.0, 10.0), level(2.0, 10.0), level(5.0, 10.0), level(10.0, 10.0), level(0.0, 0.0)],
            [1, 1, 3, 5, 1]
        );
    }

    #[test]
    fn regions_have_places_of_their_own() {
        let mut seen = std::collections::HashSet::new();
        for (code, column, row, _) in PLACES {
            assert!(seen.insert((column, row)), "{code}");
        }
    }

    #[test]
    fn only_regions_with_figures_are_links() {
        let tile = Tile {
            code: "09".into(),
            label: "Zamboanga Peninsula".into(),
            href: "/ppas".into(),
            ..Tile::default()
        };
        let text = tile_map("Regions", &[tile]).into_string();
        assert_eq!(text.matches("<a href").count(), 1);
        assert_eq!(text.matches("data-level=\"0\"").count(), 17);
    }
}
