//! Round trips of documents: samples of other programs, and generated files.

#![allow(clippy::unwrap_used)] // A panic fails the test.

mod common;

use std::collections::BTreeSet;

use common::{ENDINGS, SAMPLES};
use jiff::tz::TimeZone;
use obcms_icalendar::Limits;
use obcms_icalendar::document::{Component, Document, Node, ParseError, Property};
use obcms_icalendar::read::{Event, read};
use obcms_icalendar::write::LineWriter;
use proptest::prelude::*;

fn parse(file: impl AsRef<[u8]>) -> Document {
    Document::parse(file, &Limits::default()).unwrap()
}

/// Returns the line, folded and ended.
fn folded(name: &str, value: &str, ending: &str) -> String {
    let mut writer = LineWriter::default();
    writer.plain(name, value);
    String::from_utf8(writer.into_bytes()).unwrap().replace("\r\n", ending)
}

/// Calls a function with every component.
fn visit(components: Vec<&Component>, call: &mut impl FnMut(&Component)) {
    for component in components {
        call(component);
        visit(component.components().collect(), call);
    }
}

/// Returns the property with a name that is unique in the document.
fn find<'a>(mut components: impl Iterator<Item = &'a mut Component>, name: &str) -> Option<&'a mut Property> {
    components.find_map(|component| {
        if component.property(name).is_some() {
            component.property_mut(name)
        } else {
            find(Box::new(component.components_mut()) as Box<dyn Iterator<Item = _>>, name)
        }
    })
}

#[test]
fn samples_round_trip_with_every_line_end_and_encoding() {
    for (name, sample) in SAMPLES {
        for ending in ENDINGS {
            let file = sample.replace('\n', ending);
            let marked = format!("\u{feff}{file}");
            let wide: Vec<u8> =
                [0xfe, 0xff].into_iter().chain(file.encode_utf16().flat_map(u16::to_be_bytes)).collect();
            for bytes in [file.as_bytes(), marked.as_bytes(), &wide] {
                let document = parse(bytes);
                assert!(document.to_bytes() == bytes, "{name} {ending:?}");
                let plain = parse(sample);
                assert_eq!(document.nodes(), plain.nodes(), "{name} {ending:?}");
            }
        }
    }
}

#[test]
fn foreign_properties_and_components_are_in_the_tree() {
    let [google, outlook, apple, thunderbird, odd] = SAMPLES.map(|(_, sample)| parse(sample));
    let event = |document: &Document| document.calendar().unwrap().component("VEVENT").unwrap().clone();
    let parameter = |document: &Document, property: &str, name: &str| {
        event(document).property(property).unwrap().parameter(name).unwrap().into_owned()
    };
    assert_eq!(parameter(&google, "ATTACH", "filename"), "List.pdf");
    assert_eq!(event(&google).components().count(), 2);
    assert_eq!(parameter(&outlook, "ATTENDEE", "CN"), "Guiani, Amina (Region 12)");
    assert!(event(&outlook).property("X-ALT-DESC").unwrap().value().ends_with("<body>Agenda</body></html>"));
    assert_eq!(parameter(&apple, "X-APPLE-STRUCTURED-LOCATION", "X-TITLE"), "Café \"Zur Post\"");
    let event_of_thunderbird = event(&thunderbird);
    let attendee = event_of_thunderbird.property("ATTENDEE").unwrap();
    let members = attendee.parameters().iter().find(|parameter| parameter.is("MEMBER")).unwrap();
    assert_eq!(members.values(), ["mailto:a@example.org", "mailto:b@example.org"]);
    let mut names = Vec::new();
    visit(odd.components().collect(), &mut |component| names.push(component.name().to_owned()));
    assert_eq!(
        names,
        [
            "vcalendar",
            "VEVENT",
            "PARTICIPANT",
            "VLOCATION",
            "X-UNKNOWN",
            "VALARM",
            "VAVAILABILITY",
            "AVAILABLE",
            "VEVENT"
        ]
    );
    assert_eq!(
        event(&odd).property("COMMENT").unwrap().value(),
        "first after an empty fold after a tab after a blank line"
    );
}

