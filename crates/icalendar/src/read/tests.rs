//! Tests of the reader with calendars of real programs and with invalid ones.

use std::io::Cursor;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::file::read_within;
use super::*;
use crate::Limits;

pub(super) fn fallback() -> TimeZone {
    TimeZone::get("Asia/Manila").unwrap()
}

pub(super) fn calendar(components: &str) -> Calendar {
    let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{components}\nEND:VCALENDAR\n").replace('\n', "\r\n");
    read(text.as_bytes(), &fallback()).unwrap()
}

pub(super) fn event(lines: &str) -> Event {
    let calendar = calendar(&format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT"));
    assert_eq!(calendar.skipped, []);
    calendar.events.into_iter().next().unwrap()
}

fn local(moment: &Moment) -> (String, String) {
    match moment {
        Moment::Day(day) => (day.to_string(), String::new()),
        Moment::Time(time) => (time.datetime().to_string(), time.time_zone().iana_name().unwrap().to_owned()),
    }
}

fn span(lines: &str) -> (String, String) {
    let event = event(lines);
    (event.start.to_string(), event.end.to_string())
}

#[test]
fn floating_times_use_the_zone_of_the_calendar() {
    let read_in = |named: &str, lines: &str| {
        let event = calendar(&format!("{named}\nBEGIN:VEVENT\n{lines}\nEND:VEVENT")).events.remove(0);
        (local(&event.start), local(&event.end), event.exdates.iter().map(local).collect::<Vec<_>>())
    };
    let floating = "DTSTART:20270725T090000\nDTEND:20270725T100000\nRRULE:FREQ=DAILY\nEXDATE:20270726T090000";
    let at = |text: &str, zone: &str| (text.to_owned(), zone.to_owned());
    for (named, zone) in [
        ("X-WR-TIMEZONE:Europe/Berlin", "Europe/Berlin"),
        ("X-WR-TIMEZONE;VALUE=TEXT:America/New_York", "America/New_York"),
        ("X-WR-TIMEZONE:Tokyo Standard Time", "Asia/Tokyo"),
        ("X-WR-TIMEZONE:Nowhere/At_All", "Asia/Manila"),
        ("X-WR-TIMEZONE:", "Asia/Manila"),
        ("X-OTHER:1", "Asia/Manila"),
    ] {
        assert_eq!(
            read_in(named, floating),
            (
                at("2027-07-25T09:00:00", zone),
                at("2027-07-25T10:00:00", zone),
                vec![at("2027-07-26T09:00:00", zone)]
            ),
            "{named}"
        );
    }
    // An explicit zone wins, an unknown name is ignored, and days stay days.
    let berlin = "X-WR-TIMEZONE:Europe/Berlin";
    let (start, _, _) = read_in(berlin, "DTSTART;TZID=Asia/Tokyo:20270125T090000");
    assert_eq!(start, at("2027-01-25T09:00:00", "Asia/Tokyo"));
    let (start, _, _) = read_in(berlin, "DTSTART:20270125T090000Z");
    assert_eq!(start, at("2027-01-25T09:00:00", "UTC"));
    let (start, _, _) = read_in(berlin, "DTSTART;TZID=Our own time:20270125T090000");
    assert_eq!(start, at("2027-01-25T09:00:00", "Europe/Berlin"));
    let (start, _, _) = read_in(berlin, "DTSTART:20270125");
    assert_eq!(start, at("2027-01-25", ""));
    // Each calendar of a file has its own zone, which may follow its events.
    let one = |name: &str, named: &str| {
        format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:{name}\nDTSTART:20270125T090000\nEND:VEVENT\n{named}END:VCALENDAR\n"
        )
    };
    let file =
        [one("1", "X-WR-TIMEZONE:Europe/Berlin\n"), one("2", ""), one("3", "X-WR-TIMEZONE:Asia/Tokyo\n")];
    let found = read(file.concat().as_bytes(), &fallback()).unwrap().events;
    let zones: Vec<String> = found.iter().map(|event| local(&event.start).1).collect();
    assert_eq!(zones, ["Europe/Berlin", "Asia/Manila", "Asia/Tokyo"]);
}

