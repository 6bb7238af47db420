//! Organizations that the office works with. Public bodies are real; all others, and all contacts, are invented.

/// Organization that the office works with.
#[derive(Debug, Clone, Copy)]
pub struct Organization {
    /// Name, unique.
    pub name: &'static str,
    /// Acronym, empty if none is in use.
    pub acronym: &'static str,
    /// Type.
    pub organization_type: &'static str,
    /// Role in the programme of the office.
    pub partnership_level: &'static str,
    /// PSGC of its municipality or city.
    pub municipality: &'static str,
    /// Mandate.
    pub mandate: &'static str,
}

/// Creates an organization.
const fn organization(
    (organization_type, partnership_level): (&'static str, &'static str),
    (name, acronym): (&'static str, &'static str),
    municipality: &'static str,
    mandate: &'static str,
) -> Organization {
    Organization { name, acronym, organization_type, partnership_level, municipality, mandate }
}

/// PSGC of the City of Cotabato, the seat of the regional government.
const COTABATO: &str = "1908703000";

/// Creates a ministry or office of the regional government.
const fn ministry(acronym: &'static str, name: &'static str, mandate: &'static str) -> Organization {
    organization(("bmoa", "implementing"), (name, acronym), COTABATO, mandate)
}

/// Ministries and offices of the regional government.
#[rustfmt::skip]
pub const MINISTRIES: &[Organization] = &[
    ministry("OCM", "Office of the Chief Minister", "Leads the regional government."),
    ministry("MAFAR", "Ministry of Agriculture, Fisheries and Agrarian Reform", "Farming, fishing and land reform."),
    ministry("MBHTE", "Ministry of Basic, Higher and Technical Education", "Schools, colleges, training and madaris."),
    ministry("MENRE", "Ministry of Environment, Natural Resources and Energy", "Forests, waters, minerals and power."),
    ministry("MFBM", "Ministry of Finance, and Budget and Management", "Revenue, budget and cash."),
    ministry("MHSD", "Ministry of Human Settlements and Development", "Housing and settlements."),
    ministry("MIPA", "Ministry of Indigenous Peoples' Affairs", "Rights and welfare of indigenous peoples."),
    ministry("MILG", "Ministry of the Interior and Local Government", "Local governments and their oversight."),
    ministry("MOH", "Ministry of Health", "Hospitals, public health and regulation."),
    ministry("MOLE", "Ministry of Labor and Employment", "Work, wages and safety."),
    ministry("MOST", "Ministry of Science and Technology", "Research, weather and small technology."),
    ministry("MOTC", "Ministry of Transportation and Communications", "Land, sea and air transport."),
    ministry("MPOS", "Ministry of Public Order and Safety", "Peace, order and settlement of conflict."),
    ministry("MPW", "Ministry of Public Works", "Roads, bridges, water and public buildings."),
    ministry("MSSD", "Ministry of Social Services and Development", "Welfare, relief and protection."),
    ministry("MTIT", "Ministry of Trade, Investments and Tourism", "Trade, enterprise and tourism."),
    ministry("BCPCH", "Bangsamoro Commission for the Preservation of Cultural Heritage", "History, arts and heritage."),
    ministry("BSC", "Bangsamoro Sports Commission", "Sports and youth activity."),
    ministry("BWC", "Bangsamoro Women Commission", "Rights and advancement of women."),
    ministry("BYC", "Bangsamoro Youth Commission", "Programmes for the youth."),
    ministry("BHRC", "Bangsamoro Human Rights Commission", "Protection of human rights."),
    ministry("BPDA", "Bangsamoro Planning and Development Authority", "Development planning."),
];

