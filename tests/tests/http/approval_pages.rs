//! Pages of approval and money: forms for those who may, refusals that keep what was typed, the queue.
#![allow(clippy::inconsistent_digit_grouping)] // Pesos and centavos.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::approval::{self, complete_ppa, enact};
use obcms_tests::{Answer, Browser, Client, Server, make, on_both_engines};
use serde_json::{Value, json};

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// Person with a browser, and a client for calls of the API.
struct Someone {
    browser: Browser,
    client: Client,
}

impl Someone {
    fn of(server: &Server, role: &str) -> Self {
        let person = server.person(&[role]);
        Self { browser: Browser::sign_in(server, &person), client: person.client }
    }

    fn page(&self, path: &str) -> String {
        self.browser.page(path)
    }

    fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.browser.send(path, fields)
    }
}

fn ppa(maker: &Client, title: &str) -> Value {
    complete_ppa(maker, title, 1_000_00)
}

fn step(client: &Client, ppa: &Value, action: &str) {
    approval::step(client, ppa, action, "").expect_status(200);
}

fn tab(ppa: &Value, name: &str) -> String {
    format!("/ppas/{}?tab={name}", id(ppa))
}

fn approval_path(ppa: &Value) -> String {
    format!("/ppas/{}/approval", id(ppa))
}

