//! Calendar through HTTP: windows, whole days and zones, filters, visibility, rights to move, moves and undo.

use obcms_tests::{Answer, Client, make, on_both_engines};
use serde_json::{Value, json};

/// Returns the entries of a window.
fn feed(client: &Client, query: &str) -> Vec<Value> {
    let answer = client.get(&format!("/api/v1/calendar?{query}")).expect_status(200);
    answer.json["entries"].as_array().expect("entries").clone()
}

fn titles(client: &Client, query: &str) -> Vec<String> {
    feed(client, query).iter().map(|entry| text(entry, "title")).collect()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// Returns the entry of a kind of the record.
fn entry_of(client: &Client, record: &Value, kind: &str) -> Value {
    let all = feed(client, "start=2027-01-01&end=2028-01-01");
    let found = all.into_iter().find(|entry| entry["source"]["id"] == record["id"] && entry["kind"] == kind);
    found.unwrap_or_else(|| panic!("no {kind} of {record}"))
}

fn shift(client: &Client, entry: &Value, body: &Value) -> Answer {
    client.patch(&format!("/api/v1/calendar/entries/{}", text(entry, "id")), body)
}

fn undo(client: &Client, moved: &Value) {
    client.post(&text(moved, "undo"), &json!({})).expect_status(200);
}

fn span(entry: &Value) -> (String, String) {
    (text(entry, "start"), text(entry, "end"))
}

fn pair(start: &str, end: &str) -> (String, String) {
    (start.to_owned(), end.to_owned())
}

on_both_engines! {
    fn window_is_half_open(server: &Server) {
        let me = server.as_role("coordinator");
        make(&me, "tasks", json!({ "title": "Before", "due_date": "2027-03-09" }));
        make(&me, "tasks", json!({ "title": "First day", "due_date": "2027-03-10" }));
        make(&me, "tasks", json!({ "title": "Last day", "due_date": "2027-03-19" }));
        make(&me, "tasks", json!({ "title": "After", "due_date": "2027-03-20" }));
        make(&me, "tasks", json!({ "title": "Long", "start_date": "2026-11-01", "due_date": "2027-06-01" }));
        make(&me, "tasks", json!({ "title": "Long ago", "start_date": "2026-11-01", "due_date": "2027-03-09" }));
        make(&me, "events", json!({
            "title": "Ends at the start", "start": "2027-03-09T23:00:00+08:00", "end": "2027-03-10T00:00:00+08:00"
        }));
        make(&me, "events", json!({
            "title": "Runs over the start", "start": "2027-03-09T23:00:00+08:00", "end": "2027-03-10T00:01:00+08:00"
        }));
        make(&me, "events", json!({ "title": "Late", "start": "2027-03-19T23:30:00+08:00" }));
        make(&me, "events", json!({ "title": "Starts at the end", "start": "2027-03-20T00:00:00+08:00" }));
        let expected = ["Long", "Runs over the start", "First day", "Last day", "Late"];
        assert_eq!(titles(&me, "start=2027-03-10&end=2027-03-20"), expected);
        let instants = "start=2027-03-10T00:00:00%2B08:00&end=2027-03-19T16:00:00Z";
        assert_eq!(titles(&me, instants), expected);
        // A window within a day includes the all-day entries of that day.
        assert_eq!(
            titles(&me, "start=2027-03-10T08:00:00%2B08:00&end=2027-03-10T09:00:00%2B08:00"),
            ["Long", "First day"]
        );
    }

    fn entry_has_all_members(server: &Server) {
        let person = server.person(&["coordinator"]);
        let event = make(&person.client, "events", json!({
            "title": "Consultation", "start": "2027-03-10T23:30:00+08:00", "venue": "Hall", "priority": "high"
        }));
        let answer = person.client.get("/api/v1/calendar?start=2027-03-10&end=2027-03-11").expect_status(200);
        assert!(answer.json["generated_at"].is_string());
        let id = text(&event, "id");
        assert_eq!(
            answer.json["entries"],
            json!([{
                "id": format!("event-{id}-event-0"),
                "title": "Consultation",
                "start": "2027-03-10T23:30:00+08:00",
                "end": "2027-03-11T00:30:00+08:00",
                "all_day": false,
                "module": "coordination",
                "kind": "event",
                "status": "scheduled",
                "priority": "high",
                "color": "#2563eb",
                "url": format!("/events/{id}"),
                "editable": true,
                "source": { "kind": "event", "id": id },
                "recurrence_id": null,
                "location": "Hall",
                "people": [{ "id": person.id.to_string(), "name": "Person 1" }],
            }])
        );
    }

    fn all_day_entries_keep_their_day_in_every_zone(server: &Server) {
        let me = server.as_role("coordinator");
        make(&me, "events", json!({
            "title": "Forum", "all_day": true, "timezone": "America/New_York", "start": "2027-03-10", "end": "2027-03-12"
        }));
        make(&me, "events", json!({
            "title": "Call", "timezone": "America/New_York", "start": "2027-03-10T09:00:00"
        }));
        let found = feed(&me, "start=2027-03-11&end=2027-03-12");
        assert_eq!(found.len(), 1);
        assert_eq!(span(&found[0]), pair("2027-03-10", "2027-03-12"));
        assert_eq!(found[0]["all_day"], true);
        assert_eq!(titles(&me, "start=2027-03-12&end=2027-03-13"), Vec::<String>::new());
        let call = &feed(&me, "start=2027-03-10T21:00:00%2B08:00&end=2027-03-10T23:00:00%2B08:00&q=call")[0];
        assert_eq!(span(call), pair("2027-03-10T09:00:00-05:00", "2027-03-10T10:00:00-05:00"));
    }

    fn invalid_parameters_are_refused_by_name(server: &Server) {
        let me = server.as_role("staff");
        let day = "start=2027-01-01&end=2027-02-01";
        for (query, field) in [
            ("", "start"),
            ("start=2027-01-01", "end"),
            ("start=2027-01-01&end=2027-01-01", "end"),
            ("start=2027-01-01&end=2026-01-01", "end"),
            ("start=2027-01-01&end=2028-02-06", "end"),
            ("start=2027-13-01&end=2028-02-06", "start"),
            ("start=2027-01-01T00:00:00&end=2027-01-02", "start"),
            ("start=-9999-01-01T00:00:00Z&end=2027-01-02", "start"),
            (&format!("{day}&modules=tasks,party"), "modules"),
            (&format!("{day}&kinds=party"), "kinds"),
            (&format!("{day}&mine=perhaps"), "mine"),
            (&format!("{day}&person=me"), "person"),
            (&format!("{day}&resource=0"), "resource"),
        ] {
            let answer = me.get(&format!("/api/v1/calendar?{query}")).expect_status(400);
            assert!(answer.errors("field").contains(&field), "{query}: {}", answer.text);
        }
        me.get("/api/v1/calendar?start=2027-01-01&end=2028-02-05").expect_status(200);
        server.anonymous().get(&format!("/api/v1/calendar?{day}")).expect_status(401);
    }

    fn filters_narrow_the_feed(server: &Server) {
        let one = server.person(&["coordinator"]);
        let two = server.person(&["staff"]);
        make(&one.client, "tasks", json!({
            "title": "Compile the Peñaranda list", "due_date": "2027-03-10", "assignees": [two.id.to_string()]
        }));
        make(&one.client, "events", json!({ "title": "Meeting in Penaranda", "start": "2027-03-11T09:00:00+08:00" }));
        let ppa = make(&one.client, "ppas", json!({
            "title": "Wells", "category": "moa_ppa", "start_date": "2027-03-12", "target_end_date": "2027-03-13"
        }));
        let window = "start=2027-03-10&end=2027-03-14";
        let count = |client: &Client, more: &str| feed(client, &format!("{window}&{more}")).len();
        assert_eq!(count(&one.client, "modules=coordination"), 1);
        assert_eq!(count(&one.client, "modules=coordination,projects"), 3);
        assert_eq!(count(&one.client, "kinds=ppa_start"), 1);
        assert_eq!(count(&one.client, "q=PE%C3%91A"), 2);
        assert_eq!(count(&one.client, "q=penaranda+list"), 1);
        assert_eq!(titles(&two.client, &format!("{window}&mine=true")), ["Compile the Peñaranda list"]);
        let of_two = format!("{window}&person={}", two.id);
        assert_eq!(titles(&one.client, &of_two), ["Compile the Peñaranda list"]);
        // Archived records disappear; cancelled ones stay and are marked.
        one.client.delete(&format!("/api/v1/ppas/{}", text(&ppa, "id"))).expect_status(204);
        assert_eq!(count(&one.client, "kinds=ppa_start,ppa_target_end"), 0);
    }

    fn generated_tasks_of_an_event_are_not_on_the_calendar(server: &Server) {
        let me = server.as_role("coordinator");
        let event = make(&me, "events", json!({ "title": "Forum", "start": "2027-06-15T09:00:00+08:00" }));
        let tasks = me.get(&format!("/api/v1/tasks?origin={}", text(&event, "id"))).expect_status(200).json;
        assert!(tasks["total"].as_i64() > Some(0), "an event brings tasks of its own");
        let around = feed(&me, "start=2027-01-01&end=2027-12-31");
        assert_eq!(around.len(), 1);
        let path = format!("/api/v1/events/{}", text(&event, "id"));
        me.patch(&path, &json!({ "status": "cancelled" })).expect_status(200);
        assert_eq!(feed(&me, "start=2027-06-15&end=2027-06-16")[0]["status"], "cancelled");
    }

    fn unchanged_feed_is_not_sent_again(server: &Server) {
        let me = server.as_role("coordinator");
        make(&me, "tasks", json!({ "title": "Report", "due_date": "2027-03-10" }));
        let path = "/api/v1/calendar?start=2027-03-01&end=2027-04-01";
        let first = me.get(path).expect_status(200);
        let tag = first.header("etag").to_owned();
        let again = me.with_header("if-none-match", &tag).get(path).expect_status(304);
        assert!(again.text.is_empty());
        let file = me.get("/api/v1/calendar.json?start=2027-03-01&end=2027-04-01").expect_status(200);
        assert_eq!(file.json["entries"], first.json["entries"]);
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"calendar.json\"");
        // Without a window, a file covers the maximum window; the calendar itself requires one.
        let today = server.app().today();
        make(&me, "tasks", json!({ "title": "Soon", "due_date": today.saturating_add(jiff::ToSpan::days(300)) }));
        make(&me, "tasks", json!({ "title": "Late", "due_date": today.saturating_add(jiff::ToSpan::days(400)) }));
        let whole = me.get("/api/v1/calendar.json?kinds=task").expect_status(200).text;
        assert!(whole.contains("\"Soon\"") && !whole.contains("\"Late\""), "{whole}");
        me.get("/api/v1/calendar?kinds=task").expect_status(400);
        me.get("/api/v1/calendar.json?end=2027-04-01").expect_status(400);
        make(&me, "tasks", json!({ "title": "Other report", "due_date": "2027-03-11" }));
        me.with_header("if-none-match", &tag).get(path).expect_status(200);
    }

    fn large_feed_is_complete_and_not_sent_again(server: &Server) {
        let me = server.as_role("coordinator");
        for number in 0..41 {
            make(&me, "events", json!({
                "title": format!("Each day, {number}"), "start": format!("2026-12-30T09:{number:02}:00+08:00"),
                "rrule": "FREQ=DAILY"
            }));
        }
        let address = "/api/v1/calendar?start=2027-01-01&end=2028-01-31";
        let answer = me.get(address).expect_status(200);
        let entries = answer.json["entries"].as_array().expect("entries");
        assert_eq!(entries.len(), 41 * 395, "too many to be kept as they go out");
        assert!(answer.json["generated_at"].is_string());
        let starts: Vec<String> = entries.iter().map(|entry| text(entry, "start")).collect();
        assert!(starts.is_sorted());
        let tag = answer.header("etag").to_owned();
        me.with_header("if-none-match", &tag).get(address).expect_status(304);
        make(&me, "tasks", json!({ "title": "One more", "due_date": "2027-06-15" }));
        let again = me.with_header("if-none-match", &tag).get(address).expect_status(200);
        assert_eq!(again.json["entries"].as_array().expect("entries").len(), 41 * 395 + 1);
    }

    fn timed_event_is_moved_and_undone(server: &Server) {
        let me = server.as_role("coordinator");
        let event = make(&me, "events", json!({
            "title": "Meeting", "start": "2027-03-10T09:00:00+08:00", "end": "2027-03-10T11:00:00+08:00"
        }));
        let entry = entry_of(&me, &event, "event");
        let moved = shift(&me, &entry, &json!({ "start": "2027-03-12T01:00:00Z" })).expect_status(200).json;
        assert_eq!(span(&moved), pair("2027-03-12T09:00:00+08:00", "2027-03-12T11:00:00+08:00"));
        assert_eq!(moved["id"], entry["id"]);
        let days = json!({ "start": "2027-03-13", "end": "2027-03-15", "all_day": true });
        let as_days = shift(&me, &entry, &days).expect_status(200).json;
        assert_eq!(span(&as_days), pair("2027-03-13", "2027-03-15"));
        assert_eq!(as_days["all_day"], true);
        let times = json!({ "start": "2027-03-14T14:00:00+08:00", "all_day": false });
        let timed = shift(&me, &entry, &times).expect_status(200).json;
        assert_eq!(span(&timed), pair("2027-03-14T14:00:00+08:00", "2027-03-14T15:00:00+08:00"));
        undo(&me, &timed);
        assert_eq!(span(&entry_of(&me, &event, "event")), span(&as_days));
    }

    fn moved_task_keeps_its_empty_fields(server: &Server) {
        let me = server.as_role("coordinator");
        let task = make(&me, "tasks", json!({ "title": "Report", "due_date": "2027-03-10" }));
        let path = format!("/api/v1/tasks/{}", text(&task, "id"));
        let entry = entry_of(&me, &task, "task");
        assert_eq!(span(&entry), pair("2027-03-10", "2027-03-11"));
        let moved = shift(&me, &entry, &json!({ "start": "2027-03-17", "end": "2027-03-18", "all_day": true }));
        let moved = moved.expect_status(200).json;
        let now = me.get(&path).expect_status(200).json;
        assert_eq!((&now["start_date"], &now["due_date"]), (&Value::Null, &json!("2027-03-17")));
        undo(&me, &moved);
        let now = me.get(&path).expect_status(200).json;
        assert_eq!((&now["start_date"], &now["due_date"]), (&Value::Null, &json!("2027-03-10")));
        let longer = shift(&me, &entry, &json!({ "start": "2027-03-08", "end": "2027-03-11" }));
        assert_eq!(span(&longer.expect_status(200).json), pair("2027-03-08", "2027-03-11"));
        let now = me.get(&path).expect_status(200).json;
        assert_eq!((&now["start_date"], &now["due_date"]), (&json!("2027-03-08"), &json!("2027-03-10")));
        let later = shift(&me, &entry, &json!({ "start": "2027-03-09" })).expect_status(200).json;
        assert_eq!(span(&later), pair("2027-03-09", "2027-03-12"));
    }

    fn every_kind_of_date_moves(server: &Server) {
        let me = server.as_role("coordinator");
        let assessment = make(&me, "assessments", json!({
            "title": "Survey", "primary_methodology": "desk_review", "planned_start_date": "2027-03-01",
            "planned_end_date": "2027-03-31", "report_due_date": "2027-04-15"
        }));
        let ppa = make(&me, "ppas", json!({
            "title": "Wells", "category": "moa_ppa", "start_date": "2027-02-01", "target_end_date": "2027-11-30",
            "milestones": [
                { "date": "2027-04-01", "title": "Drilled" },
                { "date": "2027-06-01", "title": "Pumps in", "status": "delayed" }
            ]
        }));
        let policy = make(&me, "policies", json!({ "title": "Water", "review_deadline": "2027-05-04" }));
        let milestone = make(&me, "policy-milestones", json!({
            "title": "Circular", "policy": policy["id"], "target_date": "2027-05-05"
        }));
        let service = make(&me, "services", json!({ "title": "Scholarship", "application_deadline": "2027-05-06" }));
        for (record, kind, start, end) in [
            (&assessment, "assessment", "2027-03-05", "2027-04-08"),
            (&assessment, "assessment_report", "2027-04-20", "2027-04-21"),
            (&ppa, "ppa_start", "2027-02-03", "2027-02-04"),
            (&ppa, "ppa_target_end", "2027-12-15", "2027-12-16"),
            (&policy, "policy_review", "2027-05-14", "2027-05-15"),
            (&milestone, "policy_milestone", "2027-05-15", "2027-05-16"),
            (&service, "service_application_deadline", "2027-05-16", "2027-05-17"),
        ] {
            let before = entry_of(&me, record, kind);
            let moved = shift(&me, &before, &json!({ "start": start, "end": end, "all_day": true }));
            let moved = moved.expect_status(200).json;
            assert_eq!(span(&moved), pair(start, end), "{kind}");
            assert_eq!(span(&entry_of(&me, record, kind)), pair(start, end), "{kind}");
            undo(&me, &moved);
            assert_eq!(span(&entry_of(&me, record, kind)), span(&before), "{kind}");
        }
        let all = feed(&me, "start=2027-01-01&end=2028-01-01&kinds=ppa_milestone");
        assert_eq!(all[1]["title"], "Pumps in: Wells");
        let moved = shift(&me, &all[1], &json!({ "start": "2027-03-01" })).expect_status(200).json;
        assert_eq!((text(&moved, "id"), text(&moved, "start")), (text(&all[1], "id"), "2027-03-01".to_owned()));
        let now = me.get(&format!("/api/v1/ppas/{}", text(&ppa, "id"))).expect_status(200).json;
        assert_eq!(
            now["milestones"],
            json!([
                { "date": "2027-04-01", "title": "Drilled" },
                { "date": "2027-03-01", "title": "Pumps in", "status": "delayed" }
            ])
        );
    }

    fn invalid_moves_are_refused_by_field(server: &Server) {
        let me = server.as_role("coordinator");
        let task = make(&me, "tasks", json!({ "title": "Report", "due_date": "2027-03-10" }));
        let ppa = make(&me, "ppas", json!({
            "title": "Wells", "category": "moa_ppa", "start_date": "2027-02-01", "target_end_date": "2027-11-30"
        }));
        let event = make(&me, "events", json!({ "title": "Meeting", "start": "2027-03-10T09:00:00+08:00" }));
        let task_entry = entry_of(&me, &task, "task");
        let start_entry = entry_of(&me, &ppa, "ppa_start");
        let event_entry = entry_of(&me, &event, "event");
        for (entry, body, field) in [
            (&task_entry, json!({ "start": "2027-03-10T09:00:00+08:00" }), "start"),
            (&task_entry, json!({ "start": "2027-03-10", "end": "2027-03-10" }), "end"),
            (&task_entry, json!({ "start": 7 }), "start"),
            (&task_entry, json!({ "all_day": false }), "all_day"),
            (&task_entry, json!({ "all_day": "yes" }), "all_day"),
            (&task_entry, json!({ "due_date": "2027-03-10" }), "due_date"),
            (&task_entry, json!({ "start": "9999-12-31" }), "start"),
            (&start_entry, json!({ "start": "2027-02-01", "end": "2027-02-03" }), "end"),
            (&event_entry, json!({ "start": "2027-03-10" }), "start"),
            (&event_entry, json!({ "end": "2027-03-10T08:00:00+08:00" }), "end"),
            (&event_entry, json!({ "all_day": true, "start": "2027-13-10T08:00:00Z" }), "start"),
        ] {
            let answer = shift(&me, entry, &body).expect_status(422);
            assert!(answer.errors("field").contains(&field), "{body}: {}", answer.text);
        }
        // An error of the record names the field of the entry.
        let target = entry_of(&me, &ppa, "ppa_target_end");
        let answer = shift(&me, &target, &json!({ "start": "2027-01-01" })).expect_status(422);
        assert_eq!(answer.errors("field"), ["start"]);
        for id in ["x", "task-1-task-0", &text(&task_entry, "id").replace("-task-0", "-task-1"), "%FF"] {
            me.patch(&format!("/api/v1/calendar/entries/{id}"), &json!({ "start": "2027-03-11" })).expect_status(404);
        }
        let stale = me.with_header("if-match", "\"7\"");
        shift(&stale, &task_entry, &json!({ "start": "2027-03-11" })).expect_status(412);
        let same = shift(&me, &task_entry, &json!({ "start": "2027-03-10" })).expect_status(200).json;
        assert_eq!(same["undo"], Value::Null);
    }

    fn staff_move_their_own_entries(server: &Server) {
        let coordinator = server.person(&["coordinator"]);
        let staff = server.person(&["staff"]);
        let team = make(&server.as_role("admin"), "teams", json!({ "name": "Field", "members": [staff.id.to_string()] }));
        let day = "2027-03-10";
        make(&staff.client, "tasks", json!({ "title": "Check A own", "due_date": day, "assignees": [] }));
        make(&coordinator.client, "tasks", json!({ "title": "Check B assigned", "due_date": day, "assignees": [staff.id.to_string()] }));
        make(&coordinator.client, "tasks", json!({ "title": "Check C team", "due_date": day, "teams": [team["id"]] }));
        make(&coordinator.client, "tasks", json!({ "title": "Check D other", "due_date": day }));
        make(&coordinator.client, "ppas", json!({ "title": "E", "category": "moa_ppa", "start_date": day, "manager": staff.id.to_string() }));
        // Tasks generated by the start of the PPA are not under test.
        let mut all = feed(&staff.client, "start=2027-03-10&end=2027-03-11&q=check");
        all.extend(feed(&staff.client, "start=2027-03-10&end=2027-03-11&kinds=ppa_start"));
        assert_eq!(all.len(), 5);
        let mut movable = Vec::new();
        for entry in &all {
            let editable = entry["editable"] == true;
            let expected = if editable { 200 } else { 403 };
            shift(&staff.client, entry, &json!({ "start": "2027-03-11" })).expect_status(expected);
            if editable {
                movable.push(text(entry, "title"));
            }
        }
        assert_eq!(movable, ["Check A own", "Check B assigned", "Check C team"]);
        // Actors who see everything but may edit nothing cannot move anything.
        for role in ["budget_officer", "executive"] {
            let reader = server.as_role(role);
            let own = feed(&reader, "start=2027-03-01&end=2027-04-01&modules=projects");
            assert!(own.iter().all(|entry| entry["editable"] == false), "{role}");
        }
    }

    fn partner_sees_related_entries_and_moves_nothing(server: &Server) {
        let me = server.as_role("coordinator");
        let admin = server.as_role("admin");
        let ours = make(&admin, "organizations", json!({ "name": "Ministry A", "organization_type": "bmoa" }));
        let theirs = make(&admin, "organizations", json!({ "name": "Ministry B", "organization_type": "bmoa" }));
        let partner = server.person_with(json!({ "roles": ["partner"], "organization": ours["id"] }));
        let event = |title: &str, organization: &Value| {
            make(&me, "events", json!({
                "title": title, "start": "2027-03-10T09:00:00+08:00", "organizations": [organization["id"]]
            }))
        };
        event("Ours", &ours);
        let hidden = event("Theirs", &theirs);
        make(&me, "tasks", json!({ "title": "Assigned", "due_date": "2027-03-10", "assignees": [partner.id.to_string()] }));
        make(&me, "tasks", json!({ "title": "Not assigned", "due_date": "2027-03-10" }));
        let seen = feed(&partner.client, "start=2027-03-10&end=2027-03-11");
        let names: Vec<String> = seen.iter().map(|entry| text(entry, "title")).collect();
        assert_eq!(names, ["Assigned", "Ours"]);
        // Only the office changes dates; partners report.
        for entry in &seen {
            assert_eq!(entry["editable"], false);
        }
        shift(&partner.client, &seen[1], &json!({ "start": "2027-03-11T09:00:00+08:00" })).expect_status(403);
        let entry = entry_of(&me, &hidden, "event");
        shift(&partner.client, &entry, &json!({ "start": "2027-03-11T09:00:00+08:00" })).expect_status(404);
    }

    fn read_only_token_moves_nothing(server: &Server) {
        let person = server.person(&["coordinator"]);
        make(&person.client, "tasks", json!({ "title": "Report", "due_date": "2027-03-10" }));
        let actor = server.app().actor_of(person.id).expect("an answer").expect("the user is open");
        let (token, _) = server.app().create_token(&actor, "reader", "read", None).expect("a token");
        let reader = server.anonymous().with_token(&token);
        let entries = feed(&reader, "start=2027-03-10&end=2027-03-11");
        assert_eq!(entries[0]["editable"], false);
        shift(&reader, &entries[0], &json!({ "start": "2027-03-11" })).expect_status(403);
    }
}

on_both_engines! {
    fn cached_feed_is_never_stale(server: &Server) {
        let me = server.as_role("coordinator");
        let window = "/api/v1/calendar?start=2027-05-01&end=2027-06-01";
        assert_eq!(me.get(window).expect_status(200).json["entries"], json!([]));
        let event = me
            .post("/api/v1/events", &json!({ "title": "Harvest", "start": "2027-05-03T09:00:00+08:00", "event_type": "other" }))
            .expect_status(201);
        // Another process writes concurrently.
        let other = server.second();
        let there = me.at(&other.base());
        assert_eq!(me.get(window).json["entries"][0]["title"], "Harvest");
        there.patch(&format!("/api/v1/events/{}", event.json["id"].as_str().expect("an id")), &json!({ "title": "Feast" })).expect_status(200);
        assert_eq!(me.get(window).json["entries"][0]["title"], "Feast");
        // The editable flag changes with the rights of the reader.
        assert_eq!(server.as_role("executive").get(window).json["entries"][0]["editable"], false);
    }
}
