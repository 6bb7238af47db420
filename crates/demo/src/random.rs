//! Pseudorandom numbers, the same for the same seed on every machine and in every version.

/// SplitMix64 generator: small, well mixed, and never changed.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Creates a generator from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a whole number from `from` to `to`, both inclusive; `from` if the range is empty.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        match to.checked_sub(from).and_then(|span| u64::try_from(span).ok()) {
            Some(span) => from + i64::try_from(self.next() % (span + 1)).unwrap_or(0),
            None => from,
        }
    }

    /// Returns a position in a list of that length.
    pub fn below(&mut self, length: usize) -> usize {
        let last = i64::try_from(length.saturating_sub(1)).unwrap_or(0);
        usize::try_from(self.between(0, last)).unwrap_or(0)
    }

    /// Returns true with a probability of `percent` in a hundred.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// Returns one of the items; the list must not be empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Returns `count` different items, or all if there are fewer.
    pub fn some<T: Copy>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut rest = items.to_vec();
        let mut chosen = Vec::new();
        while chosen.len() < count && !rest.is_empty() {
            let position = self.below(rest.len());
            chosen.push(rest.swap_remove(position));
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_matches_the_published_numbers() {
        // First numbers of SplitMix64 for seed 0, as published by its authors.
        let mut random = Random::new(0);
        assert_eq!([random.next(), random.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }

    #[test]
    fn numbers_cover_their_range() {
        let mut random = Random::new(5);
        let drawn: Vec<i64> = (0..1000).map(|_| random.between(-2, 2)).collect();
        assert!((-2..=2).all(|number| drawn.contains(&number)));
        assert!(drawn.iter().all(|number| (-2..=2).contains(number)));
        assert_eq!(random.between(7, 3), 7);
        let mut chosen = random.some(&[1, 2, 3, 4], 3);
        chosen.sort_unstable();
        chosen.dedup();
        assert_eq!(chosen.len(), 3);
        assert_eq!(random.some(&[1, 2], 9).len(), 2);
    }
}
