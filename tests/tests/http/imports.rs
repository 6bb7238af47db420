//! Import of files by people: preview of rows, probable duplicates, all errors at once, odd files.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_domain::kinds::{BOOKING, CEILING, EVENT, ORGANIZATION, PPA, TASK, TEAM, TRANCHE};
use obcms_domain::registry::Kind;
use obcms_tests::approval::{complete_ppa, enact};
use obcms_tests::{Answer, Browser, Client, make, on_both_engines};
use rust_xlsxwriter::{Format, Formula, Workbook};
use serde_json::{Value, json};

use crate::files::{all, counts, import, upload};

/// Imports a file; `duplicates` is `skip` or `create`.
fn import_with(client: &Client, kind: &Kind, file: &str, duplicates: &str) -> Answer {
    let path = format!("/api/v1/{}/import", kind.collection);
    upload(client, &path, file.as_bytes(), &[("duplicates", duplicates)])
}

/// Imports a file without its duplicates.
fn import_new(client: &Client, kind: &Kind, file: &str) -> Value {
    import_with(client, kind, file, "skip").expect_status(200).json
}

/// Returns the report of a dry run that leaves out duplicates.
fn preview(client: &Client, kind: &Kind, file: &str) -> Value {
    let path = format!("/api/v1/{}/import", kind.collection);
    let texts = [("duplicates", "skip"), ("dry_run", "true")];
    upload(client, &path, file.as_bytes(), &texts).expect_status(200).json
}

/// Returns a member that is a text.
fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}"))
}

/// Returns the members of a list of objects as texts.
fn texts<'a, const N: usize>(list: &'a Value, names: [&str; N]) -> Vec<[&'a str; N]> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| names.map(|name| text(item, name))).collect()
}

/// Returns outcome and title of the rows of a preview.
fn rows(report: &Value) -> Vec<[&str; 2]> {
    texts(&report["rows"], ["outcome", "title"])
}

/// Returns the numbers of duplicates and of those that are left out.
fn duplicates(report: &Value) -> (u64, u64) {
    (report["duplicates"].as_u64().unwrap(), report["skipped"].as_u64().unwrap())
}

