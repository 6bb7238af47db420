//! Copies of task templates, and files with templates for other offices.

use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::kinds::{TASK_TEMPLATE, task_template};
use obcms_domain::message;
use obcms_domain::registry::{FieldError, Record};
use obcms_store::tasks::templates as store;
use serde_json::{Map, Value as Json, json};

use super::template_preview::load;
use super::template_rules::items;
use crate::core::rules::Input;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records;

/// Name of the format in a file.
pub const FORMAT: &str = "obcms-task-templates";
/// Version of the format.
const VERSION: i64 = 1;
/// Templates of one file at most.
const MAXIMUM: usize = 500;

/// Fields of a template in a file.
const FIELDS: [&str; 7] = [
    task_template::NAME.name(),
    task_template::TITLE.name(),
    task_template::DOMAIN.name(),
    task_template::DESCRIPTION.name(),
    task_template::IS_ACTIVE.name(),
    task_template::DUE_RULE.name(),
    task_template::ITEMS.name(),
];

/// Outcome of the import of one template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It does not exist yet.
    New,
    /// It exists, and differs.
    Changed,
    /// It exists, and is equal.
    Same,
    /// It has errors.
    Invalid,
}

impl ImportOutcome {
    /// Returns the name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Same => "same",
            Self::Invalid => "invalid",
        }
    }
}

/// Outcome of the import for one template of a file.
#[derive(Clone, Debug)]
pub struct ImportedTemplate {
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Outcome.
    pub outcome: ImportOutcome,
    /// Fields that differ.
    pub fields: Vec<&'static str>,
    /// Errors of its fields.
    pub errors: Vec<Message>,
}

/// Result of an import.
#[derive(Clone, Debug)]
pub struct TemplateImport {
    /// Templates in the order of the file.
    pub templates: Vec<ImportedTemplate>,
    /// True if nothing was written.
    pub is_preview: bool,
}

impl TemplateImport {
    /// Returns the number of templates with the outcome.
    #[must_use]
    pub fn count(&self, outcome: ImportOutcome) -> usize {
        self.templates.iter().filter(|template| template.outcome == outcome).count()
    }

    /// Returns the JSON of the API.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let templates: Vec<Json> = self
            .templates
            .iter()
            .map(|template| {
                let errors: Vec<String> = template.errors.iter().map(Message::english).collect();
                json!({
                    "name": template.name, "title": template.title, "outcome": template.outcome.as_str(),
                    "fields": template.fields, "errors": errors,
                })
            })
            .collect();
        json!({
            "preview": self.is_preview, "new": self.count(ImportOutcome::New),
            "changed": self.count(ImportOutcome::Changed), "same": self.count(ImportOutcome::Same),
            "invalid": self.count(ImportOutcome::Invalid), "templates": templates,
        })
    }
}

impl App {
    /// Returns a file with these templates, or with all for none.
    pub fn export_templates(&self, actor: &Actor, ids: &[Id]) -> Result<Json, AppError> {
        if !actor.may(Action::Export, TASK_TEMPLATE.area) {
            return Err(AppError::forbidden(Action::Export, TASK_TEMPLATE.area, "export task templates"));
        }
        let templates = self.read(|tx| {
            let ids = if ids.is_empty() { store::all(tx)? } else { ids.to_vec() };
            load(tx, &ids)
        })?;
        if templates.len() < ids.len() {
            return Err(AppError::NotFound(TASK_TEMPLATE.label));
        }
        let templates: Vec<Json> = templates.iter().map(|template| Json::Object(to_file(template))).collect();
        Ok(json!({ "format": FORMAT, "version": VERSION, "templates": templates }))
    }

    /// Imports the templates of a file by their names: all, or none if one is invalid. A preview writes nothing.
    pub fn import_templates(
        &self,
        actor: &Actor,
        file: &Json,
        is_preview: bool,
    ) -> Result<TemplateImport, AppError> {
        if !actor.may(Action::Import, TASK_TEMPLATE.area) {
            return Err(AppError::forbidden(Action::Import, TASK_TEMPLATE.area, "import task templates"));
        }
        let given = check_file(file)?;
        self.write(actor, |work| import(work, given, is_preview))
    }

