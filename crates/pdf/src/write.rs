//! Marks and structure as a PDF file.

use std::collections::HashMap;
use std::num::NonZeroU16;

use krilla::Document as Pdf;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node as Child, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagTree,
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::FontData;

use crate::layout::{Mark, Node, Pages};
use crate::text::SetText;
use crate::{Document, Logo, PdfError};

const BLACK: u8 = 20;
const GRAY: u8 = 95;
const LIGHT: u8 = 205;
/// Color of the bars of charts, that of the pages.
const ACCENT: [u8; 3] = [11, 107, 105];

/// Picture that was read.
pub struct Picture(Image);

impl Picture {
    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        self.0.size()
    }
}

/// Reads a picture.
pub fn picture(logo: &Logo) -> Result<Picture, PdfError> {
    let data: krilla::Data = logo.bytes.clone().into();
    let is_png = logo.bytes.starts_with(b"\x89PNG");
    let image = if is_png { Image::from_png(data, true) } else { Image::from_jpeg(data, true) };
    image.map(Picture).map_err(|error| PdfError(format!("the picture is neither PNG nor JPEG: {error}")))
}

/// Writes the pages.
pub fn write(document: &Document, pages: &Pages) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut pdf = Pdf::new_with(settings);
    let mut writer = Writer { fonts: HashMap::new(), identifiers: vec![Vec::new(); pages.texts] };
    let size = PageSettings::from_wh(pages.size.0, pages.size.1)
        .ok_or_else(|| PdfError("the size of the page is not valid".to_owned()))?;
    for marks in &pages.pages {
        let mut page = pdf.start_page_with(size.clone());
        let mut surface = page.surface();
        for mark in marks {
            writer.mark(&mut surface, mark);
        }
        surface.finish();
        page.finish();
    }
    let language = document.language.clone();
    pdf.set_metadata(Metadata::new().title(document.title.clone()).language(language));
    pdf.set_tag_tree(writer.tree(&pages.nodes));
    // The outline is demanded by PDF/UA-1: its entries are the headings.
    pdf.set_outline(outline(pages));
    pdf.finish().map_err(|error| PdfError(format!("{error:?}")))
}

struct Writer {
    /// Fonts by the identity of their files.
    fonts: HashMap<u64, Option<Font>>,
    /// Identifiers of each text of the structure.
    identifiers: Vec<Vec<Identifier>>,
}

impl Writer {
    fn mark(&mut self, surface: &mut Surface<'_>, mark: &Mark) {
        match mark {
            Mark::Line { x, length, y, is_strong } => {
                surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
                let Some(rectangle) = Rect::from_xywh(*x, *y, *length, 0.6) else { return };
                let mut path = PathBuilder::new();
                path.push_rect(rectangle);
                if let Some(path) = path.finish() {
                    surface.set_fill(Some(gray(if *is_strong { BLACK } else { LIGHT })));
                    surface.draw_path(&path);
                }
                surface.end_tagged();
            }
            Mark::Bar([x, y, width, height], number) => {
                let identifier = surface.start_tagged(ContentTag::Other);
                if let Some(rectangle) = Rect::from_xywh(*x, *y, *width, *height) {
                    let mut path = PathBuilder::new();
                    path.push_rect(rectangle);
                    if let Some(path) = path.finish() {
                        let [red, green, blue] = ACCENT;
                        let paint = rgb::Color::new(red, green, blue).into();
                        surface.set_fill(Some(Fill { paint, ..Fill::default() }));
                        surface.draw_path(&path);
                    }
                }
                surface.end_tagged();
                self.keep(*number, identifier);
            }
            Mark::Picture(picture, [x, y, width, height], number) => {
                let identifier = surface.start_tagged(ContentTag::Other);
                if let Some(size) = Size::from_wh(*width, *height) {
                    surface.push_transform(&Transform::from_translate(*x, *y));
                    surface.draw_image(picture.0.clone(), size);
                    surface.pop();
                }
                surface.end_tagged();
                self.keep(*number, identifier);
            }
            Mark::Text { text, x, y, number: None } => {
                surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
                self.text(surface, text, *x, *y);
                surface.end_tagged();
            }
            Mark::Text { text, x, y, number: Some(number) } => {
                let identifier = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                self.text(surface, text, *x, *y);
                surface.end_tagged();
                self.keep(*number, identifier);
            }
        }
    }

    fn keep(&mut self, number: usize, identifier: Identifier) {
        if let Some(identifiers) = self.identifiers.get_mut(number) {
            identifiers.push(identifier);
        }
    }

