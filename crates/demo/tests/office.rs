//! Tests on a small simulated office in SQLite.
#![allow(clippy::unwrap_used)] // A failure here must stop the test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use obcms_app::approval::{CeilingBalance, QueueItem};
use obcms_app::{Actor, App, Entropy, FixedClock, Options};
use obcms_demo::{Account, Plan, Size, fill};
use obcms_domain::approval::{Action, Decider, Stage, State, apply, may_decide};
use obcms_domain::choices::{self, Choice};
use obcms_domain::core::hex::hex;
use obcms_domain::kinds::{
    APPLICATION, ASSESSMENT, BOOKING, CEILING, COMMUNITY, EVENT, HOLIDAY, NEED, ORGANIZATION, POLICY,
    POLICY_MILESTONE, PPA, PROJECT, SERVICE, TASK, TEAM, TRANCHE, USER, ceiling, ppa, tranche,
};
use obcms_domain::money::{Part, Totals};
use obcms_domain::registry::{Kind, Record};
use obcms_store::approval::{self, Decision, Round};
use obcms_store::{Database, Location, Tx};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const TODAY: Date = date(2026, 11, 23);

struct Office {
    app: App,
    accounts: Vec<Account>,
}

/// Metadata stored beside a cached office.
#[derive(Serialize, Deserialize)]
struct Kept {
    now: Timestamp,
    accounts: Vec<Account>,
}

/// Returns a path in the build directory.
fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("demo-{name}"))
}

fn empty(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
}

/// Returns a folder that is filled once per build of this program, however many processes run its tests at a time.
fn once(name: &str, fill: impl FnOnce(&Path)) -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let built = format!("{:?}", fs::metadata(program).unwrap().modified().unwrap());
    let folder = place(name);
    let lock = File::create(place(&format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    let mark = folder.join("built");
    if fs::read_to_string(&mark).ok().as_ref() != Some(&built) {
        empty(&folder);
        fill(&folder);
        fs::write(mark, built).unwrap();
    }
    folder
}

fn plan(seed: u64) -> Plan {
    Plan { size: Size::Small, seed, password_seed: seed, today: TODAY, timezone: "Asia/Manila".to_owned() }
}

fn open(folder: &Path, seed: u64) -> (App, Arc<FixedClock>) {
    let database = Database::open(&Location::Sqlite(folder.join("obcms.db"))).unwrap();
    let clock = Arc::new(FixedClock::new(plan(seed).start().unwrap()));
    let options = Options { files: Some(folder.join("files")), ..Options::default() };
    let app = App::new(database, clock.clone(), Entropy::seeded(seed), options).unwrap();
    (app, clock)
}

/// Simulates an office in a folder. Loading the places takes longest, so it is done once and copied.
fn office(folder: &Path, seed: u64) -> Office {
    let prepared = once("prepared", |folder| open(folder, 7).0.prepare().unwrap());
    fs::copy(prepared.join("obcms.db"), folder.join("obcms.db")).unwrap();
    let (app, clock) = open(folder, seed);
    let accounts = fill(&app, &clock, &plan(seed), &mut |_| {}).unwrap_or_else(|error| panic!("{error:?}"));
    Office { app, accounts }
}

/// Returns the office shared by the tests that only read.
fn shared() -> Office {
    let folder = once("shared", |folder| {
        let office = office(folder, 7);
        let kept = Kept { now: office.app.now(), accounts: office.accounts };
        fs::write(folder.join("kept.json"), serde_json::to_vec(&kept).unwrap()).unwrap();
    });
    let kept: Kept = serde_json::from_slice(&fs::read(folder.join("kept.json")).unwrap()).unwrap();
    let (app, clock) = open(&folder, 7);
    clock.set(kept.now);
    Office { app, accounts: kept.accounts }
}

fn all(app: &App, kind: &'static Kind) -> Vec<Record> {
    app.read(|tx| {
        let ids: Vec<_> = tx
            .query(&format!("SELECT id FROM {} ORDER BY id", kind.table), &[])?
            .iter()
            .map(|row| row.get(0))
            .collect::<Result<_, _>>()?;
        Ok(obcms_store::records::load_many(tx, kind, &ids)?)
    })
    .unwrap()
}

#[test]
fn requested_numbers_of_records_exist() {
    let office = shared();
    let app = &office.app;
    for (kind, range) in [
        (&USER, 16..=16),
        (&ORGANIZATION, 40..=60),
        (&COMMUNITY, 30..=34),
        (&NEED, 44..=48),
        (&ASSESSMENT, 28..=28),
        // 72 single ones and three series.
        (&EVENT, 75..=75),
        (&PPA, 50..=52),
        (&PROJECT, 12..=16),
        (&POLICY, 26..=26),
        (&POLICY_MILESTONE, 8..=40),
        (&SERVICE, 10..=10),
        (&APPLICATION, 20..=24),
        (&TASK, 350..=450),
    ] {
        let count = all(app, kind).len();
        assert!(range.contains(&count), "{} {count}", kind.plural);
    }
}

#[test]
fn every_status_occurs() {
    let office = shared();
    let app = &office.app;
    let check = |kind: &'static Kind, choices: &[Choice]| {
        let found: BTreeSet<String> = all(app, kind).iter().map(|record| record.state().to_owned()).collect();
        let missing: Vec<_> = choices
            .iter()
            .filter(|choice| !found.contains(choice.value))
            .map(|choice| choice.value)
            .collect();
        assert!(missing.is_empty(), "{}: {missing:?}", kind.plural);
    };
    check(&TASK, choices::TASK_STATUSES);
    check(&EVENT, choices::EVENT_STATUSES);
    check(&NEED, choices::NEED_STATUSES);
    check(&ASSESSMENT, choices::ASSESSMENT_STATUSES);
    check(&PPA, choices::PPA_STATUSES);
    check(&POLICY, choices::POLICY_STATUSES);
    check(&POLICY_MILESTONE, choices::POLICY_MILESTONE_STATUSES);
    check(&SERVICE, choices::SERVICE_STATUSES);
    check(&APPLICATION, choices::APPLICATION_STATUSES);
    let types: BTreeSet<_> =
        all(app, &EVENT).iter().map(|event| event.text("event_type").to_owned()).collect();
    assert_eq!(types.len(), choices::EVENT_TYPES.len());
    let methods: BTreeSet<_> =
        all(app, &ASSESSMENT).iter().map(|one| one.text("primary_methodology").to_owned()).collect();
    assert_eq!(methods.len(), choices::ASSESSMENT_METHODOLOGIES.len());
    let categories: BTreeSet<_> = all(app, &PPA).iter().map(|ppa| ppa.text("category").to_owned()).collect();
    assert_eq!(categories.len(), choices::PPA_CATEGORIES.len());
    let stages: BTreeSet<_> = all(app, &PROJECT).iter().map(|one| one.state().to_owned()).collect();
    assert!(stages.len() >= 6, "{stages:?}");
}