#[test]
fn event_is_read_with_all_properties() {
    let event = event(
        "UID:1@example.org\nSEQUENCE:3\nDTSTAMP:20270101T000000Z\nLAST-MODIFIED:20270102T030405Z\n\
         SUMMARY:Talks\\, part one\nDESCRIPTION:First line\\nsecond\nLOCATION:Hall A\nURL:https://example.org/1\n\
         STATUS:TENTATIVE\nTRANSP:TRANSPARENT\nCATEGORIES:Peace,Talks\\, long\nCATEGORIES:Peace\n\
         ORGANIZER;CN=\"Amina, Office\":mailto:amina@example.org\nATTENDEE:mailto:a@b\nATTENDEE:mailto:c@d\n\
         DTSTART;TZID=Asia/Tokyo:20270125T090000\nDTEND;TZID=Asia/Tokyo:20270125T103000\n\
         RRULE:FREQ=WEEKLY;COUNT=4\nRDATE;TZID=Asia/Tokyo:20270130T090000\nEXDATE:20270201T000000Z,20270208T000000Z\n\
         BEGIN:VALARM\nTRIGGER:-PT15M\nDESCRIPTION:Not this one\nEND:VALARM",
    );
    assert_eq!((event.uid.as_str(), event.sequence), ("1@example.org", 3));
    assert_eq!(event.last_modified, "2027-01-02T03:04:05Z".parse::<Timestamp>().ok());
    assert_eq!(event.summary, "Talks, part one");
    assert_eq!(event.description, "First line\nsecond");
    assert_eq!((event.location.as_str(), event.url.as_str()), ("Hall A", "https://example.org/1"));
    assert_eq!((event.status, event.is_transparent), (Status::Tentative, true));
    assert_eq!(event.categories, ["Peace", "Talks, long"]);
    assert_eq!((event.organizer.as_str(), event.attendees), ("Amina, Office", 2));
    assert_eq!(local(&event.start), ("2027-01-25T09:00:00".into(), "Asia/Tokyo".into()));
    assert_eq!(local(&event.end), ("2027-01-25T10:30:00".into(), "Asia/Tokyo".into()));
    assert_eq!(event.rrule.as_deref(), Some("FREQ=WEEKLY;COUNT=4"));
    assert_eq!(
        event.rdates.iter().map(|date| date.start.to_string()).collect::<Vec<_>>(),
        ["2027-01-30T09:00:00"]
    );
    assert_eq!(event.exdates.len(), 2);
    assert_eq!(local(&event.exdates[0]), ("2027-02-01T00:00:00".into(), "UTC".into()));
}

#[test]
fn end_follows_the_rfc() {
    let at = |start: &str, end: &str| (start.to_owned(), end.to_owned());
    for (lines, expected) in [
        ("DTSTART;VALUE=DATE:20270125", at("2027-01-25", "2027-01-26")),
        ("DTSTART;VALUE=DATE:20270125\nDTEND;VALUE=DATE:20270128", at("2027-01-25", "2027-01-28")),
        ("DTSTART;VALUE=DATE:20270125\nDTEND;VALUE=DATE:20270125", at("2027-01-25", "2027-01-26")),
        ("DTSTART:20270125\nDURATION:P3D", at("2027-01-25", "2027-01-28")),
        ("DTSTART:20270125\nDURATION:P1DT2H", at("2027-01-25", "2027-01-27")),
        ("DTSTART:20270125\nDTEND:20270126T080000", at("2027-01-25", "2027-01-27")),
        ("DTSTART:20270125T090000", at("2027-01-25T09:00:00", "2027-01-25T09:00:00")),
        ("DTSTART:20270125T090000\nDURATION:PT90M", at("2027-01-25T09:00:00", "2027-01-25T10:30:00")),
        ("DTSTART:20270125T090000\nDTEND:20270125T080000", at("2027-01-25T09:00:00", "2027-01-25T09:00:00")),
        (
            "DTSTART:20270125T090000\nDTEND;VALUE=DATE:20270127",
            at("2027-01-25T09:00:00", "2027-01-27T00:00:00"),
        ),
        // A day with 23 hours is a day; 24 hours are 24 hours.
        (
            "DTSTART;TZID=Europe/Berlin:20270327T120000\nDURATION:P1D",
            at("2027-03-27T12:00:00", "2027-03-28T12:00:00"),
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20270327T120000\nDURATION:PT24H",
            at("2027-03-27T12:00:00", "2027-03-28T13:00:00"),
        ),
    ] {
        assert_eq!(span(&format!("UID:1\n{lines}")), expected, "{lines}");
    }
}

