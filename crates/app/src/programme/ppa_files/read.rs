//! Reader of PPA files: from YAML to bodies, PPAs and indicators with their lines, and all problems of the files.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use obcms_domain::core::money;
use obcms_domain::kinds::{INDICATOR, ORGANIZATION, PPA, indicator, organization, ppa};
use obcms_domain::registry::{Kind, parse_field};
use obcms_domain::results::hundredths;
use serde_json::{Number, Value as Json, json};

use super::yaml::{self, Content, Member, Node};

/// Name and text of a file.
#[derive(Debug, Clone)]
pub struct PpaFile {
    /// Name for messages, as the person gave it.
    pub name: String,
    /// Text.
    pub text: String,
}

/// Place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the file.
    pub file: String,
    /// Line, counted from 1; nothing for the file as a whole.
    pub line: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "{}:{line}", self.file),
            None => formatter.write_str(&self.file),
        }
    }
}

/// Reason why files are refused, displayed as `FILE:LINE: reason`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Place.
    pub place: Place,
    /// Reason, in full sentences.
    pub reason: String,
}

impl Problem {
    /// Creates a problem with a file as a whole.
    pub fn of_file(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: Place { file: file.into(), line: None }, reason: reason.into() }
    }

    /// Creates a problem with a line of a file.
    pub fn of_line(file: impl Into<String>, line: usize, reason: impl Into<String>) -> Self {
        Self { place: Place { file: file.into(), line: Some(line) }, reason: reason.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.reason)
    }
}

/// Ministry, office or agency with its PPAs: the content of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Place of its name.
    pub place: Place,
    /// Name.
    pub name: String,
    /// Acronym; may be empty.
    pub acronym: String,
    /// PPAs.
    pub ppas: Vec<FilePpa>,
}

/// PPA of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePpa {
    /// Place of its title.
    pub place: Place,
    /// Title.
    pub title: String,
    /// Description; may be empty.
    pub description: String,
    /// Approved budget in centavos.
    pub budget: i64,
    /// Indicators, outcomes first.
    pub indicators: Vec<FileIndicator>,
}

/// Indicator of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileIndicator {
    /// Place of its title.
    pub place: Place,
    /// Level: a choice of the field.
    pub level: &'static str,
    /// Title.
    pub title: String,
    /// Target.
    pub target: FileTarget,
}

/// Target of an indicator, as files have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileTarget {
    /// No target.
    None,
    /// Number, such as `110,000`.
    Number(Number),
    /// Percentage, such as `95%`.
    Percent(Number),
    /// Anything else, such as `>75%` or `Increasing`.
    Words(String),
}

/// Maximum number of characters of a wrong value in a problem.
const SHOWN: usize = 60;

/// Reads files and checks them alone and against one another.
///
/// # Errors
///
/// All problems of all files, in the order of files and lines.
pub fn read(files: &[PpaFile]) -> Result<Vec<Body>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut bodies = Vec::new();
    for file in files {
        let mut reader = Reader { file: &file.name, problems: Vec::new() };
        bodies.extend(reader.body(&file.text));
        problems.append(&mut reader.problems);
    }
    check_together(&bodies, &mut problems);
    let order: HashMap<&str, usize> =
        files.iter().enumerate().map(|(position, file)| (file.name.as_str(), position)).collect();
    problems.sort_by_key(|problem| (order.get(problem.place.file.as_str()).copied(), problem.place.line));
    if problems.is_empty() { Ok(bodies) } else { Err(problems) }
}

