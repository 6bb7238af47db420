//! Text set in lines of a width.

use std::ops::Range;
use std::sync::Arc;

use parley::fontique::{Blob, Collection, CollectionOptions, FontInfoOverride, SourceCache};
use parley::{
    Alignment, AlignmentOptions, FontContext, FontFamily, FontFamilyName, FontWeight, Layout, LayoutContext,
    LineHeight, OverflowWrap, StyleProperty,
};

use crate::{Fonts, PdfError};

/// Name of the family of regular and bold letters.
const FAMILY: &str = "Document";
/// Name of the family of Arabic letters.
const ARABIC: &str = "Document Arabic";
/// Families in the order in which a letter is looked for.
const FAMILIES: [FontFamilyName<'static>; 2] = [FontFamilyName::named(FAMILY), FontFamilyName::named(ARABIC)];
/// Written in place of a character that no font has: PDF/UA-1 forbids the glyph for missing ones.
const MISSING: char = '?';
/// Height of a line relative to the size of its letters.
const LINE: f32 = 1.3;

/// Look of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Size in points.
    pub size: f32,
    /// Bold letters.
    pub is_bold: bool,
    /// Gray letters.
    pub is_muted: bool,
    /// Aligned to the right.
    pub is_right: bool,
}

impl Style {
    /// Returns the style of plain text.
    pub const fn plain(size: f32) -> Self {
        Self { size, is_bold: false, is_muted: false, is_right: false }
    }

    /// Bold.
    pub const fn bold(mut self) -> Self {
        self.is_bold = true;
        self
    }

    /// Gray.
    pub const fn muted(mut self) -> Self {
        self.is_muted = true;
        self
    }

    /// Aligned to the right if `is_right`.
    pub const fn right(mut self, is_right: bool) -> Self {
        self.is_right = is_right;
        self
    }
}

/// Text with the places of its glyphs.
pub struct SetText {
    /// The text.
    pub text: String,
    /// Its lines.
    pub layout: Layout<()>,
    /// Its look.
    pub style: Style,
}

impl SetText {
    /// Returns the height in points.
    pub fn height(&self) -> f32 {
        self.layout.height()
    }
}

/// Typesetter with its fonts.
pub struct Typesetter {
    fonts: FontContext,
    layouts: LayoutContext<()>,
}

impl Typesetter {
    /// Registers the fonts.
    pub fn new(fonts: Fonts) -> Result<Self, PdfError> {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        for (family, file, weight) in [
            (FAMILY, fonts.regular, FontWeight::NORMAL),
            (FAMILY, fonts.bold, FontWeight::BOLD),
            (ARABIC, fonts.arabic, FontWeight::NORMAL),
        ] {
            let info = FontInfoOverride {
                family_name: Some(family),
                weight: Some(weight),
                ..FontInfoOverride::default()
            };
            if collection.register_fonts(Blob::new(Arc::new(file)), Some(info)).is_empty() {
                return Err(PdfError("a font file is not readable".to_owned()));
            }
        }
        let fonts = FontContext { collection, source_cache: SourceCache::default() };
        Ok(Self { fonts, layouts: LayoutContext::new() })
    }

    /// Sets a text in lines of at most `width` points.
    pub fn set(&mut self, text: &str, style: Style, width: f32) -> SetText {
        // Control characters have no glyph; a line break is one that the text means.
        let text: String = text.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
        let layout = self.lay_out(&text, style, width);
        let missing = missing(&layout);
        if missing.is_empty() {
            return SetText { text, layout, style };
        }
        let is_missing = |place: usize| missing.iter().any(|range| range.contains(&place));
        let replace = |(place, letter)| if is_missing(place) { MISSING } else { letter };
        let text: String = text.char_indices().map(replace).collect();
        let layout = self.lay_out(&text, style, width);
        SetText { text, layout, style }
    }

    fn lay_out(&mut self, text: &str, style: Style, width: f32) -> Layout<()> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::from(&FAMILIES[..])));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(LINE)));
        let weight = if style.is_bold { FontWeight::BOLD } else { FontWeight::NORMAL };
        builder.push_default(StyleProperty::FontWeight(weight));
        // A word that is longer than the line is broken.
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        let mut layout = builder.build(text);
        layout.break_all_lines(Some(width));
        let alignment = if style.is_right { Alignment::End } else { Alignment::Start };
        layout.align(alignment, AlignmentOptions::default());
        layout
    }
}

/// Returns the parts of a text that no font can show.
fn missing(layout: &Layout<()>) -> Vec<Range<usize>> {
    let mut missing = Vec::new();
    for line in layout.lines() {
        for run in line.runs() {
            for cluster in run.visual_clusters() {
                if cluster.glyphs().any(|glyph| glyph.id == 0) {
                    missing.push(cluster.text_range());
                }
            }
        }
    }
    missing
}
