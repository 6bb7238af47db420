use jiff::civil::{DateTime, date, datetime, time};

use super::*;

/// A Tuesday at 10 in the morning.
const NOW: DateTime = datetime(2026, 12, 1, 10, 0, 0, 0);

fn of(line: &str) -> QuickTask {
    read(line, NOW)
}

#[test]
fn line_of_the_contract_is_read() {
    let line = "Submit Q3 report to MFBM @aisha friday 3pm !high #ppa:water every month";
    let task = of(line);
    assert_eq!(task.title(), "Submit Q3 report to MFBM");
    assert_eq!(task.due_date(NOW), Some(date(2026, 12, 4)));
    assert_eq!(task.due_time(), Some(time(15, 0, 0, 0)));
    assert_eq!(task.priority(), Some(Priority::High));
    assert_eq!(task.rule(), Some("FREQ=MONTHLY"));
    let parts: Vec<_> = task.chips.iter().map(|chip| (&line[chip.range.clone()], &chip.part)).collect();
    assert_eq!(parts[0], ("@aisha", &Part::Person("aisha".into())));
    assert_eq!(parts[4], ("#ppa:water", &Part::Origin { kind: "ppa".into(), words: "water".into() }));
    assert_eq!(parts.len(), 6);
}

#[test]
fn days_are_read_in_english_and_filipino() {
    for (words, day) in [
        ("today", date(2026, 12, 1)),
        ("ngayon", date(2026, 12, 1)),
        ("tomorrow", date(2026, 12, 2)),
        ("bukas", date(2026, 12, 2)),
        ("sa makalawa", date(2026, 12, 3)),
        ("friday", date(2026, 12, 4)),
        ("by friday", date(2026, 12, 4)),
        ("sa Biyernes", date(2026, 12, 4)),
        ("Biyernes", date(2026, 12, 4)),
        ("Lunes", date(2026, 12, 7)),
        ("sa Linggo", date(2026, 12, 6)),
        ("next tuesday", date(2026, 12, 8)),
        // The day of today means the one of next week.
        ("tuesday", date(2026, 12, 8)),
        ("thu", date(2026, 12, 3)),
        ("15 Dec", date(2026, 12, 15)),
        ("Dec 15", date(2026, 12, 15)),
        ("Dec. 15, 2027", date(2027, 12, 15)),
        ("15 December 2026", date(2026, 12, 15)),
        ("ika-15 ng Disyembre", date(2026, 12, 15)),
        ("15 Enero", date(2027, 1, 15)),
        ("12/15/2026", date(2026, 12, 15)),
        ("1/2/2027", date(2027, 1, 2)),
        ("by 12/15", date(2026, 12, 15)),
        ("12/15", date(2026, 12, 15)),
        ("2026-12-15", date(2026, 12, 15)),
        ("in 3 days", date(2026, 12, 4)),
        ("in 2 weeks", date(2026, 12, 15)),
        ("in a month", date(2027, 1, 1)),
        ("next week", date(2026, 12, 7)),
        ("susunod na linggo", date(2026, 12, 7)),
        ("next month", date(2027, 1, 1)),
        ("end of month", date(2026, 12, 31)),
    ] {
        let task = of(&format!("Call the MAO {words}"));
        assert_eq!(task.due_date(NOW), Some(day), "{words}");
        assert_eq!(task.title(), "Call the MAO", "{words}");
    }
}

#[test]
fn times_are_read() {
    for (words, expected) in [
        ("3pm", time(15, 0, 0, 0)),
        ("at 3 pm", time(15, 0, 0, 0)),
        ("3:30pm", time(15, 30, 0, 0)),
        ("12 am", time(0, 0, 0, 0)),
        ("15:00", time(15, 0, 0, 0)),
        ("at noon", time(12, 0, 0, 0)),
        ("alas-3 ng hapon", time(15, 0, 0, 0)),
        ("alas 8 ng umaga", time(8, 0, 0, 0)),
    ] {
        let task = of(&format!("Call tomorrow {words}"));
        assert_eq!((task.due_time(), task.title().as_str()), (Some(expected), "Call"), "{words}");
        assert_eq!(task.due_date(NOW), Some(date(2026, 12, 2)), "{words}");
    }
    // Without a day the next such time counts.
    assert_eq!(of("Call 3pm").due_date(NOW), Some(date(2026, 12, 1)));
    assert_eq!(of("Call 9am").due_date(NOW), Some(date(2026, 12, 2)));
}

