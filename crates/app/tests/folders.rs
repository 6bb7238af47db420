//! Test of imports between folders: each folder is a subject, and imports go in one direction.
//!
//! The sources are read as text: every path that begins with `crate` or with `super` counts, in `use` and inline.

#![allow(clippy::unwrap_used)] // A failed assumption fails the test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Name under which the files beside `lib.rs`, and its re-exports, are counted.
const ROOT: &str = "root";
/// Folder that imports no subject.
const CORE: &str = "core";

/// Folders with the folders that they import.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// Source file: its module path and its text.
struct Source {
    module: Vec<String>,
    text: String,
}

/// Returns true if the source has nothing but tests, which may import from anywhere.
fn is_of_tests(source: &Source) -> bool {
    source.module.last().is_some_and(|name| name == "tests")
}

/// Returns the imports of folders. A file at the root counts as [`ROOT`], and so does any name that is no folder.
fn imports(sources: &[Source]) -> Imports {
    let folders: BTreeSet<&str> = sources
        .iter()
        .filter(|source| source.module.len() > 1)
        .map(|source| source.module[0].as_str())
        .collect();
    // The compiler puts exported macros into the root, wherever they are written.
    let macros: BTreeSet<&str> = sources.iter().flat_map(|source| exported_macros(&source.text)).collect();
    let folder_of = |name: &str| folders.get(name).copied().unwrap_or(ROOT).to_owned();
    let mut imports = Imports::new();
    for source in sources.iter().filter(|source| !is_of_tests(source)) {
        let own = source.module.first().map_or_else(|| ROOT.to_owned(), |name| folder_of(name));
        let found = imports.entry(own.clone()).or_default();
        let named = named(source);
        let named = named.iter().filter(|name| !macros.contains(name.as_str()));
        found.extend(named.map(|name| folder_of(name)).filter(|name| *name != own));
    }
    imports
}

/// Returns the names of the macros that a source exports.
fn exported_macros(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("#[macro_export]\nmacro_rules! ").skip(1);
    after.map(|rest| rest.split([' ', '{']).next().unwrap_or_default())
}

/// Returns the first segments below the root of the crate of all paths in a source.
fn named(source: &Source) -> BTreeSet<String> {
    let text = without_tests(&code(&source.text));
    let mut found = BTreeSet::new();
    // Modules within the file, each with the depth of braces at which it ends.
    let mut inner: Vec<usize> = Vec::new();
    let mut depth = 0;
    let mut rest = text.as_str();
    let mut is_module = false;
    while let Some(first) = rest.chars().next() {
        if first.is_alphanumeric() || first == '_' {
            let word: String =
                rest.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
            rest = &rest[word.len()..];
            let mut base: Vec<String> = source.module.clone();
            base.extend(inner.iter().map(|_| "inner".to_owned()));
            match word.as_str() {
                "mod" => is_module = true,
                "crate" | "super" if rest.starts_with("::") => {
                    let mut base = if word == "crate" { Vec::new() } else { base };
                    if word == "super" {
                        base.pop();
                    }
                    for path in paths(&rest[2..]) {
                        let mut full = base.clone();
                        for segment in path {
                            if segment == "super" { drop(full.pop()) } else { full.push(segment) }
                        }
                        found.extend(full.first().cloned());
                    }
                    // A chain of `super` was read as a whole; its parts are not counted again.
                    while let Some(after) = rest.strip_prefix("::super") {
                        rest = after;
                    }
                }
                _ => {}
            }
            continue;
        }
        match first {
            '{' => {
                depth += 1;
                if is_module {
                    inner.push(depth);
                    is_module = false;
                }
            }
            '}' => {
                if inner.last() == Some(&depth) {
                    inner.pop();
                }
                depth -= 1;
            }
            ';' => is_module = false,
            _ => {}
        }
        rest = &rest[first.len_utf8()..];
    }
    found
}