#[test]
fn events_are_ordered_and_around_today() {
    let office = shared();
    let zone = office.app.zone().clone();
    let mut types = BTreeMap::<i64, usize>::new();
    for event in all(&office.app, &EVENT) {
        let (start, end) = (event.instant("start").unwrap(), event.instant("end").unwrap());
        assert!(start < end, "{}", event.title());
        let local = start.to_zoned(zone.clone());
        let offset = local.date().duration_since(TODAY).as_hours() / 24;
        assert!((-280..=190).contains(&offset), "{} {offset}", event.title());
        assert!(event.flag("all_day") || (8..18).contains(&local.hour()), "{} {local}", event.title());
        // No report before the end of the event.
        assert!(event.state() != "completed" || end <= office.app.now(), "{}", event.title());
        *types.entry(offset).or_default() += 1;
    }
    assert!(types.get(&0).is_some_and(|count| *count >= 4) && types.get(&1).is_some_and(|count| *count >= 3));
}

#[test]
fn series_and_overrides_exist() {
    let office = shared();
    let series: Vec<Record> =
        all(&office.app, &EVENT).into_iter().filter(|event| !event.text("rrule").is_empty()).collect();
    assert_eq!(series.len(), 3);
    let filled = |field: &str| series.iter().filter(|event| !event.get(field).is_empty()).count();
    assert!(filled("exdates") >= 1, "a cancelled date");
    let changed =
        |record: &Record| obcms_domain::calendar::series::Series::of(record).unwrap().overrides.len();
    assert_eq!(series.iter().map(changed).sum::<usize>(), 2, "a moved date and a renamed one");
    let reports: Vec<Record> =
        all(&office.app, &TASK).into_iter().filter(|task| !task.text("rrule").is_empty()).collect();
    assert_eq!(reports.len(), 2);
    assert!(reports.iter().all(|report| changed(report) >= 2), "past reports are done");
}

