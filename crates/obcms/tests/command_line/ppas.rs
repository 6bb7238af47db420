//! `import ppas`: files of PPAs are imported as a whole or refused as a whole, once.

use crate::program::{Ended, Folder, program};
use obcms_tests::{Client, Server, on_both_engines};
use serde_json::{Value, json};
use std::fs;

const WELLS: &str = "moa: \"Ministry of Wells\"
acronym: \"MOW\"
ppas:
  - title: \"Deep wells\"
    description: \"Wells for every village.\"
    outcome_indicators:
      - indicator: \"Households with safe water\"
        target: \"95%\"
      - indicator: \"Satisfaction of households\"
        target: \">75%\"
    output_indicators:
      - indicator: \"Wells drilled\"
        target: \"110,000\"
      - indicator: \"Length of pipes, km\"
        target: 244.259
      - indicator: \"Committees formed\"
        target: null
    approved_budget: 1250000.05
  - title: \"Management of wells\"
    description: \"\"
    outcome_indicators: []
    output_indicators: []
    approved_budget: 90,071,992,547.10
special_provisions:
  - title: \"Deep wells\"
    details: |
      The amount shall be used for wells.
";

const PONDS: &str = "moa: Office of Ponds
acronym: OOP
ppas:
  - title: Ponds
    outcome_indicators:
    output_indicators:
      - indicator: Ponds dug
        target: \"\"
    approved_budget: 0.90
";

/// Folder with both files, and a file that is not read.
fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    fs::create_dir(folder.path().join("ppa")).expect("a folder");
    folder.write("ppa/wells.yaml", WELLS);
    folder.write("ppa/notes.txt", "no YAML: [");
    folder.write("ponds.yml", PONDS);
    folder
}

/// Name of a folder, different for each database.
fn name(test: &str, server: &Server) -> String {
    let engine = if server.database_url().starts_with("postgres") { "postgres" } else { "sqlite" };
    format!("ppas-{test}-{engine}")
}

fn import(folder: &Folder, server: &Server, words: &[&str]) -> Ended {
    let place = ["--database", server.database_url()];
    Ended::of(program(folder, &[&["import", "ppas"], words, &place].concat()))
}

/// Runs an import that must succeed. Returns its lines without the repeated spaces.
fn imported(folder: &Folder, server: &Server, words: &[&str]) -> Vec<String> {
    let ended = import(folder, server, words);
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    ended.output.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// State of the data: numbers of changes and of records, and the sum of versions.
fn state(server: &Server) -> (i64, i64, i64) {
    const SQL: &str = "SELECT (SELECT count(*) FROM changes), (SELECT count(*) FROM records), \
        CAST((SELECT sum(version) FROM (SELECT version FROM ppas UNION ALL SELECT version FROM indicators \
        UNION ALL SELECT version FROM organizations) AS all_versions) AS BIGINT)";
    let read = server.app().read(|tx| {
        let row = tx.one(SQL, &[])?;
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    });
    read.expect("the state of the data")
}

fn items(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).expect_status(200).json["items"].as_array().expect("a list").clone()
}

