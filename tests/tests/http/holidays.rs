//! Holidays: calculated once per year without overwriting manual changes, adjusted by moon sightings; days with Hijri
//! dates.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Client, on_both_engines};
use serde_json::{Value, json};

const HOLIDAYS: &str = "/api/v1/holidays";
const ADJUSTMENTS: &str = "/api/v1/hijri-adjustments";

fn compute(client: &Client, year: i32) -> Value {
    client.post(&format!("{HOLIDAYS}/compute"), &json!({ "year": year })).expect_status(200).json
}

/// Returns the holidays of a year, sorted by key.
fn of_year(client: &Client, year: i32) -> Vec<Value> {
    let list = format!("{HOLIDAYS}?date_from={year}-01-01&date_to={year}-12-31&limit=100");
    client.get(&list).expect_status(200).json["items"].as_array().unwrap().clone()
}

fn keyed(client: &Client, year: i32, key: &str) -> Value {
    let found = of_year(client, year);
    found.iter().find(|holiday| holiday["key"] == key).unwrap_or_else(|| panic!("no {key}")).clone()
}

fn one(record: &Value) -> String {
    format!(
        "/api/v1/{}/{}",
        if record["kind"] == "holiday" { "holidays" } else { "hijri-adjustments" },
        record["id"].as_str().unwrap()
    )
}

fn days(client: &Client, start: &str, end: &str) -> Vec<Value> {
    let answer = client.get(&format!("/api/v1/calendar/dates?start={start}&end={end}")).expect_status(200);
    answer.json["days"].as_array().unwrap().clone()
}

