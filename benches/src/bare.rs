//! Raw SQL for the same rows: the share of the database alone.

use std::path::Path;
use std::time::Instant;

use obcms_store::{Database, Location, StoreError};

/// Number of runs per statement.
const REPEATS: usize = 100;

/// Returns the user names of the staff member with the most open tasks and of the partner with the most visible
/// records.
pub fn busiest(data: &str, database: &str) -> Result<[(&'static str, String); 2], String> {
    let location = Location::parse(database, Path::new(data)).map_err(|error| error.to_string())?;
    let database = Database::open(&location).map_err(|error| error.to_string())?;
    let usable = "u.archived_at IS NULL AND NOT coalesce(u.is_disabled, false)";
    let staff = format!(
        "SELECT u.username FROM users u JOIN edges a ON a.target = u.id JOIN tasks t ON t.id = a.source \
         WHERE u.roles = '[\"staff\"]' AND {usable} AND a.source_kind = 'task' AND a.field = 'assignees' \
         AND t.archived_at IS NULL AND t.status IN ('not_started', 'in_progress', 'on_hold') \
         GROUP BY u.username ORDER BY count(*) DESC, u.username LIMIT 1"
    );
    let partner = format!(
        "SELECT u.username FROM users u JOIN edges c ON c.source = u.id JOIN edges e ON e.target = c.target \
         WHERE u.roles = '[\"partner\"]' AND {usable} AND c.field IN ('organization', 'communities') \
         GROUP BY u.username ORDER BY count(*) DESC, u.username LIMIT 1"
    );
    let name = |sql: &str| -> Result<String, String> {
        let found = database.read(|tx| tx.first(sql, &[])?.map(|row| row.get(0)).transpose());
        found.map_err(|error: StoreError| error.to_string())?.ok_or("nobody has this role".to_owned())
    };
    Ok([("busiest staff member", name(&staff)?), ("busiest partner", name(&partner)?)])
}

/// Returns the median time of the statements behind the figures of the same name.
pub fn measure(data: &str, database: &str) -> Result<Vec<(&'static str, f64)>, String> {
    let location = Location::parse(database, Path::new(data)).map_err(|error| error.to_string())?;
    let database = Database::open(&location).map_err(|error| error.to_string())?;
    #[allow(clippy::disallowed_methods)] // The same window as the feed.
    let today = jiff::Zoned::now().date();
    let midnight = |day: jiff::civil::Date| obcms_domain::calendar::floating(day);
    let window = |first: jiff::civil::Date, last: jiff::civil::Date| obcms_store::calendar::Window {
        start: midnight(first),
        end: midnight(last),
        first_day: midnight(first),
        after_last_day: midnight(last),
    };
    let month = window(today.first_of_month(), today.last_of_month());
    let year = window(today.first_of_year(), today.last_of_year());
    let tasks = "SELECT * FROM tasks WHERE archived_at IS NULL ORDER BY due_date LIMIT 50";
    let board = "SELECT * FROM (SELECT * FROM tasks WHERE archived_at IS NULL AND status = 'not_started' ORDER BY rank, id LIMIT 50) a \
                 UNION ALL SELECT * FROM (SELECT * FROM tasks WHERE archived_at IS NULL AND status = 'in_progress' ORDER BY rank, id LIMIT 50) b \
                 UNION ALL SELECT * FROM (SELECT * FROM tasks WHERE archived_at IS NULL AND status = 'completed' ORDER BY rank, id LIMIT 50) c";
    let portfolio = "SELECT id, status, sector, funding_source, budget_allocation_centavos, progress FROM ppas WHERE archived_at IS NULL";
    let search = "SELECT id, max(weight) FROM search_words WHERE word >= 'water' AND word < 'wates' GROUP BY id LIMIT 20";
    let mut result = Vec::new();
    let mut timed = |name: &'static str, work: &dyn Fn() -> Result<(), StoreError>| -> Result<(), String> {
        let mut times = Vec::with_capacity(REPEATS);
        for _ in 0..REPEATS {
            let begun = Instant::now();
            work().map_err(|error| error.to_string())?;
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        result.push((name, times[REPEATS / 2]));
        Ok(())
    };
    let query = |sql: &'static str| {
        let database = database.clone();
        move || database.read(|tx| tx.query(sql, &[]).map(|_| ()))
    };
    timed("month feed", &|| database.read(|tx| obcms_store::calendar::window(tx, &month).map(|_| ())))?;
    timed("year feed", &|| database.read(|tx| obcms_store::calendar::window(tx, &year).map(|_| ())))?;
    timed("task list", &query(tasks))?;
    timed("board", &query(board))?;
    timed("portfolio", &query(portfolio))?;
    timed("search", &query(search))?;
    Ok(result)
}
