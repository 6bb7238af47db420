//! Reports: requested, made by a job, kept, in four formats, by schedules.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::io::Read;

use jiff::{Timestamp, ToSpan};
use obcms_app::jobs::run_next;
use obcms_app::{App, HANDLERS};
use obcms_domain::choices::REPORTS;
use obcms_tests::approval::{complete_ppa, enact};
use obcms_tests::{Browser, Client, Server, make, on_both_engines};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// Runs all jobs that are due.
fn run(app: &App) {
    while run_next(app, HANDLERS, "test").unwrap().is_some() {}
}

fn read(client: &Client, report: &Value) -> Value {
    client.get(&format!("/api/v1/reports/{}", id(report))).expect_status(200).json
}

/// Requests a report, has it made, and returns it.
fn made(server: &Server, client: &Client, body: &Value) -> Value {
    let asked = client.post("/api/v1/reports", body).expect_status(202).json;
    assert_eq!((&asked["state"], &asked["url"]), (&json!("queued"), &Value::Null), "{asked}");
    run(server.app());
    let report = read(client, &asked);
    assert_eq!((&report["state"], &report["progress"]), (&json!("done"), &json!(100)), "{report}");
    report
}

fn file(client: &Client, report: &Value) -> Vec<u8> {
    let url = report["url"].as_str().unwrap();
    client.get(url).expect_status(200).bytes
}

/// An enacted PPA of 2027 with 800 of 1000 pesos allotted, 500 obligated and 250 disbursed.
fn programme(server: &Server) -> Value {
    let maker = server.person(&["coordinator"]).client;
    let ppa = complete_ppa(&maker, "Kalusugan ng Ñuñez at مركز صحي", 1_000_00);
    enact(server, &maker, &ppa);
    let officer = server.as_role("budget_officer");
    for (kind, amount) in [("allocation", 800_00), ("obligation", 500_00), ("disbursement", 250_00)] {
        let body = json!({ "ppa": ppa["id"], "kind": kind, "amount_centavos": amount, "date": "2027-02-01" });
        officer.post("/api/v1/tranches", &body).expect_status(201);
    }
    ppa
}

