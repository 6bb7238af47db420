//! Benchmark of a running server: starts the given `obcms` on demo data, sends typical requests, and prints a table
//! and JSON. `scripts/bench` builds the program, starts PostgreSQL and calls this.
//!
//! Usage: `obcms-bench PROGRAM SIZE DATA DATABASE` with a folder for data and `sqlite:obcms.db` or `postgres://…`.

mod ask;
mod bare;
mod server;

use std::process::ExitCode;

use serde_json::{Value as Json, json};

use crate::ask::{Figure, Share, measure, pages_of};
use crate::server::Running;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, size, data, database] = arguments.as_slice() else {
        eprintln!("usage: obcms-bench PROGRAM SIZE DATA DATABASE");
        return ExitCode::from(2);
    };
    match run(program, size, data, database) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("obcms-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(program: &str, size: &str, data: &str, database: &str) -> Result<String, String> {
    let filled = server::fill(program, size, data, database)?;
    let engine = if database.starts_with("postgres") { "PostgreSQL" } else { "SQLite" };
    let running = Running::start(program, data, database)?;
    let start = running.start_milliseconds;
    let idle = running.memory_megabytes()?;
    let mut people = vec![("administrator", pages_of(&running, &running.token)?)];
    for (who, name) in bare::busiest(data, database)? {
        let token = server::token(program, data, database, &name)?;
        people.push((who, pages_of(&running, &token)?));
    }
    let figures = measure(&running)?;
    let loaded = running.memory_megabytes()?;
    let bare = bare::measure(data, database)?;
    let binary = std::fs::metadata(program).map_err(|error| error.to_string())?.len();
    Ok(report(engine, size, filled, start, idle, loaded, binary, &figures, &bare, &people))
}

#[allow(clippy::too_many_arguments)] // One call, one page of figures.
fn report(
    engine: &str,
    size: &str,
    filled: f64,
    start: f64,
    idle: f64,
    loaded: f64,
    binary: u64,
    figures: &[Figure],
    bare: &[(&'static str, f64)],
    people: &[(&'static str, Vec<Share>)],
) -> String {
    use std::fmt::Write;
    #[allow(clippy::cast_precision_loss)] // Sizes of files are far below 2^52.
    let binary = binary as f64 / 1_048_576.0;
    let mut text = format!("### {size} data on {engine}\n\n");
    let _ = writeln!(
        text,
        "Filling and first start {filled:.1} s · start {start:.0} ms · memory idle {idle:.1} MB, loaded {loaded:.1} MB · binary {binary:.1} MB\n"
    );
    text.push_str("| what | CPU ms | p50 ms | p95 ms | bytes | requests/s, 8 clients | bare SQL p50 ms |\n|---|---:|---:|---:|---:|---:|---:|\n");
    for figure in figures {
        let sql = bare
            .iter()
            .find(|(name, _)| *name == figure.name)
            .map_or_else(|| "–".to_owned(), |(_, milliseconds)| format!("{milliseconds:.2}"));
        let _ = writeln!(
            text,
            "| {} | {:.2} | {:.2} | {:.2} | {} | {:.0} | {sql} |",
            figure.name, figure.cpu, figure.median, figure.slow, figure.bytes, figure.rate
        );
    }
    text.push_str("\nCPU of a page in milliseconds, and of the first answer after a change:\n\n| page |");
    people.iter().for_each(|(who, _)| {
        let _ = write!(text, " {who} | after a change |");
    });
    text.push_str("\n|---|");
    people.iter().for_each(|_| text.push_str("---:|---:|"));
    text.push('\n');
    for page in people.first().map(|(_, shares)| shares.as_slice()).unwrap_or_default() {
        let _ = write!(text, "| {} |", page.page);
        for (_, shares) in people {
            let _ = match shares.iter().find(|share| share.page == page.page) {
                Some(share) => write!(text, " {:.1} | {:.1} |", share.cpu, share.cpu_after_change),
                None => write!(text, " – | – |"),
            };
        }
        text.push('\n');
    }
    let shares: Vec<Json> = people
        .iter()
        .flat_map(|(who, shares)| shares.iter().map(move |share| (who, share)))
        .map(|(who, share)| {
            json!({ "who": who, "page": share.page, "cpu_ms": share.cpu, "cpu_after_change_ms": share.cpu_after_change })
        })
        .collect();
    let entries: Vec<Json> = figures
        .iter()
        .map(|figure| {
            json!({
                "name": figure.name, "cpu_ms": figure.cpu, "p50_ms": figure.median, "p95_ms": figure.slow, "bytes": figure.bytes,
                "requests_per_second": figure.rate,
                "bare_sql_p50_ms": bare.iter().find(|(name, _)| *name == figure.name).map(|(_, value)| value),
            })
        })
        .collect();
    let json = json!({
        "engine": engine, "size": size, "fill_seconds": filled, "start_ms": start, "idle_mb": idle, "loaded_mb": loaded,
        "binary_mb": binary, "figures": entries, "people": shares,
    });
    let _ = write!(text, "\n<!-- {json} -->");
    text
}