/// Key by which names and titles are compared: without case and outer spaces.
pub(super) fn comparable(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Checks that no body has two PPAs of one title, and that bodies with one name or acronym are one.
fn check_together(bodies: &[Body], problems: &mut Vec<Problem>) {
    let mut by_name: HashMap<String, &Body> = HashMap::new();
    let mut by_acronym: HashMap<String, &Body> = HashMap::new();
    let mut titles = HashMap::new();
    for body in bodies {
        let (name, acronym) = (comparable(&body.name), comparable(&body.acronym));
        let mut refuse =
            |place: &Place, reason: String| problems.push(Problem { place: place.clone(), reason });
        let other = by_name.entry(name.clone()).or_insert(body);
        if comparable(&other.acronym) != acronym {
            refuse(&body.place, format!("“{}” has another acronym in {}.", body.name, other.place));
        }
        if !acronym.is_empty() {
            let other = by_acronym.entry(acronym).or_insert(body);
            if comparable(&other.name) != name {
                let (acronym, place) = (&body.acronym, &other.place);
                refuse(&body.place, format!("{acronym} is the acronym of “{}” in {place}.", other.name));
            }
        }
        for ppa in &body.ppas {
            match titles.entry((name.clone(), comparable(&ppa.title))) {
                Entry::Vacant(entry) => {
                    entry.insert(&ppa.place);
                }
                Entry::Occupied(first) => refuse(
                    &ppa.place,
                    format!("“{}” has a PPA of this title already, in {}.", body.name, first.get()),
                ),
            }
        }
    }
}

/// Members of a mapping with the place of the mapping.
#[derive(Clone, Copy)]
struct Mapping<'a> {
    line: usize,
    members: &'a [Member],
}

impl<'a> Mapping<'a> {
    fn find(self, key: &str) -> Option<&'a Member> {
        self.members.iter().find(|member| member.key == key)
    }
}

