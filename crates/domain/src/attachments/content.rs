//! Type of a file by its content, against an allow-list.
//!
//! The name that a sender gives decides nothing but the choice between types of equal content, such as text and CSV.

/// Accepted type of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// PNG picture.
    Png,
    /// JPEG picture.
    Jpeg,
    /// GIF picture.
    Gif,
    /// WebP picture.
    Webp,
    /// HEIC picture, as phones take it.
    Heic,
    /// PDF document.
    Pdf,
    /// Word document.
    Docx,
    /// Excel workbook.
    Xlsx,
    /// PowerPoint presentation.
    Pptx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument presentation.
    Odp,
    /// Word document of 2003 and before.
    Doc,
    /// Excel workbook of 2003 and before.
    Xls,
    /// PowerPoint presentation of 2003 and before.
    Ppt,
    /// Text in UTF-8.
    Text,
    /// Table as comma-separated text.
    Csv,
    /// ZIP archive.
    Zip,
}

/// Properties of a type: media type, extensions (the usual one first) and label.
struct Facts {
    media_type: &'static str,
    extensions: &'static [&'static str],
    label: &'static str,
}

impl FileType {
    /// All accepted types.
    pub const ALL: [Self; 18] = [
        Self::Png,
        Self::Jpeg,
        Self::Gif,
        Self::Webp,
        Self::Heic,
        Self::Pdf,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Odp,
        Self::Doc,
        Self::Xls,
        Self::Ppt,
        Self::Text,
        Self::Csv,
        Self::Zip,
    ];

    const fn facts(self) -> Facts {
        const fn facts(
            media_type: &'static str,
            extensions: &'static [&'static str],
            label: &'static str,
        ) -> Facts {
            Facts { media_type, extensions, label }
        }
        match self {
            Self::Png => facts("image/png", &["png"], "PNG picture"),
            Self::Jpeg => facts("image/jpeg", &["jpg", "jpeg"], "JPEG picture"),
            Self::Gif => facts("image/gif", &["gif"], "GIF picture"),
            Self::Webp => facts("image/webp", &["webp"], "WebP picture"),
            Self::Heic => facts("image/heic", &["heic", "heif"], "HEIC picture"),
            Self::Pdf => facts("application/pdf", &["pdf"], "PDF"),
            Self::Docx => facts(
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                &["docx"],
                "Word document",
            ),
            Self::Xlsx => facts(
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                &["xlsx"],
                "Excel workbook",
            ),
            Self::Pptx => facts(
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                &["pptx"],
                "PowerPoint presentation",
            ),
            Self::Odt => facts("application/vnd.oasis.opendocument.text", &["odt"], "OpenDocument text"),
            Self::Ods => {
                facts("application/vnd.oasis.opendocument.spreadsheet", &["ods"], "OpenDocument spreadsheet")
            }
            Self::Odp => facts(
                "application/vnd.oasis.opendocument.presentation",
                &["odp"],
                "OpenDocument presentation",
            ),
            Self::Doc => facts("application/msword", &["doc"], "Word 97 document"),
            Self::Xls => facts("application/vnd.ms-excel", &["xls"], "Excel 97 workbook"),
            Self::Ppt => facts("application/vnd.ms-powerpoint", &["ppt"], "PowerPoint 97 presentation"),
            Self::Text => facts("text/plain", &["txt", "text", "md", "log"], "Text"),
            Self::Csv => facts("text/csv", &["csv", "tsv"], "CSV table"),
            Self::Zip => facts("application/zip", &["zip"], "ZIP archive"),
        }
    }

    /// Returns the media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        self.facts().media_type
    }

    /// Returns the extensions of its names, the usual one first.
    #[must_use]
    pub const fn extensions(self) -> &'static [&'static str] {
        self.facts().extensions
    }

    /// Returns the label for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.facts().label
    }

    /// Returns the type of a media type.
    #[must_use]
    pub fn parse(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.media_type() == media_type)
    }

    /// Returns true if browsers show it as a picture.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Webp)
    }

    /// Returns true if a browser may show it in place of saving it: nothing in it runs in our pages.
    #[must_use]
    pub const fn is_shown_inline(self) -> bool {
        self.is_picture() || matches!(self, Self::Pdf)
    }
}

