//! Content lines of a file: encoding, physical lines, unfolding (RFC 5545 section 3.1).

use std::io::{self, Read};

/// Encoding of a file, detected by its byte order mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, with Windows-1252 for each line that is not valid UTF-8.
    #[default]
    EightBit,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
}

impl Encoding {
    /// Returns the encoding of a file and the length of its byte order mark.
    pub fn detect(bytes: &[u8]) -> (Self, usize) {
        match bytes {
            [0xef, 0xbb, 0xbf, ..] => (Self::EightBit, 3),
            [0xff, 0xfe, ..] => (Self::Utf16Le, 2),
            [0xfe, 0xff, ..] => (Self::Utf16Be, 2),
            _ => (Self::EightBit, 0),
        }
    }

    /// Bytes of a code unit.
    pub const fn width(self) -> usize {
        match self {
            Self::EightBit => 1,
            Self::Utf16Le | Self::Utf16Be => 2,
        }
    }

    /// Returns the code unit at an offset.
    pub fn unit(self, bytes: &[u8], place: usize) -> Option<u16> {
        let pair = || bytes.get(place..place + 2)?.try_into().ok();
        match self {
            Self::EightBit => bytes.get(place).copied().map(u16::from),
            Self::Utf16Le => pair().map(u16::from_le_bytes),
            Self::Utf16Be => pair().map(u16::from_be_bytes),
        }
    }

    /// Returns the text of a line.
    fn decode(self, line: Vec<u8>) -> String {
        let wide = |join: fn([u8; 2]) -> u16| {
            let units = line.as_chunks::<2>().0.iter().map(|pair| join(*pair));
            char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        };
        match self {
            Self::EightBit => String::from_utf8(line).unwrap_or_else(|error| of_bytes(error.as_bytes())),
            Self::Utf16Le => wide(u16::from_le_bytes),
            Self::Utf16Be => wide(u16::from_be_bytes),
        }
    }

    /// Appends text.
    pub fn encode(self, text: &str, out: &mut Vec<u8>) {
        match self {
            Self::EightBit => out.extend_from_slice(text.as_bytes()),
            Self::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Self::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        }
    }
}

const LF: u16 = b'\n' as u16;
const CR: u16 = b'\r' as u16;
const SPACE: u16 = b' ' as u16;
const TAB: u16 = b'\t' as u16;

/// Returns true if a code unit ends a line.
pub(crate) const fn is_line_end(unit: u16) -> bool {
    matches!(unit, LF | CR)
}

/// Returns true if a line that begins with this code unit continues the previous line.
pub(crate) const fn is_fold(unit: u16) -> bool {
    matches!(unit, SPACE | TAB)
}

/// Content line, or blank lines, with the exact bytes.
#[derive(Debug)]
pub(crate) struct LogicalLine<'a> {
    /// Bytes with folds and line ends, and the blank lines between folds.
    pub raw: &'a [u8],
    /// Unfolded text; `None` for blank lines.
    pub text: Option<String>,
}

/// Iterator over the content lines of a file. Their bytes together are those of the file.
///
/// It accepts the line ends `\r\n`, `\n`, `\r` and `\r\r\n`. Lines are unfolded as bytes, because old programs fold
/// within a character.
#[derive(Debug)]
pub(crate) struct LogicalLines<'a> {
    bytes: &'a [u8],
    encoding: Encoding,
    place: usize,
}

impl<'a> LogicalLines<'a> {
    /// Returns the lines of the bytes after the byte order mark.
    pub const fn new(bytes: &'a [u8], encoding: Encoding) -> Self {
        Self { bytes, encoding, place: 0 }
    }

