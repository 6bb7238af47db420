//! Random sequences of decisions, edits, ledger entries, reversals and undo, compared with a model after every step.

use obcms_tests::approval::{complete_ppa, step};
use obcms_tests::{Client, Server, make, on_both_engines};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::{assert_limits, id, sums};

/// Most that the ceiling of the year lets pass, in centavos.
const CEILING: i64 = 3_000_00;
/// Stages of a round, in order.
const STAGES: [&str; 5] =
    ["technical_review", "budget_review", "stakeholder_consultation", "executive_approval", "enactment"];
const PARTS: [&str; 3] = ["allocation", "obligation", "disbursement"];

/// Naive model of a PPA, its approval and its ledger.
#[derive(Clone, Debug)]
struct Model {
    /// Name of the state.
    state: &'static str,
    /// Budget on the PPA.
    budget: i64,
    /// Budget in force.
    enacted: Option<i64>,
    /// Sums by part.
    sums: [i64; 3],
    /// Id, part and amount of the entries; the last is true once an entry is reversed, and for reversals.
    entries: Vec<(String, usize, i64, bool)>,
    /// A decision was taken in the running round.
    is_decided: bool,
}

impl Model {
    fn stage(&self) -> Option<usize> {
        STAGES.iter().position(|stage| *stage == self.state)
    }

    /// Applies an entry if the limits allow it.
    fn enter(&mut self, part: usize, amount: i64) -> bool {
        let mut sums = self.sums;
        sums[part] += amount;
        let fits =
            0 <= sums[2] && sums[2] <= sums[1] && sums[1] <= sums[0] && sums[0] <= self.enacted.unwrap_or(0);
        if fits {
            self.sums = sums;
        }
        fits
    }

    /// Ends a round without enactment: the enacted figures come back.
    fn give_up(&mut self, otherwise: &'static str) {
        match self.enacted {
            Some(enacted) => (self.state, self.budget) = ("enacted", enacted),
            None => self.state = otherwise,
        }
    }

    /// Applies an action; false if it must be refused.
    fn act(&mut self, action: &str) -> bool {
        let stage = self.stage();
        match (action, stage) {
            ("submit", None) if self.state == "draft" => (self.state, self.is_decided) = (STAGES[0], false),
            ("approve", Some(1)) if self.budget > CEILING => return false,
            ("approve", Some(4)) if self.sums[0] > self.budget => return false,
            ("approve", Some(4)) => (self.state, self.enacted) = ("enacted", Some(self.budget)),
            ("approve", Some(stage)) => (self.state, self.is_decided) = (STAGES[stage + 1], true),
            ("waive", Some(2)) => (self.state, self.is_decided) = (STAGES[3], true),
            ("return", Some(_)) => self.state = "draft",
            ("reject", Some(_)) => self.give_up("rejected"),
            ("withdraw", Some(0)) if !self.is_decided => self.state = "draft",
            ("withdraw", None) if self.state == "draft" && self.enacted.is_some() => self.give_up("draft"),
            ("reopen", None) if self.state == "rejected" => self.state = "draft",
            ("revise", None) if self.state == "enacted" => self.state = "draft",
            _ => return false,
        }
        true
    }
}

/// People of the office. Two of each role take turns, so that nobody decides two stages in a row.
struct Office {
    maker: Client,
    admin: Client,
    deciders: [[Client; 2]; 3],
    /// Person of each role who decided last.
    last: [usize; 3],
}

impl Office {
    fn new(server: &Server) -> Self {
        let two = |role: &str| [server.as_role(role), server.as_role(role)];
        Self {
            maker: server.as_role("coordinator"),
            admin: server.as_role("admin"),
            deciders: [two("coordinator"), two("budget_officer"), two("executive")],
            last: [0; 3],
        }
    }

    /// Returns a person who may take the action in the state, and the role if the person decides.
    fn actor(&self, action: &str, stage: Option<usize>) -> (Client, Option<usize>) {
        match action {
            "submit" | "withdraw" | "revise" => (self.maker.clone(), None),
            "reopen" => (self.admin.clone(), None),
            _ => {
                let role = [0, 1, 0, 2, 1][stage.unwrap_or(0)];
                (self.deciders[role][1 - self.last[role]].clone(), Some(role))
            }
        }
    }
}