    fn text(&mut self, surface: &mut Surface<'_>, set: &SetText, x: f32, y: f32) {
        surface.set_fill(Some(gray(if set.style.is_muted { GRAY } else { BLACK })));
        for line in set.layout.lines() {
            let metrics = line.metrics();
            let mut left = x + metrics.offset;
            for run in line.runs() {
                let size = run.font_size();
                let mut glyphs: Vec<KrillaGlyph> = Vec::new();
                for cluster in run.visual_clusters() {
                    if cluster.is_ligature_continuation() {
                        if let Some(glyph) = glyphs.last_mut() {
                            glyph.text_range.end = cluster.text_range().end;
                        }
                        continue;
                    }
                    glyphs.extend(cluster.glyphs().map(|glyph| {
                        KrillaGlyph::new(
                            GlyphId::new(glyph.id),
                            glyph.advance / size,
                            glyph.x / size,
                            glyph.y / size,
                            0.0,
                            cluster.text_range(),
                            None,
                        )
                    }));
                }
                let start = Point { x: left, y: y + metrics.baseline };
                if let Some(font) = self.font(run.font()) {
                    surface.draw_glyphs(start, &glyphs, font, &set.text, size, false);
                }
                left += run.advance();
            }
        }
    }

    /// Returns the font of a file; the typesetter has read it already.
    fn font(&mut self, font: &FontData) -> Option<Font> {
        let (data, id) = font.data.clone().into_raw_parts();
        self.fonts.entry(id).or_insert_with(|| Font::new(data.into(), font.index)).clone()
    }

    fn tree(&mut self, nodes: &[Node]) -> TagTree {
        let mut tree = TagTree::new();
        for node in nodes {
            tree.push(self.group(node));
        }
        tree
    }

    fn group(&mut self, node: &Node) -> TagGroup {
        match node {
            Node::Heading(level, number, text) => {
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                TagGroup::with_children(Tag::Hn(level, Some(text.clone())), self.children(&[*number]))
            }
            Node::Figure(alternative, numbers) => {
                let tag = Tag::Figure(Some(alternative.clone()));
                TagGroup::with_children(tag, self.children(numbers))
            }
            Node::Paragraph(numbers) => TagGroup::with_children(Tag::P, self.children(numbers)),
            Node::Table(summary, head, rows) => {
                let mut table = TagGroup::new(Tag::Table.with_summary(Some(summary.clone())));
                let mut row = TagGroup::new(Tag::TR);
                for number in head {
                    let cell = Tag::TH(TableHeaderScope::Column);
                    row.push(TagGroup::with_children(cell, self.children(&[*number])));
                }
                table.push(row);
                for cells in rows {
                    let mut row = TagGroup::new(Tag::TR);
                    for (place, number) in cells.iter().enumerate() {
                        let children = self.children(&[*number]);
                        if place == 0 {
                            row.push(TagGroup::with_children(Tag::TH(TableHeaderScope::Row), children));
                        } else {
                            row.push(TagGroup::with_children(Tag::TD, children));
                        }
                    }
                    table.push(row);
                }
                table
            }
        }
    }

    fn children(&mut self, numbers: &[usize]) -> Vec<Child> {
        let mut children = Vec::new();
        for number in numbers {
            if let Some(identifiers) = self.identifiers.get_mut(*number) {
                children.extend(std::mem::take(identifiers).into_iter().map(Child::from));
            }
        }
        children
    }
}

/// Returns the headings with their places.
fn outline(pages: &Pages) -> krilla::outline::Outline {
    use krilla::destination::XyzDestination;
    use krilla::outline::{Outline, OutlineNode};
    let mut places: HashMap<usize, (usize, Point)> = HashMap::new();
    for (page, marks) in pages.pages.iter().enumerate() {
        for mark in marks {
            if let Mark::Text { x, y, number: Some(number), .. } = mark {
                places.insert(*number, (page, Point { x: *x, y: *y }));
            }
        }
    }
    let mut outline = Outline::new();
    for node in &pages.nodes {
        if let Node::Heading(_, number, text) = node
            && let Some((page, point)) = places.get(number)
        {
            outline.push_child(OutlineNode::new(text.clone(), XyzDestination::new(*page, *point)));
        }
    }
    outline
}

fn gray(level: u8) -> Fill {
    Fill { paint: rgb::Color::new(level, level, level).into(), ..Fill::default() }
}
