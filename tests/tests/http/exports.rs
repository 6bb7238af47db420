//! Files for people: labels, names, pesos and dates, and their way back by an import with preview.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_app::records::create;
use obcms_app::records::transfer::{Form, Table};
use obcms_app::{Actor, AppError, UnitOfWork};
use obcms_domain::kinds::{self, PPA, REGISTRY, TASK, TRANCHE};
use obcms_domain::registry::Kind;
use obcms_tests::approval::{complete_ppa, enact};
use obcms_tests::{Browser, Client, Server, make, on_both_engines, sample};
use serde_json::{Value, json};

use crate::files::{all, counts, import, upload, workbook};

/// Creates a record for every field that people may give, each with that field, as far as the rules of the kind allow.
/// Returns how many there are.
fn fill(server: &Server, kind: &'static Kind, number: u32) -> usize {
    let mut made = 0;
    for (place, field) in kind.inputs().enumerate() {
        let number = number + u32::try_from(place).unwrap();
        let mut input = sample::minimal(server, kind, number);
        input.entry(field.name).or_insert_with(|| sample::value(server, field, number));
        let outcome = server.app().write(&Actor::program(), |work: &mut UnitOfWork<'_, '_>| {
            create(work, kind, &input)?;
            Ok::<_, AppError>(())
        });
        made += usize::from(outcome.is_ok());
    }
    made
}

/// Returns the lines of a CSV without the mark of UTF-8.
fn csv(client: &Client, address: &str) -> Vec<String> {
    let text = client.get(address).expect_status(200).text;
    text.strip_prefix('\u{feff}').expect("the mark of UTF-8").lines().map(str::to_owned).collect()
}

/// Returns the errors of a preview as cell, column, value and message.
fn errors(answer: &Value) -> Vec<(&str, &str, &str, &str)> {
    answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            let member = |name: &str| error[name].as_str().unwrap();
            (member("cell"), member("column"), member("value"), member("message"))
        })
        .collect()
}

