//! Preview of recurrence rules through HTTP.
#![allow(clippy::needless_pass_by_value)] // Request bodies are inline.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Client, on_both_engines};
use serde_json::{Value, json};

const PREVIEW: &str = "/api/v1/recurrence/preview";

fn occurrences(client: &Client, question: Value) -> Vec<String> {
    let answer = client.post(PREVIEW, &question).expect_status(200).json;
    answer["occurrences"].as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// Returns the fields named in the refusal of a query.
fn refused(client: &Client, question: Value) -> Vec<String> {
    let answer = client.post(PREVIEW, &question).expect_status(422).json;
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("{question}: {answer}"));
    for error in errors {
        assert!(error["message"].as_str().is_some_and(|message| message.len() > 10), "{question}: {error}");
    }
    errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    fn rule_shows_its_occurrences(server: &Server) {
        let client = server.as_role("staff");
        assert_eq!(
            occurrences(&client, json!({
                "dtstart": "2027-01-25T09:00:00", "rrule": "FREQ=MONTHLY;BYDAY=-1MO;COUNT=3",
            })),
            // The office is in Manila.
            ["2027-01-25T09:00:00+08:00", "2027-02-22T09:00:00+08:00", "2027-03-29T09:00:00+08:00"]
        );
        assert_eq!(
            occurrences(&client, json!({ "dtstart": "2028-02-29", "rrule": "RRULE:FREQ=YEARLY", "limit": 3 })),
            ["2028-02-29", "2032-02-29", "2036-02-29"]
        );
        assert_eq!(occurrences(&client, json!({ "dtstart": "2027-01-25" })), ["2027-01-25"]);
        let endless = json!({ "dtstart": "2027-01-25", "rrule": "FREQ=DAILY" });
        assert_eq!(occurrences(&client, endless).len(), 50);
        let many = json!({ "dtstart": "2027-01-25", "rrule": "FREQ=DAILY;COUNT=10000", "limit": 1000 });
        assert_eq!(occurrences(&client, many)[999], "2029-10-20");
    }

    fn nonstandard_rule_is_shown_with_a_warning(server: &Server) {
        let client = server.as_role("staff");
        let preview = |rule: &str| {
            let question = json!({ "dtstart": "2027-01-25", "rrule": rule, "limit": 2 });
            client.post("/api/v1/recurrence/preview", &question).expect_status(200).json
        };
        assert_eq!(preview("FREQ=WEEKLY;BYDAY=MO")["warning"], Value::Null);
        let odd = preview("FREQ=DAILY;BYWEEKNO=5");
        let warning = odd["warning"].as_str().unwrap();
        assert!(warning.contains("BYWEEKNO must not be used with FREQ=DAILY"), "{warning}");
        let hourly = json!({ "dtstart": "2027-01-25T09:00:00", "rrule": "FREQ=HOURLY", "limit": 2 });
        let dense = client.post("/api/v1/recurrence/preview", &hourly).expect_status(200).json;
        let warning = dense["warning"].as_str().unwrap();
        assert!(warning.contains("This rule cannot be used for a record. A series can have at most 4400 occurrences"), "{warning}");
        assert_eq!(odd["occurrences"].as_array().unwrap().len(), 2);
    }

    fn words_and_dates_agree(server: &Server) {
        let client = server.as_role("staff");
        for (dtstart, rule, text, dates) in [
            ("2026-05-14", "FREQ=YEARLY;BYWEEKNO=20", "Every year on Thursday of week 20", ["2026-05-14", "2027-05-20"]),
            ("2026-12-31", "FREQ=YEARLY;BYWEEKNO=-1", "Every year on Thursday of the last week of the year", ["2026-12-31", "2027-12-30"]),
            ("2026-01-01", "FREQ=YEARLY;BYMONTH=1;BYWEEKNO=1", "Every year on Thursday of week 1, only in January", ["2026-01-01", "2027-01-07"]),
            ("2026-05-14", "FREQ=YEARLY;BYMONTHDAY=15", "Every year on the 15th of May", ["2026-05-15", "2027-05-15"]),
            ("2026-01-01", "FREQ=MONTHLY;BYYEARDAY=14", "Every month, only on the 14th day of the year", ["2026-01-14", "2027-01-14"]),
            ("2026-01-01", "FREQ=WEEKLY;BYMONTHDAY=20", "Every week, only on the 20th of a month", ["2026-01-20", "2026-02-20"]),
        ] {
            let question = json!({ "dtstart": dtstart, "rrule": rule, "limit": 2 });
            let answer = client.post(PREVIEW, &question).expect_status(200).json;
            assert_eq!((answer["text"].as_str(), &answer["occurrences"]), (Some(text), &json!(dates)), "{rule}");
        }
    }

    fn legal_rules_are_accepted(server: &Server) {
        let client = server.as_role("staff");
        for rule in [
            "FREQ=WEEKLY;UNTIL=99991231T235959Z", "FREQ=DAILY;COUNT=100000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT",
            "FREQ=HOURLY;INTERVAL=4", "FREQ=WEEKLY;BYDAY=MO;", "FREQ=DAILY;BYDAY=MO, TU, WE",
        ] {
            let question = json!({ "dtstart": "2026-07-06T08:00:00", "rrule": rule, "limit": 2 });
            let answer = client.post(PREVIEW, &question).expect_status(200).json;
            assert_eq!((answer["occurrences"].as_array().map(Vec::len), &answer["warning"]), (Some(2), &Value::Null), "{rule}");
            let event = json!({ "title": "Legal", "start": "2026-07-06T08:00:00", "end": "2026-07-06T09:00:00", "rrule": rule });
            let event = client.post("/api/v1/events", &event).expect_status(201).json;
            let kept = event["rrule"].as_str().unwrap();
            assert!(!rule.contains("UNTIL") || kept.ends_with("UNTIL=99991231T235959Z"), "{kept}");
        }
        // A birthday without a known year is stored as one of 1604.
        let birthday = json!({
            "dtstart": "1604-12-15", "rrule": "FREQ=YEARLY", "start": "2027-01-01", "end": "2028-01-01", "limit": 5,
        });
        assert_eq!(occurrences(&client, birthday), ["2027-12-15"]);
        let hebrew = json!({ "dtstart": "2026-07-06", "rrule": "RSCALE=HEBREW;FREQ=YEARLY" });
        let refusal = client.post(PREVIEW, &hebrew).expect_status(422).json;
        assert!(refusal.to_string().contains("not supported; only GREGORIAN is"), "{refusal}");
    }

    fn local_time_is_kept_across_offset_transitions(server: &Server) {
        let client = server.as_role("staff");
        let question = |start: &str, zone: &str| {
            json!({ "dtstart": start, "timezone": zone, "rrule": "FREQ=DAILY;COUNT=3" })
        };
        assert_eq!(
            occurrences(&client, question("2027-03-13T02:30:00", "America/New_York")),
            // 2:30 on the 14th is in a gap and uses the offset before it.
            ["2027-03-13T02:30:00-05:00", "2027-03-14T03:30:00-04:00", "2027-03-15T02:30:00-04:00"]
        );
        assert_eq!(
            occurrences(&client, question("2027-11-06T01:30:00", "America/New_York")),
            // 1:30 on the 7th is ambiguous and means its first occurrence.
            ["2027-11-06T01:30:00-04:00", "2027-11-07T01:30:00-04:00", "2027-11-08T01:30:00-05:00"]
        );
        // An instant is converted to local time in the zone.
        assert_eq!(
            occurrences(&client, question("2027-03-13T07:30:00Z", "America/New_York")),
            ["2027-03-13T02:30:00-05:00", "2027-03-14T03:30:00-04:00", "2027-03-15T02:30:00-04:00"]
        );
    }

    fn additions_and_exceptions_apply(server: &Server) {
        let client = server.as_role("staff");
        assert_eq!(
            occurrences(&client, json!({
                "dtstart": "2027-01-25T09:00:00", "timezone": "Asia/Manila", "rrule": "FREQ=WEEKLY;COUNT=4",
                "rdates": [
                    "2027-01-26T09:00:00", "2027-01-27T01:00:00Z", "2027-01-28T09:00:00/PT1H30M",
                    "2027-01-29T09:00:00/2027-01-29T10:00:00", "2027-01-25T09:00:00",
                ],
                "exdates": ["2027-02-01T09:00:00", "2027-02-08T01:00:00Z", "2027-01-29"],
            })),
            [
                "2027-01-25T09:00:00+08:00", "2027-01-26T09:00:00+08:00", "2027-01-27T09:00:00+08:00",
                "2027-01-28T09:00:00+08:00", "2027-02-15T09:00:00+08:00",
            ]
        );
        assert_eq!(
            occurrences(&client, json!({
                "dtstart": "2027-01-25", "rrule": "FREQ=WEEKLY;COUNT=3", "rdates": ["2027-01-26"], "exdates": ["2027-02-01"],
            })),
            ["2027-01-25", "2027-01-26", "2027-02-08"]
        );
    }

    fn window_replaces_the_limit(server: &Server) {
        let client = server.as_role("staff");
        let weekly = |start: &str, end: &str| {
            json!({
                "dtstart": "1997-09-02T09:00:00", "timezone": "Asia/Manila", "rrule": "FREQ=WEEKLY;INTERVAL=2",
                "start": start, "end": end,
            })
        };
        let expected = ["2997-09-05T09:00:00+08:00", "2997-09-19T09:00:00+08:00"];
        for (start, end) in [
            ("2997-09-01", "2997-10-01"),
            ("2997-09-05T09:00:00", "2997-10-03T09:00:00"),
            ("2997-09-05T01:00:00Z", "2997-10-03T01:00:00Z"),
        ] {
            assert_eq!(occurrences(&client, weekly(start, end)), expected, "{start}");
        }
        let days = json!({
            "dtstart": "2027-01-25", "rrule": "FREQ=DAILY", "start": "2027-02-01T12:00:00+08:00", "end": "2027-02-04",
        });
        assert_eq!(occurrences(&client, days), ["2027-02-02", "2027-02-03"]);
        let cut = json!({
            "dtstart": "2027-01-25T00:00:00", "rrule": "FREQ=SECONDLY", "start": "2027-02-01", "end": "2027-02-04",
        });
        let answer = client.post(PREVIEW, &cut).expect_status(200).json;
        assert_eq!(answer["occurrences"].as_array().unwrap().len(), 10_000);
        assert_eq!(answer["more"], true);
        let years = json!({ "dtstart": "2027-01-25", "rrule": "FREQ=DAILY", "start": "2027-02-01", "end": "2037-02-01" });
        assert_eq!(occurrences(&client, years).len(), 3653, "a window is answered whole");
        let whole = client.post(PREVIEW, &weekly("2997-09-01", "2997-10-01")).expect_status(200).json;
        assert_eq!(whole["more"], false);
    }

    fn invalid_input_is_refused_by_field(server: &Server) {
        let client = server.as_role("staff");
        let with = |name: &str, value: Value| {
            let mut question = json!({ "dtstart": "2027-01-25T09:00:00", "rrule": "FREQ=DAILY;COUNT=2" });
            question[name] = value;
            question
        };
        for rule in [
            "", "DAILY", "FREQ=DAYLY", "INTERVAL=2", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=-1",
            "FREQ=DAILY;COUNT=1000000000", "FREQ=DAILY;COUNT=2;UNTIL=20270301", "FREQ=DAILY;UNTIL=20270230",
            "FREQ=DAILY;BYMONTH=13", "FREQ=DAILY;BYMONTHDAY=0", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=54MO",
            "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYHOUR=", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;BYEASTER=0",
            "FREQ=DAILY;BYSETPOS=1", "FREQ=DAILY;;", "RSCALE=HEBREW;FREQ=YEARLY", "FREQ=DAILY;WKST=1", "FREQ=DAILY;BYDAY=Mé", "💥",
        ] {
            assert_eq!(refused(&client, with("rrule", json!(rule))), ["rrule"], "{rule}");
        }
        for (name, value) in [
            ("rrule", json!(5)), ("rrule", json!(["FREQ=DAILY"])),
            ("dtstart", json!("tomorrow")), ("dtstart", json!("2027-02-30")), ("dtstart", json!(20_270_125)),
            ("dtstart", Value::Null), ("dtstart", json!("2027-01-25T25:00:00")),
            ("timezone", json!("Asia/Atlantis")), ("timezone", json!(8)), ("timezone", json!("../etc/passwd")),
            ("rdates", json!("2027-01-25,soon")), ("rdates", json!(["2027-01-25T09:00:00/2027-01-25T08:00:00"])),
            ("rdates", json!([7])), ("rdates", json!(["2027-01-25T09:00:00/P1X"])),
            ("exdates", json!(["never"])), ("exdates", json!({})), ("exdates", json!(vec!["2027-01-25"; 5001])),
            ("limit", json!(0)), ("limit", json!(10_001)), ("limit", json!(-1)), ("limit", json!("10")), ("limit", json!(1.5)),
            ("start", json!("soon")), ("end", json!(true)), ("colour", json!("red")),
        ] {
            assert_eq!(refused(&client, with(name, value.clone())), [name], "{name}: {value}");
        }
        let backwards = json!({ "dtstart": "2027-01-25", "rrule": "FREQ=DAILY", "start": "2027-02-01", "end": "2027-01-01" });
        assert_eq!(refused(&client, backwards), ["end"]);
        let by_the_hour = json!({ "dtstart": "2027-01-25", "rrule": "FREQ=HOURLY" });
        assert_eq!(refused(&client, by_the_hour), ["rrule"]);
        assert_eq!(refused(&client, json!({ "dtstart": "?", "rrule": "?", "limit": "?" })), ["dtstart", "rrule", "limit"]);
        assert_eq!(client.post(PREVIEW, &json!([])).status, 400);
    }

    fn hostile_rules_are_answered_or_refused(server: &Server) {
        let client = server.as_role("staff");
        let all = |from: u32, to: u32| (from..=to).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
        let times = format!("BYHOUR={};BYMINUTE={};BYSECOND={}", all(0, 23), all(0, 59), all(0, 59));
        let days = format!("BYMONTH={};BYMONTHDAY={};BYYEARDAY={}", all(1, 12), all(1, 31), all(1, 366));
        for rule in [
            "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30".to_owned(),
            "FREQ=SECONDLY;INTERVAL=86399;BYHOUR=3;BYMINUTE=7;BYSECOND=9".to_owned(),
            "FREQ=MINUTELY;INTERVAL=1439;BYHOUR=3;BYMINUTE=7".to_owned(),
            "FREQ=SECONDLY;INTERVAL=99991;BYMONTH=2;BYMONTHDAY=29;BYHOUR=0;BYMINUTE=0;BYSECOND=0".to_owned(),
            "FREQ=YEARLY;INTERVAL=99999;BYYEARDAY=366".to_owned(),
            "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=-366".to_owned(),
            format!("FREQ=YEARLY;{days};{times};BYSETPOS=-1"),
            format!("FREQ=MONTHLY;COUNT=99999;{times};BYSETPOS=366"),
            format!("FREQ=SECONDLY;COUNT=99999;{days};{times}"),
        ] {
            for window in [json!({}), json!({ "start": "9990-01-01", "end": "9999-01-01" })] {
                let mut question = json!({ "dtstart": "1970-01-01T00:00:00", "rrule": rule, "limit": 1000 });
                question.as_object_mut().unwrap().extend(window.as_object().unwrap().clone());
                let answer = client.post(PREVIEW, &question);
                assert!([200, 422].contains(&answer.status), "{rule}: {} {}", answer.status, answer.json);
            }
        }
        let never = json!({ "dtstart": "2027-01-01T00:00:00", "rrule": "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30" });
        assert_eq!(occurrences(&client, never), Vec::<String>::new());
    }

    fn every_signed_in_user_may_preview(server: &Server) {
        let question = json!({ "dtstart": "2027-01-25", "rrule": "FREQ=DAILY", "limit": 1 });
        assert_eq!(server.anonymous().post(PREVIEW, &question).status, 401);
        for role in ["partner", "staff", "admin"] {
            assert_eq!(occurrences(&server.as_role(role), question.clone()), ["2027-01-25"]);
        }
    }
}