/// Local governments and national agencies.
#[rustfmt::skip]
pub const PUBLIC_BODIES: &[Organization] = &[
    organization(("lgu", "coordinating"), ("Provincial Government of Sultan Kudarat", "PGSK"), "1206504000",
        "Services and plans of the province."),
    organization(("lgu", "coordinating"), ("Provincial Government of Cotabato", "PGC"), "1204704000",
        "Services and plans of the province."),
    organization(("lgu", "coordinating"), ("Provincial Government of South Cotabato", "PGSC"), "1206306000",
        "Services and plans of the province."),
    organization(("lgu", "coordinating"), ("Provincial Government of Sarangani", "PGS"), "1208001000",
        "Services and plans of the province."),
    organization(("lgu", "coordinating"), ("Provincial Government of Zamboanga del Sur", "PGZS"), "0907322000",
        "Services and plans of the province."),
    organization(("lgu", "coordinating"), ("Provincial Government of Zamboanga Sibugay", "PGZSP"), "0908305000",
        "Services and plans of the province."),
    organization(("lgu", "coordinating"), ("Municipal Government of Isulan", ""), "1206504000",
        "Services and plans of the municipality."),
    organization(("lgu", "coordinating"), ("Municipal Government of Lambayong", ""), "1206508000",
        "Services and plans of the municipality."),
    organization(("lgu", "coordinating"), ("Municipal Government of Lutayan", ""), "1206507000",
        "Services and plans of the municipality."),
    organization(("lgu", "coordinating"), ("Municipal Government of Palimbang", ""), "1206509000",
        "Services and plans of the municipality."),
    organization(("lgu", "coordinating"), ("Municipal Government of Pikit", ""), "1204712000",
        "Services and plans of the municipality."),
    organization(("lgu", "coordinating"), ("Municipal Government of Kabacan", ""), "1204703000",
        "Services and plans of the municipality."),
    organization(("lgu", "coordinating"), ("Municipal Government of Malapatan", ""), "1208006000",
        "Services and plans of the municipality."),
    organization(("lgu", "coordinating"), ("City Government of General Santos", ""), "1230800000",
        "Services and plans of the city."),
    organization(("lgu", "coordinating"), ("City Government of Zamboanga", ""), "0931700000",
        "Services and plans of the city."),
    organization(("lgu", "coordinating"), ("City Government of Pagadian", ""), "0907322000",
        "Services and plans of the city."),
    organization(("lgu", "coordinating"), ("Municipal Government of Labangan", ""), "0907312000",
        "Services and plans of the municipality."),
    organization(("lgu", "coordinating"), ("Municipal Government of Naga", ""), "0908309000",
        "Services and plans of the municipality."),
    organization(("lgu", "coordinating"), ("City Government of Iligan", ""), "1030900000",
        "Services and plans of the city."),
    organization(("lgu", "coordinating"), ("City Government of Davao", ""), "1130700000",
        "Services and plans of the city."),
    organization(("nga", "technical"), ("National Commission on Muslim Filipinos, Region XII", "NCMF XII"), "1206306000",
        "Affairs of Muslim Filipinos outside the region."),
    organization(("nga", "technical"), ("National Commission on Muslim Filipinos, Region IX", "NCMF IX"), "0931700000",
        "Affairs of Muslim Filipinos outside the region."),
    organization(("nga", "technical"), ("Philippine Statistics Authority, Region XII", "PSA XII"), "1206306000",
        "Counts and civil registration."),
    organization(("nga", "implementing"), ("Department of Social Welfare and Development, Region IX", "DSWD IX"), "0931700000",
        "Social protection and relief."),
    organization(("nga", "implementing"), ("Department of Agriculture, Region XII", "DA XII"), "1206306000",
        "Support to farmers and fishers."),
    organization(("nga", "coordinating"), ("Department of the Interior and Local Government, Region XII", "DILG XII"), "1206306000",
        "Oversight of local governments."),
];

