//! Tests of documents: preserved bytes, and the lines that a change rewrites.

use super::*;

fn parse(file: impl AsRef<[u8]>) -> Document {
    Document::parse(file, &Limits::default()).unwrap()
}

fn text(document: &Document) -> String {
    String::from_utf8(document.to_bytes()).unwrap()
}

/// Returns a calendar with one event, its lines and line ends.
fn event(lines: &str, ending: &str) -> String {
    format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n").replace('\n', ending)
}

fn first_event(document: &mut Document) -> &mut Component {
    document.calendar_mut().unwrap().component_mut("vevent").unwrap()
}

#[test]
fn tree_has_components_and_properties_in_order() {
    let document =
        parse("BEGIN:A\nX:1\nBEGIN:b\nY;P=\"q\":2\nend:B\nX:3\nnothing\n\nEND:A\nBEGIN:C\nEND:C\n");
    let names: Vec<&str> = document.components().map(Component::name).collect();
    assert_eq!(names, ["A", "C"]);
    let outer = document.components().next().unwrap();
    let kinds: Vec<String> = outer
        .nodes()
        .iter()
        .map(|node| match node {
            Node::Property(property) => format!("{}={}", property.name(), property.value()),
            Node::Component(component) => component.name().to_owned(),
            Node::Opaque(opaque) => format!("({})", opaque.text()),
        })
        .collect();
    assert_eq!(kinds, ["X=1", "b", "X=3", "(nothing)", "()"]);
    let inner = outer.component("B").unwrap().property("y").unwrap();
    assert_eq!((inner.parameter("p").as_deref(), inner.parameters()[0].raw_value()), (Some("q"), "\"q\""));
    assert_eq!(inner.original_bytes(), Some(b"Y;P=\"q\":2\n".as_slice()));
}

#[test]
fn unchanged_documents_are_byte_for_byte_the_file() {
    for file in [
        "",
        "\n",
        "\r\n\r\n",
        " starts with a space",
        "\n\n\tstarts with a tab",
        "BEGIN:VCALENDAR",
        "END:VCALENDAR\r\n",
        "BEGIN:A\rX:1\r\r\nEND:A\n\n\r\n",
        "BEGIN:A\nX:1\n \n\n  2\n\t\r\n 3\nEND:B\nEND:A",
        "\u{feff}BEGIN:A\nEND:A\n",
        "BEGIN:\nX:1\nEND:\nEND:\n",
        "BEGIN:A\nBEGIN:B\nBEGIN:A\nEND:A\nX:1\n",
        "X\0Y\u{7f}:\u{1}\n;:\n:\n",
    ] {
        assert_eq!(text(&parse(file)), file, "{file:?}");
        let units = |join: fn(u16) -> [u8; 2]| file.encode_utf16().flat_map(join).collect::<Vec<u8>>();
        for wide in [
            [&[0xff, 0xfe], &*units(u16::to_le_bytes)].concat(),
            [&[0xfe, 0xff], &*units(u16::to_be_bytes), &[0xd8]].concat(),
        ] {
            assert_eq!(parse(&wide).to_bytes(), wide, "{file:?}");
        }
    }
    let western = b"BEGIN:A\nSUMMARY:Se\xf1or \x80\nEND:A\n";
    assert_eq!(parse(western).to_bytes(), western);
    assert_eq!(parse(western).components().next().unwrap().property("summary").unwrap().text(), "Señor €");
}

#[test]
fn changed_value_rewrites_only_its_lines() {
    for ending in ["\r\n", "\n", "\r", "\r\r\n"] {
        let file = event("Uid:1\nwork.Summary;X-A=\"b\" :Very \n long\n\nX-B : c\n\td", ending);
        let mut document = parse(&file);
        first_event(&mut document).property_mut("SUMMARY").unwrap().set_text("A; b");
        let old = "work.Summary;X-A=\"b\" :Very \n long\n".replace('\n', ending);
        let new = "work.Summary;X-A=\"b\" :A\\; b\n".replace('\n', ending);
        assert_eq!(text(&document), file.replace(&old, &new));
        // The same values change nothing.
        let mut same = parse(&file);
        let property = first_event(&mut same).property_mut("SUMMARY").unwrap();
        property.set_text("Very long");
        property.set_value("Very long").unwrap();
        property.set_parameter("x-a", &["b"]).unwrap();
        first_event(&mut same).set(Property::new("UID", "1").unwrap());
        assert_eq!(text(&same), file);
    }
}

#[test]
fn new_lines_never_merge_with_blank_lines() {
    let file = "BEGIN:A\rX:1\n\n\nY:2\nEND:A\r";
    let mut document = parse(file);
    let component = document.components_mut().next().unwrap();
    component.set(Property::new("X", "3").unwrap());
    assert_eq!(text(&document), "BEGIN:A\rX:3\r\n\n\nY:2\nEND:A\r");
}

