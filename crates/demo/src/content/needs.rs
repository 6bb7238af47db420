//! Needs of communities, sector by sector.

use super::{Range, range};

/// Need as a field team records it.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// Sector.
    pub sector: &'static str,
    /// Title.
    pub title: &'static str,
    /// The problem and the people affected.
    pub description: &'static str,
    /// Urgency.
    pub urgency: &'static str,
    /// Severity, 1 to 5.
    pub severity: i64,
    /// Feasibility.
    pub feasibility: &'static str,
    /// Estimated cost in pesos.
    pub cost: Range,
    /// Number of people affected.
    pub affected: Range,
}

/// Creates a need: sector, title, description; urgency, severity, feasibility, cost, affected people.
const fn need(
    (sector, title, description): (&'static str, &'static str, &'static str),
    (urgency, severity, feasibility): (&'static str, i64, &'static str),
    cost: Range,
    affected: Range,
) -> Need {
    Need { sector, title, description, urgency, severity, feasibility, cost, affected }
}

/// Needs.
#[rustfmt::skip]
pub const NEEDS: &[Need] = &[
    need(
        ("economic_development", "Cold storage for the fish landing",
         "Half of the catch is sold at night for whatever the buyer offers because no ice can be had."),
        ("medium_term", 3, "medium"), range(1_800_000, 4_500_000), range(300, 1_200),
    ),
    need(
        ("economic_development", "Market stalls for Bangsamoro vendors",
         "Vendors sell on the road shoulder and pay a daily fee without a place of their own."),
        ("short_term", 3, "high"), range(600_000, 2_200_000), range(80, 350),
    ),
    need(
        ("economic_development", "Rice mill and solar dryer",
         "Palay is dried on the road and sold wet at the lowest price of the season."),
        ("medium_term", 3, "high"), range(1_500_000, 3_800_000), range(250, 900),
    ),
    need(
        ("economic_development", "Access to Sharia-compliant credit",
         "Households borrow from lenders at ten per cent a month; banks ask for titles nobody holds."),
        ("long_term", 4, "low"), range(2_000_000, 6_000_000), range(200, 1_500),
    ),
    need(
        ("economic_development", "Farm-to-market hauling service",
         "A sack costs more to bring to the highway than to plant."),
        ("short_term", 3, "high"), range(900_000, 2_500_000), range(150, 800),
    ),
    need(
        ("social_development", "Birth registration of children and adults",
         "Many adults and most children under six have no certificate and cannot enroll or claim aid."),
        ("immediate", 4, "very_high"), range(120_000, 450_000), range(150, 900),
    ),
    need(
        ("social_development", "Day care centre for early childhood",
         "Children of three and four stay with siblings who miss school for it."),
        ("medium_term", 3, "high"), range(900_000, 1_800_000), range(60, 180),
    ),
    need(
        ("social_development", "Assistance for solo parents and widows",
         "Widows of the conflict raise several children without a pension or a regular income."),
        ("short_term", 4, "high"), range(300_000, 1_200_000), range(40, 220),
    ),
    need(
        ("social_development", "Support for persons with disabilities",
         "No assistive devices, and the town's register lists only a third of those concerned."),
        ("short_term", 4, "high"), range(200_000, 800_000), range(25, 140),
    ),
    need(
        ("social_development", "Evacuation shelter for flood season",
         "Families move to the school every year; classes stop for weeks."),
        ("short_term", 4, "medium"), range(3_500_000, 9_000_000), range(400, 1_800),
    ),
    need(
        ("social_development", "Supplementary feeding for underweight children",
         "One child in four was found underweight at the last weighing."),
        ("immediate", 5, "very_high"), range(180_000, 650_000), range(80, 320),
    ),
    need(
        ("education", "Two-classroom school building",
         "Four grades share two rooms; the roof of one was lost to a storm."),
        ("medium_term", 4, "medium"), range(3_200_000, 6_500_000), range(120, 420),
    ),
    need(
        ("education", "Repair of the madrasah building",
         "Rain comes through the roof and classes are held in the mosque."),
        ("short_term", 3, "high"), range(450_000, 1_600_000), range(80, 300),
    ),
    need(
        ("education", "Learning materials for Arabic and Islamic values",
         "Asatidz teach from photocopies they pay for themselves."),
        ("short_term", 3, "very_high"), range(90_000, 350_000), range(90, 450),
    ),
    need(
        ("education", "Allowance for volunteer asatidz",
         "Seven teachers receive nothing but gifts at harvest; two have left this year."),
        ("immediate", 4, "high"), range(250_000, 900_000), range(100, 500),
    ),
    need(
        ("education", "Alternative learning sessions for out-of-school youth",
         "Youths who left school to fish want to finish; the next session is an hour away by boat."),
        ("medium_term", 3, "high"), range(200_000, 600_000), range(40, 160),
    ),
    need(
        ("education", "Scholarships for college students",
         "Only a few graduates of senior high school went on; most cannot pay for board in the city."),
        ("short_term", 3, "high"), range(600_000, 2_400_000), range(20, 90),
    ),
    need(
        ("education", "School boat for island pupils",
         "Pupils cross open water in fishing boats without life vests."),
        ("immediate", 5, "high"), range(350_000, 900_000), range(60, 240),
    ),
    need(
        ("health", "Barangay health station",
         "The nearest midwife is eleven kilometres away and comes once a month."),
        ("medium_term", 4, "medium"), range(1_800_000, 4_200_000), range(500, 2_200),
    ),
    need(
        ("health", "Motorised ambulance or rescue boat",
         "Women in labour are carried to the highway; two newborns were lost on the way last year."),
        ("immediate", 5, "medium"), range(1_200_000, 2_800_000), range(600, 2_500),
    ),
    need(
        ("health", "Medicines for hypertension and diabetes",
         "Maintenance medicine runs out in the first week of every month."),
        ("immediate", 4, "high"), range(150_000, 500_000), range(70, 300),
    ),
    need(
        ("health", "Birthing facility respectful of Muslim practice",
         "Women avoid the town's clinic for lack of privacy and of female attendants."),
        ("medium_term", 4, "medium"), range(1_500_000, 3_500_000), range(200, 900),
    ),
    need(
        ("health", "Sanitary toilets for households",
         "Most houses over the water have none; diarrhoea comes with every rainy season."),
        ("short_term", 4, "high"), range(600_000, 2_000_000), range(250, 1_100),
    ),
    need(
        ("health", "Psychosocial support after displacement",
         "Children and mothers who fled twice in three years still sleep badly and avoid crowds."),
        ("short_term", 3, "medium"), range(150_000, 600_000), range(80, 400),
    ),
    need(
        ("infrastructure", "Level II water system",
         "Households fetch water from an open spring shared with carabaos."),
        ("immediate", 5, "high"), range(2_200_000, 5_500_000), range(350, 1_600),
    ),
    need(
        ("infrastructure", "Concreting of the access road",
         "Tricycles stop two kilometres before the village from June to November."),
        ("medium_term", 4, "medium"), range(6_000_000, 18_000_000), range(500, 2_600),
    ),
    need(
        ("infrastructure", "Footbridge over the river",
         "Children swim across or stay at home when the river is high."),
        ("short_term", 4, "medium"), range(2_500_000, 7_000_000), range(300, 1_300),
    ),
    need(
        ("infrastructure", "Solar street and household lighting",
         "The line ends at the highway; kerosene takes a tenth of what families earn."),
        ("medium_term", 3, "high"), range(900_000, 2_800_000), range(200, 950),
    ),
    need(
        ("infrastructure", "Rehabilitation of the wharf",
         "The concrete apron has sunk and boats unload in waist-deep water."),
        ("long_term", 3, "low"), range(4_500_000, 14_000_000), range(400, 1_900),
    ),
    need(
        ("infrastructure", "Shore protection and drainage",
         "High tide enters the first two rows of houses four times a month."),
        ("medium_term", 4, "low"), range(5_000_000, 16_000_000), range(250, 1_200),
    ),
    need(
        ("infrastructure", "Cell site or community internet",
         "Calls are made from one hill; teachers cannot send their reports."),
        ("long_term", 2, "medium"), range(800_000, 2_500_000), range(400, 2_000),
    ),
    need(
        ("livelihood", "Motorised bancas and nets for fishers",
         "Half of the fishers work on boats they rent for a third of the catch."),
        ("short_term", 3, "high"), range(600_000, 2_400_000), range(60, 260),
    ),
    need(
        ("livelihood", "Seaweed farming inputs and dryers",
         "Last year's disease took the seedlings, and nobody has the money to begin again."),
        ("short_term", 4, "high"), range(400_000, 1_500_000), range(80, 320),
    ),
    need(
        ("livelihood", "Corn and rice seeds with fertilizer",
         "Planting is done with what traders advance, at the traders' price."),
        ("immediate", 3, "very_high"), range(350_000, 1_200_000), range(120, 600),
    ),
    need(
        ("livelihood", "Native chicken and goat dispersal",
         "Households with little land want animals they can raise behind the house."),
        ("medium_term", 2, "very_high"), range(250_000, 900_000), range(50, 240),
    ),
    need(
        ("livelihood", "Skills training in carpentry, welding and driving",
         "Youths hold no certificate and are hired by the day as helpers."),
        ("medium_term", 3, "high"), range(300_000, 1_100_000), range(30, 150),
    ),
    need(
        ("livelihood", "Sewing and mat weaving enterprise",
         "Women weave well but sell to one buyer; they want a common shed, dyes and a market."),
        ("medium_term", 2, "high"), range(280_000, 950_000), range(25, 120),
    ),
    need(
        ("livelihood", "Carabaos and hand tractors",
         "One machine serves forty farmers and planting runs six weeks late."),
        ("short_term", 3, "high"), range(700_000, 2_600_000), range(90, 420),
    ),
    need(
        ("cultural_development", "Cultural centre and kulintang ensemble",
         "Two masters are left who can teach, and they have no instruments."),
        ("long_term", 2, "medium"), range(500_000, 2_500_000), range(80, 600),
    ),
    need(
        ("cultural_development", "Recording of oral history",
         "The elders who remember the founding of the settlement are past eighty."),
        ("short_term", 2, "very_high"), range(120_000, 400_000), range(100, 900),
    ),
    need(
        ("cultural_development", "Enclosure of the burial ground",
         "The cemetery has no boundary, and neighbours' plots have come closer every year."),
        ("medium_term", 3, "high"), range(250_000, 900_000), range(300, 1_500),
    ),
    need(
        ("cultural_development", "Completion of the mosque ablution area",
         "Water is carried by hand for Friday prayer."),
        ("short_term", 2, "very_high"), range(180_000, 650_000), range(200, 1_000),
    ),
    need(
        ("cultural_development", "Halal slaughtering facility",
         "Animals for Eid are slaughtered on the roadside."),
        ("medium_term", 3, "medium"), range(900_000, 2_800_000), range(300, 2_200),
    ),
    need(
        ("rehabilitation", "Core houses for burned homes",
         "Twenty-eight families have lived under tarpaulins since the fire."),
        ("immediate", 5, "medium"), range(3_500_000, 9_800_000), range(120, 480),
    ),
    need(
        ("rehabilitation", "Return package for displaced families",
         "Those who went home found their houses stripped and their animals gone."),
        ("immediate", 4, "medium"), range(900_000, 3_200_000), range(150, 700),
    ),
    need(
        ("rehabilitation", "Clearing and replanting of abandoned farms",
         "Fields left for six years have gone back to cogon grass."),
        ("short_term", 3, "high"), range(500_000, 1_800_000), range(80, 400),
    ),
    need(
        ("rehabilitation", "Support for former combatants and their families",
         "Households that laid down arms wait for the help promised with it."),
        ("short_term", 4, "medium"), range(1_200_000, 4_000_000), range(40, 220),
    ),
    need(
        ("rehabilitation", "Repair of storm-damaged houses",
         "Roofs were lost along the shore; repairs were made with what the sea brought back."),
        ("immediate", 4, "high"), range(800_000, 3_000_000), range(90, 450),
    ),
    need(
        ("protection_of_rights", "Land titles for the settlement",
         "Families hold tax declarations at best; a claimant has asked the court to clear the site."),
        ("immediate", 5, "low"), range(400_000, 1_800_000), range(200, 1_200),
    ),
    need(
        ("protection_of_rights", "Legal help for detained residents",
         "Three men have waited for a hearing for over a year without counsel."),
        ("immediate", 5, "medium"), range(150_000, 500_000), range(10, 60),
    ),
    need(
        ("protection_of_rights", "Sharia court circuit hearing",
         "Divorce and inheritance cases mean a trip of two days."),
        ("medium_term", 3, "medium"), range(200_000, 700_000), range(80, 500),
    ),
    need(
        ("protection_of_rights", "Recognition of Muslim holidays and dress at work",
         "Plantation workers are marked absent on Eid, and women are asked to take off the veil."),
        ("short_term", 3, "high"), range(80_000, 250_000), range(100, 900),
    ),
    need(
        ("protection_of_rights", "Protection of women and children against violence",
         "Cases are settled in silence; there is no desk officer whom women trust."),
        ("immediate", 4, "high"), range(150_000, 550_000), range(80, 400),
    ),
    need(
        ("peace_security", "Settlement of a family feud",
         "Two clans have kept off each other's road for four years; children change schools because of it."),
        ("immediate", 5, "medium"), range(200_000, 700_000), range(150, 800),
    ),
    need(
        ("peace_security", "Training of peace monitors",
         "Rumours travel faster than the barangay's answer; volunteers want to learn to check and calm."),
        ("short_term", 3, "high"), range(150_000, 450_000), range(40, 250),
    ),
    need(
        ("peace_security", "Street lights and outpost at the crossing",
         "Motorcycles are taken at the unlit crossing after the evening prayer."),
        ("short_term", 3, "high"), range(350_000, 1_200_000), range(400, 1_800),
    ),
    need(
        ("peace_security", "Dialogue with the neighbouring settlers' community",
         "A quarrel about a boundary has begun to be told as a quarrel about religion."),
        ("immediate", 4, "high"), range(120_000, 380_000), range(200, 1_100),
    ),
    need(
        ("governance", "Seat for the community in barangay planning",
         "Bangsamoro households are a third of the barangay and absent from its development council."),
        ("short_term", 3, "high"), range(60_000, 220_000), range(200, 1_500),
    ),
    need(
        ("governance", "Muslim affairs desk at the municipal hall",
         "Requests go from office to office, as nobody is charged with them."),
        ("medium_term", 3, "high"), range(150_000, 600_000), range(500, 4_000),
    ),
    need(
        ("governance", "Accreditation of people's organizations",
         "Four associations exist; none is registered, so none can receive a project."),
        ("short_term", 2, "very_high"), range(50_000, 180_000), range(80, 400),
    ),
    need(
        ("governance", "Community profile and household list",
         "No two offices have the same number of Bangsamoro households."),
        ("short_term", 3, "very_high"), range(100_000, 350_000), range(300, 2_500),
    ),
    need(
        ("governance", "Training of community leaders in planning",
         "Leaders know what is missing but not how a proposal is written and followed up."),
        ("medium_term", 2, "very_high"), range(120_000, 380_000), range(25, 120),
    ),
    need(
        ("environment", "Mangrove replanting along the shore",
         "Mangroves were cut for fish ponds that have been given up; storms now reach the houses."),
        ("medium_term", 3, "high"), range(300_000, 1_100_000), range(200, 900),
    ),
    need(
        ("environment", "Solid waste collection point",
         "Waste ends in the river because the truck does not come this far."),
        ("short_term", 3, "high"), range(150_000, 600_000), range(300, 1_600),
    ),
    need(
        ("environment", "River bank stabilisation",
         "The river took eleven metres of bank, a row of coconut trees and two houses in one year."),
        ("immediate", 4, "low"), range(3_500_000, 12_000_000), range(150, 900),
    ),
    need(
        ("environment", "Early warning for floods",
         "The water comes at night; a bell and one radio are all there is."),
        ("short_term", 4, "very_high"), range(180_000, 650_000), range(300, 1_800),
    ),
    need(
        ("environment", "Fish sanctuary with local guards",
         "Boats from outside use fine nets in the bay, and the catch falls every year."),
        ("medium_term", 3, "medium"), range(400_000, 1_500_000), range(150, 800),
    ),
];
