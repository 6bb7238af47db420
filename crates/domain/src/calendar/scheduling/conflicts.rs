//! Conflicts of timed records that need the same person or venue.

use std::collections::BTreeMap;

use crate::core::id::Id;
use crate::core::span::Span;

/// Subject that only one record can use at a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Person.
    Person(Id),
    /// Venue as free text, case-folded.
    Venue(String),
}

/// Timed record with the subjects that it needs.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Index in the list of the caller.
    pub index: usize,
    /// Period.
    pub span: Span,
    /// People and venues that it needs.
    pub subjects: Vec<Subject>,
}

/// Pair of records that need the same subject at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Record that begins first.
    pub first: usize,
    /// Other record.
    pub second: usize,
    /// Subject that both need.
    pub subject: Subject,
    /// Overlap.
    pub overlap: Span,
}

/// Returns the pairs in conflict, by the start of the overlap, at most `most`.
#[must_use]
pub fn clashes(claims: &[Claim], most: usize) -> Vec<Clash> {
    let mut by_subject: BTreeMap<&Subject, Vec<&Claim>> = BTreeMap::new();
    for claim in claims {
        for subject in &claim.subjects {
            by_subject.entry(subject).or_default().push(claim);
        }
    }
    let mut found = Vec::new();
    for (subject, mut wanting) in by_subject {
        wanting.sort_by_key(|claim| (claim.span.start, claim.index));
        let mut open: Vec<&Claim> = Vec::new();
        for claim in wanting {
            open.retain(|earlier| earlier.span.end > claim.span.start);
            for earlier in &open {
                if earlier.index == claim.index {
                    continue;
                }
                found.push(Clash {
                    first: earlier.index,
                    second: claim.index,
                    subject: subject.clone(),
                    overlap: earlier.span.within(&claim.span),
                });
            }
            open.push(claim);
            // A person with thousands of entries at once is an error in the data, not thousands of conflicts.
            if found.len() > most * 4 {
                break;
            }
        }
    }
    found.sort_by(|one, other| {
        (one.overlap.start, one.first, one.second, &one.subject).cmp(&(
            other.overlap.start,
            other.first,
            other.second,
            &other.subject,
        ))
    });
    found.truncate(most);
    found
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn span(start: i64, end: i64) -> Span {
        let at = |hour: i64| Timestamp::from_second(hour * 3600).unwrap();
        Span::new(at(start), at(end))
    }

    fn claim(index: usize, start: i64, end: i64, venue: &str) -> Claim {
        Claim { index, span: span(start, end), subjects: vec![Subject::Venue(venue.to_owned())] }
    }

    #[test]
    fn only_overlapping_spans_are_in_conflict() {
        let claims = [
            claim(0, 9, 10, "hall"),
            claim(1, 10, 12, "hall"),
            claim(2, 11, 13, "hall"),
            claim(3, 9, 13, "yard"),
        ];
        let found = clashes(&claims, 10);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first, found[0].second, found[0].overlap), (1, 2, span(11, 12)));
    }

    #[test]
    fn long_span_is_in_conflict_with_each_span_within_it() {
        let claims = [claim(0, 8, 18, "hall"), claim(1, 9, 10, "hall"), claim(2, 11, 12, "hall")];
        let pairs: Vec<(usize, usize)> =
            clashes(&claims, 10).iter().map(|clash| (clash.first, clash.second)).collect();
        assert_eq!(pairs, [(0, 1), (0, 2)]);
        assert_eq!(clashes(&claims, 1).len(), 1);
    }

    #[test]
    fn sweep_equals_comparison_of_all_pairs() {
        let mut state = 7_u64;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        for _ in 0..200 {
            let claims: Vec<Claim> = (0..12)
                .map(|index| {
                    let start = i64::try_from(next(30)).unwrap();
                    let length = 1 + i64::try_from(next(6)).unwrap();
                    claim(index, start, start + length, if next(2) == 0 { "hall" } else { "yard" })
                })
                .collect();
            let mut naive = 0;
            for one in &claims {
                for other in &claims {
                    if one.index < other.index
                        && one.subjects == other.subjects
                        && one.span.overlaps(&other.span)
                    {
                        naive += 1;
                    }
                }
            }
            assert_eq!(clashes(&claims, 1000).len(), naive);
        }
    }
}
