//! Quick add: a line read as a task, with the people and records that it names.

use jiff::civil::DateTime;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::{self, TASK, TEAM, USER, task, user};
use obcms_domain::message;
use obcms_domain::records::search::words;
use obcms_domain::registry::Record;
use obcms_domain::tasks::{actions, quick, rank};
use obcms_store::{records, tasks as store};
use serde_json::{Value as Json, json};

use crate::core::{Actor, App, AppError};
use crate::records::search::Hit;
use crate::records::{Input, create};

/// Requested line.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The line as typed.
    pub text: String,
    /// Values that the task has unless the line says otherwise.
    pub defaults: Input,
    /// True if its card is the first of its column; by default it is the last.
    pub is_first: bool,
}

/// Part of a line with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Chip {
    /// Field that the part sets.
    pub field: &'static str,
    /// The part as typed.
    pub text: String,
    /// Value of the field; null when nobody and nothing has that name, or several have it.
    pub value: Json,
    /// Title of the person or record, or the value itself.
    pub label: String,
    /// First UTF-16 unit of the part in the line.
    pub start: usize,
    /// UTF-16 unit after the part.
    pub end: usize,
    /// Other people or records of that name.
    pub choices: Vec<(Id, String)>,
    /// Problem, where the value is null.
    pub problem: Option<Message>,
}

/// Line read as a task, before it is created.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// Title of the task.
    pub title: String,
    /// All fields of the task that the line and the defaults give.
    pub input: Input,
    /// Parts of the line.
    pub chips: Vec<Chip>,
}

/// People or records with their titles.
type Named = Vec<(Id, String)>;

/// People and records that a name may mean at most.
const CHOICES: usize = 6;

impl Line {
    /// Parses `{text, defaults}`.
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let input = actions::QUICK.parse(input).map_err(AppError::Invalid)?;
        let defaults = actions::DEFAULTS.get(&input).and_then(Json::as_object).cloned().unwrap_or_default();
        let is_first = actions::PLACE.get(&input) == "first";
        Ok(Self { text: actions::LINE.get(&input).to_owned(), defaults, is_first })
    }
}

impl App {
    /// Reads a line without creating the task.
    pub fn preview_quick_task(&self, actor: &Actor, line: &Line) -> Result<Preview, AppError> {
        let now = self.now().to_zoned(self.zone().clone()).datetime();
        let mut read = quick::read(&line.text, now);
        let mut chips = Vec::with_capacity(read.chips.len());
        let mut position = 0;
        while let Some(chip) = read.chips.get(position).cloned() {
            let resolved = self.chip(actor, &line.text, &chip)?;
            if resolved.problem.is_some() && resolved.choices.is_empty() {
                // An unknown name is a word like any other.
                read.give_back(position, &line.text);
            } else {
                position += 1;
            }
            chips.push(resolved);
        }
        let input = input_of(actor, line, &read, &chips, now);
        Ok(Preview { title: read.title(), input, chips })
    }

    /// Creates the task that a line describes.
    pub fn create_quick_task(&self, actor: &Actor, line: &Line) -> Result<Record, AppError> {
        let preview = self.preview_quick_task(actor, line)?;
        let refuse = |code, message: Message| AppError::Invalid(vec![actions::LINE.error(code, message)]);
        if let Some(Chip { problem: Some(problem), .. }) =
            preview.chips.iter().find(|chip| chip.problem.is_some() && !chip.choices.is_empty())
        {
            return Err(refuse("ambiguous", problem.clone()));
        }
        if preview.title.is_empty() {
            return Err(refuse("required", "Type what is to be done.".into()));
        }
        let created = self.write(actor, |work| {
            let task = create(work, &TASK, &preview.input)?;
            if !line.is_first {
                return Ok(task);
            }
            let mut placed = task.clone();
            let first = store::first_rank(work.tx)?;
            task::RANK.set(&mut placed, rank::between(None, first.as_deref()));
            work.save_computed(&task, &placed)?;
            Ok(placed)
        });
        match created {
            // The title is a part of the line.
            Err(AppError::Invalid(mut errors)) => {
                for error in errors.iter_mut().filter(|error| error.field == task::TITLE.name()) {
                    actions::LINE.name().clone_into(&mut error.field);
                }
                Err(AppError::Invalid(errors))
            }
            other => other,
        }
    }

