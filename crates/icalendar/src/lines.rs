//! Content lines of a file: encoding, physical lines, unfolding (RFC 5545 section 3.1).

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

/// Returns the content lines of a file as text, without blank lines, each with the number of its first line in the file.
pub(crate) fn unfold(bytes: &[u8]) -> impl Iterator<Item = (usize, String)> {
    let (encoding, mark) = Encoding::detect(bytes);
    let mut number = 1;
    LogicalLines::new(&bytes[mark..], encoding).filter_map(move |line| {
        let first = number;
        number += line_ends(line.raw, encoding);
        line.text.map(|text| (first, text))
    })
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
        unfold(bytes).map(|(_, text)| text).collect()
    }

    #[test]
    fn lines_have_their_numbers_in_the_file() {
        for end in ["\r\n", "\n", "\r"] {
            let text = ["A:1", " 2", "", "B:3", "C:4"].join(end);
            let numbers: Vec<usize> = unfold(text.as_bytes()).map(|(number, _)| number).collect();
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
}