on_both_engines! {
    fn imports_at_the_same_time_create_each_ppa_once(server: &Server) {
        let folder = folder(&name("twice", server));
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| imported(&folder, server, &["ppa", "ponds.yml", "--fiscal-year", "2027"]));
            }
        });
        let admin = server.as_role("admin");
        let ppas = admin.get("/api/v1/ppas?limit=100").expect_status(200).json;
        assert_eq!(ppas["total"], 3, "{ppas}");
        let bodies = admin.get("/api/v1/organizations?q=of&limit=100").expect_status(200).json;
        let names: Vec<&str> = bodies["items"].as_array().expect("a list").iter().filter_map(|one| one["name"].as_str()).collect();
        for body in ["Ministry of Wells", "Office of Ponds"] {
            assert_eq!(names.iter().filter(|name| **name == body).count(), 1, "{names:?}");
        }
    }

    fn files_are_imported_once(server: &Server) {
        let folder = folder(&name("once", server));
        let before = state(server);
        let dry = imported(&folder, server, &["ppa", "ponds.yml", "--fiscal-year", "2027", "--dry-run"]);
        assert_eq!(
            dry,
            [
                "fiscal year 2027",
                "files 2",
                "PPAs 3 to create, 0 existing",
                "indicators 6 to create, 0 of existing PPAs",
                "organizations 2 to create",
                "budgets PHP 90,073,242,548.05",
                "dry run: nothing was imported",
            ]
        );
        assert_eq!(state(server), before);

        // The folder has a file that is also given by itself.
        let words = ["ponds.yml", "ppa/wells.yaml", "ppa", "--fiscal-year", "2027"];
        let first = imported(&folder, server, &words);
        assert_eq!(
            first,
            [
                "fiscal year 2027",
                "files 2",
                "PPAs 3 created, 0 existing",
                "indicators 6 created, 0 of existing PPAs",
                "organizations 2 created",
                "budgets PHP 90,073,242,548.05",
            ]
        );
        let after = state(server);
        // Generated tasks are records and changes, too.
        assert!(after.0 > before.0 && after.1 > before.1);
        assert_eq!(after.2 - before.2, 2 + 3 + 6);

        let second = imported(&folder, server, &words);
        assert_eq!(second[2], "PPAs 0 created, 3 existing");
        assert_eq!(second[3], "indicators 0 created, 6 of existing PPAs");
        assert_eq!(second[4..], ["organizations 0 created", "budgets PHP 90,073,242,548.05"]);
        assert_eq!(state(server), after);

        // Another year has PPAs of its own, of the same organizations.
        let next = imported(&folder, server, &["ponds.yml", "--fiscal-year", "2028"]);
        assert_eq!(next[2..5], [
            "PPAs 1 created, 0 existing", "indicators 1 created, 0 of existing PPAs", "organizations 0 created"
        ]);
    }

    fn records_are_those_of_the_files(server: &Server) {
        let folder = folder(&name("records", server));
        imported(&folder, server, &["ppa", "--fiscal-year", "2027"]);
        let staff = server.as_role("staff");
        let organizations = items(&staff, "/api/v1/organizations?q=Wells");
        let [organization] = &organizations[..] else { panic!("{organizations:?}") };
        assert_eq!(
            (&organization["name"], &organization["acronym"], &organization["organization_type"]),
            (&json!("Ministry of Wells"), &json!("MOW"), &json!("bmoa"))
        );
        let ppas = items(&staff, "/api/v1/ppas?q=wells&sort=title");
        let [deep, management] = &ppas[..] else { panic!("{ppas:?}") };
        for (field, expected) in [
            ("title", json!("Deep wells")),
            ("summary", json!("Wells for every village.")),
            ("category", json!("moa_ppa")),
            ("lead_organization", organization["id"].clone()),
            ("budget_allocation_centavos", json!(125_000_005)),
            ("fiscal_year", json!(2027)),
            ("version", json!(1)),
        ] {
            assert_eq!(deep[field], expected, "{field}");
        }
        assert_eq!(management["budget_allocation_centavos"], json!(9_007_199_254_710_i64));
        let path = format!("/api/v1/indicators?ppa={}&sort=created_at", deep["id"].as_str().expect("an id"));
        let mut found: Vec<Value> = items(&staff, &path)
            .iter()
            .map(|item| json!([item["title"], item["kind"], item["unit"], item["targets"], item["target_note"]]))
            .collect();
        found.sort_by_key(|item| item[0].to_string());
        let target = |number: f64| json!([{ "period": "2027", "target": number }]);
        let whole = |number: i64| json!([{ "period": "2027", "target": number }]);
        let expected = [
            json!(["Committees formed", "output", null, null, null]),
            json!(["Households with safe water", "outcome", "%", whole(95), null]),
            json!(["Length of pipes, km", "output", null, target(244.259), null]),
            json!(["Satisfaction of households", "outcome", null, null, ">75%"]),
            json!(["Wells drilled", "output", null, whole(110_000), null]),
        ];
        assert_eq!(found, expected);
        let history = format!("/api/v1/ppas/{}/history", deep["id"].as_str().expect("an id"));
        let history = items(&staff, &history);
        let created = history.last().map(|change| (&change["action"], &change["actor_name"]));
        assert_eq!(created, Some((&json!("create"), &json!("obcms"))));
    }

    fn existing_records_are_left_as_they_are(server: &Server) {
        let folder = folder(&name("existing", server));
        let staff = server.as_role("admin");
        let made = staff.post(
            "/api/v1/organizations",
            &json!({ "name": "Ponds and Lakes", "acronym": "oop", "organization_type": "nga" }),
        );
        let organization = made.expect_status(201).json["id"].clone();
        let ppa = json!({
            "title": "PONDS", "category": "moa_ppa", "fiscal_year": 2027, "lead_organization": organization,
            "budget_allocation_centavos": 500,
        });
        staff.post("/api/v1/ppas", &ppa).expect_status(201);
        let before = state(server);
        let found = imported(&folder, server, &["ponds.yml", "--fiscal-year", "2027"]);
        assert_eq!(found[2..], [
            "PPAs 0 created, 1 existing",
            "indicators 0 created, 1 of existing PPAs",
            "organizations 0 created",
            "budgets PHP 0.90",
            "ponds.yml:1: “Office of Ponds” is the organization “Ponds and Lakes”.",
            "ponds.yml:4: “Ponds” exists with PHP 5.00; the file has PHP 0.90.",
        ]);
        assert_eq!(state(server), before);

        let other = json!({ "name": "OFFICE of Ponds", "organization_type": "nga" });
        staff.post("/api/v1/organizations", &other).expect_status(201);
        let refused = import(&folder, server, &["ppa", "ponds.yml", "--fiscal-year", "2027"]);
        assert_eq!((refused.code, refused.output.as_str()), (Some(1), ""));
        let start = "ponds.yml:1: 2 organizations have the name “Office of Ponds” or the acronym “OOP”";
        assert!(refused.errors.starts_with(start), "{}", refused.errors);
        assert_eq!(state(server).0, before.0 + 1);
    }

    fn broken_file_is_refused_whole(server: &Server) {
        let folder = folder(&name("broken", server));
        let before = state(server);
        folder.write("ppa/a.yaml", &PONDS.replace("0.90", "0.905").replace("Ponds dug", "\"\""));
        folder.write("ppa/z.yaml", "moa: Office\nacronym: \"O\nppas: []\n");
        let ended = import(&folder, server, &["ppa", "ponds.yml", "none.yaml"]);
        assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""));
        let lines: Vec<&str> = ended.errors.lines().collect();
        let starts = [
            "none.yaml: The file cannot be read: ",
            "ppa/a.yaml:7: indicator is empty.",
            "ppa/a.yaml:9: approved_budget must have at most two decimals (“0.905”).",
            "ppa/z.yaml:2: This is not YAML: ",
            "obcms: nothing was imported because of these 4 problems",
        ];
        assert_eq!(lines.len(), starts.len(), "{lines:?}");
        for (line, start) in lines.iter().zip(starts) {
            assert!(line.starts_with(start), "{line}");
        }
        assert_eq!(state(server), before);
    }
}

#[test]
fn unusable_paths_and_years_are_refused() {
    let folder = folder("ppas-usage");
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    let run = |words: &[&str]| Ended::of(program(&folder, &[&["import", "ppas"], words].concat()));
    let empty = run(&["empty"]);
    assert_eq!(empty.code, Some(1));
    assert!(empty.errors.starts_with("empty: The folder has no .yaml or .yml files."), "{}", empty.errors);
    fs::write(folder.path().join("latin.yaml"), b"moa: Wells\nacronym: \xe9\n").expect("a file");
    let latin = run(&["latin.yaml"]);
    assert!(latin.errors.starts_with("latin.yaml:2: The file must be encoded in UTF-8."), "{}", latin.errors);
    assert_eq!(run(&[]).code, Some(2));
    assert_eq!(run(&["ponds.yml", "--fiscal-year", "1999"]).code, Some(2));
    assert!(!folder.path().join("data").exists(), "refused files need no database");
}

#[test]
fn empty_databases_are_migrated() {
    let folder = folder("ppas-empty");
    let ended = Ended::of(program(&folder, &["import", "ppas", "ponds.yml"]));
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    assert!(ended.output.contains("1 created, 0 existing"), "{}", ended.output);
}
