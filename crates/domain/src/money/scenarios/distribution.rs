//! Distribution of an envelope by a rule: deterministic and exact in centavos.
//!
//! First each minimum share is filled from the members of its group, then what is left goes to all candidates. Both
//! steps follow the same rule. Shares are rounded down, and the remaining centavos go to the largest remainders. What
//! a full candidate or ceiling does not take is distributed again among the others, so each pass fills at least one
//! candidate or ceiling, or ends.

use std::collections::BTreeMap;

use super::{Candidate, Minimum, Room, Rule, Shortfall, Weights, shortfalls};
use crate::core::id::Id;

/// Scale of the weights: parts of a whole as integers.
const SCALE: u128 = 1_000_000_000_000;

/// Result of a distribution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    /// Amount of each candidate, in their order.
    pub amounts: Vec<i64>,
    /// Minimum shares that are not reached.
    pub shortfalls: Vec<Shortfall>,
}

/// Distributes an envelope over candidates under ceilings.
#[must_use]
pub fn distribute(
    envelope: i64,
    candidates: &[Candidate],
    rooms: &[Room],
    (rule, weights): (Rule, Weights),
    minimums: &[Minimum],
) -> Distribution {
    // The order in which minimum shares are filled matters where they compete: the one with the smallest shortfall
    // wins, the first of equal ones.
    let mut best: Option<(i128, Distribution)> = None;
    for first in 0..minimums.len().max(1) {
        let mut run = Run::new(envelope, candidates, rooms);
        for offset in 0..minimums.len() {
            let minimum = &minimums[(first + offset) % minimums.len()];
            run.fill_minimum(minimum, rule, weights);
        }
        let all: Vec<usize> = (0..candidates.len()).collect();
        run.fill(&all, run.left, rule, weights);
        let missing = shortfalls(candidates, &run.given, minimums, envelope);
        let total: i128 =
            missing.iter().map(|shortfall| i128::from(shortfall.wanted) - i128::from(shortfall.given)).sum();
        if best.as_ref().is_none_or(|(least, _)| total < *least) {
            best = Some((total, Distribution { amounts: run.given, shortfalls: missing }));
        }
        if total == 0 {
            break;
        }
    }
    best.map(|(_, distribution)| distribution).unwrap_or_default()
}

/// Running distribution.
struct Run<'a> {
    envelope: i64,
    candidates: &'a [Candidate],
    /// Given so far to each candidate.
    given: Vec<i64>,
    /// Left of each room.
    rooms: Vec<i64>,
    /// Rooms that concern each candidate.
    rooms_of: Vec<Vec<usize>>,
    /// Left of the envelope.
    left: i64,
}

impl<'a> Run<'a> {
    fn new(envelope: i64, candidates: &'a [Candidate], rooms: &[Room]) -> Self {
        let rooms_of = candidates
            .iter()
            .map(|candidate| {
                rooms.iter().enumerate().filter(|(_, room)| room.concerns(candidate)).map(|(place, _)| place)
            })
            .map(Iterator::collect)
            .collect();
        Self {
            envelope,
            candidates,
            given: vec![0; candidates.len()],
            rooms: rooms.iter().map(|room| room.amount.max(0)).collect(),
            rooms_of,
            left: envelope.max(0),
        }
    }

    fn fill_minimum(&mut self, minimum: &Minimum, rule: Rule, weights: Weights) {
        let members: Vec<usize> =
            (0..self.candidates.len()).filter(|place| minimum.share.has(&self.candidates[*place])).collect();
        let given = members.iter().map(|place| self.given[*place]).fold(0_i64, i64::saturating_add);
        let amount = minimum.amount(self.envelope).saturating_sub(given).clamp(0, self.left);
        self.fill(&members, amount, rule, weights);
    }

    /// Distributes an amount over some candidates.
    fn fill(&mut self, members: &[usize], amount: i64, rule: Rule, weights: Weights) {
        match rule {
            Rule::Priority => self.fill_in_order(members, amount),
            Rule::Equity => self.fill_by_weight(members, amount, Weights { score: 0, equity: 1 }),
            Rule::Weighted => self.fill_by_weight(members, amount, weights),
        }
    }