    /// Copies a template. The copy is inactive until somebody activates it.
    pub fn copy_template(&self, actor: &Actor, id: Id) -> Result<Record, AppError> {
        self.write(actor, |work| {
            let template = work.load(&TASK_TEMPLATE, id)?;
            let mut input = to_file(&template);
            let (name, title) = (task_template::NAME.get(&template), template.title());
            let names: Vec<String> = (2..=99).map(|number| format!("{}_{number}", cut(name, 90))).collect();
            let all: Vec<&str> = names.iter().map(String::as_str).collect();
            let known = store::named(work.tx, &all)?;
            let free = names.iter().find(|name| !known.contains_key(*name)).ok_or_else(|| {
                AppError::conflict("There are too many copies of this template. Rename one of them first.")
            })?;
            input.insert(task_template::NAME.name().to_owned(), json!(free));
            input
                .insert(task_template::TITLE.name().to_owned(), json!(format!("{} (copy)", cut(title, 240))));
            input.insert(task_template::IS_ACTIVE.name().to_owned(), json!(false));
            records::create(work, &TASK_TEMPLATE, &input)
        })
    }
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

/// Returns the members of a template in a file.
fn to_file(template: &Record) -> Map<String, Json> {
    let mut members = Map::new();
    let text = |text: &str| if text.is_empty() { Json::Null } else { json!(text) };
    members.insert("name".to_owned(), text(task_template::NAME.get(template)));
    members.insert("title".to_owned(), text(template.title()));
    members.insert("domain".to_owned(), text(task_template::DOMAIN.get(template)));
    members.insert("description".to_owned(), text(task_template::DESCRIPTION.get(template)));
    members.insert("is_active".to_owned(), json!(task_template::IS_ACTIVE.get(template)));
    members.insert("due_rule".to_owned(), text(task_template::DUE_RULE.get(template)));
    members.insert("items".to_owned(), json!(items(template)));
    members
}

fn refused(message: impl Into<Message>) -> AppError {
    AppError::Invalid(vec![FieldError::new("templates", "format", message)])
}

/// Returns the templates of a file.
fn check_file(file: &Json) -> Result<&[Json], AppError> {
    let format = file.get("format").and_then(Json::as_str);
    if format.is_some_and(|format| format != FORMAT) {
        return Err(refused("This file has no task templates."));
    }
    if file.get("version").is_some_and(|version| version.as_i64() != Some(VERSION)) {
        return Err(refused(message!("The version of the file must be {VERSION}.", VERSION)));
    }
    let templates = file.get("templates").and_then(Json::as_array);
    let templates = templates.ok_or_else(|| refused("The file must have a list of templates."))?;
    if templates.is_empty() || templates.len() > MAXIMUM {
        return Err(refused(message!("The file must have 1 to {MAXIMUM} templates.", MAXIMUM)));
    }
    Ok(templates)
}

fn import(
    work: &mut UnitOfWork<'_, '_>,
    given: &[Json],
    is_preview: bool,
) -> Result<TemplateImport, AppError> {
    records::require_write(work.actor)?;
    let name_of = |json: &Json| json.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
    let names: Vec<String> = given.iter().map(name_of).collect();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let known = store::named(work.tx, &all)?;
    let ids: Vec<Id> = known.values().copied().collect();
    let loaded = load(work.tx, &ids)?;
    let mut templates = Vec::with_capacity(given.len());
    for (place, (json, name)) in given.iter().zip(&names).enumerate() {
        let before = loaded.iter().find(|template| task_template::NAME.get(template) == name.as_str());
        let is_repeated = names[..place].contains(name);
        templates.push(import_one(work, json, name, before, is_repeated, is_preview)?);
    }
    let result = TemplateImport { templates, is_preview };
    if !is_preview && result.count(ImportOutcome::Invalid) > 0 {
        let errors = result.templates.iter().enumerate().flat_map(|(place, template)| {
            template.errors.iter().map(move |error| {
                let message = message!(
                    "Template {number} ({name}): {error}",
                    number = place + 1,
                    name = Word::text(&template.name),
                    error = error.clone()
                );
                FieldError::new("templates", "invalid", message)
            })
        });
        return Err(AppError::Invalid(errors.collect()));
    }
    Ok(result)
}

fn import_one(
    work: &mut UnitOfWork<'_, '_>,
    json: &Json,
    name: &str,
    before: Option<&Record>,
    is_repeated: bool,
    is_preview: bool,
) -> Result<ImportedTemplate, AppError> {
    let title = json.get("title").and_then(Json::as_str).unwrap_or_default().to_owned();
    let mut result = ImportedTemplate {
        name: name.to_owned(),
        title,
        outcome: ImportOutcome::Invalid,
        fields: Vec::new(),
        errors: Vec::new(),
    };
    let Some(members) = json.as_object() else {
        result.errors.push("Must be an object.".into());
        return Ok(result);
    };
    if let Some(unknown) = members.keys().find(|member| !FIELDS.contains(&member.as_str())) {
        result.errors.push(message!("Unknown member: {unknown}.", unknown = Word::text(unknown)));
    }
    if is_repeated {
        result.errors.push("The file has this name twice.".into());
    }
    if before.is_some_and(Record::is_archived) {
        result.errors.push("An archived template has this name. Restore it first.".into());
    }
    if !result.errors.is_empty() {
        return Ok(result);
    }
    let input: Input = match before {
        None => members.clone(),
        Some(before) => {
            let known = to_file(before);
            result.fields = FIELDS
                .into_iter()
                .filter(|field| members.contains_key(*field) && members[*field] != known[*field])
                .collect();
            members
                .iter()
                .filter(|(name, _)| result.fields.contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        }
    };
    if before.is_some() && result.fields.is_empty() {
        result.outcome = ImportOutcome::Same;
        return Ok(result);
    }
    let outcome = if before.is_some() { ImportOutcome::Changed } else { ImportOutcome::New };
    let errors = match before {
        None => records::errors_of_new(work, &TASK_TEMPLATE, &input)?,
        Some(before) => records_errors(work, before, &input)?,
    };
    if errors.is_empty() {
        result.outcome = outcome;
        if !is_preview {
            match before {
                None => records::create(work, &TASK_TEMPLATE, &input)?,
                Some(before) => records::update(work, &TASK_TEMPLATE, before.id, &input, None)?,
            };
        }
    }
    result.errors = errors.into_iter().map(|error| error.message).collect();
    Ok(result)
}

/// Returns the errors of a change. Nothing is written.
fn records_errors(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    input: &Input,
) -> Result<Vec<FieldError>, AppError> {
    let mut record = before.clone();
    if let Err(errors) = obcms_domain::records::input::parse(&mut record, input, false, &work.context()) {
        return Ok(errors);
    }
    match super::template_rules::before_save(work, Some(before), &mut record, input) {
        Err(AppError::Invalid(errors)) => Ok(errors),
        Err(other) => Err(other),
        Ok(()) => Ok(Vec::new()),
    }
}
