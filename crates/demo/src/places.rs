//! Communities: those of the tables, and for the largest office more in other barangays of the four regions.

use std::collections::HashSet;

use obcms_app::AppError;
use obcms_domain::kinds::COMMUNITY;
use obcms_domain::places::{self, Barangay};
use serde_json::json;

use crate::content::communities::{COMMUNITIES, HISTORIES, PRACTICES};
use crate::organizations::outside;
use crate::world::{Place, World, create};
use crate::{days, words};

struct Profile {
    barangay: String,
    name: String,
    group: &'static str,
    settlement: &'static str,
    livelihood: &'static str,
    population: i64,
}

/// Plans the communities.
pub fn plan(world: &mut World) -> Result<(), AppError> {
    let gazetteer = places::gazetteer().map_err(|error| AppError::Internal(error.to_string()))?;
    let count = world.counts.communities;
    let step = (COMMUNITIES.len() / count.max(1)).max(1);
    let mut profiles: Vec<Profile> = COMMUNITIES
        .iter()
        .step_by(step)
        .take(count)
        .map(|community| Profile {
            barangay: community.barangay.to_owned(),
            name: community.name.to_owned(),
            group: community.group,
            settlement: community.settlement,
            livelihood: community.livelihood,
            population: community.population,
        })
        .collect();
    let further: Vec<&Barangay> =
        gazetteer.barangays.iter().filter(|barangay| outside(&barangay.code)).collect();
    derive(world, &mut profiles, &further, count);
    for (number, profile) in profiles.into_iter().enumerate() {
        let Some(barangay) = gazetteer.barangay(&profile.barangay) else {
            continue;
        };
        let Some(town) = gazetteer.municipality(&barangay.municipality) else {
            continue;
        };
        let place = (town.name.trim_start_matches("City of ").to_owned(), town.code.clone());
        add(world, number, &profile, barangay.population, place);
    }
    Ok(())
}

/// Derives more communities, spread evenly over the barangays.
fn derive(world: &mut World, profiles: &mut Vec<Profile>, further: &[&Barangay], count: usize) {
    let taken: HashSet<String> = profiles.iter().map(|profile| profile.barangay.clone()).collect();
    let missing = count.saturating_sub(profiles.len());
    if missing == 0 {
        return;
    }
    let free: Vec<&&Barangay> = further.iter().filter(|barangay| !taken.contains(&barangay.code)).collect();
    for barangay in free.iter().step_by((free.len() / missing).max(1)).take(missing) {
        let near: Vec<_> =
            COMMUNITIES.iter().filter(|known| known.barangay[..4] == barangay.code[..4]).collect();
        let model = if near.is_empty() { world.random.pick(COMMUNITIES) } else { world.random.pick(&near) };
        let (settlement, pattern) = *world.random.pick(&[
            ("village", "{} Bangsamoro Village"),
            ("village", "{} Muslim Village"),
            ("purok", "Purok Salam, {}"),
            ("sitio", "Sitio Masagana, {}"),
            ("compound", "{} Mosque Compound"),
            ("dispersed", "{} Bangsamoro Community"),
        ]);
        let most = barangay.population.unwrap_or(1500).clamp(300, 4000) / 3;
        profiles.push(Profile {
            barangay: barangay.code.clone(),
            name: pattern.replace("{}", &barangay.name),
            group: model.group,
            settlement,
            livelihood: model.livelihood,
            population: world.random.between(80, most.max(90)),
        });
    }
}

fn languages(group: &str) -> &'static str {
    match group {
        "maguindanaon" => "Maguindanaon, Filipino",
        "meranaw" => "Meranaw, Cebuano, Filipino",
        "iranun" => "Iranun, Maguindanaon, Filipino",
        "tausug" => "Tausug, Chavacano, Filipino",
        "sama" | "badjao" => "Sama, Tausug, Chavacano",
        "yakan" => "Yakan, Chavacano, Filipino",
        "kagan_kalagan" => "Kagan, Cebuano, Filipino",
        "sangil" => "Sangil, Cebuano, Filipino",
        "kolibugan" => "Subanen, Cebuano, Filipino",
        _ => "Filipino, Cebuano",
    }
}

fn add(
    world: &mut World,
    number: usize,
    profile: &Profile,
    barangay: Option<i64>,
    (town, code): (String, String),
) {
    const ACCESS: [&str; 8] = ["good", "fair", "fair", "poor", "poor", "poor", "none", "excellent"];
    let random = &mut world.random;
    let people = profile.population;
    let households = (people * 10 / random.between(48, 62)).max(1);
    let share = |percent: i64| people * percent / 100;
    let fishing = profile.livelihood == "fishing";
    let region = &profile.barangay[..2];
    let mut members = json!({
        "name": profile.name, "barangay": profile.barangay,
        "obc_id": format!("R{}-{}-{:04}", region.trim_start_matches('0'), &profile.barangay[2..5], number + 1),
        "estimated_obc_population": people, "households": households, "families": households * 11 / 10,
        "total_barangay_population": barangay.map(|all| all.max(people)),
        "primary_ethnolinguistic_group": profile.group, "languages_spoken": languages(profile.group),
        "settlement_type": profile.settlement,
        "proximity_to_barmm": match region { "12" => "adjacent", "10" | "09" => "near", _ => "distant" },
        "children_0_9": share(27), "adolescents_10_14": share(12), "youth_15_30": share(28),
        "adults_31_59": share(26), "seniors_60_plus": share(6), "women_count": share(random.between(48, 52)),
        "solo_parents_count": households * random.between(2, 7) / 100, "pwd_count": share(random.between(1, 3)),
        "farmers_count": share(if profile.livelihood == "agriculture" { random.between(14, 24) } else { 4 }),
        "fisherfolk_count": share(if fishing { random.between(10, 20) } else { 1 }),
        "idps_count": if random.chance(12) { share(random.between(5, 25)) } else { 0 },
        "mosques_count": (people / 700).max(1), "madrasah_count": (people / 900).max(i64::from(random.chance(60))),
        "asatidz_count": (people / 350).max(1),
    });
    let more = json!({
        "estimated_poverty_incidence": random.pick(&["unknown", "moderate", "high", "high", "very_high", "extremely_high", "low"]),
        "access_formal_education": random.pick(&ACCESS), "access_madrasah": random.pick(&ACCESS),
        "access_healthcare": random.pick(&ACCESS), "access_clean_water": random.pick(&ACCESS),
        "access_sanitation": random.pick(&ACCESS), "access_electricity": random.pick(&ACCESS),
        "access_roads_transport": random.pick(&ACCESS), "access_communication": random.pick(&ACCESS),
        "primary_livelihoods": format!("Most households live from {}.", profile.livelihood),
        "cultural_background": format!("{} {}", random.pick(HISTORIES), random.pick(PRACTICES)),
        "relationship_with_lgu": random.pick(&["excellent", "good", "good", "collaborative", "minimal", "strained"]),
        "community_leader": words::leader(random),
        "leader_contact": format!("(000) 555-{:04}", random.between(200, 9999)),
    });
    if let (Some(members), Some(more)) = (members.as_object_mut(), more.as_object()) {
        members.extend(more.clone());
    }
    let day = world.random.between(9, 40);
    let when = world.office_hours(days::working(days::plus(world.first_day, day)));
    let coordinator = world.of_role("coordinator");
    world.schedule(when, coordinator, move |world, work| {
        let record = create(work, &COMMUNITY, members)?;
        world.places.push(Place {
            id: record.id,
            name: record.title().to_owned(),
            municipality: town,
            municipality_code: code,
        });
        Ok(())
    });
}
