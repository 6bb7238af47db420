//! All HTTP tests in one program, which is linked once and builds shared data once.

mod access;
mod accounts;
mod alerts;
mod analytics;
mod approval;
mod approval_pages;
mod attachments;
mod bad_input;
mod board;
mod bookings;
mod bookings_race;
mod bookings_terms;
mod caches;
mod calendar;
mod calendar_overview;
mod calendar_views;
mod cancelling;
mod ceilings;
mod contract;
mod event_bookings;
mod exports;
mod external;
mod external_fetching;
mod external_foreign;
mod feeds;
mod field_rights;
mod files;
mod generation;
mod harness;
mod holidays;
mod icalendar;
mod icalendar_readers;
mod imports;
mod jobs;
mod life_cycle;
mod links;
mod live;
mod money;
mod money_race;
mod operations;
mod order;
mod plans;
mod portfolio;
mod preferences;
mod progress_random;
mod projects;
mod recurrence;
mod registry;
mod registry_forms;
mod reports;
mod results;
mod saved_views;
mod scenarios;
mod scheduling;
mod schema;
mod search;
mod security_document;
mod series;
mod series_chains;
mod series_foreign;
mod series_pages;
mod series_random;
mod series_tasks;
mod sharing;
mod snapshots;
mod task_changes;
mod task_reports;
mod tasks;
mod templates;
mod timelines;
mod today;
mod trace;
mod undo;
mod visibility;

/// A file in this folder without a `mod` line above would never run.
#[test]
fn every_file_is_a_module() {
    let sources = include_str!("main.rs");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http");
    for entry in std::fs::read_dir(folder).expect("the folder of this file") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        let module = name.strip_suffix(".rs").unwrap_or(&name);
        let is_module = name.ends_with(".rs") || entry.path().join("mod.rs").exists();
        if is_module && module != "main" {
            assert!(sources.contains(&format!("\nmod {module};\n")), "{name} is not named in main.rs");
        }
    }
}