on_both_engines! {
    fn preview_has_new_changed_and_unchanged_rows_with_their_values(server: &Server) {
        let client = server.as_role("coordinator");
        make(&client, "organizations", json!({ "name": "Bureau of Wells" }));
        let office = make(&client, "organizations", json!({ "name": "Office of Roads" }));
        let ppa = |title: &str| make(&client, "ppas", json!({
            "title": title, "category": "obc_request", "budget_allocation_centavos": 1_000_00, "lead_organization": office["id"],
        }));
        let (one, two) = (ppa("One"), ppa("Two"));
        let file = format!(
            "ID,Title,Category,Budget,Lead organization\n\
             {},One,Request of a community,\"₱2,500.50\",bureau of wells\n\
             {},Two,Request of a community,1000,Office of Roads\n\
             ,Three,Request of a community,1.25M,\n",
            text(&one, "id"), text(&two, "id"),
        );
        let report = preview(&client, &PPA, &file);
        assert_eq!((counts(&report), duplicates(&report)), ((1, 1, 1), (0, 0)), "{report}");
        assert_eq!(rows(&report), [["changed", "One"], ["unchanged", "Two"], ["new", "Three"]]);
        let cells = |row: usize| texts(&report["rows"][row]["cells"], ["column", "before", "after"]);
        assert_eq!(cells(0), [
            ["Budget", "₱1,000.00", "₱2,500.50"], ["Lead organization", "Office of Roads", "Bureau of Wells"],
        ]);
        assert_eq!(cells(1), [[""; 3]; 0]);
        assert_eq!(cells(2), [
            ["Title", "", "Three"], ["Category", "", "Request of a community"], ["Budget", "", "₱1,250,000.00"],
        ]);
        assert_eq!((&report["rows"][0]["id"], &report["rows"][2]["id"]), (&one["id"], &Value::Null));
        let done = import(&client, &PPA, file.as_bytes(), false).expect_status(200).json;
        assert_eq!((counts(&done), &done["rows"]), ((1, 1, 1), &Value::Null), "only a dry run lists rows");
    }

    fn long_files_are_cut_and_counted(server: &Server) {
        let client = server.as_role("coordinator");
        let mut file = "Title\n".to_owned();
        (0..130).for_each(|number| file.push_str(&format!("Row {number}\n")));
        let report = preview(&client, &TASK, &file);
        assert_eq!((counts(&report).0, rows(&report).len()), (130, 50));
        assert_eq!(rows(&report)[49], ["new", "Row 49"]);
        let browser = Browser::of(server, "coordinator");
        let page = upload(&browser.client, "/tasks/import", file.as_bytes(), &[("csrf_token", &browser.token)]);
        let page = page.expect_status(200).text;
        assert!(page.contains("Only the first 50 are listed. 80 more"), "{page}");
        assert!(page.contains("Row 49") && !page.contains("class=\"import-title\">Row 50"));
    }

    fn second_import_of_a_file_creates_nothing(server: &Server) {
        let client = server.as_role("coordinator");
        let file = "Title,Due,Description\nReport,2027-03-01,First\nreport,2027-03-01,Again\nReport,2027-04-01,Another day\n";
        let report = preview(&client, &TASK, file);
        assert_eq!(rows(&report), [["new", "Report"], ["duplicate", "report"], ["new", "Report"]]);
        assert_eq!(report["rows"][1]["duplicate"], json!({ "id": null, "row": 2 }));
        let first = import_new(&client, &TASK, file);
        assert_eq!((counts(&first), duplicates(&first)), ((2, 0, 0), (1, 1)), "{first}");

        let again = preview(&client, &TASK, file);
        assert_eq!((counts(&again), duplicates(&again)), ((0, 0, 0), (3, 3)), "{again}");
        let known = all(&client, &TASK).into_iter().find(|task| task["description"] == "First").unwrap();
        assert_eq!(again["rows"][0]["duplicate"], json!({ "id": known["id"], "row": null }));
        let second = import_new(&client, &TASK, file);
        assert_eq!((counts(&second), duplicates(&second), &second["undo"]), ((0, 0, 0), (3, 3), &Value::Null), "{second}");
        assert_eq!(all(&client, &TASK).len(), 2);

        // A program that says nothing gets what it sends.
        let third = import(&client, &TASK, file.as_bytes(), false).expect_status(200).json;
        assert_eq!((counts(&third), duplicates(&third)), ((3, 0, 0), (3, 0)), "{third}");
        assert_eq!(all(&client, &TASK).len(), 5);
        let wrong = import_with(&client, &TASK, file, "perhaps");
        assert_eq!(wrong.expect_status(400).errors("field"), ["duplicates"]);

        // An undone import can be imported again.
        client.post(text(&third, "undo"), &json!({})).expect_status(200);
        client.post(text(&first, "undo"), &json!({})).expect_status(200);
        assert_eq!(counts(&preview(&client, &TASK, file)), (2, 0, 0));
    }

    fn duplicates_are_found_by_what_tells_records_of_a_kind_apart(server: &Server) {
        let client = server.as_role("coordinator");
        for (kind, file, created) in [
            (&EVENT, "Title,Type,Start\nStaff meeting,Meeting,2027-03-01 9:00 AM\nStaff meeting,Meeting,2027-03-08 9:00 AM\n", 2),
            (&ORGANIZATION, "Name\nOffice of Wells\nOFFICE OF WELLS\n", 1),
            (&TEAM, "Name\nDrivers\nDrivers\nDrivers of the night\n", 2),
            (&PPA, "Title,Category,Fiscal year\nWells,Request of a community,2027\nWells,Request of a community,2028\n", 2),
        ] {
            let first = import_new(&client, kind, file);
            assert_eq!(counts(&first).0, created, "{kind:?}: {first}");
            let all = file.lines().count() as u64 - 1;
            let again = import_new(&client, kind, file);
            assert_eq!((counts(&again).0, duplicates(&again)), (0, (all, all)), "{kind:?}: {again}");
            assert!(rows(&preview(&client, kind, file)).iter().all(|row| row[0] == "duplicate"), "{kind:?}");
        }
        // A room cannot be booked twice: the second booking would be refused rather than skipped. One without a purpose
        // gets its name from who books.
        make(&client, "resources", json!({ "name": "Hall", "resource_type": "room" }));
        let file = "Purpose,Resource,Start,End\nHearing,Hall,2027-03-01 09:00,2027-03-01 10:00 AM\n\
                    ,Hall,2027-03-02 9:00 AM,2027-03-02 10:00 AM\nhearing,hall,2027-03-01 9:00 AM,2027-03-01 10:00 AM\n";
        let first = import_new(&client, &BOOKING, file);
        assert_eq!((counts(&first).0, duplicates(&first)), (2, (1, 1)), "{first}");
        let again = import_new(&client, &BOOKING, file);
        assert_eq!((counts(&again).0, duplicates(&again)), (0, (3, 3)), "{again}");
        let report = preview(&client, &BOOKING, file);
        assert_eq!(rows(&report), [["duplicate", "Hearing"], ["duplicate", "Booking"], ["duplicate", "hearing"]]);
        let cells = texts(&report["rows"][0]["cells"], ["column", "after"]);
        assert_eq!(cells[1..3], [["Resource", "Hall"], ["Start", "2027-03-01 9:00 AM"]], "as parsed: {report}");
        let other = import_with(&client, &BOOKING, &file.replace("Hearing", "Meeting"), "skip").expect_status(422);
        assert_eq!(other.json["errors"][0]["row"], 2, "{}", other.text);

        // A year, sector and source have one ceiling.
        let officer = server.as_role("budget_officer");
        let file = "Fiscal year,Sector,Funding source,Amount\n2029,Health,,500\n2029,,,1000\n2029,,,1000\n";
        for (created, skipped) in [(2, 1), (0, 3)] {
            let report = import_new(&officer, &CEILING, file);
            assert_eq!((counts(&report).0, duplicates(&report)), (created, (skipped, skipped)), "{report}");
        }
        import_with(&officer, &CEILING, &file.replace(",500", ",600"), "skip").expect_status(422);

        // A name that must be unique cannot be created anyway.
        let refused = import_with(&client, &TEAM, "Name\nDrivers\n", "create").expect_status(422);
        assert_eq!(refused.errors("code"), ["unique"]);

        // The title of a ledger entry is calculated: all its cells count.
        let maker = server.person(&["coordinator"]).client;
        let ppa = complete_ppa(&maker, "Roads", 1_000_00);
        enact(server, &maker, &ppa);
        let file = "Date,PPA,Kind,Amount,Source document\n2027-02-01,Roads,Allocation,800.00,SARO 1\n";
        // The same money twice would exceed the budget, and be refused rather than skipped.
        let other = file.replace("800.00,SARO 1", "100.00,SARO 2");
        for (file, created) in [(file, 1), (file, 0), (&other, 1)] {
            let report = import_new(&officer, &TRANCHE, file);
            assert_eq!(counts(&report).0, created, "{file}: {report}");
        }
    }

    fn all_errors_of_a_row_come_at_once(server: &Server) {
        let client = server.as_role("coordinator");
        make(&client, "organizations", json!({ "name": "Bureau of Wells" }));
        let file = "Title,Category,Budget,Fiscal year,Start,Target end,Lead organization\n\
                    ,Party,12 pesos,1999,2027-05-01,2027-01-01,Bureau of Wels\n\
                    Good,Request of a community,five,2027,2027-05-01,2027-01-01,\n";
        let report = preview(&client, &PPA, file);
        let found = texts(&report["errors"], ["cell", "column", "value", "code"]);
        let cells: Vec<&str> = found.iter().map(|error| error[0]).collect();
        assert_eq!(cells, ["A2", "B2", "C2", "D2", "F2", "G2", "C3", "F3"], "{found:?}");
        assert!(found.contains(&["C3", "Budget", "five", "type"]), "{found:?}");

        // The same of a row that changes a record.
        let known = make(&client, "ppas", json!({ "title": "Known", "category": "obc_request" }));
        let file = format!(
            "ID,Title,Budget,Start,Target end\n{},Known,five,2027-05-01,2027-01-01\n",
            text(&known, "id"),
        );
        let report = preview(&client, &PPA, &file);
        assert_eq!(texts(&report["errors"], ["cell"]), [["C2"], ["E2"]], "{report}");

        // All unknown names of one cell.
        let report = preview(&client, &TASK, "Title,Related records\nOne,PPA: Nowhere; Event: Never\n");
        let message = text(&report["errors"][0], "message");
        assert!(message.contains("Nowhere") && message.contains("Never"), "{message}");
    }

    fn unknown_headers_are_named_together_with_the_nearest(server: &Server) {
        let client = server.as_role("coordinator");
        let file = "Title,Category,Fiscal year,Budjet,Shoe size,Title\nOne,Request of a community,2027,5,4,x\n";
        let refused = import(&client, &PPA, file.as_bytes(), true).expect_status(422);
        assert_eq!(refused.errors("message"), [
            "Budjet (column D) is not a field of PPAs. Did you mean Budget?",
            "Shoe size (column E) is not a field of PPAs.",
            "Title is the header of columns A and F. Keep one of them.",
        ]);
        let browser = Browser::of(server, "coordinator");
        let page = upload(&browser.client, "/ppas/import", file.as_bytes(), &[("csrf_token", &browser.token)]);
        let page = page.expect_status(422).text;
        for message in refused.errors("message") {
            assert!(page.contains(&format!("<li>{message}</li>")), "{message}: {page}");
        }
    }

    fn odd_files_are_refused_with_a_reason(server: &Server) {
        let client = server.as_role("coordinator");
        let refused = |file: &[u8], part: &str| {
            for dry_run in [true, false] {
                let answer = import(&client, &TASK, file, dry_run);
                assert!([400, 422].contains(&answer.status), "{}: {}", answer.status, answer.text);
                assert!(answer.text.contains(part), "{part}: {}", answer.text);
            }
        };
        refused(b"", "not empty");
        refused(b"\n\n", "no header row");
        refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a workbook of the old format", ".xls");
        refused("Title\nGood\nPe\u{f1}a\n".chars().map(|letter| letter as u8).collect::<Vec<_>>().as_slice(), "line 3");
        refused(b"Title\nGood\0\n", "neither a workbook");
        refused(format!("Title\n{}", "x\n".repeat(100_000)).as_bytes(), "more than 5000 rows");
        refused(b"Title,\nOne,5\n", "Column B has values but no header");
        assert_eq!(counts(&preview(&client, &TASK, "Title,Due\n")), (0, 0, 0), "only headers");

        // What spreadsheets call Unicode text.
        let utf16: Vec<u8> = "\u{feff}Title\tDue\r\nPe\u{f1}a\t2027-03-01\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let report = import(&client, &TASK, &utf16, true).expect_status(200).json;
        assert_eq!(rows(&report), [["new", "Pe\u{f1}a"]]);

        // Empty lines are rows, here as in a spreadsheet.
        let report = preview(&client, &TASK, "Title,Progress\n\nOne,1\n\n\n\"Two\nlines\",x\n\nThree,y\n");
        assert_eq!(texts(&report["errors"], ["cell"]), [["A6"], ["B6"], ["B8"]], "{report}");
    }

    fn merged_cells_and_failed_formulas_are_errors(server: &Server) {
        let client = server.as_role("coordinator");
        let mut book = Workbook::new();
        let page = book.add_worksheet();
        for (column, header) in (0..).zip(["Title", "Progress", "Description"]) {
            page.write_string(0, column, header).unwrap();
        }
        page.merge_range(1, 0, 2, 0, "Both", &Format::new()).unwrap();
        page.write_formula(1, 1, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        page.write_formula(2, 2, Formula::new("=B9").set_result("#REF!")).unwrap();
        page.write_formula(3, 0, Formula::new("=\"Good\"").set_result("Good")).unwrap();
        let file = book.save_to_buffer().unwrap();
        let report = import(&client, &TASK, &file, true).expect_status(200).json;
        let found = texts(&report["errors"], ["cell", "value", "code"]);
        assert_eq!(found, [["B2", "#DIV/0!", "formula"], ["A3", "", "merged"], ["C3", "#REF!", "formula"]], "{report}");
        import(&client, &TASK, &file, false).expect_status(422);
        assert_eq!(all(&client, &TASK).len(), 0);
    }

    fn page_lets_the_person_decide_about_duplicates(server: &Server) {
        let client = server.as_role("coordinator");
        make(&client, "tasks", json!({ "title": "Known" }));
        let browser = Browser::of(server, "coordinator");
        let send = |file: Option<&str>, texts: &[(&str, &str)]| {
            let mut given = vec![("csrf_token", browser.token.as_str())];
            given.extend(texts);
            upload(&browser.client, "/tasks/import", file.unwrap_or_default().as_bytes(), &given)
        };
        let file = "Title\nKnown\nFresh\n";
        let page = send(Some(file), &[]).expect_status(200).text;
        for part in [
            "1 row is probably a duplicate", "value=\"skip\" checked", "value=\"create\"", "Existing record", "<dt>New</dt><dd>1</dd>",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        send(None, &[("content", file), ("duplicates", "skip")]).expect_status(303);
        assert_eq!(all(&client, &TASK).len(), 2);
        send(None, &[("content", file), ("duplicates", "create")]).expect_status(303);
        assert_eq!(all(&client, &TASK).len(), 4);
        assert!(send(None, &[]).expect_status(422).text.contains("Choose a file that is not empty."));
    }
}
