//! Folding of content lines (RFC 5545 section 3.1).

/// Octets of a line at most, without its end.
const OCTETS: usize = 75;

/// Cuts a content line into the pieces of its physical lines, none of which splits a character.
///
/// Each piece after the first one follows a line end and a space.
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
        // The space before it is part of the next line.
        room = OCTETS - 1;
        Some(piece)
    })
}