#[test]
fn every_property_of_the_samples_changes_alone() {
    for (name, sample) in SAMPLES {
        for ending in ["\r\n", "\n"] {
            let file = sample.replace('\n', ending);
            let document = parse(&file);
            let mut originals: Vec<(Vec<u8>, String)> = Vec::new();
            visit(document.components().collect(), &mut |component| {
                for property in component.properties() {
                    originals.push((property.original_bytes().unwrap().to_vec(), property.name().to_owned()));
                }
            });
            for (place, (original, property_name)) in originals.iter().enumerate() {
                let mut changed = document.clone();
                let mut count = 0;
                change_at(changed.components_mut().collect(), place, &mut count);
                let bytes = changed.to_bytes();
                // The difference is within the lines of the property.
                let same = |one: &mut dyn Iterator<Item = &u8>, other: &mut dyn Iterator<Item = &u8>| {
                    one.zip(other).take_while(|(one, other)| one == other).count()
                };
                let before = same(&mut file.as_bytes().iter(), &mut bytes.iter());
                let after = same(&mut file.as_bytes().iter().rev(), &mut bytes.iter().rev());
                assert!(
                    before + after + original.len() >= file.len(),
                    "{name}: {property_name} changes more than its lines"
                );
                assert_eq!(parse(&bytes), changed, "{name}: {property_name}");
            }
        }
    }
}

/// Changes the n-th property in the order of the tree.
fn change_at(components: Vec<&mut Component>, place: usize, count: &mut usize) {
    for component in components {
        for property in component.properties_mut() {
            if *count == place {
                property.set_text("Changed, with \"quotes\" and ñ");
            }
            *count += 1;
        }
        change_at(component.components_mut().collect(), place, count);
    }
}

#[test]
fn samples_are_read_as_before_after_a_change_of_foreign_properties() {
    let manila = TimeZone::get("Asia/Manila").unwrap();
    for (name, sample) in SAMPLES {
        let before = read(sample.as_bytes(), &manila).unwrap();
        assert!(!before.events.is_empty(), "{name}");
        let mut document = parse(sample);
        for calendar in document.components_mut() {
            for event in calendar.components_mut() {
                event.push(Property::with_text("X-OBCMS-TEST", "mark").unwrap());
                event.retain_properties(|property| !property.name().starts_with("X-MOZ"));
            }
        }
        // Lines stand elsewhere now.
        let plain = |events: Vec<Event>| -> Vec<Event> {
            events.into_iter().map(|event| Event { line: 0, remarks: Vec::new(), ..event }).collect()
        };
        let after = read(&document.to_bytes(), &manila).unwrap();
        assert_eq!(plain(after.events), plain(before.events), "{name}");
    }
}

/// Generates the text of a file with arbitrary lines: content lines, components, noise.
fn file() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => "(BEGIN|END|begin|End):(A|B|vevent|X-C)",
        4 => "[A-Za-z-]{1,8}(;[A-Z]{1,3}=(\"[^\"\\p{Cc}]{0,8}\"|[^\";:\\p{Cc}]{0,8}))?:[^\\p{Cc}]{0,20}",
        1 => "\\PC{0,20}",
        1 => "[ \t]{0,3}\\PC{0,5}",
        1 => Just(String::new()),
        1 => "(;|:|\"|=|,|\\^|X){0,12}",
    ];
    let ending = prop::sample::select(vec!["\r\n", "\n", "\r", "\r\r\n", "\n\n", "\n ", "\r\n\t", ""]);
    let lines = prop::collection::vec((line, ending), 0..40);
    (prop::bool::ANY, lines).prop_map(|(marked, lines)| {
        let mark = if marked { "\u{feff}" } else { "" };
        lines.into_iter().fold(mark.to_owned(), |file, (line, ending)| file + &line + ending)
    })
}

/// Generates a property with a numbered name, with the text of its line and its folds.
fn numbered() -> impl Strategy<Value = (String, String, BTreeSet<usize>)> {
    let parameters = "(;[A-Z]{1,3}=(\"[^\"\\p{Cc}]{0,8}\"|[^\";:,\\p{Cc}]{0,8})){0,2}";
    (parameters, "[^\\p{Cc}\"]{0,90}", prop::collection::btree_set(0..90_usize, 0..4))
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z][A-Za-z0-9-]{0,12}".prop_filter("no component", |name| {
        !name.eq_ignore_ascii_case("BEGIN") && !name.eq_ignore_ascii_case("END")
    })
}