#[test]
fn times_keep_their_zone() {
    for (line, expected, zone) in [
        ("DTSTART:20270125T010000Z", "2027-01-25T01:00:00", "UTC"),
        ("DTSTART:20270125T090000", "2027-01-25T09:00:00", "Asia/Manila"),
        ("DTSTART;TZID=Singapore Standard Time:20270125T090000", "2027-01-25T09:00:00", "Asia/Singapore"),
        ("DTSTART:20270125T090000+0900", "2027-01-25T09:00:00", "Etc/GMT-9"),
        // In a gap, and ambiguous.
        ("DTSTART;TZID=Europe/Berlin:20270328T023000", "2027-03-28T03:30:00", "Europe/Berlin"),
        ("DTSTART;TZID=Europe/Berlin:20271031T023000", "2027-10-31T02:30:00", "Europe/Berlin"),
    ] {
        assert_eq!(
            local(&event(&format!("UID:1\n{line}")).start),
            (expected.to_owned(), zone.to_owned()),
            "{line}"
        );
    }
}

#[test]
fn zone_definition_may_follow_its_use() {
    let calendar = calendar(
        "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Ours:20270725T090000\nEND:VEVENT\n\
         BEGIN:VTIMEZONE\nTZID:Ours\n\
         BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
         RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n\
         BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n\
         RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE",
    );
    let Moment::Time(start) = &calendar.events[0].start else { panic!("a time") };
    assert_eq!(start.timestamp(), "2027-07-25T07:00:00Z".parse().unwrap());
}

#[test]
fn series_has_overrides_and_cancelled_occurrences() {
    let calendar = calendar(
        "X-WR-CALNAME:Team calendar\n\
         BEGIN:VEVENT\nUID:s\nDTSTART:20270104T090000\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:s\nRECURRENCE-ID:20270111T090000\nDTSTART:20270112T100000\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:s\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270118T090000\nDTSTART:20270118T090000\n\
         STATUS:CANCELLED\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:s\nSEQUENCE:2\nRECURRENCE-ID:20270111T090000\nDTSTART:20270113T100000\nEND:VEVENT",
    );
    assert_eq!(calendar.name, "Team calendar");
    let shown: Vec<_> = calendar
        .events
        .iter()
        .map(|event| {
            (event.recurrence_id.as_ref().map(ToString::to_string), event.start.date(), event.status)
        })
        .collect();
    assert_eq!(
        shown,
        [
            (None, date(2027, 1, 4), Status::Confirmed),
            (Some("2027-01-11T09:00:00".into()), date(2027, 1, 13), Status::Confirmed),
            (Some("2027-01-18T09:00:00".into()), date(2027, 1, 18), Status::Cancelled),
        ],
        "of two with one name the newer one counts"
    );
    assert!(calendar.events[2].and_following && !calendar.events[1].and_following);
}

#[test]
fn dates_of_a_series_have_the_type_of_its_start() {
    let timed = event(
        "UID:1\nDTSTART:20270104T090000\nRRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20270105\nRDATE;VALUE=PERIOD:20270201T080000Z/PT1H",
    );
    assert_eq!(timed.exdates[0].to_string(), "2027-01-05T09:00:00");
    let added = |event: &Event| {
        let text = |moment: &Moment| moment.to_string();
        let dates = event.rdates.iter().map(|date| (text(&date.start), date.end.as_ref().map(text)));
        dates.collect::<Vec<_>>()
    };
    assert_eq!(added(&timed), [("2027-02-01T08:00:00".into(), Some("2027-02-01T09:00:00".into()))]);
    let periods = event(
        "UID:1\nDTSTART:20270104T090000\nRDATE;VALUE=PERIOD:20270201T080000/20270201T103000,20270202T080000/20270202T080000,\
         20270203T080000/P1D,20270204T080000/never",
    );
    let expected = [
        ("2027-02-01T08:00:00", Some("2027-02-01T10:30:00")),
        ("2027-02-02T08:00:00", None),
        ("2027-02-03T08:00:00", Some("2027-02-04T08:00:00")),
        ("2027-02-04T08:00:00", None),
    ];
    assert_eq!(added(&periods), expected.map(|(start, end)| (start.into(), end.map(Into::into))));
    let days = event("UID:1\nDTSTART;VALUE=DATE:20270104\nRRULE:FREQ=DAILY\nEXDATE:20270105T000000");
    assert_eq!(days.exdates, [Moment::Day(date(2027, 1, 5))]);
}

