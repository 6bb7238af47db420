use std::collections::{HashMap, HashSet};

use obcms_domain::{
    choices::{self, Choice},
    places::{Gazetteer, gazetteer},
};

use super::{
    PLACEHOLDERS, Range, assessments, communities::COMMUNITIES, events, needs::NEEDS, organizations, people,
    policies, programmes, services_and_resources as offers, tasks, venues,
};

fn places() -> Gazetteer {
    gazetteer().expect("the packed places are whole")
}

/// Asserts that every value is one of the choices.
fn assert_known<'word>(choices: &[Choice], words: impl IntoIterator<Item = &'word str>) {
    for word in words {
        assert!(choices::contains(choices, word), "{word:?} is no choice");
    }
}

/// Asserts that every choice is used.
fn assert_covers<'word>(choices: &[Choice], words: impl IntoIterator<Item = &'word str>) {
    let used: HashSet<&str> = words.into_iter().collect();
    for choice in choices {
        assert!(used.contains(choice.value), "nothing of {:?}", choice.value);
    }
}

fn assert_unique<'word>(words: impl IntoIterator<Item = &'word str>) {
    let mut seen = HashSet::new();
    for word in words {
        assert!(seen.insert(word), "{word:?} twice");
    }
}

/// Asserts that a text is not empty, has no spaces at its ends and only known placeholders.
fn assert_text(text: &str) {
    assert!(!text.is_empty() && text.trim() == text, "{text:?}");
    let mut rest = text.to_owned();
    for placeholder in PLACEHOLDERS {
        rest = rest.replace(placeholder, "");
    }
    assert!(!rest.contains(['{', '}']), "{text:?} has an unknown placeholder");
}

fn assert_range(range: Range) {
    assert!(0 < range.from && range.from < range.to, "{range:?}");
}

fn all_organizations() -> impl Iterator<Item = &'static organizations::Organization> {
    [organizations::MINISTRIES, organizations::PUBLIC_BODIES, organizations::CIVIL_BODIES]
        .into_iter()
        .flatten()
}

/// Returns true if the acronym is that of a ministry or of the office itself.
fn is_office(acronym: &str) -> bool {
    acronym == programmes::OWN_OFFICE
        || organizations::MINISTRIES.iter().any(|ministry| ministry.acronym == acronym)
}

#[test]
fn communities_are_in_real_barangays_outside_the_autonomous_region() {
    let places = places();
    assert!(COMMUNITIES.len() >= 120);
    let mut regions = HashMap::new();
    for community in COMMUNITIES {
        assert_text(community.name);
        assert!(community.population > 0, "{community:?}");
        let barangay = places.barangay(community.barangay).unwrap_or_else(|| panic!("{community:?}"));
        let municipality = places.municipality(&barangay.municipality).expect("its municipality");
        let region = places.region(&municipality.region).expect("its region");
        *regions.entry(region.short_name.as_str()).or_insert(0) += 1;
    }
    let mut regions: Vec<(&str, i32)> = regions.into_iter().collect();
    regions.sort_unstable_by_key(|(_, count)| -count);
    let names: Vec<&str> = regions.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["Region XII", "Region IX", "Region XI", "Region X"]);
    assert_unique(COMMUNITIES.iter().map(|community| community.barangay));
    assert_unique(COMMUNITIES.iter().map(|community| community.name));
    assert_known(choices::ETHNOLINGUISTIC_GROUPS, COMMUNITIES.iter().map(|community| community.group));
    assert_known(choices::SETTLEMENT_TYPES, COMMUNITIES.iter().map(|community| community.settlement));
    assert_known(choices::LIVELIHOOD_TYPES, COMMUNITIES.iter().map(|community| community.livelihood));
}

#[test]
fn community_population_fits_its_barangay() {
    let places = places();
    for community in COMMUNITIES {
        let barangay = places.barangay(community.barangay).expect("its barangay");
        let population = barangay.population.expect("the population is known");
        assert!(community.population <= population, "{community:?} in {barangay:?}");
    }
}

#[test]
fn communities_are_enough_and_unique() {
    let given: Vec<&str> =
        people::GIVEN_NAMES_OF_WOMEN.iter().chain(people::GIVEN_NAMES_OF_MEN).copied().collect();
    assert!(given.len() >= 120 && people::FAMILY_NAMES.len() >= 120);
    assert_unique(given);
    assert_unique(people::FAMILY_NAMES.iter().copied());
    let roles = ["admin", "coordinator", "budget_officer", "executive", "staff", "partner"];
    for position in people::POSITIONS {
        assert!(roles.contains(&position.role) && position.count > 0, "{position:?}");
        assert!((1..=33).contains(&position.salary_grade), "{position:?}");
    }
}

