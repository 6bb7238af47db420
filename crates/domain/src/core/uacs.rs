//! Codes of the Unified Accounts Code Structure (UACS) of the Department of Budget and Management.
//!
//! A full code has 54 digits in five segments, as amended by Joint Circular 2014-1: funding source (8), organization
//! (12), location (9, a PSGC code), MFO or PAP (15) and object (10). Separators between digits have no meaning.

use std::fmt;

use crate::core::message::{Joining, Message, Word};
use crate::message;

/// Segment of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Fund cluster (2), financing source (1), authorization (2) and fund category (3).
    FundingSource,
    /// Department (2), agency (3) and operating unit (7).
    Organization,
    /// Region (2), province (2), municipality (2) and barangay (3).
    Location,
    /// Major final output, or program, activity and project.
    Pap,
    /// Classification (1), sub-class (2), group (2), object (3) and sub-object (2).
    Object,
}

impl Segment {
    /// Every segment, in order.
    pub const ALL: [Self; 5] =
        [Self::FundingSource, Self::Organization, Self::Location, Self::Pap, Self::Object];

    /// Number of digits.
    #[must_use]
    pub const fn digits(self) -> usize {
        match self {
            Self::FundingSource => 8,
            Self::Organization => 12,
            Self::Location => 9,
            Self::Pap => 15,
            Self::Object => 10,
        }
    }

    /// Label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::FundingSource => "Funding source",
            Self::Organization => "Organization",
            Self::Location => "Location",
            Self::Pap => "MFO/PAP",
            Self::Object => "Object",
        }
    }

    /// Position of the first digit in a full code, from 1.
    #[must_use]
    pub fn start(self) -> usize {
        let before = Self::ALL.into_iter().take_while(|segment| *segment != self);
        1 + before.map(Self::digits).sum::<usize>()
    }

    /// Checks the digits of the segment; returns the position of the first wrong one within it, from 0, and what was
    /// expected.
    fn check(self, digits: &str) -> Result<(), (usize, &'static str)> {
        let at = |range| digits.get(range).unwrap_or_default();
        match self {
            Self::FundingSource if !("01"..="07").contains(&at(0..2)) => {
                Err((0, "a fund cluster from 01 to 07"))
            }
            Self::FundingSource if at(2..3) == "0" => Err((2, "a financing source from 1 to 9")),
            Self::Organization if at(0..2) == "00" => Err((0, "a department from 01 to 99")),
            Self::Location if at(0..2) == "00" && digits.bytes().any(|digit| digit != b'0') => {
                Err((0, "a region from 01 to 99, or nine zeros for the whole country"))
            }
            Self::Pap if digits.bytes().all(|digit| digit == b'0') => {
                Err((0, "digits that are not all zero"))
            }
            Self::Object if !("1"..="5").contains(&at(0..1)) => {
                Err((0, "1 (assets), 2 (liabilities), 3 (equity), 4 (income) or 5 (expenses)"))
            }
            _ => Ok(()),
        }
    }
}

/// Digits of a full code.
const DIGITS: usize = 54;

/// Reason why a text is not a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Other characters than digits and separators.
    NotADigit {
        /// Segment of the character.
        segment: Segment,
        /// Position of the character among the digits, from 1.
        position: usize,
        /// The character.
        character: char,
    },
    /// Separators that give a segment another length.
    SegmentLength {
        /// The segment.
        segment: Segment,
        /// Digits that it has.
        found: usize,
    },
    /// A wrong number of digits without separators.
    Length {
        /// Digits that it has.
        found: usize,
        /// Digits that it must have.
        expected: usize,
        /// Segments with their digits.
        layout: Message,
    },
    /// Digits that the segment does not allow.
    Value {
        /// The segment.
        segment: Segment,
        /// Position in the code, from 1.
        position: usize,
        /// Digits found there.
        found: String,
        /// Expected characters.
        expected: &'static str,
    },
}