#[test]
fn floating_values_use_the_zone_of_their_event() {
    let event = event(
        "UID:1\nDTSTART;TZID=Europe/Berlin:20270104T090000\nDTEND:20270104T100000\nRRULE:FREQ=DAILY\n\
         EXDATE:20270105T090000\nRDATE:20270110T120000\nRECURRENCE-ID:20270106T090000",
    );
    let berlin = |text: &str| (text.to_owned(), "Europe/Berlin".to_owned());
    assert_eq!(local(&event.end), berlin("2027-01-04T10:00:00"));
    assert_eq!(local(&event.exdates[0]), berlin("2027-01-05T09:00:00"));
    assert_eq!(local(&event.rdates[0].start), berlin("2027-01-10T12:00:00"));
    assert_eq!(local(event.recurrence_id.as_ref().unwrap()), berlin("2027-01-06T09:00:00"));
    // The next event uses the fallback again.
    let two = calendar(
        "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Berlin:20270104T090000\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:2\nDTSTART:20270104T090000\nEND:VEVENT",
    );
    assert_eq!(local(&two.events[1].start).1, "Asia/Manila");
}

#[test]
fn day_may_be_written_as_midnight_in_utc() {
    // The sixth in Manila begins at 16:00 UTC of the fifth. Midnight UTC means the day itself.
    let event = event(
        "UID:1\nDTSTART;VALUE=DATE:20270104\nRRULE:FREQ=DAILY\nEXDATE:20270105T160000Z,20270108T000000Z",
    );
    assert_eq!(event.exdates, [Moment::Day(date(2027, 1, 6)), Moment::Day(date(2027, 1, 8))]);
}

#[test]
fn rule_may_end_with_a_semicolon() {
    let rule = event("UID:1\nDTSTART:20270104T090000\nRRULE:FREQ=DAILY;COUNT=2;");
    assert_eq!(rule.rrule.as_deref(), Some("FREQ=DAILY;COUNT=2"));
}

#[test]
fn cancellation_cancels_its_events() {
    let text = "BEGIN:VCALENDAR\nMETHOD:cancel\nBEGIN:VEVENT\nUID:1\nDTSTART:20270104T090000\nEND:VEVENT\nEND:VCALENDAR";
    let read_status = |text: &str| read(text.as_bytes(), &fallback()).unwrap().events[0].status;
    assert_eq!(read_status(text), Status::Cancelled);
    assert_eq!(read_status(&text.replace("cancel", "PUBLISH")), Status::Confirmed);
}

#[test]
fn missing_end_of_the_calendar_is_reported() {
    let calendar = read(b"BEGIN:VCALENDAR\nVERSION:2.0", &fallback()).unwrap();
    assert!(calendar.is_cut_off);
    assert!(calendar.skipped[0].reason.starts_with("The file is incomplete"));
}

#[test]
fn invalid_events_are_reported_as_skipped() {
    let calendar = calendar(
        "BEGIN:VEVENT\nUID:1\nSUMMARY:No start\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:2\nDTSTART:20270231T090000\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:3\nDTSTART:20270201\nDTEND:never\nEND:VEVENT\n\
         BEGIN:VTODO\nUID:4\nSUMMARY:Buy rope\nEND:VTODO\n\
         BEGIN:VEVENT\nUID:5\nDTSTART:00010101\nEND:VEVENT",
    );
    assert_eq!(calendar.events, []);
    let told: Vec<(&str, &str)> =
        calendar.skipped.iter().map(|skipped| (skipped.uid.as_str(), skipped.reason.as_str())).collect();
    assert_eq!(
        told,
        [
            ("1", "It has no start."),
            ("2", "Its start is not a valid date: 20270231T090000"),
            ("3", "Its end is not a valid date: never"),
            ("4", "It is a to-do, not an event."),
            ("5", "Its start is not a valid date: 00010101"),
        ]
    );
}