struct Reader<'a> {
    file: &'a str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn place(&self, line: usize) -> Place {
        Place { file: self.file.to_owned(), line: Some(line) }
    }

    fn refuse(&mut self, line: usize, reason: impl Into<String>) {
        self.problems.push(Problem::of_line(self.file, line, reason));
    }

    fn body(&mut self, text: &str) -> Option<Body> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let root = match yaml::parse(text) {
            Ok(root) => root,
            Err(error) => {
                self.refuse(error.line, error.reason);
                return None;
            }
        };
        let root = self.mapping(&root, "The file must have moa, acronym and ppas.")?;
        let name = self.required_text(root, "moa", &ORGANIZATION, organization::NAME.name());
        let acronym = self.text(root, "acronym", &ORGANIZATION, organization::ACRONYM.name());
        let line = root.find("moa").map_or(root.line, |member| member.line);
        let items = self.list(root, "ppas");
        if items.is_some_and(<[Node]>::is_empty) {
            self.refuse(root.find("ppas").map_or(root.line, |member| member.line), "ppas has no PPA.");
        }
        let ppas = items.unwrap_or_default().iter().filter_map(|item| self.ppa(item)).collect();
        Some(Body { place: self.place(line), name: name?, acronym: acronym?, ppas })
    }

    fn ppa(&mut self, item: &Node) -> Option<FilePpa> {
        let item = self.mapping(item, "A PPA must have title, approved_budget and indicators.")?;
        let title = self.required_text(item, "title", &PPA, ppa::TITLE.name());
        let line = item.find("title").map_or(item.line, |member| member.line);
        let description = self.text(item, "description", &PPA, ppa::SUMMARY.name());
        let budget = self.budget(item);
        let mut indicators: Vec<FileIndicator> = Vec::new();
        for (key, level) in [("outcome_indicators", "outcome"), ("output_indicators", "output")] {
            for item in self.list(item, key).unwrap_or_default() {
                let Some(indicator) = self.indicator(item, level) else { continue };
                let is_same = |other: &&FileIndicator| {
                    other.level == level && comparable(&other.title) == comparable(&indicator.title)
                };
                match indicators.iter().find(is_same) {
                    Some(other) => {
                        let reason = format!("The PPA has this indicator already, in {}.", other.place);
                        self.problems.push(Problem { place: indicator.place, reason });
                    }
                    None => indicators.push(indicator),
                }
            }
        }
        Some(FilePpa {
            place: self.place(line),
            title: title?,
            description: description?,
            budget: budget?,
            indicators,
        })
    }

    fn indicator(&mut self, item: &Node, level: &'static str) -> Option<FileIndicator> {
        let item = self.mapping(item, "An indicator must have indicator and target.")?;
        let title = self.required_text(item, "indicator", &INDICATOR, indicator::TITLE.name());
        let line = item.find("indicator").map_or(item.line, |member| member.line);
        if item.find("target").is_none() {
            self.refuse(item.line, "The indicator has no target; an unknown one is null.");
            return None;
        }
        let text = self.text(item, "target", &INDICATOR, indicator::TARGET_NOTE.name())?;
        match target(&text) {
            Ok(target) => Some(FileIndicator { place: self.place(line), level, title: title?, target }),
            Err(reason) => {
                self.refuse(item.find("target").map_or(item.line, |member| member.line), reason);
                None
            }
        }
    }

    fn mapping<'n>(&mut self, node: &'n Node, expected: &str) -> Option<Mapping<'n>> {
        match &node.content {
            Content::Mapping(members) => Some(Mapping { line: node.line, members }),
            _ => {
                self.refuse(node.line, expected);
                None
            }
        }
    }

    /// Returns the items of a list that must be there; `null` is an empty list.
    fn list<'n>(&mut self, mapping: Mapping<'n>, key: &str) -> Option<&'n [Node]> {
        let Some(member) = mapping.find(key) else {
            self.refuse(mapping.line, format!("{key} is missing."));
            return None;
        };
        match &member.value.content {
            Content::List(items) => Some(items),
            Content::Null => Some(&[]),
            _ => {
                self.refuse(member.line, format!("{key} must be a list."));
                None
            }
        }
    }

    /// Returns a text that fits into a field, without outer spaces; empty if it is missing.
    fn text(&mut self, mapping: Mapping<'_>, key: &str, kind: &'static Kind, field: &str) -> Option<String> {
        let Some(member) = mapping.find(key) else { return Some(String::new()) };
        let text = match &member.value.content {
            Content::Null => "",
            Content::Text(text) => text.trim(),
            _ => {
                self.refuse(member.line, format!("{key} must be text."));
                return None;
            }
        };
        self.fits(member.line, key, kind, field, &json!(text)).then(|| text.to_owned())
    }

    fn required_text(
        &mut self,
        mapping: Mapping<'_>,
        key: &str,
        kind: &'static Kind,
        field: &str,
    ) -> Option<String> {
        let text = self.text(mapping, key, kind, field)?;
        if !text.is_empty() {
            return Some(text);
        }
        match mapping.find(key) {
            Some(member) => self.refuse(member.line, format!("{key} is empty.")),
            None => self.refuse(mapping.line, format!("{key} is missing.")),
        }
        None
    }

    fn budget(&mut self, mapping: Mapping<'_>) -> Option<i64> {
        const KEY: &str = "approved_budget";
        let Some(member) = mapping.find(KEY) else {
            self.refuse(mapping.line, format!("{KEY} is missing."));
            return None;
        };
        let centavos = match &member.value.content {
            Content::Text(text) => amount(text),
            Content::Null => Err("is empty".to_owned()),
            _ => Err("must be an amount".to_owned()),
        };
        match centavos {
            Ok(centavos) => {
                let field = ppa::BUDGET_ALLOCATION_CENTAVOS.name();
                self.fits(member.line, KEY, &PPA, field, &json!(centavos)).then_some(centavos)
            }
            Err(reason) => {
                self.refuse(member.line, format!("{KEY} {reason}."));
                None
            }
        }
    }

    /// Returns true if a field of the records takes the value; refuses it otherwise.
    fn fits(&mut self, line: usize, key: &str, kind: &'static Kind, field: &str, value: &Json) -> bool {
        match kind.field(field).map(|field| parse_field(field, value)) {
            Some(Err((_, message))) => {
                self.refuse(line, format!("{key} is refused: {}", message.english()));
                false
            }
            _ => true,
        }
    }
}

/// Parses pesos to centavos, exactly; the error is the end of a sentence.
fn amount(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let wrong = |reason: &str| Err(format!("{reason} (“{}”)", shown(text)));
    if text.starts_with(['-', '−']) {
        return wrong("must not be below zero");
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b'.') {
        return wrong("must be an amount in pesos such as 1250000.00");
    }
    if text.split_once('.').is_some_and(|(_, decimals)| decimals.len() > 2) {
        return wrong("must have at most two decimals");
    }
    match money::parse(text) {
        Ok(centavos) => Ok(centavos),
        Err(money::MoneyError::TooLarge) => wrong("is too large"),
        Err(_) => wrong("must be an amount in pesos such as 1250000.00"),
    }
}

