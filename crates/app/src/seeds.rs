//! Seeds of every installation: places, BARMM bodies, teams, task templates, holidays.

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{
    BARANGAY, MUNICIPALITY, ORGANIZATION, PROVINCE, REGION, TASK_TEMPLATE, TEAM, barangay, municipality,
    organization, place, province, region, task_template, team,
};
use obcms_domain::places;
use obcms_domain::registry::{Kind, Record};
use obcms_domain::seeds::{organizations, teams};
use obcms_domain::tasks::templates;
use obcms_store::{migrations, records, settings};
use serde_json::json;

use crate::core::{Actor, App, AppError, UnitOfWork};

/// Inserts missing seeds, each only once, so that what the office changed or archived since is left alone.
pub fn insert_seeds(app: &App) -> Result<(), AppError> {
    let program = Actor::program();
    type Seed = fn(&mut UnitOfWork<'_, '_>) -> Result<(), AppError>;
    let seeds: [(&str, Seed); 6] = [
        ("places", insert_places),
        ("organizations", insert_organizations),
        ("teams", insert_teams),
        ("templates", insert_templates),
        ("holidays", insert_holidays),
        // Databases of older releases store the state of a series as a whole.
        ("shown-occurrences", crate::tasks::show_occurrences::refresh_all),
    ];
    let missing = app.read(|tx| {
        let mut missing = false;
        for (name, _) in seeds {
            missing |= settings::get(tx, &format!("seed-{name}"))?.is_none();
        }
        Ok(missing)
    })?;
    if !missing {
        return Ok(());
    }
    app.write(&program, |work| {
        migrations::lock(work.tx)?;
        for (name, seed) in seeds {
            let key = format!("seed-{name}");
            // Checked again under the lock: another process may have inserted it meanwhile.
            if settings::get(work.tx, &key)?.is_none() {
                settings::set(work.tx, &key, "done")?;
                seed(work)?;
            }
        }
        Ok(())
    })
}

fn place(work: &UnitOfWork<'_, '_>, kind: &'static Kind, code: &str, name: &str) -> Result<Record, AppError> {
    let id = Id::place(code).ok_or_else(|| AppError::Internal(format!("{code} is no PSGC code")))?;
    let mut record = Record::new(kind, id, work.now, None);
    place::NAME.set(&mut record, name);
    place::CODE.set(&mut record, code);
    Ok(record)
}

fn degrees(value: Option<f64>) -> Option<i64> {
    // Hundredths of a degree, an error of about a kilometer: the column stores them as all decimals are stored.
    #[allow(clippy::cast_possible_truncation)]
    value.map(|degrees| (degrees * 100.0).round() as i64)
}

fn insert_places(work: &mut UnitOfWork<'_, '_>) -> Result<(), AppError> {
    let gazetteer = places::gazetteer().map_err(|error| AppError::Internal(error.to_string()))?;
    let reference = |code: &str| Id::place(code);
    let mut batch = Vec::new();
    for region in &gazetteer.regions {
        let mut record = place(work, &REGION, &region.code, &region.name)?;
        region::SHORT_NAME.set(&mut record, region.short_name.as_str());
        region::POPULATION.set(&mut record, region.population);
        batch.push(record);
    }
    for province in &gazetteer.provinces {
        let mut record = place(work, &PROVINCE, &province.code, &province.name)?;
        province::REGION.set(&mut record, reference(&province.region));
        province::POPULATION.set(&mut record, province.population);
        batch.push(record);
    }
    for municipality in &gazetteer.municipalities {
        let mut record = place(work, &MUNICIPALITY, &municipality.code, &municipality.name)?;
        municipality::MUNICIPALITY_TYPE.set(&mut record, municipality.kind.as_str());
        municipality::REGION.set(&mut record, reference(&municipality.region));
        municipality::PROVINCE.set(&mut record, municipality.province.as_deref().and_then(reference));
        municipality::POPULATION.set(&mut record, municipality.population);
        municipality::LATITUDE.set(&mut record, degrees(municipality.latitude));
        municipality::LONGITUDE.set(&mut record, degrees(municipality.longitude));
        batch.push(record);
    }
    for barangay in &gazetteer.barangays {
        let mut record = place(work, &BARANGAY, &barangay.code, &barangay.name)?;
        barangay::MUNICIPALITY.set(&mut record, reference(&barangay.municipality));
        barangay::IS_URBAN.set(&mut record, barangay.urban);
        barangay::POPULATION.set(&mut record, barangay.population);
        barangay::LATITUDE.set(&mut record, degrees(barangay.latitude));
        barangay::LONGITUDE.set(&mut record, degrees(barangay.longitude));
        batch.push(record);
        if batch.len() >= 2000 {
            records::insert(work.tx, &batch)?;
            batch.clear();
        }
    }
    records::insert(work.tx, &batch)?;
    Ok(())
}

