//! Test of the chain through commands, on an embedded database.

#![allow(clippy::unwrap_used)] // A failed assumption fails the test.

mod common;

use common::{home, input};
use obcms_app::{Actor, App};
use obcms_domain::kinds::{COMMUNITY, NEED, PPA, TASK};
use obcms_domain::registry::Record;
use serde_json::json;

fn tasks_of(app: &App, ppa: &Record) -> Vec<Record> {
    let parameters = vec![("origin".to_owned(), ppa.id.to_string()), ("limit".to_owned(), "500".to_owned())];
    app.list(&Actor::program(), &TASK, &parameters).unwrap().records
}

#[test]
fn need_leads_to_project_tasks_and_progress() {
    let home = home("chain");
    let (app, me) = (&home.app, Actor::program());
    let community = app
        .create(&me, &COMMUNITY, &input(json!({"name": "Sitio Lamcua", "barangay": "1204702001"})))
        .unwrap();
    assert!(community.reference("region").is_some());
    let need = app
        .create(
            &me,
            &NEED,
            &input(json!({
                "title": "Safe water", "community": community.id, "sector": "health", "urgency_level": "immediate",
                "impact_severity": 5, "feasibility": "very_high", "affected_population": 100_000
            })),
        )
        .unwrap();
    assert!(need.integer("priority_score").unwrap() >= 75);
    let ppa = app
        .create(
            &me,
            &PPA,
            &input(json!({"title": "Wells", "category": "moa_ppa", "needs": [need.id], "start_date": "2027-01-04"})),
        )
        .unwrap();
    assert_eq!(ppa.text("sector"), "health");
    let tasks = tasks_of(app, &ppa);
    assert_eq!(tasks.len(), 10);
    let first = tasks.iter().find(|task| !task.flag("blocked")).unwrap();
    let done = app.update(&me, &TASK, first.id, &input(json!({"status": "completed"})), Some(1)).unwrap();
    assert_eq!(done.integer("progress"), Some(100));
    assert_eq!(app.get(&me, &PPA, ppa.id).unwrap().integer("progress"), Some(10));

    // Undo of the completion reverts the progress.
    app.undo(&me, &TASK, first.id, None, None).unwrap();
    assert_eq!(app.get(&me, &PPA, ppa.id).unwrap().integer("progress"), Some(0));

    // A new start date moves the tasks that nobody edited.
    let before = tasks.iter().map(|task| task.date("due_date").unwrap()).min().unwrap();
    app.update(&me, &PPA, ppa.id, &input(json!({"start_date": "2027-02-04"})), None).unwrap();
    let after = tasks_of(app, &ppa).iter().map(|task| task.date("due_date").unwrap()).min().unwrap();
    assert_eq!((after - before).get_days(), 31);
    app.undo(&me, &PPA, ppa.id, None, None).unwrap();
    let back = tasks_of(app, &ppa).iter().map(|task| task.date("due_date").unwrap()).min().unwrap();
    assert_eq!(back, before);
}