#[test]
fn needs_are_complete_and_cover_every_sector() {
    assert!(NEEDS.len() >= 60);
    for need in NEEDS {
        assert_text(need.title);
        assert_text(need.description);
        assert_range(need.cost);
        assert_range(need.affected);
        assert!((1..=5).contains(&need.severity), "{need:?}");
    }
    assert_unique(NEEDS.iter().map(|need| need.title));
    assert_known(choices::SECTORS, NEEDS.iter().map(|need| need.sector));
    assert_covers(choices::SECTORS, NEEDS.iter().map(|need| need.sector));
    assert_known(choices::URGENCY_LEVELS, NEEDS.iter().map(|need| need.urgency));
    assert_known(choices::FEASIBILITIES, NEEDS.iter().map(|need| need.feasibility));
}

#[test]
fn programmes_are_complete_and_cover_every_sector() {
    let all: Vec<&programmes::Programme> = programmes::all().collect();
    assert!(all.len() >= 80);
    for programme in &all {
        assert_text(programme.title);
        assert_text(programme.summary);
        assert_text(programme.indicator);
        assert_range(programme.budget);
        assert_range(programme.slots);
        assert!(is_office(programme.lead), "{programme:?}");
    }
    assert_unique(all.iter().map(|programme| programme.title));
    assert_known(choices::SECTORS, all.iter().map(|programme| programme.sector));
    assert_covers(choices::SECTORS, all.iter().map(|programme| programme.sector));
    assert_known(choices::FUNDING_SOURCES, all.iter().map(|programme| programme.funding_source));
    assert_known(choices::APPROPRIATION_CLASSES, all.iter().map(|programme| programme.appropriation_class));
}

#[test]
fn events_cover_every_type() {
    assert!(events::EVENTS.len() >= 80);
    for event in events::EVENTS {
        assert_text(event.title);
        assert_text(event.purpose);
        assert!(event.hours > 0 && event.participants > 0, "{event:?}");
    }
    assert_unique(events::EVENTS.iter().map(|event| event.title));
    assert_known(choices::EVENT_TYPES, events::EVENTS.iter().map(|event| event.event_type));
    assert_covers(choices::EVENT_TYPES, events::EVENTS.iter().map(|event| event.event_type));
    let engagements = || events::ENGAGEMENTS.iter().map(|engagement| engagement.engagement_type);
    assert_known(choices::ENGAGEMENT_TYPES, engagements());
    assert_covers(choices::ENGAGEMENT_TYPES, engagements());
    let levels = events::ENGAGEMENTS.iter().map(|engagement| engagement.participation_level);
    assert_known(choices::PARTICIPATION_LEVELS, levels);
    assert_known(choices::COMMUNITY_EVENT_TYPES, events::COMMUNITY_EVENTS.iter().map(|(_, kind)| *kind));
    assert_covers(choices::COMMUNITY_EVENT_TYPES, events::COMMUNITY_EVENTS.iter().map(|(_, kind)| *kind));
    let titles = events::ENGAGEMENTS.iter().map(|engagement| engagement.title);
    titles.chain(events::COMMUNITY_EVENTS.iter().map(|(title, _)| *title)).for_each(assert_text);
}

#[test]
fn venues_and_organizations_are_in_real_towns() {
    let places = places();
    for venue in venues::VENUES {
        assert!(places.municipality(venue.municipality).is_some() && venue.capacity > 0, "{venue:?}");
    }
    for organization in all_organizations() {
        assert!(places.municipality(organization.municipality).is_some(), "{organization:?}");
    }
    assert_unique(
        venues::VENUES.iter().map(|venue| venue.name).filter(|name| name.starts_with("Conference")),
    );
    assert_unique(all_organizations().map(|organization| organization.name));
    assert_unique(
        all_organizations().map(|organization| organization.acronym).filter(|name| !name.is_empty()),
    );
    assert_known(choices::ORGANIZATION_TYPES, all_organizations().map(|body| body.organization_type));
    assert_known(choices::PARTNERSHIP_LEVELS, all_organizations().map(|body| body.partnership_level));
    assert_known(choices::PARTNERSHIP_TYPES, organizations::PARTNERSHIPS.iter().map(|(kind, _, _)| *kind));
    organizations::PARTNERSHIPS.iter().for_each(|(_, title, _)| assert_text(title));
}

