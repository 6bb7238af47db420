//! Requests of typical users, and their response times.

use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::server::{ADDRESS, PASSWORD, Running};

/// Number of sequential requests for median and p95.
const REPEATS: usize = 200;
/// Duration of the load test with eight clients.
const STORM: Duration = Duration::from_secs(2);

/// Cost of one request.
pub struct Figure {
    /// Name of the request.
    pub name: &'static str,
    /// CPU time of the server per response, in milliseconds; independent of other load on the machine.
    pub cpu: f64,
    /// Median response time in milliseconds.
    pub median: f64,
    /// 95th percentile of the response time in milliseconds.
    pub slow: f64,
    /// Size of the uncompressed response in bytes.
    pub bytes: usize,
    /// Responses per second with eight clients.
    pub rate: f64,
}

struct Asker {
    agent: Agent,
    authorization: String,
    /// Session cookie; none for a user without a known password, because pages accept the token as well.
    cookie: Option<String>,
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        // The maximum of one socket read: with a smaller buffer the client is the bottleneck.
        .input_buffer_size(1024 * 1024)
        .accept_encoding("identity")
        .build()
        .into()
}

impl Asker {
    fn new(token: &str) -> Result<Self, String> {
        let agent = agent();
        let answer = agent
            .post(format!("http://{ADDRESS}/login"))
            .send_form([("username", "figures"), ("password", PASSWORD)])
            .map_err(|error| error.to_string())?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .ok_or("signing in failed")?
            .to_owned();
        Ok(Self { agent, authorization: format!("Bearer {token}"), cookie: Some(cookie) })
    }

    fn with_token(token: &str) -> Self {
        Self { agent: agent(), authorization: format!("Bearer {token}"), cookie: None }
    }

    fn call(&self, path: &str) -> Result<Response<Body>, String> {
        let request = self.agent.get(format!("http://{ADDRESS}{path}"));
        let is_page = !(path.starts_with("/api/") || path.ends_with(".ics") || path.contains(".ics?"));
        let request = match self.cookie.as_ref().filter(|_| is_page) {
            Some(cookie) => request.header("cookie", cookie),
            None => request.header("authorization", &self.authorization),
        };
        let answer = request.call().map_err(|error| error.to_string())?;
        let status = answer.status();
        if status.is_success() { Ok(answer) } else { Err(format!("{path} answered {status}")) }
    }

    fn get(&self, path: &str) -> Result<String, String> {
        self.call(path)?.body_mut().read_to_string().map_err(|error| error.to_string())
    }

    /// Reads a response to its end and discards it, so that the measurement excludes a client that holds all of it.
    fn read(&self, path: &str) -> Result<usize, String> {
        let mut reader = self.call(path)?.into_body().into_reader();
        let (mut buffer, mut bytes) = (vec![0; 256 * 1024], 0);
        loop {
            match reader.read(&mut buffer).map_err(|error| error.to_string())? {
                0 => return Ok(bytes),
                read => bytes += read,
            }
        }
    }

    fn post(&self, path: &str, body: &Json) -> Result<usize, String> {
        let mut answer = self
            .agent
            .post(format!("http://{ADDRESS}{path}"))
            .header("authorization", &self.authorization)
            .header("content-type", "application/json")
            .send(body.to_string())
            .map_err(|error| error.to_string())?;
        let status = answer.status();
        let text = answer.body_mut().read_to_string().map_err(|error| error.to_string())?;
        if status.is_success() { Ok(text.len()) } else { Err(format!("{path} answered {status}: {text}")) }
    }

    fn first(&self, path: &str) -> Result<String, String> {
        let json: Json = serde_json::from_str(&self.get(path)?).map_err(|error| error.to_string())?;
        json["items"][0]["id"].as_str().map(ToOwned::to_owned).ok_or_else(|| format!("{path} lists nothing"))
    }
}

