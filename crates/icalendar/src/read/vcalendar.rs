//! vCalendar 1.0, the form before iCalendar: its recurrence rules, and values as quoted-printable.

use crate::lines::western;
use crate::property::Property;

/// Returns a rule of vCalendar 1.0 (`MP1 1+ MO #10`) as one of RFC 5545; `None` if it is not one.
pub fn rule(written: &str) -> Option<String> {
    let upper = written.trim().to_ascii_uppercase();
    let mut words = upper.split_whitespace();
    let first = words.next()?;
    let digits = first.find(|letter: char| letter.is_ascii_digit())?;
    let (kind, interval) = first.split_at(digits);
    let interval: u32 = interval.parse().ok().filter(|interval| *interval > 0)?;
    let frequency = match kind {
        "D" => "DAILY",
        "W" => "WEEKLY",
        "MP" | "MD" => "MONTHLY",
        "YM" | "YD" => "YEARLY",
        _ => return None,
    };
    let (mut days, mut numbers, mut position) = (Vec::new(), Vec::new(), String::new());
    // Without a count or an end, a rule has two occurrences.
    let mut end = Some("COUNT=2".to_owned());
    for word in words {
        if let Some(count) = word.strip_prefix('#') {
            let count: u32 = count.parse().ok()?;
            end = (count > 0).then(|| format!("COUNT={count}"));
        } else if word.len() >= 8 && word.starts_with(|letter: char| letter.is_ascii_digit()) {
            end = Some(format!("UNTIL={word}"));
        } else if obcms_recur::weekday_named(word).is_some() {
            days.push(format!("{position}{word}"));
        } else if let Some(number) = word.strip_suffix('+') {
            number.parse::<u16>().ok()?;
            position = number.to_owned();
            numbers.push(number.to_owned());
        } else if let Some(number) = word.strip_suffix('-') {
            number.parse::<u16>().ok()?;
            position = format!("-{number}");
            numbers.push(position.clone());
        } else if word == "LD" {
            numbers.push("-1".to_owned());
        } else if word.len() <= 3 {
            word.parse::<u16>().ok()?;
            numbers.push(word.to_owned());
        }
        // Times of the day, of four digits, are those of the start.
    }
    let mut parts = vec![format!("FREQ={frequency}")];
    if interval > 1 {
        parts.push(format!("INTERVAL={interval}"));
    }
    let numbers = numbers.join(",");
    match kind {
        "MD" if !numbers.is_empty() => parts.push(format!("BYMONTHDAY={numbers}")),
        "YM" if !numbers.is_empty() => parts.push(format!("BYMONTH={numbers}")),
        "YD" if !numbers.is_empty() => parts.push(format!("BYYEARDAY={numbers}")),
        _ => {}
    }
    if matches!(kind, "W" | "MP") && !days.is_empty() {
        parts.push(format!("BYDAY={}", days.join(",")));
    }
    parts.extend(end);
    Some(parts.join(";"))
}

/// Returns true if the value of a line goes on in the next one: quoted-printable with a soft line end.
pub fn goes_on(line: &str) -> bool {
    line.ends_with('=') && line.split(':').next().is_some_and(is_quoted_printable)
}

fn is_quoted_printable(head: &str) -> bool {
    head.to_ascii_uppercase().contains("QUOTED-PRINTABLE")
}

/// Decodes the value of a property in quoted-printable, in UTF-8 or else Windows-1252.
pub fn decode(property: &mut Property) {
    let mut parameters = property.parameters().iter();
    let encoded =
        parameters.any(|one| is_quoted_printable(one.name()) || is_quoted_printable(one.raw_value()));
    if !encoded {
        return;
    }
    let mut bytes = Vec::new();
    let mut rest = property.value().as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match (first, pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'=', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            // A soft line end whose line end is gone.
            (b'=', None) => rest = after,
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| western(*byte)).collect());
    property.set_text(&text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_become_those_of_today() {
        for (old, new) in [
            ("D1 #10", "FREQ=DAILY;COUNT=10"),
            ("D2 #0", "FREQ=DAILY;INTERVAL=2"),
            ("D1", "FREQ=DAILY;COUNT=2"),
            ("W1 MO TU 20261231T000000Z", "FREQ=WEEKLY;BYDAY=MO,TU;UNTIL=20261231T000000Z"),
            ("MP1 1+ MO #0", "FREQ=MONTHLY;BYDAY=1MO"),
            ("MP2 1- FR SA #5", "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR,-1SA;COUNT=5"),
            ("MD1 15 LD #0", "FREQ=MONTHLY;BYMONTHDAY=15,-1"),
            ("YM1 6 #0", "FREQ=YEARLY;BYMONTH=6"),
            ("YD1 100 #3", "FREQ=YEARLY;BYYEARDAY=100;COUNT=3"),
        ] {
            assert_eq!(rule(old).as_deref(), Some(new), "{old}");
            assert!(new.parse::<obcms_recur::Rule>().is_ok(), "{new}");
        }
        for other in ["FREQ=DAILY", "", "X1", "D0", "W1 MO #x", "MD1 x+"] {
            assert_eq!(rule(other), None, "{other}");
        }
    }

    #[test]
    fn quoted_printable_is_decoded() {
        let mut property =
            Property::parse("SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Ni=C3=B1o=0D=0Aplays, =3D=")
                .unwrap();
        decode(&mut property);
        assert_eq!(property.text(), "Ni\u{f1}o\nplays, =");
        let mut western = Property::parse("SUMMARY;QUOTED-PRINTABLE:Se=F1or").unwrap();
        decode(&mut western);
        assert_eq!(western.text(), "Se\u{f1}or");
        assert!(goes_on("DESCRIPTION;ENCODING=QUOTED-PRINTABLE:one="));
        assert!(!goes_on("DESCRIPTION:one="));
    }
}