/// Parses a target. Text that is no number is kept as it is.
fn target(text: &str) -> Result<FileTarget, String> {
    if text.is_empty() {
        return Ok(FileTarget::None);
    }
    let percent = text.strip_suffix('%').map(str::trim_end);
    let Some(digits) = digits(percent.unwrap_or(text)) else {
        return Ok(FileTarget::Words(text.to_owned()));
    };
    let is_within = |number: &Number| number.as_f64().and_then(hundredths).is_some();
    let Some(number) = serde_json::from_str(&digits).ok().filter(is_within) else {
        return Err(format!(
            "target must be from -1,000,000,000,000 to 1,000,000,000,000 (“{}”).",
            shown(text)
        ));
    };
    Ok(if percent.is_some() { FileTarget::Percent(number) } else { FileTarget::Number(number) })
}

/// Returns the JSON of `12`, `-0.5` and `110,000`; nothing for anything else.
fn digits(text: &str) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, decimals) =
        digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let is_grouped = whole.len() > first.len();
    let is_number = are_digits(first)
        && (!is_grouped || first.len() <= 3)
        && groups.all(|group| group.len() == 3 && are_digits(group))
        && decimals.is_none_or(are_digits);
    if !is_number {
        return None;
    }
    let whole = whole.replace(',', "");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    // Trailing zeros have no meaning: 5.00 is 5.
    let decimals = decimals.map(|decimals| decimals.trim_end_matches('0')).filter(|rest| !rest.is_empty());
    let decimals = decimals.map_or_else(String::new, |decimals| format!(".{decimals}"));
    let sign = if whole == "0" && decimals.is_empty() { "" } else { sign };
    Some(format!("{sign}{whole}{decimals}"))
}

