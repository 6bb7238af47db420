//! Texts with placeholders filled in, and names.

use jiff::civil::Date;

use crate::content::people::{FAMILY_NAMES, GIVEN_NAMES_OF_MEN, GIVEN_NAMES_OF_WOMEN, HONORIFICS};
use crate::days;
use crate::random::Random;
use crate::world::Place;

/// Fills community, municipality, year and quarter into a text.
pub fn fill(text: &str, place: &Place, day: Date) -> String {
    text.replace("{community}", &place.name)
        .replace("{municipality}", &place.municipality)
        .replace("{year}", &day.year().to_string())
        .replace("{quarter}", &days::quarter(day))
}

/// Draws given and family name.
pub fn name(random: &mut Random) -> (&'static str, &'static str) {
    let given = if random.chance(50) { GIVEN_NAMES_OF_WOMEN } else { GIVEN_NAMES_OF_MEN };
    (*random.pick(given), *random.pick(FAMILY_NAMES))
}

/// Draws the full name of a person outside the office.
pub fn full_name(random: &mut Random) -> String {
    let (given, family) = name(random);
    format!("{given} {family}")
}

/// Draws the leader of a community.
pub fn leader(random: &mut Random) -> String {
    let (honorific, given) = match random.below(3) {
        0 => ("Bai", *random.pick(GIVEN_NAMES_OF_WOMEN)),
        1 => ("Hadja", *random.pick(GIVEN_NAMES_OF_WOMEN)),
        _ => (
            *random.pick(&HONORIFICS.iter().copied().filter(|word| of_men(word)).collect::<Vec<_>>()),
            *random.pick(GIVEN_NAMES_OF_MEN),
        ),
    };
    // Some given names already begin with the title.
    let given = given.strip_prefix("Bai ").unwrap_or(given);
    format!("{honorific} {given} {}", random.pick(FAMILY_NAMES))
}

fn of_men(honorific: &str) -> bool {
    ["Datu", "Ustadz", "Hadji", "Kagawad", "Timuay"].contains(&honorific)
}

/// Returns a user name in lower case.
pub fn username(given: &str, family: &str, number: usize) -> String {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let name = format!("{}.{}", letters(given), letters(family));
    if number > 1 { format!("{name}{number}") } else { name }
}

const WORDS: [&str; 24] = [
    "kulintang",
    "agong",
    "gabbang",
    "kudyapi",
    "vinta",
    "torogan",
    "okir",
    "malong",
    "inaul",
    "tubaw",
    "sarimanok",
    "pagana",
    "durian",
    "lanzones",
    "marang",
    "pandan",
    "bakawan",
    "lepa",
    "tapis",
    "kris",
    "salakot",
    "dabakan",
    "sinagtala",
    "hinabol",
];

/// Draws a memorable password that is long enough for the rules.
pub fn password(random: &mut Random) -> String {
    let words = random.some(&WORDS, 4);
    format!("{}-{}", words.join("-"), random.between(1000, 9999))
}
