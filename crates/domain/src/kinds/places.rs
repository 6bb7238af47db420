//! Regions, provinces, municipalities and barangays: the PSGC, read-only.

use crate::accounts::Area;
use crate::choices::MUNICIPALITY_TYPES;
use crate::registry::typed::fields;
use crate::registry::{Concern, Field, FieldType as Type, Kind, Module, Total};

fields! {
    place {
        NAME: Text = "name",
        CODE: Text = "code",
        POPULATION: Integer = "population",
        LATITUDE: Integer = "latitude",
        LONGITUDE: Integer = "longitude",
    }
}

fields! {
    region
        [super::place: NAME, CODE, POPULATION]
    {
        SHORT_NAME: Text = "short_name",
    }
}

fields! {
    province
        [super::place: NAME, CODE, POPULATION]
    {
        REGION: Reference = "region",
    }
}

fields! {
    municipality
        [super::place: NAME, CODE, POPULATION, LATITUDE, LONGITUDE]
    {
        MUNICIPALITY_TYPE: Text = "municipality_type",
        REGION: Reference = "region",
        PROVINCE: Reference = "province",
    }
}

fields! {
    barangay
        [super::place: NAME, CODE, POPULATION, LATITUDE, LONGITUDE]
    {
        MUNICIPALITY: Reference = "municipality",
        IS_URBAN: Flag = "is_urban",
    }
}

const POPULATION: Field =
    place::POPULATION.field("Population", Type::Integer(0, 200_000_000)).total(Total::Sum).listed();
const LATITUDE: Field = place::LATITUDE.field("Latitude", Type::Decimal(-90, 90));
const LONGITUDE: Field = place::LONGITUDE.field("Longitude", Type::Decimal(-180, 180));
const NAME: Field = place::NAME.field("Name", Type::Text(200)).required().searchable().listed();
const CODE: Field = place::CODE.field("PSGC code", Type::Text(10)).required().searchable().listed();

const fn place(name: &'static str, collection: &'static str) -> Kind {
    Kind {
        icon: "map-pin",
        module: Module::Communities,
        area: Area::Reference,
        title: place::NAME.name(),
        default_sort: "name",
        concerns: &[Concern::Everyone],
        writable: false,
        ..Kind::new(name, collection, collection)
    }
}

/// A region.
pub static REGION: Kind = Kind {
    label: "Region",
    plural: "Regions",
    purpose: "The regions of the Philippines, from the Philippine Standard Geographic Code.",
    fields: &[
        NAME,
        CODE,
        region::SHORT_NAME.field("Short name", Type::Text(60)).searchable().listed(),
        POPULATION,
    ],
    ..place("region", "regions")
};

/// A province.
pub static PROVINCE: Kind = Kind {
    label: "Province",
    plural: "Provinces",
    purpose: "The provinces of the Philippines, from the Philippine Standard Geographic Code.",
    fields: &[
        NAME,
        CODE,
        province::REGION.field("Region", Type::Reference("region")).required().listed().filtered(),
        POPULATION,
    ],
    ..place("province", "provinces")
};

/// A municipality or a city.
pub static MUNICIPALITY: Kind = Kind {
    label: "Municipality or city",
    plural: "Municipalities and cities",
    purpose: "The municipalities and cities of the Philippines, from the Philippine Standard Geographic Code.",
    fields: &[
        NAME,
        CODE,
        municipality::MUNICIPALITY_TYPE
            .field("Type", Type::Choice(MUNICIPALITY_TYPES))
            .required()
            .listed()
            .filtered(),
        municipality::REGION.field("Region", Type::Reference("region")).required().listed().filtered(),
        municipality::PROVINCE.field("Province", Type::Reference("province")).listed().filtered(),
        POPULATION,
        LATITUDE,
        LONGITUDE,
    ],
    ..place("municipality", "municipalities")
};

/// A barangay.
pub static BARANGAY: Kind = Kind {
    label: "Barangay",
    plural: "Barangays",
    purpose: "The barangays of the Philippines, from the Philippine Standard Geographic Code.",
    fields: &[
        NAME,
        CODE,
        barangay::MUNICIPALITY
            .field("Municipality or city", Type::Reference("municipality"))
            .required()
            .listed()
            .filtered(),
        barangay::IS_URBAN.field("Urban", Type::Boolean).listed().filtered(),
        POPULATION,
        LATITUDE,
        LONGITUDE,
    ],
    ..place("barangay", "barangays")
};