/// Returns all figures.
pub fn measure(running: &Running) -> Result<Vec<Figure>, String> {
    let asker = Asker::new(&running.token)?;
    let one =
        |name: &'static str, ask: &(dyn Fn(u64) -> Result<usize, String> + Sync)| one(running, name, ask);
    #[allow(clippy::disallowed_methods)] // The figures are of today's window.
    let today = jiff::Zoned::now().date();
    let month = (today.first_of_month(), today.last_of_month());
    let year = (today.first_of_year(), today.last_of_year());
    let longest =
        (today.saturating_sub(jiff::ToSpan::days(200)), today.saturating_add(jiff::ToSpan::days(199)));
    let feed = |(first, last): (jiff::civil::Date, jiff::civil::Date)| {
        format!("/api/v1/calendar?start={first}&end={last}")
    };
    let ppa = asker.first("/api/v1/ppas?status=ongoing&limit=1")?;
    let task = asker.first("/api/v1/tasks?status=not_started&blocked=false&limit=1")?;
    let scenario = asker.first("/api/v1/scenarios?sort=-funded&limit=1")?;
    let reads = [
        ("month feed", feed(month)),
        ("year feed", feed(year)),
        ("400 days feed", feed(longest)),
        ("400 days as iCalendar", format!("/calendar.ics?start={}&end={}", longest.0, longest.1)),
        ("conflicts of the month", feed(month).replace("/calendar?", "/calendar/conflicts?")),
        ("calendar page", "/calendar".to_owned()),
        ("today page", "/".to_owned()),
        ("board", "/api/v1/tasks/board?group=status".to_owned()),
        ("board page", "/board".to_owned()),
        (
            "board with lanes by assignee",
            "/api/v1/tasks/board?group=status&lanes=assignee&open=true".to_owned(),
        ),
        ("task list", "/api/v1/tasks?limit=50".to_owned()),
        ("task list page", "/tasks".to_owned()),
        (
            "task list by assignee and due date",
            format!("/api/v1/tasks?unassigned=true&due_date_to={}", year.1),
        ),
        ("Gantt chart of 500 tasks", "/api/v1/tasks/gantt?open=true".to_owned()),
        ("Gantt chart page of 500 tasks", "/tasks/gantt?open=true".to_owned()),
        (
            "task progress of a year by person",
            format!("/api/v1/tasks/progress?start={}&end={}", year.0, year.1),
        ),
        ("task progress page by team", format!("/tasks/progress?start={}&end={}&by=team", year.0, year.1)),
        ("workload", "/api/v1/tasks/workload".to_owned()),
        ("workload page", "/tasks/workload".to_owned()),
        ("PPA page", format!("/ppas/{ppa}")),
        ("portfolio", "/api/v1/portfolio".to_owned()),
        ("portfolio page", "/portfolio?fiscal_year=all".to_owned()),
        ("monitoring", "/api/v1/analytics/scorecard".to_owned()),
        ("monitoring page", "/monitoring?fiscal_year=all".to_owned()),
        ("alert list", "/api/v1/alerts?state=active&limit=50".to_owned()),
        ("alerts page", "/alerts?state=active".to_owned()),
        ("results of a PPA", format!("/ppas/{ppa}?tab=results")),
        ("indicator list", "/api/v1/indicators?limit=50".to_owned()),
        ("search", "/api/v1/search?q=water".to_owned()),
        ("approval queue", "/api/v1/approvals".to_owned()),
        ("approval queue page", "/approvals".to_owned()),
        ("money page", format!("/ppas/{ppa}?tab=money")),
        ("ledger list", "/api/v1/tranches?limit=50".to_owned()),
        ("ledger page", "/tranches".to_owned()),
        ("scenario", format!("/api/v1/scenarios/{scenario}/allocations")),
        ("scenario page", format!("/scenarios/{scenario}")),
    ];
    let mut figures = Vec::new();
    // Each window is requested once, so that no cached feed answers: the time of the first reader after a change.
    let uncached = |place: &str, (first, last): (jiff::civil::Date, jiff::civil::Date), turn: u64| {
        asker.read(&format!(
            "{place}?start={first}T00:{:02}:{:02}Z&end={last}T22:59:{:02}Z",
            turn / 60 % 60,
            turn % 60,
            turn / 3600 % 60
        ))
    };
    let (json, ics) = ("/api/v1/calendar", "/calendar.ics");
    figures.push(one("month feed, uncached", &|turn| uncached(json, month, turn))?);
    figures.push(one("400 days feed, uncached", &|turn| uncached(json, longest, turn))?);
    figures.push(one("400 days as iCalendar, uncached", &|turn| uncached(ics, longest, turn))?);
    for (name, path) in &reads {
        figures.push(one(name, &|_| asker.read(path))?);
    }
    let transition = format!("/api/v1/tasks/{task}/transition");
    figures.push(one("task transition", &|turn| {
        let status = if turn % 2 == 0 { "in_progress" } else { "on_hold" };
        asker.post(&transition, &json!({ "status": status }))
    })?);
    figures.push(one("event create", &|turn| {
        let start = format!("2027-03-{:02}T09:00:00+08:00", 1 + turn % 28);
        asker.post(
            "/api/v1/events",
            &json!({ "title": format!("Figure {turn}"), "start": start, "event_type": "other" }),
        )
    })?);
    let list = asker.get("/api/v1/tasks?limit=500&open=true&blocked=false")?;
    let list: Json = serde_json::from_str(&list).map_err(|error| error.to_string())?;
    let ids: Vec<&Json> = list["items"].as_array().into_iter().flatten().map(|task| &task["id"]).collect();
    figures.push(one("bulk edit of 500 tasks", &|turn| {
        let priority = if turn % 2 == 0 { "high" } else { "medium" };
        asker.post("/api/v1/tasks/bulk", &json!({ "ids": ids, "changes": { "priority": priority } }))
    })?);
    let line = "Submit the report friday 3pm !high #ppa:water";
    figures.push(one("quick add, read", &|_| {
        asker.post("/api/v1/tasks/quick/preview", &json!({ "text": line }))
    })?);
    figures.push(of_jobs("all alerts checked, by the job", running, &asker, "alerts", &|| {
        let id = asker.first("/api/v1/jobs?kind=alerts&limit=1")?;
        asker.post(&format!("/api/v1/jobs/{id}/run"), &json!({}))
    })?);
    for (name, format) in [
        ("portfolio of all PPAs as PDF, by the job", "pdf"),
        ("portfolio of all PPAs as XLSX, by the job", "xlsx"),
    ] {
        figures.push(of_jobs(name, running, &asker, "report", &|| {
            asker.post("/api/v1/reports", &json!({ "report": "portfolio", "format": format }))
        })?);
    }
    figures.push(generation(running, &asker)?);
    figures.push(ledger_writes(running, &asker)?);
    recurring(&asker)?;
    figures.push(one("month feed, uncached, with 1,000 series more", &|turn| uncached(json, month, turn))?);
    Ok(figures)
}

