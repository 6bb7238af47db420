//! PPAs on their way through the approval of their budget.

use serde_json::{Value as Json, json};

use crate::{Answer, Client, Server, make};

/// Roles that decide the five stages, in order.
pub const DECIDERS: [&str; 5] =
    ["coordinator", "budget_officer", "coordinator", "executive", "budget_officer"];

/// Creates a PPA for 2027 with everything that its approval requires.
pub fn complete_ppa(maker: &Client, title: &str, budget_centavos: i64) -> Json {
    let organization = make(maker, "organizations", json!({ "name": format!("Ministry of {title}") }));
    make(
        maker,
        "ppas",
        json!({
            "title": title, "category": "moa_ppa", "summary": "Six clinics", "sector": "health",
            "lead_organization": organization["id"], "total_slots": 500, "obc_slots": 300,
            "budget_allocation_centavos": budget_centavos, "funding_source": "gaa",
            "appropriation_class": "mooe", "fiscal_year": 2027,
            "outcome_framework": { "outputs": [{ "indicator": "Clinics", "target": 6 }] },
        }),
    )
}

/// Takes a step of the approval of a PPA.
pub fn step(client: &Client, ppa: &Json, action: &str, comment: &str) -> Answer {
    let id = ppa["id"].as_str().unwrap_or_default();
    client.post(&format!("/api/v1/ppas/{id}/approval"), &json!({ "action": action, "comment": comment }))
}

/// Submits a PPA and has each stage approved by another person. Returns the PPA.
pub fn enact(server: &Server, maker: &Client, ppa: &Json) -> Json {
    let mut enacted = step(maker, ppa, "submit", "").expect_status(200).json;
    for role in DECIDERS {
        enacted = step(&server.person(&[role]).client, ppa, "approve", "Good").expect_status(200).json;
    }
    enacted
}
