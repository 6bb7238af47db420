//! Random work on the tasks of PPAs: after every step the progress of each PPA is that of the formula, and every series
//! has exactly its dates.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use jiff::ToSpan;
use obcms_app::tasks::board::Group;
use obcms_app::tasks::bulk::{Bulk, Changes};
use obcms_app::tasks::transitions::{Anchor, Move, Step};
use obcms_app::{Actor, App};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{PPA, TASK, ppa, task};
use obcms_domain::registry::Record;
use obcms_tests::{Engine, Server};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

/// Steps of one run.
const STEPS: usize = 40;
const STATUSES: [&str; 5] = ["not_started", "in_progress", "on_hold", "completed", "cancelled"];

#[test]
fn progress_follows_every_change_on_sqlite() {
    run(Engine::Sqlite, 0..6);
}

#[test]
fn progress_follows_every_change_on_postgres() {
    run(Engine::Postgres, 50..52);
}

fn run(engine: Engine, seeds: std::ops::Range<u64>) {
    let server = Server::start(engine);
    for seed in seeds {
        let mut office = Office::new(server.app(), seed);
        for _ in 0..STEPS {
            office.step();
            office.check();
        }
    }
}

struct Office<'a> {
    app: &'a App,
    ppas: Vec<Id>,
    tasks: Vec<Id>,
    /// Series with the recurrence ids that it has for ever.
    series: (Id, Vec<String>),
    random: StdRng,
    told: Vec<String>,
    undos: Vec<(Id, Id)>,
}

impl<'a> Office<'a> {
    fn new(app: &'a App, seed: u64) -> Self {
        let actor = Actor::program();
        let make = |kind, body: Value| app.create(&actor, kind, body.as_object().unwrap()).unwrap().id;
        // Requests get no budget cycle: their tasks are few.
        let ppas: Vec<Id> = ["Roads", "Water"]
            .map(|title| make(&PPA, json!({ "title": format!("{title} {seed}"), "category": "obc_request" })))
            .to_vec();
        let origin = |place: usize| json!({ "kind": "ppa", "id": ppas[place] });
        let due = |days: i64| app.today().saturating_add(days.days()).to_string();
        let mut tasks: Vec<Id> = (0..5)
            .map(|place| {
                make(
                    &TASK,
                    json!({
                        "title": format!("Task {place}"), "origin": origin(place % 2), "weight": place + 1,
                        "due_date": due(i64::try_from(place).unwrap()),
                    }),
                )
            })
            .collect();
        let again =
            json!({ "title": "Again", "origin": origin(0), "due_date": due(1), "repeat_after_days": 7 });
        tasks.push(make(&TASK, again));
        let weekly = json!({ "title": "Weekly", "origin": origin(1), "due_date": due(0), "rrule": "FREQ=WEEKLY;COUNT=6" });
        let weekly = make(&TASK, weekly);
        tasks.push(weekly);
        let mut office = Self {
            app,
            ppas: ppas.clone(),
            tasks,
            series: (weekly, Vec::new()),
            random: StdRng::seed_from_u64(seed),
            told: vec![format!("seed {seed}")],
            undos: Vec::new(),
        };
        office.series.1 = office.dates();
        office
    }

    fn dates(&self) -> Vec<String> {
        let found = self.app.occurrences(&Actor::program(), &TASK, self.series.0, (None, None), 20).unwrap();
        found.into_iter().map(|(name, _)| name).collect()
    }

    fn pick(&mut self) -> Id {
        let place = self.random.random_range(0..self.tasks.len());
        self.tasks[place]
    }

    /// Does something to a task. Refusals, such as those of archived tasks, are part of the work.
    fn step(&mut self) {
        let actor = Actor::program();
        let id = self.pick();
        let status = STATUSES[self.random.random_range(0..STATUSES.len())];
        let kind = self.random.random_range(0..9);
        self.told.push(format!("{kind} on {id} to {status}"));
        let change = |changes: Value| -> Option<Id> {
            let changes = Changes::parse(changes.as_object().unwrap().clone()).unwrap();
            let bulk = Bulk { ids: vec![id], changes, ..Bulk::default() };
            self.app.change_tasks(&actor, &bulk).unwrap().changed.map(|(_, set)| set)
        };
        let set = match kind {
            0 => {
                let step = json!({ "status": status, "force_reason": "test" });
                let step = Step::parse(step.as_object().unwrap()).unwrap();
                self.app.transition(&actor, id, &step, None).ok().and_then(|moved| moved.change_set)
            }
            1 => {
                let asked = Move {
                    group: Group::Status,
                    column: status.to_owned(),
                    from: None,
                    anchor: Anchor::End,
                    force_reason: "test".to_owned(),
                };
                self.app.move_card(&actor, id, &asked, None).ok().and_then(|moved| moved.change_set)
            }
            2 => change(json!({ "progress": self.random.random_range(0..=100) })),
            3 => {
                // The series itself stays in the archive only for a moment: its dates are compared.
                let is_series = id == self.series.0;
                let set =
                    if is_series { None } else { self.app.archive(&actor, &TASK, id, None).ok().map(|_| ()) };
                set.and(None)
            }
            4 => self.app.restore(&actor, &TASK, id, None).ok().and(None),
            5 => {
                let place = self.random.random_range(0..3);
                let origin =
                    self.ppas.get(place).map_or(Value::Null, |ppa| json!({ "kind": "ppa", "id": ppa }));
                let input = json!({ "origin": origin });
                self.app.update(&actor, &TASK, id, input.as_object().unwrap(), None).ok().and(None)
            }
            6 => {
                let input = json!({ "weight": self.random.random_range(0..5) });
                self.app.update(&actor, &TASK, id, input.as_object().unwrap(), None).ok().and(None)
            }
            7 => change(json!({ "status": status })),
            _ => {
                if let Some((task, set)) = self.undos.pop() {
                    // Later changes may stand in its way.
                    let _ = self.app.undo(&actor, &TASK, task, Some(set), None);
                }
                None
            }
        };
        self.undos.extend(set.map(|set| (id, set)));
    }

    /// Compares the progress of every PPA with the formula over its tasks, reckoned here anew.
    fn check(&self) {
        for ppa in &self.ppas {
            let mut tasks: Vec<Record> = Vec::new();
            let parameters =
                vec![("origin".to_owned(), ppa.to_string()), ("limit".to_owned(), "500".to_owned())];
            tasks.extend(self.app.list(&Actor::program(), &TASK, &parameters).unwrap().records);
            let (mut done, mut total) = (0, 0);
            for task in &tasks {
                let weight = task::WEIGHT.get(task).unwrap_or(100);
                let repeats = !task::RRULE.is_empty(task);
                let percent = match task.state() {
                    "cancelled" => continue,
                    "completed" => 100,
                    _ if repeats => 0,
                    _ => task::PROGRESS.get(task).unwrap_or(0),
                };
                done += weight * percent;
                total += weight;
            }
            let wanted = if total == 0 { 0 } else { (2 * done + total) / (2 * total) };
            let record = self.app.get(&Actor::program(), &PPA, *ppa).unwrap();
            assert_eq!(ppa::PROGRESS.get(&record), Some(wanted), "{}", self.told.join("\n"));
        }
        assert_eq!(self.dates(), self.series.1, "{}", self.told.join("\n"));
    }
}
