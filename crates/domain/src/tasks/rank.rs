//! Rank keys of a manual order: a move of one card writes one key and never those of the others.
//!
//! A key is compared byte by byte (a database must use its binary collation). It is an integer and, where two
//! neighbours leave no integer between them, a fraction, both in base 62. The first letter gives the number of digits
//! of the integer: `a0` to `az` two characters, `b00` three and so on; upper-case letters are negative numbers. So a
//! million appends end in a key of five characters, while halving the same gap adds one digit in about six moves.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Key of the first card of an empty column.
const FIRST: &str = "a0";

/// Returns a key strictly between two neighbours; `None` is the open end. For neighbours that are no valid keys, or
/// not in order (two writers at once), the key follows the first usable one: a card never gets lost.
pub fn between(before: Option<&str>, after: Option<&str>) -> String {
    let before = before.and_then(Key::parse);
    let after = after.and_then(Key::parse);
    match (before, after) {
        (None, None) => FIRST.to_owned(),
        (None, Some(after)) => below(&after),
        (Some(before), None) => above(&before),
        (Some(before), Some(after)) if before.text >= after.text => above(&before),
        (Some(before), Some(after)) => inside(&before, &after),
    }
}

/// Returns `count` keys in order after `before`.
pub fn append(before: Option<&str>, count: usize) -> Vec<String> {
    let mut keys: Vec<String> = Vec::with_capacity(count);
    for _ in 0..count {
        let last = keys.last().map(String::as_str).or(before);
        keys.push(between(last, None));
    }
    keys
}

/// Key, split into its two parts.
struct Key<'a> {
    text: &'a str,
    integer: &'a str,
    fraction: &'a str,
}

impl<'a> Key<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let length = integer_length(*text.as_bytes().first()?)?;
        let well_formed = text.bytes().all(|byte| DIGITS.contains(&byte));
        // No fraction is below one that ends in the lowest digit.
        if !well_formed || text.len() < length || (text.len() > length && text.ends_with('0')) {
            return None;
        }
        let (integer, fraction) = text.split_at(length);
        Some(Self { text, integer, fraction })
    }
}

/// Returns the number of characters of an integer that begins with `head`. The outermost two heads are invalid, so
/// that every key has an integer on either side; no column reaches them.
fn integer_length(head: u8) -> Option<usize> {
    match head {
        b'a'..=b'y' => Some(usize::from(head - b'a') + 2),
        b'B'..=b'Z' => Some(usize::from(b'Z' - head) + 2),
        _ => None,
    }
}

fn above(before: &Key<'_>) -> String {
    step(before.integer, true)
}

fn below(after: &Key<'_>) -> String {
    if after.fraction.is_empty() { step(after.integer, false) } else { after.integer.to_owned() }
}

fn inside(before: &Key<'_>, after: &Key<'_>) -> String {
    if before.integer == after.integer {
        let fraction = middle(before.fraction.as_bytes(), Some(after.fraction.as_bytes()));
        return format!("{}{fraction}", before.integer);
    }
    let next = step(before.integer, true);
    if next.as_str() < after.text {
        return next;
    }
    format!("{}{}", before.integer, middle(before.fraction.as_bytes(), None))
}

/// Returns the next integer up or down.
fn step(integer: &str, up: bool) -> String {
    let mut bytes = integer.as_bytes().to_vec();
    let (limit, restart) = if up { (b'z', b'0') } else { (b'0', b'z') };
    for digit in bytes.iter_mut().skip(1).rev() {
        if *digit != limit {
            let value = value_of(*digit);
            *digit = DIGITS[if up { value + 1 } else { value - 1 }];
            return bytes.into_iter().map(char::from).collect();
        }
        *digit = restart;
    }
    // All digits overflow: the integer changes its length, and so its head.
    let head = match (bytes[0], up) {
        (b'Z', true) => b'a',
        (b'a', false) => b'Z',
        (head, true) => head + 1,
        (head, false) => head - 1,
    };
    bytes[0] = head;
    bytes.resize(integer_length(head).unwrap_or(bytes.len()), restart);
    bytes.into_iter().map(char::from).collect()
}

