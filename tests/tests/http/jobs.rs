//! Jobs: each runs once across processes, is retried after a failure, and is shown to administrators.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use obcms_app::jobs::{Enqueue, Handler, JobError, Outcome, Runner, insert_scheduled_jobs, run_next};
use obcms_app::{Actor, App, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Message;
use obcms_domain::jobs::{BackOff, State};
use obcms_store::jobs::{self, Filter, Job};
use obcms_tests::{Engine, Server, on_both_engines};
use serde_json::{Value as Json, json};

/// Number of runs of each payload, in all runners of this process.
static DONE: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());

fn count(app: &App, payload: &Json) -> Result<Outcome, JobError> {
    let name = payload["name"].as_str().unwrap_or_default().to_owned();
    *DONE.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
    let _ = app;
    Ok(Outcome::done("counted"))
}

fn fail(_: &App, payload: &Json) -> Result<Outcome, JobError> {
    Err(JobError(format!("The well of {} is dry.", payload["name"].as_str().unwrap_or_default())))
}

fn break_off(_: &App, _: &Json) -> Result<Outcome, JobError> {
    panic!("a defect of the handler");
}

fn come_again(app: &App, _: &Json) -> Result<Outcome, JobError> {
    Ok(Outcome { summary: "looked".to_owned(), again_at: Some(app.now() + SignedDuration::from_mins(15)) })
}

const fn handler(kind: &'static str, run: fn(&App, &Json) -> Result<Outcome, JobError>) -> Handler {
    Handler {
        kind,
        label: "Sample",
        description: "For the test.",
        schedule: "",
        maximum_attempts: 3,
        back_off: BackOff::USUAL,
        run,
    }
}

static COUNT: Handler = handler("count", count);
static SAMPLES: &[Handler] = &[
    COUNT,
    handler("fail", fail),
    handler("break_off", break_off),
    handler("come_again", come_again),
    Handler { schedule: "0 3 * * *", ..handler("nightly", fail) },
];

fn enqueue(app: &App, job: &Enqueue) -> bool {
    app.write(&Actor::program(), |work| work.enqueue(job)).unwrap()
}

fn sample(kind: &str, name: &str) -> Enqueue {
    let handler = SAMPLES.iter().find(|handler| handler.kind == kind).unwrap();
    Enqueue::new(handler, json!({ "name": name })).key(name).title(name)
}

fn job(app: &App, kind: &str, key: &str) -> Job {
    app.read(|tx| jobs::by_key(tx, kind, key)?.ok_or(AppError::NotFound("job"))).unwrap()
}

/// Runs jobs until none is due; returns the number of attempts.
fn work_off(app: &App) -> usize {
    std::iter::from_fn(|| run_next(app, SAMPLES, "test").unwrap()).take(1000).count()
}

/// Ends the pause after a failure.
fn make_due(app: &App, id: Id) {
    app.write(&Actor::program(), |work| {
        let before = work.now - SignedDuration::from_secs(1);
        work.tx.execute("UPDATE jobs SET run_at = $1 WHERE id = $2", &[before.into(), id.into()])?;
        Ok(())
    })
    .unwrap();
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..600 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{what} did not come within half a minute");
}