/// Verdict on the first bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Accepted type.
    Known(FileType),
    /// ZIP container; its parts decide.
    Archive,
    /// Compound file of Microsoft; its streams decide.
    Compound,
    /// Perhaps text; the whole content decides.
    Text,
    /// Refused type, in words.
    Refused(&'static str),
}

const EXECUTABLE: &str = "an executable program";
const MARKUP: &str = "HTML, SVG or XML";
const SCRIPT: &str = "a script";
/// Words for content of no known type.
const UNKNOWN: &str = "content of an unknown type";

/// Beginnings of refused files, with the words for them.
const REFUSED: [(&[u8], &str); 24] = [
    (b"MZ", EXECUTABLE),
    (b"\x7fELF", EXECUTABLE),
    (b"\xfe\xed\xfa\xce", EXECUTABLE),
    (b"\xfe\xed\xfa\xcf", EXECUTABLE),
    (b"\xce\xfa\xed\xfe", EXECUTABLE),
    (b"\xcf\xfa\xed\xfe", EXECUTABLE),
    (b"\xca\xfe\xba\xbe", EXECUTABLE),
    (b"\0asm", EXECUTABLE),
    (b"dex\n", EXECUTABLE),
    (b"\x4c\0\0\0\x01\x14\x02\0", "a shortcut to a program"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"{\\rtf", "a rich text document (RTF)"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"%!PS", "a PostScript document"),
    (b"ID3", "an audio file"),
    (b"OggS", "an audio or video file"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"\xff\xfe", "text that is not in UTF-8"),
    (b"\xfe\xff", "text that is not in UTF-8"),
];

/// Brands of HEIC among those of the ISO base media file format.
const HEIC: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"];

/// Returns what the first bytes of a file say; 4 KiB are enough.
#[must_use]
pub fn signature(head: &[u8]) -> Signature {
    let starts = |with: &[u8]| head.starts_with(with);
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Signature::Known(FileType::Png);
    }
    if starts(b"\xff\xd8\xff") {
        return Signature::Known(FileType::Jpeg);
    }
    if starts(b"GIF87a") || starts(b"GIF89a") {
        return Signature::Known(FileType::Gif);
    }
    if starts(b"%PDF-") {
        return Signature::Known(FileType::Pdf);
    }
    if starts(b"RIFF") {
        return match head.get(8..12) {
            Some(b"WEBP") => Signature::Known(FileType::Webp),
            _ => Signature::Refused("an audio or video file"),
        };
    }
    if head.get(4..8) == Some(b"ftyp") {
        return media(head);
    }
    if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        return Signature::Archive;
    }
    if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Signature::Compound;
    }
    if let Some((_, words)) = REFUSED.iter().find(|(beginning, _)| starts(beginning)) {
        return Signature::Refused(words);
    }
    if starts(b"BM") && head.len() > 14 && head[6..10] == [0; 4] {
        return Signature::Refused("a BMP picture");
    }
    beginning_of_text(head)
}

/// Returns the type of an ISO base media file by its brands.
fn media(head: &[u8]) -> Signature {
    let length =
        head.get(..4).map_or(0, |bytes| bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)));
    let brands = head.get(8..length.clamp(12, head.len().max(12))).unwrap_or_default();
    let has = |wanted: &[&[u8]]| brands.chunks_exact(4).any(|brand| wanted.contains(&brand));
    match brands.get(..4) {
        Some(major) if HEIC.contains(&major) => Signature::Known(FileType::Heic),
        Some(b"mif1" | b"msf1") if has(&HEIC) => Signature::Known(FileType::Heic),
        Some(b"avif" | b"avis") => Signature::Refused("an AVIF picture"),
        _ => Signature::Refused("a video or audio file"),
    }
}

/// Refuses markup and scripts by the first words of a text.
fn beginning_of_text(head: &[u8]) -> Signature {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    match &text[first..] {
        [b'#', b'!', ..] | [b'<', b'?', b'p', b'h', b'p', ..] => Signature::Refused(SCRIPT),
        [b'<', next, ..] if next.is_ascii_alphabetic() || matches!(next, b'!' | b'?' | b'/') => {
            Signature::Refused(MARKUP)
        }
        _ => Signature::Text,
    }
}

