//! Deterministic fuzzing: samples with random damage, from a fixed seed.
//!
//! `OBCMS_FUZZ_FILES=1000000 OBCMS_FUZZ_SEED=7 cargo test --release -p obcms-icalendar --test mutations` tries more files, for an
//! hour or so, from another seed.

#![allow(clippy::unwrap_used)] // A panic fails the test.

mod common;

use std::io::Cursor;

use common::{ENDINGS, SAMPLES};
use jiff::tz::TimeZone;
use obcms_icalendar::Limits;
use obcms_icalendar::document::{Component, Document, Property};
use obcms_icalendar::read::{File, ReadError, read};

/// Number of damaged files, unless the environment asks for more.
const FILES: usize = 12_000;
/// Interval at which the reader of events gets a file, too.
const READ_EVERY: usize = 5;

/// Pseudo-random generator (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    fn range(&mut self, length: usize, longest: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        start..(start + self.below(longest)).min(length)
    }
}

/// Fails when the events of a file differ between reading them one after another and all together.
fn assert_read_alike(bytes: &[u8], fallback: &TimeZone) {
    let mut single = Vec::new();
    let file = File::open(Cursor::new(bytes), fallback, Limits::default());
    let skips = file.map(|file| {
        file.each(|events| {
            single.extend(events);
            Ok::<_, ReadError>(())
        })
    });
    let all = read(bytes, fallback);
    assert_eq!(skips.as_ref().err(), all.as_ref().err());
    let (Ok(Ok(skips)), Ok(mut all)) = (skips, all) else { return };
    assert_eq!((skips.listed, skips.count), (all.skipped, all.skipped_count));
    for events in [&mut single, &mut all.events] {
        events.sort_by_key(|event| event.line);
    }
    assert_eq!(single, all.events, "{}", String::from_utf8_lossy(bytes));
}

/// Returns the number of files and the generator.
fn given() -> (usize, Random) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let files = number("OBCMS_FUZZ_FILES").and_then(|files| usize::try_from(files).ok());
    (files.unwrap_or(FILES), Random(number("OBCMS_FUZZ_SEED").unwrap_or(20_270_101)))
}

/// Byte sequences with a meaning for the parser.
const PIECES: [&[u8]; 31] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\n ",
    b"\r\n\t",
    b"\"",
    b":",
    b";",
    b",",
    b"=",
    b"\\",
    b"^n",
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\nBEGIN:VEVENT\n",
    b"\nEND:VEVENT\n",
    b"\nEND:VCALENDAR\n",
    b"BEGIN:",
    b"END:",
    b"\nDTSTART:99991231T235959Z\n",
    b"\nRRULE:FREQ=SECONDLY\n",
    b"\nRRULE:MP1 1+ MO #0\n",
    b"\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n",
    b"\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+2559\nTZOFFSETTO:-2559\n",
    b"\nEND:STANDARD\nEND:VTIMEZONE\n",
    b";TZID=X:",
    b";ENCODING=QUOTED-PRINTABLE:a=\n",
    b"\nEXRULE:FREQ=HOURLY;INTERVAL=5;BYMONTH=1;COUNT=100000\n",
    b"\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270101\n",
];

fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(6) {
        let place = random.below(bytes.len() + 1);
        match random.below(6) {
            0 if place < bytes.len() => bytes[place] ^= 1 << random.below(8),
            1 => drop(bytes.drain(random.range(bytes.len(), 40))),
            2 => {
                let copied = bytes[random.range(bytes.len(), 200)].to_vec();
                bytes.splice(place..place, copied).for_each(drop);
            }
            3 => bytes.truncate(bytes.len() - random.below(bytes.len() / 4 + 1)),
            4 => {
                let other = SAMPLES[random.below(SAMPLES.len())].1.as_bytes();
                let piece = other[random.range(other.len(), 300)].to_vec();
                bytes.splice(place..place, piece).for_each(drop);
            }
            _ => {
                let piece = PIECES[random.below(PIECES.len())].to_vec();
                bytes.splice(place..place, piece).for_each(drop);
            }
        }
    }
}

/// Changes some properties and components.
fn change(components: Vec<&mut Component>, random: &mut Random) {
    for component in components {
        for property in component.properties_mut() {
            match random.below(12) {
                0 => property.set_text("new \"text\"; é"),
                1 => property.set_parameter("X-NEW", &["a:b", "c"]).unwrap(),
                2 => drop(property.remove_parameter("TZID")),
                _ => {}
            }
        }
        match random.below(8) {
            0 => component.set(Property::new("SEQUENCE", "7").unwrap()),
            1 => component.push(Property::with_text("COMMENT", &"long ñ ".repeat(30)).unwrap()),
            2 => drop(component.remove("UID")),
            3 => {
                let copied = component.components().last().cloned();
                copied.into_iter().for_each(|copied| component.push_component(copied));
            }
            4 => component.retain_components(|inner| !inner.is("VALARM")),
            _ => {}
        }
        change(component.components_mut().collect(), random);
    }
}

#[test]
fn damaged_samples_round_trip_and_can_be_changed() {
    let (files, mut random) = given();
    let manila = TimeZone::get("Asia/Manila").unwrap();
    // Copied components may be nested deeper and have more lines than the limits for files allow.
    let limits = Limits { depth: 64, ..Limits::default() };
    let mut changes = 0;
    for case in 0..files {
        let sample = SAMPLES[random.below(SAMPLES.len())].1;
        let mut bytes = sample.replace('\n', ENDINGS[random.below(ENDINGS.len())]).into_bytes();
        damage(&mut bytes, &mut random);
        let shown = || String::from_utf8_lossy(&bytes).into_owned();
        let mut document = Document::parse(&bytes, &limits).unwrap();
        assert!(document.to_bytes() == bytes, "case {case}: {:?}", shown());
        if case % READ_EVERY == 0 {
            assert_read_alike(&bytes, &manila);
        }
        let before = document.clone();
        change(document.components_mut().collect(), &mut random);
        if random.below(4) == 0 {
            let mut copied = before.components().last().cloned().into_iter();
            copied.by_ref().for_each(|copied| document.push_component(copied));
        }
        changes += usize::from(document != before);
        let parsed = Document::parse(document.to_bytes(), &limits).unwrap();
        assert_eq!(parsed, document, "case {case}: {:?}", shown());
    }
    assert!(changes > files / 2, "{changes} were changed");
}
