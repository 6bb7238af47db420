//! Random actions on recurring tasks: each affects the shown occurrence, and none changes the dates of a series.

use jiff::ToSpan;
use jiff::civil::Date;
use obcms_app::calendar::series::Scope;
use obcms_app::tasks::board::Group;
use obcms_app::tasks::bulk::{Bulk, Changes};
use obcms_app::tasks::occurrences;
use obcms_app::tasks::transitions::{Anchor, Move, Step};
use obcms_app::{Actor, App};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::TASK;
use obcms_domain::registry::Record;
use obcms_domain::tasks::TaskStatus;
use obcms_tests::{Engine, Server};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};

/// Number of actions on one task before all are undone.
const GESTURES: usize = 9;
/// Number of compared occurrences.
const SHOWN: usize = 12;

#[test]
fn actions_change_only_the_shown_occurrence_on_sqlite() {
    run(Engine::Sqlite, 0..40);
}

#[test]
fn actions_change_only_the_shown_occurrence_on_postgres() {
    run(Engine::Postgres, 100..112);
}

fn run(engine: Engine, seeds: std::ops::Range<u64>) {
    let server = Server::start(engine);
    for seed in seeds {
        let mut random = StdRng::seed_from_u64(seed);
        let id = create(server.app(), &mut random);
        Task { app: server.app(), id, random, told: vec![format!("seed {seed}")] }.run();
    }
}

fn create(app: &App, random: &mut StdRng) -> Id {
    let due: Date = app.today().saturating_add(random.random_range(-40..10).days());
    let lasts = random.random_range(0..3);
    let ends = [";COUNT=3", ";COUNT=8", ""][random.random_range(0..3)];
    let rules = [
        "FREQ=DAILY",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=FR",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYMONTHDAY=15",
        "FREQ=MONTHLY;BYDAY=-1FR",
    ];
    let rule = format!("{}{ends}", rules[random.random_range(0..rules.len())]);
    let mut body = json!({ "title": "Report", "due_date": due, "rrule": rule });
    if lasts > 0 {
        body["start_date"] = json!(due.saturating_sub(lasts.days()));
    }
    if random.random_range(0..4) == 0 {
        body["rrule"] = Value::Null;
        body["rdates"] = json!([9, 16, 40].map(|days| due.saturating_add(days.days()).to_string()));
    }
    app.create(&Actor::program(), &TASK, body.as_object().unwrap()).unwrap().id
}

/// Recurrence id, first day, due date and status of an occurrence.
type Dated = (String, Option<Date>, Option<Date>, String);

struct Task<'a> {
    app: &'a App,
    id: Id,
    random: StdRng,
    told: Vec<String>,
}

impl Task<'_> {
    fn record(&self) -> Record {
        self.app.get(&Actor::program(), &TASK, self.id).unwrap()
    }

    /// Returns the record without counters of changes.
    fn object(&self) -> Map<String, Value> {
        let mut object = self.record().to_json();
        object.retain(|name, _| name != "version" && name != "updated_at");
        object
    }

    fn dates(&self) -> Vec<Dated> {
        let found = self.app.occurrences(&Actor::program(), &TASK, self.id, (None, None), SHOWN).unwrap();
        let dated = |(name, single): (String, Record)| {
            (name, single.date("start_date"), single.date("due_date"), single.text("status").to_owned())
        };
        found.into_iter().map(dated).collect()
    }

    fn shown(&self) -> String {
        occurrences::shown(&self.record(), self.app.today()).unwrap().unwrap().to_string()
    }

    fn run(mut self) {
        let begun = self.object();
        let mut sets = Vec::new();
        for _ in 0..GESTURES {
            let (mut wanted, shown) = (self.dates(), self.shown());
            let status = TaskStatus::ALL[self.random.random_range(0..5)];
            let (set, status) = self.gesture(status);
            self.told.push(format!("of {shown}"));
            let position = wanted.iter().position(|date| date.0 == shown);
            let now = self.dates();
            match (position, status) {
                (Some(position), Some(status)) => wanted[position].3 = status.to_owned(),
                (Some(position), None) => {
                    wanted.remove(position);
                    wanted.extend(now.get(wanted.len()).cloned());
                }
                (None, _) => {}
            }
            assert_eq!(now, wanted, "{}", self.told.join("\n"));
            let record = self.record();
            for name in ["start_date", "due_date", "rrule", "rdates"] {
                assert_eq!(record.to_json()[name], begun[name], "{name}\n{}", self.told.join("\n"));
            }
            // The columns hold the status of the shown occurrence.
            let shown = self.shown();
            let single =
                self.app.occurrence(&Actor::program(), &TASK, self.id, &shown).unwrap().single.unwrap();
            assert_eq!(record.text("status"), single.text("status"), "{}", self.told.join("\n"));
            sets.extend(set);
        }
        for set in sets.into_iter().rev() {
            self.app.undo(&Actor::program(), &TASK, self.id, Some(set), None).unwrap();
        }
        assert_eq!(self.object(), begun, "{}", self.told.join("\n"));
        self.app.archive(&Actor::program(), &TASK, self.id, None).unwrap();
    }

    /// Changes the task as the list does with several; returns the change set.
    fn bulk(&self, actor: &Actor, changes: &Value) -> Option<Id> {
        let changes = Changes::parse(changes.as_object().unwrap().clone()).unwrap();
        let bulk = Bulk { ids: vec![self.id], changes, ..Bulk::default() };
        let done = self.app.change_tasks(actor, &bulk).unwrap();
        assert!(done.outcomes[0].result.is_ok(), "{:?}", done.outcomes);
        done.changed.map(|(_, set)| set)
    }

    /// Performs an action. Returns its change set and the status of the shown occurrence, `None` if there is none.
    fn gesture(&mut self, status: TaskStatus) -> (Option<Id>, Option<&'static str>) {
        let actor = Actor::program();
        let is_open = occurrences::open_date(&self.record(), self.app.today()).unwrap().is_some();
        let step = Step {
            status,
            note: String::new(),
            force_reason: String::new(),
            recurrence_id: None,
            scope: Scope::This,
        };
        let kind = self.random.random_range(0..6);
        self.told.push(format!("{kind} to {}", status.as_str()));
        let set = match kind {
            0 => self.app.transition(&actor, self.id, &step, None).unwrap().change_set,
            1 => {
                let asked = Move {
                    group: Group::Status,
                    column: status.as_str().to_owned(),
                    from: None,
                    anchor: Anchor::End,
                    force_reason: String::new(),
                };
                self.app.move_card(&actor, self.id, &asked, None).unwrap().change_set
            }
            2 => self.bulk(&actor, &json!({ "status": status.as_str() })),
            3 if is_open && self.dates().len() > 3 => {
                return (self.bulk(&actor, &json!({ "archived": true })), None);
            }
            _ => {
                let before = self.record().version;
                let input = json!({ "status": status.as_str() });
                let after =
                    self.app.update(&actor, &TASK, self.id, input.as_object().unwrap(), None).unwrap();
                let last = || self.app.history(&actor, &TASK, self.id, None, 1).unwrap()[0].change.change_set;
                (after.version != before).then(last)
            }
        };
        (set, Some(status.as_str()))
    }
}
