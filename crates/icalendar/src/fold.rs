//! Folding of content lines (RFC 5545 section 3.1).

/// Maximum octets of a line, without its end.
const OCTETS: usize = 75;

/// Splits a content line into physical lines without splitting a character.
///
/// Each piece after the first follows a line end and a space.
pub(crate) fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    let mut room = OCTETS;
    std::iter::from_fn(move || {
        let line = rest?;
        if line.len() <= room {
            return rest.take();
        }
        let place = (0..=room).rev().find(|place| line.is_char_boundary(*place)).unwrap_or(room);
        let (piece, after) = line.split_at(place);
        rest = Some(after);
        // The leading space counts as part of the next line.
        room = OCTETS - 1;
        Some(piece)
    })
}