on_both_engines! {
    fn every_kind_returns_unchanged_from_a_file_for_people(server: &Server) {
        let client = server.as_role("admin");
        let mut filled = 0;
        for (kind, number) in REGISTRY.into_iter().filter(|kind| kind.writable).zip((1..).map(|place| place * 100)) {
            filled += fill(server, kind, number);
            let before = all(&client, kind);
            assert!(!before.is_empty(), "{kind:?}");
            let address = format!("/api/v1/{}/export.csv", kind.collection);
            let text = client.get(&address).expect_status(200).text;
            let head = text.trim_start_matches('\u{feff}').lines().next().unwrap();
            assert!(head.ends_with(",ID"), "{head}");
            for (format, file) in [("csv", text.clone().into_bytes()), ("xlsx", workbook(server, kind, Form::People(None)))] {
                for dry_run in [true, false] {
                    let report = import(&client, kind, &file, dry_run).expect_status(200).json;
                    assert_eq!(report["errors"], json!([]), "{kind:?} {format}");
                    assert_eq!(counts(&report), (0, 0, before.len() as u64), "{kind:?} {format}: {report}");
                }
            }
            assert_eq!(all(&client, kind), before, "{kind:?}");
        }
        assert!(filled > 150, "only {filled} records were filled");
    }

    fn files_for_people_have_names_labels_pesos_and_dates(server: &Server) {
        let client = server.as_role("coordinator");
        let ministry = make(&client, "organizations", json!({ "name": "Ministry of Health" }));
        make(&client, "ppas", json!({
            "title": "Clean water", "category": "obc_request", "budget_allocation_centavos": 1_234_567_89, "fiscal_year": 2026,
            "start_date": "2026-12-15", "lead_organization": ministry["id"],
        }));
        let executive = server.as_role("executive");
        let columns = "title,category,budget_allocation_centavos,fiscal_year,start_date,lead_organization";
        let lines = csv(&executive, &format!("/api/v1/ppas/export.csv?columns={columns}"));
        assert_eq!(lines[0], "Title,Category,Budget,Fiscal year,Start,Lead organization");
        let category = PPA.field("category").map(|field| match field.data {
            obcms_domain::registry::FieldType::Choice(choices) => obcms_domain::choices::label(choices, "obc_request"),
            _ => panic!("a choice"),
        });
        let category = category.unwrap();
        let category = if category.contains(',') { format!("\"{category}\"") } else { category.to_owned() };
        assert_eq!(lines[1], format!("Clean water,{category},1234567.89,2026,2026-12-15,Ministry of Health"));
        assert_eq!(lines.len(), 2, "a CSV has no totals: {lines:?}");

        let table = Table::read(&workbook(server, &PPA, Form::People(Some(columns)))).unwrap();
        assert_eq!(table.head, ["Title", "Category", "Budget", "Fiscal year", "Start", "Lead organization"]);
        assert_eq!(table.rows[0].1[2..], ["1234567.89", "2026", "2026-12-15", "Ministry of Health"]);
        assert_eq!(table.rows[1].1[..3], ["Total", "", "1234567.89"], "{:?}", table.rows);

        // The name of the file tells the filter; the raw one is as before.
        let name = |address: &str| executive.get(address).expect_status(200).header("content-disposition").to_owned();
        let with_filter = name("/api/v1/ppas/export.xlsx?fiscal_year=2026");
        assert!(with_filter.contains("ppas-fiscal-year-2026-20"), "{with_filter}");
        let raw = name("/api/v1/ppas/export.csv?form=raw&fiscal_year=2026");
        assert!(raw.contains("\"ppas-20"), "{raw}");
    }

    fn form_and_columns_are_checked(server: &Server) {
        let client = server.as_role("coordinator");
        for (query, field) in [
            ("form=pretty", "form"), ("form=", ""), ("columns=title,shoe_size", "columns"), ("columns=title,title", "columns"),
            ("columns=secret", "columns"), ("form=raw&columns=title", "columns"), ("form=raw&form=raw", "form"),
        ] {
            for ending in ["csv", "xlsx"] {
                let answer = client.get(&format!("/api/v1/ppas/export.{ending}?{query}"));
                if field.is_empty() {
                    answer.expect_status(200);
                } else {
                    assert_eq!(answer.expect_status(400).errors("field"), [field], "{query}");
                }
            }
        }
        assert_eq!(csv(&client, "/api/v1/ppas/export.csv?columns=updated_at,title,created_by,id")[0], "Changed,Title,Created by,ID");
    }

    fn sheet_with_labels_is_imported(server: &Server) {
        let client = server.as_role("coordinator");
        let ministry = make(&client, "organizations", json!({ "name": "Bureau of Wells" }));
        let manager = server.person(&["staff"]);
        let manager_name = server.as_role("admin").get(&format!("/api/v1/users/{}", manager.id)).json["full_name"].as_str().unwrap().to_owned();
        let file = format!(
            "Title, category ,BUDGET,Fiscal year,Lead organization,Manager,Start\n\
             Clean water,Request of a community,\"₱1,234,567.89\",2026,bureau of WELLS,{manager_name},12/15/2026\n\
             Roads,obc_request,PHP 500,2026,,,15 Dec 2026\n"
        );
        let dry = import(&client, &PPA, file.as_bytes(), true).expect_status(200).json;
        assert_eq!((counts(&dry), &dry["errors"]), ((2, 0, 0), &json!([])));
        assert_eq!(all(&client, &PPA).len(), 0, "a preview saves nothing");
        import(&client, &PPA, file.as_bytes(), false).expect_status(200);
        let made = all(&client, &PPA);
        let water = made.iter().find(|ppa| ppa["title"] == "Clean water").unwrap();
        assert_eq!(water["budget_allocation_centavos"], 1_234_567_89);
        assert_eq!((&water["category"], &water["start_date"]), (&json!("obc_request"), &json!("2026-12-15")));
        assert_eq!((&water["lead_organization"], &water["manager"]), (&ministry["id"], &json!(manager.id)));
        let roads = made.iter().find(|ppa| ppa["title"] == "Roads").unwrap();
        assert_eq!((&roads["budget_allocation_centavos"], &roads["start_date"]), (&json!(500_00), &json!("2026-12-15")));
    }

    fn errors_name_cell_value_and_expectation(server: &Server) {
        let client = server.as_role("coordinator");
        for name in ["Peace office", "Peace office"] {
            make(&client, "organizations", json!({ "name": name }));
        }
        let file = "Title,Category,Budget,Start,Lead organization,Implementing organization\n\
                    One,request of a COMMUNITY,12 pesos,31/12/2026,Ministry of Helth,Peace office\n\
                    ,Party,1,2026-01-01,,\n";
        let answer = import(&client, &PPA, file.as_bytes(), true).expect_status(200).json;
        let found = errors(&answer);
        let cells: Vec<(&str, &str, &str)> = found.iter().map(|(cell, column, value, _)| (*cell, *column, *value)).collect();
        assert_eq!(cells, [
            ("C2", "Budget", "12 pesos"), ("D2", "Start", "31/12/2026"), ("E2", "Lead organization", "Ministry of Helth"),
            ("F2", "Implementing organization", "Peace office"), ("A3", "Title", ""), ("B3", "Category", "Party"),
        ]);
        let message = |cell: &str| found.iter().find(|error| error.0 == cell).unwrap().3;
        assert!(message("C2").contains("1,250,000.50"), "{}", message("C2"));
        assert!(message("D2").contains("month first"), "{}", message("D2"));
        assert!(message("E2").contains("Ministry of Health"), "{}", message("E2"));
        assert!(message("F2").starts_with("2 records have the name"), "{}", message("F2"));
        assert!(message("B3").contains("Request of a community"), "{}", message("B3"));
        assert_eq!(import(&client, &PPA, file.as_bytes(), false).expect_status(422).json["errors"], answer["errors"]);
        assert_eq!(all(&client, &PPA).len(), 0);

        let two = b"Title,Category,Budget,budget_allocation_centavos\nOne,Request of a community,1,100\n";
        let refused = import(&client, &PPA, two, true).expect_status(422);
        assert_eq!(refused.errors("code"), ["ambiguous"]);
        assert!(refused.text.contains("Budget and budget_allocation_centavos"), "{}", refused.text);
    }

    fn lists_of_names_and_links_are_read(server: &Server) {
        let client = server.as_role("coordinator");
        let ppa = make(&client, "ppas", json!({ "title": "Wells; pumps", "category": "obc_request" }));
        let event = make(&client, "events", json!({ "title": "Wells", "event_type": "meeting", "start": "2027-03-01T09:00:00+08:00" }));
        make(&client, "ppas", json!({ "title": "Wells", "category": "obc_request" }));
        let file = "Title,Belongs to,Related records\nOne,PPA: Wells,\"\"\"PPA: Wells; pumps\"\"; Event: wells\"\nTwo,Wells,\n";
        let answer = import(&client, &TASK, file.as_bytes(), true).expect_status(200).json;
        let found = errors(&answer);
        assert_eq!(found.iter().map(|error| error.0).collect::<Vec<_>>(), ["B3"], "{found:?}");
        let file = file.replace("Two,Wells,", "Two,Event: Wells,");
        import(&client, &TASK, file.as_bytes(), false).expect_status(200);
        let tasks = all(&client, &TASK);
        let one = tasks.iter().find(|task| task["title"] == "One").unwrap();
        assert_eq!(one["links"], json!([{ "kind": "ppa", "id": ppa["id"] }, { "kind": "event", "id": event["id"] }]));
        // Exported and imported again.
        let text = client.get("/api/v1/tasks/export.csv").expect_status(200).text;
        assert!(text.contains("PPA: Wells; pumps") && text.contains("Event: Wells"), "{text}");
        assert_eq!(counts(&import(&client, &TASK, text.as_bytes(), false).expect_status(200).json), (0, 0, tasks.len() as u64));
    }

    fn changed_cells_of_an_export_change_only_their_records(server: &Server) {
        let client = server.as_role("coordinator");
        for (title, budget) in [("One", 1_000_00), ("Two", 2_000_50)] {
            make(&client, "ppas", json!({ "title": title, "category": "obc_request", "budget_allocation_centavos": budget }));
        }
        let columns = Form::People(Some("title,budget_allocation_centavos,progress,id"));
        let table = Table::read(&workbook(server, &PPA, columns)).unwrap();
        let text = table.to_csv().unwrap().replace("2000.5,", "2500.75,");
        assert!(text.contains("\nTotal,3000.5,"), "{text}");
        let report = import(&client, &PPA, text.as_bytes(), false).expect_status(200).json;
        assert_eq!((counts(&report), &report["total_rows"]), ((0, 1, 1), &json!(1)), "{report}");
        assert_eq!(report["ignored_columns"], json!(["Progress"]));
        let two = all(&client, &PPA).into_iter().find(|ppa| ppa["title"] == "Two").unwrap();
        assert_eq!(two["budget_allocation_centavos"], 2_500_75);
    }

    fn days_of_events_are_inclusive_as_on_the_screen(server: &Server) {
        let client = server.as_role("coordinator");
        let file = "Title,Type,All day,Start,End\nFair,Meeting,Yes,2027-03-01,3 Mar 2027\nTalk,Meeting,No,2027-03-01 9:00 AM,2027-03-01 10:30\n";
        import(&client, &kinds::EVENT, file.as_bytes(), false).expect_status(200);
        let events = all(&client, &kinds::EVENT);
        let find = |title: &str| events.iter().find(|event| event["title"] == title).unwrap().clone();
        assert_eq!((&find("Fair")["start"], &find("Fair")["end"]), (&json!("2027-03-01"), &json!("2027-03-04")));
        assert_eq!(find("Talk")["end"], "2027-03-01T10:30:00+08:00");
        let lines = csv(&client, "/api/v1/events/export.csv?columns=title,start,end,id&sort=title");
        assert!(lines[1].starts_with("Fair,2027-03-01,2027-03-03,"), "{lines:?}");
        assert!(lines[2].starts_with("Talk,2027-03-01 09:00,2027-03-01 10:30,"), "{lines:?}");
        // A start that moves does not move the end of the row.
        let moved = lines.join("\n").replace("Talk,2027-03-01 09:00", "Talk,2027-03-01 08:00");
        let report = import(&client, &kinds::EVENT, moved.as_bytes(), false).expect_status(200).json;
        assert_eq!(counts(&report), (0, 1, 1), "{report}");
        let talk = all(&client, &kinds::EVENT).into_iter().find(|event| event["title"] == "Talk").unwrap();
        assert_eq!((&talk["start"], &talk["end"]), (&json!("2027-03-01T08:00:00+08:00"), &json!("2027-03-01T10:30:00+08:00")));
    }

    fn ledger_has_a_total_for_each_kind_of_entry(server: &Server) {
        let maker = server.person(&["coordinator"]).client;
        let ppa = complete_ppa(&maker, "Roads", 1_000_00);
        enact(server, &maker, &ppa);
        let officer = server.as_role("budget_officer");
        let file = "Date,PPA,Kind,Amount,Source document\n\
                    2027-02-01,Roads,Allotment,800.00,SARO 1\n\
                    2 Feb 2027,roads,Obligation,\"₱500.25\",ORS 1\n";
        import(&officer, &TRANCHE, file.as_bytes(), false).expect_status(200);
        let columns = Form::People(Some("title,date,ppa,kind,amount_centavos,id"));
        let table = Table::read(&workbook(server, &TRANCHE, columns)).unwrap();
        let sums: Vec<(&str, &str)> =
            table.rows.iter().map(|(_, cells)| (cells[0].as_str(), cells[4].as_str())).filter(|(label, _)| label.starts_with("Total")).collect();
        assert_eq!(sums, [("Total: Allotment", "800"), ("Total: Obligation", "500.25")], "{:?}", table.rows);
        let report = import(&officer, &TRANCHE, table.to_csv().unwrap().as_bytes(), true).expect_status(200).json;
        assert_eq!((counts(&report), &report["total_rows"]), ((0, 0, 2), &json!(2)), "{report}");
    }

    fn page_previews_and_imports_a_file(server: &Server) {
        let client = server.as_role("coordinator");
        let page = client.get("/ppas").expect_status(200).text;
        assert!(page.contains("/api/v1/ppas/export.xlsx?columns=title%2Cstatus%2C"), "the columns on the screen");
        for (list, collection) in [("/tasks?sort=title", "tasks"), ("/organizations?q=x", "organizations"), ("/tranches", "tranches")] {
            let text = client.get(list).expect_status(200).text;
            assert!(text.contains(&format!("/api/v1/{collection}/export.csv?")), "{list}");
        }
        assert!(server.as_role("admin").get("/admin/users").expect_status(200).text.contains("/api/v1/users/export.xlsx?"));
        let executive = server.as_role("executive").get("/ppas").expect_status(200).text;
        assert!(!executive.contains("%2Cid\""), "an id is only for those who may import");

        let browser = Browser::of(server, "coordinator");
        let send = |file: &[u8]| upload(&browser.client, "/ppas/import", file, &[("csrf_token", &browser.token)]);
        let good = "Title,Category,Budget,Progress\nRoads,Request of a community,₱5.00,3\n";
        let preview = send(good.as_bytes()).expect_status(200).text;
        for part in ["<dt>New</dt><dd>1</dd>", "Nothing is saved yet", "Progress.", "name=\"content\""] {
            assert!(preview.contains(part), "{part}: {preview}");
        }
        assert_eq!(all(&client, &PPA).len(), 0);
        let refused = send(good.replace("₱5.00", "five").as_bytes()).expect_status(422).text;
        for part in [">C2</td>", ">five</td>", "1,250,000.50"] {
            assert!(refused.contains(part), "{part}: {refused}");
        }
        assert!(!refused.contains("name=\"content\""), "a file with errors cannot be imported");
    }
}
