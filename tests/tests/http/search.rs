//! Search over all records: ranking and visibility.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use obcms_tests::{Client, make, on_both_engines};
use serde_json::{Value, json};

fn titles(client: &Client, parameters: &str) -> Vec<String> {
    let answer = client.get(&format!("/api/v1/search?{parameters}")).expect_status(200).json;
    let items = answer["items"].as_array().unwrap();
    items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

/// Creates a community with a name in some barangay.
fn community(client: &Client, name: &str) -> Value {
    let barangay = &client.get("/api/v1/barangays?limit=1").expect_status(200).json["items"][0]["id"];
    make(client, "communities", json!({ "name": name, "barangay": barangay }))
}

on_both_engines! {
    fn best_match_is_first(server: &Server) {
        let client = server.as_role("coordinator");
        for (title, description) in [
            ("Repair of the old pump", "The spring dried up."),
            ("Springs of the valley", ""),
            ("Visit to the spring", ""),
            ("Spring box", ""),
            ("Spring", ""),
        ] {
            make(&client, "tasks", json!({ "title": title, "description": description }));
        }
        assert_eq!(
            titles(&client, "q=spring&kinds=task"),
            ["Spring", "Spring box", "Visit to the spring", "Springs of the valley", "Repair of the old pump"]
        );
        assert_eq!(titles(&client, "q=spring&kinds=task&limit=2"), ["Spring", "Spring box"]);
    }

    fn alerts_come_after_what_they_are_about(server: &Server) {
        let client = server.as_role("coordinator");
        make(&client, "ppas", json!({ "title": "Pumps", "category": "moa_ppa", "target_end_date": "2026-10-01" }));
        make(&client, "tasks", json!({ "title": "Look after the pumps of the old well" }));
        let found = titles(&client, "q=pumps");
        assert_eq!(found.first().map(String::as_str), Some("Pumps"), "{found:?}");
        assert!(found.contains(&"Look after the pumps of the old well".to_owned()), "{found:?}");
        assert_eq!(found.last().map(String::as_str), Some("Overdue PPA: Pumps"), "{found:?}");
    }

    fn all_words_must_match_regardless_of_accents(server: &Server) {
        let client = server.as_role("coordinator");
        make(&client, "tasks", json!({ "title": "Survey in Peñaranda" }));
        make(&client, "tasks", json!({ "title": "Survey in Isabela" }));
        assert_eq!(titles(&client, "q=penar%20SURV&kinds=task"), ["Survey in Peñaranda"]);
        assert_eq!(titles(&client, "q=survey%20nothing&kinds=task"), Vec::<String>::new());
        assert_eq!(titles(&client, "q="), Vec::<String>::new());
        assert_eq!(titles(&client, "q=%25%27%22"), Vec::<String>::new());
    }

    fn hit_shows_its_kind(server: &Server) {
        let client = server.as_role("coordinator");
        let ppa = make(&client, "ppas", json!({ "title": "Goat dispersal", "category": "oobc_ppa" }));
        let answer = client.get("/api/v1/search?q=goat%20disp&kinds=ppa,need").expect_status(200).json;
        assert_eq!(
            answer["items"],
            json!([{
                "kind": "ppa", "id": ppa["id"], "title": "Goat dispersal", "subtitle": "PPA · Planning",
                "url": format!("/ppas/{}", ppa["id"].as_str().unwrap()), "module": "projects", "state": "planning", "date": null,
            }])
        );
        // Its tasks have its title and rank below it.
        assert_eq!(titles(&client, "q=goat%20dispersal")[0], "Goat dispersal");
        client.delete(&format!("/api/v1/ppas/{}", ppa["id"].as_str().unwrap())).expect_status(204);
        assert_eq!(titles(&client, "q=goat&kinds=ppa"), Vec::<String>::new());
    }

    fn hidden_records_are_not_found(server: &Server) {
        let client = server.as_role("coordinator");
        let own = community(&client, "Sitio Malabo");
        let other = community(&client, "Sitio Malabo East");
        make(&client, "needs", json!({ "title": "Malabo bridge", "community": own["id"] }));
        make(&client, "needs", json!({ "title": "Malabo school", "community": other["id"] }));
        make(&client, "tasks", json!({ "title": "Malabo papers" }));
        assert_eq!(titles(&client, "q=malabo&kinds=need").len(), 2);
        let partner =
            server.person_with(json!({ "roles": ["partner"], "communities": [own["id"]] })).client;
        let mut seen = titles(&partner, "q=malabo&kinds=community,need,task");
        seen.sort();
        assert_eq!(seen, ["Malabo bridge", "Sitio Malabo"]);
        // User names are visible only to coworkers.
        let name = server.person(&["staff"]).username;
        let number = name.rsplit('.').next().unwrap();
        assert_eq!(titles(&partner, &format!("q=person%20{number}&kinds=user")), Vec::<String>::new());
        assert!(!titles(&client, &format!("q=person%20{number}&kinds=user")).is_empty());
    }

    fn invalid_parameters_are_refused(server: &Server) {
        let client = server.as_role("staff");
        for parameters in ["q=a&limit=0", "q=a&limit=101", "q=a&limit=x", "q=a&kinds=ship", "q=a&page=2"] {
            client.get(&format!("/api/v1/search?{parameters}")).expect_status(400);
        }
        client.get("/api/v1/search?q=a&limit=100").expect_status(200);
        server.anonymous().get("/api/v1/search?q=a").expect_status(401);
    }
}
