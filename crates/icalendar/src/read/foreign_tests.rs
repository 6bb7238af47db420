//! Tests of the reader with files that are not quite as they should be.

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::tests::{calendar, event, fallback};
use super::*;
use crate::write::{LineWriter, write_zone};

fn texts(event: &Event) -> Vec<&str> {
    event.remarks.iter().map(|remark| remark.text.as_str()).collect()
}

fn utc(moment: &Moment) -> String {
    match moment {
        Moment::Day(day) => day.to_string(),
        Moment::Time(time) => time.timestamp().to_string(),
    }
}

const GROUPWISE: &str = "BEGIN:VTIMEZONE\nTZID:Mitteleurop\u{e4}ische Zeit \nBEGIN:STANDARD\nDTSTART:20001025T020000\n\
    TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
    DTSTART:20000329T010000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n\
    END:DAYLIGHT\nEND:VTIMEZONE\n";

#[test]
fn definition_of_the_file_is_used_whatever_its_name() {
    let caracas = "BEGIN:VTIMEZONE\nTZID:Hora legal\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:-0430\n\
        TZOFFSETTO:-0430\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:a\n\
        DTSTART;TZID=Hora legal:20150715T090000\nDURATION:PT1H\nEND:VEVENT";
    let found = calendar(caracas).events.remove(0);
    assert_eq!(utc(&found.start), "2015-07-15T13:30:00Z");
    assert_eq!(utc(&found.end), "2015-07-15T14:30:00Z");
    assert_eq!(texts(&found), [""; 0]);
    let council = format!(
        "{GROUPWISE}BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Mitteleurop\u{e4}ische Zeit :20260701T170000\nEND:VEVENT"
    );
    assert_eq!(utc(&calendar(&council).events[0].start), "2026-07-01T15:00:00Z");
    // A name that is known means what the file says.
    let manila = "BEGIN:VTIMEZONE\nTZID:Asia/Manila\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0700\n\
        TZOFFSETTO:+0700\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:a\n\
        DTSTART;TZID=Asia/Manila:20260715T090000\nRRULE:FREQ=WEEKLY\nEND:VEVENT";
    let found = calendar(manila).events.remove(0);
    assert_eq!(utc(&found.start), "2026-07-15T02:00:00Z");
    let Moment::Time(start) = &found.start else { panic!("a time") };
    assert!(!is_defined(start.time_zone()), "a known zone keeps that time");
}

#[test]
fn years_before_a_definition_are_those_of_the_known_name() {
    let text = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:20251026T030000\nTZOFFSETFROM:+0200\n\
        TZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:a\n\
        DTSTART;TZID=Europe/Berlin:20200115T090000\nEND:VEVENT";
    assert_eq!(utc(&calendar(text).events[0].start), "2020-01-15T08:00:00Z");
}

#[test]
fn every_zone_is_right_under_a_name_of_nobody() {
    const YEARS: [i16; 4] = [1995, 2005, 2016, 2026];
    let mut count = 0;
    for name in jiff::tz::db().available() {
        let Ok(zone) = TimeZone::get(name.as_str()) else { continue };
        let locals: Vec<_> =
            YEARS.iter().flat_map(|year| [1, 7].map(|month| date(*year, month, 15).at(9, 0, 0, 0))).collect();
        let mut lines = LineWriter::default();
        write_zone(&mut lines, &zone, "Zone of nobody", 1994, 2027);
        let mut text = format!("BEGIN:VCALENDAR\r\n{}", String::from_utf8(lines.into_bytes()).unwrap());
        for (place, local) in locals.iter().enumerate() {
            let written = local.strftime("%Y%m%dT%H%M%S");
            text.push_str(&format!(
                "BEGIN:VEVENT\r\nUID:{place}\r\nDTSTART;TZID=Zone of nobody:{written}\r\nEND:VEVENT\r\n"
            ));
        }
        text.push_str("END:VCALENDAR\r\n");
        let read = read(text.as_bytes(), &fallback()).unwrap();
        for (event, local) in read.events.iter().zip(&locals) {
            let right = local.to_zoned(zone.clone()).unwrap().timestamp();
            assert_eq!(utc(&event.start), right.to_string(), "{} at {local}", name.as_str());
            assert_eq!(event.remarks, []);
        }
        count += 1;
    }
    assert!(count > 590, "{count} zones");
}

#[test]
fn series_that_no_zone_fits_keeps_the_defined_one() {
    let text = "BEGIN:VTIMEZONE\nTZID:Odd\nBEGIN:STANDARD\nDTSTART:20001025T020000\nTZOFFSETFROM:+0217\n\
        TZOFFSETTO:+0117\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
        DTSTART:20000329T010000\nTZOFFSETFROM:+0117\nTZOFFSETTO:+0217\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n\
        END:DAYLIGHT\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:a\nDTSTART;TZID=Odd:20260701T170000\nRRULE:FREQ=WEEKLY\n\
        END:VEVENT";
    let found = calendar(text).events.remove(0);
    let Moment::Time(start) = &found.start else { panic!("a time") };
    assert!(is_defined(start.time_zone()));
    assert_eq!(utc(&found.start), "2026-07-01T14:43:00Z");
}

