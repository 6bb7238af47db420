//! Programmes for social development, education, health and culture.

use super::{Programme, programme};
use crate::content::range;

/// Programmes.
#[rustfmt::skip]
pub(super) const PROGRAMMES: &[Programme] = &[
    programme(
        "social_development",
        ("Emergency Family Assistance for Communities outside the Region",
         "Gives food, bedding and cash after disasters and fires.", "families served within three days"),
        ("MSSD", "block_grant", "mooe"), range(3_000_000, 12_000_000), range(300, 2_000),
    ),
    programme(
        "social_development",
        ("Birth Registration Drive in {municipality}",
         "Brings mobile registration to villages together with the civil registrar.",
         "certificates released"),
        ("OOBC", "internal", "mooe"), range(350_000, 1_200_000), range(400, 2_000),
    ),
    programme(
        "social_development",
        ("Solo Parents and Widows Livelihood and Pension Support",
         "Gives a monthly stipend and one start-up kit per household.", "households with regular income"),
        ("MSSD", "block_grant", "mooe"), range(1_500_000, 5_000_000), range(80, 400),
    ),
    programme(
        "social_development",
        ("Early Childhood Care Centre in {community}",
         "Builds a day care room and trains its workers.", "children attending daily"),
        ("MSSD", "block_grant", "co"), range(1_500_000, 3_800_000), range(40, 150),
    ),
    programme(
        "social_development",
        ("Supplementary Feeding for Underweight Children of {municipality}",
         "Feeds children for 120 days and teaches the cooks.", "children back to normal weight"),
        ("MSSD", "block_grant", "mooe"), range(900_000, 3_000_000), range(120, 600),
    ),
    programme(
        "social_development",
        ("Support to Persons with Disabilities and Older Persons",
         "Hands out assistive devices and registers those left out.", "devices in use after six months"),
        ("MSSD", "block_grant", "mooe"), range(800_000, 2_600_000), range(100, 450),
    ),
    programme(
        "social_development",
        ("Evacuation Centre and Camp Management for {municipality}",
         "Builds a shelter that serves as a hall in dry months.", "evacuees housed by the standard"),
        ("MSSD", "gaa", "co"), range(6_000_000, 18_000_000), range(400, 2_200),
    ),
    programme(
        "education",
        ("Scholarship Grant for Bangsamoro Learners outside the Region",
         "Pays fees and board of college students chosen by examination.", "scholars who pass the year"),
        ("MBHTE", "block_grant", "mooe"), range(4_000_000, 15_000_000), range(60, 300),
    ),
    programme(
        "education",
        ("Two-Classroom Madrasah Building in {community}",
         "Builds two classrooms with furniture and toilets.", "learners in a classroom of their own"),
        ("MBHTE", "block_grant", "co"), range(3_500_000, 7_500_000), range(80, 300),
    ),
    programme(
        "education",
        ("Honoraria for Volunteer Asatidz",
         "Pays a monthly allowance to teachers of registered weekend madaris.", "teachers paid on time"),
        ("MBHTE", "block_grant", "mooe"), range(1_800_000, 6_000_000), range(60, 250),
    ),
    programme(
        "education",
        ("Arabic Language and Islamic Values Learning Materials",
         "Prints and hands out textbooks and teaching guides.", "learners with a set of books"),
        ("MBHTE", "block_grant", "mooe"), range(900_000, 2_800_000), range(500, 3_500),
    ),
    programme(
        "education",
        ("Alternative Learning System Caravan in {municipality}",
         "Brings learning sessions to youths out of school.", "completers who pass the test"),
        ("MBHTE", "gaa", "mooe"), range(600_000, 2_000_000), range(80, 350),
    ),
    programme(
        "education",
        ("Technical and Vocational Skills Training with Assessment",
         "Trains youths in five trades, with the assessment fee paid.", "trainees with a certificate"),
        ("MBHTE", "block_grant", "mooe"), range(2_200_000, 7_000_000), range(100, 450),
    ),
    programme(
        "education",
        ("School Boats for Island Barangays",
         "Gives boats with life vests and trains their operators.", "pupils carried daily"),
        ("MBHTE", "donor", "co"), range(1_200_000, 4_200_000), range(80, 300),
    ),
    programme(
        "education",
        ("Review Classes for Licensure Examinations",
         "Pays for review classes of teachers, nurses and midwives.", "examinees who pass"),
        ("OOBC", "internal", "mooe"), range(500_000, 1_600_000), range(40, 160),
    ),
    programme(
        "health",
        ("Medical and Dental Mission to {community}",
         "Sends doctors, dentists and medicines for three days.", "patients seen and referred"),
        ("MOH", "block_grant", "mooe"), range(350_000, 1_200_000), range(300, 1_500),
    ),
    programme(
        "health",
        ("Barangay Health Station in {municipality}",
         "Builds and equips a station with a birthing room.", "visits recorded each month"),
        ("MOH", "block_grant", "co"), range(2_500_000, 6_000_000), range(600, 2_800),
    ),
    programme(
        "health",
        ("Maintenance Medicines for Hypertension and Diabetes",
         "Keeps a stock in the village, with a treatment card for each patient.",
         "patients with pressure under control"),
        ("MOH", "block_grant", "mooe"), range(800_000, 3_000_000), range(150, 700),
    ),
    programme(
        "health",
        ("Sanitary Toilet Construction with Household Labour",
         "Gives materials while the household builds.", "households with a toilet in use"),
        ("MOH", "lgu_counterpart", "mooe"), range(700_000, 2_400_000), range(80, 350),
    ),
    programme(
        "health",
        ("Sea and Land Ambulance for {municipality}",
         "Gives an ambulance and trains its crew.", "emergencies brought within an hour"),
        ("MOH", "gaa", "co"), range(2_500_000, 6_500_000), range(800, 4_000),
    ),
    programme(
        "health",
        ("Maternal and Newborn Care with Female Attendants",
         "Trains attendants from the villages and equips a birthing room.",
         "births attended by a trained worker"),
        ("MOH", "donor", "mooe"), range(900_000, 3_200_000), range(150, 700),
    ),
    programme(
        "health",
        ("Psychosocial Support for Displaced Families",
         "Trains counsellors and holds sessions for children and mothers.",
         "families finishing the sessions"),
        ("MOH", "donor", "mooe"), range(500_000, 1_800_000), range(120, 600),
    ),
    programme(
        "cultural_development",
        ("Bangsamoro Cultural Heritage Documentation {year}",
         "Records oral history, crafts and music in several villages.", "recordings archived"),
        ("OOBC", "internal", "mooe"), range(400_000, 1_500_000), range(60, 300),
    ),
    programme(
        "cultural_development",
        ("Kulintang and Traditional Craft Teaching Grants",
         "Pays masters to teach, with instruments and looms.", "apprentices finishing a year"),
        ("BCPCH", "block_grant", "mooe"), range(500_000, 1_800_000), range(40, 180),
    ),
    programme(
        "cultural_development",
        ("Islamic Cemetery Fencing and Repair in {municipality}",
         "Fences the burial ground and repairs its path and water point.", "families with a marked plot"),
        ("OOBC", "block_grant", "co"), range(600_000, 2_200_000), range(300, 2_000),
    ),
    programme(
        "cultural_development",
        ("Bangsamoro History Month Activities {year}",
         "Holds exhibits, lectures and an essay contest.", "pupils taking part"),
        ("OOBC", "internal", "mooe"), range(300_000, 1_200_000), range(200, 1_500),
    ),
    programme(
        "cultural_development",
        ("Halal Slaughter Facility in {municipality}",
         "Builds a facility that can be inspected and trains the slaughtermen.",
         "animals slaughtered by the rule"),
        ("MAFAR", "gaa", "co"), range(2_500_000, 7_000_000), range(400, 3_000),
    ),
    programme(
        "cultural_development",
        ("Mosque and Madrasah Water and Ablution Points",
         "Repairs cisterns and taps at ten sites.", "sites with water at prayer"),
        ("OOBC", "internal", "mooe"), range(500_000, 1_800_000), range(300, 2_500),
    ),
];
