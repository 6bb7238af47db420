//! Regions, provinces, municipalities and barangays: the PSGC, read-only.

use crate::accounts::Area;
use crate::choices::MUNICIPALITY_TYPES;
use crate::registry::{Field, FieldType as Type, Kind, Module};

const POPULATION: Field = Field::new("population", "Population", Type::Integer(0, 200_000_000)).listed();
const LATITUDE: Field = Field::new("latitude", "Latitude", Type::Decimal(-90, 90));
const LONGITUDE: Field = Field::new("longitude", "Longitude", Type::Decimal(-180, 180));
const NAME: Field = Field::new("name", "Name", Type::Text(200)).required().searchable().listed();
const CODE: Field = Field::new("code", "PSGC code", Type::Text(10)).required().searchable().listed();

const fn place(name: &'static str, collection: &'static str) -> Kind {
    Kind {
        icon: "map-pin",
        module: Module::Communities,
        area: Area::Reference,
        title: "name",
        default_sort: "name",
        concerns: &["everyone"],
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
        Field::new("short_name", "Short name", Type::Text(60)).searchable().listed(),
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
        Field::new("region", "Region", Type::Reference("region")).required().listed().filtered(),
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
        Field::new("municipality_type", "Type", Type::Choice(MUNICIPALITY_TYPES))
            .required()
            .listed()
            .filtered(),
        Field::new("region", "Region", Type::Reference("region")).required().listed().filtered(),
        Field::new("province", "Province", Type::Reference("province")).listed().filtered(),
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
        Field::new("municipality", "Municipality or city", Type::Reference("municipality"))
            .required()
            .listed()
            .filtered(),
        Field::new("is_urban", "Urban", Type::Boolean).listed().filtered(),
        POPULATION,
        LATITUDE,
        LONGITUDE,
    ],
    ..place("barangay", "barangays")
};