/// Returns the paths of a tree such as `a::{b, c::d}`, up to its end.
fn paths(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim_start();
    if let Some(group) = tree.strip_prefix('{') {
        let mut depth = 0;
        let (mut found, mut start) = (Vec::new(), 0);
        for (at, char) in group.char_indices() {
            match char {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    found.extend(paths(&group[start..at]));
                    start = at + 1;
                    if char == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
        return found;
    }
    let segment: String = tree.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
    if segment.is_empty() {
        return Vec::new();
    }
    match tree[segment.len()..].strip_prefix("::") {
        Some(rest) => {
            let below = paths(rest);
            let prefixed = |path: Vec<String>| [vec![segment.clone()], path].concat();
            if below.is_empty() { vec![vec![segment]] } else { below.into_iter().map(prefixed).collect() }
        }
        None => vec![vec![segment]],
    }
}

/// Returns the text without line comments, strings and characters, in which paths and braces mean nothing.
fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            'r' if rest.starts_with("r#\"") => rest[3..].find("\"#").map_or(rest.len(), |end| end + 5),
            '"' => string_length(rest),
            '\'' if rest[1..].starts_with('\\') => rest[3..].find('\'').map_or(rest.len(), |end| end + 4),
            '\'' if rest.chars().nth(2) == Some('\'') => rest.chars().take(3).map(char::len_utf8).sum(),
            _ => {
                code.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    code
}

/// The code without its `#[cfg(test)] mod … {…}`: tests may import from anywhere.
fn without_tests(code: &str) -> String {
    const ATTRIBUTE: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(ATTRIBUTE) {
        let after = &rest[start + ATTRIBUTE.len()..];
        kept.push_str(&rest[..start]);
        rest = after;
        if after.trim_start().starts_with("mod ") {
            let end = after.find(['{', ';']).unwrap();
            rest = &after[end + block_length(&after[end..])..];
        }
    }
    kept + rest
}

/// Bytes of the block of braces with which a code begins, or of its first character.
fn block_length(code: &str) -> usize {
    let mut depth = 0;
    for (at, char) in code.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + char.len_utf8();
        }
    }
    code.len()
}

/// Returns the length in bytes of the string literal at the start of a text.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns a cycle of folders that import one another, if there is one, with its folders in order.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    fn walk(imports: &Imports, path: &mut Vec<String>, done: &mut BTreeSet<String>) -> Option<Vec<String>> {
        let here = path.last()?.clone();
        for next in imports.get(&here).into_iter().flatten() {
            if let Some(start) = path.iter().position(|known| known == next) {
                return Some(path[start..].to_vec());
            }
            if !done.contains(next) {
                path.push(next.clone());
                if let Some(found) = walk(imports, path, done) {
                    return Some(found);
                }
                path.pop();
            }
        }
        done.insert(here);
        None
    }
    let mut done = BTreeSet::new();
    imports.keys().find_map(|start| walk(imports, &mut vec![start.clone()], &mut done))
}