on_both_engines! {
    fn job_is_committed_with_its_command(server: &Server) {
        let app = server.app();
        let refused = app.write(&Actor::program(), |work| {
            work.enqueue(&sample("count", "lost"))?;
            Err::<(), _>(AppError::conflict("no"))
        });
        assert!(refused.is_err());
        assert!(app.read(|tx| Ok(jobs::by_key(tx, "count", "lost")?)).unwrap().is_none());

        assert!(enqueue(app, &sample("count", "kept")));
        assert!(!enqueue(app, &sample("count", "kept")), "the same key is one job");
        assert_eq!(work_off(app), 1);
        let kept = job(app, "count", "kept");
        assert_eq!((kept.state, kept.attempts, kept.last_result.as_str()), (State::Done, 1, "counted"));
        assert!(kept.last_duration.is_some() && kept.last_finished_at.is_some());
        // A finished job stays finished until it is enqueued again.
        assert!(!enqueue(app, &sample("count", "kept")));
        assert_eq!(work_off(app), 0);
        app.write(&Actor::program(), |work| work.enqueue_again(&sample("count", "kept"))).unwrap();
        assert_eq!(work_off(app), 1);
    }

    fn job_runs_when_due(server: &Server) {
        let app = server.app();
        enqueue(app, &sample("count", "later").at(app.now() + SignedDuration::from_hours(1)));
        assert_eq!(work_off(app), 0);
        make_due(app, job(app, "count", "later").id);
        assert_eq!(work_off(app), 1);
    }

    fn jobs_do_not_raise_the_revision(server: &Server) {
        let app = server.app();
        let state = || app.read(|tx| Ok(obcms_store::Database::state_of(tx)?)).unwrap();
        let before = state();
        let mut live = app.database().live().subscribe();
        // The page of jobs is notified anyway. A new server may miss the first messages; its pages reload once they
        // listen.
        let mut turn = 0;
        wait_until("a message", || {
            turn += 1;
            enqueue(app, &sample("count", &format!("quiet-{turn}")));
            work_off(app);
            std::iter::from_fn(|| live.try_recv().ok()).any(|message| message.kind == "job")
        });
        assert_eq!(state(), before);
    }

    fn two_processes_run_each_job_once(server: &Server) {
        let other = server.second();
        let mark = format!("{:?}-once", server.app().database().engine());
        let names: Vec<String> = (0..200).map(|number| format!("{mark}-{number}")).collect();
        server.app().write(&Actor::program(), |work| {
            for name in &names {
                work.enqueue(&sample("count", name))?;
            }
            Ok(())
        }).unwrap();
        let runners = [
            Runner::start_with(server.app(), SAMPLES).unwrap(),
            Runner::start_with(other.app(), SAMPLES).unwrap(),
        ];
        assert_ne!(runners[0].name(), runners[1].name());
        let done = Filter { state: Some(State::Done), kind: Some("count".to_owned()) };
        wait_until("the end of 200 jobs", || {
            server.app().read(|tx| Ok(jobs::list(tx, &done, 1, 0)?)).unwrap().1 == 200
        });
        assert_eq!(server.app().job_health().unwrap().runners.len(), 2);
        for runner in runners {
            assert!(runner.stop(Duration::from_secs(20)));
        }
        let counted = DONE.lock().unwrap().clone();
        for name in &names {
            assert_eq!(counted.get(name), Some(&1), "{name}");
        }
        let all = server.app().read(|tx| Ok(jobs::list(tx, &done, 500, 0)?)).unwrap().0;
        assert!(all.iter().all(|job| job.attempts == 1));
        // Both runners have unregistered.
        assert!(server.app().job_health().unwrap().runners.is_empty());
    }

    fn expired_lease_is_taken_over(server: &Server) {
        let app = server.app();
        enqueue(app, &sample("count", "orphan"));
        let claim = |runner: &str, now: Timestamp| {
            let id = job(app, "count", "orphan").id;
            app.write(&Actor::program(), |work| {
                Ok(jobs::claim(work.tx, id, runner, now, now + SignedDuration::from_secs(120))?)
            })
            .unwrap()
        };
        let begun = app.now() + SignedDuration::from_secs(1);
        let dead = claim("dead", begun).unwrap();
        assert!(claim("other", begun).is_none(), "it is taken");
        // A heartbeat renews the lease.
        let alive = begun + SignedDuration::from_secs(100);
        app.write(&Actor::program(), |work| {
            Ok(jobs::extend(work.tx, "dead", begun - SignedDuration::from_secs(1), alive + SignedDuration::from_secs(120))?)
        })
        .unwrap();
        assert!(claim("other", begun + SignedDuration::from_secs(130)).is_none());
        let heir = claim("heir", begun + SignedDuration::from_secs(230)).unwrap();
        assert_eq!((heir.claimed_by.as_str(), heir.attempts), ("heir", 2));
        // A runner that lost its lease changes nothing any more.
        let ending = jobs::Ending {
            state: State::Done,
            run_at: begun,
            attempts: 1,
            result: Some("too late".to_owned()),
            error: String::new(),
            duration: 1,
        };
        let now = app.now();
        assert!(!app.write(&Actor::program(), |work| Ok(jobs::finish(work.tx, &dead, &ending, now)?)).unwrap());
        assert_eq!(job(app, "count", "orphan").state, State::Running);
        assert!(app.write(&Actor::program(), |work| Ok(jobs::finish(work.tx, &heir, &ending, now)?)).unwrap());
        assert_eq!(job(app, "count", "orphan").state, State::Done);
    }

    fn job_is_abandoned_after_repeated_crashes(server: &Server) {
        let app = server.app();
        enqueue(app, &sample("count", "deadly"));
        let id = job(app, "count", "deadly").id;
        app.write(&Actor::program(), |work| {
            let long_ago = work.now - SignedDuration::from_hours(1);
            work.tx.execute(
                "UPDATE jobs SET state = 'running', attempts = 3, claimed_by = 'dead', claimed_until = $1 WHERE id = $2",
                &[long_ago.into(), id.into()],
            )?;
            Ok(())
        })
        .unwrap();
        assert_eq!(work_off(app), 1);
        let deadly = job(app, "count", "deadly");
        assert_eq!(deadly.state, State::Failed);
        assert!(deadly.last_error.contains("ended during every attempt"), "{}", deadly.last_error);
        assert!(!DONE.lock().unwrap().contains_key("deadly"));
    }

    fn failed_job_is_retried_with_growing_pauses(server: &Server) {
        let app = server.app();
        enqueue(app, &sample("fail", "dry"));
        let mut pauses = Vec::new();
        for attempt in 1..=3 {
            assert_eq!(work_off(app), 1, "attempt {attempt}");
            let dry = job(app, "fail", "dry");
            assert_eq!((dry.attempts, dry.last_error.as_str()), (attempt, "The well of dry is dry."));
            pauses.push(dry.run_at.duration_since(dry.last_finished_at.unwrap()).as_secs());
            assert_eq!(dry.state, if attempt < 3 { State::Queued } else { State::Failed });
            make_due(app, dry.id);
        }
        assert!((20..=40).contains(&pauses[0]) && (45..=75).contains(&pauses[1]), "{pauses:?}");
        assert_eq!(work_off(app), 0, "given up");

        // A manual retry has all attempts again.
        let admin = server.as_role("admin");
        let id = job(app, "fail", "dry").id;
        let answer = admin.post(&format!("/api/v1/jobs/{id}/run"), &json!({})).expect_status(200).json;
        assert_eq!((answer["state"].as_str(), answer["attempts"].as_i64()), (Some("queued"), Some(0)));
        assert_eq!(work_off(app), 1);
        assert_eq!(job(app, "fail", "dry").state, State::Queued);
    }

    fn panic_of_a_handler_is_a_failure(server: &Server) {
        let app = server.app();
        enqueue(app, &sample("break_off", "defect"));
        assert_eq!(work_off(app), 1);
        let defect = job(app, "break_off", "defect");
        assert_eq!(defect.state, State::Queued);
        assert!(defect.last_error.contains("crashed"), "{}", defect.last_error);
    }

    fn job_may_set_its_next_run(server: &Server) {
        let app = server.app();
        enqueue(app, &sample("come_again", "watch"));
        assert_eq!(work_off(app), 1);
        let watch = job(app, "come_again", "watch");
        assert_eq!((watch.state, watch.attempts), (State::Queued, 0));
        assert!(watch.run_at > app.now() + SignedDuration::from_mins(14));
    }

    fn schedule_is_created_once_and_continues_after_failures(server: &Server) {
        let app = server.app();
        insert_scheduled_jobs(app, SAMPLES).unwrap();
        let planted = job(app, "nightly", "schedule");
        // 3:00 in the zone of the office, eight hours ahead of UTC.
        let local = planted.run_at.to_zoned(app.zone().clone());
        assert_eq!((local.hour(), local.minute()), (3, 0));
        assert!(planted.run_at > app.now() && planted.run_at <= app.now() + SignedDuration::from_hours(24));
        insert_scheduled_jobs(app, SAMPLES).unwrap();
        assert_eq!(job(app, "nightly", "schedule"), planted);

        for _ in 0..3 {
            make_due(app, planted.id);
            assert_eq!(work_off(app), 1);
        }
        let failed = job(app, "nightly", "schedule");
        assert_eq!((failed.state, failed.attempts, failed.run_at), (State::Queued, 0, planted.run_at));
        assert!(!failed.last_error.is_empty());
    }

    fn job_enqueued_during_its_run_runs_again(server: &Server) {
        let app = server.app();
        enqueue(app, &sample("count", "busy"));
        let id = job(app, "count", "busy").id;
        let now = app.now() + SignedDuration::from_secs(1);
        let claimed = app
            .write(&Actor::program(), |work| {
                Ok(jobs::claim(work.tx, id, "test", now, now + SignedDuration::from_secs(120))?)
            })
            .unwrap()
            .unwrap();
        server.as_role("admin").post(&format!("/api/v1/jobs/{id}/run"), &json!({})).expect_status(409);
        app.write(&Actor::program(), |work| work.enqueue_again(&sample("count", "busy"))).unwrap();
        let ending = jobs::Ending {
            state: State::Done,
            run_at: claimed.run_at,
            attempts: 1,
            result: None,
            error: String::new(),
            duration: 1,
        };
        app.write(&Actor::program(), |work| Ok(jobs::finish(work.tx, &claimed, &ending, now)?)).unwrap();
        assert_eq!(job(app, "count", "busy").state, State::Queued);
        assert_eq!(work_off(app), 1);
    }

    fn doctor_and_metrics_report_failures(server: &Server) {
        let app = server.app();
        let english = |message: Message| message.english();
        let verdict = || app.job_health().unwrap().verdict().map(english).map_err(english);
        assert!(verdict().unwrap().contains("no obcms serve is running"));

        enqueue(app, &sample("fail", "late").at(app.now() - SignedDuration::from_hours(2)));
        let wrong = verdict().unwrap_err();
        assert!(wrong.contains("1 overdue since") && wrong.contains("start obcms serve"), "{wrong}");
        let text = server.as_role("admin").get("/metrics").expect_status(200).text;
        assert!(text.contains("obcms_jobs{state=\"queued\"} 1\n") && text.contains("obcms_jobs_overdue 1\n"), "{text}");

        work_off(app);
        assert!(verdict().unwrap().contains("1 of them after a failure"));
        for _ in 0..2 {
            make_due(app, job(app, "fail", "late").id);
            work_off(app);
        }
        let wrong = verdict().unwrap_err();
        assert!(wrong.contains("1 failed after"), "{wrong}");
        let text = server.as_role("admin").get("/metrics").expect_status(200).text;
        assert!(text.contains("obcms_jobs{state=\"failed\"} 1\n"), "{text}");
    }

    fn only_administrators_see_jobs(server: &Server) {
        let app = server.app();
        enqueue(app, &sample("fail", "seen"));
        enqueue(app, &sample("count", "other").at(app.now() + SignedDuration::from_hours(1)));
        work_off(app);
        let admin = server.as_role("admin");
        let all = admin.get("/api/v1/jobs").expect_status(200).json;
        assert_eq!((all["total"].as_i64(), &all["next_cursor"]), (Some(2), &Json::Null));
        let found = admin.get("/api/v1/jobs?kind=fail&state=queued").expect_status(200).json;
        let seen = &found["items"][0];
        assert_eq!(found["total"], 1);
        assert_eq!(seen["last_error"], "The well of seen is dry.");
        assert_eq!(seen["attempts"], 1);
        let id = seen["id"].as_str().unwrap();
        assert_eq!(admin.get(&format!("/api/v1/jobs/{id}")).expect_status(200).json["id"], id);
        let first = admin.get("/api/v1/jobs?limit=1").expect_status(200).json;
        let second = admin.get("/api/v1/jobs?limit=1&cursor=1").expect_status(200).json;
        assert_eq!(first["next_cursor"], "1");
        assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
        for wrong in ["?what=1", "?state=paused", "?limit=0", "?limit=x", "?cursor=-1"] {
            admin.get(&format!("/api/v1/jobs{wrong}")).expect_status(400);
        }
        let page = admin.get("/admin/jobs").expect_status(200).text;
        assert!(page.contains("The well of seen is dry.") && page.contains("Retrying"), "{page}");
        for role in ["coordinator", "staff", "partner"] {
            let other = server.as_role(role);
            other.get("/api/v1/jobs").expect_status(403);
            other.post(&format!("/api/v1/jobs/{id}/run"), &json!({})).expect_status(403);
            other.get("/admin/jobs").expect_status(403);
        }
        let reader = {
            let person = server.person(&["admin"]);
            let actor = app.actor_of(person.id).unwrap().unwrap();
            let (token, _) = app.create_token(&actor, "reader", "read", None).unwrap();
            server.anonymous().with_token(&token)
        };
        reader.get("/api/v1/jobs").expect_status(200);
        reader.post(&format!("/api/v1/jobs/{id}/run"), &json!({})).expect_status(403);
    }

    fn nightly_job_deletes_expired_rows(server: &Server) {
        let app = server.app();
        let runner = Runner::start(app).unwrap();
        let night = job(app, "clean_up", "schedule");
        assert!(runner.stop(Duration::from_secs(20)));
        enqueue(app, &sample("count", "old"));
        enqueue(app, &sample("count", "new"));
        work_off(app);
        let person = server.person(&["staff"]);
        let keyed = person.client.with_header("idempotency-key", "k1");
        keyed.post("/api/v1/needs", &json!({})).expect_status(422);
        app.write(&Actor::program(), |work| {
            let month_ago = work.now - SignedDuration::from_hours(30 * 24);
            work.tx.execute(
                "UPDATE jobs SET last_finished_at = $1 WHERE unique_key = 'old'",
                &[month_ago.into()],
            )?;
            obcms_store::records::idempotency::keep(
                work.tx,
                person.id,
                "old",
                &obcms_store::records::idempotency::Answer {
                    request: "r".to_owned(),
                    status: 201,
                    location: String::new(),
                    body: String::new(),
                },
                month_ago,
            )?;
            jobs::beat(work.tx, "gone", month_ago)?;
            Ok(())
        })
        .unwrap();
        make_due(app, night.id);
        assert_eq!(run_next(app, obcms_app::HANDLERS, "test").unwrap(), Some(night.id));
        app.read(|tx| {
            assert!(jobs::by_key(tx, "count", "old")?.is_none());
            assert!(jobs::by_key(tx, "count", "new")?.is_some());
            assert!(obcms_store::records::idempotency::find(tx, person.id, "old")?.is_none());
            assert!(jobs::runners(tx)?.is_empty());
            Ok(())
        })
        .unwrap();
        let after = job(app, "clean_up", "schedule");
        assert_eq!(after.last_result, "1 stored responses and 1 finished jobs deleted");
        assert_eq!(after.state, State::Queued);
    }
}

#[test]
fn current_job_finishes_on_shutdown() {
    static BEGUN: Mutex<bool> = Mutex::new(false);
    fn slow(_: &App, _: &Json) -> Result<Outcome, JobError> {
        *BEGUN.lock().unwrap() = true;
        std::thread::sleep(Duration::from_millis(700));
        Ok(Outcome::done("slept"))
    }
    static SLOW: &[Handler] = &[handler("slow", slow)];
    let server = Server::start(Engine::Sqlite);
    let app = server.app();
    enqueue(app, &Enqueue::new(&SLOW[0], json!({})).key("one"));
    let runner = Runner::start_with(app, SLOW).unwrap();
    wait_until("the beginning", || *BEGUN.lock().unwrap());
    assert!(runner.stop(Duration::from_secs(20)));
    assert_eq!(job(app, "slow", "one").last_result, "slept");
}
