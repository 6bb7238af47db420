//! Who acts.

use jiff::Timestamp;
use obcms_domain::accounts::{Action, Area, Relation, Role, allows, who_can_always};
use obcms_domain::core::addresses::masked_address;
use obcms_domain::core::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{Kind, Record, Value};
use obcms_store::records::{self, Scope};
use obcms_store::{Tx, accounts};

use crate::core::cache::RevisionCache;
use crate::core::{App, AppError};

/// A person, or the program itself, with what the policy needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The user; nothing for the program itself.
    pub id: Option<Id>,
    /// Name to sign in with.
    pub username: String,
    /// Name people read.
    pub full_name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Teams of which they are lead or member.
    pub teams: Vec<Id>,
    /// Organisation and communities that a partner stands for.
    pub concerns: Vec<Id>,
    /// Zone in which they read times.
    pub timezone: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// `monday` or `sunday`.
    pub week_start: String,
    /// How their calendar opens.
    pub calendar: CalendarDefaults,
    /// A token that may change nothing.
    pub read_only: bool,
    /// With what they came.
    pub credential: Credential,
    /// Network address from which they act; empty when it is not known.
    pub address: String,
}

/// With what somebody came; ends when it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Credential {
    /// Nothing of its own: the program, the command line, a feed.
    #[default]
    None,
    /// The session of a browser.
    Session(Id),
    /// A token of a program.
    Token {
        /// Identity of the token.
        id: Id,
        /// When it ends, if it does.
        expires_at: Option<Timestamp>,
    },
}

/// Everything about an actor that decides what an answer holds. Every cache whose content depends on who asked has it
/// in its key, so that two who see or may do different things never share an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    id: Option<Id>,
    names: (String, String),
    roles: Vec<Role>,
    teams: Vec<Id>,
    concerns: Vec<Id>,
    display: (String, String, String),
    calendar: CalendarDefaults,
    read_only: bool,
}

impl From<&Actor> for CacheKey {
    fn from(actor: &Actor) -> Self {
        // Without `..`: a new member of the actor does not compile until it is decided here. Order means nothing in lists.
        let Actor {
            id,
            username,
            full_name,
            roles,
            teams,
            concerns,
            timezone,
            theme,
            week_start,
            calendar,
            read_only,
            // It decides how long the caller has access, not what they see.
            credential: _,
            // It is for the security log only.
            address: _,
        } = actor;
        let (mut roles, mut teams, mut concerns) = (roles.clone(), teams.clone(), concerns.clone());
        roles.sort_unstable();
        teams.sort_unstable();
        concerns.sort_unstable();
        Self {
            id: *id,
            names: (username.clone(), full_name.clone()),
            roles,
            teams,
            concerns,
            display: (timezone.clone(), theme.clone(), week_start.clone()),
            calendar: calendar.clone(),
            read_only: *read_only,
        }
    }
}

/// Cache of users with their rights, by id.
pub(crate) struct ActorCache(pub RevisionCache<Id, Option<Actor>>);

impl Default for ActorCache {
    fn default() -> Self {
        Self(RevisionCache::with_capacity(KEPT_ACTORS))
    }
}

/// Capacity of the cache of users.
const KEPT_ACTORS: usize = 1024;

impl App {
    /// The user of that id with their rights at the moment, unless disabled or archived. Every request asks for its caller,
    /// so they are cached by revision.
    pub(crate) fn present_actor(&self, tx: &mut Tx<'_>, user: Id) -> Result<Option<Actor>, AppError> {
        Ok((*self.cache::<ActorCache>().0.get(tx, user, |tx| Actor::load(tx, user))?).clone())
    }
}

/// How somebody's calendar opens when nothing else is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CalendarDefaults {
    /// The view: `month`.
    pub view: String,
    /// Keys of the modules that show; all when empty.
    pub modules: Vec<String>,
    /// Hijri dates stand beside the others.
    pub show_hijri: bool,
}

impl Default for CalendarDefaults {
    fn default() -> Self {
        Self { view: "month".to_owned(), modules: Vec::new(), show_hijri: true }
    }
}

