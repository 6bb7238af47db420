use std::collections::HashSet;

use super::{Gazetteer, Municipality, MunicipalityKind, PlacesError, gazetteer, packed::read};

fn all() -> Gazetteer {
    gazetteer().expect("the packed places are whole")
}

fn city<'places>(places: &'places Gazetteer, name: &str) -> &'places Municipality {
    let mut found = places.municipalities.iter().filter(|municipality| municipality.name == name);
    let city = found.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(found.next().is_none(), "more than one {name}");
    city
}

#[test]
fn every_place_is_present() {
    let places = all();
    assert_eq!(places.regions.len(), 18);
    assert_eq!(places.provinces.len(), 82);
    assert_eq!(places.municipalities.len(), 1_642);
    assert_eq!(places.barangays.len(), 42_010);
    let kinds = |kind| places.municipalities.iter().filter(|municipality| municipality.kind == kind).count();
    assert_eq!(kinds(MunicipalityKind::Municipality), 1_493);
    assert_eq!(kinds(MunicipalityKind::ComponentCity), 111);
    assert_eq!(kinds(MunicipalityKind::IndependentCity), 38);
    assert_eq!(kinds(MunicipalityKind::City), 0);
}

#[test]
fn codes_are_unique_and_in_order() {
    let places = all();
    assert!(places.regions.is_sorted_by(|one, next| one.code < next.code));
    assert!(places.provinces.is_sorted_by(|one, next| one.code < next.code));
    assert!(places.municipalities.is_sorted_by(|one, next| one.code < next.code));
    assert!(places.barangays.is_sorted_by(|one, next| one.code < next.code));
}

#[test]
fn every_parent_exists() {
    let places = all();
    for province in &places.provinces {
        assert!(places.region(&province.region).is_some(), "{province:?}");
    }
    for municipality in &places.municipalities {
        assert!(places.region(&municipality.region).is_some(), "{municipality:?}");
        if let Some(code) = &municipality.province {
            let province = places.province(code).unwrap_or_else(|| panic!("{municipality:?}"));
            assert_eq!(province.region, municipality.region, "{municipality:?}");
        }
    }
    let municipalities: HashSet<&str> =
        places.municipalities.iter().map(|place| place.code.as_str()).collect();
    for barangay in &places.barangays {
        assert!(municipalities.contains(barangay.municipality.as_str()), "{barangay:?}");
    }
    let inhabited: HashSet<&str> = places.barangays.iter().map(|place| place.municipality.as_str()).collect();
    assert_eq!(inhabited, municipalities, "every municipality has barangays");
}

#[test]
fn centres_are_in_the_philippines() {
    let places = all();
    for barangay in &places.barangays {
        let (latitude, longitude) =
            (barangay.latitude.expect("a centre"), barangay.longitude.expect("a centre"));
        assert!((4.0..22.0).contains(&latitude) && (114.0..127.5).contains(&longitude), "{barangay:?}");
    }
}

#[test]
fn well_known_places_are_where_they_belong() {
    let places = all();

    let isulan = city(&places, "Isulan");
    assert_eq!((isulan.code.as_str(), isulan.kind), ("1206504000", MunicipalityKind::Municipality));
    let province = places.province(isulan.province.as_deref().expect("a province")).expect("it exists");
    assert_eq!(province.name, "Sultan Kudarat");
    let region = places.region(&isulan.region).expect("it exists");
    assert_eq!(region.name, "Region XII (SOCCSKSARGEN)");
    assert_eq!(region.short_name, "Region XII");

    let cotabato = city(&places, "City of Cotabato");
    assert_eq!(cotabato.kind, MunicipalityKind::IndependentCity);
    assert_eq!(places.region(&cotabato.region).expect("it exists").short_name, "BARMM");
    assert_eq!(cotabato.province.as_deref(), Some("1908700000"), "filed under Maguindanao del Norte");

    let general_santos = city(&places, "City of General Santos");
    assert_eq!(general_santos.code, "1230800000");
    assert_eq!((general_santos.kind, &general_santos.province), (MunicipalityKind::IndependentCity, &None));
    assert_eq!(places.region(&general_santos.region).expect("it exists").short_name, "Region XII");

    let zamboanga = city(&places, "City of Zamboanga");
    assert_eq!((zamboanga.code.as_str(), &zamboanga.province), ("0931700000", &None));
    assert_eq!(places.region(&zamboanga.region).expect("it exists").short_name, "Region IX");

    let koronadal = city(&places, "City of Koronadal");
    assert_eq!(koronadal.kind, MunicipalityKind::ComponentCity);
}