fn property() -> impl Strategy<Value = Property> {
    let parameter = (name(), prop::collection::vec("([^\\p{Cc}]|[\":;,^\\n]){0,12}", 1..3));
    (name(), "([^\\p{Cc}]|[\\t\"\\\\]){0,120}", prop::collection::vec(parameter, 0..3), prop::bool::ANY)
        .prop_map(|(name, value, parameters, is_text)| {
            let property = if is_text { Property::with_text } else { Property::new };
            parameters.iter().fold(property(&name, &value).unwrap(), |property, (name, values)| {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                property.with_parameter(name, &values).unwrap()
            })
        })
}

fn component() -> impl Strategy<Value = Component> {
    let leaf = (name(), prop::collection::vec(property(), 0..6)).prop_map(|(name, properties)| {
        let mut component = Component::new(&name).unwrap();
        properties.into_iter().for_each(|property| component.push(property));
        component
    });
    leaf.prop_recursive(3, 12, 3, |inner| {
        (name(), prop::collection::vec(property(), 0..4), prop::collection::vec(inner, 0..3)).prop_map(
            |(name, properties, components)| {
                let mut component = Component::new(&name).unwrap();
                components.into_iter().for_each(|inner| component.push_component(inner));
                properties.into_iter().for_each(|property| component.push(property));
                component
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_round_trip(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(parse(&bytes).to_bytes(), &*bytes);
        for mark in [b"\xff\xfe".as_slice(), b"\xfe\xff", b"\xef\xbb\xbf", b"BEGIN:A\n"] {
            let marked = [mark, &bytes].concat();
            prop_assert_eq!(parse(&marked).to_bytes(), marked);
        }
    }

    #[test]
    fn any_text_round_trips(file in file()) {
        match Document::parse(&file, &Limits::default()) {
            Ok(document) => {
                prop_assert_eq!(String::from_utf8(document.to_bytes()).unwrap(), file);
                prop_assert_eq!(parse(document.to_bytes()), document);
            }
            Err(error) => prop_assert_eq!(error, ParseError::TooDeep(Limits::default().depth)),
        }
    }

    #[test]
    fn changed_property_changes_only_its_lines(
        properties in prop::collection::vec(numbered(), 1..12),
        place in any::<prop::sample::Index>(),
        ending in prop::sample::select(ENDINGS.to_vec()),
        value in "([^\\p{Cc}]|[\"\\t]){0,150}",
    ) {
        let changed_place = place.index(properties.len());
        let (mut before, mut after) = ("BEGIN:VCALENDAR\n".replace('\n', ending), String::new());
        let mut expected = before.clone();
        for (number, (parameters, old, folds)) in properties.iter().enumerate() {
            let name = format!("X-{number}{parameters}");
            let mut line: String = format!("{name}:{old}");
            for fold in folds.iter().rev() {
                // Not before the first character: that would begin a new line.
                let at = line.char_indices().map(|(at, _)| at).nth(fold + 1).unwrap_or(line.len());
                line.insert_str(at, &format!("{ending}\t"));
            }
            line.push_str(ending);
            // Blank lines, noise and components between properties are unchanged.
            let between = match number % 4 {
                1 => "\n\n",
                2 => "noise; without a value\n",
                3 => "BEGIN:X-INNER\nY:1\nEND:X-INNER\n",
                _ => "",
            }
            .replace('\n', ending);
            before += &line;
            before += &between;
            let is_changed = number == changed_place && *old != value;
            expected += &if is_changed { folded(&name, &value, ending) } else { line };
            expected += &between;
        }
        after.push_str("END:VCALENDAR");
        let mut document = parse(before.clone() + &after);
        prop_assert_eq!(document.to_bytes(), (before + &after).into_bytes());
        let property = find(document.components_mut(), &format!("X-{changed_place}")).unwrap();
        property.set_value(&value).unwrap();
        prop_assert_eq!(String::from_utf8(document.to_bytes()).unwrap(), expected + &after);
        prop_assert_eq!(parse(document.to_bytes()), document);
    }

    #[test]
    fn new_documents_are_parsed_as_they_were_built(components in prop::collection::vec(component(), 0..3)) {
        let mut document = Document::new();
        components.into_iter().for_each(|component| document.push_component(component));
        let bytes = document.to_bytes();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            prop_assert!(line.len() <= 76 && line.ends_with(b"\r"));
        }
        let read = parse(&bytes);
        prop_assert_eq!(&read, &document);
        prop_assert!(read.nodes().iter().all(|node| matches!(node, Node::Component(_))));
        prop_assert_eq!(read.to_bytes(), bytes);
    }
}
