//! Order without clocks: history, undo, live pages and schedules do not depend on the clocks of servers.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // A panic fails the test; bodies are inline.

use std::time::Duration;

use jiff::SignedDuration;
use obcms_app::jobs::{Handler, JobError, Outcome, insert_scheduled_jobs, run_next};
use obcms_app::{Actor, App, AppError};
use obcms_domain::jobs::BackOff;
use obcms_domain::kinds::{EVENT, TASK};
use obcms_domain::registry::{Kind, Record};
use obcms_store::jobs::{self, Job};
use obcms_store::records::changes;
use obcms_tests::{Server, on_both_engines};
use serde_json::{Map, Value, json};

fn input(json: Value) -> Map<String, Value> {
    json.as_object().cloned().unwrap_or_default()
}

fn title(app: &App, actor: &Actor, kind: &'static Kind, record: &Record, title: &str) -> Record {
    app.update(actor, kind, record.id, &input(json!({ "title": title })), None).unwrap()
}

/// Returns the versions of the history, newest first.
fn versions(app: &App, actor: &Actor, kind: &'static Kind, record: &Record) -> Vec<i64> {
    app.history(actor, kind, record.id, None, 100).unwrap().iter().map(|entry| entry.change.version).collect()
}

fn actor(server: &Server) -> Actor {
    let person = server.person(&["coordinator"]);
    server.app().actor_of(person.id).unwrap().unwrap()
}

fn run(_: &App, _: &Value) -> Result<Outcome, JobError> {
    Ok(Outcome::done("done"))
}

fn again(app: &App, _: &Value) -> Result<Outcome, JobError> {
    Ok(Outcome { summary: "done".to_owned(), again_at: Some(app.now() + SignedDuration::from_hours(1)) })
}

const fn handler(kind: &'static str, schedule: &'static str) -> Handler {
    Handler {
        kind,
        label: "Sample",
        description: "For the test.",
        schedule,
        maximum_attempts: 3,
        back_off: BackOff::USUAL,
        run,
    }
}

static HANDLERS: &[Handler] = &[
    handler("nightly_sample", "0 3 * * *"),
    Handler { run: again, ..handler("hourly_sample", "") },
    handler("once_sample", ""),
];

fn job(app: &App, kind: &str) -> Job {
    app.read(|tx| {
        let key = if kind == "nightly_sample" { "schedule" } else { kind };
        jobs::by_key(tx, kind, key)?.ok_or(AppError::NotFound("job"))
    })
    .unwrap()
}

fn work_off(app: &App) -> usize {
    std::iter::from_fn(|| run_next(app, HANDLERS, "test").unwrap()).take(100).count()
}

fn enqueue(app: &App, kind: &str) {
    let handler = HANDLERS.iter().find(|handler| handler.kind == kind).unwrap();
    let job = obcms_app::jobs::Enqueue::new(handler, json!({})).key(kind);
    app.write(&Actor::program(), |work| work.enqueue_again(&job)).unwrap();
}