impl CodeError {
    /// Returns the segment, the position and what was expected there.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::NotADigit { segment, position, character } => message!(
                "{segment} has “{character}” at position {position}: expected a digit.",
                segment = Word::label(segment.label()),
                character = Word::text(character),
                position = *position
            ),
            Self::SegmentLength { segment, found } => message!(
                "{segment} has {found} digits: expected {digits} (digits {first} to {last} of the code).",
                segment = Word::label(segment.label()),
                found = *found,
                digits = segment.digits(),
                first = segment.start(),
                last = segment.start() + segment.digits() - 1
            ),
            Self::Length { found, expected, layout } => message!(
                "The code has {found} digits: expected {expected} ({layout}).",
                found = *found,
                expected = *expected,
                layout = layout.clone()
            ),
            Self::Value { segment, position, found, expected } => message!(
                "{segment} has “{found}” at position {position}: expected {expected}.",
                segment = Word::label(segment.label()),
                found = Word::text(found),
                position = *position,
                expected = Word::label(expected)
            ),
        }
    }
}

/// Full code, split into segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    digits: String,
}

impl Code {
    /// Parses a full code: 54 digits, or five segments between spaces, hyphens, dots or slashes.
    ///
    /// # Errors
    ///
    /// Names the segment, the position and what was expected there.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let parts: Vec<&str> = text.split(is_separator).filter(|part| !part.is_empty()).collect();
        let digits = parts.concat();
        if let Some((position, character)) = digits.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
            return Err(CodeError::NotADigit {
                segment: segment_at(position),
                position: position + 1,
                character,
            });
        }
        if parts.len() == Segment::ALL.len() {
            let wrong =
                Segment::ALL.into_iter().zip(&parts).find(|(segment, part)| part.len() != segment.digits());
            if let Some((segment, part)) = wrong {
                return Err(CodeError::SegmentLength { segment, found: part.len() });
            }
        }
        if digits.len() != DIGITS {
            let layout = Segment::ALL.map(|segment| {
                message!(
                    "{segment} {digits}",
                    segment = Word::lower(segment.label()),
                    digits = segment.digits()
                )
            });
            let layout = Word::list(Joining::Comma, layout).into();
            return Err(CodeError::Length { found: digits.len(), expected: DIGITS, layout });
        }
        let code = Self { digits };
        for segment in Segment::ALL {
            check(segment, code.segment(segment), segment.start())?;
        }
        Ok(code)
    }

    /// Returns the digits of a segment.
    #[must_use]
    pub fn segment(&self, segment: Segment) -> &str {
        let start = segment.start() - 1;
        self.digits.get(start..start + segment.digits()).unwrap_or_default()
    }
}

impl fmt::Display for Code {
    /// Writes the segments with hyphens between them, the form that is stored.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&Segment::ALL.map(|segment| self.segment(segment)).join("-"))
    }
}

/// Parses the code of a program, activity or project: 15 digits, with or without separators. Returns the digits.
///
/// # Errors
///
/// Names the position and what was expected there.
pub fn parse_pap(text: &str) -> Result<String, CodeError> {
    let digits: String = text.chars().filter(|character| !is_separator(*character)).collect();
    if let Some((position, character)) = digits.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
        return Err(CodeError::NotADigit { segment: Segment::Pap, position: position + 1, character });
    }
    if digits.len() != Segment::Pap.digits() {
        let layout = Message::new("as in the General Appropriations Act");
        return Err(CodeError::Length { found: digits.len(), expected: Segment::Pap.digits(), layout });
    }
    check(Segment::Pap, &digits, 1)?;
    Ok(digits)
}

/// Checks the digits of a segment whose first digit has that position.
fn check(segment: Segment, digits: &str, start: usize) -> Result<(), CodeError> {
    segment.check(digits).map_err(|(offset, expected)| {
        let length = match segment {
            Segment::FundingSource if offset == 0 => 2,
            Segment::Organization | Segment::Location => 2,
            Segment::Pap => digits.len(),
            _ => 1,
        };
        let found = digits.get(offset..offset + length).unwrap_or_default().to_owned();
        CodeError::Value { segment, position: start + offset, found, expected }
    })
}

/// Returns the segment of a digit by its position, from 0; the last one beyond the end.
fn segment_at(position: usize) -> Segment {
    let ends = |segment: &Segment| position + 1 < segment.start() + segment.digits();
    Segment::ALL.into_iter().find(ends).unwrap_or(Segment::Object)
}

fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '–' | '.' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FULL: &str = "01101101-260010000000-120000000-310100100001000-5020301000";

    #[test]
    fn codes_are_read_with_and_without_separators() {
        let code = Code::parse(FULL).unwrap();
        assert_eq!(code.segment(Segment::FundingSource), "01101101");
        assert_eq!(code.segment(Segment::Organization), "260010000000");
        assert_eq!(code.segment(Segment::Location), "120000000");
        assert_eq!(code.segment(Segment::Pap), "310100100001000");
        assert_eq!(code.segment(Segment::Object), "5020301000");
        for text in
            [FULL.replace('-', ""), FULL.replace('-', " "), FULL.replace('-', ". "), format!(" {FULL} ")]
        {
            assert_eq!(Code::parse(&text).as_ref(), Ok(&code), "{text}");
        }
        // Separators within segments.
        assert!(
            Code::parse("01-1-01-101 26-001-0000000 12-00-00-000 310100100001000 5-02-03-010-00").is_ok()
        );
        assert_eq!(code.to_string(), FULL);
    }

    #[test]
    fn segments_have_their_positions() {
        assert_eq!(Segment::ALL.map(Segment::start), [1, 9, 21, 30, 45]);
        assert_eq!(Segment::ALL.map(Segment::digits).iter().sum::<usize>(), DIGITS);
        assert_eq!(
            [0, 7, 8, 19, 20, 29, 43, 44, 53, 90].map(segment_at),
            [
                Segment::FundingSource,
                Segment::FundingSource,
                Segment::Organization,
                Segment::Organization,
                Segment::Location,
                Segment::Pap,
                Segment::Pap,
                Segment::Object,
                Segment::Object,
                Segment::Object,
            ]
        );
    }

    #[test]
    fn errors_name_segment_position_and_expectation() {
        for (text, message) in [
            (
                FULL.replace("5020301000", "502030100"),
                "Object has 9 digits: expected 10 (digits 45 to 54 of the code).",
            ),
            (
                FULL.replace("01101101", "011011012"),
                "Funding source has 9 digits: expected 8 (digits 1 to 8 of the code).",
            ),
            (
                "0110110126001".to_owned(),
                "The code has 13 digits: expected 54 (funding source 8, organization 12, location 9, MFO/PAP 15, object 10).",
            ),
            (
                FULL.replace("01101101", "09101101"),
                "Funding source has “09” at position 1: expected a fund cluster from 01 to 07.",
            ),
            (
                FULL.replace("01101101", "01001101"),
                "Funding source has “0” at position 3: expected a financing source from 1 to 9.",
            ),
            (
                FULL.replace("260010000000", "000010000000"),
                "Organization has “00” at position 9: expected a department from 01 to 99.",
            ),
            (
                FULL.replace("120000000", "000000001"),
                "Location has “00” at position 21: expected a region from 01 to 99, or nine zeros for the whole country.",
            ),
            (
                FULL.replace("310100100001000", "000000000000000"),
                "MFO/PAP has “000000000000000” at position 30: expected digits that are not all zero.",
            ),
            (
                FULL.replace("5020301000", "7020301000"),
                "Object has “7” at position 45: expected 1 (assets), 2 (liabilities), 3 (equity), 4 (income) or 5 (expenses).",
            ),
            (
                FULL.replace("260010000000", "26O010000000"),
                "Organization has “O” at position 11: expected a digit.",
            ),
            (
                String::new(),
                "The code has 0 digits: expected 54 (funding source 8, organization 12, location 9, MFO/PAP 15, object 10).",
            ),
        ] {
            assert_eq!(Code::parse(&text).unwrap_err().message(), message, "{text}");
        }
    }

    #[test]
    fn pap_codes_have_fifteen_digits() {
        assert_eq!(parse_pap("310100-100001-000").as_deref(), Ok("310100100001000"));
        assert_eq!(
            parse_pap("3101").unwrap_err().message(),
            "The code has 4 digits: expected 15 (as in the General Appropriations Act)."
        );
        assert_eq!(
            parse_pap("31010010000100x").unwrap_err().message(),
            "MFO/PAP has “x” at position 15: expected a digit."
        );
        assert!(parse_pap("000000000000000").is_err());
    }

    proptest! {
        #[test]
        fn accepted_codes_are_stored_and_read_back(text in "0[1-7][1-9][0-9]{5}-[1-9][0-9]{11}-[1-9][0-9]{8}-[1-9][0-9]{14}-[1-5][0-9]{9}") {
            let code = Code::parse(&text).unwrap();
            prop_assert_eq!(code.to_string(), text);
            prop_assert_eq!(Code::parse(&code.to_string()), Ok(code));
        }

        #[test]
        fn no_text_causes_a_panic(text in "[0-9a–é. /-]{0,70}") {
            let _ = Code::parse(&text);
            let _ = parse_pap(&text);
        }
    }
}
