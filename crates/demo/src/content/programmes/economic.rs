//! Programmes for economic development and livelihood.

use super::{Programme, programme};
use crate::content::range;

/// Programmes.
#[rustfmt::skip]
pub(super) const PROGRAMMES: &[Programme] = &[
    programme(
        "economic_development",
        ("Market Stall and Trading Post Support in {municipality}",
         "Builds stalls for registered vendors and a weighing and trading area.",
         "vendors with a stall of their own"),
        ("MTIT", "block_grant", "co"), range(1_800_000, 6_500_000), range(60, 300),
    ),
    programme(
        "economic_development",
        ("Bangsamoro Micro-Enterprise Seed Capital outside the Region",
         "Gives seed capital and bookkeeping lessons to household enterprises.",
         "enterprises still open after a year"),
        ("MTIT", "block_grant", "mooe"), range(2_500_000, 8_000_000), range(100, 400),
    ),
    programme(
        "economic_development",
        ("Cold Chain and Ice Plant for {community}",
         "Sets up an ice plant run by the fisherfolk association.", "fishers selling chilled catch"),
        ("MAFAR", "block_grant", "co"), range(3_500_000, 9_500_000), range(150, 600),
    ),
    programme(
        "economic_development",
        ("Halal Industry Orientation and Certification Assistance",
         "Takes producers through certification and their first trade fair.", "products certified"),
        ("MTIT", "block_grant", "mooe"), range(1_200_000, 4_000_000), range(40, 180),
    ),
    programme(
        "economic_development",
        ("Cooperative Formation and Islamic Microfinance Pilot",
         "Registers cooperatives and tests profit-sharing loans.", "members with an active account"),
        ("OOBC", "block_grant", "mooe"), range(1_500_000, 5_000_000), range(80, 350),
    ),
    programme(
        "economic_development",
        ("Agri-Fishery Produce Consolidation with {municipality}",
         "Consolidates produce of several villages for contract buyers.", "tonnes sold under contract"),
        ("MAFAR", "lgu_counterpart", "mooe"), range(1_000_000, 3_500_000), range(120, 500),
    ),
    programme(
        "economic_development",
        ("Trade Fair for Products of Communities outside the Region {year}",
         "Brings producers of several provinces to one fair.", "exhibitors with orders"),
        ("MTIT", "internal", "mooe"), range(800_000, 2_200_000), range(60, 200),
    ),
    programme(
        "livelihood",
        ("Motorised Banca and Gear for Fishers of {community}",
         "Gives boats and nets to a registered association.", "fishers with boats of their own"),
        ("MAFAR", "block_grant", "co"), range(1_500_000, 5_000_000), range(40, 180),
    ),
    programme(
        "livelihood",
        ("Seaweed Farming Recovery Package for {municipality}",
         "Gives seedlings, floats and dryers with technical visits.", "tonnes of dried seaweed"),
        ("MAFAR", "block_grant", "mooe"), range(900_000, 3_200_000), range(60, 280),
    ),
    programme(
        "livelihood",
        ("Corn and Rice Production Support in {municipality}",
         "Gives seed and fertilizer with a field school.", "hectares planted in season"),
        ("MAFAR", "block_grant", "mooe"), range(1_200_000, 4_500_000), range(150, 700),
    ),
    programme(
        "livelihood",
        ("Native Chicken and Goat Dispersal to {community}",
         "Gives stock on a pass-on scheme with a veterinary schedule.", "animals alive after a year"),
        ("MAFAR", "block_grant", "mooe"), range(600_000, 2_000_000), range(60, 250),
    ),
    programme(
        "livelihood",
        ("Carpentry, Welding and Driving Skills for Youth",
         "Trains and assesses youths, and gives a starter kit of tools.",
         "graduates at work within six months"),
        ("MOLE", "block_grant", "mooe"), range(1_000_000, 3_500_000), range(60, 240),
    ),
    programme(
        "livelihood",
        ("Weaving, Sewing and Delicacies Enterprise of {community}",
         "Gives a shed, machines and a link to buyers.", "members with monthly sales"),
        ("MTIT", "donor", "mooe"), range(500_000, 1_800_000), range(30, 140),
    ),
    programme(
        "livelihood",
        ("Farm Machinery Service Pool in {municipality}",
         "Gives tractors and threshers to a pool with an operator.", "hectares served in a season"),
        ("MAFAR", "block_grant", "co"), range(3_000_000, 9_000_000), range(120, 600),
    ),
    programme(
        "livelihood",
        ("Rubber and Coconut Intercropping with {community}",
         "Gives seedlings and a farm plan to smallholders.", "hectares intercropped"),
        ("MAFAR", "block_grant", "mooe"), range(900_000, 3_500_000), range(80, 350),
    ),
    programme(
        "livelihood",
        ("Cash for Work on Village Paths and Canals",
         "Pays households for thirty days of work.", "work days paid"),
        ("MOLE", "gaa", "mooe"), range(1_000_000, 3_600_000), range(120, 500),
    ),
    programme(
        "livelihood",
        ("Fish Cage and Hatchery in {community}",
         "Sets up cages with a feed fund held by the association.", "cycles harvested with profit"),
        ("MAFAR", "donor", "co"), range(1_200_000, 4_200_000), range(30, 150),
    ),
];
