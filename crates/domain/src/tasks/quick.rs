//! Quick add: one line of text read as a task.
//!
//! `Submit Q3 report to MFBM @aisha friday 3pm !high #ppa:water every month` has a title, an assignee, a due date with a
//! time, a priority, an origin and a rule. Words in double quotes are left alone. English and Filipino words, the date
//! forms of the Philippines (month first with slashes) and ISO dates are known. Reading needs no database: people and
//! records are returned as they are written, for the caller to find.

mod dates;
mod repeats;
mod words;

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time};

use super::Priority;
use words::Word;

/// Characters of a line at most.
pub const LONGEST: usize = 1000;

/// Meaning of a part of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Person or team, as written behind `@`.
    Person(String),
    /// Priority, behind `!`.
    Priority(Priority),
    /// Label, behind `#`.
    Label(String),
    /// Record of a kind with these words in its title, such as `#ppa:water`.
    Origin {
        /// Kind of the record.
        kind: String,
        /// Words of its title.
        words: String,
    },
    /// Due date.
    Date(Date),
    /// Time of the due date.
    Time(Time),
    /// Recurrence rule (RFC 5545).
    Rule(String),
    /// Repetition so many days after completion.
    AfterCompletion(i64),
}

/// Part of the line with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Meaning.
    pub part: Part,
    /// Bytes of the line that say it.
    pub range: Range<usize>,
}

/// Line read as a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuickTask {
    /// Words that are no part, in their order.
    words: Vec<(Range<usize>, String)>,
    /// Parts in their order.
    pub chips: Vec<Chip>,
}

impl QuickTask {
    /// Title: the words that say nothing else.
    #[must_use]
    pub fn title(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|(_, word)| word.as_str()).collect();
        words.join(" ").trim_matches([' ', ',', ';']).to_owned()
    }

    /// Returns a part to the title, because nobody and nothing has that name.
    pub fn give_back(&mut self, position: usize, line: &str) {
        let chip = self.chips.remove(position);
        let text = line.get(chip.range.clone()).unwrap_or_default().to_owned();
        let place = self.words.partition_point(|(range, _)| range.start < chip.range.start);
        self.words.insert(place, (chip.range, text));
    }

    /// Due date: the one that is said, or the first of the rule, or today or tomorrow by the time.
    #[must_use]
    pub fn due_date(&self, now: DateTime) -> Option<Date> {
        let date = self.chips.iter().find_map(|chip| match chip.part {
            Part::Date(date) => Some(date),
            _ => None,
        });
        let by_rule = || self.rule().and_then(|rule| repeats::first_date(rule, now.date()));
        let by_time = || {
            self.due_time().map(|time| {
                if time > now.time() { now.date() } else { now.date().tomorrow().unwrap_or(now.date()) }
            })
        };
        let repeats = self.repeats_after().map(|_| now.date());
        date.or_else(by_rule).or_else(by_time).or(repeats)
    }

    /// Time of the due date.
    #[must_use]
    pub fn due_time(&self) -> Option<Time> {
        self.chips.iter().find_map(|chip| match chip.part {
            Part::Time(time) => Some(time),
            _ => None,
        })
    }

    /// Priority, if one is said.
    #[must_use]
    pub fn priority(&self) -> Option<Priority> {
        self.chips.iter().find_map(|chip| match chip.part {
            Part::Priority(priority) => Some(priority),
            _ => None,
        })
    }

    /// Recurrence rule.
    #[must_use]
    pub fn rule(&self) -> Option<&str> {
        self.chips.iter().find_map(|chip| match &chip.part {
            Part::Rule(rule) => Some(rule.as_str()),
            _ => None,
        })
    }

    /// Days from completion to the next repetition.
    #[must_use]
    pub fn repeats_after(&self) -> Option<i64> {
        self.chips.iter().find_map(|chip| match chip.part {
            Part::AfterCompletion(days) => Some(days),
            _ => None,
        })
    }
}