#[test]
fn truncated_file_is_reported() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20270201\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nDTSTART:2027";
    let calendar = read(text.as_bytes(), &fallback()).unwrap();
    assert_eq!(calendar.events.len(), 1);
    assert_eq!(calendar.skipped[0].reason, "The file ends in the middle of this event.");
    assert!(calendar.is_cut_off);
    assert!(!read(format!("{text}\nEND:VEVENT\nEND:VCALENDAR").as_bytes(), &fallback()).unwrap().is_cut_off);
}

#[test]
fn other_files_are_refused() {
    for bytes in [b"".as_slice(), b"<html>BEGIN:VCALENDAR</html>", b"\x00\x01\x02", b"BEGIN:VCARD\nEND:VCARD"]
    {
        assert_eq!(read(bytes, &fallback()).unwrap_err(), ReadError::NotACalendar);
    }
    let limits = Limits { bytes: 10, events: 10, ..Limits::default() };
    assert_eq!(read_within(&[b' '; 11], &fallback(), limits).unwrap_err(), ReadError::TooLarge(10));
}

#[test]
fn sizes_are_bounded() {
    let one = |number: usize| format!("BEGIN:VEVENT\nUID:{number}\nDTSTART:20270201\nEND:VEVENT\n");
    let text = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR", (0..500).map(one).collect::<String>());
    let calendar = read_within(
        text.as_bytes(),
        &fallback(),
        Limits { bytes: 100_000, events: 100, ..Limits::default() },
    )
    .unwrap();
    assert_eq!((calendar.events.len(), calendar.skipped_count), (100, 400));
    assert_eq!(calendar.skipped.len(), SKIPPED_AT_MOST);
    let long = event(&format!("UID:1\nDTSTART:20270201\nSUMMARY:{}", "ñ".repeat(2000)));
    assert_eq!(long.summary.chars().count(), 500);
}

#[test]
fn missing_uid_is_derived_the_same_each_time() {
    let first = event("DTSTART:20270201\nSUMMARY:A");
    assert_eq!(first.uid, event("DTSTART:20270201\nSUMMARY:A\nDESCRIPTION:new").uid);
    assert_ne!(first.uid, event("DTSTART:20270201\nSUMMARY:B").uid);
}

#[test]
fn texts_and_links_are_sanitized() {
    let event = event(
        "UID:1\nDTSTART:20270201\nSUMMARY:a\0b\\nc\nDESCRIPTION:\x1b[31mred\\n\\tx\nURL:javascript:alert(1)",
    );
    assert_eq!((event.summary.as_str(), event.url.as_str()), ("ab c", ""));
    assert_eq!(event.description, "[31mred\n\\tx");
}

#[test]
fn wrong_nesting_of_components_is_tolerated() {
    let deep = "BEGIN:VEVENT\n".repeat(5000);
    let calendar = calendar(&format!(
        "BEGIN:VEVENT\nUID:1\nDTSTART:20270201\nBEGIN:VALARM\nUID:wrong\nEND:VEVENT\n{deep}"
    ));
    assert_eq!(calendar.events.len(), 1);
    assert_eq!(calendar.events[0].uid, "1");
}