    /// The most that a candidate can still take.
    fn capacity(&self, place: usize) -> i64 {
        let open = (self.candidates[place].ask - self.given[place]).max(0);
        self.rooms_of[place].iter().map(|room| self.rooms[*room]).fold(open, i64::min)
    }

    fn give(&mut self, place: usize, amount: i64) {
        self.given[place] += amount;
        self.left -= amount;
        for room in &self.rooms_of[place] {
            self.rooms[*room] -= amount;
        }
    }

    /// The highest score first; of equal ones the smaller ask, then the older PPA.
    fn fill_in_order(&mut self, members: &[usize], mut amount: i64) {
        let mut order = members.to_vec();
        order.sort_by_key(|place| {
            let candidate = &self.candidates[*place];
            (-candidate.score, candidate.ask, candidate.id)
        });
        for place in order {
            let share = self.capacity(place).min(amount);
            self.give(place, share);
            amount -= share;
        }
    }

    fn fill_by_weight(&mut self, members: &[usize], mut amount: i64, weights: Weights) {
        let weight_of = self.weights(members, weights);
        loop {
            let open: Vec<usize> =
                members.iter().copied().filter(|place| self.capacity(*place) > 0).collect();
            if amount <= 0 || open.is_empty() {
                return;
            }
            let given = self.pass(&open, &weight_of, amount);
            let sum: i64 = given.iter().sum();
            if sum == 0 {
                return;
            }
            for (place, share) in open.iter().zip(given) {
                self.give(*place, share);
            }
            amount -= sum;
        }
    }

    /// Returns the shares of one pass, cut to the asks and the ceilings.
    fn pass(&self, open: &[usize], weight_of: &BTreeMap<usize, u128>, amount: i64) -> Vec<i64> {
        let mut weights: Vec<u128> =
            open.iter().map(|place| weight_of.get(place).copied().unwrap_or_default()).collect();
        if weights.iter().all(|weight| *weight == 0) {
            // Equal scores, and what the others left: in proportion to the asks.
            weights =
                open.iter().map(|place| u128::from(self.candidates[*place].ask.unsigned_abs())).collect();
        }
        let mut given = apportion(amount, &weights);
        for (place, share) in open.iter().zip(&mut given) {
            *share = (*share).min(self.candidates[*place].ask - self.given[*place]);
        }
        for (room, left) in self.rooms.iter().enumerate() {
            let inside: Vec<usize> =
                (0..open.len()).filter(|position| self.rooms_of[open[*position]].contains(&room)).collect();
            let sum: i64 = inside.iter().map(|position| given[*position]).sum();
            if sum > *left {
                let parts: Vec<u128> =
                    inside.iter().map(|position| u128::from(given[*position].unsigned_abs())).collect();
                for (position, share) in inside.iter().zip(apportion(*left, &parts)) {
                    // The largest remainder never exceeds the share that is cut.
                    given[*position] = given[*position].min(share);
                }
            }
        }
        given
    }

    /// Returns the weights of the members: their part of all scores and their part of an equal share of each region.
    fn weights(&self, members: &[usize], weights: Weights) -> BTreeMap<usize, u128> {
        let ask = |place: &usize| u128::from(self.candidates[*place].ask.max(0).unsigned_abs());
        let scored =
            |place: &usize| ask(place) * u128::from(self.candidates[*place].score.max(0).unsigned_abs());
        let scores: u128 = members.iter().map(scored).sum();
        let mut regions: BTreeMap<Option<Id>, u128> = BTreeMap::new();
        for place in members {
            *regions.entry(self.candidates[*place].region).or_default() += ask(place);
        }
        let count = regions.len().max(1) as u128;
        let part = |part: u128, whole: u128| if whole == 0 { 0 } else { scaled(part, whole) };
        members
            .iter()
            .map(|place| {
                let whole = regions.get(&self.candidates[*place].region).copied().unwrap_or_default();
                let by_score = part(scored(place), scores) * u128::from(weights.score.max(0).unsigned_abs());
                let by_region =
                    part(ask(place), whole) / count * u128::from(weights.equity.max(0).unsigned_abs());
                (*place, by_score + by_region)
            })
            .collect()
    }
}