    /// Returns the line end for new lines: the first one of the bytes.
    ///
    /// In a file with mixed line ends, a new line with `\r` and a blank line with `\n` would merge into one line end.
    pub fn ending(&self) -> Option<&'static str> {
        let first = self.first_ending()?;
        let is_line_feed = |place| self.encoding.unit(self.bytes, place) == Some(LF);
        let has_line_feed = || (0..self.bytes.len()).step_by(self.encoding.width()).any(is_line_feed);
        if first == "\r" && has_line_feed() { Some("\r\n") } else { Some(first) }
    }

    fn first_ending(&self) -> Option<&'static str> {
        let (end, after) = self.physical(0);
        match (after - end) / self.encoding.width() {
            0 => None,
            1 if self.encoding.unit(self.bytes, end) == Some(LF) => Some("\n"),
            1 => Some("\r"),
            2 => Some("\r\n"),
            _ => Some("\r\r\n"),
        }
    }

    /// Returns the end of the physical line at an offset, without and with its line end.
    fn physical(&self, place: usize) -> (usize, usize) {
        let width = self.encoding.width();
        let unit = |place: usize| self.encoding.unit(self.bytes, place);
        let end = if width == 1 {
            let found = self.bytes[place..].iter().position(|byte| is_line_end(u16::from(*byte)));
            found.map(|length| place + length)
        } else {
            (place..self.bytes.len()).step_by(width).find(|place| unit(*place).is_some_and(is_line_end))
        };
        let Some(end) = end else {
            return (self.bytes.len(), self.bytes.len());
        };
        let units = match (unit(end), unit(end + width), unit(end + 2 * width)) {
            (Some(CR), Some(CR), Some(LF)) => 3,
            (Some(CR), Some(LF), _) => 2,
            _ => 1,
        };
        (end, end + units * width)
    }

    /// Returns the offset after the blank lines at an offset.
    fn after_blanks(&self, mut place: usize) -> usize {
        while self.encoding.unit(self.bytes, place).is_some_and(is_line_end) {
            place = self.physical(place).1;
        }
        place
    }
}

impl<'a> Iterator for LogicalLines<'a> {
    type Item = LogicalLine<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.place;
        if start >= self.bytes.len() {
            return None;
        }
        let blank = self.after_blanks(start);
        if blank > start {
            self.place = blank;
            return Some(LogicalLine { raw: &self.bytes[start..blank], text: None });
        }
        let (end, mut after) = self.physical(start);
        let mut line = self.bytes[start..end].to_vec();
        loop {
            let next = self.after_blanks(after);
            if !self.encoding.unit(self.bytes, next).is_some_and(is_fold) {
                break;
            }
            let (end, after_next) = self.physical(next);
            line.extend_from_slice(&self.bytes[next + self.encoding.width()..end]);
            after = after_next;
        }
        self.place = after;
        Some(LogicalLine { raw: &self.bytes[start..after], text: Some(self.encoding.decode(line)) })
    }
}

/// Bytes of a file that are read at once.
const BLOCK: u64 = 64 * 1024;

/// Iterator over the content lines of a source as text, without blank lines, each with the number of its first line.
///
/// The source is read in blocks. In memory are one block and the content line that goes on after it.
#[derive(Debug)]
pub(crate) struct Unfolded<R> {
    source: R,
    /// Bytes that are read at once.
    block: u64,
    encoding: Encoding,
    buffer: Vec<u8>,
    /// Offset of the next line in the buffer.
    place: usize,
    /// End of the lines that are whole in the buffer.
    whole: usize,
    /// Number of the next line.
    number: usize,
    is_at_start: bool,
    is_at_end: bool,
    failure: Option<io::Error>,
}

impl<R: Read> Unfolded<R> {
    /// Returns the lines of a source.
    pub const fn new(source: R) -> Self {
        Self {
            source,
            block: BLOCK,
            encoding: Encoding::EightBit,
            buffer: Vec::new(),
            place: 0,
            whole: 0,
            number: 1,
            is_at_start: true,
            is_at_end: false,
            failure: None,
        }
    }

    /// Returns the error with which the source ended before its end.
    pub fn end(self) -> io::Result<()> {
        self.failure.map_or(Ok(()), Err)
    }