#[test]
fn this_and_coming_years_have_holidays() {
    let app = shared().app;
    let holidays = all(&app, &HOLIDAY);
    for year in TODAY.year() - 1..=TODAY.year() + 2 {
        let new_year = date(year, 1, 1);
        assert_eq!(holidays.iter().filter(|day| day.date("date") == Some(new_year)).count(), 1, "{year}");
    }
}

#[test]
fn progress_follows_from_tasks() {
    let office = shared();
    let app = &office.app;
    let tasks = all(app, &TASK);
    let mut spread = BTreeSet::new();
    let mut with_tasks = 0;
    for ppa in all(app, &PPA) {
        let own: Vec<_> = tasks
            .iter()
            .filter(|task| task.link("origin").is_some_and(|origin| origin.id == ppa.id))
            .collect();
        with_tasks += usize::from(!own.is_empty());
        spread.insert(ppa.integer("progress").unwrap());
        if ppa.state() == "completed" {
            assert_eq!(ppa.integer("progress"), Some(100), "{}", ppa.title());
            assert!(
                own.iter().all(|task| ["completed", "cancelled"].contains(&task.state())),
                "{}",
                ppa.title()
            );
        }
    }
    assert!(spread.len() >= 8, "{spread:?}");
    assert!(with_tasks >= 3, "{with_tasks}");
    for task in &tasks {
        let done = task.state() == "completed";
        assert_eq!(task.instant("completed_at").is_some(), done, "{}", task.title());
        assert!(!done || task.integer("progress") == Some(100), "{}", task.title());
        assert!(task.instant("completed_at").is_none_or(|at| at >= task.created_at && at <= app.now()));
    }
    let due: Vec<_> =
        tasks.iter().filter(|task| task.date("due_date").is_some_and(|due| due < TODAY)).collect();
    let done = due.iter().filter(|task| task.state() == "completed").count();
    let share = done * 100 / due.len();
    assert!((70..=95).contains(&share), "{share} of a hundred past tasks are done");
}

#[test]
fn printed_accounts_have_work() {
    let office = shared();
    assert_eq!(office.accounts.len(), 6);
    let users = all(&office.app, &USER);
    let tasks = all(&office.app, &TASK);
    for account in &office.accounts {
        obcms_domain::accounts::password::check(&account.password, &account.username).unwrap();
        let user = users.iter().find(|user| user.text("username") == account.username).unwrap();
        assert_eq!(user.title(), account.full_name);
        if !["staff", "coordinator"].contains(&account.role.as_str()) {
            continue;
        }
        let open = |from: i64, to: i64| {
            let days = |task: &Record| task.date("due_date").unwrap().duration_since(TODAY).as_hours() / 24;
            tasks
                .iter()
                .filter(|task| task.references("assignees").contains(&user.id))
                .filter(|task| !["completed", "cancelled"].contains(&task.state()))
                .filter(|task| (from..=to).contains(&days(task)))
                .count()
        };
        assert!(open(0, 6) >= 3, "{} has {} this week", account.username, open(0, 6));
        assert!(open(-30, -1) >= 2, "{} has {} late", account.username, open(-30, -1));
    }
    assert!(
        all(&office.app, &TEAM).iter().filter(|team| !team.references("members").is_empty()).count() >= 5
    );
    let actor = Actor::program();
    assert!(office.app.history(&actor, &PPA, all(&office.app, &PPA)[0].id, None, 50).unwrap().len() > 1);
}

fn decisions(app: &App, ppa: &Record) -> Vec<Decision> {
    app.read(|tx| Ok(approval::decisions(tx, ppa.id)?)).unwrap()
}

fn rounds(app: &App, ppa: &Record) -> Vec<Round> {
    app.read(|tx| Ok(approval::rounds(tx, ppa.id)?)).unwrap()
}