on_both_engines! {
    fn year_is_calculated_once(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let first = compute(&coordinator, 2040);
        assert!(first["created"].as_i64().unwrap() >= 26, "{first}");
        let again = compute(&coordinator, 2040);
        assert_eq!((&again["created"], &again["updated"]), (&json!(0), &json!(0)));
        assert_eq!(again["kept"], first["created"]);
        assert_eq!(keyed(&coordinator, 2040, "national_heroes-2040")["date"], "2040-08-27");
        assert_eq!(keyed(&coordinator, 2040, "good_friday-2040")["holiday_type"], "regular");
    }

    fn years_around_today_exist_from_the_start(server: &Server) {
        let staff = server.as_role("staff");
        // The harness removes them after the first start.
        server.app().database().write(|tx| tx.execute("DELETE FROM settings WHERE name = 'seed-holidays'", &[])).unwrap();
        server.app().prepare().unwrap();
        let year = i32::from(server.app().today().year());
        for year in year - 1..=year + 2 {
            assert!(of_year(&staff, year).len() >= 26, "{year}");
        }
    }

    fn calculation_never_overwrites_manual_changes(server: &Server) {
        let coordinator = server.as_role("coordinator");
        compute(&coordinator, 2040);
        let estimated = of_year(&coordinator, 2040).into_iter().find(|holiday| holiday["is_estimated"] == true).unwrap();
        let moved = coordinator.patch(&one(&estimated), &json!({ "date": "2040-06-20" })).expect_status(200).json;
        assert_eq!((&moved["is_estimated"], &moved["source"]), (&json!(false), &json!("manual")));
        let rizal = keyed(&coordinator, 2040, "rizal-2040");
        coordinator.delete(&one(&rizal)).expect_status(204);
        let named = keyed(&coordinator, 2040, "edsa-2040");
        coordinator.patch(&one(&named), &json!({ "holiday_type": "special_non_working" })).expect_status(200);
        let noted = keyed(&coordinator, 2040, "valor-2040");
        let noted = coordinator.patch(&one(&noted), &json!({ "notes": "Proclamation 727" })).expect_status(200).json;
        assert_eq!(noted["source"], "computed", "a note does not make it a person's own");
        let again = compute(&coordinator, 2040);
        assert_eq!((&again["created"], &again["updated"]), (&json!(0), &json!(0)));
        assert_eq!(coordinator.get(&one(&estimated)).json["date"], "2040-06-20");
        assert_eq!(coordinator.get(&one(&named)).json["holiday_type"], "special_non_working");
        assert!(!coordinator.get(&one(&rizal)).json["archived_at"].is_null());
        // After undo, the calculation applies to it again.
        let undone = coordinator.post(&format!("{}/undo", one(&estimated)), &json!({})).expect_status(200).json;
        assert_eq!((&undone["is_estimated"], &undone["source"]), (&json!(true), &json!("computed")));
    }

    fn islamic_holidays_follow_adjustments_until_confirmed(server: &Server) {
        let coordinator = server.as_role("coordinator");
        compute(&coordinator, 2031);
        let (fitr, adha) = (keyed(&coordinator, 2031, "eid_fitr-1452h"), keyed(&coordinator, 2031, "eid_adha-1452h"));
        assert_eq!((&fitr["date"], &adha["date"]), (&json!("2031-01-24"), &json!("2031-04-02")));
        let said = json!({ "year": 1452, "month": "shawwal", "days": 1 });
        let adjustment = coordinator.post(ADJUSTMENTS, &said).expect_status(201).json;
        assert_eq!(adjustment["title"], "Shawwal 1452: 1 day later");
        assert_eq!(coordinator.get(&one(&fitr)).json["date"], "2031-01-25");
        assert_eq!(coordinator.get(&one(&adha)).json["date"], "2031-04-02", "another month");
        assert_eq!(days(&coordinator, "2031-01-25", "2031-01-26")[0]["hijri"]["text"], "1 Shawwal 1452 AH");
        // An adjustment of the whole year leaves the confirmed month as it is.
        coordinator.post(ADJUSTMENTS, &json!({ "year": 1452, "days": -1 })).expect_status(201);
        assert_eq!(coordinator.get(&one(&fitr)).json["date"], "2031-01-25");
        assert_eq!(coordinator.get(&one(&adha)).json["date"], "2031-04-01");
        coordinator.patch(&one(&adha), &json!({ "date": "2031-04-03" })).expect_status(200);
        coordinator.delete(&one(&adjustment)).expect_status(204);
        assert_eq!(coordinator.get(&one(&fitr)).json["date"], "2031-01-23", "now the year counts");
        assert_eq!(coordinator.get(&one(&adha)).json["date"], "2031-04-03", "a person said so");
        let refused = coordinator.post(ADJUSTMENTS, &json!({ "year": 1452, "days": 3 })).expect_status(422);
        assert_eq!(refused.errors("field"), ["days"]);
    }

    fn every_day_of_a_window_has_its_hijri_date(server: &Server) {
        let coordinator = server.as_role("coordinator");
        compute(&coordinator, 2030);
        let long = json!({ "name": "Kalilang festival", "date": "2030-12-23", "end_date": "2030-12-24", "holiday_type": "local" });
        coordinator.post(HOLIDAYS, &long).expect_status(201);
        let partner = server.as_role("partner");
        let found = days(&partner, "2030-12-20", "2031-01-02");
        assert_eq!(found.len(), 13);
        let of = |date: &str| found.iter().find(|day| day["date"] == date).unwrap();
        assert_eq!((&of("2030-12-20")["weekday"], &of("2030-12-20")["is_off"]), (&json!("friday"), &json!(false)));
        assert_eq!((&of("2030-12-21")["is_weekend"], &of("2030-12-21")["is_off"]), (&json!(true), &json!(true)));
        let names = |date: &str| -> Vec<String> {
            of(date)["holidays"].as_array().unwrap().iter().map(|holiday| holiday["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names("2030-12-23"), ["Kalilang festival"]);
        assert_eq!(names("2030-12-24"), ["Kalilang festival", "Christmas Eve"]);
        assert!(names("2030-12-22").is_empty());
        assert_eq!(of("2030-12-25")["is_off"], true);
        assert_eq!(of("2030-12-25")["hijri"], json!({
            "year": 1452, "month": 8, "day": 29, "text": "29 Shaban 1452 AH", "text_short": "29 Sha",
        }));
        for (query, field) in [
            ("start=2030-12-20", "end"),
            ("start=2030-12-20&end=2030-12-20", "end"),
            ("start=2030-12-20&end=2032-12-20", "end"),
            ("start=x&end=2030-12-20", "start"),
            ("start=2030-12-20&end=2030-12-21&day=1", "day"),
        ] {
            let refused = partner.get(&format!("/api/v1/calendar/dates?{query}")).expect_status(400);
            assert_eq!(refused.errors("field"), [field], "{query}");
        }
    }

    fn holidays_are_visible_to_all_and_moved_by_coordinators(server: &Server) {
        let (coordinator, staff, partner) =
            (server.as_role("coordinator"), server.as_role("staff"), server.as_role("partner"));
        compute(&coordinator, 2041);
        for client in [&staff, &partner] {
            let feed = client.get("/api/v1/calendar?start=2041-12-01&end=2042-01-01&modules=holidays").expect_status(200).json;
            let titles: Vec<&str> = feed["entries"].as_array().unwrap().iter().map(|entry| entry["title"].as_str().unwrap()).collect();
            assert!(titles.contains(&"Rizal Day"), "{titles:?}");
            assert_eq!(feed["entries"][0]["editable"], false);
            client.post(&format!("{HOLIDAYS}/compute"), &json!({ "year": 2042 })).expect_status(403);
            client.patch(&one(&keyed(&coordinator, 2041, "rizal-2041")), &json!({ "date": "2041-12-29" })).expect_status(403);
        }
        let feed = coordinator.get("/api/v1/calendar?start=2041-12-01&end=2042-01-01&modules=holidays").json;
        let rizal = feed["entries"].as_array().unwrap().iter().find(|entry| entry["title"] == "Rizal Day").unwrap();
        let moved = json!({ "start": "2041-12-29" });
        coordinator.patch(&format!("/api/v1/calendar/entries/{}", rizal["id"].as_str().unwrap()), &moved).expect_status(200);
        assert_eq!(keyed(&coordinator, 2041, "rizal-2041")["source"], "manual");
    }

    fn invalid_year_is_refused(server: &Server) {
        let coordinator = server.as_role("coordinator");
        for (body, code) in [
            (json!({}), "required"),
            (json!({ "year": "2027" }), "type"),
            (json!({ "year": 1600 }), "range"),
            (json!({ "year": 99_999_999 }), "range"),
            (json!({ "year": 2027, "more": 1 }), "unknown_field"),
        ] {
            let refused = coordinator.post(&format!("{HOLIDAYS}/compute"), &body).expect_status(422);
            assert_eq!(refused.errors("code"), [code], "{body}");
        }
    }

    fn new_year_job_calculates_the_next_years(server: &Server) {
        let staff = server.as_role("staff");
        let job = obcms_app::handler("holidays").unwrap();
        assert!((job.run)(server.app(), &json!({})).is_ok());
        let year = i32::from(server.app().today().year());
        for year in year..=year + 2 {
            assert!(of_year(&staff, year).len() >= 26, "{year}");
        }
    }

    fn concurrent_calculations_create_no_duplicates(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let racers: Vec<_> = (0..4)
            .map(|_| {
                let client = coordinator.clone();
                std::thread::spawn(move || compute(&client, 2050))
            })
            .collect();
        let created: i64 = racers.into_iter().map(|racer| racer.join().unwrap()["created"].as_i64().unwrap()).sum();
        assert_eq!(i64::try_from(of_year(&coordinator, 2050).len()).unwrap(), created);
    }
}

/// The register page offers the calculation to authorized actors.
#[test]
fn page_calculates_a_year() {
    let server = obcms_tests::Server::start(obcms_tests::Engine::Sqlite);
    let staff = server.as_role("staff").get("/holidays?sort=date").expect_status(200).text;
    assert!(!staff.contains("/holidays/compute"));
    let person = server.person(&["coordinator"]);
    let opened = person.client.get("/holidays").expect_status(303).header("location").to_owned();
    let year = server.app().today().year();
    assert_eq!(opened, format!("/holidays?date_from={year}-01-01&date_to={year}-12-31"));
    let page = person.client.get(&opened).expect_status(200).text;
    for around in [year - 1, year + 1] {
        assert!(page.contains(&format!("date_from={around}-01-01")), "{around}");
    }
    assert!(page.contains("action=\"/holidays/compute\""));
}
