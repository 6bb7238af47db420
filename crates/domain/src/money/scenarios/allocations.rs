//! Allocations and minimum shares of a scenario as they are stored: JSON of one field each.

use serde_json::{Value as Json, json};

use super::{Minimum, Share};
use crate::choices::{self, SECTORS};
use crate::core::id::Id;
use crate::core::message::{Message, Word};
use crate::message;

/// Most allocations of a scenario.
pub const MOST_ALLOCATIONS: usize = 5_000;
/// Most minimum shares of a scenario.
const MOST_SHARES: usize = 40;

/// Amount that a scenario gives to a PPA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The PPA.
    pub ppa: Id,
    /// Amount in centavos.
    pub amount: i64,
}

/// Reads allocations: `[{"ppa": ID, "amount_centavos": 100}]`, each PPA at most once.
///
/// # Errors
///
/// A message with the number of the wrong allocation.
pub fn read_allocations(json: &Json) -> Result<Vec<Allocation>, Message> {
    let items = json.as_array().ok_or("Must be a list of allocations with ppa and amount_centavos.")?;
    if items.len() > MOST_ALLOCATIONS {
        return Err(message!("Must have at most {MOST_ALLOCATIONS} allocations.", MOST_ALLOCATIONS));
    }
    let mut found = Vec::with_capacity(items.len());
    let mut seen = std::collections::HashSet::with_capacity(items.len());
    for (number, item) in items.iter().enumerate() {
        let number = number + 1;
        let object =
            item.as_object().ok_or_else(|| message!("Allocation {number} must be an object.", number))?;
        if let Some(unknown) = object.keys().find(|key| !["ppa", "amount_centavos"].contains(&key.as_str())) {
            return Err(message!(
                "Allocation {number} has an unknown member: {unknown}.",
                number,
                unknown = Word::text(unknown)
            ));
        }
        let ppa: Id = object
            .get("ppa")
            .and_then(Json::as_str)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| message!("Allocation {number}: ppa must be the id of a PPA.", number))?;
        let amount =
            object.get("amount_centavos").and_then(Json::as_i64).filter(|amount| *amount >= 0).ok_or(
                message!(
                    "Allocation {number}: amount_centavos must be a whole number of at least 0.",
                    number
                ),
            )?;
        if !seen.insert(ppa) {
            return Err(message!("Allocation {number} repeats a PPA.", number));
        }
        found.push(Allocation { ppa, amount });
    }
    Ok(found)
}

/// Writes allocations for storage, ordered by PPA, without those of zero.
#[must_use]
pub fn write_allocations(allocations: &[Allocation]) -> Json {
    let mut sorted: Vec<&Allocation> = allocations.iter().filter(|one| one.amount > 0).collect();
    sorted.sort_by_key(|one| one.ppa);
    sorted.iter().map(|one| json!({ "ppa": one.ppa, "amount_centavos": one.amount })).collect()
}

/// Reads minimum shares: `[{"by": "sector", "key": "health", "percent": 20}]`, by sector or by region.
///
/// # Errors
///
/// A message with the number of the wrong share.
pub fn read_shares(json: &Json) -> Result<Vec<Minimum>, Message> {
    let items = json.as_array().ok_or("Must be a list of minimum shares with by, key and percent.")?;
    if items.len() > MOST_SHARES {
        return Err(message!("Must have at most {MOST_SHARES} minimum shares.", MOST_SHARES));
    }
    let mut found: Vec<Minimum> = Vec::with_capacity(items.len());
    for (number, item) in items.iter().enumerate() {
        let number = number + 1;
        let object =
            item.as_object().ok_or_else(|| message!("Minimum share {number} must be an object.", number))?;
        if let Some(unknown) = object.keys().find(|key| !["by", "key", "percent"].contains(&key.as_str())) {
            return Err(message!(
                "Minimum share {number} has an unknown member: {unknown}.",
                number,
                unknown = Word::text(unknown)
            ));
        }
        let key = object.get("key").and_then(Json::as_str).unwrap_or_default();
        let share = match object.get("by").and_then(Json::as_str) {
            Some("sector") if choices::contains(SECTORS, key) => Share::Sector(key.to_owned()),
            Some("sector") => return Err(message!("Minimum share {number}: key must be a sector.", number)),
            Some("region") => {
                let region = key.parse().ok().filter(|id: &Id| id.place_code().is_some());
                Share::Region(region.ok_or_else(|| {
                    message!("Minimum share {number}: key must be the code of a region.", number)
                })?)
            }
            _ => return Err(message!("Minimum share {number}: by must be sector or region.", number)),
        };
        let percent = object
            .get("percent")
            .and_then(Json::as_i64)
            .filter(|percent| (1..=100).contains(percent))
            .ok_or_else(|| {
                message!("Minimum share {number}: percent must be a whole number from 1 to 100.", number)
            })?;
        if found.iter().any(|known| known.share == share) {
            return Err(message!("Minimum share {number} repeats a sector or region.", number));
        }
        found.push(Minimum { share, percent });
    }
    let sum = |is_of: fn(&Share) -> bool| {
        found.iter().filter(|one| is_of(&one.share)).map(|one| one.percent).sum::<i64>()
    };
    if sum(|share| matches!(share, Share::Sector(_))) > 100
        || sum(|share| matches!(share, Share::Region(_))) > 100
    {
        return Err(
            "Minimum shares of the sectors, and those of the regions, must add up to at most 100 %.".into()
        );
    }
    Ok(found)
}

