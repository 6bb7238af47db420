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

/// Income levels of a livelihood.
pub const INCOME_LEVELS: &[Choice] = &[
    choice("very_low", "Very low"),
    choice("low", "Low"),
    choice("moderate", "Moderate"),
    choice("high", "High"),
    choice("very_high", "Very high"),
];

/// Types of infrastructure.
pub const INFRASTRUCTURE_TYPES: &[Choice] = &[
    choice("water", "Water"),
    choice("electricity", "Electricity"),
    choice("roads", "Roads"),
    choice("communication", "Communication"),
    choice("health", "Health facilities"),
    choice("education", "Education facilities"),
    choice("religious", "Religious facilities"),
    choice("market", "Market"),
    choice("waste", "Waste management"),
    choice("drainage", "Drainage"),
];

/// Availability of an infrastructure.
pub const INFRASTRUCTURE_AVAILABILITIES: &[Choice] = &[
    choice("available", "Available"),
    choice("limited", "Limited"),
    choice("poor", "Poor"),
    choice("none", "Not available"),
    choice("planned", "Planned"),
];

/// Condition of an infrastructure.
pub const INFRASTRUCTURE_CONDITIONS: &[Choice] = &[
    choice("excellent", "Excellent"),
    choice("good", "Good"),
    choice("fair", "Fair"),
    choice("poor", "Poor"),
    choice("very_poor", "Very poor"),
];

/// Roles of a stakeholder in a community.
pub const STAKEHOLDER_TYPES: &[Choice] = &[
    choice("community_leader", "Community leader"),
    choice("barangay_captain", "Barangay captain"),
    choice("tribal_leader", "Tribal leader"),
    choice("ulama", "Ulama"),
    choice("imam", "Imam"),
    choice("ustadz", "Ustadz"),
    choice("arabic_teacher", "Arabic teacher"),
    choice("madrasa_teacher", "Madrasa teacher"),
    choice("youth_leader", "Youth leader"),
    choice("women_leader", "Women leader"),
    choice("business_leader", "Business leader"),
    choice("cooperative_leader", "Cooperative leader"),
    choice("health_worker", "Health worker"),
    choice("volunteer", "Volunteer"),
    choice("other", "Other"),
];

/// Influence of a stakeholder.
pub const INFLUENCE_LEVELS: &[Choice] = &[
    choice("very_high", "Very high"),
    choice("high", "High"),
    choice("medium", "Medium"),
    choice("low", "Low"),
    choice("emerging", "Emerging"),
];

/// Activity of a stakeholder.
pub const STAKEHOLDER_ACTIVITIES: &[Choice] = &[
    choice("very_active", "Very active"),
    choice("active", "Active"),
    choice("moderate", "Moderate"),
    choice("limited", "Limited"),
    choice("inactive", "Inactive"),
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

/// Statuses of a profile reported by a local government.
pub const PROFILE_STATUSES: &[Choice] = &[
    choice("draft", "Draft"),
    choice("submitted", "Submitted"),
    choice("approved", "Approved"),
    choice("returned", "Returned"),
];
