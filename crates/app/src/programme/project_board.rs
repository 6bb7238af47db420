//! Board of projects: a column for each of the nine stages, with its count and its first cards.

use std::collections::HashMap;

use obcms_domain::accounts::Action;
use obcms_domain::choices::{self, PROJECT_STAGES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{NEED, PPA, PROJECT, need, ppa, project};
use obcms_domain::programme::life_cycle::Stage;
use obcms_domain::registry::{FieldError, Record};
use obcms_store::programme::project_board::{self as store, CardPosition};
use obcms_store::records::{self, Cursor, Directory, Query, Scope};
use obcms_store::{SqlValue, Tx};
use serde_json::{Value as Json, json};

use super::project_state::days_in_stage;
use crate::core::{Actor, App, AppError};
use crate::records::lists::{self, Parameters, Request};
use crate::records::references;

/// Default number of cards of each column.
const CARDS: i64 = 25;
/// Parameters of the board beside those of a list of projects.
const OWN: [&str; 2] = ["column", "cursor"];

/// Board of projects.
#[derive(Clone, Debug)]
pub struct ProjectBoard {
    /// The nine stages in order, or the one that was asked for.
    pub columns: Vec<StageColumn>,
    /// Titles of the records that the cards refer to.
    pub directory: Directory,
}

/// Column of the board.
#[derive(Clone, Debug)]
pub struct StageColumn {
    /// Stage that its projects are in.
    pub stage: Stage,
    /// Number of all its projects.
    pub count: i64,
    /// First cards, or the next ones, those longest in the stage first.
    pub cards: Vec<ProjectCard>,
    /// Cursor of the next cards.
    pub next_cursor: Option<String>,
}

/// Card of the board.
#[derive(Clone, Debug)]
pub struct ProjectCard {
    /// The project.
    pub project: Record,
    /// Community of its need, or else its responsible organization, if the actor may see it.
    pub place: Option<Id>,
    /// Budget of its PPA in centavos, enacted or proposed, if the actor may see it.
    pub budget: Option<i64>,
    /// Days in the stage.
    pub days: i64,
    /// True if that is longer than usual, or the target date has passed.
    pub is_late: bool,
    /// True if the actor may move it.
    pub is_movable: bool,
}

impl ProjectBoard {
    /// Returns the representation for programs.
    #[must_use]
    pub fn json(&self) -> Json {
        let title =
            |id: Option<Id>| id.and_then(|id| self.directory.get(&id)).map(|found| found.title.clone());
        let card = |card: &ProjectCard| {
            json!({
                "id": card.project.id, "title": card.project.title(), "version": card.project.version,
                "lead": project::LEAD.get(&card.project), "place": title(card.place), "days_in_stage": card.days,
                "is_late": card.is_late, "is_blocked": project::IS_BLOCKED.get(&card.project),
                "blocker_description": project::BLOCKER_DESCRIPTION.get(&card.project),
                "budget_centavos": card.budget,
            })
        };
        let column = |column: &StageColumn| {
            json!({
                "key": column.stage.as_str(), "label": choices::label(PROJECT_STAGES, column.stage.as_str()),
                "count": column.count, "cards": column.cards.iter().map(card).collect::<Vec<_>>(),
                "next_cursor": column.next_cursor,
            })
        };
        json!({ "columns": self.columns.iter().map(column).collect::<Vec<_>>() })
    }
}

impl App {
    /// Returns true if the board knows the parameter. It has an order of its own and accepts no sorting.
    #[must_use]
    pub fn is_known_project_board_parameter(&self, name: &str) -> bool {
        OWN.contains(&name) || (name != "sort" && self.is_known_parameter(&PROJECT, name))
    }

    /// Returns the board, or the next cards of one of its columns.
    pub fn project_board(&self, actor: &Actor, parameters: &Parameters) -> Result<ProjectBoard, AppError> {
        let asked = Asked::parse(self, actor, parameters)?;
        let scope = actor.scope(&PROJECT)?;
        self.read(|tx| read(self, tx, actor, &asked, scope.as_ref()))
    }
}

/// Parsed parameters of the board.
struct Asked {
    column: Option<Stage>,
    after: Option<(jiff::Timestamp, Id)>,
    limit: i64,
    request: Request,
}

impl Asked {
    fn parse(app: &App, actor: &Actor, parameters: &Parameters) -> Result<Self, AppError> {
        let get = |wanted: &str| {
            let mut given = parameters.iter().filter(|(name, value)| name == wanted && !value.is_empty());
            given.next().map(|(_, value)| value.as_str())
        };
        let wrong = |name: &str, code, message: &'static str| {
            AppError::BadParameter(vec![FieldError::new(name, code, message)])
        };
        if get("sort").is_some() {
            return Err(wrong("sort", "unknown_parameter", "The board is sorted by the time in the stage."));
        }
        let column = match get("column") {
            None => None,
            Some(text) => {
                Some(Stage::parse(text).ok_or_else(|| wrong("column", "choice", "Unknown column."))?)
            }
        };
        let after = match get("cursor") {
            None => None,
            Some(_) if column.is_none() => return Err(wrong("cursor", "column", "A cursor needs a column.")),
            Some(text) => match lists::decode_cursor(text) {
                Some(Cursor { key: SqlValue::Instant(since), id }) => Some((since, id)),
                _ => return Err(wrong("cursor", "format", "Invalid cursor.")),
            },
        };
        let rest: Parameters =
            parameters.iter().filter(|(name, _)| !OWN.contains(&name.as_str())).cloned().collect();
        let request = app.list_request(actor, &PROJECT, &rest)?;
        let limit = if get("limit").is_some() { request.limit } else { CARDS };
        Ok(Self { column, after, limit, request })
    }
}

