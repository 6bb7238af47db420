//! SQL is in the store only.

#![allow(clippy::unwrap_used)] // A panic fails the test.

use std::fs;
use std::path::Path;

/// Beginnings of statements, as literals have them.
const STATEMENTS: [&str; 6] =
    ["\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE ", "\"WITH RECURSIVE", ".execute(\""];

fn find(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().enumerate();
            let lines = lines.filter(|(_, line)| STATEMENTS.iter().any(|begin| line.contains(begin)));
            found.extend(lines.map(|(at, line)| format!("{}:{}: {}", path.display(), at + 1, line.trim())));
        }
    }
}

#[test]
fn commands_and_pages_contain_no_sql() {
    let mut found = Vec::new();
    for crate_name in ["app", "web", "domain"] {
        find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(crate_name).join("src"), &mut found);
    }
    assert!(found.is_empty(), "SQL belongs into the store:\n{}", found.join("\n"));
    let mut statements = Vec::new();
    find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/src"), &mut statements);
    assert!(statements.len() > 100, "statements of the store are not found");
}