#[test]
fn properties_are_set_added_and_removed() {
    let file = event("UID:1\nCOMMENT:a\nBEGIN:VALARM\nCOMMENT:b\nEND:VALARM\nCOMMENT:c\nodd", "\n");
    let mut document = parse(&file);
    let event = first_event(&mut document);
    event.set(Property::new("COMMENT", "d").unwrap());
    event.set(Property::new("SEQUENCE", "2").unwrap());
    assert_eq!(
        text(&document),
        self::event("UID:1\nCOMMENT:d\nSEQUENCE:2\nBEGIN:VALARM\nCOMMENT:b\nEND:VALARM\nodd", "\n")
    );
    let event = first_event(&mut document);
    assert_eq!(event.remove("uid").len(), 1);
    event.retain_properties(|property| !property.is("SEQUENCE"));
    event.component_mut("VALARM").unwrap().push(Property::new("ACTION", "DISPLAY").unwrap());
    assert_eq!(
        text(&document),
        self::event("COMMENT:d\nBEGIN:VALARM\nCOMMENT:b\nACTION:DISPLAY\nEND:VALARM\nodd", "\n")
    );
    let event = first_event(&mut document);
    event.retain_components(|component| !component.is("VALARM"));
    event.remove("COMMENT");
    event.push(Property::new("UID", "2").unwrap());
    assert_eq!(text(&document), self::event("UID:2\nodd", "\n"));
}

#[test]
fn new_lines_are_folded_between_characters() {
    let mut document = parse(event("UID:1", "\n"));
    let long = "ñ日🗓️x".repeat(40);
    first_event(&mut document).push(Property::with_text("SUMMARY", &long).unwrap());
    let written = text(&document);
    assert!(written.lines().all(|line| line.len() <= 75) && written.lines().any(|line| line.len() > 70));
    assert_eq!(parse(&written), document);
    assert_eq!(first_event(&mut parse(&written)).property("SUMMARY").unwrap().text(), long);
}

#[test]
fn encoding_of_the_document_is_preserved() {
    let file = event("UID:1\nSUMMARY:日本", "\r\n");
    let wide = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let mut document = parse(wide(&file));
    first_event(&mut document).property_mut("SUMMARY").unwrap().set_text("日本語");
    assert_eq!(document.to_bytes(), wide(&file.replace("日本", "日本語")));
    // A component is moved into a document of another encoding.
    let mut other = Document::new();
    other.push_component(document.calendar().unwrap().clone());
    assert_eq!(text(&other), file.replace("日本", "日本語"));
    // A line in another encoding becomes UTF-8 when it is changed.
    let mut western = parse(b"BEGIN:A\nX;P=Se\xf1or:1\nY:\xf1\nEND:A\n");
    western.components_mut().next().unwrap().property_mut("X").unwrap().set_value("2").unwrap();
    assert_eq!(western.to_bytes(), b"BEGIN:A\nX;P=Se\xc3\xb1or:2\nY:\xf1\nEND:A\n");
}

#[test]
fn missing_ends_are_written_before_following_lines() {
    let mut document = parse("BEGIN:A\nBEGIN:B\nX:1");
    assert!(!document.components().next().unwrap().is_closed());
    document.push_component(Component::new("C").unwrap());
    assert_eq!(text(&document), "BEGIN:A\nBEGIN:B\nX:1\nEND:B\nEND:A\nBEGIN:C\nEND:C\n");
    let mut moved = Component::new("D").unwrap();
    moved.push_component(parse("\n BEGIN:A\nBEGIN:A\nX:1").components().next().unwrap().clone());
    moved.push(Property::new("Y", "2").unwrap());
    let mut document = Document::new();
    document.push_component(moved);
    assert_eq!(text(&document), "BEGIN:D\r\nY:2\r\nBEGIN:A\r\nBEGIN:A\nX:1\r\nEND:A\r\nEND:A\r\nEND:D\r\n");
    assert_eq!(Document::parse(document.to_bytes(), &Limits::default()).unwrap(), document);
}

#[test]
fn calendar_is_split_into_its_components() {
    let file = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nX-A:b\n c\nEND:VEVENT\nBEGIN:VTODO\nUID:2\nEND:VTODO\nEND:VCALENDAR\n";
    let mut document = parse(file);
    document.calendar_mut().unwrap().retain_components(|component| component.is("VEVENT"));
    assert_eq!(text(&document), file.replace("BEGIN:VTODO\nUID:2\nEND:VTODO\n", ""));
    document.retain_components(|_| false);
    assert_eq!(text(&document), "");
}

#[test]
fn sizes_are_bounded() {
    let limits = Limits { bytes: 40, lines: 4, depth: 2, events: 0 };
    let parse = |file: &str| Document::parse(file, &limits).map(|_| ());
    assert_eq!(parse("BEGIN:A\nBEGIN:B\nEND:B\nEND:A\n"), Ok(()));
    assert_eq!(parse(&"x".repeat(41)), Err(ParseError::TooLarge(40)));
    assert_eq!(parse("A:1\nB:2\nC:3\nD:4\nE:5\n"), Err(ParseError::TooManyLines(4)));
    assert_eq!(parse("BEGIN:A\nBEGIN:B\nBEGIN:C"), Err(ParseError::TooDeep(2)));
}
