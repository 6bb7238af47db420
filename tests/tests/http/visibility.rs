//! Visibility: data that people see of each other, and of the targets of references.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::on_both_engines;
use serde_json::{Value, json};

on_both_engines! {
    fn personal_fields_are_visible_to_oneself_and_administrators(server: &Server) {
        let person = server.person(&["staff"]);
        let own = person.client;
        let admin = server.as_role("admin");
        let address = format!("/api/v1/users/{}", person.id);
        admin.patch(&address, &json!({ "phone": "+63 917 555 0101", "position": "Field officer" })).expect_status(200);

        for reader in [&own, &admin] {
            assert_eq!(reader.get(&address).expect_status(200).json["phone"], "+63 917 555 0101");
        }
        for role in ["coordinator", "budget_officer", "executive", "staff"] {
            let other = server.as_role(role);
            let seen = other.get(&address).expect_status(200).json;
            assert_eq!(seen["position"], "Field officer", "{role}");
            for field in ["phone", "last_sign_in_at", "theme", "default_view"] {
                assert_eq!(seen[field], Value::Null, "{role} sees {field}");
            }
            let texts = [
                other.get("/api/v1/users?limit=500").expect_status(200).text,
                other.get(&format!("{address}/history")).expect_status(200).text,
                other.get("/api/v1/search?q=917").expect_status(200).text,
                other.get(&format!("/users/{}", person.id)).text,
            ];
            for text in texts {
                assert!(!text.contains("555 0101"), "{role}: {text}");
            }
            other.get("/api/v1/users/export.csv").expect_status(403);
            for query in ["phone=%2B63", "sort=phone", "sort=-last_sign_in_at", "last_sign_in_at_from=2020-01-01"] {
                other.get(&format!("/api/v1/users?{query}")).expect_status(400);
            }
        }
        assert!(admin.get(&format!("{address}/history")).text.contains("555 0101"));
        admin.get("/api/v1/users?sort=-last_sign_in_at").expect_status(200);
    }

    fn partner_without_affiliation_cannot_file_requests(server: &Server) {
        let partner = server.person_with(json!({ "roles": ["partner"] })).client;
        let coordinator = server.as_role("coordinator");
        let community = coordinator.post("/api/v1/communities", &json!({
            "name": "Stood for", "barangay": coordinator.get("/api/v1/barangays?limit=1").json["items"][0]["id"],
        })).expect_status(201).json["id"].clone();
        let of_community = server.person_with(json!({ "roles": ["partner"], "communities": [community] })).client;
        for (client, is_offered) in [(&partner, false), (&of_community, true)] {
            let list = client.get("/needs").expect_status(200).text;
            assert_eq!(list.contains("/needs/new"), is_offered, "{list}");
            let status = client.get("/needs/new").status;
            assert_eq!(status == 200, is_offered, "{status}");
        }
    }

    fn partners_see_no_title_or_link_of_hidden_records(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let make = |collection: &str, body: Value| {
            coordinator.post(&format!("/api/v1/{collection}"), &body).expect_status(201).json["id"].as_str().unwrap().to_owned()
        };
        let organization = make("organizations", json!({ "name": "Ministry of Health" }));
        let barangay = coordinator.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
        let hidden_community = make("communities", json!({ "name": "Zzyzx hamlet", "barangay": barangay }));
        let own_community = make("communities", json!({ "name": "Own hamlet", "barangay": barangay }));
        let hidden_need = make("needs", json!({ "title": "Zzyzx bridge", "community": hidden_community }));
        let ppa = make("ppas", json!({
            "title": "Clinics", "category": "moa_ppa", "lead_organization": organization,
            "communities": [hidden_community, own_community], "needs": [hidden_need],
        }));
        let task = |title: &str, more: Value| {
            let mut body = json!({ "title": title, "origin": { "kind": "ppa", "id": ppa } });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            make("tasks", body)
        };
        let partner = server.person_with(json!({ "roles": ["partner"], "organization": organization, "communities": [own_community] }));
        let colleague = server.person_with(json!({ "roles": ["partner"], "organization": organization }));
        let own = task("Own task", json!({ "assignees": [partner.id] }));
        let of_body = task("Task of the body", json!({ "assignees": [colleague.id] }));
        let shown = task("Shown task", json!({ "visible_to_partners": true }));
        let hidden = task("Zzyzx task", json!({}));
        let partner = partner.client;

        for (id, status) in [(&own, 200), (&of_body, 200), (&shown, 200), (&hidden, 404)] {
            partner.get(&format!("/api/v1/tasks/{id}")).expect_status(status);
        }
        assert_eq!(partner.get(&format!("/api/v1/tasks?origin={ppa}")).expect_status(200).json["total"], 3);
        for address in [
            format!("/ppas/{ppa}"), format!("/ppas/{ppa}/edit"), "/ppas".to_owned(), "/".to_owned(), "/tasks".to_owned(), "/board".to_owned(),
            "/portfolio".to_owned(), "/search?q=zzyzx".to_owned(), "/calendar".to_owned(), format!("/api/v1/ppas/{ppa}"),
            format!("/api/v1/ppas/{ppa}/history"), format!("/api/v1/trace/ppa/{ppa}"), "/api/v1/search?q=zzyzx".to_owned(),
            "/api/v1/tasks/board".to_owned(), "/api/v1/ppas/export.csv".to_owned(),
        ] {
            let answer = partner.get(&address);
            assert!(!answer.text.contains("Zzyzx"), "{address} names what is hidden: {}", answer.text);
            for link in answer.text.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next()) {
                if link.starts_with("communities/") || link.starts_with("needs/") || link.starts_with("tasks/") {
                    let status = partner.get(&format!("/{}", link.replace("&amp;", "&"))).status;
                    assert!(status < 400, "{address} leads to /{link}, which answers {status}");
                }
            }
        }
        // A reference to a hidden record is refused with the message for a missing one.
        let refused = partner.post("/api/v1/needs", &json!({ "title": "Well", "community": hidden_community }));
        assert!((403..=422).contains(&refused.status) && !refused.text.contains("Zzyzx"), "{}", refused.text);
        assert_eq!(refused.errors("field"), ["community"]);
    }

    fn partners_file_records_for_their_own_affiliation(server: &Server) {
        let coordinator = server.as_role("coordinator");
        let make = |collection: &str, body: Value| {
            coordinator.post(&format!("/api/v1/{collection}"), &body).expect_status(201).json["id"].as_str().unwrap().to_owned()
        };
        let barangay = coordinator.get("/api/v1/barangays?limit=1").json["items"][0]["id"].clone();
        let community = make("communities", json!({ "name": "Own hamlet", "barangay": barangay }));
        let partner = server.person_with(json!({ "roles": ["partner"], "communities": [community] })).client;
        let service = make("services", json!({ "title": "Seedlings" }));

        let need = partner.post("/api/v1/needs", &json!({ "title": "Well", "community": community })).expect_status(201).json;
        partner.get(&format!("/api/v1/needs/{}", need["id"].as_str().unwrap())).expect_status(200);
        let request = json!({ "title": "Road", "category": "obc_request", "communities": [community] });
        let filed = partner.post("/api/v1/ppas", &request);
        assert_eq!(filed.status, 201, "{}", filed.text);
        let application = json!({ "applicant_name": "Cooperative", "service": service, "community": community });
        let filed = partner.post("/api/v1/applications", &application);
        assert!(filed.status == 201 || filed.errors("field") == ["service"], "{}", filed.text);

        for (field, value) in [("priority_score", json!(90)), ("status", json!("validated")), ("urgency_level", json!("immediate"))] {
            let mut body = json!({ "title": "Well", "community": community });
            body[field] = value;
            let refused = partner.post("/api/v1/needs", &body);
            assert!([403, 422].contains(&refused.status), "{field}: {} {}", refused.status, refused.text);
        }
        partner.post("/api/v1/ppas", &json!({ "title": "Road", "category": "oobc_ppa", "communities": [community] })).expect_status(403);
        partner.get("/needs/new").expect_status(200);
    }
}
