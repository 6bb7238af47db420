//! Check of `docs/security.md`: every row of the ASVS has a test or a reason, and the named tests exist.
#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Returns the rows of the table: id, level, status, evidence.
fn rows(document: &str) -> Vec<[String; 4]> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let is_row = |line: &&str| {
        line.strip_prefix("| ").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    let table = document.split("## ASVS").nth(1).unwrap();
    table
        .lines()
        .filter(is_row)
        .map(cells)
        .map(|cells| [cells[0].clone(), cells[1].clone(), cells[3].clone(), cells[4].clone()])
        .collect()
}

/// Collects the names of all test functions by file.
fn functions(folder: &Path, found: &mut HashMap<String, HashSet<String>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", ".git"].contains(&name.as_str()) {
                functions(&path, found);
            }
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(&path).unwrap();
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            let folder = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
            let names: Vec<String> = text
                .lines()
                .filter_map(|line| line.split_once("fn "))
                .map(|(_, rest)| rest.split(['(', '<']).next().unwrap().to_owned())
                .collect();
            for key in [stem, folder] {
                found.entry(key).or_default().extend(names.iter().cloned());
            }
        }
    }
}

#[test]
fn every_requirement_has_a_test_or_a_reason() {
    let rows = rows(&fs::read_to_string(root().join("docs/security.md")).unwrap());
    let of_level = |level: &str| rows.iter().filter(|row| row[1] == level).count();
    // The counts of ASVS 5.0.0.
    assert_eq!((of_level("1"), of_level("2")), (70, 183));
    let ids: HashSet<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "an id stands twice");
    for [id, _, status, evidence] in &rows {
        assert!(["met", "partly", "no", "n/a"].contains(&status.as_str()), "{id}: {status}");
        assert!(evidence.len() > 5, "{id} has neither test nor reason");
    }
}

#[test]
fn named_tests_exist() {
    let document = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let mut known = HashMap::new();
    functions(&root(), &mut known);
    let mut missing = Vec::new();
    for name in document.split('`').skip(1).step_by(2) {
        if let Some((file, function)) = name.split_once("::") {
            let is_there =
                known.get(file).is_some_and(|names| function.is_empty() || names.contains(function));
            if !is_there {
                missing.push(name.to_owned());
            }
        } else if name.ends_with(".test.mjs") && !root().join("tests/browser").join(name).exists() {
            missing.push(name.to_owned());
        }
    }
    assert!(missing.is_empty(), "docs/security.md names tests that do not exist: {missing:?}");
}
