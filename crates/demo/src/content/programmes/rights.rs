//! Programmes for rights, peace and governance.

use super::{Programme, programme};
use crate::content::range;

/// Programmes.
#[rustfmt::skip]
pub(super) const PROGRAMMES: &[Programme] = &[
    programme(
        "protection_of_rights",
        ("Legal Aid Caravan in {municipality}",
         "Brings lawyers and paralegals to the villages for two days.", "cases taken up"),
        ("OOBC", "internal", "mooe"), range(350_000, 1_200_000), range(100, 500),
    ),
    programme(
        "protection_of_rights",
        ("Land Tenure Assistance for Settled Families",
         "Surveys the settlement and accompanies claims at the agencies.",
         "families with a document in hand"),
        ("OOBC", "block_grant", "mooe"), range(1_200_000, 4_500_000), range(80, 400),
    ),
    programme(
        "protection_of_rights",
        ("Sharia Court Circuit and Customary Settlement Support",
         "Pays for circuit hearings and trains elders in recording settlements.",
         "cases settled within the year"),
        ("OOBC", "block_grant", "mooe"), range(800_000, 2_600_000), range(60, 300),
    ),
    programme(
        "protection_of_rights",
        ("Workplace Recognition of Muslim Practice",
         "Talks with employers and prints a guide for human resources officers.",
         "employers with a written rule"),
        ("MOLE", "donor", "mooe"), range(300_000, 1_000_000), range(50, 300),
    ),
    programme(
        "protection_of_rights",
        ("Desk for Women and Children in {municipality}",
         "Trains desk officers and furnishes an interview room.", "cases acted on within the rule"),
        ("BWC", "block_grant", "mooe"), range(500_000, 1_800_000), range(60, 300),
    ),
    programme(
        "protection_of_rights",
        ("Voter and Resident Identification Assistance",
         "Helps residents with the papers that other services ask for.", "residents with an identification"),
        ("OOBC", "internal", "mooe"), range(300_000, 900_000), range(200, 1_500),
    ),
    programme(
        "peace_security",
        ("Conflict Settlement and Dialogue in {municipality}",
         "Brings clans, elders and the local government to one table.", "feuds settled in writing"),
        ("MPOS", "block_grant", "mooe"), range(400_000, 1_600_000), range(80, 500),
    ),
    programme(
        "peace_security",
        ("Community Peace Volunteers in {community}",
         "Trains volunteers to check rumours and to report early.", "incidents reported within a day"),
        ("MPOS", "block_grant", "mooe"), range(300_000, 1_100_000), range(30, 150),
    ),
    programme(
        "peace_security",
        ("Early Warning and Early Response Network {year}",
         "Links villages, stations and local governments by one report form.",
         "warnings answered within two days"),
        ("MPOS", "donor", "mooe"), range(900_000, 3_000_000), range(60, 400),
    ),
    programme(
        "peace_security",
        ("Interfaith Dialogue between Neighbouring Villages",
         "Holds dialogues and joint work days between villages.", "joint activities held"),
        ("OOBC", "internal", "mooe"), range(200_000, 700_000), range(80, 400),
    ),
    programme(
        "peace_security",
        ("Road Lighting and Outpost at the Crossing",
         "Puts up lamps, and a post held with the barangay watch.", "nights lit through the year"),
        ("MPW", "lgu_counterpart", "co"), range(700_000, 2_500_000), range(400, 2_500),
    ),
    programme(
        "governance",
        ("Mapping and Needs Assessment in {municipality} {year}",
         "Profiles communities and ranks their needs with them.", "communities with a validated profile"),
        ("OOBC", "internal", "mooe"), range(600_000, 2_500_000), range(300, 2_000),
    ),
    programme(
        "governance",
        ("Coordination and Collaboration with Local Governments {year}",
         "Holds quarterly forums and follows up the requests of communities.",
         "requests answered within the quarter"),
        ("OOBC", "internal", "mooe"), range(800_000, 2_800_000), range(100, 500),
    ),
    programme(
        "governance",
        ("Capability Building of Community Leaders in {municipality}",
         "Trains leaders in planning, proposals and bookkeeping.", "proposals filed by trainees"),
        ("OOBC", "internal", "mooe"), range(400_000, 1_500_000), range(60, 250),
    ),
    programme(
        "governance",
        ("Muslim Affairs Desk Support to {municipality}",
         "Furnishes the desk and trains its officer.", "desks open with a log of requests"),
        ("OOBC", "lgu_counterpart", "mooe"), range(300_000, 1_000_000), range(20, 100),
    ),
    programme(
        "governance",
        ("Community Profile Data System with Local Governments",
         "Gives tablets, forms and training for one shared profile.", "profiles updated in the year"),
        ("OOBC", "internal", "mooe"), range(900_000, 3_500_000), range(40, 200),
    ),
    programme(
        "governance",
        ("Participation in Local Development Councils",
         "Prepares community representatives and their proposals.", "councils with a seated representative"),
        ("OOBC", "internal", "mooe"), range(250_000, 900_000), range(40, 200),
    ),
    programme(
        "governance",
        ("Monitoring and Evaluation of Assistance Delivered {year}",
         "Visits sites and publishes findings to the communities.", "sites visited with a report"),
        ("OOBC", "internal", "mooe"), range(500_000, 1_800_000), range(60, 300),
    ),
    programme(
        "governance",
        ("Policy Review and Legislative Agenda for Communities",
         "Drafts recommendations with legal help and consultations.", "recommendations submitted"),
        ("OOBC", "internal", "mooe"), range(600_000, 2_200_000), range(30, 150),
    ),
];
