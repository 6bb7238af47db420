//! What people see of each other, and what a reader or writer of a reference may know of its target.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops here.

use obcms_tests::on_both_engines;
use serde_json::{Value, json};

on_both_engines! {
    fn personal_fields_are_for_oneself_and_administrators(server: &Server) {
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
}
