//! Queries of the calendar views through HTTP: filters by related record, counts per day, copies.

use obcms_tests::{Client, make, on_both_engines};
use serde_json::{Value, json};

fn titles(client: &Client, query: &str) -> Vec<String> {
    let path = format!("/api/v1/calendar?start=2027-03-01&end=2027-04-01&{query}");
    let answer = client.get(&path).expect_status(200);
    let entries = answer.json["entries"].as_array().expect("entries").clone();
    entries.iter().map(|entry| text(entry, "title")).collect()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// Creates a community in a barangay of the list, with its province.
fn community(client: &Client, name: &str, barangay: &str) -> Value {
    make(client, "communities", json!({ "name": name, "barangay": barangay }))
}

on_both_engines! {
    fn entries_are_filtered_by_related_record(server: &Server) {
        let me = server.as_role("admin");
        let person = server.person(&["staff"]);
        let team = make(&me, "teams", json!({ "name": "Field team", "members": [person.id] }));
        let organization = make(&me, "organizations", json!({
            "name": "Ministry of Roads", "organization_type": "bmoa"
        }));
        let barangays = me.get("/api/v1/barangays?limit=1").expect_status(200);
        let barangay = &barangays.json["items"][0];
        let place = community(&me, "Riverside", &text(barangay, "id"));
        let event = make(&me, "events", json!({
            "title": "Riverside visit", "start": "2027-03-03T09:00:00+08:00", "community": place["id"],
            "organizations": [organization["id"]],
        }));
        make(&me, "needs", json!({ "title": "Well", "community": place["id"] }));
        make(&me, "tasks", json!({ "title": "Team task", "due_date": "2027-03-04", "teams": [team["id"]],
            "assignees": [], "priority": "critical" }));
        make(&me, "tasks", json!({ "title": "Member task", "due_date": "2027-03-05", "assignees": [person.id] }));
        make(&me, "tasks", json!({ "title": "Other task", "due_date": "2027-03-06", "assignees": [] }));
        let service = make(&me, "services", json!({
            "title": "Scholarship", "offering_organization": organization["id"],
        }));
        make(&me, "tasks", json!({ "title": "Second hand", "due_date": "2027-03-07", "assignees": [],
            "origin": { "kind": "service", "id": service["id"] } }));

        let of = |name: &str, value: &Value| titles(&me, &format!("{name}={}", value.as_str().unwrap_or_default()));
        assert_eq!(of("team", &team["id"]), ["Team task", "Member task"]);
        assert_eq!(of("organization", &organization["id"]), ["Riverside visit", "Second hand"]);
        for level in ["municipality", "region"] {
            assert_eq!(of("place", &place[level]), ["Riverside visit"], "{level}");
        }
        assert_eq!(of("place", &barangay["id"]), ["Riverside visit"]);
        assert_eq!(titles(&me, "priority=critical"), ["Team task"]);
        assert_eq!(titles(&me, "status=scheduled,postponed"), ["Riverside visit"]);
        assert_eq!(of("person", &json!(person.id)), ["Member task"]);
        assert_eq!(of("resource", &event["id"]), [""; 0]);
        for name in ["team", "organization", "resource", "place", "person"] {
            let path = format!("/api/v1/calendar?start=2027-03-01&end=2027-04-01&{name}=x");
            let answer = me.get(&path).expect_status(400);
            assert_eq!(answer.json["errors"][0]["field"], name);
        }
    }

    fn days_are_counted_by_module(server: &Server) {
        let me = server.as_role("coordinator");
        make(&me, "tasks", json!({ "title": "Two days", "start_date": "2027-03-09", "due_date": "2027-03-10" }));
        make(&me, "tasks", json!({ "title": "Runs", "start_date": "2027-02-01", "due_date": "2027-03-10" }));
        make(&me, "events", json!({
            "title": "Until midnight", "start": "2027-03-10T20:00:00+08:00", "end": "2027-03-11T00:00:00+08:00"
        }));
        let answer = me.get("/api/v1/calendar/days?start=2027-03-01&end=2027-04-01").expect_status(200);
        assert_eq!(
            answer.json["days"],
            json!([
                { "date": "2027-03-09", "count": 1, "modules": { "tasks": 1 } },
                { "date": "2027-03-10", "count": 3, "modules": { "coordination": 1, "tasks": 2 } },
            ])
        );
        let only = me.get("/api/v1/calendar/days?start=2027-03-01&end=2027-04-01&kinds=event").expect_status(200);
        assert_eq!(only.json["days"][0]["count"], 1);
        me.get("/api/v1/calendar/days?start=2027-03-01").expect_status(400);
    }

    fn copy_of_an_entry_is_undone(server: &Server) {
        let me = server.as_role("coordinator");
        let event = make(&me, "events", json!({
            "title": "Clinic", "start": "2027-03-10T09:00:00+08:00", "end": "2027-03-10T11:30:00+08:00",
            "venue": "Hall", "status": "completed",
        }));
        let id = format!("event-{}-event-0", text(&event, "id"));
        let path = format!("/api/v1/calendar/entries/{id}/copy");
        let copy = me.post(&path, &json!({ "start": "2027-03-17T13:00:00+08:00" })).expect_status(201);
        let made = me.get(copy.header("location")).expect_status(200).json;
        let copy = copy.json;
        assert_eq!((&made["id"], &made["start"]), (&copy["source"]["id"], &json!("2027-03-17T13:00:00+08:00")));
        assert_eq!(copy["start"], "2027-03-17T13:00:00+08:00");
        assert_eq!(copy["end"], "2027-03-17T15:30:00+08:00");
        assert_eq!((&copy["title"], &copy["location"]), (&json!("Clinic"), &json!("Hall")));
        assert_eq!(copy["status"], "scheduled");
        assert_ne!(copy["id"], json!(id));
        assert_eq!(titles(&me, "kinds=event"), ["Clinic", "Clinic"]);
        me.post(&text(&copy, "undo"), &json!({})).expect_status(200);
        assert_eq!(titles(&me, "kinds=event"), ["Clinic"]);
        me.post(&path, &json!({ "start": "soon" })).expect_status(422);
        me.post("/api/v1/calendar/entries/nothing/copy", &json!({})).expect_status(404);
        // Actors who may not create events cannot copy one.
        server.as_role("executive").post(&path, &json!({})).expect_status(403);
    }

    fn date_of_a_larger_record_is_not_copied(server: &Server) {
        let me = server.as_role("admin");
        let ppa = make(&me, "ppas", json!({
            "title": "Road", "category": "obc_request", "start_date": "2027-03-10"
        }));
        let path = format!("/api/v1/calendar/entries/ppa-{}-ppa_start-0/copy", text(&ppa, "id"));
        me.post(&path, &json!({ "start": "2027-03-20" })).expect_status(409);
    }
}
