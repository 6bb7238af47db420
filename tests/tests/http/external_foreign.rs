//! Calendar files of other programs that are not quite as they should be: what is shown, and what is told.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Browser, Client, on_both_engines};
use serde_json::{Value as Json, json};
use ureq::http::Method;

const MAKE: &str = "/api/v1/external-calendars/from-file";

fn file(components: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\n{components}END:VCALENDAR\n")
        .replace('\n', "\r\n")
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nDTSTAMP:20260101T000000Z\n{lines}END:VEVENT\n")
}

/// Imports a file and returns the id of its calendar.
fn import(client: &Client, file: &str) -> String {
    let answer =
        client.send(Method::POST, MAKE, Some(("text/calendar", file.as_bytes().to_vec()))).expect_status(201);
    answer.json["calendar"]["id"].as_str().unwrap().to_owned()
}

/// Returns the instants, or days, of the entries of external calendars within some days.
fn starts(client: &Client, from: &str, to: &str) -> Vec<String> {
    let path = format!("/api/v1/calendar?start={from}&end={to}&modules=external");
    let answer = client.get(&path).expect_status(200).json;
    let mut starts: Vec<String> = answer["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let start = entry["start"].as_str().unwrap();
            start.parse::<jiff::Timestamp>().map_or_else(|_| start.to_owned(), |instant| instant.to_string())
        })
        .collect();
    starts.sort();
    starts
}

fn remarks(client: &Client, id: &str) -> Vec<(u64, String)> {
    let calendar = client.get(&format!("/api/v1/external-calendars/{id}")).expect_status(200).json;
    let list = calendar["remarks"].as_array().unwrap().clone();
    list.iter()
        .map(|remark: &Json| (remark["line"].as_u64().unwrap(), remark["text"].as_str().unwrap().to_owned()))
        .collect()
}

/// Zone with summer time whose offsets no place keeps.
const ODD: &str = "BEGIN:VTIMEZONE\nTZID:Odd\nBEGIN:STANDARD\nDTSTART:20001025T020000\nTZOFFSETFROM:+0217\n\
    TZOFFSETTO:+0117\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
    DTSTART:20000329T010000\nTZOFFSETFROM:+0117\nTZOFFSETTO:+0217\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n\
    END:DAYLIGHT\nEND:VTIMEZONE\n";