/// Checks that every approval state occurs, and that the decisions of each PPA lead to its state.
#[test]
fn every_approval_state_occurs_with_its_decisions() {
    let app = shared().app;
    let mut found = BTreeSet::new();
    let mut of_rounds = BTreeSet::new();
    let mut actions = BTreeSet::new();
    for ppa in all(&app, &PPA) {
        let shown = ppa::APPROVAL_STAGE.get(&ppa);
        found.insert(shown.to_owned());
        let mut state = State::Draft;
        for decision in decisions(&app, &ppa) {
            assert_eq!(decision.stage, state.as_str(), "{}", ppa.title());
            let action = Action::parse(&decision.action).unwrap();
            state = apply(state, action, Some(decision.comment.as_str()), &|_| true).unwrap();
            assert!(decision.decided_by.is_some() && decision.digest.len() == 64);
            actions.insert(decision.action);
        }
        assert_eq!(state.as_str(), shown, "{}", ppa.title());
        of_rounds.extend(rounds(&app, &ppa).into_iter().map(|round| (round.state, round.is_revision)));
    }
    assert_eq!(found, State::ALL.map(|state| state.as_str().to_owned()).into());
    assert_eq!(actions, Action::ALL.map(|action| action.as_str().to_owned()).into());
    for (state, is_revision) in [
        ("returned", false),
        ("rejected", false),
        ("withdrawn", false),
        ("enacted", false),
        ("open", false),
        ("open", true),
        ("enacted", true),
    ] {
        assert!(of_rounds.contains(&(state.to_owned(), is_revision)), "no round is {state} {is_revision}");
    }
}

#[test]
fn nobody_decides_on_their_own_ppa_or_twice_in_a_row() {
    let app = shared().app;
    let users = all(&app, &USER);
    let has_role = |person, stage: Stage| {
        let user = users.iter().find(|user| user.id == person);
        user.is_some_and(|user| Actor::from_record(user, Vec::new()).roles.contains(&stage.decider()))
    };
    let mut deciders = BTreeSet::new();
    for ppa in all(&app, &PPA) {
        let mut last = None;
        for decision in decisions(&app, &ppa) {
            let Some(stage) = State::parse(&decision.stage).and_then(State::stage) else { continue };
            if !Action::parse(&decision.action).is_some_and(Action::decides) {
                continue;
            }
            let person = decision.decided_by.unwrap();
            let decider = Decider { person, on_behalf_of: decision.on_behalf_of };
            may_decide(decider, ppa.created_by.unwrap(), stage, last).unwrap();
            assert!(has_role(person, stage), "{}", ppa.title());
            last = Some((stage, decider));
            deciders.insert(person);
        }
    }
    assert!(deciders.len() >= 5, "{deciders:?}");
}

#[test]
fn work_on_ppas_follows_enactment() {
    let app = shared().app;
    for ppa in all(&app, &PPA) {
        let enacted = ppa::ENACTED_BUDGET_CENTAVOS.get(&ppa);
        if ["ongoing", "completed"].contains(&ppa.state()) {
            assert!(enacted.is_some_and(|budget| budget > 0), "{}", ppa.title());
        }
        assert!(!ppa.is_request() || decisions(&app, &ppa).is_empty(), "{}", ppa.title());
        assert_eq!(enacted.is_some(), ppa::ENACTED_ON.get(&ppa).is_some());
    }
}

/// Checks the limits of the ledger after each entry, and that its typical cases occur.
#[test]
fn ledger_keeps_its_limits() {
    let app = shared().app;
    let mut entries = all(&app, &TRANCHE);
    entries.sort_by_key(|entry| (entry.created_at, entry.id));
    assert!(entries.len() >= 100, "{}", entries.len());
    assert!(entries.iter().any(|entry| tranche::REVERSES.get(entry).is_some()), "no reversal");
    assert!(entries.iter().any(|entry| tranche::KIND.get(entry) == "adjustment"), "no adjustment");
    let (mut behind, mut nearly_spent) = (0, 0);
    for ppa in all(&app, &PPA) {
        let budgets: Vec<i64> = rounds(&app, &ppa)
            .iter()
            .filter(|round| round.state == "enacted")
            .map(|round| serde_json::from_str::<serde_json::Value>(&round.snapshot).unwrap())
            .filter_map(|figures| figures["budget_allocation_centavos"].as_i64())
            .collect();
        let enacted = budgets.iter().copied().max().unwrap_or(0);
        let mut totals = Totals { enacted, ..Totals::default() };
        for entry in entries.iter().filter(|entry| tranche::PPA.get(entry) == Some(ppa.id)) {
            let part =
                Part::parse(tranche::KIND.get(entry)).or_else(|| Part::parse(tranche::ADJUSTS.get(entry)));
            let amount = tranche::AMOUNT_CENTAVOS.get(entry).unwrap();
            totals = totals
                .with(part.unwrap(), amount)
                .unwrap_or_else(|limit| panic!("{}: {limit:?}", ppa.title()));
        }
        let in_force = ppa::ENACTED_BUDGET_CENTAVOS.get(&ppa).unwrap_or(0);
        assert_eq!(budgets.last().copied().unwrap_or(0), in_force, "{}", ppa.title());
        assert!(totals.allotted <= in_force, "{}", ppa.title());
        assert_eq!(app.money(&Actor::program(), ppa.id).unwrap().0, Totals { enacted: in_force, ..totals });
        if ppa.state() == "ongoing" && totals.allotted > 0 {
            behind += usize::from(totals.obligated * 10 < totals.allotted * 4);
            nearly_spent += usize::from(totals.obligated * 100 >= in_force * 95);
        }
    }
    assert!(behind >= 1 && nearly_spent >= 1, "{behind} behind, {nearly_spent} nearly spent");
}

