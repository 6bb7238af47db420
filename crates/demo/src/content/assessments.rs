//! Assessments, surveys, workshops and baseline studies.

/// Planned assessment.
#[derive(Debug, Clone, Copy)]
pub struct Assessment {
    /// Title.
    pub title: &'static str,
    /// Category.
    pub category: &'static str,
    /// Assessment level.
    pub level: &'static str,
    /// Main method.
    pub methodology: &'static str,
    /// Objective.
    pub objective: &'static str,
    /// Duration in days, from start to report.
    pub days: i64,
}

const fn assessment(
    (category, level, methodology): (&'static str, &'static str, &'static str),
    days: i64,
    title: &'static str,
    objective: &'static str,
) -> Assessment {
    Assessment { title, category, level, methodology, objective, days }
}

/// Assessments.
#[rustfmt::skip]
pub const ASSESSMENTS: &[Assessment] = &[
    assessment(("needs_assessment", "community", "participatory"), 30,
        "Mapping and needs assessment, {community}",
        "Who lives here, what is missing and what comes first."),
    assessment(("needs_assessment", "barangay", "mixed"), 40,
        "Barangay needs assessment, {community}",
        "Needs by sector with numbers that the barangay accepts."),
    assessment(("needs_assessment", "city_municipal", "workshop"), 60,
        "Needs assessment of {municipality} {year}",
        "One ranked list for all Bangsamoro communities of the town."),
    assessment(("needs_assessment", "city_municipal", "survey"), 45,
        "Household needs survey, {municipality}",
        "How many households lack water, power, schooling and papers."),
    assessment(("needs_assessment", "provincial", "kii"), 50,
        "Provincial key informant review {year}",
        "What officials, elders and traders expect, and where they differ."),
    assessment(("needs_assessment", "community", "kii"), 20,
        "Rapid assessment after displacement, {community}",
        "Where the families are, what they eat and when they can return."),
    assessment(("needs_assessment", "community", "observation"), 15,
        "Rapid assessment after the storm, {community}",
        "Damage by house, boat and field."),
    assessment(("needs_assessment", "regional", "desk_review"), 35,
        "Desk review of plans of regions IX and XII",
        "Which plans name Bangsamoro communities, and with which budget."),
    assessment(("baseline_study", "city_municipal", "survey"), 90,
        "Socio-economic baseline, {municipality}",
        "Values to measure the programmes of the next three years against."),
    assessment(("baseline_study", "community", "mixed"), 60,
        "Livelihood baseline, {community}",
        "Income by source and season before the fishing gear arrives."),
    assessment(("baseline_study", "provincial", "survey"), 100,
        "Education baseline of madaris and schools {year}",
        "Learners, teachers and rooms of every school of the communities."),
    assessment(("baseline_study", "barangay", "survey"), 45,
        "Water and sanitation baseline, {community}",
        "Sources, distance, price and illness."),
    assessment(("impact_assessment", "community", "mixed"), 45,
        "Effects of the water system, {community}",
        "What changed in time, illness and money, and for whom it did not."),
    assessment(("impact_assessment", "city_municipal", "survey"), 70,
        "Effects of livelihood assistance, {municipality}",
        "How many animals, boats and machines still earn after two years."),
    assessment(("impact_assessment", "provincial", "kii"), 60,
        "Effects of scholarships on families {year}",
        "Where scholars are now and what their families tell."),
    assessment(("situational_analysis", "city_municipal", "desk_review"), 25,
        "Situation of Bangsamoro communities in {municipality}",
        "What is known, what is contradictory and what must be asked."),
    assessment(("situational_analysis", "regional", "mixed"), 80,
        "Situation of communities in region XII {year}",
        "Chapters by sector for the report to the Chief Minister."),
    assessment(("situational_analysis", "community", "participatory"), 25,
        "Peace and conflict analysis, {community}",
        "Actors, quarrels, land and the people both sides listen to."),
    assessment(("situational_analysis", "barangay", "workshop"), 20,
        "Land tenure situation, {community}",
        "Who claims what, with which paper, since when."),
    assessment(("community_mapping", "community", "participatory"), 20,
        "Community mapping, {community}",
        "Houses, sources of water, mosque, school and danger zones on one map."),
    assessment(("community_mapping", "barangay", "observation"), 15,
        "Mapping of hazard areas, {community}",
        "Lines of high water and the ways out."),
    assessment(("community_mapping", "city_municipal", "mixed"), 50,
        "Mapping of communities in {municipality}",
        "A point and a count for every settlement of the town."),
];

/// Surveys: type and title.
#[rustfmt::skip]
pub const SURVEYS: &[(&str, &str)] = &[
    ("household", "Household profile, {community}"),
    ("household", "Household income and spending, {municipality}"),
    ("household", "Access to water and toilets, {community}"),
    ("household", "Schooling of children, {municipality}"),
    ("community_leader", "Leaders' questionnaire, {municipality}"),
    ("community_leader", "Checklist of services and facilities, {community}"),
    ("focus_group", "Group talk with women, {community}"),
    ("focus_group", "Group talk with fishers, {community}"),
    ("key_informant", "Interviews with agencies in {municipality}"),
    ("key_informant", "Interviews with religious leaders, {municipality}"),
    ("observation", "Walk and observation sheet, {community}"),
    ("document_review", "Review of the plans of {municipality}"),
];

/// The six workshops of an assessment, each of a day: type and title.
#[rustfmt::skip]
pub const WORKSHOPS: &[(&str, &str)] = &[
    ("workshop_1", "Understanding the context of {community}"),
    ("workshop_2", "What {community} hopes for"),
    ("workshop_3", "Working together in {municipality}"),
    ("workshop_4", "What programmes brought to {community}"),
    ("workshop_5", "Needs and obstacles of {community}"),
    ("workshop_6", "Ways forward for {municipality}"),
];

/// Sentences for key findings.
#[rustfmt::skip]
pub const FINDINGS: &[&str] = &[
    "Two thirds of the households fetch water from an open source.",
    "Most families have no paper for the land they live on.",
    "Only one child in four has attended early childhood care.",
    "Income falls to a third in the months of the monsoon.",
    "Half of the adults have no birth certificate.",
    "Women earn from weaving and selling, but hold no account.",
    "The road is closed to vehicles for about ninety days a year.",
    "People trust the elders more than any office with a complaint.",
    "Assistance came once after the fire and was not followed up.",
    "Youths leave for the city at sixteen; few come back.",
];

/// Sentences for recommendations.
#[rustfmt::skip]
pub const RECOMMENDATIONS: &[&str] = &[
    "Put the water system first and let the users' association set the tariff.",
    "Ask the municipality for a resolution that reserves the lot.",
    "Register the fishers' association before the next budget call.",
    "Bring mobile birth registration twice a year.",
    "Join the proposals for the road with those of the two neighbouring barangays.",
    "Name a focal person in the town hall with a written term.",
    "Repeat the count of households after the harvest.",
    "Report the findings back in the language of the community.",
];