/// Returns a fraction strictly between two (the lower one is lower), not ending in the lowest digit; `None` above is
/// one.
fn middle(low: &[u8], high: Option<&[u8]>) -> String {
    let mut result = Vec::new();
    let mut high = high;
    let mut position = 0;
    loop {
        let floor = low.get(position).map_or(0, |digit| value_of(*digit));
        let ceiling =
            high.map_or(DIGITS.len(), |high| high.get(position).map_or(0, |digit| value_of(*digit)));
        if ceiling > floor + 1 {
            result.push(DIGITS[usize::midpoint(floor, ceiling)]);
            break;
        }
        // No digit fits between: keep the lower one. Once the result is below the upper bound, any digit may follow.
        result.push(DIGITS[floor]);
        if ceiling > floor {
            high = None;
        }
        position += 1;
    }
    result.into_iter().map(char::from).collect()
}

fn value_of(digit: u8) -> usize {
    DIGITS.iter().position(|known| *known == digit).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_grow_to_both_sides() {
        let first = between(None, None);
        assert_eq!(first, "a0");
        assert_eq!(between(Some("a0"), None), "a1");
        assert_eq!(between(None, Some("a0")), "Zz");
        assert_eq!(between(Some("az"), None), "b00");
        assert_eq!(between(Some("Zz"), Some("a0")), "ZzV");
        assert_eq!(between(Some("a0"), Some("a1")), "a0V");
        assert_eq!(between(Some("a0"), Some("a0V")), "a0F");
    }

    #[test]
    fn a_million_appends_stay_short() {
        let mut key = between(None, None);
        for _ in 0..1_000_000 {
            let next = between(Some(&key), None);
            assert!(next > key);
            key = next;
        }
        assert!(key.len() <= 5, "{key}");
    }

    #[test]
    fn prepends_stay_short() {
        let mut key = between(None, None);
        for _ in 0..100_000 {
            let next = between(None, Some(&key));
            assert!(next < key);
            key = next;
        }
        assert!(key.len() <= 5, "{key}");
    }

    #[test]
    fn same_gap_can_be_halved_repeatedly() {
        let low = between(None, None);
        let mut high = between(Some(&low), None);
        for _ in 0..300 {
            let next = between(Some(&low), Some(&high));
            assert!(low < next && next < high, "{low} {next} {high}");
            high = next;
        }
        assert!(high.len() < 70, "{high}");
    }

    #[test]
    fn invalid_neighbours_still_give_a_key() {
        assert_eq!(between(Some("a5"), Some("a5")), "a6");
        assert_eq!(between(Some("a5"), Some("a1")), "a6");
        assert_eq!(between(Some("?"), None), "a0");
        assert_eq!(between(Some(""), Some("a1")), "a0");
        assert_eq!(between(Some("b0"), Some("a10")), "a0");
    }

    #[test]
    fn appended_keys_are_in_order() {
        let keys = append(Some("a3"), 100);
        assert_eq!(keys.len(), 100);
        assert!(keys[0].as_str() > "a3");
        assert!(keys.is_sorted_by(|left, right| left < right));
    }

    proptest! {
        #[test]
        fn insertion_is_between_its_neighbours(places in proptest::collection::vec(any::<proptest::sample::Index>(), 1..150)) {
            let mut keys: Vec<String> = Vec::new();
            for place in places {
                let position = place.index(keys.len() + 1);
                let before = position.checked_sub(1).and_then(|index| keys.get(index)).map(String::as_str);
                let key = between(before, keys.get(position).map(String::as_str));
                prop_assert!(Key::parse(&key).is_some(), "{} is no key", key);
                keys.insert(position, key);
                prop_assert!(keys.is_sorted_by(|left, right| left < right));
            }
        }
    }
}