on_both_engines! {
    fn zone_of_the_file_is_used(server: &Server) {
        let client = server.as_role("coordinator");
        let caracas = "BEGIN:VTIMEZONE\nTZID:Hora legal\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:-0430\n\
            TZOFFSETTO:-0430\nEND:STANDARD\nEND:VTIMEZONE\n";
        let id = import(&client, &file(&format!(
            "{caracas}{}", event("UID:a\nSUMMARY:V\nDTSTART;TZID=Hora legal:20150715T090000\nDURATION:PT1H\n")
        )));
        assert_eq!(starts(&client, "2015-07-15", "2015-07-16"), ["2015-07-15T13:30:00Z"]);
        assert_eq!(remarks(&client, &id), []);
        import(&client, &file(&event(
            "UID:a\nSUMMARY:Call\nDTSTART;TZID=\"(UTC-05:00) Eastern Time (US & Canada)\":20260708T090000\nDURATION:PT1H\n"
        )));
        assert_eq!(starts(&client, "2026-07-08", "2026-07-09"), ["2026-07-08T13:00:00Z"]);
        // A series in a zone that no place keeps: right on both sides of summer time.
        let id = import(&client, &file(&format!(
            "{ODD}{}", event("UID:b\nSUMMARY:Odd\nDTSTART;TZID=Odd:20261012T170000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4\n")
        )));
        assert_eq!(
            starts(&client, "2026-10-10", "2026-11-10"),
            ["2026-10-12T14:43:00Z", "2026-10-19T14:43:00Z", "2026-10-26T15:43:00Z", "2026-11-02T15:43:00Z"]
        );
        assert!(remarks(&client, &id)[0].1.contains("written in UTC"));
    }

    fn guessed_zone_is_told_beside_the_event(server: &Server) {
        let coordinator = server.person(&["coordinator"]);
        let client = &coordinator.client;
        let id = import(client, &file(&event("UID:a\nSUMMARY:=Call\nDTSTART;TZID=Somewhere:20260708T090000\n")));
        let told = remarks(client, &id);
        assert_eq!((told.len(), told[0].0), (1, 8));
        assert!(told[0].1.contains("Somewhere"), "{told:?}");
        let shown = client.get(&format!("/api/v1/external-events?calendar={id}")).json["items"][0].clone();
        assert!(shown["remarks"].as_str().unwrap().starts_with("Line 8: The time zone"), "{shown}");
        let browser = Browser::sign_in(server, &coordinator).client;
        let page = browser.get(&format!("/external-calendars/{id}")).expect_status(200).text;
        assert!(page.contains("Somewhere") && page.contains("remarks.csv"));
        let page = browser.get(&format!("/external-events/{}", shown["id"].as_str().unwrap())).expect_status(200).text;
        assert!(page.contains("Somewhere"));
        let csv = browser.get(&format!("/external-calendars/{id}/remarks.csv")).expect_status(200).text;
        assert!(csv.contains("\n8,'=Call,a,"), "{csv}");
        // The next reading has other remarks.
        let better = file(&event("UID:a\nSUMMARY:Call\nDTSTART;TZID=Asia/Tokyo:20260708T090000\n"));
        let path = format!("/api/v1/external-calendars/{id}/import");
        client.send(Method::POST, &path, Some(("text/calendar", better.as_bytes().to_vec()))).expect_status(200);
        assert_eq!(remarks(client, &id), []);
    }

    fn events_with_one_uid_are_all_shown(server: &Server) {
        let client = server.as_role("coordinator");
        let bin = |day: u8| event(&format!("UID:bin\nSUMMARY:Grey bin\nDTSTART;VALUE=DATE:202607{day}\n"));
        let text = file(&[bin(12), bin(13), bin(14)].concat());
        let id = import(&client, &text);
        assert_eq!(starts(&client, "2026-07-10", "2026-07-20"), ["2026-07-12", "2026-07-13", "2026-07-14"]);
        let path = format!("/api/v1/external-calendars/{id}/import");
        let again = client.send(Method::POST, &path, Some(("text/calendar", text.as_bytes().to_vec()))).expect_status(200).json;
        assert_eq!((&again["unchanged"], &again["created"]), (&json!(3), &json!(0)));
        let fewer = file(&[bin(13), bin(14)].concat());
        let fewer = client.send(Method::POST, &path, Some(("text/calendar", fewer.as_bytes().to_vec()))).expect_status(200).json;
        assert_eq!((&fewer["unchanged"], &fewer["updated"], &fewer["removed"]), (&json!(2), &json!(0), &json!(1)));
    }

    fn later_exclusion_wins_over_an_older_override(server: &Server) {
        let client = server.as_role("coordinator");
        let series = |more: &str| event(&format!(
            "UID:a\nSUMMARY:Duty\nDTSTART;VALUE=DATE:20240729\nDTEND;VALUE=DATE:20240805\nRRULE:FREQ=WEEKLY;INTERVAL=3;BYDAY=MO\n{more}"
        ));
        let change = event(
            "UID:a\nSUMMARY:Duty\nDTSTART;VALUE=DATE:20240819\nDTEND;VALUE=DATE:20240822\nRECURRENCE-ID;VALUE=DATE:20240819\n\
             LAST-MODIFIED:20240729T132247Z\nSEQUENCE:1\n",
        );
        let old = series("LAST-MODIFIED:20240311T051101Z\nSEQUENCE:1\n");
        let new = series("EXDATE;VALUE=DATE:20240819\nLAST-MODIFIED:20240729T133342Z\nSEQUENCE:2\n");
        import(&client, &file(&[old, change, new].concat()));
        assert_eq!(starts(&client, "2024-07-25", "2024-09-30"), ["2024-07-29", "2024-09-09"]);
    }

    fn rules_are_mended_and_told(server: &Server) {
        let client = server.as_role("coordinator");
        let id = import(&client, &file(&event(
            "UID:a\nSUMMARY:Duty\nDTSTART;VALUE=DATE:20260706\nDTEND;VALUE=DATE:20260713\n\
             RRULE:FREQ=WEEKLY;UNTIL=20260930;COUNT=-1;INTERVAL=4;BYDAY=MO\n",
        )));
        assert_eq!(starts(&client, "2026-07-01", "2026-11-01"), ["2026-07-06", "2026-08-03", "2026-08-31", "2026-09-28"]);
        let told = remarks(&client, &id);
        assert_eq!((told.len(), told[0].0), (1, 10));
        assert!(told[0].1.contains("COUNT=-1") && told[0].1.contains("read as"), "{told:?}");
    }

    fn further_rules_and_rules_of_exclusions_are_written_out(server: &Server) {
        let client = server.as_role("coordinator");
        let id = import(&client, &file(&event(
            "UID:a\nSUMMARY:T\nDTSTART;TZID=Europe/London:20260706T100000\nDTEND;TZID=Europe/London:20260706T120000\n\
             RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3\nRRULE:FREQ=MONTHLY;BYMONTHDAY=15;COUNT=2\nEXRULE:FREQ=DAILY;INTERVAL=7;COUNT=2\n",
        )));
        assert_eq!(
            starts(&client, "2026-07-01", "2026-09-01"),
            ["2026-07-15T09:00:00Z", "2026-07-20T09:00:00Z", "2026-08-15T09:00:00Z"]
        );
        assert_eq!(remarks(&client, &id).len(), 2);
    }

    fn nothing_is_hidden_by_an_unclosed_component(server: &Server) {
        let client = server.as_role("coordinator");
        let todos: String = (0..9).map(|number| format!("BEGIN:VTODO\nUID:t{number}\nSUMMARY:todo\nEND:VTOOD\n")).collect();
        let id = import(&client, &file(&format!("{todos}{}", event("UID:a\nSUMMARY:Lost\nDTSTART:20261218T220000Z\n"))));
        assert_eq!(starts(&client, "2026-12-18", "2026-12-20"), ["2026-12-18T22:00:00Z"]);
        assert_eq!(remarks(&client, &id).len(), 9);
    }

    fn birthdays_of_1604_come_every_year(server: &Server) {
        let client = server.as_role("coordinator");
        import(&client, &file(&event(
            "UID:a\nSUMMARY:Birthday\nDTSTART;VALUE=DATE:16041215\nDTEND;VALUE=DATE:16041216\nRRULE:FREQ=YEARLY\n",
        )));
        assert_eq!(starts(&client, "2026-12-10", "2026-12-20"), ["2026-12-15"]);
    }

    fn endless_rules_with_a_far_end_are_read(server: &Server) {
        let client = server.as_role("coordinator");
        let id = import(&client, &file(&event(
            "UID:a\nSUMMARY:U\nDTSTART:20260701T080000Z\nRRULE:FREQ=WEEKLY;UNTIL=99991231T235959Z\n",
        )));
        assert_eq!(starts(&client, "2026-07-01", "2026-07-10"), ["2026-07-01T08:00:00Z", "2026-07-08T08:00:00Z"]);
        assert_eq!(remarks(&client, &id), []);
    }

    fn large_files_are_read(server: &Server) {
        let client = server.as_role("coordinator");
        let text = "Lorem ipsum ".repeat(1_600);
        let events: String = (0..400)
            .map(|number| event(&format!("UID:{number}\nSUMMARY:E{number}\nDTSTART:20260701T080000Z\nDESCRIPTION:{text}\n")))
            .collect();
        let text = file(&events);
        assert!(text.len() > 7_000_000, "{}", text.len());
        let id = import(&client, &text);
        assert_eq!(client.get(&format!("/api/v1/external-calendars/{id}")).json["event_count"], 400);
    }

    fn events_of_one_uid_are_together_wherever_they_stand(server: &Server) {
        let client = server.as_role("coordinator");
        let change = event(
            "UID:far\nSUMMARY:Far\nRECURRENCE-ID:20260702T080000Z\nDTSTART:20260702T100000Z\n",
        );
        let series = event("UID:far\nSUMMARY:Far\nDTSTART:20260701T080000Z\nRRULE:FREQ=DAILY;COUNT=2\n");
        // More than are saved at once stand between them.
        let others: String = (0..900)
            .map(|number| event(&format!("UID:{number}\nSUMMARY:E\nDTSTART:20260801T080000Z\n")))
            .collect();
        let nameless = event("SUMMARY:Nameless\nDTSTART:20260801T080000Z\n");
        let text = file(&[change, others, nameless, series].concat());
        let id = import(&client, &text);
        assert_eq!(starts(&client, "2026-07-01", "2026-07-10"), ["2026-07-01T08:00:00Z", "2026-07-02T10:00:00Z"]);
        assert_eq!(client.get(&format!("/api/v1/external-calendars/{id}")).json["event_count"], 902);
        // Another program writes the UID that was made up here, beside the event that has none.
        let uid = client.get("/api/v1/external-events?q=Nameless").json["items"][0]["uid"].clone();
        let named = format!("UID:{}\nSUMMARY:Named\nDTSTART:20260801T080000Z\n", uid.as_str().unwrap());
        let text = text.replace("END:VCALENDAR", &(event(&named).replace('\n', "\r\n") + "END:VCALENDAR"));
        let path = format!("/api/v1/external-calendars/{id}/import");
        let body = Some(("text/calendar", text.into_bytes()));
        let again = client.send(Method::POST, &path, body).expect_status(200).json;
        assert_eq!((&again["created"], &again["removed"]), (&json!(0), &json!(0)));
        assert_eq!(client.get(&format!("/api/v1/external-calendars/{id}")).json["event_count"], 902);
    }
}