/// Writes minimum shares for storage.
#[must_use]
pub fn write_shares(minimums: &[Minimum]) -> Json {
    let item = |minimum: &Minimum| match &minimum.share {
        Share::Sector(sector) => json!({ "by": "sector", "key": sector, "percent": minimum.percent }),
        Share::Region(region) => {
            json!({ "by": "region", "key": region.to_string(), "percent": minimum.percent })
        }
    };
    minimums.iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_stored_and_read_back() {
        let json = json!([
            { "by": "sector", "key": "health", "percent": 20 },
            { "by": "region", "key": "1200000000", "percent": 30 },
        ]);
        let shares = read_shares(&json).unwrap();
        assert_eq!(write_shares(&shares), json);
    }

    #[test]
    fn wrong_shares_are_named() {
        for (json, message) in [
            (json!({}), "Must be a list"),
            (json!([{ "by": "year", "key": "health", "percent": 1 }]), "by must be sector or region"),
            (json!([{ "by": "sector", "key": "wealth", "percent": 1 }]), "key must be a sector"),
            (json!([{ "by": "region", "key": "x", "percent": 1 }]), "code of a region"),
            (json!([{ "by": "sector", "key": "health", "percent": 0 }]), "from 1 to 100"),
            (
                json!([{ "by": "sector", "key": "health", "percent": 1 }, { "by": "sector", "key": "health", "percent": 2 }]),
                "Minimum share 2 repeats",
            ),
            (
                json!([{ "by": "sector", "key": "health", "percent": 60 }, { "by": "sector", "key": "education", "percent": 41 }]),
                "at most 100",
            ),
        ] {
            let found = read_shares(&json).unwrap_err();
            assert!(found.english().contains(message), "{json}: {found:?}");
        }
    }

    #[test]
    fn allocations_are_sorted_and_checked() {
        let [one, other] = [1, 2].map(|number| Id::from_parts(number, &[0; 10]));
        let allocations = [Allocation { ppa: other, amount: 5 }, Allocation { ppa: one, amount: 7 }];
        let json = write_allocations(&allocations);
        assert_eq!(read_allocations(&json).unwrap(), [allocations[1], allocations[0]]);
        for (json, message) in [
            (json!("x"), "Must be a list"),
            (json!([{ "ppa": "x", "amount_centavos": 1 }]), "id of a PPA"),
            (json!([{ "ppa": one, "amount_centavos": -1 }]), "at least 0"),
            (json!([{ "ppa": one, "amount_centavos": 1.5 }]), "whole number"),
            (
                json!([{ "ppa": one, "amount_centavos": 1 }, { "ppa": one, "amount_centavos": 1 }]),
                "repeats a PPA",
            ),
            (json!([{ "ppa": one, "amount_centavos": 1, "x": 1 }]), "unknown member: x"),
        ] {
            assert!(read_allocations(&json).unwrap_err().english().contains(message), "{json}");
        }
    }
}
