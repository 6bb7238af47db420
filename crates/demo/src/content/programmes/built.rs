//! Programmes for infrastructure, rehabilitation and environment.

use super::{Programme, programme};
use crate::content::range;

/// Programmes.
#[rustfmt::skip]
pub(super) const PROGRAMMES: &[Programme] = &[
    programme(
        "infrastructure",
        ("Level II Water System in {community}",
         "Lays a line from the spring to tap stands, with a tariff set by the users.",
         "households with water each day"),
        ("MPW", "block_grant", "co"), range(2_500_000, 7_500_000), range(300, 1_800),
    ),
    programme(
        "infrastructure",
        ("Concreting of Access Road to {community}",
         "Concretes the last stretch, with drains on both sides.", "metres of road passable all year"),
        ("MPW", "block_grant", "co"), range(8_000_000, 28_000_000), range(500, 3_500),
    ),
    programme(
        "infrastructure",
        ("Solar Street Lighting and Household Kits in {municipality}",
         "Puts up lamps and hands out household kits.", "households with light"),
        ("MENRE", "block_grant", "co"), range(1_500_000, 5_000_000), range(200, 1_000),
    ),
    programme(
        "infrastructure",
        ("Footbridge in {community}",
         "Builds a hanging or concrete footbridge over the river.", "pupils crossing safely"),
        ("MPW", "block_grant", "co"), range(2_800_000, 9_000_000), range(300, 1_500),
    ),
    programme(
        "infrastructure",
        ("Rehabilitation of the Fish Landing in {municipality}",
         "Repairs the apron and builds a sorting shed.", "boats landing each week"),
        ("MPW", "gaa", "co"), range(4_000_000, 14_000_000), range(200, 1_200),
    ),
    programme(
        "infrastructure",
        ("Core Shelter for Families without Homes in {municipality}",
         "Builds core houses on titled lots.", "families moved in"),
        ("MHSD", "block_grant", "co"), range(6_000_000, 20_000_000), range(40, 160),
    ),
    programme(
        "infrastructure",
        ("Multi-Purpose Building for {community}",
         "Builds a hall for meetings, training and evacuation.", "days of use each month"),
        ("MPW", "block_grant", "co"), range(2_200_000, 6_500_000), range(400, 2_000),
    ),
    programme(
        "infrastructure",
        ("Shore Protection Wall in {community}",
         "Builds a wall and drains along the first row of houses.", "houses no longer flooded"),
        ("MPW", "gaa", "co"), range(9_000_000, 32_000_000), range(200, 1_200),
    ),
    programme(
        "rehabilitation",
        ("Core Shelter after the Fire in {community}",
         "Builds core houses on the old lots, with firebreaks.", "families back in a house"),
        ("MHSD", "donor", "co"), range(5_000_000, 15_000_000), range(40, 180),
    ),
    programme(
        "rehabilitation",
        ("Return Package for Families of {municipality}",
         "Gives tools, seed, animals and a transport allowance.", "families planting in the first season"),
        ("MSSD", "block_grant", "mooe"), range(2_000_000, 7_000_000), range(80, 400),
    ),
    programme(
        "rehabilitation",
        ("Land Clearing and Replanting after Displacement",
         "Clears fields and pays for the first planting.", "hectares back in use"),
        ("MAFAR", "block_grant", "mooe"), range(1_200_000, 4_000_000), range(100, 450),
    ),
    programme(
        "rehabilitation",
        ("Storm Damage Repair Materials for {municipality}",
         "Hands out roofing, nails and lumber by damage class.", "houses roofed"),
        ("MSSD", "gaa", "mooe"), range(1_500_000, 6_000_000), range(150, 900),
    ),
    programme(
        "rehabilitation",
        ("Socio-Economic Package for Decommissioned Families",
         "Gives housing, education and livelihood to families of former combatants.",
         "families with all three parts"),
        ("MPOS", "block_grant", "mooe"), range(3_000_000, 12_000_000), range(60, 300),
    ),
    programme(
        "rehabilitation",
        ("Psychosocial Care and Community Healing in {community}",
         "Trains listeners and holds village healing days.", "people finishing the sessions"),
        ("MSSD", "donor", "mooe"), range(600_000, 2_200_000), range(80, 400),
    ),
    programme(
        "environment",
        ("Mangrove Rehabilitation along the Shore of {community}",
         "Plants and watches mangroves, with pay for survivors counted.", "seedlings alive after two years"),
        ("MENRE", "block_grant", "mooe"), range(800_000, 3_000_000), range(100, 500),
    ),
    programme(
        "environment",
        ("Solid Waste Collection and Materials Recovery in {municipality}",
         "Gives carts and a sorting shed, and organises collectors.", "tonnes diverted"),
        ("MENRE", "lgu_counterpart", "co"), range(600_000, 2_400_000), range(300, 1_800),
    ),
    programme(
        "environment",
        ("River Bank Protection in {community}",
         "Builds bamboo and gabion works along the eaten bank.", "metres of bank held"),
        ("MENRE", "gaa", "co"), range(3_500_000, 12_000_000), range(150, 800),
    ),
    programme(
        "environment",
        ("Fish Sanctuary and Local Sea Guards in {municipality}",
         "Marks the sanctuary and gives boats and pay to guards.", "catch per fisher"),
        ("MENRE", "donor", "mooe"), range(700_000, 2_600_000), range(80, 400),
    ),
    programme(
        "environment",
        ("Flood Early Warning for {municipality}",
         "Gives gauges, radios and a drill twice a year.", "villages warned in the last flood"),
        ("MENRE", "block_grant", "mooe"), range(500_000, 1_800_000), range(400, 2_500),
    ),
    programme(
        "environment",
        ("Community Nursery and Tree Growing with Schools",
         "Raises seedlings and hands them to schools and households.", "trees alive after a year"),
        ("MENRE", "donor", "mooe"), range(400_000, 1_500_000), range(120, 600),
    ),
];