#[test]
fn contacts_use_reserved_addresses_and_numbers() {
    assert_unique(organizations::CONTACTS.iter().map(|contact| contact.name));
    assert_unique(organizations::CONTACTS.iter().map(|contact| contact.telephone));
    for contact in organizations::CONTACTS {
        assert!(contact.email.ends_with("@example.org") && contact.email.is_ascii(), "{contact:?}");
        assert!(contact.telephone.starts_with("(000) 555-"), "{contact:?}");
    }
}

#[test]
fn assessments_cover_every_category() {
    let all = assessments::ASSESSMENTS;
    for assessment in all {
        assert_text(assessment.title);
        assert_text(assessment.objective);
        assert!(assessment.days > 0, "{assessment:?}");
    }
    assert_unique(all.iter().map(|assessment| assessment.title));
    assert_known(choices::ASSESSMENT_CATEGORIES, all.iter().map(|assessment| assessment.category));
    assert_covers(choices::ASSESSMENT_CATEGORIES, all.iter().map(|assessment| assessment.category));
    assert_known(choices::ASSESSMENT_LEVELS, all.iter().map(|assessment| assessment.level));
    assert_covers(choices::ASSESSMENT_LEVELS, all.iter().map(|assessment| assessment.level));
    assert_known(choices::ASSESSMENT_METHODOLOGIES, all.iter().map(|assessment| assessment.methodology));
    assert_known(choices::SURVEY_TYPES, assessments::SURVEYS.iter().map(|(kind, _)| *kind));
    assert_covers(choices::SURVEY_TYPES, assessments::SURVEYS.iter().map(|(kind, _)| *kind));
    assert_known(choices::WORKSHOP_TYPES, assessments::WORKSHOPS.iter().map(|(kind, _)| *kind));
    assert_covers(choices::WORKSHOP_TYPES, assessments::WORKSHOPS.iter().map(|(kind, _)| *kind));
    assessments::SURVEYS.iter().chain(assessments::WORKSHOPS).for_each(|(_, title)| assert_text(title));
}

#[test]
fn policies_cover_every_category() {
    let all = policies::POLICIES;
    for policy in all {
        assert_text(policy.title);
        assert_text(policy.problem);
        assert_text(policy.proposal);
    }
    assert_unique(all.iter().map(|policy| policy.title));
    assert_known(choices::POLICY_CATEGORIES, all.iter().map(|policy| policy.category));
    assert_covers(choices::POLICY_CATEGORIES, all.iter().map(|policy| policy.category));
    assert_known(choices::POLICY_SCOPES, all.iter().map(|policy| policy.scope));
    assert_known(choices::EVIDENCE_TYPES, policies::EVIDENCE.iter().map(|(kind, _)| *kind));
    policies::EVIDENCE.iter().for_each(|(_, title)| assert_text(title));
}

#[test]
fn services_and_resources_cover_every_type() {
    for service in offers::SERVICES {
        assert_text(service.title);
        assert!(is_office(service.office) && service.slots > 0 && service.budget > 0, "{service:?}");
    }
    assert_unique(offers::SERVICES.iter().map(|service| service.title));
    assert_known(choices::SERVICE_TYPES, offers::SERVICES.iter().map(|service| service.service_type));
    assert_covers(choices::SERVICE_TYPES, offers::SERVICES.iter().map(|service| service.service_type));
    assert_known(choices::ELIGIBILITY_LEVELS, offers::SERVICES.iter().map(|service| service.eligibility));
    for resource in offers::RESOURCES {
        assert_text(resource.description);
        assert!(resource.capacity > 0 && resource.units > 0 && resource.cost_per_use >= 0, "{resource:?}");
    }
    assert_unique(offers::RESOURCES.iter().map(|resource| resource.name));
    assert_known(choices::RESOURCE_TYPES, offers::RESOURCES.iter().map(|resource| resource.resource_type));
    assert_covers(choices::RESOURCE_TYPES, offers::RESOURCES.iter().map(|resource| resource.resource_type));
}

#[test]
fn tasks_have_a_domain_and_remarks_are_plain_text() {
    assert!(tasks::TASKS.len() >= 60);
    for task in tasks::TASKS {
        assert_text(task.title);
        assert!(task.hours > 0, "{task:?}");
    }
    assert_unique(tasks::TASKS.iter().map(|task| task.title));
    assert_known(choices::TASK_DOMAINS, tasks::TASKS.iter().map(|task| task.domain));
    for remark in tasks::REMARKS.iter().chain(tasks::REASONS) {
        assert_text(remark);
        assert!(remark.ends_with('.') && !remark.contains('{'), "{remark:?}");
    }
}