#[test]
fn rules_are_read() {
    for (words, rule, first) in [
        ("every day", "FREQ=DAILY", date(2026, 12, 1)),
        ("daily", "FREQ=DAILY", date(2026, 12, 1)),
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2", date(2026, 12, 1)),
        ("every month", "FREQ=MONTHLY", date(2026, 12, 1)),
        ("every quarter", "FREQ=MONTHLY;INTERVAL=3", date(2026, 12, 1)),
        ("every friday", "FREQ=WEEKLY;BYDAY=FR", date(2026, 12, 4)),
        ("every mon and wed", "FREQ=WEEKLY;BYDAY=MO,WE", date(2026, 12, 2)),
        ("tuwing Lunes", "FREQ=WEEKLY;BYDAY=MO", date(2026, 12, 7)),
        ("tuwing Linggo", "FREQ=WEEKLY;BYDAY=SU", date(2026, 12, 6)),
        ("araw-araw", "FREQ=DAILY", date(2026, 12, 1)),
        ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", date(2026, 12, 2)),
        ("every 15th", "FREQ=MONTHLY;BYMONTHDAY=15", date(2026, 12, 15)),
        ("every end of month", "FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 12, 31)),
    ] {
        let task = of(&format!("Check fuel {words}"));
        assert_eq!((task.rule(), task.title().as_str()), (Some(rule), "Check fuel"), "{words}");
        assert_eq!(task.due_date(NOW), Some(first), "{words}");
        assert!(rule.parse::<obcms_recur::Rule>().is_ok(), "{rule}");
    }
    let task = of("Service vehicle every 90 days after completion friday");
    assert_eq!((task.repeats_after(), task.rule()), (Some(90), None));
    assert_eq!(task.due_date(NOW), Some(date(2026, 12, 4)));
}

#[test]
fn quoted_words_are_left_alone() {
    let task = of("Print \"Friday 3pm\" poster !low");
    assert_eq!((task.title().as_str(), task.due_date(NOW)), ("Print Friday 3pm poster", None));
    // Quotes that protect nothing are part of the title.
    assert_eq!(of("Draft \"Peace now\" speech").title(), "Draft \"Peace now\" speech");
    assert_eq!(of("A 5\" pipe").title(), "A 5\" pipe");
}

#[test]
fn usual_words_stay_in_the_title() {
    for line in [
        "Buy sun hats for the team",
        "March with the delegates",
        "May God bless the office",
        "Attend 1/2 of the session",
        "Explain #4 of the form",
        "Say hello !now",
        "Order sat phones and radios",
        "Ask 3 people",
        "Review every document",
        "Mail @ the office",
    ] {
        let task = of(line);
        assert_eq!((task.title().as_str(), task.chips.len()), (line, 0));
    }
}

#[test]
fn one_of_each_counts() {
    let task = of("Move monday meeting to friday");
    assert_eq!(task.due_date(NOW), Some(date(2026, 12, 7)));
    assert_eq!(task.title(), "Move meeting to friday");
    assert_eq!(of("A !low b !high").priority(), Some(Priority::Low));
}

#[test]
fn unknown_name_returns_to_its_place() {
    let line = "Ask @nobody about fuel";
    let mut task = of(line);
    task.give_back(0, line);
    assert_eq!(task.title(), line);
}

#[test]
fn origin_has_words_or_quotes() {
    let words = |line: &str| of(line).chips.first().map(|chip| chip.part.clone());
    let origin = |text: &str| Some(Part::Origin { kind: "ppa".into(), words: text.into() });
    assert_eq!(words("A #ppa:water-supply"), origin("water supply"));
    assert_eq!(words("A #ppa:\"Water supply, phase 2\""), origin("Water supply, phase 2"));
    assert_eq!(words("A #Eid"), Some(Part::Label("eid".into())));
    assert_eq!(words("A #nothing:water"), Some(Part::Label("nothing:water".into())));
}

mod any_text {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_read_without_panic(line in "\\PC{0,120}") {
            let task = of(&line);
            for chip in &task.chips {
                prop_assert!(line.get(chip.range.clone()).is_some());
            }
        }

        #[test]
        fn of_known_words_is_read_without_panic(
            words in proptest::collection::vec(
                proptest::sample::select(vec![
                    "every", "2", "weeks", "\"", "friday", "sa", "12/31", "2/30/2026", "in", "99999999999", "months",
                    "@", "#ppa:", "!high", "alas", "ng", "hapon", "Dec", "31st", "9999", "pm", "é", "ika-", "next",
                ]),
                0..10,
            ),
        ) {
            let line = words.join(" ");
            let task = of(&line);
            let _ = (task.title(), task.due_date(NOW));
        }
    }
}