/// Returns the actions that a page offers.
fn actions(page: &str) -> Vec<&str> {
    let parts = page.split("name=\"action\" value=\"").skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

/// Returns true if a page shows a checked checkbox of this value.
fn is_checked(page: &str, value: &str) -> bool {
    let tag = page.split("<input").find(|tag| tag.contains("checkbox") && tag.contains(value));
    tag.is_some_and(|tag| tag.split('>').next().unwrap_or_default().contains(" checked"))
}

on_both_engines! {
    fn each_role_gets_the_forms_of_its_stage(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let ppa = ppa(&maker.client, "Clinics");
        assert_eq!(actions(&maker.page(&tab(&ppa, "approval"))), ["submit"]);
        let staff = Someone::of(server, "staff");
        assert!(actions(&staff.page(&tab(&ppa, "approval"))).is_empty());
        maker.send(&approval_path(&ppa), &[("action", "submit"), ("seen", "draft")]).expect_status(303);
        let page = maker.page(&tab(&ppa, "approval"));
        assert_eq!(actions(&page), ["withdraw"], "the maker decides no stage");
        let stages = [
            ("coordinator", &["approve", "return", "reject"][..]),
            ("budget_officer", &["approve", "return", "reject"][..]),
            ("coordinator", &["approve", "return", "reject", "waive"][..]),
            ("executive", &["approve", "return", "reject"][..]),
            ("budget_officer", &["approve", "return", "reject"][..]),
        ];
        for (role, offered) in stages {
            let decider = Someone::of(server, role);
            let page = decider.page(&tab(&ppa, "approval"));
            assert_eq!(actions(&page), offered, "{role}");
            assert!(actions(&staff.page(&tab(&ppa, "approval"))).is_empty());
            decider.send(&approval_path(&ppa), &[("action", "approve"), ("comment", "Good")]).expect_status(303);
            assert!(staff.page(&tab(&ppa, "approval")).contains("<blockquote>Good</blockquote>"));
        }
        let page = maker.page(&tab(&ppa, "approval"));
        assert_eq!(actions(&page), ["revise"]);
        assert!(maker.page(&format!("{}/sheet", approval_path(&ppa))).contains("Signatures"));
    }

    fn refused_decision_keeps_the_comment(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let ppa = ppa(&maker.client, "Clinics");
        let officer = Someone::of(server, "budget_officer");
        step(&maker.client, &ppa, "submit");
        // No reason: 422 beside the field.
        let coordinator = Someone::of(server, "coordinator");
        let page = coordinator.send(&approval_path(&ppa), &[("action", "reject"), ("comment", " ")]).expect_status(422).text;
        assert!(page.contains("id=\"field-comment-error\""), "{page}");
        // Not their stage: 403 with the words.
        let page = officer.send(&approval_path(&ppa), &[("action", "approve"), ("comment", "Too <early>")]).expect_status(403).text;
        assert!(page.contains("Too &lt;early&gt;"));
        step(&coordinator.client, &ppa, "approve");
        // The stage moved on: 409, and the form shows the new one.
        let stale = [("action", "approve"), ("seen", "technical_review"), ("comment", "Mine")];
        let page = officer.send(&approval_path(&ppa), &stale).expect_status(409).text;
        assert!(page.contains("The approval moved on") && page.contains("\nMine</textarea>"), "{page}");
        // Corrections are kept with what is wrong in them.
        let wrong = [
            ("action", "approve"), ("seen", "budget_review"), ("comment", "Less"),
            ("shown_fields", "budget_allocation_centavos,obc_slots"),
            ("budget_allocation_centavos", "a lot"), ("obc_slots", "300"),
        ];
        let page = officer.send(&approval_path(&ppa), &wrong).expect_status(422).text;
        assert!(page.contains("value=\"a lot\"") && page.contains("id=\"field-budget_allocation_centavos-error\""));
        let corrected = wrong.map(|(name, value)| (name, if value == "a lot" { "0.8k" } else { value }));
        officer.send(&approval_path(&ppa), &corrected).expect_status(303);
        let saved = maker.client.get(&format!("/api/v1/ppas/{}", id(&ppa))).json;
        assert_eq!((&saved["budget_allocation_centavos"], &saved["obc_slots"]), (&json!(800_00), &json!(300)));
        assert!(maker.page(&tab(&ppa, "approval")).contains("<del>₱1,000.00</del>"));
    }

    fn missing_fields_link_to_the_form(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let bare = make(&maker.client, "ppas", json!({ "title": "Bare", "category": "moa_ppa" }));
        let page = maker.page(&tab(&bare, "approval"));
        assert!(page.contains(&format!("href=\"/ppas/{}/edit#field-sector\"", id(&bare))));
        let page = maker.send(&approval_path(&bare), &[("action", "submit"), ("comment", "Now")]).expect_status(409).text;
        assert!(page.contains("Fill in first: Sector") && page.contains("\nNow</textarea>"), "{page}");
        let request = make(&maker.client, "ppas", json!({ "title": "Request", "category": "obc_request" }));
        assert!(maker.page(&tab(&request, "approval")).contains("No budget approval"));
    }

    fn locked_figures_are_read_only_in_the_form(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let ppa = ppa(&maker.client, "Clinics");
        let form = format!("/ppas/{}/edit", id(&ppa));
        assert!(maker.page(&form).contains("name=\"budget_allocation_centavos\""));
        step(&maker.client, &ppa, "submit");
        let page = maker.page(&form);
        assert!(!page.contains("name=\"budget_allocation_centavos\"") && !page.contains("name=\"obc_slots\""));
        assert!(page.contains("Withdraw the submission before the first decision"));
        assert!(page.contains("name=\"title\"") && page.contains("Cannot be changed now") && page.contains("The budget approval locks the figures"));
        maker.send(&form, &[("shown_fields", "title,summary"), ("version", "2"), ("title", "Clinics"), ("summary", "Seven")]).expect_status(303);
        step(&maker.client, &ppa, "withdraw");
        assert!(maker.page(&form).contains("name=\"budget_allocation_centavos\""));
    }

    fn figure_typed_before_the_lock_is_shown_as_not_saved(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let ppa = ppa(&maker.client, "Clinics");
        let form = format!("/ppas/{}/edit", id(&ppa));
        step(&maker.client, &ppa, "submit");
        let fields = [
            ("shown_fields", "title,budget_allocation_centavos,sector"), ("version", "1"), ("title", "Clinics"),
            ("budget_allocation_centavos", "1,234.50"), ("sector", "education"),
        ];
        let page = maker.send(&form, &fields).expect_status(422).text;
        assert!(page.contains("Not saved: ₱1,234.50") && page.contains("Not saved: Education"), "{page}");
    }

    fn revision_shows_enacted_figures_beside_new_ones(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let ppa = ppa(&maker.client, "Clinics");
        enact(server, &maker.client, &ppa);
        let page = maker.send(&approval_path(&ppa), &[("action", "revise"), ("comment", "")]).expect_status(422).text;
        assert!(page.contains("Enter a reason."));
        maker.send(&approval_path(&ppa), &[("action", "revise"), ("comment", "Prices rose")]).expect_status(303);
        let body = json!({ "budget_allocation_centavos": 1_250_00 });
        maker.client.patch(&format!("/api/v1/ppas/{}", id(&ppa)), &body).expect_status(200);
        let page = maker.page(&tab(&ppa, "approval"));
        assert!(page.contains("₱1,000.00") && page.contains("₱1,250.00") && page.contains("+₱250.00"));
        assert_eq!(actions(&page), ["submit", "withdraw"]);
    }

    fn queue_approves_several_and_names_the_refused(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let officer = Someone::of(server, "budget_officer");
        make(&officer.client, "ceilings", json!({ "fiscal_year": 2027, "amount_centavos": 1_500_00 }));
        let ppas = [ppa(&maker.client, "First"), ppa(&maker.client, "Second")];
        let coordinator = Someone::of(server, "coordinator");
        for ppa in &ppas {
            step(&maker.client, ppa, "submit");
            step(&coordinator.client, ppa, "approve");
        }
        let page = officer.page("/approvals");
        assert!(page.contains("First") && page.contains("Second") && page.contains("Approve selected"));
        assert!(officer.page("/").contains("Waiting for my decision"));
        let page = maker.page("/approvals");
        assert!(page.contains("Nothing to decide"), "{page}");
        let page = maker.page("/approvals?tab=all");
        assert!(page.contains("First") && !page.contains("Approve selected"));
        let page = officer.send("/approvals/approve", &[("comment", "Together")]).expect_status(422).text;
        assert!(page.contains("Select at least one") && page.contains("value=\"Together\""));
        let item = |ppa: &Value| format!("{}:budget_review", id(ppa));
        let (first, second) = (item(&ppas[0]), item(&ppas[1]));
        let both = [("item", first.as_str()), ("item", second.as_str()), ("comment", "Together")];
        let page = officer.send("/approvals/approve", &both).expect_status(409).text;
        assert!(page.contains("1 not approved") && page.contains("The budget exceeds 2027"), "{page}");
        assert!(page.contains("value=\"Together\"") && is_checked(&page, &second));
        let stages: Vec<Value> = ppas
            .iter()
            .map(|ppa| officer.client.get(&format!("/api/v1/ppas/{}", id(ppa))).json["approval_stage"].clone())
            .collect();
        assert_eq!(stages, ["stakeholder_consultation", "budget_review"]);
        // Who may not decide is refused for each.
        let page = maker.send("/approvals/approve", &[("item", second.as_str()), ("row", id(&ppas[1]))]).expect_status(409).text;
        assert!(page.contains("1 not approved"));
    }

    fn entries_are_added_and_reversed_on_the_page(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let ppa = ppa(&maker.client, "Clinics");
        let officer = Someone::of(server, "budget_officer");
        assert!(officer.page(&tab(&ppa, "money")).contains("No enacted budget"));
        enact(server, &maker.client, &ppa);
        let entries = format!("/ppas/{}/entries", id(&ppa));
        let entry = |kind: &'static str, amount: &'static str| {
            let fields = [
                ("shown_fields", "kind,adjusts,amount_centavos,date,document,payee,uacs_code,remarks"),
                ("kind", kind), ("adjusts", ""), ("amount_centavos", amount), ("date", "2027-02-01"),
                ("document", "SARO 12"), ("payee", ""), ("uacs_code", ""), ("remarks", ""),
            ];
            officer.send(&entries, &fields)
        };
        let page = entry("allocation", "1.25k").expect_status(409).text;
        assert!(page.contains("Allotments must not exceed the enacted budget") && page.contains("value=\"1.25k\""), "{page}");
        let page = entry("allocation", "much").expect_status(422).text;
        assert!(page.contains("value=\"much\"") && page.contains("id=\"field-amount_centavos-error\""));
        assert!(page.contains("value=\"SARO 12\""));
        entry("allocation", "800.50").expect_status(303);
        let page = officer.page(&tab(&ppa, "money"));
        assert!(page.contains("₱800.50") && page.contains(&format!("href=\"/tranches?ppa={}\"", id(&ppa))));
        let listed = officer.client.get(&format!("/api/v1/tranches?ppa={}", id(&ppa))).json;
        let reverse = format!("/tranches/{}/reverse", id(&listed["items"][0]));
        let page = officer.send(&reverse, &[("comment", "")]).expect_status(422).text;
        assert!(page.contains("id=\"reversal\"") && page.contains("id=\"field-comment-error\""), "{page}");
        officer.send(&reverse, &[("comment", "Wrong PPA")]).expect_status(303);
        let page = officer.send(&reverse, &[("comment", "Once more")]).expect_status(409).text;
        assert!(page.contains("This entry was reversed already") && page.contains("value=\"Once more\""));
        let page = officer.page(&tab(&ppa, "money"));
        assert!(page.contains("−₱800.50") && page.contains("Reversed"));
        // Others see the ledger and no form.
        let staff = Someone::of(server, "staff");
        let page = staff.page(&tab(&ppa, "money"));
        assert!(!page.contains("Add entry") && !page.contains("#reversal"));
        staff.send(&entries, &[("kind", "allocation")]).expect_status(403);
    }

    fn stage_is_assigned_and_discussed_on_the_page(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let ppa = ppa(&maker.client, "Clinics");
        step(&maker.client, &ppa, "submit");
        let coordinator = server.person(&["coordinator"]);
        let decider = Someone { browser: Browser::sign_in(server, &coordinator), client: coordinator.client.clone() };
        let assignee = format!("{}/assignee", approval_path(&ppa));
        let chosen = coordinator.id.to_string();
        decider.send(&assignee, &[("assignee", &chosen)]).expect_status(303);
        let page = decider.page(&tab(&ppa, "approval"));
        assert!(page.contains(&format!("value=\"{chosen}\" selected")), "{page}");
        let maker_id = ppa["created_by"].as_str().unwrap();
        let refused = decider.send(&assignee, &[("assignee", maker_id)]).expect_status(422).text;
        assert!(refused.contains("did not create this PPA"), "{refused}");
        let comments = format!("{}/comments", approval_path(&ppa));
        decider.send(&comments, &[("text", "")]).expect_status(422);
        decider.send(&comments, &[("text", "Which clinics?")]).expect_status(303);
        assert!(maker.page(&tab(&ppa, "approval")).contains("Which clinics?"));
        let staff = Someone::of(server, "staff");
        let page = staff.page(&tab(&ppa, "approval"));
        assert!(page.contains("name=\"text\"") && !page.contains("name=\"assignee\""), "{page}");
    }

    fn delegate_sees_for_whom_they_decide(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let ppa = ppa(&maker.client, "Clinics");
        step(&maker.client, &ppa, "submit");
        let absent = server.person_with(json!({ "roles": ["coordinator"], "full_name": "Aisa Lidasan" }));
        let delegate = server.person(&["staff"]);
        let body = json!({ "delegate": delegate.id, "start_date": "2026-01-01", "end_date": "2026-12-31" });
        absent.client.post("/api/v1/delegations", &body).expect_status(201);
        let browser = Browser::sign_in(server, &delegate);
        let page = browser.page(&tab(&ppa, "approval"));
        assert_eq!(actions(&page), ["approve", "return", "reject"]);
        assert!(page.contains("You decide on behalf of"), "{page}");
        assert!(browser.page("/approvals").contains("Clinics"));
        browser.send(&approval_path(&ppa), &[("action", "approve"), ("seen", "technical_review")]).expect_status(303);
        let page = maker.page(&tab(&ppa, "approval"));
        assert!(page.contains("on behalf of Aisa Lidasan"), "{page}");
    }

    fn sheet_is_a_pdf_for_those_who_see_the_ppa(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let ppa = complete_ppa(&maker.client, "Clinics 🦩 in لامو", 1_000_00);
        enact(server, &maker.client, &ppa);
        let path = format!("{}/sheet.pdf", approval_path(&ppa));
        let sheet = maker.browser.client.get(&path).expect_status(200);
        assert_eq!(sheet.header("content-type"), "application/pdf");
        assert!(sheet.header("content-disposition").starts_with("attachment"));
        let other = server.person(&["partner"]);
        Browser::sign_in(server, &other).client.get(&path).expect_status(404);
    }

    fn address_of_a_form_leads_to_its_page(server: &Server) {
        let maker = Someone::of(server, "coordinator");
        let ppa = ppa(&maker.client, "Clinics");
        let page = maker.browser.client.with_header("accept", "text/html");
        let answer = page.get(&approval_path(&ppa));
        assert_eq!((answer.status, answer.header("location")), (303, format!("/ppas/{}", id(&ppa)).as_str()));
        // Programs are told that the method is wrong.
        maker.client.get(&approval_path(&ppa)).expect_status(405);
    }
}