#[test]
fn ceilings_are_wide_tight_soft_and_refusing() {
    let app = shared().app;
    let ceilings = all(&app, &CEILING);
    assert!(ceilings.iter().any(|one| ceiling::ENFORCEMENT.get(one) == "soft"), "no soft ceiling");
    let is_nearly_used =
        |one: &CeilingBalance| one.committed <= one.amount && one.committed * 100 >= one.amount * 90;
    let balances = app.ceiling_balances(&ceilings).unwrap();
    assert!(balances.iter().any(is_nearly_used), "no ceiling is nearly used up");
    let queue = app.approvals(&Actor::program(), false).unwrap();
    let late = queue.iter().filter(|item| item.is_late).count();
    assert!(late >= 2 && late < queue.len(), "{late} of {} are late", queue.len());
    assert!(queue.iter().any(|item| item.is_revision), "no revision waits");
    let is_refused =
        |item: &QueueItem| item.ceilings.iter().any(|effect| effect.is_hard && effect.excess() > 0);
    assert!(queue.iter().any(is_refused), "every budget fits under its ceilings");
    let stages: BTreeSet<&str> = queue.iter().map(|item| item.stage.as_str()).collect();
    assert_eq!(stages.len(), Stage::ALL.len());
}

/// Returns a digest of the database, without the places and the tables with generated numbers.
fn digest(app: &App) -> BTreeMap<String, String> {
    let rows = |tx: &mut Tx<'_>, table: &str| -> Result<String, obcms_app::AppError> {
        let columns: Vec<String> = tx
            .query(&format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"), &[])?
            .iter()
            .map(|row| row.get(0))
            .collect::<Result<_, _>>()?;
        let line: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        let mut hash = Sha256::new();
        for row in
            tx.query(&format!("SELECT {} AS line FROM \"{table}\" ORDER BY 1", line.join("||','||")), &[])?
        {
            let line: String = row.get(0)?;
            hash.update(line.as_bytes());
        }
        Ok(hex(&hash.finalize()))
    };
    app.read(|tx| {
        let tables: Vec<String> = tx
            .query(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND sql NOT LIKE '%VIRTUAL%'",
                &[],
            )?
            .iter()
            .map(|row| row.get(0))
            .collect::<Result<_, _>>()?;
        let mut result = BTreeMap::new();
        for table in tables {
            let line = rows(tx, &table)?;
            result.insert(table, line);
        }
        Ok(result)
    })
    .unwrap()
}

#[test]
fn the_same_seed_gives_the_same_rows() {
    let folder = place("again");
    empty(&folder);
    let again = office(&folder, 7);
    let first = shared();
    let digest_of_first = digest(&first.app);
    assert!(digest_of_first.len() > 15);
    assert_eq!(digest_of_first, digest(&again.app));
    assert_eq!(first.accounts, again.accounts);
    drop(again);
    fs::remove_dir_all(folder).unwrap();
}

/// Checks that bookings exist in every status, some pending, and none of a one-unit resource over another.
#[test]
fn files_are_attached_and_whole() {
    let Office { app, .. } = shared();
    let health = app.file_health().unwrap();
    assert!(health.files >= 30, "{health:?}");
    assert_eq!((health.missing.len(), health.damaged.len()), (0, 0), "{health:?}");
}

#[test]
fn resources_are_booked() {
    let office = shared();
    let bookings = all(&office.app, &BOOKING);
    for state in ["pending", "approved", "rejected", "cancelled"] {
        assert!(bookings.iter().any(|booking| booking.text("status") == state), "no booking is {state}");
    }
    let ahead = bookings.iter().filter(|booking| booking.instant("start") > Some(office.app.now())).count();
    assert!(ahead > 20 && bookings.len() > 3 * ahead, "{ahead} of {} are ahead", bookings.len());
}