/// Extensions whose files run something, or are shown as a page, although their content is plain text.
const ACTIVE: [&str; 28] = [
    "html", "htm", "xhtml", "shtml", "svg", "xml", "hta", "js", "mjs", "cjs", "jse", "vbs", "vbe", "wsf",
    "bat", "cmd", "ps1", "psm1", "sh", "bash", "command", "py", "php", "pl", "rb", "reg", "url", "desktop",
];

/// Returns the type of text by the name of its file, or the words for a refused one.
pub fn of_text(name: &str) -> Result<FileType, &'static str> {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "html" | "htm" | "xhtml" | "shtml" | "svg" | "xml" => Err(MARKUP),
        known if ACTIVE.contains(&known) => Err(SCRIPT),
        known if FileType::Csv.extensions().contains(&known) => Ok(FileType::Csv),
        _ => Ok(FileType::Text),
    }
}

/// Returns the type of a ZIP container by the names of its parts and the content of the part `mimetype`, or the words
/// for a refused one.
pub fn in_archive<'a>(
    parts: impl Iterator<Item = &'a str>,
    mimetype: Option<&str>,
) -> Result<FileType, &'static str> {
    if let Some(declared) = mimetype.map(str::trim) {
        let found = [FileType::Odt, FileType::Ods, FileType::Odp];
        if let Some(document) = found.into_iter().find(|one| one.media_type() == declared) {
            return Ok(document);
        }
    }
    let (mut is_office, mut office) = (false, None);
    for part in parts {
        match part {
            "[Content_Types].xml" => is_office = true,
            "word/document.xml" => office = Some(FileType::Docx),
            "xl/workbook.xml" | "xl/workbook.bin" => office = Some(FileType::Xlsx),
            "ppt/presentation.xml" => office = Some(FileType::Pptx),
            "META-INF/MANIFEST.MF" | "AndroidManifest.xml" => return Err(EXECUTABLE),
            name if name
                .rsplit('/')
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("vbaProject.bin")) =>
            {
                return Err("an Office file with macros");
            }
            _ => {}
        }
    }
    Ok(office.filter(|_| is_office).unwrap_or(FileType::Zip))
}

/// Names of the streams by which compound files are told, with their types.
const STREAMS: [(&str, FileType); 4] = [
    ("WordDocument", FileType::Doc),
    ("Workbook", FileType::Xls),
    ("Book", FileType::Xls),
    ("PowerPoint Document", FileType::Ppt),
];

/// Returns the bytes by which compound files are told: the names of their streams in UTF-16, each as a whole entry.
#[must_use]
pub fn markers() -> Vec<(Vec<u8>, FileType)> {
    STREAMS
        .into_iter()
        .map(|(name, kind)| {
            let mut bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            // Names end with a zero; without it "Book" would be found within other names.
            bytes.extend([0, 0]);
            (bytes, kind)
        })
        .collect()
}

/// Returns the type of a compound file by its streams, or the words for a refused one.
pub fn in_compound(found: &[FileType]) -> Result<FileType, &'static str> {
    [FileType::Doc, FileType::Ppt, FileType::Xls]
        .into_iter()
        .find(|kind| found.contains(kind))
        .ok_or("an installer, a message or another file of Microsoft programs")
}

/// Check of a whole text, piece by piece: UTF-8 without control characters.
#[derive(Debug, Default)]
pub struct TextScan {
    /// Beginning of a character whose end comes with the next piece.
    rest: Vec<u8>,
}

impl TextScan {
    /// Checks the next piece; the words say what it is instead of text.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), &'static str> {
        if piece.iter().any(|byte| is_binary(*byte)) {
            return Err(UNKNOWN);
        }
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(piece);
        match std::str::from_utf8(&bytes) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_none() => {
                self.rest = bytes[error.valid_up_to()..].to_vec();
                Ok(())
            }
            Err(_) => Err("text that is not in UTF-8"),
        }
    }

    /// Checks that the text does not end within a character.
    pub fn finish(self) -> Result<(), &'static str> {
        if self.rest.is_empty() { Ok(()) } else { Err("text that is not in UTF-8") }
    }
}