    fn chip(&self, actor: &Actor, line: &str, chip: &quick::Chip) -> Result<Chip, AppError> {
        let units = |end: usize| line.get(..end).map_or(0, |text| text.encode_utf16().count());
        let text = line.get(chip.range.clone()).unwrap_or_default().to_owned();
        let plain = |field, value: Json, label: String| Chip {
            field,
            text: text.clone(),
            value,
            label,
            start: units(chip.range.start),
            end: units(chip.range.end),
            choices: Vec::new(),
            problem: None,
        };
        Ok(match &chip.part {
            quick::Part::Priority(priority) => {
                plain(task::PRIORITY.name(), json!(priority.as_str()), priority.as_str().to_owned())
            }
            quick::Part::Label(label) => plain(task::LABELS.name(), json!(label), label.clone()),
            quick::Part::Date(date) => {
                plain(task::DUE_DATE.name(), json!(date.to_string()), date.to_string())
            }
            quick::Part::Time(time) => {
                let value = time.strftime("%H:%M").to_string();
                plain(task::DUE_TIME.name(), json!(value), time.strftime("%-I:%M %p").to_string())
            }
            quick::Part::Rule(rule) => plain(task::RRULE.name(), json!(rule), rule.clone()),
            quick::Part::AfterCompletion(days) => {
                plain(task::REPEAT_AFTER_DAYS.name(), json!(days), days.to_string())
            }
            quick::Part::Person(name) => {
                let (field, found) = self.people_named(actor, name)?;
                let name = Word::text(name);
                let problem = match found.as_slice() {
                    [] => Some(message!("Nobody is called {name}.", name)),
                    [_] => None,
                    several => {
                        let names = several.iter().map(|(_, title)| Word::text(title));
                        let names = Word::list(obcms_domain::core::message::Joining::Semicolon, names);
                        Some(message!("Several people are called {name}: {names}.", name, names))
                    }
                };
                named(plain(field, Json::Null, String::new()), found, problem, |id| json!(id))
            }
            quick::Part::Origin { kind, words } => {
                let Some(kind) = kinds::by_name(kind) else {
                    return Ok(plain(task::ORIGIN.name(), Json::Null, String::new()));
                };
                let hits = if actor.visibility(kind).is_some() {
                    self.search(actor, words, &[kind], CHOICES)?
                } else {
                    Vec::new()
                };
                let found: Named = hits.into_iter().map(|hit| (hit.id, hit.title)).collect();
                let problem = found.is_empty().then(|| {
                    let (kind, words) = (Word::lower(kind.label), Word::text(words));
                    message!("No {kind} is called {words}.", kind, words)
                });
                let link = |id: Id| json!({ "kind": kind.name, "id": id });
                named(plain(task::ORIGIN.name(), Json::Null, String::new()), found, problem, link)
            }
        })
    }

    /// Returns the people of a name, or else the teams, with the field that they belong to. A user name is before a
    /// name, and a whole word of it before its beginning.
    fn people_named(&self, actor: &Actor, name: &str) -> Result<(&'static str, Named), AppError> {
        let field = task::ASSIGNEES.name();
        if actor.visibility(&USER).is_some() {
            let hits = self.search(actor, name, &[&USER], CHOICES * 4)?;
            let ids: Vec<Id> = hits.iter().map(|hit| hit.id).collect();
            let people = self.read(|tx| Ok(records::load_many(tx, &USER, &ids)?))?;
            let is_user = |person: &&Record| user::USERNAME.get(person).eq_ignore_ascii_case(name);
            if let Some(person) = people.iter().find(is_user) {
                return Ok((field, vec![(person.id, person.title().to_owned())]));
            }
            let found = best(hits, name);
            if !found.is_empty() {
                return Ok((field, found));
            }
        }
        if actor.visibility(&TEAM).is_none() {
            return Ok((field, Vec::new()));
        }
        let teams = best(self.search(actor, &name.replace(['-', '_'], " "), &[&TEAM], CHOICES)?, name);
        Ok((if teams.is_empty() { field } else { task::TEAMS.name() }, teams))
    }
}

/// Returns the hits whose titles have the whole words; if there are none, all.
fn best(hits: Vec<Hit>, name: &str) -> Named {
    let asked = words(name);
    let is_whole = |hit: &Hit| {
        let title = words(&hit.title);
        asked.iter().all(|word| title.contains(word))
    };
    let has_whole = hits.iter().any(is_whole);
    let kept = hits.into_iter().filter(|hit| !has_whole || is_whole(hit));
    kept.take(CHOICES).map(|hit| (hit.id, hit.title)).collect()
}

/// Sets value and label of a chip to the first of what was found, unless there is a problem; the others are choices.
fn named(mut chip: Chip, found: Named, problem: Option<Message>, value: impl Fn(Id) -> Json) -> Chip {
    let mut found = found.into_iter();
    if problem.is_none()
        && let Some((id, title)) = found.next()
    {
        chip.value = value(id);
        chip.label = title;
    }
    chip.choices = found.collect();
    chip.problem = problem;
    chip
}

/// Returns the input of the task: what the line says, then the defaults, then the actor as assignee.
fn input_of(actor: &Actor, line: &Line, read: &quick::QuickTask, chips: &[Chip], now: DateTime) -> Input {
    let mut input = line.defaults.clone();
    let of = |field: &str| -> Vec<Json> {
        chips
            .iter()
            .filter(|chip| chip.field == field && !chip.value.is_null())
            .map(|chip| chip.value.clone())
            .collect()
    };
    input.extend([task::TITLE.input(read.title())]);
    for field in [task::ASSIGNEES.name(), task::TEAMS.name()] {
        let said = of(field);
        if !said.is_empty() {
            input.insert(field.to_owned(), json!(said));
        }
    }
    let labels = of(task::LABELS.name());
    if !labels.is_empty() {
        let mut all = input.get(task::LABELS.name()).and_then(Json::as_array).cloned().unwrap_or_default();
        all.extend(labels.into_iter().filter(|label| !all.contains(label)).collect::<Vec<_>>());
        input.insert(task::LABELS.name().to_owned(), json!(all));
    }
    for field in [
        task::PRIORITY.name(),
        task::ORIGIN.name(),
        task::DUE_TIME.name(),
        task::RRULE.name(),
        task::REPEAT_AFTER_DAYS.name(),
    ] {
        if let Some(value) = of(field).into_iter().next() {
            input.insert(field.to_owned(), value);
        }
    }
    if let Some(due) = read.due_date(now) {
        input.extend([task::DUE_DATE.input(due)]);
    }
    let is_given = |field: &str| input.contains_key(field);
    if !is_given(task::ASSIGNEES.name())
        && !is_given(task::TEAMS.name())
        && let Some(me) = actor.id
    {
        input.extend([task::ASSIGNEES.input(vec![me])]);
    }
    input
}
