//! Communities: the profile of Bangsamoro people in one barangay outside BARMM.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{
    ACCESS_RATINGS, ETHNOLINGUISTIC_GROUPS, LGU_RELATIONSHIPS, POVERTY_INCIDENCES, PROXIMITIES,
    SETTLEMENT_TYPES,
};
use crate::registry::typed::{Integer, Text, TypedField, fields};
use crate::registry::{Concern, Field, FieldType as Type, Initial, Kind, Module, Total};

fields! {
    community {
        NAME: Text = "name",
        BARANGAY: Reference = "barangay",
        MUNICIPALITY: Reference = "municipality",
        PROVINCE: Reference = "province",
        REGION: Reference = "region",
        OBC_ID: Text = "obc_id",
        ESTIMATED_OBC_POPULATION: Integer = "estimated_obc_population",
        HOUSEHOLDS: Integer = "households",
        FAMILIES: Integer = "families",
        TOTAL_BARANGAY_POPULATION: Integer = "total_barangay_population",
        PRIMARY_ETHNOLINGUISTIC_GROUP: Text = "primary_ethnolinguistic_group",
        LANGUAGES_SPOKEN: Text = "languages_spoken",
        SETTLEMENT_TYPE: Text = "settlement_type",
        PROXIMITY_TO_BARMM: Text = "proximity_to_barmm",
        PUROK_SITIO: Text = "purok_sitio",
        ESTIMATED_POVERTY_INCIDENCE: Text = "estimated_poverty_incidence",
        RELATIONSHIP_WITH_LGU: Text = "relationship_with_lgu",
        COMMUNITY_LEADER: Text = "community_leader",
        LEADER_CONTACT: Text = "leader_contact",
        NEEDS_ASSESSMENT_DATE: Date = "needs_assessment_date",
        CHILDREN_0_9: Integer = "children_0_9",
        ADOLESCENTS_10_14: Integer = "adolescents_10_14",
        YOUTH_15_30: Integer = "youth_15_30",
        ADULTS_31_59: Integer = "adults_31_59",
        SENIORS_60_PLUS: Integer = "seniors_60_plus",
        WOMEN_COUNT: Integer = "women_count",
        SOLO_PARENTS_COUNT: Integer = "solo_parents_count",
        PWD_COUNT: Integer = "pwd_count",
        FARMERS_COUNT: Integer = "farmers_count",
        FISHERFOLK_COUNT: Integer = "fisherfolk_count",
        IDPS_COUNT: Integer = "idps_count",
        MOSQUES_COUNT: Integer = "mosques_count",
        MADRASAH_COUNT: Integer = "madrasah_count",
        ASATIDZ_COUNT: Integer = "asatidz_count",
        ACCESS_FORMAL_EDUCATION: Text = "access_formal_education",
        ACCESS_MADRASAH: Text = "access_madrasah",
        ACCESS_HEALTHCARE: Text = "access_healthcare",
        ACCESS_CLEAN_WATER: Text = "access_clean_water",
        ACCESS_SANITATION: Text = "access_sanitation",
        ACCESS_ELECTRICITY: Text = "access_electricity",
        ACCESS_ROADS_TRANSPORT: Text = "access_roads_transport",
        ACCESS_COMMUNICATION: Text = "access_communication",
        PRIMARY_LIVELIHOODS: Text = "primary_livelihoods",
        CULTURAL_BACKGROUND: Text = "cultural_background",
        PRIORITY_NEEDS: Text = "priority_needs",
        NOTES: Text = "notes",
    }
}

const fn count(name: TypedField<Integer>, label: &'static str) -> Field {
    name.field(label, Type::Integer(0, 10_000_000)).total(Total::Sum).group(FieldGroup::Reporting).folded()
}

const fn access(name: TypedField<Text>, label: &'static str) -> Field {
    name.field(label, Type::Choice(ACCESS_RATINGS)).group(FieldGroup::Reporting).folded()
}

const fn narrative(name: TypedField<Text>, label: &'static str) -> Field {
    name.field(label, Type::Multiline(5000)).group(FieldGroup::Reporting).folded()
}