on_both_engines! {
    fn each_report_is_made_in_each_format(server: &Server) {
        programme(server);
        let coordinator = server.as_role("coordinator");
        for report in REPORTS {
            for format in ["html", "pdf", "xlsx", "csv"] {
                let body = json!({ "report": report.value, "format": format, "fiscal_year": 2027 });
                let found = made(server, &coordinator, &body);
                let bytes = match format {
                    "html" => coordinator.get(found["url"].as_str().unwrap()).expect_status(200).bytes,
                    _ => file(&coordinator, &found),
                };
                let start: &[u8] = match format {
                    "pdf" => b"%PDF",
                    "xlsx" => b"PK",
                    "csv" => b"\xef\xbb\xbf",
                    _ => b"<!DOCTYPE html>",
                };
                assert!(bytes.starts_with(start), "{} as {format}", report.value);
            }
        }
    }

    fn figures_are_those_of_the_ledger(server: &Server) {
        programme(server);
        let officer = server.as_role("budget_officer");
        let csv = |body: Value| String::from_utf8(file(&officer, &made(server, &officer, &body))).unwrap();
        let text = csv(json!({ "report": "budget_execution", "format": "csv", "fiscal_year": 2027 }));
        for line in [
            "Enacted budget,1000.00", "Allotted,800.00", "Obligated,500.00", "Disbursed,250.00", "Obligation rate,62.5",
            "Disbursement rate,50", "Utilization,25", "Variance,-200.00",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert!(text.contains("Kalusugan ng Ñuñez at مركز صحي"), "{text}");
        // Another year has nothing.
        let text = csv(json!({ "report": "budget_execution", "format": "csv", "fiscal_year": 2026 }));
        assert!(text.contains("Enacted PPAs,0") && !text.contains("Kalusugan"), "{text}");
        let text = csv(json!({ "report": "budget_execution", "format": "csv", "fiscal_year": 2027, "sector": "education" }));
        assert!(text.contains("Sector,Education") && text.contains("Enacted PPAs,0"), "{text}");
        let text = csv(json!({ "report": "portfolio", "format": "csv" }));
        assert!(text.contains("Fiscal year,All years") && text.contains("Obligated,500.00"), "{text}");
    }

    fn a_report_is_kept_as_it_was(server: &Server) {
        let ppa = programme(server);
        let coordinator = server.as_role("coordinator");
        let report = made(server, &coordinator, &json!({ "report": "portfolio", "fiscal_year": 2027 }));
        assert_eq!(report["title"], "Portfolio, 2027");
        assert_eq!(report["created_by"], coordinator.get("/api/v1/me").expect_status(200).json["id"]);
        coordinator.patch(&format!("/api/v1/ppas/{}", id(&ppa)), &json!({ "title": "Renamed" })).expect_status(200);
        let page = Browser::of(server, "executive").page(report["url"].as_str().unwrap());
        assert!(page.contains("Kalusugan ng Ñuñez") && !page.contains("Renamed"), "{page}");
        // Running the job again makes no second file.
        run(server.app());
        let files = coordinator.get(&format!("/api/v1/reports/{}/files", id(&report))).expect_status(200).json;
        assert_eq!(files["items"].as_array().unwrap().len(), 1, "{files}");
    }

    fn reports_are_for_the_office(server: &Server) {
        let body = json!({ "report": "portfolio", "format": "csv" });
        server.as_role("partner").post("/api/v1/reports", &body).expect_status(403);
        server.anonymous().post("/api/v1/reports", &body).expect_status(401);
        let report = made(server, &server.as_role("staff"), &body);
        server.as_role("partner").get(&format!("/api/v1/reports/{}", id(&report))).expect_status(403);
        server.as_role("partner").get(report["url"].as_str().unwrap()).expect_status(403);
        server.as_role("executive").get(report["url"].as_str().unwrap()).expect_status(200);
        // Bad input is named by field.
        let staff = server.as_role("staff");
        for (body, field) in [
            (json!({}), "report"),
            (json!({ "report": "weather" }), "report"),
            (json!({ "report": "portfolio", "format": "docx" }), "format"),
            (json!({ "report": "portfolio", "fiscal_year": "soon" }), "fiscal_year"),
            (json!({ "report": "portfolio", "sector": "moon" }), "sector"),
            (json!({ "report": "portfolio", "region": "01890a5d-ac96-774b-bcce-b302099a8057" }), "region"),
            (json!({ "report": "portfolio", "colour": 1 }), "colour"),
        ] {
            assert_eq!(staff.post("/api/v1/reports", &body).expect_status(422).errors("field"), [field], "{body}");
        }
    }

    fn who_loses_the_right_gets_no_report(server: &Server) {
        let person = server.person(&["staff"]);
        let asked = person.client.post("/api/v1/reports", &json!({ "report": "portfolio" })).expect_status(202).json;
        let admin = server.as_role("admin");
        let user = person.client.get("/api/v1/me").expect_status(200).json["id"].as_str().unwrap().to_owned();
        admin.patch(&format!("/api/v1/users/{user}"), &json!({ "roles": ["partner"] })).expect_status(200);
        run(server.app());
        let report = read(&admin, &asked);
        assert_eq!(report["state"], "failed", "{report}");
        assert!(report["error"].as_str().unwrap().contains("may not make reports"), "{report}");
    }

    fn schedules_make_reports_at_their_times(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let body = json!({ "title": "Monthly", "report": "portfolio", "format": "csv", "cron": "0 6 1 * *", "year": "previous" });
        let schedule = make(&coordinator, "report-schedules", &body);
        // 6:00 of January 1 in Manila.
        assert_eq!(schedule["next_at"], "2026-12-31T22:00:00Z");
        run(server.app());
        let of_schedule = format!("/api/v1/reports?schedule={}", id(&schedule));
        let count = || coordinator.get(&of_schedule).expect_status(200).json["items"].as_array().unwrap().len();
        assert_eq!(count(), 0);
        let new_year: Timestamp = "2026-12-31T22:00:05Z".parse().unwrap();
        let (app, clock) = server.app_at(new_year);
        run(&app);
        assert_eq!(count(), 1);
        let report = coordinator.get(&of_schedule).expect_status(200).json["items"][0].clone();
        assert_eq!((&report["state"], &report["fiscal_year"]), (&json!("done"), &json!(2026)), "{report}");
        let read = coordinator.get(&format!("/api/v1/report-schedules/{}", id(&schedule))).expect_status(200).json;
        assert_eq!(read["next_at"], "2027-01-31T22:00:00Z");
        // An archived schedule makes nothing, a restored one goes on.
        let path = format!("/api/v1/report-schedules/{}", id(&schedule));
        coordinator.delete(&path).expect_status(204);
        clock.set(new_year + (40 * 24).hours());
        run(&app);
        assert_eq!(count(), 1);
        coordinator.post(&format!("{path}/restore"), &json!({})).expect_status(200);
        for (cron, field) in [("* * * * *", "cron"), ("daily", "cron"), ("0 25 * * *", "cron")] {
            assert_eq!(coordinator.patch(&path, &json!({ "cron": cron })).expect_status(422).errors("field"), [field]);
        }
        server.as_role("staff").post("/api/v1/report-schedules", &body).expect_status(403);
    }

    fn a_report_is_requested_on_a_page(server: &Server) {
        let browser = Browser::of(server, "executive");
        let list = browser.page("/reports");
        assert!(list.contains("/reports/request") && list.contains("Schedules"), "{list}");
        let form = browser.page("/reports/request");
        assert!(form.contains("Impact on needs") && form.contains("value=\"2026\""), "{form}");
        let refused = browser.send("/reports/request", &[("report", "portfolio"), ("format", "html"), ("fiscal_year", "soon")]);
        let refused = refused.expect_status(422);
        assert!(refused.text.contains("value=\"soon\"") && refused.text.contains("error-summary"), "{}", refused.text);
        let sent = browser.send("/reports/request", &[("report", "portfolio"), ("format", "html"), ("fiscal_year", "")]);
        let address = sent.expect_status(303).header("location").to_owned();
        assert!(browser.page(&address).contains("The report is being made"));
        run(server.app());
        let page = browser.page(&address);
        assert!(page.contains("PPAs that count") && page.contains("As PDF"), "{page}");
    }
}

/// The PDF is tagged, has the texts of the report, and shapes Arabic.
#[test]
fn pdf_is_tagged_and_has_its_texts() {
    let server = Server::start(obcms_tests::Engine::Sqlite);
    programme(&server);
    let coordinator = server.as_role("coordinator");
    let bytes =
        file(&coordinator, &made(&server, &coordinator, &json!({ "report": "portfolio", "format": "pdf" })));
    let text = String::from_utf8_lossy(&bytes);
    for mark in ["/MarkInfo", "/Marked true", "/StructTreeRoot", "/Lang", "pdfuaid"] {
        assert!(text.contains(mark), "{mark}");
    }
}

/// The workbook has a summary with charts and a sheet for each table, and its totals are formulas.
#[test]
fn workbook_has_charts_and_totals() {
    let server = Server::start(obcms_tests::Engine::Sqlite);
    programme(&server);
    let maker = server.as_role("coordinator");
    complete_ppa(&maker, "Education", 500_00);
    let bytes = file(
        &maker,
        &made(&server, &maker, &json!({ "report": "portfolio", "format": "xlsx", "fiscal_year": 2027 })),
    );
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let book = part("xl/workbook.xml");
    for sheet in ["Summary", "Sectors", "Funding sources", "Regions", "PPAs"] {
        assert!(book.contains(&format!("name=\"{sheet}\"")), "{book}");
    }
    assert!(part("xl/charts/chart1.xml").contains("barChart"));
    assert!(part("xl/worksheets/sheet5.xml").contains("SUBTOTAL(109,F2:F3)"));
}