on_both_engines! {
    fn history_and_undo_follow_commits_despite_clock_skew(server: &Server) {
        let me = actor(server);
        let now = server.app().now();
        let (ahead, _) = server.app_at(now + SignedDuration::from_secs(3));
        let (behind, _) = server.app_at(now);
        for kind in [&TASK, &EVENT] {
            let start = json!({ "title": "One", "start": now.to_string() });
            let start = if kind.name == "task" { json!({ "title": "One" }) } else { start };
            let record = ahead.create(&me, kind, &input(start)).unwrap();
            title(&behind, &me, kind, &record, "Two");
            title(&ahead, &me, kind, &record, "Three");
            title(&behind, &me, kind, &record, "Four");
            assert_eq!(versions(server.app(), &me, kind, &record), [4, 3, 2, 1]);
            // Page by page, too.
            let first = behind.history(&me, kind, record.id, None, 2).unwrap();
            let rest = behind.history(&me, kind, record.id, Some(first[1].change.id), 2).unwrap();
            let rest: Vec<i64> = rest.iter().map(|entry| entry.change.version).collect();
            assert_eq!(rest, [2, 1]);
            // Each undo reverts the last change, on every server.
            for (app, expected) in [(&ahead, "Three"), (&behind, "Two"), (&ahead, "One")] {
                assert_eq!(app.undo(&me, kind, record.id, None, None).unwrap().title(), expected);
            }
        }
    }

    fn clock_set_back_hides_and_refuses_nothing(server: &Server) {
        let me = actor(server);
        let now = server.app().now();
        let (app, clock) = server.app_at(now);
        let task = app.create(&me, &TASK, &input(json!({ "title": "One" }))).unwrap();
        title(&app, &me, &TASK, &task, "Two");
        let changed = app.icalendar_changed_at().unwrap();
        clock.set(now - SignedDuration::from_hours(3));
        // A restarted program has no record of later ids, either.
        let (restarted, _) = server.app_at(now - SignedDuration::from_hours(3));
        title(&restarted, &me, &TASK, &task, "Three");
        assert_eq!(versions(&restarted, &me, &TASK, &task), [3, 2, 1]);
        let newest = restarted.read(|tx| Ok(changes::newest(tx, None, 1)?)).unwrap();
        assert_eq!((newest[0].record_id, newest[0].version), (task.id, 3));
        assert_ne!(restarted.icalendar_changed_at().unwrap(), changed, "caches see it by another time");
        assert_eq!(restarted.undo(&me, &TASK, task.id, None, None).unwrap().title(), "Two");
        assert_eq!(app.undo(&me, &TASK, task.id, None, None).unwrap().title(), "One");
    }

    fn live_pages_receive_writes_of_a_server_with_a_late_clock(server: &Server) {
        let me = actor(server);
        let now = server.app().now();
        let task = server.app().create(&me, &TASK, &input(json!({ "title": "One" }))).unwrap();
        let (behind, _) = server.app_at(now - SignedDuration::from_hours(3));
        let mut messages = server.app().database().live().subscribe();
        title(&behind, &me, &TASK, &task, "Two");
        let mut heard = false;
        for _ in 0..600 {
            match messages.try_recv() {
                Ok(message) if message.id == Some(task.id) && message.version == 2 => heard = true,
                Ok(_) => continue,
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
            if heard {
                break;
            }
        }
        assert!(heard, "the message did not come");
    }

    fn schedules_survive_a_clock_one_year_ahead(server: &Server) {
        let now = server.app().now();
        let year = SignedDuration::from_hours(24 * 365);
        let (wrong, clock) = server.app_at(now + year);
        insert_scheduled_jobs(&wrong, HANDLERS).unwrap();
        enqueue(&wrong, "hourly_sample");
        clock.set(now + year + SignedDuration::from_hours(24));
        assert_eq!(work_off(&wrong), 2);
        enqueue(&wrong, "once_sample");
        // The clock is right again.
        let (right, clock) = server.app_at(now);
        assert_eq!(work_off(&right), 1, "what was asked for at once is done at once");
        assert!(job(&right, "nightly_sample").run_at <= now + SignedDuration::from_hours(24));
        assert!(job(&right, "hourly_sample").run_at <= now + SignedDuration::from_hours(1));
        clock.set(now + SignedDuration::from_hours(24));
        assert_eq!(work_off(&right), 2);
    }

    fn lease_of_a_clock_one_year_ahead_is_limited(server: &Server) {
        let now = server.app().now();
        let (right, _) = server.app_at(now);
        enqueue(&right, "once_sample");
        let id = job(&right, "once_sample").id;
        let wrong = now + SignedDuration::from_hours(24 * 365);
        let until = wrong + SignedDuration::from_secs(120);
        let claim = |tx: &mut obcms_store::Tx<'_>| jobs::claim(tx, id, "ended", wrong, until);
        assert!(right.database().write(claim).unwrap().is_some());
        assert_eq!(work_off(&right), 1);
        // A lease of a server that is one minute ahead is valid.
        enqueue(&right, "once_sample");
        let later = now + SignedDuration::from_secs(60);
        let until = later + SignedDuration::from_secs(120);
        let claim = |tx: &mut obcms_store::Tx<'_>| jobs::claim(tx, id, "works", later, until);
        assert!(right.database().write(claim).unwrap().is_some());
        assert_eq!(work_off(&right), 0);
    }
}