/// Runs of a job that are measured.
const RUNS: usize = 3;

/// Measures a job: its own time, without the wait for it.
fn of_jobs(
    name: &'static str,
    running: &Running,
    asker: &Asker,
    kind: &str,
    start: &dyn Fn() -> Result<usize, String>,
) -> Result<Figure, String> {
    let mut times = Vec::new();
    let cpu = running.cpu_milliseconds()?;
    for _ in 0..RUNS {
        let (before, _) = last_run(asker, kind)?;
        start()?;
        let mut waited = 0;
        loop {
            let (finished, duration) = last_run(asker, kind)?;
            if finished != before {
                times.push(duration);
                break;
            }
            waited += 1;
            if waited > 2000 {
                return Err(format!("no job {kind} is done"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    times.sort_by(f64::total_cmp);
    #[allow(clippy::cast_precision_loss)] // A few.
    let cpu = (running.cpu_milliseconds()? - cpu) / RUNS as f64;
    let median = times[RUNS / 2];
    Ok(Figure { name, cpu, median, slow: times[RUNS - 1], bytes: 0, rate: 1000.0 / median.max(1.0) })
}

/// Returns end and duration in milliseconds of the last run of a kind of job.
fn last_run(asker: &Asker, kind: &str) -> Result<(String, f64), String> {
    let list = asker.get(&format!("/api/v1/jobs?kind={kind}&limit=500"))?;
    let list: Json = serde_json::from_str(&list).map_err(|error| error.to_string())?;
    let of = |job: &Json| {
        let finished = job["last_finished_at"].as_str()?.to_owned();
        Some((finished, job["last_duration_milliseconds"].as_f64()?))
    };
    let runs = list["items"].as_array().into_iter().flatten().filter_map(of);
    Ok(runs.max_by(|one, other| one.0.cmp(&other.0)).unwrap_or_default())
}

/// PPAs whose tasks are generated.
const GENERATED: usize = 100;

/// Measures the generation of the tasks of a hundred PPAs from a template of ten items, which none of them has yet.
fn generation(running: &Running, asker: &Asker) -> Result<Figure, String> {
    let template = asker.first("/api/v1/task-templates?name=ppa_budget_cycle")?;
    let file = asker.get(&format!("/api/v1/task-templates/export.json?id={template}"))?;
    let mut file: Json = serde_json::from_str(&file).map_err(|error| error.to_string())?;
    file["templates"][0]["name"] = json!("figures");
    asker.post("/api/v1/task-templates/import.json", &file)?;
    let template = asker.first("/api/v1/task-templates?name=figures")?;
    let list = asker.get(&format!("/api/v1/ppas?limit={GENERATED}"))?;
    let list: Json = serde_json::from_str(&list).map_err(|error| error.to_string())?;
    let mut times = Vec::new();
    let mut bytes = 0;
    let cpu = running.cpu_milliseconds()?;
    let begun = Instant::now();
    for ppa in list["items"].as_array().into_iter().flatten() {
        let body = json!({ "origin": { "kind": "ppa", "id": ppa["id"] } });
        let begun = Instant::now();
        bytes = asker.post(&format!("/api/v1/task-templates/{template}/instantiate"), &body)?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    let seconds = begun.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let count = times.len();
    if count == 0 {
        return Err("there are no PPAs".to_owned());
    }
    #[allow(clippy::cast_precision_loss)] // A hundred.
    let (cpu, rate) = ((running.cpu_milliseconds()? - cpu) / count as f64, count as f64 / seconds);
    Ok(Figure {
        name: "tasks of 100 PPAs generated, each",
        cpu,
        median: times[count / 2],
        slow: times[count * 95 / 100],
        bytes,
        rate,
    })
}

/// Clients that write one ledger at the same time, and entries of each.
const WRITERS: u64 = 20;
const ENTRIES: u64 = 25;

/// Measures 500 concurrent entries on the ledger of one PPA: allotments of a centavo, which stay within its budget.
fn ledger_writes(running: &Running, asker: &Asker) -> Result<Figure, String> {
    let ppa = ppa_with_room(asker)?;
    let times = std::sync::Mutex::new(Vec::new());
    let bytes = AtomicU64::new(0);
    let cpu = running.cpu_milliseconds()?;
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (times, bytes, ppa) = (&times, &bytes, &ppa);
                scope.spawn(move || {
                    for entry in 0..ENTRIES {
                        let begun = Instant::now();
                        let body = json!({
                            "ppa": ppa, "kind": "allocation", "amount_centavos": 1, "date": "2027-01-15",
                            "document": format!("Figure {writer}-{entry}"),
                        });
                        let size = asker.post("/api/v1/tranches", &body)?;
                        bytes.store(size as u64, Ordering::Relaxed);
                        let elapsed = begun.elapsed().as_secs_f64() * 1000.0;
                        times.lock().map_err(|error| error.to_string())?.push(elapsed);
                    }
                    Ok::<_, String>(())
                })
            })
            .collect();
        writers.into_iter().try_for_each(|writer| writer.join().map_err(|_| "a writer failed".to_owned())?)
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let mut times = times.into_inner().map_err(|error| error.to_string())?;
    times.sort_by(f64::total_cmp);
    let count = times.len();
    #[allow(clippy::cast_precision_loss)] // A few hundred.
    let (cpu, rate) = ((running.cpu_milliseconds()? - cpu) / count as f64, count as f64 / seconds);
    Ok(Figure {
        name: "500 concurrent ledger entries on one PPA",
        cpu,
        median: times[count / 2],
        slow: times[count * 95 / 100],
        bytes: usize::try_from(bytes.into_inner()).unwrap_or_default(),
        rate,
    })
}

/// Returns an enacted PPA that has room for the entries.
fn ppa_with_room(asker: &Asker) -> Result<String, String> {
    let list = asker.get("/api/v1/ppas?approval_stage=enacted&limit=200")?;
    let list: Json = serde_json::from_str(&list).map_err(|error| error.to_string())?;
    for id in list["items"].as_array().into_iter().flatten().filter_map(|item| item["id"].as_str()) {
        let money = asker.get(&format!("/api/v1/ppas/{id}/money"))?;
        let money: Json = serde_json::from_str(&money).map_err(|error| error.to_string())?;
        if money["variance_centavos"].as_i64().is_some_and(|variance| variance < -10_000) {
            return Ok(id.to_owned());
        }
    }
    Err("no enacted PPA has room for allotments".to_owned())
}

/// Creates a thousand series that began ten years ago: mostly weekly, some daily on workdays, some monthly.
fn recurring(asker: &Asker) -> Result<(), String> {
    for number in 0..1000_u32 {
        let rule = match number % 10 {
            0 => "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
            1 | 2 => "FREQ=MONTHLY;BYDAY=2TU",
            3 => "FREQ=MONTHLY;BYMONTHDAY=-1",
            4 => "FREQ=YEARLY",
            _ => "FREQ=WEEKLY;BYDAY=MO,TH",
        };
        let (day, hour) = (1 + number % 28, 8 + number % 9);
        asker.post(
            "/api/v1/events",
            &json!({
                "title": format!("Series {number}"), "start": format!("2016-01-{day:02}T{hour:02}:00:00+08:00"),
                "event_type": "other", "rrule": rule,
            }),
        )?;
    }
    Ok(())
}

/// Cost of one page for a user.
pub struct Share {
    /// Name of the page.
    pub page: &'static str,
    /// CPU time of the server per response, in milliseconds.
    pub cpu: f64,
    /// CPU time of the first response after a change, in milliseconds.
    pub cpu_after_change: f64,
}

/// Measures the daily pages of the user with this token. `running` has the token of an administrator, who changes a
/// record between responses that must not come from a cache.
pub fn pages_of(running: &Running, token: &str) -> Result<Vec<Share>, String> {
    let (asker, changing) = (Asker::with_token(token), Asker::with_token(&running.token));
    let ppa = asker.first("/api/v1/ppas?limit=1").map(|id| format!("/ppas/{id}"));
    let task = changing.first("/api/v1/tasks?status=not_started&blocked=false&limit=1")?;
    let transition = format!("/api/v1/tasks/{task}/transition");
    let mut pages = vec![
        ("Today", "/".to_owned()),
        ("calendar page", "/calendar".to_owned()),
        ("tasks", "/tasks".to_owned()),
        ("my tasks", "/tasks?mine=true&open=true".to_owned()),
        ("board", "/board".to_owned()),
        ("board by assignee", "/board?group=assignee".to_owned()),
        ("PPAs", "/ppas".to_owned()),
        ("events", "/events".to_owned()),
        ("needs", "/needs".to_owned()),
        ("search", "/search?q=water".to_owned()),
        ("portfolio", "/portfolio?fiscal_year=all".to_owned()),
        ("monitoring", "/monitoring?fiscal_year=all".to_owned()),
        ("approvals", "/approvals".to_owned()),
    ];
    if let Ok(address) = ppa {
        pages.push(("PPA page", address));
    }
    let mut shares = Vec::new();
    for (page, path) in pages {
        asker.read(&path)?;
        let begun = running.cpu_milliseconds()?;
        for _ in 0..PAGES {
            asker.read(&path)?;
        }
        let cpu = (running.cpu_milliseconds()? - begun) / f64::from(PAGES);
        let mut after_change = 0.0;
        for turn in 0..CHANGES {
            let status = if turn % 2 == 0 { "in_progress" } else { "on_hold" };
            changing.post(&transition, &json!({ "status": status }))?;
            let begun = running.cpu_milliseconds()?;
            asker.read(&path)?;
            after_change += running.cpu_milliseconds()? - begun;
        }
        shares.push(Share { page, cpu, cpu_after_change: after_change / f64::from(CHANGES) });
    }
    Ok(shares)
}

/// Number of responses per page over which the CPU time is averaged.
const PAGES: u32 = 100;
/// Number of first responses after a change.
const CHANGES: u32 = 20;

fn one(
    running: &Running,
    name: &'static str,
    ask: &(dyn Fn(u64) -> Result<usize, String> + Sync),
) -> Result<Figure, String> {
    let mut bytes = 0;
    for turn in 0..10 {
        bytes = ask(turn)?;
    }
    let mut times = Vec::with_capacity(REPEATS);
    let cpu = running.cpu_milliseconds()?;
    for turn in 10..10 + REPEATS as u64 {
        let begun = Instant::now();
        ask(turn)?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    #[allow(clippy::cast_precision_loss)] // A few hundred.
    let cpu = (running.cpu_milliseconds()? - cpu) / REPEATS as f64;
    times.sort_by(f64::total_cmp);
    let (done, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..8_u64 {
            let (done, over) = (&done, &over);
            scope.spawn(move || {
                let mut turn = 10_000 * (client + 1);
                while !over.load(Ordering::Relaxed) {
                    // Two clients may conflict on one task; such a response does not count.
                    if ask(turn).is_ok() {
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    turn += 1;
                }
            });
        }
        std::thread::sleep(STORM);
        over.store(true, Ordering::Relaxed);
    });
    #[allow(clippy::cast_precision_loss)] // Counts of two seconds are small.
    let rate = done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    Ok(Figure { name, cpu, median: times[REPEATS / 2], slow: times[REPEATS * 95 / 100], bytes, rate })
}