impl CalendarDefaults {
    fn of(user: &Record) -> Self {
        let modules = match user.get("default_modules") {
            Value::Json(serde_json::Value::Array(items)) => {
                items.iter().filter_map(|item| item.as_str()).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        Self { view: user.text("default_view").to_owned(), modules, show_hijri: user.flag("show_hijri") }
    }
}

/// How far somebody sees into an area.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Everything.
    All,
    /// What lies within the scope.
    Within(Scope),
}

impl Visibility {
    /// Limits of what is seen; nothing where all is.
    #[must_use]
    pub const fn scope(&self) -> Option<&Scope> {
        match self {
            Self::All => None,
            Self::Within(scope) => Some(scope),
        }
    }
}

impl Actor {
    /// The program itself: first start, demo, command line.
    #[must_use]
    pub fn program() -> Self {
        Self {
            id: None,
            username: "obcms".to_owned(),
            full_name: "obcms".to_owned(),
            roles: vec![Role::Admin],
            teams: Vec::new(),
            concerns: Vec::new(),
            timezone: "Asia/Manila".to_owned(),
            theme: "auto".to_owned(),
            week_start: "monday".to_owned(),
            calendar: CalendarDefaults::default(),
            read_only: false,
            credential: Credential::None,
            address: String::new(),
        }
    }

    /// The user of that id, unless disabled or archived.
    pub fn load(tx: &mut Tx<'_>, id: Id) -> Result<Option<Self>, AppError> {
        let Some(user) = records::load(tx, &kinds::USER, id)? else {
            return Ok(None);
        };
        if user.is_archived() || user.flag("is_disabled") {
            return Ok(None);
        }
        let teams = accounts::teams_of(tx, id)?;
        Ok(Some(Self::from_record(&user, teams)))
    }

    /// The user of that record.
    #[must_use]
    pub fn from_record(user: &Record, teams: Vec<Id>) -> Self {
        let mut concerns = user.references("communities").to_vec();
        concerns.extend(user.reference("organization"));
        Self {
            id: Some(user.id),
            username: user.text("username").to_owned(),
            full_name: user.text("full_name").to_owned(),
            roles: roles(user),
            teams,
            concerns,
            timezone: user.text("timezone").to_owned(),
            theme: user.text("theme").to_owned(),
            week_start: user.text("week_start").to_owned(),
            calendar: CalendarDefaults::of(user),
            read_only: false,
            credential: Credential::None,
            address: String::new(),
        }
    }

    /// Whether the policy allows it without looking at a record.
    #[must_use]
    pub fn may(&self, action: Action, area: Area) -> bool {
        allows(&self.roles, action, area, &[Relation::None])
    }

    /// How far the actor sees into the kind; nothing when not at all.
    #[must_use]
    pub fn sight(&self, kind: &Kind) -> Option<Visibility> {
        if self.may(Action::View, kind.area) {
            return Some(Visibility::All);
        }
        let related = allows(
            &self.roles,
            Action::View,
            kind.area,
            &[Relation::Organisation, Relation::Assigned, Relation::Own],
        );
        match (related, self.id) {
            (true, Some(user)) => Some(Visibility::Within(Scope { user, concerns: self.concerns.clone() })),
            _ => None,
        }
    }

    /// The scope to pass to a query of the kind, or the refusal.
    pub fn scope(&self, kind: &Kind) -> Result<Option<Scope>, AppError> {
        match self.sight(kind) {
            Some(Visibility::All) => Ok(None),
            Some(Visibility::Within(scope)) => Ok(Some(scope)),
            None => Err(AppError::forbidden(
                Action::View,
                kind.area,
                &format!("see {}", kind.plural.to_lowercase()),
            )),
        }
    }

    /// Returns true if the actor sees the personal fields of that record: of their own, or as an administrator.
    #[must_use]
    pub fn sees_personal(&self, kind: &Kind, id: Id) -> bool {
        self.id.is_none_or(|own| own == id) || self.may(Action::Manage, kind.area)
    }

    /// Returns true if the actor sees all of the sealed fields of a kind: whoever may edit any of its records.
    #[must_use]
    pub fn sees_sealed(&self, kind: &Kind) -> bool {
        !self.read_only && self.may(Action::Edit, kind.area)
    }

    /// Empties the personal fields of records that are not the actor's own, and masks the sealed ones that the actor may
    /// not edit. Whatever leaves the program passes here.
    pub fn conceal(&self, records: &mut [Record]) {
        let Some(kind) = records.first().map(|record| record.kind) else { return };
        let masks = !self.sees_sealed(kind);
        for (position, _) in kind.fields.iter().enumerate().filter(|(_, field)| masks && field.sealed) {
            for record in &mut *records {
                if let Value::Text(text) = &record.values[position] {
                    record.values[position] = Value::Text(masked_address(text));
                }
            }
        }
        for (position, _) in kind.fields.iter().enumerate().filter(|(_, field)| field.personal) {
            for record in &mut *records {
                if !self.sees_personal(kind, record.id) {
                    record.values[position] = Value::Null;
                }
            }
        }
    }

