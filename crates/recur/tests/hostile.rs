//! Tests with hostile input: the crate never panics and never runs on. Each query stays within its step budget, or is
//! refused.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use obcms_recur::{Addition, ExpandError, Limits, Moment, Rule, Set};
use proptest::collection::vec;
use proptest::option::{self, weighted};
use proptest::prelude::*;

fn list(least: i16, greatest: i16) -> impl Strategy<Value = String> {
    vec(least..=greatest, 1..12).prop_map(|numbers| {
        let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        texts.join(",")
    })
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        (0u32..20).prop_map(|number| number.to_string()),
        (0u32..120_000).prop_map(|number| number.to_string()),
        "[0-9+-]{0,7}",
    ]
}

fn days() -> impl Strategy<Value = String> {
    vec("(-?[1-5]?[0-9])?(MO|TU|WE|TH|FR|SA|SU|XX)", 1..8).prop_map(|days| days.join(","))
}

fn until() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{8}", "20[2-4][0-9](0[1-9]|1[0-2])[0-2][0-9](T[01][0-9][0-5][0-9][0-5][0-9]Z?)?"]
}

/// Generates mostly valid rules with all parts.
fn rule() -> impl Strategy<Value = String> {
    let frequency = prop::sample::select(vec![
        "SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY", "yearly", "NEVER",
    ]);
    let part = |name: &'static str, value: BoxedStrategy<String>| {
        weighted(0.25, value.prop_map(move |value| format!("{name}={value}")))
    };
    let parts = (
        part("INTERVAL", number().boxed()),
        part("COUNT", number().boxed()),
        part("UNTIL", until().boxed()),
        part("BYMONTH", list(1, 12).boxed()),
        part("BYWEEKNO", list(-54, 54).boxed()),
        part("BYYEARDAY", list(-367, 367).boxed()),
        part("BYMONTHDAY", list(-32, 32).boxed()),
        part("BYDAY", days().boxed()),
        (
            part("BYHOUR", list(0, 23).boxed()),
            part("BYMINUTE", list(0, 59).boxed()),
            part("BYSECOND", list(0, 60).boxed()),
            part("BYSETPOS", list(-366, 366).boxed()),
            part("WKST", "(MO|TU|WE|TH|FR|SA|SU)".boxed()),
        ),
    );
    (frequency, parts).prop_map(|(frequency, (a, b, c, d, e, f, g, h, (i, j, k, l, m)))| {
        let parts = [a, b, c, d, e, f, g, h, i, j, k, l, m];
        let given: Vec<String> = parts.into_iter().flatten().collect();
        std::iter::once(format!("FREQ={frequency}")).chain(given).collect::<Vec<_>>().join(";")
    })
}

fn moment() -> impl Strategy<Value = Moment> {
    let year = prop_oneof![1970i16..2040, 1i16..=9999];
    let time = (0i8..24, 0i8..60, 0i8..60);
    (year, 1i8..=12, 1i8..=31, time, any::<bool>()).prop_map(
        |(year, month, day, (hour, minute, second), is_date)| {
            let date = civil::Date::new(year, month, day).unwrap_or(civil::date(year, month, 28));
            if is_date { Moment::Date(date) } else { Moment::DateTime(date.at(hour, minute, second, 0)) }
        },
    )
}