/// Organizations outside government, all invented.
#[rustfmt::skip]
pub const CIVIL_BODIES: &[Organization] = &[
    organization(("ngo", "implementing"), ("Kalilintad Community Development Initiatives", "KCDI"), "1206511000",
        "Organises farming villages and trains their bookkeepers."),
    organization(("ngo", "technical"), ("Tubig Kawagib Water and Sanitation Foundation", "TKWSF"), "1204704000",
        "Designs small water systems that villages can keep up."),
    organization(("ngo", "implementing"), ("Lumba a Bayabao Peace Weavers", "LBPW"), "1030900000",
        "Settles family feuds and trains young mediators."),
    organization(("ngo", "implementing"), ("Suara Kalilang Women's Resource Center", "SKWRC"), "0931700000",
        "Counsels women and follows their cases."),
    organization(("ngo", "implementing"), ("Dagat Sama Fisherfolk Assistance", "DSFA"), "0908310000",
        "Seaweed, boats and sea patrols with island villages."),
    organization(("ingo", "funding"), ("Harbour Relief International, Mindanao Office", "HRI"), "1130700000",
        "Shelter and water after disasters."),
    organization(("ingo", "funding"), ("Northern Fjords Peace Fund", "NFPF"), "1130700000",
        "Grants for dialogue and early warning."),
    organization(("donor", "funding"), ("Crescent Bridge Development Fund", "CBDF"), COTABATO,
        "Grants for schools and clinics."),
    organization(("cso", "beneficiary"), ("Federation of Lake Lutayan Fishers", "FLLF"), "1206507000",
        "Speaks for fishers of eleven villages."),
    organization(("cso", "beneficiary"), ("Sapu Bay Seaweed Growers' Association", "SBSGA"), "1208006000",
        "Buys seedlings and sells dried seaweed together."),
    organization(("cso", "beneficiary"), ("Kolibugan Farmers' Council of Siocon", "KFCS"), "0907219000",
        "Farmers of six villages."),
    organization(("cso", "coordinating"), ("Alliance of Bangsamoro Youth outside the Region", "ABYOR"), "1230800000",
        "Brings youth groups of four regions together."),
    organization(("cso", "coordinating"), ("Network of Women Weavers of Zamboanga", "NWWZ"), "0931700000",
        "Weavers' groups with a common shop."),
    organization(("religious", "coordinating"), ("Council of Ulama of Sarangani Bay", "CUSB"), "1230800000",
        "Advises mosques and madaris."),
    organization(("religious", "implementing"), ("Illana Bay Madaris Association", "IBMA"), "0907322000",
        "Forty madaris with a shared timetable."),
    organization(("academic", "technical"), ("Liguasan Institute for Community Studies", "LICS"), "1204703000",
        "Surveys and student field work."),
    organization(("academic", "technical"), ("Moro Gulf Polytechnic College", "MGPC"), "0907322000",
        "Trades and fishery technology."),
    organization(("academic", "technical"), ("Rajah Buayan School of Public Policy", "RBSPP"), "1230800000",
        "Short courses for local planners."),
    organization(("tribal", "coordinating"), ("Council of Kolibugan Timuays", "CKT"), "0908316000",
        "Elders of Kolibugan villages in three provinces."),
    organization(("private", "funding"), ("Sulu Sea Carrageenan Traders", "SSCT"), "0931700000",
        "Buys seaweed at a posted price."),
    organization(("media", "observer"), ("Radyo Linawan Lambayong", ""), "1206508000",
        "Reads announcements in four languages."),
];

/// Contact person of an organization. Nobody can own these numbers and addresses.
#[derive(Debug, Clone, Copy)]
pub struct Contact {
    /// Full name.
    pub name: &'static str,
    /// Position.
    pub position: &'static str,
    /// Address in a reserved domain.
    pub email: &'static str,
    /// Telephone number that is not in use.
    pub telephone: &'static str,
}

const fn contact(
    name: &'static str,
    position: &'static str,
    email: &'static str,
    telephone: &'static str,
) -> Contact {
    Contact { name, position, email, telephone }
}