fn read(
    app: &App,
    tx: &mut Tx<'_>,
    actor: &Actor,
    asked: &Asked,
    scope: Option<&Scope>,
) -> Result<ProjectBoard, AppError> {
    let query = Query {
        kind: &PROJECT,
        filters: asked.request.filters.clone(),
        words: asked.request.words.clone(),
        scope,
        archived: asked.request.archived,
        order: asked.request.order,
        after: None,
        limit: asked.limit,
        counted: false,
    };
    let counts = store::counts(tx, &query)?;
    let positions = store::cards(
        tx,
        &query,
        asked.column.map(Stage::as_str),
        asked.after,
        asked.limit.saturating_add(1),
    )?;
    let limit = usize::try_from(asked.limit).unwrap_or(0);
    let mut by_stage: HashMap<String, Vec<CardPosition>> = HashMap::new();
    for position in positions {
        by_stage.entry(position.stage.clone()).or_default().push(position);
    }
    let ids: Vec<Id> =
        by_stage.values().flat_map(|column| column.iter().take(limit)).map(|card| card.project).collect();
    let (mut cards, directory) = load(app, tx, actor, &ids)?;
    let stages = match asked.column {
        Some(stage) => vec![stage],
        None => Stage::ALL.to_vec(),
    };
    let columns = stages
        .into_iter()
        .map(|stage| {
            let positions = by_stage.remove(stage.as_str()).unwrap_or_default();
            let last = (positions.len() > limit).then(|| limit.checked_sub(1)).flatten();
            StageColumn {
                stage,
                count: counts.get(stage.as_str()).copied().unwrap_or(0),
                next_cursor: last.and_then(|place| positions.get(place)).map(cursor),
                cards: positions.iter().take(limit).filter_map(|card| cards.remove(&card.project)).collect(),
            }
        })
        .collect();
    Ok(ProjectBoard { columns, directory })
}

fn cursor(card: &CardPosition) -> String {
    lists::encode_cursor(&Cursor { key: SqlValue::Instant(card.entered_at), id: card.project })
}

/// Loads the projects of cards with what the actor may see of their needs and PPAs.
fn load(
    app: &App,
    tx: &mut Tx<'_>,
    actor: &Actor,
    ids: &[Id],
) -> Result<(HashMap<Id, ProjectCard>, Directory), AppError> {
    let projects = records::load_many(tx, &PROJECT, ids)?;
    let linked: Vec<Id> = projects
        .iter()
        .flat_map(|project| [project::NEED.get(project), project::PPA.get(project)])
        .flatten()
        .collect();
    let visible = references::visible(tx, actor, &linked)?;
    let of_kind = |kind: &str| -> Vec<Id> {
        visible.iter().filter(|(_, found)| found.kind == kind).map(|(id, _)| *id).collect()
    };
    let needs = by_id(records::load_many(tx, &NEED, &of_kind(NEED.name))?);
    let ppas = by_id(records::load_many(tx, &PPA, &of_kind(PPA.name))?);
    let place = |project: &Record| {
        let need = project::NEED.get(project).and_then(|need| needs.get(&need));
        need.and_then(|need| need::COMMUNITY.get(need)).or_else(|| project::FOCAL_ORGANIZATION.get(project))
    };
    let named: Vec<Id> =
        projects.iter().flat_map(|project| [place(project), project::LEAD.get(project)]).flatten().collect();
    let directory = references::visible(tx, actor, &named)?;
    let may_always = actor.may(Action::Transition, PROJECT.area) && !actor.read_only;
    let cards = projects
        .into_iter()
        .map(|project| {
            let (days, is_late) = days_in_stage(&project, app.today(), app.zone());
            let budget = project::PPA.get(&project).and_then(|ppa| ppas.get(&ppa)).and_then(|ppa| {
                ppa::ENACTED_BUDGET_CENTAVOS.get(ppa).or(ppa::BUDGET_ALLOCATION_CENTAVOS.get(ppa))
            });
            let place = place(&project).filter(|place| directory.contains_key(place));
            (project.id, ProjectCard { place, budget, days, is_late, is_movable: may_always, project })
        })
        .collect();
    Ok((cards, directory))
}

fn by_id(records: Vec<Record>) -> HashMap<Id, Record> {
    records.into_iter().map(|record| (record.id, record)).collect()
}