fn zone() -> impl Strategy<Value = TimeZone> {
    let names =
        ["UTC", "Asia/Manila", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo"];
    prop::sample::select(names.to_vec()).prop_map(|name| TimeZone::get(name).expect("the zone is known"))
}

fn instant() -> impl Strategy<Value = Timestamp> {
    let (least, greatest) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    prop_oneof![0i64..4_000_000_000, least..=greatest, Just(least), Just(greatest)]
        .prop_map(|second| Timestamp::from_second(second).expect("within the range of instants"))
}

fn set() -> impl Strategy<Value = Set> {
    let additions = vec((moment(), option::of(moment())), 0..4)
        .prop_map(|list| list.into_iter().map(|(start, end)| Addition { start, end }).collect::<Vec<_>>());
    (moment(), zone(), weighted(0.95, rule()), additions, vec(moment(), 0..4)).prop_map(
        |(start, zone, rule, additions, exclusions)| Set {
            start,
            zone,
            rule: rule.and_then(|rule| rule.parse().ok()),
            additions,
            exclusions,
        },
    )
}

/// Asserts that occurrences are sorted, unique, in the window and not excluded.
fn check(
    set: &Set,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    limit: usize,
) -> Result<(), TestCaseError> {
    let found = match set.between(from, to, limit) {
        Ok(found) => found,
        Err(error) => {
            prop_assert!(error != ExpandError::TooManyOccurrences || limit > Limits::default().occurrences);
            return Ok(());
        }
    };
    prop_assert!(found.len() <= limit);
    prop_assert!(found.windows(2).all(|pair| pair[0].start < pair[1].start));
    for occurrence in &found {
        prop_assert!(from.is_none_or(|from| from <= occurrence.start));
        prop_assert!(to.is_none_or(|to| occurrence.start < to));
        prop_assert!(!set.exclusions.contains(&occurrence.id));
        prop_assert!(!set.exclusions.contains(&Moment::Date(occurrence.id.date())));
        prop_assert_eq!(occurrence.id.is_date(), set.start.is_date());
    }
    for occurrence in found.iter().take(2).chain(found.last()) {
        prop_assert!(set.contains(occurrence.id) != Ok(false), "{} is not contained", occurrence.id);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_refused(text in "\\PC{0,60}", rule in rule(), cut in 0usize..200, other in any::<char>()) {
        let mut torn: String = rule.chars().take(cut).collect();
        torn.push(other);
        torn.extend(rule.chars().skip(cut));
        for text in [text, rule, torn] {
            if let Ok(rule) = text.parse::<Rule>() {
                let written = rule.to_string();
                let again: Rule = written.parse().expect("what is written can be read");
                prop_assert_eq!(&again, &rule);
                prop_assert_eq!(again.to_string(), written);
            }
        }
    }

    #[test]
    fn any_moment_is_parsed_or_refused(text in "\\PC{0,40}", near in "[0-9T:Z/P+.-]{0,40}", moment in moment()) {
        for text in [&text, &near] {
            let _ = text.parse::<Moment>();
            let _ = text.parse::<Addition>();
            let _ = Moment::read(text, &TimeZone::UTC);
            let _ = Addition::read(text, &TimeZone::UTC);
        }
        prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        let as_everywhere_else = match moment {
            Moment::Date(date) => date.to_string(),
            Moment::DateTime(moment) => moment.to_string(),
        };
        prop_assert_eq!(moment.to_string(), as_everywhere_else);
    }

    #[test]
    fn any_set_is_expanded_or_refused(
        set in set(), from in option::of(instant()), to in option::of(instant()), limit in 0usize..1500, id in moment(),
    ) {
        check(&set, from, to, limit)?;
        check(&set, None, None, limit.min(20))?;
        let _ = set.contains(id);
        let _ = set.last();
        let _ = set.count_before(id);
    }

    /// Steps are counted, not timed. Every query ends soon within a small budget, and its result equals the one with a
    /// large budget.
    #[test]
    fn step_budget_is_respected(set in set(), steps in 0u64..3000, limit in 0usize..400) {
        let few = set.between_within(None, None, limit, &Limits { steps, occurrences: 10_000 });
        let many = set.between(None, None, limit);
        match few {
            Ok(few) => {
                prop_assert!(few.len() as u64 <= steps, "{} occurrences in {steps} steps", few.len());
                prop_assert_eq!(Ok(few), many);
            }
            Err(error) => prop_assert!(error == ExpandError::TooMuchWork || Err(error) == many),
        }
    }
}

#[test]
fn excess_of_occurrences_is_refused() {
    let set = Set {
        start: "2027-01-25T09:00:00".parse().expect("a moment"),
        zone: TimeZone::UTC,
        rule: "FREQ=SECONDLY".parse().ok(),
        additions: Vec::new(),
        exclusions: Vec::new(),
    };
    let limits = Limits { occurrences: 100, ..Limits::default() };
    assert_eq!(set.between_within(None, None, 100, &limits).map(|found| found.len()), Ok(100));
    assert_eq!(set.between_within(None, None, 101, &limits), Err(ExpandError::TooManyOccurrences));
}
