//! Communities: the profile of Bangsamoro people in one barangay outside BARMM.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{
    ACCESS_RATINGS, ETHNOLINGUISTIC_GROUPS, LGU_RELATIONSHIPS, POVERTY_INCIDENCES, PROXIMITIES,
    SETTLEMENT_TYPES,
};
use crate::registry::{Field, FieldType as Type, Initial, Kind, Module};

const fn count(name: &'static str, label: &'static str) -> Field {
    Field::new(name, label, Type::Integer(0, 10_000_000)).group(FieldGroup::Reporting).folded()
}

const fn access(name: &'static str, label: &'static str) -> Field {
    Field::new(name, label, Type::Choice(ACCESS_RATINGS)).group(FieldGroup::Reporting).folded()
}

const fn narrative(name: &'static str, label: &'static str) -> Field {
    Field::new(name, label, Type::Multiline(5000)).group(FieldGroup::Reporting).folded()
}

/// A community.
pub static COMMUNITY: Kind = Kind {
    label: "Community",
    plural: "Communities",
    icon: "users-round",
    purpose: "Profiles of Bangsamoro communities outside BARMM, one barangay each.",
    module: Module::Communities,
    area: Area::Field,
    title: "name",
    default_sort: "name",
    concerns: &["self"],
    fields: &[
        Field::new("name", "Name", Type::Text(200)).required().searchable().listed(),
        Field::new("barangay", "Barangay", Type::Reference("barangay")).required().listed(),
        Field::new("municipality", "Municipality or city", Type::Reference("municipality"))
            .derived()
            .listed()
            .filtered(),
        Field::new("province", "Province", Type::Reference("province")).derived().listed().filtered(),
        Field::new("region", "Region", Type::Reference("region")).derived().filtered(),
        Field::new("obc_id", "OBC number", Type::Text(40)).searchable().help("Example: R12-SK-PAL-001."),
        Field::new("estimated_obc_population", "OBC population", Type::Integer(0, 10_000_000))
            .group(FieldGroup::Reporting)
            .listed(),
        Field::new("households", "Households", Type::Integer(0, 10_000_000))
            .group(FieldGroup::Reporting)
            .listed(),
        Field::new("families", "Families", Type::Integer(0, 10_000_000)).group(FieldGroup::Reporting),
        Field::new("total_barangay_population", "Population of the barangay", Type::Integer(0, 10_000_000))
            .group(FieldGroup::Reporting),
        Field::new("primary_ethnolinguistic_group", "Main group", Type::Choice(ETHNOLINGUISTIC_GROUPS))
            .group(FieldGroup::Reporting)
            .listed()
            .filtered(),
        Field::new("languages_spoken", "Languages", Type::Text(255))
            .group(FieldGroup::Reporting)
            .searchable(),
        Field::new("settlement_type", "Settlement", Type::Choice(SETTLEMENT_TYPES))
            .group(FieldGroup::Reporting)
            .initial(Initial::Text("village")),
        Field::new("proximity_to_barmm", "Distance to BARMM", Type::Choice(PROXIMITIES))
            .group(FieldGroup::Reporting)
            .filtered(),
        Field::new("purok_sitio", "Purok or sitio", Type::Text(255)).group(FieldGroup::Reporting).folded(),
        count("children_0_9", "Children 0 to 9"),
        count("adolescents_10_14", "Adolescents 10 to 14"),
        count("youth_15_30", "Youth 15 to 30"),
        count("adults_31_59", "Adults 31 to 59"),
        count("seniors_60_plus", "Seniors 60 and over"),
        count("women_count", "Women"),
        count("solo_parents_count", "Solo parents"),
        count("pwd_count", "Persons with disability"),
        count("farmers_count", "Farmers"),
        count("fisherfolk_count", "Fisherfolk"),
        count("idps_count", "Displaced persons"),
        count("mosques_count", "Mosques"),
        count("madrasah_count", "Madrasah"),
        count("asatidz_count", "Asatidz"),
        Field::new("estimated_poverty_incidence", "Poverty incidence", Type::Choice(POVERTY_INCIDENCES))
            .group(FieldGroup::Reporting)
            .folded()
            .filtered(),
        access("access_formal_education", "Access to schools"),
        access("access_madrasah", "Access to madrasah"),
        access("access_healthcare", "Access to health care"),
        access("access_clean_water", "Access to clean water"),
        access("access_sanitation", "Access to sanitation"),
        access("access_electricity", "Access to electricity"),
        access("access_roads_transport", "Access to roads"),
        access("access_communication", "Access to communication"),
        narrative("primary_livelihoods", "Main livelihoods"),
        narrative("cultural_background", "History and culture"),
        narrative("priority_needs", "Priority needs in their own words"),
        Field::new("relationship_with_lgu", "Relation with the LGU", Type::Choice(LGU_RELATIONSHIPS))
            .folded(),
        Field::new("community_leader", "Leader", Type::Text(200))
            .group(FieldGroup::Reporting)
            .searchable()
            .folded(),
        Field::new("leader_contact", "Contact of the leader", Type::Text(100))
            .group(FieldGroup::Reporting)
            .folded(),
        Field::new("needs_assessment_date", "Last needs assessment", Type::Date)
            .folded()
            .not_on_calendar("Past date. The assessment itself is on the calendar."),
        narrative("notes", "Notes"),
    ],
    ..Kind::new("community", "communities", "communities")
};
