//! Import of PPAs of other bodies from YAML files: bodies become organizations, PPAs get their indicators.
//!
//! The files are read and checked as a whole ([`read()`]), then written in one transaction by the commands that people
//! use. What is there already is never changed, so a second import changes nothing.

mod read;
mod yaml;

pub use read::{Body, FileIndicator, FilePpa, FileTarget, Place, PpaFile, Problem, read};

use std::collections::HashMap;

use obcms_domain::core::id::Id;
use obcms_domain::kinds::{INDICATOR, ORGANIZATION, PPA, indicator, organization, ppa};
use obcms_domain::registry::{Kind, Record};
use obcms_store::{Tx, records};
use serde_json::json;

use self::read::comparable;
use crate::core::rules::Input;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::create;

/// Result of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Number of PPAs that were created.
    pub created: usize,
    /// Number of PPAs that existed already and stay as they are.
    pub existing: usize,
    /// Number of indicators that were created.
    pub created_indicators: usize,
    /// Number of indicators in the files of PPAs that existed already.
    pub existing_indicators: usize,
    /// Number of organizations that were created.
    pub created_organizations: usize,
    /// Sum of the budgets in the files, in centavos.
    pub budgets: i64,
    /// Existing PPAs whose budget differs from the file.
    pub other_budgets: Vec<OtherBudget>,
    /// Bodies whose organization has another name.
    pub other_names: Vec<OtherName>,
}

/// Existing PPA whose budget differs from the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherBudget {
    /// Place in the file.
    pub place: Place,
    /// Title.
    pub title: String,
    /// Budget of the record in centavos.
    pub recorded: Option<i64>,
    /// Budget of the file in centavos.
    pub given: i64,
}

/// Body whose organization was found by its acronym and has another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherName {
    /// Place in the file.
    pub place: Place,
    /// Name in the file.
    pub given: String,
    /// Name of the organization.
    pub recorded: String,
}

/// Result of an import that may be refused.
pub type Outcome = Result<Report, Vec<Problem>>;

impl App {
    /// Imports the PPAs of bodies for a fiscal year, all or none. A trial writes nothing and reports what would be
    /// written.
    ///
    /// # Errors
    ///
    /// The outer error is one of the program; the inner one has the problems of the files.
    pub fn import_ppas(
        &self,
        actor: &Actor,
        bodies: &[Body],
        fiscal_year: i16,
        is_trial: bool,
    ) -> Result<Outcome, AppError> {
        let mut outcome = Ok(Report::default());
        let mut is_rolled_back = false;
        let written = self.write(actor, |work| {
            is_rolled_back = false;
            let mut import = Import { fiscal_year, report: Report::default(), problems: Vec::new() };
            import.run(work, bodies)?;
            let is_refused = !import.problems.is_empty();
            outcome = if is_refused { Err(import.problems) } else { Ok(import.report) };
            if is_refused || is_trial {
                is_rolled_back = true;
                // An error rolls the transaction back.
                return Err(AppError::Internal("the import is rolled back".to_owned()));
            }
            Ok(())
        });
        match written {
            Err(error) if !is_rolled_back => Err(error),
            _ => Ok(outcome),
        }
    }
}

/// Running import.
struct Import {
    fiscal_year: i16,
    report: Report,
    problems: Vec<Problem>,
}

impl Import {
    fn run(&mut self, work: &mut UnitOfWork<'_, '_>, bodies: &[Body]) -> Result<(), AppError> {
        obcms_store::programme::lock_imports(work.tx)?;
        let mut organizations = organizations(work.tx)?;
        for body in bodies {
            let Some(id) = self.organization(work, body, &mut organizations)? else { continue };
            let mut known = self.ppas_of(work.tx, id)?;
            for ppa in &body.ppas {
                self.report.budgets =
                    self.report.budgets.checked_add(ppa.budget).ok_or_else(|| {
                        AppError::Internal("the sum of the budgets is too large".to_owned())
                    })?;
                match known.remove(&comparable(&ppa.title)) {
                    Some(record) => self.note_existing(ppa, &record),
                    None => self.create_ppa(work, id, ppa)?,
                }
            }
        }
        Ok(())
    }

    /// Returns the organization of a body, by acronym or name; creates it if there is none. Several that fit are a
    /// problem, unless one has both.
    fn organization(
        &mut self,
        work: &mut UnitOfWork<'_, '_>,
        body: &Body,
        known: &mut Vec<Record>,
    ) -> Result<Option<Id>, AppError> {
        let has_name =
            |record: &&Record| comparable(organization::NAME.get(record)) == comparable(&body.name);
        let has_acronym = |record: &&Record| {
            !body.acronym.is_empty()
                && comparable(organization::ACRONYM.get(record)) == comparable(&body.acronym)
        };
        let mut found: Vec<&Record> =
            known.iter().filter(|record| has_name(record) || has_acronym(record)).collect();
        if found.len() > 1 {
            let both: Vec<&Record> =
                found.iter().filter(|record| has_name(record) && has_acronym(record)).copied().collect();
            if both.len() == 1 {
                found = both;
            }
        }
        match found[..] {
            [] => {}
            [only] => {
                if !has_name(&only) {
                    self.report.other_names.push(OtherName {
                        place: body.place.clone(),
                        given: body.name.clone(),
                        recorded: organization::NAME.get(only).to_owned(),
                    });
                }
                return Ok(Some(only.id));
            }
            _ => {
                let reason = format!(
                    "{} organizations have the name “{}” or the acronym “{}”; archive or rename all but one.",
                    found.len(),
                    body.name,
                    body.acronym
                );
                self.problems.push(Problem { place: body.place.clone(), reason });
                return Ok(None);
            }
        }
        let mut input = Input::new();
        input.insert(organization::NAME.name().to_owned(), json!(body.name));
        input.insert(organization::ORGANIZATION_TYPE.name().to_owned(), json!("bmoa"));
        if !body.acronym.is_empty() {
            input.insert(organization::ACRONYM.name().to_owned(), json!(body.acronym));
        }
        let Some(record) = self.create(work, &ORGANIZATION, &input, &body.place)? else { return Ok(None) };
        let id = record.id;
        self.report.created_organizations += 1;
        known.push(record);
        Ok(Some(id))
    }

