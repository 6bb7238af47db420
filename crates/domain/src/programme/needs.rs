//! Priority score of a need, 0 to 100.
//!
//! Four parts of 25 points each: urgency, severity, feasibility, and people affected. An unknown part counts 0, so a
//! need that is described well comes before one that is not. The weight of a category and the manual rank do not enter
//! the score.

/// Lowest score of a high priority.
pub const HIGH_PRIORITY: i64 = 80;

/// Parts of the score, as stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parts<'a> {
    /// `immediate`, `short_term`, `medium_term`, `long_term`.
    pub urgency: Option<&'a str>,
    /// 1 to 5.
    pub severity: Option<u8>,
    /// `very_low` to `very_high`.
    pub feasibility: Option<&'a str>,
    /// Number of people affected.
    pub affected_population: Option<u64>,
}

/// Returns the score, rounded to the nearest whole number.
pub fn priority_score(parts: &Parts<'_>) -> u8 {
    // In hundredths of a point, because urgency has steps of 6.25.
    let hundredths = parts.urgency.map_or(0, urgency_points)
        + parts.severity.map_or(0, severity_points)
        + parts.feasibility.map_or(0, feasibility_points)
        + parts.affected_population.map_or(0, population_points);
    u8::try_from((hundredths + 50) / 100).unwrap_or(100)
}

fn urgency_points(urgency: &str) -> u32 {
    match urgency {
        "immediate" => 2500,
        "short_term" => 1875,
        "medium_term" => 1250,
        "long_term" => 625,
        _ => 0,
    }
}

fn severity_points(severity: u8) -> u32 {
    if (1..=5).contains(&severity) { u32::from(severity) * 500 } else { 0 }
}

fn feasibility_points(feasibility: &str) -> u32 {
    match feasibility {
        "very_high" => 2500,
        "high" => 2000,
        "medium" => 1500,
        "low" => 1000,
        "very_low" => 500,
        _ => 0,
    }
}

/// Returns the points for the people affected. Five steps, each about five times the one before: a few families, a
/// sitio, a barangay, several barangays, a municipality. Steps, because head counts in the field are estimates.
fn population_points(people: u64) -> u32 {
    match people {
        0 => 0,
        1..=49 => 500,
        50..=199 => 1000,
        200..=999 => 1500,
        1000..=4999 => 2000,
        _ => 2500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices;
    use proptest::prelude::*;

    const HIGHEST: Parts<'static> = Parts {
        urgency: Some("immediate"),
        severity: Some(5),
        feasibility: Some("very_high"),
        affected_population: Some(5000),
    };

    #[test]
    fn score_has_its_minimum_and_maximum() {
        assert_eq!(priority_score(&HIGHEST), 100);
        assert_eq!(priority_score(&Parts::default()), 0);
        let lowest = Parts {
            urgency: Some("long_term"),
            severity: Some(1),
            feasibility: Some("very_low"),
            affected_population: Some(1),
        };
        assert_eq!(priority_score(&lowest), 21);
    }

    #[test]
    fn each_part_counts_25() {
        for parts in [
            Parts { urgency: None, ..HIGHEST },
            Parts { severity: None, ..HIGHEST },
            Parts { feasibility: None, ..HIGHEST },
            Parts { affected_population: None, ..HIGHEST },
        ] {
            assert_eq!(priority_score(&parts), 75);
        }
    }

    #[test]
    fn every_choice_adds_to_the_score() {
        for choice in choices::URGENCY_LEVELS {
            assert!(urgency_points(choice.value) > 0, "{}", choice.value);
        }
        for choice in choices::FEASIBILITIES {
            assert!(feasibility_points(choice.value) > 0, "{}", choice.value);
        }
        assert_eq!(severity_points(6), 0);
        assert_eq!(urgency_points("soon"), 0);
    }

    proptest! {
        #[test]
        fn more_people_never_lower_the_score(few in 0u64..10_000, more in 0u64..10_000) {
            let score = |people| priority_score(&Parts { affected_population: Some(people), ..HIGHEST });
            prop_assert!(score(few) <= score(few + more));
            prop_assert!(score(few + more) <= 100);
        }
    }
}
