//! Achievement of an indicator: what the approved measurements of a period are of its target.

use super::{Period, Target};

/// Combination of the measurements within the period of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combination {
    /// The one whose period ends last.
    Latest,
    /// Their sum, for counts per period.
    Sum,
    /// Their mean.
    Average,
}

impl Combination {
    /// Returns the combination stored as `text`; the latest value where nothing is stored.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "sum" => Self::Sum,
            "average" => Self::Average,
            _ => Self::Latest,
        }
    }
}

/// Approved measurement, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Period.
    pub period: Period,
    /// Value in hundredths.
    pub value: i64,
}

/// Figures of an indicator for one target; values in hundredths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Achievement {
    /// The target.
    pub target: Target,
    /// Combined measurements within its period; nothing without any.
    pub actual: Option<i64>,
    /// Achieved share: 1 when the target is met; nothing without a measurement or with a zero denominator.
    pub share: Option<f64>,
}

/// Calculates what the measurements achieve of a target. Those outside its period do not count.
///
/// The share is actual ÷ target. With a baseline, for a value that is not a sum, it is the way from the baseline:
/// (actual − baseline) ÷ (target − baseline), so that a value that should fall counts as well as one that should rise.
#[must_use]
pub fn achievement(
    target: Target,
    baseline: Option<i64>,
    combination: Combination,
    measured: &[Measured],
) -> Achievement {
    let within: Vec<Measured> =
        measured.iter().filter(|one| target.period.contains(one.period)).copied().collect();
    let sum = || within.iter().map(|one| i128::from(one.value)).sum::<i128>();
    let actual = match combination {
        _ if within.is_empty() => None,
        Combination::Latest => {
            within.iter().max_by_key(|one| (one.period.last(), one.period.first())).map(|one| one.value)
        }
        Combination::Sum => i64::try_from(sum()).ok(),
        Combination::Average => i64::try_from(rounded(sum(), within.len() as i128)).ok(),
    };
    let base = baseline.filter(|_| combination != Combination::Sum).unwrap_or_default();
    let share =
        actual.and_then(|actual| ratio(actual.saturating_sub(base), target.value.saturating_sub(base)));
    Achievement { target, actual, share }
}

/// Divides and rounds half away from zero.
fn rounded(sum: i128, count: i128) -> i128 {
    let half = count / 2 * sum.signum();
    (sum + half) / count
}

#[allow(clippy::cast_precision_loss)] // Shares are shown with at most one decimal.
fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        Period::parse(text).expect("a period")
    }

    fn of(
        target: i64,
        baseline: Option<i64>,
        combination: Combination,
        measured: &[(&str, i64)],
    ) -> (Option<i64>, Option<f64>) {
        let target = Target { period: period("2026"), value: target };
        let measured: Vec<Measured> =
            measured.iter().map(|(text, value)| Measured { period: period(text), value: *value }).collect();
        let found = achievement(target, baseline, combination, &measured);
        (found.actual, found.share)
    }

    #[test]
    fn measurements_are_combined_within_the_period() {
        let quarters = [("2026-Q2", 3_00), ("2026-Q1", 2_00), ("2025", 90_00), ("2026-Q3", 2_01)];
        assert_eq!(of(10_00, None, Combination::Sum, &quarters), (Some(7_01), Some(0.701)));
        assert_eq!(of(10_00, None, Combination::Latest, &quarters), (Some(2_01), Some(0.201)));
        assert_eq!(of(10_00, None, Combination::Average, &quarters), (Some(2_34), Some(0.234)));
        assert_eq!(of(10_00, None, Combination::Average, &[("2026-Q1", -1), ("2026-Q2", -2)]).0, Some(-2));
        assert_eq!(of(10_00, None, Combination::Sum, &[("2025", 1), ("2027", 1)]), (None, None));
        assert_eq!(of(0, None, Combination::Latest, &quarters), (Some(2_01), None));
    }

    #[test]
    fn baseline_is_where_the_way_begins() {
        // From 40 % down to 20 %: 30 % is half of the way.
        assert_eq!(of(20_00, Some(40_00), Combination::Latest, &[("2026", 30_00)]).1, Some(0.5));
        assert_eq!(of(80_00, Some(40_00), Combination::Latest, &[("2026", 30_00)]).1, Some(-0.25));
        assert_eq!(of(40_00, Some(40_00), Combination::Latest, &[("2026", 30_00)]).1, None);
        // Counts of a period have no baseline.
        assert_eq!(of(20_00, Some(40_00), Combination::Sum, &[("2026", 30_00)]).1, Some(1.5));
        assert_eq!(
            of(i64::MAX, Some(i64::MIN), Combination::Latest, &[("2026", i64::MAX)]).0,
            Some(i64::MAX)
        );
    }
}