/// Generates meaningful lines for the reader, mixed in any order.
fn line() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "BEGIN",
        "END",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "UID",
        "SUMMARY",
        "TZID",
        "TZOFFSETFROM",
        "TZOFFSETTO",
        "RECURRENCE-ID",
        "SEQUENCE",
        "CATEGORIES",
        "ORGANIZER",
        "URL",
        "LAST-MODIFIED",
    ]);
    let parameters = prop::sample::select(vec![
        "",
        ";TZID=Asia/Manila",
        ";VALUE=DATE",
        ";TZID=Ours",
        ";VALUE=PERIOD",
        ";X=\"",
        ";",
    ]);
    let values = prop_oneof![
        prop::sample::select(vec![
            "VCALENDAR",
            "VEVENT",
            "VTIMEZONE",
            "STANDARD",
            "DAYLIGHT",
            "VALARM",
            "Ours",
            "20270125T090000",
            "20270125",
            "99991231T235959Z",
            "00010101T000000",
            "P9999W",
            "-PT99999H",
            "+2359",
            "-2359",
            "FREQ=YEARLY;BYMONTH=2;BYDAY=-5MO",
            "FREQ=YEARLY;BYMONTHDAY=31;BYDAY=SU;UNTIL=00010101T000000Z",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,20}",
    ];
    (names, parameters, values).prop_map(|(name, parameters, value)| format!("{name}{parameters}:{value}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, &fallback());
        let _ = read(&[b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101\n".as_slice(), &bytes].concat(), &fallback());
    }

    #[test]
    fn any_lines_are_read_and_ends_never_precede_starts(lines in prop::collection::vec(line(), 0..60)) {
        let text = format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR", lines.join("\n"));
        let calendar = read(text.as_bytes(), &fallback()).unwrap();
        for event in calendar.events {
            prop_assert_eq!(event.start.is_day(), event.end.is_day());
            prop_assert!(!event.uid.is_empty());
            match (event.start, event.end) {
                (Moment::Time(start), Moment::Time(end)) => {
                    prop_assert!(start <= end);
                    prop_assert!(start.time_zone().iana_name().is_some());
                }
                (start, end) => prop_assert!(start.date() < end.date()),
            }
        }
    }
}

/// Returns the lines of the events that are read together, in their order.
fn together(components: &str) -> Vec<Vec<usize>> {
    let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{components}\nEND:VCALENDAR\n");
    let fallback = fallback();
    let mut groups = Vec::new();
    let file = File::open(Cursor::new(&text), &fallback, Limits::default()).unwrap();
    let found = file.each(|events| {
        groups.push(events.iter().map(|event| event.line).collect());
        Ok::<_, ReadError>(())
    });
    found.unwrap();
    groups
}

#[test]
fn events_of_one_uid_are_found_together_at_the_last_of_them() {
    let event = |uid: &str, more: &str| {
        format!("BEGIN:VEVENT\nUID:{uid}\nDTSTART:20270101T090000\n{more}\nEND:VEVENT\n")
    };
    let change = event("a", "RECURRENCE-ID:20270102T090000");
    let apart =
        [event("a", "RRULE:FREQ=DAILY"), event("b", ""), event("c", "SEQUENCE:1"), change, event("c", "")];
    // Events begin in lines 3, 8, 13, 18 and 23. Of two versions of one event the later is kept.
    assert_eq!(together(&apart.concat()), [vec![8], vec![3, 18], vec![13]]);
    // One that cannot be read is not waited for, and events without a UID are versions of one with their title.
    let unreadable = event("a", "").replace("DTSTART", "X-START");
    let untitled = event("", "SUMMARY:Same").replace("UID:\n", "");
    let later = untitled.replace("20270101", "20270102");
    assert_eq!(
        together(&[event("a", ""), unreadable, untitled.clone(), event("b", ""), later, untitled].concat()),
        [vec![3], vec![17], vec![26, 22]]
    );
}

#[test]
fn error_ends_the_reading_of_events() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20270101\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nDTSTART:20270101\nEND:VEVENT\nEND:VCALENDAR\n";
    let (fallback, mut count) = (fallback(), 0);
    let file = File::open(Cursor::new(&text), &fallback, Limits::default()).unwrap();
    let result = file.each(|_| {
        count += 1;
        Err(ReadError::NotACalendar)
    });
    assert_eq!((result, count), (Err(ReadError::NotACalendar), 1));
}

/// Source that fails when it is read a second time.
struct Unplugged(Cursor<Vec<u8>>, usize);

impl Read for Unplugged {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.1 > 1 { Err(io::Error::other("unplugged")) } else { self.0.read(buffer) }
    }
}

impl io::Seek for Unplugged {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.1 += usize::from(to == io::SeekFrom::Start(0));
        self.0.seek(to)
    }
}

#[test]
fn source_that_fails_is_no_short_file() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20270101\nEND:VEVENT\nEND:VCALENDAR\n";
    let (fallback, source) = (fallback(), Unplugged(Cursor::new(text.as_bytes().to_vec()), 0));
    let file = File::open(source, &fallback, Limits::default()).unwrap();
    assert!(!file.is_cut_off());
    assert_eq!(file.each(|_| Ok(())), Err(ReadError::Unreadable));
}