/// A community.
pub static COMMUNITY: Kind = Kind {
    label: "Community",
    plural: "Communities",
    icon: "users-round",
    purpose: "Profiles of Bangsamoro communities outside BARMM, one barangay each.",
    module: Module::Communities,
    area: Area::Field,
    title: community::NAME.name(),
    default_sort: "name",
    concerns: &[Concern::Itself],
    told_apart_by: &[community::BARANGAY.name()],
    fields: &[
        community::NAME.field("Name", Type::Text(200)).required().searchable().listed(),
        community::BARANGAY.field("Barangay", Type::Reference("barangay")).required(),
        community::MUNICIPALITY
            .field("Municipality or city", Type::Reference("municipality"))
            .derived()
            .listed()
            .filtered(),
        community::PROVINCE.field("Province", Type::Reference("province")).derived().listed().filtered(),
        community::REGION.field("Region", Type::Reference("region")).derived().filtered(),
        community::OBC_ID.field("OBC number", Type::Text(40)).searchable().help("Example: R12-SK-PAL-001."),
        community::ESTIMATED_OBC_POPULATION
            .field("OBC population", Type::Integer(0, 10_000_000))
            .total(Total::Sum)
            .group(FieldGroup::Reporting)
            .listed(),
        community::HOUSEHOLDS
            .field("Households", Type::Integer(0, 10_000_000))
            .total(Total::Sum)
            .group(FieldGroup::Reporting)
            .listed(),
        community::FAMILIES
            .field("Families", Type::Integer(0, 10_000_000))
            .total(Total::Sum)
            .group(FieldGroup::Reporting),
        community::TOTAL_BARANGAY_POPULATION
            .field("Population of the barangay", Type::Integer(0, 10_000_000))
            .group(FieldGroup::Reporting),
        community::PRIMARY_ETHNOLINGUISTIC_GROUP
            .field("Main group", Type::Choice(ETHNOLINGUISTIC_GROUPS))
            .group(FieldGroup::Reporting)
            .listed()
            .filtered(),
        community::LANGUAGES_SPOKEN
            .field("Languages", Type::Text(255))
            .group(FieldGroup::Reporting)
            .searchable(),
        community::SETTLEMENT_TYPE
            .field("Settlement", Type::Choice(SETTLEMENT_TYPES))
            .group(FieldGroup::Reporting)
            .initial(Initial::Text("village")),
        community::PROXIMITY_TO_BARMM
            .field("Distance to BARMM", Type::Choice(PROXIMITIES))
            .group(FieldGroup::Reporting)
            .filtered(),
        community::PUROK_SITIO.field("Purok or sitio", Type::Text(255)).group(FieldGroup::Reporting).folded(),
        count(community::CHILDREN_0_9, "Children 0 to 9"),
        count(community::ADOLESCENTS_10_14, "Adolescents 10 to 14"),
        count(community::YOUTH_15_30, "Youth 15 to 30"),
        count(community::ADULTS_31_59, "Adults 31 to 59"),
        count(community::SENIORS_60_PLUS, "Seniors 60 and over"),
        count(community::WOMEN_COUNT, "Women"),
        count(community::SOLO_PARENTS_COUNT, "Solo parents"),
        count(community::PWD_COUNT, "Persons with disability"),
        count(community::FARMERS_COUNT, "Farmers"),
        count(community::FISHERFOLK_COUNT, "Fisherfolk"),
        count(community::IDPS_COUNT, "Displaced persons"),
        count(community::MOSQUES_COUNT, "Mosques"),
        count(community::MADRASAH_COUNT, "Madrasah"),
        count(community::ASATIDZ_COUNT, "Asatidz"),
        community::ESTIMATED_POVERTY_INCIDENCE
            .field("Poverty incidence", Type::Choice(POVERTY_INCIDENCES))
            .group(FieldGroup::Reporting)
            .folded()
            .filtered(),
        access(community::ACCESS_FORMAL_EDUCATION, "Access to schools"),
        access(community::ACCESS_MADRASAH, "Access to madrasah"),
        access(community::ACCESS_HEALTHCARE, "Access to health care"),
        access(community::ACCESS_CLEAN_WATER, "Access to clean water"),
        access(community::ACCESS_SANITATION, "Access to sanitation"),
        access(community::ACCESS_ELECTRICITY, "Access to electricity"),
        access(community::ACCESS_ROADS_TRANSPORT, "Access to roads"),
        access(community::ACCESS_COMMUNICATION, "Access to communication"),
        narrative(community::PRIMARY_LIVELIHOODS, "Main livelihoods"),
        narrative(community::CULTURAL_BACKGROUND, "History and culture"),
        narrative(community::PRIORITY_NEEDS, "Priority needs in their own words"),
        community::RELATIONSHIP_WITH_LGU
            .field("Relation with the LGU", Type::Choice(LGU_RELATIONSHIPS))
            .folded(),
        community::COMMUNITY_LEADER
            .field("Leader", Type::Text(200))
            .group(FieldGroup::Reporting)
            .searchable()
            .folded(),
        community::LEADER_CONTACT
            .field("Contact of the leader", Type::Text(100))
            .group(FieldGroup::Reporting)
            .folded(),
        community::NEEDS_ASSESSMENT_DATE
            .field("Last needs assessment", Type::Date)
            .folded()
            .not_on_calendar("Past date. The assessment itself is on the calendar."),
        narrative(community::NOTES, "Notes"),
    ],
    ..Kind::new("community", "communities", "communities")
};