fn insert_organizations(work: &mut UnitOfWork<'_, '_>) -> Result<(), AppError> {
    let new: Vec<Record> = organizations::ORGANIZATIONS
        .iter()
        .map(|seed| {
            let mut record = work.new_record(&ORGANIZATION);
            organization::NAME.set(&mut record, seed.name);
            organization::ACRONYM.set(&mut record, seed.acronym);
            organization::ORGANIZATION_TYPE.set(&mut record, organizations::ORGANIZATION_TYPE);
            organization::PARTNERSHIP_STATUS.set(&mut record, "active");
            organization::IS_PRIORITY.set(&mut record, false);
            record
        })
        .collect();
    work.insert(&new)
}

fn insert_teams(work: &mut UnitOfWork<'_, '_>) -> Result<(), AppError> {
    let new: Vec<Record> = teams::TEAMS
        .iter()
        .map(|seed| {
            let mut record = work.new_record(&TEAM);
            team::NAME.set(&mut record, seed.name);
            team::DESCRIPTION.set(&mut record, seed.focus);
            team::DOMAIN.set(&mut record, seed.domains.first().copied());
            team::IS_ACTIVE.set(&mut record, true);
            record
        })
        .collect();
    work.insert(&new)
}

fn insert_templates(work: &mut UnitOfWork<'_, '_>) -> Result<(), AppError> {
    let new: Vec<Record> = templates::all()
        .map(|seed| {
            let items: Vec<_> = seed
                .items
                .iter()
                .map(|item| {
                    let mut json = json!({
                        "key": item.key, "title": item.title, "description": item.description,
                        "anchor": item.anchor.as_str(), "offset_days": item.offset_days,
                        "priority": item.priority.as_str(), "estimated_hours": f64::from(item.hours_hundredths) / 100.0,
                        "phase": item.phase, "assignee": item.role.as_str(), "prerequisites": item.prerequisites,
                    });
                    if let Some(rule) = item.due_rule {
                        json["due_rule"] = json!(rule.as_str());
                    }
                    json
                })
                .collect();
            let mut record = work.new_record(&TASK_TEMPLATE);
            task_template::NAME.set(&mut record, seed.name);
            task_template::TITLE.set(&mut record, seed.title);
            task_template::DESCRIPTION.set(&mut record, seed.description);
            task_template::DOMAIN.set(&mut record, seed.domain);
            task_template::IS_ACTIVE.set(&mut record, true);
            task_template::DUE_RULE.set(&mut record, templates::DueRule::default().as_str());
            task_template::ITEMS_VERSION.set(&mut record, 1_i64);
            task_template::ITEMS.set(&mut record, json!(items));
            record
        })
        .collect();
    work.insert(&new)
}

/// Inserts holidays of last year, because the calendar shows past dates, and of the years that are planned for.
fn insert_holidays(work: &mut UnitOfWork<'_, '_>) -> Result<(), AppError> {
    let year = work.today.year();
    for year in year - 1..=year + 2 {
        crate::holidays::compute(work, year)?;
    }
    Ok(())
}