/// Runs a sequence; returns the number of entries that were accepted.
fn run(server: &Server, seed: u64, steps: usize) -> usize {
    let mut random = StdRng::seed_from_u64(seed);
    let mut office = Office::new(server);
    let officer = office.deciders[1][0].clone();
    let ppa = complete_ppa(&office.maker, "Roads", 1_000_00);
    let path = format!("/api/v1/ppas/{}", id(&ppa));
    let mut model = Model {
        state: "draft",
        budget: 1_000_00,
        enacted: None,
        sums: [0; 3],
        entries: Vec::new(),
        is_decided: false,
    };
    for number in 0..steps {
        let label = format!("seed {seed}, step {number}: {model:?}");
        match random.random_range(0..20) {
            // Decisions, most of them those that lead on.
            0..=8 => {
                let action = match random.random_range(0..22) {
                    0 => "return",
                    1 => "reject",
                    2 => "withdraw",
                    3 => "waive",
                    4 | 5 if model.state == "enacted" => "revise",
                    4 => "reopen",
                    _ if model.state == "draft" => "submit",
                    _ if model.state == "rejected" => "reopen",
                    _ => "approve",
                };
                let (actor, role) = office.actor(action, model.stage());
                let expected = model.act(action);
                let answer = step(&actor, &ppa, action, "Because");
                if let (true, Some(role)) = (expected, role) {
                    office.last[role] = 1 - office.last[role];
                }
                if expected {
                    assert_eq!(answer.status, 200, "{action} was refused: {}; {label}", answer.text);
                } else {
                    assert!(
                        [403, 409].contains(&answer.status),
                        "{action} got {}: {}; {label}",
                        answer.status,
                        answer.text
                    );
                }
            }
            9..=11 => {
                let budget = random.random_range(1..40_i64) * 100_00;
                let answer = office.maker.patch(&path, &json!({ "budget_allocation_centavos": budget }));
                let expected = model.state == "draft" || budget == model.budget;
                assert_eq!(
                    answer.status,
                    if expected { 200 } else { 409 },
                    "edit to {budget}: {}; {label}",
                    answer.text
                );
                if expected {
                    model.budget = budget;
                }
            }
            12..=16 => {
                let part = random.random_range(0..3);
                let is_adjustment = random.random_range(0..4) == 0;
                let amount = if is_adjustment {
                    random.random_range(-300..300_i64) * 100 + 50
                } else {
                    random.random_range(1..600_i64) * 100
                };
                let mut body = json!({ "ppa": ppa["id"], "amount_centavos": amount, "date": "2027-02-01" });
                if is_adjustment {
                    body["kind"] = json!("adjustment");
                    body["adjusts"] = json!(PARTS[part]);
                    body["remarks"] = json!("Realigned");
                } else {
                    body["kind"] = json!(PARTS[part]);
                }
                let answer = officer.post("/api/v1/tranches", &body);
                let expected = model.enter(part, amount);
                assert_eq!(
                    answer.status,
                    if expected { 201 } else { 409 },
                    "{body}: {}; {label}",
                    answer.text
                );
                if expected {
                    model.entries.push((id(&answer.json).to_owned(), part, amount, false));
                }
            }
            17 | 18 if !model.entries.is_empty() => {
                let place = random.random_range(0..model.entries.len());
                let (entry, part, amount, is_reversed) = model.entries[place].clone();
                let answer = officer
                    .post(&format!("/api/v1/tranches/{entry}/reverse"), &json!({ "comment": "Wrong" }));
                let expected = !is_reversed && model.enter(part, -amount);
                assert_eq!(
                    answer.status,
                    if expected { 201 } else { 409 },
                    "reverse {entry}: {}; {label}",
                    answer.text
                );
                if expected {
                    model.entries[place].3 = true;
                    model.entries.push((id(&answer.json).to_owned(), part, -amount, true));
                }
            }
            _ => undo(&office.maker, &officer, &path, &mut model, &label),
        }
        compare(&office.maker, &ppa, &path, &model, &label);
    }
    model.entries.len()
}

/// Undoes the last change of the maker. It may be refused; it never moves the approval, nor a locked figure.
fn undo(maker: &Client, officer: &Client, path: &str, model: &mut Model, label: &str) {
    if let Some((entry, ..)) = model.entries.last() {
        let answer = officer.post(&format!("/api/v1/tranches/{entry}/undo"), &json!({}));
        assert!([404, 405, 409].contains(&answer.status), "undo of an entry got {}; {label}", answer.status);
    }
    let answer = maker.post(&format!("{path}/undo"), &json!({}));
    assert!([200, 403, 409].contains(&answer.status), "undo got {}: {}; {label}", answer.status, answer.text);
    if answer.status == 200 && model.state == "draft" {
        let record = maker.get(path).expect_status(200).json;
        if !record["archived_at"].is_null() {
            // The creation was undone.
            maker.post(&format!("{path}/restore"), &json!({})).expect_status(200);
        }
        model.budget = record["budget_allocation_centavos"].as_i64().unwrap();
    }
}

fn compare(client: &Client, ppa: &Value, path: &str, model: &Model, label: &str) {
    let record = client.get(path).expect_status(200).json;
    assert_eq!(record["approval_stage"], model.state, "{label}");
    assert_eq!(record["budget_allocation_centavos"], model.budget, "{label}");
    assert_eq!(record["enacted_budget_centavos"].as_i64(), model.enacted, "{label}");
    let found = sums(client, ppa);
    assert_limits(found);
    assert_eq!(found[..3], model.sums, "{label}");
    assert_eq!(found[3], model.enacted.unwrap_or(0), "{label}");
    if model.stage().is_some() {
        let approval = client.get(&format!("{path}/approval")).expect_status(200).json;
        assert_eq!(approval["snapshot"]["budget_allocation_centavos"], model.budget, "{label}");
    }
}

on_both_engines! {
    fn any_sequence_of_steps_matches_the_model(server: &Server) {
        let admin = server.as_role("admin");
        make(&admin, "ceilings", json!({ "fiscal_year": 2027, "sector": "health", "amount_centavos": CEILING }));
        let mut entries = 0;
        for seed in 1..=4 {
            entries += run(server, seed, 120);
            // The next PPA has the room for itself.
            for item in admin.get("/api/v1/ppas?limit=50").json["items"].as_array().unwrap() {
                let cancel = format!("/api/v1/ppas/{}/cancel", id(item));
                let reason = "The next sequence needs the room.";
                admin.post(&cancel, &json!({ "reason": reason, "confirm_open": true }));
            }
        }
        assert!(entries > 20, "money was entered: {entries}");
    }
}