/// Returns the beginning of a text, in one line.
fn shown(text: &str) -> String {
    let mut shown: String =
        text.chars().take(SHOWN).map(|char| if char.is_control() { ' ' } else { char }).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Body with one PPA, whose amount is in line 11.
    const SMALL: &str = "moa: \"Ministry of Wells\"
acronym: \"MOW\"
ppas:
  - title: \"Deep wells\"
    description: \"Wells for every village.\"
    outcome_indicators:
      - indicator: \"Households with safe water\"
        target: \"95%\"
    output_indicators:
      []
    approved_budget: 1250000.50
special_provisions:
  - title: \"Deep wells\"
    details: |
      The amount shall be used for wells.
";

    fn file(name: &str, text: &str) -> PpaFile {
        PpaFile { name: name.to_owned(), text: text.to_owned() }
    }

    fn problems(files: &[PpaFile]) -> Vec<String> {
        read(files).expect_err("a refusal").iter().map(ToString::to_string).collect()
    }

    /// Returns the problems of the small file with one change.
    fn problems_of(from: &str, to: &str) -> Vec<String> {
        assert!(SMALL.contains(from), "{from}");
        problems(&[file("a.yaml", &SMALL.replacen(from, to, 1))])
    }

    #[test]
    fn file_becomes_a_body_with_places() {
        let place = |line| Place { file: "a.yaml".to_owned(), line: Some(line) };
        let bodies = read(&[file("a.yaml", SMALL)]).expect("a body");
        let indicator = FileIndicator {
            place: place(7),
            level: "outcome",
            title: "Households with safe water".to_owned(),
            target: FileTarget::Percent(95.into()),
        };
        let ppa = FilePpa {
            place: place(4),
            title: "Deep wells".to_owned(),
            description: "Wells for every village.".to_owned(),
            budget: 125_000_050,
            indicators: vec![indicator],
        };
        let body = Body {
            place: place(1),
            name: "Ministry of Wells".to_owned(),
            acronym: "MOW".to_owned(),
            ppas: vec![ppa],
        };
        assert_eq!(bodies, [body]);
        let with_mark = format!("\u{feff}{}", SMALL.replace('\n', "\r\n"));
        assert_eq!(read(&[file("a.yaml", &with_mark)]).expect("a body"), bodies);
    }

    #[test]
    fn targets_of_every_shape_are_read() {
        let number = |text: &str| serde_json::from_str::<Number>(text).expect("a number");
        for (text, expected) in [
            ("", FileTarget::None),
            ("12", FileTarget::Number(number("12"))),
            ("0", FileTarget::Number(number("0"))),
            ("244.259", FileTarget::Number(number("244.259"))),
            ("669066.89", FileTarget::Number(number("669066.89"))),
            ("-1.50", FileTarget::Number(number("-1.5"))),
            ("007", FileTarget::Number(number("7"))),
            ("5.00", FileTarget::Number(number("5"))),
            ("110,000", FileTarget::Number(number("110000"))),
            ("1,234,567.8", FileTarget::Number(number("1234567.8"))),
            ("95%", FileTarget::Percent(number("95"))),
            ("0.13 %", FileTarget::Percent(number("0.13"))),
            ("1,000%", FileTarget::Percent(number("1000"))),
            ("1000000000000", FileTarget::Number(number("1000000000000"))),
        ] {
            assert_eq!(target(text), Ok(expected), "{text}");
        }
        for text in [
            ">75%",
            "<1%",
            "Increasing",
            "2.2 km",
            "50% (12)",
            "1,25",
            "1250,000",
            ",250",
            "1e3",
            "0x10",
            ".5",
            "5.",
            "%",
            "-",
            "--5",
            "1.2.3",
            "１２",
            "3 billion",
            "true",
        ] {
            assert_eq!(target(text), Ok(FileTarget::Words(text.to_owned())), "{text}");
        }
        for text in ["1000000000000.1", "-9999999999999%", &"9".repeat(400)] {
            assert!(target(text).expect_err("too large").contains("1,000,000,000,000"), "{text}");
        }
        assert_eq!(serde_json::to_string(&number("669066.89")).expect("JSON"), "669066.89");
        for none in ["null", "~", "\"\"", "''", ""] {
            let text = SMALL.replacen("\"95%\"", none, 1);
            let bodies = read(&[file("a.yaml", &text)]).expect("a body");
            assert_eq!(bodies[0].ppas[0].indicators[0].target, FileTarget::None, "{none}");
        }
    }

    #[test]
    fn amounts_are_exact() {
        for (text, centavos) in [
            ("14547520.00", 1_454_752_000),
            ("0.1", 10),
            ("90071992547409.93", 9_007_199_254_740_993),
            ("1,250,000", 125_000_000),
            (" 7 ", 700),
            ("0", 0),
        ] {
            assert_eq!(amount(text), Ok(centavos), "{text}");
        }
        for (text, reason) in [
            ("-5", "below zero"),
            ("1.005", "at most two decimals"),
            ("1.000", "at most two decimals"),
            ("1e6", "amount in pesos"),
            (".inf", "amount in pesos"),
            ("1.25M", "amount in pesos"),
            ("₱5", "amount in pesos"),
            ("1,25", "amount in pesos"),
            ("1.", "amount in pesos"),
            ("", "amount in pesos"),
            ("1.2.3", "two decimals"),
            ("99999999999999999999999", "too large"),
        ] {
            assert!(amount(text).expect_err("a refusal").contains(reason), "{text}");
        }
    }

    #[test]
    fn problems_have_file_and_line() {
        for (from, to, expected) in [
            ("moa: \"Ministry of Wells\"", "moa: \"\"", "a.yaml:1: moa is empty."),
            ("moa:", "name:", "a.yaml:1: moa is missing."),
            ("ppas:", "ppa:", "a.yaml:1: ppas is missing."),
            ("  - title: \"Deep wells\"\n    desc", "  - titel: x\n    desc", "a.yaml:4: title is missing."),
            ("title: \"Deep wells\"", "title: [1]", "a.yaml:4: title must be text."),
            (
                "title: \"Deep wells\"",
                "title: \"Deep\\nwells\"",
                "a.yaml:4: title is refused: Must be one line.",
            ),
            ("outcome_indicators:", "outcomes:", "a.yaml:4: outcome_indicators is missing."),
            (
                "output_indicators:\n      []",
                "output_indicators: 5",
                "a.yaml:9: output_indicators must be a list.",
            ),
            ("      []", "      - five", "a.yaml:10: An indicator must have indicator and target."),
            ("target:", "tagret:", "a.yaml:7: The indicator has no target; an unknown one is null."),
            ("\"95%\"", "[95]", "a.yaml:8: target must be text."),
            ("approved_budget: 1250000.50", "budget: 5", "a.yaml:4: approved_budget is missing."),
            ("1250000.50", "", "a.yaml:11: approved_budget is empty."),
            ("1250000.50", "-1.00", "a.yaml:11: approved_budget must not be below zero (“-1.00”)."),
            ("1250000.50", "1.005", "a.yaml:11: approved_budget must have at most two decimals (“1.005”)."),
            (
                "1250000.50",
                "1000000000000.01",
                "a.yaml:11: approved_budget is refused: This amount is out of range.",
            ),
            ("acronym: \"MOW\"", "acronym: [", "a.yaml:3: This is not YAML"),
        ] {
            let found = problems_of(from, to);
            assert!(found.len() == 1 && found[0].starts_with(expected), "{expected}: {found:?}");
        }
        let long = problems_of("Deep wells", &"w".repeat(256));
        assert_eq!(long, ["a.yaml:4: title is refused: Must have at most 255 characters (now 256)."]);
        let note = problems_of("95%", &"w".repeat(501));
        assert_eq!(note, ["a.yaml:8: target is refused: Must have at most 500 characters (now 501)."]);
        for text in ["", "- 5\n", "moa\n"] {
            assert_eq!(
                problems(&[file("b.yaml", text)]),
                ["b.yaml:1: The file must have moa, acronym and ppas."]
            );
        }
        let none = "moa: Wells\nacronym: W\nppas:\n";
        assert_eq!(problems(&[file("b.yaml", none)]), ["b.yaml:3: ppas has no PPA."]);
    }

    #[test]
    fn all_problems_of_all_files_are_found() {
        let broken = SMALL.replace("\"Deep wells\"", "\"\"").replace("1250000.50", "much");
        let found = problems(&[file("a.yaml", &broken), file("b.yaml", "a: ["), file("c.yaml", SMALL)]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found[0].starts_with("a.yaml:4: title") && found[1].starts_with("a.yaml:11: approved_budget")
        );
        assert!(found[2].starts_with("b.yaml:2: "), "{found:?}");
    }

    #[test]
    fn bodies_and_titles_are_unique() {
        let again = SMALL.replace("Deep wells", "DEEP WELLS ");
        assert_eq!(
            problems(&[file("a.yaml", SMALL), file("b.yaml", &again)]),
            ["b.yaml:4: “Ministry of Wells” has a PPA of this title already, in a.yaml:4."]
        );
        let other = SMALL.replace("Deep wells", "Ponds");
        assert_eq!(read(&[file("a.yaml", SMALL), file("b.yaml", &other)]).map(|bodies| bodies.len()), Ok(2));
        let renamed = other.replace("Ministry of Wells", "Ministry of Water");
        assert_eq!(
            problems(&[file("a.yaml", SMALL), file("b.yaml", &renamed)]),
            ["b.yaml:1: MOW is the acronym of “Ministry of Wells” in a.yaml:1."]
        );
        let same_name = other.replace("\"MOW\"", "\"MW\"");
        assert_eq!(
            problems(&[file("a.yaml", SMALL), file("b.yaml", &same_name)]),
            ["b.yaml:1: “Ministry of Wells” has another acronym in a.yaml:1."]
        );
        let twice = problems_of(
            "        target: \"95%\"\n",
            "        target: \"95%\"\n      - indicator: households WITH safe water\n        target: 1\n",
        );
        assert_eq!(twice, ["a.yaml:9: The PPA has this indicator already, in a.yaml:7."]);
    }
}