fn read(folder: &Path, module: &[String], sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let below = [module, std::slice::from_ref(&stem)].concat();
        if path.is_dir() {
            read(&path, &below, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let is_own = stem == "mod" || stem == "lib";
            let module = if is_own { module.to_vec() } else { below };
            sources.push(Source { module, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

/// Fails when folders import one another in a circle or from the root, or when `core` imports anything.
fn assert_one_direction(folder: &str) {
    let mut sources = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &[], &mut sources);
    let mut imports = imports(&sources);
    assert!(imports.len() > 8, "folders are not found: {imports:?}");
    let core = imports.get(CORE).unwrap();
    assert!(core.is_empty(), "core knows no subject, but imports {core:?}");
    imports.remove(ROOT);
    for (folder, names) in &imports {
        assert!(!names.contains(ROOT), "{folder} imports from the root, which knows all folders");
    }
    assert_eq!(circle(&imports), None, "folders import one another in a circle: {imports:?}");
}

#[test]
fn folders_import_one_another_in_one_direction() {
    assert_one_direction("src");
}

#[test]
fn folders_of_the_domain_import_one_another_in_one_direction() {
    assert_one_direction("../domain/src");
}

#[test]
fn folders_of_the_store_have_no_cycle_and_its_database_imports_no_subject() {
    let mut sources = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/src"), &[], &mut sources);
    let mut imports = imports(&sources);
    imports.remove(ROOT);
    let database = imports.get("database").unwrap();
    assert!(database.iter().all(|name| name == ROOT), "the seam imports {database:?}");
    assert_eq!(circle(&imports), None, "folders import one another in a circle: {imports:?}");
}

fn made_up(files: &[(&str, &str)]) -> Imports {
    let source = |(module, text): &(&str, &str)| Source {
        module: module.split("::").map(str::to_owned).collect(),
        text: (*text).to_owned(),
    };
    imports(&files.iter().map(source).collect::<Vec<_>>())
}

#[test]
fn cycles_are_found() {
    let good = made_up(&[
        ("core::app", "use super::error::AppError;"),
        ("core::error", "// crate::tasks is not meant\nmod tests { use super::*; use super::super::app; }"),
        ("core::text", r#"const TEXT: &str = "crate::tasks {"; const BRACE: char = '{'; fn f<'a>() {}"#),
        ("tasks::board", "use crate::{core::{app, error}, tasks::today};"),
        ("tasks::today", "fn f() { super::super::core::app::run() }"),
    ]);
    assert_eq!(good["core"], BTreeSet::new());
    assert_eq!(good["tasks"], BTreeSet::from(["core".to_owned()]));
    assert_eq!(circle(&good), None);

    let tested = made_up(&[
        ("core::id", "use super::hex;\n#[cfg(test)]\nmod tests { use crate::tasks::{a, b}; fn f() { {} } }"),
        ("core::hex", "#[cfg(test)]\nmod tests;\nfn f() { crate::calendar::g() }"),
        ("core::hex::tests", "use crate::tasks;"),
        ("calendar::feed", "#[cfg(test)] use crate::core::id;"),
        ("tasks::board", ""),
    ]);
    assert_eq!(tested["core"], BTreeSet::from(["calendar".to_owned()]));
    assert_eq!(tested["calendar"], BTreeSet::from(["core".to_owned()]));

    let direct = made_up(&[
        ("tasks::board", "use crate::calendar::{self, Feed};"),
        ("calendar::feed", "mod inner { use super::super::super::tasks::board; }"),
    ]);
    assert_eq!(circle(&direct), Some(vec!["calendar".to_owned(), "tasks".to_owned()]));

    let around = made_up(&[
        ("a::x", "fn f() { crate::b::y::g() }"),
        ("b::y", "pub(crate) use crate::{\n    c::z,\n};"),
        ("c::z", "use super::super::{a, c};"),
    ]);
    assert_eq!(circle(&around).unwrap().len(), 3);

    let root = made_up(&[("core::app", "use crate::App;"), ("tasks::board", "use crate::core::App;")]);
    assert_eq!(root["core"], BTreeSet::from([ROOT.to_owned()]));
}

#[test]
fn folders_of_the_web_have_no_circle_and_its_core_knows_no_subject() {
    let mut sources = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/src"), &[], &mut sources);
    let mut imports = imports(&sources);
    assert!(imports.len() > 10, "folders are not found: {imports:?}");
    imports.remove(ROOT);
    assert_eq!(imports["components"], BTreeSet::new(), "components import nothing");
    assert_eq!(imports[CORE], BTreeSet::from(["components".to_owned()]), "core knows no subject");
    for (folder, names) in &imports {
        assert!(!names.contains(ROOT), "{folder} imports from the root, which knows all folders");
    }
    assert_eq!(circle(&imports), None, "folders import one another in a circle: {imports:?}");
}
