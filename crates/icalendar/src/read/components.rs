//! Components of a file, one after another, also where ends are missing.

use std::io::{self, Read};

use super::vcalendar;
use crate::Limits;
use crate::lines::Unfolded;
use crate::property::Property;

/// Component with its own properties.
#[derive(Debug, Default)]
pub struct Component {
    /// Name in upper case.
    pub name: String,
    /// Line of its beginning in the file, from 1.
    pub line: usize,
    /// Properties.
    pub lines: Vec<Property>,
    /// Line of each property in the file.
    pub numbers: Vec<usize>,
    /// Place of its calendar in the file, from 1; 0 outside of a calendar.
    pub calendar: usize,
    /// Kind of its end.
    pub end: End,
}

/// End of a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// By its own line.
    #[default]
    Written,
    /// Without a line of its own: with the component around it, or by the beginning of the next one.
    Missing,
    /// By the end of the file.
    CutOff,
}

impl Component {
    /// Returns the first property with a name.
    pub fn find(&self, name: &str) -> Option<&Property> {
        self.lines.iter().find(|line| line.is(name))
    }

    /// Returns the line in the file of the first property with a name, or that of the beginning.
    pub fn line_of(&self, name: &str) -> usize {
        let place = self.lines.iter().position(|line| line.is(name));
        place.and_then(|place| self.numbers.get(place)).copied().unwrap_or(self.line)
    }
}

/// Components that stand beside each other in a calendar, and never in one another.
const BESIDE: [&str; 6] = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"];

/// Calls `found` for each component at its end, inner ones first, with those of its properties that are `wanted`.
///
/// # Errors
///
/// Fails if the source cannot be read to its end.
pub fn each(
    source: &mut dyn Read,
    limits: &Limits,
    wanted: fn(&str, &Property) -> bool,
    found: &mut dyn FnMut(Component),
) -> io::Result<()> {
    let mut text = Unfolded::new(source);
    let mut open: Vec<Component> = Vec::new();
    let mut calendar = 0;
    let mut too_deep = 0_usize;
    // What a component still holds when it ends has no end of its own.
    let mut close = |open: &mut Vec<Component>, place: usize, end: End| {
        while let Some(component) = (open.len() > place).then(|| open.pop()).flatten() {
            let is_inner = open.len() > place && end == End::Written;
            found(Component { end: if is_inner { End::Missing } else { end }, ..component });
        }
    };
    for (number, line) in properties(&mut text).take(limits.lines) {
        let named = line.value().trim().to_ascii_uppercase();
        match line.name().to_ascii_uppercase().as_str() {
            "BEGIN" => {
                let is_beside = |one: &Component| BESIDE.contains(&one.name.as_str());
                let before = match named.as_str() {
                    "VCALENDAR" => Some(0),
                    name if BESIDE.contains(&name) => open.iter().position(is_beside),
                    _ => None,
                };
                if let Some(place) = before.filter(|place| *place < open.len()) {
                    close(&mut open, place, End::Missing);
                    too_deep = 0;
                }
                if open.len() >= limits.depth {
                    too_deep += 1;
                    continue;
                }
                calendar += usize::from(named == "VCALENDAR");
                let of_file = if open.is_empty() && named != "VCALENDAR" { 0 } else { calendar };
                open.push(Component { name: named, line: number, calendar: of_file, ..Component::default() });
            }
            "END" if too_deep > 0 => too_deep -= 1,
            "END" => {
                if let Some(place) = open.iter().rposition(|one| one.name == named) {
                    close(&mut open, place, End::Written);
                }
            }
            _ if too_deep > 0 => {}
            _ => {
                if let Some(last) = open.last_mut().filter(|last| wanted(&last.name, &line)) {
                    let mut line = line;
                    vcalendar::decode(&mut line);
                    last.lines.push(line);
                    last.numbers.push(number);
                }
            }
        }
    }
    text.end()?;
    close(&mut open, 0, End::CutOff);
    Ok(())
}

/// Returns the properties of a file with their lines. Values in quoted-printable are whole, but not decoded.
fn properties(lines: &mut impl Iterator<Item = (usize, String)>) -> impl Iterator<Item = (usize, Property)> {
    std::iter::from_fn(move || {
        let (number, mut line) = lines.next()?;
        while vcalendar::goes_on(&line) {
            let Some((_, next)) = lines.next() else { break };
            line.pop();
            line.push_str(&next);
        }
        Some((number, line))
    })
    .filter_map(|(number, line)| Some((number, Property::parse(&line)?)))
}
