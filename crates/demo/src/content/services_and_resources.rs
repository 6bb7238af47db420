//! Services that people can apply for, and resources that can be booked.

/// Service offered by an office.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Type.
    pub service_type: &'static str,
    /// Eligibility.
    pub eligibility: &'static str,
    /// Acronym of the offering office.
    pub office: &'static str,
    /// Title.
    pub title: &'static str,
    /// Description of the benefit.
    pub description: &'static str,
    /// Number of places.
    pub slots: i64,
    /// Budget in pesos.
    pub budget: i64,
}

const fn service(
    (service_type, eligibility, office): (&'static str, &'static str, &'static str),
    (slots, budget): (i64, i64),
    title: &'static str,
    description: &'static str,
) -> Service {
    Service { service_type, eligibility, office, title, description, slots, budget }
}

/// Services.
#[rustfmt::skip]
pub const SERVICES: &[Service] = &[
    service(("financial", "individual", "OOBC"), (120, 1_200_000),
        "Burial and medical assistance",
        "Help with hospital bills and burial costs, paid on vouchers."),
    service(("financial", "household", "MSSD"), (300, 3_000_000),
        "Emergency cash after fire and flood",
        "A one-time amount for households on the validated list."),
    service(("financial", "organization", "MTIT"), (40, 2_400_000),
        "Seed capital for registered associations",
        "A grant with bookkeeping lessons and two visits."),
    service(("training", "individual", "MBHTE"), (150, 2_250_000),
        "Skills training with assessment",
        "Carpentry, welding, driving, sewing, food processing."),
    service(("training", "community", "OOBC"), (20, 600_000),
        "Training of community leaders",
        "Planning, proposals and accounts in five sessions."),
    service(("training", "organization", "MOLE"), (25, 500_000),
        "Cooperative pre-membership seminar",
        "Seminar and help with registration."),
    service(("livelihood", "household", "MAFAR"), (250, 3_750_000),
        "Seed, fertilizer and fishing gear",
        "Inputs for one season with a field school."),
    service(("livelihood", "household", "MAFAR"), (180, 1_800_000),
        "Goat and native chicken dispersal",
        "Animals on a pass-on scheme."),
    service(("livelihood", "organization", "MAFAR"), (12, 4_800_000),
        "Farm machinery for associations",
        "A machine with an operator's training and a service plan."),
    service(("education", "individual", "MBHTE"), (200, 8_000_000),
        "College scholarship",
        "Fees and a monthly allowance while grades hold."),
    service(("education", "individual", "OOBC"), (60, 900_000),
        "Review class for licensure examinations",
        "Class fee and board for three months."),
    service(("education", "community", "MBHTE"), (30, 1_500_000),
        "Books for weekend madaris",
        "A set for each learner and guides for teachers."),
    service(("health", "community", "MOH"), (24, 2_400_000),
        "Medical and dental mission",
        "Three days with doctors, dentists and medicines."),
    service(("health", "individual", "MOH"), (90, 1_350_000),
        "Assistance for operations and dialysis",
        "Guarantee letter to partner hospitals."),
    service(("infrastructure", "community", "MPW"), (10, 12_000_000),
        "Small water systems",
        "Survey, materials and supervision; the community gives labour."),
    service(("infrastructure", "lgu", "MPW"), (6, 18_000_000),
        "Counterpart for access roads",
        "Half of the cost for roads to communities."),
    service(("legal", "individual", "OOBC"), (80, 640_000),
        "Legal aid",
        "Counsel, affidavits and accompaniment to hearings."),
    service(("legal", "household", "OOBC"), (150, 750_000),
        "Help with late birth registration",
        "Papers, fees and the trip to the registrar."),
    service(("social", "household", "MSSD"), (220, 1_980_000),
        "Supplementary feeding",
        "Meals for 120 days for underweight children."),
    service(("social", "individual", "MSSD"), (70, 700_000),
        "Assistive devices",
        "Wheelchairs, canes, hearing aids after a fitting."),
    service(("technical", "lgu", "OOBC"), (15, 450_000),
        "Help with community profiles and plans",
        "A team for two weeks, forms and a data set."),
    service(("technical", "organization", "OOBC"), (30, 300_000),
        "Proposal clinic",
        "Two days in which a proposal is finished."),
    service(("other", "individual", "OOBC"), (40, 400_000),
        "Assistance for stranded travellers",
        "Fare home and a meal for those without means."),
];

/// Resource that can be booked.
#[derive(Debug, Clone, Copy)]
pub struct Resource {
    /// Type.
    pub resource_type: &'static str,
    /// Name.
    pub name: &'static str,
    /// Information before booking.
    pub description: &'static str,
    /// Capacity: seats, places or pieces.
    pub capacity: i64,
    /// Maximum number of bookings at once.
    pub units: i64,
    /// True if bookings need approval.
    pub requires_approval: bool,
    /// Cost per day in pesos.
    pub cost_per_use: i64,
}

const fn resource(
    (resource_type, name): (&'static str, &'static str),
    (capacity, units, requires_approval, cost_per_use): (i64, i64, bool, i64),
    description: &'static str,
) -> Resource {
    Resource { resource_type, name, description, capacity, units, requires_approval, cost_per_use }
}

/// Resources. Facilitators are invented people.
#[rustfmt::skip]
pub const RESOURCES: &[Resource] = &[
    resource(("vehicle", "Van 1 (white, 12 seats)"), (12, 1, true, 3_500), "With driver; Cotabato City and near provinces."),
    resource(("vehicle", "Van 2 (grey, 12 seats)"), (12, 1, true, 3_500), "With driver; long trips to Zamboanga and Davao."),
    resource(("vehicle", "Pick-up 1 (four-wheel drive)"), (5, 1, true, 4_200), "For upland roads; cargo with cover."),
    resource(("vehicle", "Pick-up 2 (four-wheel drive)"), (5, 1, true, 4_200), "For upland roads; has a winch."),
    resource(("vehicle", "Service car"), (4, 1, true, 2_000), "Within the city and for airport trips."),
    resource(("vehicle", "Motorcycle 1"), (2, 1, false, 350), "For messengers and narrow roads; helmet in the office."),
    resource(("vehicle", "Motorcycle 2"), (2, 1, false, 350), "For messengers and narrow roads; helmet in the office."),
    resource(("room", "Conference Room A"), (25, 1, false, 0), "Screen, camera and sound; second floor."),
    resource(("room", "Conference Room B"), (12, 1, false, 0), "Television with cable; ground floor."),
    resource(("room", "Training Hall"), (60, 1, true, 0), "Movable tables; book chairs separately."),
    resource(("room", "Consultation Room"), (6, 1, false, 0), "Quiet; for interviews and counselling."),
    resource(("room", "Prayer Room annex"), (20, 1, false, 0), "Free outside prayer times."),
    resource(("equipment", "Projector"), (3, 3, false, 0), "Three sets with screens."),
    resource(("equipment", "Portable sound system"), (2, 2, false, 0), "Two microphones each; runs on battery for four hours."),
    resource(("equipment", "Survey tablets"), (30, 30, true, 0), "With charger and rain cover; return them emptied."),
    resource(("equipment", "Laptop pool"), (6, 6, false, 0), "For field encoding."),
    resource(("equipment", "Generator, 3 kVA"), (1, 1, true, 600), "Fuel is charged to the activity."),
    resource(("equipment", "Drone for mapping"), (1, 1, true, 1_500), "Only with the trained pilot and a flight notice."),
    resource(("equipment", "Global positioning receivers"), (8, 8, false, 0), "Eight hand-held sets."),
    resource(("equipment", "Plastic chairs, lot of 50"), (4, 4, false, 250), "Four lots; transport not included."),
    resource(("equipment", "Tents and tarpaulins"), (6, 6, true, 300), "Six sets; dry them before return."),
    resource(("equipment", "First aid kit"), (5, 5, false, 0), "Take one on every field trip."),
    resource(("facilitator", "Norhaya Tiboron"), (1, 1, true, 5_000), "Participatory assessment; Maguindanaon, Filipino, English."),
    resource(("facilitator", "Salik Dalandag"), (1, 1, true, 5_000), "Conflict settlement; Maguindanaon, Iranun."),
    resource(("facilitator", "Sitti Nur Asgali"), (1, 1, true, 4_500), "Women's groups; Tausug, Sama, Chavacano."),
    resource(("facilitator", "Amroding Mamintal"), (1, 1, true, 4_500), "Planning and budgeting; Meranaw, Cebuano."),
    resource(("facilitator", "Rasmia Kabagani"), (1, 1, true, 4_000), "Health and nutrition; Yakan, Chavacano."),
    resource(("facilitator", "Ustadz Taha Saripada"), (1, 1, true, 3_000), "Islamic values and mediation; Arabic, Meranaw."),
    resource(("facilitator", "Johanna Undong"), (1, 1, true, 4_000), "Survey training; Filipino, English."),
];

/// Purposes of vehicle bookings.
pub const VEHICLE_USES: &[&str] = &[
    "Field visit to {community}",
    "Validation of needs in {community}",
    "Delivery of relief goods to {municipality}",
    "Consultation with leaders of {community}",
    "Follow-up of the livelihood project in {municipality}",
    "Courtesy call on the mayor of {municipality}",
    "Fetching of resource persons from the airport",
    "Monitoring of the water system in {community}",
];

/// Purposes of room bookings.
pub const ROOM_USES: &[&str] = &[
    "Weekly staff meeting",
    "Planning session",
    "Meeting with ministry focal persons",
    "Budget review",
    "Interview of applicants",
    "Orientation of new staff",
    "Writing of the quarterly report",
    "Coordination with local governments",
    "Online conference with regional offices",
];

/// Purposes of equipment bookings.
pub const EQUIPMENT_USES: &[&str] = &[
    "Assessment in {community}",
    "Training of enumerators",
    "Consultation in {municipality}",
    "Community assembly in {community}",
    "Workshop of the planning team",
];

/// Purposes of facilitator bookings.
pub const FACILITATOR_USES: &[&str] = &[
    "Workshop in {community}",
    "Training of community facilitators",
    "Dialogue of elders in {municipality}",
    "Planning workshop with barangay officials",
];

/// Reasons for rejecting a booking.
pub const REFUSALS: &[&str] = &[
    "The driver is on leave that day; Pick-up 1 is free.",
    "Needed for the visit of the Chief Minister.",
    "Please join the trip that goes there two days later.",
    "Due for maintenance.",
];
