//! Budget cycles of PPAs: the planning dates of their fiscal year, and hearings with time and venue.

use jiff::{Timestamp, ToSpan};
use obcms_app::programme::budget_cycle::add;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{BUDGET_CYCLE_STAGE, PPA, budget_cycle_stage as stage_of};
use obcms_domain::programme::budget_cycle::is_hearing;
use serde_json::json;

use crate::days;
use crate::world::{World, explain, update};

/// Plans the budget cycle of a PPA that was created at an instant.
pub fn plan(world: &mut World, ppa: Id, coordinator: usize, created: Timestamp) {
    let when = created.checked_add(90.minutes()).unwrap_or(created);
    world.schedule(when, coordinator, move |world, work| {
        let (_, stages) = add(work, ppa).map_err(|error| explain(&PPA, error))?;
        for (number, stage) in stages.into_iter().enumerate() {
            let name = stage_of::STAGE.get(&stage);
            if is_hearing(name) {
                let technical = name == "technical_hearing";
                let (time, venue) = if technical {
                    ("09:00", "Conference room A, Bangsamoro Government Center")
                } else {
                    ("13:30", "Plenary hall, Bangsamoro Parliament")
                };
                update(work, &BUDGET_CYCLE_STAGE, stage.id, json!({ "hearing_time": time, "venue": venue }))?;
            }
            let Some(due) = stage_of::DUE_DATE.get(&stage) else { continue };
            // What was over before the PPA was entered is done with it.
            let day =
                world.office_hours(days::working(due)).max(when.checked_add(5.minutes()).unwrap_or(when));
            let done = day.checked_add(i64::try_from(number).unwrap_or(0).minutes()).unwrap_or(day);
            world.schedule(done, coordinator, move |_, work| {
                update(work, &BUDGET_CYCLE_STAGE, stage.id, json!({ "status": "completed" })).map(|_| ())
            });
        }
        Ok(())
    });
}
