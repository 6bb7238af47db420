//! Query plans of both engines on the data of a region. No statement scans a large table, or the edges of a person once
//! per row, where an index exists.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::BTreeMap;

use obcms_domain::core::id::Id;
use obcms_store::{Engine, SqlValue, StoreError};
use obcms_tests::{Client, Server, on_both_engines};
use serde_json::json;

/// Rows of a region, with thousands of tasks and tens of people, as the demo creates them.
const FILL: &str = include_str!("plans/region.sql");

/// Returns the SQL for the engine.
///
/// `{id:N}` is an id from a number, `{to:N}` the numbers from one to N as `s(n)`, `{at:S}` an instant in seconds,
/// `{day:N}` the day N days from today, `{yes:C}` a condition as a value, `{pad:N}` eight digits.
fn render(sql: &str, engine: Engine, known: &[(&str, Id)], today: jiff::civil::Date) -> String {
    let mut text = String::with_capacity(sql.len() * 2);
    let mut rest = sql;
    while let Some(start) = rest.find('{') {
        let end = start + rest[start..].find('}').unwrap();
        text.push_str(&rest[..start]);
        let (token, value) = rest[start + 1..end].split_once(':').unwrap();
        let is_sqlite = engine == Engine::Sqlite;
        text.push_str(&match (token, is_sqlite) {
            ("id", true) => format!("unhex(printf('%032x', {value}))"),
            ("id", false) => format!("CAST(lpad(to_hex(CAST({value} AS bigint)), 32, '0') AS uuid)"),
            ("to", true) => {
                format!("(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {value}) SELECT n FROM c) s")
            }
            ("to", false) => format!("generate_series(1, {value}) s(n)"),
            ("at", true) => format!("(({value}) * 1000000)"),
            ("at", false) => format!("to_timestamp({value})"),
            ("day", true) => format!("date('{today}', ({value}) || ' days')"),
            ("day", false) => format!("(date '{today}' + CAST({value} AS int))"),
            ("yes", true) => format!("(CASE WHEN {value} THEN 1 ELSE 0 END)"),
            ("yes", false) => format!("({value})"),
            ("pad", true) => format!("printf('%08d', {value})"),
            ("pad", false) => format!("lpad(CAST({value} AS text), 8, '0')"),
            ("known", _) => {
                let id = known.iter().find(|(name, _)| *name == value).unwrap().1;
                let hex = id.uuid().simple();
                if is_sqlite { format!("x'{hex}'") } else { format!("CAST('{hex}' AS uuid)") }
            }
            _ => panic!("{token}"),
        });
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    text
}

/// Creates the data of a region; returns an administrator, the busiest member of the staff and the busiest partner.
fn region(server: &Server) -> [(&'static str, Client); 3] {
    let admin = server.person(&["admin"]);
    let staff = server.person(&["staff"]);
    let organization = admin
        .client
        .post("/api/v1/organizations", &json!({ "name": "Ministry of Health" }))
        .expect_status(201)
        .json;
    let partner = server.person_with(json!({ "roles": ["partner"], "organization": organization["id"] }));
    let known = [
        ("admin", admin.id),
        ("staff", staff.id),
        ("partner", partner.id),
        ("organization", organization["id"].as_str().unwrap().parse().unwrap()),
    ];
    let database = server.app().database();
    let sql = render(FILL, database.engine(), &known, server.app().today());
    database.write(|tx| tx.batch(&sql)).map_err(|error: StoreError| error.to_string()).unwrap();
    let ceiling = json!({ "fiscal_year": 2027, "sector": "health", "amount_centavos": 100 });
    admin.client.post("/api/v1/ceilings", &ceiling).expect_status(201);
    database.analyze().unwrap();
    [("admin", admin.client), ("staff", staff.client), ("partner", partner.client)]
}

/// Typical requests: pages, tabs, and the lists of the API.
const WALK: &[&str] = &[
    "/",
    "/tasks",
    "/tasks?mine=true&open=true",
    "/tasks?sort=due_date",
    "/tasks?overdue=true",
    "/tasks?assignees=none&open=true",
    "/board",
    "/board?group=priority",
    "/board?group=assignee",
    "/board?group=phase",
    "/board?group=origin",
    "/tasks?at_risk=true",
    "/tasks?label=eid&open=true",
    "/tasks/gantt?mine=true&open=true",
    "/tasks/progress?start=2026-01-01&end=2027-12-31",
    "/tasks/progress?by=team",
    "/tasks/progress?by=template",
    "/tasks/workload",
    "/ppas",
    "/events",
    "/events/planner?shown_fields=start&start=2027-01-04&start.time=09:00",
    "/needs",
    "/projects",
    "/projects/board",
    "/assessments",
    "/applications",
    "/communities",
    "/organizations",
    "/barangays",
    "/calendar",
    "/portfolio",
    "/portfolio?fiscal_year=all",
    "/monitoring?fiscal_year=all",
    "/alerts?state=active",
    "/reports",
    "/report-schedules",
    "/goals",
    "/ppas?schedule_bad=true",
    "/indicators",
    "/measurements?status=reported",
    "/updates",
    "/tasks?origin.ppa.fiscal_year=2027&open=true",
    "/needs?unfunded=true",
    "/ceilings",
    "/approvals",
    "/approvals?tab=all",
    "/search?q=water",
    "/api/v1/tasks?limit=50",
    "/api/v1/tasks/board?group=status",
    "/api/v1/projects/board",
    "/api/v1/portfolio",
];

/// Tables with so many rows that a full scan is noticeable.
const LARGE: [&str; 12] = [
    "tasks",
    "edges",
    "records",
    "search_words",
    "calendar_entries",
    "events",
    "ppas",
    "needs",
    "projects",
    "assessments",
    "applications",
    "barangays",
];

/// Returns the fault of a plan, if any.
fn fault(engine: Engine, sql: &str, plan: &[String]) -> Option<String> {
    let is_allowed =
        |what: &str| ALLOWED.iter().any(|(text, allowed)| sql.contains(text) && what.contains(allowed));
    plan.iter()
        .filter(|line| match engine {
            Engine::Sqlite => {
                let words: Vec<&str> = line.split_whitespace().collect();
                let scans =
                    words.first() == Some(&"SCAN") && !line.contains("INDEX") && !line.contains("CONSTANT");
                // The cards of a column of the board come in their order, not all to be sorted.
                let is_sorted = sql.contains("0 AS place") && line.contains("INDEX tasks_live");
                (scans && table_of(sql, words[1]).is_some()) || line.contains("CORRELATED") || is_sorted
            }
            Engine::Postgres => {
                // A part of a plan that is not hashed runs once per row.
                let part = line.trim();
                let is_walked = part.starts_with("SubPlan")
                    && !plan.iter().any(|line| line.contains(&format!("hashed {part}")));
                is_walked || LARGE.iter().any(|table| line.contains(&format!("Seq Scan on {table} ")))
            }
        })
        .find(|line| !is_allowed(line))
        .map(|line| line.trim().to_owned())
}

/// Returns the large table behind an alias in a plan.
fn table_of(sql: &str, name: &str) -> Option<&'static str> {
    LARGE.iter().copied().find(|table| {
        *table == name
            || [format!("{table} {name}"), format!("\"{table}\" {name}")].iter().any(|text| {
                sql.match_indices(text.as_str()).any(|(at, _)| {
                    !sql[at + text.len()..]
                        .starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
                })
            })
    })
}

/// Statements with a justified full scan, because their result depends on all rows.
const ALLOWED: &[(&str, &str)] = &[
    // The portfolio sums all PPAs, and checks for each need whether a PPA answers it.
    ("FROM ppas p WHERE p.archived_at IS NULL", "SCAN p"),
    ("AS is_answered", "SCAN p"),
    ("SELECT DISTINCT fiscal_year FROM ppas", "SCAN ppas"),
    // So does monitoring, with their ledgers and the stages of all projects.
    ("FROM ppas p CROSS JOIN tranches l", "SCAN p"),
    ("FROM projects j CROSS JOIN project_stages s", "SCAN j"),
    // Its strategic goals have PPAs of all of it.
    ("FROM ppas p CROSS JOIN edges e WHERE e.source = p.id AND e.field = 'goals'", "SCAN p"),
    ("FROM ppas p CROSS JOIN edges e WHERE e.source = p.id AND e.field = 'policies'", "SCAN p"),
    ("FROM ppas p JOIN organizations o", "p"),
    // Needs without a PPA are known from all PPAs.
    ("FROM \"ppas\" t CROSS JOIN edges e", "SCAN t"),
];

on_both_engines! {
    fn no_page_scans_a_large_table(server: &Server) {
        let people = region(server);
        let database = server.app().database();
        let mut statements: BTreeMap<String, (String, Vec<SqlValue>)> = BTreeMap::new();
        for (who, client) in &people {
            let ppa = client.get("/api/v1/ppas?limit=1").expect_status(200).json;
            let page = format!("/ppas/{}", ppa["items"][0]["id"].as_str().unwrap());
            let tabs = ["approval", "money"].map(|tab| format!("{page}?tab={tab}"));
            let pages = std::iter::once(page.as_str()).chain(tabs.iter().map(String::as_str));
            // Partners see neither ceilings nor alerts nor reports.
            let of_office = ["/ceilings", "/alerts?state=active", "/reports", "/report-schedules", "/ppas?schedule_bad=true"];
            let is_seen = |path: &&str| *who != "partner" || !of_office.contains(path);
            for path in WALK.iter().copied().chain(pages).filter(is_seen) {
                database.recorder().start();
                client.get(path).expect_status(200);
                for (sql, parameters) in database.recorder().stop() {
                    statements.entry(sql).or_insert_with(|| (format!("{who} {path}"), parameters));
                }
            }
        }
        assert!(statements.len() > 100, "{} statements", statements.len());
        let mut faults = Vec::new();
        for (sql, (whose, parameters)) in &statements {
            let plan = database.plan(sql, parameters).unwrap();
            if let Some(fault) = fault(database.engine(), sql, &plan) {
                faults.push(format!("{whose}\n{sql}\n{fault}\n{}\n", plan.join("\n")));
            }
        }
        assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), statements.len(), faults.join("\n"));
    }
}