    /// Reads until the buffer has a whole line, or all of the rest.
    fn fill(&mut self) {
        self.buffer.drain(..self.place);
        (self.place, self.whole) = (0, 0);
        while self.whole == 0 && !self.is_at_end {
            let known = self.buffer.len();
            let read = (&mut self.source).take(self.block).read_to_end(&mut self.buffer);
            self.is_at_end = !matches!(read, Ok(1..));
            self.failure = read.err();
            if std::mem::take(&mut self.is_at_start) {
                (self.encoding, self.place) = Encoding::detect(&self.buffer);
            }
            self.whole = if self.is_at_end { self.buffer.len() } else { self.last_line(known) };
        }
    }

    /// Returns the offset of the last line that begins at `from` or later and does not go on the one before it; 0 if
    /// there is none.
    fn last_line(&self, from: usize) -> usize {
        let width = self.encoding.width();
        let unit = |place: usize| self.encoding.unit(&self.buffer, place);
        let begins = |place: &usize| {
            unit(*place).is_some_and(|unit| !is_line_end(unit) && !is_fold(unit))
                && unit(*place - width).is_some_and(is_line_end)
        };
        // Code units begin at even offsets, where they are wide.
        let first = from.max(self.place + width).next_multiple_of(width);
        (first..self.buffer.len()).step_by(width).rev().find(begins).unwrap_or(0)
    }
}

impl<R: Read> Iterator for Unfolded<R> {
    type Item = (usize, String);

    fn next(&mut self) -> Option<(usize, String)> {
        loop {
            while let Some(line) =
                LogicalLines::new(&self.buffer[self.place..self.whole], self.encoding).next()
            {
                let first = self.number;
                self.place += line.raw.len();
                self.number += line_ends(line.raw, self.encoding);
                if let Some(text) = line.text {
                    return Some((first, text));
                }
            }
            if self.is_at_end {
                return None;
            }
            self.fill();
        }
    }
}

/// Returns the number of line ends in some bytes.
fn line_ends(raw: &[u8], encoding: Encoding) -> usize {
    let count = |wanted: u16| {
        let places = (0..raw.len()).step_by(encoding.width());
        places.filter(|place| encoding.unit(raw, *place) == Some(wanted)).count()
    };
    match count(LF) {
        0 => count(CR),
        feeds => feeds,
    }
}