    /// Returns the live PPAs of an organization in the fiscal year, by title.
    fn ppas_of(&self, tx: &mut Tx<'_>, organization: Id) -> Result<HashMap<String, Record>, AppError> {
        let found = records::live_sources(tx, &[organization], PPA.name, ppa::LEAD_ORGANIZATION.name())?;
        let ids: Vec<Id> = found.iter().map(|reference| reference.id).collect();
        let mut known = HashMap::new();
        for record in records::load_many(tx, &PPA, &ids)? {
            if ppa::FISCAL_YEAR.get(&record) == Some(i64::from(self.fiscal_year)) {
                known.insert(comparable(record.title()), record);
            }
        }
        Ok(known)
    }

    fn note_existing(&mut self, ppa: &FilePpa, record: &Record) {
        self.report.existing += 1;
        self.report.existing_indicators += ppa.indicators.len();
        let recorded = ppa::BUDGET_ALLOCATION_CENTAVOS.get(record);
        if recorded != Some(ppa.budget) {
            self.report.other_budgets.push(OtherBudget {
                place: ppa.place.clone(),
                title: ppa.title.clone(),
                recorded,
                given: ppa.budget,
            });
        }
    }

    fn create_ppa(
        &mut self,
        work: &mut UnitOfWork<'_, '_>,
        organization: Id,
        ppa: &FilePpa,
    ) -> Result<(), AppError> {
        let mut input = Input::new();
        input.insert(ppa::TITLE.name().to_owned(), json!(ppa.title));
        input.insert(ppa::CATEGORY.name().to_owned(), json!("moa_ppa"));
        input.insert(ppa::LEAD_ORGANIZATION.name().to_owned(), json!(organization));
        input.insert(ppa::BUDGET_ALLOCATION_CENTAVOS.name().to_owned(), json!(ppa.budget));
        input.insert(ppa::FISCAL_YEAR.name().to_owned(), json!(self.fiscal_year));
        if !ppa.description.is_empty() {
            input.insert(ppa::SUMMARY.name().to_owned(), json!(ppa.description));
        }
        let Some(record) = self.create(work, &PPA, &input, &ppa.place)? else { return Ok(()) };
        self.report.created += 1;
        for indicator in &ppa.indicators {
            let input = self.indicator_input(record.id, indicator);
            if self.create(work, &INDICATOR, &input, &indicator.place)?.is_some() {
                self.report.created_indicators += 1;
            }
        }
        Ok(())
    }

    fn indicator_input(&self, ppa: Id, indicator: &FileIndicator) -> Input {
        let mut input = Input::new();
        input.insert(indicator::TITLE.name().to_owned(), json!(indicator.title));
        input.insert(indicator::PPA.name().to_owned(), json!(ppa));
        input.insert(indicator::KIND.name().to_owned(), json!(indicator.level));
        let number = match &indicator.target {
            FileTarget::None => None,
            FileTarget::Number(number) => Some(number),
            FileTarget::Percent(number) => {
                input.insert(indicator::UNIT.name().to_owned(), json!("%"));
                Some(number)
            }
            FileTarget::Words(words) => {
                input.insert(indicator::TARGET_NOTE.name().to_owned(), json!(words));
                None
            }
        };
        if let Some(number) = number {
            let targets = json!([{ "period": self.fiscal_year.to_string(), "target": number }]);
            input.insert(indicator::TARGETS.name().to_owned(), targets);
        }
        input
    }

    /// Creates a record; refused fields are problems of its place.
    fn create(
        &mut self,
        work: &mut UnitOfWork<'_, '_>,
        kind: &'static Kind,
        input: &Input,
        place: &Place,
    ) -> Result<Option<Record>, AppError> {
        match create(work, kind, input) {
            Ok(record) => Ok(Some(record)),
            Err(AppError::Invalid(errors)) => {
                self.problems.extend(errors.into_iter().map(|error| {
                    let label = kind.field(&error.field).map_or(error.field.as_str(), |field| field.label);
                    Problem { place: place.clone(), reason: format!("{label}: {}", error.message.english()) }
                }));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Returns the organizations that are not archived.
fn organizations(tx: &mut Tx<'_>) -> Result<Vec<Record>, AppError> {
    let ids: Vec<Id> = records::live(tx, ORGANIZATION.name)?.iter().map(|reference| reference.id).collect();
    Ok(records::load_many(tx, &ORGANIZATION, &ids)?)
}