/// Reads a line; `now` is the time at the office.
#[must_use]
pub fn read(line: &str, now: DateTime) -> QuickTask {
    let words = words::split(line);
    let mut taken = vec![false; words.len()];
    let mut chips: Vec<Chip> = Vec::new();
    for (position, word) in words.iter().enumerate() {
        if let Some(part) = sign(word) {
            let is_second = matches!(part, Part::Priority(_) | Part::Origin { .. })
                && chips
                    .iter()
                    .any(|chip| std::mem::discriminant(&chip.part) == std::mem::discriminant(&part));
            if !is_second {
                taken[position] = true;
                chips.push(Chip { part, range: word.range.clone() });
            }
        }
    }
    // A rule is read before dates: "every friday" is no date.
    let mut said = Said::default();
    let mut position = 0;
    while position < words.len() {
        let length = match phrase(&words, &taken, position, now, &said) {
            Some((part, length)) => {
                said.note(&part);
                let range = words[position].range.start..words[position + length - 1].range.end;
                taken[position..position + length].fill(true);
                chips.push(Chip { part, range });
                length
            }
            None => 1,
        };
        position += length;
    }
    chips.sort_by_key(|chip| chip.range.start);
    let mut title = Vec::new();
    for (word, _) in words.iter().zip(&taken).filter(|(_, taken)| !**taken) {
        // Quotes that protect words from being read are no part of the title; other quotes are.
        let text = match word.quoted() {
            Some(inner) if says_anything(inner, now) => inner,
            _ => word.text,
        };
        title.push((word.range.clone(), text.to_owned()));
    }
    QuickTask { words: title, chips }
}

fn says_anything(text: &str, now: DateTime) -> bool {
    !text.contains('"') && !read(text, now).chips.is_empty()
}

/// Kinds of parts of which a line has one.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    date: bool,
    time: bool,
    rule: bool,
}

impl Said {
    const fn note(&mut self, part: &Part) {
        match part {
            Part::Date(_) => self.date = true,
            Part::Time(_) => self.time = true,
            Part::Rule(_) | Part::AfterCompletion(_) => self.rule = true,
            _ => {}
        }
    }
}

/// Reads a word that begins with a sign.
fn sign(word: &Word<'_>) -> Option<Part> {
    let (sign, rest) = word.text.split_at_checked(1)?;
    let rest = words::without_closing(rest);
    let content = rest.trim_matches('"').trim();
    if content.is_empty() {
        return None;
    }
    match sign {
        "@" => Some(Part::Person(content.to_owned())),
        "!" => Priority::parse(&content.to_ascii_lowercase()).map(Part::Priority),
        "#" => match rest.split_once(':') {
            Some((kind, words)) if crate::kinds::ORIGINS.contains(&kind.to_ascii_lowercase().as_str()) => {
                let words = words.trim_matches('"').trim();
                let words =
                    if words.contains(' ') { words.to_owned() } else { words.replace(['-', '_'], " ") };
                (!words.is_empty()).then(|| Part::Origin { kind: kind.to_ascii_lowercase(), words })
            }
            // A number such as #4 is no label.
            _ if content.chars().all(|character| character.is_ascii_digit()) => None,
            _ => Some(Part::Label(content.to_lowercase())),
        },
        _ => None,
    }
}

/// Reads the longest phrase that begins at a word, with the preposition before it. Returns its number of words.
fn phrase(
    words: &[Word<'_>],
    taken: &[bool],
    position: usize,
    now: DateTime,
    said: &Said,
) -> Option<(Part, usize)> {
    let rest: Vec<&str> = words[position..]
        .iter()
        .zip(&taken[position..])
        .take_while(|(word, taken)| !**taken && word.quoted().is_none())
        .map(|(word, _)| words::without_closing(word.text))
        .collect();
    let lower: Vec<String> = rest.iter().map(|word| word.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    if !said.rule
        && let Some(found) = repeats::read(&lower)
    {
        return Some(found);
    }
    // What could be a usual word counts behind a preposition, or at the end of the line.
    let preposition = usize::from(lower.first().is_some_and(|word| words::PREPOSITIONS.contains(word)));
    let after = lower.get(preposition..).unwrap_or_default();
    let is_last = |length: usize| {
        let end = position + preposition + length;
        (end..words.len()).all(|index| taken[index] || is_time_or_rule(&words[index..]))
    };
    if !said.date
        && let Some((date, length)) = dates::day(after, now.date(), preposition > 0, is_last)
    {
        return Some((Part::Date(date), length + preposition));
    }
    if !said.time
        && let Some((time, length)) = dates::time(after, preposition > 0)
    {
        return Some((Part::Time(time), length + preposition));
    }
    None
}

/// Returns true if a time or a rule begins with these words, which may follow a date at the end of a line.
fn is_time_or_rule(words: &[Word<'_>]) -> bool {
    let lower: Vec<String> =
        words.iter().map(|word| words::without_closing(word.text).to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let skipped = usize::from(lower.first().is_some_and(|word| words::PREPOSITIONS.contains(word)));
    dates::time(&lower[skipped..], true).is_some()
        || repeats::read(&lower).is_some()
        || matches!(lower.first(), Some(&("am" | "pm" | "every" | "tuwing")))
}

#[cfg(test)]
mod tests;
