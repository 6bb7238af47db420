//! Places and the communities that live in them.

use super::{Choice, choice};

/// Legal kind of a municipality or city.
pub const MUNICIPALITY_TYPES: &[Choice] = &[
    choice("municipality", "Municipality"),
    choice("city", "City"),
    choice("component_city", "Component city"),
    choice("independent_city", "Independent city"),
];

/// Shape of a settlement.
pub const SETTLEMENT_TYPES: &[Choice] = &[
    choice("village", "Village"),
    choice("subdivision", "Subdivision"),
    choice("sitio", "Sitio"),
    choice("purok", "Purok"),
    choice("compound", "Compound"),
    choice("dispersed", "Dispersed houses"),
];

/// Proximity of a community to BARMM.
pub const PROXIMITIES: &[Choice] = &[
    choice("adjacent", "Adjacent to BARMM"),
    choice("near", "Near BARMM"),
    choice("distant", "Distant from BARMM"),
];

/// Peoples of the Bangsamoro and their neighbours.
pub const ETHNOLINGUISTIC_GROUPS: &[Choice] = &[
    choice("badjao", "Badjao"),
    choice("iranun", "Iranun"),
    choice("jama_mapun", "Jama Mapun"),
    choice("kagan_kalagan", "Kagan or Kalagan"),
    choice("kolibugan", "Kolibugan"),
    choice("maguindanaon", "Maguindanaon"),
    choice("meranaw", "Meranaw"),
    choice("molbog", "Molbog"),
    choice("palawani", "Palawani"),
    choice("sama", "Sama"),
    choice("sangil", "Sangil"),
    choice("tausug", "Tausug"),
    choice("yakan", "Yakan"),
    choice("other", "Other"),
];

/// Estimated share of poor households; also used for unemployment.
pub const POVERTY_INCIDENCES: &[Choice] = &[
    choice("unknown", "Unknown"),
    choice("very_low", "Very low"),
    choice("low", "Low"),
    choice("moderate", "Moderate"),
    choice("high", "High"),
    choice("very_high", "Very high"),
    choice("extremely_high", "Extremely high"),
];

/// Access of a community to a service.
pub const ACCESS_RATINGS: &[Choice] = &[
    choice("excellent", "Excellent"),
    choice("good", "Good"),
    choice("fair", "Fair"),
    choice("poor", "Poor"),
    choice("none", "None"),
];

/// Relationship of a community and its local government.
pub const LGU_RELATIONSHIPS: &[Choice] = &[
    choice("excellent", "Excellent"),
    choice("good", "Good"),
    choice("collaborative", "Collaborative"),
    choice("minimal", "Minimal"),
    choice("strained", "Strained"),
];

/// Livelihoods of a community.
pub const LIVELIHOOD_TYPES: &[Choice] = &[
    choice("agriculture", "Agriculture"),
    choice("fishing", "Fishing"),
    choice("livestock", "Livestock"),
    choice("trade", "Trade"),
    choice("services", "Services"),
    choice("handicrafts", "Handicrafts"),
    choice("transportation", "Transportation"),
    choice("construction", "Construction"),
    choice("government", "Government work"),
    choice("private_employment", "Private employment"),
    choice("other", "Other"),
];

/// Types of a community event.
pub const COMMUNITY_EVENT_TYPES: &[Choice] = &[
    choice("cultural", "Cultural"),
    choice("religious", "Religious"),
    choice("meeting", "Meeting"),
    choice("training", "Training"),
    choice("disaster", "Disaster"),
    choice("other", "Other"),
];