/// Returns true for bytes that no text has: control characters other than tab, line feed, form feed and return.
fn is_binary(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(head: &[u8]) -> bool {
        matches!(signature(head), Signature::Refused(_))
    }

    #[test]
    fn pictures_and_pdf_are_known_by_their_first_bytes() {
        for (head, kind) in [
            (&b"\x89PNG\r\n\x1a\n\0\0"[..], FileType::Png),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", FileType::Jpeg),
            (b"GIF89a<script>", FileType::Gif),
            (b"RIFF\x10\0\0\0WEBPVP8 ", FileType::Webp),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", FileType::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", FileType::Heic),
            (b"%PDF-1.7\n<html>", FileType::Pdf),
        ] {
            assert_eq!(signature(head), Signature::Known(kind), "{head:?}");
        }
    }

    #[test]
    fn active_content_is_refused_whatever_its_name() {
        for head in [
            &b"<!DOCTYPE html><p>"[..],
            b"\xef\xbb\xbf \n<html>",
            b"<svg xmlns=",
            b"<?xml version=\"1.0\"?><svg>",
            b"<!-- x --><script>",
            b"</p>",
            b"#!/bin/sh",
            b"<?php echo",
            b"MZ\x90\0",
            b"\x7fELF\x02",
            b"\xcf\xfa\xed\xfe",
            b"\xff\xfe<\0h\0",
            b"\0\0\0\x18ftypisom\0\0\0\0isomavc1",
            b"\0\0\0\x18ftypavif\0\0\0\0mif1miaf",
            b"\0\0\0\x08ftyp",
            b"RIFF\x10\0\0\0WAVEfmt ",
        ] {
            assert!(refused(head), "{head:?}");
        }
        assert_eq!(signature(b"a < b and <b>"), Signature::Text);
        assert_eq!(signature(b""), Signature::Text);
        assert_eq!(signature(b"< 5 kg"), Signature::Text);
        for name in ["page.HTML", "a.svg", "run.bat", "x.js"] {
            assert!(of_text(name).is_err(), "{name}");
        }
        assert_eq!((of_text("a.CSV"), of_text("notes")), (Ok(FileType::Csv), Ok(FileType::Text)));
    }

    #[test]
    fn archives_are_told_by_their_parts() {
        let of = |parts: &[&str], mimetype| in_archive(parts.iter().copied(), mimetype);
        assert_eq!(of(&["[Content_Types].xml", "word/document.xml"], None), Ok(FileType::Docx));
        assert_eq!(of(&["[Content_Types].xml", "xl/workbook.xml"], None), Ok(FileType::Xlsx));
        assert_eq!(of(&["mimetype"], Some("application/vnd.oasis.opendocument.text")), Ok(FileType::Odt));
        assert_eq!(of(&["word/document.xml"], None), Ok(FileType::Zip), "a copy of a part is no document");
        assert_eq!(of(&["a.txt"], Some("text/html")), Ok(FileType::Zip));
        assert_eq!(of(&["META-INF/MANIFEST.MF", "A.class"], None), Err(EXECUTABLE));
        assert!(of(&["[Content_Types].xml", "word/document.xml", "word/VBAproject.bin"], None).is_err());
    }

    #[test]
    fn text_is_utf8_without_control_characters() {
        let scan = |pieces: &[&[u8]]| {
            let mut scan = TextScan::default();
            pieces.iter().try_for_each(|piece| scan.feed(piece)).and_then(|()| scan.finish())
        };
        // A character that is cut between two pieces.
        assert_eq!(scan(&[b"Pe\xc3", b"\xb1a\r\n\t"]), Ok(()));
        assert_eq!(scan(&[b"Pe\xf1a"]), Err("text that is not in UTF-8"));
        assert_eq!(scan(&[b"Pe\xc3"]), Err("text that is not in UTF-8"));
        assert_eq!(scan(&[b"a\0b"]), Err(UNKNOWN));
        assert_eq!(scan(&[b"\x1b[31m"]), Err(UNKNOWN));
    }

    #[test]
    fn types_are_unique() {
        for one in FileType::ALL {
            assert_eq!(FileType::parse(one.media_type()), Some(one));
            let shared =
                FileType::ALL.into_iter().filter(|other| other.extensions().contains(&one.extensions()[0]));
            assert_eq!(shared.count(), 1, "{one:?}");
        }
    }
}
