//! Page Today through HTTP, by role.

use obcms_tests::{Client, make, on_both_engines};
use serde_json::json;

fn page(client: &Client) -> String {
    client.get("/").expect_status(200).text
}

on_both_engines! {
    fn today_lists_own_open_tasks(server: &Server) {
        let boss = server.as_role("coordinator");
        for role in ["staff", "partner", "executive"] {
            let person = server.person(&[role]);
            let mine = json!([person.id.to_string()]);
            make(&boss, "tasks", json!({ "title": "Write the letter", "due_date": "2020-01-01", "assignees": mine }));
            make(&boss, "tasks", json!({ "title": "Was done", "status": "completed", "assignees": mine }));
            make(&boss, "tasks", json!({ "title": "Of nobody" }));
            let text = page(&person.client);
            assert!(text.contains("Write the letter") && text.contains("Late"), "{role}");
            assert!(!text.contains("Was done") && !text.contains("Of nobody"), "{role}");
        }
        assert_eq!(server.anonymous().get("/").status, 303, "whoever is not signed in signs in first");
    }

    fn today_lists_only_decisions_of_the_reader(server: &Server) {
        let boss = server.person(&["coordinator"]);
        let (staff, partner) = (server.person(&["staff"]), server.person(&["partner"]));
        let service = make(&boss.client, "services", json!({ "title": "Scholarships" }));
        let asked = json!({ "service": service["id"], "applicant_name": "Amina of Lanao", "status": "submitted" });
        make(&boss.client, "applications", asked);
        assert!(page(&boss.client).contains("Amina of Lanao"));
        assert!(!page(&staff.client).contains("Amina of Lanao"));
        assert!(!page(&partner.client).contains("Amina of Lanao"));
        let mine = json!([staff.id.to_string()]);
        let first = make(&boss.client, "tasks", json!({ "title": "Sign it", "assignees": mine }));
        make(&boss.client, "tasks", json!({ "title": "Send it", "depends_on": [first["id"]] }));
        assert!(page(&staff.client).contains("Tasks that block others"));
        assert!(!page(&partner.client).contains("Tasks that block others"));
    }
}