#[test]
fn places_without_a_province_are_the_known_ones() {
    let places = all();
    let without = places.municipalities.iter().filter(|municipality| municipality.province.is_none());
    let mut others: Vec<&str> = without
        .filter(|municipality| municipality.kind != MunicipalityKind::IndependentCity)
        .map(|municipality| municipality.name.as_str())
        .collect();
    others.sort_unstable();
    assert_eq!(
        others,
        [
            "City of Isabela",
            "Kadayangan",
            "Kapalawan",
            "Ligawasan",
            "Malidegao",
            "Nabalawag",
            "Old Kaabakan",
            "Pahamuddin",
            "Pateros",
            "Tugunan"
        ]
    );
}

#[test]
fn districts_of_manila_are_merged_into_the_city() {
    let places = all();
    let manila = city(&places, "City of Manila");
    let barangays: Vec<_> =
        places.barangays.iter().filter(|barangay| barangay.municipality == manila.code).collect();
    assert!(barangays.len() > 800);
    assert!(barangays.iter().all(|barangay| barangay.code.starts_with("13806")));
    assert!(barangays.iter().any(|barangay| !barangay.code.starts_with("1380600")));
}

#[test]
fn address_names_all_present_levels() {
    let places = all();
    assert_eq!(
        places.address("1206504007").as_deref(),
        Some("D'Lotilla, Isulan, Sultan Kudarat, Region XII")
    );
    assert_eq!(places.address("1230800029").as_deref(), Some("Apopong, City of General Santos, Region XII"));
    assert_eq!(places.address("0000000000"), None);
}

#[test]
fn every_municipality_kind_is_parsed_back() {
    for kind in MunicipalityKind::ALL {
        assert_eq!(MunicipalityKind::from_word(kind.as_str()), Some(kind));
        assert_eq!(serde_json::to_value(kind).expect("it writes"), kind.as_str());
    }
    assert_eq!(MunicipalityKind::from_word("village"), None);
}

#[test]
fn damaged_line_is_refused_with_its_number() {
    let region = "R\t0100000000\tRegion I\tRegion I\t5\t169024\t1204835\n";
    assert_eq!(read(region).expect("a good line").regions.len(), 1);
    for (text, expected_line, expected_reason) in [
        ("# header\nX\t1\n".to_owned(), 2, "unknown kind of place"),
        ("R\t01000\tRegion I\tRegion I\t\t\t\n".to_owned(), 1, "a code is not ten digits"),
        ("P\t0102800000\tIlocos Norte\t1\t1\t1\n".to_owned(), 1, "a province before any region"),
        ("b\t001\tAdams\tU\t1\t1\t1\n".to_owned(), 1, "a barangay before any municipality"),
        (format!("{region}P\t0102800000\tIlocos Norte\tmany\t1\t1\n"), 2, "not a number"),
        (format!("{region}P\t0102800000\t\t\t1\t1\n"), 2, "a name is empty"),
        (format!("{region}P\t0102800000\tIlocos Norte\t1\t1\n"), 2, "too few fields"),
        (format!("{region}P\t0102800000\tIlocos Norte\t1\t1\t1\t1\n"), 2, "too many fields"),
        (format!("{region}M\t0102801000\tAdams\ttown\t\t\t\t\n"), 2, "unknown kind of municipality"),
    ] {
        let Err(PlacesError::Line { line, reason }) = read(&text) else { panic!("{text:?} was taken") };
        assert_eq!((line, reason), (expected_line, expected_reason), "{text:?}");
    }
}