    /// How the actor stands to the record.
    pub fn relations(&self, tx: &mut Tx<'_>, record: &Record) -> Result<Vec<Relation>, AppError> {
        let mut relations = vec![Relation::None];
        relations.extend(self.request_relations(record));
        let Some(user) = self.id else {
            return Ok(relations);
        };
        relations.extend(self.plain_relations(record));
        // Only whoever is limited to it needs the question to the database.
        if self.roles.contains(&Role::Partner) {
            let scope = Scope { user, concerns: self.concerns.clone() };
            if records::exists_in_scope(tx, record.kind, record.id, &scope)? {
                relations.push(Relation::Organisation);
            }
        }
        Ok(relations)
    }

    /// Returns true if the record itself names an organization or community of the actor.
    #[must_use]
    pub fn is_for_own(&self, record: &Record) -> bool {
        let named = record.kind.concerns.iter().filter(|path| record.kind.position(path).is_some());
        named.flat_map(|field| record.get(field).targets()).any(|id| self.concerns.contains(&id))
    }

    /// Relations to a record that is a request, whoever made it.
    pub(crate) fn request_relations(&self, record: &Record) -> Vec<Relation> {
        match (record.is_request(), self.is_for_own(record)) {
            (false, _) => Vec::new(),
            (true, false) => vec![Relation::Request],
            (true, true) => vec![Relation::Request, Relation::OwnRequest],
        }
    }

    /// How the actor stands to the record by what it says itself, without a question to the database.
    pub fn plain_relations(&self, record: &Record) -> Vec<Relation> {
        let mut relations = Vec::new();
        let Some(user) = self.id else {
            return relations;
        };
        if record.created_by == Some(user) {
            relations.push(Relation::Own);
            if !record.is_decided() {
                relations.push(Relation::Draft);
            }
        }
        for (fields, relation) in
            [(assigning(record.kind), Relation::Assigned), (record.kind.invited.to_vec(), Relation::Invited)]
        {
            if fields.iter().any(|field| record.get(field).targets().contains(&user)) {
                relations.push(relation);
            }
        }
        if record.references("teams").iter().any(|team| self.teams.contains(team)) {
            relations.push(Relation::Team);
        }
        relations
    }

    /// Whether the policy allows it on this record.
    pub fn may_on(&self, tx: &mut Tx<'_>, action: Action, record: &Record) -> Result<bool, AppError> {
        if self.may(action, record.kind.area) {
            return Ok(true);
        }
        let relations = self.relations(tx, record)?;
        Ok(allows(&self.roles, action, record.kind.area, &relations))
    }

    /// Refuses what the policy does not allow on this record. What may not even be seen is not found.
    pub fn require(&self, tx: &mut Tx<'_>, action: Action, record: &Record) -> Result<(), AppError> {
        if self.may_on(tx, action, record)? {
            return Ok(());
        }
        if action != Action::View && self.may_on(tx, Action::View, record)? {
            // Who may only with a relation to it is not the one to ask.
            return Err(AppError::Forbidden {
                detail: format!(
                    "You do not have permission to {} this {}.",
                    verb(action),
                    record.kind.label_in_a_sentence()
                ),
                who: who_can_always(action, record.kind.area),
            });
        }
        if self.roles.is_empty() {
            return Err(AppError::forbidden(
                action,
                record.kind.area,
                "do anything until an administrator gives you a role",
            ));
        }
        Err(AppError::NotFound(record.kind.label))
    }
}

/// The roles of a user's record.
#[must_use]
pub fn roles(user: &Record) -> Vec<Role> {
    match user.get("roles") {
        Value::Json(serde_json::Value::Array(items)) => {
            items.iter().filter_map(|item| item.as_str()).filter_map(Role::parse).collect()
        }
        _ => Vec::new(),
    }
}

/// Fields that say whose a thing is to do, or to organize; whoever is only invited is not among them.
pub(crate) fn assigning(kind: &Kind) -> Vec<&'static str> {
    kind.people.iter().filter(|field| !kind.invited.contains(field)).copied().collect()
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::View => "see",
        Action::Create => "make",
        Action::Edit => "change",
        Action::Archive => "archive",
        Action::Restore => "restore",
        Action::Transition => "move",
        Action::Assign => "assign",
        Action::Generate => "generate tasks for",
        _ => "decide",
    }
}