/// Invented contacts, assigned to organizations in turn.
#[rustfmt::skip]
pub const CONTACTS: &[Contact] = &[
    contact("Faisal Guiamadin", "Focal Person", "faisal.guiamadin@example.org", "(000) 555-0100"),
    contact("Alma Dialo", "Programme Manager", "alma.dialo@example.org", "(000) 555-0101"),
    contact("Monera Bansil", "Planning Coordinator", "monera.bansil@example.org", "(000) 555-0102"),
    contact("Tahir Kusain", "Executive Director", "tahir.kusain@example.org", "(000) 555-0103"),
    contact("Normina Patadon", "Extension Coordinator", "normina.patadon@example.org", "(000) 555-0104"),
    contact("Idris Lamalan", "Finance Officer", "idris.lamalan@example.org", "(000) 555-0105"),
    contact("Fatmah Jumdain", "Administrative Officer", "fatmah.jumdain@example.org", "(000) 555-0106"),
    contact("Hakim Sahibul", "Field Coordinator", "hakim.sahibul@example.org", "(000) 555-0107"),
    contact("Rohaina Casan", "Focal Person", "rohaina.casan@example.org", "(000) 555-0108"),
    contact("Nasrudin Talib", "Programme Manager", "nasrudin.talib@example.org", "(000) 555-0109"),
    contact("Sittie Manalao", "Planning Coordinator", "sittie.manalao@example.org", "(000) 555-0110"),
    contact("Kamarudin Undong", "Executive Director", "kamarudin.undong@example.org", "(000) 555-0111"),
    contact("Farida Asula", "Extension Coordinator", "farida.asula@example.org", "(000) 555-0112"),
    contact("Musa Dimasar", "Finance Officer", "musa.dimasar@example.org", "(000) 555-0113"),
    contact("Zenaida Abpi", "Administrative Officer", "zenaida.abpi@example.org", "(000) 555-0114"),
    contact("Jamal Radzak", "Field Coordinator", "jamal.radzak@example.org", "(000) 555-0115"),
    contact("Norjana Ebus", "Focal Person", "norjana.ebus@example.org", "(000) 555-0116"),
    contact("Esmael Tayuan", "Programme Manager", "esmael.tayuan@example.org", "(000) 555-0117"),
    contact("Warda Hamja", "Planning Coordinator", "warda.hamja@example.org", "(000) 555-0118"),
    contact("Omar Pagayao", "Executive Director", "omar.pagayao@example.org", "(000) 555-0119"),
    contact("Laila Zailon", "Extension Coordinator", "laila.zailon@example.org", "(000) 555-0120"),
    contact("Akmad Sandigan", "Finance Officer", "akmad.sandigan@example.org", "(000) 555-0121"),
    contact("Saada Minalang", "Administrative Officer", "saada.minalang@example.org", "(000) 555-0122"),
    contact("Anwar Indal", "Field Coordinator", "anwar.indal@example.org", "(000) 555-0123"),
];

/// Partnerships: type, title and purpose.
#[rustfmt::skip]
pub const PARTNERSHIPS: &[(&str, &str, &str)] = &[
    ("moa", "Memorandum of agreement with {municipality} on the Muslim affairs desk", "The town pays the officer, the office trains."),
    ("moa", "Memorandum of agreement on the water system of {community}", "Materials, design and labour from three sides."),
    ("moa", "Agreement on mobile birth registration in {municipality}", "Two drives a year, without a fee."),
    ("moa", "Agreement on shared community profiles", "One form, one set of definitions, yearly exchange."),
    ("mou", "Understanding on student field work", "Students survey, the office supervises."),
    ("mou", "Understanding on referral of patients", "One form and mutual payment."),
    ("mou", "Understanding with {municipality} on evacuation", "Which halls open, who cooks, who counts."),
    ("contract", "Supply of halal meals for training in {municipality}", "Meals by the rule, for a year."),
    ("contract", "Translation of publications", "Maguindanaon, Tausug and Meranaw."),
    ("grant_agreement", "Grant for early warning in four towns", "Radios, drills and a report form."),
    ("grant_agreement", "Grant for two classrooms in {community}", "Building, furniture and a maintenance fund."),
    ("cooperation_agreement", "Cooperation on land tenure of old settlements", "Survey, counsel and mediation."),
    ("cooperation_agreement", "Cooperation on seaweed recovery in {municipality}", "Seedlings, dryers and a buyer."),
    ("consortium", "Consortium on peace education", "Five schools, one module."),
    ("informal", "Standing arrangement with the radio of {municipality}", "Announcements in four languages."),
    ("joint_venture", "Shared training hall in {municipality}", "Use by turns, cost by halves."),
];
