//! Activation dates of the task templates.
//!
//! An office that starts to use the program enters its past without the tasks of that time. So the templates are
//! inactive at first. Those of each group are activated so late that the generated tasks match the share of the
//! group.

use jiff::{Timestamp, ToSpan};
use obcms_app::{Actor, App, AppError};
use obcms_domain::kinds::{TASK_TEMPLATE, task_template};
use obcms_domain::tasks::templates::{find, template_for};
use serde_json::json;

use crate::days;
use crate::world::{PROGRAM, World, update};

/// Prefixes of template names, and the share of their tasks in percent.
const GROUPS: [(&[&str], usize); 6] = [
    (&["event_", "quarterly_"], 42),
    (&["mana_", "survey_"], 16),
    (&["ppa_", "obc_request", "approval_"], 18),
    (&["project_"], 7),
    (&["policy_"], 4),
    (&["service_", "application_"], 4),
];

/// Reads the ids of the templates.
pub fn read(world: &mut World, app: &App) -> Result<(), AppError> {
    let parameters = vec![("limit".to_owned(), "500".to_owned())];
    let records = app.list(&Actor::program(), &TASK_TEMPLATE, &parameters)?.records;
    world.templates =
        records.iter().map(|record| (task_template::NAME.get(record).to_owned(), record.id)).collect();
    Ok(())
}

/// Announces that a record of the kind will be created with this value of its deciding field.
pub fn expect(world: &mut World, when: Timestamp, kind: &str, field: &str, value: &str) {
    let facts = |name: &str| (name == field).then(|| value.to_owned());
    if when < world.now
        && let Some(name) = template_for(kind, &facts)
    {
        world.expected.push((name, when));
    }
}

/// Plans the activation. Returns how many tasks the templates will generate.
pub fn plan(world: &mut World) -> usize {
    let mut total = 0;
    for (beginnings, share) in GROUPS {
        let of_group = |name: &str| beginnings.iter().any(|beginning| name.starts_with(beginning));
        let mut moments: Vec<(Timestamp, usize)> = world
            .expected
            .iter()
            .filter(|(name, _)| of_group(name))
            .map(|(name, when)| (*when, find(name).map_or(0, |template| template.items.len())))
            .collect();
        moments.sort_unstable();
        let most = world.counts.tasks * share / 100;
        let mut made = 0;
        let mut from = world.now;
        for (when, items) in moments.into_iter().rev() {
            if made + items > most {
                break;
            }
            made += items;
            from = when;
        }
        total += made;
        switch(world, &of_group, from);
    }
    total
}

fn switch(world: &mut World, of_group: &dyn Fn(&str) -> bool, from: Timestamp) {
    let ids: Vec<_> = world.templates.iter().filter(|(name, _)| of_group(name)).map(|(_, id)| *id).collect();
    let first = days::at(&world.zone, days::plus(world.first_day, 41), 0);
    let on = from.checked_sub(1.second()).unwrap_or(from);
    for (when, is_active, note) in [
        (first, false, "Brought in without the tasks of the time before."),
        (on, true, "Tasks are recorded here from now on."),
    ] {
        let ids = ids.clone();
        world.schedule(when, PROGRAM, move |_, work| {
            note.clone_into(&mut work.note);
            for id in ids {
                update(work, &TASK_TEMPLATE, id, json!({ "is_active": is_active }))?;
            }
            Ok(())
        });
    }
}