/// Returns the text of bytes that are not all UTF-8: Windows-1252, or, when some letters beyond ASCII are UTF-8, a mark
/// for each byte that is not.
fn of_bytes(bytes: &[u8]) -> String {
    let has_letters = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    if has_letters {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    bytes.iter().map(|byte| western(*byte)).collect()
}

/// Returns the letter of a byte in Windows-1252.
pub(crate) fn western(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80).and_then(|place| HIGH.get(usize::from(place))).copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfolded(text: &str) -> Vec<String> {
        unfolded_bytes(text.as_bytes())
    }

    fn unfolded_bytes(bytes: &[u8]) -> Vec<String> {
        Unfolded::new(bytes).map(|(_, text)| text).collect()
    }

    #[test]
    fn lines_have_their_numbers_in_the_file() {
        for end in ["\r\n", "\n", "\r"] {
            let text = ["A:1", " 2", "", "B:3", "C:4"].join(end);
            let numbers: Vec<usize> = Unfolded::new(text.as_bytes()).map(|(number, _)| number).collect();
            assert_eq!(numbers, [1, 4, 5], "{end:?}");
        }
    }

    #[test]
    fn bad_byte_spoils_one_letter() {
        let bytes = [&b"SUMMARY:"[..], "\u{56fd} Ni\u{f1}o".as_bytes(), &[0xc3]].concat();
        assert_eq!(unfolded_bytes(&bytes), ["SUMMARY:\u{56fd} Ni\u{f1}o\u{fffd}"]);
    }

    #[test]
    fn lines_are_unfolded_with_every_line_end() {
        for end in ["\r\n", "\n", "\r", "\r\r\n"] {
            let text = ["SUMMARY:Long ", " line", "\t and on", "", "UID:1"].join(end);
            assert_eq!(unfolded(&text), ["SUMMARY:Long line and on", "UID:1"], "{end:?}");
        }
    }

    #[test]
    fn fold_may_split_a_character() {
        let bytes = [b"SUMMARY:Ma".as_slice(), &[0xc3], b"\r\n ", &[0xb1], b"ana"].concat();
        assert_eq!(unfolded_bytes(&bytes), ["SUMMARY:Mañana"]);
    }

    #[test]
    fn other_encodings_are_detected() {
        assert_eq!(unfolded_bytes(b"\xef\xbb\xbfUID:1"), ["UID:1"]);
        assert_eq!(unfolded_bytes(b"SUMMARY:Se\xf1or \x80"), ["SUMMARY:Señor €"]);
        let little: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("UID:ñ".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(unfolded_bytes(&little), ["UID:ñ"]);
        let big: Vec<u8> =
            [0xfe, 0xff].into_iter().chain("UID:ñ".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(unfolded_bytes(&big), ["UID:ñ"]);
    }

    /// Source that gives a few bytes at a time, and fails after some bytes.
    struct Slow<'a> {
        bytes: &'a [u8],
        until: usize,
    }

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.until == 0 {
                return Err(io::Error::other("unplugged"));
            }
            let count = self.until.min(7).min(self.bytes.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.bytes[..count]);
            self.bytes = &self.bytes[count..];
            self.until -= count;
            Ok(count)
        }
    }

    #[test]
    fn lines_across_blocks_are_whole() {
        // Every offset of a block falls somewhere: between the signs of a line end, before a fold, within a letter.
        for end in ["\r\n", "\n", "\r", "\r\r\n"] {
            for shift in 0..24 {
                let line = format!(
                    "X:{}{end} fold ñ{end}{end}\tfold{end}{end}Y:ñ{end}",
                    "a".repeat(64 - 24 + shift)
                );
                let text = format!("{line}{line}{line}Z:1");
                let marked = |name: &str, join: fn(u16) -> [u8; 2], mark: [u8; 2]| {
                    (name.to_owned(), [mark.to_vec(), text.encode_utf16().flat_map(join).collect()].concat())
                };
                for (name, bytes) in [
                    ("UTF-8".to_owned(), text.clone().into_bytes()),
                    marked("UTF-16LE", u16::to_le_bytes, [0xff, 0xfe]),
                    marked("UTF-16BE", u16::to_be_bytes, [0xfe, 0xff]),
                ] {
                    let (encoding, mark) = Encoding::detect(&bytes);
                    let whole: Vec<String> =
                        LogicalLines::new(&bytes[mark..], encoding).filter_map(|line| line.text).collect();
                    let source = Slow { bytes: &bytes, until: usize::MAX };
                    let mut lines = Unfolded { block: 64, ..Unfolded::new(source) };
                    let read: Vec<(usize, String)> = lines.by_ref().collect();
                    assert!(lines.end().is_ok());
                    let numbers: Vec<usize> = read.iter().map(|(number, _)| *number).collect();
                    assert_eq!(numbers, [1, 6, 7, 12, 13, 18, 19], "{name} {end:?} {shift}");
                    assert!(read.iter().map(|(_, text)| text).eq(&whole), "{name} {end:?} {shift}");
                }
            }
        }
    }

    #[test]
    fn failure_of_the_source_is_told() {
        let text = "UID:1\r\n".repeat(20_000);
        let mut lines = Unfolded::new(Slow { bytes: text.as_bytes(), until: 100_000 });
        assert!(lines.by_ref().count() < 20_000);
        assert_eq!(lines.end().unwrap_err().to_string(), "unplugged");
    }
}