/// Returns part / whole in units of [`SCALE`], without overflow.
fn scaled(part: u128, whole: u128) -> u128 {
    match part.checked_mul(SCALE) {
        Some(product) => product / whole,
        None => part / (whole / SCALE).max(1),
    }
}

/// Divides an amount by weights: rounded down, and the rest to the largest remainders, the first of equal ones.
pub(super) fn apportion(amount: i64, weights: &[u128]) -> Vec<i64> {
    let whole: u128 = weights.iter().sum();
    if whole == 0 || amount <= 0 {
        return vec![0; weights.len()];
    }
    let total = u128::from(amount.unsigned_abs());
    // Weights of at most 2^62 keep the products within 128 bits.
    let shift = (128 - whole.leading_zeros()).saturating_sub(62);
    let weights: Vec<u128> = weights.iter().map(|weight| weight >> shift).collect();
    let whole: u128 = weights.iter().sum::<u128>().max(1);
    let mut shares: Vec<u128> = weights.iter().map(|weight| total * weight / whole).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|place| (std::cmp::Reverse(total * weights[*place] % whole), *place));
    let rest = total.saturating_sub(shares.iter().sum());
    for place in order.into_iter().take(usize::try_from(rest).unwrap_or(usize::MAX)) {
        shares[place] += 1;
    }
    shares.into_iter().map(|share| i64::try_from(share).unwrap_or(i64::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Share;
    use super::*;
    use proptest::prelude::*;

    fn id(number: u64) -> Id {
        Id::from_parts(number, &[0; 10])
    }

    fn candidate(number: u64, ask: i64, score: i64, sector: &str, region: u64) -> Candidate {
        Candidate {
            id: id(number),
            ask,
            score,
            sector: sector.to_owned(),
            source: "gaa".to_owned(),
            region: (region > 0).then(|| id(1_000 + region)),
        }
    }

    const EVEN: Weights = Weights { score: 50, equity: 50 };

    #[test]
    fn amounts_are_apportioned_by_largest_remainder() {
        assert_eq!(apportion(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(apportion(10, &[6, 3, 1]), [6, 3, 1]);
        assert_eq!(apportion(7, &[0, 0]), [0, 0]);
        assert_eq!(apportion(2, &[1, 5, 5]), [0, 1, 1]);
        assert_eq!(apportion(i64::MAX, &[u128::MAX / 4, u128::MAX / 4]).iter().sum::<i64>(), i64::MAX);
    }

    #[test]
    fn priority_pays_the_highest_score_first() {
        let candidates = [
            candidate(1, 500, 40, "health", 1),
            candidate(2, 300, 90, "health", 1),
            candidate(3, 400, 70, "health", 2),
        ];
        let found = distribute(600, &candidates, &[], (Rule::Priority, EVEN), &[]);
        assert_eq!(found.amounts, [0, 300, 300]);
    }

    #[test]
    fn equity_gives_each_region_the_same() {
        let candidates = [
            candidate(1, 900, 0, "health", 1),
            candidate(2, 300, 90, "health", 1),
            candidate(3, 600, 0, "health", 2),
        ];
        let found = distribute(800, &candidates, &[], (Rule::Equity, EVEN), &[]);
        assert_eq!(found.amounts, [300, 100, 400]);
        // A region that asks for less leaves the rest to the others.
        let found = distribute(1_500, &candidates, &[], (Rule::Equity, EVEN), &[]);
        assert_eq!(found.amounts, [676, 224, 600]);
    }

    #[test]
    fn weights_mix_score_and_equity() {
        let candidates = [candidate(1, 1_000, 100, "health", 1), candidate(2, 1_000, 0, "health", 2)];
        let amounts = |score, equity| {
            let weights = Weights { score, equity };
            distribute(1_000, &candidates, &[], (Rule::Weighted, weights), &[]).amounts
        };
        assert_eq!(amounts(0, 1), [500, 500]);
        assert_eq!(amounts(50, 50), [750, 250]);
        assert_eq!(amounts(1, 0), [1_000, 0]);
    }

    #[test]
    fn scores_of_zero_count_as_equal() {
        let candidates = [candidate(1, 900, 0, "health", 1), candidate(2, 300, 0, "health", 2)];
        let amounts = |rule, score, equity| {
            distribute(400, &candidates, &[], (rule, Weights { score, equity }), &[]).amounts
        };
        assert_eq!(amounts(Rule::Weighted, 1, 0), [300, 100]);
        assert_eq!(amounts(Rule::Weighted, 0, 1), [200, 200]);
        assert_eq!(amounts(Rule::Priority, 1, 0), [100, 300]);
        // What the scored ones leave goes to the others in proportion to their asks.
        let candidates = [
            candidate(1, 100, 90, "health", 1),
            candidate(2, 900, 0, "health", 1),
            candidate(3, 300, 0, "health", 1),
        ];
        let found = distribute(500, &candidates, &[], (Rule::Weighted, Weights { score: 1, equity: 0 }), &[]);
        assert_eq!(found.amounts, [100, 300, 100]);
    }

    #[test]
    fn ceilings_hold_and_their_rest_goes_elsewhere() {
        let candidates = [candidate(1, 900, 10, "health", 1), candidate(2, 900, 10, "education", 1)];
        let rooms = [
            Room { sector: "health".to_owned(), source: String::new(), amount: 200 },
            Room { sector: String::new(), source: "gaa".to_owned(), amount: 1_000 },
        ];
        for rule in Rule::ALL {
            let found = distribute(1_500, &candidates, &rooms, (rule, EVEN), &[]);
            assert_eq!(found.amounts, [200, 800], "{rule:?}");
        }
    }

    #[test]
    fn unreached_minimum_shares_are_named() {
        let candidates = [candidate(1, 100, 10, "health", 1), candidate(2, 900, 90, "education", 1)];
        let minimums = [
            Minimum { share: Share::Sector("health".to_owned()), percent: 50 },
            Minimum { share: Share::Region(id(1_001)), percent: 20 },
        ];
        let found = distribute(600, &candidates, &[], (Rule::Priority, EVEN), &minimums);
        assert_eq!(found.amounts, [100, 500]);
        assert_eq!(found.shortfalls, [Shortfall { place: 0, wanted: 300, given: 100, asked: 100 }]);
    }

    #[derive(Debug, Clone)]
    struct Case {
        envelope: i64,
        candidates: Vec<Candidate>,
        rooms: Vec<Room>,
        rule: Rule,
        weights: Weights,
        minimums: Vec<Minimum>,
    }

    fn case() -> impl Strategy<Value = Case> {
        let sectors = ["health", "education", "livelihood"];
        let sources = ["gaa", "donor"];
        let one = (0_i64..5_000_000, 0_i64..=100, 0_usize..3, 0_usize..2, 0_u64..4);
        let room = (0_usize..4, 0_usize..3, 0_i64..8_000_000);
        (
            0_i64..20_000_000,
            prop::collection::vec(one, 0..25),
            prop::collection::vec(room, 0..5),
            0_usize..3,
            (0_i64..=100, 0_i64..=100),
            prop::collection::vec((0_usize..3, any::<bool>(), 1_i64..60), 0..4),
        )
            .prop_map(move |(envelope, ones, rooms, rule, (score, equity), minimums)| Case {
                envelope,
                candidates: ones
                    .into_iter()
                    .enumerate()
                    .map(|(number, (ask, score, sector, source, region))| Candidate {
                        source: sources[source].to_owned(),
                        ..candidate(u64::try_from(number).unwrap(), ask, score, sectors[sector], region)
                    })
                    .collect(),
                rooms: rooms
                    .into_iter()
                    .map(|(sector, source, amount)| Room {
                        sector: sectors.get(sector).map_or_else(String::new, |name| (*name).to_owned()),
                        source: sources.get(source).map_or_else(String::new, |name| (*name).to_owned()),
                        amount,
                    })
                    .collect(),
                rule: Rule::ALL[rule],
                weights: Weights { score, equity },
                minimums: minimums
                    .into_iter()
                    .map(|(place, is_sector, percent)| Minimum {
                        share: if is_sector {
                            Share::Sector(sectors[place].to_owned())
                        } else {
                            Share::Region(id(1_001 + u64::try_from(place).unwrap()))
                        },
                        percent,
                    })
                    .collect(),
            })
    }

    fn run(case: &Case) -> Distribution {
        distribute(case.envelope, &case.candidates, &case.rooms, (case.rule, case.weights), &case.minimums)
    }

    proptest! {
        #[test]
        fn distributions_keep_every_limit(case in case()) {
            let found = run(&case);
            prop_assert_eq!(found.amounts.len(), case.candidates.len());
            prop_assert!(found.amounts.iter().sum::<i64>() <= case.envelope);
            for (amount, candidate) in found.amounts.iter().zip(&case.candidates) {
                prop_assert!((0..=candidate.ask).contains(amount));
            }
            for room in &case.rooms {
                let taken: i64 = case.candidates.iter().zip(&found.amounts)
                    .filter(|(candidate, _)| room.concerns(candidate)).map(|(_, amount)| *amount).sum();
                prop_assert!(taken <= room.amount, "{taken} of {room:?}");
            }
            // The same input gives the same amounts.
            prop_assert_eq!(&run(&case), &found);
            // What is not reached is said, and nothing else.
            prop_assert_eq!(&found.shortfalls, &shortfalls(&case.candidates, &found.amounts, &case.minimums, case.envelope));
        }

        #[test]
        fn nothing_is_left_that_somebody_could_take(case in case()) {
            let found = run(&case);
            let left = case.envelope - found.amounts.iter().sum::<i64>();
            for (place, candidate) in case.candidates.iter().enumerate() {
                let is_full = candidate.ask == found.amounts[place];
                let is_closed = case.rooms.iter().filter(|room| room.concerns(candidate)).any(|room| {
                    let taken: i64 = case.candidates.iter().zip(&found.amounts)
                        .filter(|(other, _)| room.concerns(other)).map(|(_, amount)| *amount).sum();
                    taken == room.amount
                });
                prop_assert!(left == 0 || is_full || is_closed, "{left} left beside {candidate:?}");
            }
        }

        /// Shares of disjoint groups, each with a ceiling of its own: they are reached exactly when it is possible.
        #[test]
        fn minimum_shares_are_reached_when_feasible(mut case in case()) {
            case.rooms.retain(|room| room.source.is_empty());
            let mut seen = Vec::new();
            case.minimums.retain(|minimum| {
                let is_new = matches!(minimum.share, Share::Sector(_)) && !seen.contains(&minimum.share);
                seen.push(minimum.share.clone());
                is_new
            });
            let most = |minimum: &Minimum| {
                let asks: i64 = case.candidates.iter().filter(|one| minimum.share.has(one)).map(|one| one.ask).sum();
                let own = |room: &&Room| !room.sector.is_empty() && minimum.share == Share::Sector(room.sector.clone());
                case.rooms.iter().filter(own).map(|room| room.amount).fold(asks, i64::min)
            };
            let year = case.rooms.iter().filter(|room| room.sector.is_empty()).map(|room| room.amount);
            let room = year.fold(case.envelope, i64::min);
            let wanted = |minimum: &Minimum| minimum.amount(case.envelope);
            let is_feasible = case.minimums.iter().all(|minimum| wanted(minimum) <= most(minimum))
                && case.minimums.iter().map(wanted).sum::<i64>() <= room;
            prop_assert_eq!(run(&case).shortfalls.is_empty(), is_feasible);
        }
    }
}