#[test]
fn guessed_zone_is_told_with_its_line() {
    let found = event("UID:a\nDTSTART;TZID=Somewhere:20260701T170000");
    assert_eq!(found.remarks.len(), 1);
    assert_eq!(found.remarks[0].line, 5);
    assert!(found.remarks[0].text.contains("Somewhere") && found.remarks[0].text.contains("Asia/Manila"));
}

#[test]
fn events_of_one_uid_on_different_days_are_all_read() {
    let bins: String = (12..=14)
        .map(|day| {
            format!("BEGIN:VEVENT\nUID:bin\nSUMMARY:Grey bin\nDTSTART;VALUE=DATE:202607{day}\nEND:VEVENT\n")
        })
        .collect();
    assert_eq!(calendar(bins.trim_end()).events.len(), 3);
}

#[test]
fn time_is_meant_where_the_line_says_date() {
    let doors = "X-WR-TIMEZONE:Europe/Helsinki\nBEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260804T120000\n\
        DTEND;VALUE=DATE:20260804T130000\nEND:VEVENT";
    let found = calendar(doors).events.remove(0);
    assert_eq!(
        (utc(&found.start), utc(&found.end)),
        ("2026-08-04T09:00:00Z".into(), "2026-08-04T10:00:00Z".into())
    );
    assert_eq!(utc(&event("UID:a\nDTSTART;VALUE=DATE:20260804T000000").start), "2026-08-04");
}

#[test]
fn components_without_an_end_hide_nothing() {
    let todos: String = (0..9).map(|number| format!("BEGIN:VTODO\nUID:t{number}\nEND:VTOOD\n")).collect();
    let text = format!("{todos}BEGIN:VEVENT\nUID:a\nSUMMARY:Lost\nDTSTART:20261218T220000Z\nEND:VEVENT");
    let read = calendar(&text);
    assert_eq!(read.events.len(), 1);
    assert_eq!(read.skipped_count, 9);
    assert!(!read.is_cut_off);
    let open =
        calendar("BEGIN:VEVENT\nUID:a\nDTSTART:20261218\nBEGIN:VEVENT\nUID:b\nDTSTART:20261219\nEND:VEVENT");
    assert_eq!(open.events.len(), 2);
    assert_eq!(texts(&open.events[0]), ["Its end is missing in the file."]);
}

#[test]
fn further_rules_are_kept_apart() {
    let found = event(
        "UID:a\nDTSTART:20260706T100000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2\nRRULE:FREQ=MONTHLY;BYMONTHDAY=15;COUNT=2\n\
         EXRULE:FREQ=YEARLY",
    );
    assert_eq!(found.rrule.as_deref(), Some("FREQ=WEEKLY;BYDAY=MO;COUNT=2"));
    assert_eq!(found.further_rules, ["FREQ=MONTHLY;BYMONTHDAY=15;COUNT=2"]);
    assert_eq!(found.exclusion_rules, ["FREQ=YEARLY"]);
}

#[test]
fn birthdays_of_1604_are_read() {
    let found = event("UID:a\nDTSTART;VALUE=DATE:16041215\nRRULE:FREQ=YEARLY");
    assert_eq!(utc(&found.start), "1604-12-15");
}

#[test]
fn vcalendar_of_the_nineties_is_read() {
    let text = "BEGIN:VEVENT\nUID:a\nSUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Fiesta sa Ni=C3=B1o, =\n\
        lahat=0D=0Akayo\nDTSTART:20260706T080000Z\nRRULE:W1 MO #4\nEXDATE:20260713T080000Z;20260720T080000Z\nEND:VEVENT";
    let found = calendar(text).events.remove(0);
    assert_eq!(found.summary, "Fiesta sa Ni\u{f1}o, lahat kayo");
    assert_eq!(found.rrule.as_deref(), Some("FREQ=WEEKLY;BYDAY=MO;COUNT=4"));
    assert_eq!(found.exdates.len(), 2);
    assert_eq!(found.remarks.len(), 1);
}

#[test]
fn file_made_to_hurt_is_read() {
    let observance = "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n\
        RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\nEND:STANDARD\n";
    let zones: String = (0..60)
        .map(|zone| format!("BEGIN:VTIMEZONE\nTZID:Zone {zone}\n{}END:VTIMEZONE\n", observance.repeat(50)))
        .collect();
    let event = "BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Zone 0:20260701T170000\nRRULE:FREQ=WEEKLY\nRDATE;TZID=Zone 0:99000101T000000\n\
        END:VEVENT";
    assert_eq!(utc(&calendar(&format!("{zones}{event}")).events[0].start), "2026-07-01T15:00:00Z");
}
